"""How long personal data is kept, and what is held about a person."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Case, DateTimeField, DurationField, F, Func, QuerySet, When
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from contact.models import ContactSettings, Enquiry, Message
from vitaleoverheid import erasures

DIGESTS_KEPT = timedelta(days=30)


class Months(Func):
    """A number of months: added to a moment, the end of a month where it has no such day.

    Taking them off the present instead gives other days at the end of a month.
    """

    template = "make_interval(months => %(expressions)s)"
    output_field = DurationField()


def removal(kept: ContactSettings) -> Case:
    """The moment at which an enquiry has been kept long enough; none while it is open."""
    in_the_bin = timedelta(days=kept.bin_days)
    suspect = timedelta(days=kept.suspect_days)
    return Case(
        When(is_canary=True, then=F("received_at") + in_the_bin),
        When(deleted_at__isnull=False, then=F("deleted_at") + in_the_bin),
        When(status=Enquiry.Status.SUSPECT, then=F("received_at") + suspect),
        When(status__in=Enquiry.DONE, then=F("status_changed_at") + Months(kept.done_months)),
        output_field=DateTimeField(),
    )


def removal_date(enquiry: Enquiry, kept: ContactSettings) -> date | None:
    """The day from which the clean-up removes an enquiry; none while it is open."""
    moment = Enquiry.objects.values_list(removal(kept), flat=True).get(pk=enquiry.pk)
    return timezone.localdate(moment) if moment else None


def expired() -> QuerySet[Enquiry]:
    """The enquiries whose ``removal_date`` is today or was earlier."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    midnight = timezone.make_aware(datetime.combine(tomorrow, time.min))
    dated = Enquiry.objects.alias(removal=removal(ContactSettings.load()))
    return dated.filter(removal__lt=midnight)


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
