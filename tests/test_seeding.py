"""Someone runs ``manage.py seed`` on a site that has content."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from wagtail.models import Page

from tests.reading import read, words
from vitaleoverheid.models import OrganisationSettings, TextPage

pytestmark = pytest.mark.django_db


def everything() -> dict[str, list[str]]:
    """All rows of all tables."""
    with connection.cursor() as cursor:
        rows = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
            rows[table] = [row for (row,) in cursor.fetchall()]
        return rows


def test_seeding_again_changes_nothing() -> None:
    before = everything()
    call_command("seed", stdout=StringIO())
    assert before["vitaleoverheid_homepage"]
    assert everything() == before


def test_seeding_again_keeps_what_editors_made_of_it(client: Client) -> None:
    TextPage.objects.get(slug="privacy").delete()
    OrganisationSettings.objects.update(city="Rolde")
    call_command("seed", stdout=StringIO())
    assert client.get("/privacy/").status_code == 404
    assert "9400 AW Rolde" in words(read(client, "/").select_one("footer"))


def test_the_tree_of_the_first_content_is_sound_so_that_editors_can_add_to_it() -> None:
    assert not any(Page.find_problems())


def test_every_block_of_the_first_content_can_be_linked_to_in_the_admin(
    admin_client: Client,
) -> None:
    for page in Page.objects.filter(depth__gt=1):
        form = admin_client.get(f"/admin/pages/{page.pk}/edit/").content.decode()
        assert "&quot;id&quot;: null" not in form
