"""Delivers what is due: claims rows, sends them, and writes down what became of them.

Delivery is "at least once": a process that is killed between sending and writing leaves a row that is sent again, with
the same id. Only HTTP is spoken in other threads, one for each endpoint, so that one that hangs holds up no other; the
database is used by the thread that called.
"""

from __future__ import annotations

import logging
import random
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from queue import SimpleQueue

from django.db import transaction
from django.db.models import F, Min, Q
from django.utils import timezone

from huunghi.conf import get_search_settings
from huunghi.search.feeding import bell

from . import sending
from .models import DeliveryState, OffReason, WebhookDelivery, WebhookEndpoint
from .sending import Answer
from .signing import LostSecretError, signatures

logger = logging.getLogger("huunghi.webhooks")

# After the first try at once: in all a little more than a day.
PAUSES = [
    timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=5),
    timedelta(hours=10), timedelta(hours=10),
]  # fmt: skip
LONGEST_PAUSE = timedelta(minutes=5)  # of an endpoint that fails, between two of its messages
LONGEST_WISH = timedelta(hours=1)  # of a receiver's Retry-After
SWITCHED_OFF_AFTER = timedelta(days=5)
KEPT = timedelta(days=30)
CLEAR_EVERY = timedelta(hours=1)
BATCH = 20  # messages of one endpoint in one lease
BATCH_SECONDS = 15.0  # after so long a slow receiver's next message waits for the next round
LEASE = timedelta(seconds=2 * (BATCH_SECONDS + sending.DEADLINE))
MOST_AT_ONCE = 8  # endpoints
Batches = dict[WebhookEndpoint, list[WebhookDelivery]]
_cleared_at: datetime | None = None


def deliver_due() -> datetime | None:
    """Send everything that is due; returns when something is due again, None when nothing waits."""
    _clear_old_sometimes()
    while batches := _claim():
        for endpoint, answers in _sent(batches):
            _write_down(endpoint, batches[endpoint], answers)
    return _next_due()


def deliver_now(delivery: WebhookDelivery) -> WebhookDelivery:
    """One try of one message, whatever is due; for a person who waits for the answer."""
    lease = uuid.uuid4().hex
    WebhookDelivery.objects.filter(pk=delivery.pk).update(lease=lease, next_try_at=timezone.now() + LEASE)
    delivery.lease = lease
    _write_down(delivery.endpoint, [delivery], _send_all(delivery.endpoint, [delivery]))
    delivery.refresh_from_db()
    return delivery


def send_again(delivery: WebhookDelivery) -> None:
    """Have a message tried from the beginning, with the same id, as soon as somebody looks."""
    WebhookDelivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.WAITING, tries=0, lease="", next_try_at=timezone.now()
    )
    WebhookEndpoint.objects.filter(pk=delivery.endpoint_id).update(paused_until=None)
    transaction.on_commit(wake, robust=True)


def wake() -> None:
    """Have what is due delivered, by whoever does it here."""
    feed = get_search_settings().feed
    if feed == "bell":
        bell.ring()
    elif feed == "inline":
        deliver_due()


def switch_off(endpoint: WebhookEndpoint, reason: str = "") -> None:
    """Nothing is sent to it any more, and what waits is given up. `reason`: why we did it; "" when a person did."""
    endpoint.active, endpoint.off_reason, endpoint.off_at = False, reason, timezone.now()
    endpoint.save(update_fields=["active", "off_reason", "off_at"])
    waiting = WebhookDelivery.objects.filter(endpoint=endpoint, state=DeliveryState.WAITING)
    waiting.update(state=DeliveryState.GIVEN_UP, lease="")
    if reason:
        logger.warning("The webhook %s is switched off: %s", endpoint, reason)


def clear_old() -> int:
    """Remove messages that are done and older than 30 days; returns how many."""
    done = WebhookDelivery.objects.exclude(state=DeliveryState.WAITING)
    old = done.filter(created_at__lt=timezone.now() - KEPT)
    return old.delete()[0] if old.exists() else 0  # looking first: to write, SQLite locks everything


# --- claiming and sending


def _claim() -> Batches:
    """The oldest due messages of each endpoint that is not left alone; nobody else gets them while the lease lasts."""
    now = timezone.now()
    lease = uuid.uuid4().hex
    batches: Batches = {}
    for endpoint in _ready(now)[:MOST_AT_ONCE]:
        due = endpoint.deliveries.filter(state=DeliveryState.WAITING, next_try_at__lte=now)
        chosen = list(due.order_by("next_try_at", "pk").values_list("pk", flat=True)[:BATCH])
        # Whoever is second here finds that it is not due any more.
        due.filter(pk__in=chosen).update(lease=lease, next_try_at=now + LEASE)
        if rows := list(endpoint.deliveries.filter(pk__in=chosen, lease=lease).order_by("pk")):
            batches[endpoint] = rows
    return batches


def _ready(now: datetime) -> list[WebhookEndpoint]:
    waiting = WebhookDelivery.objects.filter(state=DeliveryState.WAITING, next_try_at__lte=now)
    ready = WebhookEndpoint.objects.filter(active=True, pk__in=waiting.values("endpoint"))
    return list(ready.filter(Q(paused_until__isnull=True) | Q(paused_until__lte=now)))


def _sent(batches: Batches) -> Iterator[tuple[WebhookEndpoint, list[Answer]]]:
    """Each endpoint with its answers, as they come in."""
    done: SimpleQueue[tuple[WebhookEndpoint, list[Answer]]] = SimpleQueue()

    def send(endpoint: WebhookEndpoint) -> None:
        answers = [Answer(problem="It could not be sent; the log says why.")]
        try:
            answers = _send_all(endpoint, batches[endpoint])
        except Exception:
            logger.exception("Messages to %s could not be sent.", endpoint)
        finally:
            done.put((endpoint, answers))

    for endpoint in batches:
        # No pool: at the end of a process Python would wait for its threads, and for the slowest receiver.
        threading.Thread(target=send, args=[endpoint], name="huunghi-webhook", daemon=True).start()
    for _ in batches:
        yield done.get()


def _send_all(endpoint: WebhookEndpoint, rows: Sequence[WebhookDelivery]) -> list[Answer]:
    """One after the other, up to the first that fails: the others wait for a better time."""
    answers = []
    end = time.monotonic() + BATCH_SECONDS
    for row in rows:
        answers.append(_send(endpoint, row))
        if not answers[-1].is_accepted or time.monotonic() > end:
            break
    return answers


def _send(endpoint: WebhookEndpoint, row: WebhookDelivery) -> Answer:
    body = row.body.encode()
    moment = timezone.now()  # of this very try: a receiver refuses what is older than some minutes
    try:
        signature = signatures(endpoint, row.message_id, moment, body)
    except LostSecretError:
        return Answer(problem="The secret is lost, because SECRET_KEY was changed. Renew it.")
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "huunghi-webhooks",
        "webhook-id": row.message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": signature,
    }
    return sending.post(endpoint.address, headers, body)


# --- what became of it


def _write_down(endpoint: WebhookEndpoint, rows: Sequence[WebhookDelivery], answers: Sequence[Answer]) -> None:
    for row, answer in zip(rows, answers, strict=False):
        if answer.is_accepted:
            _finish(row, answer, DeliveryState.DELIVERED)
        else:
            _put_off(endpoint, row, answer)
    if any(answer.is_accepted for answer in answers):
        _recovered(endpoint)
    if answers and not answers[-1].is_accepted:
        _failed(endpoint, answers[-1])
    untried = [row.pk for row in rows[len(answers) :]]
    own = WebhookDelivery.objects.filter(pk__in=untried, lease=rows[0].lease, state=DeliveryState.WAITING)
    own.update(lease="", next_try_at=timezone.now())


def _put_off(endpoint: WebhookEndpoint, row: WebhookDelivery, answer: Answer) -> None:
    if row.tries >= len(PAUSES) or answer.is_gone:
        logger.warning("Message %s to %s is given up after %d tries.", row.message_id, endpoint, row.tries + 1)
        _finish(row, answer, DeliveryState.GIVEN_UP)
        return
    wish = min(timedelta(seconds=answer.retry_after), LONGEST_WISH)
    pause = max(PAUSES[row.tries] * random.uniform(0.8, 1.2), wish)
    _finish(row, answer, DeliveryState.WAITING, timezone.now() + pause)


def _finish(row: WebhookDelivery, answer: Answer, state: str, next_try_at: datetime | None = None) -> None:
    now = timezone.now()
    WebhookDelivery.objects.filter(pk=row.pk, lease=row.lease).update(
        state=state,
        tries=F("tries") + 1,
        lease="",
        next_try_at=next_try_at or now,
        tried_at=now,
        answer_code=answer.code,
        answer_text=answer.text,
        problem=answer.problem,
    )


def _recovered(endpoint: WebhookEndpoint) -> None:
    if endpoint.failures:
        endpoint.failures, endpoint.failing_since, endpoint.paused_until = 0, None, None
        endpoint.save(update_fields=["failures", "failing_since", "paused_until"])


def _failed(endpoint: WebhookEndpoint, answer: Answer) -> None:
    """Leave it alone: 5 s, 10 s, 20 s … up to five minutes; switch it off after days without any success."""
    now = timezone.now()
    endpoint.failing_since = endpoint.failing_since or now
    pause = min(timedelta(seconds=5 * 2 ** min(endpoint.failures, 10)), LONGEST_PAUSE)
    endpoint.failures += 1
    wish = min(timedelta(seconds=answer.retry_after), LONGEST_WISH)
    endpoint.paused_until = now + max(pause * random.uniform(0.8, 1), wish)
    endpoint.save(update_fields=["failures", "failing_since", "paused_until"])
    if answer.is_gone:
        switch_off(endpoint, OffReason.GONE)
    elif now - endpoint.failing_since > SWITCHED_OFF_AFTER:
        switch_off(endpoint, OffReason.FAILURES)


def _next_due() -> datetime | None:
    rows = WebhookDelivery.objects.filter(state=DeliveryState.WAITING, endpoint__active=True)
    moments = (
        rows.values("endpoint__paused_until")
        .annotate(first=Min("next_try_at"))
        .values_list("endpoint__paused_until", "first")
    )
    return min((max(filter(None, pair)) for pair in moments), default=None)


def _clear_old_sometimes() -> None:
    global _cleared_at
    now = timezone.now()
    if _cleared_at is None or not timedelta(0) <= now - _cleared_at < CLEAR_EVERY:
        _cleared_at = now
        clear_old()
