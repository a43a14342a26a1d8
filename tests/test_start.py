"""What whoever starts the site experiences: one line for a mistake, and an end without traces."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

import psutil
import pytest
import requests

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 90  # seconds; what takes longer hangs

CHECK = ["manage.py", "check"]
SERVER = ["manage.py", "server"]
GUNICORN = ["-m", "gunicorn", "vitaleoverheid.wsgi", "--bind=127.0.0.1:0"]

PRODUCTION = {
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
    "SECRET_KEY": "as-long-as-one-of-production-and-used-for-this-test-only",
    "ALLOWED_HOSTS": "www.voorbeeld.nl",
}
DEVELOPMENT = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing", "DEBUG": "True"}

MISTAKES = [
    ("DATABASE_URL", "mysql://localhost/site"),
    ("DATABASE_URL", "postgres://localhost:poort/site"),
    ("DATABASE_URL", "postgres://localhost/"),
    ("DEBUG", "yes"),
    ("SECRET_KEY", ""),
    ("ALLOWED_HOSTS", ""),
    ("SITE_URL", "www.voorbeeld.nl"),
    ("SITE_URL", "https://www.voorbeeld.nl/"),
    ("EMAIL_URL", "mail.voorbeeld.nl"),
    ("EMAIL_URL", "smtp://mail.voorbeeld.nl:poort"),
    ("IMAP_URL", "mail.voorbeeld.nl"),
    ("TRUSTED_PROXIES", "-1"),
    ("DEFAULT_FROM_EMAIL", "Vitale Overheid <info@vitaleoverheid.nl>"),
    ("SENTRY_DSN", "https://sentry.voorbeeld.eu/1"),
]


def python(
    arguments: list[str], environment: dict[str, str], project: Path = ROOT
) -> "subprocess.Popen[str]":
    """Run Python in the project, with nothing in its environment but what is given."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=project,
        env={"PATH": os.environ["PATH"]} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


@contextmanager
def limited(process: "subprocess.Popen[str]") -> Iterator["subprocess.Popen[str]"]:
    """The process, with all that it started, killed if it hangs or the test fails."""
    rescue = Timer(PATIENCE, os.killpg, (process.pid, signal.SIGKILL))
    rescue.start()
    with process:
        try:
            yield process
        finally:
            rescue.cancel()
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def only_line(arguments: list[str], environment: dict[str, str]) -> str:
    """The one line that Python prints before it fails."""
    with limited(python(arguments, environment)) as process:
        output, _ = process.communicate()
    assert process.returncode == 1
    lines: list[str] = output.splitlines()
    assert len(lines) == 1, output
    return lines[0]


@pytest.mark.parametrize("command", [CHECK, GUNICORN], ids=["manage.py", "gunicorn"])
@pytest.mark.parametrize(("variable", "value"), MISTAKES)
def test_a_mistake_in_the_environment_is_told_in_one_line(
    command: list[str], variable: str, value: str
) -> None:
    assert only_line(command, PRODUCTION | {variable: value}).startswith(variable)


def printed(code: str, **environment: str) -> str:
    """What some code prints once the site has started, before any visitor came."""
    shell = ["manage.py", "shell", "--no-imports", "-c", code]
    with limited(python(shell, PRODUCTION | environment)) as process:
        output, _ = process.communicate()
    return output


def test_an_older_secret_key_counts_for_as_long_as_it_is_named() -> None:
    code = "from django.conf import settings; print(settings.SECRET_KEY_FALLBACKS)"
    assert printed(code, SECRET_KEY_FALLBACKS="the-old-key") == "['the-old-key']\n"


FIND_OUT = """
from contact.models import ContactPage
def fail(): raise RuntimeError
ContactPage.get_subpage_urls = fail
print(bool(ContactPage.get_resolver()))
"""


def test_the_first_enquiries_may_come_at_once() -> None:
    # Two threads that find out together where a page leads may fail.
    assert printed(FIND_OUT) == "True\n"


def test_gunicorn_in_development_does_not_repeat_a_mistake() -> None:
    assert "TRUSTED_PROXIES" in only_line(GUNICORN, DEVELOPMENT | {"TRUSTED_PROXIES": "veel"})


@pytest.mark.parametrize("port", ["99999", "80a"])
def test_an_impossible_port_is_told_in_one_line(port: str) -> None:
    assert "PORT" in only_line(SERVER, DEVELOPMENT | {"PORT": port})


def test_a_busy_port_is_told_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = str(busy.getsockname()[1])
        line = only_line(SERVER, DEVELOPMENT | {"PORT": port})
    assert port in line
    assert "in use" in line


# The whole of it, in a copy of the project that has a database of its own


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh copy of the project."""
    copy = tmp_path_factory.mktemp("start") / "project"
    leftovers = shutil.ignore_patterns(".*", "var", "__pycache__", "tests", "docs")
    shutil.copytree(ROOT, copy, ignore=leftovers)
    return copy


@contextmanager
def site(project: Path, port: int) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """The running site, and what it printed until it was ready."""
    with limited(python(SERVER, {"PORT": str(port)}, project)) as process:
        assert process.stdout
        output = ""
        for line in process.stdout:
            output += line
            if "Ctrl-C" in line:
                break
        yield process, output


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def is_gone(project: Path, port: int) -> bool:
    """Whether neither web server nor database is left."""
    with socket.socket() as probe:
        refused = probe.connect_ex(("127.0.0.1", port)) != 0
    return refused and not (project / "var" / "postgres" / "postmaster.pid").exists()


def sign_in(url: str, password: str) -> str:
    """Where the administrator comes after signing in."""
    with requests.Session() as browser:
        browser.get(f"{url}/admin/login/")
        form = {
            "username": "beheer",
            "password": password,
            "csrfmiddlewaretoken": browser.cookies["csrftoken"],
        }
        return browser.post(f"{url}/admin/login/", form).url


def test_the_first_start_makes_a_site_and_someone_to_run_it(project: Path, port: int) -> None:
    url = f"http://127.0.0.1:{port}"
    with site(project, port) as (process, output):
        assert f"{url}/\n" in output
        password = re.search(r"beheer with (\S+)", output)
        assert password, output
        assert requests.get(f"{url}/diensten/", timeout=PATIENCE).ok
        assert sign_in(url, password[1]) == f"{url}/admin/"
        process.terminate()
        rest, _ = process.communicate()
    assert (process.returncode, rest) == (0, "")
    assert is_gone(project, port)


def test_the_next_start_keeps_what_there_is_and_ctrl_c_ends_it(project: Path, port: int) -> None:
    with site(project, port) as (process, output):
        assert "beheer" not in output
        assert requests.get(f"http://127.0.0.1:{port}/readyz", timeout=PATIENCE).ok
        os.killpg(process.pid, signal.SIGINT)
        rest, _ = process.communicate()
    assert (process.returncode, rest) == (0, "")
    assert is_gone(project, port)


def test_when_one_part_dies_the_rest_stops_and_says_which(project: Path, port: int) -> None:
    with site(project, port) as (process, _):
        children = psutil.Process(process.pid).children()
        [worker] = [child for child in children if "worker" in child.cmdline()]
        worker.kill()
        rest, _ = process.communicate()
    assert process.returncode == 1
    assert rest == "CommandError: The worker stopped by itself, with status -9.\n"
    assert is_gone(project, port)
