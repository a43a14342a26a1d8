"""How a browser gets to see every screen of the site."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.live_site import SECRET_KEY
from tests.reading import FORM_WITHOUT_MISTAKES, PAGES, expired_address

Visit = Callable[[Page, str], object]


def at(address: str) -> Visit:
    return lambda page, host: page.goto(address)


def form_with_mistakes(page: Page, host: str) -> None:
    page.goto("/contact/")
    page.get_by_label("E-mailadres").fill("jan@voorbeeld")
    page.get_by_role("button", name="Verstuur bericht").click()
    page.wait_for_selector(".error-summary")


def form_from_elsewhere(page: Page, host: str) -> None:
    fields = "".join(
        f'<input name="{name}" value="{value}">' for name, value in FORM_WITHOUT_MISTAKES.items()
    )
    page.goto("about:blank")
    page.set_content(
        f'<form method="post" action="{host}/contact/">{fields}<button>Stuur</button></form>'
    )
    page.get_by_role("button").click()
    page.wait_for_selector(".error-summary")


def fill_in(page: Page, **changes: str) -> None:
    """Fill in the fields that are required."""
    typed = FORM_WITHOUT_MISTAKES | changes
    page.get_by_label("Uw naam").fill(typed["name"])
    page.get_by_label("E-mailadres").fill(typed["email"])
    page.get_by_role("textbox", name="Uw bericht").fill(typed["message"])


def confirmation(page: Page, host: str) -> None:
    page.goto("/contact/")
    fill_in(page)
    page.get_by_role("button", name="Verstuur bericht").click()
    page.wait_for_url("**/contact/bedankt/**")


SCREENS: dict[str, Visit] = {
    **{address: at(address) for address in PAGES},
    "search, nothing asked": at("/zoeken/"),
    "search, something found": at("/zoeken/?q=samenwerking"),
    "search, nothing found": at("/zoeken/?q=zeppelin"),
    "no such page": at("/bestaat-niet/"),
    "form with mistakes": form_with_mistakes,
    "form from elsewhere": form_from_elsewhere,
    "confirmation": confirmation,
    "confirmation, expired": at(expired_address("VO-2222-2222", SECRET_KEY)),
}
"""Every screen of the public site: its name, and how a visitor gets there."""
