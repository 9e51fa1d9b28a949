"""What both engines index of one record: its ids (names and marks) and its texts in normal form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ..recognition import marks
from ..recognition.gazetteer import Gazetteer
from ..text.normalise import prepare
from ..text.tokens import Word, words_of
from .document import LanguagePart, SearchDocument


@dataclass(slots=True)
class IndexedText:
    """One language's texts, prepared (NFC, lower case, ASCII digits), and the words that were cut from them."""

    code: str  # as in `SearchDocument.parts`: "zh-hans"
    language: str  # without a script: "zh"
    title: str
    body: str  # summary, body, people and documents
    title_words: list[Word]
    body_words: list[Word]
    title_ids: set[str]
    body_ids: set[str]


@dataclass(slots=True)
class IndexEntry:
    """Parts of a record that the same readers may see. A record whose pages are all alike has one entry.

    Restrictions belong to each language's page, so ids and words of a restricted page are kept apart.
    """

    document: SearchDocument
    audiences: frozenset[str]
    expiry: datetime | None
    texts: list[IndexedText]
    ids_structured: set[str]

    @property
    def ids_title(self) -> set[str]:
        return {id_ for text in self.texts for id_ in text.title_ids}

    @property
    def ids_text(self) -> set[str]:
        return {id_ for text in self.texts for id_ in text.title_ids | text.body_ids}


def index_entries(document: SearchDocument, gazetteer: Gazetteer) -> list[IndexEntry]:
    """One entry per set of audiences and expiry."""
    groups: dict[tuple[frozenset[str], datetime | None], list[IndexedText]] = {}
    for language, part in document.parts.items():
        key = (frozenset(part.audiences), part.expiry)
        groups.setdefault(key, []).append(indexed_text(part, language, gazetteer))
    structured = structured_ids(document)
    return [IndexEntry(document, audiences, expiry, texts, structured) for (audiences, expiry), texts in groups.items()]


def indexed_text(part: LanguagePart, code: str, gazetteer: Gazetteer) -> IndexedText:
    """Tokens, names and marks of one language's page."""
    language = base_language(code)
    title = prepare(part.title).text
    body = prepare("\n".join(filter(None, (part.summary, part.body, part.people, part.documents)))).text
    title_words = words_of(title)
    body_words = words_of(body)
    # Vietnamese writes its names with diacritics; other languages write them as they can.
    strict = language == "vi"
    return IndexedText(
        code,
        language,
        title,
        body,
        title_words,
        body_words,
        gazetteer.ids_in(title_words, strict) | marks.text_ids(title),
        gazetteer.ids_in(body_words, strict) | marks.text_ids(body),
    )


def structured_ids(document: SearchDocument) -> set[str]:
    """Ids that editors chose: partners, places, organisations, countries and the record's own period."""
    chosen: Iterable[str] = (
        *document.partner_ids,
        *document.country_ids,
        *document.place_ids,
        *document.organisation_ids,
    )
    return set(chosen) | marks.period_ids(document.start, document.end, document.precision)


def base_language(language: str) -> str:
    """zh-hans -> zh."""
    return language.split("-")[0].lower()
