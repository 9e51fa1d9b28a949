"""Which indices have to be fed, and by whom.

A target is registered before the first record is read into it, so that every change from then on has a row for it. An
index that is live without being registered is not trusted: nobody knows what it has missed.
"""

from __future__ import annotations

import logging
import random
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.core.signals import setting_changed
from django.db import connection, transaction
from django.utils import timezone

from huunghi.conf import get_search_settings

from ..engines.base import DROP_AFTER, Engine, EngineError
from ..models import IndexTarget

logger = logging.getLogger("huunghi.search")

State = IndexTarget.State
FORGET_AFTER = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=1)
LONGEST_PAUSE = 30.0  # seconds; an engine that comes back is fed no later
REMEMBERED = 10.0  # seconds
_registered: dict[tuple[str, str], float] = {}
ORPHANED_AFTER = 3600.0  # seconds; of an index that a killed rebuild made before it could register it


def host_of(engine: str) -> str:
    """Which computer's index the engine of this name has; "" for one that all of them share."""
    return host_id(get_search_settings().path) if engine == "embedded" else ""


@lru_cache(maxsize=8)
def host_id(path: Path) -> str:
    """An id in a file beside the embedded index: it stays when the computer is renamed or a container replaced."""
    file = path.with_name(f"{path.name}.host")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            written = file.with_name(f"{file.name}-{uuid.uuid4().hex}")
            written.write_text(str(uuid.uuid4()))
            try:
                file.hardlink_to(written)  # whole or not at all, and the first of two processes wins
            finally:
                written.unlink()
        return file.read_text().strip()
    except OSError as error:
        raise EngineError(f"The folder of the embedded search index cannot be written: {error}") from error


def targets_of(engine: Engine) -> list[IndexTarget]:
    """What this process can feed of an engine: the live index and one that is being built."""
    return list(IndexTarget.objects.filter(engine=engine.name, host=host_of(engine.name)).order_by("-state"))


def is_registered(engine: str) -> bool:
    """Whether the engine of this name has a live index that every change reaches. Asked once in ten seconds."""
    key = (engine, host_of(engine))
    if _registered.get(key, float("-inf")) < time.monotonic() - REMEMBERED:
        if not IndexTarget.objects.filter(engine=engine, host=key[1], state=State.LIVE).exists():
            return False
        _registered[key] = time.monotonic()
    return True


def index_needs_building(engine: Engine) -> str:
    """Why the engine's index has to be built anew, in a few words; "" when it need not be.

    Mends on the way what can be mended without: an alias on two indices, and a rebuild that was killed between
    publishing its index and saying so.
    """
    try:
        live = engine.live_index()
    except EngineError:
        live = engine.repair_alias()
        logger.warning("%s: the alias was on several indices; it is on %s now.", engine.name, live)
    targets = {target.state: target for target in targets_of(engine)}
    building = targets.get(State.BUILDING)
    if building and live == building.index and building.filled_at:
        switch_to(building)
        return ""
    target = targets.get(State.LIVE)
    if live is None:
        return "there is no index"
    if target is None or target.index != live:
        return "the index was not fed by this database"
    if not engine.is_current(live):
        return "the index has the form of another version"
    seen(target)
    return ""


def register(engine: Engine, index: str, lease: str, until: timedelta) -> IndexTarget:
    """Begin to keep changes for a new index; returns when every change that is not kept for it is visible to readers.

    Raises IntegrityError when another process builds one.
    """
    with transaction.atomic():
        target = IndexTarget.objects.create(
            engine=engine.name,
            host=host_of(engine.name),
            index=index,
            state=State.BUILDING,
            lease=lease,
            leased_until=timezone.now() + until,
        )
    wait_for_writers()
    return target


def wait_for_writers(pause: float = 0.05) -> None:
    """Wait for the transactions that wrote to the outbox before the newest target was there.

    They have no row for it, and what they changed cannot be read before they commit. Every such transaction holds a
    lock on the table of rows until its end, and those that come later see the target. SQLite has one writer at a time:
    by the time the target was written there was no other.
    """
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return
    statement = (
        "SELECT virtualtransaction || ':' || pid FROM pg_locks"
        " WHERE relation = 'huunghi_search_pendingchange'::regclass AND mode = 'RowExclusiveLock'"
        " AND granted AND pid <> pg_backend_pid()"
    )
    waiting: set[str] | None = None
    while waiting is None or waiting:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            present = {row[0] for row in cursor.fetchall()}
        waiting = present if waiting is None else waiting & present
        if waiting:
            time.sleep(pause)


def switch_to(target: IndexTarget) -> None:
    """Say that the built index is the live one; what was live before is dropped when nobody reads it any more.

    Whoever published it may do so, and whoever sees that it is live already: the first of them does it.
    """
    with _locked(engine=target.engine, host=target.host) as own:
        states = {one.pk: one.state for one in own}
        # Saying it twice would take the index for the one before, and drop it with all that waits for it.
        if states.get(target.pk) != State.BUILDING:
            return
        before = next((one for one in own if one.state == State.LIVE), None)
        target.previous = before.index if before else ""
        if before:
            before.delete()
        target.state, target.lease, target.leased_until = State.LIVE, "", None
        target.published_at = target.seen_at = timezone.now()
        target.save()


def drop_leftovers(engine: Engine) -> None:
    """Drop the index before the live one, once nobody reads it, and what killed rebuilds left behind."""
    targets = targets_of(engine)
    for target in targets:
        if target.previous and target.published_at < timezone.now() - timedelta(seconds=DROP_AFTER):
            engine.drop_index(target.previous)
            IndexTarget.objects.filter(pk=target.pk).update(previous="")
            target.previous = ""
    keep = {target.index for target in targets} | {target.previous for target in targets}
    for name in engine.orphans(keep, ORPHANED_AFTER):
        engine.drop_index(name)
        logger.info("%s: dropped %s, which nobody uses.", engine.name, name)


def seen(target: IndexTarget) -> None:
    if target.seen_at < timezone.now() - SEEN_EVERY:
        IndexTarget.objects.filter(pk=target.pk).update(seen_at=timezone.now())


def forget_unseen() -> int:
    """Keep no more changes for indices that nobody could feed for a week; should one come back, it is built anew."""
    unseen = {"seen_at__lt": timezone.now() - FORGET_AFTER}
    if not IndexTarget.objects.filter(**unseen).exists():  # no lock in every round
        return 0
    with _locked(**unseen) as gone:
        for target in gone:
            logger.warning("%s was not seen for %d days: it is not fed any more.", target, FORGET_AFTER.days)
            target.delete()
        return len(gone)


def give_up(target: IndexTarget) -> None:
    """Keep no more changes for an index that will not be finished."""
    with _locked(pk=target.pk) as found:
        for one in found:
            one.delete()


@contextmanager
def _locked(**chosen: Any) -> Iterator[list[IndexTarget]]:
    """A transaction that holds targets before it touches their rows, one after the other by their number.

    Editors take them in this order, too (see `outbox.file_records`), so that nobody waits for the other crosswise.
    """
    with transaction.atomic():
        yield list(IndexTarget.objects.select_for_update().filter(**chosen).order_by("pk"))


# --- an engine in trouble


def is_paused(target: IndexTarget) -> bool:
    """Whether the engine is left alone for a moment after it failed."""
    now = timezone.now()
    longest = now + timedelta(seconds=2 * LONGEST_PAUSE)  # later than that, a clock was put back
    return target.retry_at is not None and now < target.retry_at < longest


def pause(target: IndexTarget, error: str, longest: float = LONGEST_PAUSE) -> None:
    """Leave the engine alone: 1 s, 2 s … up to `longest`. The rows keep their tries: it is not their fault."""
    seconds = min(2.0 ** min(target.failures, 10), longest) * random.uniform(0.5, 1)
    target.failures += 1
    target.retry_at = timezone.now() + timedelta(seconds=seconds)
    target.last_error = error[:1000]
    target.save(update_fields=["failures", "retry_at", "last_error"])


def recovered(target: IndexTarget) -> None:
    if target.failures:
        target.failures, target.retry_at, target.last_error = 0, None, ""
        target.save(update_fields=["failures", "retry_at", "last_error"])


def forget_host(**kwargs: object) -> None:
    host_id.cache_clear()
    _registered.clear()


setting_changed.connect(forget_host)
