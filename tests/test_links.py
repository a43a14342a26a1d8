"""A visitor follows every link of the site, and none is dead."""

import re
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.test import Client

from tests.reading import PAGES

pytestmark = pytest.mark.django_db

HOST = settings.SITE_URL
LINKS = "href", "src", "action"


def test_every_link_from_the_home_page_on_leads_somewhere(client: Client) -> None:
    found = Crawl(client)
    found.follow(HOST + "/")
    assert found.broken == []
    assert {HOST + page for page in PAGES} <= found.documents.keys()
    assert f"{HOST}/static/fonts/schibsted-grotesk.woff2" in found.documents


class Crawl:
    """Everything that can be reached, and the links that lead nowhere."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.documents: dict[str, BeautifulSoup | None] = {}
        self.broken: list[str] = []

    def follow(self, start: str) -> None:
        waiting = [("(start)", start)]
        while waiting:
            source, link = waiting.pop()
            address, fragment = urldefrag(link)
            if address not in self.documents:
                waiting += self.open(source, address)
            document = self.documents[address]
            if fragment and document and not document.find(id=fragment):
                self.broken.append(f"{source}: {link} has no such part")

    def open(self, source: str, address: str) -> list[tuple[str, str]]:
        """The links of the document at the address; none when it is broken or no document."""
        response = self.client.get(address.removeprefix(HOST), follow=True)
        body = response.getvalue()
        kind = response.headers.get("Content-Type", "")
        self.documents[address] = BeautifulSoup(body, "html.parser") if "html" in kind else None
        if response.status_code != 200:
            self.broken.append(f"{source}: {address} answers {response.status_code}")
            return []
        if "css" in kind:
            links = re.findall(r"url\(\"?([^\")]+)", body.decode())
        else:
            document = self.documents[address] or BeautifulSoup("", "html.parser")
            links = [tag[name] for name in LINKS for tag in document.select(f"[{name}]")]
        full = [urljoin(address, link) for link in links]
        return [(address, link) for link in full if self.is_ours(address, link)]

    def is_ours(self, source: str, link: str) -> bool:
        parts = urlsplit(link)
        if parts.scheme in {"mailto", "tel"}:
            assert parts.path
            return False
        if parts.scheme not in {"http", "https"}:
            self.broken.append(f"{source}: {link} is no address")
            return False
        return link.startswith(HOST + "/")
