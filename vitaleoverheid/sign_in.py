"""Signing in to the admin: allauth's second factor and throttling, as this site wants them."""

import time
from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address
from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.account.authentication import get_authentication_records
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.log_actions import log

from vitaleoverheid.users import protect_superusers
from vitaleoverheid.visitor import address_of, network_of

View = Callable[..., HttpResponse]

UNKNOWN = "::"
"""The address of who has none, such as a proxy that uses a socket and names nobody."""

WITHOUT_FACTOR = {"wagtailadmin_javascript_catalog", "wagtailadmin_logout", "wagtailadmin_sprite"}
"""What the screen that asks for a second factor needs of the admin."""


class LoginForm(AllauthLoginForm):
    """Its fields are called as in Wagtail's, which password managers and scripts have filled in."""

    def add_prefix(self, field_name: str) -> str:
        name: str = super().add_prefix(field_name)
        return "username" if name == "login" else name


class AccountAdapter(DefaultAccountAdapter):
    """What allauth says and counts when somebody signs in."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "rate_limited": "U probeert het te vaak. Wacht vijf minuten.",
        "too_many_login_attempts": "Dit ging te vaak mis. Probeer het over vijf minuten opnieuw.",
        "username_password_mismatch": "Deze gebruikersnaam en dit wachtwoord kloppen niet.",
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        return str(address_of(request) or UNKNOWN)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The password, which everyone has, also somebody who is about to replace a telephone."""
        return [{"id": "reauthenticate", "url": reverse("account_reauthenticate")}]

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Signing in counts for five minutes, so that the first second factor comes at once."""
        records = get_authentication_records(self.request, self.request.user)
        return not records or time.time() - records[-1]["at"] > REAUTHENTICATION_TIMEOUT

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count per name and address together.

        Per name, anyone could keep a colleague out by guessing wrong; per address, one colleague
        who forgot a password would keep out the whole office.
        """
        key = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{key}:{network_of(ip_address(self.get_client_ip(request)))}"


def guarded(view: View) -> View:
    """What goes for every view of the admin: who needs a second factor has one.

    To have one is enough: with one, there is no signing in without it.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_factor_missing(request):
            return redirect("mfa_index")
        key = request.session.session_key
        response = view(request, *args, **kwargs)
        follow(key, request.session.session_key)
        return response

    return wrapped


def follow(old: str | None, new: str | None) -> None:
    """Keep a session in the list of sessions when it was given another key.

    Wagtail does so whenever somebody saves their own account.
    """
    if old and new and new != old:
        UserSession.objects.filter(session_key=old).update(session_key=new)


def is_factor_missing(request: HttpRequest) -> bool:
    """Whether somebody who signed in must set up a second factor first."""
    match, user = request.resolver_match, cast("Any", request.user)
    return (
        settings.SECOND_FACTOR_REQUIRED
        and user.is_authenticated
        and not (match and match.url_name in WITHOUT_FACTOR)
        and not user.has_factor
    )


def forget_sessions() -> None:
    """Remove the sessions that are over, and from where those were signed in."""
    call_command("clearsessions")
    going_on = Session.objects.values("session_key")
    UserSession.objects.exclude(session_key__in=going_on).delete()


class ResetSecondFactorView(WagtailAdminTemplateMixin, PermissionRequiredMixin, TemplateView):
    """Let a colleague who lost everything to sign in with begin anew."""

    permission_required = "auth.change_user"
    raise_exception = True
    page_title = "Extra beveiliging weghalen"
    breadcrumbs_items = ()
    header_icon = "lock-open"
    template_name = "vitaleoverheid/admin/reset_second_factor.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        account = get_object_or_404(get_user_model(), pk=self.kwargs["pk"])
        protect_superusers(self.request, [account])
        return super().get_context_data(account=account, **kwargs)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        account = self.get_context_data()["account"]
        Authenticator.objects.filter(user=account).delete()
        for session in UserSession.objects.filter(user=account):
            session.end()
        log(account, "vitaleoverheid.reset_second_factor")
        messages.success(request, f"{account.get_username()} kan weer inloggen met het wachtwoord.")
        return redirect("wagtailusers_users:index")
