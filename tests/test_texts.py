"""Every word on the site is the editors' to change."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags
from wagtail.admin.panels import get_edit_handler
from wagtail.contrib.redirects.models import Redirect
from wagtail.fields import StreamField
from wagtail.models import Page, PageViewRestriction
from wagtail.test.utils.form_data import querydict_from_html

from contact.models import ContactSettings, Message, SenderCount
from insights.models import InsightIndexPage, InsightPage
from services.models import ServicePage
from tests.enquiries import as_it_goes_out
from tests.reading import FORM_WITHOUT_MISTAKES, PAGES, SCREENS, parse, read, words
from tests.test_search import best_bet
from vitaleoverheid.models import OrganisationSettings, Person, TextPage

pytestmark = pytest.mark.django_db

MARK = "zz"
"""What every word begins with that an editor wrote."""
TYPED = {**FORM_WITHOUT_MISTAKES, "organisation": "Gemeente", "phone": "0612345678"}
NO_TEXT = {"path", "slug", "phone", "postal_code", "registration_number"}
"""Addresses and numbers."""

OF_NOBODY = {
    *["KvK", "maanden", "dag", "dagen", "VO", "AW"],  # a register, terms, and a postal code
    *re.findall(r"\w+", " ".join([*TYPED.values(), "zeppelin wens samenwerking"])),
    *["januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september"],
    *["oktober", "november", "december"],
}
"""Words that no editor writes: dates, terms, and what a visitor typed."""
REFERENCE = re.compile(r"VO-\w+-\w+")
UNSEEN = ".visually-hidden, .print-only, [hidden], script, svg"
MORE = [
    *["/weg/", "/bestaat-niet/contac/", "/zoeken/?q=zzblad", "/zoeken/?q=zzblad&page=2"],
    *["/zoeken/?q=zzbladd", "/zoeken/?q=zeppelin+wens"],
    *["/inzichten/", "/inzichten/inzicht/"],
]


class Words:
    """Made-up words, each with where an editor wrote it."""

    def __init__(self) -> None:
        self.places: dict[str, str] = {}

    def new(self, place: str, text: str = "") -> str:
        """A word nobody used before, with the placeholders of the text that it replaces."""
        word = f"{MARK}{len(self.places)}{MARK}"
        self.places[word] = place
        return " ".join([word, *re.findall(r"\[\w+\]", text)])

    def replace(self, place: str, value: Any) -> Any:
        """The content of a stream with every text in it replaced."""
        if isinstance(value, list):
            return [self.replace(place, item) for item in value]
        if isinstance(value, dict):
            kept = {"type", "id"}
            return {k: v if k in kept else self.replace(place, v) for k, v in value.items()}
        is_text = isinstance(value, str) and re.search(r"[a-z]", value)
        return self.new(place) if is_text else value

    def change(self, thing: Model) -> None:
        """Change every text of a page, a person or settings, and publish that."""
        fields = get_edit_handler(type(thing)).get_form_class().base_fields.keys() - NO_TEXT
        for field in thing._meta.concrete_fields:
            if field.name not in fields:
                continue
            old = getattr(thing, field.attname, None)
            place = f"{thing._meta.label}.{field.name}"
            if isinstance(field, StreamField):
                value = self.replace(place, json.loads(json.dumps(field.get_prep_value(old))))
                setattr(thing, field.attname, json.dumps(value))
            elif isinstance(field, models.EmailField):
                setattr(thing, field.attname, "{0}@{0}.{0}".format(self.new(place)))
            elif isinstance(field, models.CharField | models.TextField):
                setattr(thing, field.attname, self.new(place, strip_tags(old or "")))
        thing.save()
        if isinstance(thing, Page):
            thing.save_revision().publish()


@pytest.fixture
def written(home: Page) -> Words:
    """A site on which editors changed every text, with something of everything on it."""
    written = Words()
    overview = InsightIndexPage.objects.get()
    person = Person.objects.create(name="Jan", slug="jan", email="jan@voorbeeld.nl")
    overview.add_child(instance=InsightPage(title="Inzicht", author=person))
    service = ServicePage.objects.get()
    service.approach = [("step", {"title": "Een", "text": "Stap."})]
    service.related_services, service.people = [service], [person]
    service.save()
    for number in range(14):
        home.add_child(instance=TextPage(title=f"{MARK}blad", slug=f"blad-{number}"))
    for page in Page.objects.filter(depth__gt=1).exclude(title=f"{MARK}blad").specific():
        written.change(page)
    for thing in (person, OrganisationSettings.load(), ContactSettings.load()):
        written.change(thing)
    Redirect.objects.create(old_path="/weg")
    best_bet("zeppelin wens", page=service)
    return written


def screens(client: Client) -> Iterator[tuple[str, BeautifulSoup]]:
    """Every screen, and those that need something more than the first content."""
    for name, visit in SCREENS.items():
        yield name, parse(visit(client))
    for address in MORE:
        yield address, parse(client.get(address))
    yield "nothing filled in", parse(client.post("/contact/", {}))
    yield "too long", parse(client.post("/contact/", {**TYPED, "name": "Jan" * 60}))
    page = Page.objects.get(slug="blad-0")
    locked = PageViewRestriction.objects.create(
        page=page, restriction_type=PageViewRestriction.PASSWORD, password="geheim"
    )
    question = reverse("wagtailcore_authenticate_with_password", args=[locked.pk, page.pk])
    yield "wrong password", parse(client.post(question, {"password": "raden", "return_url": "/"}))
    SenderCount.objects.all().delete()
    yield "confirmation of every field", parse(client.post("/contact/", TYPED, follow=True))


def test_every_word_that_a_visitor_sees_was_written_by_an_editor(
    client: Client, written: Words
) -> None:
    for name, soup in screens(client):
        for tag in soup.select(UNSEEN):
            tag.decompose()
        seen = set(re.findall(r"[^\W\d_]\w+", REFERENCE.sub("", words(soup.body))))
        others = {word for word in seen - OF_NOBODY if not word.startswith((MARK, "JanJan"))}
        assert not others, f"{name} also says {others}"


def test_every_text_in_the_admin_is_somewhere_on_the_site_or_in_a_mail(
    client: Client, written: Words
) -> None:
    html = " ".join(str(soup) for _, soup in screens(client))
    mails = " ".join(
        f"{message.recipient} {message.subject} {message.text}"
        for message in map(as_it_goes_out, Message.objects.all())
    )
    missing = {place for word, place in written.places.items() if word not in html + mails}
    assert missing == set()


# A notice above the site

NOON = datetime(2030, 5, 1, 12, tzinfo=UTC)
NOTICE = "Wij zijn dicht."


def notice(client: Client, address: str = "/") -> str:
    found = read(client, address).select_one(".site-notice")
    return words(found) if found else ""


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [(None, None, True), (-1, 1, True), (0, None, True), (1, None, False), (None, 0, False)],
)
def test_a_notice_stands_above_every_page_from_its_beginning_to_its_end(
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    start: int | None,
    end: int | None,
    shown: bool,
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)
    times = [None if hours is None else NOON + timedelta(hours=hours) for hours in (start, end)]
    settings = OrganisationSettings.load()
    settings.notice_text = f"<p>{NOTICE}</p>"
    settings.notice_from, settings.notice_until = times
    settings.save()
    assert [notice(client, address) for address in PAGES] == [NOTICE * shown] * len(PAGES)


def test_a_kept_page_is_no_more_than_a_minute_late_for_a_notice(client: Client) -> None:
    assert "s-maxage=60," in client.get("/").headers["Cache-Control"]


def test_a_notice_cannot_end_before_it_begins() -> None:
    settings = OrganisationSettings(notice_from=NOON, notice_until=NOON)
    with pytest.raises(ValidationError, match="Kies een tijd na het begin"):
        settings.clean()


@pytest.mark.parametrize("mode", [mode for mode, _ in OrganisationSettings.preview_modes])
def test_settings_show_beforehand_what_they_will_change(administrator: Client, mode: str) -> None:
    place = ["vitaleoverheid", "organisationsettings", OrganisationSettings.load().pk]
    screen = administrator.get(reverse("wagtailsettings:edit", args=place))
    preview = reverse("wagtailsettings:preview_on_edit", args=place)
    form = querydict_from_html(screen.content.decode(), "w-editor-form")
    form.update({"phones-count": "0", "profiles-count": "0"})
    form["menu_button"] = "Kies"
    assert administrator.post(preview, form).json() == {"is_valid": True, "is_available": True}
    shown = parse(administrator.get(f"{preview}?{urlencode({'mode': mode})}"))
    assert words(shown.select_one(".menu__button")) == "Kies"
    assert words(read(administrator, "/").select_one(".menu__button")) == "Menu"
