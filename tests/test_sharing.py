"""What a page says when it is found, shared, or read by a program."""

import json
import os
import time
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, PageViewRestriction

from contact.models import ContactPage, Enquiry
from contact.tasks import purge
from services.models import ServicePage
from tests.reading import PAGES, parse, read, squeeze, words
from vitaleoverheid.models import BasePage, HomePage, OrganisationSettings, TextPage

pytestmark = pytest.mark.django_db

VOCABULARY = json.loads((Path(__file__).parent / "schema_org.json").read_text())["types"]


def meta(page: BeautifulSoup) -> dict[str, str]:
    tags = page.select("meta[content]")
    return {str(tag.get("property") or tag.get("name")): str(tag["content"]) for tag in tags}


def graph(page: BeautifulSoup) -> list[dict[str, Any]]:
    script = page.find("script", type="application/ld+json")
    data = json.loads(script.string)
    assert data["@context"] == "https://schema.org"
    nodes: list[dict[str, Any]] = data["@graph"]
    return nodes


def node(page: BeautifulSoup, kind: str) -> dict[str, Any]:
    return next(n for n in graph(page) if kind in (n["@type"], *n["@type"]))


def check(value: Any) -> None:
    """Every type and every property is in schema.org's vocabulary."""
    if isinstance(value, list):
        for item in value:
            check(item)
    elif isinstance(value, dict):
        kinds = value.get("@type", [])
        allowed: set[str] = set()
        for kind in [kinds] if isinstance(kinds, str) else kinds:
            allowed |= set(VOCABULARY[kind])
        for name, part in value.items():
            # Search engines' own addition to SearchAction, documented by Google and schema.org.
            if not name.startswith("@") and name != "query-input":
                assert name in allowed, f"{kinds} has no {name}"
            check(part)


@pytest.mark.parametrize("address", PAGES)
def test_structured_data_keeps_to_the_vocabulary(client: Client, address: str) -> None:
    for part in graph(read(client, address)):
        check(part)


def test_structured_data_tells_whose_site_this_is_and_how_to_reach_them(client: Client) -> None:
    firm = node(read(client, "/"), "ProfessionalService")
    assert firm["name"] == "Vitale Overheid"
    assert firm["email"] == "info@vitaleoverheid.nl"
    assert [point["telephone"] for point in firm["contactPoint"]] == [
        "+31650266175",
        "+31651930543",
    ]
    assert firm["address"]["streetAddress"] == "Postbus 866"


@pytest.mark.parametrize(
    ("address", "kind"),
    [("/over-ons/", "AboutPage"), ("/contact/", "ContactPage"), ("/privacy/", "WebPage")],
)
def test_structured_data_names_the_kind_of_page(client: Client, address: str, kind: str) -> None:
    assert node(read(client, address), kind)["url"] == settings.SITE_URL + address


def test_structured_data_describes_the_service(client: Client, service_page: ServicePage) -> None:
    page = node(read(client, service_page.url), "WebPage")
    assert page["mainEntity"]["@type"] == "Service"
    assert page["mainEntity"]["name"] == "Versterking interne samenwerking"


def test_structured_data_holds_the_trail_to_the_page(client: Client, home: HomePage) -> None:
    trail = node(read(client, "/diensten/versterking-interne-samenwerking/"), "BreadcrumbList")
    names = [step["name"] for step in trail["itemListElement"]]
    assert names == ["Home", "Diensten", "Versterking interne samenwerking"]


def test_a_title_cannot_break_out_of_the_structured_data(client: Client, home: HomePage) -> None:
    home.add_child(instance=TextPage(title="</script><script>alert(1)</script>", slug="raar"))
    page = read(client, "/raar/")
    assert node(page, "WebPage")["name"] == "</script><script>alert(1)</script>"
    assert "alert" not in "".join(script.get_text() for script in page.select("script[src]"))


@pytest.mark.parametrize("address", PAGES)
def test_a_shared_page_has_a_title_a_text_and_a_picture(client: Client, address: str) -> None:
    page = meta(read(client, address))
    assert page["og:url"] == settings.SITE_URL + address
    assert page["og:title"]
    assert page["og:description"] == page["description"]
    assert page["og:site_name"] == "Vitale Overheid"
    picture = client.get(page["og:image"].removeprefix(settings.SITE_URL))
    assert picture.status_code == 200
    with Image.open(BytesIO(picture.getvalue())) as image:
        assert image.size == (1200, 630)


def picture_of(client: Client, page: BasePage) -> str:
    return meta(read(client, page.url))["og:image"].removeprefix(settings.SITE_URL)


def make_older(*pictures: str) -> None:
    """As if each picture was made before yesterday."""
    for picture in pictures:
        path = default_storage.path(picture.removeprefix(settings.MEDIA_URL))
        os.utime(path, (0, time.time() - 100_000))


def test_the_picture_changes_with_the_title_and_the_old_one_goes(
    client: Client, service_page: ServicePage
) -> None:
    service_page.title = service_page.heading = "Iets van vroeger"
    service_page.save_revision().publish()
    old = picture_of(client, service_page)
    service_page.save_revision().publish()
    assert picture_of(client, service_page) == old
    service_page.title = service_page.heading = "Iets heel anders"
    service_page.save_revision().publish()
    new = picture_of(client, service_page)
    assert new != old
    purge(timestamp=0)
    assert client.get(old).getvalue()  # somebody may be sharing the page at this moment
    make_older(old, new)
    purge(timestamp=0)
    assert client.get(old).status_code == 404
    assert client.get(new).getvalue()


def test_a_draft_changes_nothing_about_the_shared_picture(
    client: Client, service_page: ServicePage
) -> None:
    old = meta(read(client, service_page.url))["og:image"]
    service_page.title = "Een concept"
    service_page.save_revision()
    assert meta(read(client, service_page.url))["og:image"] == old


def test_an_editor_decides_what_search_engines_show(
    client: Client, service_page: ServicePage
) -> None:
    service_page.seo_title, service_page.search_description = "Andere titel", "Andere tekst"
    service_page.save_revision().publish()
    page = read(client, service_page.url)
    assert squeeze(page.title.get_text()) == "Andere titel | Vitale Overheid"
    assert meta(page)["description"] == "Andere tekst"


def test_the_sitemap_shows_the_picture_of_each_page(client: Client) -> None:
    tree = ET.fromstring(client.get("/sitemap.xml").content)
    images = list(tree.iter("{http://www.google.com/schemas/sitemap-image/1.1}loc"))
    assert len(images) == len(PAGES)
    assert all(str(image.text).startswith(f"{settings.SITE_URL}/media/") for image in images)


@pytest.mark.parametrize("address", PAGES)
def test_every_page_has_a_twin_in_markdown(client: Client, address: str) -> None:
    page = read(client, address)
    twin = page.find("link", type="text/markdown")["href"]
    response = client.get(twin)
    assert response.headers["Content-Type"] == "text/markdown; charset=utf-8"
    text = response.content.decode()
    assert squeeze(text.replace("*", "")).startswith(f"# {words(page.h1)}")
    assert text.endswith(f"{settings.SITE_URL}{address}\n")
    assert "<" not in text


def test_the_twin_holds_the_text_and_links_that_work_anywhere(client: Client) -> None:
    text = client.get("/diensten/versterking-interne-samenwerking/index.md").content.decode()
    assert "## Organisatie, bestuur en politiek" in text
    assert "Dit vraagt om andere manieren van werken en sturen." in text
    assert f"]({settings.SITE_URL}/contact/?dienst=versterking-interne-samenwerking)" in text


def test_there_is_no_twin_of_what_is_not_public(client: Client, home: HomePage) -> None:
    secret = home.add_child(instance=TextPage(title="Besloten"))
    secret.view_restrictions.create(restriction_type="login")
    home.add_child(instance=TextPage(title="Concept", live=False))
    assert client.get("/besloten/index.md").status_code == 404
    assert client.get("/concept/index.md").status_code == 404


def test_a_page_with_a_password_has_no_markdown_not_even_of_the_question_for_it(
    client: Client,
) -> None:
    about = Page.objects.get(slug="over-ons")
    PageViewRestriction.objects.create(page=about, restriction_type="password", password="geheim")
    assert client.get("/over-ons/index.md").status_code == 404
    assert client.get("/over-ons/").status_code == 200


def test_llms_txt_lists_every_page(client: Client) -> None:
    text = client.get("/llms.txt").content.decode()
    title, _, summary, _, section, *_ = text.splitlines()
    assert title == "# Vitale Overheid"
    assert summary.startswith("> Vitale Overheid ondersteunt")
    assert section.startswith("## ")
    for page in PAGES:
        assert f"({settings.SITE_URL}{page}index.md)" in text


def test_the_firm_fits_in_an_address_book(client: Client) -> None:
    link = read(client, "/contact/").find("a", href="/vitale-overheid.vcf")
    response = client.get(link["href"])
    assert response.headers["Content-Type"] == "text/vcard; charset=utf-8"
    lines = response.content.decode().split("\r\n")
    assert lines[:2] == ["BEGIN:VCARD", "VERSION:4.0"]
    assert lines[-2:] == ["END:VCARD", ""]
    assert "FN:Vitale Overheid" in lines
    assert "TEL;VALUE=uri:tel:+31650266175" in lines


def test_commas_and_semicolons_do_not_break_a_vcard(client: Client) -> None:
    organisation = OrganisationSettings.load()
    organisation.name = "Vitale; Overheid, BV"
    organisation.save()
    assert rb"FN:Vitale\; Overheid\, BV" in client.get("/vitale-overheid.vcf").content


@pytest.mark.parametrize("asked", ["/ovr-ons/", "/over_ons/", "/iets/over-on/"])
def test_a_mistyped_address_leads_to_the_page_that_was_meant(client: Client, asked: str) -> None:
    response = client.get(asked)
    assert response.status_code == 404
    heading = parse(response).find("h2", string="Zocht u misschien")
    assert heading.find_next("a")["href"] == "/over-ons/"


def test_an_address_like_no_other_gets_no_guess(client: Client) -> None:
    assert "Zocht u misschien" not in client.get("/qqqqqq/").content.decode()


def test_what_was_removed_on_purpose_is_gone(client: Client) -> None:
    Redirect.objects.create(old_path="/oud")
    response = client.get("/oud/")
    assert response.status_code == 410
    assert words(parse(response).h1) == "Deze pagina is er niet meer"


def test_a_moved_page_is_found_at_its_new_address(
    client: Client, contact_page: ContactPage
) -> None:
    Redirect.objects.create(old_path="/bel-ons", redirect_page=contact_page)
    assert client.get("/bel-ons/").headers["Location"].endswith("/contact/")


def test_browsers_may_fetch_ahead_but_not_in_the_admin(client: Client) -> None:
    rules_address = client.get("/").headers["Speculation-Rules"].strip('"')
    response = client.get(rules_address)
    assert response.headers["Content-Type"] == "application/speculationrules+json"
    condition = json.loads(response.getvalue())["prefetch"][0]["where"]["and"]
    assert {"not": {"href_matches": ["/admin/*", "/documents/*"]}} in condition


@pytest.mark.parametrize("address", ["/privacy/", "/toegankelijkheid/"])
def test_a_statement_says_when_it_last_changed(client: Client, address: str) -> None:
    assert read(client, address).select_one(".changed time[datetime]")


def test_an_accessibility_problem_arrives_as_a_report_of_its_own_kind(
    client: Client, visitor: Client
) -> None:
    link = read(client, "/toegankelijkheid/").find("a", string="met het formulier")
    form = read(client, link["href"]).select_one("form.form")
    chosen = form.select_one("option[selected]")
    assert words(chosen) == "Iets op deze website werkt niet voor mij"
    visitor.post(
        "/contact/",
        {"name": "Jan", "email": "jan@voorbeeld.nl", "message": "?", "service": chosen["value"]},
    )
    assert Enquiry.objects.get().kind == Enquiry.Kind.ACCESSIBILITY
