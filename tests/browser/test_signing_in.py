"""Signing in to the admin in a real browser, with everything one can sign in with."""

import re
from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.signing_in import PASSWORD, give_password, make_member, set_up_app, sign_in
from tests.browser.test_inbox_screens import FINISH, NARROW, RULES, WIDE
from tests.live_site import LiveSite, until
from tests.second_factor import code

FACTORS = "/admin/login/extra/"


def is_in(page: Page) -> None:
    expect(page).to_have_url(re.compile("/admin/$"))
    expect(page.get_by_role("link", name="Pagina's").first).to_be_visible()


# A new editor's first hour


def test_a_new_editors_first_hour(page: Page, browser: Browser, live_site: LiveSite) -> None:
    name = make_member(live_site, "roos", "Redacteur")
    give_password(page, name)
    expect(page.get_by_role("heading", name="Extra beveiliging")).to_be_visible()
    page.goto("/admin/pages/")
    expect(page.get_by_role("heading", name="Extra beveiliging")).to_be_visible()
    secret = set_up_app(page)
    expect(page.get_by_role("heading", name="Reservecodes")).to_be_visible()
    reserve = page.locator("main code").all_inner_texts()
    page.get_by_role("link", name="Ik heb ze bewaard").click()
    is_in(page)

    at_home = browser.new_page(base_url=live_site.url)
    give_password(at_home, name)
    at_home.get_by_label("Code").fill(code(secret, later=1))
    at_home.get_by_role("button", name="Inloggen", exact=True).click()
    is_in(at_home)
    at_home.close()

    without_telephone = browser.new_page(base_url=live_site.url)
    give_password(without_telephone, name)
    without_telephone.get_by_label("Code").fill(reserve[0])
    without_telephone.get_by_role("button", name="Inloggen", exact=True).click()
    is_in(without_telephone)
    without_telephone.close()


@pytest.fixture
def page_with_passkeys(browser: Browser, live_site: LiveSite) -> Iterator[Page]:
    """A page on a computer that makes passkeys; only a name with letters may have them."""
    url = live_site.url.replace("127.0.0.1", "localhost")
    page = browser.new_page(base_url=url)
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield page
    page.close()


def test_a_passkey_takes_the_place_of_a_password_and_a_code(
    page_with_passkeys: Page, live_site: LiveSite
) -> None:
    page = page_with_passkeys
    name = make_member(live_site, "pim", "Redacteur")
    give_password(page, name)
    page.get_by_role("link", name="Passkey toevoegen").click()
    page.get_by_label("Naam").fill("Mijn computer")
    page.get_by_role("button", name="Passkey toevoegen").click()
    page.get_by_role("link", name="Ik heb ze bewaard").click()
    is_in(page)

    page.context.clear_cookies()
    page.goto("/admin/")
    page.get_by_role("button", name="Inloggen met een passkey").click()
    is_in(page)

    page.context.clear_cookies()
    give_password(page, name)
    page.get_by_role("button", name="Passkey gebruiken").click()
    is_in(page)

    page.goto(FACTORS)
    expect(page.get_by_text("Mijn computer")).to_be_visible()
    page.get_by_role("link", name="Mijn computer weghalen").click()
    page.get_by_role("button", name="Passkey weghalen").click()
    expect(page.get_by_text("De passkey is weggehaald.")).to_be_visible()


def test_one_signs_in_with_the_keyboard_alone(page: Page, live_site: LiveSite) -> None:
    name = make_member(live_site, "toets", "Redacteur")
    page.goto("/admin/")
    page.get_by_label("Gebruikersnaam").focus()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Extra beveiliging")).to_be_visible()
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.locator(":focus").inner_text() == "App gebruiken":
            break
    page.keyboard.press("Enter")
    secret = page.locator("main code").inner_text()
    page.get_by_label("Code uit de app").focus()
    page.keyboard.type(code(secret))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Reservecodes")).to_be_visible()


# For everyone


class Walk:
    """A walk along the screens of somebody who signs in, with what axe finds on the way."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: list[str] = []

    def goto(self, address: str) -> None:
        self.page.goto(address)
        self.look()

    def look(self) -> None:
        self.page.wait_for_load_state("networkidle")
        self.look_in("light", WIDE)
        self.look_in("dark", NARROW)

    def look_in(self, scheme: Literal["light", "dark"], width: int) -> None:
        self.page.emulate_media(color_scheme=scheme)
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.evaluate(FINISH)
        where = f"{self.page.url}, {scheme}, {width} px"
        for violation in Axe().run(self.page, options=RULES).response["violations"]:
            self.found += [
                f"{where}, {violation['id']} at {node['target']}: {node['failureSummary']}"
                for node in violation["nodes"]
            ]
        if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            self.found.append(f"{where} is too wide")


def test_everyone_can_use_the_screens(page: Page, live_site: LiveSite) -> None:
    name = make_member(live_site, "iedereen", "Beheerder")
    walk = Walk(page)
    walk.goto("/admin/password_reset/")
    walk.goto("/admin/")
    give_password(page, name, "verkeerd")
    walk.look()
    give_password(page, name)
    walk.look()
    walk.goto(f"{FACTORS}passkey/")
    walk.goto(f"{FACTORS}app/")
    page.get_by_label("Code uit de app").fill("000000")
    page.get_by_role("button", name="App aanzetten").click()
    walk.look()
    page.goto(FACTORS)
    set_up_app(page)
    walk.look()
    [(pk,)] = live_site.query("SELECT id FROM auth_user WHERE username = %s", name)
    for address in [
        *(FACTORS, f"{FACTORS}codes/", f"{FACTORS}codes/nieuw/", f"{FACTORS}app/weg/"),
        *("/admin/login/sessies/", "/admin/login/wachtwoord/", f"/admin/users/{pk}/extra/"),
        *("/admin/handleiding/", "/admin/"),
    ]:
        walk.goto(address)
    page.context.clear_cookies()
    give_password(page, name)
    walk.look()
    assert walk.found == []


# Rights


def test_a_right_that_is_taken_away_is_gone_for_whoever_is_signed_in(
    page: Page, live_site: LiveSite
) -> None:
    sign_in(page, make_member(live_site, "handelaar", "Redacteur"))
    belongs = "FROM auth_user, auth_group WHERE username = 'handelaar' AND name = %s"
    handlers = "Aanvragen behandelen"

    def status() -> int:
        answer = page.goto("/admin/enquiries/")
        assert answer
        return answer.status

    assert status() == 403
    live_site.query(
        "INSERT INTO auth_user_groups (user_id, group_id) SELECT auth_user.id, auth_group.id"
        f" {belongs} RETURNING id",
        handlers,
    )
    until(lambda: status() == 200)
    live_site.query(
        "DELETE FROM auth_user_groups WHERE (user_id, group_id) IN"
        f" (SELECT auth_user.id, auth_group.id {belongs}) RETURNING id",
        handlers,
    )
    until(lambda: status() == 403)
