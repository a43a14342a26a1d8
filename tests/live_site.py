"""The site as a browser meets it: gunicorn in production mode, on a database of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
from django.conf import settings
from django.db import connection

SECRET_KEY = "only-for-the-tests-and-as-long-as-a-key-in-production-has-to-be"
PATIENCE = 30  # seconds for anything to happen that a test waits for
COPY = "live"


def until(condition: Callable[[], Any], what: str = "") -> Any:
    """Wait for the condition and return what it returned; the test fails when that takes long."""
    deadline = time.monotonic() + PATIENCE
    while not (result := condition()):
        assert time.monotonic() < deadline, f"Waited in vain: {what or condition}"
        time.sleep(0.02)
    return result


class LiveSite:
    """One site in production mode; ``url`` is where."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.database_url = database_url
        self.port, self.metrics_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Run gunicorn until the end of the block."""
        log = self.folder / "gunicorn.log"
        binds = [f"--bind=127.0.0.1:{port}" for port in (self.port, self.metrics_port)]
        gunicorn = ["-m", "gunicorn", "vitaleoverheid.wsgi", *binds]
        with log.open("w") as output:
            server = self.start(*gunicorn, stdout=output, stderr=output)
        try:
            until(lambda: server.poll() is not None or self.answers(), str(log))
            assert server.poll() is None, log.read_text()
            yield
        finally:
            server.terminate()
            server.wait()

    def answers(self) -> bool:
        try:
            return self.get("/healthz")[0] == 200
        except ConnectionError:
            return False

    def get(self, address: str) -> tuple[int, bytes]:
        """The status and the body that an address answers."""
        response, body = self.ask("GET", address)
        return response.status, body

    def send(self, **fields: str) -> HTTPResponse:
        """Send the contact form."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        response, _ = self.ask("POST", "/contact/", urlencode(fields), kind)
        return response

    def ask(
        self, method: str, address: str, *content: Any, port: int = 0
    ) -> tuple[HTTPResponse, bytes]:
        """The answer to one request, and its body."""
        with closing(HTTPConnection("127.0.0.1", port or self.port, timeout=PATIENCE)) as http:
            http.request(method, address, *content)
            response = http.getresponse()
            return response, response.read()

    def manage(self, *arguments: str, **environment: str) -> "subprocess.Popen[bytes]":
        """Start a management command."""
        return self.start("manage.py", *arguments, environment=environment)

    def start(
        self, *arguments: str, environment: Mapping[str, str] | None = None, **options: Any
    ) -> "subprocess.Popen[bytes]":
        """Start Python with the environment of this site, and nothing a developer has set."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        production = {
            "DEBUG": "False",
            "SECRET_KEY": SECRET_KEY,
            "ALLOWED_HOSTS": "127.0.0.1",
            "SITE_URL": self.url,
            "DATABASE_URL": self.database_url,
            "MEDIA_ROOT": str(self.folder / "media"),
            "METRICS_PORT": str(self.metrics_port),
            "WEB_CONCURRENCY": "2",
        }
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=settings.BASE_DIR,
            env={**kept, **production, **(environment or {})},
            **options,
        )

    def query(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """What the database of this site holds."""
        with psycopg.connect(self.database_url) as database:
            return database.execute(sql, parameters).fetchall()


def copy_database() -> str:
    """Copy the test database as it is between two tests; returns the address of the copy."""
    connection.creation.clone_test_db(COPY, verbosity=0)
    return database_url(connection.creation.get_test_db_clone_settings(COPY))


def drop_copy() -> None:
    """Remove the copy again."""
    connection.creation.destroy_test_db(suffix=COPY, verbosity=0)


def database_url(config: Mapping[str, Any]) -> str:
    """The ``DATABASE_URL`` that stands for Django's settings."""
    options = dict(config["OPTIONS"])
    del options["prepare_threshold"]  # psycopg's, not PostgreSQL's
    host = config["HOST"] or ""
    if host.startswith("/"):
        options["host"], host = host, ""
    login = quote(config["USER"], safe="")
    if config["PASSWORD"]:
        login += ":" + quote(config["PASSWORD"], safe="")
    port = f":{config['PORT']}" if config["PORT"] else ""
    return f"postgres://{login}@{host}{port}/{quote(config['NAME'])}?{urlencode(options)}"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
