"""What a row without an identifier of its own is recognised by when it is imported again."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from huunghi.conf import source_language
from huunghi.events.models import EventPage
from huunghi.models import ImportedItem
from huunghi.search.text.normalise import fold

from ..dates import event_dates
from ..errors import LineError

KEYED = {"partner": "code", "place": "key", "organisation": "key", "person": "key", "document": "key"}


def identity(data: dict[str, Any]) -> str:
    """A source_id for a row that has none: of an event its date, title and places; "" when the row says too little.

    An event that was imported before under another source_id is recognised by the same three.
    """
    kind = data["type"]
    if key := data.get(KEYED.get(kind, "key")):
        return f"{kind}:{key}"
    title = _title(data)
    if not title:
        return ""
    if kind == "event" and (known := _known_event(data, title)):
        return known
    moment = data.get("start") or data.get("published_at") or data.get("period") or data.get("date") or ""
    said = "\n".join([str(moment)[:10], fold(title), *sorted(_places(data))])
    return f"{kind}:{blake2b(said.encode(), digest_size=8).hexdigest()}"


def _title(data: dict[str, Any]) -> str:
    """The title or name in the source language, else in the first one."""
    texts = {language: text.get("title", "") for language, text in data.get("texts", {}).items()}
    names = data.get("names", {})
    if isinstance(names, list):
        names = {row.get("lang", ""): row.get("text", "") for row in names}
    texts = texts or names
    return texts.get(source_language()) or next(iter(texts.values()), "")


def _places(data: dict[str, Any]) -> set[str]:
    venues = [venue.get("place") for venue in data.get("venues", []) if isinstance(venue, dict)]
    return {place for place in [*data.get("places", []), *venues] if isinstance(place, str)}


def _known_event(data: dict[str, Any], title: str) -> str:
    """The source_id of an imported event with the same first day, folded title and places; "" when there is none."""
    try:
        dates = event_dates(data)
    except LineError:
        return ""
    if not dates:
        return ""
    candidates = EventPage.objects.filter(
        start_date=dates["start_date"], precision=dates["precision"], locale__language_code=source_language()
    ).prefetch_related("places", "venues__place")
    for page in candidates:
        if fold(page.title) == fold(title) and _places_of(page) == _places(data):
            item = ImportedItem.objects.filter(type="event", object_key=str(page.translation_key)).first()
            return item.source_id if item else ""
    return ""


def _places_of(page: EventPage) -> set[str]:
    return {place.key for place in (*page.places.all(), *(row.place for row in page.venues.all())) if place}
