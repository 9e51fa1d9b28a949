"""What is said where there is nothing to say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..table import Cell
from . import rules
from .pages import NEVER_WAS, beside, slug
from .rules import Scene

ADDRESSES = ("/api/v1/events/{}/", "/api/v1/events/{}.ics", "/id/{}/")
INSIDE = re.compile(r"Traceback|DoesNotExist|SELECT |huunghi_events|EventPage|translation_key|/site-packages/")


def error_body(cell: Cell, scene: Scene) -> Iterator[str]:
    if cell.expect != "indistinguishable":
        return
    canary = scene.canary(cell)
    for pattern in ADDRESSES:
        answer = scene.ask(cell, pattern.format(canary.key))
        missing = scene.ask(cell, pattern.format(rules.NEVER_WAS))
        yield from rules.hidden(cell, canary, answer, missing, (canary.key, rules.NEVER_WAS))
        yield from inside(answer.text, answer.address)
    page = scene.ask(cell, canary.address)
    yield from inside(page.text, page.address)
    if page.status == 404:
        missing = scene.ask(cell, beside(canary.address))
        yield from rules.hidden(cell, canary, page, missing, (slug(canary.address), NEVER_WAS))
    else:
        yield from rules.status(cell, page)
        yield from rules.conceals(cell, canary, page.text, page.address)


def inside(text: str, where: str) -> Iterator[str]:
    if told := INSIDE.search(text):
        yield f"{where}: tells how the site is made: {told.group()}"


CHECKERS = {"error_body": error_body}
