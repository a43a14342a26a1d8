"""What a visitor can get to see: every page, every other screen, and the words on them."""

import time
from collections.abc import Callable
from copy import copy
from typing import Any

from bs4 import BeautifulSoup, Tag
from django.core import signing
from django.test import Client, RequestFactory
from django.utils import timezone

from contact.models import CONFIRMATION_SALT, CONFIRMATION_SECONDS, SenderCount
from contact.origin import sender_of
from contact.suspicion import HARD_LIMIT

PAGES = [
    "/",
    "/diensten/",
    "/diensten/versterking-interne-samenwerking/",
    "/over-ons/",
    "/contact/",
    "/privacy/",
    "/toegankelijkheid/",
]
"""The pages of the first content, in the order of the tree."""

FORM_WITHOUT_MISTAKES = {
    "name": "Jan de Vries",
    "email": "jan@voorbeeld.nl",
    "message": "Wij willen kennismaken.",
}
FORM_WITH_MISTAKES = {"name": "", "email": "jan@voorbeeld", "phone": "12", "message": ""}
FROM_ELSEWHERE = {"Sec-Fetch-Site": "cross-site"}

BLOCK_LEVEL = [
    *["address", "article", "aside", "br", "dd", "div", "dl", "dt", "figcaption", "figure"],
    *["footer", "h1", "h2", "h3", "h4", "li", "main", "nav", "ol", "p", "section", "ul"],
]


class AnHourAgo(signing.TimestampSigner):
    """Signs as the site did just over an hour ago."""

    def timestamp(self) -> str:
        return signing.b62_encode(int(time.time()) - CONFIRMATION_SECONDS - 1)


def expired_address(reference: str, key: str | None = None) -> str:
    """The address of a confirmation that was given out too long ago to show a copy still."""
    token = AnHourAgo(key=key, salt=CONFIRMATION_SALT).sign_object(reference)
    return f"/contact/bedankt/{token}/"


def get(address: str) -> Callable[[Client], Any]:
    return lambda client: client.get(address)


def confirmation(client: Client) -> Any:
    return client.post("/contact/", FORM_WITHOUT_MISTAKES, follow=True)


def too_often(client: Client) -> Any:
    sender = sender_of(RequestFactory().get("/"))
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    SenderCount.objects.update_or_create(sender=sender, hour=hour, defaults={"count": HARD_LIMIT})
    return client.post("/contact/", FORM_WITHOUT_MISTAKES)


SCREENS: dict[str, Callable[[Client], Any]] = {
    **{address: get(address) for address in PAGES},
    "search, nothing asked": get("/zoeken/"),
    "search, something found": get("/zoeken/?q=samenwerking"),
    "search, nothing found": get("/zoeken/?q=zeppelin"),
    "no such page": get("/bestaat-niet/"),
    "form with mistakes": lambda client: client.post("/contact/", FORM_WITH_MISTAKES),
    "form from elsewhere": lambda client: client.post(
        "/contact/", FORM_WITHOUT_MISTAKES, headers=FROM_ELSEWHERE
    ),
    "form sent too often": too_often,
    "confirmation": confirmation,
    "confirmation, expired": get(expired_address("VO-2222-2222")),
}
"""Every screen of the public site: its name, and how a visitor gets there."""


def parse(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def read(client: Client, address: str) -> BeautifulSoup:
    """The page at an address that must answer."""
    response = client.get(address)
    assert response.status_code == 200, f"{address} answers {response.status_code}"
    return parse(response)


def words(element: Tag) -> str:
    """What the element says, in the order of reading, with single spaces."""
    element = copy(element)
    for tag in element.find_all(BLOCK_LEVEL):
        tag.insert_before(" ")
        tag.insert_after(" ")
    return squeeze(element.get_text())


def squeeze(text: str) -> str:
    """The text with single spaces, also where a line may not break."""
    return " ".join(text.split())
