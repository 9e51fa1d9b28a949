"""What an engine is asked and what it answers. Engine objects never leave `search/`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from ..documents import SearchDocument
from ..plan import Plan


class EngineError(Exception):
    """The engine could not answer: absent, refusing, slow, or its index is missing."""


@dataclass(slots=True)
class Filters:
    """What the reader set. Values of one list are alternatives; lists narrow each other."""

    types: list[str] = field(default_factory=list)
    partners: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    years: list[int] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    organisations: list[str] = field(default_factory=list)
    exchanges: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    start: date | None = None  # the record's period overlaps [start, end]
    end: date | None = None


# facet name -> the filter it belongs to; a facet is counted under all filters but this one
FACETS: dict[str, str] = {
    "partner": "partners",
    "country": "countries",
    "kind": "kinds",
    "field": "fields",
    "year": "years",
    "language": "languages",
    "place": "places",
    "organisation": "organisations",
    "type": "types",
}


@dataclass(slots=True)
class SearchRequest:
    """A planned query with everything else an engine must know."""

    plan: Plan
    filters: Filters = field(default_factory=Filters)
    language: str = "vi"  # of the answer: titles and snippets
    audiences: frozenset[str] = frozenset({"public"})
    facets: tuple[str, ...] = ()
    order: str = "relevance"  # "relevance" | "date" | "-date"
    limit: int = 20
    after: tuple | None = None  # position behind the last hit of the page before
    highlight: bool = True


@dataclass(slots=True)
class Hit:
    """One record found. `title` and `snippet` are safe HTML: escaped text with <mark> around what was found."""

    id: str
    type: str
    language: str
    title: str
    snippet: str
    match: str  # "all" | "some"
    score: float
    found_in: str = ""  # "title" | "text" | "people" | "documents" | "place"
    position: tuple = ()  # what `SearchRequest.after` needs to go on behind this hit


@dataclass(slots=True)
class SearchResult:
    """An engine's answer. `count` and `facets` are those of the strict set; weaker matches follow it in `hits`."""

    engine: str
    hits: list[Hit] = field(default_factory=list)
    count: int = 0
    has_weaker: bool = False
    has_next: bool = False
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)  # most frequent first; years ascending
    degraded: bool = False


class Vocabulary(Protocol):
    """What the planner asks of the index: how often a word or an id occurs."""

    size: int

    def word_count(self, folded: str, stemmed: bool = True) -> int:
        """Number of records that hold the folded word, in any form the index keeps (for English: its stem).

        `stemmed=False` counts the word as written only.
        """

    def id_count(self, id_: str) -> int:
        """Number of records that carry the name or mark."""

    def near_words(self, folded: str) -> list[str]:
        """Up to four words of the index at the smallest edit distance: 1 (4 to 6 letters) or 2 (7 and more)."""


class Engine(Protocol):
    """One way to keep and ask the archive. Every method raises EngineError when the engine cannot do it."""

    name: str

    def search(self, request: SearchRequest) -> SearchResult: ...

    def suggest(self, text: str, language: str, limit: int = 10) -> list[Hit]: ...

    def write(self, documents: Iterable[SearchDocument]) -> int:
        """Add or replace; a document older than the one kept (`version`) is ignored. Returns how many were sent."""

    def delete(self, ids: Iterable[str], version: int) -> None: ...

    def rebuild(self, documents: Iterable[SearchDocument]) -> int:
        """Fill a new index and put it in the old one's place in one step; readers never see half of it."""

    def count(self) -> int: ...
