"""How somebody of the firm gets into the admin of the live site, second factor and all."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from playwright.sync_api import Page

from tests.live_site import LiveSite
from tests.second_factor import code

PASSWORD = "een-lang-wachtwoord"


def make_member(live_site: LiveSite, name: str, group: str) -> str:
    """Make a colleague in a group, who signs in with ``PASSWORD``; the name."""
    password = PBKDF2PasswordHasher().encode(PASSWORD, "zout", iterations=1)
    live_site.query(
        "WITH made AS (INSERT INTO auth_user (username, password, first_name, last_name, email,"
        " is_superuser, is_staff, is_active, date_joined)"
        " VALUES (%s, %s, '', '', '', false, false, true, now()) RETURNING id)"
        " INSERT INTO auth_user_groups (user_id, group_id)"
        " SELECT made.id, auth_group.id FROM made, auth_group WHERE name = %s RETURNING id",
        name,
        password,
        group,
    )
    return name


def give_password(page: Page, name: str, password: str = PASSWORD) -> None:
    page.goto("/admin/")
    page.get_by_label("Gebruikersnaam").fill(name)
    page.get_by_label("Wachtwoord").fill(password)
    page.get_by_role("button", name="Inloggen", exact=True).click()


def set_up_app(page: Page) -> str:
    """Choose codes as the second factor, up to the reserve codes; what the app knows."""
    page.get_by_role("link", name="App gebruiken").click()
    secret = page.locator("main code").inner_text()
    page.get_by_label("Code uit de app").fill(code(secret))
    page.get_by_role("button", name="App aanzetten").click()
    return secret


def sign_in(page: Page, name: str, password: str = PASSWORD) -> str:
    """Sign in for the first time; what the app knows."""
    give_password(page, name, password)
    secret = set_up_app(page)
    page.get_by_role("link", name="Ik heb ze bewaard").click()
    page.wait_for_url("**/admin/")
    return secret
