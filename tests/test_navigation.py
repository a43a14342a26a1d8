"""A visitor finds the way: the menus follow the page tree, and say where one is."""

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client

from tests.reading import PAGES, SCREENS, parse, read, words
from vitaleoverheid.models import AboutPage, HomePage, TextPage

pytestmark = pytest.mark.django_db

HEADER = "header nav"
FOOTER = "footer nav"


def titles(soup: BeautifulSoup, menu: str) -> list[str]:
    return [words(link) for link in soup.select(f"{menu} a")]


def current(soup: BeautifulSoup, menu: str, value: str) -> list[str]:
    return [words(link) for link in soup.select(f'{menu} a[aria-current="{value}"]')]


@pytest.mark.parametrize("address", PAGES)
def test_every_page_has_the_same_menus(client: Client, address: str) -> None:
    soup = read(client, address)
    assert titles(soup, HEADER) == ["Diensten", "Over ons", "Contact", "Zoeken"]
    assert titles(soup, FOOTER) == [
        *["Diensten", "Over ons", "Contact"],
        *["Privacy", "Toegankelijkheid", "Zoeken"],
    ]


def test_a_page_that_an_editor_hides_is_in_no_menu_and_still_answers(client: Client) -> None:
    AboutPage.objects.update(show_in_menus=False)
    soup = read(client, "/")
    assert "Over ons" not in titles(soup, HEADER) + titles(soup, FOOTER)
    assert client.get("/over-ons/").status_code == 200


@pytest.mark.parametrize("show", [True, False])
def test_a_new_text_page_is_in_the_footer_when_its_editor_wants_it_in_menus(
    client: Client, home: HomePage, show: bool
) -> None:
    home.add_child(instance=TextPage(title="Werken bij", show_in_menus=show))
    soup = read(client, "/")
    assert ("Werken bij" in titles(soup, FOOTER)) == show
    assert "Werken bij" not in titles(soup, HEADER)


def test_an_unpublished_page_is_in_no_menu(client: Client) -> None:
    AboutPage.objects.get().unpublish()
    soup = read(client, "/")
    assert "Over ons" not in titles(soup, HEADER) + titles(soup, FOOTER)


def test_the_menus_follow_the_order_of_the_tree(client: Client, home: HomePage) -> None:
    AboutPage.objects.get().move(home, "first-child")
    soup = read(client, "/")
    assert titles(soup, HEADER)[:2] == titles(soup, FOOTER)[:2] == ["Over ons", "Diensten"]


def test_the_menus_say_which_page_this_is(client: Client) -> None:
    soup = read(client, "/over-ons/")
    assert current(soup, HEADER, "page") == current(soup, FOOTER, "page") == ["Over ons"]


def test_the_header_says_under_which_page_this_one_is(client: Client) -> None:
    soup = read(client, "/diensten/versterking-interne-samenwerking/")
    assert current(soup, HEADER, "true") == current(soup, FOOTER, "true") == ["Diensten"]
    assert current(soup, HEADER, "page") == current(soup, FOOTER, "page") == []


def test_the_confirmation_is_below_the_contact_page_and_is_not_that_page(client: Client) -> None:
    form, confirmation = read(client, "/contact/"), parse(SCREENS["confirmation"](client))
    assert current(form, HEADER, "page") == current(form, FOOTER, "page") == ["Contact"]
    for menu in (HEADER, FOOTER):
        assert current(confirmation, menu, "true") == ["Contact"]
        assert current(confirmation, menu, "page") == []


def test_the_menus_say_that_this_is_the_search_page(client: Client) -> None:
    soup = read(client, "/zoeken/")
    assert current(soup, HEADER, "page") == current(soup, FOOTER, "page") == ["Zoeken"]


def test_the_logo_leads_home_and_says_when_one_is_there(client: Client) -> None:
    assert logo(read(client, "/over-ons/")).attrs["href"] == "/"
    assert "aria-current" not in logo(read(client, "/over-ons/")).attrs
    assert logo(read(client, "/")).attrs["aria-current"] == "page"


def logo(soup: BeautifulSoup) -> Tag:
    return soup.select_one("header .logo")


def test_the_breadcrumb_leads_from_home_to_this_page(client: Client) -> None:
    soup = read(client, "/diensten/versterking-interne-samenwerking/")
    trail = soup.select_one("nav.breadcrumb")
    assert [link["href"] for link in trail.select("a")] == ["/", "/diensten/"]
    assert words(trail.select_one('[aria-current="page"]')) == "Versterking interne samenwerking"


def test_the_home_page_has_no_breadcrumb(client: Client) -> None:
    assert read(client, "/").select("nav.breadcrumb") == []


def test_a_page_with_several_parts_lists_them_and_leads_to_each(client: Client) -> None:
    soup = read(client, "/diensten/versterking-interne-samenwerking/")
    listed = [(words(link), link["href"][1:]) for link in soup.select("nav.toc a")]
    headings = [(words(heading), heading["id"]) for heading in soup.select("main h2[id]")]
    assert listed == [pair for pair in headings if pair[1] not in {"toc", "kennismaken"}]
    assert len(listed) == 4


def test_a_page_with_a_password_is_in_no_menu(client: Client, home: HomePage) -> None:
    page = home.add_child(instance=TextPage(title="Besloten", show_in_menus=True))
    page.view_restrictions.create(restriction_type="password", password="geheim")
    soup = read(client, "/")
    assert "Besloten" not in titles(soup, HEADER) + titles(soup, FOOTER)
