"""Texts of rows that nobody has translated yet.

A row that is added to an original comes to its translations with the words of the original, until somebody translates
them there. The answer has one language; these texts may have another.
"""

from __future__ import annotations

from collections.abc import Iterable

from huunghi.conf import source_language

from ..models import EventPage

# List of the answer -> {column of its rows: field of its objects}.
TEXTS = {
    "venues": {"name": "name", "host_name": "host_name", "chair": "chair"},
    "organisers": {"name": "name"},
    "appearances": {"title_as_printed": "title", "topic": "topic"},
    "figures": {"scope": "scope", "note": "note"},
    "agenda": {"text": "text", "speaker": "speaker"},
    "outcomes": {"text": "text", "responsible_name": "responsible_name"},
    "documents": {"title": "title"},
    "photos": {"caption": "caption", "alternative_text": "alt"},
}


def original_among(pages: Iterable[EventPage]) -> EventPage | None:
    """The page in the source language; None when the reader may not read it, or there is none."""
    return next((page for page in pages if page.locale.language_code == source_language()), None)


def untranslated(page: EventPage, original: EventPage | None) -> list[str]:
    """Where the page says word for word what the original says: "photos.0.caption". Reads the rows of both."""
    if original is None or original.pk == page.pk:
        return []
    return [
        f"{name}.{number}.{field}"
        for name, columns in TEXTS.items()
        for number, column, field in _same_texts(page, original, name, columns)
    ]


def _same_texts(
    page: EventPage, original: EventPage, name: str, columns: dict[str, str]
) -> Iterable[tuple[int, str, str]]:
    originals = {row.translation_key: row for row in getattr(original, name).all()}
    shown = (row for row in getattr(page, name).all() if not getattr(row, "withheld", False))
    for number, row in enumerate(shown):
        source = originals.get(row.translation_key)
        for column, field in columns.items() if source is not None else ():
            # An empty alternative text is answered with the caption.
            text, given = (getattr(each, column) or getattr(each, "caption", "") for each in (row, source))
            if text and text == given:
                yield number, column, field
