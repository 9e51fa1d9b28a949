"""Finds the page of an attached file that tells most about a query.

Marking is exact and too slow for two hundred pages at every hit, so a quick look, which may err, chooses a few of them.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from ..highlight import Extract, Highlighter
from ..planning.plan import Clause, MarkClause, NameClause, Plan, RunClause, WordClause
from .text import Piece, pieces_of

CHARACTERS_MARKED = 12_000  # of one record
# Diacritics, and what the normal form of Khmer and Lao may drop or move.
_DROPPED = re.compile("[\u0300-\u036f\u200b-\u200d\u17b4-\u17d3\u17dd\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd]+")
_SAME = str.maketrans({"đ": "d", "y": "i", "\u178a": "\u178f"})
_NUMBERS = re.compile(r"\d{2,}")


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A stretch of an attached file; `page` is 0 when the file's pages are not known."""

    file: str
    page: int
    extract: Extract


@dataclass(frozen=True, slots=True)
class _Needle:
    """What one clause may look like: any of `forms` in a skeleton, or better any of `exact` in the text as it is."""

    forms: tuple[str, ...]
    exact: tuple[str, ...] = ()


class PlaceFinder:
    """One plan, ready to be looked for in the attached files of many records."""

    def __init__(self, highlighter: Highlighter) -> None:
        self._highlighter = highlighter
        self._needles = _needles(highlighter)

    def best(self, documents: str, language: str) -> FoundPlace | None:
        """The stretch with the most different clauses, then the most marks; None when nothing can be marked."""
        best: tuple[tuple[int, int], FoundPlace] | None = None
        left = CHARACTERS_MARKED
        for clauses, _, piece in self._ranked(documents):
            if left <= 0 or (best is not None and clauses < best[0][0]):
                break
            left -= len(piece.text)
            extract = self._highlighter.extract(piece.text, language)
            worth = len(extract.clauses), extract.marks
            if extract.clauses and (best is None or worth > best[0]):
                best = worth, FoundPlace(piece.title, piece.page, extract)
        return best[1] if best else None

    def _ranked(self, documents: str) -> list[tuple[int, int, Piece]]:
        """(clauses that seem to stand there, how many as they were typed, piece), the most promising first."""
        found = [(*self._promise(piece.text), piece) for piece in pieces_of(documents)]
        return sorted(found, key=lambda each: each[:2], reverse=True)  # stable: the first of equals

    def _promise(self, text: str) -> tuple[int, int]:
        lowered = text.lower()
        skeleton = _skeleton(lowered)
        present = [needle for needle in self._needles if any(form in skeleton for form in needle.forms)]
        return len(present), sum(any(form in lowered for form in needle.exact) for needle in present)


def _skeleton(text: str) -> str:
    """Lower case without diacritics, and Khmer and Lao without signs: more looks alike than should, never less."""
    return _DROPPED.sub("", unicodedata.normalize("NFKD", text.lower())).translate(_SAME)


def _needles(highlighter: Highlighter) -> list[_Needle]:
    plan = highlighter.plan
    found = []
    for clause in plan.clauses:
        forms = [_skeleton(form) for form in _forms(clause, highlighter)]
        forms += [_skeleton(phrase) for _, phrase in clause.translations]
        exact = _exact_forms(clause, plan)
        found.append(_Needle(tuple(dict.fromkeys(filter(None, forms))), exact))
    return found


def _forms(clause: Clause, highlighter: Highlighter) -> list[str]:
    """What a clause may look like in a text, before it is made a skeleton."""
    if isinstance(clause, WordClause):
        # The beginning, because English words are found in other forms of theirs.
        folded = clause.folded
        return [
            folded[: max(4, len(folded) - 3)] if folded.isascii() else folded,
            *clause.alternatives,
            *clause.phrases,
        ]
    if isinstance(clause, NameClause):
        return [name for id_, _ in clause.ids for name in highlighter.gazetteer.names_of(id_)] + clause.spellings
    if isinstance(clause, RunClause):
        return ["".join(clause.clusters[start : start + 2]) for start in range(max(1, len(clause.clusters) - 1))]
    if isinstance(clause, MarkClause):
        return [number for id_, _ in clause.ids for number in _NUMBERS.findall(id_)] or [clause.text]
    return [clause.text]


def _exact_forms(clause: Clause, plan: Plan) -> tuple[str, ...]:
    if not plan.has_diacritics:
        return ()
    return (clause.text.lower(), clause.exact) if isinstance(clause, WordClause) else (clause.text.lower(),)
