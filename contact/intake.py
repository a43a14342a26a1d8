"""The one way in for an enquiry."""

import hashlib
import json
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from wagtail.log_actions import log

from contact import mail
from contact.models import Enquiry

SAME_WITHIN = timedelta(days=1)


def accept(data: dict[str, Any]) -> Enquiry:
    """Store an enquiry with its mails and history, all or nothing, and return it.

    ``data`` is ``EnquiryForm.cleaned_data``. The same content within a day is the same enquiry: a
    refresh, the Back button or a second try leads to the one that is there already. Any difference
    makes a new one. Raises ``django.db.Error`` when nothing could be stored.
    """
    digest = content_digest(data)
    with transaction.atomic():
        one_at_a_time(digest)
        since = timezone.now() - SAME_WITHIN
        earlier = Enquiry.objects.filter(digest=digest, received_at__gte=since).first()
        return earlier or store(data, digest)


def store(data: dict[str, Any], digest: bytes) -> Enquiry:
    """Write the enquiry, its history entry and its outbox rows."""
    enquiry = Enquiry.objects.create(**data, digest=digest)
    log(enquiry, "contact.receive")
    mail.queue_notifications(enquiry)
    return enquiry


def content_digest(data: dict[str, Any]) -> bytes:
    """SHA-256 of the content, the same however its spaces and the address's capitals are written."""
    service = data["service"]
    parts = [data["name"], data["organisation"], data["email"].lower(), data["phone"]]
    parts += [str(service.pk) if service else "", " ".join(data["message"].split())]
    return hashlib.sha256(json.dumps(parts).encode()).digest()


def one_at_a_time(digest: bytes) -> None:
    """Wait until no other transaction is storing the same content; lasts until this one's end."""
    key = int.from_bytes(digest[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
