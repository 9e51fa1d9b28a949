"""Names of places and organisations, recognised alike in texts and in queries, in any spelling and script.

A recognised name is indexed and asked for by its id, so that Takeo, Tà Keo, Takéo and តាកែវ meet. Old and new
provinces are linked, not equal: who asks for the new one also gets the old ones at a lower weight, never the reverse.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import ahocorasick_rs

from huunghi.search.plan import Token
from huunghi.search.text.normalise import prepare
from huunghi.search.text.tokens import Scanned, scan, tokenise

PREDECESSOR_WEIGHT = 0.4
_SHORT = 4  # letters; a single word this short (Lào, Nhật, Kep) is a name only as it is written in the gazetteer
_BARRIER = "|"


@dataclass(frozen=True, slots=True)
class GazetteerEntry:
    """One place or organisation. `names` holds every spelling in every script; `successors` are ids."""

    id: str  # "KH-8", "VN-44"; organisations "org:<key>"
    names: tuple[str, ...]
    kind: str = ""
    successors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A name in a list of tokens: tokens first..last; of a run also the clusters [cluster_start, cluster_end)."""

    first: int
    last: int
    ids: frozenset[str]
    cluster_start: int | None = None
    cluster_end: int | None = None


@dataclass(slots=True)
class _Pattern:
    exact_ids: list[tuple[tuple[str, ...], str]] = field(default_factory=list)  # Latin: (exact words, id)
    ids: set[str] = field(default_factory=set)  # unspaced scripts
    length: int = 1  # in words or clusters


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

    def recognise(self, tokens: Sequence[Token], strict: bool) -> list[NameMatch]:
        """The longest names, from left to right, without overlaps.

        `strict` compares Latin names with their diacritics, as Vietnamese texts write them; otherwise a word without
        diacritics takes any spelling.
        """
        return self._find([(token.script, token.exact, token.folded, 0, 0, token.clusters) for token in tokens], strict)

    def ids_in(self, scanned: Sequence[Scanned], strict: bool) -> set[str]:
        """Ids of the names in a text that `scan` cut."""
        return {id_ for match in self._find(scanned, strict) for id_ in match.ids}

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

    def _find(self, scanned: Sequence[Scanned], strict: bool) -> list[NameMatch]:
        haystack, units, offsets = _units(scanned)
        candidates: list[tuple[int, int, int]] = []  # (unit, -length, pattern): longest first at each unit
        for index, start, _ in self._automaton.find_matches_as_indexes(haystack, overlapping=True):
            candidates.append((bisect_right(offsets, start) - 1, -self._patterns[index].length, index))
        candidates.sort()
        matches: list[NameMatch] = []
        free_from = 0
        for unit, negative_length, index in candidates:
            if unit < free_from:
                continue
            end = unit - negative_length
            ids = self._ids(self._patterns[index], scanned, units[unit:end], strict)
            if ids:
                matches.append(_name_match(units[unit], units[end - 1], ids))
                free_from = end
        return matches

    def _ids(
        self, pattern: _Pattern, scanned: Sequence[Scanned], units: list[tuple[int, int]], strict: bool
    ) -> frozenset[str]:
        if pattern.ids:
            return frozenset(pattern.ids)
        words = [scanned[token] for token, _ in units]
        exact = tuple(word[1] for word in words)
        as_written = strict or not all(word.isascii() for word in exact)
        if as_written or (len(words) == 1 and len(words[0][2]) <= _SHORT):
            return frozenset(id_ for written, id_ in pattern.exact_ids if written == exact)
        return frozenset(id_ for _, id_ in pattern.exact_ids)


def _add_name(patterns: dict[str, _Pattern], name: str, id_: str) -> None:
    tokens = tokenise(name)
    if not tokens:
        return
    if all(token.script == "latin" for token in tokens):
        key = " ".join(token.folded for token in tokens)
        pattern = patterns.setdefault(f" {key} ", _Pattern())
        pattern.length = len(tokens)
        pattern.exact_ids.append((tuple(token.exact for token in tokens), id_))
        return
    script = tokens[0].script
    if script == "latin" or any(token.script != script for token in tokens):
        return
    clusters = [cluster for token in tokens for cluster in token.clusters]
    # A single Khmer or Lao cluster is a syllable of many words; a single Chinese character may be a name.
    if len(clusters) == 1 and script != "han":
        return
    pattern = patterns.setdefault(f" {' '.join(clusters)} ", _Pattern())
    pattern.length = len(clusters)
    pattern.ids.add(id_)


def _units(scanned: Sequence[Scanned]) -> tuple[str, list[tuple[int, int]], list[int]]:
    """(haystack, units, offsets): words and clusters between single spaces, with the offset of the space before each.

    A unit is (token, cluster), the cluster being -1 for a word. Barriers keep names of unspaced scripts inside one run.
    """
    parts: list[str] = []
    units: list[tuple[int, int]] = []
    for index, (script, _, folded, _, _, clusters) in enumerate(scanned):
        if script == "latin":
            parts.append(folded)
            units.append((index, -1))
        else:
            parts.append(_BARRIER)
            parts += clusters
            parts.append(_BARRIER)
            units.append((index, -1))
            units += [(index, number) for number in range(len(clusters))]
            units.append((index, -1))
    offsets = list(accumulate((len(part) + 1 for part in parts), initial=0))
    return f" {' '.join(parts)} ", units, offsets


def _name_match(first: tuple[int, int], last: tuple[int, int], ids: frozenset[str]) -> NameMatch:
    if first[1] < 0:
        return NameMatch(first[0], last[0], ids)
    return NameMatch(first[0], last[0], ids, first[1], last[1] + 1)


def _joined(text: str) -> tuple[str, str]:
    """(exact, folded) words between single spaces."""
    words = list(scan(prepare(text).text))
    return " ".join(word[1] for word in words), " ".join(word[2] for word in words)
