"""Finished pages kept in memory, so that a page that is current costs no more than its bytes.

What is kept: an answer that says of itself that shared caches may (``Cache-Control: public,
s-maxage``; ``middleware.py`` says so of public pages), for as long as it says, and only as long as
no content changed (``content_changes.py``). What is no longer current is rendered again by the next
request, and stays at hand until then: when that fails because the database is away, the older bytes
go out.

Each answer tells in ``Cache-Status`` (RFC 9211) what happened: ``hit``; ``fwd=miss`` or
``fwd=stale`` when it was rendered now; ``hit; ttl=-3`` when it was current until three seconds ago,
and nothing newer is to be had.
"""

import math
from collections import OrderedDict
from collections.abc import Iterable
from functools import lru_cache
from threading import Event, Lock
from time import monotonic
from typing import NamedTuple
from urllib.parse import urlencode
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.conf import settings
from django.http import QueryDict
from django.http.request import split_domain_port, validate_host

from vitaleoverheid.content_changes import ContentChanges
from vitaleoverheid.kept_page import Answer, KeptPage
from vitaleoverheid.request_id import numbered

CAPACITY = 64 * 1024 * 1024  # bytes in each process; a page takes some 20,000
PATIENCE = 1  # seconds to wait for another request that is rendering the same page

ABOUT_SOMEBODY = ("/admin/", "/_util/")
"""Where signing in goes on."""

NO_ATTEMPT = -1
NAME = "vitaleoverheid"
HIT = f"{NAME}; hit"


class Key(NamedTuple):
    """What makes a page another page. The port doesn't: no page shows it."""

    host: str
    secure: bool
    path: str
    query: str


class Entry(NamedTuple):
    """A kept page, and what was known of content when its rendering began."""

    page: KeptPage
    generation: int
    withdrawals: int
    until: float
    """When shared caches may no longer use it, on the clock of ``time.monotonic()``."""


class Entries:
    """Kept pages within a number of bytes; the longest unused go first."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.size = 0
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key) -> Entry | None:
        with self._lock:
            entry = self._entries.get(key)
            if entry:
                self._entries.move_to_end(key)
            return entry

    def put(self, key: Key, entry: Entry) -> None:
        with self._lock:
            self._remove(key)
            self._entries[key] = entry
            self.size += entry.page.size
            while self.size > self.capacity:
                self._remove(next(iter(self._entries)))

    def drop(self, key: Key) -> None:
        with self._lock:
            self._remove(key)

    def _remove(self, key: Key) -> None:
        if entry := self._entries.pop(key, None):
            self.size -= entry.page.size


class PageCache:
    """A WSGI application before another, which it asks only for what it does not know."""

    def __init__(
        self, application: WSGIApplication, changes: ContentChanges, capacity: int = CAPACITY
    ) -> None:
        self.application = application
        self.changes = changes
        self.entries = Entries(capacity)
        self.renderings: dict[Key, Event] = {}
        self.tried_at_attempt = NO_ATTEMPT

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        key = key_of(environ)
        if key is None:
            self.changes.listen()  # whoever posts a form gets by with what is known then
            return self.application(environ, numbered(environ, start_response))
        if entry := self.current(key):
            return entry.page.answer(environ, start_response, HIT)
        return self.answer_anew(key, environ, numbered(environ, start_response))

    def current(self, key: Key) -> Entry | None:
        """The page, if to render it again would change nothing."""
        entry = self.entries.get(key)
        if not entry or entry.generation != self.changes.generation:
            return None
        return entry if monotonic() < min(entry.until, self.changes.heard_until) else None

    def answer_anew(
        self, key: Key, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Render the page, or wait for another request that is rendering it."""
        self.changes.listen()
        older = self.fallback(key)
        if older and not self.may_try():
            return self.answer_stale(older, environ, start_response)
        mine = Event()
        first = self.renderings.setdefault(key, mine)
        if first is mine:
            try:
                return self.render(key, environ, start_response)
            finally:
                del self.renderings[key]
                mine.set()
        is_over = first.wait(PATIENCE)
        if entry := self.current(key):
            return entry.page.answer(environ, start_response, HIT)
        if older and not is_over:
            return self.answer_stale(older, environ, start_response)
        return self.render(key, environ, start_response)

    def may_try(self) -> bool:
        """Whether to try and render a page of which an older one is at hand.

        While changes are not heard of the database may be away, and it can take a request seconds
        to find that out. So one tries for each attempt of the listener, and the others don't wait.
        """
        if self.changes.are_heard():
            return True
        if self.tried_at_attempt == self.changes.attempts:
            return False
        self.tried_at_attempt = self.changes.attempts
        return True

    def render(
        self, key: Key, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer with what the application makes; when it fails, with an older page."""
        reason = "stale" if self.entries.get(key) else "miss"
        made = self.make(key, environ)
        if isinstance(made, Entry):
            stored = "; stored" if self.entries.get(key) is made else ""
            return made.page.answer(environ, start_response, f"{NAME}; fwd={reason}{stored}")
        if made.is_failure and (older := self.fallback(key)):
            made.close()
            return self.answer_stale(older, environ, start_response)
        return made.send(environ, start_response, f"{NAME}; fwd={reason}")

    def make(self, key: Key, environ: WSGIEnvironment) -> Entry | Answer:
        """Have the application make the page, and keep it if it may be kept."""
        # Known before the rendering begins: a change meanwhile makes the page stale from the start.
        generation, withdrawals = self.changes.generation, self.changes.withdrawals
        # The application sees of the query what the key holds, so that nothing else can matter.
        asked = {**environ, "REQUEST_METHOD": "GET", "QUERY_STRING": key.query}
        answer = Answer(self.application, asked)
        if answer.is_failure:
            return answer
        self.tried_at_attempt = NO_ATTEMPT
        seconds = answer.seconds_to_keep()
        if not seconds:
            self.entries.drop(key)
            return answer
        page = KeptPage(answer)
        entry = Entry(page, generation, withdrawals, monotonic() + seconds)
        if not key.query or self.is_different(key, page, environ):
            self.entries.put(key, entry)
        return entry

    def is_different(self, key: Key, page: KeptPage, environ: WSGIEnvironment) -> bool:
        """Whether the page is another than without a query.

        Anyone can make up values. One that changes nothing gets no place, so that a thousand of
        them cost a thousand renderings but drive no page out.
        """
        plain = self.current(key._replace(query="")) or self.make(key._replace(query=""), environ)
        if isinstance(plain, Entry):
            return plain.page.body != page.body
        plain.close()
        return False

    def fallback(self, key: Key) -> Entry | None:
        """The page as it was, without its query if need be, if it may still be shown."""
        entry = self.entries.get(key) or self.entries.get(key._replace(query=""))
        if entry and entry.withdrawals == self.changes.withdrawals:
            return entry
        return None

    def answer_stale(
        self, entry: Entry, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Send a page as it was, and say since when it is not certain any more."""
        end = min(entry.until, self.changes.heard_until)
        if entry.generation != self.changes.generation:
            end = min(end, self.changes.changed_at)
        ttl = math.floor(end - monotonic())
        return entry.page.answer(environ, start_response, f"{HIT}; ttl={ttl}")


def key_of(environ: WSGIEnvironment) -> Key | None:
    """Where to look the page up; None when the answer is not the same for everyone.

    A page's address ends in a slash; what does not is a file or for machines, and is not kept.
    """
    if (
        environ["REQUEST_METHOD"] not in {"GET", "HEAD"}
        or not environ["PATH_INFO"].endswith("/")
        or environ["PATH_INFO"].startswith(ABOUT_SOMEBODY)
        or "HTTP_AUTHORIZATION" in environ
        or settings.SESSION_COOKIE_NAME in environ.get("HTTP_COOKIE", "")
        or environ.get("SCRIPT_NAME")
    ):
        return None
    host = host_name(environ.get("HTTP_HOST", ""))
    if not host:
        return None
    return Key(host, is_secure(environ), environ["PATH_INFO"], query_of(environ))


@lru_cache(maxsize=256)
def host_name(host: str) -> str:
    """The name in a ``Host`` header, without the port; empty where Django would refuse it."""
    name, _port = split_domain_port(host)
    return name if name and validate_host(name, settings.ALLOWED_HOSTS) else ""


def is_secure(environ: WSGIEnvironment) -> bool:
    """Whether the visitor uses HTTPS, by the same rules as Django's ``request.is_secure()``."""
    name, secure = settings.SECURE_PROXY_SSL_HEADER or ("", "")
    if name in environ:
        return environ[name].partition(",")[0].strip() == secure
    return environ["wsgi.url_scheme"] == "https"


def query_of(environ: WSGIEnvironment) -> str:
    """The part of the query that pages depend on, always written in the same way."""
    query = environ.get("QUERY_STRING", "")
    if not query:
        return ""
    asked = QueryDict(query.encode("latin-1"))  # as Django reads it
    known = {name: asked[name] for name in settings.PAGE_PARAMETERS if asked.get(name)}
    return urlencode(known)
