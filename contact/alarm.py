"""Noticing that enquiries do not come through, before the firm misses one."""

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from contact.forms import EnquiryForm
from contact.intake import accept
from contact.models import ContactPage, Enquiry, Message
from contact.suspicion import Circumstances

UNSENT_AFTER = timedelta(minutes=15)
CANARY_EVERY = timedelta(hours=26)  # a day, and time to be late

CANARY = {
    "name": "Proefaanvraag",
    "organisation": "Deze website",
    "email": "proef@vitaleoverheid.nl",
    "phone": "",
    "service": "",
}


def problems() -> list[str]:
    """What is wrong with the way of an enquiry, in plain Dutch; empty when all is well."""
    found = []
    if waiting := unsent().count():
        found.append(f"{waiting} mail(s) over aanvragen zijn na 15 minuten nog niet verzonden.")
    if canary_is_missing():
        found.append("De dagelijkse proefaanvraag is niet doorgekomen.")
    return found


def unsent() -> QuerySet[Message]:
    """The mails that should have been sent by now, and those of the firm that never will be.

    A confirmation that cannot be delivered is left out: visitors mistype their addresses.
    """
    failed = Q(state=Message.State.FAILED, enquiry__deleted_at=None) & ~Q(
        kind=Message.Kind.ACKNOWLEDGEMENT
    )
    return Message.objects.filter(stuck() | failed)


def stuck() -> Q:
    """Mails that the worker should have sent long ago."""
    return Q(state=Message.State.QUEUED, created_at__lt=timezone.now() - UNSENT_AFTER)


def queue_moves() -> bool:
    """Whether no mail waits longer than it should, and the last canary came through."""
    return not Message.objects.filter(stuck()).exists() and not canary_is_missing()


def canary_is_missing() -> bool:
    """Whether no canary came in lately on a site that has been up for long enough."""
    since = timezone.now() - CANARY_EVERY
    if Enquiry.objects.filter(is_canary=True, received_at__gte=since).exists():
        return False
    return ContactPage.objects.live().filter(first_published_at__lt=since).exists()


def send_canary() -> None:
    """Send an enquiry through the form, the database and the mail queue, as a visitor would."""
    form = EnquiryForm({**CANARY, "message": f"Proef van {timezone.now():%d-%m-%Y %H:%M:%S.%f}"})
    if form.is_valid():
        accept(form.content, Circumstances(sender="canary"), is_canary=True)
