"""Who asks too much is told so, and nobody else notices; what a proxy says is not just believed."""

import socket
from contextlib import ExitStack
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from pytest_django import Settings

from contact.models import Enquiry
from tests.conftest import Send
from tests.live_site import LiveSite
from tests.reading import FORM_WITHOUT_MISTAKES, parse, words
from vitaleoverheid import limits
from vitaleoverheid.page_cache import is_secure

pytestmark = pytest.mark.django_db

MEGABYTE = 1024 * 1024
SOMEBODY, SOMEBODY_ELSE = "9.9.9.9", "8.8.8.8"


def refusal(response: Any) -> str:
    """What somebody is told in the design."""
    page = parse(response)
    assert page.select_one("link[href*='site.css']")
    return words(page.main)


# One request


def test_a_text_without_end_is_refused_in_the_design(send: Send) -> None:
    response = send(message="x" * 6 * MEGABYTE)
    assert response.status_code == 413
    assert "te veel" in refusal(response)
    assert not Enquiry.objects.exists()


def test_a_file_that_nobody_asked_for_is_refused_before_it_is_kept(client: Client) -> None:
    file = SimpleUploadedFile("groot.bin", b"x" * 6 * MEGABYTE)
    response = client.post("/contact/", {**FORM_WITHOUT_MISTAKES, "file": file})
    assert response.status_code == 413


def test_an_editor_may_upload_what_a_visitor_may_not(administrator: Client) -> None:
    file = SimpleUploadedFile("groot.txt", b"x" * 6 * MEGABYTE)
    assert administrator.post("/admin/documents/add/", {"file": file}).status_code == 200


def test_a_form_with_too_much_text_beside_its_files_is_too_large(administrator: Client) -> None:
    response = administrator.post("/admin/images/add/", {"title": "x" * 6 * MEGABYTE})
    assert response.status_code == 413


def test_a_form_with_thousands_of_fields_is_not_understood(client: Client) -> None:
    body = "&".join(f"f{number}=" for number in range(10_001))
    response = client.post("/contact/", body, "application/x-www-form-urlencoded")
    assert response.status_code == 400
    assert "begrijpen wij niet" in refusal(response)


def test_a_search_without_end_is_refused_in_the_design(client: Client) -> None:
    response = client.get("/zoeken/", {"q": "x" * 6_000})
    assert response.status_code == 414
    assert "minder woorden" in refusal(response)
    assert client.get("/zoeken/", {"q": "x" * 5_000}).status_code == 200


def test_an_address_that_nothing_can_have_is_not_understood(client: Client) -> None:
    assert client.get("/over%00ons/").status_code == 400


def test_what_never_reaches_the_site_has_its_own_status(live_site: LiveSite) -> None:
    assert live_site.get(f"/zoeken/?q={'x' * 9_000}")[0] == 414
    many = {f"X-{number}": "" for number in range(100)}
    assert live_site.ask("GET", "/", None, many)[0].status == 431
    assert live_site.ask("GET", "/", None, {"X": "x" * 9_000})[0].status == 431
    response, body = live_site.ask("POST", "/contact/", b"x" * 6 * MEGABYTE)
    assert (response.status, b"te veel" in body) == (413, True)
    assert live_site.get("/contact/")[0] == 200


def test_clients_that_fall_silent_hold_nobody_up(live_site: LiveSite) -> None:
    begun = [
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ",
        b"POST /contact/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\nname=",
    ]
    with ExitStack() as silent:
        for number in range(12):
            client = socket.create_connection(("127.0.0.1", live_site.port))
            silent.enter_context(client)
            client.sendall(begun[number % 2])
        assert live_site.get("/over-ons/")[0] == 200


# Requests in a row


@pytest.fixture(autouse=True)
def nobody_asked_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "allowances", limits.Allowances())
    monkeypatch.setattr(limits, "BURST", 3)
    move_clock(monkeypatch, 0)


def move_clock(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(limits, "monotonic", lambda: seconds)


def ask(address: str, visitor: str = SOMEBODY) -> Any:
    return Client(REMOTE_ADDR=visitor).get(address)


@pytest.mark.parametrize(
    "address", ["/zoeken/?q=samen", "/?onzin=1", "/weg/", "/over-ons/index.md", "/contact/"]
)
def test_who_asks_too_fast_waits_and_nobody_else_does(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        assert ask(address).status_code in {200, 404}
    response = ask(address)
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "60"
    assert response.headers["Cache-Control"] == "no-store"
    assert "te snel" in refusal(response)
    assert ask(address, SOMEBODY_ELSE).status_code in {200, 404}
    move_clock(monkeypatch, 1 / limits.PER_SECOND)
    assert ask(address).status_code in {200, 404}
    assert ask(address).status_code == 429


def test_who_sends_a_form_too_fast_gets_it_back() -> None:
    for _ in range(3):
        ask("/contact/")
    client = Client(REMOTE_ADDR=SOMEBODY)
    response = client.post("/contact/", FORM_WITHOUT_MISTAKES)
    assert response.status_code == 503
    assert FORM_WITHOUT_MISTAKES["message"] in words(parse(response))


def test_a_subscriber_counts_as_one_whatever_address_is_used(client: Client) -> None:
    for number in range(3):
        assert ask("/", f"2a00:1:2:3::{number}").status_code == 200
    assert ask("/", "2a00:1:2:3:ffff::9").status_code == 429
    assert ask("/", "2a00:1:2:4::1").status_code == 200


@pytest.mark.parametrize("nearby", ["127.0.0.1", "10.0.0.9", "::1", "", "onzin"])
def test_a_proxy_that_nobody_mentioned_is_not_taken_for_one_visitor(nearby: str) -> None:
    assert {ask("/", nearby).status_code for _ in range(9)} == {200}


def test_a_process_remembers_no_more_visitors_than_it_has_room_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "VISITORS", 2)
    allowances = limits.Allowances()
    for visitor in "abc":
        for _ in range(3):
            assert allowances.take(visitor)
    assert not allowances.take("c")
    assert allowances.take("a")  # forgotten


# What a proxy says


@pytest.mark.parametrize("proxies", [0, 1])
def test_https_is_believed_of_a_proxy_of_ours_only(settings: Settings, proxies: int) -> None:
    settings.TRUSTED_PROXIES = proxies
    settings.SECURE_PROXY_SSL_HEADER = (
        ("HTTP_X_FORWARDED_PROTO", "https") if proxies else None  # as in settings.py
    )
    request = RequestFactory().get("/", headers={"X-Forwarded-Proto": "https"})
    assert request.is_secure() == is_secure(request.environ) == bool(proxies)


def test_another_host_is_never_believed(client: Client) -> None:
    headers = {"X-Forwarded-Host": "elders.nl", "X-Forwarded-Port": "8443", "Forwarded": "host=x"}
    response = client.get("/over-ons", headers=headers)
    assert response.status_code == 301
    assert response.headers["Location"] == "/over-ons/"
    assert b"elders.nl" not in client.get("/", headers=headers).content
