"""How one sheet is laid out: which kind of rows it has, and which column stands where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from ..errors import UnreadableFileError
from ..validation import closest
from .columns import NOTES, ROW_SHEETS, SHEETS, Heading, columns_of, folded, heading_called, known_names, sheet_called
from .sheets import TABLES, BadValue, Row, Sheet, is_empty, letters
from .tables import sheet_of_table
from .workbooks import sheets_of_workbook

DEFAULT = "events"


@dataclass(frozen=True, slots=True)
class Layout:
    """`headings` by position of the column; `positions` of columns by their path in a line, "texts.vi.title"."""

    sheet: Sheet
    code: str
    headings: dict[int, Heading]
    positions: dict[str, int]
    header: int  # the last row that is no data

    def rows(self) -> Iterator[Row]:
        return (row for row in self.sheet.rows() if row[0] > self.header)

    def cell(self, row: int, column: int | None) -> str:
        """ "archive.xlsx events!C14", or "… events!14" for a whole row."""
        name = self.code if self.sheet.path.suffix.lower() in TABLES else self.sheet.name
        return f"{self.sheet.path} {name}!{'' if column is None else letters(column)}{row}"


def layouts_of(paths: list[Path]) -> list[Layout]:
    """The sheets of one workbook, or the CSV files of one import. Raises UnreadableFileError."""
    problems: list[str] = []
    layouts = [_layout(sheet, code, header, problems) for sheet, code, header in _sheets(paths)]
    if problems:
        raise UnreadableFileError("\n".join(problems))
    return layouts


def _sheets(paths: list[Path]) -> Iterator[tuple[Sheet, str, list[Row]]]:
    """The sheets that have rows, with their codes and their first two rows."""
    found = []
    for path in paths:
        is_table = path.suffix.lower() in TABLES
        for sheet in [sheet_of_table(path)] if is_table else sheets_of_workbook(path):
            code = sheet_called(sheet.name)
            if code not in NOTES and (header := _first_rows(sheet)):
                found.append((sheet, code or (DEFAULT if is_table else ""), header))
    if len(found) == 1:
        # A workbook with one sheet holds events, whatever the sheet is called.
        found = [(sheet, code or DEFAULT, header) for sheet, code, header in found]
    for sheet, code, _header in found:
        if not code:
            sentence = _("There is no sheet of this name.") + closest(sheet.name.casefold(), [*SHEETS, *ROW_SHEETS])
            raise UnreadableFileError(f"{sheet.path} {sheet.name}: {sentence}")
    yield from found


def _first_rows(sheet: Sheet) -> list[Row]:
    rows = sheet.rows()
    return [row for row, _two in zip(rows, range(2), strict=False)]


def _layout(sheet: Sheet, code: str, first_rows: list[Row], problems: list[str]) -> Layout:
    number, cells, labels = _header(code, first_rows)
    layout = Layout(sheet, code, {}, {}, number)
    for at, cell in enumerate(cells):
        if is_empty(cell) and at < len(labels):
            cell = labels[at]
        if is_empty(cell):
            continue
        text = "" if isinstance(cell, BadValue) else str(cell).strip()
        heading = heading_called(text, code)
        path = dotted(heading) if heading else ""
        if heading is None:
            sentence = _("“%(name)s” is no column of the sheet “%(sheet)s”.") % {"name": text[:60], "sheet": code}
            problems.append(f"{layout.cell(number, at)}: {sentence}{closest(folded(text), known_names(code))}")
        elif path in layout.positions:
            first = {"name": text[:60], "cell": f"{letters(layout.positions[path])}{number}"}
            sentence = _("The column “%(name)s” is there already, in %(cell)s.") % first
            problems.append(f"{layout.cell(number, at)}: {sentence}")
        else:
            layout.headings[at] = heading
            layout.positions[path] = at
    _require_columns(layout, problems)
    return layout


def _header(code: str, first_rows: list[Row]) -> tuple[int, list[Any], list[Any]]:
    """(last row of the header, its cells, labels above them): the template has labels first, and codes below them."""
    number, cells = first_rows[0]
    if len(first_rows) > 1:
        below, codes = first_rows[1]
        given = [cell for cell in codes if not is_empty(cell)]
        headings = [heading_called(cell, code) if isinstance(cell, str) else None for cell in given]
        if all(heading and folded(cell).startswith(folded(heading.column.code)) for cell, heading in
               zip(given, headings, strict=True)):  # fmt: skip
            return below, codes, cells
    return number, cells, []


def _require_columns(layout: Layout, problems: list[str]) -> None:
    there = {heading.column.code for heading in layout.headings.values()}
    for column in columns_of(layout.code):
        # Names may also stand in a sheet of their own; a partner may be called like its place.
        if column.needed and column.code not in there and column.code != "name":
            sentence = _("The column “%(name)s” is missing.") % {"name": column.code}
            problems.append(f"{layout.cell(layout.header, None)}: {sentence}")


def dotted(heading: Heading) -> str:
    """ "texts.vi.title", "scope" or "scope.km"."""
    return ".".join(filter(None, heading.path))
