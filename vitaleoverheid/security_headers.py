"""The headers that tell a browser what a page of this site may do.

Scored by the MDN HTTP Observatory and by Internet.nl; ``docs/veiligheid.md`` says why each is here.
"""

from collections.abc import Callable

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
# Wagtail's editor writes scripts and styles into its pages.
EDITOR_POLICY = PUBLIC_POLICY | {
    "script-src": "'self' 'unsafe-inline'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' blob: data:",
    "frame-src": "'self'",
    "manifest-src": "'self'",
}
HEADERS = {
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "browsing-topics=(), camera=(), display-capture=(), geolocation=(), microphone=(), "
        "payment=(), usb=()"
    ),
}


def policy(directives: dict[str, str]) -> str:
    """The value of ``Content-Security-Policy`` for these directives."""
    return "; ".join(f"{name} {value}" for name, value in directives.items())


class SecurityHeadersMiddleware:
    """Give every answer its headers, errors, redirects and files included."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.admin = reverse("wagtailadmin_home")
        self.speculation_rules = reverse("speculation_rules")
        upgrade = {"upgrade-insecure-requests": ""} if settings.HTTPS else {}
        self.public_policy = policy(PUBLIC_POLICY | upgrade).strip()
        self.editor_policy = policy(EDITOR_POLICY | upgrade).strip()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", self.policy_for(request))
        if not request.path.startswith(self.admin):
            response.headers.setdefault("Speculation-Rules", f'"{self.speculation_rules}"')
        return response

    def policy_for(self, request: HttpRequest) -> str:
        """The strictest policy under which the page works: of the admin, only sign-in is strict."""
        signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES
        is_editor = signed_in and request.path.startswith(self.admin)
        return self.editor_policy if is_editor else self.public_policy
