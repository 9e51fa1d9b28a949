"""The calendar of one partner: its events for a calendar program."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router

from huunghi.events.api import fetching, filters
from huunghi.events.api.router import CALENDAR_ANSWER, CALENDAR_LIMIT, calendar_response
from huunghi.events.querysets import EventFilters, filter_events
from huunghi.http import UNSTORABLE, problems
from huunghi.partners.access import reader_of
from huunghi.partners.api.router import partners_with_page

router = Router(tags=["calendars"])


@router.get(
    "/partners/{code}.ics",
    response={**problems(404, 422)},
    operation_id="huunghi_get_partner_calendar",
    summary="The events with one partner for a calendar program",
    description=f"The newest {CALENDAR_LIMIT} events that pass the filters; those without a known date are left out.",
    openapi_extra=CALENDAR_ANSWER,
)
def get_partner_calendar(
    request: HttpRequest, code: str, parameters: Query[filters.EventFilterParameters]
) -> HttpResponse:
    reader = reader_of(request)
    if UNSTORABLE.search(code) or not partners_with_page(reader).filter(code=code).exists():
        raise Http404("No such partner.")
    events = filters.narrowed(fetching.list_sources(reader), parameters, reader).exclude(start_date=None)
    newest = filters.ordered(filter_events(events, EventFilters(partners=[code]), reader), "-date")[:CALENDAR_LIMIT]
    return calendar_response(fetching.translated_pages(newest, parameters.lang, reader), request, parameters.lang)
