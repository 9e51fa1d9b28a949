"""Finds the cell that a problem of a line is about."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import Problem
from ..sources import Source
from .layouts import Layout

_ROW = re.compile(r"(\w+)\[(\d+)\]\.?(.*)")
_OF_LANGUAGE = re.compile(r"([a-z]{2,3}(?:-[a-z0-9]+)*):(\w+)")
# Rows are called otherwise in the models than in a line.
_FIELDS = {"partner_sides": "partners"}
COLUMN = "@"  # before the number of a column that has no heading


@dataclass(slots=True)
class Origin:
    """The row behind a line, and the rows of other sheets that belong to it: (sheet, row) by field."""

    sheet: int
    row: int
    children: dict[str, list[tuple[int, int]]] = field(default_factory=dict)


class SpreadsheetSource(Source):
    """Lines made from sheets; a problem names the cell that it comes from."""

    def __init__(self, path: Path, lines: Path, layouts: list[Layout]) -> None:
        super().__init__(path, lines)
        self.layouts = layouts
        self.origins: list[Origin] = []
        self.bad: dict[int, list[Problem]] = {}
        self.loose: list[tuple[str, str]] = []

    def problems(self, number: int) -> list[Problem]:
        return self.bad.get(number, [])

    def loose_ends(self) -> list[tuple[str, str]]:
        return self.loose

    def where(self, number: int, field: str = "") -> str:
        origin = self.origins[number - 1]
        if match := _ROW.fullmatch(field):
            name = _FIELDS.get(match[1], match[1])
            rows = origin.children.get(name, [])
            position = int(match[2]) - 1
            if position < len(rows):
                sheet, row = rows[position]
                return self._cell(sheet, row, match[3])
            field = name
        field = _FIELDS.get(field, field)
        if field in origin.children:
            sheet, row = origin.children[field][0]
            return self._cell(sheet, row, "")
        if match := _OF_LANGUAGE.match(field):
            field = f"texts.{match[1]}.{match[2]}"
        return self._cell(origin.sheet, origin.row, field)

    def _cell(self, sheet: int, row: int, field: str) -> str:
        layout = self.layouts[sheet]
        if field.startswith(COLUMN):
            return layout.cell(row, int(field[1:]))
        position = _position(layout, field)
        if position is None:
            return f"{layout.cell(row, None)}{f' {field}' if field else ''}"
        return layout.cell(row, position)


def _position(layout: Layout, field: str) -> int | None:
    """The column of a field, or of what it is part of, or the first of its parts; None when no column is near."""
    parts = field.split(".")
    for length in range(len(parts), 0, -1):
        path = ".".join(parts[:length])
        if path in layout.positions:
            return layout.positions[path]
    below = [at for path, at in layout.positions.items() if field and path.startswith(f"{field}.")]
    return min(below) if below else None
