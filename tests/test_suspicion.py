"""What may be spam is held apart with its reasons, and never refused or lost."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client, RequestFactory
from pytest_django import Settings

from contact import tasks
from contact.models import Enquiry, Message, SenderCount
from contact.origin import sender_of
from tests.conftest import Send
from tests.enquiries import (
    INBOX,
    as_it_goes_out,
    at,
    bulk,
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

LINKS = "Zie https://a.example www.b.example en http://c.example"
LINK_IN_NAME = "Win op www.casino.example"
SIGNALS = [
    ({"q7": "ingevuld"}, "Een veld dat bezoekers niet zien, is ingevuld."),
    ({"seconds": "1"}, "Het formulier is binnen 3 seconden verstuurd."),
    ({"name": LINK_IN_NAME}, "De naam of organisatie bevat een link."),
    ({"organisation": "https://spam.example"}, "De naam of organisatie bevat een link."),
    ({"message": LINKS}, "Het bericht bevat 3 links."),
    ({"message": '<a href="//x">Klik</a>'}, "Het bericht bevat HTML, een script of forumcodes."),
    ({"message": "[url=x]Klik[/url]"}, "Het bericht bevat HTML, een script of forumcodes."),
    ({"message": "Buy backlinks"}, "Het bericht bevat woorden uit spam: backlinks."),
]
TOGETHER = [
    {"q7": "ingevuld", "message": LINKS},
    {"q7": "ingevuld", "message": "Buy backlinks"},
    {"seconds": "0", "name": LINK_IN_NAME},
    {"message": f"{LINKS} <script>"},
    {"message": "Casino! Bitcoin!"},
]
"""Signals that together are too much."""


@pytest.fixture
def suspect(send: Send) -> Enquiry:
    """An enquiry that was held apart when it came in."""
    assert send(message="Casino! Bitcoin!").status_code == 303
    return Enquiry.objects.get(status="suspect")


# Which enquiries


@pytest.mark.parametrize(("typed", "reason"), SIGNALS)
def test_one_reason_for_suspicion_is_kept_but_holds_nothing_up(
    send: Send, typed: dict[str, str], reason: str
) -> None:
    send(**typed)
    enquiry = Enquiry.objects.get()
    assert [signal["reason"] for signal in enquiry.signals] == [reason]
    assert enquiry.status == "new"
    assert kinds(enquiry) == ["notification", "acknowledgement"]


@pytest.mark.parametrize("typed", TOGETHER)
def test_several_reasons_together_hold_an_enquiry_apart_and_nobody_is_mailed(
    send: Send, visitor: Client, typed: dict[str, str]
) -> None:
    response = send(**typed)
    assert Enquiry.objects.get().status == "suspect"
    assert not Message.objects.exists()
    assert (
        Enquiry.objects.get().reference
        in visitor.get(response.headers["Location"]).content.decode()
    )


@pytest.mark.parametrize("seconds", ["", "0", "2", "-5", "abc", "9" * 30, "١"])
def test_a_field_filled_in_by_autofill_alone_never_makes_an_enquiry_suspect(
    send: Send, seconds: str
) -> None:
    send(q7="Jan de Vries", seconds=seconds)
    assert Enquiry.objects.get().status == "new"


@pytest.mark.parametrize("seconds", ["", "3", "86400", "x"])
def test_someone_who_takes_the_time_or_whose_browser_does_not_tell_gives_no_reason(
    send: Send, seconds: str
) -> None:
    send(seconds=seconds)
    assert Enquiry.objects.get().signals == []


@pytest.mark.parametrize(
    "message",
    [
        "Zie https://www.gemeente.example voor onze plannen.",
        "Wij zoeken een rankingmodel voor projecten; de forensische dienst doet mee.",
        "Het gaat om 3 < 4 en a > b.",
    ],
)
def test_ordinary_text_gives_no_reason(send: Send, message: str) -> None:
    send(message=message)
    assert Enquiry.objects.get().signals == []


# In the inbox


def test_suspect_enquiries_are_listed_apart_with_their_reasons(
    colleague: Client, suspect: Enquiry
) -> None:
    assert references(colleague) == []
    assert references(colleague, view="suspect") == [suspect.reference]
    said = words(screen(colleague, suspect))
    for place in (said, words(parse(colleague.get(INBOX, {"view": "suspect"})))):
        assert "woorden uit spam: bitcoin, casino." in place
    assert "De afzender heeft nog geen bericht gekregen." in said


def test_whoever_searches_finds_suspect_enquiries_too(colleague: Client, suspect: Enquiry) -> None:
    assert references(colleague, q=suspect.reference) == [suspect.reference]
    assert "verdacht" in words(parse(colleague.get(INBOX, {"q": suspect.reference})))
    assert references(colleague, q=suspect.reference, view="open") == []


# Rescue


Restore = Callable[[Client, Enquiry], None]


def restore_by_button(client: Client, enquiry: Enquiry) -> None:
    press(client, enquiry, "restore")


def restore_in_bulk(client: Client, enquiry: Enquiry) -> None:
    bulk(client, "restore", enquiry)


def restore_by_status(client: Client, enquiry: Enquiry) -> None:
    choose(client, enquiry, "in_progress")


def restore_by_closing(client: Client, enquiry: Enquiry) -> None:
    choose(client, enquiry, "closed")


@pytest.mark.parametrize(
    ("restore", "status"),
    [
        (restore_by_button, "new"),
        (restore_in_bulk, "new"),
        (restore_by_status, "in_progress"),
        (restore_by_closing, "closed"),
    ],
)
def test_restoring_sends_once_what_would_have_been_sent(
    colleague: Client, suspect: Enquiry, restore: Restore, status: str
) -> None:
    for _ in range(2):
        restore(colleague, suspect)
    suspect.refresh_from_db()
    assert suspect.status == status
    assert suspect.restored_at
    assert kinds(suspect) == ["notification", "acknowledgement"]
    assert references(colleague) == [suspect.reference]
    assert [line for line in history(suspect) if "verdacht" in line] == [
        f"Status van verdacht naar {suspect.get_status_display()}"
    ]


def test_answering_a_suspect_enquiry_restores_it_too(colleague: Client, suspect: Enquiry) -> None:
    press(colleague, suspect, "reply", subject="Uw aanvraag", text="Graag.")
    suspect.refresh_from_db()
    assert (suspect.status, bool(suspect.restored_at)) == ("answered", True)
    assert sorted(kinds(suspect)) == ["acknowledgement", "notification", "reply"]


def test_changing_only_the_owner_restores_nothing(colleague: Client, suspect: Enquiry) -> None:
    choose(colleague, suspect, "suspect")
    suspect.refresh_from_db()
    assert suspect.is_suspect
    assert kinds(suspect) == []


def test_closing_a_list_of_spam_confirms_none_of_it(colleague: Client, suspect: Enquiry) -> None:
    good = make()
    chosen = f"id={suspect.pk}&id={good.pk}"
    asked = words(parse(colleague.get(f"/admin/bulk/contact/enquiry/close/?{chosen}")))
    assert "U hebt 1 aanvraag gekozen:" in asked
    assert "Verdachte aanvragen worden niet afgesloten: 1." in asked
    bulk(colleague, "close", suspect, good)
    for enquiry in (suspect, good):
        enquiry.refresh_from_db()
    assert (suspect.status, good.status) == ("suspect", "closed")
    assert kinds(suspect) == []


def test_the_visitor_of_an_enquiry_restored_late_is_promised_a_day_that_is_still_to_come(
    colleague: Client, send: Send
) -> None:
    with at("2026-03-02 09:00"):
        send(message="Casino! Bitcoin!")
    enquiry = Enquiry.objects.get()
    with at("2026-03-16 09:00"):
        colleague.force_login(User.objects.get(username="collega"))
        press(colleague, enquiry, "restore")
    assert "woensdag 18 maart" in as_it_goes_out(enquiry.messages.get(kind="acknowledgement")).text


def test_nobody_makes_an_ordinary_enquiry_suspect_by_hand(colleague: Client) -> None:
    enquiry = make()
    choose(colleague, enquiry, "suspect")
    enquiry.refresh_from_db()
    assert enquiry.status == "new"


# Many from one sender


def send_many(send: Send, count: int, **changes: Any) -> list[int]:
    return [send(message=f"Bericht {n}", **changes).status_code for n in range(count)]


def test_many_enquiries_from_one_sender_in_an_hour_are_a_reason_for_suspicion(send: Send) -> None:
    send_many(send, 5)
    fourth, fifth = Enquiry.objects.order_by("pk")[3:]
    assert fourth.signals == []
    assert [signal["reason"] for signal in fifth.signals] == [
        "Dit is aanvraag 5 van deze afzender in een uur."
    ]
    assert fifth.status == "new"


def test_beyond_the_limit_the_visitor_is_told_and_keeps_the_text_and_other_ways_to_reach_us(
    send: Send,
) -> None:
    assert send_many(send, 12) == [303] * 12
    response = send(message="Dit wil ik niet kwijt.")
    assert response.status_code == 429
    page = parse(response)
    assert page.select_one("textarea").text.strip() == "Dit wil ik niet kwijt."
    assert page.select_one("[name=name]")["value"] == "Jan de Vries"
    summary = page.select_one(".error-summary")
    assert "erg veel berichten" in words(summary)
    assert summary.select_one('a[href="mailto:info@vitaleoverheid.nl"]')
    assert summary.select_one('a[href="tel:+31650266175"]')
    assert Enquiry.objects.count() == 12


def test_a_repeat_of_what_is_there_already_never_meets_the_limit(send: Send) -> None:
    send_many(send, 12)
    assert send(message="Bericht 0").status_code == 303


def test_the_limit_is_for_one_sender_and_for_an_hour(send: Send, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 1
    with at("2026-05-11 10:10"):
        send_many(send, 12, headers={"X-Forwarded-For": "192.0.2.1"})
        assert send(headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 429
        assert send(headers={"X-Forwarded-For": "192.0.2.2"}).status_code == 303
    with at("2026-05-11 11:10"):
        assert send(message="Later", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 303


def test_visitors_whose_address_is_unknown_are_not_counted_as_one(
    send: Send, settings: Settings
) -> None:
    settings.TRUSTED_PROXIES = 1
    assert send_many(send, 14, headers={"X-Forwarded-For": "unknown"}) == [303] * 14


def test_what_is_counted_holds_no_address_and_means_nothing_the_next_day(send: Send) -> None:
    with at("2026-05-11 10:00"):
        send()
    with at("2026-05-12 10:00"):
        send(message="Een dag later")
    first, second = SenderCount.objects.order_by("hour").values_list("sender", flat=True)
    assert first != second
    assert all(re.fullmatch("[0-9a-f]{40}", key) for key in (first, second))


def test_the_counts_of_hours_gone_by_are_removed(send: Send) -> None:
    with at(-timedelta(hours=4)):
        send()
    tasks.purge(0)
    assert not SenderCount.objects.exists()


# Whose word is taken for where a request comes from


def sender(remote: str, forwarded: str | None = None) -> str:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return sender_of(RequestFactory().get("/", REMOTE_ADDR=remote, headers=headers))


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "believed"),
    [
        (0, "192.0.2.1", "198.51.100.9", "192.0.2.1"),
        (1, "10.0.0.1", "192.0.2.1", "192.0.2.1"),
        (1, "10.0.0.1", "198.51.100.9, 192.0.2.1", "192.0.2.1"),
        (1, "10.0.0.1", "1.1.1.1,2.2.2.2,nonsense, 192.0.2.1 ", "192.0.2.1"),
        (1, "192.0.2.1", None, "192.0.2.1"),
        (2, "10.0.0.1", "198.51.100.9, 192.0.2.1, 10.0.0.2", "192.0.2.1"),
        (2, "10.0.0.1", "192.0.2.1", "192.0.2.1"),
    ],
)
def test_a_forwarded_address_is_believed_as_far_as_the_proxies_are_ours(
    settings: Settings, proxies: int, remote: str, forwarded: str | None, believed: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    found = sender(remote, forwarded)
    settings.TRUSTED_PROXIES = 0
    assert found == sender(believed)


def test_a_subscriber_is_one_sender_and_the_neighbours_are_others() -> None:
    assert sender("2001:db8:1:2::1") == sender("2001:db8:1:2:ffff::9")
    assert sender("2001:db8:1:2::1") != sender("2001:db8:1:3::1")
    assert sender("192.0.2.1") != sender("192.0.2.2")


def test_an_address_counts_the_same_however_the_server_writes_it() -> None:
    assert sender("::ffff:192.0.2.1") == sender("192.0.2.1")
    assert sender("::ffff:192.0.2.1") != sender("::ffff:192.0.2.2")
