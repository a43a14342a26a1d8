"""What a colleague can do with an enquiry. Each leaves a line in the history, without its text.

Each takes the enquiry as somebody saw it, and waits for what others are doing with it: a button
that is pressed twice, or by two people at once, does its work once.
"""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.admin.utils import get_user_display_name
from wagtail.log_actions import log

from contact import mail
from contact.models import Enquiry, Message, Note

SAME_REPLY_WITHIN = timedelta(minutes=10)


def latest(enquiry: Enquiry) -> None:
    """Wait until nobody else is changing the enquiry, and see it as they left it."""
    enquiry.refresh_from_db(from_queryset=Enquiry.objects.select_for_update())


@transaction.atomic
def open_(enquiry: Enquiry, user: Any) -> None:
    """Note that a colleague has read the enquiry."""
    log(enquiry, "contact.view", user=user)
    if not enquiry.opened_at:
        enquiry.opened_at = timezone.now()
        enquiry.save(update_fields=["opened_at"])


@transaction.atomic
def set_status(enquiry: Enquiry, status: str, user: Any) -> None:
    """Say where the firm stands with the enquiry.

    Whatever is said of a suspect enquiry, it is a real one from then on: everyone hears of it who
    would have, once.
    """
    latest(enquiry)
    if status == enquiry.status:
        return
    data = {"from": enquiry.get_status_display(), "to": Enquiry.Status(status).label}
    if enquiry.is_suspect:
        enquiry.restored_at = timezone.now()
        mail.announce(enquiry)
    enquiry.status, enquiry.status_changed_at = status, timezone.now()
    enquiry.save(update_fields=["status", "status_changed_at", "restored_at"])
    log(enquiry, "contact.status", user=user, data=data)


@transaction.atomic
def assign(enquiry: Enquiry, owner: Any, user: Any) -> None:
    """Say who answers the enquiry; nobody in particular when ``owner`` is None."""
    latest(enquiry)
    if owner == enquiry.assigned_to:
        return
    enquiry.assigned_to = owner
    enquiry.save(update_fields=["assigned_to"])
    log(
        enquiry,
        "contact.assign",
        user=user,
        data={"to": get_user_display_name(owner) if owner else "niemand"},
    )


@transaction.atomic
def add_note(enquiry: Enquiry, text: str, user: Any) -> None:
    """Write something down for colleagues."""
    Note.objects.create(enquiry=enquiry, author=user, text=text)
    log(enquiry, "contact.note", user=user)


@transaction.atomic
def reply(enquiry: Enquiry, subject: str, text: str, user: Any) -> None:
    """Answer the visitor by mail; the enquiry then counts as answered."""
    latest(enquiry)
    if was_just_sent(enquiry, text):
        return
    mail.reply(enquiry, subject, text, user)
    log(enquiry, "contact.reply", user=user)
    if not enquiry.answered_at:
        enquiry.answered_at = timezone.now()
        enquiry.save(update_fields=["answered_at"])
    set_status(enquiry, Enquiry.Status.ANSWERED, user)


def was_just_sent(enquiry: Enquiry, text: str) -> bool:
    """Whether the visitor was sent this very answer a moment ago: the button was pressed twice."""
    since = timezone.now() - SAME_REPLY_WITHIN
    replies = enquiry.messages.filter(kind=Message.Kind.REPLY, created_at__gte=since)
    return replies.filter(text=text).exists()


@transaction.atomic
def restore(enquiry: Enquiry, user: Any) -> None:
    """Say that a suspect enquiry is a real one."""
    latest(enquiry)
    if enquiry.is_suspect:
        set_status(enquiry, Enquiry.Status.NEW, user)


@transaction.atomic
def move_to_bin(enquiry: Enquiry, user: Any) -> None:
    """Put the enquiry in the bin, from which it can be taken back for a while."""
    latest(enquiry)
    if not enquiry.deleted_at:
        enquiry.deleted_at = timezone.now()
        enquiry.save(update_fields=["deleted_at"])
        log(enquiry, "contact.bin", user=user)


@transaction.atomic
def take_from_bin(enquiry: Enquiry, user: Any) -> None:
    """Take the enquiry back from the bin."""
    latest(enquiry)
    if enquiry.deleted_at:
        enquiry.deleted_at = None
        enquiry.save(update_fields=["deleted_at"])
        log(enquiry, "contact.unbin", user=user)


@transaction.atomic
def resend(message: Message, user: Any) -> None:
    """Try once more to send a mail that was not sent."""
    message.refresh_from_db(from_queryset=Message.objects.select_for_update())
    if message.state != Message.State.FAILED:
        return
    message.state, message.created_at, message.error = Message.State.QUEUED, timezone.now(), ""
    message.save(update_fields=["state", "created_at", "error"])
    log(message.enquiry, "contact.resend", user=user)
