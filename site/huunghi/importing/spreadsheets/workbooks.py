"""The sheets of an XLSX workbook, read row by row."""

from __future__ import annotations

import datetime
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from ..errors import UnreadableFileError
from .columns import sheet_called
from .packages import SheetPart, checked_package
from .sheets import MOST_COLUMNS, MOST_ROWS, BadValue, DateText, Row, Sheet, letters

# Quoted text and colours of a number format are no days, months or years.
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')


def sheets_of_workbook(path: Path) -> list[Sheet]:
    """The sheets in their order, hidden ones only if their name is known. Raises UnreadableFileError."""
    parts = checked_package(path)
    # It is opened once, since each opening reads all texts of the workbook; it closes when its sheets are forgotten.
    book = _open(path)
    return [
        Sheet(path, sheet.title, _reader(path, sheet, parts.get(sheet._worksheet_path.lstrip("/"), SheetPart())))
        for sheet in book.worksheets
        if sheet.sheet_state == "visible" or sheet_called(sheet.title)
    ]


def _open(path: Path) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts that nobody reads here
            return load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # openpyxl raises whatever the damaged part led to
        sentence = _("The file is damaged; open it in your spreadsheet program and save it again.")
        raise UnreadableFileError(f"{path} {sentence}") from error


def _reader(path: Path, sheet: Any, part: SheetPart) -> Any:
    def rows() -> Iterator[Row]:
        if part.merged:
            sentence = _("Merged cells cannot be read; separate %(cells)s, then import again.")
            raise UnreadableFileError(f"{path} {sheet.title}: {sentence % {'cells': ', '.join(part.merged[:5])}}")
        if part.far:
            limits = {"rows": MOST_ROWS, "columns": MOST_COLUMNS}
            sentence = _("A sheet may have %(rows)d rows and %(columns)d columns.") % limits
            raise UnreadableFileError(f"{path} {sheet.title}!{part.far}: {sentence}")
        yield from _rows(path, sheet, part)

    return rows


def _rows(path: Path, sheet: Any, part: SheetPart) -> Iterator[Row]:
    # What the file says of its own size may be wrong, and may be a million rows.
    sheet.reset_dimensions()
    for number, cells in enumerate(_checked(path, sheet), 1):
        if number > part.last:
            return
        values = [_value(cell, f"{letters(at)}{number}" in part.formulas) for at, cell in enumerate(cells)]
        if any(value is not None for value in values):
            yield number, values


def _checked(path: Path, sheet: Any) -> Iterator[Any]:
    """The rows of a sheet; whatever a damaged one raises becomes one sentence."""
    rows = sheet.iter_rows()
    while True:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                row = next(rows)
        except StopIteration:
            return
        except Exception as error:
            sentence = _("The file is damaged; open it in your spreadsheet program and save it again.")
            raise UnreadableFileError(f"{path} {sheet.title}: {sentence}") from error
        yield row


def _value(cell: Any, is_formula: bool) -> Any:
    value = cell.value
    if cell.data_type == "e":
        return BadValue(_("The spreadsheet program shows the error %(value)s here.") % {"value": value})
    if value is None:
        return BadValue(_("The result of the formula is not in the file; open it and save it.")) if is_formula else None
    if isinstance(value, datetime.datetime | datetime.date):
        return DateText(_shown_date(value, cell.number_format or ""))
    if isinstance(value, datetime.time | datetime.timedelta):
        return BadValue(_("This is a time without a day."))
    return value


def _shown_date(value: datetime.datetime | datetime.date, number_format: str) -> str:
    """As exact as the cell shows it: "2019" when its format shows no month, "2019-05" when it shows no day."""
    if isinstance(value, datetime.datetime) and (value.hour or value.minute):
        return value.isoformat(timespec="minutes")
    iso = value.isoformat()[:10]
    shown = _QUOTED.sub("", number_format.lower().partition(";")[0])
    if "y" in shown and "d" not in shown:
        return iso[:7] if "m" in shown else iso[:4]
    return iso
