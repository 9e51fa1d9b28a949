"""What an engine keeps in memory of its file: sets of records that many questions share.

Nothing is ever changed in place. A question uses the state that was there when it began; after a write the next one
makes a new state, in which only the facets of changed chunks are read again.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .embedded_schema import CHUNK_BITS
from .embedded_sets import EMPTY, RecordSet

_SPARSE_SHARE = 1 / 64  # below it a list of numbers is smaller than bits
_MOST_KEPT = 500  # sets of common words: 12 KB each in an archive of 100,000 records
_CHUNKS_AT_ONCE = 8  # when more changed, everything is read again

Posting = RecordSet | tuple[int, ...]
Facets = dict[str, dict[str, Posting]]


@dataclass(slots=True)
class State:
    """The file as it was in one generation. Entries are what the text index finds; see `embedded_schema`."""

    file: Path
    generation: int
    everything: RecordSet  # records
    entries: RecordSet
    record_of: dict[int, int]  # of entries beside a record's first
    readers: list[tuple[frozenset[str], str | None, tuple[int, ...]]]  # (audiences, expiry, restricted entries)
    chunks: dict[int, int]
    facets: Facets | None = None
    texts: dict[str, RecordSet] = field(default_factory=dict)  # expression -> entries, of common ones
    marks: dict[str, dict[int, RecordSet]] = field(default_factory=dict)  # name or mark -> place -> entries
    size: int = 0
    beside: RecordSet = EMPTY  # the entries of `record_of`

    def __post_init__(self) -> None:
        self.size = len(self.everything)
        self.beside = RecordSet.of(self.record_of)

    @staticmethod
    def remember(kept: dict[str, Any], key: str, value: Any) -> None:
        if len(kept) < _MOST_KEPT:
            kept[key] = value


class Memory:
    """One for each engine, shared by its threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state: State | None = None

    def state(self, database: sqlite3.Connection, file: Path) -> State:
        """The state that this connection's transaction sees."""
        [generation] = database.execute("SELECT value FROM generation").fetchone()
        with self._lock:
            known = self._state
            if known is not None and (known.file, known.generation) == (file, generation):
                return known
        state = _read(database, file, generation)
        with self._lock:
            if known is not None and known.file == file and known.facets is not None:
                state.facets = _refreshed(database, known, state)
            if self._state is known:
                self._state = state
        return state

    def facets(self, database: sqlite3.Connection, state: State) -> Facets:
        """Facet -> value -> records; of "language" entries."""
        with self._lock:
            if state.facets is None:
                state.facets = _all_facets(database)
            return state.facets


def posting_set(posting: Posting) -> RecordSet:
    return posting if isinstance(posting, RecordSet) else RecordSet.of(posting)


def count_in(posting: Posting, chosen: RecordSet) -> int:
    return len(posting & chosen) if isinstance(posting, RecordSet) else len(chosen.among(posting))


def _read(database: sqlite3.Connection, file: Path, generation: int) -> State:
    readers = database.execute(
        "SELECT audiences, expiry, json_group_array(id) FROM entry WHERE restricted GROUP BY audiences, expiry"
    )
    return State(
        file,
        generation,
        RecordSet.selected(database, "id FROM record"),
        RecordSet.selected(database, "id FROM entry"),
        dict(database.execute("SELECT id, record FROM entry WHERE id != record")),
        [(frozenset(json.loads(who)), expiry, tuple(json.loads(ids))) for who, expiry, ids in readers],
        dict(database.execute("SELECT id, generation FROM chunk")),
    )


def _all_facets(database: sqlite3.Connection) -> Facets:
    rows = database.execute("SELECT name, value, json_group_array(number) FROM facet GROUP BY name, value")
    return _posted((name, value, json.loads(numbers)) for name, value, numbers in rows)


def _posted(rows: Iterable[tuple[str, str, list[int]]]) -> Facets:
    facets: Facets = {}
    for name, value, numbers in rows:
        facets.setdefault(name, {})[value] = _posting(numbers)
    return facets


def _posting(numbers: list[int]) -> Posting:
    return tuple(numbers) if len(numbers) < max(numbers, default=0) * _SPARSE_SHARE else RecordSet.of(numbers)


def _refreshed(database: sqlite3.Connection, before: State, now: State) -> Facets:
    """The facets of the state before, with those of the changed chunks read again."""
    changed = [chunk for chunk, generation in now.chunks.items() if before.chunks.get(chunk) != generation]
    if len(changed) > _CHUNKS_AT_ONCE or before.facets is None:
        return _all_facets(database)
    facets: Facets = {name: dict(values) for name, values in before.facets.items()}
    for chunk in changed:
        _replace_chunk(database, facets, chunk)
    return facets


def _replace_chunk(database: sqlite3.Connection, facets: Facets, chunk: int) -> None:
    first = chunk << CHUNK_BITS
    last = first + (1 << CHUNK_BITS) - 1
    rows = database.execute(
        "SELECT name, value, json_group_array(number) FROM facet WHERE number BETWEEN ? AND ? GROUP BY name, value",
        (first, last),
    )
    fresh: Mapping[tuple[str, str], list[int]] = {(name, value): json.loads(numbers) for name, value, numbers in rows}
    whole = RecordSet(((1 << (1 << CHUNK_BITS)) - 1) << first)
    for name, value in {*fresh, *((name, value) for name, values in facets.items() for value in values)}:
        values = facets.setdefault(name, {})
        old, new = values.get(value, ()), fresh.get((name, value), [])
        if isinstance(old, RecordSet):
            values[value] = (old - whole) | RecordSet.of(new)
        else:
            values[value] = _posting([number for number in old if not first <= number <= last] + new)
