"""What Elasticsearch answered, as hits and facets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from typing import Any

from ..documents.entries import base_language
from ..highlight import Highlighter
from ..planning.plan import Plan
from ..recognition.gazetteer import Gazetteer
from ..shown import Presenter, ShownPart
from .base import Hit, SearchRequest
from .elastic_clauses import Reader
from .elastic_index import SOURCE_TEXTS
from .elastic_query import STRICT

# A filter of the facet asks for the fields of a language; readers know it by its code.
LANGUAGE_CODES = {"zh": "zh-hans"}


def facets(strict: dict[str, Any], names: Iterable[str]) -> dict[str, list[tuple[str, int]]]:
    """Values and counts, most frequent first; years ascending."""
    found = {}
    for name in names:
        buckets = strict["aggregations"][name]["values"]["buckets"]
        if isinstance(buckets, dict):  # the languages, which are filters
            counts = {LANGUAGE_CODES.get(key, key): bucket["doc_count"] for key, bucket in buckets.items()}
            found[name] = sorted(((code, count) for code, count in counts.items() if count), key=lambda pair: -pair[1])
        else:
            found[name] = [(str(bucket["key"]), bucket["doc_count"]) for bucket in buckets]
    return found


def hits(
    found: Sequence[dict[str, Any]],
    request: SearchRequest,
    languages: Sequence[str],
    gazetteer: Gazetteer,
    now: datetime,
) -> list[Hit]:
    """`languages` is the order in which a record's pages are looked at for this reader."""
    presenter = Presenter(Highlighter(request.plan if request.highlight else Plan(), gazetteer))
    made = []
    for one in found:
        source = one["_source"]
        parts = {code: _part(source, code) for code in readable_languages(source, request.audiences, now)}
        language = preferred(list(parts), languages)
        shown = presenter.show(parts[language], list(parts.values()))
        made.append(
            Hit(
                id=one["_id"],
                type=source["type"],
                language=language,
                title=shown.title,
                snippet=shown.snippet,
                match="all" if STRICT in one.get("matched_queries", ()) else "some",
                score=one["_score"] or 0.0,
                found_in=shown.found_in,
                position=tuple(one["sort"]),
                file=shown.file,
                page=shown.page,
            )
        )
    return made


def _part(source: dict[str, Any], code: str) -> ShownPart:
    """One language's texts of a record."""
    key = base_language(code)
    return ShownPart(code, **{name: source[name].get(key, "") for name in ("title", *SOURCE_TEXTS)})


def suggested(found: Sequence[dict[str, Any]], languages: Sequence[str], reader: Reader) -> list[Hit]:
    """Titles only, each in a language in which it fits what was typed."""
    shown = []
    for one in found:
        source = one["_source"]
        readable = readable_languages(source, reader.audiences, reader.now)
        fitting = [code for code in readable if base_language(code) in one.get("matched_queries", ())]
        language = preferred(fitting or readable, languages)
        title = escape(source["title"][base_language(language)])
        shown.append(Hit(one["_id"], source["type"], language, title, "", "all", one["_score"] or 0.0, "title"))
    return shown


def readable_languages(source: dict[str, Any], audiences: frozenset[str], now: datetime) -> list[str]:
    """Codes of the record's pages that these readers may read at this moment."""
    readable = []
    for code in source["langs"]:
        key = base_language(code)
        allowed = not audiences.isdisjoint(source["audiences"].get(key, ()))
        if allowed and datetime.fromisoformat(source["expiry"][key]) > now:
            readable.append(code)
    return readable


def preferred(codes: Sequence[str], order: Sequence[str]) -> str:
    """The first of `codes` in `order`; whatever there is when none is in it."""
    rank = {base_language(code): place for place, code in enumerate(order)}
    return min(codes, key=lambda code: rank.get(base_language(code), len(rank)))
