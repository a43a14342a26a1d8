"""Everyone can use the site: on any screen, in any colours, with any letters, in any program."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.browser.screens import SCREENS
from tests.live_site import LiveSite

RULES = {
    "runOnly": {
        "type": "tag",
        "values": [
            *["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag21aaa"],
            *["wcag22a", "wcag22aa", "wcag22aaa", "best-practice"],
        ],
    },
    "resultTypes": ["violations"],
}

WIDE, NARROW = 1280, 320

TEXT_SPACING = """
    * {
      line-height: 1.5 !important;
      letter-spacing: .12em !important;
      word-spacing: .16em !important;
    }
    p { margin-block-end: 2em !important; }
"""
"""What WCAG 1.4.12 lets a reader do to the letters."""

CUT_OFF_TEXT = """() => {
  const found = new Set();
  const range = document.createRange();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const parent = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !parent.checkVisibility()) continue;
    if (parent.closest(".visually-hidden, .skip-link")) continue;
    range.selectNodeContents(texts.currentNode);
    for (const rect of range.getClientRects()) {
      if (rect.left < -1 || rect.right > innerWidth + 1) found.add(texts.currentNode.data.trim());
      for (let box = parent; box; box = box.parentElement) {
        const { overflowX, overflowY } = getComputedStyle(box);
        const edge = box.getBoundingClientRect();
        const aside = ["hidden", "clip"].includes(overflowX)
          && (rect.left < edge.left - 1 || rect.right > edge.right + 1);
        const below = ["hidden", "clip"].includes(overflowY)
          && (rect.top < edge.top - 1 || rect.bottom > edge.bottom + 1);
        if (aside || below) found.add(texts.currentNode.data.trim());
      }
    }
  }
  return [...found];
}"""


@dataclass
class Screen:
    """A screen that a browser shows, with what happened on the way there."""

    page: Page
    asked: list[str]
    errors: list[str]

    def look(self, width: int = WIDE, **media: Any) -> None:
        """Look at it in another window, in other colours, or on paper."""
        as_usual = {"media": "screen", "color_scheme": "light"}
        self.page.emulate_media(**as_usual | media)
        self.page.set_viewport_size({"width": width, "height": 800})

    def is_too_wide(self) -> bool:
        """Whether one has to scroll sideways."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@pytest.fixture(scope="module", params=SCREENS)
def screen(
    request: pytest.FixtureRequest, browser: Browser, live_site: LiveSite
) -> Iterator[Screen]:
    """Every screen of the site in turn, opened once for all that is to be seen of it."""
    page = browser.new_page(base_url=live_site.url, reduced_motion="reduce")
    screen = Screen(page, [], [])
    page.on("request", lambda asked: screen.asked.append(asked.url))
    page.on("pageerror", lambda error: screen.errors.append(str(error)))
    page.on("console", lambda message: screen.errors.extend(complaint(message, page)))
    SCREENS[request.param](page, live_site.url)
    page.wait_for_load_state("networkidle")
    yield screen
    page.close()


def complaint(message: ConsoleMessage, page: Page) -> list[str]:
    """What the browser complains of, other than that a page that should be refused is refused."""
    is_wrong = message.type in {"error", "warning"} and message.location["url"] != page.url
    return [message.text] if is_wrong else []


def test_no_rule_of_wcag_is_broken(screen: Screen) -> None:
    broken = []
    for scheme in ("light", "dark"):
        for width in (WIDE, NARROW):
            screen.look(width, color_scheme=scheme)
            for violation in Axe().run(screen.page, options=RULES).response["violations"]:
                broken += [
                    f"{scheme}, {width} px, {violation['id']} at {node['target']}: "
                    f"{node['failureSummary']}"
                    for node in violation["nodes"]
                ]
    assert broken == []


def test_nothing_is_wider_than_the_smallest_window(screen: Screen) -> None:
    screen.look(NARROW)
    assert not screen.is_too_wide()
    assert screen.page.evaluate(CUT_OFF_TEXT) == []


def test_no_text_is_cut_off_when_a_reader_spaces_it_out(screen: Screen) -> None:
    spacing = "getComputedStyle(document.querySelector('h1')).wordSpacing"
    before = screen.page.evaluate(spacing)
    screen.page.evaluate(
        "css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css);"
        " document.adoptedStyleSheets = [sheet]; }",
        TEXT_SPACING,
    )
    assert screen.page.evaluate(spacing) != before
    for width in (WIDE, NARROW):
        screen.look(width)
        assert not screen.is_too_wide()
        assert screen.page.evaluate(CUT_OFF_TEXT) == []
    screen.page.evaluate("document.adoptedStyleSheets = []")


def test_everything_comes_from_the_site_itself_and_without_an_error(
    screen: Screen, live_site: LiveSite
) -> None:
    elsewhere = [url for url in screen.asked if not url.startswith((f"{live_site.url}/", "about:"))]
    assert f"{live_site.url}/static/" in " ".join(screen.asked)
    assert elsewhere == []
    assert screen.errors == []


def test_nothing_is_left_behind_in_the_browser(screen: Screen) -> None:
    assert screen.page.locator("h1").is_visible()
    assert screen.page.context.cookies() == []
    assert screen.page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_on_paper_there_is_the_text_and_nothing_to_click(screen: Screen) -> None:
    screen.look(media="print", color_scheme="dark")
    assert screen.page.locator("h1").is_visible()
    for element in ("header nav", "footer nav", "form"):
        assert not any(found.is_visible() for found in screen.page.locator(element).all())
    paper = screen.page.evaluate("getComputedStyle(document.body).backgroundColor")
    ink = screen.page.evaluate("getComputedStyle(document.body).color")
    assert (paper, ink) == ("rgb(255, 255, 255)", "rgb(0, 0, 0)")
    assert screen.page.pdf().startswith(b"%PDF")


@pytest.mark.parametrize("address", ["/", "/contact/"])
def test_in_a_readers_own_colours_buttons_keep_an_edge_and_drawings_step_aside(
    page: Page, address: str
) -> None:
    page.goto(address)
    button = page.locator("main .button").first
    border = "button => getComputedStyle(button).borderTopWidth"
    drawing = page.locator(".wall, .net").first
    assert button.evaluate(border) == "0px"
    assert drawing.is_visible()
    page.emulate_media(forced_colors="active")
    assert button.evaluate(border) == "3px"
    assert not drawing.is_visible()


def test_nothing_moves_for_who_does_not_want_that(page: Page) -> None:
    moving = "document.getAnimations().length"
    page.goto("/")
    assert page.evaluate(moving) == 0
    page.emulate_media(reduced_motion="no-preference")
    page.goto("/")
    assert page.evaluate(moving) > 0
