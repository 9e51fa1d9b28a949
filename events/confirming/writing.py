"""Writes a machine value into a draft: the other direction of `facts`."""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from typing import Any

from huunghi.partners.fields import first_day, last_day

from ..models import EventPage
from ..models.confirmations import FactKind
from ..periods import Precision

PRECISION_OF_LENGTH = {4: Precision.YEAR, 7: Precision.MONTH, 10: Precision.DAY}


class NoLongerThereError(Exception):
    """The row that the value belongs to has been removed."""


def write_value(page: EventPage, key: str, kind: str, value: str) -> None:
    """Set one fact of a page in memory. Raises NoLongerThereError; whether it fits is for the page's clean() to say."""
    if kind == FactKind.DATE:
        _write_days(page, key, value)
        return
    typed = _typed(kind, value)
    if ":" not in key:
        setattr(page, key, typed)
        return
    relation, row_key, column = key.split(":")
    rows = list(getattr(page, relation).all())
    row = next((row for row in rows if str(row.translation_key) == row_key), None)
    if row is None:
        raise NoLongerThereError
    setattr(row, column, typed)
    setattr(page, relation, rows)  # a draft keeps its rows in memory, a page without one reads them from the database


def _typed(kind: str, value: str) -> Any:
    if kind == FactKind.WHOLE:
        return int(value)
    if kind == FactKind.NUMBER:
        return Decimal(value)
    if kind == FactKind.TIME:
        return time.fromisoformat(value)
    return value


def _write_days(page: EventPage, key: str, value: str) -> None:
    """A date brings its precision along: "2019-05" says that the day is not known. Hours stay where a day is given."""
    precision = PRECISION_OF_LENGTH[len(value)]
    if not (page.precision == Precision.MINUTE and precision == Precision.DAY):
        page.precision = precision
    if key in ("day", "start"):
        page.start_date = first_day(value)
    if key in ("day", "end"):
        page.end_date = last_day(value)
    page.end_date = page.end_date or page.start_date
