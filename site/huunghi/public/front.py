"""What the front page shows: what comes, what was last, the partners, the years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.http import HttpRequest

from huunghi.events.models import EventIndexPage, ExchangeIndexPage, ExchangePage, HomePage
from huunghi.events.models.events import EventStatus
from huunghi.events.querysets import in_date_order, in_language, readable_events, years_with_counts
from huunghi.partners.access import Reader, readable_sources
from huunghi.partners.models import PartnerIndexPage, PartnerPage

from . import names
from .cards import Card, cards_in_language, page_address
from .charts import Chart, year_chart
from .frame import Link, index_address

UPCOMING_LIMIT = 4
LATEST_LIMIT = 6
EXCHANGE_LIMIT = 4


@dataclass(slots=True)
class FrontPage:
    upcoming: list[Card]
    latest: list[Card]
    exchanges: list[Card]
    partners: list[Link]
    chart: Chart | None
    years: list[tuple[int, int]]
    events_url: str
    exchanges_url: str
    partners_url: str


def front_page(home: HomePage, request: HttpRequest, reader: Reader) -> FrontPage:
    """A fixed number of queries, whatever the archive holds."""
    language = home.locale.language_code
    events_url = index_address(EventIndexPage, language, reader, request)
    events, today = readable_events(reader), date.today()
    ahead = Q(end_date__gte=today) & ~Q(status=EventStatus.CANCELLED)
    years = years_with_counts(events)
    exchanges = readable_sources(ExchangePage, reader).order_by("-first_published_at", "pk")[:EXCHANGE_LIMIT]
    return FrontPage(
        upcoming=cards_in_language(
            in_date_order(events.filter(ahead), False)[:UPCOMING_LIMIT], language, reader, request
        ),
        latest=cards_in_language(in_date_order(events.exclude(ahead))[:LATEST_LIMIT], language, reader, request),
        exchanges=cards_in_language(exchanges, language, reader, request),
        partners=_partners(language, request, reader),
        chart=year_chart(years, lambda year: f"{events_url}{year}/"),
        years=years,
        events_url=events_url,
        exchanges_url=index_address(ExchangeIndexPage, language, reader, request),
        partners_url=index_address(PartnerIndexPage, language, reader, request),
    )


def _partners(language: str, request: HttpRequest, reader: Reader) -> list[Link]:
    pages = in_language(readable_sources(PartnerPage, reader).filter(partner__active=True), language, reader)
    links = [
        Link(names.in_language(page.title, page.locale.language_code, language), page_address(page, language, request))
        for page in pages
    ]
    return sorted(links, key=lambda link: link.title)
