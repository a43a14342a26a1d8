"""What a colleague can do with several enquiries at once."""

from typing import Any, ClassVar

from django import forms
from wagtail.admin.views.bulk_action import BulkAction

from contact import actions, digest
from contact.models import Enquiry


class EnquiryBulkAction(BulkAction):
    """An action on each of the chosen enquiries, for those who may handle them."""

    models: ClassVar[list[type]] = [Enquiry]
    template_name = "contact/inbox/bulk_action.html"
    verb = ""

    def check_perm(self, obj: Enquiry) -> bool:
        return bool(self.request.user.has_perm("contact.change_enquiry"))

    def get_execution_context(self) -> dict[str, Any]:
        return {"user": self.request.user, "form": self.cleaned_form}

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        noun = "aanvraag" if num_parent_objects == 1 else "aanvragen"
        return f"{num_parent_objects} {noun} {self.verb}."

    @classmethod
    def execute_action(cls, objects: list[Enquiry], **context: Any) -> tuple[int, int]:
        for enquiry in objects:
            cls.act(enquiry, **context)
        return len(objects), 0

    @classmethod
    def act(cls, enquiry: Enquiry, user: Any, form: forms.Form) -> None:
        """Do it to one enquiry."""
        raise NotImplementedError


class CloseAction(EnquiryBulkAction):
    """Close enquiries."""

    display_name = "Afsluiten"
    action_type = "close"
    aria_label = "Gekozen aanvragen afsluiten"
    action_priority = 10
    verb = "afgesloten"

    @classmethod
    def act(cls, enquiry: Enquiry, user: Any, form: forms.Form) -> None:
        actions.set_status(enquiry, Enquiry.Status.CLOSED, user)


class OwnerForm(forms.Form):
    """Who answers the chosen enquiries."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"] = forms.ModelChoiceField(
            label="Behandelaar",
            queryset=digest.handlers(),
            required=False,
            empty_label="niemand",
        )


class AssignAction(EnquiryBulkAction):
    """Give enquiries to a colleague."""

    display_name = "Toewijzen"
    action_type = "assign"
    aria_label = "Gekozen aanvragen toewijzen"
    action_priority = 20
    verb = "toegewezen"
    form_class = OwnerForm

    @classmethod
    def act(cls, enquiry: Enquiry, user: Any, form: forms.Form) -> None:
        actions.assign(enquiry, form.cleaned_data["owner"], user)


class RestoreAction(EnquiryBulkAction):
    """Take enquiries back from suspicion and from the bin."""

    display_name = "Herstellen"
    action_type = "restore"
    aria_label = "Gekozen aanvragen herstellen"
    action_priority = 30
    verb = "hersteld"

    @classmethod
    def act(cls, enquiry: Enquiry, user: Any, form: forms.Form) -> None:
        actions.take_from_bin(enquiry, user)
        actions.restore(enquiry, user)


class BinAction(EnquiryBulkAction):
    """Move enquiries to the bin, in the place of the action that deletes snippets for good."""

    display_name = "Naar de prullenbak"
    action_type = "delete"
    aria_label = "Gekozen aanvragen naar de prullenbak"
    action_priority = 40
    classes: ClassVar[set[str]] = {"serious"}
    verb = "in de prullenbak gelegd"

    @classmethod
    def act(cls, enquiry: Enquiry, user: Any, form: forms.Form) -> None:
        actions.move_to_bin(enquiry, user)
