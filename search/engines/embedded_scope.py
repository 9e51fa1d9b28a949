"""Which records of the embedded index a request may find: who reads, what has expired, and the reader's filters."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from huunghi.events.ranges import EARTH_RADIUS, distance

from ..documents.moments import utc_text
from .base import Filters, SearchRequest
from .embedded_memory import Facets, State, posting_set
from .embedded_schema import LANGUAGE
from .embedded_sets import EMPTY, RecordSet

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
    "units": "unit",
}


@dataclass(slots=True)
class Scope:
    """Translates rows of the text index (entries) into records, without those that the reader may not see."""

    state: State
    hidden_entries: RecordSet = EMPTY
    visible: RecordSet = EMPTY
    by_filter: dict[str, RecordSet] = field(default_factory=dict)  # filter -> records that pass it
    allowed: RecordSet = EMPTY  # visible, and under all filters

    def records(self, entries: RecordSet) -> RecordSet:
        """Visible records with one of these entries, whatever the filters."""
        found = entries - self.hidden_entries
        beside = found & self.state.beside
        if beside:
            found = (found - beside) | RecordSet.of(self.state.record_of[entry] for entry in beside)
        return found & self.visible

    def record_scores(self, scores: dict[int, float]) -> dict[int, float]:
        """Of records under the filters; the best of a record's entries counts."""
        for entry in self.hidden_entries.among(scores):
            del scores[entry]
        for entry in self.state.beside.among(scores):
            score = scores.pop(entry)
            record = self.state.record_of[entry]
            scores[record] = max(score, scores.get(record, score))
        allowed = self.allowed.among(scores)
        return scores if len(allowed) == len(scores) else {record: scores[record] for record in allowed}

    def under_all_but(self, filter_name: str) -> RecordSet:
        """Visible records that pass all filters but one: what that filter's facet counts."""
        passing = self.visible
        for name, records in self.by_filter.items():
            if name != filter_name:
                passing = passing & records
        return passing


def scope_of(
    database: sqlite3.Connection, state: State, facets: Facets, request: SearchRequest, now: datetime | None = None
) -> Scope:
    """What this request may find at this moment. `facets` may be empty when no filter is set."""
    hidden = _hidden(state, request.audiences, now or datetime.now(UTC))
    visible = state.everything
    if hidden:
        seen = Scope(state, hidden, visible)
        visible = seen.records(state.entries)
    if request.exclude:
        rows = database.execute(
            "SELECT r.id FROM json_each(?) left_out CROSS JOIN record r ON r.key = left_out.value",
            (json.dumps(list(request.exclude)),),
        )
        visible = visible - RecordSet.of(number for (number,) in rows)
    scope = Scope(state, hidden, visible)
    scope.by_filter = dict(_passing(database, scope, facets, request.filters))
    scope.allowed = scope.under_all_but("")
    return scope


def _hidden(state: State, audiences: frozenset[str], now: datetime) -> RecordSet:
    """Entries that the reader may not see."""
    moment = utc_text(now)
    hidden: list[int] = []
    restricted: list[int] = []
    for readers, expiry, entries in state.readers:
        restricted += entries
        if readers.isdisjoint(audiences) or (expiry is not None and expiry <= moment):
            hidden += entries
    if "public" in audiences:
        return RecordSet.of(hidden)
    return RecordSet.of(hidden) | (state.entries - RecordSet.of(restricted))


def _passing(
    database: sqlite3.Connection, scope: Scope, facets: Facets, filters: Filters
) -> Iterator[tuple[str, RecordSet]]:
    """(filter, records that pass it) for every filter that is set."""
    for name, facet in _FILTERED_FACETS.items():
        if values := getattr(filters, name):
            yield name, _any_of(facets.get(facet, {}), values)
    if filters.languages:
        yield "languages", scope.records(_any_of(facets.get(LANGUAGE, {}), filters.languages))
    if filters.start or filters.end:
        yield "period", _touching(database, filters.start, filters.end)
    if filters.periods:
        passing = scope.visible
        for alternatives in filters.periods:
            touching = (_touching(database, first, last) for first, last in alternatives)
            passing = passing & _union(touching)
        yield "periods", passing
    if filters.quantities:
        passing = scope.visible
        for quantity in filters.quantities:
            passing = passing & _measured(database, *quantity)
        yield "quantities", passing
    if filters.any_quantity:
        yield "any_quantity", _union(_measured(database, *quantity) for quantity in filters.any_quantity)
    if filters.ids is not None:
        rows = database.execute(
            "SELECT r.id FROM json_each(?) wanted JOIN record r ON r.key = wanted.value",
            (json.dumps(list(filters.ids)),),
        )
        yield "ids", RecordSet.of(number for (number,) in rows)
    if filters.near:
        yield "near", RecordSet.of(_near(database, *filters.near))


def _touching(database: sqlite3.Connection, first: date | None, last: date | None) -> RecordSet:
    """Records whose days touch the days from the first to the last; an open side has no limit."""
    limits = (last.toordinal() if last else 10**7, first.toordinal() if first else 0)
    return RecordSet.selected(database, "id FROM record WHERE start <= ? AND last >= ?", limits)


def _measured(database: sqlite3.Connection, unit: str, least: float, most: float | None) -> RecordSet:
    """Records whose largest figure of a unit of measure lies between two numbers."""
    limits = (unit, least, math.inf if most is None else most)
    return RecordSet.selected(database, "record FROM quantity WHERE unit = ? AND value >= ? AND value <= ?", limits)


def _union(sets: Iterable[RecordSet]) -> RecordSet:
    together = EMPTY
    for records in sets:
        together = together | records
    return together


def _any_of(postings: dict, values: Iterable[object]) -> RecordSet:
    return _union(posting_set(postings.get(str(value), ())) for value in values)


def _near(database: sqlite3.Connection, latitude: float, longitude: float, kilometres: float) -> Iterator[int]:
    """Records with a place within the distance."""
    reach = math.degrees(kilometres / EARTH_RADIUS)
    rows = database.execute(
        "SELECT latitude, longitude, record FROM location WHERE latitude BETWEEN ? AND ?",
        (latitude - reach, latitude + reach),
    )
    centre = (latitude, longitude)
    return (record for north, east, record in rows if distance(centre, (north, east)) <= kilometres)
