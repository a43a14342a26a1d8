"""A colleague reads an enquiry, answers it, and says where it stands, on one screen."""

from datetime import timedelta
from http.cookiejar import CookieJar
from multiprocessing.pool import ThreadPool
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from wagtail.models import ModelLogEntry

from contact.models import Colleague, ContactSettings, Enquiry
from tests.browser.signing_in import PASSWORD, make_member
from tests.conftest import logged_in, staff_member
from tests.enquiries import address_of, at, choose, history, kinds, mailed, make, press, screen
from tests.live_site import LiveSite
from tests.reading import FORM_WITHOUT_MISTAKES, parse, words
from tests.second_factor import code

pytestmark = pytest.mark.django_db


@pytest.fixture
def enquiry(db: None) -> Enquiry:
    return make()


@pytest.fixture
def me(colleague: Client) -> User:
    """The person behind ``colleague``."""
    user = User.objects.get(username="collega")
    user.first_name, user.last_name = "Kim", "de Boer"
    user.save()
    return user


def typed_answer(client: Client, enquiry: Enquiry, **parameters: str) -> str:
    return screen(client, enquiry, **parameters).select_one("form textarea[rows='10']").text.strip()


def subject(client: Client, enquiry: Enquiry) -> str:
    return screen(client, enquiry).select_one("[name=subject]")["value"]


# Reading


def test_the_screen_holds_the_whole_conversation_in_order(
    colleague: Client, me: User, enquiry: Enquiry
) -> None:
    steps = [
        ("2026-05-18 10:00", "note", {"text": "Ik bel eerst even."}),
        ("2026-05-18 11:00", "reply", {"subject": "Uw vraag", "text": "Dinsdag om tien uur?"}),
        ("2026-05-18 12:00", "note", {"text": "Afspraak staat."}),
    ]
    for moment, button, typed in steps:
        with at(moment):
            client = logged_in(me)
            press(client, enquiry, button, **typed)
    items = screen(logged_in(me), enquiry).select(".enquiry__item")
    assert [item["class"][1] for item in items] == [
        f"enquiry__item--{kind}" for kind in ("visitor", "note", "mail", "note")
    ]
    for item, said in zip(
        items, ["Wij willen kennismaken.", "Ik bel", "Dinsdag", "Afspraak"], strict=True
    ):
        assert said in words(item)
    assert "Notitie van Kim de Boer, alleen voor collega’s" in words(items[1])
    assert "Antwoord aan jan@voorbeeld.nl door Kim de Boer" in words(items[2])
    assert "Wacht op verzending." in words(items[2])


def test_a_note_is_never_mailed(colleague: Client, enquiry: Enquiry) -> None:
    press(colleague, enquiry, "note", text="Lastig geval.")
    assert kinds(enquiry) == []
    assert history(enquiry) == ["Notitie toegevoegd"]


def test_what_was_typed_in_a_note_or_an_answer_is_shown_as_text(
    colleague: Client, enquiry: Enquiry
) -> None:
    attack = "<script>alert(1)</script><b>x</b>"
    press(colleague, enquiry, "note", text=attack)
    press(colleague, enquiry, "reply", subject=attack, text=attack)
    html = str(screen(colleague, enquiry))
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_looking_is_noted_with_who_looked(colleague: Client, me: User, enquiry: Enquiry) -> None:
    screen(colleague, enquiry)
    entry = ModelLogEntry.objects.get(object_id=str(enquiry.pk))
    assert (entry.action, entry.user, entry.label) == ("contact.view", me, enquiry.reference)


def test_the_history_says_what_happened_and_who_did_it(
    colleague: Client, me: User, enquiry: Enquiry
) -> None:
    screen(colleague, enquiry)
    choose(colleague, enquiry, "in_progress", me.pk)
    press(colleague, enquiry, "reply", subject="x", text="Een antwoord.")
    press(colleague, enquiry, "bin")
    press(colleague, enquiry, "unbin")
    lines = [words(line) for line in screen(colleague, enquiry).select(".enquiry__history li")]
    expected = [
        "Aanvraag bekeken",
        "Teruggezet uit de prullenbak",
        "In de prullenbak gelegd",
        "Status van in behandeling naar beantwoord",
        "Antwoord verstuurd",
        "Toegewezen aan",
        "Status van nieuw naar in behandeling",
        "Aanvraag bekeken",
    ]
    assert len(lines) == len(expected)
    for line, said in zip(lines, expected, strict=True):
        assert line.startswith(said)
        assert "door Kim de Boer" in line
    assert not any("Een antwoord" in line for line in lines)
    report = words(parse(colleague.get(f"/admin/enquiries/history/{enquiry.pk}/")))
    assert "Status van nieuw naar in behandeling" in report


def test_other_enquiries_of_the_same_person_are_at_hand(
    colleague: Client, enquiry: Enquiry
) -> None:
    same = [make(email="JAN@voorbeeld.nl"), make(status="suspect"), make(deleted_at=timezone.now())]
    make(email="piet@voorbeeld.nl")
    links = screen(colleague, enquiry).select(".enquiry__aside a[href*=edit]")
    assert {link["href"] for link in links} == {address_of(other) for other in same}


# Answering


def test_an_answer_is_queued_and_the_enquiry_counts_as_answered(
    colleague: Client, me: User, enquiry: Enquiry
) -> None:
    response = press(colleague, enquiry, "reply", subject="Uw vraag", text="Dinsdag?")
    assert (response.status_code, response.headers["Location"]) == (302, address_of(enquiry))
    message = enquiry.messages.get()
    assert (message.kind, message.state, message.author) == ("reply", "queued", me)
    assert (message.recipient, message.subject, message.text) == (
        *["jan@voorbeeld.nl", "Uw vraag", "Dinsdag?"],
    )
    enquiry.refresh_from_db()
    assert enquiry.status == "answered"
    assert enquiry.answered_at
    assert "Uw antwoord wordt verstuurd." in words(screen(colleague, enquiry))


def test_the_first_answer_is_the_one_that_counts(colleague: Client, enquiry: Enquiry) -> None:
    press(colleague, enquiry, "reply", subject="x", text="Eerste")
    enquiry.refresh_from_db()
    first = enquiry.answered_at
    press(colleague, enquiry, "reply", subject="x", text="Tweede")
    enquiry.refresh_from_db()
    assert first
    assert enquiry.answered_at == first
    assert kinds(enquiry) == ["reply", "reply"]


def test_a_button_that_is_pressed_twice_sends_one_answer(
    colleague: Client, enquiry: Enquiry
) -> None:
    for _ in range(2):
        assert press(colleague, enquiry, "reply", subject="x", text="Dinsdag?").status_code == 302
    assert kinds(enquiry) == ["reply"]
    assert history(enquiry).count("Antwoord verstuurd") == 1


def test_the_same_words_may_be_sent_again_later(colleague: Client, enquiry: Enquiry) -> None:
    press(colleague, enquiry, "reply", subject="x", text="Bent u er nog?")
    with at(timedelta(minutes=11)):
        press(colleague, enquiry, "reply", subject="x", text="Bent u er nog?")
    assert kinds(enquiry) == ["reply", "reply"]


@pytest.mark.parametrize(
    ("button", "typed", "kept"),
    [
        ("reply", {"subject": "Mijn onderwerp", "text": ""}, "Mijn onderwerp"),
        ("reply", {"subject": "Mijn onderwerp", "text": " \n "}, "Mijn onderwerp"),
        ("reply", {"subject": "", "text": "Mijn lange antwoord"}, "Mijn lange antwoord"),
        ("reply", {"subject": "x" * 251, "text": "Mijn lange antwoord"}, "Mijn lange antwoord"),
        ("note", {"text": "  "}, ""),
    ],
)
def test_an_answer_or_a_note_with_something_missing_is_not_sent_and_not_lost(
    colleague: Client, enquiry: Enquiry, button: str, typed: dict[str, str], kept: str
) -> None:
    response = press(colleague, enquiry, button, **typed)
    page = parse(response)
    assert "Er is nog niets verstuurd of bewaard." in words(page)
    assert kept in [field.get("value", field.text.strip()) for field in page.select("[name]")]
    enquiry.refresh_from_db()
    assert (enquiry.status, kinds(enquiry), history(enquiry)) == ("new", [], [])


def test_a_subject_of_several_lines_becomes_one(colleague: Client, enquiry: Enquiry) -> None:
    press(colleague, enquiry, "reply", subject="Uw vraag\r\nBcc: x@voorbeeld.nl", text="Hallo")
    assert enquiry.messages.get().subject == "Uw vraag Bcc: x@voorbeeld.nl"


def test_an_answer_begins_with_a_greeting_and_ends_with_ones_own_signature(
    colleague: Client, me: User, enquiry: Enquiry
) -> None:
    assert typed_answer(colleague, enquiry) == "Beste Jan de Vries,"
    Colleague.objects.create(user=me, signature="Groet,\nKim")
    Colleague.objects.create(user=User.objects.create_user("ander"), signature="Ander")
    assert (
        typed_answer(colleague, enquiry).replace("\r", "") == "Beste Jan de Vries,\n\nGroet,\nKim"
    )
    assert subject(colleague, enquiry) == f"Uw aanvraag {enquiry.reference}"


@pytest.fixture
def template(db: None) -> str:
    """A text to begin an answer with; what stands for it in the address."""
    kept = ContactSettings.load()
    blocks = [
        {"title": "Kennismaken", "text": "Wij komen graag langs."},
        {"title": "B", "text": "B"},
    ]
    kept.reply_templates = [("template", block) for block in blocks]
    kept.save()
    return str(ContactSettings.objects.get().reply_templates[0].id)


def test_an_answer_can_begin_with_a_template(
    colleague: Client, me: User, enquiry: Enquiry, template: str
) -> None:
    Colleague.objects.create(user=me, signature="Groet, Kim")
    link = screen(colleague, enquiry).find("a", string="Kennismaken")
    assert link["href"] == f"?sjabloon={template}"
    answer = typed_answer(colleague, enquiry, sjabloon=template).replace("\r", "")
    assert answer == "Beste Jan de Vries,\n\nWij komen graag langs.\n\nGroet, Kim"
    assert typed_answer(colleague, enquiry, sjabloon="bestaat-niet").count("\n") == 2


# Where it stands


@pytest.mark.parametrize("status", ["in_progress", "answered", "closed"])
def test_a_colleague_says_where_an_enquiry_stands(
    colleague: Client, enquiry: Enquiry, status: str
) -> None:
    before = enquiry.status_changed_at
    assert choose(colleague, enquiry, status).status_code == 302
    enquiry.refresh_from_db()
    assert enquiry.status == status
    assert enquiry.status_changed_at > before
    assert len(history(enquiry)) == 1


def test_saving_without_a_change_changes_nothing(colleague: Client, enquiry: Enquiry) -> None:
    choose(colleague, enquiry, "new")
    enquiry.refresh_from_db()
    assert history(enquiry) == []


@pytest.mark.parametrize("status", ["", "bestaat-niet", "NEW"])
def test_a_status_that_does_not_exist_is_refused(
    colleague: Client, enquiry: Enquiry, status: str
) -> None:
    assert choose(colleague, enquiry, status).status_code == 200
    enquiry.refresh_from_db()
    assert enquiry.status == "new"


def test_what_a_visitor_wrote_is_not_a_colleagues_to_change(
    colleague: Client, enquiry: Enquiry
) -> None:
    others = {"name": "Iemand anders", "email": "x@x.nl", "message": "Anders", "reference": "VO-1"}
    colleague.post(address_of(enquiry), {"status": "closed", "assigned_to": "", **others})
    kept = Enquiry.objects.get()
    assert (kept.name, kept.email, kept.message) == (
        *["Jan de Vries", "jan@voorbeeld.nl", "Wij willen kennismaken."],
    )
    assert kept.reference == enquiry.reference


@pytest.mark.parametrize("button", ["", "erase", "delete", "__init__"])
def test_a_button_that_is_not_there_does_nothing(
    colleague: Client, enquiry: Enquiry, button: str
) -> None:
    assert press(colleague, enquiry, button).status_code == 200
    assert history(enquiry) == []


def test_the_bin_says_so_and_gives_back(colleague: Client, enquiry: Enquiry) -> None:
    for _ in range(2):
        press(colleague, enquiry, "bin")
    assert "Deze aanvraag ligt in de prullenbak" in words(screen(colleague, enquiry))
    for _ in range(2):
        press(colleague, enquiry, "unbin")
    assert "ligt in de prullenbak" not in words(screen(colleague, enquiry))
    assert [line for line in history(enquiry) if "rullenbak" in line] == [
        *["In de prullenbak gelegd", "Teruggezet uit de prullenbak"]
    ]


def test_an_owner_who_left_the_firm_takes_no_enquiry_along(
    colleague: Client, enquiry: Enquiry
) -> None:
    gone = staff_member("weg", "Aanvragen behandelen")
    choose(colleague, enquiry, "in_progress", gone.pk)
    press(logged_in(gone), enquiry, "note", text="Mijn laatste notitie.")
    gone.delete()
    said = words(screen(colleague, enquiry))
    assert "Notitie van iemand die hier niet meer werkt" in said
    assert "Mijn laatste notitie." in said
    assert Enquiry.objects.get().assigned_to is None


def test_a_mail_that_was_never_sent_is_not_hidden(colleague: Client, enquiry: Enquiry) -> None:
    mailed(enquiry, "reply", state="failed", error="550 Geen <b>zo iemand</b>")
    page = screen(colleague, enquiry)
    assert "Niet verzonden. 550 Geen <b>zo iemand</b>" in words(page)
    assert page.find("button", string="Opnieuw versturen")


# At the same moment


def test_buttons_that_are_pressed_at_the_same_moment_do_their_work_once(
    live_site: LiveSite,
) -> None:
    typed = FORM_WITHOUT_MISTAKES | {"message": "Casino! Bitcoin! Tegelijk."}
    assert live_site.send(**typed).status == 303
    [(pk,)] = live_site.query("SELECT id FROM contact_enquiry WHERE message LIKE '%%Tegelijk.'")
    session = build_opener(HTTPCookieProcessor(cookies := CookieJar()))

    def post(address: str, **fields: str) -> None:
        token = {cookie.name: cookie.value for cookie in cookies}["csrftoken"]
        body = urlencode({**fields, "csrfmiddlewaretoken": token}).encode()
        session.open(live_site.url + address, body).close()

    session.open(f"{live_site.url}/admin/login/").close()
    name = make_member(live_site, "gehaast", "Aanvragen behandelen")
    post("/admin/login/", username=name, password=PASSWORD)
    app = "/admin/login/extra/app/"
    soup = BeautifulSoup(session.open(live_site.url + app), "html.parser")
    post(app, code=code(words(soup.select_one("code"))))
    screen_of_it = f"/admin/enquiries/edit/{pk}/"
    with ThreadPool(4) as pool:
        pool.map(lambda _: post(screen_of_it, do="restore"), range(4))
        pool.map(lambda _: post(screen_of_it, do="reply", subject="Dag", text="Dag!"), range(4))
    mails = live_site.query("SELECT kind FROM contact_message WHERE enquiry_id = %s", pk)
    assert sorted(mails) == [("acknowledgement",), ("notification",), ("reply",)]
