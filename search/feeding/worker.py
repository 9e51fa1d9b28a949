"""Feeding one target: what its rows stand for is read, written, and looked at item by item."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta

from django.dispatch import Signal
from django.utils import timezone

from ..documents.present import Present, TreeMovedError, document_id, read_present, record_id
from ..engines.base import Engine, EngineError, IndexMissingError
from ..models import Counter, IndexTarget, Priority
from ..recognition import knowledge
from . import outbox, targets
from .outbox import Claimed

logger = logging.getLogger("huunghi.search")

VERSION_COUNTER = "index"
BATCH = 200
AFTER_A_MOVE = timedelta(seconds=2)
SOON = 2.0  # seconds

Progress = Callable[[int], None]

# Sent when an engine has the present state of some `records` (type, key), with the `engine`'s name. Their rows are
# still there: what a receiver fails at is fed again.
records_fed = Signal()


def feed_target(engine: Engine, target: IndexTarget, progress: Progress | None = None) -> int:
    """Feed a target until nothing is due; returns how many records reached it.

    A record that cannot be read or that the engine refuses is put off and stops no other. An engine that is not
    available is left alone for a moment; that counts as no try.
    """
    fed = 0
    while not targets.is_paused(target):
        lease = outbox.new_lease()
        rows = outbox.claim(target, lease, BATCH)
        if not rows:
            break
        try:
            fed += feed_rows(engine, target, rows, lease)
        except EngineError as error:
            logger.warning("%s does not take changes: %s", engine.name, error)
            # A missing index is built at the next look, which must not wait long.
            targets.pause(target, str(error), SOON if isinstance(error, IndexMissingError) else targets.LONGEST_PAUSE)
        except TreeMovedError:
            outbox.release(lease, until=timezone.now() + AFTER_A_MOVE)
        else:
            targets.recovered(target)
        finally:
            outbox.release(lease)
        if progress:
            progress(len(rows))
    return fed


def feed_rows(engine: Engine, target: IndexTarget, rows: Sequence[Claimed], lease: str) -> int:
    """Write the present state of claimed rows; returns how many rows were removed."""
    version = Counter.next(VERSION_COUNTER)  # before reading: see `outbox`
    present = read_present([(row.type, row.key) for row in rows], engine.documents)
    outbox.renew(lease)
    errors = write_present(engine, target, present, version)
    done = []
    for row in rows:
        error = present.failed.get((row.type, row.key)) or errors.get(document_id(row.type, row.key))
        if error is None:
            done.append(row)
        elif outbox.put_off(row, error):
            logger.error("%s: %s %s is not tried any more after ten times: %s", target, row.type, row.key, error)
        else:
            logger.warning("%s: %s %s could not be fed: %s", target, row.type, row.key, error)
    if any(row.priority == Priority.REVOKING for row in done):
        # Readers leave these records out while the rows are there; a server shows what it was given a second later.
        engine.refresh(_index_of(target))
    records_fed.send(type(engine), engine=engine.name, records=[(row.type, row.key) for row in done])
    return outbox.finish(done)


def write_present(engine: Engine, target: IndexTarget, present: Present, version: int) -> dict[str, str]:
    """Write and remove with one version; returns id of record -> what the engine has against one of its documents."""
    # Names that came with the rows' own changes must be known, whatever this process remembered.
    knowledge.look_again()
    for document in present.documents:
        document.version = version
    into = _index_of(target)
    failed: dict[str, str] = {}
    if present.documents:
        failed |= engine.write(present.documents, into=into).failed
    if present.gone:
        failed |= engine.delete(dict.fromkeys(present.gone, version), into=into).failed
    return {record_id(id_): error for id_, error in failed.items()}


def _index_of(target: IndexTarget) -> str | None:
    """The alias for the live index: where it is missing, a write to a name would make an index without our mapping."""
    return None if target.state == IndexTarget.State.LIVE else target.index
