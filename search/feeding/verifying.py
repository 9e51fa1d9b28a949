"""Comparing an index with the database, record by record, and having differences fed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from itertools import islice
from typing import Any

from django.utils import timezone

from ..documents.present import (
    Record,
    TreeMovedError,
    document_id,
    note_variants,
    read_present,
    record_id,
    records_in_order,
    records_of_ids,
)
from ..engines.base import Engine, Indexed
from ..models import Counter, IndexTarget, PendingChange, Priority
from . import outbox
from .worker import VERSION_COUNTER

logger = logging.getLogger("huunghi.search")

PIECE = 200
SAMPLE = 1000
SAMPLE_EVERY = timedelta(minutes=10)
VERIFY_EVERY = timedelta(hours=24)
SHOWN = 20


@dataclass(slots=True)
class Drift:
    """How an index differs from the database: numbers, and the first ids of each kind."""

    checked: int = 0
    missing: int = 0  # readable, but not in the index
    extra: int = 0  # in the index, but nobody may read it
    different: int = 0  # another text, fact, audience or expiry
    pending: int = 0  # different, but about to be fed
    repaired: int = 0  # rows filed
    examples: dict[str, list[str]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return self.missing + self.extra + self.different

    def __str__(self) -> str:
        return f"{self.missing} missing, {self.extra} extra, {self.different} different"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def add(self, kind: str, id_: str) -> None:
        setattr(self, kind, getattr(self, kind) + 1)
        examples = self.examples.setdefault(kind, [])
        if len(examples) < SHOWN:
            examples.append(id_)


def compare(
    engine: Engine, target: IndexTarget, repair: bool = False, progress: Callable[[int], None] = lambda count: None
) -> Drift:
    """Go through everything that the database and the index have, in the order of ids. Memory stays flat.

    What seems to differ is looked at again, and is no drift while a row for it is pending.
    """
    drift = Drift()
    engine.refresh(target.index)
    held = _Ahead(engine.scan(target.index))
    records = records_in_order()
    while piece := list(islice(records, PIECE)):
        # Up to and with the variants of the last record.
        entries = list(held.up_to(document_id(*piece[-1]) + "~\U0010ffff"))
        _compare(engine, target, piece, entries, drift, repair)
        progress(len(piece))
    while entries := list(islice(held.up_to(None), PIECE)):
        _compare(engine, target, [], entries, drift, repair)
    return drift


def compare_sample(engine: Engine, target: IndexTarget, size: int = SAMPLE, repair: bool = True) -> Drift:
    """Compare the next `size` records behind the sample before, hidden ones included; begins anew at the end.

    Finds all but what an index holds of records that are in no table any more: that takes `compare`.
    """
    drift = Drift()
    records = list(islice(records_in_order(target.sample_key), size))
    for start in range(0, len(records), PIECE):
        piece = records[start : start + PIECE]
        held = engine.digests([document_id(*record) for record in piece], target.index)
        _compare(engine, target, piece, list(held.values()), drift, repair)
    target.sample_key = document_id(*records[-1]) if len(records) == size else ""
    target.sampled_at = timezone.now()
    target.save(update_fields=["sample_key", "sampled_at"])
    return drift


def _compare(
    engine: Engine,
    target: IndexTarget,
    records: list[Record],
    entries: list[Indexed],
    drift: Drift,
    repair: bool,
) -> None:
    _keep_versions_ahead(target, max((entry.version for entry in entries), default=0))
    drift.checked += len(records)
    suspects = _differences(engine, records, {entry.id: entry for entry in entries})
    if not suspects:
        return
    # Both sides were read a moment apart: what is fed just now only seems to differ.
    again = records_of_ids(suspects)
    ids = {document_id(*record) for record in again} | set(suspects)
    confirmed = _differences(engine, again, engine.digests(sorted(ids), target.index))
    pending = _pending(target, again)
    wrong: set[str] = set()
    for id_, kind in sorted(confirmed.items()):
        if record_id(id_) in pending:
            drift.pending += 1
        else:
            drift.add(kind, id_)
            wrong.add(record_id(id_))
    if repair and wrong:
        note_variants(confirmed)
        repairs = [record for record in again if document_id(*record) in wrong]
        outbox.file_records(repairs, Priority.REVOKING, only=target)
        drift.repaired += len(repairs)


def _differences(engine: Engine, records: Iterable[Record], held: dict[str, Indexed]) -> dict[str, str]:
    """Document id -> "missing", "extra" or "different"."""
    try:
        present = read_present(list(records), engine.documents)
    except TreeMovedError:
        return {}
    expected = {document.id: engine.digest(document) for document in present.documents}
    found = {id_: entry.digest for id_, entry in held.items() if not entry.deleted}
    failed = {document_id(*record) for record in present.failed}
    kinds: dict[str, str] = {}
    for id_ in expected.keys() | found.keys():
        if record_id(id_) in failed:
            continue
        if id_ not in found:
            kinds[id_] = "missing"
        elif id_ not in expected:
            kinds[id_] = "extra"
        elif expected[id_] != found[id_]:
            kinds[id_] = "different"
    return kinds


def _pending(target: IndexTarget, records: Iterable[Record]) -> set[str]:
    """Ids of those records that a row is there for; of all when a change of many is not spelled out yet."""
    from . import fan_out

    keys = {key: document_id(type_, key) for type_, key in records}
    rows = PendingChange.objects.filter(target=target, key__in=keys).values_list("key", flat=True)
    pending = {keys[key] for key in rows}
    for type_, key in PendingChange.objects.filter(target=None).values_list("type", "key"):
        if type_ == fan_out.ALL or type_ == fan_out.NAME:
            return set(keys.values())
        pending |= {document_id(*record) for record in fan_out.touched_records(type_, key)}
    return pending


def _keep_versions_ahead(target: IndexTarget, highest: int) -> None:
    """A database that was restored from a backup counts from an older number: its writes would all be refused."""
    if highest > Counter.current(VERSION_COUNTER) and Counter.raise_to(VERSION_COUNTER, highest):
        logger.warning("%s holds newer versions than this database has given: the database is an older copy.", target)


class _Ahead:
    """A stream of what an index holds, taken up to an id at a time."""

    def __init__(self, entries: Iterator[Indexed]) -> None:
        self._entries = entries
        self._next = next(entries, None)

    def up_to(self, id_: str | None) -> Iterator[Indexed]:
        """The entries behind those taken before, up to and with an id; None for all."""
        while self._next is not None and (id_ is None or self._next.id <= id_):
            entry = self._next
            self._next = next(self._entries, None)
            yield entry
