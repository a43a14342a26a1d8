"""Who may open what in the admin: every view there is, ours and Wagtail's, as every kind of user.

``MAY`` is the whole of it: what matches no line there is for administrators alone. A new group
needs a line of its own.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from wagtail.documents.models import Document
from wagtail.models import Collection, Page, Site, Workflow

from tests.conftest import logged_in, staff_member
from tests.enquiries import make
from tests.test_images import file_of, picture
from vitaleoverheid.models import Person, SiteImage

pytestmark = [
    pytest.mark.django_db,
    # Wagtail leaves closing the files of the sizes it makes to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

ANYONE = ["sprite/", "jsi18n/"]
"""Without an account, too; a route is matched from behind ``admin/`` to its end."""

INSIDE = [
    *["", "account/", "test404/", "dismissibles/", "reports/site-history/.*", "handleiding/"],
    # Wagtail's choosers, with what may be chosen: pages, people, pictures and documents.
    *[
        r"api/main/\^(pages/|(documents|images)/(<int:pk>/)?)",
        "choose-.*",
        "tag-autocomplete/.*",
        "embeds/chooser/.*",
        "searchpicks/queries/chooser/.*",
    ],
    *["(documents|images)/chooser/(?!create).*", "snippets/choose/vitaleoverheid/(?!.*create/).*"],
    "workflows/task_chooser/.*",
    "editing-sessions/release/.*",
    # Harmless: a redirect to the settings themselves, and questions whose answer is refused.
    *["settings/[^/]+/[^/]+/", "pages/<int:page_id>/revisions/"],
    *["pages/create/.*", "pages/.*/move/.*/confirm/", "pages/workflow/confirm_cancellation/.*"],
]
EDITING = [
    *[r"api/main/\^pages/<int:pk>/", "editing-sessions/ping/.*"],
    *["pages/", "pages/<int:(parent_page_id|page_id)>/(results/|copy/)?", "pages/search/.*"],
    *["pages/add/.*", "pages/usage/.*", "pages/<int:page_id>/(usage|view_draft|edit)/.*"],
    *["pages/<int:parent_page_id>/add_subpage/", "pages/.*/(history|revisions)/(?!.*unsch).*"],
    *["pages/.*/workflow_history/", "concept/<int:pk>/"],
    "reports/(workflow|workflow_tasks|aging-pages|page-types-usage)/.*",
    *["documents/(?!.*(upload|chooser/(?!create))).*", "images/(?!.*(upload|url|chooser/)).*"],
    "images/chooser/create/",
    "searchpicks/(add/|results/|reports/.*)?",
]
PUBLISHING = [
    *["pages/<int:page_id>/(delete|unpublish|privacy|lock|unlock)/", "pages/.*/unschedule/"],
    *["api/main/.*/action/.*", "pages/.*/move/", "pages/.*/set_position/", "reports/locked/.*"],
]
SITE_WIDE = ["settings/.*/<int:pk>/(preview/)?", "snippets/(choose/)?vitaleoverheid/person/.*"]
ENQUIRIES = ["enquiries/.*"]
MANAGING = [
    *["users/.*", "sites/.*", "collections/.*", "redirects/(add/|import/.*|results/)?"],
    "workflows/(add|disable|edit|enable|list|remove|usage)/.*",
    "workflows/tasks/(disable|edit|enable|index|select_type)/.*",
]
MAY = {
    "Redacteur": [*INSIDE, *EDITING],
    "Eindredacteur": [*INSIDE, *EDITING, *PUBLISHING, *SITE_WIDE],
    "Aanvragen behandelen": [*INSIDE, *ENQUIRIES],
    "Beheerder": [*INSIDE, *EDITING, *PUBLISHING, *SITE_WIDE, *ENQUIRIES, *MANAGING],
}


def routes(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    """Every route there is, from the beginning of the address."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


LEFT_OUT = re.compile(r"(?!admin/)|admin/(log(in|out)/|password_reset/|failwhale/|\^\.\*)")
"""The doors themselves, and what ends in an error for everyone."""
ADMIN = [
    route.removeprefix("admin/")
    for route in dict.fromkeys(routes(get_resolver().url_patterns))
    if not LEFT_OUT.match(route)
]

PARAMETER = re.compile(r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>|\(\\d\+\)|\(live[^)]*\)")
WORDS = {
    "filter_spec": "max-10x10",
    "action": "delete",
    "action_name": "publish",
    "uidb64": "MQ",
    "token": "geen",
}


@pytest.fixture
def things(db: None) -> dict[str, Any]:
    """Something of each kind, by what its routes begin with; the last is a page."""
    page = Page.objects.get(slug="privacy").specific
    person = Person.objects.create(name="Jan", slug="jan")
    for thing in (page, page, person, person):
        thing.save_revision()
    return {
        "enquiries": make(),
        "snippets/.*person": person,
        r"images|api/main/\^images": SiteImage.objects.create(
            title="x", file=file_of(picture(9, 9))
        ),
        r"documents|api/main/\^doc": Document.objects.create(
            title="x", file=file_of(picture(9, 9))
        ),
        "users": User.objects.create_user("iemand"),
        "groups": Group.objects.latest("pk"),
        "collections": Collection.get_first_root_node().add_child(name="Map"),
        "sites": Site.objects.get(),
        "workflows": Workflow.objects.first(),
        "": page,
    }


def address(route: str, things: dict[str, Any]) -> str:
    """Where the route leads when it is about something that exists."""
    thing = next(thing for start, thing in things.items() if re.match(start, route))
    kind = "contact/contactsettings" if "settings/" in route else "vitaleoverheid/textpage"
    app, model = ("taggit/tag" if "tag" in route else kind).split("/")
    pk = 1 if "settings/" in route else thing.pk

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[2] or ""
        if name == "revision_id":
            return str(thing.latest_revision.pk)
        if "app_" in name or "model_name" in name:
            return model if "model" in name else app
        return WORDS.get(name, "live" if "live" in match[0] else str(pk))

    return "/admin/" + re.sub(r"[\^$\\]", "", PARAMETER.sub(value, route))


def opens(client: Client, address: str) -> bool:
    """Whether there is anything for this user."""
    response: Any = client.get(address)
    if response.status_code == 405:
        response = client.post(address)
    if response.status_code == 302:
        elsewhere = response.headers["Location"]
        return elsewhere != "/admin/" and "/login/" not in elsewhere
    return response.status_code not in {403, 404}


def opened(client: Client, things: dict[str, Any]) -> set[str]:
    """The routes that lead somewhere for this user."""
    client.raise_request_exception = False  # a form without any field in it
    found = set()
    for route in ADMIN:
        with transaction.atomic():
            if opens(client, address(route, things)):
                found.add(route)
            transaction.set_rollback(True)  # some of them remove what they are about
    return found


def allowed(patterns: list[str]) -> set[str]:
    """The routes that the table opens."""
    return {route for route in ADMIN if any(re.fullmatch(pattern, route) for pattern in patterns)}


@pytest.mark.parametrize("group", MAY)
def test_a_member_of_a_group_opens_what_the_group_is_for_and_no_more(
    group: str, things: dict[str, Any]
) -> None:
    found = opened(logged_in(staff_member("lid", group)), things)
    table = allowed(ANYONE + MAY[group])
    assert (found - table, table - found) == (set(), set())


def test_every_group_is_in_the_table(db: None) -> None:
    assert {*Group.objects.values_list("name", flat=True)} == {*MAY}


def test_without_an_account_or_with_one_that_has_no_group_nothing_opens(
    things: dict[str, Any],
) -> None:
    outsider = logged_in(User.objects.create_user("buitenstaander"))
    for client in (Client(), outsider):
        assert opened(client, things) == allowed(ANYONE)
