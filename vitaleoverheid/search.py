"""Searching the pages: in Dutch, forgiving of typing errors; what was not found is reported."""

import re
from difflib import get_close_matches
from typing import Any

from django.contrib.postgres.search import SearchHeadline, SearchQuery
from django.core.paginator import Page as PageOfResults
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Count, Q, QuerySet, Window
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from wagtail.contrib.search_promotions.models import SearchPromotion
from wagtail.models import Page
from wagtail.search import index
from wagtail.search.utils import normalise_query_string

from vitaleoverheid.content_changes import until_content_changes
from vitaleoverheid.tree import restricted

RESULTS_PER_PAGE = 10
PAGE_NUMBER = re.compile("[1-9][0-9]{0,5}")

START, STOP = "\ue000", "\ue001"
"""Private characters around a found word: they survive escaping, and no text holds them."""
NO_TAG = "<\N{ZERO WIDTH SPACE}"
"""How "<" stands in the index: PostgreSQL takes what follows a bare one for HTML, and skips it."""

WORD = re.compile(r"[^\W\d_]{4,}")
LIKENESS = 0.75
LONGER = 2  # letters, or shorter: what else a word that was meant may be
UNKNOWN = """
    SELECT typed FROM unnest(%s::text[]) typed, plainto_tsquery('dutch', typed) query
    WHERE numnode(query) > 0 AND NOT EXISTS (
        SELECT FROM wagtailsearch_indexentry WHERE title @@ query OR body @@ query
    )
    LIMIT 5
"""
"""The typed words that stand nowhere."""
VOCABULARY = "SELECT word FROM ts_stat(%s) WHERE word !~ '[^[:alpha:]]'"
TEXTS = """
    SELECT to_tsvector('simple', title_text || ' ' || body_text)
    FROM wagtailsearch_indexentry entry
    JOIN wagtailcore_page page
        ON page.id::text = object_id AND page.content_type_id = entry.content_type_id
    WHERE live AND NOT EXISTS (
        SELECT FROM wagtailcore_pageviewrestriction
        JOIN wagtailcore_page above ON above.id = page_id
        WHERE page.path LIKE above.path || '%'
    )
    ORDER BY depth, page.path LIMIT 500
"""
"""The texts to take words from: of the highest public pages, so that a large site stays quick."""

PERSONAL = re.compile(r"@|(\d\W*){6}")
"""An e-mail address, or enough digits for a telephone number."""
RECORD = """
    WITH asked AS (
        INSERT INTO wagtailsearchpromotions_query (query_string) VALUES (%s)
        ON CONFLICT (query_string) DO UPDATE SET query_string = EXCLUDED.query_string
        RETURNING id
    )
    INSERT INTO wagtailsearchpromotions_querydailyhits AS today (query_id, date, hits)
    SELECT id, current_date, 1 FROM asked
    ON CONFLICT (query_id, date) DO UPDATE SET hits = today.hits + 1
"""
"""As Wagtail's ``Query.get().add_hit()``, in one query instead of up to nine."""


class PlainField(index.SearchField):
    """A text to search in; what looks like HTML in it is text."""

    def get_value(self, obj: Any) -> str:
        value = super().get_value(obj)
        text = value if isinstance(value, str) else " … ".join(value)
        return text.replace("<", NO_TAG)


def plain(field: Any) -> Any:
    """The field, as a ``PlainField`` if it is a text to search in."""
    if type(field) is not index.SearchField:
        return field
    return PlainField(field.field_name, boost=field.boost, **field.kwargs)


def answer(query: str, page: str | None) -> dict[str, Any]:
    """What a search found: best bets, that page of results, and the query as it was understood."""
    meant = mended(query)
    bets = best_bets(query, meant)
    found = find(meant).exclude(pk__in=[bet.page_id for bet in bets if bet.page_id])
    results = shown(found, page)
    count = len(bets) + results.paginator.count
    if not count:
        record_fruitless(query)
    trails = ancestor_titles(list(results))
    for result in results:
        result.fragment, result.trail = marked(result.fragment), " / ".join(trails[result.pk])
    return {
        "meant": meant if count else query,
        "count": count,
        "bets": bets,
        "results": results,
        "numbers": results.paginator.get_elided_page_range(results.number),
    }


def mended(query: str) -> str:
    """The query with each word that stands nowhere replaced by the one that was probably meant."""
    with connection.cursor() as cursor:
        cursor.execute(UNKNOWN, [WORD.findall(query)])
        unknown = [typed for (typed,) in cursor.fetchall()]
    for typed in unknown:
        alike = [word for word in vocabulary() if abs(len(word) - len(typed)) <= LONGER]
        for meant in get_close_matches(typed.lower(), alike, n=1, cutoff=LIKENESS):
            query = re.sub(rf"\b{typed}\b", meant, query)
    return query


@until_content_changes
def vocabulary() -> list[str]:
    """The words that visitors can read, as they stand there."""
    with connection.cursor() as cursor:
        cursor.execute(VOCABULARY, [TEXTS])
        return [word for (word,) in cursor.fetchall()]


def best_bets(*queries: str) -> list[SearchPromotion]:
    """What editors have chosen to come first for any of these queries."""
    asked = [normalise_query_string(query) for query in queries]
    public = Page.objects.live().exclude(restricted())
    bets = SearchPromotion.objects.filter(Q(page=None) | Q(page__in=public))
    return list(bets.filter(query__query_string__in=asked).select_related("page"))


def find(query: str) -> QuerySet[Page]:
    """The public pages that hold all words, the best first, each with ``fragment``."""
    words = SearchQuery(query, config="dutch", search_type="plain")
    fragment = SearchHeadline(
        "index_entries__body_text",
        words,
        config="dutch",
        start_sel=START,
        stop_sel=STOP,
        min_words=12,
        max_words=28,
        short_word="0",
        max_fragments=2,
        fragment_delimiter=" … ",
    )
    found = Page.objects.live().search(query).get_queryset().exclude(restricted())
    return found.annotate(fragment=fragment)


def shown(found: QuerySet[Page], asked: str | None) -> PageOfResults:
    """A page of what was found; the query for it also tells how much that is."""
    pages = Paginator(found.annotate(total=Window(Count("pk"))), RESULTS_PER_PAGE)
    number = int(asked) if asked and PAGE_NUMBER.fullmatch(asked) else 1
    start = (number - 1) * RESULTS_PER_PAGE
    rows = list(pages.object_list[start : start + RESULTS_PER_PAGE])
    if number > 1 and not rows:
        return pages.get_page(number)  # the last one
    pages.count = rows[0].total if rows else 0
    return PageOfResults(rows, number, pages)


def marked(fragment: str) -> SafeString:
    """The fragment as HTML, with the found words in ``<mark>``."""
    html = escape(fragment.replace(NO_TAG, "<"))
    return mark_safe(html.replace(START, "<mark>").replace(STOP, "</mark>"))  # noqa: S308 (escaped just now)


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


def record_fruitless(query: str) -> None:
    """Count a query that found nothing, for editors to see; who asked is not known here."""
    if WORD.search(query) and not PERSONAL.search(query):
        with connection.cursor() as cursor:
            cursor.execute(RECORD, [normalise_query_string(query)])
