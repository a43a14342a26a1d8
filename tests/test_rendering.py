"""What it takes to make a page: few queries, and no more of them on a larger site."""

from collections.abc import Callable
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.files.images import ImageFile
from django.db import connection
from django.http import Http404, HttpRequest
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils.crypto import get_random_string
from PIL import Image as PillowImage
from pytest_django import DjangoAssertNumQueries, Settings
from wagtail.models import Page, Site
from wagtail.rich_text import RichText

from insights.models import InsightIndexPage, InsightPage
from services.models import ServicePage
from tests.reading import PAGES, parse
from vitaleoverheid.models import BasePage, HomePage, Person, SiteImage, TextPage
from vitaleoverheid.tree import place_of

pytestmark = pytest.mark.django_db

MOST_QUERIES = 6
GONE = '<p><a linktype="page" id="999999">weg</a></p>'
ABOUT = "/over-ons/"
SERVICE = "/diensten/versterking-interne-samenwerking/"


def add_pages(parent: Page, page: BasePage, count: int) -> None:
    """Copy a page below a parent, quickly: no revisions, no index, no pictures."""
    first = parent.numchild + 1
    pages = [
        Page(
            title=f"{page.title} {number}",
            slug=f"kopie-{number}",
            path=Page._get_path(parent.path, parent.depth + 1, number),  # noqa: SLF001
            depth=parent.depth + 1,
            url_path=f"{parent.url_path}kopie-{number}/",
            content_type=page.content_type,
            locale_id=page.locale_id,
            translation_key=uuid4(),
            show_in_menus=page.show_in_menus,
        )
        for number in range(first, first + count)
    ]
    for made in Page.objects.bulk_create(pages):
        values = {**vars(page), **vars(made), "page_ptr_id": made.pk}
        copy = type(page)()
        copy.__dict__.update(values)
        copy.save_base(raw=True, force_insert=True)
    Page.objects.filter(pk=parent.pk).update(numchild=parent.numchild + count)


def add_photo() -> SiteImage:
    file = BytesIO()
    PillowImage.new("RGB", (8, 8)).save(file, "PNG")
    photo: SiteImage = SiteImage.objects.create(title="Foto", file=ImageFile(file, name="foto.png"))
    return photo


def add_people(count: int) -> None:
    """People with photos, all working for the service."""
    for number in range(count):
        photo = add_photo()
        person = Person.objects.create(name=f"Jan {number}", slug=get_random_string(9), photo=photo)
        ServicePage.people.through.objects.create(
            servicepage=ServicePage.objects.get(slug=SERVICE.split("/")[2]), person=person
        )


@pytest.fixture
def insights(home: HomePage) -> InsightIndexPage:
    """An article, and with it the overview."""
    InsightIndexPage.objects.update(live=True)
    overview: InsightIndexPage = InsightIndexPage.objects.get()
    overview.add_child(instance=InsightPage(title="Inzicht"))
    return overview


SEARCHES = [f"/zoeken/?q={query}" for query in ("", "samenwerking", "samenwerkng", "zeppelin")]
ADDRESSES = [*PAGES, "/inzichten/", "/inzichten/inzicht/", "/inzichten/feed/", *SEARCHES]


@pytest.mark.parametrize("count", [10, 1_000])
def test_a_page_takes_few_queries_however_large_the_site(
    client: Client,
    home: HomePage,
    insights: InsightIndexPage,
    count: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    add_pages(home, TextPage.objects.get(slug="privacy"), count)
    add_pages(Page.objects.get(slug="diensten"), ServicePage.objects.get(), count)
    add_pages(Page.objects.get(pk=insights.pk), InsightPage.objects.get(), count)
    for address in ADDRESSES:
        with django_assert_max_num_queries(MOST_QUERIES, info=address):
            assert client.get(address).status_code == 200
    with django_assert_max_num_queries(MOST_QUERIES):
        mistyped = client.get("/kopie/ovr-ons/")
    assert mistyped.status_code == 404
    assert parse(mistyped).find("h2", string="Zocht u misschien").find_next("a")["href"] == ABOUT


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # see test_images.py
@pytest.mark.parametrize("address", [SERVICE, "/over-ons/", "/contact/"])
def test_photos_take_one_query_however_many_there_are(
    client: Client, address: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    add_people(1)
    client.get(address)  # the first visit makes the images
    with django_assert_max_num_queries(MOST_QUERIES) as one:
        client.get(address)
    count = len(one)
    add_people(5)
    client.get(address)
    with django_assert_max_num_queries(count):
        client.get(address)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # see test_images.py
def test_pictures_and_links_in_the_text_take_one_query_each_however_many_there_are(
    client: Client, home: HomePage, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    pages = list(Page.objects.filter(depth__gt=2))
    sections = [
        {
            "heading": f"Deel {number}",
            "content": [
                ("text", RichText(f'<p>Zie <a linktype="page" id="{page.pk}">verder</a></p>')),
                ("picture", {"image": add_photo()}),
            ],
        }
        for number, page in enumerate(pages)
    ]
    text = TextPage(title="Lang", body=[("section", section) for section in sections])
    address = home.add_child(instance=text).url
    client.get(address)  # the first visit makes the images
    with django_assert_max_num_queries(MOST_QUERIES):
        html = client.get(address).content.decode()
    assert all(f'<a href="{page.url}">verder</a>' in html for page in pages)
    assert html.count("<picture>") == len(pages)


def test_a_link_to_a_page_that_is_gone_leads_nowhere(client: Client, home: HomePage) -> None:
    body = [("section", {"heading": "Deel", "content": [("text", RichText(GONE))]})]
    page = home.add_child(instance=TextPage(title="Lang", body=body))
    assert "<p><a>weg</a></p>" in client.get(page.url).content.decode()


def test_a_process_remembers_nothing_that_another_could_change(client: Client) -> None:
    with CaptureQueriesContext(connection) as first:
        client.get("/")
    cache.set("name", "value")
    assert cache.get("name") is None
    with CaptureQueriesContext(connection) as second:
        client.get("/")
    assert len(second) == len(first)


def test_a_deep_page_takes_no_more_queries_than_a_high_one(
    client: Client, home: HomePage, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    page: Page = home
    for number in range(8):
        page = page.add_child(instance=TextPage(title=f"Laag {number}"))
    with django_assert_max_num_queries(MOST_QUERIES):
        assert client.get(page.url).status_code == 200


@pytest.mark.parametrize("host", ["testserver", "other.example", "other.example:8000", "localhost"])
@pytest.mark.parametrize(
    "path",
    [
        "",
        "diensten/",
        "kopje/",
        "kopje/contact/",
        "contact/kopje/",
        "weg/",
        "weg/kind/",
        "nergens/",
    ],
)
def test_an_address_leads_where_wagtail_would_lead_it(
    home: HomePage, settings: Settings, host: str, path: str
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    text = home.add_child(instance=TextPage(title="Kopje"))
    text.add_child(instance=TextPage(title="Contact"))
    gone = home.add_child(instance=TextPage(title="Weg", live=False))
    gone.add_child(instance=TextPage(title="Kind"))
    Site.objects.create(hostname="other.example", port=80, root_page=text)
    request, other = (RequestFactory(headers={"host": host}).get(f"/{path}") for _ in range(2))
    expected = Page.route_for_request(request, path)
    assert led_to(other, path) == (expected and expected.page)


def led_to(request: HttpRequest, path: str) -> Page | None:
    place = place_of(request, path)
    assert place
    try:
        found: Page = place.route(request).page
    except Http404:
        return None
    return found


@pytest.mark.parametrize("kind", ["login", "password"])
def test_a_page_below_a_restricted_one_is_in_no_list(
    client: Client, home: HomePage, kind: str
) -> None:
    Page.objects.get(slug="diensten").view_restrictions.create(restriction_type=kind)
    html = client.get("/contact/").content.decode()
    assert 'href="/diensten/"' not in html
    assert 'value="versterking-interne-samenwerking"' not in html


def test_an_alias_is_as_restricted_as_its_source(client: Client, home: HomePage) -> None:
    text = TextPage.objects.get(slug="privacy")
    text.create_alias(update_slug="kopie")
    assert client.get("/kopie/").status_code == 200
    text.view_restrictions.create(restriction_type="login")
    assert client.get("/kopie/").status_code == 302


def test_a_page_is_made_anew_without_a_query_while_nothing_changes(
    client: Client,
    home: HomePage,
    hears: Callable[[], None],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    first = client.get("/").content
    with django_assert_num_queries(0):
        assert client.get("/").content == first
    HomePage.objects.update(introduction="Een nieuwe inleiding.")
    hears()
    assert "Een nieuwe inleiding." in client.get("/").content.decode()


def test_whoever_is_signed_in_sees_a_change_before_anybody_was_told_of_it(
    administrator: Client, home: HomePage, hears: Callable[[], None]
) -> None:
    administrator.get("/")
    HomePage.objects.update(introduction="Een nieuwe inleiding.")
    assert "Een nieuwe inleiding." in administrator.get("/").content.decode()
