"""How an event is written for harvesters: as Dublin Core, which all of them read, and in a format of our own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from huunghi.events.models import EventPage
from huunghi.events.models.figures import whole_or_decimal
from huunghi.partners.models import Partner

from ..markup import Markup, tag

XSI = "http://www.w3.org/2001/XMLSchema-instance"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
OAI_DC_SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
EVENT = "urn:wagtail-huunghi:event:1"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Absolute addresses as the harvester sees them."""

    page: Callable[[Any], str]
    permanent: Callable[[Any], str]
    event_schema: str


@dataclass(frozen=True, slots=True)
class Format:
    namespace: str
    schema: Callable[[Addresses], str]
    write: Callable[[Sequence[EventPage], Addresses], Markup]


def dublin_core(pages: Sequence[EventPage], addresses: Addresses) -> Markup:
    """The pages of one event in all its languages, the source first."""
    root = {
        "xmlns:oai_dc": OAI_DC,
        "xmlns:dc": DUBLIN_CORE,
        "xmlns:xsi": XSI,
        "xsi:schemaLocation": f"{OAI_DC} {OAI_DC_SCHEMA}",
    }
    lines = dict.fromkeys(line for line in _elements(pages, addresses) if line[2])
    return tag("oai_dc:dc", root, *(tag(f"dc:{name}", {"xml:lang": language}, text) for name, language, text in lines))


def _elements(pages: Sequence[EventPage], addresses: Addresses) -> Iterator[tuple[str, str | None, str]]:
    """(element, language of its text, text)"""
    event = pages[0]
    languages = [page.locale.language_code for page in pages]
    yield from (("title", page.locale.language_code, page.title) for page in pages)
    yield from (("description", page.locale.language_code, page.summary) for page in pages)
    yield "type", None, "Event"
    yield "date", None, _span(event)
    yield "identifier", None, addresses.permanent(event)
    yield from (("identifier", None, addresses.page(page)) for page in pages)
    yield from (("language", None, language) for language in languages)
    yield from _names("publisher", [event.unit], languages)
    for row in event.organisers.all():
        yield from (
            _names("contributor", [row.organisation], languages)
            if row.organisation
            else [("contributor", None, row.name)]
        )
    yield from _names("contributor", [side.partner for side in event.partner_sides.all()], languages)
    yield from _names("subject", [event.kind, *event.fields.all()], languages)
    yield from _names("coverage", places_of(event), languages)


def _names(element: str, records: Sequence[Any], languages: Sequence[str]) -> Iterator[tuple[str, str | None, str]]:
    for record in filter(None, records):
        for language in languages:
            text, text_language = record.name_and_language(language)
            yield (element, text_language, text) if text else (element, None, record.fallback_name())


def _span(event: EventPage) -> str:
    """ "2019-05", or "2019-05-14/2019-05-16"; "" when the date is not known."""
    return f"{event.start}/{event.end}" if event.start and event.end != event.start else event.start or ""


def places_of(event: EventPage) -> list[Any]:
    venues = [venue.place for venue in event.venues.all() if venue.place]
    return list(dict.fromkeys([*venues, *event.places.all()]))


def own_format(pages: Sequence[EventPage], addresses: Addresses) -> Markup:
    """The same with everything that is a fact; `event.xsd` describes it."""
    event = pages[0]
    root = {
        "xmlns": EVENT,
        "xmlns:xsi": XSI,
        "xsi:schemaLocation": f"{EVENT} {addresses.event_schema}",
        "id": str(event.translation_key),
        "status": event.status,
        "precision": event.precision,
    }
    return tag(
        "event",
        root,
        *(tag("title", _language(page), page.title) for page in pages),
        *(tag("summary", _language(page), page.summary) for page in pages if page.summary),
        *([tag("kind", {"code": event.kind.code}, *_all_names(event.kind))] if event.kind else []),
        *([tag("start", event.start), tag("end", event.end or event.start)] if event.start else []),
        *map(_venue, event.venues.all()),
        *map(_place, event.places.all()),
        *map(_partner, event.partner_sides.all()),
        *map(_organiser, event.organisers.all()),
        *map(_figure, event.figures.all()),
        *(tag("page", _language(page), addresses.page(page)) for page in pages),
    )


def _language(page: EventPage) -> dict[str, str]:
    return {"xml:lang": page.locale.language_code}


def _all_names(record: Any) -> list[Markup]:
    names = getattr(record, record.names_column)
    if isinstance(record, Partner) and record.place:
        names = {**record.place.labels, **names}
    return [tag("name", {"xml:lang": language}, text) for language, text in names.items() if text]


def _venue(row: Any) -> Markup:
    hall = [tag("hall", row.name)] if row.name else []
    return tag("venue", {"role": row.role}, *hall, *([_place(row.place)] if row.place else []))


def _place(place: Any) -> Markup:
    return tag("place", {"key": place.key}, *_all_names(place))


def _partner(side: Any) -> Markup:
    return tag("partner", {"code": side.partner.code, "role": side.role or None}, *_all_names(side.partner))


def _organiser(row: Any) -> Markup:
    named = _all_names(row.organisation) if row.organisation else [tag("name", row.name)]
    return tag("organiser", {"role": row.role or None}, *named)


def _figure(row: Any) -> Markup:
    return tag("figure", {"unit": row.unit.code, "scope": row.scope or None}, _number(row.quantity))


def _number(quantity: Decimal) -> str:
    return f"{whole_or_decimal(quantity):f}"


FORMATS = {
    "oai_dc": Format(OAI_DC, lambda addresses: OAI_DC_SCHEMA, dublin_core),
    "huunghi_event": Format(EVENT, lambda addresses: addresses.event_schema, own_format),
}
