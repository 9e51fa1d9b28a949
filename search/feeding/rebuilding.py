"""Making an index anew beside the live one, so that readers notice nothing and a kill costs a few seconds.

The new index is registered first: every change from then on is kept for it, too. Then all records are written, in the
order of their keys, and the last key is noted as it goes. What changed meanwhile is fed, the numbers are compared, and
the new index takes the old one's place in one step.
"""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from ..documents.document import SearchDocument
from ..documents.extraction import TYPES, count_all
from ..documents.present import Present, Record, TreeMovedError, document_id, keys_of, read_present, record_id
from ..engines.base import Engine, EngineError
from ..models import Counter, IndexTarget
from ..recognition import knowledge
from . import outbox, targets, verifying
from .worker import VERSION_COUNTER, feed_target

logger = logging.getLogger("huunghi.search")

BATCH = 2000  # records between two notes of the position; what a kill costs
PIECE = 400  # records that are read at once
LEASE = timedelta(seconds=45)  # renewed all the while; what was killed is taken over after it
MOST_REFUSED = 0.01  # of all documents; more than that is not the documents' fault
FEW = 10
MOST_ROUNDS = 20  # of catching up with changes that come all the while
READ_AGAIN = 5
FEED_EVERY = 2.0  # seconds


class RebuildRunningError(Exception):
    """Another process is building this index."""


class RebuildFailedError(Exception):
    """The new index is not what the database has; the one before stays in use."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild came to: documents in the index, and records looked at, hidden ones included.

    `resumed_at` is the number of records that a killed rebuild had looked at before.
    """

    count: int
    read: int
    resumed_at: int


def rebuild(
    engine: Engine,
    progress: Callable[[Iterable[Any], int, int], Iterator[Any]] | None = None,
    say: Callable[[str], None] = logger.info,
) -> Rebuilt:
    """Build and publish a new index, or finish one that a killed process began.

    `progress(records, total, done)` may wrap the stream of records. Raises RebuildRunningError, RebuildFailedError, and
    EngineError when the engine is not available; in each case the index before stays in use.
    """
    target, lease = begin(engine)
    resumed_at = target.done
    if resumed_at:
        say(f"{engine.name}: a rebuild was interrupted after {resumed_at} of {target.total} records; it goes on there.")
    try:
        with _little_garbage_collection():
            fill(engine, target, lease, progress)
        catch_up(engine, target, lease)
        check(engine, target, lease)
        count = engine.count(target.index)
        engine.publish_index(target.index)
        targets.switch_to(target)
    finally:
        IndexTarget.objects.filter(pk=target.pk, lease=lease).update(lease="", leased_until=None)
    targets.drop_leftovers(engine)
    return Rebuilt(count, target.done, resumed_at)


def begin(engine: Engine) -> tuple[IndexTarget, str]:
    """Take over what a killed rebuild left, or begin a new index; either way nobody else works on it."""
    lease = outbox.new_lease()
    engine.repair_alias()  # an engine that does not answer must not look like one without the index
    building = IndexTarget.State.BUILDING
    target = IndexTarget.objects.filter(engine=engine.name, host=targets.host_of(engine.name), state=building).first()
    if target is not None:
        if not _take(target, lease):
            share = f", {target.done} of {target.total} records are done" if target.total else ""
            raise RebuildRunningError(f"{engine.name}: a rebuild is running already{share}.")
        if _is_usable(engine, target):
            return target, lease
        targets.give_up(target)
        engine.drop_index(target.index)
    index = engine.new_index()
    try:
        target = targets.register(engine, index, lease, LEASE)
    except IntegrityError as error:
        engine.drop_index(index)
        raise RebuildRunningError(f"{engine.name}: a rebuild is running already.") from error
    target.total = count_all()
    target.save(update_fields=["total"])
    return target, lease


def _take(target: IndexTarget, lease: str) -> bool:
    now = timezone.now()
    free = IndexTarget.objects.filter(pk=target.pk).exclude(leased_until__range=(now, now + 2 * LEASE))
    return bool(free.update(lease=lease, leased_until=now + LEASE))


def _is_usable(engine: Engine, target: IndexTarget) -> bool:
    try:
        engine.count(target.index)
    except EngineError:
        return False
    return engine.is_current(target.index)


@contextmanager
def _little_garbage_collection() -> Iterator[None]:
    """Records make many objects and no cycles: a quarter of the time went into searching all of the site for some."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def fill(engine: Engine, target: IndexTarget, lease: str, progress: Any = None) -> None:
    """Write all records behind the target's position."""
    if target.filled_at:
        return
    if not target.done:
        targets.wait_for_writers()  # the process that registered it may have been killed while it waited
    records: Iterator[Record] = iter(_records_from(target.done_type, target.done_key))
    if progress:
        records = progress(records, target.total, target.done)
    while batch := list(islice(records, BATCH)):
        stream = _Stream(engine, batch, renew=partial(_note, target, lease, {}))
        stream.write_into(target.index)
        target.written += stream.count
        target.done += len(batch)
        target.done_type, target.done_key = batch[-1]
        _note(target, lease, stream.failed)
    target.filled_at = timezone.now()
    _note(target, lease, {})


class _Stream:
    """Records on their way into the index: some are read while the engine writes those before."""

    def __init__(self, engine: Engine, records: list[Record], renew: Callable[[], None]) -> None:
        self._engine = engine
        self._records = records
        self._renew = renew  # the lease, while the engine still writes
        self._gone: dict[str, int] = {}  # id of a document that nobody may read -> version
        self._fed = time.monotonic()
        self.count = 0  # of documents
        self.failed: dict[Record, str] = {}

    def write_into(self, index: str) -> None:
        # What is named anew from now on is fed once more: every change is kept for this index.
        knowledge.look_again()
        errors = self._engine.write(self._documents(), into=index).failed
        if self._gone:
            errors = errors | self._engine.delete(self._gone, into=index).failed
        by_record = {record_id(id_): error for id_, error in errors.items()}
        for record in self._records:
            if (id_ := document_id(*record)) in by_record:
                self.failed[record] = by_record[id_]

    def _documents(self) -> Iterator[SearchDocument]:
        rest = iter(self._records)
        while piece := list(islice(rest, PIECE)):
            self._renew()
            self._feed_live()
            version = Counter.next(VERSION_COUNTER)  # before reading: see `outbox`
            present = _read(piece, self._engine)
            self.failed |= present.failed
            self._gone |= dict.fromkeys(present.gone, version)
            self.count += len(present.documents)
            for document in present.documents:
                document.version = version
                yield document

    def _feed_live(self) -> None:
        """Where one process does everything, readers' index must not stand still while the new one is built."""
        if time.monotonic() - self._fed <= FEED_EVERY:
            return
        for target in targets.targets_of(self._engine):
            if target.state == IndexTarget.State.LIVE:
                feed_target(self._engine, target)
        self._fed = time.monotonic()


def _records_from(type_: str, key: str) -> Iterator[Record]:
    rest = TYPES[TYPES.index(type_) :] if type_ else TYPES
    for name in rest:
        yield from ((name, found) for found in keys_of(name, key if name == type_ else ""))


def _read(batch: list[Record], engine: Engine) -> Present:
    for attempt in range(READ_AGAIN):
        try:
            return read_present(batch, engine.documents)
        except TreeMovedError:
            time.sleep(attempt)
    raise RebuildFailedError("Pages are moved all the while; rebuild when that is over.")


def _note(target: IndexTarget, lease: str, failed: dict[Record, str]) -> None:
    """Keep the position, and what was refused as rows to be tried again. The lease must still be ours."""
    with transaction.atomic():
        still_ours = IndexTarget.objects.filter(pk=target.pk, lease=lease)
        changed = still_ours.update(
            leased_until=timezone.now() + LEASE,
            seen_at=timezone.now(),
            done=target.done,
            done_type=target.done_type,
            done_key=target.done_key,
            written=target.written,
            filled_at=target.filled_at,
        )
        if not changed:
            raise RebuildRunningError(f"{target}: another process has taken over.")
        outbox.file_records(failed, only=target)
    for record, error in failed.items():
        logger.warning("%s: %s %s could not be written: %s", target, *record, error)


def catch_up(engine: Engine, target: IndexTarget, lease: str) -> None:
    """Feed what changed while the index was filled, until nothing is due or only what comes this moment."""
    for _ in range(MOST_ROUNDS):
        fed = feed_target(engine, target, lambda count: _note(target, lease, {}))
        _note(target, lease, {})
        if targets.is_paused(target):
            raise EngineError(target.last_error)
        if not fed:
            return


def check(engine: Engine, target: IndexTarget, lease: str) -> None:
    """Compare the new index with the database; RebuildFailedError says how they differ.

    The numbers are equal unless something changed meanwhile. Then every record is compared.
    """
    engine.refresh(target.index)
    refused = target.pending.filter(attempts__gt=0).count()
    if refused > max(FEW, MOST_REFUSED * target.written):
        raise RebuildFailedError(f"{engine.name}: {refused} of {target.written} records were refused.")
    count = engine.count(target.index)
    if count == target.written and not target.pending.exists():
        return
    drift = verifying.compare(engine, target, progress=lambda count: _note(target, lease, {}))
    if drift.total:
        raise RebuildFailedError(f"{engine.name}: the new index differs from the database: {drift}.")
