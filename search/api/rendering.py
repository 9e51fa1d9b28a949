"""The answer of a search as JSON. Items that come from cards are put in as they are stored.

Made of plain values: a schema object for each of some hundred facet values took a fifth of the time of an answer. A
test holds it against the schemas that describe it.
"""

from __future__ import annotations

from typing import Any

import orjson

from huunghi.partners.api import schemas as shared
from huunghi.partners.api.schemas import Absolute

from ..answers import ArchiveAnswer, FacetValue, FoundRecord, StoredFacts
from .schemas import ORGANISATION, archive_items


def archive_content(answer: ArchiveAnswer, absolute: Absolute) -> bytes:
    """An `ArchiveResult`. Addresses of stored items begin with a mark: see `cards.reading.with_addresses`."""
    content = {
        "query": answer.query,
        "lang": answer.language,
        "engine": answer.engine,
        "degraded": answer.degraded,
        "level": answer.level,
        "also_searched": answer.also_searched,
        "did_you_mean": answer.did_you_mean or None,
        "not_found": answer.not_found,
        "truncated": answer.truncated,
        "count": answer.count,
        "has_weaker": answer.has_weaker,
        "items": items_content(answer.items, answer.language, absolute),
        "facets": {name: [_facet_count(each) for each in values] for name, values in answer.facets.items()},
        "timeline": timeline(answer),
        "next": answer.next or None,
    }
    return orjson.dumps(content)


def timeline(answer: ArchiveAnswer) -> list[dict[str, Any]]:
    """`YearCount`s."""
    year_shown = answer.timeline_year
    months = [{"month": f"{year_shown or 0:04}-{month:02}", "count": count} for month, count in answer.months]
    return [
        {"year": year, "count": count, "months": months if year == year_shown else None}
        for year, count in answer.timeline
    ]


def _facet_count(value: FacetValue) -> dict[str, Any]:
    return {
        "value": value.value.removeprefix(ORGANISATION),
        "label": value.label,
        "count": value.count,
        "selected": value.selected,
    }


def items_content(records: list[FoundRecord], language: str, absolute: Absolute) -> list[dict[str, Any]]:
    """`ArchiveItem`s in the order of the records."""
    pages = [record for record in records if not isinstance(record.page, StoredFacts)]
    of_pages = {item.id: item.model_dump(mode="json") for item in archive_items(pages, language, absolute)}
    return [
        _stored_item(record, language) if isinstance(record.page, StoredFacts) else of_pages[record.id]
        for record in records
    ]


def _stored_item(record: FoundRecord, language: str) -> dict[str, Any]:
    stored = record.page
    return {
        **stored.served,
        **shared.asked(record.language, language),
        **stored.facts,
        "id": record.id,
        "type": record.type,
        "title_html": record.title,
        "snippet": record.snippet,
        "match": record.match,
        "found_in": record.found_in,
        "file": record.file,
        "page": record.file_page or None,
        "score": record.score,
    }
