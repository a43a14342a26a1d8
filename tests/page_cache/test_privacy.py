"""What is meant for one person is seen by no other."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from wagtail.models import Page, PageViewRestriction

from tests.page_cache.servers import Server, database_away, heard
from vitaleoverheid.models import HomePage


@pytest.fixture(autouse=True)
def db(own_database: None) -> None:
    """Each test changes pages."""


@pytest.mark.parametrize("headers", [{"cookie": "sessionid=x"}, {"authorization": "Basic eA=="}])
def test_who_says_who_they_are_gets_a_page_of_their_own(
    server: Server, headers: dict[str, str]
) -> None:
    for _ in range(2):
        reply = server.ask("/", **headers)
        assert (reply.status, reply.came_from) == (200, "")
    assert server.cache.entries.size == 0
    server.ask("/")
    assert server.ask("/", **headers).came_from == ""


def test_a_page_seen_by_somebody_who_is_logged_in_is_not_for_caches(client: Client) -> None:
    client.force_login(User.objects.create_user("iemand"))
    assert client.get("/").headers["Cache-Control"] == "private, no-store"


def test_cookies_that_mean_nothing_here_make_no_difference(server: Server) -> None:
    server.ask("/")
    assert server.ask("/", cookie="csrftoken=x; _pk_id=1").came_from == "hit"


@pytest.mark.parametrize("method", ["POST", "PUT", "OPTIONS"])
def test_what_is_not_reading_is_for_django(server: Server, method: str) -> None:
    server.ask("/")
    server.ask("/", method)
    assert server.renderings == ["/", "/"]


RESTRICTIONS = {
    "password": {"restriction_type": PageViewRestriction.PASSWORD, "password": "geheim"},
    "login": {"restriction_type": PageViewRestriction.LOGIN},
    "groups": {"restriction_type": PageViewRestriction.GROUPS},
}


@pytest.mark.parametrize("kind", RESTRICTIONS)
@pytest.mark.parametrize("restricted", ["/diensten/", "/"], ids=["itself", "above"])
def test_a_page_that_is_not_for_everyone_is_shown_to_nobody_else(
    server: Server, kind: str, restricted: str
) -> None:
    address = "/diensten/versterking-interne-samenwerking/"
    secret = server.ask(address).body
    page = Page.objects.get(slug="diensten") if restricted != "/" else HomePage.objects.get()
    heard(server, lambda: page.view_restrictions.create(**RESTRICTIONS[kind]))
    for _ in range(2):
        reply = server.ask(address)
        assert reply.body != secret
        assert "stored" not in reply.came_from
        assert "no-store" in reply.headers["cache-control"]
    with database_away():
        assert server.ask(address).status == 503


@pytest.mark.parametrize("kind", ["password", "login"])
def test_who_may_see_such_a_page_keeps_it_to_themselves(
    server: Server, client: Client, kind: str
) -> None:
    page = Page.objects.get(slug="privacy")
    restriction = page.view_restrictions.create(**RESTRICTIONS[kind])
    if kind == "login":
        client.force_login(User.objects.create_user("iemand"))
    else:
        address = f"/_util/authenticate_with_password/{restriction.pk}/{page.pk}/"
        client.post(address, {"password": "geheim", "return_url": "/privacy/"})
    session = client.cookies["sessionid"].value
    mine = server.ask("/privacy/", cookie=f"sessionid={session}")
    assert (mine.status, mine.came_from) == (200, "")
    assert "no-store" in mine.headers["cache-control"]
    others = server.ask("/privacy/")
    assert others.body != mine.body
    assert "no-store" in others.headers["cache-control"]


def test_the_confirmation_of_an_enquiry_is_kept_nowhere(server: Server, client: Client) -> None:
    enquiry = {"name": "Jan", "email": "jan@voorbeeld.nl", "message": "Dag"}
    confirmation = client.post("/contact/", enquiry).headers["Location"]
    for _ in range(2):
        reply = server.ask(confirmation)
        assert (reply.status, reply.came_from) == (200, "fwd=miss")
        assert "jan@voorbeeld.nl" in reply.text
        assert "no-store" in reply.headers["cache-control"]


def test_a_preview_is_not_for_caches(client: Client) -> None:
    client.force_login(User.objects.create_superuser("redactie"))
    page = HomePage.objects.get()
    preview = page.make_preview_request(client.get("/").wsgi_request)
    assert preview.status_code == 200
    assert preview.headers["Cache-Control"] == "private"
