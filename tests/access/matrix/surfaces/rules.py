"""What the words of the table mean for one answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from ..content import Canary, Content
from ..readers import Answer
from ..table import Cell

NEVER_WAS = "0badcafe-0000-4000-8000-000000000000"
Checker = Callable[[Cell, "Scene"], Iterator[str]]

# A table that allows caching allows it to the site too: it may be stricter towards readers who are signed in.
MAY_BE_KEPT = {"Cache-Control: public or validated", "Cache-Control: public"}


@dataclass
class Scene:
    """Where cells are checked: the content, and in which condition."""

    content: Content
    condition: str
    pairs: int = 20  # of the surface that measures
    answers: dict[tuple[str, ...], Answer] = field(default_factory=dict)  # where nothing is
    _measured: dict[str, list[str]] = field(default_factory=dict)

    def canary(self, cell: Cell) -> Canary:
        return self.content.canaries[cell.state]

    def ask(self, cell: Cell, address: str, **options: object) -> Answer:
        return self.content.readers.ask(cell.audience, address, **options)

    def measured(self, state: str, measure: Callable[[], list[str]]) -> list[str]:
        """What was wrong with a state when it was measured; that is done once."""
        if state not in self._measured:
            self._measured[state] = measure()
        return self._measured[state]


def shown(cell: Cell, canary: Canary, answer: Answer) -> Iterator[str]:
    """An answer that shows the page: its words, its status, its headers."""
    yield from status(cell, answer)
    yield from contains(cell, canary, answer.text, answer.address)
    yield from conceals(cell, canary, answer.text, answer.address)
    yield from headers(cell, answer)


def hidden(cell: Cell, canary: Canary, answer: Answer, missing: Answer, *names: tuple[str, str]) -> Iterator[str]:
    """An answer that might as well be about nothing: the same as that to a question about nothing.

    `names` are what the two questions named: pairs that are taken for one and the same.
    """
    yield from status(cell, answer)
    yield from conceals(cell, canary, answer.text, answer.address)
    yield from headers(cell, answer)
    yield from same(answer, missing, *names)


def same(answer: Answer, missing: Answer, *names: tuple[str, str]) -> Iterator[str]:
    if answer.status != missing.status:
        yield f"{answer.address}: {answer.status}, but {missing.status} where nothing ever was"
    theirs = answer.without(*(name for name, _ in names))
    nothing = missing.without(*(name for _, name in names))
    if theirs != nothing:
        yield f"{answer.address}: not what is answered where nothing ever was: {difference(theirs, nothing)}"
    varying = {"content-length", "set-cookie", "x-request-id"}
    if names:
        varying.add("etag")  # it is made of the body, which holds the other word
    for name in sorted((set(answer.headers) | set(missing.headers)) - varying):
        if answer.says(name) != missing.says(name):
            yield f"{answer.address}: {name} is {answer.says(name)!r}, not {missing.says(name)!r}"


def difference(one: str, other: str) -> str:
    at = next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), 0)
    return f"“{one[max(0, at - 40) : at + 60]}” / “{other[max(0, at - 40) : at + 60]}”"


def status(cell: Cell, answer: Answer) -> Iterator[str]:
    if cell.statuses and answer.status not in cell.statuses:
        yield f"{answer.address}: {answer.status}, not {' or '.join(map(str, sorted(cell.statuses)))}"


def contains(cell: Cell, canary: Canary, text: str, where: str) -> Iterator[str]:
    words = [canary.word(which) for which in cell.must_contain if which != "bytes"]
    if words and not any(word in text for word in words):
        yield f"{where}: has no {' or '.join(cell.must_contain)} text"


def conceals(cell: Cell, canary: Canary, text: str, where: str) -> Iterator[str]:
    words = {"any": ("live", "draft"), "draft": ("draft",)}.get(cell.must_not_contain, ())
    for which in words:
        if canary.word(which) in text:
            at = text.index(canary.word(which))
            yield f"{where}: shows {which} text: “{text[max(0, at - 60) : at + 30]}”"


def headers(cell: Cell, answer: Answer) -> Iterator[str]:
    for header in cell.headers:
        name, _, value = header.rpartition(": ")
        said = answer.says(name or "Cache-Control")
        if header in MAY_BE_KEPT:
            if cell.audience == "anonymous" and "no-store" in said:
                yield f"{answer.address}: {said!r}, though anybody may keep it"
        elif not all(part in said for part in value.split(", ")):
            yield f"{answer.address}: {name or 'Cache-Control'} is {said!r}, not {value!r}"


def absent(cell: Cell) -> Cell:
    """The cell as it is while the index has not heard yet that somebody may read less of the page."""
    return replace(cell, expect="absent", must_contain=(), must_not_contain="any", headers=())
