"""`/reports/`: what a period held, in figures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal
from uuid import UUID

from django.db.models import Prefetch
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from huunghi.http import LanguageParameters, absolute_url, problems
from huunghi.partners.access import Reader, reader_of
from huunghi.partners.api import schemas as shared
from huunghi.partners.api.schemas import Absolute, OrganisationOut

from ..models import ReportFigure, ReportPage
from ..querysets import in_language, readable_events
from . import periods, presenting, records
from .fetching import joined
from .schemas import Edition, FigureOut

router = Router(tags=["reports"])


class ReportCard(periods.PeriodCard):
    type: Literal["report"] = "report"


class ReportFigureOut(FigureOut):
    label: str = Field(description="What was counted, as the report names it.")
    organisation: OrganisationOut | None = Field(description="The unit that did it.")
    event: Edition | None = Field(description="The event behind the figure, if it is a single one.")


class ReportDetail(ReportCard, records.RecordDetail):
    document: periods.OfficialDocumentOut | None
    figures: list[ReportFigureOut]


class ReportList(Schema):
    items: list[ReportCard]
    next: str | None = Field(description="Give it as `cursor` for the items behind these; null at the end.")


SHELF = records.Shelf(ReportPage, "period_from", "period_to", periods.period_card, periods.card_relations)


def detail_relations() -> list[Any]:
    return [*periods.JOINED, Prefetch("figures", joined(ReportFigure, "unit", "source", "organisation", "event"))]


def events_behind(
    figures: Iterable[ReportFigure], language: str, reader: Reader, absolute: Absolute
) -> dict[UUID, Edition]:
    """Key of an event -> the link to it, for those that the reader may read; two queries."""
    keys = {figure.event.translation_key for figure in figures if figure.event}
    sources = readable_events(reader).filter(translation_key__in=keys)
    return {page.translation_key: presenting.edition(page, absolute) for page in in_language(sources, language, reader)}


def figure_out(figure: ReportFigure, events: dict[UUID, Edition]) -> ReportFigureOut:
    return ReportFigureOut(
        **presenting.figure_out(figure).model_dump(),
        label=figure.label,
        organisation=shared.organisation_out(figure.organisation),
        event=events.get(figure.event.translation_key) if figure.event else None,
    )


@router.get(
    "/",
    response={200: ReportList, **problems(422)},
    operation_id="huunghi_list_reports",
    summary="Reports by period, newest first",
)
def list_reports(request: HttpRequest, parameters: Query[records.DatedListParameters]) -> Any:
    return records.listed(SHELF, parameters, iter(()), request)


@router.get(
    "/{uuid:report_id}/",
    response={200: ReportDetail, **problems(404, 422)},
    operation_id="huunghi_get_report",
    summary="One report with its figures",
)
def get_report(request: HttpRequest, report_id: UUID, parameters: Query[LanguageParameters]) -> Any:
    reader, absolute, language = reader_of(request), absolute_url(request), parameters.lang
    page, pages = records.one(ReportPage, report_id, language, reader, detail_relations())
    figures = list(page.figures.all())
    events = events_behind(figures, language, reader, absolute)
    return {
        **periods.period_card(page, language, absolute),
        **records.record_detail(page, pages, reader, absolute),
        "document": periods.official_document_out(page.official_document, absolute),
        "figures": [figure_out(figure, events) for figure in figures],
    }
