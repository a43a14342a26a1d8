"""What the contact app adds to the Wagtail admin."""

from wagtail import hooks
from wagtail.log_actions import LogActionRegistry

from contact.inbox import EnquiryViewSet


@hooks.register("register_admin_viewset")
def register_inbox() -> EnquiryViewSet:
    """The inbox."""
    return EnquiryViewSet()


@hooks.register("register_log_actions")
def register_log_actions(actions: LogActionRegistry) -> None:
    """What happens to an enquiry, as it is called in the history."""
    actions.register_action("contact.receive", "Ontvangen", "Aanvraag ontvangen via de website")
