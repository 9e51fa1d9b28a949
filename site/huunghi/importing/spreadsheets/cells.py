"""The value of a cell as the line has it: dates, numbers and choices as people in Vietnam write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huunghi.events.numbers import separators
from huunghi.partners.fields import parse_partial_date

from ..validation import closest
from .columns import Column
from .compact import rows_in_cell
from .labels import labels_of_choices, words
from .sheets import MOST_CHARACTERS, BadValue, DateText

_CLOCK = r"(\d{1,2})[:hg](\d{2})(?::\d{2}(?:\.\d+)?)?"
_DAY_AND_CLOCK = re.compile(rf"(\S+?)[ T]+{_CLOCK}\s*(Z|[+-]\d{{2}}:?\d{{2}})?")
_CLOCK_AND_DAY = re.compile(rf"{_CLOCK}[ ,]+(\S+)")
_GROUPED = re.compile(r"-?[1-9]\d{0,2}(?P<sign>[.,])\d{3}((?P=sign)\d{3})*")
_YEARS = range(1000, 3000)


class CellError(Exception):
    """One sentence about a cell."""


def value_of(cell: Any, column: Column) -> Any:
    """The cell as JSON, by the kind of its column; None when it says nothing. Raises CellError."""
    if isinstance(cell, BadValue):
        raise CellError(cell.sentence)
    if isinstance(cell, str) and len(cell) > MOST_CHARACTERS:
        raise CellError(_("The text is longer than %(limit)d characters.") % {"limit": MOST_CHARACTERS})
    if isinstance(cell, str) and not cell.strip():
        return None
    return READERS[column.kind](cell, column)


def _text(cell: Any, column: Column) -> str:
    if isinstance(cell, bool):
        raise CellError(_("Expected a text here."))
    if isinstance(cell, DateText):
        raise CellError(_("The spreadsheet made a date of it; give the cell the format “text” and write it again."))
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.strip() if isinstance(cell, str) else str(cell)


def _choice(cell: Any, column: Column) -> str:
    text = _text(cell, column)
    labels = labels_of_choices(column.choices)
    code = labels.get(unicodedata.normalize("NFC", text).casefold())
    if code is None:
        raise CellError(_("“%(value)s” is not known.") % {"value": text[:60]} + (closest(text, labels) or _all(column)))
    return code


def _all(column: Column) -> str:
    return " " + _("Known: %(names)s.") % {"names": ", ".join(column.choices)}


def _boolean(cell: Any, column: Column) -> bool:
    if isinstance(cell, bool):
        return cell
    text = _text(cell, column).casefold()
    if text in words(True):
        return True
    if text in words(False):
        return False
    raise CellError(_("Write yes or no."))


def number_of(cell: Any) -> int | float:
    """A number, also one that is stored as text: "2.063", "12,5", "1 250" or Khmer digits. Raises CellError.

    A sign before exactly three digits is one of thousands only where the language of the editor writes it so; the
    other sign could mean a thousandth, and is refused.
    """
    if isinstance(cell, bool | DateText):
        raise CellError(_("Expected a number here."))
    if isinstance(cell, int | float):
        return int(cell) if float(cell).is_integer() else cell
    text = re.sub(r"\s", "", latin_digits(cell))
    thousands, decimal = separators(get_language() or "")
    if grouped := _GROUPED.fullmatch(text):
        if grouped["sign"] == decimal and text.count(decimal) == 1:
            sentence = _("“%(text)s” can be read in two ways; write the number without a sign for thousands.")
            raise CellError(sentence % {"text": cell.strip()[:60]})
        return int(text.replace(grouped["sign"], ""))
    if {".", ","} <= set(text):
        thousands, decimal = sorted(".,", key=text.rindex)
        text = text.replace(thousands, "")
    text = text.replace(",", ".")
    if not re.fullmatch(r"-?\d{1,20}(\.\d{1,20})?", text):
        raise CellError(_("“%(text)s” is not a number.") % {"text": cell.strip()[:60]})
    return int(text) if "." not in text else float(text)


def _number(cell: Any, column: Column) -> int | float:
    return number_of(cell)


def _integer(cell: Any, column: Column) -> int:
    number = number_of(cell)
    if not isinstance(number, int):
        raise CellError(_("Expected a whole number."))
    return number


def latin_digits(text: str) -> str:
    """Digits of any script as 0-9."""
    return "".join(str(unicodedata.digit(char)) if char.isdecimal() else char for char in text)


def _date(cell: Any, column: Column) -> str:
    text = _date_text(cell)
    return text[:10] if isinstance(cell, DateText) else _day(text)


def _moment(cell: Any, column: Column) -> str:
    text = _date_text(cell)
    if isinstance(cell, DateText):
        return text
    if match := _DAY_AND_CLOCK.fullmatch(text):
        day, hour, minute, zone = match.groups()
        return f"{_day(day)}T{int(hour):02d}:{minute}{zone or ''}"
    if match := _CLOCK_AND_DAY.fullmatch(text):
        hour, minute, day = match.groups()
        return f"{_day(day)}T{int(hour):02d}:{minute}"
    return _day(text)


def _period(cell: Any, column: Column) -> str:
    text = _date_text(cell)
    first, sign, last = re.sub(r"\s+[-–]\s+", "–", text).partition("–")
    if sign:
        return f"{_day(first)}/{_day(last)}"
    # "2018-01/2020-12" is how a line writes it; "05/2018" is a month.
    if re.fullmatch(r"\d{4}(-\d{2}){0,2}/\d{4}(-\d{2}){0,2}", text):
        return text
    return _day(text)


def _date_text(cell: Any) -> str:
    if isinstance(cell, bool):
        raise CellError(_("Expected a date here."))
    if isinstance(cell, int | float):
        if float(cell).is_integer() and int(cell) in _YEARS:
            return str(int(cell))
        sentence = _("%(number)s is a number, not a date; write the date as text: 14/05/2019.")
        raise CellError(sentence % {"number": cell})
    return latin_digits(cell.strip())


def _day(text: str) -> str:
    try:
        return parse_partial_date(text)
    except ValidationError as error:
        sentence = _("“%(text)s” is not a date; write 14/05/2019, 05/2019 or 2019.")
        raise CellError(sentence % {"text": text[:60]}) from error


def _list(cell: Any, column: Column) -> list[str]:
    return [part.strip() for part in re.split(r"[;,\n]", _text(cell, column)) if part.strip()]


def _rows(cell: Any, column: Column) -> list[Any]:
    try:
        return rows_in_cell(_text(cell, column), column.shape, number_of)
    except ValueError as error:
        raise CellError(str(error)) from error


READERS: dict[str, Callable[[Any, Column], Any]] = {
    "text": _text,
    "choice": _choice,
    "boolean": _boolean,
    "number": _number,
    "integer": _integer,
    "date": _date,
    "moment": _moment,
    "period": _period,
    "list": _list,
    "rows": _rows,
}
