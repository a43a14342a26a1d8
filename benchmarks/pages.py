"""How long the site takes with many pages: ``python -m benchmarks.pages 10 100 10000``.

As ``benchmarks.inbox``, for what depends on the number of pages.
"""

import sys
import time

from benchmarks.inbox import PRODUCTION, measure, scratch_database, show  # isort: skip (sets up Django)

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings
from wagtail.models import Page

from insights.models import InsightIndexPage, InsightPage
from services.models import ServicePage
from tests.test_rendering import add_pages
from vitaleoverheid.content_changes import changes
from vitaleoverheid.models import HomePage, TextPage
from vitaleoverheid.sitemap import PAGES_PER_PART

SIZES = [10, 100, 10_000]
VIEWS = {
    "home page": "/",
    "a service": "/diensten/versterking-interne-samenwerking/",
    "articles": "/inzichten/",
    "articles, page 3": "/inzichten/?page=3",
    "feed": "/inzichten/feed/",
    "no such page": "/diensten/versterking-samenwerkin/",
    "sitemap": "/sitemap.xml",
    "sitemap, first part": "/sitemap-1.xml",
    "sitemap, last part": "/sitemap-{parts}.xml",
    "search, all found": "/zoeken/?q=samenwerking",
    "search, one found": "/zoeken/?q=toegankelijkheid",
    "search, a typing error": "/zoeken/?q=toegankelikheid",
    "explorer, home page": "/admin/pages/{home}/",
    "explorer, articles": "/admin/pages/{articles}/",
    "editor": "/admin/pages/{page}/edit/",
}


def fill(size: int) -> None:
    """Add pages, half of them articles, until there are as many."""
    text = TextPage.objects.get(slug="privacy")
    text.show_in_menus = False  # what is in there, is there because an editor chose it
    missing = size - Page.objects.count()
    if missing > 0:
        add_pages(InsightIndexPage.objects.get(), InsightPage.objects.earliest("pk"), missing // 2)
        add_pages(HomePage.objects.get(), text, missing // 2)
    call_command("wagtail_update_index", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def main(sizes: list[int]) -> None:
    """Measure each view with each number of pages."""
    changes.listen()  # as a web server does
    visitor, editor = Client(), Client()
    editor.force_login(User.objects.create_superuser("redactie", "redactie@voorbeeld.nl"))
    overview = InsightIndexPage.objects.get()
    article = overview.add_child(instance=InsightPage(title="Samenwerken begint binnen"))
    article.save_revision().publish()  # and the overview with it
    known = {
        "home": HomePage.objects.get().pk,
        "articles": overview.pk,
        "page": ServicePage.objects.get().pk,
    }
    columns = []
    for size in sizes:
        started = time.perf_counter()
        fill(size)
        known["parts"] = -(-Page.objects.live().filter(depth__gt=1).count() // PAGES_PER_PART)
        print(f"{size} pages, made in {time.perf_counter() - started:.0f} s", flush=True)
        columns.append(
            [
                measure(editor if "admin" in view else visitor, view.format(**known))
                for view in VIEWS.values()
            ]
        )
    show(VIEWS, sizes, columns)


if __name__ == "__main__":
    with override_settings(**PRODUCTION), scratch_database():
        main([int(size) for size in sys.argv[1:]] or SIZES)
