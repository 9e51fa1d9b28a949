"""The filters of an archive search: what a reader may write, and the engine's own form of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from django.utils import timezone
from pydantic import Field, model_validator

from huunghi.events.api.filters import Moment, RangeParameters, RecordType, Status
from huunghi.events.querysets import month_period
from huunghi.http import (
    MAX_QUERY,
    CursorParameters,
    IsoDate,
    Language,
    LanguageParameters,
    Month,
    ParameterProblem,
    Value,
    Year,
    check_range,
)
from huunghi.partners.access import Reader, readable_pages
from huunghi.partners.fields import first_day, last_day

from ..documents.extraction import APART, PAGE_TYPES
from ..engines.base import Filters
from ..service import DEFAULT_FACETS

Facet = Literal[
    "partner", "country", "kind", "field", "year", "language", "place", "organisation", "unit", "type", "none"
]
Order = Literal["relevance", "date", "-date"]

MOST_UPDATED = 30_000  # records that an engine can be given by their ids
ORGANISATION = "org:"  # the index tells organisations from places by it; readers never see it


class ArchiveParameters(RangeParameters, CursorParameters):
    """Values of one name are alternatives; different names narrow each other. Every `quantity` has to hold."""

    q: str = Field(
        "", max_length=MAX_QUERY, description='Words, "a phrase", -without. Empty: everything, newest first.'
    )
    type: list[RecordType] = Field([])
    start: IsoDate | None = Field(
        None, alias="from", description="What ends on or after it: 2019, 2019-05, 2019-05-14."
    )
    end: IsoDate | None = Field(None, alias="to", description="What begins on or before it.")
    month: list[Month] = Field([], description="YYYY-MM.")
    year: list[Year] = Field([])
    now: Literal["1"] | None = Field(None, description="1: only what goes on today.")
    partner: list[Value] = Field([], description="Code of a partner: KH-8.")
    country: list[Value] = Field([], description="Key of a country or group: KH.")
    kind: list[Value] = Field([], description="Code of an event kind, form of an exchange, genre of an article.")
    field: list[Value] = Field([], description="Code of a field of cooperation.")
    status: list[Status] = Field([], description="Of events.")
    exchange: list[UUID] = Field([], description="Id of an exchange: its editions.")
    place: list[Value] = Field([], description="Key of a place: VN-44.")
    organisation: list[Value] = Field([], description="Key of an organising body.")
    unit: list[Value] = Field([], description="Key of the editorial unit that keeps the record.")
    language: list[Language] = Field([], description="What can be read in this language.")
    updated_since: Moment | None = Field(
        None, description="What was published again since, as a moment with its zone, or a date (from midnight UTC)."
    )
    facets: list[Facet] = Field(list(DEFAULT_FACETS), description="Which to count; `none` for none.")
    timeline_year: Year | None = Field(
        None, description="The year whose months the timeline counts; without it the one that `year` names."
    )
    order: Order = Field("relevance")

    @model_validator(mode="after")
    def range_is_not_reversed(self) -> ArchiveParameters:
        check_range(self.start, self.end)
        return self


class SuggestParameters(LanguageParameters):
    q: str = Field(max_length=MAX_QUERY, description="The beginning of a title or name.")


def engine_filters(wanted: ArchiveParameters, reader: Reader) -> Filters:
    """Raises ParameterProblem for a unit of measure or a place that the archive does not know."""
    wanted.check_measures()
    return Filters(
        types=list(wanted.type),
        partners=wanted.partner,
        countries=wanted.country,
        kinds=wanted.kind,
        fields=wanted.field,
        statuses=list(wanted.status),
        years=wanted.year,
        places=wanted.place,
        organisations=[f"{ORGANISATION}{key}" for key in wanted.organisation],
        exchanges=[str(id_) for id_ in wanted.exchange],
        languages=wanted.language,
        units=wanted.unit,
        quantities=wanted.quantity,
        any_quantity=wanted.min_quantity,
        near=wanted.circle(),
        periods=periods(wanted),
        ids=updated_since(wanted.updated_since, reader) if wanted.updated_since else None,
        start=first_day(wanted.start) if wanted.start else None,
        end=last_day(wanted.end) if wanted.end else None,
    )


def periods(wanted: ArchiveParameters) -> list[list[tuple[date, date]]]:
    """First and last days by `month` and by `now`; what is found touches one of each."""
    today = timezone.localdate()
    months = [month_period(day.year, day.month) for day in wanted.month]
    return [alternatives for alternatives in (months, [(today, today)] if wanted.now else []) if alternatives]


def updated_since(moment: datetime, reader: Reader) -> frozenset[str]:
    """Ids of the documents of records of which the reader may read a page that was published since.

    The index does not know it: each language has a moment of its own, and may be hidden. One query for each type.
    """
    keys: set[str] = set()
    for model in PAGE_TYPES.values():
        pages = readable_pages(model.objects.filter(last_published_at__gte=moment), reader)
        keys.update(map(str, pages.values_list("translation_key", flat=True).distinct()))
    if len(keys) > MOST_UPDATED:
        raise ParameterProblem({"updated_since": f"More than {MOST_UPDATED} records were; ask for a later moment."})
    return frozenset(keys | {f"{key}{APART}{partner}" for key in keys for partner in reader.partners})


def wanted_facets(names: list[Facet]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name != "none"))
