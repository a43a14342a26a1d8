"""Staff find the enquiries in the admin."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from contact.models import Enquiry
from tests.conftest import Send
from tests.reading import parse, words

pytestmark = pytest.mark.django_db

INBOX = "/admin/enquiries/"


@pytest.fixture
def enquiry(send: Send) -> Enquiry:
    assert send().status_code == 303
    return Enquiry.objects.get()


@pytest.fixture
def another(send: Send) -> Enquiry:
    """An enquiry about something else, that a colleague is working on."""
    send(
        name="Piet Jansen",
        organisation="Waterschap Elders",
        email="piet@elders.nl",
        service="anders",
        message="Over dijken.",
    )
    enquiry = Enquiry.objects.get(name="Piet Jansen")
    enquiry.status = Enquiry.Status.IN_PROGRESS
    enquiry.save()
    return enquiry


def listed(client: Client, **parameters: str) -> list[str]:
    """The names in the list, from top to bottom."""
    response = client.get(INBOX, parameters)
    assert response.status_code == 200
    rows = parse(response).select("table.listing tbody tr")
    return [name for row in rows for name in ("Jan de Vries", "Piet Jansen") if name in words(row)]


def test_the_inbox_lists_the_enquiries_newest_first(
    colleague: Client, enquiry: Enquiry, another: Enquiry
) -> None:
    assert listed(colleague) == ["Piet Jansen", "Jan de Vries"]


def test_the_menu_of_the_admin_leads_to_the_inbox(colleague: Client, enquiry: Enquiry) -> None:
    page = colleague.get(reverse("wagtailadmin_home")).content.decode()
    assert INBOX in page
    assert "Aanvragen (1)" in page


@pytest.mark.parametrize(
    "query", ["gemeenten", "GEMEENTE", "kennismaken", "Vries", "jan@voorbeeld.nl", "voorbeeld mei"]
)
def test_the_inbox_is_searched_in_dutch(
    colleague: Client, enquiry: Enquiry, another: Enquiry, query: str
) -> None:
    assert listed(colleague, q=query) == ["Jan de Vries"]


def test_an_enquiry_is_found_by_its_reference(
    colleague: Client, enquiry: Enquiry, another: Enquiry
) -> None:
    assert listed(colleague, q=another.reference) == ["Piet Jansen"]


@pytest.mark.parametrize("query", ["zeppelin", "'; DROP TABLE", "%", "((", "a & | b", "\0"])
def test_a_search_that_finds_nothing_says_so(
    colleague: Client, enquiry: Enquiry, query: str
) -> None:
    assert listed(colleague, q=query) in ([], ["Jan de Vries"][: query == "\0"])


@pytest.mark.parametrize(
    ("status", "names"),
    [("new", ["Jan de Vries"]), ("in_progress", ["Piet Jansen"]), ("closed", [])],
)
def test_the_inbox_is_narrowed_down_by_status(
    colleague: Client, enquiry: Enquiry, another: Enquiry, status: str, names: list[str]
) -> None:
    assert listed(colleague, status=status) == names


def test_the_inbox_is_narrowed_down_by_service_and_by_owner(
    colleague: Client, enquiry: Enquiry, another: Enquiry
) -> None:
    assert listed(colleague, service=str(enquiry.service_id)) == ["Jan de Vries"]
    another.assigned_to = User.objects.get(username="collega")
    another.save()
    assert listed(colleague, assigned_to=str(another.assigned_to_id)) == ["Piet Jansen"]


def test_an_enquiry_is_read_on_one_screen(colleague: Client, enquiry: Enquiry) -> None:
    link = parse(colleague.get(INBOX)).select_one("table.listing tbody a")
    response = colleague.get(link["href"])
    assert response.status_code == 200
    screen = words(parse(response))
    for said in [
        *[enquiry.reference, "Jan de Vries", "Gemeente Voorbeeld", "jan@voorbeeld.nl"],
        *["06-12 34 56 78", "Versterking interne samenwerking"],
        "Wij willen kennismaken. Kan dat in mei?",
    ]:
        assert said in screen


def test_html_in_an_enquiry_is_shown_as_text(colleague: Client, send: Send) -> None:
    attack = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    send(name=attack, organisation=attack, message=attack)
    enquiry = Enquiry.objects.get()
    for address in (INBOX, reverse("enquiries:edit", args=[enquiry.pk])):
        response = colleague.get(address)
        assert "&lt;script&gt;alert(1)" in response.content.decode()
        assert "<script>alert(1)" not in response.content.decode()
        assert parse(response).select("img[onerror]") == []


def test_a_right_that_was_taken_away_is_gone_at_once(
    colleague: Client, hears: Callable[[], None]
) -> None:
    assert colleague.get(INBOX).status_code == 200
    User.objects.get(username="collega").groups.set([Group.objects.get(name="Redacteur")])
    hears()
    assert colleague.get(INBOX).status_code == 403


# Who may not


SCREENS = ["list", "edit", "history", "figures", "person"]


def address_of(screen: str, enquiry: Enquiry) -> str:
    args = [enquiry.pk] if screen in {"edit", "history"} else []
    return reverse(f"enquiries:{screen}", args=args)


@pytest.mark.parametrize("screen", SCREENS)
def test_someone_who_may_handle_enquiries_sees_every_screen(
    colleague: Client, enquiry: Enquiry, screen: str
) -> None:
    assert colleague.get(address_of(screen, enquiry)).status_code == 200


@pytest.mark.parametrize("screen", SCREENS)
def test_someone_without_an_account_has_to_log_in_first(
    client: Client, enquiry: Enquiry, screen: str
) -> None:
    address = address_of(screen, enquiry)
    response = client.get(address)
    assert response.status_code == 302
    assert response.headers["Location"] == f"/admin/login/?next={address}"


@pytest.mark.parametrize("screen", SCREENS)
def test_someone_with_an_account_but_without_the_right_sees_nothing(
    outsider: Client, enquiry: Enquiry, screen: str
) -> None:
    response = outsider.get(address_of(screen, enquiry))
    assert response.status_code == 403
    assert "Jan de Vries" not in response.content.decode()
    home = outsider.get(reverse("wagtailadmin_home")).content.decode()
    assert "Aanvragen" not in home
    assert INBOX not in home


def test_an_enquiry_cannot_be_added_or_removed_for_good(
    administrator: Client, enquiry: Enquiry
) -> None:
    for address in ("add/", f"delete/{enquiry.pk}/", f"copy/{enquiry.pk}/"):
        assert administrator.get(INBOX + address).status_code == 404
    assert Enquiry.objects.exists()
