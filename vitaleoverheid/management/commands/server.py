"""``manage.py server``: the whole site in one go; ``script/server`` runs it."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from types import FrameType
from typing import Any, NoReturn
from urllib.request import urlopen

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from vitaleoverheid.settings import embedded_database_url, whole_number

HOST = "127.0.0.1"
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
START_TIME = 60  # seconds that the web server may take before it answers
STOP_TIME = 30  # seconds that a process may take to stop; what it is doing may take 20
ADMINISTRATOR = "beheer"

Children = dict[str, subprocess.Popen[bytes]]


class Command(BaseCommand):
    """Prepare the database, then run the web server and the worker until told to stop."""

    help = "Runs the whole site: database, first content, web server and background worker."
    requires_system_checks = ()  # migrate does them; a busy port is told before any work

    def handle(self, *args: Any, **options: Any) -> None:
        for number in STOP_SIGNALS:
            signal.signal(number, leave)
        port = whole_number("PORT", default=8000)
        require_free(port)
        self.tell("Preparing the database.")
        prepare()
        with running(port) as children:
            wait_for_answer(port, children)
            self.tell(f"\nSite    http://{HOST}:{port}/\nAdmin   http://{HOST}:{port}/admin/")
            if password := make_administrator():
                self.tell(f"Sign in as {ADMINISTRATOR} with {password} (shown this once)")
            self.tell("\nCtrl-C stops all of it.")
            while True:
                require_alive(children)
                time.sleep(0.5)

    def tell(self, text: str) -> None:
        """Write it at once, into a pipe too."""
        self.stdout.write(text)
        self.stdout.flush()


def leave(_number: int, _frame: FrameType | None) -> NoReturn:
    """Answer to a signal: unwind, which stops the children and the database, and end well."""
    sys.exit(0)


def require_free(port: int) -> None:
    """Raise CommandError when nothing can listen on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", error)
            raise CommandError(
                f"PORT {port} cannot be used ({reason}); for another: PORT=8001 script/server"
            ) from error


def prepare() -> None:
    """Bring the database, its first content and the static files up to date."""
    call_command("migrate", verbosity=0, interactive=False, skip_checks=False)
    call_command("seed")
    if not settings.DEBUG:
        call_command("collectstatic", verbosity=0, interactive=False)


def make_administrator() -> str | None:
    """The password of the first administrator, made now; None when the site has one."""
    users = get_user_model().objects
    if users.filter(Q(is_superuser=True) | Q(username=ADMINISTRATOR)).exists():
        return None
    password = secrets.token_urlsafe(12)
    users.create_superuser(ADMINISTRATOR, password=password)
    return password


@contextmanager
def running(port: int) -> Iterator[Children]:
    """The web server and the worker, until the block is left."""
    gunicorn = ["-m", "gunicorn", "vitaleoverheid.wsgi", f"--bind={HOST}:{port}"]
    children: Children = {}
    try:
        children["web server"] = start(gunicorn)
        children["worker"] = start(["manage.py", "worker"])
        yield children
    finally:
        stop(children)


def start(arguments: list[str]) -> subprocess.Popen[bytes]:
    """Start Python on the database of this process, deaf to Ctrl-C: stopping it is done here."""
    environment = {
        "DATABASE_URL": os.environ.get("DATABASE_URL") or embedded_database_url(),
        "DEBUG": str(settings.DEBUG),  # off by default once DATABASE_URL is set
    }
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        return subprocess.Popen(
            [sys.executable, *arguments], cwd=settings.BASE_DIR, env=os.environ | environment
        )
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])


def stop(children: Children) -> None:
    """End the children, in peace if they can; a second Ctrl-C changes nothing about that."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    for child in children.values():
        child.terminate()
    for child in children.values():
        try:
            child.wait(STOP_TIME)
        except subprocess.TimeoutExpired:
            child.kill()


def require_alive(children: Children) -> None:
    """Raise CommandError when a child has ended by itself."""
    for name, child in children.items():
        if child.poll() is not None:
            raise CommandError(f"The {name} stopped by itself, with status {child.returncode}.")


def wait_for_answer(port: int, children: Children) -> None:
    """Return once the site answers; raise CommandError when it does not in time."""
    deadline = time.monotonic() + START_TIME
    while not answers(port):
        require_alive(children)
        if time.monotonic() > deadline:
            raise CommandError(f"The site does not answer after {START_TIME} seconds.")
        time.sleep(0.1)


def answers(port: int) -> bool:
    """Whether the web server has the site loaded and running."""
    try:
        with urlopen(f"http://{HOST}:{port}/healthz", timeout=1):
            return True
    except (OSError, HTTPException):
        return False
