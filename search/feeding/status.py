"""How the indices are, for people and for monitoring."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.utils import timezone

from ..attachments.files import states_of_files
from ..engines.base import Engine, EngineError
from ..models import IndexTarget, PendingChange
from .targets import FORGET_AFTER, host_of, is_paused, targets_of

OLD = timedelta(minutes=5)  # a change that waits longer than this needs somebody's attention
SHOWN = 10


def pending_of(engines: Iterable[Engine]) -> int:
    """Changes that have not reached the indices that this host can feed."""
    own = [target for engine in engines for target in targets_of(engine)]
    return PendingChange.objects.filter(Q(target__in=own) | Q(target=None)).count()


def report(engines: Iterable[Engine]) -> dict[str, Any]:
    """What each index holds, what waits for it, and under "problems" whatever needs attention, in sentences."""
    problems: list[str] = []
    by_name = {engine.name: engine for engine in engines}
    shown = []
    for target in IndexTarget.objects.order_by("engine", "host", "-state"):
        engine = by_name.get(target.engine)
        is_own = engine is not None and target.host == host_of(target.engine)
        shown.append(_of_target(target, engine if is_own else None, problems))
    for name, engine in by_name.items():
        if not any(target.state == IndexTarget.State.LIVE for target in targets_of(engine)):
            problems.append(f"{name}: there is no index that is fed.")
    parked = PendingChange.objects.exclude(parked_at=None)
    if number := parked.count():
        problems.append(f"{number} changes were given up after ten tries; cure the reason, then huunghi_index retry.")
    return {
        "targets": shown,
        "to_spell_out": PendingChange.objects.filter(target=None).count(),
        "files": states_of_files(),
        "parked": [_of_row(row) for row in parked.select_related("target").order_by("parked_at")[:SHOWN]],
        "problems": problems,
    }


def _of_target(target: IndexTarget, engine: Engine | None, problems: list[str]) -> dict[str, Any]:
    """`engine` only where this host can ask it."""
    now = timezone.now()
    waiting = target.pending.aggregate(
        all=Count("pk"), revoking=Count("pk", filter=Q(priority=0)), oldest=Min("changed_at")
    )
    age = (now - waiting["oldest"]).total_seconds() if waiting["oldest"] else 0.0
    facts: dict[str, Any] = {
        "engine": target.engine,
        "index": target.index,
        "state": target.state,
        "here": engine is not None,
        "pending": waiting["all"],
        "pending_revoking": waiting["revoking"],
        "oldest_pending_seconds": round(age, 1),
        "last_error": target.last_error,
        "verified_at": target.verified_at,
        "drift": target.drift,
        "seen_at": target.seen_at,
    }
    if target.state == IndexTarget.State.BUILDING:
        facts |= {"done": target.done, "total": target.total, "running": bool(target.lease)}
    if engine is not None:
        facts |= _asked(engine, target, problems)
    elif target.seen_at < now - FORGET_AFTER / 7:
        problems.append(f"{target}: not seen since {target.seen_at:%Y-%m-%d}; it is forgotten after a week.")
    if age > OLD.total_seconds() and not is_paused(target):
        problems.append(f"{target}: a change has been waiting for {age / 60:.0f} minutes.")
    drift = target.drift or {}
    differs = any(drift.get(kind) for kind in ("missing", "extra", "different"))
    if differs and not drift.get("repaired"):
        problems.append(f"{target}: it differed from the database when it was last compared.")
    return facts


def _asked(engine: Engine, target: IndexTarget, problems: list[str]) -> dict[str, Any]:
    """What only the engine knows."""
    facts: dict[str, Any] = {"count": None, "current": None}
    try:
        facts["count"] = engine.count(target.index)
        facts["current"] = engine.is_current(target.index)
        is_live = engine.live_index() == target.index
    except EngineError as error:
        problems.append(f"{target.engine}: {error}")
        return facts
    if target.state == IndexTarget.State.LIVE and not is_live:
        problems.append(f"{target}: readers use another index.")
    if not facts["current"]:
        problems.append(f"{target}: it has the form of another version; it is built anew by itself.")
    return facts


def _of_row(row: PendingChange) -> dict[str, Any]:
    return {"target": str(row.target or "all"), "type": row.type, "key": row.key, "error": row.last_error}


def lines(found: dict[str, Any]) -> Iterator[str]:
    """The report for people."""
    for target in found["targets"]:
        where = "" if target["here"] else " (another host)"
        yield f"{target['engine']}{where}: {target['index']}, {target['state']}"
        if target.get("count") is not None:
            yield f"  {target['count']} records"
        if target["state"] == IndexTarget.State.BUILDING:
            yield f"  {target['done']} of {target['total']} built{'' if target['running'] else ', interrupted'}"
        oldest = f", the oldest for {target['oldest_pending_seconds']:.0f} s" if target["pending"] else ""
        yield f"  pending: {target['pending']}{oldest}"
        if target["verified_at"]:
            yield f"  compared: {target['verified_at']:%Y-%m-%d %H:%M}"
        if target["last_error"]:
            yield f"  {target['last_error']}"
    if found["to_spell_out"]:
        yield f"changes of many records: {found['to_spell_out']}"
    for state, number in found["files"].items():
        yield f"attached files {state}: {number}"
    for row in found["parked"]:
        yield f"  given up: {row['target']}: {row['type']} {row['key']}: {row['error']}"
    for problem in found["problems"]:
        yield f"! {problem}"
