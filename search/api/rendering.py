"""The answer of a search as JSON. Items that come from cards are put in as they are stored."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson

from huunghi.partners.api import schemas as shared
from huunghi.partners.api.schemas import Absolute

from ..answers import ArchiveAnswer, FoundRecord, StoredFacts
from .schemas import archive_items, archive_result


def archive_content(answer: ArchiveAnswer, absolute: Absolute) -> bytes:
    """An `ArchiveResult`. Addresses of stored items begin with a mark: see `cards.reading.with_addresses`."""
    content = archive_result(replace(answer, items=[]), absolute).model_dump(mode="json")
    content["items"] = items_content(answer.items, answer.language, absolute)
    return orjson.dumps(content)


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
