"""How long personal data is kept, and what is held about a person."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import DurationField, F, Func, Q, QuerySet, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.lookups import GreaterThan
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from contact.models import ContactSettings, Enquiry, Message
from vitaleoverheid import erasures

DIGESTS_KEPT = timedelta(days=30)


def removal_date(enquiry: Enquiry, kept: ContactSettings) -> date | None:
    """The day from which the clean-up removes an enquiry; none while it is open."""
    moment = removal_moment(enquiry, kept)
    return timezone.localdate(moment) if moment else None


def removal_moment(enquiry: Enquiry, kept: ContactSettings) -> datetime | None:
    """When an enquiry has been kept long enough."""
    if enquiry.deleted_at:
        return enquiry.deleted_at + timedelta(days=kept.bin_days)
    if enquiry.is_suspect:
        return enquiry.received_at + timedelta(days=kept.suspect_days)
    if enquiry.status in Enquiry.DONE:
        return enquiry.status_changed_at + relativedelta(months=kept.done_months)
    return None


def expired() -> QuerySet[Enquiry]:
    """The enquiries whose ``removal_date`` is today or was earlier, by the same rules."""
    kept = ContactSettings.load()
    tomorrow = timezone.localdate() + timedelta(days=1)
    # In UTC: there each day has 24 hours, also when the clock changes.
    midnight = timezone.make_aware(datetime.combine(tomorrow, time.min)).astimezone(UTC)
    return Enquiry.objects.filter(
        Q(deleted_at__lt=midnight - timedelta(days=kept.bin_days))
        | Q(
            deleted_at=None,
            status=Enquiry.Status.SUSPECT,
            received_at__lt=midnight - timedelta(days=kept.suspect_days),
        )
        | Q(
            GreaterThan(Value(midnight), months_after("status_changed_at", kept.done_months)),
            deleted_at=None,
            status__in=Enquiry.DONE,
        )
        | Q(is_canary=True, received_at__lt=midnight - timedelta(days=kept.bin_days))
    )


def months_after(field: str, months: int) -> CombinedExpression:
    """The moment a number of months later: the end of a month where it has no such day.

    Taking months off the present instead gives other days at the end of a month.
    """
    template = "make_interval(months => %(expressions)s)"
    return F(field) + Func(Value(months), template=template, output_field=DurationField())


def purge() -> int:
    """Remove what has been kept long enough; returns how many enquiries that were."""
    Message.objects.filter(enquiry=None, created_at__lt=timezone.now() - DIGESTS_KEPT).delete()
    return erase(expired(), "contact.purge")


@transaction.atomic
def erase(enquiries: QuerySet[Enquiry], action: str, user: Any = None) -> int:
    """Remove enquiries with their notes, mails and history; references and a count are kept."""
    found = dict(enquiries.values_list("pk", "reference"))
    pks = [*found]
    history_of(pks).delete()
    Enquiry.objects.filter(pk__in=pks).delete()
    erasures.remember(found.values())
    if pks:
        log(ContactSettings.load(), action, user=user, data={"count": len(pks)})
    return len(pks)


def erase_again(sender: Any, names: set[str], **kwargs: Any) -> int:
    """Remove what a backup brought back although it was erased, and what is past its time."""
    brought_back = Enquiry.objects.filter(reference__in=names)
    return erase(brought_back, "contact.purge") + purge()


def history_of(pks: list[int]) -> QuerySet[ModelLogEntry]:
    """The log entries of enquiries."""
    return ModelLogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Enquiry),
        object_id__in=[str(pk) for pk in pks],
    )


def held_about(email: str) -> QuerySet[Enquiry]:
    """Every enquiry from an address, those in the bin and the suspect ones included."""
    return Enquiry.objects.filter(email__iexact=email.strip())


PLAIN = (
    *("reference", "received_at", "name", "organisation", "email", "phone", "message"),
    *("status_changed_at", "opened_at", "answered_at", "restored_at", "deleted_at"),
)
"""What an enquiry holds, as it is; the rest needs words."""


def dossier(email: str) -> dict[str, Any]:
    """Everything held about the person with this address, ready to hand over."""
    enquiries = held_about(email).select_related("service").prefetch_related("messages", "notes")
    return {
        "email": email.strip(),
        "date": timezone.now(),
        "enquiries": [as_record(enquiry) for enquiry in enquiries],
    }


def as_record(enquiry: Enquiry) -> dict[str, Any]:
    """One enquiry with all that belongs to it, by the names of the fields."""
    history = history_of([enquiry.pk]).order_by("timestamp")
    return {
        **{name: getattr(enquiry, name) for name in PLAIN},
        "kind": enquiry.get_kind_display(),
        "service": enquiry.service.title if enquiry.service else "",
        "status": enquiry.get_status_display(),
        "signals": enquiry.signals,
        "messages": [
            {
                "kind": message.get_kind_display(),
                "to": message.recipient,
                "answer_to": message.reply_to,
                "subject": message.subject,
                "text": message.text,
                "created_at": message.created_at,
                "state": message.get_state_display(),
                "sent_at": message.sent_at,
            }
            for message in enquiry.messages.all()
        ],
        "notes": [
            {"created_at": note.created_at, "text": note.text} for note in enquiry.notes.all()
        ],
        "history": [{"at": entry.timestamp, "what": entry.message} for entry in history],
    }
