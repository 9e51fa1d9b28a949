"""A sheet, whatever file it stands in, and what its cells hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BOOKS = {".xlsx", ".xlsm", ".xls", ".ods"}  # only the first is read; the others are refused by name
TABLES = {".csv", ".tsv"}

MOST_FILE_BYTES = 50 * 1024 * 1024
MOST_ROWS = 100_000
MOST_COLUMNS = 500
MOST_CHARACTERS = 100_000  # in a cell

Row = tuple[int, list[Any]]  # number as the spreadsheet shows it, values


class DateText(str):
    """ISO text, cut to what the cell shows, of a cell that holds a date and not its text."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class BadValue:
    """A cell that cannot be read, and why."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """`rows` may be called again: each call reads the file anew, so that no sheet is held in memory."""

    path: Path
    name: str
    rows: Callable[[], Iterator[Row]]


def is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def letters(column: int) -> str:
    """ "A" for 0, "AA" for 26."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
