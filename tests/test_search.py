"""A visitor searches the site."""

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from wagtail.contrib.search_promotions.models import Query, QueryDailyHits, SearchPromotion

from contact.tasks import purge
from tests.conftest import logged_in, staff_member
from tests.reading import parse, read, words
from vitaleoverheid.models import HomePage, TextPage

pytestmark = pytest.mark.django_db


def search(client: Client, query: str) -> BeautifulSoup:
    response = client.get("/zoeken/", {"q": query})
    assert response.status_code == 200
    return parse(response)


def found(soup: BeautifulSoup) -> list[str]:
    return [link["href"] for link in soup.select(".result a")]


@pytest.mark.parametrize(
    "query", ["netwerksamenleving", "NETWERKSAMENLEVING", "netwerk samenleving"]
)
def test_a_search_finds_the_page_that_holds_the_words(client: Client, query: str) -> None:
    address = "/diensten/versterking-interne-samenwerking/"
    assert address in found(search(client, query))


@pytest.mark.parametrize("query", ["gemeenteraden", "ontwikkeling", "bestuurlijke ruimte"])
def test_a_search_finds_other_forms_of_a_dutch_word(client: Client, query: str) -> None:
    assert "/diensten/versterking-interne-samenwerking/" in found(search(client, query))


def test_the_words_that_were_found_are_marked(client: Client) -> None:
    soup = search(client, "samenwerkingsvraag")
    assert [words(mark) for mark in soup.select(".result mark")] == ["samenwerkingsvragen"]


def test_a_result_says_where_its_page_is(client: Client) -> None:
    soup = search(client, "samenwerkingsvragen")
    assert words(soup.select_one(".result__path")) == "Home / Diensten"
    assert words(soup.select_one(".result__title")) == "Versterking interne samenwerking"


def test_the_number_of_results_is_told(client: Client) -> None:
    soup = search(client, "samenwerkingsvragen")
    assert words(soup.select_one("main h2")) == "Gevonden voor ‘samenwerkingsvragen’: 1"
    soup = search(client, "samenleving")
    assert words(soup.select_one("main h2")).endswith(f": {len(found(soup))}")


def test_nothing_found_is_told_with_a_way_on(client: Client) -> None:
    soup = search(client, "zeppelin")
    assert found(soup) == []
    assert "We vonden niets voor ‘zeppelin’." in words(soup.main)
    assert soup.select('main .prose a[href="/contact/"]')


@pytest.mark.parametrize("query", ["", "   ", "\0"])
def test_without_a_question_there_is_only_the_form(client: Client, query: str) -> None:
    soup = search(client, query)
    assert soup.select_one('input[name="q"]').get("value") is None
    assert soup.select("main h2") == []


@pytest.mark.parametrize(
    "query",
    [
        *["<script>alert(1)</script>", '"><b>vet</b>', "{{ 7|add:7 }}", "' OR 1=1 --", "%"],
        *["samenwerking\0", "\x1b[2J", "a & b | !c", "((", "'''", ":*", "\\", "“samen werken”"],
        *["😀", "\u202esamenwerking", "\ue000samenwerking\ue001"],
    ],
)
def test_whatever_a_visitor_types_is_answered_and_shown_as_text(client: Client, query: str) -> None:
    soup = search(client, query)
    assert soup.select("main script, main b") == []
    typed = " ".join(query.replace("\0", " ").split())
    assert soup.select_one('input[name="q"]')["value"] == typed
    assert typed in words(soup.main) or typed in soup.main.get_text()


def test_words_after_what_looks_like_a_script_are_found(client: Client, home: HomePage) -> None:
    home.add_child(instance=TextPage(title="Haken", introduction="Een <script> en een zeppelin."))
    soup = search(client, "zeppelin")
    assert words(soup.select_one(".result__text")) == "Een <script> en een zeppelin"


def test_a_fragment_shows_the_words_around_each_find(client: Client, home: HomePage) -> None:
    filler = " ".join(f"woord{number}" for number in range(60))
    text = f"{filler} rood een zeppelin groen {filler} geel de zeppelins blauw {filler}"
    home.add_child(instance=TextPage(title="Lang", introduction=text))
    fragment = words(search(client, "zeppelin").select_one(".result__text"))
    assert "rood een zeppelin groen" in fragment
    assert "geel de zeppelins blauw" in fragment
    assert 24 <= len(fragment.split()) <= 60


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("samenwerkng", "samenwerking"),
        ("Gemeentraad", "gemeenteraad"),
        ("provinciale stattten", "provinciale staten"),
    ],
)
def test_a_mistyped_word_finds_what_was_meant(client: Client, typed: str, meant: str) -> None:
    soup = search(client, typed)
    offer = soup.find("p", string=None, class_="lead")
    assert words(offer) == f"Bedoelde u {meant}?"
    assert found(soup) == found(search(client, meant)) != []
    assert found(parse(client.get(offer.a["href"]))) == found(soup)


def test_what_is_typed_well_is_taken_as_it_is(client: Client) -> None:
    assert "Bedoelde u" not in words(search(client, "samenwerking").main)


def test_no_word_is_offered_that_stands_on_no_public_page(client: Client, home: HomePage) -> None:
    home.add_child(instance=TextPage(title="Zeppelin", live=False))
    secret = home.add_child(instance=TextPage(title="Luchtballon"))
    secret.view_restrictions.create(restriction_type="login")
    for typed in ("zepelin", "luchtbalon"):
        assert "Bedoelde u" not in words(search(client, typed).main)


def test_words_that_are_alike_but_stand_together_nowhere_are_not_offered(client: Client) -> None:
    soup = search(client, "samenwerkng persoonsgegevens postbus")
    assert "Bedoelde u" not in words(soup.main)
    assert "We vonden niets" in words(soup.main)


def best_bet(query: str, **bet: Any) -> SearchPromotion:
    promotion: SearchPromotion = SearchPromotion.objects.create(query=Query.get(query), **bet)
    return promotion


def test_what_editors_chose_for_a_search_comes_first_and_once(client: Client) -> None:
    page = TextPage.objects.get(slug="privacy")
    best_bet("Samenwerking", page=page, description="Lees dit eerst.")
    best_bet("samenwerking", external_link_url="https://voorbeeld.nl", external_link_text="Elders")
    soup = search(client, "samenwerking")
    assert found(soup)[:2] == ["/privacy/", "https://voorbeeld.nl"]
    assert found(soup).count("/privacy/") == 1
    first = words(soup.select_one(".result"))
    assert first == "Privacy Lees dit eerst. Aanbevolen"
    assert words(soup.select_one("main h2")) == f"Gevonden voor ‘samenwerking’: {len(found(soup))}"


@pytest.mark.parametrize("query", ["zeppelin", "Zeppelin", "samenwerkng"])
def test_a_choice_counts_also_where_nothing_else_is_found(client: Client, query: str) -> None:
    for chosen in ("zeppelin", "samenwerking"):
        best_bet(chosen, page=TextPage.objects.get(slug="privacy"))
    assert found(search(client, query))[0] == "/privacy/"


def test_a_choice_for_a_page_that_is_not_public_is_not_shown(
    client: Client, home: HomePage
) -> None:
    best_bet("zeppelin", page=home.add_child(instance=TextPage(title="Concept", live=False)))
    secret = home.add_child(instance=TextPage(title="Besloten"))
    secret.view_restrictions.create(restriction_type="login")
    best_bet("zeppelin", page=secret)
    assert found(search(client, "zeppelin")) == []


REPORT = "/admin/searchpicks/reports/search-terms/"


@pytest.fixture
def editor(db: None) -> Client:
    user = staff_member("redacteur", "Redacteur")
    user.groups.add(Group.objects.get(name="Redacteur"))  # may enter the admin
    return logged_in(user)


def test_editors_see_what_visitors_did_not_find(client: Client, editor: Client) -> None:
    for query in ("zeppelin", "Zeppelin", "luchtballon", "samenwerking", "samenwerkng"):
        search(client, query)
    rows = [words(row) for row in read(editor, REPORT).select("main tbody tr")]
    assert rows == ["zeppelin 2", "luchtballon 1"]
    menu = editor.get("/admin/").content.decode()
    assert menu.count(REPORT) == 1


@pytest.mark.parametrize(
    "query",
    [
        *["jan@voorbeeld.nl zeppelin", "zeppelin 06-12 34 56 78", "zeppelin +31612345678"],
        *["zeppelin 123456789", "", "12 34", "((", "x"],
    ],
)
def test_what_may_be_about_somebody_is_not_written_down(client: Client, query: str) -> None:
    search(client, query)
    assert not Query.objects.exists()


def test_searches_that_found_nothing_are_forgotten_in_time(client: Client, editor: Client) -> None:
    search(client, "zeppelin")
    QueryDailyHits.objects.update(date=timezone.localdate() - timedelta(days=89))
    purge(timestamp=0)
    assert Query.objects.exists()
    QueryDailyHits.objects.update(date=timezone.localdate() - timedelta(days=92))
    best_bet("luchtballon", page=TextPage.objects.get(slug="privacy"))
    purge(timestamp=0)
    assert [query.query_string for query in Query.objects.all()] == ["luchtballon"]


def test_who_edits_nothing_sees_no_searches(colleague: Client) -> None:
    assert colleague.get(REPORT).status_code == 302
    assert REPORT not in colleague.get("/admin/").content.decode()


def test_words_on_a_page_that_look_like_html_are_shown_as_text(
    client: Client, home: HomePage
) -> None:
    home.add_child(instance=TextPage(title="Haken", introduction="Een <b zeppelin."))
    soup = search(client, "zeppelin")
    assert words(soup.select_one(".result__text")) == "Een <b zeppelin"
    assert soup.select("main b") == []


def test_a_very_long_question_is_answered(client: Client) -> None:
    soup = search(client, "samenwerking " * 100)
    assert len(soup.select_one('input[name="q"]')["value"]) <= 200


@pytest.fixture
def many_pages(home: HomePage) -> None:
    """Enough pages about the same thing for three screens of results."""
    for number in range(25):
        home.add_child(instance=TextPage(title=f"Zeppelin {number}"))


def test_many_results_are_divided_over_pages(client: Client, many_pages: None) -> None:
    seen = set()
    for page, count in [(1, 10), (2, 10), (3, 5)]:
        soup = read(client, f"/zoeken/?q=zeppelin&page={page}")
        assert len(found(soup)) == count
        assert words(soup.select_one('.pagination [aria-current="page"]')) == f"Pagina {page}"
        assert soup.select_one(".results")["start"] == str(10 * page - 9)
        seen.update(found(soup))
    assert len(seen) == 25


def test_the_pages_of_results_lead_to_each_other(client: Client, many_pages: None) -> None:
    soup = read(client, "/zoeken/?q=zeppelin&page=2")
    links = {words(link): link["href"] for link in soup.select(".pagination a")}
    assert links["Vorige"] == "/zoeken/?q=zeppelin"
    assert links["Volgende"] == "/zoeken/?q=zeppelin&page=3"


def test_a_long_row_of_pages_shows_the_first_the_last_and_those_around_this_one(
    client: Client, many_pages: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vitaleoverheid.search.RESULTS_PER_PAGE", 1)
    soup = read(client, "/zoeken/?q=zeppelin&page=13")
    shown = [words(item).removeprefix("Pagina ") for item in soup.select(".pagination li")]
    assert shown == [
        *["Vorige", "1", "2", "…", "10", "11", "12", "13", "14", "15", "16", "…", "24", "25"],
        "Volgende",
    ]
    assert len(soup.select(".pagination a")) == len(shown) - 2


@pytest.mark.parametrize(
    ("page", "shown"),
    [("x", 1), ("0", 1), ("-1", 1), ("999", 3), ("9" * 30, 1), ("", 1), ("%00", 1)],
)
def test_a_page_of_results_that_does_not_exist_is_answered_with_one_that_does(
    client: Client, many_pages: None, page: str, shown: int
) -> None:
    soup = read(client, f"/zoeken/?q=zeppelin&page={page}")
    assert words(soup.select_one('.pagination [aria-current="page"]')) == f"Pagina {shown}"


def test_what_is_not_public_is_not_found(client: Client, home: HomePage) -> None:
    home.add_child(instance=TextPage(title="Zeppelin concept", live=False))
    secret = home.add_child(instance=TextPage(title="Zeppelin besloten"))
    secret.view_restrictions.create(restriction_type="password", password="geheim")
    assert found(search(client, "zeppelin")) == []


def test_a_page_is_found_by_its_new_words_once_an_editor_changed_it(client: Client) -> None:
    page = TextPage.objects.get(slug="privacy")
    page.introduction = "Over een zeppelin."
    page.save_revision().publish()
    assert found(search(client, "zeppelin")) == ["/privacy/"]


def test_search_finds_the_same_after_its_index_was_built_anew(client: Client) -> None:
    before = found(search(client, "samenleving"))
    call_command("update_index", verbosity=0)
    assert before
    assert found(search(client, "samenleving")) == before


@pytest.mark.parametrize(("query", "kept_out"), [("", False), ("samenwerking", True)])
def test_search_engines_keep_out_of_results_and_not_of_the_form(
    client: Client, query: str, kept_out: bool
) -> None:
    robots = search(client, query).select('meta[name="robots"][content="noindex"]')
    assert bool(robots) == kept_out
