"""What is sent to whom. ``Message`` rows are the outbox; ``tasks`` carries them out."""

from datetime import timedelta
from email.headerregistry import Address
from smtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPHeloError,
    SMTPRecipientsRefused,
    SMTPResponseException,
)
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection, transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from contact import working_days
from contact.models import ContactSettings, Enquiry, Message, new_message_id
from vitaleoverheid import review
from vitaleoverheid.models import OrganisationSettings, known

PERMANENT = 500  # SMTP replies from here on will not change by trying again (RFC 5321, 4.2.1)
ABOUT_US = SMTPAuthenticationError, SMTPConnectError, SMTPHeloError
"""Refusals of the site, not of a mail: they end when somebody mends the settings or the server."""

ACKNOWLEDGEMENTS_A_DAY = 3  # for one address, or the form could be used to flood somebody


def announcements(email: str, acknowledged: int, *, is_canary: bool) -> list[dict[str, str]]:
    """What tells the firm and the visitor that an enquiry came in, as fields of ``Message``.

    ``acknowledged`` is how many confirmations went to the visitor's address in a day. The mails are
    written when they are sent: the visitor waits for nothing that could fail as well then.
    """
    if is_canary:
        return [announcement(Message.Kind.CANARY, settings.DEFAULT_FROM_EMAIL)]
    told = [announcement(Message.Kind.NOTIFICATION, address) for address in recipients()]
    if acknowledged < ACKNOWLEDGEMENTS_A_DAY:
        told.append(announcement(Message.Kind.ACKNOWLEDGEMENT, email))
    return told


def announcement(kind: str, recipient: str) -> dict[str, str]:
    """One mail of those."""
    return {"kind": kind, "recipient": recipient, "message_id": new_message_id()}


def announce(enquiry: Enquiry) -> None:
    """Tell of an enquiry that was suspect until now."""
    lately = Message.objects.filter(
        kind=Message.Kind.ACKNOWLEDGEMENT,
        recipient__iexact=enquiry.email,
        created_at__gte=timezone.now() - timedelta(days=1),
    )
    told = announcements(enquiry.email, lately.count(), is_canary=enquiry.is_canary)
    queue(*(Message(enquiry=enquiry, **fields) for fields in told))


def write(message: Message, chosen: ContactSettings) -> None:
    """Put into words what tells of an enquiry, if that is what the mail is for."""
    if message.kind == Message.Kind.NOTIFICATION:
        write_notification(message)
    elif message.kind == Message.Kind.ACKNOWLEDGEMENT:
        write_acknowledgement(message, chosen)


def write_notification(message: Message) -> None:
    """To one of the firm's recipients: everything that the visitor sent."""
    enquiry: Any = message.enquiry
    message.reply_to = enquiry.email
    message.subject = f"Aanvraag {enquiry.reference}: {enquiry.organisation or enquiry.name}"
    message.text = rendered("contact/mail/notification.txt", about(enquiry))


def write_acknowledgement(message: Message, chosen: ContactSettings) -> None:
    """To the visitor: what happens next, in the firm's words alone."""
    enquiry: Any = message.enquiry
    organisation = known(OrganisationSettings)
    promised = working_days.after(message.created_at, chosen.response_days)
    words = {"[kenmerk]": enquiry.reference, "[datum]": date_format(promised, "l j F")}
    context = {
        "text": fill_in(chosen.acknowledgement_text, words),
        "closing": chosen.acknowledgement_closing,
        "organisation": organisation,
    }
    message.reply_to = organisation.email
    message.subject = fill_in(chosen.acknowledgement_subject, words)
    message.text = rendered("contact/mail/acknowledgement.txt", context)


def rendered(template: str, context: dict[str, Any]) -> str:
    """A plain text, which is not safe to put into HTML, whatever Django thinks of it."""
    return "".join(render_to_string(template, context))


def fill_in(text: str, words: dict[str, str]) -> str:
    """The editor's text with what stands between brackets filled in."""
    for placeholder, word in words.items():
        text = text.replace(placeholder, word)
    return text


def reply(enquiry: Enquiry, subject: str, text: str, author: Any) -> None:
    """Put a colleague's answer to the visitor in the outbox."""
    queue(
        Message(
            enquiry=enquiry,
            kind=Message.Kind.REPLY,
            recipient=enquiry.email,
            reply_to=known(OrganisationSettings).email,
            subject=subject,
            text=text,
            author=author,
        )
    )


def remind(enquiry: Enquiry) -> None:
    """Remind the firm of an enquiry that waits for an answer."""
    queue(*reminders(enquiry))


def reminders(enquiry: Enquiry) -> list[Message]:
    """A mail to the owner, or to everyone when there is none."""
    owner = enquiry.assigned_to
    addressees = [owner.email] if owner and owner.email else recipients()
    text = render_to_string("contact/mail/reminder.txt", about(enquiry))
    return [
        Message(
            enquiry=enquiry,
            kind=Message.Kind.REMINDER,
            recipient=recipient,
            subject=f"Nog niet beantwoord: aanvraag {enquiry.reference}",
            text=text,
        )
        for recipient in addressees
    ]


def ask_for_review() -> None:
    """Ask the owner of each page that is due to look at it; the firm where it has no owner."""
    pages: dict[str, list[Any]] = {}
    for page in review.due_soon():
        is_here = page.owner and page.owner.is_active and page.owner.email
        address = page.owner.email if is_here else known(OrganisationSettings).email
        pages.setdefault(address, []).append(page)
    queue(*(review_request(*asked) for asked in pages.items()))


def review_request(recipient: str, pages: list[Any]) -> Message:
    """A mail about all the pages that somebody is to look at."""
    return Message(
        kind=Message.Kind.REVIEW,
        recipient=recipient,
        subject=f"Pagina’s om na te kijken: {len(pages)}",
        text=render_to_string(
            "contact/mail/review.txt", {"pages": pages, "site_url": settings.SITE_URL}
        ),
    )


def recipients() -> list[str]:
    """The addresses that hear of every enquiry; the firm's own when none was set."""
    chosen = [block.value for block in known(ContactSettings).recipients]
    return chosen or [known(OrganisationSettings).email]


def about(enquiry: Enquiry) -> dict[str, Any]:
    """What a mail to the firm says about an enquiry."""
    url = settings.SITE_URL + reverse("enquiries:edit", args=[enquiry.pk])
    return {"enquiry": enquiry, "url": url}


def queue(*messages: Message) -> None:
    """Put mails in the outbox, from which the worker takes them (``tasks.COLLECT``)."""
    Message.objects.bulk_create(messages)


def deliver(pk: int) -> None:
    """Send the mail unless it was sent already or someone else is sending it now.

    The row stays locked while the server is spoken to, so one worker at a time sends a mail. A
    worker killed in between leaves the row as it was: the mail goes out again, under the same
    Message-ID. Raises whatever the mail server makes of it, after writing it down, unless trying
    again makes no sense.
    """
    try:
        with transaction.atomic():
            queued = Message.objects.filter(pk=pk, state=Message.State.QUEUED)
            message = queued.select_for_update(skip_locked=True).first()
            if message:
                let_go_when_frozen()
                send(message)
    except Exception as error:
        record_failure(pk, error)
        if not is_permanent(error):
            raise


def let_go_when_frozen() -> None:
    """Have PostgreSQL give the row to another worker should this machine freeze or lose power.

    It would wait for hours. No honest conversation with a mail server takes as long as this.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '4min'")


def send(message: Message) -> None:
    """Hand the mail to the mail server and mark it as sent."""
    with get_connection() as connection:
        # A canary comes as far as a mail can without anybody receiving it.
        if message.kind != Message.Kind.CANARY:
            connection.send_messages([compose(message)])
    message.state = Message.State.SENT
    message.sent_at = timezone.now()
    message.attempts += 1
    message.error = ""
    message.save()


def compose(message: Message) -> EmailMultiAlternatives:
    """The mail as it goes out: plain text, and the same in simple HTML."""
    write(message, known(ContactSettings))
    sender = Address(known(OrganisationSettings).name, addr_spec=settings.DEFAULT_FROM_EMAIL)
    subject = " ".join(message.subject.split())  # a header is one line
    mail = EmailMultiAlternatives(
        # Or the recipient's program would decode what a visitor typed (RFC 2047).
        subject=subject.replace("=?", "= ?"),
        body=message.text,
        from_email=str(sender),
        to=[message.recipient],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers={"Message-ID": message.message_id} | automatic(message),
    )
    html = render_to_string("contact/mail/message.html", {"message": message})
    mail.attach_alternative(html, "text/html")
    return mail


def automatic(message: Message) -> dict[str, str]:
    """Headers that keep an out-of-office assistant from answering a machine (RFC 3834)."""
    return {} if message.kind == Message.Kind.REPLY else {"Auto-Submitted": "auto-generated"}


def is_permanent(error: Exception) -> bool:
    """Whether the mail server said that trying again makes no sense."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= PERMANENT for code, _ in error.recipients.values())
    if isinstance(error, ABOUT_US):
        return False
    return isinstance(error, SMTPResponseException) and error.smtp_code >= PERMANENT


def record_failure(pk: int, error: Exception) -> None:
    """Write down why the mail was not sent, and whether that is final."""
    state = Message.State.FAILED if is_permanent(error) else Message.State.QUEUED
    # Another worker may have sent it in the meantime.
    Message.objects.filter(pk=pk, state=Message.State.QUEUED).update(
        state=state, attempts=F("attempts") + 1, error=f"{type(error).__name__}: {error}"[:500]
    )


def give_up(pk: int) -> None:
    """Mark a mail that could not be sent in a week as not sent."""
    Message.objects.filter(pk=pk, state=Message.State.QUEUED).update(state=Message.State.FAILED)
