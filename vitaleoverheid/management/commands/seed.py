"""``manage.py seed``: the first content of an empty site, in the firm's own words."""

import json
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from wagtail.blocks import StreamValue
from wagtail.fields import StreamField
from wagtail.models import Page, Site

from contact.models import ContactSettings
from insights.models import InsightIndexPage
from vitaleoverheid.models import HomePage, OrganisationSettings

CONTENT = settings.BASE_DIR / "vitaleoverheid/first_content.json"
"""The pages from top to bottom, each with its fields; ``page:name`` refers to the page so named."""


class Command(BaseCommand):
    """Fill an empty site."""

    help = "Makes the first content. Does nothing on a site that has content."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if HomePage.objects.exists():
            self.stdout.write("The site has content already; nothing changed.")
            return
        described = json.loads(CONTENT.read_text())
        pages = [add_page(**description) for description in described]
        begin_site_at(pages[0])
        for page, description in zip(pages, described, strict=True):
            page.refresh_from_db()  # it may have got pages below it
            fill_in(page, resolved(description["fields"], pages))
            if not isinstance(page, InsightIndexPage):  # appears with its first article
                page.save_revision(log_action=True).publish()  # to go back to
        seed_settings({page.slug: page for page in pages})
        self.stdout.write("Made the first content.")


def add_page(model: str, parent: str | None, fields: dict[str, Any]) -> Page:
    """Make a page, without what refers to pages that may not be there yet."""
    page = apps.get_model(model)()
    fill_in(page, {name: value for name, value in fields.items() if "page:" not in str(value)})
    page.live = not isinstance(page, InsightIndexPage)
    above = Page.objects.get(slug=parent) if parent else Page.get_first_root_node()
    made: Page = above.add_child(instance=page)
    return made


def fill_in(page: Page, fields: dict[str, Any]) -> None:
    """Give a page the values of its fields."""
    for name, value in fields.items():
        field = page._meta.get_field(name)
        setattr(page, field.attname, blocks(field, value) if isinstance(value, list) else value)


def blocks(field: StreamField, value: list[dict[str, Any]]) -> StreamValue:
    """What a form would make of these blocks: each has an id, by which the admin knows it."""
    return field.stream_block.clean(field.stream_block.to_python(value))


def resolved(fields: dict[str, Any], pages: list[Page]) -> dict[str, Any]:
    """The fields with the keys of pages where they refer to one."""
    text = json.dumps(fields)
    for page in pages:
        text = text.replace(f'"page:{page.slug}"', str(page.pk))
    replaced: dict[str, Any] = json.loads(text)
    return replaced


def begin_site_at(home: Page) -> None:
    """Put the home page in the place of the page that Wagtail starts with."""
    address = urlsplit(settings.SITE_URL)
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={
            "hostname": address.hostname,
            "port": address.port or (443 if address.scheme == "https" else 80),
            "site_name": settings.WAGTAIL_SITE_NAME,
            "root_page": home,
        },
    )
    home.get_siblings(inclusive=False).delete()


def seed_settings(pages: dict[str, Page]) -> None:
    """The firm's own details, who hears of an enquiry, and where privacy is explained."""
    organisation = OrganisationSettings.load()
    organisation.contact_page = pages["contact"]
    organisation.save()
    chosen = ContactSettings.load()
    chosen.recipients = [("email", organisation.email)]
    chosen.privacy_page = pages["privacy"]
    chosen.save()
