"""What visitors answer: found in the firm's mailbox, and shown with their enquiries.

The mailbox is only read. Nothing is marked, moved or removed, so that the firm can go on working in
it, and what belongs to no enquiry is nobody's business here.
"""

import logging
import re
import ssl
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from imaplib import IMAP4, IMAP4_SSL
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.html import strip_tags
from wagtail.log_actions import log

from contact import actions
from contact.forms import LineField, TextField
from contact.models import Enquiry, Message

logger = logging.getLogger(__name__)

PATIENCE = 20  # seconds
LOOK_BACK = timedelta(days=3)  # a worker that stood still for a weekend misses nothing
MESSAGE_ID = re.compile(r"<[^<>\s]+>")
REFERENCE = re.compile(r"\bVO-\w{4}-\w{4}\b", re.IGNORECASE)
TEXT_LENGTH = 100_000  # characters; the rest can be read in the mailbox


def fetch() -> None:
    """Add every answer that is not there yet to the conversation it belongs to.

    Raises ``OSError`` or ``imaplib.IMAP4.error`` when the mailbox cannot be read.
    """
    with connected(settings.IMAP["host"], settings.IMAP["port"]) as server:
        server.login(settings.IMAP["user"], settings.IMAP["password"])
        server.select(settings.IMAP["folder"], readonly=True)
        since = f"{timezone.now() - LOOK_BACK:%d-%b-%Y}"
        uids = b",".join(answered(server.uid("SEARCH", "SINCE", since))[0].split())
        for uid, header in parts(server, uids, "BODY.PEEK[HEADER]"):
            try:
                take(server, uid, header)
            except (OSError, IMAP4.error):
                raise
            except Exception as error:  # noqa: BLE001 (one odd mail must not hide the others)
                # The exception may quote the mail: its kind is all that the log may hold.
                logger.error("A mail could not be read: %s", type(error).__name__)  # noqa: TRY400


def connected(host: str, port: int) -> IMAP4:
    """A connection with the mail server, which must prove its name before it gets a password."""
    if not settings.IMAP["ssl"]:
        return IMAP4(host, port, timeout=PATIENCE)
    # Left to itself, imaplib takes any certificate.
    return IMAP4_SSL(host, port, ssl_context=ssl.create_default_context(), timeout=PATIENCE)


def take(server: IMAP4, uid: bytes, header: EmailMessage) -> None:
    """Fetch and keep the mail if it is about an enquiry and not there yet."""
    if (enquiry := enquiry_of(header)) and not is_known(header):
        for _, mail in parts(server, uid, "BODY.PEEK[]"):
            add(enquiry, mail)


def answered(response: tuple[str, list[Any]]) -> list[Any]:
    """What the server sent; raises ``imaplib.IMAP4.error`` when it refused."""
    status, data = response
    if status != "OK":
        raise IMAP4.error(data)
    return data


def parts(server: IMAP4, uids: bytes, part: str) -> Iterator[tuple[bytes, EmailMessage]]:
    """That part of each of the mails, with its number in the mailbox."""
    if uids:
        for item in answered(server.uid("FETCH", uids.decode(), f"(UID {part})")):
            if isinstance(item, tuple) and (found := re.search(rb"UID (\d+)", item[0])):
                yield found[1], message_from_bytes(item[1], policy=policy.default)


def enquiry_of(mail: EmailMessage) -> Enquiry | None:
    """The enquiry that a mail is about: it answers one of our mails, or names the reference."""
    answers = MESSAGE_ID.findall(f"{mail['In-Reply-To']} {mail['References']}")
    named = [reference.upper() for reference in REFERENCE.findall(str(mail["Subject"]))]
    about = Q(messages__message_id__in=answers) | Q(reference__in=named)
    return Enquiry.objects.real().filter(about).first()


def is_known(mail: EmailMessage) -> bool:
    """Whether the mail is one of ours, or was added before.

    Ours are also known by their sender: some mail services give them another ``Message-ID``.
    """
    if sender(mail) == settings.DEFAULT_FROM_EMAIL:
        return True
    return Message.objects.filter(message_id=message_id(mail)).exists()


def message_id(mail: EmailMessage) -> str:
    """What tells the mail from all others; some programs send none."""
    return str(mail["Message-ID"] or f"<{mail['Date']} {mail['From']}>").strip()[:250]


@transaction.atomic
def add(enquiry: Enquiry, mail: EmailMessage) -> None:
    """Put a mail in the conversation; an enquiry that was done has to be looked at again."""
    enquiry.messages.create(
        kind=Message.Kind.INCOMING,
        state=Message.State.RECEIVED,
        recipient=settings.DEFAULT_FROM_EMAIL,
        reply_to=sender(mail),
        subject=LineField(required=False).clean(str(mail["Subject"] or ""))[:250],
        text=TextField(required=False).clean(text(mail))[:TEXT_LENGTH],
        message_id=message_id(mail),
    )
    log(enquiry, "contact.mail")
    if mail.get("Auto-Submitted", "no") != "no":  # an out-of-office reply asks nothing (RFC 3834)
        return
    Enquiry.objects.filter(pk=enquiry.pk).update(opened_at=None)
    if enquiry.status in Enquiry.DONE:
        actions.set_status(enquiry, Enquiry.Status.IN_PROGRESS, user=None)


def sender(mail: EmailMessage) -> str:
    """The address that the mail says it is from."""
    addresses = mail["From"].addresses if mail["From"] else ()
    return addresses[0].addr_spec[:254] if addresses else ""


def text(mail: EmailMessage) -> str:
    """What the mail says, without its layout, and how many files came along."""
    body = mail.get_body(("plain", "html"))
    said = body.get_content() if body else ""
    if body and body.get_content_subtype() == "html":
        said = strip_tags(said)
    count = len(list(mail.iter_attachments()))
    return f"{said}\n\n[{count} bijlagen: zie de mailbox]" if count else said
