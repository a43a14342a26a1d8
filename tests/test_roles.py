"""What each group of the firm does, as a member of it; test_permissions.py has all it may open."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from wagtail.models import Page, Workflow
from wagtail.test.utils.form_data import nested_form_data, streamfield

from tests.conftest import logged_in, staff_member
from tests.reading import read, words
from vitaleoverheid.models import TextPage

pytestmark = pytest.mark.django_db

GROUPS = ["Redacteur", "Eindredacteur", "Aanvragen behandelen", "Beheerder"]
EDITORS = {"Redacteur", "Eindredacteur", "Beheerder"}
CHIEFS = {"Eindredacteur", "Beheerder"}


def member(group: str) -> Client:
    return logged_in(staff_member(group.lower(), group))


@pytest.fixture
def page(db: None) -> TextPage:
    page: TextPage = TextPage.objects.get(slug="privacy")
    return page


def typed(page: TextPage, **changes: str) -> dict[str, Any]:
    """The form of a page, as a browser would send it."""
    fields = {"title": page.title, "slug": page.slug, "body": streamfield([]), **changes}
    return {**nested_form_data(fields), "comments-TOTAL_FORMS": 0, "comments-INITIAL_FORMS": 0}


def edit(page: Page) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


@pytest.mark.parametrize("group", GROUPS)
def test_no_role_makes_a_superuser_or_django_staff(group: str) -> None:
    user = staff_member("lid", group)
    assert not user.is_superuser
    assert not user.is_staff


def test_an_editor_saves_a_draft_that_no_visitor_sees(page: TextPage) -> None:
    editor = member("Redacteur")
    form = typed(page, introduction="Een nieuwe inleiding.")
    editor.post(edit(page), {**form, "action-publish": "1"})
    page.refresh_from_db()
    assert page.get_latest_revision_as_object().introduction == "Een nieuwe inleiding."
    assert "Een nieuwe inleiding." not in words(read(Client(), "/privacy/"))


@pytest.mark.parametrize("group", sorted(CHIEFS))
def test_a_chief_editor_publishes(page: TextPage, group: str) -> None:
    form = typed(page, introduction="Een nieuwe inleiding.")
    member(group).post(edit(page), {**form, "action-publish": "1"})
    assert "Een nieuwe inleiding." in words(read(Client(), "/privacy/"))


@pytest.mark.parametrize("group", GROUPS)
def test_pictures_are_added_by_who_edits(group: str) -> None:
    file = ContentFile(b"", name="foto.png")
    Image.new("RGB", (8, 8)).save(file, "PNG")
    file.seek(0)
    response = member(group).post(reverse("wagtailimages:add"), {"title": "Foto", "file": file})
    assert (response.get("Location") == reverse("wagtailimages:index")) == (group in EDITORS)


def test_four_eyes_is_ready_and_switched_off() -> None:
    workflow = Workflow.objects.get()
    assert (workflow.name, workflow.active) == ("Vier ogen", True)
    assert [task.specific.groups.get().name for task in workflow.tasks] == ["Eindredacteur"]
    assert not workflow.workflow_pages.exists()


def switch_on(administrator: Client, page: Page) -> None:
    """What an administrator does under Instellingen, Workflows."""
    workflow = Workflow.objects.get()
    task = workflow.workflow_tasks.get()
    counts = {"TOTAL_FORMS": 1, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    rows = {
        "workflow_tasks": {"0-task": task.task_id, "0-id": task.pk, "0-ORDER": 1},
        "pages": {"0-page": page.pk},
        "content_types": {"content_types": []},
    }
    form: dict[str, Any] = {"name": workflow.name, "active": "on"}
    for prefix, values in rows.items():
        form |= {f"{prefix}-{name}": value for name, value in {**counts, **values}.items()}
    form["workflow_tasks-INITIAL_FORMS"] = 1
    response = administrator.post(reverse("wagtailadmin_workflows:edit", args=[workflow.pk]), form)
    assert response.status_code == 302


def test_with_four_eyes_an_editor_submits_and_a_chief_editor_approves(page: TextPage) -> None:
    switch_on(member("Beheerder"), Page.objects.get(depth=2))
    editor, chief = member("Redacteur"), member("Eindredacteur")
    form = typed(page, introduction="Een nieuwe inleiding.")
    editor.post(edit(page), {**form, "action-submit": "1"})
    assert "Een nieuwe inleiding." not in words(read(Client(), "/privacy/"))
    assert page.title in words(read(chief, "/admin/"))

    task = page.current_workflow_task_state
    address = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", task.pk])
    editor.post(address)
    assert "Een nieuwe inleiding." not in words(read(Client(), "/privacy/"))
    chief.post(address)
    assert "Een nieuwe inleiding." in words(read(Client(), "/privacy/"))


# Who manages users


def new_user(**changes: str) -> dict[str, Any]:
    password = "een-lang-wachtwoord"
    return {
        "username": "nieuw",
        "email": "nieuw@voorbeeld.nl",
        "first_name": "Nieuwe",
        "last_name": "Collega",
        "password1": password,
        "password2": password,
        **changes,
    }


def test_an_administrator_makes_a_colleague_with_a_role() -> None:
    group = staff_member("redacteur", "Redacteur").groups.get()
    form = new_user(groups=str(group.pk))
    member("Beheerder").post(reverse("wagtailusers_users:add"), form)
    assert User.objects.get(username="nieuw").groups.get() == group


def test_an_administrator_makes_no_superuser() -> None:
    form = new_user(is_superuser="on")
    member("Beheerder").post(reverse("wagtailusers_users:add"), form)
    assert not User.objects.get(username="nieuw").is_superuser
    address = reverse("wagtailusers_users:edit", args=[User.objects.get(username="nieuw").pk])
    logged_in(User.objects.get(username="beheerder")).post(address, {**form, "is_active": "on"})
    assert not User.objects.get(username="nieuw").is_superuser


def test_a_superuser_does(administrator: Client) -> None:
    administrator.post(reverse("wagtailusers_users:add"), new_user(is_superuser="on"))
    assert User.objects.get(username="nieuw").is_superuser


def test_an_administrator_does_not_touch_a_superuser() -> None:
    superuser = User.objects.create_superuser("eigenaar", password="van-de-eigenaar")
    client = member("Beheerder")
    form = new_user(username="eigenaar", is_active="on")
    client.post(reverse("wagtailusers_users:edit", args=[superuser.pk]), form)
    client.post(reverse("wagtailusers_users:delete", args=[superuser.pk]))
    client.post(
        f"/admin/bulk/auth/user/set_active_state/?id={superuser.pk}", {"mark_as_active": "False"}
    )
    superuser.refresh_from_db()
    assert superuser.check_password("van-de-eigenaar")
    assert superuser.is_active
