"""What Elasticsearch answered, as hits and facets."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.html import escape

from .base import Hit, SearchRequest
from .elastic_index import SOURCE_TEXTS, base_language
from .elastic_query import STRICT


def facets(strict: dict[str, Any], names: Iterable[str]) -> dict[str, list[tuple[str, int]]]:
    """Values and counts, most frequent first; years ascending."""
    found = {}
    for name in names:
        buckets = strict["aggregations"][name]["values"]["buckets"]
        if isinstance(buckets, dict):  # the languages, which are filters
            counts = [(value, bucket["doc_count"]) for value, bucket in buckets.items() if bucket["doc_count"]]
            found[name] = sorted(counts, key=lambda pair: -pair[1])
        else:
            found[name] = [(str(bucket["key"]), bucket["doc_count"]) for bucket in buckets]
    return found


def hits(found: list[dict[str, Any]], request: SearchRequest, languages: list[str], now: datetime) -> list[Hit]:
    """`languages` is the order in which a record's pages are looked at for this reader."""
    return [_hit(one, request, languages, now) for one in found]


def _hit(found: dict[str, Any], request: SearchRequest, languages: list[str], now: datetime) -> Hit:
    source = found["_source"]
    language = shown_language(source, request.audiences, languages, now)
    texts = {name: source[name].get(base_language(language), "") for name in ("title", *SOURCE_TEXTS)}
    return Hit(
        id=found["_id"],
        type=source["type"],
        language=language,
        title=escape(texts["title"]),
        snippet=escape(texts["summary"]),
        match="all" if STRICT in found.get("matched_queries", ()) else "some",
        score=found["_score"] or 0.0,
        position=tuple(found["sort"]),
    )


def shown_language(source: dict[str, Any], audiences: frozenset[str], languages: list[str], now: datetime) -> str:
    """The first language in the reader's order whose page exists and may be read."""

    def may_read(code: str) -> bool:
        key = base_language(code)
        allowed = source["audiences"].get(key, ())
        return not audiences.isdisjoint(allowed) and datetime.fromisoformat(source["expiry"][key]) > now

    readable = [code for code in source["langs"] if may_read(code)]
    rank = {base_language(code): place for place, code in enumerate(languages)}
    return min(readable, key=lambda code: rank.get(base_language(code), len(rank)))


def suggested(found: list[dict[str, Any]], languages: list[str], now: datetime) -> list[Hit]:
    """Titles only."""
    return []
