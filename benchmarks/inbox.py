"""How long the inbox takes with many enquiries: ``python -m benchmarks.inbox 100 10000 1000000``.

Fills a database of its own on the server of ``DATABASE_URL`` (else the development server), asks
for each view as a colleague's browser does, and prints the median and the 95th percentile of the
time that the site needs for it, with the number of queries. Removes the database at the end.
"""

import os
import statistics
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from io import StringIO
from typing import Any
from urllib.parse import urljoin

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vitaleoverheid.settings")

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext, setup_databases, teardown_databases
from django.urls import reverse

from contact.models import Enquiry
from services.models import ServicePage
from vitaleoverheid.content_changes import changes

Measured = tuple[float, float, int]
SIZES = [100, 10_000, 1_000_000]
TIMES = 20

FILL = """
    INSERT INTO contact_enquiry (
        reference, received_at, name, organisation, email, phone, kind, service_id, message,
        status, status_changed_at, answered_at, assigned_to_id, signals, opened_at, deleted_at,
        is_canary, digest
    )
    SELECT
        'VO-' || left(code, 4) || '-' || right(code, 4), received,
        'Bezoeker Nummer' || n, 'Gemeente ' || n %% 400,
        'bezoeker' || n %% 50000 || '@gemeente.nl', '+31612345678', 'question',
        CASE WHEN n %% 3 > 0 THEN (SELECT min(page_ptr_id) FROM services_servicepage) END,
        (SELECT string_agg(word || n %% (10 * place), ' ')
         FROM unnest(string_to_array(%(words)s, ' ')) WITH ORDINALITY AS words (word, place)),
        status, received, CASE WHEN status IN ('answered', 'closed') THEN received END,
        CASE WHEN n %% 2 > 0 THEN %(owner)s END, '[]', received,
        CASE WHEN n %% 200 = 7 THEN received END, n %% 400 = 9, sha256(n::text::bytea)
    FROM (
        SELECT n, now() - n * interval '30 minutes' AS received,
            translate(lpad(upper(to_hex(n * 2654435761 %% (1::bigint << 32))), 8, '0'), '01', 'GH')
                AS code,
            CASE WHEN n <= 60 THEN (ARRAY['new', 'in_progress'])[1 + n %% 2]
                WHEN n %% 100 = 3 THEN 'suspect' WHEN n %% 10 = 4 THEN 'answered'
                ELSE 'closed' END AS status
        FROM generate_series(%(first)s::bigint, %(last)s) AS n
    ) AS enquiries
"""
FOLLOW = """
    INSERT INTO contact_message (
        enquiry_id, kind, state, recipient, reply_to, subject, text, message_id, created_at,
        sent_at, attempts, error
    )
    SELECT e.id, mail, 'sent', e.email, '', 'Aanvraag ' || reference, message,
        mail || reference, received_at, received_at, 1, ''
    FROM contact_enquiry e, unnest(ARRAY['notification', 'acknowledgement']) AS mail
    WHERE e.id > %(before)s;
    INSERT INTO wagtailcore_modellogentry (
        object_id, label, action, data, timestamp, content_changed, deleted, content_type_id
    )
    SELECT id::text, reference, action, '{}', received_at, false, false,
        (SELECT id FROM django_content_type WHERE model = 'enquiry')
    FROM contact_enquiry e, unnest(ARRAY['contact.receive', 'contact.view']) AS action
    WHERE e.id > %(before)s
"""
WORDS = (
    "wij willen graag kennismaken om te spreken over samenwerking binnen onze organisatie en over"
    " opgavegericht werken met inwoners programma bestuur raad advies begeleiding training opgave"
)
"""Each of them gets a number in the text, of which the first words have few and the last many."""

VIEWS = {
    "list": "",
    "list, page 3": "?p=3",
    "list, by name": "?ordering=name",
    "list, by name, from Z": "?ordering=-name",
    "search, many found": "?q=kennismaken7",
    "search, few found": "?q=opgave77",
    "search, one found": "?q=nummer77",
    "search, one reference": "?q={reference}",
    "search, nothing found": "?q=zeppelin",
    "van mij": "?view=mine",
    "open": "?view=open",
    "te laat": "?view=overdue",
    "verdacht": "?view=suspect",
    "prullenbak": "?view=bin",
    "status": "?status=closed",
    "status, two": "?status=new&status=answered",
    "soort": "?kind=question",
    "dienst": "?service={service}",
    "behandelaar": "?assigned_to={owner}",
    "ontvangen": "?received_at_from={month}-01&received_at_to={month}-28",
    "newest enquiry": "edit/{newest}/",
    "an old enquiry": "edit/{old}/",
    "oldest enquiry": "edit/{oldest}/",
    "figures": "figures/",
    "first page of the admin": "../",
}


PRODUCTION = {
    "DEBUG": False,
    "ALLOWED_HOSTS": ["testserver"],
    "SECURE_SSL_REDIRECT": False,
    "STORAGES": {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    },
}


@contextmanager
def scratch_database() -> Iterator[None]:
    """A database with the first content, that nothing else uses."""
    connection.settings_dict["TEST"]["NAME"] = "benchmark_inbox"
    made = setup_databases(verbosity=0, interactive=False)
    try:
        call_command("seed", stdout=StringIO())
        yield
    finally:
        teardown_databases(made, verbosity=0)


def fill(size: int, owner: User) -> None:
    """Add enquiries until there are as many, with the mails and the history of each."""
    newest = Enquiry.objects.order_by("pk").last()
    given: dict[str, Any] = {
        "first": Enquiry.objects.count() + 1,
        "last": size,
        "words": WORDS,
        "owner": owner.pk,
        "before": newest.pk if newest else 0,
    }
    with connection.cursor() as cursor:
        cursor.execute(FILL, given)
        cursor.execute(FOLLOW, given)
        cursor.execute("VACUUM ANALYZE")


def addresses(owner: User) -> dict[str, str]:
    """The address of each view, by its name."""
    enquiries = Enquiry.objects.present()
    newest, old, oldest = enquiries[0], enquiries[enquiries.count() // 2], enquiries.reverse()[0]
    known = {
        "service": ServicePage.objects.get().pk,
        "owner": owner.pk,
        "reference": old.reference,
        "newest": newest.pk,
        "old": old.pk,
        "oldest": oldest.pk,
        "month": f"{newest.received_at:%Y-%m}",
    }
    inbox = reverse("enquiries:list")
    return {name: urljoin(inbox, view.format(**known)) for name, view in VIEWS.items()}


def measure(client: Client, address: str) -> Measured:
    """What asking for an address takes, in milliseconds and in queries.

    The median and the 95th percentile: the first is steadier on a machine with other work to do.
    """
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    count = len(queries)
    if response.status_code not in {HTTPStatus.OK, HTTPStatus.NOT_FOUND}:
        raise SystemExit(f"{address} answers {response.status_code}")
    times = []
    for _ in range(TIMES):
        started = time.perf_counter()
        client.get(address)
        times.append(time.perf_counter() - started)
    return 1000 * statistics.median(times), 1000 * statistics.quantiles(times, n=20)[-1], count


def show(names: Iterable[str], sizes: list[int], columns: list[list[Measured]]) -> None:
    """Print a table: a line for each view, a column for each size."""
    print("\nmedian / p95 in milliseconds (queries)")
    print(f"{'':<24}" + "".join(f"{size:>18,}" for size in sizes))
    for name, *row in zip(names, *columns, strict=True):
        print(f"{name:<24}" + "".join(f"{f'{m:.0f} / {p:.0f} ({n})':>18}" for m, p, n in row))


def main(sizes: list[int]) -> None:
    """Measure each view with each number of enquiries."""
    changes.listen()  # as a web server does, which remembers what only editors change
    owner = User.objects.create_user("collega", "collega@voorbeeld.nl")
    owner.groups.add(Group.objects.get(name="Aanvragen behandelen"))
    client = Client()
    client.force_login(owner)
    columns = []
    for size in sizes:
        started = time.perf_counter()
        fill(size, owner)
        print(f"{size} enquiries, made in {time.perf_counter() - started:.0f} s", flush=True)
        columns.append([measure(client, address) for address in addresses(owner).values()])
    show(VIEWS, sizes, columns)


if __name__ == "__main__":
    with override_settings(**PRODUCTION), scratch_database():
        main([int(size) for size in sys.argv[1:]] or SIZES)
