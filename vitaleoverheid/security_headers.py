"""The headers that tell a browser what a page of this site may do.

Scored by the MDN HTTP Observatory and by Internet.nl; ``docs/veiligheid.md`` says why each is here.
"""

import secrets
from collections.abc import Callable
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

GetResponse = Callable[[HttpRequest], HttpResponse]

PUBLIC_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'self'",  # Wagtail shows its preview in a frame
}
# Wagtail's screens load pictures that its scripts make, and a preview in a frame.
SCREEN_POLICY = PUBLIC_POLICY | {
    "img-src": "'self' blob: data:",
    "frame-src": "'self'",
    "manifest-src": "'self'",
}
# Wagtail's editor writes scripts and styles into its pages; it knows no nonces (7.4).
EDITOR_POLICY = SCREEN_POLICY | {
    "script-src": "'self' 'unsafe-inline'",
    "style-src": "'self' 'unsafe-inline'",
}
# A file to keep, should a browser show it after all: no scripts, no forms, a stranger to this site.
DOWNLOAD_POLICY = PUBLIC_POLICY | {"sandbox": ""}
HEADERS = {
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "browsing-topics=(), camera=(), display-capture=(), geolocation=(), microphone=(), "
        "payment=(), usb=()"
    ),
}


nonce: ContextVar[str] = ContextVar("nonce", default="")
"""What marks the inline scripts of the answer under way as ours (CSP 3, 7.1)."""


def policy(directives: dict[str, str]) -> str:
    """The value of ``Content-Security-Policy`` for these directives."""
    return "; ".join(f"{name} {value}".rstrip() for name, value in directives.items())


class SecurityHeadersMiddleware:
    """Give every answer its headers, errors, redirects and files included."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.admin = reverse("wagtailadmin_home")
        self.sign_in = reverse("account_login")
        self.always = {"upgrade-insecure-requests": ""} if settings.HTTPS else {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        nonce.set(secrets.token_hex(16))
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        chosen = self.policy_for(request, response) | self.always
        response.headers.setdefault("Content-Security-Policy", policy(chosen))
        if not request.path.startswith(self.admin):
            response.headers.setdefault("Speculation-Rules", '"/speculation-rules.json"')
        return response

    def policy_for(self, request: HttpRequest, response: HttpResponse) -> dict[str, str]:
        """The strictest policy under which the page works."""
        if response.headers.get("Content-Disposition", "").startswith("attachment"):
            return DOWNLOAD_POLICY
        signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES
        is_screen = signed_in and request.path.startswith(self.admin)
        if not is_screen or request.path.startswith(self.sign_in):
            return PUBLIC_POLICY
        if request.path.startswith(settings.STRICT_SCREENS):
            return SCREEN_POLICY | {"script-src": f"'self' 'nonce-{nonce.get()}'"}
        return EDITOR_POLICY
