"""Someone of the firm works in the admin, in a real browser."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.editing import open_page, wait_for_draft
from tests.browser.screens import fill_in
from tests.live_site import LiveSite

TYPE_AT_ONCE = """
  document.addEventListener("w-unsaved:watch-edits", () => {
    document.querySelector("[name=introduction]").value = "Meteen getypt.";
  }, { once: true });
"""
"""Somebody types as soon as Wagtail looks whether somebody does."""


@pytest.fixture(autouse=True)
def quiet(admin: Page) -> Iterator[None]:
    """The browser must have nothing to complain about."""
    errors: list[str] = []
    admin.on(
        "console", lambda message: errors.append(message.text) if message.type == "error" else None
    )
    yield
    assert errors == []


def test_an_enquiry_that_a_visitor_just_left_is_read_in_the_admin(
    admin: Page, browser: Browser, live_site: LiveSite
) -> None:
    visitor = browser.new_page(base_url=live_site.url)
    visitor.goto("/contact/")
    fill_in(visitor, name="Zoë Đặng", message="Leest iemand dit?")
    visitor.get_by_role("button", name="Verstuur bericht").click()
    visitor.wait_for_url("**/contact/bedankt/**")
    visitor.close()
    admin.goto("/admin/")
    admin.get_by_role("link", name=re.compile("^Aanvragen")).first.click()
    admin.get_by_role("link", name="Zoë Đặng").click()
    expect(admin.get_by_text("Leest iemand dit?").first).to_be_visible()


def test_an_editor_changes_a_page_and_visitors_read_it(admin: Page, live_site: LiveSite) -> None:
    [(pk,)] = live_site.query("SELECT id FROM wagtailcore_page WHERE slug = 'toegankelijkheid'")
    admin.goto(f"/admin/pages/{pk}/edit/")
    admin.get_by_role("textbox", name="Inleiding").fill("Iedereen hoort erbij.")
    admin.locator('[name="action-publish"]').dispatch_event("click")
    expect(admin.get_by_text("is gepubliceerd").first).to_be_visible()
    admin.goto("/toegankelijkheid/")
    expect(admin.get_by_role("main")).to_contain_text("Iedereen hoort erbij.")


def test_words_typed_while_a_draft_is_being_saved_are_saved_too(
    admin: Page, live_site: LiveSite
) -> None:
    introduction = admin.get_by_role("textbox", name="Inleiding")

    def type_on(route: Route) -> None:
        answer = route.fetch()
        introduction.press_sequentially(" Tot ziens.")
        route.fulfill(response=answer)

    open_page(admin, live_site, "toegankelijkheid")
    admin.route("**/edit/", type_on, times=1)
    introduction.fill("Dag.")
    wait_for_draft(admin)
    open_page(admin, live_site, "toegankelijkheid")
    expect(introduction).to_have_text("Dag. Tot ziens.")


def test_words_typed_as_soon_as_a_page_is_open_are_saved_too(
    admin: Page, live_site: LiveSite
) -> None:
    admin.add_init_script(TYPE_AT_ONCE)
    open_page(admin, live_site, "toegankelijkheid")
    wait_for_draft(admin)
    open_page(admin, live_site, "toegankelijkheid")
    expect(admin.get_by_role("textbox", name="Inleiding")).to_have_text("Meteen getypt.")
