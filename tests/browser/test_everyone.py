"""Everyone can use the site: on any screen, in any colours, with any letters, in any program."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.browser.screens import SCREENS
from tests.live_site import LiveSite
from tests.reading import PAGES

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

WIDE, HALF, NARROW = 1280, 640, 320
"""A window as it is, at a zoom of 200 % and of 400 %."""

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


OWN_COLOURS = """() => {
  const probe = document.body.appendChild(document.createElement("i"));
  const theirs = ["CanvasText", "LinkText", "VisitedText", "ButtonText", "FieldText", "MarkText"];
  const colours = theirs.map((name) => {
    probe.style.color = name;
    return getComputedStyle(probe).color;
  });
  probe.remove();
  return [...document.body.querySelectorAll("*")]
    .filter((element) => !element.closest("svg"))
    .filter((element) => !colours.includes(getComputedStyle(element).color))
    .map((element) => element.outerHTML);
}"""


MOVES = """() => [...document.querySelectorAll("*")].some((element) =>
  ["", "::before", "::after"].some((part) => {
    const { animationName, transitionDuration } = getComputedStyle(element, part);
    return animationName !== "none" || transitionDuration !== "0s";
  }))"""


@dataclass
class Screen:
    """A screen that a browser shows, with what happened on the way there."""

    page: Page
    asked: list[str]
    errors: list[str]

    def look(self, width: int = WIDE, **media: Any) -> None:
        """Look at it in another window, in other colours, or on paper."""
        as_usual = {"media": "screen", "color_scheme": "light", "forced_colors": "none"}
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
    SCREENS[request.param](page, live_site)
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


@pytest.mark.parametrize("width", [HALF, NARROW])
def test_nothing_is_lost_to_who_zooms_in(screen: Screen, width: int) -> None:
    screen.look(width)
    assert not screen.is_too_wide()
    assert screen.page.evaluate(CUT_OFF_TEXT) == []


def test_nothing_is_lost_to_who_has_set_letters_twice_as_large(screen: Screen) -> None:
    browser = screen.page.context.new_cdp_session(screen.page)
    size = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
    browser.send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
    try:
        for width in (WIDE, HALF):
            screen.look(width)
            assert screen.page.evaluate(size) == 32
            assert not screen.is_too_wide()
            assert screen.page.evaluate(CUT_OFF_TEXT) == []
    finally:
        browser.send("Page.setFontSizes", {"fontSizes": {"standard": 16}})


def test_without_css_everything_is_there_and_no_drawing_is_in_the_way(screen: Screen) -> None:
    screen.look()
    switch = "off => { for (const sheet of document.styleSheets) sheet.disabled = off; }"
    screen.page.evaluate(switch, True)
    try:
        drawings = [svg.bounding_box() for svg in screen.page.locator("svg").all()]
        assert all(box is None or box["height"] < 100 for box in drawings)
        assert not screen.is_too_wide()
        assert screen.page.get_by_role("link", name="Direct naar de inhoud").is_visible()
        assert screen.page.locator("h1").is_visible()
    finally:
        screen.page.evaluate(switch, False)


def test_in_a_readers_own_colours_no_text_keeps_a_colour_of_its_own(screen: Screen) -> None:
    for scheme in ("light", "dark"):
        screen.look(color_scheme=scheme, forced_colors="active")
        assert screen.page.evaluate(OWN_COLOURS) == []


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


def test_a_service_is_a_leaflet_of_one_page(page: Page) -> None:
    page.goto("/diensten/versterking-interne-samenwerking/")
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1


@pytest.mark.parametrize("address", [*PAGES, "/zoeken/?q=samenwerking", "/bestaat-niet/"])
def test_without_javascript_the_text_is_the_same(
    page: Page, page_without_javascript: Page, address: str
) -> None:
    page.goto(address)
    page_without_javascript.goto(address)
    page.wait_for_load_state("networkidle")
    said = page.locator("body").inner_text().replace("Kopieer het adres\n", "")
    assert page_without_javascript.locator("body").inner_text() == said


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
    page.goto("/")
    assert page.evaluate(MOVES) is False
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(MOVES) is True
