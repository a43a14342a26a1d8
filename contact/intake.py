"""The one way in for an enquiry.

A visitor waits for it, and under a flood of enquiries pages must keep their speed. So all it needs
to know comes in one query and all it writes goes in one, by hand and prepared by PostgreSQL once:
Django would take eight, and longer to write them than PostgreSQL to carry them out. The one that
writes is a transaction by itself, and waits while another request stores the same enquiry (the
unique indexes of ``0004_once_a_day``). What editors have chosen is known already
(``until_content_changes``).
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import OperationalError, connection, models
from django.utils import timezone
from psycopg import Cursor

from contact import mail, suspicion, tasks
from contact.models import Enquiry, Message
from contact.suspicion import Circumstances

SAME_WITHIN = timedelta(days=1)

FACTS = """
SELECT
    (
        SELECT reference FROM contact_enquiry
        WHERE digest = %(digest)s AND received_at >= %(day_ago)s
        LIMIT 1
    ) AS reference,
    coalesce(
        (
            SELECT count FROM contact_sendercount
            WHERE sender = %(sender)s AND hour = date_trunc('hour', %(now)s::timestamptz)
        ), 0
    ) AS from_sender,
    (
        SELECT count(*) FROM contact_message
        WHERE kind = 'acknowledgement' AND upper(recipient) = upper(%(email)s::text)
            AND created_at >= %(day_ago)s
    ) AS acknowledged,
    nextval(pg_get_serial_sequence('contact_enquiry', 'id')) AS pk
"""


class Facts(NamedTuple):
    """What there is to know before an enquiry can be judged and stored."""

    reference: str | None
    """Of the enquiry with the same content that came in less than a day ago."""
    from_sender: int
    """How many enquiries this sender has sent in this hour, before this one."""
    acknowledged: int
    """How many confirmations went to this address in a day."""
    pk: int
    """For the enquiry."""


class TooMany(Exception):
    """The sender has reached the hard limit of this hour; nothing was stored."""


def accept(
    content: dict[str, Any], circumstances: Circumstances, *, is_canary: bool = False
) -> str:
    """Store an enquiry with its mails and history, all or nothing, and return its reference.

    ``content`` is ``EnquiryForm.content``; a canary is the site's own daily test. The same content
    within a day is the same enquiry: a refresh, the Back button or a second try leads to the one
    that is there already. Any difference makes a new one. Raises ``TooMany`` beyond the hard limit,
    and ``django.db.Error`` when nothing could be stored.
    """
    digest, sender = content_digest(content), circumstances.sender
    known = facts(digest, sender, content["email"])
    if known.reference:
        return known.reference
    if known.from_sender >= suspicion.HARD_LIMIT:
        raise TooMany
    enquiry = judged(content, circumstances, known)
    enquiry.digest, enquiry.is_canary = digest, is_canary
    mails = [] if enquiry.is_suspect else mail.announcements(enquiry, known.acknowledged)
    if store(enquiry, mails, sender):
        return enquiry.reference
    # The same was stored by another request since, or its random reference was taken: once again.
    return accept(content, circumstances, is_canary=is_canary)


def facts(digest: bytes, sender: str, email: str) -> Facts:
    """Look everything up; on a new connection if PostgreSQL has left the one there was."""
    now = timezone.now()
    values = {
        "digest": digest,
        "sender": sender,
        "email": email,
        "now": now,
        "day_ago": now - SAME_WITHIN,
    }
    try:
        return Facts(*run(FACTS, values).fetchone())
    except OperationalError:
        if not (connection.connection and connection.connection.closed):
            raise
        connection.close()
        return Facts(*run(FACTS, values).fetchone())


def run(statement: str, values: Any) -> Any:
    """Carry out a statement that PostgreSQL prepares once for each connection; Django's never."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        return Cursor(connection.connection).execute(statement, values, prepare=True)


def judged(content: dict[str, Any], circumstances: Circumstances, known: Facts) -> Enquiry:
    """The enquiry, with what makes it suspect if it is."""
    signals = suspicion.signals(content, circumstances, known.from_sender + 1)
    return Enquiry(
        **content,
        pk=known.pk,
        status=Enquiry.Status.SUSPECT if suspicion.is_suspect(signals) else Enquiry.Status.NEW,
        signals=[asdict(signal) for signal in signals],
    )


def store(enquiry: Enquiry, mails: Iterable[Message], sender: str) -> bool:
    """Write an enquiry and its history, count it, put its mails in the outbox; all or nothing.

    Tells whether it did: not if the same enquiry was stored since it was looked for.
    """
    return run(STORE, [as_json([enquiry]), sender, sender, as_json(mails)]).fetchone() is not None


def fields(model: type[models.Model]) -> list[Any]:
    """What a row is made of, without what PostgreSQL works out by itself."""
    return [field for field in model._meta.concrete_fields if not field.generated]


def insertion(model: type[models.Model], *, but: str = "") -> str:
    """SQL that puts rows into a table, which are given as JSON; all of their columns but one."""
    table = model._meta.db_table
    names = ", ".join(field.column for field in fields(model) if field.column != but)
    rows = f"jsonb_populate_recordset(NULL::{table}, %s)"
    return f"INSERT INTO {table} ({names}) SELECT {names} FROM {rows}"  # noqa: S608 (no values)


STORE = f"""
WITH enquiry AS (
    {insertion(Enquiry)} ON CONFLICT DO NOTHING RETURNING id, reference, received_at
), counted AS (
    INSERT INTO contact_sendercount AS known (sender, hour, count)
    SELECT %s, date_trunc('hour', received_at), 1 FROM enquiry WHERE %s::text <> ''
    ON CONFLICT (sender, hour) DO UPDATE SET count = known.count + 1
), entry AS (
    INSERT INTO wagtailcore_modellogentry (
        content_type_id, object_id, label, action, data, timestamp, content_changed, deleted
    )
    SELECT kind.id, enquiry.id, reference, 'contact.receive', '{{}}', received_at, false, false
    FROM enquiry, django_content_type AS kind
    WHERE app_label = 'contact' AND model = 'enquiry'
), mail AS (
    {insertion(Message, but="id")} WHERE EXISTS (SELECT FROM enquiry) RETURNING id
)
SELECT enquiry.id, (SELECT procrastinate_defer_jobs_v1(array_agg({tasks.DELIVERY})) FROM mail)
FROM enquiry
"""  # noqa: S608 (no values)


def as_json(rows: Iterable[models.Model]) -> str:
    """Rows as PostgreSQL reads them."""
    values = [{f.column: getattr(row, f.attname) for f in fields(type(row))} for row in rows]
    return json.dumps(values, default=as_text)


def as_text(value: Any) -> str:
    """A value that JSON has no notation for, in that of PostgreSQL."""
    if isinstance(value, bytes):
        return rf"\x{value.hex()}"
    return value.isoformat() if isinstance(value, datetime) else str(value)


def content_digest(content: dict[str, Any]) -> bytes:
    """SHA-256 of the content, the same however spaces and the address's capitals are written."""
    service = content["service"]
    parts = [content["name"], content["organisation"], content["email"].lower(), content["phone"]]
    parts += [str(service.pk) if service else "", " ".join(content["message"].split())]
    parts += [content["kind"]]
    return hashlib.sha256(json.dumps(parts).encode()).digest()
