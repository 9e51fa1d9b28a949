"""Bringing the indices up to the database.

A change writes a `PendingChange` in its own transaction; after the commit the record's present state goes to every
engine, and the row is removed when all of them have it. No engine is called inside a writing transaction.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import local
from time import time
from typing import Any

from django.db import transaction
from django.db.models import F
from wagtail.models import Page

from huunghi.conf import get_search_settings

from .engines.base import Engine, EngineError
from .extraction import PAGE_TYPES, all_documents, documents, type_of
from .models import Counter, PendingChange

logger = logging.getLogger("huunghi.search")

VERSION_COUNTER = "index"
HOLD_COUNTER = "feeding held until"
HOLD_SECONDS = 60
BATCH = 200
_state = local()


def record_changed(type_: str, key: str) -> None:
    """Note that a record changed; its present state is fed after the commit."""
    version = Counter.next(VERSION_COUNTER)
    PendingChange.objects.update_or_create(
        type=type_, key=key, defaults={"version": version, "attempts": 0, "last_error": ""}
    )
    if not getattr(_state, "deferred", False):
        transaction.on_commit(feed_pending, robust=True)


def page_changed(page: Page) -> None:
    """Like `record_changed`, for a page; pages that are not searched are ignored."""
    if type_ := type_of(page):
        record_changed(type_, str(page.translation_key))


def subtree_changed(root: Page) -> None:
    """A page and everything below it: after a move, or when a view restriction came or went."""
    for type_, model in PAGE_TYPES.items():
        pages = model.objects.filter(path__startswith=root.path)
        for key in pages.order_by().values_list("translation_key", flat=True).distinct():
            record_changed(type_, str(key))


@contextmanager
def deferred_feeding() -> Iterator[None]:
    """Within the block changes are only noted; all of them are fed together at its end. For imports."""
    outer = getattr(_state, "deferred", False)
    _state.deferred = True
    try:
        yield
    finally:
        _state.deferred = outer
    if not outer:
        feed_pending()


def feed_pending(progress: Callable[[int], None] | None = None) -> int:
    """Feed what is pending, in batches; returns how many records reached every engine.

    A record that an engine refused stays pending with the error; it does not stop the others.
    """
    from .engines import configured_engines, embedded_engine

    if feeding_is_held():
        return 0
    if not get_search_settings().path.exists():
        rebuild(embedded_engine())  # a new site, or a host that starts without a file: it holds all changes then
    fed, last = 0, 0
    while rows := list(PendingChange.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = rows[-1].pk
        failed = _feed_rows(rows, configured_engines())
        for row in rows:
            if error := failed.get(row.pk):
                PendingChange.objects.filter(pk=row.pk).update(attempts=F("attempts") + 1, last_error=error)
            else:
                # Only the version that was fed: a newer change of the record keeps its row.
                fed += PendingChange.objects.filter(pk=row.pk, version=row.version).delete()[0]
        if progress:
            progress(len(rows))
    return fed


def _feed_rows(rows: list[PendingChange], engines: Iterable[Engine]) -> dict[int, str]:
    """Write or delete the rows' records in every engine; returns the error of each row that an engine refused."""
    by_type: dict[str, list[PendingChange]] = defaultdict(list)
    for row in rows:
        by_type[row.type].append(row)
    failed: dict[int, str] = {}
    for type_, members in by_type.items():
        versions = {document_id(type_, row.key): row.version for row in members}
        present = list(documents(type_, [row.key for row in members]))
        for document in present:
            document.version = versions[document.id]
        gone = versions.keys() - {document.id for document in present}
        for engine in engines:
            try:
                engine.write(present)
                for id_ in gone:
                    engine.delete([id_], versions[id_])
            except EngineError as error:
                logger.warning("%s did not take %d changes: %s", engine.name, len(members), error)
                failed |= {row.pk: f"{engine.name}: {error}"[:1000] for row in members}
    return failed


def document_id(type_: str, key: str) -> str:
    """Id of a record's search document."""
    return f"publication-{key}" if type_ == "publication" else key


def rebuild(engine: Engine, progress: Callable[[Any], Any] = iter) -> int:
    """Make an engine's index anew from the database; `progress` wraps the stream of documents. Returns the number.

    Changes made meanwhile stay pending and are fed to the new index when it is in place: none is lost with the old one.
    """
    version = Counter.next(VERSION_COUNTER)

    def stream() -> Iterator[Any]:
        for position, document in enumerate(progress(all_documents())):
            if position % BATCH == 0:
                _hold_feeding()
            document.version = version
            yield document

    _hold_feeding()
    try:
        count = engine.rebuild(stream())
    finally:
        _hold_feeding(until=0)
    feed_pending()
    return count


def _hold_feeding(until: int | None = None) -> None:
    """Keep changes pending for a while; a rebuild that was killed holds them no longer than a minute."""
    Counter.objects.update_or_create(
        name=HOLD_COUNTER, defaults={"value": int(time()) + HOLD_SECONDS if until is None else until}
    )


def feeding_is_held() -> bool:
    return Counter.current(HOLD_COUNTER) > time()
