"""What the pages of an event and of an exchange show beside their own text."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huunghi.events.confirming.statement import Statement, statements
from huunghi.events.models import ArticlePage, EventPage, ExchangePage, PlanPage
from huunghi.events.models.events import EventStatus
from huunghi.events.querysets import (
    DETAIL_RELATIONS,
    in_date_order,
    in_language,
    pages_with,
    prefetch,
    readable_events,
)
from huunghi.partners.access import Reader, readable_sources
from huunghi.partners.fields import ISO_PARTIAL_DATE
from huunghi.partners.models import PartnerPage

from . import names
from .cards import WARNED, Card, cards_in_language, page_address, places_of
from .media import FileLink, file_links, photo_prefetch, shown_photos
from .numbers import number_text
from .periods import day_text, event_period, partial_date_text

RELATED_LIMIT = 4
EDITION_RELATIONS = (
    "outcomes",
    "figures__unit",
    "venues__place",
    "venues__host",
    "places",
    "partner_sides__partner__place",
)
EVENT_RELATIONS = tuple(name for name in DETAIL_RELATIONS if name != "photos__image")


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a facts list. Empty `values` are shown as "not recorded"; `url` links a single value."""

    label: str
    values: list[SafeString | str]
    warned: bool = False


@dataclass(slots=True)
class FigureLine:
    quantity: str
    unit: SafeString | str
    scope: SafeString | str
    source: SafeString | str
    period: str = ""
    note: SafeString | str = ""


@dataclass(slots=True)
class EventDetail:
    facts: list[Fact]
    venues: list[Any]
    attendance_note: str
    figures: list[FigureLine]
    files: list[FileLink]
    photos: list[Any]
    earlier: Card | None = None
    later: Card | None = None
    related: list[Card] = field(default_factory=list)
    articles: list[Card] = field(default_factory=list)


def event_detail(event: EventPage, request: HttpRequest, reader: Reader) -> EventDetail:
    """Everything the event page shows; the number of queries does not depend on how much there is."""
    language = event.locale.language_code
    read_relations(event, reader, *EVENT_RELATIONS, "kind", "plan_items", photo_prefetch())
    exchange = _readable_exchange(event, language, reader)
    earlier, later = _neighbour_editions(event, language, request, reader) if exchange else (None, None)
    return EventDetail(
        facts=event_facts(event, language, exchange, request, reader),
        venues=list(event.venues.all()),
        attendance_note=attendance_note(event, language),
        figures=[figure_line(figure, language) for figure in event.figures.all()],
        files=file_links(event, language),
        photos=shown_photos(event),
        earlier=earlier,
        later=later,
        related=related_events(event, language, request, reader),
        articles=articles_about(event, language, request, reader),
    )


def read_relations(page: Any, reader: Reader, *relations: Any) -> None:
    """Read what a page needs in one query each; the preview of a page that was never saved has nothing to read."""
    if page.pk:
        prefetch([page], reader, *relations)


def event_facts(
    event: EventPage, language: str, exchange: ExchangePage | None, request: HttpRequest, reader: Reader
) -> list[Fact]:
    """When, where, who with whom, kind, status: shown before any text."""
    sides = partner_values(event, language, request, reader)
    organisers = [organiser_text(row, language) for row in event.organisers.all()]
    facts = [
        Fact(_("When"), [event_period(event, language)]),
        Fact(_("Where"), [*places_of(event, language)]),
        Fact(_("With"), sides),
        Fact(_("Organised by"), organisers),
        Fact(_("Kind"), [names.name_of(event.kind, language)] if event.kind else []),
        Fact(_("Status"), [status_text(event, language)], warned=event.status in WARNED),
    ]
    if event.attendance_mode or any(venue.role == "connected" for venue in event.venues.all()):
        facts.append(
            Fact(_("Form of attendance"), [dict(EventPage._meta.get_field("attendance_mode").choices)[event.mode]])
        )
    if exchange:
        facts.append(Fact(_("Series"), [_series_text(event, exchange, language, request)]))
    for label, records in ((_("Fields"), event.fields.all()), (_("Addressed to"), event.audiences.all())):
        if values := [names.name_of(record, language) for record in records]:
            facts.append(Fact(label, values))
    claimed = pages_with("items", Q(translation_key__in=_claimed_keys(event)), reader, PlanPage)
    plans = readable_sources(PlanPage, reader).filter(pk__in=claimed)
    if values := [_page_link(plan, language, request) for plan in in_language(plans, language, reader)]:
        facts.append(Fact(_("Plan"), values))
    return facts


def confirmations(event: EventPage, language: str, reader: Reader) -> list[SafeString]:
    """Sentences: "Confirmed by both sides on 14/05/2019 (Takeo)", and what became of it since."""
    return [confirmation_text(each, language) for each in statements(event, reader)] if event.pk else []


def confirmation_text(statement: Statement, language: str) -> SafeString:
    sentence = _("Confirmed by both sides on %(day)s") % {"day": day_text(statement.on)}
    partner = names.name_of(statement.partner, language)
    parts = [format_html("{} ({})", sentence, partner) if partner else conditional_escape(sentence)]
    if statement.refused:
        text = ngettext("one value is seen differently", "%(count)s values are seen differently", statement.refused)
        parts.append(text % {"count": number_text(statement.refused, language)})
    if statement.changed:
        parts.append(_("changed since"))
    return SafeString("; ".join(conditional_escape(part) for part in parts) + ".")


def status_text(event: EventPage, language: str) -> SafeString | str:
    word = event.get_status_display()
    if event.status == EventStatus.HELD or not event.status_reason:
        return word
    return SafeString(f"{word}: {names.run(event.status_reason, language)}")


def organiser_text(row: Any, language: str) -> SafeString:
    """ "Union of friendship organisations (co-organiser)"; the role is named unless it is the plain one."""
    name = names.name_of(row.organisation, language) if row.organisation else names.run(row.name, language)
    return name if row.role == "organiser" else SafeString(f"{name} ({row.get_role_display()})")


def partner_values(page: Any, language: str, request: HttpRequest, reader: Reader) -> list[SafeString | str]:
    """The partners of an event or exchange with their roles, linked to their pages where they have one."""
    sides = list(page.partner_sides.all())
    addresses = partner_addresses([side.partner_id for side in sides], language, request, reader)
    values = []
    for side in sides:
        name = linked(names.name_of(side.partner, language), addresses.get(side.partner_id, ""))
        values.append(SafeString(f"{name} ({side.get_role_display()})") if side.role else name)
    return values


def partner_addresses(partner_ids: list[int], language: str, request: HttpRequest, reader: Reader) -> dict[int, str]:
    pages = in_language(readable_sources(PartnerPage, reader).filter(partner__in=partner_ids), language, reader)
    return {page.partner_id: page_address(page, language, request) for page in pages}


def linked(text: SafeString | str, url: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', url, text) if url else SafeString(text)


def _page_link(page: Any, language: str, request: HttpRequest) -> SafeString:
    return linked(
        names.in_language(page.title, page.locale.language_code, language), page_address(page, language, request)
    )


def _series_text(event: EventPage, exchange: ExchangePage, language: str, request: HttpRequest) -> SafeString:
    link = _page_link(exchange, language, request)
    if not event.edition:
        return link
    edition = _("edition %(number)s") % {"number": event.edition}
    return SafeString(f"{link} ({edition})")


def _claimed_keys(event: EventPage) -> list[Any]:
    return [item.translation_key for item in event.plan_items.all()]


def attendance_note(event: EventPage, language: str) -> str:
    """ "41 of 53 venues reported their attendance"; "" when there is one venue, or none."""
    venues = list(event.venues.all())
    total = max(event.stated_venues or 0, len(venues))
    if total < 2:
        return ""
    reported = sum(venue.attendance is not None for venue in venues)
    return _("%(known)s of %(total)s venues are listed; %(reported)s reported their attendance.") % {
        "known": number_text(len(venues), language),
        "total": number_text(total, language),
        "reported": number_text(reported, language),
    }


def figure_line(figure: Any, language: str) -> FigureLine:
    return FigureLine(
        quantity=number_text(figure.quantity, language),
        unit=names.name_of(figure.unit, language),
        scope=names.run(figure.scope, language),
        source=names.name_of(figure.source, language),
        period=figure_period(figure.period, language),
        note=names.run(figure.note, language),
    )


def figure_period(period: str, language: str) -> str:
    """A period that is written as an ISO date in the reader's form; any other text as it stands."""
    return partial_date_text(period, language) if ISO_PARTIAL_DATE.fullmatch(period) else period


def _readable_exchange(event: EventPage, language: str, reader: Reader) -> ExchangePage | None:
    if event.exchange_id is None:
        return None
    sources = readable_sources(ExchangePage, reader).filter(translation_key=event.exchange.translation_key)
    return next(iter(in_language(sources, language, reader)), None)


def editions_of(exchange_key: Any, reader: Reader) -> list[EventPage]:
    """Source pages of the editions of an exchange, newest first."""
    return list(in_date_order(readable_events(reader).filter(exchange__translation_key=exchange_key)))


def _neighbour_editions(
    event: EventPage, language: str, request: HttpRequest, reader: Reader
) -> tuple[Card | None, Card | None]:
    editions = editions_of(event.exchange.translation_key, reader)
    keys = [edition.translation_key for edition in editions]
    if event.translation_key not in keys:
        return None, None
    here = keys.index(event.translation_key)
    chosen = [*editions[here + 1 : here + 2], *editions[max(here - 1, 0) : here]]
    cards = cards_in_language(chosen, language, reader, request)
    earlier = cards[0] if here + 1 < len(editions) else None
    return earlier, cards[-1] if here else None


def related_events(event: EventPage, language: str, request: HttpRequest, reader: Reader) -> list[Card]:
    """Other events with one of the same partners; without partners, of the same kind. Nearest in time first."""
    partners = [side.partner_id for side in event.partner_sides.all()]
    others = readable_events(reader).exclude(translation_key=event.translation_key)
    if partners:
        others = others.filter(pk__in=pages_with("partner_sides", Q(partner__in=partners), reader))
    elif event.kind_id:
        others = others.filter(kind=event.kind_id)
    else:
        return []
    day = event.start_date or date.today()
    dates = others.values_list("pk", "start_date")
    nearest = sorted(dates, key=lambda row: (row[1] is None, abs((row[1] or day) - day), row[0]))[:RELATED_LIMIT]
    found = others.in_bulk([pk for pk, _day in nearest])
    return cards_in_language([found[pk] for pk, _day in nearest], language, reader, request)


def articles_about(event: EventPage, language: str, request: HttpRequest, reader: Reader) -> list[Card]:
    articles = readable_sources(ArticlePage, reader).filter(events__translation_key=event.translation_key).distinct()
    return cards_in_language(articles.order_by("published_on", "pk"), language, reader, request)


@dataclass(slots=True)
class EditionLine:
    card: Card
    number: str
    hosts: list[SafeString | str]
    result: SafeString | str


@dataclass(slots=True)
class ExchangeDetail:
    facts: list[Fact]
    editions: list[EditionLine]
    hosts: list[tuple[SafeString | str, int]]
    photos: list[Any]


def exchange_detail(exchange: ExchangePage, request: HttpRequest, reader: Reader) -> ExchangeDetail:
    """The facts of an exchange, its editions newest first, and where they were held."""
    language = exchange.locale.language_code
    read_relations(
        exchange, reader, "partner_sides__partner__place", "organisers__organisation", "fields", photo_prefetch()
    )
    sources = editions_of(exchange.translation_key, reader)
    pages = in_language(sources, language, reader, *EDITION_RELATIONS)
    cards = cards_in_language(sources, language, reader, request)
    lines = [_edition_line(page, card, language) for page, card in zip(pages, cards, strict=True)]
    held_at = Counter(host for line in lines for host in dict.fromkeys(line.hosts))
    return ExchangeDetail(
        facts=_exchange_facts(exchange, language, request, reader),
        editions=lines,
        hosts=held_at.most_common(),
        photos=shown_photos(exchange),
    )


def _edition_line(event: EventPage, card: Card, language: str) -> EditionLine:
    hosts = [names.name_of(side.partner, language) for side in event.partner_sides.all() if side.role == "host"]
    outcome = next((names.run(row.text, language) for row in event.outcomes.all()), "")
    return EditionLine(
        card=card,
        number=str(event.edition or ""),
        hosts=[*places_of(event, language)] or hosts,
        result=outcome or card.figure,
    )


def _exchange_facts(exchange: ExchangePage, language: str, request: HttpRequest, reader: Reader) -> list[Fact]:
    since = partial_date_text(exchange.since, language)
    facts = [
        Fact(_("Sort of programme"), [exchange.get_form_display()]),
        Fact(_("Between"), partner_values(exchange, language, request, reader)),
        Fact(_("Since"), [since] if since else []),
        Fact(_("Organised by"), [organiser_text(row, language) for row in exchange.organisers.all()]),
    ]
    if exchange.discipline:
        facts.append(Fact(_("Discipline"), [exchange.get_discipline_display()]))
    if exchange.direction:
        facts.append(Fact(_("Direction"), [exchange.get_direction_display()]))
    if fields := [names.name_of(record, language) for record in exchange.fields.all()]:
        facts.append(Fact(_("Fields"), fields))
    return facts


def count_text(count: int, language: str) -> str:
    return ngettext("%(count)s event", "%(count)s events", count) % {"count": number_text(count, language)}
