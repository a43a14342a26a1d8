"""A visitor without a mouse gets everywhere."""

import re

import pytest
from playwright.sync_api import Page, ViewportSize, expect

PHONE: ViewportSize = {"width": 390, "height": 844}

SHAPE = "element => getComputedStyle(element).clipPath"
FOCUS = """() => {
  const element = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  return `${outlineStyle} ${outlineWidth}`;
}"""


def test_the_first_key_shows_a_link_to_the_content(page: Page) -> None:
    page.goto("/diensten/")
    skip = page.get_by_role("link", name="Direct naar de inhoud")
    assert skip.evaluate(SHAPE) == "inset(50%)"  # nothing of it is drawn
    page.keyboard.press("Tab")
    expect(skip).to_be_focused()
    assert skip.evaluate(SHAPE) == "none"
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#inhoud$"))
    page.keyboard.press("Tab")
    expect(page.locator("main :focus")).to_have_count(1)


def test_on_a_telephone_the_menu_opens_and_leads_on(page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto("/")
    link = page.get_by_role("banner").get_by_role("link", name="Over ons")
    expect(link).to_be_hidden()
    page.get_by_text("Menu", exact=True).focus()
    page.keyboard.press("Enter")
    expect(link).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/over-ons/$"))


def test_on_a_wide_screen_the_menu_is_open_without_a_button(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("banner").get_by_role("link", name="Over ons")).to_be_visible()
    expect(page.get_by_text("Menu", exact=True)).to_be_hidden()


@pytest.mark.parametrize("address", ["/", "/contact/", "/zoeken/?q=samenwerking"])
def test_every_link_and_field_can_be_reached_and_is_seen_to_have_the_focus(
    page: Page, address: str
) -> None:
    page.goto(address)
    everything = page.locator("a[href], button, input, select, textarea, summary").all()
    expected = sum(element.is_visible() for element in everything)
    reached = set()
    for _ in range(expected + 1):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if not focused.count():
            break
        reached.add(
            focused.evaluate("element => element.outerHTML + element.getBoundingClientRect().y")
        )
        assert page.evaluate(FOCUS) == "solid 3px"
    assert len(reached) == expected
