"""Whether an answer was right, given what was true before the question and after the answer.

Whatever was hidden during the whole time must leave no trace in it. What was open during the whole time must be in it,
when no change of it has been waiting for a while. Of all else nothing is said: it may have been true in between.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .truth import Fact, View, group_of

SETTLED = 10.0  # seconds without a change or a row; more than a server takes to show what it was given


@dataclass(frozen=True, slots=True)
class Eyes:
    """Who looks: a stranger, somebody signed in, or a reader of a partner."""

    signed_in: bool = False
    partner: int | None = None

    def may_read(self, fact: Fact) -> bool:
        return fact.is_open_to(self.partner, self.signed_in)


@dataclass(slots=True)
class Answer:
    """What a reader got to see. `total` is everything that was counted in it, facets and bars included."""

    engine: str
    pages: list[int]
    count: int
    total: int = 0
    words: str = ""  # every text about the question itself: proposals, what else was searched


@dataclass(slots=True)
class Settled:
    """Since when each page has been the same and fed, engine by engine, as far as one reader has seen."""

    _since: dict[tuple[str, int], tuple[float, tuple]] = field(default_factory=dict)

    def note(self, view: View, now: float, engines: tuple[str, ...]) -> None:
        for engine in engines:
            waiting = view.keys(engine)
            for page, fact in view.facts.items():
                is_waiting = waiting is None or fact.key in waiting
                since = self._since.get((engine, page))
                if is_waiting:
                    self._since.pop((engine, page), None)
                elif since is None or since[1] != fact.signature:
                    self._since[engine, page] = (now, fact.signature)

    def is_settled(self, engine: str, page: int, now: float) -> bool:
        since = self._since.get((engine, page))
        return since is not None and now - since[0] >= SETTLED


def unchanged(before: View, after: View) -> dict[int, Fact]:
    """Pages that were the same during the whole time."""
    return {
        page: fact
        for page, fact in before.facts.items()
        if page in after.facts and after.facts[page].signature == fact.signature
    }


def forbidden(eyes: Eyes, before: View, after: View, answer: Answer, asked: Fact | None) -> list[str]:
    """What the reader saw of hidden pages. `asked` is the page by whose canary was asked, if it was one."""
    same = unchanged(before, after)
    found = [f"a hit: {same[page].title}" for page in answer.pages if page in same and not eyes.may_read(same[page])]
    youngest = max(before.facts, default=0)
    found += [
        f"a deleted page: {page}"
        for page in answer.pages
        if page not in before.facts and page not in after.facts and page <= youngest
    ]
    if asked is not None and asked.page in same and not eyes.may_read(same[asked.page]):
        found += [f"counted: {answer.count} of {answer.total}, {asked.title}"] if answer.count or answer.total else []
        found += [f"told: {answer.words}, {asked.title}"] if asked.title.split()[0] in answer.words else []
    return found


def overcounted(eyes: Eyes, before: View, after: View, answer: Answer, word: str) -> list[str]:
    """Whether more records were counted than the reader may read; `word` is what they have in common, "" for all.

    Judged only when nothing at all has changed in between.
    """
    same = unchanged(before, after)
    if len(same) != len(before.facts) or len(same) != len(after.facts):
        return []
    keys = {fact.key for fact in same.values() if eyes.may_read(fact) and (not word or group_of(fact.title) == word)}
    return (
        [f"counted {answer.count} records, {len(keys)} may be read: {word or 'all'}"]
        if answer.count > len(keys)
        else []
    )


def missing(
    eyes: Eyes, before: View, after: View, answer: Answer, asked: Fact, settled: Settled, now: float
) -> list[str] | None:
    """What ought to have been found by its canary; None when that cannot be said."""
    fact = unchanged(before, after).get(asked.page)
    if fact is None or not eyes.may_read(fact) or not settled.is_settled(answer.engine, fact.page, now):
        return None
    right = answer.pages == [fact.page] and answer.count == 1
    return [] if right else [f"not found: {fact.title}: {answer.pages}, count {answer.count}"]
