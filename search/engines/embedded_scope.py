"""Which records of the embedded index a request may find: who reads, what has expired, and the reader's filters."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from huunghi.search.engines.base import FACETS, Filters, SearchRequest
from huunghi.search.engines.embedded_schema import utc_text

_FILTERED_FACETS = {
    "types": "type",
    "partners": "partner",
    "countries": "country",
    "kinds": "kind",
    "fields": "field",
    "statuses": "status",
    "years": "year",
    "places": "place",
    "organisations": "organisation",
    "exchanges": "exchange",
}
_PERIOD = "period"


@dataclass(slots=True)
class Scope:
    """Translates rows of the text index (entries) into records, without those that the reader may not see."""

    hidden_entries: set[int] = field(default_factory=set)
    hidden_records: set[int] = field(default_factory=set)
    record_of: dict[int, int] = field(default_factory=dict)  # of entries beside a record's first
    by_filter: dict[str, set[int]] = field(default_factory=dict)  # filter -> records that pass it
    _allowed: set[int] | None = None

    def __post_init__(self) -> None:
        if self.by_filter:
            self._allowed = set.intersection(*self.by_filter.values())

    def records(self, entries: Iterable[int]) -> set[int]:
        found = set(entries)
        if not self.hidden_entries and not self.record_of:
            return found
        found -= self.hidden_entries
        extra = found & self.record_of.keys()
        return (found - extra) | {self.record_of[entry] for entry in extra}

    def record_scores(self, scores: dict[int, float]) -> dict[int, float]:
        """The best of a record's entries counts."""
        for entry in self.hidden_entries & scores.keys():
            del scores[entry]
        for entry in self.record_of.keys() & scores.keys():
            score = scores.pop(entry)
            record = self.record_of[entry]
            scores[record] = max(score, scores.get(record, score))
        return scores

    def visible(self, records: set[int]) -> set[int]:
        return records - self.hidden_records

    def permitted(self, records: set[int]) -> set[int]:
        """Those that pass all filters."""
        return records if self._allowed is None else records & self._allowed

    def permitted_scores(self, scores: dict[int, float]) -> dict[int, float]:
        if self._allowed is None:
            return scores
        return {record: scores[record] for record in scores.keys() & self._allowed}

    def permitted_but_for(self, records: set[int], filter_name: str) -> set[int]:
        """Those that pass all filters but one: what that filter's facet counts."""
        for name, passing in self.by_filter.items():
            if name != filter_name:
                records = records & passing
        return records


def scope_of(database: sqlite3.Connection, request: SearchRequest, now: datetime | None = None) -> Scope:
    """What this request may find at this moment."""
    hidden, hidden_records = _hidden(database, request.audiences, now or datetime.now(UTC))
    record_of = dict(database.execute("SELECT id, record FROM entry WHERE id != record"))
    by_filter = dict(_passing(database, request.filters, hidden))
    return Scope(hidden, hidden_records, record_of, by_filter)


def _hidden(database: sqlite3.Connection, audiences: frozenset[str], now: datetime) -> tuple[set[int], set[int]]:
    """(entries, records) that the reader may not see; a record is hidden when all its entries are."""
    candidates = "restricted AND" if "public" in audiences else ""
    rows = database.execute(
        f"SELECT id, record FROM entry WHERE {candidates} (expiry <= ? OR NOT EXISTS("
        " SELECT 1 FROM json_each(entry.audiences) own JOIN json_each(?) asked ON own.value = asked.value))",
        (utc_text(now), json.dumps(sorted(audiences))),
    ).fetchall()
    hidden_count = Counter(record for _, record in rows)
    entry_counts = database.execute(
        "SELECT record, count(*) FROM entry WHERE record IN (SELECT value FROM json_each(?)) GROUP BY record",
        (json.dumps(list(hidden_count)),),
    )
    return {entry for entry, _ in rows}, {record for record, count in entry_counts if hidden_count[record] == count}


def _passing(database: sqlite3.Connection, filters: Filters, hidden: set[int]) -> Iterator[tuple[str, set[int]]]:
    """(filter, records that pass it) for every filter that is set."""
    for name, facet in _FILTERED_FACETS.items():
        values = [str(value) for value in getattr(filters, name)]
        if values:
            marks = ",".join("?" * len(values))
            rows = database.execute(f"SELECT record FROM facet WHERE name = ? AND value IN ({marks})", (facet, *values))
            yield name, {record for (record,) in rows}
    if filters.languages:
        marks = ",".join("?" * len(filters.languages))
        rows = database.execute(f"SELECT entry, record FROM part WHERE language IN ({marks})", tuple(filters.languages))
        yield "languages", {record for entry, record in rows if entry not in hidden}
    if filters.start or filters.end:
        first = filters.start.toordinal() if filters.start else 0
        last = filters.end.toordinal() if filters.end else 10**7
        rows = database.execute("SELECT id FROM record WHERE start <= ? AND last >= ?", (last, first))
        yield _PERIOD, {record for (record,) in rows}


def count_facets(
    database: sqlite3.Connection, scope: Scope, records: set[int] | None, names: Iterable[str]
) -> dict[str, list[tuple[str, int]]]:
    """Values of each facet, most frequent first, years ascending. `records` None = every record of the index.

    Facets whose own filter is not set count the same records and are asked for together.
    """
    counted: dict[str, list[tuple[str, int]]] = {name: [] for name in names}
    together = [name for name in counted if FACETS[name] not in scope.by_filter]
    groups = [("", together)] + [(FACETS[name], [name]) for name in counted if name not in together]
    for filter_name, facets in groups:
        if not facets:
            continue
        chosen = _chosen(database, scope, records, filter_name)
        for name, values in _counts(database, scope, chosen, facets).items():
            by_name = name == "year"
            counted[name] = sorted(values.items(), key=lambda item: item[0] if by_name else (-item[1], item[0]))
    return counted


def _chosen(database: sqlite3.Connection, scope: Scope, records: set[int] | None, but_for: str) -> set[int] | None:
    """None stays None when nothing narrows it: counting all needs no list."""
    others = [name for name in scope.by_filter if name != but_for]
    if records is None:
        if not others and not scope.hidden_records:
            return None
        records = every_record(database)
    return scope.visible(scope.permitted_but_for(records, but_for))


def every_record(database: sqlite3.Connection) -> set[int]:
    return {record for (record,) in database.execute("SELECT id FROM record")}


def _counts(
    database: sqlite3.Connection, scope: Scope, records: set[int] | None, names: list[str]
) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {name: {} for name in names}
    chosen = None if records is None else json.dumps(list(records))
    stored = [name for name in names if name != "language"]
    marks = ",".join("?" * len(stored))
    if chosen is None:
        rows = database.execute(
            f"SELECT name, value, count(*) FROM facet WHERE name IN ({marks}) GROUP BY name, value", stored
        )
    else:
        rows = database.execute(
            "SELECT f.name, f.value, count(*) FROM json_each(?) chosen CROSS JOIN facet f ON f.record = chosen.value"
            f" WHERE f.name IN ({marks}) GROUP BY f.name, f.value",
            (chosen, *stored),
        )
    for name, value, count in rows:
        counts[name][value] = count
    if "language" in counts:
        counts["language"] = _language_counts(database, scope, records, chosen)
    return counts


def _language_counts(
    database: sqlite3.Connection, scope: Scope, records: set[int] | None, chosen: str | None
) -> dict[str, int]:
    """Only languages that the reader may see count."""
    if chosen is None:
        rows = database.execute("SELECT language, count(*) FROM part GROUP BY language")
    else:
        rows = database.execute(
            "SELECT p.language, count(*) FROM json_each(?) chosen CROSS JOIN part p ON p.record = chosen.value"
            " GROUP BY p.language",
            (chosen,),
        )
    counts = Counter(dict(rows))
    if scope.hidden_entries:
        hidden = database.execute(
            "SELECT p.language, p.record FROM json_each(?) hidden CROSS JOIN entry e ON e.id = hidden.value"
            " CROSS JOIN part p ON p.record = e.record AND p.entry = e.id",
            (json.dumps(list(scope.hidden_entries)),),
        )
        counts.subtract(language for language, record in hidden if records is None or record in records)
    return {language: count for language, count in counts.items() if count > 0}
