"""Names of places and organisations, recognised alike in texts and in queries, in any spelling and script.

A recognised name is indexed and asked for by its id, so that Takeo, Tà Keo, Takéo and តាកែវ meet. Old and new
provinces are linked, not equal: who asks for the new one also gets the old ones at a lower weight, never the reverse.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import ahocorasick_rs

from ..planning.plan import Token
from ..text.normalise import prepare
from ..text.tokens import Word, words_of

PREDECESSOR_WEIGHT = 0.4
_SHORT = 4  # letters; a single word this short (Lào, Nhật, Kep) is a name only as it is written in the gazetteer
_JOINT = "\t"  # between clusters, as a space between words


@dataclass(frozen=True, slots=True)
class GazetteerEntry:
    """One place or organisation. `names` holds every spelling in every script; `successors` are ids."""

    id: str  # "KH-8", "VN-44"; organisations "org:<key>"
    names: tuple[str, ...]
    kind: str = ""
    successors: tuple[str, ...] = ()


class NameMatch(NamedTuple):
    """A name in a list of tokens: tokens first..last; of a run also the clusters [cluster_start, cluster_end)."""

    first: int
    last: int
    ids: frozenset[str]
    cluster_start: int | None = None
    cluster_end: int | None = None


@dataclass(slots=True)
class _Pattern:
    """One spelling without diacritics, of one name or of several."""

    length: int  # in words or clusters
    in_clusters: bool = False
    ids: frozenset[str] = frozenset()
    ids_as_written: dict[str, frozenset[str]] = field(default_factory=dict)  # by the words with diacritics

    def add(self, id_: str, written: str) -> None:
        self.ids |= {id_}
        self.ids_as_written[written] = self.ids_as_written.get(written, frozenset()) | {id_}

    def ids_of(self, written: str, strict: bool) -> frozenset[str]:
        """Ids of the Latin names that these words may be."""
        is_short = self.length == 1 and len(written) <= _SHORT
        if strict or is_short or not written.isascii():
            return self.ids_as_written.get(written, frozenset())
        return self.ids


class Gazetteer:
    """All names in one automaton. Immutable: make a new one when records change."""

    def __init__(self, entries: Iterable[GazetteerEntry]) -> None:
        self._entries = {entry.id: entry for entry in entries}
        self._predecessors: dict[str, list[str]] = defaultdict(list)
        patterns: dict[str, _Pattern] = {}
        for entry in self._entries.values():
            for successor in entry.successors:
                self._predecessors[successor].append(entry.id)
            for name in entry.names:
                _add_name(patterns, name, entry.id)
        self._patterns = list(patterns.values())
        self._automaton = ahocorasick_rs.AhoCorasick(list(patterns))

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, id_: object) -> bool:
        return id_ in self._entries

    def recognise(self, tokens: Sequence[Token | Word], strict: bool) -> list[NameMatch]:
        """The longest names, from left to right, without overlaps.

        `strict` compares Latin names with their diacritics, as Vietnamese texts write them; otherwise a word without
        diacritics takes any spelling.
        """
        return self.recognise_words(
            [Word(token.script, token.exact, token.folded, token.clusters) for token in tokens], strict
        )

    def ids_in(self, words: Sequence[Word], strict: bool) -> set[str]:
        """Ids of the names in a text that `words_of` cut."""
        return {id_ for match in self.recognise_words(words, strict) for id_ in match.ids}

    def names_of(self, id_: str) -> tuple[str, ...]:
        """Every spelling; empty when the id is unknown."""
        entry = self._entries.get(id_)
        return entry.names if entry else ()

    def predecessors_of(self, id_: str) -> list[str]:
        """The units that were merged into this one."""
        return list(self._predecessors.get(id_, ()))

    def starting_with(self, text: str, limit: int = 10) -> list[GazetteerEntry]:
        """Entries with a name that starts with `text`, for suggestions: as written first, then folded."""
        exact, folded = _joined(text)
        if not folded:
            return []
        found: list[tuple[bool, int, GazetteerEntry]] = []
        for entry in self._entries.values():
            forms = [_joined(name) for name in entry.names]
            if any(form[1].startswith(folded) for form in forms):
                found.append((not any(form[0].startswith(exact) for form in forms), len(entry.names[0]), entry))
        return [entry for *_, entry in sorted(found, key=lambda item: item[:2])[:limit]]

    def recognise_words(self, words: Sequence[Word], strict: bool) -> list[NameMatch]:
        """As `recognise`."""
        haystack = f" {' '.join([_unspaced(word.clusters) if word.clusters else word.folded for word in words])} "
        candidates = self._automaton.find_matches_as_indexes(haystack, overlapping=True)
        matches: list[NameMatch] = []
        free_from = 0
        for index, start, end in sorted(candidates, key=_first_and_longest):
            if start < free_from:
                continue
            pattern = self._patterns[index]
            first = haystack.count(" ", 0, start)
            if pattern.in_clusters:
                ids = pattern.ids
                cluster = haystack.count(_JOINT, haystack.rindex(" ", 0, start), start)
                match = NameMatch(first - 1, first - 1, ids, cluster, cluster + pattern.length)
            else:
                last = first + pattern.length - 1
                ids = pattern.ids_of(" ".join([word.exact for word in words[first : last + 1]]), strict)
                match = NameMatch(first, last, ids)
            if ids:
                matches.append(match)
                free_from = end - 1  # what parts two names belongs to both
        return matches


def _first_and_longest(candidate: tuple[int, int, int]) -> tuple[int, int]:
    _, start, end = candidate
    return start, -end


def _add_name(patterns: dict[str, _Pattern], name: str, id_: str) -> None:
    words = words_of(prepare(name).text)
    if not words:
        return
    if all(word.script == "latin" for word in words):
        key = " ".join(word.folded for word in words)
        pattern = patterns.setdefault(f" {key} ", _Pattern(len(words)))
        pattern.add(id_, " ".join(word.exact for word in words))
        return
    script = words[0].script
    if script == "latin" or any(word.script != script for word in words):
        return
    clusters = [cluster for word in words for cluster in word.clusters]
    # A single Khmer or Lao cluster is a syllable of many words; a single Chinese character may be a name.
    if len(clusters) == 1 and script != "han":
        return
    pattern = patterns.setdefault(_unspaced(clusters), _Pattern(len(clusters), in_clusters=True))
    pattern.add(id_, "")


def _unspaced(clusters: Sequence[str]) -> str:
    """A run as the automaton reads it, without spaces: no name reaches from one run into the next."""
    return f"{_JOINT}{_JOINT.join(clusters)}{_JOINT}"


def _joined(text: str) -> tuple[str, str]:
    """(exact, folded) words between single spaces."""
    words = words_of(prepare(text).text)
    return " ".join(word.exact for word in words), " ".join(word.folded for word in words)
