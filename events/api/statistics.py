"""`/statistics/`: events counted, and their figures added up, by year, partner, kind, field or organisation.

Figures of different units of measure are never added. Beside each number stands the address of the list of exactly
the events that are in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from huunghi.http import ParameterProblem, Value, problems
from huunghi.partners.access import Reader, reader_of
from huunghi.partners.api.schemas import Names
from huunghi.partners.models import CooperationField, Organisation, Partner
from huunghi.partners.withholding import shown_rows

from ..models import EventKind, EventOrganiser, EventPage, EventPartnerSide, Figure, MeasureUnit
from ..querysets import VENUES, readable_events
from . import filters, presenting, schemas

router = Router(tags=["statistics"])

GroupBy = Literal["year", "partner", "kind", "field", "organisation"]
Largest = dict[int, dict[str, Decimal]]  # number of an event -> unit of measure -> its largest figure


class StatisticsParameters(filters.EventFilterParameters):
    group_by: GroupBy = Field("year", description="An event of several groups is counted in each of them.")
    measure: list[Value] = Field([], description="Code of a unit of measure: attendance. Without it all.")


class Sum(Schema):
    unit: schemas.UnitOut
    total: int | float = Field(description="Of the largest figure of each event in this unit.")
    events: int = Field(description="Events that have such a figure; the others recorded none, which is not zero.")
    events_url: str | None = Field(description="The list of these events; null in a group that no filter names.")


class Group(Schema):
    value: str | None = Field(description="Year, code or key; null for events that have none.")
    names: Names = Field(description="Empty for years.")
    events: int
    events_url: str | None = Field(description="The list of these events; null where no filter names them.")
    figures: list[Sum]


class Statistics(Schema):
    group_by: str
    total: Group = Field(description="All events that pass the filters, each once.")
    groups: list[Group] = Field(description="Years in their order; other groups with most events first.")


@dataclass
class Counted:
    """Events of one group, and their figures by unit of measure."""

    events: int = 0
    sums: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    having: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, figures: dict[str, Decimal]) -> None:
        self.events += 1
        for unit, quantity in figures.items():
            self.sums[unit] += quantity
            self.having[unit] += 1


@router.get(
    "/",
    response={200: Statistics, **problems(422)},
    operation_id="huunghi_get_statistics",
    summary="Events and figures, counted and added up",
)
def get_statistics(request: HttpRequest, parameters: Query[StatisticsParameters]) -> Any:
    reader = reader_of(request)
    units = measure_units(parameters.measure)
    events = filters.narrowed(with_updated_if_asked(parameters, reader), parameters, reader)
    everything, groups = counted(events, parameters.group_by, set(units), reader)
    if asked := {f"{value:04}" if type(value) is int else value for value in getattr(parameters, parameters.group_by)}:
        # Whatever else these events are in was not asked for, and no list has exactly those events.
        groups = {value: group for value, group in groups.items() if value in asked}
    address = Addresses(request, parameters.group_by)
    names = names_of(parameters.group_by, groups)
    ordered = sorted(groups.items(), key=lambda group: in_order(parameters.group_by, *group))
    return {
        "group_by": parameters.group_by,
        "total": group_out(None, everything, {}, units, address, total=True),
        "groups": [group_out(value, each, names.get(value, {}), units, address) for value, each in ordered],
    }


def with_updated_if_asked(wanted: StatisticsParameters, reader: Reader) -> QuerySet:
    events = readable_events(reader)
    return filters.with_updated(events, reader) if wanted.updated_since else events


def measure_units(codes: list[str]) -> dict[str, MeasureUnit]:
    """The units to be added up, by code. ParameterProblem for one that is not known."""
    known = {unit.code: unit for unit in MeasureUnit.objects.all()}
    for code in codes:
        if code not in known:
            raise ParameterProblem({"measure": f"{code} is no unit of measure. Known are: {', '.join(known)}."})
    return {code: known[code] for code in dict.fromkeys(codes)} if codes else known


def counted(
    events: QuerySet, group_by: GroupBy, units: set[str], reader: Reader
) -> tuple[Counted, dict[str | None, Counted]]:
    """(all events, those of each group); three queries."""
    rows = list(events.order_by().values_list("pk", "start_date", "end_date", "kind__code", "stated_venues"))
    largest = largest_figures(events, units, reader)
    if VENUES in units:
        for pk, _start, _end, _kind, venues in rows:
            if venues is not None:
                figures = largest.setdefault(pk, {})
                figures[VENUES] = max(figures.get(VENUES, Decimal(0)), Decimal(venues))
    values = values_by_event(events, group_by, reader)
    everything, groups = Counted(), defaultdict(Counted)
    for pk, start, end, kind, _venues in rows:
        figures = largest.get(pk, {})
        everything.add(figures)
        simple = {"year": years(start, end), "kind": [kind]}
        for value in simple.get(group_by) or values.get(pk, [None]):
            groups[value].add(figures)
    return everything, groups


def years(start: Any, end: Any) -> list[str | None]:
    """Every year that an event touches."""
    return [f"{year:04}" for year in range(start.year, (end or start).year + 1)] if start else [None]


def largest_figures(events: QuerySet, units: set[str], reader: Reader) -> Largest:
    """An event may say "500, of them 200 women": two figures of one unit are not added, the largest one counts."""
    figures = shown_rows(Figure.objects.filter(page__in=events.order_by().values("pk")), reader)
    largest: Largest = defaultdict(dict)
    for page, unit, quantity in figures.order_by().values_list("page", "unit__code", "quantity").iterator():
        if unit in units:
            largest[page][unit] = max(quantity, largest[page].get(unit, quantity))
    return largest


def values_by_event(events: QuerySet, group_by: GroupBy, reader: Reader) -> dict[int, list[str]]:
    """Number of an event -> the groups it is in, each once; for groups that are rows or many to many."""
    within = events.order_by().values("pk")
    if group_by == "partner":
        sides = shown_rows(EventPartnerSide.objects.filter(page__in=within), reader)
        pairs = sides.order_by().values_list("page", "partner__code")
    elif group_by == "organisation":
        organisers = EventOrganiser.objects.filter(page__in=within, organisation__isnull=False)
        pairs = shown_rows(organisers, reader).order_by().values_list("page", "organisation__key")
    elif group_by == "field":
        members = EventPage.fields.through.objects.filter(eventpage__in=within)
        pairs = members.values_list("eventpage", "cooperationfield__code")
    else:
        return {}
    found: dict[int, dict[str, None]] = defaultdict(dict)
    for page, value in pairs.iterator():
        found[page][value] = None
    return {page: list(values) for page, values in found.items()}


def names_of(group_by: GroupBy, values: Iterable[str | None]) -> dict[str | None, Names]:
    """Names of the groups by their value; one query, none for years."""
    wanted = [value for value in values if value is not None]
    if group_by == "partner":
        partners = Partner.objects.filter(code__in=wanted).values_list("code", "names", "place__labels")
        return {code: {**(labels or {}), **names} for code, names, labels in partners}
    if group_by == "organisation":
        return dict(Organisation.objects.filter(key__in=wanted).values_list("key", "labels"))
    if group_by == "year":
        return {}
    model = EventKind if group_by == "kind" else CooperationField
    return dict(model.objects.filter(code__in=wanted).values_list("code", "names"))


def in_order(group_by: GroupBy, value: str | None, counted: Counted) -> tuple[Any, ...]:
    return (value is None, value or "") if group_by == "year" else (value is None, -counted.events, value or "")


@dataclass(frozen=True)
class Addresses:
    """Addresses of lists of events: the request's own filters, narrowed to one group or one unit of measure."""

    request: HttpRequest
    group_by: GroupBy

    def of(self, value: str | None, unit: str = "", total: bool = False) -> str | None:
        """None for the events without a group: no filter names them, nor those of a group that is narrowed already."""
        query = self.request.GET.copy()
        for name in ("group_by", "measure"):
            query.pop(name, None)
        if not total:
            if value is None:
                return None
            query.setlist(self.group_by, [value])
        pairs = [(name, each) for name, values in query.lists() for each in values]
        pairs += [("quantity", f"{unit}:0")] if unit else []
        return self.request.build_absolute_uri(f"../events/?{urlencode(pairs)}")


def group_out(
    value: str | None,
    group: Counted,
    names: Names,
    units: dict[str, MeasureUnit],
    address: Addresses,
    total: bool = False,
) -> dict[str, Any]:
    """The fields of `Group`."""
    return {
        "value": value,
        "names": names,
        "events": group.events,
        "events_url": address.of(value, total=total),
        "figures": list(sums(value, group, units, address, total)),
    }


def sums(
    value: str | None, group: Counted, units: dict[str, MeasureUnit], address: Addresses, total: bool
) -> Iterator[Sum]:
    for code, unit in units.items():
        if code in group.sums:
            yield Sum(
                unit=schemas.UnitOut(code=code, names=unit.names, measure_class=unit.measure_class),
                total=presenting.json_number(group.sums[code]),
                events=group.having[code],
                events_url=address.of(value, code, total),
            )
