"""The record in the API: lists, its own address, and the address that never changes."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ..table import Cell
from . import rules
from .rules import Scene

LISTS = ("/api/v1/events/?limit=100", "/api/v1/events/?limit=100&lang=km")


def api_list(cell: Cell, scene: Scene) -> Iterator[str]:
    canary = scene.canary(cell)
    yield from counted(cell, scene)
    addresses = [*LISTS, f"/api/v1/events/?partner={canary.partner}"]
    for address in addresses:
        answer = scene.ask(cell, address)
        yield from rules.shown(cell, canary, answer)
        if cell.expect == "absent":
            yield from (f"{address}: names {trace}" for trace in canary.traces if trace in answer.text)


def counted(cell: Cell, scene: Scene) -> Iterator[str]:
    """In numbers it is there as often as in lists. The partner of each page is on no other page."""
    canary = scene.canary(cell)
    whole, own = "/api/v1/statistics/?group_by=partner", f"/api/v1/statistics/?partner={canary.partner}"
    for address in (whole, own):
        answer = scene.ask(cell, address)
        yield from rules.status(cell, answer)
        yield from rules.headers(cell, answer)
    groups = json.loads(scene.ask(cell, whole).body)["groups"]
    in_group = sum(group["events"] for group in groups if group["value"] == canary.partner)
    alone = json.loads(scene.ask(cell, own).body)["total"]["events"]
    expected = 0 if cell.expect == "absent" else 1
    if (in_group, alone) != (expected, expected):
        yield f"{whole}: counts {in_group} and {alone}, not {expected}"
    if any(group["value"] == canary.draft_partner for group in groups):
        yield f"{whole}: has a group of the draft"


def api_detail(cell: Cell, scene: Scene) -> Iterator[str]:
    yield from at_address(cell, scene, "/api/v1/events/{}/")
    yield from untranslated(cell, scene, "/api/v1/events/{}/?lang=km")


def api_find(cell: Cell, scene: Scene) -> Iterator[str]:
    yield from at_address(cell, scene, "/id/{}/", follow=True)
    yield from untranslated(cell, scene, "/id/{}/?lang=km")
    yield from found_by_path(cell, scene)


def found_by_path(cell: Cell, scene: Scene) -> Iterator[str]:
    """The object behind the address of a page; of one that is hidden it is answered like any nonsense."""
    canary = scene.canary(cell)
    answer = scene.ask(cell, f"/api/v1/find/?path={canary.address}")
    if cell.expect == "visible":
        yield from rules.status(cell, answer)
        yield from rules.headers(cell, answer)
        if canary.source_key not in answer.text and canary.key not in answer.text:
            yield f"{answer.address}: does not name the record"
        yield from rules.conceals(cell, canary, answer.text, answer.address)
    else:
        missing = scene.ask(cell, "/api/v1/find/?path=/vi/su-kien/khong-co-gi/")
        yield from rules.hidden(cell, canary, answer, missing, (canary.address, ""))


def at_address(cell: Cell, scene: Scene, pattern: str, *, follow: bool = False) -> Iterator[str]:
    """The one page or file at an address that holds the record's key."""
    canary = scene.canary(cell)
    address = pattern.format(canary.key)
    answer = scene.ask(cell, address, follow=follow)
    if cell.expect == "visible":
        yield from rules.shown(cell, canary, answer)
    else:
        missing = scene.ask(cell, pattern.format(rules.NEVER_WAS), follow=follow)
        yield from rules.hidden(cell, canary, answer, missing, (canary.key, rules.NEVER_WAS))


def untranslated(cell: Cell, scene: Scene, pattern: str) -> Iterator[str]:
    """A record that is public in another language shows nothing of a translation that is hidden."""
    canary = scene.canary(cell)
    if canary.state == "translation_draft":
        answer = scene.ask(cell, pattern.format(canary.source_key), follow=True)
        yield from rules.conceals(cell, canary, answer.text, answer.address)
        if answer.status != 200 or canary.address in answer.text:
            yield f"{answer.address}: {answer.status}; the translation must not count"


CHECKERS = {"api_list": api_list, "api_detail": api_detail, "api_find": api_find}
