"""The table: which reader gets what of a page in which state, on which surface."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

from tests.project import ROOT

FILE = ROOT / "tests" / "data" / "access-matrix.csv"


@dataclass(frozen=True)
class Cell:
    id: str
    surface: str
    state: str
    audience: str
    expect: str  # visible, listed, absent, hidden, challenge, denied, allowed, indistinguishable, n/a
    statuses: frozenset[int]  # empty: any
    must_contain: tuple[str, ...]  # one of them: live, draft, bytes
    must_not_contain: str  # draft, draft-file, bytes, any, or nothing
    headers: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.id} {self.surface} / {self.state} / {self.audience}: {self.expect}"


@cache
def cells() -> tuple[Cell, ...]:
    with FILE.open(encoding="utf-8", newline="") as lines:
        return tuple(map(_cell, csv.DictReader(lines)))


def cells_of(surface: str) -> list[Cell]:
    return [cell for cell in cells() if cell.surface == surface]


def in_order(column: str) -> list[str]:
    return list(dict.fromkeys(getattr(cell, column) for cell in cells()))


def _cell(row: dict[str, str]) -> Cell:
    return Cell(
        id=row["id"],
        surface=row["surface"],
        state=row["state"],
        audience=row["audience"],
        expect=row["expect"],
        statuses=frozenset(map(int, filter(None, row["status"].split("|")))),
        must_contain=tuple(filter(None, row["must_contain"].split("|"))),
        must_not_contain=row["must_not_contain"],
        headers=tuple(filter(None, (header.strip() for header in row["headers"].split(";")))),
    )


SURFACES = in_order("surface")
STATES = in_order("state")
AUDIENCES = in_order("audience")
