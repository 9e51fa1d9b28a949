"""`/exchanges/`: continuing programmes and series."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal
from uuid import UUID

from django.db.models import Prefetch, Q
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from huunghi.http import LanguageParameters, Value, absolute_url, problems
from huunghi.partners.access import Reader, reader_of
from huunghi.partners.api import schemas as shared
from huunghi.partners.api.schemas import Absolute, Photo, Term

from ..models import ExchangeOrganiser, ExchangePage, ExchangePartnerSide, ExchangePhoto
from ..querysets import in_country, pages_with, readable_events
from . import presenting, records
from .fetching import PARTNER_COUNTRY, joined
from .schemas import Edition, OrganiserOut, PartnerSide

router = Router(tags=["exchanges"])


class ExchangeListParameters(records.RecordListParameters):
    partner: list[Value] = Field([], description="Code of a partner: KH-8.")
    country: list[Value] = Field([], description="Key of the partner's country or group: KH.")
    kind: list[Literal["exchange", "series", "programme"]] = Field([])
    field: list[Value] = Field([], description="Code of a field of cooperation.")
    organisation: list[Value] = Field([], description="Key of an organising body.")


class ExchangeCard(records.RecordCard):
    type: Literal["exchange"] = "exchange"
    form: str = Field(description="exchange (two or more sides), series or programme")
    discipline: str = Field(description="What is exchanged: sport, song, dance …; empty if it is not one thing.")
    direction: str = Field(description="incoming, outgoing, mutual or empty")
    since: str | None = Field(description="ISO 8601, cut to the precision; null when it is not known.")
    partners: list[PartnerSide]


class ExchangeDetail(ExchangeCard, records.RecordDetail):
    fields: list[Term]
    organisers: list[OrganiserOut]
    photos: list[Photo]
    editions: list[Edition] = Field(description=f"The newest {records.EDITIONS}.")
    editions_url: str = Field(description="The list of all editions, as cards.")


class ExchangeList(Schema):
    items: list[ExchangeCard]
    next: str | None = Field(description="Give it as `cursor` for the items behind these; null at the end.")


def card_relations() -> list[Any]:
    return [Prefetch("partner_sides", joined(ExchangePartnerSide, PARTNER_COUNTRY))]


def detail_relations() -> list[Any]:
    return [
        *card_relations(),
        Prefetch("organisers", joined(ExchangeOrganiser, "organisation")),
        Prefetch("photos", joined(ExchangePhoto, "image", "place")),
        "fields",
    ]


def exchange_card(page: ExchangePage, language: str, absolute: Absolute) -> dict[str, Any]:
    """The fields of `ExchangeCard`."""
    return {
        **records.record_card(page, language, absolute),
        "form": page.form,
        "discipline": page.discipline,
        "direction": page.direction,
        "since": page.since or None,
        "partners": [presenting.partner_side(side) for side in page.partner_sides.all()],
    }


SHELF = records.Shelf(ExchangePage, "since", "since", exchange_card, card_relations)


def conditions(wanted: ExchangeListParameters, reader: Reader) -> Iterator[Q]:
    if wanted.partner:
        yield Q(pk__in=pages_with("partner_sides", Q(partner__code__in=wanted.partner), reader, ExchangePage))
    if wanted.country:
        yield Q(pk__in=pages_with("partner_sides", in_country(wanted.country), reader, ExchangePage))
    if wanted.organisation:
        named = Q(organisation__key__in=wanted.organisation)
        yield Q(pk__in=pages_with("organisers", named, reader, ExchangePage))
    if wanted.kind:
        yield Q(form__in=wanted.kind)
    if wanted.field:
        yield records.having(ExchangePage, fields__code__in=wanted.field)


@router.get(
    "/",
    response={200: ExchangeList, **problems(422)},
    operation_id="huunghi_list_exchanges",
    summary="Exchanges, series and programmes by the day since when they are",
)
def list_exchanges(request: HttpRequest, parameters: Query[ExchangeListParameters]) -> Any:
    return records.listed(SHELF, parameters, conditions(parameters, reader_of(request)), request)


@router.get(
    "/{uuid:exchange_id}/",
    response={200: ExchangeDetail, **problems(404, 422)},
    operation_id="huunghi_get_exchange",
    summary="One exchange with its editions",
)
def get_exchange(request: HttpRequest, exchange_id: UUID, parameters: Query[LanguageParameters]) -> Any:
    reader, absolute, language = reader_of(request), absolute_url(request), parameters.lang
    page, pages = records.one(ExchangePage, exchange_id, language, reader, detail_relations())
    editions = readable_events(reader).filter(exchange__translation_key=exchange_id)
    return {
        **exchange_card(page, language, absolute),
        **records.record_detail(page, pages, reader, absolute),
        "fields": [shared.term(field) for field in page.fields.all()],
        "organisers": [presenting.organiser_out(row) for row in page.organisers.all()],
        "photos": shared.photos_out(page.photos.all(), absolute),
        "editions": records.editions_in(editions, language, reader, absolute),
        "editions_url": request.build_absolute_uri(f"../../events/?exchange={exchange_id}"),
    }
