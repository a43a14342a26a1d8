"""How many enquiries come in, about what, and how soon they are answered."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Aggregate, Count, DateField, DurationField, F, Max, Q, QuerySet
from django.db.models.functions import TruncWeek
from django.utils import timezone
from django.views.generic import TemplateView
from wagtail.admin.widgets import AdminDateInput

from contact.models import Enquiry
from contact.screen import InboxScreen

IN_DAYS = timedelta(days=2)
DEFAULT_PERIOD = timedelta(weeks=12)
YEARS = range(2000, 2100)


class Median(Aggregate):
    """The middle value (PostgreSQL's continuous percentile)."""

    template = "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


def plausible(day: date) -> None:
    """Refuse a slip of the finger, such as the year 20026."""
    if day.year not in YEARS:
        raise ValidationError(f"Kies een jaar van {YEARS.start} tot en met {YEARS.stop - 1}.")


class PeriodForm(forms.Form):
    """Which enquiries to count."""

    start = forms.DateField(label="Van", widget=AdminDateInput, validators=[plausible])
    end = forms.DateField(label="Tot en met", widget=AdminDateInput, validators=[plausible])

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        cleaned = super().clean() or {}
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and end < start:
            self.add_error("end", "Deze dag ligt voor de eerste dag.")
        return cleaned


def in_period(start: date, end: date) -> QuerySet[Enquiry]:
    """The enquiries that came in from one day to another, both included."""
    first = timezone.make_aware(datetime.combine(start, time.min))
    after = timezone.make_aware(datetime.combine(end + timedelta(days=1), time.min))
    return Enquiry.objects.real().filter(received_at__gte=first, received_at__lt=after)


def per_week(enquiries: QuerySet[Enquiry]) -> list[dict[str, Any]]:
    """How many came in each week, by its Monday; from the first week with any to the last."""
    week = TruncWeek("received_at", output_field=DateField())
    weeks = enquiries.annotate(week=week).values_list("week").annotate(count=Count("pk"))
    counts = dict(weeks.order_by("week"))
    if not counts:
        return []
    first, last = min(counts), max(counts)
    mondays = (first + timedelta(days=days) for days in range(0, (last - first).days + 1, 7))
    return [{"label": monday, "count": counts.get(monday, 0)} for monday in mondays]


def per_service(enquiries: QuerySet[Enquiry]) -> list[Any]:
    """How many were about each service."""
    services = enquiries.values(label=F("service__title"))
    return list(services.annotate(count=Count("pk")).order_by("-count", "label"))


def totals(enquiries: QuerySet[Enquiry]) -> dict[str, Any]:
    """The figures of the period, by one query."""
    waited = F("answered_at") - F("received_at")
    suspect = Q(status=Enquiry.Status.SUSPECT)
    row = enquiries.aggregate(
        count=Count("pk"),
        answered=Count("answered_at"),
        median=Median(waited, output_field=DurationField()),
        slowest=Max(waited, output_field=DurationField()),
        suspect=Count("pk", filter=suspect | Q(restored_at__isnull=False)),
        rescued=Count("restored_at"),
    )
    return row | {name: in_words(row[name]) for name in ("median", "slowest")}


def in_words(duration: timedelta | None) -> str:
    """As somebody would say it."""
    if duration is None:
        return "nog niet bekend"
    hours = duration // timedelta(hours=1)
    if hours < 1:
        return "minder dan een uur"
    return f"{hours} uur" if duration < IN_DAYS else f"{duration.days} dagen"


def with_bars(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows, each with the length of its bar in per cent of the longest."""
    longest = max((row["count"] for row in rows), default=1)
    return [{**row, "length": 100 * row["count"] / longest} for row in rows]


class FiguresView(InboxScreen, TemplateView):
    """The report page."""

    template_name = "contact/inbox/figures.html"
    page_title = "Cijfers over aanvragen"
    header_icon = "table"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        default = {"start": today - DEFAULT_PERIOD, "end": today}
        form = PeriodForm(self.request.GET or default)
        period = form.cleaned_data if form.is_valid() else default
        enquiries = in_period(**period)
        return super().get_context_data(
            form=form,
            media=form.media,
            period=period,
            totals=totals(enquiries),
            weeks=with_bars(per_week(enquiries)),
            services=with_bars(per_service(enquiries)),
            **kwargs,
        )
