"""A colleague signs in to the admin, and nobody else does."""

import logging
import re
import time
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from contact import tasks
from tests.conftest import logged_in, staff_member
from tests.enquiries import at
from tests.reading import parse, read, words
from tests.second_factor import code
from vitaleoverheid.models import TextPage

pytestmark = pytest.mark.django_db

PASSWORD = "een-lang-wachtwoord"
SIGN_IN, FACTORS = "/admin/login/", "/admin/login/extra/"
FORBIDDEN_TRIES = 5
ENGLISH = {"the", "your", "you", "please", "enter", "sign", "password", "and", "not", "with"}


@pytest.fixture
def rita() -> User:
    """Somebody who edits pages."""
    user = staff_member("rita", "Redacteur")
    user.first_name, user.last_name, user.email = "Rita", "de Boer", "rita@voorbeeld.nl"
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def secret(rita: User) -> str:
    """What the app on her telephone knows."""
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    Authenticator.objects.create(user=rita, type="totp", data={"secret": secret})
    return secret


@pytest.fixture
def demanded(settings: Settings) -> None:
    """The site in production, where a second factor is demanded."""
    settings.SECOND_FACTOR_REQUIRED = True


def sign_in(client: Client, name: str = "rita", password: str = PASSWORD, **headers: str) -> Any:
    form = {"username": name, "password": password}
    return client.post(SIGN_IN, form, follow=True, headers=headers)


def is_in(client: Client) -> bool:
    """Whether the browser gets to see the admin."""
    return bool(client.get("/admin/").status_code == 200)


def set_up_app(client: Client) -> str:
    secret = read(client, f"{FACTORS}app/").select_one("main code").text
    response = client.post(f"{FACTORS}app/", {"code": code(secret)}, follow=True)
    assert response.request["PATH_INFO"] == f"{FACTORS}codes/"
    return secret


def own_account(client: Client) -> dict[str, str]:
    """The form of one's own account, as a browser sends it when nothing was changed."""
    form = read(client, reverse("wagtailadmin_account"))
    chosen = {field["name"]: field.select_one("[selected]") for field in form.select("main select")}
    typed = {field["name"]: field.get("value", "") for field in form.select("main input[name]")}
    return typed | {name: option["value"] for name, option in chosen.items() if option}


def reserve_codes(client: Client) -> list[str]:
    return [element.text for element in read(client, f"{FACTORS}codes/").select("main code")]


# With a name and a password


def test_in_development_a_name_and_a_password_lead_straight_to_the_admin(
    client: Client, rita: User
) -> None:
    assert client.get("/admin/pages/")["Location"] == f"{SIGN_IN}?next=/admin/pages/"
    form = {"username": "rita", "password": PASSWORD, "next": "/admin/pages/"}
    assert client.post(SIGN_IN, form)["Location"] == "/admin/pages/"
    assert is_in(client)
    assert "App gebruiken" in words(read(client, FACTORS))


def test_a_wrong_password_lets_nobody_in(client: Client, rita: User) -> None:
    response = sign_in(client, password="verkeerd")
    assert "kloppen niet" in words(parse(response).main)
    assert not is_in(client)


def test_who_may_not_enter_the_admin_is_told_so(client: Client, rita: User) -> None:
    rita.groups.clear()
    response = sign_in(client)
    assert response.request["PATH_INFO"] == SIGN_IN
    assert "geen toegang" in words(parse(response).main)


def test_a_page_behind_a_log_in_uses_the_same_door(client: Client, rita: User) -> None:
    page = TextPage.objects.get(slug="privacy")
    page.view_restrictions.create(restriction_type="login")
    response = client.get("/privacy/", follow=True)
    assert response.request["PATH_INFO"] == SIGN_IN
    form = {"username": "rita", "password": PASSWORD, "next": "/privacy/"}
    assert client.post(SIGN_IN, form)["Location"] == "/privacy/"


# With a second factor


def test_at_the_first_sign_in_nothing_opens_before_there_is_a_second_factor(
    client: Client, rita: User, demanded: None
) -> None:
    assert sign_in(client).request["PATH_INFO"] == FACTORS
    for address in ["/admin/", "/admin/pages/", "/admin/account/", "/admin/images/"]:
        assert client.get(address)["Location"] == FACTORS
    set_up_app(client)
    assert len(reserve_codes(client)) == 10
    assert is_in(client)


def test_after_that_a_password_alone_is_not_enough(
    client: Client, rita: User, secret: str, demanded: None
) -> None:
    assert sign_in(client).request["PATH_INFO"] == f"{SIGN_IN}code/"
    assert not is_in(client)
    wrong = client.post(f"{SIGN_IN}code/", {"code": "000000"})
    assert "Ongeldige code" in words(parse(wrong).main)
    assert not is_in(client)
    client.post(f"{SIGN_IN}code/", {"code": code(secret)})
    assert is_in(client)


def test_a_second_factor_is_asked_of_who_has_one_in_development_too(
    client: Client, rita: User, secret: str
) -> None:
    sign_in(client)
    assert not is_in(client)


def test_a_code_that_somebody_looked_off_is_of_no_use(rita: User, secret: str) -> None:
    rita_herself, thief = Client(), Client()
    for browser in (rita_herself, thief):
        sign_in(browser)
        browser.post(f"{SIGN_IN}code/", {"code": code(secret)})
    assert is_in(rita_herself)
    assert not is_in(thief)


def test_nor_is_it_a_little_later_when_the_code_would_still_be_good(
    rita: User, secret: str
) -> None:
    looked_off, later = code(secret, later=1), timedelta(seconds=35)
    rita_herself, thief = Client(), Client()
    sign_in(rita_herself)
    rita_herself.post(f"{SIGN_IN}code/", {"code": looked_off})
    assert is_in(rita_herself)
    then = time.time() + later.total_seconds()
    with at(later), patch("time.time", lambda: then):
        sign_in(thief)
        thief.post(f"{SIGN_IN}code/", {"code": looked_off})
        assert not is_in(thief)


def test_a_reserve_code_works_once(rita: User) -> None:
    client = Client()
    sign_in(client)
    set_up_app(client)
    reserve = reserve_codes(client)[0]
    without_telephone, thief = Client(), Client()
    for browser in (without_telephone, thief):
        sign_in(browser)
        browser.post(f"{SIGN_IN}code/", {"code": reserve})
    assert is_in(without_telephone)
    assert not is_in(thief)


def test_the_second_factor_is_changed_only_by_who_just_gave_the_password(
    client: Client, rita: User
) -> None:
    sign_in(client)
    set_up_app(client)
    later = time.time() + 301
    with patch("time.time", lambda: later):
        response = client.post(f"{FACTORS}app/weg/", follow=True)
        assert response.request["PATH_INFO"] == f"{SIGN_IN}wachtwoord/"
        assert Authenticator.objects.filter(type="totp").exists()
        client.post(response.request["PATH_INFO"], {"password": PASSWORD})
        client.post(f"{FACTORS}app/weg/")
        assert not Authenticator.objects.exists()


# Too often


def fail(client: Client, name: str = "rita", **headers: str) -> None:
    for _ in range(FORBIDDEN_TRIES):
        sign_in(client, name, "verkeerd", **headers)


def test_guessing_is_stopped_and_keeps_no_colleague_out(rita: User, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 1
    attacker, owner = {"X-Forwarded-For": "192.0.2.66"}, {"X-Forwarded-For": "192.0.2.1"}
    fail(Client(), **attacker)
    guesser = Client()
    response = sign_in(guesser, **attacker)
    assert "over vijf minuten" in words(parse(response).main)
    assert not is_in(guesser)
    rita_herself = Client()
    sign_in(rita_herself, **owner)
    assert is_in(rita_herself)


def test_a_colleague_who_forgot_a_password_keeps_out_nobody_in_the_same_office(
    rita: User,
) -> None:
    staff_member("els", "Eindredacteur")
    fail(Client(), "els")
    client = Client()
    sign_in(client)
    assert is_in(client)


def test_five_minutes_later_one_may_try_again(client: Client, rita: User) -> None:
    fail(client)
    later = time.time() + 301
    with patch("time.time", lambda: later):
        sign_in(client)
        assert is_in(client)


def test_an_address_that_somebody_makes_up_counts_for_nothing(rita: User) -> None:
    guesser = Client()
    for number in range(FORBIDDEN_TRIES):
        sign_in(guesser, password="verkeerd", **{"X-Forwarded-For": f"192.0.2.{number}"})
    sign_in(guesser, **{"X-Forwarded-For": "192.0.2.99"})
    assert not is_in(guesser)


def test_codes_are_not_guessed_either(client: Client, rita: User, secret: str) -> None:
    sign_in(client)
    for _ in range(FORBIDDEN_TRIES):
        client.post(f"{SIGN_IN}code/", {"code": "000000"})
    response = client.post(f"{SIGN_IN}code/", {"code": code(secret)})
    assert "over vijf minuten" in words(parse(response).main)
    assert not is_in(client)


def test_no_password_and_no_address_of_a_colleague_ends_up_in_the_log(
    client: Client, rita: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sign_in(client, password="verkeerd")
    sign_in(client)
    client.post(reverse("wagtailadmin_password_reset"), {"email": rita.email})
    assert "verkeerd" not in caplog.text
    assert PASSWORD not in caplog.text
    assert rita.email not in caplog.text


# Forgotten, lost, left behind


def test_a_forgotten_password_is_replaced_by_mail(client: Client, rita: User, secret: str) -> None:
    form = read(client, SIGN_IN)
    address = form.find("a", string=re.compile("vergeten"))["href"]
    client.post(address, {"email": rita.email})
    [message] = mail.outbox
    assert message.to == [rita.email]
    assert not ENGLISH & {*message.body.lower().split()}
    link = re.search(r"http\S+", str(message.body))
    assert link
    response = client.get(link[0], follow=True)
    fresh = {"new_password1": "een-ander-lang-woord", "new_password2": "een-ander-lang-woord"}
    client.post(response.request["PATH_INFO"], fresh)
    sign_in(client, password="een-ander-lang-woord")
    assert not is_in(client)
    client.post(f"{SIGN_IN}code/", {"code": code(secret)})
    assert is_in(client)


def test_an_administrator_gives_a_colleague_who_lost_the_telephone_a_new_start(
    rita: User, demanded: None, settings: Settings
) -> None:
    left_behind = Client()
    sign_in(left_behind)
    set_up_app(left_behind)
    settings.SECOND_FACTOR_REQUIRED = False
    administrator = logged_in(staff_member("bea", "Beheerder"))
    listing = read(administrator, reverse("wagtailusers_users:index"))
    address = reverse("reset_factor", args=[rita.pk])
    assert listing.find("a", href=address)
    assert "Rita" in words(read(administrator, address).main)
    administrator.post(address)
    settings.SECOND_FACTOR_REQUIRED = True
    assert not is_in(left_behind)
    anew = Client()
    assert sign_in(anew).request["PATH_INFO"] == FACTORS


def test_nobody_else_does(rita: User, secret: str) -> None:
    superuser = User.objects.create_superuser("eigenaar")
    Authenticator.objects.create(user=superuser, type="totp", data={"secret": secret})
    logged_in(staff_member("els", "Eindredacteur")).post(reverse("reset_factor", args=[rita.pk]))
    logged_in(staff_member("bea", "Beheerder")).post(reverse("reset_factor", args=[superuser.pk]))
    assert Authenticator.objects.count() == 2


def test_one_sees_where_one_is_signed_in_and_signs_out_there(rita: User) -> None:
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"
    here, there = Client(), Client(headers={"user-agent": phone})
    sign_in(here)
    sign_in(there)
    account = read(here, reverse("wagtailadmin_account"))
    address = account.find("a", string="Waar u ingelogd bent")["href"]
    assert "Safari op een iPhone" in words(read(here, address).main)
    here.post(address)
    assert is_in(here)
    assert not is_in(there)


def test_a_session_stays_in_the_list_when_its_owner_changes_the_account(rita: User) -> None:
    here, there = Client(), Client()
    sign_in(here)
    sign_in(there)
    assert there.post(reverse("wagtailadmin_account"), own_account(there)).status_code == 302
    assert len(read(here, f"{SIGN_IN}sessies/").select("main li")) == 2
    here.post(f"{SIGN_IN}sessies/")
    assert not is_in(there)


def test_of_a_session_that_is_over_nothing_is_kept(rita: User) -> None:
    here, gone = Client(), Client()
    sign_in(here)
    sign_in(gone)
    yesterday = timezone.now() - timedelta(days=1)
    Session.objects.filter(pk=gone.session.session_key).update(expire_date=yesterday)
    tasks.purge.func(0)
    assert [session.pk for session in Session.objects.all()] == [here.session.session_key]
    assert UserSession.objects.get().session_key == here.session.session_key
    assert is_in(here)


def test_nobody_fills_the_mailbox_of_a_colleague(client: Client, rita: User) -> None:
    for _ in range(6):
        response = client.post(reverse("wagtailadmin_password_reset"), {"email": rita.email})
    assert response.status_code == 429
    assert "te snel" in words(parse(response).main)
    assert len(mail.outbox) == 5


# What the screens are like


@pytest.mark.parametrize("name", ["", "code/", "extra/", "extra/app/", "sessies/"])
def test_the_screens_are_in_dutch_and_run_no_script_of_their_own(
    client: Client, rita: User, name: str
) -> None:
    if name:
        sign_in(client)
    if name == "code/":
        set_up_app(client)
        client = Client()
        sign_in(client)
    response = client.get(SIGN_IN + name)
    page = parse(response)
    assert page.html["lang"] == "nl"
    assert page.title.text.endswith("Vitale Overheid")
    assert not ENGLISH & {*words(page.main).lower().split()}
    assert not page.select("main [style]")
    inline = [script for script in page.select("script:not([src])") if script.text.strip()]
    assert {script["type"] for script in inline} == {"application/json"}
    assert "'unsafe-inline'" not in response["Content-Security-Policy"]


def test_a_visitor_who_never_signs_in_gets_no_cookie(client: Client) -> None:
    assert not client.get("/").cookies
    assert not client.get("/bestaat-niet/").cookies
