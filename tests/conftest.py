"""What the tests stand on: the seeded site, its pages, and the people who come there."""

import fcntl
import os
from collections.abc import Callable, Iterator
from io import StringIO
from math import inf
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client, override_settings
from django.test.utils import setup_databases, teardown_databases
from pytest_django import DjangoDbBlocker, Settings

from contact.models import ContactPage
from services.models import ServicePage
from tests.live_site import LiveSite, copy_database, drop_copy
from tests.mail_server import MailServer
from vitaleoverheid import content_changes
from vitaleoverheid.models import HomePage

Send = Callable[..., Any]

ADMINISTRATOR = {
    "DJANGO_SUPERUSER_USERNAME": "beheerder",
    "DJANGO_SUPERUSER_EMAIL": "beheerder@voorbeeld.nl",
    "DJANGO_SUPERUSER_PASSWORD": "alleen-voor-de-test",
}
"""Who may do everything on the live site."""


@pytest.fixture(scope="session", autouse=True)
def settings_for_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Cheap passwords, uploads in a folder of their own, and static files that nobody collected."""
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        SECOND_FACTOR_REQUIRED=False,
        MEDIA_ROOT=tmp_path_factory.mktemp("media"),
        STORAGES={
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
        WHITENOISE_AUTOREFRESH=True,
        WHITENOISE_USE_FINDERS=True,
    ):
        yield


@pytest.fixture(scope="session")
def django_db_setup(
    settings_for_tests: None,
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_keepdb: bool,
    django_db_createdb: bool,
) -> Iterator[None]:
    """The test database with the first content, once; each test undoes its own changes.

    pytest-django's own makes none when only tests of the live site are chosen.
    """
    with django_db_blocker.unblock():
        keepdb = django_db_keepdb and not django_db_createdb
        made = setup_databases(verbosity=0, interactive=False, keepdb=keepdb)
        call_command("seed", stdout=StringIO())
    yield
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            teardown_databases(made, verbosity=0)


def collect_static(site: LiveSite, folder: Path) -> None:
    """Collect the static files, once for all processes of a test run: they share those files."""
    with (folder / "collected").open("a") as done:
        fcntl.flock(done, fcntl.LOCK_EX)
        if not os.fstat(done.fileno()).st_size:
            assert site.manage("collectstatic", "--noinput", "--verbosity=0").wait() == 0
            done.write("yes")


@pytest.fixture(scope="session")
def live_site(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
    worker_id: str,
) -> Iterator[LiveSite]:
    """The site in production mode behind gunicorn, with the first content and an administrator."""
    with django_db_blocker.unblock():
        site = LiveSite(tmp_path_factory.mktemp("live"), copy_database())
    folder = tmp_path_factory.getbasetemp()
    collect_static(site, folder if worker_id == "master" else folder.parent)
    administrator = site.manage("createsuperuser", "--noinput", "--verbosity=0", **ADMINISTRATOR)
    assert administrator.wait() == 0
    with site.serving():
        yield site
    with django_db_blocker.unblock():
        drop_copy()


@pytest.fixture
def home(db: None) -> HomePage:
    return HomePage.objects.get()


@pytest.fixture
def service_page(db: None) -> ServicePage:
    return ServicePage.objects.get()


@pytest.fixture
def contact_page(db: None) -> ContactPage:
    return ContactPage.objects.get()


@pytest.fixture
def administrator(db: None) -> Client:
    """The browser of someone who may do everything in the admin."""
    user = User.objects.create_superuser("beheerder", "beheerder@voorbeeld.nl")
    return logged_in(user)


@pytest.fixture
def colleague(db: None) -> Client:
    """The browser of someone who may handle enquiries, and do nothing else."""
    return logged_in(staff_member("collega", "Aanvragen behandelen"))


@pytest.fixture
def outsider(db: None) -> Client:
    """The browser of someone who may edit pages, but may not handle enquiries."""
    return logged_in(staff_member("buitenstaander", "Redacteur"))


def staff_member(name: str, group: str) -> User:
    user = User.objects.create_user(name)
    user.groups.add(Group.objects.get(name=group))
    return user


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def visitor(db: None) -> Client:
    """A visitor's browser; Django's own check on forms is on, as it is outside tests."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def enquiry_data() -> dict[str, str]:
    """What a visitor fills in, every field."""
    return {
        "name": "Jan de Vries",
        "organisation": "Gemeente Voorbeeld",
        "email": "jan@voorbeeld.nl",
        "phone": "06 12 34 56 78",
        "service": "versterking-interne-samenwerking",
        "message": "Wij willen kennismaken.\nKan dat in mei?",
    }


@pytest.fixture
def send(visitor: Client, enquiry_data: dict[str, str]) -> Send:
    """Send the contact form the way a browser does, with some fields or headers changed."""

    def post(headers: dict[str, str] | None = None, **changes: str) -> Any:
        body = urlencode(enquiry_data | changes)
        return visitor.post(
            "/contact/", body, "application/x-www-form-urlencoded", headers=headers or {}
        )

    return post


@pytest.fixture
def hears(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Have this process hear of changes, as a web server does; call it for there was one."""
    monkeypatch.setattr(content_changes.changes, "heard_until", inf)

    def hear() -> None:
        content_changes.changes.generation += 1

    hear()
    return hear


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[MailServer]:
    """A mail server that the site sends its mail to."""
    server = MailServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    server.controller.start()
    yield server
    server.controller.stop()


@pytest.fixture
def source_text() -> str:
    """The firm's own text, as it was handed over."""
    return (Path(__file__).parent / "source_text.txt").read_text()
