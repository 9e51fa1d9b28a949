"""Search hits with what is stored of their records: for anonymous readers, in two queries."""

from __future__ import annotations

from collections.abc import Iterable

from huunghi.partners.access import ANONYMOUS, Reader

from ..answers import FoundRecord, StoredFacts
from ..engines.base import Hit
from . import reading
from .reading import State


def with_stored_facts(hits: Iterable[Hit], reader: Reader, state: State | None) -> list[FoundRecord]:
    """Like `service.with_pages`, whose pages stand in where no card is of the present."""
    from ..service import record_of, with_pages

    hits = list(hits)
    if state is None or reader != ANONYMOUS:
        return with_pages(hits, reader)
    facts = reading.found_facts(state, list(dict.fromkeys(hit.id for hit in hits)))
    missing = [hit for hit in hits if (hit.id, hit.language) not in facts]
    pages = {record.id: record for record in with_pages(missing, reader)}
    found = {
        hit.id: record_of(hit, StoredFacts(*facts[hit.id, hit.language]))
        if (hit.id, hit.language) in facts
        else pages.get(hit.id)
        for hit in hits
    }
    return [record for record in found.values() if record is not None]
