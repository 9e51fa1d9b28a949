"""Dates as readers of the public pages see them: day first, and never more exact than they are known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import dates
from django.utils.translation import gettext as _
from django.utils.translation import override

from huunghi.events.periods import Precision

MONTH_PATTERNS = {"vi": "tháng {number}/{year}", "km": "ខែ{name} ឆ្នាំ{year}"}
EN_DASH = "–"


@dataclass(frozen=True, slots=True)
class DateBlock:
    """The two lines of the block beside a card: "14–16" above "05/2019"; `small` may be empty."""

    large: str
    small: str


def day_text(day: date) -> str:
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def month_text(year: int, month: int, language: str) -> str:
    """ "tháng 5/2019", "ខែឧសភា ឆ្នាំ2019", "May 2019"."""
    with override(language):
        name = str(dates.MONTHS[month])
    return MONTH_PATTERNS.get(language, "{name} {year}").format(number=month, name=name, year=year)


def partial_date_text(value: str, language: str) -> str:
    """A stored partial date: "2019-05-14" as "14/05/2019", "2019-05" as "tháng 5/2019"; "" for none."""
    if not value:
        return ""
    year, month, day = [*map(int, value.split("-")), 0, 0][:3]
    if day:
        return day_text(date(year, month, day))
    return month_text(year, month, language) if month else str(year)


def partial_range_text(start: str, end: str, language: str) -> str:
    """Two partial dates as a range; an empty end is the same as the start."""
    first, last = partial_date_text(start, language), partial_date_text(end, language)
    return first if not last or last == first else f"{first} {EN_DASH} {last}"


def period_text(start: date | None, end: date | None, precision: str, language: str) -> str:
    """First and last day, cut to the precision.

    one month      14–16/05/2019
    one year       30/09–02/10/2018
    two years      30/12/2018–02/01/2019
    not recorded   the reader is told so
    """
    if start is None or precision == Precision.UNKNOWN:
        return _("not recorded")
    end = end or start
    if precision == Precision.YEAR:
        return f"{start.year}" if start.year == end.year else f"{start.year}{EN_DASH}{end.year}"
    if precision == Precision.MONTH:
        months = [month_text(day.year, day.month, language) for day in (start, end)]
        return f" {EN_DASH} ".join(dict.fromkeys(months))
    return _days_text(start, end)


def _days_text(start: date, end: date) -> str:
    if start == end:
        return day_text(start)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day:02d}{EN_DASH}{day_text(end)}"
    if start.year == end.year:
        return f"{start.day:02d}/{start.month:02d}{EN_DASH}{day_text(end)}"
    return f"{day_text(start)}{EN_DASH}{day_text(end)}"


def hours_text(event: Any) -> str:
    """ "08:00–11:30" with the time zone where people join from elsewhere; "" when no hour is known."""
    if event.precision != Precision.MINUTE or event.all_day or event.start_time is None:
        return ""
    hours = f"{event.start_time:%H:%M}"
    if event.end_time:
        hours += f"{EN_DASH}{event.end_time:%H:%M}"
    return hours if event.mode == "on-site" else f"{hours} ({event.time_zone})"


def event_period(event: Any, language: str) -> str:
    """The whole period of an event with its hours: "14/05/2019, 08:00–11:30"."""
    days = period_text(event.start_date, event.end_date, event.precision, language)
    return ", ".join(filter(None, [days, hours_text(event)]))


def date_block(start: date | None, end: date | None, precision: str, language: str) -> DateBlock:
    """What stands in the block beside a card; a range over two months shows its first day."""
    if start is None or precision == Precision.UNKNOWN:
        return DateBlock("", _("date not recorded"))
    end = end or start
    if precision == Precision.YEAR:
        return DateBlock(period_text(start, end, precision, language), "")
    month_of_year = f"{start.month:02d}/{start.year}"
    if precision == Precision.MONTH:
        with override(language):
            name = f"tháng {start.month}" if language == "vi" else str(dates.MONTHS[start.month])
        return DateBlock(str(start.year), name)
    same_month = (start.year, start.month) == (end.year, end.month)
    days = f"{start.day:02d}" if start == end or not same_month else f"{start.day:02d}{EN_DASH}{end.day:02d}"
    return DateBlock(days, month_of_year)


def partial_date_block(value: str, language: str) -> DateBlock | None:
    """The block of a page that is dated by one partial date; None without a date."""
    if not value:
        return None
    parts = value.split("-")
    precision = {1: Precision.YEAR, 2: Precision.MONTH}.get(len(parts), Precision.DAY)
    year, month, day = [*map(int, parts), 1, 1][:3]
    first = date(year, month, day)
    return date_block(first, first, precision, language)
