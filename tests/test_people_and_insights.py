"""The firm's people, and the articles they publish."""

from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from django.test import Client

from insights.models import InsightIndexPage, InsightPage
from services.models import ServicePage
from tests.reading import read, words
from tests.test_sharing import check, graph, node
from vitaleoverheid.models import Person

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def person() -> Person:
    return Person.objects.create(
        name="Anna de Boer",
        slug="anna-de-boer",
        role="Adviseur",
        text="Anna begeleidt teams.",
        phone="+31612345678",
        email="anna@voorbeeld.nl",
    )


@pytest.fixture
def overview() -> InsightIndexPage:
    return InsightIndexPage.objects.get()


@pytest.fixture
def article(overview: InsightIndexPage, person: Person) -> InsightPage:
    article = InsightPage(
        title="Samenwerken", introduction="Een inleiding.", author=person, live=False
    )
    overview.add_child(instance=article)
    article.save_revision().publish()
    article.refresh_from_db()
    return article


@pytest.mark.parametrize("address", ["/over-ons/", "/contact/"])
def test_nobody_is_shown_while_there_is_nobody(client: Client, address: str) -> None:
    assert "Met wie u werkt" not in words(read(client, address))


@pytest.mark.parametrize("address", ["/over-ons/", "/contact/"])
def test_a_person_is_introduced_with_ways_to_reach_them(
    client: Client, person: Person, address: str
) -> None:
    page = read(client, address)
    text = words(page.select_one(".person"))
    assert text.startswith("Anna de Boer Adviseur Anna begeleidt teams. anna@voorbeeld.nl")
    assert page.find("a", href="tel:+31612345678").get_text() == "06-12\xa034\xa056\xa078"


def test_a_service_shows_who_provides_it_and_nobody_else(
    client: Client, service_page: ServicePage, person: Person
) -> None:
    assert "Anna de Boer" not in words(read(client, service_page.url))
    service_page.people.add(person)
    service_page.save()
    assert "Anna de Boer" in words(read(client, service_page.url))


def test_a_person_fits_in_an_address_book(client: Client, person: Person) -> None:
    link = read(client, "/over-ons/").select_one(".person a[href$='.vcf']")
    lines = client.get(link["href"]).content.decode().split("\r\n")
    assert "FN:Anna de Boer" in lines
    assert "TITLE:Adviseur" in lines
    assert "ORG:Vitale Overheid" in lines
    assert "EMAIL:anna@voorbeeld.nl" in lines
    assert "TEL;VALUE=uri:tel:+31612345678" in lines


def test_there_is_no_card_of_nobody(client: Client) -> None:
    assert client.get("/mensen/niemand.vcf").status_code == 404


def test_insights_are_nowhere_before_the_first_article(client: Client) -> None:
    assert client.get("/inzichten/").status_code == 404
    assert "Inzichten" not in words(read(client, "/"))
    assert "/inzichten/" not in client.get("/sitemap.xml").content.decode()
    assert "Inzichten" not in words(read(client, "/zoeken/?q=inzichten").main)


def test_insights_appear_with_the_first_article(client: Client, article: InsightPage) -> None:
    header = read(client, "/").header
    assert header.find("a", href="/inzichten/")
    assert "/inzichten/samenwerken/" in client.get("/sitemap.xml").content.decode()
    card = read(client, "/inzichten/").select_one(".card")
    assert "Een inleiding." in words(card)


def test_insights_disappear_with_the_last_article(client: Client, article: InsightPage) -> None:
    article.unpublish()
    assert client.get("/inzichten/").status_code == 404
    article.save_revision().publish()
    article.refresh_from_db()
    assert client.get("/inzichten/").status_code == 200
    article.delete()
    assert client.get("/inzichten/").status_code == 404


def test_an_article_names_its_author_and_its_day(client: Client, article: InsightPage) -> None:
    page = read(client, article.url)
    assert page.select_one(".changed time")["datetime"] == article.date.isoformat()
    assert "Anna de Boer" in words(page.select_one(".changed"))
    data = node(page, "Article")
    assert (data["author"]["name"], data["author"]["jobTitle"]) == ("Anna de Boer", "Adviseur")
    assert data["author"]["worksFor"] == data["publisher"]
    assert page.find("meta", property="og:type")["content"] == "article"
    assert data["datePublished"] == article.date.isoformat()
    for part in graph(page):
        check(part)


def test_the_newest_article_comes_first(client: Client, article: InsightPage) -> None:
    older = InsightPage(title="Ouder", introduction="Oud.", date="2020-01-01")
    article.get_parent().add_child(instance=older)
    titles = [words(title) for title in read(client, "/inzichten/").select(".card__title")]
    assert titles == ["Samenwerken", "Ouder"]


def test_what_looks_like_html_in_a_summary_is_text_in_the_feed(
    client: Client, article: InsightPage
) -> None:
    article.search_description = "Over <b> & meer."
    article.save_revision().publish()
    summary = ET.fromstring(client.get("/inzichten/feed/").content).find(f".//{ATOM}summary")
    assert summary is not None
    assert (summary.get("type"), summary.text) == ("html", "Over &lt;b&gt; &amp; meer.")


def test_the_feed_brings_new_articles(client: Client, article: InsightPage) -> None:
    link = read(client, "/inzichten/").find("link", type="application/atom+xml")
    response = client.get(link["href"])
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    entry = ET.fromstring(response.content).find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{ATOM}title") == "Samenwerken"
    assert entry.findtext(f"{ATOM}id") == f"{settings.SITE_URL}/inzichten/samenwerken/"
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Anna de Boer"


@pytest.fixture
def many_articles(article: InsightPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("insights.models.ARTICLES_PER_PAGE", 1)
    for number in (2, 3):
        article.get_parent().add_child(instance=InsightPage(title=f"Inzicht {number}"))


def test_the_pages_of_the_overview_lead_to_each_other(client: Client, many_articles: None) -> None:
    links = {
        words(link): link["href"]
        for link in read(client, "/inzichten/?page=2").select("nav a[rel]")
    }
    assert links == {"Vorige": "/inzichten/", "Volgende": "/inzichten/?page=3"}
    numbers = read(client, "/inzichten/").select(".pagination a:not([rel])")
    assert [words(number) for number in numbers] == ["Pagina 1", "Pagina 2", "Pagina 3"]


@pytest.mark.parametrize(
    ("asked", "own"), [("", ""), ("?page=1", ""), ("?page=2", "?page=2"), ("?page=03", "?page=3")]
)
def test_each_page_of_the_overview_is_known_by_one_address(
    client: Client, many_articles: None, asked: str, own: str
) -> None:
    page = read(client, f"/inzichten/{asked}")
    canonical = page.find("link", rel="canonical")["href"]
    assert canonical == f"{settings.SITE_URL}/inzichten/{own}"
    assert page.find("meta", property="og:url")["content"] == canonical
    assert ("pagina" in page.title.get_text()) == bool(own)


@pytest.mark.parametrize("number", ["0", "4", "999", "x", ""])
def test_a_page_of_the_overview_that_does_not_exist_is_not_found(
    client: Client, many_articles: None, number: str
) -> None:
    assert client.get(f"/inzichten/?page={number}").status_code == 404
