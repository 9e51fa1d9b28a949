"""What a reader sees of a record that was found: the same for every engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from huunghi.search.highlight import Highlighter


@dataclass(slots=True)
class ShownPart:
    """One language's texts of a record, as they were written."""

    language: str
    title: str
    summary: str = ""
    body: str = ""
    people: str = ""
    documents: str = ""


def preferred_part(parts: Sequence[ShownPart], languages: Sequence[str]) -> ShownPart:
    """The first of the reader's languages that is there, else whatever there is."""
    by_language = {part.language: part for part in parts}
    for code in languages:
        if code in by_language:
            return by_language[code]
    return parts[0]


def shown_texts(part: ShownPart, highlighter: Highlighter) -> tuple[str, str, str]:
    """(title, snippet, where it was found): safe HTML. A record found by its places alone marks nothing."""
    title = highlighter.mark(part.title, part.language)
    text = "\n".join(filter(None, (part.summary, part.body)))
    found_in = "title" if "<mark>" in title else ""
    shown = ""
    for where, content in (("text", text), ("people", part.people), ("documents", part.documents)):
        if not content:
            continue
        snippet, has_marks = highlighter.snippet(content, part.language)
        shown = shown or snippet
        if has_marks:
            return title, snippet, found_in or where
    return title, shown, found_in or "place"
