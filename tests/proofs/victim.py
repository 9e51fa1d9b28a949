"""A worker or a rebuild that is killed at a chosen point, as by the system: nothing is finished, nothing is said.

    python -m tests.proofs.victim POINT NTH ENGINE

The functions of the product are wrapped here, in this process only. It dies at the NTH time it comes to the point,
while it feeds or builds the index of ENGINE.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

SMALL_BATCH = 4  # so that a few changes make several batches
LEASE = "PROOF_LEASE"  # seconds; for the short form


@dataclass(frozen=True)
class Point:
    action: str  # of huunghi_index
    prepare: Callable[[Dying, str], None]
    most: int = 3  # how often the process comes there for sure


class Dying:
    """Counts, and dies when the time has come."""

    def __init__(self, nth: int) -> None:
        self._left = nth

    def now(self) -> bool:
        self._left -= 1
        return self._left <= 0

    def die(self) -> None:
        sys.stdout.flush()
        os.kill(os.getpid(), signal.SIGKILL)

    def before(self, owner: Any, name: str, counts: Callable[..., bool] = lambda *a, **k: True) -> None:
        """Die before a call of the function; `counts` says of its arguments whether it is such a call."""
        original = getattr(owner, name)

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            if counts(*args, **kwargs) and self.now():
                self.die()
            return original(*args, **kwargs)

        setattr(owner, name, wrapped)

    def after(self, owner: Any, name: str, counts: Callable[[Any], bool] = lambda result: True) -> None:
        """Die after a call; `counts` says of its result whether it is such a call."""
        original = getattr(owner, name)

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            result = original(*args, **kwargs)
            if counts(result) and self.now():
                self.die()
            return result

        setattr(owner, name, wrapped)


def _claimed(dying: Dying, engine: str) -> None:
    from huunghi.search.feeding import outbox

    dying.after(outbox, "claim", bool)


def _read(dying: Dying, engine: str) -> None:
    from huunghi.search.feeding import worker

    dying.after(worker, "read_present")


def _writing(dying: Dying, engine: str) -> None:
    """In the transaction of the file; with half of the documents at the server."""
    if engine == "embedded":
        from huunghi.search.engines import embedded_schema

        dying.after(embedded_schema, "put")
        return
    from huunghi.search.engines import elastic_writing

    send = elastic_writing._send_chunk

    def half(client: Any, index: str, chunk: list[Any], is_alias: bool) -> Any:
        if dying.now():
            send(client, index, chunk[: (len(chunk) + 1) // 2], is_alias)
            dying.die()
        return send(client, index, chunk, is_alias)

    elastic_writing._send_chunk = half


def _written(dying: Dying, engine: str) -> None:
    """What may be read is written, what may not is not removed yet."""
    dying.after(_engine_type(engine), "write")


def _fed(dying: Dying, engine: str) -> None:
    from huunghi.search.feeding import outbox

    dying.before(outbox, "finish", lambda rows: bool(rows))


def _spelling_out(dying: Dying, engine: str) -> None:
    from huunghi.search.feeding import fan_out

    dying.after(fan_out.outbox, "file_records")


def _made(dying: Dying, engine: str) -> None:
    dying.after(_engine_type(engine), "new_index")


def _registered(dying: Dying, engine: str) -> None:
    from huunghi.search.feeding import targets

    dying.before(targets, "wait_for_writers")


def _half_filled(dying: Dying, engine: str) -> None:
    from huunghi.search.feeding import rebuilding

    dying.before(rebuilding, "_note")


def _half_published(dying: Dying, engine: str) -> None:
    """The index is ready; the link or the alias still names the one before."""
    if engine == "embedded":
        from pathlib import Path

        dying.after(Path, "symlink_to")
    else:
        dying.before(_engine_type(engine), "_move_alias")


def _published(dying: Dying, engine: str) -> None:
    from huunghi.search.feeding import targets

    dying.before(targets, "switch_to")


def _switched(dying: Dying, engine: str) -> None:
    from huunghi.search.feeding import targets

    dying.before(targets, "drop_leftovers")


POINTS: dict[str, Point] = {
    "claimed": Point("work", _claimed),
    "read": Point("work", _read),
    "writing": Point("work", _writing, 2),
    "written": Point("work", _written, 2),
    "fed": Point("work", _fed),
    "spelling out": Point("work", _spelling_out, 2),
    "made": Point("rebuild", _made, 1),
    "registered": Point("rebuild", _registered, 1),
    "half filled": Point("rebuild", _half_filled, 6),
    "half published": Point("rebuild", _half_published, 1),
    "published": Point("rebuild", _published, 1),
    "switched": Point("rebuild", _switched, 1),
}


def _engine_type(name: str) -> type:
    from huunghi.search.engines.embedded_archive import EmbeddedArchive

    if name == "embedded":
        return EmbeddedArchive
    from huunghi.search.engines.elastic_archive import ElasticArchive

    return ElasticArchive


def feed_only(name: str) -> None:
    """Leave the other engine to others: its thread would come to the same points."""
    from huunghi.search.feeding import changes
    from huunghi.search.management.commands import huunghi_index

    all_of_them = changes.engines_to_feed

    def chosen() -> list[Any]:
        return [engine for engine in all_of_them() if engine.name == name]

    changes.engines_to_feed = huunghi_index.engines_to_feed = chosen


def shorten_leases() -> None:
    if seconds := os.environ.get(LEASE):
        from huunghi.search.feeding import outbox, rebuilding

        outbox.LEASE = rebuilding.LEASE = timedelta(seconds=float(seconds))


def main(point: str, nth: int, engine: str) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from huunghi.search.feeding import rebuilding, worker

    worker.BATCH = rebuilding.BATCH = SMALL_BATCH
    shorten_leases()
    feed_only(engine)
    POINTS[point].prepare(Dying(nth), engine)
    call_command("huunghi_index", POINTS[point].action, interval=0.5)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
