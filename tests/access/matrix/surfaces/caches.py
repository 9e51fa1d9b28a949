"""A cache that all readers share, as a proxy in front of the site would be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..readers import Answer
from ..table import Cell
from . import rules
from .pages import challenged
from .rules import Scene


@dataclass
class SharedCache:
    """Keeps whatever it is not forbidden to keep, for as long as it lives, and tells answers apart by Vary only."""

    kept: dict[str, list[tuple[dict[str, str], Answer]]] = field(default_factory=dict)

    def keep(self, request: dict[str, str], answer: Answer) -> None:
        control = answer.says("Cache-Control")
        vary = [name.strip().lower() for name in answer.says("Vary").split(",") if name.strip()]
        forbidden = "no-store" in control or "private" in control or "*" in vary
        for_one = "authorization" in request and not any(leave in control for leave in ("public", "s-maxage"))
        if not forbidden and not for_one:
            self.kept.setdefault(answer.address, []).append(({name: request.get(name, "") for name in vary}, answer))

    def get(self, request: dict[str, str], address: str) -> Answer | None:
        for told_apart, answer in self.kept.get(address, []):
            if all(request.get(name, "") == value for name, value in told_apart.items()):
                return answer
        return None


def through_cache(cell: Cell, scene: Scene, address: str) -> Answer:
    """The answer that a reader gets after a superuser has asked the same, in the browser and with a token."""
    cache, readers = SharedCache(), scene.content.readers
    superuser = {"cookie": "superuser"}
    token = f"Bearer {readers.tokens['superuser']}"
    cache.keep(superuser, readers.ask("superuser", address))
    cache.keep({**superuser, "authorization": token}, readers.ask("superuser", address, authorization=token))
    cache.keep({"authorization": token}, readers.ask("anonymous", address, authorization=token))
    # A reader of his own first, so that what is kept of this one is not kept for all who look alike.
    request = {} if cell.audience == "anonymous" else {"cookie": cell.audience}
    return cache.get(request, address) or readers.ask(cell.audience, address)


def cache_replay_html(cell: Cell, scene: Scene) -> Iterator[str]:
    canary = scene.canary(cell)
    answer = through_cache(cell, scene, canary.address)
    yield from rules.shown(cell, canary, answer)
    if cell.expect == "challenge":
        yield from challenged(cell, scene)


def cache_replay_api(cell: Cell, scene: Scene) -> Iterator[str]:
    canary = scene.canary(cell)
    yield from rules.shown(cell, canary, through_cache(cell, scene, f"/api/v1/events/{canary.key}/"))
    for address in (
        "/api/v1/events/?limit=100",
        "/api/v1/calendar.ics",
        f"/api/v1/archive/suggest/?q={canary.live[:5]}",
    ):
        answer = through_cache(cell, scene, address)
        yield from rules.conceals(cell, canary, answer.text, address)


CHECKERS = {"cache_replay_html": cache_replay_html, "cache_replay_api": cache_replay_api}
