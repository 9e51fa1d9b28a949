"""`/events/` and the calendars."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router

from huunghi.http import LanguageParameters, absolute_url, problems
from huunghi.partners.access import reader_of

from . import calendar, fetching, filters

router = Router(tags=["events"])
calendar_router = Router(tags=["calendars"])

CALENDAR_LIMIT = 2000
CALENDAR_ANSWER = {
    "responses": {200: {"description": "iCalendar", "content": {"text/calendar": {"schema": {"type": "string"}}}}}
}


def list_events(request: HttpRequest, parameters: Query[filters.EventListParameters]) -> Any:
    """From the tables, for any reader; mounted by the site, which answers most readers from cards."""
    reader = reader_of(request)
    events = filters.narrowed(fetching.list_sources(reader), parameters, reader)
    events = filters.behind(events, parameters.cursor, parameters.order)
    sources = list(filters.ordered(events, parameters.order)[: parameters.limit + 1])
    shown = sources[: parameters.limit]
    return {
        "items": fetching.cards(shown, parameters.lang, reader, absolute_url(request)),
        "next": filters.cursor_behind(shown[-1], parameters.order) if len(sources) > len(shown) else None,
    }


def get_event(request: HttpRequest, event_id: UUID, parameters: Query[LanguageParameters]) -> Any:
    """From the tables, for any reader; mounted by the site like the list."""
    return found(fetching.detail(event_id, parameters.lang, reader_of(request), absolute_url(request)))


@router.get(
    "/{uuid:event_id}.ics",
    response={**problems(404, 422)},
    operation_id="huunghi_get_event_calendar",
    summary="One event for a calendar program",
    openapi_extra=CALENDAR_ANSWER,
)
def get_event_calendar(request: HttpRequest, event_id: UUID, parameters: Query[LanguageParameters]) -> HttpResponse:
    reader = reader_of(request)
    sources = fetching.list_sources(reader).filter(translation_key=event_id)
    pages = fetching.translated_pages(sources, parameters.lang, reader)
    page = found(next((page for page in pages if page.start_date), None))
    return calendar_response([page], request, parameters.lang)


@calendar_router.get(
    "/calendar.ics",
    response={**problems(422)},
    operation_id="huunghi_get_calendar",
    summary="Events for a calendar program",
    description=f"The newest {CALENDAR_LIMIT} events that pass the filters; those without a known date are left out.",
    openapi_extra=CALENDAR_ANSWER,
)
def get_calendar(request: HttpRequest, parameters: Query[filters.EventFilterParameters]) -> HttpResponse:
    reader = reader_of(request)
    events = filters.narrowed(fetching.list_sources(reader), parameters, reader).exclude(start_date=None)
    newest = filters.ordered(events, "-date")[:CALENDAR_LIMIT]
    return calendar_response(fetching.translated_pages(newest, parameters.lang, reader), request, parameters.lang)


def calendar_response(pages: list[Any], request: HttpRequest, language: str) -> HttpResponse:
    return HttpResponse(
        calendar.calendar(pages, language, absolute_url(request)),
        content_type=calendar.CONTENT_TYPE,
        headers={"Content-Language": language},
    )


def found(value: Any) -> Any:
    """The value; a 404 in its place when there is none. A hidden event and one that never was are answered alike."""
    if value is None:
        raise Http404("No such event.")
    return value
