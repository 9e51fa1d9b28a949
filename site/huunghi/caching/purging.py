"""Notes what is stale, and purges it."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, Min
from django.utils import timezone
from wagtail.contrib.frontend_cache.utils import get_backends

from huunghi.conf import get_search_settings
from huunghi.search.feeding import bell

from .addresses import addresses_of
from .models import StaleAnswer

logger = logging.getLogger("huunghi.caching")

BATCH = 100
LEASE = timedelta(minutes=5)
AGAIN_AFTER = timedelta(seconds=15)
MOST_RECORDS = 1000
MOST_TRIES = 12
LONGEST_PAUSE = timedelta(minutes=30)


def is_configured() -> bool:
    """Whether there is a proxy to tell."""
    return bool(getattr(settings, "WAGTAILFRONTENDCACHE", None))


def note_records(records: Iterable[tuple[str, str]]) -> None:
    """Note that these records (type, key) changed."""
    _file(StaleAnswer(type=type_, key=key) for type_, key in records)


def note_addresses(addresses: Sequence[str]) -> None:
    """Note that nothing, or something else, is at these addresses after the transaction."""
    if addresses:
        _file([StaleAnswer(addresses=list(addresses))])


def _file(rows: Iterable[StaleAnswer]) -> None:
    if is_configured() and (rows := list(rows)):
        StaleAnswer.objects.bulk_create(rows, batch_size=200)
        transaction.on_commit(_wake, robust=True)


def _wake() -> None:
    feed = get_search_settings().feed
    if feed == "bell":
        bell.ring()
    elif feed == "inline":
        purge_due()


def purge_due() -> datetime | None:
    """Purge everything that is due; returns when something is due again, None when nothing waits."""
    if not is_configured():
        return None
    _drop_what_is_too_much()
    while rows := _claim():
        ids = [row.pk for row in rows]
        mine = StaleAnswer.objects.filter(pk__in=ids, lease=rows[0].lease)
        records = [(row.type, row.key) for row in rows if row.type]
        addresses = addresses_of(records).union(*(row.addresses for row in rows))
        if purge(addresses):
            mine.filter(purged=True).delete()
            mine.update(purged=True, lease="", tries=0, due_at=timezone.now() + AGAIN_AFTER)
        else:
            _put_off(mine)
    return StaleAnswer.objects.aggregate(first=Min("due_at"))["first"]


def purge(addresses: Iterable[str]) -> bool:
    """Tell every proxy that keeps answers of the host; False when one of them did not purge one of them."""
    backends = get_backends()
    done = True
    for address in sorted(addresses):
        for name, backend in backends.items():
            if not backend.invalidates_hostname(urlsplit(address).netloc):
                continue
            try:
                backend.purge(address)
            except Exception as error:  # each backend has its own
                logger.warning("The proxy %s was not told: %s", name, error)
                done = False
                break
        if not done:
            break  # whoever does not answer once mostly does not answer a hundred times
    return done


def _drop_what_is_too_much() -> None:
    """After an import or a new name, of each type one record is purged, and with it the lists.

    Telling proxies of thousands would take longer than what they keep lives.
    """
    rows = StaleAnswer.objects.exclude(type="")
    if (count := rows.count()) > MOST_RECORDS:
        kept = rows.values("type").annotate(last=Max("pk")).values_list("last", flat=True)
        rows.exclude(pk__in=list(kept)).delete()
        logger.info("%d records changed: only their lists are purged.", count)


def _claim() -> list[StaleAnswer]:
    now = timezone.now()
    lease = uuid.uuid4().hex
    due = StaleAnswer.objects.filter(due_at__lte=now)
    ids = list(due.order_by("due_at", "pk").values_list("pk", flat=True)[:BATCH])
    due.filter(pk__in=ids).update(lease=lease, due_at=now + LEASE)
    return list(StaleAnswer.objects.filter(pk__in=ids, lease=lease).order_by("pk"))


def _put_off(rows: Any) -> None:
    """5 s, 10 s, 20 s … up to half an hour; what could not be purged for hours has left the proxies by itself."""
    given_up = rows.filter(tries__gte=MOST_TRIES - 1)
    if count := given_up.count():
        logger.error("%d changes are not told to the proxies any more, after %d tries.", count, MOST_TRIES)
        given_up.delete()
    for tries in rows.values_list("tries", flat=True).distinct():
        pause = min(timedelta(seconds=5 * 2**tries), LONGEST_PAUSE)
        rows.filter(tries=tries).update(tries=F("tries") + 1, lease="", due_at=timezone.now() + pause)
