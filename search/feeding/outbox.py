"""The rows of the outbox: how they are written, claimed, removed and put off.

No order of commits is relied on. A worker claims a row, then draws the next number of one counter as the version of
what it will write, then reads the present state, writes it with that version, and removes the row if its stamp is
still the one it claimed. An index keeps what has the highest version. So:

- What an index holds with version v was read after v was drawn. It has every change whose row was claimed before that.
- A change C has a row from its commit on. Whoever claims it draws v after that commit: every content with a version of
  v or more was read after the commit of C. The write with v is either taken, or refused because the index holds a
  higher version. Nothing without C can come after it, not even from a process that slept for an hour.
- If the record changes again after the claim, the stamp is another one: the row stays and is claimed again.

So leases only save work; a lost or expired one does no harm. Stamps are random: nothing has to be counted in the
transactions of editors, and they never wait for each other here, except for the very same record.
"""

from __future__ import annotations

import random
import secrets
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Min, Q
from django.utils import timezone

from ..models import IndexTarget, PendingChange, Priority

# Longer than reading and writing one batch mostly takes, and short enough that the rows of a worker that was killed are
# fed within a minute. Where an engine hangs for longer, another worker tries the same rows, to no harm.
LEASE = timedelta(seconds=30)
MOST_ATTEMPTS = 10
LONGEST_PAUSE = timedelta(minutes=5)
ANNOUNCED = timedelta(seconds=30)
PIECE = 400  # rows of one statement: SQLite before 3.32 takes 999 parameters
LONGEST_ERROR = 1000
_GLANCES = 3
_GLANCE = 0.02  # seconds

_PENDING = PendingChange._meta.db_table
_TARGET = IndexTarget._meta.db_table
_ON_CONFLICT = (
    " DO UPDATE SET stamp = excluded.stamp, attempts = 0, parked_at = NULL, last_error = '',"
    " lease = '', leased_until = NULL,"  # whoever holds it works on the state of before
    " next_try_at = excluded.next_try_at,"
    f" priority = CASE WHEN excluded.priority < {_PENDING}.priority"
    f" THEN excluded.priority ELSE {_PENDING}.priority END"
)
_COLUMNS = "target_id, type, key, stamp, priority, changed_at, next_try_at, attempts, last_error, lease"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that this process may work on until its lease ends."""

    id: int
    type: str
    key: str
    stamp: int
    priority: int
    attempts: int


# --- writing


def file_records(
    records: Iterable[tuple[str, str]],
    priority: int = Priority.NORMAL,
    only: IndexTarget | None = None,
    announced: bool = False,
) -> int:
    """Note records, (type, key) each, for every target or for one; returns how many records. One statement for 400.

    `announced`: the change itself comes in a transaction of its own after this one; a worker waits for it a while.
    Rows are written in one order everywhere, so that two writers do not wait for each other crosswise.
    """
    count = 0
    rest = iter(sorted(set(records)))
    while piece := list(islice(rest, PIECE)):
        now = timezone.now()
        due = now + ANNOUNCED if announced else now
        values = ", ".join(["(%s, %s)"] * len(piece))
        chosen = "WHERE t.id = %s" if only else "WHERE true"
        _execute(
            f"INSERT INTO {_PENDING} ({_COLUMNS})"
            f" SELECT t.id, v.column1, v.column2, %s, %s, %s, %s, 0, '', ''"
            f" FROM {_TARGET} t CROSS JOIN (VALUES {values}) v {chosen} ORDER BY v.column1, v.column2, t.id{_held()}"
            f" ON CONFLICT (target_id, type, key){_ON_CONFLICT}",
            [
                *(_stamp(), int(priority), _moment(now), _moment(due)),
                *(part for record in piece for part in record),
                *([only.pk] if only else []),
            ],
        )
        count += len(piece)
    return count


def file_many(type_: str, key: str, priority: int = Priority.BULK, announced: bool = False) -> None:
    """Note a change of many records, which a worker spells out later. `announced` as in `file_records`."""
    now = timezone.now()
    due = now + ANNOUNCED if announced else now
    _execute(
        f"INSERT INTO {_PENDING} ({_COLUMNS}) VALUES (NULL, %s, %s, %s, %s, %s, %s, 0, '', '')"
        f" ON CONFLICT (type, key) WHERE target_id IS NULL{_ON_CONFLICT}",
        [type_, key, _stamp(), int(priority), _moment(now), _moment(due)],
    )


# --- working


def new_lease() -> str:
    return uuid.uuid4().hex


def has_due(target: IndexTarget | None) -> bool:
    """Whether a claim would find something; takes no lock."""
    now = timezone.now()
    rows = PendingChange.objects.filter(target=target, parked_at=None)
    rows = rows.filter(Q(next_try_at__lte=now) | Q(next_try_at__gt=now + 2 * LONGEST_PAUSE))
    return rows.exclude(leased_until__range=(now, now + 2 * LEASE)).exists()


def claim(target: IndexTarget | None, lease: str, limit: int) -> list[Claimed]:
    """Take up to `limit` rows that are due, revoking ones first; nobody else gets them while the lease lasts.

    None claims rows that stand for many records. A lease or pause that ends too late to be true, because a clock was
    put back, does not count.
    """
    if not has_due(target):
        return []
    now = timezone.now()
    whose = "target_id = %s" if target else "target_id IS NULL"
    rows = _execute(
        f"WITH due AS MATERIALIZED (SELECT id FROM {_PENDING} WHERE {whose} AND parked_at IS NULL"
        " AND (next_try_at <= %s OR next_try_at > %s)"
        " AND (leased_until IS NULL OR leased_until < %s OR leased_until > %s)"
        f" ORDER BY priority, id LIMIT %s{_skip_locked()})"
        f" UPDATE {_PENDING} SET lease = %s, leased_until = %s WHERE id IN (SELECT id FROM due)"
        " RETURNING id, type, key, stamp, priority, attempts",
        [
            *([target.pk] if target else []),
            _moment(now),
            _moment(now + 2 * LONGEST_PAUSE),
            _moment(now),
            _moment(now + 2 * LEASE),
            limit,
            lease,
            _moment(now + LEASE),
        ],
        fetch=True,
    )
    return sorted((Claimed(*row) for row in rows), key=lambda row: (row.priority, row.id))


def renew(lease: str) -> None:
    _update("lease = %s", [lease], leased_until=_moment(timezone.now() + LEASE))


def finish(rows: Sequence[Claimed]) -> int:
    """Remove rows whose record did not change since they were claimed; returns how many."""
    removed = 0
    left = {row.id: row for row in rows}
    for attempt in range(_GLANCES):
        for piece in _pieces(list(left.values())):
            pairs = ", ".join(["(%s, %s)"] * len(piece))
            gone = _execute(
                f"WITH fed AS MATERIALIZED (SELECT id FROM {_PENDING} WHERE (id, stamp) IN (VALUES {pairs})"
                f"{_skip_locked()})"
                f" DELETE FROM {_PENDING} WHERE id IN (SELECT id FROM fed) RETURNING id",
                [part for row in piece for part in (row.id, row.stamp)],
                fetch=True,
            )
            removed += len(gone)
            for (id_,) in gone:
                del left[id_]
        if not left or not _skip_locked():
            break
        # Another worker that looks for rows of its own may hold one for a moment; an editor holds it for longer.
        time.sleep(attempt * _GLANCE)
    return removed


def put_off(row: Claimed, error: str) -> bool:
    """Try a row again later, after ever longer pauses; returns whether it was parked, after ten tries."""
    attempts = row.attempts + 1
    parked = attempts >= MOST_ATTEMPTS
    now = timezone.now()
    _update(
        "id = %s AND stamp = %s",
        [row.id, row.stamp],
        attempts=attempts,
        last_error=error[:LONGEST_ERROR],
        next_try_at=_moment(now + pause_after(attempts)),
        parked_at=_moment(now) if parked else None,
    )
    return parked


def pause_after(attempts: int) -> timedelta:
    """2 s, 4 s, 8 s … up to five minutes, each shortened by chance so that rows do not come back all at once."""
    return min(timedelta(seconds=2**attempts), LONGEST_PAUSE) * random.uniform(0.5, 1)


def release(lease: str, until: datetime | None = None) -> None:
    """Give back what is still held under the lease; `until`: not to be tried before."""
    later = {"next_try_at": _moment(until)} if until else {}
    for attempt in range(_GLANCES):
        _update("lease = %s", [lease], lease="", leased_until=None, **later)
        if not PendingChange.objects.filter(lease=lease).exists():
            break
        time.sleep(attempt * _GLANCE)


def next_due(targets: Iterable[IndexTarget]) -> datetime | None:
    """When the next row of the targets, or one that stands for many, is due."""
    rows = PendingChange.objects.filter(parked_at=None)
    own = rows.filter(target__in=list(targets)).aggregate(due=Min("next_try_at"))["due"]
    shared = rows.filter(target=None).aggregate(due=Min("next_try_at"))["due"]
    return min(filter(None, (own, shared)), default=None)


def retry(target: IndexTarget | None = None) -> int:
    """Have everything that was parked or put off tried again now; returns how many rows."""
    rows = PendingChange.objects.filter(attempts__gt=0)
    if target:
        rows = rows.filter(target=target)
    return rows.update(attempts=0, parked_at=None, next_try_at=timezone.now())


# --- the database


def _stamp() -> int:
    return secrets.randbits(62)


def _moment(value: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(value)


def _held() -> str:
    """A rebuild that ends at this moment removes the target before: the row waits for it, and is not written then."""
    return " FOR KEY SHARE OF t" if connection.vendor == "postgresql" else ""


def _skip_locked() -> str:
    """An editor's open transaction may hold a row: nobody waits for it here."""
    return " FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""


def _update(where: str, parameters: Sequence[Any], **columns: Any) -> None:
    """Set columns of the rows that no open transaction holds."""
    assignments = ", ".join(f"{name} = %s" for name in columns)
    _execute(
        f"WITH chosen AS MATERIALIZED (SELECT id FROM {_PENDING} WHERE {where}{_skip_locked()})"
        f" UPDATE {_PENDING} SET {assignments} WHERE id IN (SELECT id FROM chosen)",
        [*parameters, *columns.values()],
    )


def _pieces(rows: Sequence[Claimed]) -> Iterator[Sequence[Claimed]]:
    for start in range(0, len(rows), PIECE):
        yield rows[start : start + PIECE]


def _execute(statement: str, parameters: Sequence[Any], fetch: bool = False) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if fetch else []
