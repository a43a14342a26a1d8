"""A prospect writes to the firm."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from django.core import signing
from django.db import DataError, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from wagtail.models import ModelLogEntry

from contact import intake
from contact.forms import EnquiryForm
from contact.intake import accept
from contact.models import CONFIRMATION_SALT, ContactPage, ContactSettings, Enquiry, Message
from contact.suspicion import Circumstances
from services.models import ServicePage
from tests.conftest import Send
from tests.enquiries import at
from tests.live_site import SECRET_KEY, LiveSite
from tests.reading import FORM_WITHOUT_MISTAKES, SCREENS, expired_address, parse, read, words

pytestmark = pytest.mark.django_db

TYPED = {
    "name": 'Jan <b>"de"</b> Vries',
    "organisation": "Gemeente & Co",
    "email": "geen adres",
    "phone": "twaalf",
    "service": "versterking-interne-samenwerking",
    "message": "Eerste regel\nTweede regel </textarea> 😀",
}
"""What someone typed, mistakes included."""


def filled_in(soup: BeautifulSoup) -> dict[str, str]:
    """What the fields of the form hold, as a browser would send it."""
    form = soup.select_one("main form")
    values = {field["name"]: field.get("value", "") for field in form.select("input")}
    values |= {area["name"]: area.string.removeprefix("\n") for area in form.select("textarea")}
    chosen = form.select_one("select option[selected]")
    return values | {"service": chosen["value"] if chosen else ""}


def messages(soup: BeautifulSoup) -> dict[str, str]:
    """The message at each field."""
    return {
        error.find_next(["input", "select", "textarea"])["name"]: words(error)
        for error in soup.select(".form-field__error")
    }


# An enquiry that arrives


def test_an_enquiry_is_kept_as_it_was_written(send: Send, service_page: ServicePage) -> None:
    assert send().status_code == 303
    enquiry = Enquiry.objects.get()
    assert enquiry.name == "Jan de Vries"
    assert enquiry.organisation == "Gemeente Voorbeeld"
    assert enquiry.email == "jan@voorbeeld.nl"
    assert enquiry.phone == "+31612345678"
    assert enquiry.service == service_page
    assert enquiry.message == "Wij willen kennismaken.\nKan dat in mei?"
    assert enquiry.status == "new"
    assert enquiry.assigned_to is None


def test_only_a_name_an_address_and_a_message_are_required(visitor: Client) -> None:
    assert visitor.post("/contact/", FORM_WITHOUT_MISTAKES).status_code == 303
    assert Enquiry.objects.get().name == "Jan de Vries"


def test_the_reference_can_be_read_out_over_the_telephone(send: Send) -> None:
    for number in range(10):
        send(message=f"Bericht {number}")
    references = set(Enquiry.objects.values_list("reference", flat=True))
    assert len(references) == 10
    for reference in references:
        prefix, *letters = reference.split("-")
        assert (prefix, [len(group) for group in letters]) == ("VO", [4, 4])
        assert not set("".join(letters)) & set("01OILU")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "o'neil+x@voorbeeld.amsterdam"),
        ("email", "info@gemeente-súdwest-fryslân.nl"),
        ("email", "jan@xn--bcher-kva.example"),
        ("email", "a" * 60 + "@" + "b" * 60 + ".nl"),
        ("name", "😀 Zoë Đặng-Müller"),
        ("name", "د. محمد العربي"),
        ("name", "x"),
        ("name", "j" * 150),
        ("message", "שלום \u202eomgekeerd\u202c 😀\n\n\tingesprongen"),
        ("message", "{{ 7|add:7 }} {% now 'Y' %} <script>alert(1)</script>"),
        ("message", "'; DROP TABLE contact_enquiry; --"),
        ("message", "é" * 10_000),
    ],
)
def test_unusual_text_is_kept_to_the_letter(send: Send, field: str, value: str) -> None:
    response = send(**{field: value})
    assert response.status_code == 303, messages(parse(response))
    assert getattr(Enquiry.objects.get(), field) == value


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("06-12345678", "+31612345678"),
        ("(0592) 12 34 56", "+31592123456"),
        ("+32 470 12 34 56", "+32470123456"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_a_telephone_number_may_be_written_in_any_way(send: Send, typed: str, kept: str) -> None:
    assert send(phone=typed).status_code == 303
    assert Enquiry.objects.get().phone == kept


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        ("name", "  Jan\r\nBcc:  slachtoffer@voorbeeld.nl ", "Jan Bcc: slachtoffer@voorbeeld.nl"),
        ("name", "Jan\0 de\x07\x1b Vries\x7f", "Jan de Vries"),
        ("name", "Jan\x85de\u2028Vries", "Jan de Vries"),
        ("organisation", "Gemeente\r\n\r\nVoorbeeld", "Gemeente Voorbeeld"),
        ("email", " jan@voorbeeld.nl\r\n", "jan@voorbeeld.nl"),
        ("message", "a\0b\x08c\r\nd\re\n", "abc\nd\ne"),
    ],
)
def test_characters_that_no_keyboard_has_are_left_out(
    send: Send, field: str, typed: str, kept: str
) -> None:
    assert send(**{field: typed}).status_code == 303
    assert getattr(Enquiry.objects.get(), field) == kept


# A form with mistakes


def test_an_empty_form_is_answered_with_what_is_missing(visitor: Client) -> None:
    response = visitor.post("/contact/", {})
    assert response.status_code == 422
    soup = parse(response)
    expected = {
        "name": "Vul uw naam in",
        "email": "Vul uw e-mailadres in",
        "message": "Schrijf een bericht",
    }
    assert messages(soup) == {name: f"Fout: {text}" for name, text in expected.items()}
    summary = soup.select_one(".error-summary")
    assert [words(link) for link in summary.select("li a")] == list(expected.values())
    assert not Enquiry.objects.exists()
    assert not Message.objects.exists()


def test_the_summary_stands_before_the_form_takes_the_focus_and_leads_to_the_fields(
    visitor: Client,
) -> None:
    soup = parse(visitor.post("/contact/", {}))
    summary = soup.select_one(".error-summary")
    assert summary.find_next("form", class_="form")
    assert "autofocus" in summary.attrs
    assert summary["tabindex"] == "-1"
    assert words(soup.find(id=summary["aria-labelledby"])) == "Uw bericht is nog niet verstuurd"
    fields = [soup.find(id=link["href"][1:])["name"] for link in summary.select("li a")]
    assert fields == ["name", "email", "message"]


def test_the_title_of_the_page_begins_with_the_mistake(visitor: Client) -> None:
    assert parse(visitor.post("/contact/", {})).title.string.startswith("Fout: ")
    assert not read(visitor, "/contact/").title.string.startswith("Fout")


def test_a_field_with_a_mistake_is_tied_to_its_hint_and_then_its_message(visitor: Client) -> None:
    soup = parse(visitor.post("/contact/", {}))
    email = soup.find(attrs={"name": "email"})
    assert email["aria-invalid"] == "true"
    described = [words(soup.find(id=name)) for name in email["aria-describedby"].split()]
    assert described == ["Op dit adres krijgt u antwoord.", "Fout: Vul uw e-mailadres in"]
    phone = soup.find(attrs={"name": "phone"})
    assert "aria-invalid" not in phone.attrs
    assert [words(soup.find(id=phone["aria-describedby"]))] == ["Als u liever gebeld wordt."]


def test_a_message_stands_between_the_label_and_the_field(visitor: Client) -> None:
    soup = parse(visitor.post("/contact/", {}))
    for error in soup.select(".form-field__error"):
        field = error.find_parent(class_="form-field--error")
        order = [
            tag
            for tag in field.find_all(True)
            if tag.name in {"label", "input", "textarea"} or tag is error
        ]
        assert [order[0].name, order[1], order[2].name in {"input", "textarea"}] == [
            "label",
            error,
            True,
        ]


def test_everything_that_was_typed_is_still_there_after_a_mistake(send: Send) -> None:
    response = send(**TYPED)
    assert response.status_code == 422
    assert TYPED.items() <= filled_in(parse(response)).items()
    assert messages(parse(response)).keys() == {"email", "phone"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "jan"),
        ("email", "jan@"),
        ("email", "jan@voorbeeld"),
        ("email", "@voorbeeld.nl"),
        ("email", "jan@voorbeeld.nl, piet@voorbeeld.nl"),
        ("email", "jan voorbeeld@voorbeeld.nl"),
        ("email", "jan@voorbeeld.nl\r\nBcc: piet@voorbeeld.nl"),
        ("email", "é@voorbeeld.nl"),
        ("email", "a" * 300),
        ("email", "a" * 300 + "@voorbeeld.nl"),
        ("phone", "12"),
        ("phone", "bel mij"),
        ("phone", "06 12 34 56 78 of 06 87 65 43 21"),
        ("phone", "0" * 5_000),
        ("name", "j" * 151),
        ("name", "\0"),
        ("name", " \r\n\t "),
        ("organisation", "g" * 151),
        ("message", "\n \n"),
        ("message", "é" * 10_001),
        ("message", "m" * 1_000_000),
        ("message", "é" * 500_000),
    ],
)
def test_a_mistake_is_told_at_its_field_and_nothing_is_kept(
    send: Send, field: str, value: str
) -> None:
    response = send(**{field: value})
    assert response.status_code == 422
    soup = parse(response)
    told = messages(soup)
    assert told.keys() == {field}
    assert len(told[field]) > len("Fout: ")
    ids = [tag["id"] for tag in soup.select("[id]")]
    assert len(ids) == len(set(ids))
    assert not Enquiry.objects.exists()


def test_a_text_that_is_too_long_is_given_back_whole_and_its_length_told(send: Send) -> None:
    text = "Een zin.\n\nNog een." * 1_000
    soup = parse(send(message=text))
    assert filled_in(soup)["message"] == text
    assert (
        "Uw bericht is te lang: 18.000 tekens. Er passen er 10.000 in." in messages(soup)["message"]
    )


def test_a_browser_cuts_nothing_off_from_a_long_message(client: Client) -> None:
    assert "maxlength" not in read(client, "/contact/").select_one("textarea").attrs


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/x-www-form-urlencoded"),
        (b"\xff\xfe%ff%fe=%zz&&&=", "application/x-www-form-urlencoded"),
        (b'{"name": "Jan"}', "application/json"),
        (b"geen deel", "multipart/form-data"),
        (b"--x\r\ngeen kop\r\n--x--", "multipart/form-data; boundary=x"),
        (b"name=Jan", "text/plain; charset=bestaat-niet"),
        (b"name=Jan", "application/x-www-form-urlencoded; charset=utf-7"),
    ],
)
def test_a_body_that_is_no_form_is_refused_and_breaks_nothing(
    visitor: Client, body: bytes, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    response = visitor.generic("POST", "/contact/", body, kind)
    assert response.status_code in {400, 422}
    assert "could not be stored" not in caplog.text
    assert not Enquiry.objects.exists()


def test_fields_sent_twice_or_unknown_break_nothing(visitor: Client) -> None:
    body = urlencode(
        [*FORM_WITHOUT_MISTAKES.items(), ("name", "Piet"), ("status", "closed"), ("pk", "1")]
    )
    response = visitor.post("/contact/", body, "application/x-www-form-urlencoded")
    assert response.status_code == 303
    assert Enquiry.objects.get().status == "new"


# Where the form was sent from


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://testserver"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"},
        {"Referer": "https://elders.example/"},
    ],
)
def test_a_form_sent_from_our_own_page_is_taken_in_without_any_cookie_or_token(
    send: Send, headers: dict[str, str]
) -> None:
    assert send(headers).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elders.example"},
        {"Origin": "http://testserver:81"},
        {"Origin": "http://testserver.elders.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
    ],
)
def test_a_form_sent_from_another_site_is_refused_and_what_was_typed_is_kept(
    send: Send, headers: dict[str, str]
) -> None:
    response = send(headers, **TYPED)
    assert response.status_code == 403
    soup = parse(response)
    assert TYPED.items() <= filled_in(soup).items()
    assert soup.title.string.startswith("Fout: ")
    assert "vanaf een andere website" in words(soup.select_one(".error-summary"))
    assert not Enquiry.objects.exists()


def test_who_sends_very_many_enquiries_is_asked_to_mail_or_call_and_loses_nothing(
    visitor: Client,
) -> None:
    response = SCREENS["form sent too often"](visitor)
    assert response.status_code == 429
    soup = parse(response)
    assert FORM_WITHOUT_MISTAKES.items() <= filled_in(soup).items()
    assert soup.select('.error-summary a[href^="mailto:"]')
    assert soup.select('.error-summary a[href^="tel:"]')
    assert not Enquiry.objects.exists()


# The service a visitor comes from


def test_the_service_page_leads_to_a_form_with_that_service_chosen(visitor: Client) -> None:
    service = read(visitor, "/diensten/versterking-interne-samenwerking/")
    form = read(visitor, service.select_one("section.cta a.button")["href"])
    chosen = form.select_one('select[name="service"] option[selected]')
    assert words(chosen) == "Versterking interne samenwerking"


@pytest.mark.parametrize(
    "address", ["/contact/", "/contact/?dienst=weg", "/contact/?dienst=%00&dienst="]
)
def test_without_a_service_none_is_chosen(visitor: Client, address: str) -> None:
    assert read(visitor, address).select('select[name="service"] option[selected]') in (
        [],
        read(visitor, address).select('option[value=""][selected]'),
    )


@pytest.mark.parametrize("service", ["", "anders", "is-inmiddels-weg", "1", "😀"])
def test_a_service_that_is_unknown_stops_no_enquiry(send: Send, service: str) -> None:
    assert send(service=service).status_code == 303
    assert Enquiry.objects.get().service is None


def test_a_service_that_was_withdrawn_since_stops_no_enquiry(
    send: Send, service_page: ServicePage
) -> None:
    service_page.unpublish()
    assert send().status_code == 303


def test_an_enquiry_outlives_its_service(send: Send, service_page: ServicePage) -> None:
    send()
    service_page.delete()
    assert Enquiry.objects.get().service is None


# The same enquiry again


def test_the_same_enquiry_sent_twice_is_one_enquiry(send: Send, visitor: Client) -> None:
    [first, second] = [read(visitor, send().headers["Location"]) for _ in range(2)]
    assert copy_of(first)["Kenmerk"] == copy_of(second)["Kenmerk"]
    enquiry = Enquiry.objects.get()
    kinds = [message.kind for message in enquiry.messages.all()]
    assert sorted(kinds) == ["acknowledgement", "notification"]


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "Jan@Voorbeeld.NL"},
        {"name": " Jan  de Vries "},
        {"phone": "0612345678"},
        {"message": "Wij willen  kennismaken.\r\nKan dat in mei?\n"},
    ],
)
def test_spaces_and_capitals_make_no_other_enquiry(send: Send, changes: dict[str, str]) -> None:
    send()
    assert send(**changes).status_code == 303
    assert Enquiry.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Piet de Vries"},
        {"organisation": "Gemeente Elders"},
        {"email": "piet@voorbeeld.nl"},
        {"phone": "06 87 65 43 21"},
        {"service": "anders"},
        {"message": "Wij willen kennismaken. Kan dat in juni?"},
    ],
)
def test_any_difference_makes_another_enquiry(send: Send, changes: dict[str, str]) -> None:
    send()
    send(**changes)
    assert Enquiry.objects.count() == 2
    assert len(set(Enquiry.objects.values_list("reference", flat=True))) == 2


def test_ten_times_the_same_enquiry_at_the_same_moment_is_one_enquiry(live_site: LiveSite) -> None:
    def post(_: int) -> str:
        response = live_site.send(**FORM_WITHOUT_MISTAKES | {"message": "Tien keer tegelijk."})
        assert response.status == 303
        token = response.headers["Location"].split("/")[-2]
        return str(signing.loads(token, key=SECRET_KEY, salt=CONFIRMATION_SALT))

    with ThreadPoolExecutor(10) as threads:
        references = set(threads.map(post, range(10)))
    found = live_site.query(
        "SELECT reference FROM contact_enquiry WHERE message = %s", "Tien keer tegelijk."
    )
    assert found == [(reference,) for reference in references]
    mails = live_site.query(
        "SELECT m.kind FROM contact_message m JOIN contact_enquiry e ON e.id = enquiry_id"
        " WHERE e.message = %s ORDER BY m.kind",
        "Tien keer tegelijk.",
    )
    assert mails == [("acknowledgement",), ("notification",)]


@pytest.mark.parametrize("hour", [1, 13])  # midnight in UTC, and noon
def test_of_two_at_once_one_is_stored_also_at_midnight(
    send: Send, monkeypatch: pytest.MonkeyPatch, hour: int
) -> None:
    with at(f"2026-03-03T{hour - 1:02}:59:59"):
        send()

    def too_early(statement: str, values: Any, run: Any = intake.run) -> Any:
        """As it was before the other enquiry was there."""
        monkeypatch.setattr(intake, "run", run)
        asked.append(statement)
        return run(statement.replace("same.digest = given.digest", "false"), values)

    asked: list[str] = []
    monkeypatch.setattr(intake, "run", too_early)
    with at(f"2026-03-03T{hour:02}:00:01"):
        token = send().headers["Location"].split("/")[-2]
    assert signing.loads(token, salt=CONFIRMATION_SALT) == Enquiry.objects.get().reference
    assert Message.objects.count() == 2
    assert "same.digest = given.digest" in asked[0]


# All or nothing


def test_an_enquiry_whose_mail_cannot_be_stored_is_not_stored_either(
    enquiry_data: dict[str, str],
) -> None:
    settings = ContactSettings.load()
    settings.recipients = [("email", "x" * 300 + "@voorbeeld.nl")]  # more than the column holds
    settings.save()
    form = EnquiryForm(enquiry_data)
    assert form.is_valid()
    entries = ModelLogEntry.objects.count()
    with pytest.raises(DataError), transaction.atomic():
        accept(form.content, Circumstances())
    assert not Enquiry.objects.exists()
    assert not Message.objects.exists()
    assert ModelLogEntry.objects.count() == entries


def test_an_enquiry_leaves_a_line_in_its_history(send: Send) -> None:
    send()
    [entry] = ModelLogEntry.objects.filter(object_id=str(Enquiry.objects.get().pk))
    assert entry.message == "Aanvraag ontvangen via de website"


# The confirmation


def copy_of(soup: BeautifulSoup) -> dict[str, str]:
    """The copy on the confirmation: what was sent, by the names of the fields."""
    return {words(term): words(term.find_next("dd")) for term in soup.select("#kopie ~ dl dt")}


def confirmation(send: Send, visitor: Client, **changes: str) -> Any:
    return visitor.get(send(**changes).headers["Location"])


def test_the_confirmation_shows_the_reference_and_a_copy(send: Send, visitor: Client) -> None:
    soup = parse(confirmation(send, visitor))
    assert words(soup.h1) == "Bedankt voor uw bericht"
    assert copy_of(soup) == {
        "Kenmerk": Enquiry.objects.get().reference,
        "Uw naam": "Jan de Vries",
        "Organisatie": "Gemeente Voorbeeld",
        "E-mailadres": "jan@voorbeeld.nl",
        "Telefoonnummer": "06-12 34 56 78",
        "Onderwerp": "Versterking interne samenwerking",
        "Uw bericht": "Wij willen kennismaken. Kan dat in mei?",
    }


def test_the_copy_leaves_out_what_was_left_empty(visitor: Client) -> None:
    soup = parse(visitor.post("/contact/", FORM_WITHOUT_MISTAKES, follow=True))
    assert copy_of(soup).keys() == {"Kenmerk", "Uw naam", "E-mailadres", "Uw bericht"}


def test_html_in_a_message_is_shown_as_text(send: Send, visitor: Client) -> None:
    text = "<script>alert(1)</script><b>vet</b>"
    soup = parse(confirmation(send, visitor, message=text))
    assert copy_of(soup)["Uw bericht"] == text


def test_the_confirmation_is_kept_by_nobody(send: Send, visitor: Client) -> None:
    response = confirmation(send, visitor)
    assert {"no-store", "private"} <= set(response.headers["Cache-Control"].split(", "))
    assert parse(response).select('meta[name="robots"][content="noindex"]')


def test_the_answer_to_the_form_leads_to_the_confirmation(send: Send) -> None:
    response = send()
    assert response.status_code == 303
    assert response.headers["Location"].startswith("/contact/bedankt/")


def test_refreshing_the_confirmation_sends_nothing(send: Send, visitor: Client) -> None:
    address = send().headers["Location"]
    assert [visitor.get(address).status_code for _ in range(2)] == [200, 200]
    assert Enquiry.objects.count() == 1


def test_an_address_that_was_made_up_shows_nothing(send: Send, visitor: Client) -> None:
    address = send().headers["Location"]
    reference = Enquiry.objects.get().reference
    forged = [
        f"/contact/bedankt/{reference}/",
        address.replace("bedankt/", "bedankt/x"),
        address[:-2] + "/",
        f"/contact/bedankt/{signing.dumps(reference, salt='elders')}/",
        f"/contact/bedankt/{signing.dumps(reference, key='x' * 50, salt=CONFIRMATION_SALT)}/",
        "/contact/bedankt/:/",
        "/contact/bedankt/",
    ]
    for made_up in forged:
        response = visitor.get(made_up)
        assert response.status_code == 404, made_up
        assert "Jan de Vries" not in response.content.decode()


def test_after_an_hour_the_confirmation_still_answers_but_shows_no_copy(
    send: Send, visitor: Client
) -> None:
    send()
    reference = Enquiry.objects.get().reference
    response = visitor.get(expired_address(reference))
    assert response.status_code == 200
    soup = parse(response)
    assert words(soup.h1) == "Bedankt voor uw bericht"
    assert "dat uur is voorbij" in words(soup.main)
    assert copy_of(soup) == {}
    assert reference not in words(soup)
    assert "Jan" not in words(soup.main)


# A server that knows what editors have chosen


def test_a_visitor_waits_for_no_query_but_the_one_that_stores(
    send: Send,
    hears: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    send()
    asked = []

    def run(statement: str, values: Any, run: Any = intake.run) -> Any:
        asked.append(statement)
        return run(statement, values)

    monkeypatch.setattr(intake, "run", run)
    with django_assert_num_queries(0):
        assert send(message="Een tweede bericht").status_code == 303
    assert asked == [intake.STORE]
    assert Message.objects.filter(state="queued").count() == 4


def test_the_next_enquiry_goes_to_whom_an_editor_has_just_chosen(
    send: Send, hears: Callable[[], None]
) -> None:
    send()
    chosen = ContactSettings.load()
    chosen.recipients = [("email", "nieuw@voorbeeld.nl")]
    chosen.save()
    hears()
    send(message="Een tweede bericht")
    told = Message.objects.filter(kind="notification").values_list("recipient", flat=True)
    assert list(told) == ["info@vitaleoverheid.nl", "nieuw@voorbeeld.nl"]


def test_a_form_posted_to_a_page_that_was_just_withdrawn_is_not_found(
    visitor: Client, hears: Callable[[], None]
) -> None:
    assert visitor.post("/contact/", FORM_WITHOUT_MISTAKES).status_code == 303
    ContactPage.objects.get().unpublish()
    hears()
    assert visitor.post("/contact/", FORM_WITHOUT_MISTAKES).status_code == 404
