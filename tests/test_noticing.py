"""When enquiries do not come through or wait too long, somebody notices."""

from datetime import timedelta

import pytest
from bs4 import Tag
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from contact import mail, tasks
from contact.digest import counts
from contact.models import Colleague, ContactPage, ContactSettings, Enquiry, Message
from tests.conftest import logged_in, staff_member
from tests.enquiries import (
    INBOX,
    SUSPECT,
    address_of,
    at,
    bulk,
    canary_came_through,
    choose,
    kinds,
    mailed,
    make,
    press,
    references,
)
from tests.live_site import free_port
from tests.mail_server import MailServer
from tests.reading import parse, squeeze, words

pytestmark = pytest.mark.django_db

UNSENT = "niet verzonden"


def warnings(client: Client, address: str = "/admin/") -> list[str]:
    """What an admin page says has gone wrong."""
    response = client.get(address)
    assert response.status_code == 200
    return [words(item) for item in parse(response).select(".messages li.error")]


def queue_is_ready(client: Client) -> bool:
    """What a monitor is told."""
    response = client.get("/readyz")
    assert response.json() == {"problems": [] if response.status_code == 200 else ["mail"]}
    return response.status_code == 200


@pytest.fixture(autouse=True)
def all_is_well(db: None) -> None:
    canary_came_through()


# Mail that does not go out


@pytest.mark.parametrize(("minutes", "noticed"), [(14, False), (16, True)])
def test_a_mail_that_waits_too_long_is_noticed_on_every_page_of_the_admin_and_by_monitors(
    colleague: Client, outsider: Client, administrator: Client, minutes: int, noticed: bool
) -> None:
    enquiry = make()
    mailed(enquiry)
    pages = [(colleague, "/admin/"), (colleague, INBOX), (colleague, address_of(enquiry))]
    pages += [(outsider, "/admin/"), (outsider, "/admin/pages/"), (administrator, "/admin/images/")]
    with at(timedelta(minutes=minutes)):
        for client, address in pages:
            found = warnings(client, address)
            assert len(found) == noticed, address
            assert all(
                f"1 mail is {UNSENT}. Het gaat om {enquiry.reference}." in line for line in found
            )
        assert queue_is_ready(Client()) is not noticed


def test_the_warning_is_also_on_a_page_that_answers_a_mistake(colleague: Client) -> None:
    enquiry = make()
    mailed(enquiry)
    with at(timedelta(minutes=16)):
        response = press(colleague, enquiry, "note", text="")
    assert UNSENT in words(parse(response))


def test_the_warning_is_given_once_however_many_parts_of_a_page_were_fetched(
    colleague: Client,
) -> None:
    mailed(make())
    with at(timedelta(minutes=16)):
        for _ in range(3):
            part = f"{INBOX}results/?q=jan"
            colleague.get(part, headers={"X-Requested-With": "XMLHttpRequest"})
            colleague.get(part)
        assert len(warnings(colleague)) == 1
    assert warnings(colleague) == []


def test_what_else_a_page_has_to_say_is_still_said(colleague: Client) -> None:
    enquiry = make()
    press(colleague, enquiry, "note", text="Even bellen.")
    colleague.get(f"{INBOX}results/")
    assert "De notitie is bewaard." in words(parse(colleague.get(address_of(enquiry))))


def test_visitors_and_people_who_have_not_logged_in_see_no_warning(client: Client) -> None:
    mailed(make())
    with at(timedelta(minutes=16)):
        for address in ("/", "/contact/", "/admin/login/"):
            assert UNSENT not in client.get(address).content.decode()


def test_many_mails_are_one_warning_that_names_a_few_enquiries(colleague: Client) -> None:
    for _ in range(5):
        mailed(make())
    with at(timedelta(minutes=16)):
        [line] = warnings(colleague)
    assert line.startswith(f"5 mails zijn {UNSENT}.")
    assert line.count("VO-") == 3


@pytest.mark.parametrize("kind", ["notification", "reply", "reminder"])
def test_a_mail_that_was_refused_for_good_is_noticed_until_somebody_has_dealt_with_it(
    colleague: Client, kind: str
) -> None:
    closed, binned, resent = make(), make(), make()
    for enquiry in (closed, binned, resent):
        mailed(enquiry, kind, state="failed")
    assert f"3 mails zijn {UNSENT}" in warnings(colleague)[0]
    choose(colleague, closed, "closed")
    press(colleague, binned, "bin")
    press(colleague, resent, "resend", message=str(resent.messages.get().pk))
    assert [line for line in warnings(colleague) if UNSENT in line] == []
    assert queue_is_ready(colleague)


def test_a_visitor_who_mistyped_an_address_alarms_nobody(colleague: Client) -> None:
    mailed(make(), "acknowledgement", state="failed")
    mailed(make(), "acknowledgement", attempts=3, error="450 Domain not found")
    with at(timedelta(minutes=16)):
        assert warnings(colleague) == []
        assert queue_is_ready(colleague)


def test_a_confirmation_that_nobody_tried_to_send_does_alarm(colleague: Client) -> None:
    mailed(make(), "acknowledgement")
    with at(timedelta(minutes=16)):
        assert warnings(colleague)
        assert not queue_is_ready(colleague)


def test_a_morning_mail_that_was_refused_is_old_news_the_day_after(colleague: Client) -> None:
    message = mailed(make(), "digest", state="failed")
    Message.objects.filter(pk=message.pk).update(enquiry=None)
    assert f"1 mail is {UNSENT}." in warnings(colleague)[0]
    with at(timedelta(hours=27)):
        assert not any(UNSENT in line for line in warnings(colleague))


# The daily test


@pytest.fixture
def canary(db: None) -> Enquiry:
    """Today's test, taken in but not yet sent on."""
    Enquiry.objects.all().delete()
    tasks.canary(0)
    return Enquiry.objects.get()


def established_since(days: int) -> None:
    published = timezone.now() - timedelta(days=days)
    ContactPage.objects.update(first_published_at=published)


def test_the_daily_test_goes_through_form_and_queue_and_is_mailed_to_nobody(
    canary: Enquiry, mail_server: MailServer
) -> None:
    assert canary.is_canary
    assert canary.message.startswith("Proef van")
    [message] = canary.messages.all()
    mail.deliver(message.pk)
    message.refresh_from_db()
    assert message.state == "sent"
    assert mail_server.mails.empty()
    assert mail_server.asked == 0


def test_the_daily_test_needs_a_mail_server_that_answers(
    canary: Enquiry, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    with pytest.raises(ConnectionRefusedError):
        mail.deliver(canary.messages.get().pk)


def test_the_daily_test_is_found_nowhere(colleague: Client, canary: Enquiry) -> None:
    assert references(colleague) == references(colleague, view="open") == []
    for query in ("Proefaanvraag", canary.reference, "proef@vitaleoverheid.nl"):
        assert references(colleague, q=query) == []
    figures = words(parse(colleague.get(reverse("enquiries:figures"))))
    assert "Aanvragen 0" in figures
    export = colleague.get(INBOX, {"export": "csv"}).getvalue()
    assert canary.reference not in export.decode()
    home = colleague.get("/admin/").content.decode()
    assert "Er staat niets open." in home
    assert "Aanvragen (" not in home
    assert counts() == {"open": 0, "overdue": 0, "suspect": 0}
    assert bulk(colleague, "close", canary).status_code == 404


def test_nobody_is_reminded_of_the_daily_test(canary: Enquiry) -> None:
    with at(timedelta(days=20)):
        tasks.remind(0)
    assert kinds(canary) == ["canary"]


def test_a_daily_test_that_stays_away_is_noticed(colleague: Client) -> None:
    established_since(days=5)
    assert warnings(colleague) == []
    with at(timedelta(hours=25)):
        assert warnings(colleague) == []
    with at(timedelta(hours=27)):
        [line] = warnings(colleague)
        assert "De dagelijkse proefaanvraag is niet doorgekomen." in line
        assert not queue_is_ready(colleague)


def test_a_daily_test_that_came_in_but_not_out_is_noticed(
    colleague: Client, canary: Enquiry
) -> None:
    established_since(days=5)
    assert not queue_is_ready(colleague)
    canary.messages.update(state="failed")
    assert any("proefaanvraag" in line for line in warnings(colleague))
    canary.messages.update(state="sent")
    assert warnings(colleague) == []


def test_a_site_of_today_is_given_time(colleague: Client) -> None:
    Enquiry.objects.all().delete()
    established_since(days=0)
    assert warnings(colleague) == []


def test_daily_tests_do_not_pile_up() -> None:
    tasks.canary(0)
    with at(timedelta(days=31)):
        tasks.canary(0)
        tasks.purge(0)
        assert Enquiry.objects.count() == 1


def test_a_worker_that_is_restarted_often_can_still_test(canary: Enquiry) -> None:
    for _ in range(20):
        tasks.canary(0)
    assert not Enquiry.objects.filter(status="suspect").exists()


# What waits for an answer


@pytest.mark.parametrize(
    ("received", "now", "overdue"),
    [
        ("2026-05-18 09:00", "2026-05-20 08:59", False),  # Monday to Wednesday
        ("2026-05-18 09:00", "2026-05-20 09:01", True),
        ("2026-05-21 09:00", "2026-05-23 12:00", False),  # Thursday: Saturday is no working day
        ("2026-05-21 09:00", "2026-05-24 23:59", False),
        ("2026-05-21 09:00", "2026-05-25 23:59", False),  # nor is Whit Monday
        ("2026-05-21 09:00", "2026-05-26 09:01", True),
        ("2026-05-16 12:00", "2026-05-19 23:59", False),  # Saturday counts as Monday's beginning
        ("2026-05-16 12:00", "2026-05-20 00:01", True),
        ("2026-12-24 10:00", "2026-12-28 23:00", False),  # Christmas on Friday and Saturday
        ("2026-12-24 10:00", "2026-12-29 10:01", True),
        ("2026-10-23 10:00", "2026-10-27 10:01", True),  # the clock went back in between
    ],
)
def test_an_enquiry_is_late_after_the_promised_number_of_working_days(
    received: str, now: str, overdue: bool
) -> None:
    with at(received):
        enquiry = make()
    with at(now):
        assert (enquiry in Enquiry.objects.overdue()) is overdue


def test_the_list_shows_what_is_late_and_follows_the_settings(colleague: Client) -> None:
    late = make(received_at=timezone.now() - timedelta(days=20))
    make()
    for status in ("answered", "closed", "suspect"):
        make(received_at=late.received_at, status=status)
    make(received_at=late.received_at, deleted_at=timezone.now())
    assert references(colleague, view="overdue") == [late.reference]
    ContactSettings.objects.update(response_days=30)
    assert references(colleague, view="overdue") == []


@pytest.fixture
def late(db: None) -> Enquiry:
    return make(received_at=timezone.now() - timedelta(days=20))


def told(enquiry: Enquiry) -> list[str]:
    return list(enquiry.messages.filter(kind="reminder").values_list("recipient", flat=True))


def test_everyone_is_reminded_once_of_an_enquiry_that_nobody_owns(late: Enquiry) -> None:
    chosen = ContactSettings.load()
    chosen.recipients = [("email", "een@voorbeeld.nl"), ("email", "twee@voorbeeld.nl")]
    chosen.save()
    for _ in range(3):
        tasks.remind(0)
    assert told(late) == ["een@voorbeeld.nl", "twee@voorbeeld.nl"]
    reminder = late.messages.first()
    assert reminder
    assert late.reference in reminder.subject
    assert address_of(late) in reminder.text
    assert late.message not in reminder.text


def test_the_owner_is_reminded_alone(late: Enquiry) -> None:
    late.assigned_to = User.objects.create_user("eigenaar", "eigenaar@voorbeeld.nl")
    late.save()
    tasks.remind(0)
    assert told(late) == ["eigenaar@voorbeeld.nl"]


def test_everyone_is_reminded_when_the_owner_has_no_address(late: Enquiry) -> None:
    late.assigned_to = User.objects.create_user("eigenaar")
    late.save()
    tasks.remind(0)
    assert told(late) == ["info@vitaleoverheid.nl"]


@pytest.mark.parametrize("status", ["answered", "closed", "suspect"])
def test_nobody_is_reminded_of_what_was_dealt_with(late: Enquiry, status: str) -> None:
    Enquiry.objects.update(status=status)
    tasks.remind(0)
    assert told(late) == []


# The morning mail

WORKING_DAY, SUNDAY, KINGS_DAY = "2026-05-19 08:30", "2026-05-24 08:30", "2026-04-27 08:30"


def handler(name: str, email: str) -> User:
    user = staff_member(name, "Aanvragen behandelen")
    user.email = email
    user.save()
    return user


def digests() -> dict[str, str]:
    """The text of the morning mail, by who gets it."""
    return dict(Message.objects.filter(kind="digest").values_list("recipient", "text"))


def test_those_who_handle_enquiries_hear_in_the_morning_what_is_open(outsider: Client) -> None:
    handler("een", "een@voorbeeld.nl")
    twee = handler("twee", "twee@voorbeeld.nl")
    Colleague.objects.create(user=twee, wants_digest=True)
    drie = handler("drie", "drie@voorbeeld.nl")
    Colleague.objects.create(user=drie, wants_digest=False)
    handler("vier", "")
    User.objects.create_superuser("beheerder", "beheerder@voorbeeld.nl")
    User.objects.update_or_create(username="buitenstaander", defaults={"email": "uit@voorbeeld.nl"})
    User.objects.create_user("weg", "weg@voorbeeld.nl", is_active=False, is_superuser=True)
    with at("2026-05-18 10:00"):
        make()
        make(status="in_progress")
        make(status="closed")
        make(**SUSPECT)
    with at("2026-05-11 10:00"):
        make()
    with at(WORKING_DAY):
        tasks.morning_digest(0)
    found = digests()
    assert sorted(found) == ["beheerder@voorbeeld.nl", "een@voorbeeld.nl", "twee@voorbeeld.nl"]
    text = squeeze(found["een@voorbeeld.nl"])
    assert "Open aanvragen: 3 Daarvan te laat: 1 Verdacht: 1" in text
    assert INBOX in text


@pytest.mark.parametrize("day", [SUNDAY, KINGS_DAY])
def test_nobody_is_mailed_in_the_morning_of_a_day_off(day: str) -> None:
    handler("een", "een@voorbeeld.nl")
    with at(day):
        make()
        tasks.morning_digest(0)
    assert digests() == {}


def test_nobody_is_mailed_when_there_is_nothing_to_say() -> None:
    handler("een", "een@voorbeeld.nl")
    make(status="closed")
    with at(WORKING_DAY):
        tasks.morning_digest(0)
    assert digests() == {}


def test_a_colleague_turns_the_morning_mail_off_on_their_own_account() -> None:
    client = logged_in(handler("een", "een@voorbeeld.nl"))
    form = parse(client.get("/admin/account/")).select_one("form:has([name=colleague-signature])")
    typed = filled_in(form)
    assert typed.pop("colleague-wants_digest") == "on"
    typed |= {"name_email-first_name": "Een", "name_email-last_name": "Jansen"}
    typed["colleague-signature"] = "Groet, Een"
    assert client.post("/admin/account/", typed).status_code == 302
    with at(WORKING_DAY):
        make()
        tasks.morning_digest(0)
    assert digests() == {}
    assert Colleague.objects.get().signature == "Groet, Een"


def filled_in(form: Tag) -> dict[str, str]:
    """What a browser sends when nothing is changed."""
    typed = {
        field["name"]: field.get("value", field.text.strip()) for field in form.select("[name]")
    }
    for choice in form.select("select:has([selected])"):
        typed[choice["name"]] = choice.select_one("[selected]")["value"]
    for box in form.select("[type=checkbox]"):
        typed[box["name"]] = "on"
        if not box.has_attr("checked"):
            del typed[box["name"]]
    return typed


def test_only_those_who_handle_enquiries_have_these_choices(outsider: Client) -> None:
    assert "Ochtendoverzicht" not in words(parse(outsider.get("/admin/account/")))


def test_the_first_page_of_the_admin_says_what_waits(colleague: Client, outsider: Client) -> None:
    make(received_at=timezone.now() - timedelta(days=4, hours=2))
    make()
    make(**SUSPECT)
    home = parse(colleague.get("/admin/"))
    panel = words(home.select_one("[aria-labelledby=panel-enquiries]"))
    assert (
        "2 open, de oudste 4\N{NO-BREAK SPACE}dagen" in panel
        or "2 open, de oudste 4 dagen" in panel
    )
    assert "1 verdacht" in panel
    assert "Aanvragen (2)" in colleague.get("/admin/").content.decode()
    assert not parse(outsider.get("/admin/")).select("[aria-labelledby=panel-enquiries]")
