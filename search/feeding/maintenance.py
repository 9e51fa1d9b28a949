"""What whoever feeds does beside: pages whose time is over, comparing, and clearing away."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime, timedelta

from django.core.signals import setting_changed
from django.utils import timezone
from wagtail.models import Page

from ..documents.present import records_of_pages
from ..engines.base import Engine, EngineError
from ..models import Counter, IndexTarget
from . import fan_out, outbox, rebuilding, targets, verifying
from .worker import Progress, feed_target

logger = logging.getLogger("huunghi.search")

EXPIRY_COUNTER = "expired pages noted until"  # seconds since 1970
LOOK_EVERY = 15.0  # seconds between two looks at the engine's state
NIGHT = range(1, 5)  # hours in which everything is compared
_looked: dict[str, float] = {}


def look_after(engine: Engine, progress: Progress | None = None) -> datetime | None:
    """Do all that is due for one engine; returns when the next row is due, None when none waits.

    Only the database can make it fail: an engine in trouble is logged and tried again.
    """
    note_expired_pages()
    try:
        feed(engine, progress)
        compare_when_due(engine)
        targets.drop_leftovers(engine)
    except EngineError as error:
        logger.warning("%s: %s", engine.name, error)
    targets.forget_unseen()
    own = targets.targets_of(engine)
    waiting = [target for target in own if not targets.is_paused(target)]
    pauses = [target.retry_at for target in own if targets.is_paused(target)]
    return min(filter(None, (outbox.next_due(waiting), *pauses)), default=None)


def feed(engine: Engine, progress: Progress | None = None) -> int:
    """Feed what is due, after building the index if need be; returns how many records reached it."""
    own = targets.targets_of(engine)
    if not own or not any(map(targets.is_paused, own)):
        build_when_needed(engine)
        own = targets.targets_of(engine)
    fan_out.spell_out()
    fed = sum(feed_target(engine, target, progress) for target in own)
    if any(target.failures for target in own):
        _looked.pop(engine.name, None)
    return fed


def build_when_needed(engine: Engine) -> None:
    """Looking costs a request to a server, so it is not done in every round; a file is looked at at once."""
    if engine.name != "embedded" and _looked.get(engine.name, float("-inf")) > time.monotonic() - LOOK_EVERY:
        return
    _looked.pop(engine.name, None)
    if reason := targets.index_needs_building(engine):
        logger.info("%s: %s, so it is built.", engine.name, reason)
        try:
            rebuilding.rebuild(engine)
        except rebuilding.RebuildRunningError:
            return
        except rebuilding.RebuildFailedError as error:
            logger.error("%s", error)
            return
    _looked[engine.name] = time.monotonic()


def forget(**kwargs: object) -> None:
    """Look at every engine at the next round."""
    _looked.clear()


def note_expired_pages() -> int:
    """File rows for pages whose time was over since the last look; returns how many.

    Readers do not see them anyway: answers leave out what has expired. This takes them out of the index.
    """
    now = int(timezone.now().timestamp())
    before = Counter.current(EXPIRY_COUNTER)
    if before >= now - 5 or not Counter.raise_to(EXPIRY_COUNTER, now):
        return 0
    since = datetime.fromtimestamp(before, UTC) - timedelta(seconds=5)
    expired = Page.objects.filter(live=True, expire_at__gt=since, expire_at__lte=timezone.now())
    return outbox.file_records(records_of_pages(expired.values_list("translation_key", "content_type")))


def compare_when_due(engine: Engine) -> None:
    """A sample every ten minutes, and everything once a night; whoever comes first does it. Differences are fed."""
    for target in targets.targets_of(engine):
        if target.state != IndexTarget.State.LIVE or targets.is_paused(target):
            continue
        if _is_night_for(target) and _take(target, "verified_at"):
            compare(engine, target, repair=True)
        elif _is_over(target.sampled_at, verifying.SAMPLE_EVERY) and _take(target, "sampled_at"):
            drift = verifying.compare_sample(engine, target)
            if drift.total:
                logger.warning("%s differs from the database, and is fed: %s", target, drift)


def compare(engine: Engine, target: IndexTarget, repair: bool, progress: Progress = lambda n: None) -> verifying.Drift:
    """Compare everything and keep the result for `status`."""
    drift = verifying.compare(engine, target, repair, progress)
    if drift.total:
        logger.warning("%s differs from the database%s: %s", target, ", and is fed" if repair else "", drift)
    IndexTarget.objects.filter(pk=target.pk).update(verified_at=timezone.now(), drift=drift.as_dict())
    return drift


def _is_night_for(target: IndexTarget) -> bool:
    """In the night after a day, or at any hour when no night came for two."""
    last = target.verified_at or target.created_at
    at_night = timezone.localtime().hour in NIGHT and _is_over(last, verifying.VERIFY_EVERY / 2)
    return at_night or _is_over(last, 2 * verifying.VERIFY_EVERY)


def _is_over(moment: datetime | None, length: timedelta) -> bool:
    return moment is None or moment < timezone.now() - length


def _take(target: IndexTarget, field: str) -> bool:
    """Be the one process that does it: the moment is moved on before, not after."""
    before = getattr(target, field)
    same = {field: before} if before else {f"{field}__isnull": True}
    return bool(IndexTarget.objects.filter(pk=target.pk, **same).update(**{field: timezone.now()}))


setting_changed.connect(forget)
