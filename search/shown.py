"""What a reader sees of a record that was found: the same for every engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .attachments.places import FoundPlace, PlaceFinder
from .highlight import Extract, Highlighter


@dataclass(slots=True)
class ShownPart:
    """One language's texts of a record, as they were written."""

    language: str
    title: str
    summary: str = ""
    body: str = ""
    people: str = ""
    documents: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """Title and snippet as safe HTML, and where the snippet stands. `page` is 0 when it is not known."""

    title: str
    snippet: str
    found_in: str  # "title" | "text" | "people" | "documents" | "place"
    file: str = ""  # title of the attached file, when `found_in` is "documents"
    page: int = 0


def preferred_part(parts: Sequence[ShownPart], languages: Sequence[str]) -> ShownPart:
    """The first of the reader's languages that is there, else whatever there is."""
    by_language = {part.language: part for part in parts}
    for code in languages:
        if code in by_language:
            return by_language[code]
    return parts[0]


class Presenter:
    """One plan, ready to show many records."""

    def __init__(self, highlighter: Highlighter) -> None:
        self._highlighter = highlighter
        self._finder = PlaceFinder(highlighter)

    def show(self, part: ShownPart, readable: Sequence[ShownPart] = ()) -> Shown:
        """What is shown of `part`; attached files are those of all parts that the reader may see.

        A file is attached to one language's part, and tells as much to readers of another. Its page is shown when more
        of the query stands there than in title and text. A record found by its places alone marks nothing.
        """
        title = self._highlighter.extract(part.title, part.language, len(part.title))
        where, extract = self._own_extract(part)
        if place := self._attached(readable or (part,), title.clauses | extract.clauses):
            return Shown(title.html, place.extract.html, "documents", place.file, place.page)
        return Shown(title.html, extract.html, "title" if title.clauses else where)

    def _own_extract(self, part: ShownPart) -> tuple[str, Extract]:
        """Where, and what: the first text with something to mark, else the beginning of the first."""
        first = Extract("", frozenset(), 0)
        text = "\n".join(filter(None, (part.summary, part.body)))
        for where, content in (("text", text), ("people", part.people)):
            extract = self._highlighter.extract(content, part.language)
            if extract.clauses:
                return where, extract
            first = first if first.html else extract
        return "place", first

    def _attached(self, parts: Sequence[ShownPart], seen: frozenset[int]) -> FoundPlace | None:
        """The best place in a file, when it shows more clauses than were seen elsewhere."""
        if len(seen) >= len(self._highlighter.plan.clauses):
            return None
        places = [self._finder.best(part.documents, part.language) for part in parts if part.documents]
        found = [place for place in places if place and len(place.extract.clauses) > len(seen)]
        return max(found, key=lambda place: len(place.extract.clauses), default=None)
