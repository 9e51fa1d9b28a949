"""The filters of an archive search: what a reader may write, and the engine's own form of it."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field, model_validator

from huunghi.http import (
    MAX_QUERY,
    CursorParameters,
    IsoDate,
    Language,
    LanguageParameters,
    ParameterProblem,
    Value,
    Year,
    check_range,
)
from huunghi.partners.fields import first_day, last_day

from ..engines.base import Filters
from ..planning.ranges import Near, Quantity, parse_near, parse_quantity, unknown_measures
from ..service import DEFAULT_FACETS

Type = Literal["event", "exchange", "partner", "article", "plan", "report", "publication"]
Status = Literal["planned", "confirmed", "held", "postponed", "cancelled"]
Facet = Literal[
    "partner", "country", "kind", "field", "year", "language", "place", "organisation", "unit", "type", "none"
]
Order = Literal["relevance", "date", "-date"]

QuantityText = Annotated[Quantity, BeforeValidator(parse_quantity, json_schema_input_type=str)]
NearText = Annotated[Near, BeforeValidator(parse_near, json_schema_input_type=str)]

ORGANISATION = "org:"  # the index tells organisations from places by it; readers never see it


class ArchiveParameters(CursorParameters):
    """Values of one name are alternatives; different names narrow each other. Every `quantity` has to hold."""

    q: str = Field(
        "", max_length=MAX_QUERY, description='Words, "a phrase", -without. Empty: everything, newest first.'
    )
    type: list[Type] = Field([])
    start: IsoDate | None = Field(
        None, alias="from", description="What ends on or after it: 2019, 2019-05, 2019-05-14."
    )
    end: IsoDate | None = Field(None, alias="to", description="What begins on or before it.")
    year: list[Year] = Field([])
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
    quantity: list[QuantityText] = Field(
        [],
        description="Code of a unit of measure and the size of the largest such figure: `venue:20` (at least 20), "
        "`attendance:100-500`. Of several every one has to hold.",
    )
    near: NearText | None = Field(
        None,
        description="A place of the record is within so many kilometres of a place, `VN-44,50`, or of a latitude and "
        "longitude in degrees, `10.38,105.43,50`.",
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


def engine_filters(wanted: ArchiveParameters) -> Filters:
    """Raises ParameterProblem for a unit of measure or a place that the archive does not know."""
    unknown, known = unknown_measures(wanted.quantity)
    if unknown:
        problem = f"{unknown[0]} is no unit of measure. Known are: {', '.join(known)}."
        raise ParameterProblem({"quantity": problem})
    try:
        circle = wanted.near.circle() if wanted.near else None
    except ValueError as error:
        raise ParameterProblem({"near": str(error)}) from error
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
        near=circle,
        start=first_day(wanted.start) if wanted.start else None,
        end=last_day(wanted.end) if wanted.end else None,
    )


def wanted_facets(names: list[Facet]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name != "none"))
