"""Reading events: which ones, in which language, with everything a card or page shows."""

from __future__ import annotations

import calendar
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import F, Prefetch, Q, QuerySet, prefetch_related_objects

from huunghi.conf import fallback_languages
from huunghi.partners.access import Reader, readable_pages, readable_sources
from huunghi.partners.withholding import present, shown_rows

from .models import EventPage
from .ranges import Circle, Quantity, places_within

VENUES = "venue"  # unit of measure of the number of venues that was announced
CARD_RELATIONS = (
    "partner_sides__partner__place",
    "places",
    "venues__place",
    "figures__unit",
)
DETAIL_RELATIONS = (
    *CARD_RELATIONS,
    "venues__host",
    "organisers__organisation",
    "appearances__person",
    "appearances__organisation",
    "appearances__partner__place",
    "figures__source",
    "agenda",
    "outcomes__responsible",
    "documents__official_document__issuer",
    "documents__file",
    "photos__image",
    "photos__place",
    "fields",
    "audiences",
)


@dataclass(slots=True)
class EventFilters:
    """What the reader set. Values of one list are alternatives; lists narrow each other."""

    kinds: list[str] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    partners: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    organisations: list[str] = field(default_factory=list)
    exchanges: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)  # editorial units, by the key of the organisation
    periods: list[tuple[date, date]] = field(default_factory=list)  # alternatives; the event overlaps one of them
    quantities: list[Quantity] = field(default_factory=list)  # its largest figure of that unit lies there; all hold
    any_quantity: list[Quantity] = field(default_factory=list)  # the same; one of them holds
    circle: Circle | None = None  # one of its places lies there
    start: date | None = None
    end: date | None = None


def year_period(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)


def month_period(year: int, month: int) -> tuple[date, date]:
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def readable_events(reader: Reader) -> QuerySet:
    """One page for each event that the reader may read."""
    return readable_sources(EventPage, reader).select_related("kind")


def overlapping(events: QuerySet, start: date | None, end: date | None) -> QuerySet:
    """Events that touch the days from `start` to `end`; an open side has no limit.

        asked         [────────────]
        found   [──]  no     [──] yes     [──────] yes      no [──]
                   [────] yes    [────────────────────] yes
    An event without a date is found only when nothing is asked.
    """
    if start is not None:
        events = events.filter(end_date__gte=start)
    if end is not None:
        events = events.filter(start_date__lte=end)
    return events


def filter_events(events: QuerySet, filters: EventFilters, reader: Reader) -> QuerySet:
    """The events that pass every filter, each once. Rows that the reader does not get find nothing."""
    events = overlapping(events, filters.start, filters.end)
    if filters.periods:
        condition = Q()
        for first, last in filters.periods:
            condition |= Q(start_date__lte=last, end_date__gte=first)
        events = events.filter(condition)
    lookups = {
        "kind__code__in": filters.kinds,
        "status__in": filters.statuses,
        "fields__code__in": filters.fields,
        "exchange__translation_key__in": filters.exchanges,
        "unit__key__in": filters.units,
    }
    for lookup, values in lookups.items():
        if values:
            events = events.filter(pk__in=EventPage.objects.filter(**{lookup: values}).values("pk"))
    for rows, condition in _row_conditions(filters):
        events = events.filter(pk__in=pages_with(rows, condition, reader))
    if filters.places:
        by_venue = Q(pk__in=pages_with("venues", Q(place__key__in=filters.places), reader))
        concerned = EventPage.objects.filter(places__key__in=filters.places).values("pk")
        events = events.filter(by_venue | Q(pk__in=concerned))
    for quantity in filters.quantities:
        events = events.filter(with_quantity(quantity, reader))
    if filters.any_quantity:
        events = events.filter(reduce(or_, [with_quantity(quantity, reader) for quantity in filters.any_quantity]))
    if filters.circle:
        events = events.filter(at_places(places_within(filters.circle), reader))
    if filters.languages:
        translated = readable_pages(EventPage.objects.filter(locale__language_code__in=filters.languages), reader)
        events = events.filter(translation_key__in=translated.values("translation_key"))
    return events


def at_places(numbers: Sequence[int], reader: Reader) -> Q:
    """Events that concern one of the places, or have a venue there."""
    # One number that no place has: Django makes no SQL for an empty list, and some callers want the SQL.
    numbers = numbers or [0]
    by_venue = Q(pk__in=pages_with("venues", Q(place__in=numbers), reader))
    return by_venue | Q(pk__in=EventPage.objects.filter(places__in=numbers).values("pk"))


def with_quantity(quantity: Quantity, reader: Reader) -> Q:
    """Events whose largest figure of a unit of measure lies between two numbers; a stated number of venues counts."""
    unit, least, most = quantity
    large_enough = _with_figure(unit, "gte", least, reader)
    return large_enough if most is None else large_enough & ~_with_figure(unit, "gt", most, reader)


def _with_figure(unit: str, compared: str, number: float, reader: Reader) -> Q:
    figure = Q(**{"unit__code": unit, f"quantity__{compared}": Decimal(str(number))})
    found = Q(pk__in=pages_with("figures", figure, reader))
    if unit == VENUES:
        whole = math.ceil(number) if compared == "gte" else math.floor(number)
        found |= Q(stated_venues__isnull=False, **{f"stated_venues__{compared}": whole})
    return found


def _row_conditions(filters: EventFilters) -> Iterator[tuple[str, Q]]:
    if filters.partners:
        yield "partner_sides", Q(partner__code__in=filters.partners)
    if filters.organisations:
        yield "organisers", Q(organisation__key__in=filters.organisations)
    if filters.countries:
        yield "partner_sides", in_country(filters.countries)


def pages_with(name: str, condition: Q, reader: Reader, model: type = EventPage) -> QuerySet:
    """For a subquery: ids of pages that have such a row, as far as the reader gets it."""
    rows = model._meta.get_field(name).related_model
    return shown_rows(rows.objects.filter(condition), reader).values("page")


def in_country(keys: Sequence[str], place: str = "partner__place") -> Q:
    """Partners whose place is one of the countries, or lies in one, at up to two levels; `place` is the way to it."""
    levels = (place, f"{place}__parent", f"{place}__parent__parent")
    return Q(*(Q(**{f"{level}__key__in": keys}) for level in levels), _connector=Q.OR)


def in_date_order(events: QuerySet, newest_first: bool = True) -> QuerySet:
    """By first day; events without a date come last either way. Ties by id, so that paging is stable."""
    start = F("start_date").desc(nulls_last=True) if newest_first else F("start_date").asc(nulls_last=True)
    return events.order_by(start, "-pk" if newest_first else "pk")


def in_language(sources: Iterable[Any], language: str, reader: Reader, *relations: str | Prefetch) -> list[Any]:
    """The same records in the reader's language where a readable translation exists, else in the fallback order.

    Keeps the order. `relations` are prefetched on the pages that are returned, less what is withheld from the reader.
    Two queries, whatever the number.
    """
    sources = list(sources)
    if not sources:
        return []
    model = type(sources[0])
    candidates = readable_pages(
        model.objects.filter(translation_key__in=[page.translation_key for page in sources]), reader
    ).select_related("locale")
    rank = {code: position for position, code in enumerate(fallback_languages(language))}
    best: dict[Any, Any] = {}
    for page in candidates:
        current = best.get(page.translation_key)
        if current is None or _rank(page, rank) < _rank(current, rank):
            best[page.translation_key] = page
    pages = [best.get(page.translation_key, page) for page in sources]
    prefetch(pages, reader, *relations)
    return pages


def _rank(page: Any, rank: dict[str, int]) -> int:
    return rank.get(page.locale.language_code, len(rank))


def prefetch(pages: list[Any], reader: Reader, *relations: str | Prefetch) -> None:
    """Read relations of pages of one type, one query each, and leave out what is withheld from the reader."""
    if relations:
        prefetch_related_objects(pages, *relations)
    present(pages, reader)


def years_with_counts(events: QuerySet) -> list[tuple[int, int]]:
    """(year, number of events that touch it), newest first."""
    counts: dict[int, int] = {}
    for first, last in events.exclude(start_date=None).values_list("start_date", "end_date"):
        for year in range(first.year, (last or first).year + 1):
            counts[year] = counts.get(year, 0) + 1
    return sorted(counts.items(), reverse=True)
