"""Dates of a line: ISO 8601 cut to the precision."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huunghi.events.models.events import validate_time_zone
from huunghi.events.periods import Precision, precision_of, whole_period
from huunghi.partners.fields import first_day, last_day, parse_partial_date

from .errors import LineError

_ISO_DAY = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
DEFAULT_ZONE = "Asia/Ho_Chi_Minh"


def partial_date(text: str, field: str) -> str:
    """ "2019", "2019-05" or "2019-05-14"; raises LineError."""
    if not _ISO_DAY.fullmatch(text):
        raise LineError.of(field, _("“%(text)s” is not a date; write 2019, 2019-05 or 2019-05-14.") % {"text": text})
    try:
        return parse_partial_date(text)
    except ValidationError as error:
        raise LineError.of(field, " ".join(error.messages)) from error


def whole_date(text: str, field: str) -> date:
    """A date that has to be known to the day."""
    iso = partial_date(text, field)
    if len(iso) != len("2019-05-14"):
        raise LineError.of(field, _("“%(text)s” has to name the day: 2019-05-14.") % {"text": text})
    return date.fromisoformat(iso)


def moment(text: str, field: str, zone: str = DEFAULT_ZONE) -> tuple[str, time | None]:
    """`(partial date, clock time or None)` of "2019", "2019-05-14" or "2019-05-14T08:00+07:00", in the zone."""
    if "T" not in text:
        return partial_date(text, field), None
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        sentence = _("“%(text)s” is not a time; write 2019-05-14T08:00+07:00.") % {"text": text}
        raise LineError.of(field, sentence) from error
    try:
        at = at.astimezone(ZoneInfo(zone)) if at.tzinfo else at
    except OverflowError as error:
        raise LineError.of(field, _("“%(text)s” is outside of the calendar.") % {"text": text}) from error
    return at.date().isoformat(), at.time().replace(second=0, microsecond=0)


def event_dates(data: dict[str, Any]) -> dict[str, Any]:
    """The date columns of an event from `start`, `end`, `precision` and `time_zone`; {} when the line has none of them.

    Raises LineError when the precision contradicts the length of a date, or the end lies before the start.
    """
    if not {"start", "end", "precision"} & set(data):
        return {}
    if "start" not in data:
        return _without_start(data)
    zone = _zone(data)
    start, start_time = moment(data["start"], "start", zone)
    precision = precision_of(data["start"])
    end, end_time = moment(data["end"], "end", zone) if "end" in data else (start, None)
    _require_agreement(data, precision)
    first, last = whole_period(first_day(start), last_day(end) if len(end) == len(start) else None, precision)
    if last is not None and first is not None and last < first:
        raise LineError.of("end", _("The last day lies before the first day."))
    return {
        "precision": precision,
        "start_date": first,
        "start_time": start_time,
        "end_date": last,
        "end_time": end_time,
    }


def _zone(data: dict[str, Any]) -> str:
    zone = data.get("time_zone", DEFAULT_ZONE)
    try:
        validate_time_zone(zone)
    except ValidationError as error:
        raise LineError.of("time_zone", " ".join(error.messages)) from error
    return zone


def _without_start(data: dict[str, Any]) -> dict[str, Any]:
    if "end" in data:
        raise LineError.of("start", _("There is a last day, but no first day."))
    if data["precision"] != Precision.UNKNOWN:
        raise LineError.of(
            "precision", _("“%(precision)s” needs a date in `start`.") % {"precision": data["precision"]}
        )
    return dict.fromkeys(("start_date", "start_time", "end_date", "end_time")) | {"precision": Precision.UNKNOWN}


def _require_agreement(data: dict[str, Any], precision: str) -> None:
    stated = data.get("precision", precision)
    if stated != precision:
        sentence = _("“%(stated)s” contradicts the date “%(date)s”, which is known to the %(precision)s.")
        raise LineError.of("precision", sentence % {"stated": stated, "date": data["start"], "precision": precision})
    end_precision = precision_of(data.get("end", data["start"]))
    if end_precision != precision and {end_precision, precision} != {Precision.DAY, Precision.MINUTE}:
        sentence = _("“%(end)s” is not as exact as the first day, “%(start)s”; write both alike.")
        raise LineError.of("end", sentence % {"end": data["end"], "start": data["start"]})


def period(text: str, field: str = "period") -> tuple[str, str]:
    """ "2018" as ("2018", ""), "2018-01/2020-12" as ("2018-01", "2020-12")."""
    first, _slash, last = text.partition("/")
    start, end = partial_date(first, field), partial_date(last, field) if last else ""
    if end and last_day(end) < first_day(start):
        raise LineError.of(field, _("The period ends before it begins."))
    return start, end
