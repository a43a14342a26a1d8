"""Working days of the firm: Monday to Friday, without the Dutch public holidays."""

from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from django.utils import timezone


@lru_cache(maxsize=4)
def calendar(year: int) -> Any:
    """The Dutch calendar of a year and of those beside it, complete: threads share it."""
    import holidays  # noqa: PLC0415 (takes a twentieth of the time to start, and few ask)

    return holidays.country_holidays("NL", years=range(year - 1, year + 2), expand=False)


def is_working_day(day: date) -> bool:
    """Whether the firm works that day."""
    return calendar(day.year).is_working_day(day)


def after(moment: datetime, count: int) -> date:
    """The day on which ``count`` working days have passed since ``moment``."""
    return nth(timezone.localdate(moment), count)


def nth(day: date, count: int) -> date:
    """The working day so many after a day, or before it if ``count`` is negative."""
    return calendar(day.year).get_nth_working_day(day, count)


def ago(count: int) -> datetime:
    """The moment before which more than ``count`` working days have passed until now.

    Nothing passes on a day off: all of it counts as the very beginning of the next working day.
    """
    now = timezone.localtime()
    if not is_working_day(now.date()):
        now = timezone.make_aware(datetime.combine(nth(now.date(), 1), time.min))
    return now - (now.date() - nth(now.date(), -count))
