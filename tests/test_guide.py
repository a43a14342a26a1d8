"""The guide for editors, in the admin."""

from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.browser.screenshots import PICTURES
from tests.conftest import logged_in, staff_member
from tests.reading import read, words
from vitaleoverheid import guide

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(db: None) -> Client:
    return logged_in(staff_member("redacteur", "Redacteur"))


def test_the_help_menu_leads_to_the_guide_and_to_nothing_in_english(editor: Client) -> None:
    admin = editor.get("/admin/").content.decode()
    assert reverse("guide") in admin
    assert "guide.wagtail.org" not in admin
    assert "docs.wagtail.org" not in admin
    shown = read(editor, reverse("guide")).main
    assert words(shown.h1) == "Handleiding"
    headings = {f"#{heading['id']}": words(heading) for heading in shown.select("h2")}
    assert "Inloggen" in headings.values()
    for address, heading in headings.items():
        assert words(shown.find("a", href=address)) == heading


def test_its_pictures_are_for_who_may_enter_the_admin(
    editor: Client, visitor: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guide, "DOCS", tmp_path)
    picture = tmp_path / "redactie" / "inloggen.png"
    picture.parent.mkdir()
    picture.write_bytes(b"plaatje")
    address = f"{reverse('guide')}redactie/inloggen.png"
    shown: Any = editor.get(address)
    assert b"".join(shown) == b"plaatje"
    assert visitor.get(address).status_code == 302
    assert editor.get(f"{reverse('guide')}redactie/../beheer.md").status_code == 400


def test_the_image_for_production_takes_the_guide_along() -> None:
    ignored = (settings.BASE_DIR / ".dockerignore").read_text().split()
    assert ignored.index("!docs/redactie.md") > ignored.index("docs/*")


def test_the_guide_shows_every_picture_that_is_taken_for_it_and_no_other(editor: Client) -> None:
    pictures = read(editor, reverse("guide")).main.select("img")
    shown = {reverse("guide") + "redactie/" + name for name in PICTURES}
    assert {urljoin(reverse("guide"), picture["src"]) for picture in pictures} == shown
    assert {path.name for path in (guide.DOCS / "redactie").iterdir()} == PICTURES.keys()
    assert all(picture["alt"] for picture in pictures)
    for address in shown:
        response = editor.get(address)
        assert response.status_code == 200
        assert b"".join(response).startswith(b"\x89PNG")
