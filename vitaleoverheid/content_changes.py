"""How a process learns that what visitors see has changed: PostgreSQL says so.

Triggers on the tables themselves, so that it makes no difference who changed something and how: an
editor, the worker, ``queryset.update()``, SQL typed by hand, on this machine or another.
"""

import logging
from collections.abc import Callable
from contextlib import closing
from functools import lru_cache, wraps
from threading import Event, Lock, Thread
from time import monotonic, sleep
from typing import Any, TypeVar

from django.apps import apps
from django.db import connection

logger = logging.getLogger(__name__)
Result = TypeVar("Result")

CHANNEL = "content_changed"
CHANGED, WITHDRAWN = "changed", "withdrawn"
"""What a message says: something is different, or something is no longer for everyone."""

SHOWN_NOWHERE = {
    # People at work in the admin, written at every log-in and every few seconds of editing.
    "auth_user",
    "django_session",
    "mfa_authenticator",
    "shared_cache",
    "usersessions_usersession",
    "wagtailadmin_editingsession",
    "wagtailadmin_formstate",
    "wagtailusers_userprofile",
    # Versions not yet published, and who did what; publishing writes the page itself as well.
    "vitaleoverheid_draftlink",
    "wagtailcore_comment",
    "wagtailcore_commentreply",
    "wagtailcore_pagesubscription",
    "wagtailcore_taskstate",
    "wagtailcore_workflowstate",
    "wagtailcore_modellogentry",
    "wagtailcore_pagelogentry",
    "wagtailcore_revision",
    # Made from the pages, with them; of a search only the words for typing errors are kept.
    "wagtailcore_referenceindex",
    "wagtailsearch_indexentry",
    # Counts of searches that found nothing.
    "wagtailsearchpromotions_query",
    "wagtailsearchpromotions_querydailyhits",
    "vitaleoverheid_erasure",
    # Enquiries: somebody who sends the form must not make every page be rendered again.
    "contact_enquiry",
    "contact_message",
    "contact_note",
    "contact_sendercount",
    "procrastinate_events",
    "procrastinate_jobs",
    "procrastinate_periodic_defers",
    "procrastinate_workers",
}
"""Tables whose rows stand on no public page and are written all the time.

Any other table counts as content, so that a new one cannot be forgotten.
"""

RETRY_SECONDS = 0.5
FIRST_CONNECTION_SECONDS = 1
ASK_SECONDS = 1
TRUST_SECONDS = 3
"""A connection can be dead without a sign of it, so PostgreSQL is asked every second whether it is
there, and an answer counts for three."""

TRIGGERS = f"""
CREATE OR REPLACE FUNCTION content_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('{CHANNEL}', TG_ARGV[0]);
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER content_withdrawn
AFTER UPDATE ON wagtailcore_page FOR EACH ROW
WHEN (OLD.live AND NOT NEW.live OR OLD.path <> NEW.path)
EXECUTE FUNCTION content_changed('{WITHDRAWN}');

CREATE OR REPLACE TRIGGER content_deleted
AFTER DELETE OR TRUNCATE ON wagtailcore_page FOR EACH STATEMENT
EXECUTE FUNCTION content_changed('{WITHDRAWN}');

CREATE OR REPLACE TRIGGER content_restricted
AFTER INSERT OR UPDATE ON wagtailcore_pageviewrestriction FOR EACH STATEMENT
EXECUTE FUNCTION content_changed('{WITHDRAWN}');
"""
"""PostgreSQL delivers at commit, after the change can be seen, and the same message only once."""

TRIGGER = f"""
CREATE OR REPLACE TRIGGER content_changed
AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT
EXECUTE FUNCTION content_changed('{CHANGED}');
"""


INSTALLED = """
SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE tgname = 'content_changed' AND relnamespace = current_schema::regnamespace
"""


def install_triggers(**kwargs: Any) -> None:
    """Put a trigger on every table of content there is now; runs after each ``migrate``."""
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS)
        cursor.execute(INSTALLED)
        installed = {name for (name,) in cursor.fetchall()}
        for table in installed & SHOWN_NOWHERE:
            cursor.execute(f"DROP TRIGGER content_changed ON {quoted(table)}")
        content = set(connection.introspection.table_names(cursor)) - SHOWN_NOWHERE
        for table in content - installed:
            cursor.execute(TRIGGER % quoted(table))
        # What was loaded while there were no triggers, by a restore for one, went unsaid; some of
        # what was there before may be gone.
        cursor.execute(f"NOTIFY {CHANNEL}, '{WITHDRAWN}'")


def quoted(table: str) -> str:
    """A table's name as SQL writes it."""
    return connection.ops.quote_name(table)


class ContentChanges:
    """Hears of changes, in a thread of its own with a connection of its own.

    ``generation`` grows with every change. Who takes it before rendering a page knows afterwards
    whether the page is still as it should be: while the number is the same, and ``are_heard``.
    ``withdrawals`` counts the changes after which something may no longer be for everyone.
    ``attempts`` counts the times that a connection was lost or not to be had. ``changed_at`` and
    ``heard_until`` are on the clock of ``time.monotonic()``.
    """

    def __init__(self) -> None:
        self.generation = 0
        self.withdrawals = 0
        self.attempts = 0
        self.changed_at = self.heard_until = monotonic()
        self._thread: Thread | None = None
        self._starting = Lock()
        self._tried = Event()

    def are_heard(self) -> bool:
        """Whether a change would be heard of now."""
        return monotonic() < self.heard_until

    def listen(self) -> None:
        """Start listening, unless this process does already.

        Returns once the first try to connect has succeeded or failed, or has taken too long.
        """
        with self._starting:
            if self._thread is None:
                self._thread = Thread(target=self._listen_forever, name="changes", daemon=True)
                self._thread.start()
        self._tried.wait(FIRST_CONNECTION_SECONDS)

    def _listen_forever(self) -> None:
        while True:
            try:
                self._listen()
            except Exception as error:  # noqa: BLE001 (nothing may end this thread)
                level = logging.WARNING if self.are_heard() else logging.DEBUG  # once is enough
                logger.log(level, "Content changes are not heard of: %s", error)
            self.heard_until = min(self.heard_until, monotonic())
            self.attempts += 1
            self._tried.set()
            sleep(RETRY_SECONDS)

    def _listen(self) -> None:
        """Listen for as long as the connection lasts; raises a database error at its end."""
        with closing(connection):
            connection.ensure_connection()
            postgres = connection.connection
            postgres.execute(f"LISTEN {CHANNEL}")
            self._change()  # whatever happened before went unheard
            while True:
                asked_at = monotonic()
                postgres.execute("SELECT 1")
                self.heard_until = asked_at + TRUST_SECONDS
                self._tried.set()
                for message in postgres.notifies(timeout=ASK_SECONDS):
                    self._hear(message.payload)

    def _hear(self, message: str) -> None:
        # A restored database may number its types of content differently.
        apps.get_model("contenttypes.ContentType").objects.clear_cache()
        self.withdrawals += message == WITHDRAWN
        self._change()

    def _change(self) -> None:
        self.changed_at = monotonic()
        self.generation += 1


changes = ContentChanges()
"""What the web server hears. In any other process nobody listens."""


def until_content_changes(function: Callable[..., Result]) -> Callable[..., Result]:
    """Remember what the function returned for as long as content stays the same.

    In a process that hears of changes; in any other the function is called each time. Arguments
    must be hashable, and what is returned is shared between threads.
    """

    @lru_cache(maxsize=32)
    def remembered(generation: int, *args: Any) -> Result:
        return function(*args)

    @wraps(function)
    def wrapper(*args: Any) -> Result:
        return remembered(changes.generation, *args) if changes.are_heard() else function(*args)

    return wrapper
