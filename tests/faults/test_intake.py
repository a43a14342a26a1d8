"""Enquiries come in while something else goes wrong, or at the same moment as others."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPException
from itertools import cycle
from threading import Event

import psycopg
import pytest
from django.test import Client
from psycopg import sql

from contact import intake, mail, suspicion
from contact.models import Enquiry, Message
from tests.faults.difficult_mail_server import HANG, DifficultMailServer, Fault
from tests.faults.enquiries import (
    TYPED,
    assert_all_mailed,
    assert_given_back,
    assert_kept_in_full,
    enquiry,
)
from tests.faults.site import Answer, Site, Web, kill
from tests.live_site import until

SECRET = "Gemeente Stilzwijgen"
"""What an exception may quote of an enquiry, and a log may not."""


def test_the_visitor_never_waits_for_the_mail_server(
    site: Site, web: Web, mail_server: DifficultMailServer
) -> None:
    mail_server.faults = {Fault("EHLO", HANG)}
    assert web.post(enquiry()).status == 303
    assert not mail_server.connections


# A web server that is killed


def test_every_enquiry_that_was_confirmed_outlives_the_web_server(
    site: Site, mail_server: DifficultMailServer
) -> None:
    confirmed: list[Answer] = []
    over = Event()

    def write(web: Web) -> None:
        """Send one enquiry after another until the web server is gone."""
        while not over.is_set():
            try:
                answer = web.post(enquiry())
            except (OSError, HTTPException):
                return
            assert answer.status == 303
            confirmed.append(answer)

    with site.web() as web, ThreadPoolExecutor(4) as visitors:
        writing = [visitors.submit(write, web) for _ in range(4)]
        until(lambda: len(confirmed) >= 20)
        kill(web.process)
        over.set()
        for each in writing:
            each.result()
    assert_kept_in_full(site, confirmed)
    with site.worker():
        assert_all_mailed(site, mail_server, confirmed)


# A connection that is gone


def test_a_connection_that_the_database_has_closed_costs_no_visitor_anything(
    site: Site, web: Web
) -> None:
    for _ in range(2):
        assert {web.post(enquiry()).status for _ in range(5)} == {303}
        site.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query ~ 'INSERT INTO contact_enquiry'"
            " AND pid <> pg_backend_pid()"
        )


# The same enquiry at the same moment


def test_the_same_enquiry_ten_times_at_once_through_two_servers_is_one(
    site: Site, webs: tuple[Web, Web]
) -> None:
    content = enquiry()
    servers = cycle(webs)
    with ThreadPoolExecutor(10) as visitors:
        answers = list(visitors.map(lambda _: next(servers).post(content), range(10)))
    assert {answer.status for answer in answers} == {303}
    [(reference,)] = site.query("SELECT reference FROM contact_enquiry")
    assert {answer.reference for answer in answers} == {reference}
    assert_kept_in_full(site, answers)


def test_ten_different_enquiries_at_once_are_ten(site: Site, webs: tuple[Web, Web]) -> None:
    servers = cycle(webs)
    with ThreadPoolExecutor(10) as visitors:
        answers = list(visitors.map(lambda _: next(servers).post(enquiry()), range(10)))
    assert len({answer.reference for answer in answers}) == 10
    assert_kept_in_full(site, answers)


# All or nothing


@contextmanager
def refusing(site: Site, table: str) -> Iterator[None]:
    """Have the database refuse whatever is added to a table, and quote it."""
    name = sql.Identifier(table)
    site.execute(
        sql.SQL(
            "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$"
            " BEGIN RAISE EXCEPTION 'refused: %', {} || NEW; END $$;"
            " CREATE TRIGGER refuse BEFORE INSERT ON {} FOR EACH ROW EXECUTE FUNCTION refuse()"
        ).format(SECRET, name)
    )
    try:
        yield
    finally:
        site.execute(sql.SQL("DROP TRIGGER refuse ON {}").format(name))


@pytest.mark.parametrize(
    "table",
    [
        "contact_sendercount",
        "contact_enquiry",
        "wagtailcore_modellogentry",
        "contact_message",
    ],
)
def test_an_enquiry_that_cannot_be_stored_in_full_is_given_back_and_leaves_no_trace(
    site: Site, web: Web, table: str
) -> None:
    logged = len(web.log.read_text())
    with refusing(site, table):
        assert_given_back(web.post(TYPED), TYPED)
    for each in ("contact_enquiry", "contact_message", "contact_sendercount"):
        assert site.query(f"SELECT count(*) FROM {each}") == [(0,)]
    said = web.log.read_text()[logged:]
    assert said.strip()
    for secret in (SECRET, "refused", "Vries", "voorbeeld.nl", "Tweede regel"):
        assert secret not in said
    assert web.post(TYPED).status == 303


def test_a_database_that_is_busy_for_long_keeps_no_visitor_waiting(site: Site, web: Web) -> None:
    with psycopg.connect(site.database_url) as other:
        other.execute("LOCK TABLE contact_enquiry")  # as a migration does
        assert_given_back(web.post(TYPED), TYPED)
    assert web.post(TYPED).status == 303


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("module", "function"),
    [
        (intake, "content_digest"),
        (suspicion, "signals"),
        (mail, "announcements"),
        (intake, "store"),
    ],
)
@pytest.mark.parametrize("kind", [RuntimeError, MemoryError])
def test_whatever_raises_the_visitor_gets_everything_back_and_the_log_tells_nothing(
    visitor: Client,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    module: object,
    function: str,
    kind: type[Exception],
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise kind(SECRET)

    monkeypatch.setattr(module, function, fail)
    response = visitor.post("/contact/", TYPED)
    assert_given_back(Answer(response.status_code, "", response.content.decode()), TYPED)
    assert not Enquiry.objects.exists()
    assert not Message.objects.exists()
    assert kind.__name__ in caplog.text
    assert SECRET not in caplog.text
    assert "Vries" not in caplog.text
