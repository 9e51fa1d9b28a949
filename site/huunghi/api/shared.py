"""`/shared/`: for programs of a partner. The endpoints of the public API, read with a key and for that partner only."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from huunghi.events.api import router as events
from huunghi.events.api import schemas as event_schemas
from huunghi.http import LanguageParameters, problems
from huunghi.partners.api.keys import PartnerKeyAuthentication
from huunghi.partners.api.schemas import PartnerOut, iso_moment, partner_out
from huunghi.partners.models import Partner
from huunghi.search.api import router as archive
from huunghi.search.api import schemas as search_schemas

router = Router(tags=["shared"], auth=PartnerKeyAuthentication())


class KeyOut(Schema):
    partner: PartnerOut
    key: str = Field(description="The name that the key was given.")
    expires: str = Field(description="From this moment on the key opens nothing, ISO 8601.")


@router.get(
    "/",
    response={200: KeyOut, **problems(401, 422, 429)},
    operation_id="huunghi_get_key",
    url_name="get_key",
    summary="Whose key this is, and until when",
)
def get_key(request: HttpRequest, parameters: Query[LanguageParameters]) -> Any:
    key = request.auth  # type: ignore[attr-defined]
    partner = Partner.objects.select_related("place__parent__parent__parent").get(pk=key.partner_id)
    return {"partner": partner_out(partner), "key": key.name, "expires": iso_moment(key.expires_at)}


router.get(
    "/events/",
    response={200: event_schemas.EventList, **problems(401, 422, 429)},
    operation_id="huunghi_list_shared_events",
    url_name="list_shared_events",
    summary="Events that are shared with the partner",
)(events.list_events)

router.get(
    "/events/{uuid:event_id}/",
    response={200: event_schemas.EventDetail, **problems(401, 404, 422, 429)},
    operation_id="huunghi_get_shared_event",
    url_name="get_shared_event",
    summary="One shared event, less what is withheld",
)(events.get_event)

router.get(
    "/archive/",
    response={200: search_schemas.ArchiveResult, **problems(401, 422, 429, 503)},
    operation_id="huunghi_search_shared",
    url_name="search_shared",
    summary="Search everything that is shared with the partner",
)(archive.search)

router.get(
    "/calendar.ics",
    response={**problems(401, 422, 429)},
    operation_id="huunghi_get_shared_calendar",
    url_name="get_shared_calendar",
    summary="Shared events for a calendar program",
    openapi_extra=events.CALENDAR_ANSWER,
)(events.get_calendar)
