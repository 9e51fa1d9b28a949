"""The search: hits, counts, facets, suggestions and what is marked in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ..content import EVERYWHERE
from ..readers import Answer
from ..table import Cell
from . import rules
from .rules import Scene

SEARCHES = ("/api/v1/archive/?q={}", "/vi/search/?q={}")
EVERYTHING = "/api/v1/archive/?limit=100&facets=partner&facets=language"
ON_EVERY_PAGE = f"{EVERYTHING}&q={EVERYWHERE}"


def search_hits(cell: Cell, scene: Scene) -> Iterator[str]:
    canary = scene.canary(cell)
    for address in (SEARCHES[0].format(canary.live), SEARCHES[1].format(canary.live), EVERYTHING, ON_EVERY_PAGE):
        answer = scene.ask(cell, address)
        yield from rules.status(cell, answer)
        yield from rules.headers(cell, answer)
        text = without_question(answer, address)
        if cell.expect == "listed":
            yield from rules.contains(cell, canary, text, address)
        yield from rules.conceals(cell, canary, text, address)
    if cell.must_not_contain:
        yield from rules.conceals(
            cell, canary, without_question(scene.ask(cell, SEARCHES[0].format(canary.draft)), canary.draft), "draft"
        )


def search_count(cell: Cell, scene: Scene) -> Iterator[str]:
    canary = scene.canary(cell)
    answer = scene.ask(cell, SEARCHES[0].format(canary.live))
    yield from rules.status(cell, answer)
    yield from rules.headers(cell, answer)
    counted = 1 if cell.expect == "listed" else 0
    if found(answer)["count"] != counted:
        yield f"{answer.address}: counts {found(answer)['count']}, not {counted}"
    if found(scene.ask(cell, SEARCHES[0].format(canary.draft)))["count"]:
        yield f"{canary.state}: the draft's word is counted"
    for address in (ON_EVERY_PAGE, EVERYTHING):
        whole = found(scene.ask(cell, address))
        if whole["count"] != len(whole["items"]):
            yield f"{address}: counts {whole['count']} and gives {len(whole['items'])}"


def search_facets(cell: Cell, scene: Scene) -> Iterator[str]:
    """The partner of each page is on no other page."""
    canary = scene.canary(cell)
    counted = 1 if cell.expect == "listed" else 0
    for address in (ON_EVERY_PAGE, f"{SEARCHES[0].format('')}&limit=1&partner={canary.partner}"):
        answer = scene.ask(cell, address)
        yield from rules.status(cell, answer)
        yield from rules.headers(cell, answer)
        facets = found(answer)["facets"]
        buckets = {each["value"]: each["count"] for each in facets["partner"]}
        if buckets.get(canary.partner, 0) != counted:
            yield f"{address}: counts {buckets.get(canary.partner)} for its partner, not {counted}"
        if canary.draft_partner in buckets:
            yield f"{address}: has a bucket of the draft"
        if not counted and canary.partner in buckets and "partner=" not in address:
            yield f"{address}: has a bucket of its partner"
        if any(each["value"] == "km" for each in facets["language"]):
            yield f"{address}: has a bucket of a language in which nothing is published"


def suggest(cell: Cell, scene: Scene) -> Iterator[str]:
    """Completions of the beginning of its word, and spelling hints for the word with a wrong letter."""
    canary = scene.canary(cell)
    address = f"/api/v1/archive/suggest/?q={canary.live[:5]}"
    answer = scene.ask(cell, address)
    yield from rules.status(cell, answer)
    yield from rules.headers(cell, answer)
    text = without_question(answer, address)
    yield from rules.contains(cell, canary, text, address)
    yield from rules.conceals(cell, canary, text, address)
    for which in ("live", "draft"):
        typed = f"{canary.word(which)[:-1]}q"
        address = SEARCHES[0].format(typed)
        text = without_question(scene.ask(cell, address), address)
        if cell.expect == "absent" or which == "draft":
            yield from (f"{address}: hints at {word}" for word in (canary.live, canary.draft) if word in text)


def highlight(cell: Cell, scene: Scene) -> Iterator[str]:
    """A word that is only here is like any word for those who may not read it; for the others it is marked."""
    canary = scene.canary(cell)
    for pattern in SEARCHES:
        answer = scene.ask(cell, pattern.format(canary.live))
        yield from rules.status(cell, answer)
        yield from rules.headers(cell, answer)
        if cell.expect == "listed" and f"<mark>{canary.live}</mark>" not in json_text(answer):
            yield f"{answer.address}: nothing is marked"
    words = [(SEARCHES[0], canary.draft)]
    if cell.expect == "absent":
        words += [(pattern, canary.live) for pattern in SEARCHES]
    for pattern, word in words:
        yield from rules.same(
            scene.ask(cell, pattern.format(word)), scene.ask(cell, pattern.format(NONSENSE)), (word, NONSENSE)
        )


NONSENSE = "wuqaxyjowi"


def found(answer: Answer) -> dict[str, Any]:
    return json.loads(answer.body) if answer.status == 200 else {"count": -1, "items": [], "facets": {}}


def json_text(answer: Answer) -> str:
    """JSON and HTML write the marks of a hit differently."""
    return answer.text.replace("\\u003C", "<").replace("\\u003E", ">")


def without_question(answer: Answer, asked: str) -> str:
    """The answer without its repetition of what was asked: every answer names the question."""
    if answer.headers.get("content-type", "").startswith("application/json"):
        return json.dumps({**json.loads(answer.body), "query": "", "not_found": [], "next": None}, ensure_ascii=False)
    word = asked.rpartition("q=")[2]
    hits = answer.text.count(f"Sự kiện <mark>{word}</mark>") + answer.text.count(f"Sự kiện {word}")
    return answer.text if hits else answer.without(word)


CHECKERS = {
    "search_hits": search_hits,
    "search_count": search_count,
    "search_facets": search_facets,
    "suggest": suggest,
    "highlight": highlight,
}
