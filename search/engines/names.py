"""Places, partners and organisations to offer while a reader types: only what stands in records that may be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..recognition.gazetteer import Gazetteer, GazetteerEntry
from ..text.normalise import prepare
from ..text.tokens import scan
from .base import NameSuggestion

# Filter -> facet, the one that says most first.
NAME_FILTERS = {"partners": "partner", "countries": "country", "places": "place", "organisations": "organisation"}
_CANDIDATES = 5  # for each suggestion: many names stand in no record


@dataclass(frozen=True, slots=True)
class NameCount:
    """Numbers of records: that carry the id under each filter, and, when none does, that mention the name."""

    by_filter: Mapping[str, int]
    mentions: int


def candidates(gazetteer: Gazetteer, text: str, limit: int) -> list[GazetteerEntry]:
    return gazetteer.starting_with(text, limit * _CANDIDATES)


def suggestions(
    entries: list[GazetteerEntry], counts: Mapping[str, NameCount], text: str, limit: int
) -> list[NameSuggestion]:
    """In the order of the entries: names that go on as written come before those that do so without diacritics."""
    made = []
    for entry in entries:
        count = counts.get(entry.id)
        if count is None:
            continue
        filter_name = next((name for name in NAME_FILTERS if count.by_filter.get(name)), "")
        number = count.by_filter[filter_name] if filter_name else count.mentions
        if number:
            made.append(NameSuggestion(entry.id, _spelling(entry, text), filter_name, number))
    return made[:limit]


def _spelling(entry: GazetteerEntry, text: str) -> str:
    """The first name of the entry that begins with the text as written, else without diacritics."""
    exact, folded = _forms(text)
    forms = [(name, *_forms(name)) for name in entry.names]
    as_written = (name for name, form, _ in forms if form.startswith(exact))
    without_diacritics = (name for name, _, form in forms if form.startswith(folded))
    return next(as_written, None) or next(without_diacritics, entry.names[0])


def _forms(text: str) -> tuple[str, str]:
    words = list(scan(prepare(text).text))
    return " ".join(word[1] for word in words), " ".join(word[2] for word in words)
