"""Noticing that enquiries do not come through, before the firm misses one."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateWorker
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from contact.forms import EnquiryForm
from contact.intake import accept
from contact.models import ContactPage, Enquiry, Message
from contact.suspicion import Circumstances
from vitaleoverheid.content_changes import until_content_changes

UNSENT_AFTER = timedelta(minutes=15)
CANARY_EVERY = timedelta(hours=26)  # a day, and time to be late
OF_AN_ENQUIRY = Message.Kind.NOTIFICATION, Message.Kind.REPLY, Message.Kind.REMINDER
DAILY = Message.Kind.DIGEST, Message.Kind.CANARY
NAMED = 3  # enquiries that an alarm mentions

WORKER_SILENT_AFTER = timedelta(seconds=60)

CANARY = {
    "name": "Proefaanvraag",
    "organisation": "Deze website",
    "email": "proef@vitaleoverheid.nl",
}


def problems() -> list[str]:
    """What is wrong with the way of an enquiry, in plain Dutch; empty when all is well."""
    found = []
    if count := unsent().count():
        said = "1 mail is" if count == 1 else f"{count} mails zijn"
        found.append(f"{said} niet verzonden. {some_of()}".strip())
    if canary_is_missing():
        found.append("De dagelijkse proefaanvraag is niet doorgekomen.")
    return found


def some_of() -> str:
    """The newest enquiries that have a mail that was not sent, by their references."""
    enquiries = Enquiry.objects.real().filter(messages__in=unsent()).distinct()
    references = list(enquiries.values_list("reference", flat=True)[:NAMED])
    return f"Het gaat om {', '.join(references)}." if references else ""


def unsent() -> QuerySet[Message]:
    """The mails that should have been sent by now, and those that never will be.

    Closing an enquiry or moving it to the bin says that its mails no longer matter. A confirmation
    that is refused is left out: visitors mistype their addresses.
    """
    failed = Q(state=Message.State.FAILED)
    matters = Q(kind__in=OF_AN_ENQUIRY, enquiry__deleted_at=None) & ~Q(
        enquiry__status=Enquiry.Status.CLOSED
    )
    # The next one of these comes tomorrow, and will tell.
    daily = Q(kind__in=DAILY, created_at__gte=timezone.now() - CANARY_EVERY)
    return Message.objects.filter(stuck() | (failed & (matters | daily)))


def stuck() -> Q:
    """Mails that should have been sent long ago."""
    return waiting() & Q(created_at__lt=timezone.now() - UNSENT_AFTER)


def waiting() -> Q:
    """Mails that are to be sent, save confirmations that were tried and refused."""
    refused = Q(kind=Message.Kind.ACKNOWLEDGEMENT, attempts__gt=0)
    return Q(state=Message.State.QUEUED) & ~refused


def queue_moves() -> bool:
    """Whether no mail waits longer than it should, and the last canary came through."""
    return not Message.objects.filter(stuck()).exists() and not canary_is_missing()


def metrics() -> Iterator[Metric]:
    """The way of an enquiry in figures, for whoever watches the site from outside."""
    now = timezone.now()
    by_status = Enquiry.objects.real().order_by().values_list("status").annotate(Count("pk"))
    counts = dict.fromkeys(Enquiry.Status.values, 0) | dict(by_status)
    enquiries = GaugeMetricFamily("enquiries", "Enquiries on record.", labels=["status"])
    for status, count in counts.items():
        enquiries.add_metric([status], count)
    yield enquiries
    oldest = Message.objects.filter(waiting()).aggregate(at=Min("created_at"))["at"] or now
    age = (now - oldest).total_seconds()
    yield GaugeMetricFamily("mail_queue_age_seconds", "How long the oldest mail waits.", value=age)
    unsent_mails = unsent().count()
    yield GaugeMetricFamily("mails_unsent", "Mails that should have gone out.", value=unsent_mails)
    alive = ProcrastinateWorker.objects.filter(last_heartbeat__gt=now - WORKER_SILENT_AFTER)
    yield GaugeMetricFamily("workers", "Background workers at work.", value=alive.count())


def canary_is_missing() -> bool:
    """Whether no canary came out at the end lately, on a site that has been up for long enough."""
    since = timezone.now() - CANARY_EVERY
    canaries = Enquiry.objects.filter(is_canary=True, received_at__gte=since)
    if canaries.filter(messages__state=Message.State.SENT).exists():
        return False
    began = first_published()
    return began is not None and began < since


@until_content_changes
def first_published() -> datetime | None:
    """Since when there has been a form to send an enquiry with."""
    return ContactPage.objects.live().aggregate(at=Min("first_published_at"))["at"]


def send_canary() -> None:
    """Send an enquiry through the form, the database and the mail queue, as a visitor would."""
    form = EnquiryForm({**CANARY, "message": f"Proef van {timezone.now():%d-%m-%Y %H:%M:%S.%f}"})
    if form.is_valid():
        accept(form.content, Circumstances(), is_canary=True)
