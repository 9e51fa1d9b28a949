"""The filters of events: what a reader may write, and how it narrows the list."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from pydantic import BeforeValidator, Field, model_validator

from huunghi.http import (
    DATE_PATTERN,
    DAY_PATTERN,
    CursorParameters,
    IsoDate,
    Language,
    LanguageParameters,
    Month,
    ParameterProblem,
    Value,
    Year,
    check_range,
    decode_cursor,
    encode_cursor,
    parse_iso_date,
    row_id,
    written,
)
from huunghi.partners.access import Reader, readable_pages
from huunghi.partners.fields import first_day, last_day

from ..models import EventPage
from ..querysets import EventFilters, filter_events, in_date_order, month_period, year_period
from ..ranges import (
    FARTHEST,
    LEAST,
    NUMBER,
    PLACE,
    QUANTITY,
    Circle,
    Near,
    Quantity,
    parse_least,
    parse_near,
    parse_quantity,
    unknown_measures,
)

RecordType = Literal["event", "exchange", "partner", "article", "plan", "report", "publication"]
Status = Literal["planned", "confirmed", "held", "postponed", "cancelled"]
Order = Literal["date", "-date", "updated"]


def parse_moment(text: Any) -> datetime:
    """A moment, or the first one of a day, month or year; without a time zone it is UTC."""
    if not isinstance(text, str):
        raise ValueError("Write a moment as YYYY-MM-DDThh:mm:ss+07:00, or a date.")
    if "T" not in text:
        return datetime.combine(first_day(parse_iso_date(text)), datetime.min.time(), UTC)
    try:
        # In an address a plus sign that was not encoded arrives as a space.
        moment = datetime.fromisoformat(text.replace(" ", "+"))
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError("Write a moment as YYYY-MM-DDThh:mm:ss+07:00, or a date.") from error


CLOCK_PATTERN = r"([01][0-9]|2[0-3]):[0-5][0-9]"
MOMENT_PATTERN = rf"{DAY_PATTERN}T{CLOCK_PATTERN}(:[0-5][0-9](\.[0-9]{{1,6}})?)?(Z|[+-]{CLOCK_PATTERN})?"
NEAR_PATTERN = f"({PLACE.pattern}|{NUMBER.pattern},{NUMBER.pattern})(,{NUMBER.pattern})?"

QuantityText = Annotated[Quantity, BeforeValidator(parse_quantity, json_schema_input_type=written(QUANTITY.pattern))]
LeastText = Annotated[Quantity, BeforeValidator(parse_least, json_schema_input_type=written(LEAST.pattern))]
Moment = Annotated[
    datetime, BeforeValidator(parse_moment, json_schema_input_type=written(f"({DATE_PATTERN}|{MOMENT_PATTERN})"))
]


class RangeParameters(LanguageParameters):
    """How large a figure is, and how far away a place."""

    min_quantity: list[LeastText] = Field(
        [], description="Code of a unit of measure and a number: `venue:20`, the largest such figure is at least 20."
    )
    quantity: list[QuantityText] = Field(
        [],
        description="Code of a unit of measure and the size of the largest such figure: `venue:20` (at least 20), "
        "`attendance:100-500`. Of several every one has to hold.",
    )
    near: str | None = Field(
        None,
        description="A place of the record is within so many kilometres of a place, `VN-44,50`, or of a latitude and "
        "longitude in degrees, `10.38,105.43,50`. With `within` the kilometres are left out.",
        json_schema_extra={"pattern": f"^{NEAR_PATTERN}$"},
    )
    within: float | None = Field(None, gt=0, le=FARTHEST, description="Kilometres around `near`.")

    @model_validator(mode="after")
    def distance_can_be_read(self) -> RangeParameters:
        self.near_what()
        return self

    def near_what(self) -> Near | None:
        """What `near` and `within` say together; ParameterProblem when they do not."""
        if self.near is None:
            if self.within is not None:
                raise ParameterProblem({"within": "It says how far from `near`, which is missing."})
            return None
        try:
            return parse_near(self.near, self.within)
        except ValueError as error:
            raise ParameterProblem({"near": str(error)}) from error

    def circle(self) -> Circle | None:
        """ParameterProblem for a place that is unknown or not on the map; one query for a place."""
        near = self.near_what()
        try:
            return near.circle() if near else None
        except ValueError as error:
            raise ParameterProblem({"near": str(error)}) from error

    def check_measures(self) -> None:
        """ParameterProblem for a unit of measure that is not known; one query when there is one."""
        for name in ("quantity", "min_quantity"):
            unknown, known = unknown_measures(getattr(self, name))
            if unknown:
                problem = f"{unknown[0]} is no unit of measure. Known are: {', '.join(known)}."
                raise ParameterProblem({name: problem})


class EventFilterParameters(RangeParameters):
    """Values of one name are alternatives; different names narrow each other."""

    type: list[RecordType] = Field([], description="As in the archive; a list of events holds events only.")
    start: IsoDate | None = Field(
        None, alias="from", description="Events that end on or after it: 2019, 2019-05, 2019-05-14."
    )
    end: IsoDate | None = Field(None, alias="to", description="Events that begin on or before it.")
    month: list[Month] = Field([], description="YYYY-MM.")
    year: list[Year] = Field([])
    now: Literal["1"] | None = Field(None, description="1: only events that go on today.")
    partner: list[Value] = Field([], description="Code of a partner: KH-8.")
    country: list[Value] = Field([], description="Key of the partner's country or group: KH.")
    kind: list[Value] = Field([], description="Code of an event kind: meeting.")
    field: list[Value] = Field([], description="Code of a field of cooperation.")
    status: list[Status] = Field([])
    exchange: list[UUID] = Field([], description="Id of an exchange.")
    place: list[Value] = Field([], description="Key of a place: VN-44.")
    organisation: list[Value] = Field([], description="Key of an organising body.")
    unit: list[Value] = Field([], description="Key of the editorial unit that keeps the event.")
    language: list[Language] = Field([], description="Events that can be read in this language.")
    updated_since: Moment | None = Field(
        None, description="Events published again since, as a moment with its zone, or a date (from midnight UTC)."
    )

    @model_validator(mode="after")
    def range_is_not_reversed(self) -> EventFilterParameters:
        check_range(self.start, self.end)
        return self


class EventListParameters(EventFilterParameters, CursorParameters):
    order: Order = Field("-date", description="date: oldest first; -date: newest first; updated: longest ago first.")


def narrowed(events: QuerySet, wanted: EventFilterParameters, reader: Reader) -> QuerySet:
    """The events that pass every filter of the request."""
    wanted.check_measures()
    filters = EventFilters(
        kinds=wanted.kind,
        statuses=wanted.status,
        partners=wanted.partner,
        countries=wanted.country,
        fields=wanted.field,
        places=wanted.place,
        organisations=wanted.organisation,
        exchanges=[str(id_) for id_ in wanted.exchange],
        languages=wanted.language,
        units=wanted.unit,
        quantities=wanted.quantity,
        any_quantity=wanted.min_quantity,
        circle=wanted.circle(),
        periods=[year_period(year) for year in wanted.year],
        start=first_day(wanted.start) if wanted.start else None,
        end=last_day(wanted.end) if wanted.end else None,
    )
    events = filter_events(events, filters, reader)
    if wanted.type and "event" not in wanted.type:
        events = events.filter(pk=0)
    # Names narrow each other: an event of two years may touch both a year and a month outside of it.
    if wanted.month:
        events = filter_events(
            events, EventFilters(periods=[month_period(day.year, day.month) for day in wanted.month]), reader
        )
    if wanted.now:
        today = timezone.localdate()
        events = filter_events(events, EventFilters(start=today, end=today), reader)
    if wanted.updated_since:
        events = events.filter(updated__gte=wanted.updated_since)
    return events


def with_updated(sources: QuerySet, reader: Reader) -> QuerySet:
    """Each source page with `updated`, the moment when it or a translation of it was last published."""
    versions = sources.model.objects.filter(translation_key=OuterRef("translation_key"))
    latest = readable_pages(versions, reader).order_by().values("translation_key")
    return sources.annotate(updated=Subquery(latest.annotate(latest=Max("last_published_at")).values("latest")))


def ordered(events: QuerySet, order: Order) -> QuerySet:
    """In a total order, so that a cursor can go on behind any event."""
    if order == "updated":
        return events.order_by(F("updated").asc(nulls_last=True), "pk")
    return in_date_order(events, newest_first=order == "-date")


def behind(events: QuerySet, cursor: str, order: Order) -> QuerySet:
    """The events that come after the one that the cursor names; all of them without a cursor."""
    column = "updated" if order == "updated" else "start_date"
    read = optional_moment if order == "updated" else optional_date
    position = decode_cursor(cursor, order, read, row_id)
    if position is None:
        return events
    value, pk = position
    way = "lt" if order == "-date" else "gt"
    undated = Q(**{f"{column}__isnull": True})
    if value is None:
        return events.filter(undated, **{f"pk__{way}": pk})
    later = Q(**{f"{column}__{way}": value}) | Q(**{column: value, f"pk__{way}": pk})
    return events.filter(later | undated)


def cursor_behind(event: EventPage, order: Order) -> str:
    """The cursor that goes on behind an event of the list."""
    value = event.updated if order == "updated" else event.start_date
    return encode_cursor(order, value.isoformat() if value else None, event.pk)


def optional_date(value: Any) -> date | None:
    return None if value is None else date.fromisoformat(value)


def optional_moment(value: Any) -> datetime | None:
    if value is None:
        return None
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("A moment without a time zone.")
    return moment.astimezone(UTC)
