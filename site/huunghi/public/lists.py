"""What the index pages list: by year and month where the records have dates, in pages of fifty."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest

from huunghi.events.models import (
    ArticleIndexPage,
    ArticlePage,
    EventIndexPage,
    ExchangeIndexPage,
    ExchangePage,
    PlanIndexPage,
    PlanPage,
    ReportIndexPage,
    ReportPage,
)
from huunghi.events.querysets import (
    in_date_order,
    month_period,
    overlapping,
    readable_events,
    year_period,
    years_with_counts,
)
from huunghi.partners.access import Reader, readable_sources
from huunghi.partners.models import IndexPage

from .cards import Card, cards_in_language
from .periods import month_text

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Period:
    """A year or month that the list can be narrowed to."""

    label: str
    url: str
    count: int
    current: bool = False


@dataclass(slots=True)
class Listing:
    cards: list[Card]
    count: int
    years: list[Period] = field(default_factory=list)
    months: list[Period] = field(default_factory=list)
    number: int = 1
    pages: int = 1
    previous_url: str = ""
    next_url: str = ""


def listing(
    index: IndexPage,
    request: HttpRequest,
    reader: Reader,
    language: str,
    year: int | None = None,
    month: int | None = None,
) -> Listing:
    """One page of the list, newest first, with the years and months that have something."""
    pages = LISTED[type(index)](reader)
    if index.unit_id:
        pages = pages.filter(unit=index.unit_id)
    base = index.get_url(request) or ""
    dated = DATED.get(type(index))
    years = dated.years(pages) if dated else []
    result_months: list[Period] = []
    if dated and year:
        pages, months = dated.narrow(pages, year, month)
        result_months = [
            Period(month_text(year, number, language), f"{base}{year}/{number}/", count, number == month)
            for number, count in months
        ]
    here = base + "".join(f"{part}/" for part in (year, month) if part)
    result = _page_of(pages, request, reader, language, here)
    result.years = [Period(str(number), f"{base}{number}/", count, number == year) for number, count in years]
    result.months = result_months
    return result


def _page_of(pages: QuerySet, request: HttpRequest, reader: Reader, language: str, address: str) -> Listing:
    """A page number that is no number, or beyond the last page, is read as the nearest one there is."""
    paginator = Paginator(pages, PAGE_SIZE)
    page = paginator.get_page(request.GET.get("page", "1")[:9])
    cards = cards_in_language(list(page.object_list), language, reader, request)
    result = Listing(cards, paginator.count, number=page.number, pages=paginator.num_pages)
    if page.has_previous():
        before = page.previous_page_number()
        result.previous_url = f"{address}?page={before}" if before > 1 else address
    if page.has_next():
        result.next_url = f"{address}?page={page.next_page_number()}"
    return result


Narrowed = tuple[QuerySet, list[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Dated:
    """How one type is counted by year, and narrowed to a year or month."""

    years: Callable[[QuerySet], list[tuple[int, int]]]
    narrow: Callable[[QuerySet, int, int | None], Narrowed]


def narrow_events(events: QuerySet, year: int, month: int | None) -> Narrowed:
    """Events that touch the year (and month), and (month, number) pairs of the year.

    Events of which only the year is known stand in the year, but in none of its months.
    """
    in_year = overlapping(events, *year_period(year))
    in_months = in_year.exclude(precision="year")
    counts: Counter[int] = Counter()
    for first, last in in_months.values_list("start_date", "end_date"):
        start = first.month if first.year == year else 1
        end = last.month if last.year == year else 12
        counts.update(range(start, end + 1))
    narrowed = overlapping(in_months, *month_period(year, month)) if month else in_year
    return narrowed, sorted(counts.items())


def _years_of_text(column: str) -> Callable[[QuerySet], list[tuple[int, int]]]:
    def years(pages: QuerySet) -> list[tuple[int, int]]:
        counts = Counter(value[:4] for value in pages.values_list(column, flat=True) if value)
        return sorted(((int(year), count) for year, count in counts.items()), reverse=True)

    return years


def _narrow_text(column: str) -> Callable[[QuerySet, int, int | None], Narrowed]:
    def narrow(pages: QuerySet, year: int, month: int | None) -> Narrowed:
        in_year = pages.filter(**{f"{column}__startswith": f"{year:04d}"})
        counts = Counter(int(value[5:7]) for value in in_year.values_list(column, flat=True) if len(value) > 4)
        if month:
            return in_year.filter(**{f"{column}__startswith": f"{year:04d}-{month:02d}"}), sorted(counts.items())
        return in_year, sorted(counts.items())

    return narrow


def _by_column(model: Any, column: str) -> Callable[[Reader], QuerySet]:
    return lambda reader: readable_sources(model, reader).order_by(F(column).desc(), "-pk")


LISTED: dict[type, Callable[[Reader], QuerySet]] = {
    EventIndexPage: lambda reader: in_date_order(readable_events(reader)),
    ExchangeIndexPage: lambda reader: readable_sources(ExchangePage, reader).order_by("title", "pk"),
    ArticleIndexPage: _by_column(ArticlePage, "published_on"),
    PlanIndexPage: _by_column(PlanPage, "period_from"),
    ReportIndexPage: _by_column(ReportPage, "period_from"),
}
DATED: dict[type, Dated] = {
    EventIndexPage: Dated(years_with_counts, narrow_events),
    ArticleIndexPage: Dated(_years_of_text("published_on"), _narrow_text("published_on")),
}
