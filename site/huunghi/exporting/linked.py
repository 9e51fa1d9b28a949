"""Events as JSON-LD in the vocabulary of schema.org."""

from __future__ import annotations

from typing import Any

from .texts import Record, filled

CONTEXT = "https://schema.org"
_STATUS = {
    "planned": "EventScheduled",
    "confirmed": "EventScheduled",
    "held": "EventScheduled",
    "postponed": "EventPostponed",
    "cancelled": "EventCancelled",
}
_MODES = {
    "on-site": "OfflineEventAttendanceMode",
    "online": "OnlineEventAttendanceMode",
    "mixed": "MixedEventAttendanceMode",
}


def linked_event(record: Record) -> dict[str, Any]:
    """An event with its texts in every language; an address under `id/` stays, whatever becomes of the page's own."""
    page, wanted = record.source, record.wanted
    return filled(
        {
            "@type": "Event",
            "@id": f"{record.root}/id/{record.id}/",
            "identifier": record.id,
            "url": page.full_url,
            "inLanguage": list(wanted),
            "name": [_text(other.title, code) for code, other in wanted.items()],
            "description": [_text(other.summary, code) for code, other in wanted.items() if other.summary],
            "startDate": page.start,
            "endDate": page.end,
            "eventStatus": f"{CONTEXT}/{_STATUS[page.status]}",
            "eventAttendanceMode": f"{CONTEXT}/{_MODES[page.mode]}",
            "location": _locations(page, record.language),
            "organizer": [_organiser(row) for row in page.organisers.all() if row.name or row.organisation],
            "about": [_partner(row.partner) for row in page.partner_sides.all()],
            "image": [
                row.image.file.url if row.image.file.url.startswith("http") else f"{record.root}{row.image.file.url}"
                for row in page.photos.all()
                if not row.withheld
            ],
        }
    )


def _text(text: str, language: str) -> dict[str, str]:
    return {"@language": language, "@value": text}


def _names(names: dict[str, str]) -> list[dict[str, str]]:
    return [_text(name, code) for code, name in sorted(names.items()) if name]


def _locations(page: Any, language: str) -> list[dict[str, Any]]:
    venues = list(page.venues.all())
    in_venues = {venue.place_id for venue in venues}
    found = [
        filled(
            {
                "@type": "Place",
                "name": [_text(venue.name, language)] if venue.name else _names(venue.place.labels),
                "containedInPlace": _place(venue.place) if venue.name and venue.place else None,
            }
        )
        for venue in venues
        if venue.name or venue.place
    ]
    return [*found, *(_place(place) for place in page.places.all() if place.pk not in in_venues)]


def _place(place: Any) -> dict[str, Any]:
    return filled({"@type": "Place", "identifier": place.key, "name": _names(place.labels)})


def _organiser(row: Any) -> dict[str, Any]:
    if row.name or row.organisation is None:
        return {"@type": "Organization", "name": row.name}
    organisation = row.organisation
    return {"@type": "Organization", "identifier": organisation.key, "name": _names(organisation.labels)}


def _partner(partner: Any) -> dict[str, Any]:
    names = {**(partner.place.labels if partner.place else {}), **partner.names}
    return filled({"@type": "AdministrativeArea", "identifier": partner.code, "name": _names(names)})
