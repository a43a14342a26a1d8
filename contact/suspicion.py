"""Signals that an enquiry may be spam, each with its reason. None of them discards anything."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from contact.models import SenderCount

THRESHOLD = 6
"""From this weight on an enquiry is held apart. No honest visitor's single mistake reaches it."""

FAST = 3  # seconds in which nobody reads and fills in the form
MANY_LINKS = 3
BUSY_SENDER = 4  # enquiries in an hour; an office shares one address
HARD_LIMIT = 12  # enquiries in an hour; beyond it the visitor is asked to mail or call

LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
MARKUP = re.compile(r"<\s*(a|script|iframe|img)\b|\[url[=\]]|javascript:", re.IGNORECASE)
PATTERNS = re.compile(
    r"\b(backlinks?|casino|viagra|cialis|crypto\s?(currency|invest\w*)|bitcoin|forex|guest posts?"
    r"|seo (services?|expert|agency)|rank(ing)? (your|on google)|page one of google|porn\w*"
    r"|telegram channel|unsubscribe|explainer video)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Circumstances:
    """How an enquiry came in, beside what was typed; empty where that is not known."""

    sender: str = ""
    trap: str = ""
    seconds: int | None = None


@dataclass(frozen=True)
class Signal:
    """One reason for suspicion."""

    weight: int
    reason: str


def signals(
    content: dict[str, Any], circumstances: Circumstances, from_sender: int
) -> list[Signal]:
    """All reasons for suspicion; ``from_sender`` is how many this sender sent in this hour."""
    return [*reasons(content, circumstances, from_sender)]


def reasons(
    content: dict[str, Any], circumstances: Circumstances, from_sender: int
) -> Iterator[Signal]:
    """Each reason in turn."""
    message, seconds = content["message"], circumstances.seconds
    if circumstances.trap:  # a careless autofill does that too
        yield Signal(3, "Een veld dat bezoekers niet zien, is ingevuld.")
    if seconds is not None and seconds < FAST:
        yield Signal(2, f"Het formulier is binnen {FAST} seconden verstuurd.")
    if LINK.search(f"{content['name']} {content['organisation']}"):
        yield Signal(4, "De naam of organisatie bevat een link.")
    if (count := len(LINK.findall(message))) >= MANY_LINKS:
        yield Signal(3, f"Het bericht bevat {count} links.")
    if MARKUP.search(message):
        yield Signal(4, "Het bericht bevat HTML, een script of forumcodes.")
    if words := sorted({match.group(0).lower() for match in PATTERNS.finditer(message)}):
        weight = 6 if len(words) > 1 else 4
        yield Signal(weight, f"Het bericht bevat woorden uit spam: {', '.join(words)}.")
    if from_sender > BUSY_SENDER:
        yield Signal(3, f"Dit is aanvraag {from_sender} van deze afzender in een uur.")


def is_suspect(found: list[Signal]) -> bool:
    """Whether the signals together weigh enough to hold the enquiry apart."""
    return sum(signal.weight for signal in found) >= THRESHOLD


def forget_senders() -> None:
    """Remove the counts of hours that are over."""
    SenderCount.objects.filter(hour__lt=timezone.now() - timedelta(hours=2)).delete()
