"""The site stays up without its database."""

import pytest

from tests.live_site import until
from tests.page_cache.servers import (
    SERVICE,
    Fake,
    Server,
    Slow,
    Start,
    an_edit,
    change_by_hand,
    database_away,
    end_connections,
    heard,
    listeners_frozen,
)
from tests.reading import PAGES
from vitaleoverheid import content_changes


@pytest.fixture(autouse=True)
def db(own_database: None) -> None:
    """Each test changes pages."""


def test_what_was_seen_before_stays_up_without_the_database(server: Server) -> None:
    pages = {address: server.ask(address).body for address in [*PAGES, SERVICE]}
    with database_away():
        until(lambda: not server.cache.changes.are_heard())
        for _ in range(2):
            for address, body in pages.items():
                reply = server.ask(address)
                assert (reply.status, reply.body) == (200, body)
                assert reply.came_from.startswith("hit; ttl=-")
    until(lambda: server.ask("/").came_from == "hit")


def test_what_was_changed_before_the_database_went_is_shown_as_it_was(server: Server) -> None:
    before = server.ask("/")
    heard(server, an_edit)
    with database_away():
        reply = server.ask("/")
        assert (reply.status, reply.body) == (200, before.body)


def test_what_changed_meanwhile_is_seen_once_the_database_is_back(server: Server) -> None:
    server.ask("/privacy/")
    with database_away():
        until(lambda: not server.cache.changes.are_heard())
        assert server.ask("/privacy/").status == 200
    change_by_hand("Zonnebloem")
    until(lambda: "Zonnebloem" in server.ask("/privacy/").text)


def test_nobody_waits_for_a_database_that_is_away(start: Start) -> None:
    slow = Slow()
    server = start(slow)
    server.ask("/")
    server.retire()
    end_connections()
    until(lambda: not server.cache.changes.are_heard())
    with slow.rendering(server):
        assert server.ask("/").came_from.startswith("hit; ttl=-")
        assert slow.count == 2


def test_after_one_failure_the_others_are_spared(start: Start) -> None:
    fake = Fake()
    server = start(fake)
    server.ask("/")
    server.retire()
    end_connections()
    until(lambda: server.cache.changes.attempts == 1)
    fake.status = "503 Service Unavailable"
    assert all(server.ask("/").status == 200 for _ in range(10))
    assert server.renderings == ["/", "/"]


def test_a_fault_in_a_page_leaves_the_older_one_up(start: Start) -> None:
    fake = Fake()
    server = start(fake)
    server.ask("/")
    heard(server, an_edit)
    fake.status = "500 Internal Server Error"
    assert server.ask("/").status == 200
    assert server.ask("/other/").status == 500


def test_a_process_that_has_seen_nothing_says_what_is_the_matter(server: Server) -> None:
    with database_away():
        for address in ["/", "/zoeken/?q=x", "/bestaat-niet/"]:
            reply = server.ask(address)
            assert reply.status == 503
            assert int(reply.headers["retry-after"]) > 0
            assert "no-store" in reply.headers["cache-control"]
            assert "Deze pagina is even niet bereikbaar" in reply.text
            assert "info@vitaleoverheid.nl" in reply.text
        assert server.ask("/healthz").status == 200
    until(lambda: server.ask("/").status == 200)


def test_an_edit_is_seen_while_nobody_hears_of_changes(server: Server) -> None:
    server.ask("/privacy/")
    server.retire()
    end_connections()
    until(lambda: not server.cache.changes.are_heard())
    change_by_hand("Zonnebloem")
    assert "Zonnebloem" in server.ask("/privacy/").text
    change_by_hand("Roos")
    assert "Roos" in server.ask("/privacy/").text


def test_the_listener_comes_back_by_itself(server: Server) -> None:
    server.ask("/")
    for _ in range(2):
        heard(server, end_connections)
        assert server.ask("/").came_from == "fwd=stale; stored"
        assert server.ask("/").came_from == "hit"


def test_a_connection_that_is_dead_without_a_sign_of_it_is_noticed(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content_changes, "ASK_SECONDS", 0.01)
    monkeypatch.setattr(content_changes, "TRUST_SECONDS", 0.3)
    until(lambda: server.ask("/").came_from == "hit")
    with listeners_frozen():
        until(lambda: not server.cache.changes.are_heard())
        change_by_hand("Zonnebloem")
        assert "Zonnebloem" in server.ask("/privacy/").text
    until(lambda: server.ask("/").came_from == "hit")
