"""What every page tells caches, and what a visitor is told while the database is away."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from vitaleoverheid.models import OrganisationSettings

logger = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponse]

FOR_EVERYONE = "public, max-age=0, s-maxage=60, stale-while-revalidate=60, stale-if-error=604800"
"""What caches may do with a public page (RFC 9111, RFC 5861).

A browser asks each time, and is told in a few hundred bytes that nothing changed: who looks after
an edit sees the edit. Other people's proxies cannot be told of an edit, so they get a minute, which
takes the load of any rush; in the next minute they may answer at once while they ask us. When we
don't answer, a week: longer than any breakdown, and an old page is of more use than an error.
"""
FOR_ONE_PERSON = "private, no-store"
"""With a session a page may be one that others must not see, on a computer that others use too."""

READING = {"GET", "HEAD"}
RETRY_SECONDS = 30


class CacheControlMiddleware:
    """Say of each page who may keep it, unless it has said so itself.

    Pages with view restrictions have: Wagtail forbids to keep them and the question for a password.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if is_page(request) and "Cache-Control" not in response:
            if settings.SESSION_COOKIE_NAME in request.COOKIES:
                response["Cache-Control"] = FOR_ONE_PERSON
            elif response.status_code == 200 and not response.cookies:  # noqa: PLR2004
                response["Cache-Control"] = FOR_EVERYONE
        return response


def is_page(request: HttpRequest) -> bool:
    """Whether somebody reads a page or a document; a preview of one is reached by no address."""
    match = request.resolver_match
    is_asked = match is not None and match.url_name in {"wagtail_serve", "wagtaildocs_serve"}
    return is_asked and request.method in READING


class DatabaseAwayMiddleware:
    """Tell a visitor what is the matter, in the design, when the database does not answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 503 to whoever only wanted to read."""
        if request.method not in READING:
            return None
        if not isinstance(exception, (OperationalError, InterfaceError)):
            return None
        logger.error("The database does not answer: %s", exception)
        # Without the request: its context processors would ask the database.
        page = render_to_string("503.html", {"organisation": OrganisationSettings.last_known()})
        headers = {"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store"}
        return HttpResponse(page, status=503, headers=headers)
