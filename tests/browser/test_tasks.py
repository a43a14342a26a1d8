"""What somebody who publishes does in the admin, each time up to what a visitor then sees."""

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from tests.browser.editing import (
    add_block,
    choose,
    open_page,
    soon,
    wait_for_draft,
    wait_for_form,
    write,
)
from tests.browser.signing_in import make_member, sign_in
from tests.live_site import LiveSite, until

SERVICE = "versterking-interne-samenwerking"


@pytest.fixture(scope="module")
def chief(browser: Browser, live_site: LiveSite) -> Iterator[Page]:
    page = browser.new_page(base_url=live_site.url, reduced_motion="reduce")
    sign_in(page, make_member(live_site, "eindredacteur", "Eindredacteur"))
    yield page
    page.close()


def test_a_mistake_is_told_beside_it_and_advice_keeps_nobody_from_publishing(
    chief: Page, page: Page, live_site: LiveSite
) -> None:
    open_page(chief, live_site, "privacy")
    chief.get_by_role("button", name="Checks aan/uitzetten").click()
    write(chief, "Indien u iets wilt weten, kunt u bellen.")
    expect(chief.get_by_text("‘indien’ is ambtelijk")).to_be_visible()
    chief.get_by_role("button", name="Checks aan/uitzetten").click()
    block = add_block(chief, "Tekst")
    block.get_by_role("textbox").click()
    chief.keyboard.type("Wij zijn er voor u.\n### ")
    expect(chief.get_by_text("Er zijn validatiefouten")).to_be_visible()
    choose(chief, "Publiceren")
    expect(block.get_by_text("lege kop")).to_be_visible()
    block.locator("h3").click()
    chief.keyboard.type("Wat u krijgt")
    expect(block.locator("input[name$=value]")).to_have_value(re.compile("Wat u krijgt"))
    publish(chief)
    soon(page, "/privacy/", page.get_by_role("heading", level=3, name="Wat u krijgt").is_visible)
    expect(page.get_by_role("main")).to_contain_text("Indien u iets wilt weten")


def test_a_notice_is_there_from_one_time_to_another(chief: Page, page: Page) -> None:
    now, day = timezone.localtime(), timedelta(days=1)
    yesterday, tomorrow = (f"{moment:%d-%m-%Y %H:%M}" for moment in (now - day, now + day))
    notice = page.get_by_text("Wij zijn vrijdag dicht.")
    for start, end, is_so in (
        (tomorrow, "", notice.is_hidden),
        (yesterday, tomorrow, notice.is_visible),
        ("", yesterday, notice.is_hidden),
    ):
        from_menu(chief, "Instellingen", "Organisatie en vaste teksten")
        chief.get_by_role("tab", name="Mededeling").click()
        form = chief.get_by_role("tabpanel", name="Mededeling")
        if start == tomorrow:
            form.get_by_role("textbox").first.fill("Wij zijn vrijdag dicht.")
            expect(form.locator("[name=notice_text]")).to_have_value(re.compile("vrijdag"))
        form.get_by_role("textbox", name="Te zien vanaf").fill(start)
        form.get_by_role("textbox", name="Te zien tot").fill(end)
        save(chief, "Opslaan")
        soon(page, "/over-ons/", is_so)


def test_a_colleague_is_shown_where_visitors_look_for_people(
    chief: Page, page: Page, live_site: LiveSite
) -> None:
    from_menu(chief, "Medewerkers")
    chief.get_by_role("link", name="Medewerker toevoegen").click()
    chief.get_by_role("textbox", name="Naam").fill("Jo Voorbeeld")
    chief.get_by_role("textbox", name="Adres*", exact=True).fill("jo-voorbeeld")
    chief.get_by_role("textbox", name="Functie").fill("Adviseur")
    save(chief, "Opslaan")
    open_page(chief, live_site, SERVICE)
    chief.get_by_role("checkbox", name="Jo Voorbeeld").check()
    wait_for_draft(chief)
    publish(chief)
    for address in ("/over-ons/", "/contact/", f"/diensten/{SERVICE}/"):
        soon(page, address, page.get_by_text("Jo Voorbeeld").first.is_visible)
    card = page.get_by_role("link", name="Jo Voorbeeld").get_attribute("href")
    until(lambda: b"FN:Jo Voorbeeld" in live_site.get(str(card))[1])


def test_insights_are_in_the_menu_while_there_is_an_article(
    chief: Page, page: Page, live_site: LiveSite
) -> None:
    page.goto("/")
    menu = page.get_by_role("banner").get_by_role("link", name="Inzichten")
    expect(menu).to_be_hidden()
    add_page(chief, live_site, "inzichten", "Samenwerken begint binnen")
    publish(chief)
    soon(page, "/", menu.is_visible)
    menu.click()
    page.get_by_role("link", name="Samenwerken begint binnen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Samenwerken begint binnen")
    feed = page.locator("link[type='application/atom+xml']").get_attribute("href")
    until(lambda: b"Samenwerken begint binnen" in live_site.get(str(feed))[1])
    remove(chief, "Samenwerken begint binnen", links=0)
    soon(page, "/", menu.is_hidden)


def test_a_page_from_its_first_draft_to_its_end(
    chief: Page, page: Page, live_site: LiveSite
) -> None:
    add_page(chief, live_site, "vitale-overheid", "Zo werken wij")
    chief.get_by_role("tab", name="Eigenschappen").click()
    chief.get_by_role("checkbox", name="Toon in menu's").check()
    chief.get_by_role("tab", name="Instellingen").click()
    chief.get_by_role("textbox", name="Nakijken vóór").fill(f"{timezone.localdate():%d-%m-%Y}")
    wait_for_draft(chief)

    chief.get_by_role("button", name="Acties", exact=True).click()
    chief.get_by_role("link", name="Concept delen").click()
    chief.get_by_role("button", name="Nieuw adres").click()
    shared = chief.get_by_role("cell").get_by_role("link").inner_text()
    visitor_reads(page, shared)
    chief.get_by_role("button", name="Intrekken").click()
    expect(chief.get_by_role("cell")).to_have_count(0)
    assert live_site.get(urlsplit(shared).path)[0] == 404
    assert live_site.get("/zo-werken-wij/")[0] == 404

    open_page(chief, live_site, "zo-werken-wij")
    publish(chief)
    footer = page.get_by_role("contentinfo")
    soon(page, "/", footer.get_by_role("link", name="Zo werken wij").is_visible)
    footer.get_by_role("link", name="Zo werken wij").click()
    visitor_reads(page, page.url)

    from_menu(chief, "Instellingen", "Uitgelichte zoekresultaten")
    chief.get_by_role("link", name="Voeg een gepromoveerd resultaat toe").click()
    chief.get_by_role("textbox", name="Zoekterm").fill("zeppelin")
    chief.get_by_role("button", name="Voeg een aanbevolen").click()
    pick_page(chief, "Zo werken wij")
    save(chief, "Toevoegen")
    found = page.get_by_role("main").get_by_role("link", name="Zo werken wij")
    soon(page, "/zoeken/?q=zeppelin", found.is_visible)
    found.click()
    visitor_reads(page, page.url)

    chief.goto("/admin/")
    chief.get_by_role("region", name="na te kijken").get_by_role(
        "link", name="Zo werken wij"
    ).click()
    wait_for_form(chief)
    chief.get_by_role("tab", name="Eigenschappen").click()
    chief.get_by_role("textbox", name="Slug").fill("onze-werkwijze")
    wait_for_draft(chief)
    publish(chief)
    soon(page, "/zo-werken-wij/", lambda: page.url.endswith("/onze-werkwijze/"))
    visitor_reads(page, page.url)

    remove(chief, "Zo werken wij", links=1)
    until(lambda: live_site.get("/onze-werkwijze/")[0] == 404)


def add_page(page: Page, live_site: LiveSite, parent: str, title: str) -> None:
    """Begin a page below another."""
    [(pk,)] = live_site.query("SELECT id FROM wagtailcore_page WHERE slug = %s", parent)
    page.goto(f"/admin/pages/{pk}/")
    page.get_by_role("link", name="Voeg onderliggende pagina toe").click()
    wait_for_form(page)
    page.get_by_role("textbox", name="Titel").fill(title)
    page.keyboard.press("Tab")
    wait_for_draft(page)


def visitor_reads(page: Page, address: str) -> None:
    soon(page, address, page.get_by_role("heading", level=1, name="Zo werken wij").is_visible)


def publish(page: Page) -> None:
    choose(page, "Publiceren")
    expect(page.get_by_text("is gepubliceerd").first).to_be_visible()


def remove(page: Page, title: str, links: int) -> None:
    """Remove a page from a list, after a warning about what links to it."""
    page.get_by_role("button", name=f"Meer opties voor '{title}'").click()
    page.get_by_role("link", name="Verwijder", exact=True).click()
    expect(page.get_by_text(re.compile(f"{links} verwijzing"))).to_be_visible()
    page.get_by_role("button", name="Ja, verwijderen").click()
    expect(page.get_by_text("verwijderd.").first).to_be_visible()


def save(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).press("Enter")
    expect(page.locator(".messages .success")).to_be_visible()


def from_menu(page: Page, *names: str) -> None:
    """Go where the menu of the admin leads."""
    page.goto("/admin/")
    menu = page.get_by_role("navigation", name="Hoofdmenu")
    for name in names:
        menu.get_by_text(name, exact=True).first.click()


def pick_page(page: Page, title: str) -> None:
    page.get_by_role("button", name="Kies een pagina").click()
    chooser = page.locator(".modal-body")
    chooser.get_by_role("textbox", name="Zoek").fill(title)
    chooser.get_by_role("link", name=title).click()
    expect(chooser).to_be_hidden()
