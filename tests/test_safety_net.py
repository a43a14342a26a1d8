"""What keeps editors from harm: a plan that is carried out, a way back, a warning, a reminder."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks
from wagtail.contrib.search_promotions.models import Query, SearchPromotion
from wagtail.documents.models import Document
from wagtail.models import Page

from contact import tasks
from contact.models import ContactPage, Message
from tests.reading import parse, read, words
from tests.test_editing import add_document, section
from tests.test_rendering import add_photo
from vitaleoverheid.models import HomePage, OrganisationSettings, Person, SiteImage, TextPage

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


@pytest.fixture
def page() -> TextPage:
    privacy: TextPage = TextPage.objects.get(slug="privacy")
    return privacy


# Planned by an editor, carried out by the worker


def test_what_was_planned_is_published_and_taken_away_by_the_worker(
    client: Client, page: TextPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    page.introduction = "Straks pas."
    page.go_live_at, page.expire_at = now + timedelta(hours=1), now + timedelta(hours=2)
    page.save_revision().publish()

    def seen_after(minutes: int) -> bool:
        monkeypatch.setattr("django.utils.timezone.now", lambda: now + timedelta(minutes=minutes))
        tasks.publish_scheduled(0)
        response = client.get("/privacy/")
        return response.status_code == 200 and "Straks pas." in words(parse(response))

    assert [seen_after(minutes) for minutes in (59, 61, 121)] == [False, True, False]
    assert client.get("/privacy/").status_code == 404


# A way back


def test_an_editor_compares_versions_of_a_page_and_goes_back(
    administrator: Client, page: TextPage
) -> None:
    first = page.save_revision()
    page.introduction = "Anders."
    second = page.save_revision()
    compare = reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, first.pk, second.pk])
    assert "Anders." in words(read(administrator, compare).select_one("ins, .comparison"))
    back = reverse("wagtailadmin_pages:revisions_revert", args=[page.pk, first.pk])
    form = read(administrator, back)
    assert "Hier leest u" in form.select_one("[name=introduction]").text


def test_an_editor_compares_with_a_draft_in_which_a_picture_is_still_to_be_chosen(
    administrator: Client, page: TextPage
) -> None:
    first = page.save_revision()
    page.body = [section(("picture", {"image": None}))]
    second = page.save_revision()
    compare = reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, first.pk, second.pk])
    assert administrator.get(compare).status_code == 200


def test_a_page_is_kept_while_somebody_writes(administrator: Client, page: TextPage) -> None:
    form = read(administrator, reverse("wagtailadmin_pages:edit", args=[page.pk]))
    assert form.select_one("form[data-w-autosave-interval-value]")


# A warning before something that others show is gone


def in_use(administrator: Client, thing: Page | Document | SiteImage | Person) -> str:
    """What an editor reads who is about to delete something."""
    if isinstance(thing, Page):
        address = reverse("wagtailadmin_pages:delete", args=[thing.pk])
    elif isinstance(thing, Person):
        address = reverse(Person.snippet_viewset.get_url_name("delete"), args=[thing.pk])
    else:
        name = "wagtailimages" if isinstance(thing, SiteImage) else "wagtaildocs"
        address = reverse(f"{name}:delete", args=[thing.pk])
    return words(read(administrator, address).select_one("a[href*='/usage/']"))


def test_an_editor_is_told_that_others_show_what_is_about_to_be_deleted(
    administrator: Client,
    home: HomePage,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    target = home.add_child(instance=TextPage(title="Doel"))
    things = [target, add_document(), add_photo(), Person.objects.create(name="Jan", slug="jan")]
    for thing in things:
        assert " 0 " in in_use(administrator, thing)
    content = section(
        ("button", {"text": "Verder", "page": target}),
        ("document", {"document": things[1], "title": ""}),
        ("picture", {"image": things[2]}),
        ("person", things[3]),
    )
    with django_capture_on_commit_callbacks(execute=True):
        home.add_child(instance=TextPage(title="Alles", body=[content]))
    for thing in things:
        assert " 1 " in in_use(administrator, thing)


def test_an_editor_is_told_that_settings_and_best_bets_link_to_a_page(
    administrator: Client,
    contact_page: ContactPage,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        OrganisationSettings.load().save()
        SearchPromotion.objects.create(query=Query.get("bellen"), page=contact_page)
    assert " 2 " in in_use(administrator, contact_page)
    usage = reverse("wagtailadmin_pages:usage", args=[contact_page.pk])
    assert "Organisatie en vaste teksten" in words(read(administrator, usage))


# A reminder to look again


@pytest.fixture
def owner(page: TextPage) -> User:
    owner = User.objects.create_user("anna", "anna@voorbeeld.nl")
    TextPage.objects.filter(pk=page.pk).update(review_by=TODAY, owner=owner)
    return owner


def asked() -> dict[str, str]:
    """Who is asked to look at pages, and the mail."""
    tasks.ask_for_review(0)
    return {mail.recipient: mail.text for mail in Message.objects.filter(kind="review")}


@pytest.mark.parametrize(("days", "is_asked"), [(-30, True), (0, True), (7, True), (8, False)])
def test_the_owner_of_a_page_is_asked_in_time_to_look_at_it(
    page: TextPage, owner: User, days: int, is_asked: bool
) -> None:
    TextPage.objects.filter(pk=page.pk).update(review_by=TODAY + timedelta(days=days))
    mails = asked()
    assert (owner.email in mails) == is_asked
    assert all(f"/admin/pages/{page.pk}/edit/" in text for text in mails.values())


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": ""}])
def test_the_firm_is_asked_to_look_at_a_page_whose_owner_cannot_be_reached(
    owner: User, change: dict[str, object]
) -> None:
    User.objects.filter(pk=owner.pk).update(**change)
    assert asked().keys() == {"info@vitaleoverheid.nl"}


def test_a_page_that_is_not_published_needs_no_look(page: TextPage, owner: User) -> None:
    page.refresh_from_db()
    page.unpublish()
    assert asked() == {}


def test_pages_to_look_at_are_on_the_first_screen_of_the_admin(
    administrator: Client, owner: User
) -> None:
    panel = parse(administrator.get("/admin/")).find(id="panel-review").parent
    assert "Privacy, vóór" in words(panel)


def test_who_may_change_no_page_is_asked_to_look_at_none(colleague: Client, owner: User) -> None:
    assert "panel-review" not in colleague.get("/admin/").content.decode()
