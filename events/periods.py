"""When something happens, as exactly as it is known."""

from __future__ import annotations

import calendar
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _


class Precision(models.TextChoices):
    MINUTE = "minute", _("to the minute")
    DAY = "day", _("to the day")
    MONTH = "month", _("to the month")
    YEAR = "year", _("to the year")
    UNKNOWN = "unknown", _("not known")


def whole_period(start: date | None, end: date | None, precision: str) -> tuple[date | None, date | None]:
    """First and last day of a period: a month or year is widened to all of its days, a missing end is the start.

    start 14/05/2019, precision month   → 01/05/2019 … 31/05/2019
    start 14/05/2019, no end, day       → 14/05/2019 … 14/05/2019
    precision unknown                   → None, None
    """
    if start is None or precision == Precision.UNKNOWN:
        return None, None
    end = end or start
    if precision == Precision.MONTH:
        return start.replace(day=1), end.replace(day=calendar.monthrange(end.year, end.month)[1])
    if precision == Precision.YEAR:
        return start.replace(month=1, day=1), end.replace(month=12, day=31)
    return start, end


def iso_cut(day: date | None, clock: time | None, precision: str, zone: str) -> str | None:
    """ISO 8601 cut to the precision: "2019", "2019-05", "2019-05-14", "2019-05-14T08:00+07:00"; None if unknown."""
    if day is None or precision == Precision.UNKNOWN:
        return None
    if precision == Precision.YEAR:
        return f"{day.year:04d}"
    if precision == Precision.MONTH:
        return f"{day.year:04d}-{day.month:02d}"
    if precision == Precision.DAY or clock is None:
        return day.isoformat()
    return datetime.combine(day, clock, ZoneInfo(zone)).isoformat(timespec="minutes")


def precision_of(iso: str) -> str:
    """The precision that the length of an ISO text states."""
    if "T" in iso:
        return Precision.MINUTE
    return {4: Precision.YEAR, 7: Precision.MONTH}.get(len(iso), Precision.DAY)
