"""`/events/` for everybody: answered from cards, from the tables for what changed a moment ago.

Readers who are somebody are answered from the tables: `huunghi.events.api.router`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.http import HttpRequest, HttpResponse
from ninja import Query

from huunghi.events.api import fetching, filters, router, schemas
from huunghi.events.models import EventPage
from huunghi.http import LanguageParameters, decode_cursor, encode_cursor, problems, row_id
from huunghi.partners.access import ANONYMOUS
from huunghi.search.cards import reading
from huunghi.search.cards.documents import NEVER, UNDATED, marked, microseconds, ordinals
from huunghi.search.cards.kept import Shown, kept_answers, question_of
from huunghi.search.cards.reading import Beside, Listed, State, Stored

from . import conditional

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@router.router.get(
    "/",
    response={200: schemas.EventList, **problems(422)},
    operation_id="huunghi_list_events",
    summary="Events, newest first",
)
def list_events(request: HttpRequest, parameters: Query[filters.EventListParameters]) -> Any:
    if not conditional.reads_like_anybody(request):
        return router.list_events(request, parameters)
    state = reading.state()
    if state is None:
        return router.list_events(request, parameters)
    version = conditional.version_of(request, state)
    return conditional.not_modified(request, version) or _answer(request, version, _list(state, parameters))


@router.router.get(
    "/{uuid:event_id}/",
    response={200: schemas.EventDetail, **problems(404, 422)},
    operation_id="huunghi_get_event",
    summary="One event with everything that the reader may see of it",
)
def get_event(request: HttpRequest, event_id: UUID, parameters: Query[LanguageParameters]) -> Any:
    if not conditional.reads_like_anybody(request):
        return router.get_event(request, event_id, parameters)
    state, texts = reading.event(str(event_id))
    version = conditional.version_of(request, state)
    if unchanged := conditional.not_modified(request, version):
        return unchanged
    found = _event(state, texts, parameters.lang) if state else None
    if found is None:
        return router.get_event(request, event_id, parameters)
    content, shown = found
    question = question_of(request.path_info, request.META.get("QUERY_STRING", ""))
    kept_answers.keep(question, state, shown, content)
    return _answer(request, version, content)


def _answer(request: HttpRequest, version: conditional.Version | None, content: bytes) -> HttpResponse:
    site = f"{request.scheme}://{request.get_host()}"
    content = reading.with_addresses(content, site)
    return conditional.public(request, HttpResponse(content, content_type=conditional.JSON), version)


# --- one event


def _event(state: State, texts: list[Stored], language: str) -> tuple[bytes, set[Shown]] | None:
    """(JSON with marks, all texts that are shown); None when it has to be read from the tables, or is not there."""
    if not texts or not all(text.is_open for text in texts):
        return None
    text = reading.nearest(texts, language, attrgetter("language"))
    if text.rest is None or not state.is_settled:  # what stands beside an event may be what is waiting
        return None
    own = reading.joined(reading.served_to(text.served, language), bytes(text.short))
    beside = reading.beside(state, text, date.today(), language)
    content = reading.joined(reading.joined(own, bytes(text.rest)), orjson.dumps(_series(beside)))
    return content, beside.shown | {(text.key, text.language) for text in texts}


def _series(beside: Beside) -> dict[str, Any]:
    return {name: getattr(beside, name) for name in ("exchange", "previous", "next", "related")}


# --- lists


def _list(state: State, parameters: filters.EventListParameters) -> bytes:
    """JSON with marks."""
    order, language, limit = parameters.order, parameters.lang, parameters.limit
    after = _position(parameters.cursor, order)
    stored = reading.listed(state, order, after, limit + 1, _within(parameters))
    recent = _recent(state, parameters)
    places = sorted([*stored, *recent], key=lambda place: _rank(place, order))[: limit + 1]
    shown = places[:limit]
    contents = reading.short_cards([place.card_id for place in shown if place.card_id], language)
    contents |= _recent_cards([recent[place] for place in shown if place in recent], language)
    behind = orjson.dumps(_cursor(shown[-1], order)) if len(places) > limit else b"null"
    items = b",".join(contents[place.key] for place in shown if place.key in contents)
    return b'{"items":[%b],"next":%b}' % (items, behind)


def _rank(place: Listed, order: str) -> tuple[int, int]:
    return place.sort, -place.source_id if order == "-date" else place.source_id


def _within(parameters: filters.EventListParameters) -> tuple[str, Any] | None:
    """SQL for the source pages that pass the filters; None without filters."""
    if not parameters.model_fields_set - {"lang", "limit", "cursor", "order"}:
        return None
    events = EventPage.objects.order_by()
    if parameters.updated_since:
        events = filters.with_updated(events, ANONYMOUS)
    sources = filters.narrowed(events, parameters, ANONYMOUS).values("pk")
    return sources.query.get_compiler(connection=connection).as_sql()


def _recent(state: State, parameters: filters.EventListParameters) -> dict[Listed, EventPage]:
    """Events that changed and are not fed yet, from the tables, as far as the list goes on with them."""
    keys = [key for key in state.pending if not key.startswith("publication-")]
    if not keys:
        return {}
    events = fetching.list_sources(ANONYMOUS).filter(translation_key__in=keys)
    events = filters.behind(filters.narrowed(events, parameters, ANONYMOUS), parameters.cursor, parameters.order)
    return {
        Listed(0, str(event.translation_key), _sort(event, parameters.order), event.pk): event
        for event in filters.ordered(events, parameters.order)[: parameters.limit + 1]
    }


def _recent_cards(events: list[EventPage], language: str) -> dict[str, bytes]:
    if not events:
        return {}
    cards = fetching.cards(events, language, ANONYMOUS, marked)
    return {card["id"]: orjson.dumps(schemas.EventCard(**card).model_dump(mode="json")) for card in cards}


# --- where a list goes on: the same cursors as those of `events.api.filters`


def _sort(event: Any, order: str) -> int:
    if order == "updated":
        return microseconds(event.updated)
    newest, oldest = ordinals(event.start_date)
    return newest if order == "-date" else oldest


def _position(cursor: str, order: str) -> tuple[int, int] | None:
    read = filters.optional_moment if order == "updated" else filters.optional_date
    position = decode_cursor(cursor, order, read, row_id)
    if position is None:
        return None
    value, pk = position
    if order == "updated":
        return microseconds(value), pk
    return ordinals(value)[0 if order == "-date" else 1], pk


def _cursor(place: Listed, order: str) -> str:
    value: date | datetime | None = None
    if order == "updated" and place.sort != NEVER:
        value = EPOCH + timedelta(microseconds=place.sort)
    elif order != "updated" and place.sort != UNDATED:
        value = date.fromordinal(abs(place.sort))
    return encode_cursor(order, value.isoformat() if value else None, place.source_id)
