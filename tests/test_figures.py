"""The firm sees how many enquiries come in, about what, and how soon it answers."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contact.models import Enquiry
from services.models import ServicePage
from tests.enquiries import SUSPECT, at, make
from tests.reading import parse, words

pytestmark = pytest.mark.django_db


def report(client: Client, **period: str) -> BeautifulSoup:
    response = client.get(reverse("enquiries:figures"), period)
    assert response.status_code == 200
    return parse(response)


def totals(page: BeautifulSoup) -> dict[str, str]:
    terms = page.select(".figures__totals div")
    return {words(term.dt).strip(): words(term.dd).strip() for term in terms}


def table(page: BeautifulSoup, caption: str) -> dict[str, str]:
    """A table of the report: the number of each row by its heading."""
    [found] = [table for table in page.select("table") if words(table.caption).strip() == caption]
    return {words(row.th).strip(): words(row.td).strip() for row in found.select("tbody tr")}


def answered_after(wait: timedelta, **fields: object) -> Enquiry:
    received = timezone.now() - timedelta(days=10)
    return make(received_at=received, answered_at=received + wait, status="answered", **fields)


def test_a_report_of_nothing_says_so(colleague: Client) -> None:
    page = report(colleague)
    assert totals(page) == {
        "Aanvragen": "0",
        "Beantwoord": "0",
        "Tijd tot het eerste antwoord (mediaan)": "nog niet bekend",
        "Traagste antwoord": "nog niet bekend",
        "Verdacht": "0 (0%), waarvan 0 hersteld",
    }
    assert words(page).count("In deze periode kwamen geen aanvragen binnen.") == 2


def test_the_time_to_the_first_answer_is_told_by_the_middle_and_the_slowest(
    colleague: Client,
) -> None:
    for wait in (timedelta(hours=1), timedelta(hours=5), timedelta(days=6, hours=3)):
        answered_after(wait)
    make()
    found = totals(report(colleague))
    assert (found["Aanvragen"], found["Beantwoord"]) == ("4", "3")
    assert found["Tijd tot het eerste antwoord (mediaan)"] == "5 uur"
    assert found["Traagste antwoord"] == "6 dagen"


@pytest.mark.parametrize(
    ("wait", "said"),
    [
        (timedelta(minutes=59), "minder dan een uur"),
        (timedelta(hours=1), "1 uur"),
        (timedelta(hours=47, minutes=59), "47 uur"),
        (timedelta(days=2), "2 dagen"),
    ],
)
def test_a_time_is_told_as_somebody_would_say_it(
    colleague: Client, wait: timedelta, said: str
) -> None:
    answered_after(wait)
    assert totals(report(colleague))["Traagste antwoord"] == said


def test_the_share_of_suspect_enquiries_and_of_those_rescued(colleague: Client) -> None:
    make()
    make()
    make(**SUSPECT)
    make(restored_at=timezone.now())
    assert totals(report(colleague))["Verdacht"] == "2 (50%), waarvan 1 hersteld"


def test_enquiries_are_counted_by_the_week_they_came_in_also_weeks_without_any(
    colleague: Client,
) -> None:
    for moment in ("2026-03-02 00:00", "2026-03-08 23:59", "2026-03-16 12:00", "2026-03-30 00:30"):
        with at(moment):
            make()
    page = report(colleague, start="2026-01-01", end="2026-12-31")
    assert table(page, "Aanvragen per week") == {
        "2 maart 2026": "2",
        "9 maart 2026": "0",
        "16 maart 2026": "1",
        "23 maart 2026": "0",
        "30 maart 2026": "1",
    }


def test_enquiries_are_counted_by_service(colleague: Client, service_page: ServicePage) -> None:
    for service in (service_page, service_page, None):
        make(service=service)
    assert table(report(colleague), "Aanvragen per dienst") == {
        service_page.title: "2",
        "geen dienst gekozen": "1",
    }


def test_the_chart_shows_what_the_table_says(colleague: Client, service_page: ServicePage) -> None:
    for service in (service_page, service_page, None):
        make(service=service)
    page = report(colleague)
    [chart] = [table for table in page.select("table") if "per dienst" in words(table.caption)]
    lengths = [bar["width"] for bar in chart.select("svg rect")]
    assert lengths == ["100.0", "50.0"]
    assert all(bar.find_parent(attrs={"aria-hidden": "true"}) for bar in chart.select("svg"))


def test_the_period_includes_its_first_and_last_day_as_our_clock_has_them(
    colleague: Client,
) -> None:
    for moment in ("2026-03-01 23:59", "2026-03-02 00:00", "2026-03-29 23:59", "2026-03-30 00:00"):
        with at(moment):
            make()
    page = report(colleague, start="2026-03-02", end="2026-03-29")
    assert totals(page)["Aanvragen"] == "2"
    assert "Van 2 maart 2026 tot en met 29 maart 2026." in words(page)


def test_without_a_period_the_last_twelve_weeks_are_counted(colleague: Client) -> None:
    make()
    make(received_at=timezone.now() - timedelta(weeks=11))
    make(received_at=timezone.now() - timedelta(weeks=13))
    assert totals(report(colleague))["Aanvragen"] == "2"


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ({"start": "2026-05-01", "end": "2026-04-01"}, "Deze dag ligt voor de eerste dag."),
        ({"start": "gisteren", "end": "2026-04-01"}, "Voer een geldige datum in."),
        ({"start": "2026-04-01"}, "Dit is een verplicht veld."),
        ({"start": "0001-01-01", "end": "2026-04-01"}, "Kies een jaar van 2000 tot en met 2099."),
        ({"start": "2026-04-01", "end": "9999-12-31"}, "Kies een jaar van 2000 tot en met 2099."),
        ({"start": "2026-02-30", "end": "2026-04-01"}, "Voer een geldige datum in."),
        ({"start": "'; --", "end": "\0"}, "Voer een geldige datum in."),
    ],
)
def test_a_period_with_a_mistake_is_explained_and_breaks_nothing(
    colleague: Client, period: dict[str, str], said: str
) -> None:
    make()
    page = report(colleague, **period)
    assert said in words(page)
    assert totals(page)["Aanvragen"] == "1"
