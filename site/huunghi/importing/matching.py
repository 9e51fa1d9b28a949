"""Recognises an event that was typed in by a person before it came in a file."""

from __future__ import annotations

from typing import Any

from huunghi.events.models import EventPage
from huunghi.models import ImportedItem
from huunghi.search.text.normalise import fold


def event_written_by_hand(content: Any, language: str) -> EventPage | None:
    """An event with the same first day, folded title and places that no import made; None when there is none."""
    if "precision" not in content.columns:
        return None
    title = fold(content.texts[language]["title"])
    candidates = EventPage.objects.filter(
        start_date=content.columns["start_date"],
        precision=content.columns["precision"],
        locale__language_code=language,
    ).select_related("locale")
    wanted = _places_of_content(content)
    for page in candidates:
        if fold(page.title) == title and _places_of_page(page) == wanted and not _is_imported(page):
            return page
    return None


def _places_of_content(content: Any) -> set[int]:
    venues = (row.facts["place"] for row in content.rows.get("venues", []))
    return {place.pk for place in (*content.columns.get("places", []), *venues) if place is not None}


def _places_of_page(page: EventPage) -> set[int]:
    venues = (venue.place_id for venue in page.venues.all())
    return {pk for pk in (*page.places.values_list("pk", flat=True), *venues) if pk is not None}


def _is_imported(page: EventPage) -> bool:
    return ImportedItem.objects.filter(type="event", object_key=str(page.translation_key)).exists()
