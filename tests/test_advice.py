"""Advice while writing: beside the preview, and never in the way."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.test import Client
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page
from wagtail.rich_text import RichText

from tests.conftest import logged_in
from tests.reading import parse
from vitaleoverheid.models import HomePage, TextPage

pytestmark = pytest.mark.django_db

LONG = "Wij " + "werken " * 25 + "samen."


def draft(html: str, **fields: str) -> TextPage:
    """A page as it is being written."""
    content = [("text", RichText(html))]
    section = {"heading": "Kop", "content": content}
    page = TextPage(title="Proef", slug="proef", body=[("section", section)], **fields)
    home: HomePage = HomePage.objects.get()
    home.add_child(instance=page)
    return page


def advice(page: Page) -> list[str]:
    """What the preview of who writes marks, in the order of the page."""
    editor, _ = User.objects.get_or_create(username="redacteur", is_superuser=True)
    soup = parse(page.make_preview_request(logged_in(editor).get("/healthz").wsgi_request))
    return [name for tag in soup.select("[data-advice]") for name in tag["data-advice"].split()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Wij werken samen. Dat gaat goed.", []),
        (LONG, ["long-sentence"]),
        (f"{LONG} {LONG}", ["long-sentence", "long-sentence"]),
        ("Uw vraag wordt door ons beantwoord.", ["passive"]),
        ("De gemeente wordt groter.", []),
        ("U dient te bellen, indien dat kan.", ["dient-te", "indien"]),
        ("Met betrekking tot de reeds gemaakte kosten.", ["met-betrekking-tot", "reeds"]),
        ("Wij bouwen aan vertrouwen; de echters zijn er.", []),
    ],
)
def test_whoever_writes_is_told_what_is_no_plain_dutch(text: str, expected: list[str]) -> None:
    assert advice(draft(f"<p>{text}</p>")) == expected


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ('<a href="/over-ons/">wie wij zijn</a>', []),
        ('<a href="/over-ons/#deel-kop">wie wij zijn</a>', []),
        ('<a href="/zoeken/?q=x">zoeken</a>', []),
        ('<a href="https://voorbeeld.nl/">een ander</a>', []),
        ('<a href="mailto:a@voorbeeld.nl">mail ons</a>', []),
        ('<a href="/verhuisd/">verhuisd</a>', []),
        ('<a href="/over-ons/">Klik hier</a>', ["vague-link"]),
        ('<a href="/weg/">wie wij waren</a>', ["broken-link"]),
        ('<a linktype="page" id="999999">wie wij waren</a>', ["broken-link"]),
        ('<a linktype="document" id="999999">het verslag</a>', ["broken-link"]),
    ],
)
def test_whoever_writes_is_told_of_links_that_say_nothing_or_lead_nowhere(
    link: str, expected: list[str]
) -> None:
    Redirect.objects.create(old_path="/verhuisd", redirect_link="/over-ons/")
    assert advice(draft(f"<p>Lees {link}.</p>")) == expected


def test_a_link_to_a_page_that_is_not_published_is_told_of() -> None:
    hidden = TextPage.objects.get(slug="privacy")
    page = draft(f'<p><a linktype="page" id="{hidden.pk}">privacy</a></p>')
    assert advice(page) == []
    hidden.unpublish()
    assert advice(page) == ["broken-link"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"seo_title": "Kort", "search_description": "Een zin. " * 8}, []),
        ({"seo_title": "Lang " * 20}, ["long-title"]),
        ({"search_description": "Kort."}, ["description"]),
        ({"search_description": "Een zin. " * 20}, ["description"]),
    ],
)
def test_whoever_writes_is_told_what_search_engines_cut_off(
    fields: dict[str, str], expected: list[str]
) -> None:
    assert advice(draft("<p>Tekst.</p>", **fields)) == expected


def test_visitors_see_no_marks_and_nothing_of_the_admin(client: Client) -> None:
    page = draft(f"<p>{LONG}</p>")
    html = client.get(page.url).content.decode()
    assert "data-advice" not in html
    assert "wagtail" not in BeautifulSoup(html, "html.parser").body.decode()
