"""What a visitor gets to see of finished pages: the same as without them, only sooner."""

from time import monotonic
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from tests.page_cache.servers import (
    PUBLIC,
    SERVICE,
    Fake,
    Headers,
    Server,
    Slow,
    Start,
    an_edit,
    at_once,
    database_away,
    decoded,
    heard,
)
from tests.reading import PAGES
from vitaleoverheid import page_cache


@pytest.mark.parametrize("address", PAGES)
def test_the_next_visitor_gets_the_same_page_without_a_rendering(
    server: Server, address: str
) -> None:
    first = server.ask(address)
    with CaptureQueriesContext(connection) as queries:
        second = server.ask(address)
    assert (first.status, first.came_from) == (200, "fwd=miss; stored")
    assert (second.status, second.came_from) == (200, "hit")
    assert second.body == first.body == server.fresh(address).body
    assert len(queries) == 0
    assert server.renderings == [address]


def test_what_django_says_of_the_page_is_kept_with_it(server: Server, client: Client) -> None:
    expected = {name.lower(): value for name, value in client.get("/").headers.items()}
    for reply in [server.ask("/"), server.ask("/")]:
        assert expected.items() <= reply.headers.items()


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("GZIP", "gzip"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.000, gzip;q=0", ""),
        ("*", "br"),
        ("br;q=0, *", "gzip"),
        ("*;q=0", ""),
        ("identity", ""),
        ("identity, br;q=0.5", ""),
        ("identity;q=0", ""),
        ("br;q=2", ""),
        ("deflate", ""),
        ("", ""),
    ],
)
def test_a_browser_gets_the_smallest_form_it_accepts(
    server: Server, accepted: str, encoding: str
) -> None:
    plain = server.ask("/").body
    reply = server.ask("/", accept_encoding=accepted)
    assert reply.headers.get("content-encoding", "") == encoding
    assert decoded(reply) == plain
    assert reply.headers["content-length"] == str(len(reply.body))
    assert reply.headers["vary"] == "Accept-Encoding"


def test_a_form_has_a_tag_of_its_own(server: Server) -> None:
    forms = ["identity", "gzip", "br"]
    tags = {server.ask("/", accept_encoding=form).headers["etag"] for form in forms}
    assert len(tags) == 3
    assert all(tag.startswith('"') for tag in tags)


def test_processes_give_a_page_the_same_tag(start: Start) -> None:
    replies = [start().ask("/", accept_encoding="br") for _ in range(2)]
    assert replies[0].headers["etag"] == replies[1].headers["etag"]


@pytest.mark.parametrize("tags", ["{}", "W/{}", '"other", {}', '"other",W/{}', "*"])
def test_a_browser_that_has_the_page_is_told_that_it_is_still_good(
    server: Server, tags: str
) -> None:
    page = server.ask("/", accept_encoding="br")
    reply = server.ask("/", accept_encoding="br", if_none_match=tags.format(page.headers["etag"]))
    assert (reply.status, reply.body) == (304, b"")
    for name in ["etag", "cache-control", "vary"]:
        assert reply.headers[name] == page.headers[name]
    assert not {"content-length", "content-type", "content-encoding"} & reply.headers.keys()


@pytest.mark.parametrize("tags", ['"other"', "nonsense", '"'])
def test_a_browser_that_has_another_page_gets_this_one(server: Server, tags: str) -> None:
    assert server.ask("/", if_none_match=tags).status == 200


def test_the_tag_of_one_form_is_not_that_of_another(server: Server) -> None:
    tag = server.ask("/", accept_encoding="br").headers["etag"]
    assert server.ask("/", accept_encoding="gzip", if_none_match=tag).status == 200


def test_head_says_what_get_says(server: Server) -> None:
    cold = server.ask("/", "HEAD")
    page = server.ask("/")
    warm = server.ask("/", "HEAD")
    own = {"cache-status": "", "x-request-id": ""}
    for reply in [cold, warm]:
        assert (reply.status, reply.body) == (200, b"")
        assert reply.headers | own == page.headers | own


def test_head_of_what_is_not_kept_has_no_body(server: Server) -> None:
    reply = server.ask("/zoeken/", "HEAD")
    assert (reply.status, reply.body) == (200, b"")


def test_a_range_is_ignored(server: Server) -> None:
    server.ask("/")
    reply = server.ask("/", range="bytes=0-9")
    assert reply.status == 200
    assert len(reply.body) > 10


def test_visitors_who_come_together_have_the_page_rendered_once(server: Server) -> None:
    replies = []
    at_once(8, lambda: replies.append(server.ask("/")))
    assert server.renderings == ["/"]
    assert len({reply.body for reply in replies}) == 1


def test_nobody_waits_long_for_the_rendering_of_another(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_cache, "PATIENCE", 0.01)
    slow = Slow()
    server = start(slow)
    server.ask("/")
    heard(server, an_edit)
    with slow.rendering(server):
        assert server.ask("/").came_from.startswith("hit; ttl=-")


def test_different_searches_do_not_wait_for_each_other(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_cache, "PATIENCE", 60)
    slow = Slow(headers=[])
    server = start(slow)
    with slow.rendering(server, "/zoeken/?q=een"):
        slow.may_finish.set()
        assert server.ask("/zoeken/?q=twee").status == 200


def test_memory_is_bounded_and_the_longest_unused_page_goes(start: Start) -> None:
    server = start(Fake(body=b"x" * 10_000), capacity=50_000)
    for address in ["/a/", "/b/", "/a/", "/c/", "/d/"]:
        server.ask(address)
    assert 30_000 < server.cache.entries.size <= 50_000
    assert [server.ask(address).came_from for address in ["/a/", "/b/"]] == [
        "hit",
        "fwd=miss; stored",
    ]


def test_a_page_larger_than_memory_allows_is_served_and_not_kept(start: Start) -> None:
    server = start(Fake(body=b"x" * 10_000), capacity=5_000)
    assert [server.ask("/").came_from for _ in range(2)] == ["fwd=miss"] * 2
    assert server.cache.entries.size == 0


# Addresses


@pytest.mark.parametrize("query", ["?utm_source=mail", "?x", "?dienst=", "?&&", "?x=dienst"])
def test_parameters_that_mean_nothing_here_do_not_make_another_page(
    server: Server, query: str
) -> None:
    page = server.ask("/contact/")
    reply = server.ask(f"/contact/{query}")
    assert (reply.came_from, reply.body) == ("hit", page.body)


def test_the_form_for_a_service_is_a_page_of_its_own(server: Server) -> None:
    plain = server.ask("/contact/")
    assert server.ask(SERVICE).body == server.ask(SERVICE).body != plain.body
    assert server.ask(SERVICE).came_from == "hit"
    assert server.ask("/contact/").body == plain.body


def test_the_form_for_a_service_is_kept_although_nobody_saw_the_plain_one(server: Server) -> None:
    server.ask(SERVICE)
    assert server.ask(SERVICE).came_from == "hit"


@pytest.mark.parametrize("address", ["/contact/", "/"])
def test_made_up_services_drive_no_page_out(server: Server, address: str) -> None:
    page = server.ask(address)
    size = server.cache.entries.size
    for number in range(5):
        reply = server.ask(f"{address}?dienst=verzonnen-{number}")
        assert (reply.status, reply.body, reply.came_from) == (200, page.body, "fwd=miss")
    assert server.cache.entries.size == size


def test_a_service_that_changed_nothing_is_seen_without_the_database_too(server: Server) -> None:
    page = server.ask("/contact/?dienst=verzonnen").body
    with database_away():
        assert server.ask("/contact/?dienst=verzonnen").body == page


@pytest.mark.parametrize("name", ["dienst", "d%69enst", "%64ienst"])
def test_a_parameter_in_disguise_is_that_parameter(server: Server, name: str) -> None:
    server.ask(SERVICE.replace("dienst", name))
    assert server.ask("/contact/").body == server.fresh("/contact/").body
    assert server.ask(SERVICE).came_from == "hit"


@pytest.mark.parametrize(
    ("asked", "seen"),
    [
        ("page=2&utm_source=mail", "page=2"),
        ("q=b%C3%A9&page=1&page=2", "page=2&q=b%C3%A9"),
        ("PAGE=2&pag=2&", ""),
    ],
)
def test_a_page_sees_of_the_query_what_it_may_depend_on(
    start: Start, asked: str, seen: str
) -> None:
    fake = Fake()
    start(fake).ask(f"/?{asked}")
    assert fake.queries[0] == seen


@pytest.mark.parametrize("address", ["/static/site.css", "/admin/login/", "/_util/login/"])
def test_what_is_no_page_sees_the_whole_query(start: Start, address: str) -> None:
    fake = Fake()
    start(fake).ask(f"{address}?next=/admin/")
    assert fake.queries == ["next=/admin/"]


def test_the_port_makes_no_other_page(server: Server) -> None:
    server.ask("/")
    assert server.ask("/", host="testserver:8000").came_from == "hit"
    assert server.ask("/", host="TestServer").came_from == "hit"


@pytest.mark.parametrize("host", ["evil.example", "testserver:x", "testserver.evil.example", ""])
def test_another_host_gets_no_page(server: Server, host: str) -> None:
    server.ask("/")
    size = server.cache.entries.size
    reply = server.ask("/", host=host)
    assert (reply.status, reply.came_from) == (400, "")
    assert server.cache.entries.size == size


@pytest.mark.parametrize(
    ("insecure", "secure"),
    [
        ({}, {"secure": True}),
        ({"x_forwarded_proto": "http"}, {"x_forwarded_proto": "https"}),
        ({"x_forwarded_proto": "http, https"}, {"x_forwarded_proto": "https, http"}),
    ],
)
def test_a_page_that_is_only_there_over_https_is_not_served_over_http(
    server: Server, settings: Settings, insecure: dict[str, Any], secure: dict[str, Any]
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_SSL_REDIRECT = True
    server = Server()  # reads the setting
    assert server.ask("/", **secure).status == 200
    assert server.ask("/", **insecure).status == 301
    server.retire()


@pytest.mark.parametrize(
    "address",
    [
        "/zoeken/",
        "/zoeken/?q=samenwerking",
        "/bestaat-niet/",
        "/diensten",
        "/admin/",
        "/robots.txt",
        "/sitemap.xml",
        "/index.md",
        "/static/site.css",
        "/contact/bedankt/verzonnen/",
    ],
)
def test_what_is_no_page_is_not_kept(server: Server, address: str) -> None:
    before = server.ask(address)
    assert server.cache.entries.size == 0
    assert server.ask(address).status == before.status
    assert server.renderings == [address.partition("?")[0]] * 2


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        ("200 OK", []),
        ("200 OK", [("Cache-Control", "public, max-age=60")]),
        ("200 OK", [("Cache-Control", "private, s-maxage=60")]),
        ("200 OK", [("Cache-Control", "public, s-maxage=0")]),
        ("200 OK", [PUBLIC, ("Set-Cookie", "a=b")]),
        ("200 OK", [PUBLIC, ("Vary", "Cookie")]),
        ("200 OK", [PUBLIC, ("Content-Encoding", "gzip")]),
        ("404 Not Found", [PUBLIC]),
        ("301 Moved Permanently", [PUBLIC]),
        ("206 Partial Content", [PUBLIC]),
        ("500 Internal Server Error", [PUBLIC]),
    ],
)
def test_only_what_is_said_to_be_for_everyone_is_kept(
    start: Start, status: str, headers: Headers
) -> None:
    server = start(Fake(headers, status=status))
    reply = server.ask("/")
    assert (reply.status, reply.body, reply.came_from) == (int(status[:3]), b"page", "fwd=miss")
    assert dict(headers).items() <= {k.title(): v for k, v in reply.headers.items()}.items()
    assert server.cache.entries.size == 0


@pytest.mark.parametrize(("seconds", "came_from"), [(59, "hit"), (61, "fwd=stale; stored")])
def test_a_page_is_not_kept_longer_than_it_says(
    start: Start, monkeypatch: pytest.MonkeyPatch, seconds: int, came_from: str
) -> None:
    server = start(Fake())
    server.ask("/")
    later = monotonic() + seconds
    monkeypatch.setattr("vitaleoverheid.page_cache.monotonic", lambda: later)
    monkeypatch.setattr(server.cache.changes, "heard_until", later + 1)
    assert server.ask("/").came_from == came_from
