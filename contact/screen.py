"""Who may see the screens about enquiries, and what the ones about all of them have in common."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.views import defaults
from wagtail.admin.views.generic import WagtailAdminTemplateMixin


def may_handle(user: Any) -> bool:
    """Whether somebody may see and handle enquiries."""
    return bool(user.has_perm("contact.change_enquiry"))


class HandlersOnly:
    """A view for those who may handle enquiries."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Answer 403 to others; raised, Wagtail would make it a way to the admin's first page."""
        if not may_handle(request.user):
            return defaults.permission_denied(request, PermissionDenied())
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class InboxScreen(HandlersOnly, WagtailAdminTemplateMixin):
    """A screen beside the list of enquiries."""

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        inbox = {"url": reverse("enquiries:list"), "label": "Aanvragen"}
        return [*self.breadcrumbs_items, inbox, {"url": "", "label": self.page_title}]
