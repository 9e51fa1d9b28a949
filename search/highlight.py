"""Marks in the reader's own text what a plan asked for; the same for every engine.

Works on the original text: whatever normal form found a word, its letters as they stand are marked, and no cluster of
Khmer or Lao is ever cut.
"""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .documents.entries import base_language
from .planning.plan import Clause, MarkClause, NameClause, Plan, RunClause, Token, WordClause
from .recognition import marks
from .recognition.gazetteer import Gazetteer
from .text.english import stem
from .text.khmer import COENG
from .text.normalise import Prepared, prepare
from .text.tokens import Word, cluster_spans, pairs, words_with_places

Span = tuple[int, int]
Label = tuple[int, int, int]  # start, end, number of the clause
SNIPPET_LENGTH = 240
# Longer texts (attached reports) are looked through up to here: a snippet is for the eye, not for the count.
MOST_CHARACTERS = 20_000
_BEFORE_FIRST = 40
_REACH = 30
_ELLIPSIS = "…"
_ONE_I = str.maketrans("yỳýỷỹỵ", "iìíỉĩị")
_LAO_LEADING_VOWELS = "\u0ec0\u0ec1\u0ec2\u0ec3\u0ec4"
_SENTENCE_END = re.compile(r"[.!?។]\s+|\n+")


@dataclass(frozen=True, slots=True)
class Extract:
    """A stretch of a text as safe HTML, the numbers of the plan's clauses that are marked in it, and how many marks."""

    html: str
    clauses: frozenset[int]
    marks: int


@dataclass(frozen=True, slots=True)
class Scanned:
    """A text cut into words and runs. `places` are stretches of the prepared text."""

    prepared: Prepared
    words: list[Word]
    places: list[Span]

    def span(self, first: int, last: int | None = None) -> Span:
        """Where the words from `first` to `last` stand in the original."""
        end = self.places[first if last is None else last][1]
        return self.prepared.span(self.places[first][0], end)

    def run(self, index: int) -> Token:
        """A run of a script without spaces, with its place in the original."""
        word = self.words[index]
        return Token(word.script, "", "", *self.span(index), word.clusters)


class Highlighter:
    """One plan, ready to be applied to many texts."""

    def __init__(self, plan: Plan, gazetteer: Gazetteer) -> None:
        self.plan = plan
        self.gazetteer = gazetteer
        self._has_diacritics = plan.has_diacritics
        self._words: dict[str, list[tuple[str, int]]] = {}  # folded -> (exact or "" when any form will do, clause)
        self._stems: dict[str, int] = {}
        self._sequences: dict[str, list[tuple[tuple[str, ...], int]]] = {}  # by first folded word
        self._runs: dict[str, list[tuple[set[str], int, int]]] = {}  # script -> (pairs, least number in a row, clause)
        self._single_clusters: dict[str, dict[str, int]] = {}
        self._name_ids: dict[str, int] = {}
        self._mark_ids: dict[str, int] = {}
        for number, clause in enumerate(plan.clauses):
            self._add(clause, number)

    def spans(self, text: str, language: str = "") -> list[Span]:
        """Stretches of `text` to mark, in order, without overlaps."""
        return _merged((start, end) for start, end, _ in self._labelled(text, language))

    def mark(self, text: str, language: str = "") -> str:
        """The whole text as safe HTML: escaped, with <mark>."""
        return _marked(text, 0, len(text), self.spans(text, language))

    def snippet(self, text: str, language: str = "", length: int = SNIPPET_LENGTH) -> tuple[str, bool]:
        """(safe HTML of the most telling stretch, whether anything in it is marked)."""
        extract = self.extract(text, language, length)
        return extract.html, bool(extract.clauses)

    def extract(self, text: str, language: str = "", length: int = SNIPPET_LENGTH) -> Extract:
        """The most telling stretch of about `length` characters."""
        text = text[:MOST_CHARACTERS]
        found = self._labelled(text, language)
        start, end = _window(text, found, length)
        shown = [label for label in found if label[0] >= start and label[1] <= end]
        spans = _merged((first, last) for first, last, _ in shown)
        before = _ELLIPSIS if text[:start].strip() else ""
        after = _ELLIPSIS if text[end:].strip() else ""
        html_ = before + _marked(text, start, end, spans) + after
        return Extract(html_, frozenset(number for *_, number in shown), len(spans))

    def _add(self, clause: Clause, number: int) -> None:
        if isinstance(clause, WordClause):
            self._add_word(clause, number)
            for phrase in clause.phrases:
                self._add_sequence(phrase, number)
        elif isinstance(clause, NameClause):
            self._name_ids |= {id_: number for id_, _ in clause.ids}
            if clause.literal is not None:
                self._add_word(clause.literal, number)
        elif isinstance(clause, MarkClause):
            self._mark_ids |= {id_: number for id_, _ in clause.ids}
        elif isinstance(clause, RunClause):
            terms = set(pairs(clause.clusters))
            if len(clause.clusters) == 1:
                self._single_clusters.setdefault(clause.script, {})[clause.clusters[0]] = number
            else:
                # One pair of a long run stands in many other words.
                self._runs.setdefault(clause.script, []).append((terms, min(2, len(terms)), number))
        for _, phrase in clause.translations:
            self._add_sequence(phrase, number)

    def _add_word(self, clause: WordClause, number: int) -> None:
        if not clause.folded:
            return
        exact = clause.exact.translate(_ONE_I) if self._has_diacritics else ""
        self._words.setdefault(clause.folded, []).append((exact, number))
        self._stems.setdefault(stem(clause.folded), number)
        for alternative in clause.alternatives:
            self._words.setdefault(alternative, []).append(("", number))

    def _add_sequence(self, phrase: str, number: int) -> None:
        words = tuple(phrase.split())
        if words:
            self._sequences.setdefault(words[0], []).append((words, number))

    def _labelled(self, text: str, language: str) -> list[Label]:
        """(start, end, number of the clause), in order."""
        language = base_language(language)
        prepared = prepare(text)
        words, places = words_with_places(prepared.text)
        scanned = Scanned(prepared, words, places)
        found: list[Label] = []
        for index, word in enumerate(words):
            if word.clusters:
                if self._runs or self._single_clusters:
                    found += self._run_spans(text, scanned.run(index))
            elif word.folded in self._words or word.folded in self._sequences:
                found += self._word_spans(scanned, index, language)
        if language == "en":
            found += self._stem_spans(scanned)
        if self._name_ids:
            found += self._name_spans(text, scanned, language)
        if self._mark_ids:
            found += self._mark_spans(prepared)
        return sorted(found)

    def _word_spans(self, scanned: Scanned, index: int, language: str) -> Iterable[Label]:
        _, exact, folded, _ = scanned.words[index]
        for wanted, number in self._words.get(folded, ()):
            # Only Vietnamese writes its words with diacritics: elsewhere the plain word is what stands for it.
            may_be_plain = language != "vi" and exact.isascii()
            if not wanted or may_be_plain or exact.translate(_ONE_I) == wanted:
                yield *scanned.span(index), number
        for phrase, number in self._sequences.get(folded, ()):
            last = index + len(phrase) - 1
            if tuple(word.folded for word in scanned.words[index : last + 1]) == phrase:
                yield *scanned.span(index, last), number

    def _stem_spans(self, scanned: Scanned) -> Iterable[Label]:
        for index, word in enumerate(scanned.words):
            if not word.clusters and (number := self._stems.get(stem(word.folded))) is not None:
                yield *scanned.span(index), number

    def _run_spans(self, text: str, token: Token) -> Iterable[Label]:
        single = self._single_clusters.get(token.script, {})
        runs = self._runs.get(token.script, ())
        present = pairs(token.clusters)
        if not any(terms.intersection(present) for terms, _, _ in runs) and single.keys().isdisjoint(token.clusters):
            return
        offsets = cluster_spans(text, token)
        for index, cluster in enumerate(token.clusters):
            if cluster in single:
                yield *offsets[index], single[cluster]
        if len(token.clusters) < 2:
            return
        for terms, least, number in runs:
            for first, last in _stretches([pair in terms for pair in present], least):
                yield offsets[first][0], offsets[last + 1][1], number

    def _name_spans(self, text: str, scanned: Scanned, language: str) -> Iterable[Label]:
        for match in self.gazetteer.recognise_words(scanned.words, strict=language == "vi"):
            number = next((self._name_ids[id_] for id_ in match.ids if id_ in self._name_ids), None)
            if number is None:
                continue
            if match.cluster_start is None or match.cluster_end is None:
                yield *scanned.span(match.first, match.last), number
            else:
                offsets = cluster_spans(text, scanned.run(match.first))
                yield offsets[match.cluster_start][0], offsets[match.cluster_end - 1][1], number

    def _mark_spans(self, prepared: Prepared) -> Iterable[Label]:
        for mark in marks.find_marks(prepared.text):
            wider = marks.including_wider(mark.ids)
            number = next((self._mark_ids[id_] for id_ in wider if id_ in self._mark_ids), None)
            if number is not None:
                yield *prepared.span(mark.start, mark.end), number


def highlight(text: str, plan: Plan, gazetteer: Gazetteer, language: str = "") -> list[Span]:
    """Stretches of `text` that the plan asked for. For several texts make one `Highlighter`."""
    return Highlighter(plan, gazetteer).spans(text, language)


def snippet(text: str, plan: Plan, gazetteer: Gazetteer, language: str = "", length: int = SNIPPET_LENGTH) -> str:
    """The most telling stretch of about `length` characters, as safe HTML with <mark>."""
    return Highlighter(plan, gazetteer).snippet(text, language, length)[0]


def _stretches(flags: Sequence[bool], least: int) -> Iterable[Span]:
    """(first, last) of every unbroken row of true flags with at least `least` of them."""
    start: int | None = None
    for index, flag in enumerate([*flags, False]):
        if flag and start is None:
            start = index
        elif not flag and start is not None:
            if index - start >= least:
                yield start, index - 1
            start = None


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        elif end > start:
            merged.append((start, end))
    return merged


def _marked(text: str, start: int, end: int, spans: Iterable[Span]) -> str:
    parts: list[str] = []
    done = start
    for first, last in spans:
        parts += [html.escape(text[done:first]), "<mark>", html.escape(text[first:last]), "</mark>"]
        done = last
    parts.append(html.escape(text[done:end]))
    return "".join(parts)


def _window(text: str, found: Sequence[tuple[int, int, int]], length: int) -> Span:
    """The stretch with the most different clauses, then the most marks; the first of several."""
    if len(text) <= length:
        return 0, len(text)
    before = min(_BEFORE_FIRST, length // 4)
    starts = [start for start, _, _ in found]
    best, best_worth = 0, (0, 0)
    for index, (start, _, _) in enumerate(found):
        inside = found[index : bisect_left(starts, start + length - before)]
        worth = (len({number for *_, number in inside}), len(inside))
        if worth > best_worth:
            best, best_worth = start, worth
    start = _start_before(text, best, before)
    limit = min(len(text), start + length)
    # A mark at the edge stays whole.
    reaching = [last for first, last, _ in found if first < limit < last]
    return start, _safe_cut(text, max([limit, *reaching]))


def _start_before(text: str, position: int, before: int) -> int:
    """The start of the sentence when it is near, else of a word."""
    if position <= before:
        return 0
    ends = [match.end() for match in _SENTENCE_END.finditer(text, max(0, position - 2 * before), position)]
    return ends[0] if ends else _safe_cut(text, position - before, limit=position)


def _safe_cut(text: str, position: int, limit: int | None = None) -> int:
    """The nearest place where nothing is torn: a space within reach, else a border between clusters."""
    if position >= len(text):
        return len(text)
    stop = min(len(text), position + _REACH, limit if limit is not None else len(text))
    for place in range(position, stop + 1 if stop < len(text) else stop):
        if text[place].isspace():
            return place + 1 if limit is not None and place < limit else place
    place = position
    while place < len(text) and _tears(text, place):
        place += 1
    return place


def _tears(text: str, place: int) -> bool:
    """Whether a cut before text[place] would tear a letter from its signs."""
    if place == 0:
        return False
    before, after = text[place - 1], text[place]
    joins = unicodedata.category(after) in ("Mn", "Mc", "Me", "Cf")
    return joins or before == COENG or before in _LAO_LEADING_VOWELS or (before.isdigit() and after.isdigit())
