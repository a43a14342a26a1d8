"""Personal data is kept as long as we say and no longer, and whoever asks gets or loses theirs."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from wagtail.models import ModelLogEntry, Page

from contact import privacy, tasks
from contact.models import ContactSettings, Enquiry, Message, Note
from tests.conftest import Send
from tests.enquiries import (
    AMSTERDAM,
    at,
    choose,
    mailed,
    make,
    press,
    screen,
)
from tests.reading import parse, read, words
from vitaleoverheid.models import Erasure

pytestmark = pytest.mark.django_db

PERSON = "/admin/enquiries/person/"


def logged(action: str) -> list[str]:
    """The lines in the log about many enquiries at once."""
    entries = ModelLogEntry.objects.filter(action=f"contact.{action}")
    return [entry.message for entry in entries]


# How long


def shown_date(client: Client, enquiry: Enquiry) -> str:
    terms = screen(client, enquiry).select(".enquiry__aside dt")
    [term] = [term for term in terms if words(term).strip() == "Wordt verwijderd"]
    return words(term.find_next("dd")).strip()


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"status": "closed", "status_changed_at": "2026-01-31 10:00"}, "31 januari 2027"),
        ({"status": "answered", "status_changed_at": "2026-01-31 10:00"}, "31 januari 2027"),
        ({"status": "suspect", "received_at": "2026-01-31 10:00"}, "2 maart 2026"),
        ({"status": "new", "deleted_at": "2026-01-31 10:00"}, "2 maart 2026"),
        ({"status": "closed", "deleted_at": "2026-01-31 23:59"}, "2 maart 2026"),
        ({"status": "new"}, "niet zolang de aanvraag open is"),
        ({"status": "in_progress"}, "niet zolang de aanvraag open is"),
    ],
)
def test_each_enquiry_shows_when_it_will_be_removed(
    colleague: Client, fields: dict[str, str], kept: str
) -> None:
    moments = {
        name: datetime.fromisoformat(value).replace(tzinfo=AMSTERDAM)
        for name, value in fields.items()
        if name.endswith("_at")
    }
    assert shown_date(colleague, make(**fields | moments)) == kept


MOMENTS = st.datetimes(
    min_value=datetime.fromisoformat("2023-12-01"),
    max_value=datetime.fromisoformat("2027-03-01"),
    timezones=st.just(AMSTERDAM),
)
ENQUIRIES = {
    "status": st.sampled_from(Enquiry.Status.values),
    "received_at": MOMENTS,
    "status_changed_at": MOMENTS,
    "deleted_at": st.none() | MOMENTS,
}
TERMS = {
    "done_months": st.integers(1, 40),
    "suspect_days": st.integers(1, 400),
    "bin_days": st.integers(1, 400),
}


@hypothesis_settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(fields=st.fixed_dictionaries(ENQUIRIES), terms=st.fixed_dictionaries(TERMS))
def test_the_day_that_is_shown_is_the_day_of_the_clean_up(
    db: None, fields: dict[str, Any], terms: dict[str, int]
) -> None:
    set_terms(**terms)
    enquiry = Enquiry.objects.get(pk=make(**fields).pk)
    shown = privacy.removal_date(enquiry, ContactSettings.load())
    is_open = fields["status"] in Enquiry.OPEN and not fields["deleted_at"]
    assert (shown is None) is is_open
    if shown:
        with at(f"{shown - timedelta(days=1)} 23:59"):
            assert enquiry not in privacy.expired()
        with at(f"{shown} 03:10"):
            assert enquiry in privacy.expired()
    else:
        with at("2099-01-01 03:10"):
            assert enquiry not in privacy.expired()
    enquiry.delete()


def test_the_clean_up_removes_everything_that_belongs_to_an_enquiry_and_leaves_a_count(
    colleague: Client, send: Send
) -> None:
    send(message="Casino! Bitcoin!")
    gone = Enquiry.objects.get()
    press(colleague, gone, "restore")
    press(colleague, gone, "note", text="Even bellen.")
    press(colleague, gone, "reply", subject="Uw vraag", text="Graag.")
    choose(colleague, gone, "closed")
    kept = make(status="closed")
    mailed(kept)
    with at(timedelta(days=364)):
        tasks.purge(0)
        assert Enquiry.objects.count() == 2
    Enquiry.objects.filter(pk=kept.pk).update(status_changed_at=timezone.now() + timedelta(days=9))
    with at(timedelta(days=366)):
        tasks.purge(0)
    assert list(Enquiry.objects.all()) == [kept]
    assert [message.enquiry for message in Message.objects.all()] == [kept]
    assert not Note.objects.exists()
    assert not privacy.history_of([gone.pk]).exists()
    assert logged("purge") == ["Aanvragen verwijderd na de bewaartermijn: 1"]
    assert gone.reference not in everything_in_the_database()


def everything_in_the_database() -> str:
    """Every row of every table as text, the queue of the worker and the sessions included.

    But for the references that keep a restored backup from bringing back what was erased.
    """
    texts = []
    with connection.cursor() as cursor:
        for table in {*connection.introspection.table_names(cursor)} - {Erasure._meta.db_table}:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            texts += [row[0] for row in cursor.fetchall()]
    return "\n".join(texts)


def test_open_enquiries_are_never_removed() -> None:
    for status in Enquiry.OPEN:
        make(status=status)
    with at(timedelta(days=3650)):
        tasks.purge(0)
    assert Enquiry.objects.count() == 2
    assert logged("purge") == []


def test_morning_mails_are_removed_too() -> None:
    message = mailed(make(), "digest")
    Message.objects.filter(pk=message.pk).update(enquiry=None)
    with at(timedelta(days=29)):
        tasks.purge(0)
        assert Message.objects.exists()
    with at(timedelta(days=31)):
        tasks.purge(0)
        assert not Message.objects.exists()


def test_an_enquiry_taken_back_from_the_bin_is_kept(colleague: Client) -> None:
    enquiry = make()
    press(colleague, enquiry, "bin")
    press(colleague, enquiry, "unbin")
    with at(timedelta(days=40)):
        tasks.purge(0)
    assert Enquiry.objects.exists()


# What we say is what we do


def set_terms(**terms: int) -> None:
    ContactSettings.load()
    ContactSettings.objects.update(**terms)


def test_the_text_beside_the_form_says_who_what_for_how_long_and_which_rights(
    client: Client,
) -> None:
    form = read(client, "/contact/").select_one("form[action='/contact/']")
    said = words(form)
    for part in (
        "Vitale Overheid gebruikt uw gegevens alleen om uw bericht te beantwoorden",
        "verwijdert ze 12 maanden daarna",
        "inzien, verbeteren of laten wissen",
    ):
        assert part in said
    assert form.select_one("a[href='/privacy/']").text == "Lees onze privacyverklaring"


@pytest.mark.parametrize(("months", "said"), [(1, "1 maand daarna"), (18, "18 maanden daarna")])
def test_the_text_beside_the_form_follows_the_clean_up(
    client: Client, months: int, said: str
) -> None:
    set_terms(done_months=months)
    assert said in words(read(client, "/contact/"))


@pytest.mark.parametrize("gone", ["unpublished", "deleted"])
def test_the_text_beside_the_form_leads_to_no_page_that_is_not_there(
    client: Client, gone: str
) -> None:
    page = Page.objects.get(slug="privacy")
    page.specific.unpublish() if gone == "unpublished" else page.delete()
    page = read(client, "/contact/")
    assert "laten wissen." in words(page)
    assert not page.select("form a[href='/privacy/']")


def test_the_privacy_page_names_the_terms_of_the_clean_up(client: Client) -> None:
    set_terms(done_months=6, suspect_days=14, bin_days=1)
    said = words(read(client, "/privacy/").main)
    for part in ("na 6 maanden", "na 14 dagen", "na 1 dag."):
        assert part in said


# Whoever asks


def ask(client: Client, email: str, button: str = "find") -> Any:
    return client.post(PERSON, {"email": email, "do": button})


@pytest.fixture
def about_jan(colleague: Client, send: Send) -> list[Enquiry]:
    """Everything there can be about one person, and something about somebody else."""
    send()
    send(message="Casino! Bitcoin!", email="JAN@voorbeeld.nl")
    binned = make(deleted_at=timezone.now())
    first = Enquiry.objects.get(status="new", deleted_at=None)
    press(colleague, first, "note", text="Belt liever in de ochtend.")
    press(colleague, first, "reply", subject="Uw vraag", text="Dinsdag schikt.")
    make(email="piet@voorbeeld.nl", name="Piet Jansen")
    return [first, Enquiry.objects.get(status="suspect"), binned]


def test_everything_about_a_person_is_found_also_what_is_suspect_or_in_the_bin(
    colleague: Client, about_jan: list[Enquiry]
) -> None:
    page = parse(ask(colleague, " Jan@Voorbeeld.nl "))
    assert "3 aanvragen gevonden" in words(page)
    found = {link.text for link in page.select("main ul a[href*=edit]")}
    assert found == {enquiry.reference for enquiry in about_jan}
    assert "in de prullenbak" in words(page)


def test_everything_about_a_person_is_handed_over_as_one_file(
    colleague: Client, about_jan: list[Enquiry]
) -> None:
    response = ask(colleague, "jan@voorbeeld.nl", "download")
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["Content-Type"] == "application/json"
    assert "jan" not in response.headers["Content-Disposition"]
    dossier = json.loads(response.content)
    assert len(dossier["enquiries"]) == 3
    [first] = [e for e in dossier["enquiries"] if e["reference"] == about_jan[0].reference]
    assert first["name"] == "Jan de Vries"
    assert first["organisation"] == "Gemeente Voorbeeld"
    assert first["phone"] == "+31612345678"
    assert first["message"] == "Wij willen kennismaken.\nKan dat in mei?"
    assert first["service"] == "Versterking interne samenwerking"
    assert first["notes"][0]["text"] == "Belt liever in de ochtend."
    assert [mail["kind"] for mail in first["messages"]] == [
        *["melding aan ons", "ontvangstbevestiging", "antwoord"]
    ]
    assert first["messages"][2]["text"] == "Dinsdag schikt."
    happened = [line["what"] for line in first["history"]]
    assert happened[0] == "Aanvraag ontvangen via de website"
    assert "Status van nieuw naar beantwoord" in happened
    held = {field.name for field in Enquiry._meta.concrete_fields}
    assert held - set(first) == {"id", "assigned_to", "is_canary", "digest", "search"}
    [suspect] = [e for e in dossier["enquiries"] if e["reference"] == about_jan[1].reference]
    assert suspect["status"] == "verdacht"
    assert "spam" in suspect["signals"][0]["reason"]
    assert logged("access") == ["Aanvragen opgezocht en overgedragen: 3"]


def test_a_person_is_erased_and_nothing_is_left(
    colleague: Client, about_jan: list[Enquiry]
) -> None:
    response = colleague.post(PERSON, {"email": "jan@voorbeeld.nl", "do": "erase"}, follow=True)
    assert "Gewist: 3" in words(parse(response))
    assert [enquiry.name for enquiry in Enquiry.objects.all()] == ["Piet Jansen"]
    assert logged("erase") == ["Aanvragen gewist op verzoek: 3"]
    left = everything_in_the_database()
    for trace in ("jan@voorbeeld.nl", "JAN@", "Jan de Vries", "Belt liever", "Dinsdag schikt"):
        assert trace not in left
    for enquiry in about_jan:
        assert enquiry.reference not in left


def test_a_button_pressed_again_after_erasing_breaks_nothing(
    colleague: Client, about_jan: list[Enquiry]
) -> None:
    for _ in range(2):
        assert ask(colleague, "jan@voorbeeld.nl", "erase").status_code == 302
    assert logged("erase") == ["Aanvragen gewist op verzoek: 3"]
    assert "0 aanvragen gevonden" in words(parse(ask(colleague, "jan@voorbeeld.nl")))
    for button in ("note", "reply", "restore", "bin", "unbin"):
        assert press(colleague, about_jan[0], button, text="x", subject="x").status_code == 404


@pytest.mark.parametrize("button", ["find", "download", "erase", ""])
@pytest.mark.parametrize("email", ["", "geen adres", "jan@", "%", "' OR 1=1 --"])
def test_without_an_address_nothing_is_found_handed_over_or_erased(
    colleague: Client, email: str, button: str
) -> None:
    make()
    response = ask(colleague, email, button)
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/html")
    assert Enquiry.objects.count() == 1


def test_the_address_of_a_person_is_never_part_of_a_web_address(
    colleague: Client, about_jan: list[Enquiry]
) -> None:
    pages = [
        parse(ask(colleague, "jan@voorbeeld.nl")),
        screen(colleague, about_jan[0]),
        parse(colleague.get("/admin/enquiries/")),
    ]
    for page in pages:
        addresses = [
            tag[name] for name in ("href", "action", "src") for tag in page.select(f"[{name}]")
        ]
        leaking = [a for a in addresses if "voorbeeld.nl" in a and not a.startswith("mailto:")]
        assert leaking == []
    erased = ask(colleague, "jan@voorbeeld.nl", "erase")
    assert "jan" not in erased.headers["Location"]


# What the log holds


def test_the_log_never_holds_what_a_visitor_or_a_colleague_wrote(
    colleague: Client, about_jan: list[Enquiry]
) -> None:
    first = about_jan[0]
    owner = User.objects.get(username="collega")
    choose(colleague, first, "in_progress", owner.pk)
    press(colleague, first, "bin")
    press(colleague, first, "unbin")
    screen(colleague, first)
    colleague.get("/admin/enquiries/?export=csv&q=Vries")
    ask(colleague, "jan@voorbeeld.nl", "download")
    ask(colleague, "piet@voorbeeld.nl", "erase")
    entries = ModelLogEntry.objects.filter(action__startswith="contact.")
    assert entries.values("action").distinct().count() >= 9
    text = json.dumps([[entry.label, entry.data, entry.message] for entry in entries])
    for secret in (
        "Jan",
        "Vries",
        "voorbeeld",
        "Voorbeeld",
        "kennismaken",
        "ochtend",
        "Dinsdag",
        "Piet",
    ):
        assert secret not in text


def test_a_line_in_the_log_about_many_enquiries_says_who_did_it(
    colleague: Client, about_jan: list[Enquiry]
) -> None:
    ask(colleague, "jan@voorbeeld.nl", "download")
    ask(colleague, "jan@voorbeeld.nl", "erase")
    entries = ModelLogEntry.objects.filter(action__in=["contact.access", "contact.erase"])
    assert {str(entry.user) for entry in entries} == {"collega"}
    assert "Aanvragen gewist op verzoek: 3" in words(
        parse(admin_of("beheer").get(reverse("wagtailadmin_reports:site_history")))
    )


def admin_of(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser(name))
    return client


# Not left behind on a computer or in a cache that others use too


def assert_is_kept_nowhere(response: Any) -> None:
    assert response.status_code in {200, 403, 422, 429, 503}
    directives = {*response.headers["Cache-Control"].split(", ")}
    assert {"no-store", "private"} <= directives, response.headers["Cache-Control"]


def test_no_answer_with_personal_data_is_kept_by_a_browser_or_a_cache(
    colleague: Client, about_jan: list[Enquiry], send: Send
) -> None:
    pk = about_jan[0].pk
    for name, arguments in (
        *[("list", []), ("list_results", []), ("edit", [pk]), ("history", [pk])],
        *[("figures", []), ("person", [])],
    ):
        assert_is_kept_nowhere(colleague.get(reverse(f"enquiries:{name}", args=arguments)))
    for kind in ("csv", "xlsx"):
        export = colleague.get("/admin/enquiries/", {"export": kind})
        assert_is_kept_nowhere(export)
        b"".join(export)  # reads the file to its end, which closes it
    assert_is_kept_nowhere(ask(colleague, "jan@voorbeeld.nl"))
    assert_is_kept_nowhere(ask(colleague, "jan@voorbeeld.nl", "download"))
    assert_is_kept_nowhere(press(colleague, about_jan[0], "reply", text=""))
    assert_is_kept_nowhere(colleague.get("/admin/"))


def test_what_a_visitor_typed_is_kept_nowhere_either(
    send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_is_kept_nowhere(send(email="jan@voorbeeld"))
    assert_is_kept_nowhere(send({"Sec-Fetch-Site": "cross-site"}))
    monkeypatch.setattr("contact.suspicion.HARD_LIMIT", 0)
    assert_is_kept_nowhere(send(message="Nog een."))
    monkeypatch.setattr("contact.intake.accept", lambda *args: 1 / 0)
    assert_is_kept_nowhere(send(message="En nog een."))
