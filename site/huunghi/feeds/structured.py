"""What a public page is about, in the words of schema.org, for search engines: JSON-LD."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from huunghi.events.models import EventPage
from huunghi.events.models.events import AttendanceMode, EventStatus
from huunghi.partners.access import ANONYMOUS, reader_of
from huunghi.partners.models import PartnerPage
from huunghi.public.frame import Frame
from huunghi.public.names import plain_name

from .markup import clean

VOCABULARY = "https://schema.org"
STATUS = {EventStatus.POSTPONED: "EventPostponed", EventStatus.CANCELLED: "EventCancelled"}
MODE = {
    AttendanceMode.ON_SITE: "OfflineEventAttendanceMode",
    AttendanceMode.ONLINE: "OnlineEventAttendanceMode",
    AttendanceMode.MIXED: "MixedEventAttendanceMode",
}
# Inside of a script element nothing may look like the end of it.
IN_SCRIPT = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}

Node = dict[str, Any]


def structured_data(page: Any, frame: Frame, request: HttpRequest) -> SafeString:
    """A script element that no browser runs, or nothing.

    Only what everybody may read is described: never what is shown to one reader, by a link or as a preview. Call it
    when the page has been drawn: it shows the same rows, and they are read by then.
    """
    if not frame.canonical or getattr(request, "is_preview", False) or reader_of(request) != ANONYMOUS:
        return SafeString("")
    nodes = [breadcrumb(frame, request)] if len(frame.breadcrumb) > 1 else []
    if isinstance(page, EventPage):
        nodes.append(event(page, frame, request))
    elif isinstance(page, PartnerPage) and page.partner:
        nodes.append(organization(page, frame, request))
    return script({"@context": VOCABULARY, "@graph": nodes}) if nodes else SafeString("")


def script(data: Node) -> SafeString:
    text = clean(json.dumps(data, ensure_ascii=False, separators=(",", ":"))).translate(IN_SCRIPT)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')


def breadcrumb(frame: Frame, request: HttpRequest) -> Node:
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": str(link.title),
                "item": request.build_absolute_uri(link.url) if link.url else frame.canonical,
            }
            for position, link in enumerate(frame.breadcrumb, 1)
        ],
    }


def event(page: EventPage, frame: Frame, request: HttpRequest) -> Node:
    """Dates are cut to what is known ("2019-05"), and left out when nothing is."""
    language = page.locale.language_code
    return _known(
        {
            "@type": "Event",
            **_identity(page, frame, request),
            "startDate": page.start,
            "endDate": page.end,
            "eventStatus": f"{VOCABULARY}/{STATUS.get(EventStatus(page.status), 'EventScheduled')}",
            "eventAttendanceMode": f"{VOCABULARY}/{MODE[AttendanceMode(page.mode)]}",
            "location": _locations(page, language, frame),
            "organizer": [
                _named("Organization", plain_name(row.organisation, language) or row.name)
                for row in page.organisers.all()
                if row.organisation or row.name
            ],
        }
    )


def _locations(page: EventPage, language: str, frame: Frame) -> list[Node]:
    """Every venue, the main one first; without venues the places. The address of an online meeting is for staff."""
    venues = sorted(page.venues.all(), key=lambda venue: venue.role != "main")
    found = [_place(venue.name, venue.place, language) for venue in venues if venue.name or venue.place]
    found = found or [_place("", place, language) for place in page.places.all()]
    if page.mode != AttendanceMode.ON_SITE:
        found.append({"@type": "VirtualLocation", "url": frame.canonical})
    return found


def _place(hall: str, place: Any, language: str) -> Node:
    name = plain_name(place, language)
    node = _named("Place", hall or name)
    if name:
        node["address"] = name
    if not hall and place.latitude is not None and place.longitude is not None:
        node["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": float(place.latitude),
            "longitude": float(place.longitude),
        }
    return node


def organization(page: PartnerPage, frame: Frame, request: HttpRequest) -> Node:
    """The partner; its names in other languages are names of the same one."""
    partner, language = page.partner, page.locale.language_code
    names = {**(partner.place.labels if partner.place else {}), **partner.names}
    others = [name for name in dict.fromkeys(names.values()) if name and name != page.title]
    node = {"@type": "Organization", **_identity(page, frame, request), "alternateName": others}
    node["identifier"] = [node["identifier"], partner.code]
    if partner.place:
        node["location"] = _place("", partner.place, language)
    return _known(node)


def _identity(page: Any, frame: Frame, request: HttpRequest) -> Node:
    return {
        "@id": request.build_absolute_uri(reverse("huunghi:permanent", kwargs={"key": page.translation_key})),
        "identifier": f"urn:uuid:{page.translation_key}",
        "name": page.title,
        "description": page.summary,
        "url": frame.canonical,
        **({"inLanguage": page.locale.language_code} if isinstance(page, EventPage) else {}),
    }


def _named(kind: str, name: str) -> Node:
    return {"@type": kind, "name": name}


def _known(node: Node) -> Node:
    return {key: value for key, value in node.items() if value not in (None, "", [])}
