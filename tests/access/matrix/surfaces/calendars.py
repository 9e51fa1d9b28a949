"""Calendars: of one event, and of all."""

from __future__ import annotations

from collections.abc import Iterator

from ..table import Cell
from . import rules
from .records import at_address, untranslated
from .rules import Scene


def ics_single(cell: Cell, scene: Scene) -> Iterator[str]:
    yield from at_address(cell, scene, "/api/v1/events/{}.ics")
    yield from untranslated(cell, scene, "/api/v1/events/{}.ics?lang=km")


def ics_feed(cell: Cell, scene: Scene) -> Iterator[str]:
    canary = scene.canary(cell)
    for address in ("/api/v1/calendar.ics", "/api/v1/calendar.ics?lang=km"):
        answer = scene.ask(cell, address)
        unfolded = answer.text.replace("\r\n ", "")
        yield from rules.status(cell, answer)
        yield from rules.headers(cell, answer)
        yield from rules.contains(cell, canary, unfolded, address)
        yield from rules.conceals(cell, canary, unfolded, address)
        if cell.expect == "absent":
            yield from (f"{address}: names {trace}" for trace in canary.traces if trace in unfolded)


CHECKERS = {"ics_single": ics_single, "ics_feed": ics_feed}
