"""A new editor's first hour, up to what a visitor then sees."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from tests.browser.editing import (
    add_block,
    ask_for_four_eyes,
    choose,
    open_page,
    photo,
    soon,
    upload_picture,
    wait_for_draft,
    wait_for_form,
    write,
)
from tests.browser.signing_in import make_member, sign_in
from tests.live_site import LiveSite

SLUG, ADDRESS = "toegankelijkheid", "/toegankelijkheid/"
PICTURE = "Twee mensen aan een tafel"
WORKER = """
import django
django.setup()
from datetime import timedelta
from contact.tasks import publish_scheduled
from tests.enquiries import at
with at(timedelta(days=2)):
    publish_scheduled(0)
"""
"""What the worker does every minute, on the day after tomorrow."""


@pytest.fixture
def four_eyes(live_site: LiveSite) -> Iterator[None]:
    """Nobody of the editors publishes alone."""
    ask_for_four_eyes(live_site)
    yield
    live_site.query("DELETE FROM wagtailcore_workflowpage RETURNING 1")


def test_a_new_editors_first_hour(
    browser: Browser, page: Page, live_site: LiveSite, four_eyes: None, tmp_path: Path
) -> None:
    editor = somebody(browser, live_site, "nieuw", "Redacteur")
    page.goto(ADDRESS)
    before = page.locator(".page-head .lead").inner_text()
    change(editor, live_site, photo(tmp_path))
    visitor_reads(page, before)

    chief = somebody(browser, live_site, "ervaren", "Eindredacteur")
    approve(chief)
    visitor_reads(page, "Iedereen kan hier terecht.")
    expect(page.get_by_role("img", name=PICTURE)).to_be_visible()

    plan(chief, live_site)
    visitor_reads(page, "Iedereen kan hier terecht.")
    environment = {"DJANGO_SETTINGS_MODULE": "vitaleoverheid.settings"}
    assert live_site.start("-c", WORKER, environment=environment).wait() == 0
    visitor_reads(page, "Vanaf morgen is hier meer te lezen.")

    go_back(chief, live_site)
    visitor_reads(page, "Iedereen moet deze website kunnen gebruiken.")
    expect(page.get_by_role("img", name=PICTURE)).to_be_hidden()
    editor.close()
    chief.close()


def somebody(browser: Browser, live_site: LiveSite, name: str, group: str) -> Page:
    """A window of somebody of the firm, signed in for the first time."""
    page = browser.new_page(base_url=live_site.url, reduced_motion="reduce")
    sign_in(page, make_member(live_site, name, group))
    return page


def change(page: Page, live_site: LiveSite, file: Path) -> None:
    """Change a text, add a picture, look how it will be, and submit it."""
    open_page(page, live_site, SLUG)
    block = add_block(page, "Afbeelding")
    upload_picture(page, block, file)
    write(page, "Iedereen kan hier terecht.")
    page.get_by_role("button", name="Toon/verberg voorvertoning").click()
    preview = page.frame_locator("#w-preview-iframe")
    expect(preview.get_by_text("Iedereen kan hier terecht.")).to_be_visible()
    page.get_by_role("button", name="Toon/verberg voorvertoning").click()

    choose(page, "Stuur door naar Vier ogen")
    expect(block.get_by_text("markeer de afbeelding als decoratief")).to_be_visible()
    wait_for_form(page)
    block.get_by_label("Alt tekst").fill(PICTURE)
    wait_for_draft(page)
    choose(page, "Stuur door naar Vier ogen")
    expect(page.get_by_text("is ter goedkeuring ingediend")).to_be_visible()


def approve(page: Page) -> None:
    """See on the first screen what awaits approval, and approve it."""
    page.get_by_role("link", name="Toegankelijkheid").first.click()
    choose(page, "Goedkeuren")


def plan(page: Page, live_site: LiveSite) -> None:
    """Plan another change for tomorrow."""
    open_page(page, live_site, SLUG)
    page.get_by_role("button", name="Toon/verberg status").click()
    page.get_by_role("button", name="Stel schema in").click()
    tomorrow = timezone.localtime() + timedelta(days=1)
    page.get_by_label("Publiceer op").fill(f"{tomorrow:%d-%m-%Y %H:%M}")
    with page.expect_navigation():
        page.get_by_role("button", name="Schema opslaan").press("Enter")
    wait_for_form(page)
    write(page, "Vanaf morgen is hier meer te lezen.")
    choose(page, "Publicatie inplannen")
    expect(page.get_by_text("gepland voor publicatie")).to_be_visible()


def go_back(page: Page, live_site: LiveSite) -> None:
    """Publish the page as it was at the very first."""
    open_page(page, live_site, SLUG)
    with page.expect_navigation():
        page.get_by_role("link", name="Geschiedenis").click()
    page.get_by_role("row").get_by_role("button", name="Acties").last.click()
    with page.expect_navigation():
        page.get_by_role("link", name="Beoordeel deze versie").click()
    choose(page, "Publiceer deze versie")


def visitor_reads(page: Page, introduction: str) -> None:
    soon(page, ADDRESS, page.locator(".page-head", has_text=introduction).is_visible)
