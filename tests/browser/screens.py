"""How a browser gets to see every screen of the site."""

from collections.abc import Callable

from django.template.loader import render_to_string
from django.test import RequestFactory
from playwright.sync_api import Page

from contact import rescue
from tests.live_site import SECRET_KEY, LiveSite
from tests.reading import FORM_WITHOUT_MISTAKES, PAGES, expired_address
from vitaleoverheid.models import OrganisationSettings

Visit = Callable[[Page, LiveSite], object]


def at(address: str) -> Visit:
    return lambda page, site: page.goto(address)


def form_with_mistakes(page: Page, site: LiveSite) -> None:
    page.goto("/contact/")
    page.get_by_label("E-mailadres").fill("jan@voorbeeld")
    page.get_by_role("button", name="Verstuur bericht").click()
    page.wait_for_selector(".error-summary")


def form_from_elsewhere(page: Page, site: LiveSite) -> None:
    fields = "".join(
        f'<input name="{name}" value="{value}">' for name, value in FORM_WITHOUT_MISTAKES.items()
    )
    page.goto("about:blank")
    page.set_content(
        f'<form method="post" action="{site.url}/contact/">{fields}<button>Stuur</button></form>'
    )
    page.get_by_role("button").click()
    page.wait_for_selector(".error-summary")


def fill_in(page: Page, **changes: str) -> None:
    """Fill in the fields that are required."""
    typed = FORM_WITHOUT_MISTAKES | changes
    page.get_by_label("Uw naam").fill(typed["name"])
    page.get_by_label("E-mailadres").fill(typed["email"])
    page.get_by_role("textbox", name="Uw bericht").fill(typed["message"])


def too_often(page: Page, site: LiveSite) -> None:
    """Send the form after many others did so from the same place."""
    confirmation(page, site)
    site.query("UPDATE contact_sendercount SET count = 99 RETURNING 1")
    page.goto("/contact/")
    fill_in(page, message="Nog een bericht.")
    page.get_by_role("button", name="Verstuur bericht").click()
    page.wait_for_selector(".error-summary")
    site.query("DELETE FROM contact_sendercount RETURNING 1")


def removed(page: Page, site: LiveSite) -> None:
    site.query(
        "INSERT INTO wagtailredirects_redirect (old_path, is_permanent, redirect_link,"
        " redirect_page_route_path, automatically_created) VALUES ('/oud', true, '', '', false)"
        " ON CONFLICT DO NOTHING RETURNING 1"
    )
    page.goto("/oud/")


def kept_out(page: Page, site: LiveSite) -> None:
    """A page that asks for a password, after a wrong one."""
    site.query(
        "INSERT INTO wagtailcore_pageviewrestriction (page_id, restriction_type, password)"
        " SELECT id, 'password', 'geheim' FROM wagtailcore_page WHERE slug = 'privacy' RETURNING 1"
    )
    page.goto("/privacy/")
    page.get_by_label("Wachtwoord").fill("fout")
    page.get_by_role("button", name="Verder").click()
    page.wait_for_selector(".form-field__error")
    site.query("DELETE FROM wagtailcore_pageviewrestriction RETURNING 1")
    page.context.clear_cookies()


def broken(template: str) -> Visit:
    """An error that no visitor can bring about: the page as it then is, without any database."""

    def visit(page: Page, site: LiveSite) -> None:
        context = {"organisation": OrganisationSettings()}
        show(page, site, render_to_string(template, context))

    return visit


def unavailable(page: Page, site: LiveSite) -> None:
    request = RequestFactory().post("/contact/", FORM_WITHOUT_MISTAKES)
    show(page, site, rescue.response(request).content.decode())


def show(page: Page, site: LiveSite, html: str) -> None:
    address = f"{site.url}/storing/"
    page.route(address, lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(address)


def confirmation(page: Page, site: LiveSite) -> None:
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
    "form sent too often": too_often,
    "form that could not be stored": unavailable,
    "confirmation": confirmation,
    "confirmation, expired": at(expired_address("VO-2222-2222", SECRET_KEY)),
    "page that was removed": removed,
    "page with a password": kept_out,
    **{
        template: broken(template)
        for template in ("400.html", "403.html", "403_csrf.html", "500.html", "503.html")
    },
}
"""Every screen of the public site: its name, and how a visitor gets there."""
