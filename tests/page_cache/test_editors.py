"""Whatever an editor changes shows everywhere, at once."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from django.utils.crypto import get_random_string
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import Page, PageViewRestriction, Site

from services.models import ServicePage
from tests.live_site import until
from tests.page_cache.servers import (
    Server,
    Slow,
    Start,
    an_edit,
    at_once,
    change_by_hand,
    database_away,
    execute,
    heard,
)
from tests.reading import PAGES
from vitaleoverheid.models import HomePage, OrganisationSettings, Person, TextPage


@pytest.fixture(autouse=True)
def db(own_database: None) -> None:
    """Each test changes pages."""


def publish(word: str) -> None:
    page = TextPage.objects.get(slug="privacy")
    page.title = word
    page.save_revision().publish()


def schedule(word: str) -> None:
    page = TextPage.objects.get(slug="privacy")
    page.title = word
    page.go_live_at = timezone.now() - timedelta(seconds=1)
    page.save_revision(approved_go_live_at=page.go_live_at)
    call_command("publish_scheduled")


def add_to_menu(word: str) -> None:
    HomePage.objects.get().add_child(instance=TextPage(title=word, show_in_menus=True))


def add_service(word: str) -> None:
    index = Page.objects.get(slug="diensten").specific
    index.add_child(instance=ServicePage(title=word, summary=word))


def change_in_a_transaction(word: str) -> None:
    with transaction.atomic():
        TextPage.objects.filter(slug="privacy").update(title="nog niet")
        TextPage.objects.filter(slug="privacy").update(title=word)


def change_settings(word: str) -> None:
    settings = OrganisationSettings.load()
    settings.city = word
    settings.save()


def restore(word: str) -> None:
    """As a restore does it: the data is loaded before there are triggers."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE wagtailcore_page DISABLE TRIGGER USER")
        cursor.execute("UPDATE wagtailcore_page SET title = %s WHERE slug = 'privacy'", [word])
        cursor.execute("ALTER TABLE wagtailcore_page ENABLE TRIGGER USER")
    call_command("migrate", verbosity=0)


Edit = Callable[[str], object]


EDITS: list[tuple[Edit, str]] = [
    (publish, "/privacy/"),
    (schedule, "/privacy/"),
    (add_to_menu, "/"),
    (add_service, "/contact/"),
    (add_service, "/diensten/"),
    (change_by_hand, "/privacy/"),
    (change_in_a_transaction, "/privacy/"),
    (change_settings, "/"),
    (restore, "/privacy/"),
]


@pytest.mark.parametrize(
    ("edit", "address"), EDITS, ids=lambda value: getattr(value, "__name__", value)
)
def test_an_edit_is_soon_everywhere(start: Start, edit: Edit, address: str) -> None:
    servers = [start(), start()]
    for server in servers:
        assert "Zonnebloem" not in server.ask(address).text
        assert server.ask(address).came_from == "hit"
    edit("Zonnebloem")
    until(lambda: all("Zonnebloem" in server.ask(address).text for server in servers))


WITHDRAWALS: dict[str, Callable[[Page], object]] = {
    "unpublish": lambda page: page.unpublish(),
    "update": lambda page: Page.objects.filter(pk=page.pk).update(live=False),
    "delete": lambda page: page.delete(),
    "move": lambda page: page.move(Page.objects.get(slug="toegankelijkheid"), "last-child"),
}


def rename(page: Page) -> None:
    page.slug = "anders"
    page.save()


@pytest.mark.parametrize("withdraw", [*WITHDRAWALS.values(), rename], ids=[*WITHDRAWALS, "rename"])
def test_a_page_that_is_withdrawn_is_soon_gone_and_stays_away(
    server: Server, withdraw: Callable[[Page], object]
) -> None:
    server.ask("/privacy/")
    withdraw(TextPage.objects.get(slug="privacy"))
    until(lambda: server.ask("/privacy/").status in {301, 404})
    with database_away():
        assert server.ask("/privacy/").status == 503


@pytest.mark.parametrize("withdraw", WITHDRAWALS.values(), ids=WITHDRAWALS)
def test_a_page_that_is_withdrawn_does_not_come_back_when_the_database_goes(
    server: Server, withdraw: Callable[[Page], object]
) -> None:
    server.ask("/privacy/")
    before = server.cache.changes.withdrawals
    withdraw(TextPage.objects.get(slug="privacy"))
    until(lambda: server.cache.changes.withdrawals > before)
    with database_away():
        assert server.ask("/privacy/").status == 503


def test_a_page_that_changed_while_it_was_rendered_is_rendered_again(start: Start) -> None:
    slow = Slow()
    server = start(slow)
    server.ask("/other/")
    with slow.rendering(server):
        heard(server, an_edit)
    assert server.ask("/").came_from == "fwd=stale; stored"
    assert server.ask("/").came_from == "hit"


def test_a_change_that_is_taken_back_changes_nothing(server: Server) -> None:
    server.ask("/")
    with transaction.atomic():
        an_edit()
        transaction.set_rollback(True)
    heard(server, an_edit)  # what is heard now comes after what would have been heard
    assert server.generation == 2


def test_a_table_made_later_counts_as_content(server: Server) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE nieuws (kop text)")
    server.ask("/")
    heard(server, lambda: call_command("migrate", verbosity=0))
    heard(server, lambda: execute("INSERT INTO nieuws VALUES ('Nieuws')"))
    heard(server, lambda: execute("TRUNCATE nieuws"))


def test_an_enquiry_leaves_every_page_as_it_is(server: Server, client: Client) -> None:
    server.ask("/")
    before = server.generation
    reply = client.post("/contact/", {"name": "Jan", "email": "jan@voorbeeld.nl", "message": "Dag"})
    assert reply.status_code == 303
    client.force_login(User.objects.create_user("iemand"))
    assert server.ask("/").came_from == "hit"
    heard(server, an_edit)
    assert server.generation == before + 1


def test_an_edit_makes_another_tag(server: Server) -> None:
    tag = server.ask("/").headers["etag"]
    OrganisationSettings.objects.update(name="Andere Overheid")
    until(lambda: server.ask("/", if_none_match=tag).status == 200)


def test_after_an_edit_visitors_who_come_together_have_it_rendered_once(server: Server) -> None:
    server.ask("/")
    heard(server, lambda: HomePage.objects.update(introduction="Nieuw"))
    server.renderings.clear()
    replies = []
    at_once(8, lambda: replies.append(server.ask("/")))
    assert server.renderings == ["/"]
    assert all("Nieuw" in reply.text for reply in replies)


def test_a_site_that_begins_elsewhere_links_from_there(start: Start) -> None:
    servers = [start(), start()]
    for server in servers:
        server.ask("/")
    Site.objects.update(root_page=Page.objects.get(slug="diensten"))
    link = 'href="/versterking-interne-samenwerking/"'
    until(lambda: all(link in server.ask("/").text for server in servers))


# Any edit


def any_page(number: int) -> Page:
    pages = Page.objects.filter(depth__gt=2)
    return pages[number % len(pages)]


def retitle_any(word: str, number: int) -> None:
    Page.objects.filter(pk=any_page(number).pk).update(title=word)


def save_any(word: str, number: int) -> None:
    page = any_page(number).specific
    page.introduction = word
    page.save()


def publish_any(word: str, number: int) -> None:
    page = any_page(number).specific
    page.search_description = word
    page.save_revision().publish()


def draft_any(word: str, number: int) -> None:
    page = any_page(number).specific
    page.title = word
    page.save_revision()


def unpublish_any(word: str, number: int) -> None:
    any_page(number).unpublish()


def hide_or_show_any(word: str, number: int) -> None:
    page = any_page(number)
    Page.objects.filter(pk=page.pk).update(live=not page.live)


def turn_menu_flag(word: str, number: int) -> None:
    page = any_page(number)
    Page.objects.filter(pk=page.pk).update(show_in_menus=not page.show_in_menus)


def move_text(word: str, number: int) -> None:
    texts = [page.pk for page in TextPage.objects.all()]
    page = TextPage.objects.get(pk=texts[number % len(texts)])
    target = [HomePage.objects.get(), TextPage.objects.exclude(pk=page.pk).first()][number % 2]
    if not target.is_descendant_of(page):
        page.move(target, "last-child")


def add_text(word: str, number: int) -> None:
    slug = f"{word}-{get_random_string(6)}"
    HomePage.objects.get().add_child(
        instance=TextPage(title=word, slug=slug.lower(), show_in_menus=bool(number % 2))
    )


def delete_text(word: str, number: int) -> None:
    if TextPage.objects.count() > 2:
        TextPage.objects.last().delete()


def add_person(word: str, number: int) -> None:
    person = Person.objects.create(name=word, slug=get_random_string(8))
    ServicePage.objects.get().people.through.objects.create(
        servicepage_id=ServicePage.objects.get().pk, person_id=person.pk
    )


def rename_people(word: str, number: int) -> None:
    Person.objects.update(role=word)


def change_organisation(word: str, number: int) -> None:
    OrganisationSettings.objects.update(call_to_action=word, city=word[::-1])


def restrict_or_free(word: str, number: int) -> None:
    if not PageViewRestriction.objects.all().delete()[0]:
        any_page(number).view_restrictions.create(restriction_type="login")


ANY_EDIT = [
    retitle_any,
    save_any,
    publish_any,
    draft_any,
    unpublish_any,
    hide_or_show_any,
    turn_menu_flag,
    move_text,
    add_text,
    delete_text,
    add_person,
    rename_people,
    change_organisation,
    restrict_or_free,
]
WORDS = st.text("abcdefgh", min_size=3, max_size=8)
STEPS = st.lists(
    st.tuples(st.sampled_from(ANY_EDIT), WORDS, st.integers(0, 9)), min_size=1, max_size=5
)


@settings(
    max_examples=10,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(STEPS)
def test_after_any_edits_every_page_is_as_if_it_was_rendered_now(
    start: Start, steps: list[tuple[Callable[[str, int], None], str, int]]
) -> None:
    servers = [start(), start()]
    for edit, word, number in steps:
        for address in addresses():
            servers[number % 2].ask(address)
        edit(word, number)
    for server in servers:
        for address in addresses():
            until(partial(is_fresh, server, address))


def is_fresh(server: Server, address: str) -> bool:
    kept, fresh = server.ask(address), server.fresh(address)
    return (kept.status, kept.body) == (fresh.status, fresh.body)


def addresses() -> set[str]:
    """Every page there is, and those that there were at first."""
    return {*PAGES, *(page.url for page in Page.objects.filter(depth__gt=1))}
