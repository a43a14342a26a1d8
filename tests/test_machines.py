"""What programs ask of the site: search engines, browsers, researchers, and monitors."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree as ET

import pytest
import sectxt
from django.conf import settings
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from PIL import Image
from pytest_django import DjangoAssertNumQueries, Settings

from contact.models import Message
from tests.conftest import Send
from tests.enquiries import at
from tests.live_site import LiveSite
from tests.reading import PAGES
from vitaleoverheid.models import HomePage, TextPage

pytestmark = pytest.mark.django_db

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    return response.content.decode()


def test_robots_may_read_everything_but_the_admin(client: Client) -> None:
    robots = RobotFileParser()
    robots.parse(text(client, "/robots.txt").splitlines())
    assert all(robots.can_fetch("*", page) for page in PAGES)
    assert not robots.can_fetch("*", "/admin/")
    assert robots.site_maps() == [f"{settings.SITE_URL}/sitemap.xml"]


def test_the_sitemap_lists_every_public_page_and_no_other(client: Client, home: HomePage) -> None:
    home.add_child(instance=TextPage(title="Nieuw"))
    home.add_child(instance=TextPage(title="Concept", live=False))
    secret = home.add_child(instance=TextPage(title="Besloten"))
    secret.view_restrictions.create(restriction_type="password", password="geheim")
    response = client.get("/sitemap.xml")
    assert response.status_code == 200
    locations = ET.fromstring(response.content).iter(f"{SITEMAP}loc")
    expected = {settings.SITE_URL + page for page in [*PAGES, "/nieuw/"]}
    assert {location.text for location in locations} == expected


def listed(client: Client, address: str) -> list[str]:
    """The addresses that a sitemap or a list of sitemaps holds."""
    tree = ET.fromstring(client.get(address).content)
    return [location.text or "" for location in tree.iter(f"{SITEMAP}loc")]


def test_the_sitemap_of_a_large_site_is_a_list_of_parts_that_hold_every_page_once(
    client: Client, home: HomePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_pages = listed(client, "/sitemap.xml")
    monkeypatch.setattr("vitaleoverheid.sitemap.PAGES_PER_PART", len(all_pages) - 1)
    parts = listed(client, "/sitemap.xml")
    assert parts == [f"{settings.SITE_URL}/sitemap-{number}.xml" for number in (1, 2)]
    assert [page for part in parts for page in listed(client, part)] == all_pages
    assert [client.get(f"/sitemap-{number}.xml").status_code for number in (0, 3)] == [404, 404]


def test_the_sitemap_says_when_a_page_last_changed(client: Client) -> None:
    before = datetime.now(UTC).date().isoformat()
    TextPage.objects.get(slug="privacy").save_revision().publish()
    pages = ET.fromstring(client.get("/sitemap.xml").content).iter(f"{SITEMAP}url")
    changed = {page.findtext(f"{SITEMAP}loc"): page.findtext(f"{SITEMAP}lastmod") for page in pages}
    assert str(changed[f"{settings.SITE_URL}/privacy/"])[:10] >= before


@pytest.fixture
def at_its_public_address(settings: Settings) -> None:
    settings.SITE_URL = "https://www.vitaleoverheid.nl"


def security_txt(client: Client) -> sectxt.Parser:
    """What Internet.nl makes of it (``checks/tasks/securitytxt.py``)."""
    address = "https://www.vitaleoverheid.nl/.well-known/security.txt"
    return sectxt.Parser(text(client, "/.well-known/security.txt").encode(), urls=address)


def test_security_txt_tells_where_to_report_a_weakness(
    client: Client, at_its_public_address: None
) -> None:
    found = security_txt(client)
    assert found.errors == []
    # It would want a PGP key to write to, and a signature.
    assert {advice["code"] for advice in found.recommendations} <= {"no_encryption", "not_signed"}
    assert found.contact_email == "info@vitaleoverheid.nl"


@pytest.mark.parametrize("later", [timedelta(0), timedelta(days=300), timedelta(days=3_000)])
def test_security_txt_never_expires(client: Client, later: timedelta) -> None:
    with at(later):
        lines = text(client, "/.well-known/security.txt").splitlines()
        [expires] = [line.removeprefix("Expires: ") for line in lines if "Expires" in line]
        left = datetime.fromisoformat(expires) - timezone.now()
    assert timedelta(days=30) < left < timedelta(days=365)


def test_the_icon_is_an_icon(client: Client, tmp_path: Path) -> None:
    response = client.get("/favicon.ico")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "image/x-icon"
    file = tmp_path / "favicon.ico"
    file.write_bytes(response.getvalue())
    with Image.open(file) as icon:
        assert icon.format == "ICO"
        assert (32, 32) in icon.info["sizes"]


# Health


def test_the_process_says_it_is_well_without_asking_the_database(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert client.get("/healthz").status_code == 200


def test_the_site_is_ready_when_all_is_well(client: Client) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"problems": []})


def test_the_site_is_not_ready_while_a_migration_is_missing(client: Client) -> None:
    newest = MigrationRecorder.Migration.objects.filter(app="contact").latest("pk")
    newest.delete()
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"problems": ["migrations"]}


def test_the_site_is_not_ready_while_mail_waits_for_longer_than_it_should(
    client: Client, send: Send
) -> None:
    send()
    assert client.get("/readyz").status_code == 200
    Message.objects.update(created_at=timezone.now() - timedelta(minutes=16))
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (503, {"problems": ["mail"]})


def test_without_a_database_the_process_is_well_and_the_site_is_not_ready(tmp_path: Path) -> None:
    site = LiveSite(tmp_path, "postgres://someone:geheim@127.0.0.1:1/nothing")
    with site.serving():
        assert site.get("/healthz")[0] == 200
        status, body = site.get("/readyz")
    assert status == 503
    assert {"database", "migrations"} <= set(json.loads(body)["problems"])
    assert b"geheim" not in body
