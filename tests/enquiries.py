"""Enquiries to test with, what staff do with them in the admin, and a clock that can be moved."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contact import mail
from contact.models import Enquiry, Message
from contact.privacy import history_of
from tests.reading import parse

INBOX = "/admin/enquiries/"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
SUSPECT = {
    "message": "Casino! Bitcoin!",
    "status": "suspect",
    "signals": [{"weight": 6, "reason": "Spam."}],
}


@contextmanager
def at(moment: str | timedelta) -> Iterator[None]:
    """What the block does happens at that moment: a time in Amsterdam, or so long from now."""
    fixed = (
        timezone.now() + moment
        if isinstance(moment, timedelta)
        else datetime.fromisoformat(moment).replace(tzinfo=AMSTERDAM)
    )

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return fixed.astimezone(tz)

    with patch("django.utils.timezone.datetime", Clock):
        yield


def make(**fields: Any) -> Enquiry:
    """An enquiry that is there, however it came in."""
    told = {
        "name": "Jan de Vries",
        "organisation": "Gemeente Voorbeeld",
        "email": "jan@voorbeeld.nl",
        "message": "Wij willen kennismaken.",
        "digest": os.urandom(32),
    }
    return Enquiry.objects.create(**told | fields)


def mailed(enquiry: Enquiry, kind: str = "notification", **fields: Any) -> Message:
    """A mail about the enquiry in the outbox, that no worker knows of."""
    told = {"recipient": "info@vitaleoverheid.nl", "subject": "Over een aanvraag", "text": "Tekst."}
    number = Message.objects.count()
    return Message.objects.create(
        enquiry=enquiry, kind=kind, message_id=f"<{number}@test>", **told | fields
    )


def as_it_goes_out(message: Message) -> Message:
    """A mail that waits in the outbox, as it will be when it goes out."""
    mail.compose(message)
    return message


def canary_came_through() -> None:
    """What keeps the alarm about the daily test quiet."""
    mailed(make(is_canary=True), "canary", state="sent", sent_at=timezone.now())


def kinds(enquiry: Enquiry) -> list[str]:
    """The mails about an enquiry, in the order in which they were written."""
    return list(enquiry.messages.values_list("kind", flat=True))


def address_of(enquiry: Enquiry) -> str:
    return reverse("enquiries:edit", args=[enquiry.pk])


def screen(client: Client, enquiry: Enquiry, **parameters: str) -> BeautifulSoup:
    """The enquiry as a colleague sees it."""
    response = client.get(address_of(enquiry), parameters)
    assert response.status_code == 200
    return parse(response)


def press(client: Client, enquiry: Enquiry, button: str, **typed: str) -> Any:
    """Press one of the buttons on the screen of an enquiry."""
    return client.post(address_of(enquiry), {"do": button, **typed})


def choose(client: Client, enquiry: Enquiry, status: str, owner: int | str = "") -> Any:
    """Say where an enquiry stands and who answers it."""
    return client.post(address_of(enquiry), {"status": status, "assigned_to": owner})


def bulk(client: Client, action: str, *enquiries: Enquiry | int | str, **typed: str) -> Any:
    """Do something with several enquiries at once."""
    chosen = "&".join(f"id={getattr(enquiry, 'pk', enquiry)}" for enquiry in enquiries)
    return client.post(f"/admin/bulk/contact/enquiry/{action}/?{chosen}&next={INBOX}", typed)


def references(client: Client, **parameters: str) -> list[str]:
    """The enquiries in the list, from top to bottom."""
    response = client.get(INBOX, parameters)
    assert response.status_code == 200
    pks = [box["data-object-id"] for box in parse(response).select("[data-bulk-action-checkbox]")]
    named = dict(Enquiry.objects.values_list("pk", "reference"))
    return [named[int(pk)] for pk in pks]


def history(enquiry: Enquiry) -> list[str]:
    """What the history says about an enquiry, oldest first."""
    return [entry.message for entry in history_of([enquiry.pk]).order_by("timestamp", "pk")]
