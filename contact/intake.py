"""The one way in for an enquiry."""

import hashlib
import json
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from wagtail.log_actions import log

from contact import mail, suspicion
from contact.models import Enquiry
from contact.suspicion import Circumstances

SAME_WITHIN = timedelta(days=1)
LOCK_PATIENCE = "5s"


class TooMany(Exception):
    """The sender has reached the hard limit of this hour; nothing was stored."""


def accept(
    content: dict[str, Any], circumstances: Circumstances, *, is_canary: bool = False
) -> Enquiry:
    """Store an enquiry with its mails and history, all or nothing, and return it.

    ``content`` is ``EnquiryForm.content``; a canary is the site's own daily test. The same content
    within a day is the same enquiry: a refresh, the Back button or a second try leads to the one
    that is there already. Any difference makes a new one. Raises ``TooMany`` beyond the hard limit,
    and ``django.db.Error`` when nothing could be stored.
    """
    digest = content_digest(content)
    with transaction.atomic():
        one_at_a_time(digest)
        return earlier(digest) or store(content, circumstances, digest, is_canary=is_canary)


def earlier(digest: bytes) -> Enquiry | None:
    """The enquiry with this content that came in less than a day ago."""
    since = timezone.now() - SAME_WITHIN
    return Enquiry.objects.filter(digest=digest, received_at__gte=since).first()


def store(
    content: dict[str, Any], circumstances: Circumstances, digest: bytes, *, is_canary: bool
) -> Enquiry:
    """Judge the enquiry; write it, its history entry and its outbox rows."""
    sender = circumstances.sender
    from_sender = suspicion.count_from(sender) if sender else 0
    if from_sender > suspicion.HARD_LIMIT:
        raise TooMany
    signals = suspicion.signals(content, circumstances, from_sender)
    status = Enquiry.Status.SUSPECT if suspicion.is_suspect(signals) else Enquiry.Status.NEW
    enquiry = Enquiry.objects.create(
        **content,
        digest=digest,
        status=status,
        signals=[asdict(signal) for signal in signals],
        is_canary=is_canary,
    )
    log(enquiry, "contact.receive")
    if not enquiry.is_suspect:
        mail.announce(enquiry)
    return enquiry


def content_digest(content: dict[str, Any]) -> bytes:
    """SHA-256 of the content, the same however spaces and the address's capitals are written."""
    service = content["service"]
    parts = [content["name"], content["organisation"], content["email"].lower(), content["phone"]]
    parts += [str(service.pk) if service else "", " ".join(content["message"].split())]
    parts += [content["kind"]]
    return hashlib.sha256(json.dumps(parts).encode()).digest()


def one_at_a_time(digest: bytes) -> None:
    """Wait until no other transaction is storing the same content; lasts until this one's end.

    Nothing in this transaction then waits for long: a migration may hold a table for minutes, and
    a visitor who is told so in time keeps the text.
    """
    key = int.from_bytes(digest[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('lock_timeout', %s, true), pg_advisory_xact_lock(%s)",
            [LOCK_PATIENCE, key],
        )
