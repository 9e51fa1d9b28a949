"""Making an index anew in one call, for small archives and tests; `search/feeding/` does it so that it can go on."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from ..documents.document import SearchDocument
from .base import Engine, EngineError


def rebuild(engine: Engine, documents: Iterable[SearchDocument]) -> tuple[int, str | None]:
    """(number of records, name of the index that was live before and has to be dropped)."""
    before = engine.live_index()
    name = engine.new_index()
    try:
        report = engine.write(documents, into=name)
        if report.failed:
            id_, error = next(iter(report.failed.items()))
            raise EngineError(f"{engine.name} refused {len(report.failed)} documents, one of them {id_}: {error}")
        engine.publish_index(name)
    except BaseException:
        with suppress(EngineError):
            engine.drop_index(name)
        raise
    return engine.count(), before
