"""Working days of the firm: Monday to Friday, without the Dutch public holidays."""

from datetime import date, datetime, time

import holidays
from django.utils import timezone

CALENDAR = holidays.country_holidays("NL")
"""Works out a year when first asked about a day in it."""


def is_working_day(day: date) -> bool:
    """Whether the firm works that day."""
    return CALENDAR.is_working_day(day)


def after(moment: datetime, count: int) -> date:
    """The day on which ``count`` working days have passed since ``moment``."""
    return CALENDAR.get_nth_working_day(timezone.localdate(moment), count)


def ago(count: int) -> datetime:
    """The moment before which more than ``count`` working days have passed until now.

    Nothing passes on a day off: all of it counts as the very beginning of the next working day.
    """
    now = timezone.localtime()
    if not is_working_day(now.date()):
        tomorrow = CALENDAR.get_nth_working_day(now.date(), 1)
        now = timezone.make_aware(datetime.combine(tomorrow, time.min))
    return now - (now.date() - CALENDAR.get_nth_working_day(now.date(), -count))
