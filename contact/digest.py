"""The morning mail with what is open."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from contact import mail, working_days
from contact.models import Enquiry, Message


def handlers() -> QuerySet[Any]:
    """The people who may handle enquiries."""
    people = get_user_model().objects.with_perm("contact.change_enquiry")
    return people.order_by("first_name", "username")


def counts() -> dict[str, int]:
    """How many enquiries are open, overdue and suspect."""
    return {
        "open": Enquiry.objects.open().count(),
        "overdue": Enquiry.objects.overdue().count(),
        "suspect": Enquiry.objects.suspect().count(),
    }


def send() -> None:
    """Queue the digest for everyone who wants it, on working days on which there is something."""
    figures = counts()
    if not any(figures.values()) or not working_days.is_working_day(timezone.localdate()):
        return
    readers = handlers().exclude(email="").exclude(colleague__wants_digest=False)
    mail.queue(*(overview(user.email, figures) for user in readers))


def overview(recipient: str, figures: dict[str, int]) -> Message:
    """The mail to one reader."""
    url = settings.SITE_URL + reverse("enquiries:list")
    return Message(
        kind=Message.Kind.DIGEST,
        recipient=recipient,
        subject=f"Aanvragen: {figures['open']} open, {figures['overdue']} te laat",
        text=render_to_string("contact/mail/digest.txt", {**figures, "url": url}),
    )
