"""The queries of Elasticsearch as plain values.

A search is made of some hundred of them. The client has a class for each; making and unfolding those objects took as
long as the server's own part.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Query = dict[str, Any]
MATCH_ALL: Query = {"match_all": {}}
MATCH_NONE: Query = {"match_none": {}}


def boolean(
    *,
    must: Sequence[Query] = (),
    filter: Sequence[Query] = (),  # noqa: A002  as the server calls it
    should: Sequence[Query] = (),
    must_not: Sequence[Query] = (),
    **options: Any,
) -> Query:
    parts = {"must": must, "filter": filter, "should": should, "must_not": must_not}
    return {"bool": {**{name: list(queries) for name, queries in parts.items() if queries}, **options}}


def dis_max(queries: Sequence[Query], tie_breaker: float) -> Query:
    return {"dis_max": {"queries": list(queries), "tie_breaker": tie_breaker}}


def constant_score(filter: Query, boost: float, **options: Any) -> Query:  # noqa: A002
    return {"constant_score": {"filter": filter, "boost": boost, **options}}


def term(field: str, value: object, **options: Any) -> Query:
    return {"term": {field: {"value": value, **options}}}


def terms(field: str, values: Sequence[object]) -> Query:
    return {"terms": {field: list(values)}}


def within(field: str, **limits: object) -> Query:
    return {"range": {field: limits}}


def match(field: str, text: str, boost: float, **options: Any) -> Query:
    return {"match": {field: {"query": text, "boost": round(boost, 4), **options}}}


def match_phrase(field: str, text: str, boost: float = 1.0) -> Query:
    return {"match_phrase": {field: {"query": text, "boost": boost}}}
