"""Enquiries as a file for a spreadsheet: complete, readable, and harmless."""

import csv
import os
import re
import tracemalloc
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook
from wagtail.models import ModelLogEntry

from contact.models import Enquiry
from services.models import ServicePage
from tests.enquiries import INBOX, SUSPECT, at, make

pytestmark = pytest.mark.django_db

HEADINGS = [
    *["Kenmerk", "Ontvangen", "Status", "Behandelaar", "Naam", "Organisatie", "E-mailadres"],
    *["Telefoonnummer", "Dienst", "Bericht", "Eerste antwoord"],
]
KINDS = ["csv", "xlsx"]


def content(client: Client, kind: str, **parameters: str) -> bytes:
    response: Any = client.get(INBOX, {"export": kind, **parameters})
    assert response.status_code == 200
    assert response.headers["Content-Disposition"] == f'attachment; filename="aanvragen.{kind}"'
    return b"".join(response.streaming_content)


def rows(client: Client, kind: str, **parameters: str) -> list[dict[str, Any]]:
    """The exported rows, by the headings of the columns."""
    exported = content(client, kind, **parameters)
    if kind == "csv":
        return list(csv.DictReader(StringIO(exported.decode("utf-8-sig"), newline="")))
    headings, *lines = load_workbook(BytesIO(exported)).active.values
    return [dict(zip(headings, line, strict=True)) for line in lines]


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_holds_what_was_asked_and_what_became_of_it(
    colleague: Client, service_page: ServicePage, kind: str
) -> None:
    with at("2026-07-01 09:30"):
        enquiry = make(
            name="Zoë Đặng-Súdwest 😀",
            phone="+31612345678",
            service=service_page,
            assigned_to=User.objects.get(username="collega"),
            status="answered",
            message='Eén regel,\nen "nog" een; met puntkomma',
            answered_at=timezone.now() + timedelta(hours=2),
        )
    [row] = rows(colleague, kind)
    assert list(row) == HEADINGS
    assert row["Kenmerk"] == enquiry.reference
    assert str(row["Ontvangen"]).startswith("2026-07-01 09:30")
    assert str(row["Eerste antwoord"]).startswith("2026-07-01 11:30")
    assert (row["Status"], row["Behandelaar"]) == ("beantwoord", "collega")
    assert row["Naam"] == "Zoë Đặng-Súdwest 😀"
    assert row["Telefoonnummer"] == "06-12 34 56 78"
    assert row["Dienst"] == service_page.title
    assert row["Bericht"] == enquiry.message


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_known_is_left_empty(colleague: Client, kind: str) -> None:
    make(organisation="")
    [row] = rows(colleague, kind)
    for heading in ("Behandelaar", "Organisatie", "Telefoonnummer", "Dienst", "Eerste antwoord"):
        assert row[heading] in {"", None}


def test_excel_reads_the_accents(colleague: Client) -> None:
    make(name="Zoë")
    assert content(colleague, "csv").startswith(b"\xef\xbb\xbfKenmerk,")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "＝", "＋"])
def test_nothing_that_was_typed_is_a_formula(colleague: Client, kind: str, start: str) -> None:
    attack = f"{start}HYPERLINK(A1)"
    make(name=attack, organisation=attack, message=attack, email="=1+1@voorbeeld.nl")
    exported = content(colleague, kind)
    [row] = rows(colleague, kind)
    for heading in ("Naam", "Organisatie", "Bericht", "E-mailadres"):
        assert row[heading].startswith("'"), heading
    assert b"<f>" not in exported


@pytest.mark.parametrize("typed", ["Wij;=HYPERLINK(A1)", "Beste,\n=HYPERLINK(A1)", "Ja;\n@A1"])
def test_nothing_is_a_formula_either_where_semicolons_make_cells(
    colleague: Client, typed: str
) -> None:
    make(name=typed, message=typed)
    cells = re.split(r"[;\n]", content(colleague, "csv").decode("utf-8-sig"))
    assert not [cell for cell in cells if cell.startswith(("=", "@"))]


@pytest.mark.parametrize("kind", KINDS)
def test_a_foreign_number_is_no_formula_and_our_own_reads_as_we_write_it(
    colleague: Client, kind: str
) -> None:
    make(phone="+32470123456")
    assert rows(colleague, kind)[0]["Telefoonnummer"] == "'+32 470 12 34 56"


@pytest.mark.parametrize("kind", KINDS)
def test_characters_that_a_spreadsheet_cannot_hold_are_left_out(
    colleague: Client, kind: str
) -> None:
    make(name="Jan\x01\x08\x0b\x1f de Vries", message="a\x0cb\x7f")
    [row] = rows(colleague, kind)
    assert (row["Naam"], row["Bericht"]) == ("Jan de Vries", "ab")


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_is_in_the_list_is_exported(colleague: Client, kind: str) -> None:
    open_, closed = make(), make(status="closed", message="Over dijken.")
    suspect = make(**SUSPECT)
    make(deleted_at=timezone.now())
    make(is_canary=True)
    asked: dict[str, list[Enquiry]] = {
        "": [closed, open_],
        "q=dijk": [closed],
        "status=closed": [closed],
        "view=open": [open_],
        "view=suspect": [suspect],
        "view=nonsense": [closed, open_],
        "received_at_from=onzin": [closed, open_],
        "service=onzin&status=closed": [closed],
        "p=99": [closed, open_],
    }
    for query, expected in asked.items():
        parameters = dict(part.split("=") for part in query.split("&") if part)
        found = [row["Kenmerk"] for row in rows(colleague, kind, **parameters)]
        assert found == [enquiry.reference for enquiry in expected], query


@pytest.mark.parametrize("kind", KINDS)
def test_an_export_is_noted_in_the_log_with_its_size_and_who_did_it(
    colleague: Client, kind: str
) -> None:
    make()
    make(status="closed")
    content(colleague, kind, status="closed")
    entry = ModelLogEntry.objects.get(action="contact.export")
    assert (entry.message, str(entry.user)) == ("Aanvragen geëxporteerd: 1", "collega")


def test_the_list_offers_both_kinds_for_what_it_shows(colleague: Client) -> None:
    page = colleague.get(INBOX, {"status": "closed"}).content.decode()
    for kind in KINDS:
        assert f"?status=closed&amp;export={kind}" in page


@pytest.mark.parametrize("kind", KINDS)
def test_a_large_export_takes_no_more_memory_than_a_small_one(
    colleague: Client, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contact.inbox.CHUNK", 50)
    told = {"name": "Jan", "email": "jan@voorbeeld.nl"}

    def peak(count: int) -> int:
        Enquiry.objects.bulk_create(
            Enquiry(message=f"{number} " + "x" * 9_000, digest=os.urandom(32), **told)
            for number in range(count)
        )
        tracemalloc.start()
        response: Any = colleague.get(INBOX, {"export": kind})
        size = sum(map(len, response.streaming_content))
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert size > 1000
        return used

    peak(50)
    small = peak(50)  # 100 rows
    large = peak(1500)  # 1600 rows, 14 MB of text
    assert large < small + 4_000_000
