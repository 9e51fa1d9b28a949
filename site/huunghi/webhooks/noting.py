"""Writes messages for the endpoints that want them, in the transaction of the change; they are sent after the commit.

A message says what happened to which record and where to read it, never what the record says: whoever receives it asks
the API, and gets what it may read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from .delivering import wake
from .models import DeliveryState, WebhookDelivery, WebhookEndpoint
from .types import MessageType

# What an editor does at once comes as several changes: they have become one message by then.
DELAY = timedelta(seconds=2)
MOST_COMBINED = 50  # records of one change; of more of them messages are written without looking for older ones


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that happened to a record. `data` is what the message says of it."""

    type: MessageType
    record: str
    data: Mapping[str, Any] = field(default_factory=dict)


def listeners() -> list[WebhookEndpoint]:
    """The endpoints that are on; one query, and nothing else is done where there are none."""
    return list(WebhookEndpoint.objects.filter(active=True))


def note(notices: Iterable[Notice], endpoints: Iterable[WebhookEndpoint] | None = None) -> int:
    """Write the messages of some notices; returns how many."""
    notices = list(notices)
    endpoints = listeners() if endpoints is None else list(endpoints)
    rows = []
    for endpoint in endpoints:
        for notice in notices:
            if notice.type not in endpoint.types:
                continue
            body = body_of(notice.type, notice.data)
            if len(notices) > MOST_COMBINED or not _combined(endpoint, notice, body):
                rows.append(new_delivery(endpoint, notice.type, notice.record, body))
    WebhookDelivery.objects.bulk_create(rows, batch_size=200)
    if rows:
        transaction.on_commit(wake, robust=True)
    return len(rows)


def new_delivery(endpoint: WebhookEndpoint, type_: str, record: str, body: str) -> WebhookDelivery:
    return WebhookDelivery(endpoint=endpoint, type=type_, record=record, body=body, next_try_at=timezone.now() + DELAY)


def body_of(type_: str, data: Mapping[str, Any]) -> str:
    message = {"type": str(type_), "timestamp": timezone.now().isoformat(timespec="seconds"), "data": data}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def _combined(endpoint: WebhookEndpoint, notice: Notice, body: str) -> bool:
    """Whether the last message about the record, which nobody has begun to send, says it already, or does now."""
    untouched = WebhookDelivery.objects.filter(
        endpoint=endpoint, record=notice.record, state=DeliveryState.WAITING, tries=0, lease=""
    )
    last = untouched.order_by("-pk").first()
    if last is None:
        return False
    changed, published = MessageType.EVENT_CHANGED, MessageType.EVENT_PUBLISHED
    if notice.type == changed and last.type in (published, MessageType.EVENT_CANCELLED):
        type_ = last.type  # what was said is still so; only its data are newer
    elif last.type in (notice.type, changed):
        type_ = notice.type
    else:
        return False
    body = body.replace(f'"type":"{notice.type}"', f'"type":"{type_}"', 1)
    return bool(untouched.filter(pk=last.pk).update(type=type_, body=body))
