"""`/plans/`: what a year should hold, and the events that fulfil it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Literal
from uuid import UUID

from django.db.models import Prefetch, Q
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from huunghi.http import LanguageParameters, Value, absolute_url, problems
from huunghi.partners.access import Reader, readable_sources, reader_of
from huunghi.partners.api import schemas as shared
from huunghi.partners.api.schemas import Absolute, OrganisationOut, PartnerOut, Term

from ..models import EventPage, PlanItem, PlanPage
from ..querysets import in_date_order, in_language, pages_with, readable_events
from . import periods, presenting, records
from .fetching import PARTNER_COUNTRY, joined
from .schemas import Edition, Link, UnitOut

router = Router(tags=["plans"])


class PlanListParameters(records.DatedListParameters):
    partner: list[Value] = Field([], description="Code of a partner with whom an item is planned: KH-8.")
    organisation: list[Value] = Field([], description="Key of a body that leads an item.")


class PlanCard(periods.PeriodCard):
    type: Literal["plan"] = "plan"
    scope: str


class PlanItemOut(Schema):
    content: str
    period: str = Field(description="When, in words.")
    lead: OrganisationOut | None
    partner: PartnerOut | None
    target: int | float | None
    unit: UnitOut | None = Field(description="What the target counts.")
    recurring: bool
    events: list[Edition] = Field(description="Events that fulfil it, newest first.")


class PlanDetail(PlanCard, records.RecordDetail):
    document: periods.OfficialDocumentOut | None
    audiences: list[Term]
    items: list[PlanItemOut]
    part_of: Link | None = Field(description="The longer plan it belongs to.")
    parts: list[Link]


class PlanList(Schema):
    items: list[PlanCard]
    next: str | None = Field(description="Give it as `cursor` for the items behind these; null at the end.")


def detail_relations() -> list[Any]:
    items = joined(PlanItem, "lead", "target_unit", PARTNER_COUNTRY)
    return [*periods.JOINED, Prefetch("items", items), "audiences", "parent_plan"]


def plan_card(page: PlanPage, language: str, absolute: Absolute) -> dict[str, Any]:
    """The fields of `PlanCard`."""
    return {**periods.period_card(page, language, absolute), "scope": page.scope}


SHELF = records.Shelf(PlanPage, "period_from", "period_to", plan_card, periods.card_relations)


def conditions(wanted: PlanListParameters, reader: Reader) -> Iterator[Q]:
    if wanted.partner:
        yield Q(pk__in=pages_with("items", Q(partner__code__in=wanted.partner), reader, PlanPage))
    if wanted.organisation:
        yield Q(pk__in=pages_with("items", Q(lead__key__in=wanted.organisation), reader, PlanPage))


def item_out(item: PlanItem, events: list[Edition]) -> PlanItemOut:
    unit = item.target_unit
    return PlanItemOut(
        content=item.content,
        period=item.period,
        lead=shared.organisation_out(item.lead),
        partner=shared.partner_out(item.partner),
        target=None if item.target is None else presenting.json_number(item.target),
        unit=UnitOut(code=unit.code, names=unit.names, measure_class=unit.measure_class) if unit else None,
        recurring=item.recurring,
        events=events,
    )


def fulfilling(keys: list[UUID], language: str, reader: Reader, absolute: Absolute) -> dict[UUID, list[Edition]]:
    """Key of an item -> the events that the reader may read and that fulfil it; three queries."""
    pairs = EventPage.plan_items.through.objects.filter(planitem__translation_key__in=keys)
    claimed = list(pairs.values_list("eventpage_id", "planitem__translation_key"))
    sources = list(in_date_order(readable_events(reader).filter(pk__in={event for event, _key in claimed})))
    pages = in_language(sources, language, reader)
    links = {source.pk: presenting.edition(page, absolute) for source, page in zip(sources, pages, strict=True)}
    found: dict[UUID, list[Edition]] = defaultdict(list)
    for source in sources:
        for key in {key for event, key in claimed if event == source.pk}:
            found[key].append(links[source.pk])
    return found


@router.get(
    "/",
    response={200: PlanList, **problems(422)},
    operation_id="huunghi_list_plans",
    summary="Plans by period, newest first",
)
def list_plans(request: HttpRequest, parameters: Query[PlanListParameters]) -> Any:
    return records.listed(SHELF, parameters, conditions(parameters, reader_of(request)), request)


@router.get(
    "/{uuid:plan_id}/",
    response={200: PlanDetail, **problems(404, 422)},
    operation_id="huunghi_get_plan",
    summary="One plan with its items and the events that fulfil them",
)
def get_plan(request: HttpRequest, plan_id: UUID, parameters: Query[LanguageParameters]) -> Any:
    reader, absolute, language = reader_of(request), absolute_url(request), parameters.lang
    page, pages = records.one(PlanPage, plan_id, language, reader, detail_relations())
    items = list(page.items.all())
    events = fulfilling([item.translation_key for item in items], language, reader, absolute)
    parts = readable_sources(PlanPage, reader).filter(parent_plan__translation_key=plan_id)
    return {
        **plan_card(page, language, absolute),
        **records.record_detail(page, pages, reader, absolute),
        "document": periods.official_document_out(page.official_document, absolute),
        "audiences": [shared.term(audience) for audience in page.audiences.all()],
        "items": [item_out(item, events.get(item.translation_key, [])) for item in items],
        "part_of": records.readable_link(page.parent_plan, language, reader, absolute),
        "parts": records.links_to(parts.order_by("period_from", "pk"), language, reader, absolute),
    }
