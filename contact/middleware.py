"""What surrounds every request for the sake of enquiries."""

import logging
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.template.response import TemplateResponse
from django.urls import reverse

from contact import alarm, rescue

logger = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponse]

NO_FORM = BadRequest, MultiPartParserError, SuspiciousOperation
"""What a body raises that no browser sends: there is nothing to give back; the answer is 400."""


class RescueMiddleware:
    """Give a visitor back every typed character, whatever goes wrong while taking in the form."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 503 with the typed text when an enquiry could not be stored."""
        if not rescue.is_enquiry(request) or isinstance(exception, NO_FORM):
            return None
        # The exception may quote what was typed: its kind is all that the log may hold.
        logger.error("An enquiry could not be stored: %s", type(exception).__name__)
        return rescue.response(request)


class AlarmMiddleware:
    """Tell everyone in the admin, on every page, that mail about enquiries is not going out."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.admin = reverse("wagtailadmin_home")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_template_response(
        self, request: HttpRequest, response: TemplateResponse
    ) -> TemplateResponse:
        """Add the alarm to the messages that an admin page is about to show."""
        is_page = request.headers.get("X-Requested-With") != "XMLHttpRequest"  # not a part of one
        is_admin = is_page and request.path.startswith(self.admin)
        if is_admin and request.user.has_perm("wagtailadmin.access_admin"):
            warn(request)
        return response


def warn(request: HttpRequest) -> None:
    """Say what is wrong, unless it is about to be said already: not every answer shows messages."""
    waiting: Any = messages.get_messages(request)
    said = {str(message) for message in waiting}
    waiting.used = False  # to be shown still
    for problem in alarm.problems():
        text = f"{problem} Waarschuw de beheerder van de website."
        if text not in said:
            messages.error(request, text)
