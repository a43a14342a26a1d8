"""Links to pages in text: looked up once for a whole page, not for each of its texts.

Wagtail looks them up when it shows a text, by one query for its links and one more for each type of
page among them.
"""

import json
import re
from typing import Any

from django.core.cache import cache
from django.utils.functional import SimpleLazyObject
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.rich_text.pages import PageLinkHandler

TARGET = re.compile(r'<a (?=[^>]*linktype="page")[^>]*?(?<![\w-])id="(\d+)"')
KEY = "page-links"


def will_show(page: Page) -> None:
    """Have every page that the texts of this one link to found together, once one is asked for."""
    cache.set(KEY, SimpleLazyObject(lambda: linked_from(page)))


def linked_from(page: Page) -> dict[str, Page | None]:
    """The pages that the texts of this one link to, by their keys; None for one that is gone."""
    ids = set(TARGET.findall(texts_of(page)))
    found = Page.objects.in_bulk(map(int, ids))
    return {pk: found.get(int(pk)) for pk in ids}


def texts_of(page: Page) -> str:
    """All that editors have written on a page, as HTML among other things."""
    values = {field: getattr(page, field.attname) for field in page._meta.concrete_fields}
    texts = [text for field, text in values.items() if isinstance(field, RichTextField)]
    streams = [
        field.get_prep_value(v) for field, v in values.items() if isinstance(field, StreamField)
    ]
    return json.dumps([texts, streams]).replace(r"\"", '"')


class PageLinks(PageLinkHandler):
    """Links as Wagtail writes them, to pages that were looked up where that was done."""

    @classmethod
    def get_many(cls, attrs_list: list[dict[str, Any]]) -> list[Page | None]:
        known = cache.get(KEY, {})
        ids = [attrs.get("id") for attrs in attrs_list]
        if known.keys() >= set(ids):
            return [known[pk] for pk in ids]
        return super().get_many(attrs_list)
