"""What a first visit costs: requests and bytes, as they go over the wire."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.reading import PAGES

REQUESTS = 6
BYTES = 75 * 1024


def weigh(page: Page, address: str) -> tuple[list[str], int]:
    """What a browser with an empty cache asks for, and how many bytes come in."""
    asked: dict[str, str] = {}
    received: dict[str, int] = {}

    def ask(event: dict[str, Any]) -> None:
        asked[event["requestId"]] = event["request"]["url"]

    def receive(event: dict[str, Any]) -> None:
        received[event["requestId"]] = event["encodedDataLength"]

    network = page.context.new_cdp_session(page)
    network.on("Network.requestWillBeSent", ask)
    network.on("Network.loadingFinished", receive)
    network.send("Network.enable")
    page.goto(address)
    page.wait_for_load_state("networkidle")
    return list(asked.values()), sum(received.values())


@pytest.mark.parametrize("address", PAGES)
def test_a_first_visit_is_light(page: Page, address: str) -> None:
    asked, received = weigh(page, address)
    assert len(asked) <= REQUESTS, asked
    assert received <= BYTES


@pytest.mark.parametrize("address", PAGES)
def test_nothing_moves_while_a_page_loads(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")
    shift = page.evaluate(
        """() => new Promise((resolve) => {
            let shift = 0;
            const observer = new PerformanceObserver((list) => {
                for (const entry of list.getEntries()) shift += entry.value;
            });
            observer.observe({ type: "layout-shift", buffered: true });
            requestAnimationFrame(() => requestAnimationFrame(() => resolve(shift)));
        })"""
    )
    assert shift < 0.01
