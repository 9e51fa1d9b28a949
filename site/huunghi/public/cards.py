"""Cards: one record in a list, whatever its type."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huunghi.conf import language_name
from huunghi.events.models import (
    ArticlePage,
    EventPage,
    ExchangePage,
    PlanPage,
    Publication,
    PublicationIndexPage,
    ReportPage,
)
from huunghi.events.models.events import EventStatus
from huunghi.events.querysets import CARD_RELATIONS, in_language, prefetch
from huunghi.partners.access import Reader
from huunghi.partners.models import PartnerPage

from . import names
from .frame import index_address
from .numbers import number_text
from .periods import DateBlock, date_block, event_period, partial_date_block, partial_date_text, partial_range_text

EVENT_CARD = (*CARD_RELATIONS, "kind")
RELATIONS: dict[type, tuple[str, ...]] = {
    EventPage: EVENT_CARD,
    ExchangePage: ("partner_sides__partner__place",),
    ArticlePage: ("partners__place",),
    PartnerPage: ("partner__place__parent",),
    PlanPage: ("official_document",),
    ReportPage: ("official_document",),
}
WARNED = {EventStatus.CANCELLED, EventStatus.POSTPONED}


@dataclass(slots=True)
class Card:
    """`title`, `details`, `snippet` are escaped or safe HTML. `foreign` is the own name of another language, or ""."""

    url: str
    title: SafeString | str
    language: str
    period: str = ""
    block: DateBlock | None = None
    details: list[SafeString | str] = field(default_factory=list)
    kind: SafeString | str = ""
    figure: str = ""
    status: str = ""
    warned: bool = False
    foreign: str = ""
    text: str = ""
    snippet: SafeString | str = ""
    note: str = ""


def cards_in_language(sources: Iterable[Any], language: str, reader: Reader, request: HttpRequest | None) -> list[Card]:
    """Cards of source pages of one type, each in the reader's language or the nearest one there is."""
    sources = list(sources)
    pages = in_language(sources, language, reader, *RELATIONS.get(type(sources[0]), ())) if sources else []
    return [card_of(page, language, reader, request) for page in pages]


def cards_of_pages(pages: Sequence[Any], language: str, reader: Reader, request: HttpRequest | None) -> list[Card]:
    """Cards of pages of any types, in their order; the relations are read once for each type."""
    for model, relations in RELATIONS.items():
        if of_type := [page for page in pages if type(page) is model]:
            prefetch(of_type, reader, *relations)
    return [card_of(page, language, reader, request) for page in pages]


def card_of(page: Any, language: str, reader: Reader, request: HttpRequest | None) -> Card:
    """The card of one page or publication, for a reader of `language`."""
    if isinstance(page, Publication):
        return _publication_card(page, language, reader)
    own = page.locale.language_code
    card = Card(
        url=page_address(page, language, request),
        title=page.title,
        language=own,
        foreign="" if own == language else language_name(own),
        text=Truncator(getattr(page, "summary", "")).chars(200),
    )
    fill = FILLERS.get(type(page))
    if fill:
        fill(card, page, language)
    return card


def page_address(page: Any, language: str, request: HttpRequest | None) -> str:
    """The page's address; when it is in another language than asked for, it says so, and the page shows a notice."""
    url = page.get_url(request) or ""
    return url if page.locale.language_code == language else f"{url}?asked={language}"


def _event(card: Card, event: EventPage, language: str) -> None:
    card.block = date_block(event.start_date, event.end_date, event.precision, language)
    card.period = event_period(event, language)
    card.kind = names.name_of(event.kind, language)
    card.details = [
        *places_of(event, language)[:2],
        *(names.name_of(side.partner, language) for side in event.partner_sides.all()),
    ]
    card.details = list(dict.fromkeys(card.details))
    card.figure = leading_figure(event, language)
    card.warned = event.status in WARNED
    card.status = "" if event.status == EventStatus.HELD else event.get_status_display()


def places_of(event: EventPage, language: str) -> list[SafeString]:
    """Names of the places of the venues, else of the places the event concerns; each once."""
    venues = [venue.place for venue in event.venues.all() if venue.place and venue.role != "connected"]
    places = venues or list(event.places.all())
    return list(dict.fromkeys(names.name_of(place, language) for place in places))


def leading_figure(event: EventPage, language: str) -> str:
    """The one number that a card shows: the venues when there are many, else the first figure."""
    if event.stated_venues:
        return ngettext("%(count)s venue", "%(count)s venues", event.stated_venues) % {
            "count": number_text(event.stated_venues, language)
        }
    first = next(iter(event.figures.all()), None)
    return f"{number_text(first.quantity, language)} {names.plain_name(first.unit, language)}" if first else ""


def _exchange(card: Card, exchange: ExchangePage, language: str) -> None:
    card.kind = exchange.get_form_display()
    card.details = [names.name_of(side.partner, language) for side in exchange.partner_sides.all()]
    if exchange.since:
        card.figure = _("since %(date)s") % {"date": partial_date_text(exchange.since, language)}


def _article(card: Card, article: ArticlePage, language: str) -> None:
    card.kind = article.get_genre_display()
    card.block = partial_date_block(article.published_on, language)
    card.period = partial_date_text(article.published_on, language)
    card.details = [names.name_of(partner, language) for partner in article.partners.all()]
    if article.outlet:
        card.details.insert(0, names.run(article.outlet, language))


def _partner(card: Card, page: PartnerPage, language: str) -> None:
    card.kind = _("Partner")
    if page.partner and page.partner.place and page.partner.place.parent:
        card.details = [names.name_of(page.partner.place.parent, language)]


def _period_page(card: Card, page: PlanPage | ReportPage, language: str) -> None:
    card.kind = _("Plan") if isinstance(page, PlanPage) else _("Report")
    card.period = partial_range_text(page.period_from, page.period_to, language)
    card.block = DateBlock(page.period_from[:4], "") if page.period_from else None
    if page.official_document:
        card.details = [page.official_document.full_number]


def _publication_card(publication: Publication, language: str, reader: Reader) -> Card:
    title, own = publication.name_and_language(language)
    return Card(
        url=f"{index_address(PublicationIndexPage, language, reader)}#{publication.key}",
        title=title,
        language=own,
        foreign="" if own == language else language_name(own),
        kind=_("Publication"),
    )


FILLERS = {
    EventPage: _event,
    ExchangePage: _exchange,
    ArticlePage: _article,
    PartnerPage: _partner,
    PlanPage: _period_page,
    ReportPage: _period_page,
}
