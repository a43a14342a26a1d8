"""Who manages users, without being a superuser, cannot become one or touch one."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest
from wagtail.users.views import users


def protect_superusers(request: HttpRequest, accounts: Any) -> None:
    """Raise PermissionDenied when one of the accounts may do more than who asks."""
    if not request.user.is_superuser and any(account.is_superuser for account in accounts):
        raise PermissionDenied


class OwnRankMixin:
    """A form that makes superusers only for superusers."""

    def get_form(self, *args: Any, **kwargs: Any) -> Form:
        form: Form = super().get_form(*args, **kwargs)  # type: ignore[misc]
        if "is_superuser" in form.fields:
            form.fields["is_superuser"].disabled = not self.request.user.is_superuser  # type: ignore[attr-defined]
        return form


class CreateView(OwnRankMixin, users.CreateView):
    """Somebody new."""


class EditView(OwnRankMixin, users.EditView):
    """Somebody who has an account."""


class UserViewSet(users.UserViewSet):
    """Wagtail's, with those forms."""

    add_view_class = CreateView
    edit_view_class = EditView
