"""The piece of a page that shows why a search found it."""

from django.db import connection
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from wagtail.models import Page
from wagtail.search import index

START, STOP = "\ue000", "\ue001"
"""Private characters around a found word: they survive escaping, and no text holds them."""

HEADLINE = """
    SELECT ts_headline('dutch', text, websearch_to_tsquery('dutch', %s), %s)
    FROM unnest(%s::text[]) WITH ORDINALITY AS page(text, position) ORDER BY position
"""
OPTIONS = f"StartSel={START}, StopSel={STOP}, MinWords=12, MaxWords=28"


def with_fragments(pages: list[Page], query: str) -> list[Page]:
    """The pages as their own type, each with ``fragment`` (HTML) and ``trail`` (its ancestors)."""
    specific = [page.specific for page in pages]
    trails = ancestor_titles(specific)
    for page, fragment in zip(specific, fragments(specific, query), strict=True):
        page.fragment = marked(fragment)
        page.trail = " / ".join(trails[page.pk])
    return specific


def fragments(pages: list[Page], query: str) -> list[str]:
    """PostgreSQL's choice of the words around what was found, one text for each page."""
    with connection.cursor() as cursor:
        cursor.execute(HEADLINE, [query, OPTIONS, [text_of(page) for page in pages]])
        return [row[0] for row in cursor.fetchall()]


def text_of(page: Page) -> str:
    """What the index holds of a page, its title aside."""
    values = [
        field.get_value(page)
        for field in page.get_search_fields()
        if isinstance(field, index.SearchField) and field.field_name != "title"
    ]
    texts = (" ".join(v) if isinstance(v, list) else str(v) for v in values)
    return " … ".join(text for text in texts if text)


def marked(fragment: str) -> SafeString:
    """The fragment as HTML, with the found words in ``<mark>``."""
    html = escape(fragment).replace(START, "<mark>").replace(STOP, "</mark>")
    return mark_safe(html)  # noqa: S308 (escaped just now)


def ancestor_titles(pages: list[Page]) -> dict[int, list[str]]:
    """The titles above each page, from the home page down, in one query for all."""
    step = Page.steplen
    above = {
        page.pk: [page.path[:end] for end in range(2 * step, len(page.path), step)]
        for page in pages
    }
    paths = {path for line in above.values() for path in line}
    titles = dict(Page.objects.filter(path__in=paths).values_list("path", "title"))
    return {pk: [titles[path] for path in line] for pk, line in above.items()}
