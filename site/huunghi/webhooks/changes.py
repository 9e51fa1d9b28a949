"""What became of events for those who read without an account: compares before and after."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse
from wagtail.admin.utils import get_admin_base_url
from wagtail.models import Page

from huunghi.conf import content_languages
from huunghi.events.models import EventPage, EventStatus
from huunghi.partners.access import public_pages

from .noting import Notice
from .types import MessageType

State = dict[UUID, dict[str, str]]  # record -> language in which it is public -> status


def public_state(pages: QuerySet[Any]) -> State:
    """Those of the events that everyone may read at this moment; one query."""
    state: State = {}
    rows = public_pages(pages).filter(alias_of__isnull=True)
    for key, language, status in rows.values_list("translation_key", "locale__language_code", "status"):
        state.setdefault(key, {})[language] = status
    return state


def state_of_record(key: UUID) -> State:
    return public_state(EventPage.objects.filter(translation_key=key))


def state_below(page: Page) -> State:
    """Of the events at and below a page, in all their languages: translations stand elsewhere."""
    below = EventPage.objects.descendant_of(page, inclusive=True)
    return public_state(EventPage.objects.filter(translation_key__in=below.values("translation_key")))


def what_happened(before: State, after: State, *, written: bool = False) -> Iterator[Notice]:
    """The notices of all records of two states. `written`: their content was saved, so that equal states differ."""
    for key in {**before, **after}:
        was, is_ = before.get(key, {}), after.get(key, {})
        if type_ := _type(was, is_, written):
            yield Notice(type_, str(key), _data(key, is_))


def _type(was: dict[str, str], is_: dict[str, str], written: bool) -> MessageType | None:
    if not was:
        return MessageType.EVENT_PUBLISHED if is_ else None
    if not is_:
        return MessageType.EVENT_WITHDRAWN
    if EventStatus.CANCELLED in is_.values() and EventStatus.CANCELLED not in was.values():
        return MessageType.EVENT_CANCELLED
    return MessageType.EVENT_CHANGED if written or was != is_ else None


def _data(key: UUID, languages: dict[str, str]) -> dict[str, Any]:
    return {
        "id": str(key),
        "languages": [code for code in content_languages() if code in languages],
        "url": api_address(key),
    }


def api_address(key: UUID) -> str | None:
    """Where the API tells of an event; None on a site that does not serve the API."""
    try:
        path = reverse("huunghi:huunghi_v1:get_event", args=[key])
    except NoReverseMatch:
        return None
    return f"{(get_admin_base_url() or '').rstrip('/')}{path}"
