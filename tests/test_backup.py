"""A backup is put back on an empty machine, and nothing is missing but what was erased."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from subprocess import PIPE
from typing import Any
from zipfile import ZipFile

import psycopg
import pyrage
import pytest
from django.db import connection
from psycopg import sql
from pytest_django import DjangoDbBlocker

from tests.live_site import LiveSite, database_url

FILL = """
from io import BytesIO
from django.core.files.base import ContentFile
from django.contrib.auth.models import User
from django.utils import timezone
from PIL import Image
from wagtail.documents.models import Document
from contact.forms import EnquiryForm
from contact.intake import accept
from contact.models import Enquiry, Note
from contact.suspicion import Circumstances
from vitaleoverheid.models import HomePage, SiteImage, TextPage

content = BytesIO()
Image.new("RGB", (900, 600), "teal").save(content, "JPEG")
image = SiteImage.objects.create(title="Foto", file=ContentFile(content.getvalue(), "foto.jpg"))
image.get_rendition("width-400")
Document.objects.create(title="Stuk", file=ContentFile(b"%PDF-", "stuk.pdf"))
home = HomePage.objects.get()
page = home.add_child(instance=TextPage(title="Nieuws met é en 😀"))
page.introduction = "Een concept."
page.save_revision()
home.add_child(instance=TextPage(title="Concept", live=False))
author = User.objects.create_superuser("beheer", password="geheim")
for name in ("Jan de Vries", "Piet Jansen", "Anna Blom"):
    email = name.split()[0].lower() + "@voorbeeld.nl"
    form = EnquiryForm({"name": name, "email": email, "message": "Hallo, zullen wij kennismaken?"})
    assert form.is_valid(), form.errors
    reference = accept(form.content, Circumstances())
    enquiry = Enquiry.objects.get(reference=reference)
    Note.objects.create(enquiry=enquiry, author=author, text="Terugbellen.")
"""
ERASE = """
from contact import privacy
privacy.erase(privacy.held_about("jan@voorbeeld.nl"), "contact.erase")
"""
EXPIRE = """
    UPDATE contact_enquiry SET deleted_at = now() - interval '99 days'
    WHERE name = 'Piet Jansen' RETURNING id
"""


@dataclass
class Machine:
    """One machine with a database and a folder for media."""

    site: LiveSite

    def run(self, *arguments: str) -> tuple[int, str]:
        """What a management command says, and whether it was content."""
        process = self.site.start("manage.py", *arguments, stdout=PIPE, stderr=PIPE)
        output, errors = process.communicate()
        return process.returncode, (output + errors).decode()

    def do(self, *arguments: str) -> str:
        """What a management command says that must succeed."""
        status, said = self.run(*arguments)
        assert status == 0, said
        return said

    def names(self) -> set[str]:
        """Who asked something."""
        return {name for (name,) in self.site.query("SELECT name FROM contact_enquiry")}

    def tables(self) -> dict[str, Any]:
        """Every row of every table, where every counter stands, and every trigger and index."""
        names = self.site.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        with psycopg.connect(self.site.database_url) as database:
            rows = {
                name: database.execute(
                    sql.SQL("SELECT t::text FROM {} t ORDER BY 1").format(sql.Identifier(name))
                ).fetchall()
                for (name,) in names
            }
        for name, query in {
            "sequences": "SELECT sequencename, last_value FROM pg_sequences ORDER BY 1",
            "triggers": "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT"
            " tgisinternal ORDER BY 1, 2",
            "indexes": "SELECT indexname FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
        }.items():
            rows[f"all {name}"] = self.site.query(query)
        return rows

    def media(self) -> dict[str, bytes]:
        """Every file that was uploaded or made of one."""
        root = self.site.folder / "media"
        files = (path for path in root.rglob("*") if path.is_file())
        return {str(path.relative_to(root)): path.read_bytes() for path in files}


@contextmanager
def machine_like(template: str, name: str, folder: Path) -> Iterator[Machine]:
    """A machine with a copy of a database."""
    folder.mkdir()
    with connection._nodb_cursor() as cursor:  # noqa: SLF001
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    yield Machine(LiveSite(folder, database_url({**connection.settings_dict, "NAME": name})))
    with connection._nodb_cursor() as cursor:  # noqa: SLF001
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def filled(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Machine]:
    """A machine with content, a draft, an image, a document and enquiries; nothing changes it."""
    folder = tmp_path_factory.mktemp("drill") / "filled"
    with django_db_blocker.unblock():
        seeded = connection.settings_dict["NAME"]
        connection.close()
        with machine_like(seeded, f"{seeded}_filled", folder) as machine:
            machine.do("shell", "--command", FILL)
            yield machine


@pytest.fixture
def machine(
    filled: Machine, django_db_blocker: DjangoDbBlocker, tmp_path: Path
) -> Iterator[Machine]:
    """A machine with all of that, to do anything with."""
    name = connection.settings_dict["NAME"]
    with (
        django_db_blocker.unblock(),
        machine_like(f"{name}_filled", f"{name}_drill", tmp_path / "machine") as machine,
    ):
        shutil.copytree(filled.site.folder / "media", machine.site.folder / "media")
        yield machine


@pytest.fixture
def empty(django_db_blocker: DjangoDbBlocker, tmp_path: Path) -> Iterator[Machine]:
    """A machine with an empty database and nothing else."""
    name = f"{connection.settings_dict['NAME']}_empty"
    with (
        django_db_blocker.unblock(),
        machine_like("template0", name, tmp_path / "empty") as machine,
    ):
        yield machine


@pytest.mark.parametrize("is_encrypted", [False, True])
def test_a_site_comes_back_whole_on_an_empty_machine(
    machine: Machine, empty: Machine, tmp_path: Path, is_encrypted: bool
) -> None:
    file, key = tmp_path / "website.zip", tmp_path / "key.txt"
    identity = pyrage.x25519.Identity.generate()
    key.write_text(f"# geheim\n{identity}\n")
    lock = [f"--recipient={identity.to_public()}"] if is_encrypted else []
    unlock = [f"--identity={key}"] if is_encrypted else []
    machine.do("backup", str(file), *lock)
    assert (file.read_bytes()[:2] == b"PK") is not is_encrypted
    said = empty.do("restore", str(file), *unlock)
    assert "database" in said  # tells what it is at
    assert ("decryption" in said) is is_encrypted
    before, after = machine.tables(), empty.tables()
    assert before["contact_enquiry"]
    assert [name for name in before if before[name] != after[name]] == []
    assert before.keys() == after.keys()
    assert len(machine.media()) >= 4
    assert machine.media() == empty.media()


def test_what_was_erased_or_is_past_its_time_does_not_come_back(
    machine: Machine, empty: Machine, tmp_path: Path
) -> None:
    older, newer = tmp_path / "1.zip", tmp_path / "2.zip"
    machine.site.query(EXPIRE)
    machine.do("backup", str(older))
    assert machine.names() == {"Jan de Vries", "Piet Jansen", "Anna Blom"}
    machine.do("shell", "--command", ERASE)
    machine.do("backup", str(newer))
    # On an empty machine the list beside the backups knows.
    assert "Removed again, or past its time: 2" in empty.do("restore", str(older))
    assert empty.names() == {"Anna Blom"}
    # On the same machine its database knows, also without the list.
    listed = tmp_path / "erased.txt"
    assert re.fullmatch(r"VO-\w{4}-\w{4}\n", listed.read_text())  # which says nothing of anyone
    listed.unlink()
    machine.do("restore", str(older), "--overwrite")
    assert machine.names() == {"Anna Blom"}
    for left in (machine.tables(), empty.tables()):
        assert not [row for rows in left.values() for row in rows if "Jan de Vries" in str(row)]


@pytest.mark.parametrize("is_encrypted", [False, True])
def test_a_backup_for_which_there_is_no_room_is_said_to_have_failed(
    machine: Machine, tmp_path: Path, is_encrypted: bool
) -> None:
    file = tmp_path / "website.zip"
    file.with_name("website.zip.part").symlink_to("/dev/full")
    key = pyrage.x25519.Identity.generate().to_public()
    lock = [f"--recipient={key}"] if is_encrypted else []
    status, said = machine.run("backup", str(file), *lock)
    assert (status, "No space left" in said) == (1, True)
    assert list(tmp_path.glob("*.zip*")) == []


def test_what_was_there_before_a_new_version_comes_back(machine: Machine, tmp_path: Path) -> None:
    file = tmp_path / "website.zip"
    machine.do("backup", str(file))
    before = machine.tables()
    with psycopg.connect(machine.site.database_url) as database:
        database.execute("CREATE TABLE newer (page_id integer REFERENCES wagtailcore_page)")
    machine.do("restore", str(file), "--overwrite")
    assert machine.tables() == before


def test_nothing_is_replaced_by_accident_or_by_half_a_backup(
    machine: Machine, tmp_path: Path
) -> None:
    file = tmp_path / "website.zip"
    machine.do("backup", str(file))
    status, said = machine.run("restore", str(file))
    assert (status, "--overwrite" in said) == (1, True)
    whole = ZipFile(BytesIO(file.read_bytes()))
    file.write_bytes(file.read_bytes()[:-5000])
    before = machine.tables()
    status, said = machine.run("restore", str(file), "--overwrite")
    assert (status, "no complete backup" in said) == (1, True)
    assert machine.tables() == before
    with ZipFile(file, "w") as damaged:
        damaged.writestr("database.dump", whole.read("database.dump")[:-20_000])
    status, said = machine.run("restore", str(file), "--overwrite")
    assert (status, "as it was" in said) == (1, True)
    assert machine.tables() == before
