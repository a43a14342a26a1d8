"""What the screens about all enquiries have in common."""

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.urls import reverse
from wagtail.admin.views.generic import WagtailAdminTemplateMixin


class HandlersOnly(PermissionRequiredMixin):
    """A view for those who may handle enquiries."""

    permission_required = "contact.change_enquiry"
    raise_exception = True


class InboxScreen(HandlersOnly, WagtailAdminTemplateMixin):
    """A screen beside the list of enquiries."""

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        inbox = {"url": reverse("enquiries:list"), "label": "Aanvragen"}
        return [*self.breadcrumbs_items, inbox, {"url": "", "label": self.page_title}]
