"""The list of events as a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

from ..table import Cell
from . import rules
from .rules import Scene

ADDRESSES = ("/api/v1/events/export.csv", "/api/v1/events/export.csv?lang=km")


def export_csv(cell: Cell, scene: Scene) -> Iterator[str]:
    canary = scene.canary(cell)
    for address in (*ADDRESSES, f"{ADDRESSES[0]}?partner={canary.partner}"):
        answer = scene.ask(cell, address)
        yield from rules.shown(cell, canary, answer)
        if cell.expect == "absent":
            yield from (f"{address}: names {trace}" for trace in canary.traces if trace in answer.text)
            if canary.partner in answer.text and "partner=" not in address:
                yield f"{address}: names its partner"
    rows = list(csv.DictReader(io.StringIO(scene.ask(cell, ADDRESSES[0]).text)))
    listed = json.loads(scene.ask(cell, "/api/v1/events/?limit=100").body)["items"]
    if len(rows) != len(listed):
        yield f"{ADDRESSES[0]}: {len(rows)} rows, where {len(listed)} events are listed"


CHECKERS = {"export_csv": export_csv}
