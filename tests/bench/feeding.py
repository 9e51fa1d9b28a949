"""How fast an index is made anew: ours on both engines, Wagtail's own, and what the server takes at most."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from statistics import median
from typing import Any

from django.db import connection
from elasticsearch import Elasticsearch, helpers

from huunghi.search.documents.extraction import all_keys, count_all, documents
from huunghi.search.engines import embedded_engine, main_engine
from huunghi.search.engines.elastic_archive import ElasticArchive
from huunghi.search.engines.elastic_index import source_of
from huunghi.search.engines.elastic_writing import CHUNK, THREADS
from huunghi.search.feeding import rebuilding
from huunghi.search.recognition.knowledge import current_gazetteer

from . import stock
from .measure import Spent, in_turn, peak_memory, ratio
from .table import Row, at_least, at_most

Work = Callable[[], object]
MOST_PREPARED = 10_000  # documents that are kept in memory to be sent
STOCK_PREFIX = "huunghi-bench-stock"
SERVER_RATIO, STOCK_RATIO, STOCK_DATABASE_RATIO = 0.7, 5.0, 3.0
FLAT = 1.2  # times the memory for ten times the events
ENOUGH = 10_000  # events; with fewer the caches of the database, which have a fixed size, are still filling


@dataclass
class Server:
    """The Elasticsearch of the bench. `leader`: its process group, when the bench started it."""

    url: str
    leader: int = 0


@dataclass
class Stage:
    """What was measured at one number of events."""

    events: int
    spent: dict[str, list[Spent]] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)
    prepared: int = 0


def rebuild(name: str) -> None:
    engine = embedded_engine() if name == "embedded" else main_engine()
    rebuilding.rebuild(engine)


def measure(server: Server | None, rounds: int, *, whole_content: bool) -> Stage:
    """Rebuild every index `rounds` times in turn with Wagtail's; the memory is that of a round before.

    With `whole_content` Wagtail indexes what we do, which takes it long; without, also the raw server is measured.
    """
    stage = Stage(count_all())
    engines = ["embedded", *(["elasticsearch"] if server else [])]
    for name in engines:
        stage.memory[name] = peak_memory(partial(rebuild, name))
    works: dict[str, Work] = {"embedded": partial(rebuild, "embedded")}
    works["stock database"] = partial(_stock, None, whole_content)
    if server:
        if not whole_content:
            sources = _prepared()
            stage.prepared = len(sources)
            works["raw"] = partial(_send, server, sources)
        works["elasticsearch"] = partial(rebuild, "elasticsearch")
        works["stock elasticsearch"] = partial(_stock, server, whole_content)
    try:
        stage.spent = in_turn(works, rounds, server.leader if server else 0)
    finally:
        if server:
            forget(server, STOCK_PREFIX)
    return stage


def _stock(server: Server | None, whole_content: bool) -> None:
    url = server.url if server else ""
    if whole_content:
        with stock.whole_content():
            stock.update_index(url, STOCK_PREFIX)
    else:
        stock.update_index(url, STOCK_PREFIX)


def _prepared() -> list[dict[str, Any]]:
    gazetteer = current_gazetteer()
    return [source_of(document, gazetteer) for document in documents("event", islice(all_keys("event"), MOST_PREPARED))]


def _send(server: Server, sources: list[dict[str, Any]]) -> None:
    """What the server takes when the documents are ready: the library's own bulk, with as many threads as ours."""
    engine = main_engine()
    assert isinstance(engine, ElasticArchive)
    index = engine.new_index()
    with Elasticsearch(server.url, request_timeout=60) as client:
        actions = ({"_index": index, "_id": source["id"], "_source": source} for source in sources)
        for succeeded, _ in helpers.parallel_bulk(client, actions, thread_count=THREADS, chunk_size=CHUNK):
            assert succeeded
        client.indices.refresh(index=index)
    engine.drop_index(index)


def forget(server: Server, prefix: str) -> None:
    """Delete what was measured: the server may be somebody's own."""
    with Elasticsearch(server.url) as client:
        names = list(client.indices.get(index=f"{prefix}*", expand_wildcards="all"))
        if names:
            client.indices.delete(index=",".join(names), ignore_unavailable=True)


def rows(small: Stage, large: Stage) -> Iterator[Row]:
    database = connection.vendor
    yield _speed("rebuild, embedded", large, "embedded")
    yield _speed(f"update_index, {database} backend, title and text only", large, "stock database")
    yield _times("rebuild, embedded, to update_index of title and text only", large, "embedded", "stock database")
    yield _speed("rebuild, embedded, fewer events", small, "embedded")
    yield _speed(f"update_index, {database} backend, the same content", small, "stock database")
    yield _times(
        "rebuild, embedded, to update_index of the same content",
        *(small, "embedded", "stock database", STOCK_DATABASE_RATIO),
    )
    if "raw" in large.spent:
        yield from _server_rows(small, large)
    for name, before in small.memory.items():
        growth = large.memory[name] / before
        note = f"{before:.0f} MB at {small.events:,} records, {large.memory[name]:.0f} MB at {large.events:,}"
        if small.events < ENOUGH:
            yield Row(f"memory of a rebuild, {name}", growth, "×", f"{note}; caches still filling")
        else:
            yield at_most(f"memory of a rebuild, {name}", growth, "×", FLAT, note)


def _server_rows(small: Stage, large: Stage) -> Iterator[Row]:
    raw = [Spent(*(part * large.events / large.prepared for part in _parts(spent))) for spent in large.spent["raw"]]
    large.spent["raw, all"] = raw
    yield _speed("rebuild, elasticsearch", large, "elasticsearch")
    yield _speed("raw bulk of the prepared documents", large, "raw, all")
    yield _times("rebuild, elasticsearch, to raw bulk", large, "elasticsearch", "raw, all", SERVER_RATIO)
    yield _speed("update_index, elasticsearch8 backend, title and text only", large, "stock elasticsearch")
    yield _times(
        "rebuild, elasticsearch, to update_index of title and text only",
        *(large, "elasticsearch", "stock elasticsearch"),
    )
    yield _speed("rebuild, elasticsearch, fewer events", small, "elasticsearch")
    yield _speed("update_index, elasticsearch8 backend, the same content", small, "stock elasticsearch")
    yield _times(
        "rebuild, elasticsearch, to update_index of the same content",
        *(small, "elasticsearch", "stock elasticsearch", STOCK_RATIO),
    )


def _parts(spent: Spent) -> tuple[float, float, float]:
    return spent.wall, spent.cpu, spent.server


def _speed(name: str, stage: Stage, work: str) -> Row:
    spent = stage.spent[work]
    wall, cpu, server = (median(_parts(one)[part] for one in spent) * 1000 / stage.events for part in range(3))
    note = f"{stage.events:,} records; processor {cpu:.2f} ms each" + (f" + server {server:.2f} ms" if server else "")
    return Row(name, 1000 / wall, "records/s", note)


def _times(name: str, stage: Stage, own: str, other: str, limit: float = 0.0) -> Row:
    value = ratio(stage.spent[own], stage.spent[other])
    by_processor = median(
        sum(_parts(two)[1:]) / max(sum(_parts(one)[1:]), 0.001)
        for one, two in zip(stage.spent[own], stage.spent[other], strict=True)
    )
    note = f"by processor time {by_processor:.2f} ×"
    return at_least(name, value, "×", limit, note) if limit else Row(name, value, "×", note)
