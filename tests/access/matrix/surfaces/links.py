"""Links that open one page to whoever holds them."""

from __future__ import annotations

from collections.abc import Iterator

from huunghi.partners.models import Attempts

from ..readers import Answer, answered
from ..table import Cell
from . import rules
from .rules import Scene

NONSENSE = "khong-co-gi"


def opened(cell: Cell, scene: Scene, token: str) -> Answer:
    """What the reader gets who follows a link; the cookie that it leaves does not help with the next one."""
    Attempts.objects.all().delete()  # every cell is the first try
    client = scene.content.readers.clients[cell.audience]
    kept = dict(client.cookies)
    answer = answered(client, f"/s/{token}")
    if answer.status == 303:
        answer = answered(client, answer.says("location"))
    for name in set(client.cookies) - set(kept):
        del client.cookies[name]
    return answer


def by_token(cell: Cell, scene: Scene, token: str) -> Iterator[str]:
    canary, answer = scene.canary(cell), opened(cell, scene, token)
    if cell.expect == "visible":
        yield from rules.shown(cell, canary, answer)
    else:
        yield from rules.hidden(cell, canary, answer, opened(cell, scene, NONSENSE))


def share_view_token(cell: Cell, scene: Scene) -> Iterator[str]:
    canary = scene.canary(cell)
    yield from by_token(cell, scene, canary.view_token)
    if canary.token_for_a and cell.audience == "partner_b":
        yield from rules.same(opened(cell, scene, canary.token_for_a), opened(cell, scene, NONSENSE))
    elif canary.token_for_a:
        yield from rules.shown(cell, canary, opened(cell, scene, canary.token_for_a))


def share_preview_token(cell: Cell, scene: Scene) -> Iterator[str]:
    yield from by_token(cell, scene, scene.canary(cell).preview_token)


def share_bad_token(cell: Cell, scene: Scene) -> Iterator[str]:
    canary = scene.canary(cell)
    nonsense = opened(cell, scene, NONSENSE)
    for why, token in canary.bad_tokens.items():
        for problem in rules.hidden(cell, canary, opened(cell, scene, token), nonsense):
            yield f"{why}: {problem}"


CHECKERS = {
    "share_view_token": share_view_token,
    "share_preview_token": share_preview_token,
    "share_bad_token": share_bad_token,
}
