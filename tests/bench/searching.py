"""How long a reader waits: the API beside the same plan asked of the engine alone, query by query in turn."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from statistics import quantiles
from typing import Any

from django.test import Client
from elasticsearch import Elasticsearch

from huunghi.conf import content_languages
from huunghi.search.cards import kept
from huunghi.search.engines import embedded_engine, main_engine
from huunghi.search.engines.base import Filters, SearchRequest
from huunghi.search.engines.elastic import ElasticEngine
from huunghi.search.engines.elastic_query import searches
from huunghi.search.service import DEFAULT_FACETS, make_plan
from tests.search import relevance

from .feeding import Server
from .table import Row, at_most

QUERY_FILES = ("queries-dev.jsonl", "queries-large-dev.jsonl", "queries-large-written.jsonl")
# What finds most: these are the longest to answer.
COMMON = ("hữu nghị", "giao lưu hữu nghị", "Campuchia", "đoàn", "2019", "tỉnh", "hợp tác", "friendship", "មិត្តភាព")
YEARS = [2018, 2019]  # a filter of every fifth query
LIMIT = 20
API = "/api/v1/archive/"
MANY = 20_000  # events; beyond it another target holds
MEDIAN, LONG, LONG_OF_MANY = 20.0, 60.0, 250.0  # ms
TIMES_RAW, MORE_THAN_RAW = 1.5, 10.0  # ms

Question = tuple[str, str, list[int]]  # text, language, years


def questions(most: int) -> list[Question]:
    """Judged queries drawn evenly from all files, and the most common words."""
    judged = [query for file in QUERY_FILES for query in relevance.judged_queries(relevance.DATA / file)]
    step = max(1, len(judged) // max(most - len(COMMON), 1))
    known = content_languages()
    asked = [(query.text, query.language if query.language in known else known[0]) for query in judged[::step]]
    asked += [(text, known[0]) for text in COMMON]
    return [(text, language, YEARS if number % 5 == 0 else []) for number, (text, language) in enumerate(asked)]


def measure(server: Server | None, events: int, asked: list[Question]) -> Iterator[Row]:
    """With a server both engines, the main one of the settings being Elasticsearch; else the embedded one."""
    kept.UNQUIET = float("inf")  # every question is asked as if for the first time
    if server is None:
        yield from _rows("embedded", events, *_measure(asked, _ask_embedded))
        return
    with Elasticsearch(server.url, request_timeout=30) as client:
        yield from _rows("elasticsearch", events, *_measure(asked, _ask_server(client)))


def _measure(asked: list[Question], engine_of: Callable[[SearchRequest], Callable[[], object]]) -> tuple[Any, Any]:
    """(ms of the API, ms of the engine alone) for each question; a first round warms up."""
    client = Client()
    raw: list[float] = []
    through_api: list[float] = []
    for is_counted in (False, True):
        for number, question in enumerate(asked):
            ask_engine = engine_of(_request(*question))
            pair: list[tuple[list[float], Callable[[], object]]] = [
                (raw, ask_engine),
                (through_api, lambda question=question: _ask_api(client, *question)),
            ]
            for times, ask in pair if number % 2 else reversed(pair):
                began = time.perf_counter()
                ask()
                if is_counted:
                    times.append((time.perf_counter() - began) * 1000)
    return through_api, raw


def _ask_api(client: Client, text: str, language: str, years: list[int]) -> None:
    response = client.get(API, {"q": text, "lang": language, "year": years})
    assert response.status_code == 200, response.content
    assert not response.json()["degraded"]


def _request(text: str, language: str, years: list[int]) -> SearchRequest:
    """What the API asks of the engine for the question."""
    plan = make_plan(text, language)
    return SearchRequest(plan, Filters(years=years), language, facets=DEFAULT_FACETS, limit=LIMIT)


def _ask_embedded(request: SearchRequest) -> Callable[[], object]:
    return lambda: embedded_engine().search(request)


def _ask_server(client: Elasticsearch) -> Callable[[SearchRequest], Callable[[], object]]:
    engine = main_engine()
    assert isinstance(engine, ElasticEngine)

    def ask(request: SearchRequest) -> Callable[[], object]:
        if engine._contents.known() is None:
            engine.search(request)  # which languages the index has; a query names no others
        both = searches(request, datetime.now(UTC), engine._contents.known())
        header = {"index": engine.alias}
        lines = [line for body in (both.strict, both.ranked) for line in (header, body)]
        return lambda: client.msearch(searches=lines)

    return ask


def _rows(name: str, events: int, through_api: list[float], raw: list[float]) -> Iterator[Row]:
    api_cuts, raw_cuts = quantiles(through_api, n=20), quantiles(raw, n=20)
    size = f"{events:,} events, {len(raw)} queries"
    yield Row(f"search, {name} alone, p50", raw_cuts[9], "ms", size)
    yield Row(f"search, {name} alone, p95", raw_cuts[18], "ms", f"longest {max(raw):.0f} ms")
    if name == "embedded" and events <= MANY:
        yield at_most(f"search, {name} through the API, p50", api_cuts[9], "ms", MEDIAN)
        yield at_most(f"search, {name} through the API, p95", api_cuts[18], "ms", LONG)
    elif name == "embedded":
        yield Row(f"search, {name} through the API, p50", api_cuts[9], "ms")
        yield at_most(f"search, {name} through the API, p95", api_cuts[18], "ms", LONG_OF_MANY)
    else:
        yield Row(f"search, {name} through the API, p50", api_cuts[9], "ms")
    limit = TIMES_RAW * raw_cuts[18] + MORE_THAN_RAW
    note = f"{TIMES_RAW:g} × alone + {MORE_THAN_RAW:g} ms; longest {max(through_api):.0f} ms"
    yield at_most(f"search, {name}, p95 through the API to alone", api_cuts[18], "ms", limit, note)
