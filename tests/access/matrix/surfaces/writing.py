"""The API that writes, asked by each reader with a token of its own. What is written is taken back at once."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.db import transaction

from ..readers import Answer
from ..table import Cell
from . import rules
from .rules import Scene

EVENTS = "/api/v1/events/"
REQUESTS = (
    ("PATCH", "{}/", {"title": "Tên khác", "revision": "1-live"}),
    ("DELETE", "{}/", {"revision": "1-live"}),
    ("POST", "{}/publish/", {"revision": "1-live"}),
    ("POST", "{}/unpublish/", {"revision": "1-live"}),
    ("POST", "{}/translations/?lang=en", {"title": "Another name"}),
    ("POST", "{}/rows/venues/", {"name": "Nơi khác", "revision": "1-live"}),
    ("GET", "{}/draft/", None),
)
LOCKED = {"in_moderation", "scheduled"}  # for all but reviewers, as in the admin: they may write it again afterwards
IN_KHMER = "{}/draft/?lang=km"


def write_api(cell: Cell, scene: Scene) -> Iterator[str]:
    canary = scene.canary(cell)
    if cell.expect == "allowed":
        yield from may_write(cell, scene)
        return
    for method, path, body in REQUESTS:
        answer = sent(cell, scene, method, path.format(canary.key), body)
        if cell.expect == "hidden":
            missing = where_nothing_is(cell, scene, method, path.format(rules.NEVER_WAS), body)
            yield from rules.hidden(cell, canary, answer, missing, (canary.key, rules.NEVER_WAS))
        else:
            yield from rules.shown(cell, canary, answer)
    if canary.state == "translation_draft" and cell.audience != "anonymous":
        hidden = sent(cell, scene, "GET", IN_KHMER.format(canary.source_key), None)
        yield from rules.conceals(cell, canary, hidden.text, hidden.address)


def may_write(cell: Cell, scene: Scene) -> Iterator[str]:
    """The draft, and a change of it."""
    canary = scene.canary(cell)
    draft = sent(cell, scene, "GET", f"{canary.key}/draft/", None)
    yield from rules.shown(cell, canary, draft)
    if draft.status == 200:
        body = {"summary": "Tóm tắt khác", "revision": json.loads(draft.body)["revision"]}
        changed = sent(cell, scene, "PATCH", f"{canary.key}/", body)
        if changed.status != 423 or canary.state not in LOCKED:
            yield from rules.shown(cell, canary, changed)


def where_nothing_is(cell: Cell, scene: Scene, method: str, path: str, body: dict[str, str] | None) -> Answer:
    """The answer to the same request about nothing, which is one and the same for all pages."""
    key = (cell.audience, method, path)
    if key not in scene.answers:
        scene.answers[key] = sent(cell, scene, method, path, body)
    return scene.answers[key]


def sent(cell: Cell, scene: Scene, method: str, path: str, body: dict[str, str] | None) -> Answer:
    readers = scene.content.readers
    token = readers.tokens.get(cell.audience)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    content = json.dumps(body) if body is not None else ""
    with transaction.atomic():
        response = readers.programs.generic(
            method, EVENTS + path, content, content_type="application/json", headers=headers
        )
        transaction.set_rollback(True)
    names = {name.lower(): value for name, value in response.headers.items()}
    return Answer(f"{method} {EVENTS}{path}", response.status_code, names, response.content)


CHECKERS = {"write_api": write_api}
