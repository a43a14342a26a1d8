"""The one way in for an enquiry.

A visitor waits for it, and under a flood of enquiries pages must keep their speed. So PostgreSQL is
asked once: it looks up what there is to know, and stores the enquiry if all that is as it nearly
always is. If not, it says what it knows, and is asked again with an enquiry that was judged by
that. The statement is written by hand and prepared once for each connection: Django would take
eight, and longer to write them than PostgreSQL to carry them out. It is a transaction by itself,
and waits while another request stores the same enquiry (the unique indexes of
``0004_once_a_day``). What editors have chosen is known already (``until_content_changes``).
"""

import hashlib
import json
from dataclasses import asdict
from typing import Any, NamedTuple

from django.db import OperationalError, connection
from django.utils import timezone
from psycopg import Cursor

from contact import mail, suspicion
from contact.models import Enquiry, new_reference
from contact.suspicion import Circumstances


class Facts(NamedTuple):
    """What there is to know of an enquiry before it is judged and stored."""

    reference: str | None
    """Of the enquiry with the same content that came in less than a day ago."""
    from_sender: int
    """How many enquiries this sender has sent in this hour, before this one."""
    acknowledged: int
    """How many confirmations went to this address in a day."""


ORDINARY = Facts(None, suspicion.BUSY_SENDER - 1, mail.ACKNOWLEDGEMENTS_A_DAY - 1)
"""The most that changes nothing."""


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
    known = ORDINARY
    while not known.reference:
        if known.from_sender >= suspicion.HARD_LIMIT:
            raise TooMany
        enquiry = judged(content, circumstances, known) | {"is_canary": is_canary}
        # Not stored if more is known, another request has stored the same at this very moment, or
        # the random reference was taken.
        is_stored, *facts = store(enquiry, circumstances.sender, known)
        if is_stored:
            return str(enquiry["reference"])
        known = Facts(*facts)
    return known.reference


def judged(content: dict[str, Any], circumstances: Circumstances, known: Facts) -> dict[str, Any]:
    """An enquiry's row, with what makes it suspect if it is."""
    signals = suspicion.signals(content, circumstances, known.from_sender + 1)
    service = content["service"]
    return {
        **content,
        "service": None,  # which is no column
        "service_id": service and service.pk,
        "reference": new_reference(),
        "received_at": timezone.now().isoformat(),
        "status": Enquiry.Status.SUSPECT if suspicion.is_suspect(signals) else Enquiry.Status.NEW,
        "signals": [asdict(signal) for signal in signals],
        "digest": content_digest(content),
    }


def mails_about(enquiry: dict[str, Any], known: Facts) -> list[dict[str, str]]:
    """What is to be mailed; nothing as long as the enquiry is suspect."""
    if enquiry["status"] == Enquiry.Status.SUSPECT:
        return []
    return mail.announcements(enquiry["email"], known.acknowledged, is_canary=enquiry["is_canary"])


def store(enquiry: dict[str, Any], sender: str, known: Facts) -> Any:
    """Write an enquiry and its history, count it, put its mails in the outbox; all or nothing.

    Nothing is written when there is more to know than ``known``. Returns whether it was, and the
    facts. On a new connection if PostgreSQL has left the one there was: had it stored the enquiry
    just before, the second try would find it.
    """
    values = {
        "enquiry": json.dumps(enquiry),
        "mails": json.dumps(mails_about(enquiry, known)),
        "sender": sender,
        "from_sender": known.from_sender,
        "acknowledged": known.acknowledged,
    }
    try:
        return run(STORE, values).fetchone()
    except OperationalError:
        if not (connection.connection and connection.connection.closed):
            raise
        connection.close()
        return run(STORE, values).fetchone()


def run(statement: str, values: Any) -> Any:
    """Carry out a statement that PostgreSQL prepares once for each connection; Django's never."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        return Cursor(connection.connection).execute(statement, values, prepare=True)


STORE = """
WITH given AS (
    SELECT * FROM jsonb_populate_record(NULL::contact_enquiry, %(enquiry)s)
), known AS (
    SELECT
        (
            SELECT reference FROM contact_enquiry AS same
            WHERE same.digest = given.digest
                AND same.received_at >= given.received_at - interval '24 hours'
            LIMIT 1
        ) AS reference,
        coalesce(
            (
                SELECT count FROM contact_sendercount
                WHERE sender = %(sender)s AND hour = date_trunc('hour', given.received_at)
            ), 0
        ) AS from_sender,
        (
            SELECT count(*) FROM contact_message
            WHERE kind = 'acknowledgement' AND upper(recipient) = upper(given.email)
                AND created_at >= given.received_at - interval '24 hours'
        ) AS acknowledged
    FROM given
), enquiry AS (
    INSERT INTO contact_enquiry (
        reference, received_at, name, organisation, email, phone, service_id, kind, message,
        status, status_changed_at, signals, is_canary, digest
    )
    SELECT
        given.reference, received_at, name, organisation, email, phone, service_id, kind, message,
        status, received_at, signals, is_canary, digest
    FROM given, known
    WHERE known.reference IS NULL AND from_sender <= %(from_sender)s
        AND acknowledged <= %(acknowledged)s
    ON CONFLICT DO NOTHING
    RETURNING id, reference, received_at
), counted AS (
    INSERT INTO contact_sendercount AS known (sender, hour, count)
    SELECT %(sender)s, date_trunc('hour', received_at), 1 FROM enquiry
    WHERE %(sender)s::text <> ''
    ON CONFLICT (sender, hour) DO UPDATE SET count = known.count + 1
), entry AS (
    INSERT INTO wagtailcore_modellogentry (
        content_type_id, object_id, label, action, data, timestamp, content_changed, deleted
    )
    SELECT kind.id, enquiry.id, reference, 'contact.receive', '{}', received_at, false, false
    FROM enquiry, django_content_type AS kind
    WHERE app_label = 'contact' AND model = 'enquiry'
), mail AS (
    INSERT INTO contact_message (
        enquiry_id, created_at, kind, recipient, message_id,
        state, reply_to, subject, text, attempts, error
    )
    SELECT
        enquiry.id, received_at, mail.kind, mail.recipient, mail.message_id,
        'queued', '', '', '', 0, ''
    FROM enquiry, jsonb_populate_recordset(NULL::contact_message, %(mails)s) AS mail
)
SELECT EXISTS (SELECT FROM enquiry), known.* FROM known
"""


def content_digest(content: dict[str, Any]) -> str:
    """SHA-256 of the content, the same however spaces and the address's capitals are written.

    As PostgreSQL writes bytes.
    """
    service = content["service"]
    parts = [content["name"], content["organisation"], content["email"].lower(), content["phone"]]
    parts += [str(service.pk) if service else "", " ".join(content["message"].split())]
    parts += [content["kind"]]
    return rf"\x{hashlib.sha256(json.dumps(parts).encode()).hexdigest()}"
