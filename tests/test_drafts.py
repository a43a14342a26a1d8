"""What editors see beforehand, and whom they show it to."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import querydict_from_html

from contact.models import ContactSettings
from tests.reading import parse, read, words
from vitaleoverheid.models import DraftLink, Person, TextPage

pytestmark = pytest.mark.django_db

DRAFT = "Nog niet voor iedereen, indien dat kan."


@pytest.fixture
def page() -> TextPage:
    """A published page with a draft of a new version."""
    page: TextPage = TextPage.objects.get(slug="privacy")
    page.introduction = DRAFT
    page.save_revision()
    return page


def screen(page: TextPage) -> str:
    return reverse("draft_links", args=[page.pk])


def share(editor: Client, page: TextPage) -> str:
    """Make an address of the draft, as the screen shows it."""
    editor.post(screen(page))
    link = read(editor, screen(page)).select_one("td a")
    assert link["href"] == words(link)
    return urlsplit(str(link["href"])).path


# A draft for somebody without an account


def test_somebody_without_an_account_sees_the_draft_at_its_address(
    administrator: Client, client: Client, page: TextPage
) -> None:
    address = share(administrator, page)
    assert DRAFT in words(read(client, address))
    page.introduction = "Nieuwer."
    page.save_revision()
    assert "Nieuwer." in words(read(client, address))
    assert DRAFT not in words(read(client, "/privacy/"))


def test_nobody_keeps_or_finds_a_draft(
    administrator: Client, client: Client, page: TextPage
) -> None:
    response = client.get(share(administrator, page))
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    body = BeautifulSoup(response.content, "html.parser").body.decode()
    assert "wagtail" not in body
    assert "data-advice" not in body
    assert not response.cookies


def test_the_address_of_a_draft_expires(
    administrator: Client, client: Client, page: TextPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = share(administrator, page)
    now = timezone.now()
    for days, status in ((13, 200), (15, 404)):
        later = now + timedelta(days=days)
        monkeypatch.setattr("django.utils.timezone.now", lambda later=later: later)
        assert client.get(address).status_code == status


def test_the_address_of_a_draft_can_be_withdrawn(
    administrator: Client, client: Client, page: TextPage
) -> None:
    address = share(administrator, page)
    administrator.post(screen(page), {"withdraw": address.split("/")[2]})
    assert client.get(address).status_code == 404
    assert client.get(share(administrator, page)).status_code == 200


def test_a_guess_leads_nowhere(client: Client, page: TextPage) -> None:
    assert client.get("/concept/abc/").status_code == 404


def test_only_who_may_edit_a_page_shares_it(colleague: Client, page: TextPage) -> None:
    assert colleague.post(screen(page)).status_code in {302, 403}
    assert not DraftLink.objects.exists()


def test_the_editor_of_a_page_leads_to_sharing_it(administrator: Client, page: TextPage) -> None:
    editor = read(administrator, reverse("wagtailadmin_pages:edit", args=[page.pk]))
    assert editor.select(f'a[href="{screen(page)}"]')


# Mails and people


def test_an_editor_sees_a_mail_as_the_settings_on_the_screen_make_it(
    administrator: Client,
) -> None:
    place = ["contact", "contactsettings", ContactSettings.load().pk]
    html = administrator.get(reverse("wagtailsettings:edit", args=place)).content.decode()
    form = querydict_from_html(html, "w-editor-form")
    form.update({"recipients-count": "0", "reply_templates-count": "0"})
    form["acknowledgement_closing"] = "Hartelijke groet,"
    preview = reverse("wagtailsettings:preview_on_edit", args=place)
    administrator.post(preview, form)
    shown = words(parse(administrator.get(f"{preview}?mode=acknowledgement")))
    assert "Onderwerp: Wij hebben uw bericht ontvangen" in shown
    assert "Hartelijke groet, Vitale Overheid" in shown
    for mode, expected in (
        ("notification", "Gemeente Voorbeeld"),
        ("reminder", "nog niet beantwoord"),
        ("digest", "Daarvan te laat"),
        ("review", "Privacy, vóór"),
    ):
        assert expected in words(parse(administrator.get(f"{preview}?mode={mode}")))


def test_an_editor_sees_a_person_beforehand_and_goes_back_to_how_it_was(
    administrator: Client,
) -> None:
    person = Person.objects.create(name="Jan", slug="jan", role="Adviseur")
    assert "Jan Adviseur" in words(parse(person.make_preview_request()))
    old = person.save_revision()
    person.role = "Directeur"
    person.save()
    viewset = Person.snippet_viewset
    back = reverse(viewset.get_url_name("revisions_revert"), args=[person.pk, old.pk])
    assert read(administrator, back).select_one("[name=role]")["value"] == "Adviseur"
