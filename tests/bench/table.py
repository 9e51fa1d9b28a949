"""The rows of the bench, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. `met` is None where there is no target; then the row is there to compare with."""

    name: str
    value: float
    unit: str
    note: str = ""
    target: str = ""
    met: bool | None = None

    @property
    def figure(self) -> str:
        return f"{self.value:,.{0 if self.value >= 100 else 1 if self.value >= 10 else 2}f} {self.unit}"


def at_least(name: str, value: float, unit: str, limit: float, note: str = "") -> Row:
    return Row(name, value, unit, note, f"≥ {limit:g} {unit}", value >= limit)


def at_most(name: str, value: float, unit: str, limit: float, note: str = "") -> Row:
    return Row(name, value, unit, note, f"≤ {limit:.4g} {unit}", value <= limit)


def lines(rows: Iterable[Row]) -> Iterable[str]:
    rows = list(rows)
    width = max(len(row.name) for row in rows)
    for row in rows:
        verdict = {None: "", True: "met", False: "NOT MET"}[row.met]
        yield f"{row.name:{width}}  {row.figure:>14}  {row.target:14}{verdict:9}{row.note}".rstrip()


def as_json(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "value": round(row.value, 3),
        "unit": row.unit,
        "target": row.target,
        "met": row.met,
        "note": row.note,
    }
