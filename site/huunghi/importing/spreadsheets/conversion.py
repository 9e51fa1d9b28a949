"""Turns rows of sheets into JSON Lines, and remembers which cell each field came from."""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from huunghi.conf import source_language

from ..errors import Problem
from .cells import CellError, value_of
from .columns import ROW_SHEETS, SHEETS, Heading
from .identity import identity
from .layouts import Layout, dotted, layouts_of
from .origins import COLUMN, Origin, SpreadsheetSource
from .sheets import is_empty
from .terms import Terms


@dataclass(slots=True)
class ReadRow:
    """One row of a sheet as part of a line."""

    sheet: int
    number: int
    data: dict[str, Any]
    problems: list[Problem]


@contextmanager
def spreadsheet_source(paths: list[Path]) -> Iterator[SpreadsheetSource]:
    """One workbook, or CSV files that belong together, as a source of lines. Raises UnreadableFileError."""
    layouts = layouts_of(paths)
    with tempfile.TemporaryDirectory(prefix="huunghi-import-") as folder:
        source = SpreadsheetSource(paths[0], Path(folder) / "lines.jsonl", layouts)
        _Conversion(source).write()
        yield source


class _Conversion:
    """Rows that belong to others are held in memory until their line is written; all others pass through."""

    def __init__(self, source: SpreadsheetSource) -> None:
        self.source = source
        self.terms = Terms()
        self.rows: dict[str, dict[str, list[ReadRow]]] = defaultdict(lambda: defaultdict(list))  # by id, by field

    def write(self) -> None:
        for sheet, layout in enumerate(self.source.layouts):
            if layout.code in ROW_SHEETS:
                self._collect(sheet, layout)
        known: set[str] = set()
        with self.source.lines.open("w", encoding="utf-8") as file:
            for sheet, layout in enumerate(self.source.layouts):
                if layout.code in SHEETS:
                    for row in self._read(sheet, layout):
                        file.write(json.dumps(self._line(layout, row, known)) + "\n")
        self._report_rows_without_line(known)

    def _collect(self, sheet: int, layout: Layout) -> None:
        field = ROW_SHEETS[layout.code][0]
        for row in self._read(sheet, layout):
            owner = row.data.pop("source_id", "")
            if owner:
                self.rows[owner][field].append(row)
            else:
                cell = layout.cell(row.number, layout.positions["source_id"])
                self.source.loose.append((cell, _("Write the identifier of the row that this one belongs to.")))

    def _report_rows_without_line(self, known: set[str]) -> None:
        for owner, fields in self.rows.items():
            for row in (row for rows in fields.values() for row in rows if owner not in known):
                layout = self.source.layouts[row.sheet]
                sentence = _("No other sheet of this file has a row “%(name)s”.") % {"name": owner}
                self.source.loose.append((layout.cell(row.number, layout.positions["source_id"]), sentence))

    def _line(self, layout: Layout, row: ReadRow, known: set[str]) -> dict[str, Any]:
        """The whole line of a row; notes its origin and its problems under the number it will have."""
        origin = Origin(row.sheet, row.number)
        problems = list(row.problems)
        data = {"type": SHEETS[layout.code], **row.data}
        source_id = data.get("source_id", "")
        known.add(source_id)
        for field, rows in self.rows.get(source_id, {}).items() if source_id else ():
            if field in data:
                problems.append(Problem(field, _("This is written here and in a sheet of its own; write it once.")))
                continue
            data[field] = [child.data for child in rows]
            origin.children[field] = [(child.sheet, child.number) for child in rows]
            for position, child in enumerate(rows, 1):
                problems += [Problem(f"{field}[{position}].{p.field}", p.sentence) for p in child.problems]
        if not source_id and (made := identity(data)):
            data["source_id"] = made
        self.source.origins.append(origin)
        if problems:
            self.source.bad[len(self.source.origins)] = problems
        return data

    def _read(self, sheet: int, layout: Layout) -> Iterator[ReadRow]:
        for number, cells in layout.rows():
            row = ReadRow(sheet, number, {}, [])
            for at, cell in enumerate(cells):
                if is_empty(cell):
                    continue
                heading = layout.headings.get(at)
                if heading is None:
                    row.problems.append(Problem(f"{COLUMN}{at}", _("The column has no heading.")))
                else:
                    self._put(row, heading, cell, layout.code)
            if row.data or row.problems:
                _finish(row.data, layout)
                yield row

    def _put(self, row: ReadRow, heading: Heading, cell: Any, sheet: str) -> None:
        try:
            value = value_of(cell, heading.column)
        except CellError as error:
            row.problems.append(Problem(dotted(heading), str(error)))
            return
        if value is None:
            return
        value = self.terms.coded(value, sheet, heading.column.code)
        target = row.data
        *parents, last = heading.path
        for part in parents:
            target = target.setdefault(part, {})
        target[last] = value


def _finish(data: dict[str, Any], layout: Layout) -> None:
    """A text without a language is a plain string; beside texts with one it is in the source language."""
    for heading in layout.headings.values():
        texts = data.get(heading.path[0])
        if heading.column.languages == "may" and isinstance(texts, dict) and "" in texts:
            plain = texts.pop("")
            data[heading.path[0]] = {source_language(): plain, **texts} if texts else plain
