"""A visitor reads the site."""

import re
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client
from pytest_django import Settings
from wagtail.models import Page

from tests.reading import PAGES, SCREENS, parse, read, squeeze, words

pytestmark = pytest.mark.django_db

every_page = pytest.mark.parametrize("address", PAGES)
every_screen = pytest.mark.parametrize("screen", SCREENS)

LOADS = "link[href], img, source, script, iframe, object, embed, video, audio, use"
PLACEHOLDERS = ["Naam adviseur", "Naam van dienst", "Plaats voor", "Lorem ipsum", "TODO"]


def main(soup: BeautifulSoup) -> Tag:
    return soup.select_one("main")


# The firm's own words


def sentences(source_text: str, start: str, end: str) -> list[str]:
    """The sentences of a part of the source; a list item counts as one, without its bullet."""
    part = source_text.partition(start)[2].partition(end)[0]
    lines = [line.strip().removeprefix("•").strip().removesuffix(";") for line in part.splitlines()]
    return [sentence for line in lines if line for sentence in re.split(r"(?<=[.?:]) ", line)]


def test_the_service_page_says_what_the_firm_wrote_in_that_order(
    client: Client, source_text: str
) -> None:
    soup = read(client, "/diensten/versterking-interne-samenwerking/")
    assert words(soup.h1) == "Versterking interne samenwerking"
    rest = words(main(soup))
    written = sentences(source_text, "Versterking interne samenwerking", "Over Vitaleoverheid")
    assert len(written) > 20
    for sentence in written:
        assert sentence in rest
        rest = rest.partition(sentence)[2]


def test_the_about_page_says_what_the_firm_wrote_in_that_order(
    client: Client, source_text: str
) -> None:
    soup = read(client, "/over-ons/")
    assert words(soup.h1) == "Over Vitaleoverheid"
    written = sentences(source_text, "Over Vitaleoverheid", "Contactgegevens")
    assert " ".join(written) in words(main(soup))


def test_the_home_page_opens_with_what_the_firm_wrote_about_itself(
    client: Client, source_text: str
) -> None:
    opening = words(main(read(client, "/")).select_one(".hero"))
    for sentence in sentences(source_text, "Over Vitaleoverheid", "Contactgegevens"):
        assert sentence in opening


@every_page
def test_every_page_ends_with_the_firms_contact_details(
    client: Client, address: str, source_text: str
) -> None:
    footer = read(client, address).select_one("footer.site-footer")
    written = squeeze(source_text.partition("Contactgegevens")[2].partition("Tel:")[0])
    assert written in words(footer)


@every_page
def test_telephone_numbers_are_written_as_the_dutch_do_and_can_be_tapped(
    client: Client, address: str, source_text: str
) -> None:
    soup = read(client, address)
    links = {link["href"]: words(link) for link in soup.select('a[href^="tel:"]')}
    assert links == {"tel:+31650266175": "06-50 26 61 75", "tel:+31651930543": "06-51 93 05 43"}
    assert all(number in source_text for number in ("+31650266175", "+31651930543"))


@every_screen
def test_no_placeholder_is_left(client: Client, screen: str) -> None:
    text = words(parse(SCREENS[screen](client)))
    assert [placeholder for placeholder in PLACEHOLDERS if placeholder in text] == []


# Every page and every other screen


def test_the_list_of_pages_in_these_tests_is_complete() -> None:
    pages = Page.objects.live().filter(depth__gt=1).order_by("path")
    assert [page.specific.get_url() for page in pages] == PAGES


@every_page
def test_an_address_without_its_last_slash_leads_to_the_page(client: Client, address: str) -> None:
    answer = client.get(address.rstrip("/") or "/", follow=True)
    assert answer.status_code == 200
    assert answer.request["PATH_INFO"] == address


@every_screen
def test_a_screen_has_one_h1_and_headings_that_skip_no_level(client: Client, screen: str) -> None:
    levels = [
        int(tag.name[1]) for tag in parse(SCREENS[screen](client)).find_all(re.compile("^h[1-6]$"))
    ]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels


@every_screen
def test_every_id_on_a_screen_is_unique_and_every_reference_has_its_target(
    client: Client, screen: str
) -> None:
    soup = parse(SCREENS[screen](client))
    ids = [tag["id"] for tag in soup.select("[id]")]
    assert len(ids) == len(set(ids)), ids
    wanted = [
        name
        for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls")
        for tag in soup.select(f"[{attribute}]")
        for name in str(tag[attribute]).split()
    ]
    wanted += [link["href"][1:] for link in soup.select('a[href^="#"]')]
    assert set(wanted) <= set(ids)
    assert "inhoud" in wanted


@every_screen
def test_a_screen_says_that_it_is_in_dutch_and_whose_it_is(client: Client, screen: str) -> None:
    soup = parse(SCREENS[screen](client))
    assert soup.html["lang"] == "nl"
    if screen == "/":
        assert soup.title.string.startswith("Vitale Overheid: ")
    else:
        assert re.fullmatch(r"\S.+ \| Vitale Overheid", soup.title.string)


@every_screen
def test_nothing_on_a_screen_is_inline(client: Client, screen: str) -> None:
    soup = parse(SCREENS[screen](client))
    for data in soup.select('script[type="application/ld+json"]'):
        data.extract()  # read by search engines, run by nobody
    assert soup.select("style, script:not([src]), [style], [href^='javascript:']") == []
    handlers = [name for tag in soup.find_all(True) for name in tag.attrs if name.startswith("on")]
    assert handlers == []


@every_screen
def test_nothing_on_a_screen_comes_from_another_host(client: Client, screen: str) -> None:
    soup = parse(SCREENS[screen](client))
    addresses = [
        candidate.split()[0]
        for tag in soup.select(LOADS)
        if "canonical" not in tag.get("rel", [])
        for name in ("href", "src", "srcset", "data", "poster")
        for candidate in str(tag.get(name, "")).split(",")
        if candidate.strip()
    ]
    assert "/static/site.css" in addresses
    assert [address for address in addresses if urlsplit(address).netloc] == []


@every_screen
def test_no_screen_sets_a_cookie(client: Client, screen: str) -> None:
    response = SCREENS[screen](client)
    assert parse(response).h1
    assert not response.cookies
    assert not client.cookies


def test_every_page_has_its_own_title_and_description(client: Client) -> None:
    pages = [read(client, address) for address in PAGES]
    titles = [page.title.string for page in pages]
    descriptions = [page.select_one('meta[name="description"]')["content"] for page in pages]
    assert len(set(titles)) == len(set(descriptions)) == len(PAGES)
    assert all(50 <= len(description) <= 170 for description in descriptions), descriptions


@every_page
def test_every_page_names_its_own_address(client: Client, address: str, settings: Settings) -> None:
    canonical = read(client, address).select_one('link[rel="canonical"]')
    assert canonical["href"] == settings.SITE_URL + address


def test_the_address_of_a_page_starts_with_the_public_address_of_the_site(
    client: Client, settings: Settings
) -> None:
    settings.SITE_URL = "https://www.voorbeeld.example"
    canonical = read(client, "/over-ons/").select_one('link[rel="canonical"]')
    assert canonical["href"] == "https://www.voorbeeld.example/over-ons/"


# A page that does not exist


@pytest.mark.parametrize("address", ["/bestaat-niet/", "/diensten/bestaat-niet/", "/x.php"])
def test_a_page_that_does_not_exist_offers_a_way_on(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 404
    soup = parse(response)
    ways_on = {link["href"] for link in soup.select("main a")}
    assert {"/", "/diensten/", "/over-ons/", "/contact/"} <= ways_on
    assert soup.select_one('main form[action="/zoeken/"] input[name="q"]')
    assert soup.select_one('meta[name="robots"][content="noindex"]')


def test_a_page_that_an_editor_withdrew_does_not_exist(client: Client) -> None:
    Page.objects.get(slug="over-ons").unpublish()
    assert client.get("/over-ons/").status_code == 404
