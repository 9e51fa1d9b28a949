"""How many records each value of a facet has."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from .base import ALL_FACETS
from .embedded_memory import Facets, count_in, posting_set
from .embedded_schema import LANGUAGE
from .embedded_scope import Scope
from .embedded_sets import RecordSet
from .names import NAME_FILTERS, NameCount

_BY_VALUE = ("year", "month")


def count_facets(
    facets: Facets, scope: Scope, strict: RecordSet, names: Iterable[str], timeline_year: int | None
) -> dict[str, list[tuple[str, int]]]:
    """Values of each facet under all filters but its own, most frequent first; years and months ascending.

    `strict` holds the records that match, whatever the filters.
    """
    counted = {}
    for name in names:
        chosen = strict & scope.under_all_but(ALL_FACETS[name])
        postings = facets.get(name, {})
        if name == LANGUAGE:
            # A page that the reader may not see is not one of a record's languages.
            counts = {code: len(scope.records(posting_set(entries)) & chosen) for code, entries in postings.items()}
        else:
            if name == "month":
                year = f"{timeline_year or 0:04}-"
                postings = {month: records for month, records in postings.items() if month.startswith(year)}
            counts = {value: count_in(records, chosen) for value, records in postings.items()}
        by_value = name in _BY_VALUE
        counted[name] = sorted(
            ((value, count) for value, count in counts.items() if count),
            key=lambda item: item[0] if by_value else (-item[1], item[0]),
        )
    return counted


def count_name(database: sqlite3.Connection, facets: Facets, scope: Scope, id_: str) -> NameCount:
    """How many visible records carry a place or an organisation; how many mention it only when none does."""
    by_filter = {
        name: count_in(facets.get(facet, {}).get(id_, ()), scope.visible) for name, facet in NAME_FILTERS.items()
    }
    if any(by_filter.values()):
        return NameCount(by_filter, 0)
    return NameCount(
        by_filter, len(scope.records(RecordSet.selected(database, "entry FROM mark WHERE id = ?", (id_,))))
    )
