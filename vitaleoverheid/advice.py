"""Advice to who writes a page: whether this is plain Dutch, and whether every link leads on.

The preview of a page marks what can be better (``data-advice``); Wagtail's content checker lists
the marks. Visitors get no marks, and nothing here keeps anybody from publishing.
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from django.conf import settings
from django.http import HttpResponse
from django.urls import Resolver404, resolve
from wagtail.admin.userbar import ContentCheckerItem
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

# The advice names these too.
MOST_WORDS = 25  # in a sentence
LONGEST_TITLE = 65  # characters, of which a search engine shows no more
LENGTH_OF_DESCRIPTION = range(50, 161)  # likewise

WORDS = json.loads((settings.BASE_DIR / "vitaleoverheid/advice.json").read_text())
"""What there is to say, what civil servants write and what that means, and links that are vague."""

SENTENCE_END = re.compile(r"(?<=[.!?:;])\s+")
PASSIVE = re.compile(r"\b(word|wordt|worden|werd|werden)\b.*\b(ge|ver|be|ont|her)\w+(d|t|en)\b")
TEXTS = "main :is(p, li, dd, blockquote)"

ADVICE = WORDS["advice"] | {
    word.replace(" ", "-"): {
        "error_name": f"‘{word}’ is ambtelijk",
        "help_text": f"Schrijf liever: {plain}.",
    }
    for word, plain in WORDS["plain_words"].items()
}
"""Each mark, with what it is called and what to do about it."""


def mark(response: HttpResponse) -> None:
    """Mark what can be better on a page that was rendered."""
    soup = BeautifulSoup(response.content, "html.parser")
    for element, advice in given_on(soup):
        element["data-advice"] = f"{element.get('data-advice', '')} {advice}".strip()
    response.content = str(soup)


def given_on(soup: BeautifulSoup) -> Iterator[tuple[Tag, str]]:
    """Elements, each with one thing that can be better."""
    for element in soup.select(TEXTS):
        if not element.find(["p", "li", "form"]):
            yield from ((element, advice) for advice in on_text(" ".join(element.text.split())))
    known = addresses()
    for link in soup.select("main a"):
        yield from ((link, advice) for advice in on_link(link, known))
    for heading in soup.select("h1"):
        yield from ((heading, advice) for advice in on_head(soup))


def on_text(text: str) -> Iterator[str]:
    """What can be better in the sentences of a text."""
    for sentence in SENTENCE_END.split(text):
        if len(sentence.split()) > MOST_WORDS:
            yield "long-sentence"
        if PASSIVE.search(sentence):
            yield "passive"
    for word in WORDS["plain_words"]:
        if re.search(rf"\b{word}\b", text, re.IGNORECASE):
            yield word.replace(" ", "-")


def on_link(link: Tag, known: set[str]) -> Iterator[str]:
    """What can be better in a link."""
    if " ".join(link.text.lower().split()).rstrip(".…") in WORDS["vague_links"]:
        yield "vague-link"
    address = urlsplit(link.get("href", "").removeprefix(settings.SITE_URL))
    is_here = not address.scheme and not address.netloc
    if "href" not in link.attrs or (is_here and address.path and not leads_on(address.path, known)):
        yield "broken-link"


def on_head(soup: BeautifulSoup) -> Iterator[str]:
    """What can be better in what search engines show."""
    if len(soup.title.text.strip()) > LONGEST_TITLE:
        yield "long-title"
    description = soup.select_one("meta[name=description]")
    text = description["content"] if description else ""
    if text and len(text) not in LENGTH_OF_DESCRIPTION:
        yield "description"


def leads_on(path: str, known: set[str]) -> bool:
    """Whether a visitor finds something at an address of the site."""
    try:
        is_page = resolve(path).url_name == "wagtail_serve"
    except Resolver404:
        return False
    return not is_page or path.rstrip("/") in known


def addresses() -> set[str]:
    """Where there is a page that visitors may see, or a redirect."""
    pages = Page.objects.live().filter(depth__gt=1)
    found = {(page.get_url() or "").rstrip("/") for page in pages}
    return found | {*Redirect.objects.values_list("old_path", flat=True)}


class AdviceItem(ContentCheckerItem):
    """Wagtail's content checker, with this advice among what it checks."""

    axe_run_only = [*ContentCheckerItem.axe_run_only, *ADVICE]
    axe_custom_checks = [
        *ContentCheckerItem.axe_custom_checks,
        {
            "id": "is-marked",
            "evaluate": "matches-definition-evaluate",
            "options": {"matcher": "[data-advice]"},
        },
    ]
    axe_custom_rules = [
        *ContentCheckerItem.axe_custom_rules,
        *(
            {
                "id": name,
                "impact": "minor",
                "selector": f'[data-advice~="{name}"]',
                "none": ["is-marked"],
                "enabled": True,
            }
            for name in ADVICE
        ),
    ]
    axe_messages: dict[str, Any] = ContentCheckerItem.axe_messages | ADVICE
