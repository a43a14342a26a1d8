"""Colleagues see what came in, find what they look for, and share the work."""

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings
from wagtail.models import Page

from contact.models import Enquiry
from services.models import ServicePage
from tests.conftest import logged_in, staff_member
from tests.enquiries import (
    INBOX,
    SUSPECT,
    address_of,
    at,
    bulk,
    canary_came_through,
    choose,
    history,
    kinds,
    make,
    press,
    references,
    screen,
)
from tests.reading import parse, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def me(colleague: Client) -> User:
    """The person behind ``colleague``."""
    User.objects.filter(username="collega").update(first_name="Karin", last_name="de Groot")
    return User.objects.get(username="collega")


def row_of(client: Client, enquiry: Enquiry, **parameters: str) -> BeautifulSoup:
    """The line of an enquiry in the list."""
    page = parse(client.get(INBOX, parameters))
    [box] = page.select(f"[data-bulk-action-checkbox][data-object-id='{enquiry.pk}']")
    return box.find_parent("tr")


# The list


def test_a_line_of_the_list_says_who_what_where_it_stands_and_since_when(
    colleague: Client, me: User, service_page: ServicePage
) -> None:
    enquiry = make(
        service=service_page,
        status="in_progress",
        assigned_to=me,
        received_at=timezone.now() - timedelta(days=4),
    )
    said = words(row_of(colleague, enquiry))
    for part in ("Jan de Vries", "Gemeente Voorbeeld", service_page.title, "in behandeling"):
        assert part in said
    assert "Karin de Groot" in said
    assert "4 dagen geleden" in said.replace("\N{NO-BREAK SPACE}", " ")


def test_an_enquiry_that_nobody_owns_says_so(colleague: Client) -> None:
    assert "niemand" in words(row_of(colleague, make()))


def test_what_nobody_has_opened_yet_stands_in_bold(colleague: Client) -> None:
    unread, read = make(), make(name="Piet Jansen")
    screen(colleague, read)
    assert words(row_of(colleague, unread).strong).strip() == "Jan de Vries"
    assert row_of(colleague, read).strong is None


def test_looking_at_an_enquiry_again_does_not_change_when_it_was_opened(colleague: Client) -> None:
    enquiry = make()
    screen(colleague, enquiry)
    enquiry.refresh_from_db()
    opened = enquiry.opened_at
    screen(colleague, enquiry)
    enquiry.refresh_from_db()
    assert opened
    assert enquiry.opened_at == opened


@pytest.fixture
def one_of_each(me: User) -> dict[str, Enquiry]:
    long_ago = timezone.now() - timedelta(days=20)
    return {
        "new": make(),
        "mine": make(assigned_to=me, status="in_progress"),
        "mine, closed": make(assigned_to=me, status="closed"),
        "late": make(received_at=long_ago),
        "answered": make(status="answered", received_at=long_ago),
        "suspect": make(**SUSPECT),
        "bin": make(deleted_at=timezone.now()),
        "suspect in the bin": make(**SUSPECT, deleted_at=timezone.now()),
    }


VIEWS = {
    "": {"new", "mine", "mine, closed", "late", "answered"},
    "mine": {"mine"},
    "open": {"new", "mine", "late"},
    "overdue": {"late"},
    "suspect": {"suspect"},
    "bin": {"bin", "suspect in the bin"},
}


@pytest.mark.parametrize("view", VIEWS)
def test_each_quick_view_shows_what_it_says(
    colleague: Client, one_of_each: dict[str, Enquiry], view: str
) -> None:
    names = {enquiry.reference: name for name, enquiry in one_of_each.items()}
    assert {names[reference] for reference in references(colleague, view=view)} == VIEWS[view]


def test_the_quick_views_are_links_above_the_list_and_the_chosen_one_is_marked(
    colleague: Client,
) -> None:
    links = parse(colleague.get(INBOX, {"view": "overdue"})).select("[aria-label=Weergaven] a")
    assert [link.text for link in links] == [
        *["Alles", "Van mij", "Open", "Te laat", "Verdacht", "Prullenbak"]
    ]
    assert [link.text for link in links if link.get("aria-current")] == ["Te laat"]


@pytest.mark.parametrize(
    "query", ["view=nonsense", "service=0", "service=abc", "assigned_to=x", "status=suspect",
              "received_at_from=gisteren", "p=0", "p=abc", "ordering=password", "status=x&view=x"]
)  # fmt: skip
def test_a_filter_that_makes_no_sense_shows_nothing_that_is_held_apart(
    colleague: Client, one_of_each: dict[str, Enquiry], query: str
) -> None:
    response = colleague.get(f"{INBOX}?{query}")
    assert response.status_code == 200
    shown = {int(box["data-object-id"]) for box in parse(response).select("[data-object-id]")}
    apart = {one_of_each[name].pk for name in ("suspect", "bin", "suspect in the bin")}
    assert not shown & apart


def test_filters_work_together(colleague: Client, me: User, service_page: ServicePage) -> None:
    with at("2026-05-10 12:00"):
        wanted = make(service=service_page, assigned_to=me, status="in_progress")
        make(service=service_page, assigned_to=me)
        make(service=service_page, status="in_progress")
        make(assigned_to=me, status="in_progress")
    with at("2026-05-11 00:00"):
        make(service=service_page, assigned_to=me, status="in_progress")
    asked = {"service": str(service_page.pk), "assigned_to": str(me.pk), "status": "in_progress"}
    days = {"received_at_from": "2026-05-10", "received_at_to": "2026-05-10"}
    assert references(colleague, **asked, **days) == [wanted.reference]
    assert references(colleague, **asked, **days, q="kennismaken") == [wanted.reference]
    assert references(colleague, **asked, **days, q="zeppelin") == []


def test_several_statuses_are_asked_for_at_once(colleague: Client) -> None:
    make()
    two = [make(status="answered"), make(status="closed")]
    page = parse(colleague.get(f"{INBOX}?status=answered&status=closed"))
    shown = {int(box["data-object-id"]) for box in page.select("[data-object-id]")}
    assert shown == {enquiry.pk for enquiry in two}


@pytest.mark.parametrize("ordering", ["name", "-name", "nonsense", ""])
def test_what_is_alike_in_the_chosen_order_keeps_its_place_on_every_page(
    colleague: Client, ordering: str
) -> None:
    now = timezone.now()
    made = [make(received_at=now).reference for _ in range(120)]
    pages = [references(colleague, ordering=ordering, p=str(page)) for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [50, 50, 20]
    assert [reference for page in pages for reference in page] == made[::-1]


def test_a_list_of_very_many_says_how_to_find_the_others(
    colleague: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contact.inbox.MOST", 60)
    for _ in range(61):
        make()
    for asked, shown in [("", 50), ("p=2", 10), ("p=3", 10), ("kind=question", 50)]:
        page = parse(colleague.get(f"{INBOX}?{asked}"))
        assert len(page.select("[data-bulk-action-checkbox][data-object-id]")) == shown
        assert "hoogstens 60. Zoek of filter om de andere te vinden." in words(page)
    assert "hoogstens" not in words(parse(colleague.get(f"{INBOX}?view=suspect")))


# Search


@pytest.mark.parametrize(
    "query",
    ["adviseur", "ADVISEURS", "Zoë", "zoë de jong", "Hoogeveen", "zoe@hoogeveen.nl", '"de jong"',
     "samenwerking -zeppelin", "zeppelin or adviseurs"],
)  # fmt: skip
def test_an_enquiry_is_found_by_what_is_in_it(colleague: Client, query: str) -> None:
    wanted = make(
        name="Zoë de Jong",
        organisation="Gemeente Hoogeveen",
        email="zoe@hoogeveen.nl",
        message="Onze adviseurs zoeken samenwerking.",
    )
    make(name="Piet", organisation="", email="piet@elders.nl", message="Iets anders.")
    assert references(colleague, q=query) == [wanted.reference]


@pytest.mark.parametrize(
    "reference", ["VO-7F3K-Q9XM", "VO-2345-6789", "VO-2E34-5678", "VO-XXXX-2222", "VO-2222-XXXX"]
)
def test_any_reference_is_found_however_it_is_typed(colleague: Client, reference: str) -> None:
    make(reference=reference)
    make()
    bare = reference.replace("-", "")
    loose = reference.replace("-", " ")
    for query in (reference, reference.lower(), f" {reference} ", bare, loose):
        assert references(colleague, q=query) == [reference]


def test_a_word_that_could_be_a_reference_is_a_word(colleague: Client) -> None:
    wanted = make(message="Onze voorzitter wil kennismaken.")
    assert references(colleague, q="voorzitter") == [wanted.reference]


def test_a_search_finds_what_is_in_the_bin_and_says_so(colleague: Client) -> None:
    enquiry = make(deleted_at=timezone.now())
    assert references(colleague) == []
    assert "prullenbak" in words(row_of(colleague, enquiry, q=enquiry.reference))


# Many at once


def test_several_enquiries_are_closed_at_once(colleague: Client) -> None:
    chosen, other = [make(), make(status="answered")], make()
    confirmation = colleague.get(
        f"/admin/bulk/contact/enquiry/close/?id={chosen[0].pk}&id={chosen[1].pk}"
    )
    assert "U hebt 2 aanvragen gekozen:" in words(parse(confirmation))
    assert bulk(colleague, "close", *chosen).headers["Location"] == INBOX
    for enquiry in chosen:
        enquiry.refresh_from_db()
        assert enquiry.status == "closed"
        assert history(enquiry)[-1].endswith("naar afgesloten")
    other.refresh_from_db()
    assert other.status == "new"
    assert "2 aanvragen afgesloten." in words(parse(colleague.get(INBOX)))


def test_several_enquiries_are_given_to_a_colleague_and_taken_back(
    colleague: Client, me: User
) -> None:
    chosen = [make(), make()]
    bulk(colleague, "assign", *chosen, owner=str(me.pk))
    assert {enquiry.assigned_to for enquiry in Enquiry.objects.all()} == {me}
    bulk(colleague, "assign", *chosen, owner="")
    assert {enquiry.assigned_to for enquiry in Enquiry.objects.all()} == {None}
    assert history(chosen[0]) == ["Toegewezen aan Karin de Groot", "Toegewezen aan niemand"]


def test_colleagues_are_chosen_by_their_names(colleague: Client, me: User) -> None:
    enquiry = make()
    pages = [screen(colleague, enquiry), parse(colleague.get(INBOX))]
    pages += [parse(colleague.get(f"/admin/bulk/contact/enquiry/assign/?id={enquiry.pk}"))]
    for page in pages:
        assert "Karin de Groot" in [option.text for option in page.select("option")]


def test_only_people_who_may_handle_enquiries_are_given_any(
    colleague: Client, outsider: Client
) -> None:
    stranger = User.objects.get(username="buitenstaander")
    enquiry = make()
    bulk(colleague, "assign", enquiry, owner=str(stranger.pk))
    choose(colleague, enquiry, "new", stranger.pk)
    enquiry.refresh_from_db()
    assert enquiry.assigned_to is None
    owners = screen(colleague, enquiry).select("[name=assigned_to] option")
    assert "buitenstaander" not in [owner.text for owner in owners]


def test_several_enquiries_go_to_the_bin_and_come_back(colleague: Client) -> None:
    chosen = [make(), make(status="closed")]
    bulk(colleague, "delete", *chosen)
    assert references(colleague) == []
    assert len(references(colleague, view="bin")) == 2
    bulk(colleague, "restore", *chosen)
    assert len(references(colleague)) == 2
    assert history(chosen[0]) == ["In de prullenbak gelegd", "Teruggezet uit de prullenbak"]
    for enquiry in chosen:
        assert kinds(enquiry) == []


@pytest.mark.parametrize(
    ("listing", "binned"),
    [
        ("view=suspect", {"suspect"}),
        ("status=closed", {"mine, closed"}),
        ("q=zeppelin", set()),
        ("", VIEWS[""]),
    ],
)
def test_all_of_the_list_is_what_the_list_shows_and_no_more(
    colleague: Client, one_of_each: dict[str, Enquiry], listing: str, binned: set[str]
) -> None:
    before = set(Enquiry.objects.filter(deleted_at=None))
    colleague.post(f"/admin/bulk/contact/enquiry/delete/?{listing}&id=all&next={INBOX}")
    gone = before - set(Enquiry.objects.filter(deleted_at=None))
    assert gone == {one_of_each[name] for name in binned}


@pytest.mark.parametrize("chosen", ["page", "canary", "0", "abc", "9999999", ""])
@pytest.mark.parametrize("action", ["close", "assign", "restore", "delete"])
def test_what_is_no_enquiry_cannot_be_chosen(colleague: Client, action: str, chosen: str) -> None:
    ids = {"page": Page.objects.last(), "canary": make(is_canary=True)}
    before = (Page.objects.count(), Enquiry.objects.count())
    response = bulk(colleague, action, getattr(ids.get(chosen), "pk", chosen))
    assert response.status_code == 404
    assert (Page.objects.count(), Enquiry.objects.count()) == before
    assert Enquiry.objects.get().status == "new"


# Nothing is lost


@pytest.mark.parametrize("who", ["colleague", "administrator"])
def test_nobody_deletes_an_enquiry_for_good(who: str, request: pytest.FixtureRequest) -> None:
    client: Client = request.getfixturevalue(who)
    enquiry = make()
    bulk(client, "delete", enquiry)
    enquiry.refresh_from_db()
    assert enquiry.deleted_at
    for address in (
        f"{INBOX}delete/{enquiry.pk}/",
        f"{INBOX}{enquiry.pk}/delete/",
        f"{INBOX}add/",
        f"{INBOX}copy/{enquiry.pk}/",
        f"{INBOX}usage/{enquiry.pk}/",
        f"/admin/snippets/contact/enquiry/delete/{enquiry.pk}/",
        f"/admin/snippets/contact/enquiry/delete/?id={enquiry.pk}",
        f"/admin/bulk/contact/enquiry/purge/?id={enquiry.pk}",
    ):
        assert client.get(address).status_code == 404, address
        assert client.post(address).status_code == 404, address
    assert Enquiry.objects.exists()


# Who else


def test_a_colleague_who_has_the_enquiry_open_is_shown(colleague: Client) -> None:
    enquiry = make()
    other = staff_member("ander", "Aanvragen behandelen")
    other.first_name, other.last_name = "Anna", "Ander"
    other.save()
    screen(logged_in(other), enquiry)
    # The screen asks this again and again.
    asks = screen(colleague, enquiry).select_one("form.w-editing-sessions")
    address = asks["data-w-swap-src-value"]
    assert "Anna Ander" in colleague.post(address).json()["html"]
    with at(timedelta(hours=2)):
        assert "Anna Ander" not in colleague.post(address).json()["html"]
    assert editor().post(address).status_code == 404


def test_next_and_previous_walk_through_the_list_and_back(colleague: Client) -> None:
    now = timezone.now()
    walk = [make(received_at=now - timedelta(hours=hours)) for hours in (3, 2, 2, 2, 1)]
    make(**SUSPECT, received_at=now - timedelta(hours=2))
    make(deleted_at=now, received_at=now - timedelta(hours=2))

    def step(enquiry: Enquiry, key: str) -> str | None:
        link = screen(colleague, enquiry).select_one(f"a[data-w-kbd-key-value={key}]")
        return link["href"] if link else None

    assert [step(enquiry, "k") for enquiry in walk] == [*map(address_of, walk[1:]), None]
    assert [step(enquiry, "j") for enquiry in walk] == [None, *map(address_of, walk[:-1])]


@pytest.mark.parametrize("fields", [SUSPECT, {"deleted_at": timezone.now()}])
def test_next_and_previous_stay_among_what_is_held_apart(
    colleague: Client, fields: dict[str, Any]
) -> None:
    first, second = make(**fields), make(**fields)
    make()
    link = screen(colleague, first).select_one("a[data-w-kbd-key-value=k]")
    assert link["href"] == address_of(second)
    assert not screen(colleague, second).select("a[data-w-kbd-key-value=k]")


# Who may not


def no_one() -> Client:
    return Client()


def editor() -> Client:
    return logged_in(staff_member("redacteur", "Redacteur"))


def moderator_of_pages() -> Client:
    return logged_in(staff_member("eindredacteur", "Eindredacteur"))


def without_admin() -> Client:
    return logged_in(User.objects.create_user("klant"))


def reader_of_enquiries() -> Client:
    """Somebody with Django's right to see enquiries, and nothing to come into the admin with."""
    user = User.objects.create_user("lezer")
    user.user_permissions.add(Permission.objects.get(codename="view_enquiry"))
    return logged_in(user)


OUTSIDERS = [no_one, editor, moderator_of_pages, without_admin, reader_of_enquiries]
SCREENS = [
    "list", "list_results", "figures", "person", "edit", "history", "history_results",
]  # fmt: skip
ACTIONS = ["close", "assign", "restore", "delete"]


def addresses(enquiry: Enquiry) -> list[str]:
    """Every address under which something about an enquiry is shown or done."""
    own = [
        reverse(f"enquiries:{name}", args=[enquiry.pk] if name in SCREENS[4:] else [])
        for name in SCREENS
    ]
    exports = [f"{INBOX}?export={kind}" for kind in ("csv", "xlsx")]
    return own + exports + [f"/admin/bulk/contact/enquiry/{a}/?id={enquiry.pk}" for a in ACTIONS]


@pytest.mark.parametrize("outsider", OUTSIDERS)
def test_who_may_not_handle_enquiries_sees_and_changes_nothing(
    outsider: Callable[[], Client],
) -> None:
    enquiry = make(**SUSPECT)
    client = outsider()
    posted = {"do": "restore", "email": enquiry.email, "status": "closed", "owner": ""}
    for address in addresses(enquiry):
        for response in (client.get(address), client.post(address, posted)):
            assert "Jan de Vries" not in response.content.decode()
            if response.status_code != 403:  # who may not come into the admin must sign in first
                assert outsider not in {editor, moderator_of_pages}, address
                assert response.headers["Location"].startswith("/admin/login/"), address
    for button in ("reply", "note", "restore", "bin", "erase", "download"):
        assert press(client, enquiry, button, text="x", subject="x").status_code in {302, 403}
        assert client.post(reverse("enquiries:person"), {**posted, "do": button}).status_code in {
            *[302, 403]
        }
    left = Enquiry.objects.get()
    assert (left.status, left.deleted_at, left.opened_at) == ("suspect", None, None)
    assert history(left) == []
    assert kinds(left) == []


def test_every_screen_of_the_inbox_is_in_the_test_above() -> None:
    from contact.inbox import EnquiryViewSet  # noqa: PLC0415

    names = {pattern.name for pattern in EnquiryViewSet().get_urlpatterns()}
    assert names == set(SCREENS)


@pytest.mark.parametrize("outsider", [editor, moderator_of_pages])
def test_who_may_not_handle_enquiries_is_not_shown_the_way_either(
    outsider: Callable[[], Client],
) -> None:
    make()
    home = outsider().get("/admin/").content.decode()
    assert INBOX not in home
    assert "VO-" not in home


def test_the_group_may_do_this_and_nothing_else(colleague: Client) -> None:
    for address in ("/admin/users/", "/admin/settings/contact/contactsettings/", "/admin/images/"):
        assert colleague.get(address).status_code in {302, 403}


# However many


def queries(client: Client, address: str, **parameters: str) -> list[str]:
    headers = {"X-Requested-With": "XMLHttpRequest"} if "results" in address else {}
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address, parameters, headers=headers)
        assert response.status_code == 200
    return [query["sql"] for query in captured.captured_queries]


def fill(count: int, **fields: Any) -> None:
    told = {"name": "Jan", "email": "jan@voorbeeld.nl", "message": "Over dijken."}
    Enquiry.objects.bulk_create(
        Enquiry(digest=os.urandom(32), **told | fields) for _ in range(count)
    )


RESULTS = f"{INBOX}results/"
"""What the browser asks for on searching, filtering and turning pages."""
LISTINGS: dict[str, dict[str, str]] = {
    "everything": {},
    "search": {"q": "dijk"},
    "page": {"p": "2"},
    **{f"view {view}": {"view": view} for view in VIEWS if view},
    "status": {"status": "new"},
    "period": {"received_at_from": "2020-01-01", "received_at_to": "2099-01-01"},
    "order": {"ordering": "name"},
    "service": {"service": "?"},
    "owner": {"assigned_to": "?"},
    "together": {"q": "dijk", "status": "new", "view": "open", "ordering": "-status"},
}


@pytest.mark.parametrize("name", LISTINGS)
def test_list_search_and_filters_ask_the_database_under_ten_things_for_many_as_for_few(
    settings: Settings,
    hears: None,
    colleague: Client,
    me: User,
    service_page: ServicePage,
    name: str,
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    Authenticator.objects.create(user=me, type="totp", data={})
    canary_came_through()
    known = {"service": str(service_page.pk), "assigned_to": str(me.pk)}
    asked = {key: known[key] if value == "?" else value for key, value in LISTINGS[name].items()}
    fill(30, service=service_page, assigned_to=me)
    for address in (INBOX, RESULTS):
        queries(colleague, address, **asked)  # warm what is kept between requests
    few = [len(queries(colleague, address, **asked)) for address in (INBOX, RESULTS)]
    fill(300, service=service_page, assigned_to=me)
    page, results = [queries(colleague, address, **asked) for address in (INBOX, RESULTS)]
    assert [len(page), len(results)] == few
    assert max(few) < 10


def test_one_enquiry_asks_the_database_as_much_among_many_as_among_few(
    colleague: Client, me: User
) -> None:
    canary_came_through()
    enquiry = make()
    fill(30)
    screen(colleague, enquiry)
    few = len(queries(colleague, address_of(enquiry)))
    fill(300)
    for number in range(20):
        press(colleague, enquiry, "note", text=f"Notitie {number}")
        press(colleague, enquiry, "reply", subject="Antwoord", text=f"Antwoord {number}")
    assert len(queries(colleague, address_of(enquiry))) <= few
