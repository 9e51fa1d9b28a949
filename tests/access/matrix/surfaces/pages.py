"""The page at its address, and other pages that refer to it."""

from __future__ import annotations

from collections.abc import Iterator

from ..table import Cell
from . import rules
from .rules import Scene

NEVER_WAS = "page-0badcafe"


def html_page(cell: Cell, scene: Scene) -> Iterator[str]:
    canary = scene.canary(cell)
    answer = scene.ask(cell, canary.address)
    if cell.expect == "visible":
        yield from rules.shown(cell, canary, answer)
    elif cell.expect == "challenge":
        yield from challenged(cell, scene)
    else:
        for address in canary.addresses:
            missing = beside(address)
            yield from rules.hidden(
                cell,
                canary,
                scene.ask(cell, address),
                scene.ask(cell, missing),
                (slug(address), slug(missing)),
            )


def challenged(cell: Cell, scene: Scene) -> Iterator[str]:
    """A form or the way to sign in, neither of which names the page."""
    canary = scene.canary(cell)
    answer = scene.ask(cell, canary.address)
    yield from rules.shown(cell, canary, answer)
    if answer.status == 302 and "/login/" not in answer.says("location"):
        yield f"{answer.address}: leads to {answer.says('location')}, not to sign in"
    if answer.status == 200 and 'type="password"' not in answer.text:
        yield f"{answer.address}: no form that asks for the password"


def beside(address: str) -> str:
    """An address that never was, in the same section."""
    return f"{address.rstrip('/').rpartition('/')[0]}/{NEVER_WAS}/"


def slug(address: str) -> str:
    return address.rstrip("/").rpartition("/")[2]


def related_refs(cell: Cell, scene: Scene) -> Iterator[str]:
    """On public pages that refer to it: a series, an article, an event with links in its text, lists."""
    canary, found = scene.canary(cell), False
    for address in referring(scene):
        answer = scene.ask(cell, address)
        yield from rules.status(cell, answer)
        yield from rules.headers(cell, answer)
        yield from rules.conceals(cell, canary, answer.text, address)
        if cell.expect == "absent":
            yield from (f"{address}: names {trace}" for trace in canary.traces if trace in answer.text)
        found = found or canary.live in answer.text
    if cell.expect == "listed" and not found:
        yield f"{canary.state}: no other page names it"


def referring(scene: Scene) -> list[str]:
    pages = [page.get_url() for page in scene.content.referring]
    series, article, event = (page.translation_key for page in scene.content.referring)
    records = [f"/api/v1/exchanges/{series}/", f"/api/v1/articles/{article}/", f"/api/v1/events/{event}/"]
    return [*pages, *records, scene.content.section.get_url(), "/vi/", "/vi/doi-tac/"]


CHECKERS = {"html_page": html_page, "related_refs": related_refs}
