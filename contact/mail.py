"""What is sent to whom. ``Message`` rows are the outbox; ``tasks`` carries them out."""

from email.utils import make_msgid
from smtplib import SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone
from django.urls import reverse

from contact.models import ContactSettings, Enquiry, Message
from vitaleoverheid.models import OrganisationSettings

PERMANENT = 500  # SMTP replies from here on will not change by trying again (RFC 5321, 4.2.1)


class Refused(Exception):
    """The mail server will never take this mail."""


def queue_notifications(enquiry: Enquiry) -> None:
    """Put a mail to each of the firm's recipients in the outbox."""
    context = {"enquiry": enquiry, "url": settings.SITE_URL + detail_path(enquiry)}
    text = render_to_string("contact/mail/notification.txt", context)
    subject = f"Aanvraag {enquiry.reference}: {enquiry.organisation or enquiry.name}"
    for recipient in recipients():
        queue(
            Message(
                enquiry=enquiry,
                kind=Message.Kind.NOTIFICATION,
                recipient=recipient,
                reply_to=enquiry.email,
                subject=subject,
                text=text,
            )
        )


def recipients() -> list[str]:
    """The addresses that hear of every enquiry; the firm's own when none was set."""
    chosen = list(ContactSettings.load().recipients)
    return [block.value for block in chosen] or [OrganisationSettings.load().email]


def detail_path(enquiry: Enquiry) -> str:
    """Where the enquiry stands in the admin."""
    return reverse("enquiries:inspect", args=[enquiry.pk])


def queue(message: Message) -> None:
    """Store the mail and ask the worker to send it, both in the transaction under way."""
    from contact import tasks  # noqa: PLC0415 (tasks carry out what this module says)

    message.message_id = make_msgid(domain=settings.DEFAULT_FROM_EMAIL.rpartition("@")[2])
    message.save()
    tasks.defer_delivery(message)


def deliver(pk: int) -> None:
    """Send the mail unless it was sent already or someone else is sending it now.

    The row stays locked while the server is spoken to, so each mail is sent by one worker at a time.
    A worker killed in between leaves the row as it was: the mail goes out again, under the same
    Message-ID. Raises whatever the mail server makes of it, after writing it down.
    """
    try:
        with transaction.atomic():
            queued = Message.objects.filter(pk=pk, state=Message.State.QUEUED)
            message = queued.select_for_update(skip_locked=True).first()
            if message:
                send(message)
    except Exception as error:
        record_failure(pk, error)
        if not is_permanent(error):
            raise


def send(message: Message) -> None:
    """Hand the mail to the mail server and mark it as sent."""
    mail = EmailMessage(
        subject=message.subject,
        body=message.text,
        to=[message.recipient],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers={"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"},
    )
    mail.send()
    message.state = Message.State.SENT
    message.sent_at = timezone.now()
    message.attempts += 1
    message.error = ""
    message.save()


def is_permanent(error: Exception) -> bool:
    """Whether the mail server said that trying again makes no sense."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= PERMANENT for code, _ in error.recipients.values())
    return isinstance(error, SMTPResponseException) and error.smtp_code >= PERMANENT


def record_failure(pk: int, error: Exception) -> None:
    """Write down why the mail was not sent, and whether that is final."""
    state = Message.State.FAILED if is_permanent(error) else Message.State.QUEUED
    Message.objects.filter(pk=pk).update(
        state=state, attempts=F("attempts") + 1, error=f"{type(error).__name__}: {error}"[:500]
    )
