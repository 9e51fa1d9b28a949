"""What an engine is asked and what it answers. Engine objects never leave `search/`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from ..documents.document import SearchDocument
from ..planning.plan import Plan

PUBLIC = frozenset({"public"})
DROP_AFTER = 10.0  # seconds; longer than any search takes


class EngineError(Exception):
    """The engine could not answer: absent, refusing, slow, or its index is missing."""


class EngineTimeoutError(EngineError):
    """No answer within the time that a reader is given."""


class QuestionError(EngineError):
    """The engine is well, and could make no sense of this question."""


class IndexMissingError(EngineError):
    """There is no index yet."""


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
    units: list[str] = field(default_factory=list)  # editorial units, by the key of the organisation
    start: date | None = None  # the record's period overlaps [start, end]
    end: date | None = None
    # (unit of measure, least, most or None): the record's largest figure of that unit lies there. All of them hold.
    quantities: list[tuple[str, float, float | None]] = field(default_factory=list)
    any_quantity: list[tuple[str, float, float | None]] = field(default_factory=list)  # the same; one of them holds
    near: tuple[float, float, float] | None = None  # (latitude, longitude, kilometres): one of the record's places
    # First and last days: the record's period overlaps one of each list.
    periods: list[list[tuple[date, date]]] = field(default_factory=list)
    ids: frozenset[str] | None = None  # no other documents than these


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
# The same with those that a reader has to ask for. "month" counts within `SearchRequest.timeline_year`.
ALL_FACETS = {**FACETS, "unit": "units", "month": "years"}


@dataclass(slots=True)
class SearchRequest:
    """A planned query with everything else an engine must know."""

    plan: Plan
    filters: Filters = field(default_factory=Filters)
    language: str = "vi"  # of the answer: titles and snippets
    audiences: frozenset[str] = PUBLIC
    exclude: frozenset[str] = frozenset()  # ids of documents that are neither shown nor counted
    facets: tuple[str, ...] = ()  # names of ALL_FACETS
    timeline_year: int | None = None
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
    file: str = ""  # title of the attached file that the snippet is from, when `found_in` is "documents"
    page: int = 0  # its page, from 1; 0 when it is not known


@dataclass(slots=True)
class SearchResult:
    """An engine's answer. `count` and `facets` are those of the strict set; weaker matches follow it in `hits`."""

    engine: str
    hits: list[Hit] = field(default_factory=list)
    count: int = 0
    has_weaker: bool = False
    has_next: bool = False
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)  # most frequent first; dates ascending
    degraded: bool = False
    preparing: bool = False  # engine "none": there is no index yet


@dataclass(frozen=True, slots=True)
class NameSuggestion:
    """A partner, place or organisation whose name begins as the reader types.

    `filter` is the filter of `Filters` that finds `count` records with `id` as its value; "" when the name only stands
    in texts: then it is to be asked for by its words.
    """

    id: str
    name: str  # plain text, in the spelling that fits
    filter: str
    count: int


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


@dataclass(slots=True)
class WriteReport:
    """What became of documents that were sent. `failed` holds what is wrong with a document, not with the engine."""

    written: int = 0  # in the index now, in this version or in a newer one that was there before
    failed: dict[str, str] = field(default_factory=dict)  # document id -> error


@dataclass(frozen=True, slots=True)
class Indexed:
    """What an index holds of one record. A deleted one keeps its id and version, so that no older write revives it."""

    id: str
    version: int
    digest: str  # of `search.digests`; "" when deleted
    deleted: bool = False


class Engine(Protocol):
    """One way to keep and ask the archive.

    Readers use the live index. Others can be filled beside it: `into` and `of` are names that `new_index` gave, None is
    the live one. Every method raises EngineError when the engine is not available or the index is missing.
    """

    name: str

    # What an index holds of a record: made from the database, and told apart

    def documents(self, type_: str, keys: list[str]) -> Iterable[Any]:
        """What the index should hold of these records now; records that nobody may read are left out."""

    def digest(self, document: Any) -> str:
        """A short text that is another one whenever the index has to hold something else."""

    # For readers

    def search(self, request: SearchRequest) -> SearchResult: ...

    def suggest(
        self,
        text: str,
        language: str,
        limit: int = 10,
        audiences: frozenset[str] = PUBLIC,
        exclude: frozenset[str] = frozenset(),
    ) -> list[Hit]:
        """Titles that begin with the text or hold words that do, without the documents of `exclude`."""

    def suggest_names(
        self,
        text: str,
        limit: int = 5,
        audiences: frozenset[str] = PUBLIC,
        exclude: frozenset[str] = frozenset(),
    ) -> list[NameSuggestion]:
        """Names that begin with the text, as written before without diacritics; only those of records that are seen."""

    # What an index holds

    def write(self, documents: Iterable[SearchDocument], into: str | None = None) -> WriteReport:
        """Add or replace. A document takes effect only with a version above the one that the index holds.

        Documents are taken from the iterable in pieces, so that memory is flat. What was written before an EngineError
        stays written.
        """

    def delete(self, versions: Mapping[str, int], into: str | None = None) -> WriteReport:
        """Remove the documents of these ids. The version (id -> version) stays and holds off older writes."""

    def refresh(self, of: str | None = None) -> None:
        """Make all that was written findable at once."""

    def count(self, of: str | None = None) -> int:
        """Number of records, deleted ones not counted."""

    def scan(self, of: str | None = None) -> Iterator[Indexed]:
        """Everything that the index holds, deleted records included, by id (order of code points). Memory is flat."""

    def digests(self, ids: Iterable[str], of: str | None = None) -> dict[str, Indexed]:
        """The same of some records: id -> what is held; an id that the index never had is left out."""

    # The life of an index

    def live_index(self) -> str | None:
        """Name of the index that readers use; None when there is none.

        EngineError also when two indices are live: `repair_alias` mends it.
        """

    def new_index(self) -> str:
        """Make an empty index beside the live one; returns its name."""

    def is_current(self, name: str) -> bool:
        """Whether the index was made with the mapping of this code; else it has to be built anew."""

    def publish_index(self, name: str) -> None:
        """Make an index the live one, in one step. The one before stays until it is dropped: some still read it.

        Drop it no earlier than `DROP_AFTER` seconds later.
        """

    def repair_alias(self) -> str | None:
        """When several indices are live, keep the one that was published last; returns its name."""

    def drop_index(self, name: str) -> None:
        """Delete an index that is not live. Nothing happens when it is gone already."""

    def orphans(self, keep: set[str], older_than: float) -> list[str]:
        """Indices of this site that are neither live nor in `keep`, made more than `older_than` seconds ago."""

    def rebuild(self, documents: Iterable[SearchDocument]) -> int:
        """Fill a new index, put it in the old one's place, and drop that; returns the number of records.

        Changes meanwhile must be written again afterwards. When a document is refused nothing changes: EngineError.
        """
