"""A real Chromium, in front of the site as it runs in production."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect, sync_playwright

from tests.browser.signing_in import sign_in
from tests.conftest import ADMINISTRATOR
from tests.live_site import LiveSite

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=30_000)  # milliseconds; as patient as everything else of Playwright


@pytest.fixture(scope="package")
def chromium() -> str:
    """The browser on this machine; without one these tests are skipped, and fail in CI."""
    found = os.environ.get("CHROMIUM_PATH") or next(filter(None, map(shutil.which, NAMES)), "")
    if not found:
        missing = "No Chromium found: install it, or say where it is in CHROMIUM_PATH"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    return found


# Not for the whole session: Django's database refuses to work in a thread that Playwright is in.
@pytest.fixture(scope="package")
def browser(chromium: str, live_site: LiveSite) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, live_site: LiveSite) -> Iterator[Page]:
    """A window of a visitor who comes for the first time."""
    page = browser.new_page(base_url=live_site.url, reduced_motion="reduce")
    yield page
    page.close()


@pytest.fixture(scope="package")
def signed_in(browser: Browser, live_site: LiveSite) -> StorageState:
    """What the administrator's browser remembers after signing in, once for all tests."""
    page = browser.new_page(base_url=live_site.url)
    name, _, password = ADMINISTRATOR.values()
    sign_in(page, name, password)
    remembered = page.context.storage_state()
    page.close()
    return remembered


@pytest.fixture
def admin(page: Page, signed_in: StorageState) -> Iterator[Page]:
    """A page of the administrator, who has signed in; no script may fail on it."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.context.add_cookies(signed_in["cookies"])  # type: ignore[arg-type]
    yield page
    assert errors == []


@pytest.fixture
def page_without_javascript(browser: Browser, live_site: LiveSite) -> Iterator[Page]:
    page = browser.new_page(base_url=live_site.url, java_script_enabled=False)
    yield page
    page.close()
