"""A site whose parts can be killed, and an account of what its visitors were told."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
from django.core import signing

from contact.models import CONFIRMATION_SALT
from tests.live_site import PATIENCE, SECRET_KEY, LiveSite, free_port, until

GUNICORN = str(Path(sys.executable).with_name("gunicorn"))  # which can start itself anew
TABLES = (
    "contact_enquiry",
    "contact_message",
    "contact_note",
    "contact_sendercount",
    "wagtailcore_modellogentry",
    "procrastinate_jobs",
    "procrastinate_periodic_defers",
)
"""Everything that an enquiry leaves behind."""
WAKE = """
    SELECT pg_notify('procrastinate_any_queue_v1', '{"type": "job_inserted", "job_id": 0}')
"""
numbers = count(1)


@dataclass(frozen=True)
class Answer:
    """What a visitor gets back."""

    status: int
    location: str
    body: str

    @property
    def reference(self) -> str:
        """The reference that the confirmation will show."""
        return str(signing.loads(self.location.split("/")[-2], SECRET_KEY, CONFIRMATION_SALT))


@dataclass
class Web:
    """A web server of its own."""

    port: int
    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def post(self, content: dict[str, str], sender: int = 0) -> Answer:
        """Send the contact form, from an address that nobody else has or that of a sender."""
        sender = sender or next(numbers)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Forwarded-For": f"10.{sender >> 16}.{sender >> 8 & 255}.{sender & 255}",
        }
        return self.ask("POST", "/contact/", urlencode(content), headers)

    def ask(self, method: str, address: str, *more: Any) -> Answer:
        """Send one request over a connection of its own."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as http:
            http.request(method, address, *more)
            response = http.getresponse()
            location = response.headers.get("Location", "")
            return Answer(response.status, location, response.read().decode())

    def answers(self) -> bool:
        """Whether it is up."""
        with suppress(OSError, HTTPException):
            return self.ask("GET", "/healthz").status == 200
        return False


class Site(LiveSite):
    """One site with any number of web servers and workers."""

    def __init__(self, folder: Path, database_url: str, mail_port: int) -> None:
        super().__init__(folder, database_url)
        self.environment = {
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
            "TRUSTED_PROXIES": "1",
            "WEB_CONCURRENCY": "1",
        }

    @contextmanager
    def running(
        self, *arguments: str, **environment: str
    ) -> Iterator[tuple["subprocess.Popen[bytes]", Path]]:
        """Run Python until the end of the block, then kill it and everything it started."""
        log = self.folder / f"{next(numbers)}.log"
        with log.open("wb") as output:
            process = self.start(
                *arguments,
                environment=self.environment | environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            yield process, log
        finally:
            kill(process)

    @contextmanager
    def web(self, *around: str, **environment: str) -> Iterator[Web]:
        """A web server that answers; ``around`` is what starts it."""
        port = free_port()
        arguments = [*around, GUNICORN, "vitaleoverheid.wsgi", f"--bind=127.0.0.1:{port}"]
        with self.running(*arguments, **environment) as (process, log):
            web = Web(port, process, log)
            until(lambda: web.answers() or process.poll() is not None, "the web server")
            assert process.poll() is None, log.read_text()
            yield web

    @contextmanager
    def worker(self, **environment: str) -> Iterator["subprocess.Popen[bytes]"]:
        """A background worker that has begun."""
        seen = self.workers()
        with self.running("manage.py", "worker", **environment) as (process, log):
            until(lambda: self.workers() - seen or process.poll() is not None, "the worker")
            assert process.poll() is None, log.read_text()
            yield process

    def output(self, *arguments: str) -> str:
        """What a management command prints."""
        with self.start("manage.py", *arguments, stdout=subprocess.PIPE) as process:
            printed, _ = process.communicate()
        return str(printed, "utf-8")

    def workers(self) -> set[int]:
        """The workers that have begun, ever."""
        return {pk for (pk,) in self.query("SELECT id FROM procrastinate_workers")}

    def execute(self, sql: Any, *parameters: Any) -> None:
        """Change what the database of this site holds."""
        with psycopg.connect(self.database_url, autocommit=True) as database:
            database.execute(sql, parameters or None)

    def clear(self) -> None:
        """Forget every enquiry and all that comes of it, also beside who is at work with them."""
        for _ in range(10):
            with suppress(psycopg.errors.DeadlockDetected):
                return self.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
        raise AssertionError("The tables are always in use.")

    def pass_time(self) -> None:
        """Make what waits for minutes or for hours be due now."""
        self.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")
        self.execute(WAKE)

    def bury_workers(self, *, alive: int) -> None:
        """Know that all but the last ones are dead, as is known after half a minute."""
        self.execute(
            "DELETE FROM procrastinate_workers WHERE id NOT IN"
            " (SELECT id FROM procrastinate_workers ORDER BY id DESC LIMIT %s)",
            alive,
        )


def kill(process: "subprocess.Popen[bytes]") -> None:
    """End a process and all that it started, at once and without a chance to tidy up."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
