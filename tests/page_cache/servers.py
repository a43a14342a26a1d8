"""The site as several processes serve it, on a database whose changes are committed."""

import gzip
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import brotli
import psycopg
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import RequestFactory
from django.utils.crypto import get_random_string

from tests.live_site import PATIENCE, until
from vitaleoverheid.content_changes import ContentChanges
from vitaleoverheid.models import HomePage
from vitaleoverheid.page_cache import PageCache

Headers = list[tuple[str, str]]
Start = Callable[..., "Server"]

PUBLIC = ("Cache-Control", "public, s-maxage=60")
SERVICE = "/contact/?dienst=versterking-interne-samenwerking"
HOST = "testserver"
COPY = "committed"


class Reply:
    """What a visitor receives."""

    def __init__(self, application: WSGIApplication, environ: WSGIEnvironment) -> None:
        content = application(environ, self.start)
        self.body = b"".join(content)
        if hasattr(content, "close"):
            content.close()

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        self.status = int(status[:3])
        self.headers = {name.lower(): value for name, value in headers}
        assert len(self.headers) == len(headers), "a header came twice"

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def came_from(self) -> str:
        """What the cache says it did."""
        return self.headers.get("cache-status", "").removeprefix("vitaleoverheid; ")


class Server:
    """One process of the site. ``renderings`` are the addresses it had to render."""

    def __init__(self, application: WSGIApplication | None = None, **options: int) -> None:
        self.application = application or WSGIHandler()
        self.renderings: list[str] = []
        self.cache = PageCache(self.render, ContentChanges(), **options)

    def render(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self.renderings.append(environ["PATH_INFO"])
        return self.application(environ, start_response)

    def ask(self, *args: Any, **kwargs: Any) -> Reply:
        """What a request is answered; the arguments are those of ``environ()``."""
        return Reply(self.cache, environ(*args, **kwargs))

    def fresh(self, address: str) -> Reply:
        """The page as it is rendered now, past the cache."""
        return Reply(self.application, environ(address))

    @property
    def generation(self) -> int:
        """Another number after each change that this process heard of."""
        return self.cache.changes.generation

    def retire(self) -> None:
        """Have the listener wait for ever instead of connecting again."""
        self.cache.changes._listen = Event().wait  # type: ignore # noqa: PGH003, SLF001


def environ(
    address: str, method: str = "GET", *, secure: bool = False, **headers: str
) -> WSGIEnvironment:
    """A request as a web server hands it over; ``accept_encoding="br"`` is a header."""
    factory = RequestFactory(headers={"host": HOST} | headers)
    return factory.generic(method, address, secure=secure).environ


class Fake:
    """An application that answers the same to everyone."""

    def __init__(
        self, headers: Headers | None = None, body: bytes = b"page", status: str = "200 OK"
    ) -> None:
        self.status, self.body = status, body
        self.headers = [PUBLIC] if headers is None else headers
        self.queries: list[str] = []

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        self.queries.append(environ["QUERY_STRING"])
        start_response(self.status, list(self.headers))
        return [self.body]


class Slow(Fake):
    """An application that can be stopped in the middle of a rendering."""

    def __init__(self, headers: Headers | None = None) -> None:
        super().__init__(headers)
        self.count = 0
        self.has_begun, self.may_finish = Event(), Event()
        self.may_finish.set()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        self.count += 1
        self.has_begun.set()
        assert self.may_finish.wait(PATIENCE)
        return super().__call__(environ, start_response)

    @contextmanager
    def rendering(self, server: Server, address: str = "/") -> Iterator[None]:
        """Somebody's rendering of a page lasts as long as the block."""
        self.has_begun.clear()
        self.may_finish.clear()
        visitor = Visitor(lambda: server.ask(address))
        visitor.start()
        assert self.has_begun.wait(PATIENCE)
        try:
            yield
        finally:
            self.may_finish.set()
            visitor.join()


class Visitor(Thread):
    """Does something beside others, and leaves no connection to the database behind."""

    def __init__(self, do: Callable[[], object]) -> None:
        super().__init__()
        self.do = do

    def run(self) -> None:
        try:
            self.do()
        finally:
            connection.close()


@contextmanager
def committed_database() -> Iterator[None]:
    """A copy of the seeded database that this whole process uses, and that nobody puts back."""
    settings = connection.settings_dict
    original = settings["NAME"]
    connection.creation.clone_test_db(COPY, verbosity=0)
    connection.close()
    settings["NAME"] = connection.creation.get_test_db_clone_settings(COPY)["NAME"]
    try:
        yield
    finally:
        connection.close()
        command(f'DROP DATABASE "{settings["NAME"]}" WITH (FORCE)')
        settings["NAME"] = original


@contextmanager
def database_away() -> Iterator[None]:
    """PostgreSQL refuses every connection to the site's database, and ends those it has."""
    name = connection.settings_dict["NAME"]
    command(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
    end_connections()
    try:
        yield
    finally:
        command(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


def end_connections() -> None:
    """End every connection to the site's database."""
    name = connection.settings_dict["NAME"]
    command(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")


def command(sql: str) -> None:
    """Have PostgreSQL do something outside the site's database."""
    parameters = connection.get_connection_params() | {"dbname": "postgres", "autocommit": True}
    with psycopg.connect(**parameters) as postgres:
        postgres.execute(sql)


def decoded(reply: Reply) -> bytes:
    """The body without its content encoding."""
    decoders = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}
    body: bytes = decoders[reply.headers.get("content-encoding", "")](reply.body)
    return body


def heard(server: Server, change: Callable[[], object]) -> None:
    """Change something, and wait until the process has heard of it."""
    before = server.generation
    change()
    until(lambda: server.generation > before and server.cache.changes.are_heard())


def at_once(count: int, do: Callable[[], object]) -> None:
    """Do something in several threads."""
    visitors = [Visitor(do) for _ in range(count)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def change_by_hand(word: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE wagtailcore_page SET title = %s WHERE slug = 'privacy'", [word])


def an_edit() -> None:
    HomePage.objects.update(introduction=get_random_string(8))


@contextmanager
def listeners_frozen() -> Iterator[None]:
    """Stop the processes in PostgreSQL that serve the listeners, without a word to anyone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid()"
        )
        processes = [pid for (pid,) in cursor.fetchall()]
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)
