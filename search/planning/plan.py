"""What a query means, in terms that every engine can compile.

The planner (`planner.py`) makes a `Plan` from the reader's words; an engine (`engines/`) turns each clause into its own
query language. Clauses hold plain strings and numbers only, so that a plan can be printed, compared and tested without
an engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

ORGANISATION = "org:"  # how the id of an organisation begins


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text in a script with spaces, or one run of a script without.

    `exact` is NFC, lower case, with ASCII digits and one tone position; `folded` has no diacritics either.
    `clusters` is filled for Khmer, Lao and Chinese runs only. `start` and `end` are offsets into the original text.
    """

    script: str  # "latin" | "khmer" | "lao" | "han"
    exact: str
    folded: str
    start: int
    end: int
    clusters: tuple[str, ...] = ()


@dataclass(slots=True)
class Topic:
    """A concept of the glossary that the query names: any of its terms will do, each as a phrase."""

    phrases: tuple[str, ...]  # folded Vietnamese terms
    words: tuple[str, ...] = ()  # as asked for, folded; empty for a run
    clusters: tuple[str, ...] = ()  # as asked for, of a run
    share: float = 1.0  # of the weight of all that is asked for beside names and dates


@dataclass(slots=True)
class Clause:
    """One thing the reader asked for."""

    text: str  # as the reader typed it
    start: int  # offset in the query
    weight: float = 1.0  # inverse document frequency; 0 when the index does not know the clause
    optional: bool = False  # adds score, but no event has to match it
    document_frequency: int | None = None
    translations: list[tuple[float, str]] = field(default_factory=list)  # (weight, folded Vietnamese phrase)


@dataclass(slots=True)
class WordClause(Clause):
    """A word of a spaced script."""

    exact: str = ""
    folded: str = ""
    alternatives: list[str] = field(default_factory=list)  # Telex and VNI readings, near spellings; folded
    phrases: list[str] = field(default_factory=list)  # other ways to write it in several words: "2 063" for 2063
    unknown: bool = False  # the index does not hold the word as typed


@dataclass(slots=True)
class RunClause(Clause):
    """A run of Khmer, Lao or Chinese clusters, matched by pairs of neighbours."""

    script: str = "khmer"
    clusters: tuple[str, ...] = ()
    topics: list[Topic] = field(default_factory=list)  # concepts inside the run: each has to match

    @property
    def is_mostly_topics(self) -> bool:
        """Whether the glossary's terms say enough of the run to stand for all of it."""
        return 3 * sum(len(topic.clusters) for topic in self.topics) >= len(self.clusters)


@dataclass(slots=True)
class NameClause(Clause):
    """A place or organisation that the gazetteer knows, whatever spelling the reader used."""

    ids: list[tuple[str, float]] = field(default_factory=list)  # (id, weight); linked old and new units weigh less
    literal: WordClause | None = None  # a one-word name also counts where it stands as an ordinary word
    spellings: list[str] = field(default_factory=list)  # every name of the ids, for highlighting


@dataclass(slots=True)
class MarkClause(Clause):
    """A date, an edition ("lần thứ III") or a document number."""

    kind: str = "date"  # "date" | "edition" | "number"
    ids: list[tuple[str, float]] = field(default_factory=list)
    weaker_ids: list[tuple[str, float]] = field(default_factory=list)  # score only: the day's month, the month's year


@dataclass(frozen=True, slots=True)
class Pair:
    """Two words that stand side by side in the query."""

    first_folded: str
    second_folded: str
    first_exact: str
    second_exact: str


@dataclass(slots=True)
class Plan:
    """The whole query."""

    clauses: list[Clause] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    topics: list[Topic] = field(default_factory=list)  # what the query is about, whatever its other words
    phrases: list[Sequence[Token]] = field(default_factory=list)  # quoted: required, in this order
    excluded: list[Clause] = field(default_factory=list)  # written with a leading minus
    language: str = "vi"
    has_diacritics: bool = False
    also_searched: list[str] = field(default_factory=list)  # names and translations added, for the reader
    not_found: list[str] = field(default_factory=list)  # words that stand nowhere in the index
    truncated: bool = False  # the query was longer than what is used

    @property
    def required(self) -> list[Clause]:
        """Clauses that an event of the strict set must match."""
        return [clause for clause in self.clauses if not clause.optional]

    @property
    def certain(self) -> list[Clause]:
        """Required clauses without dates, editions and words that stand nowhere."""
        return [
            clause
            for clause in self.required
            if clause.weight and not (isinstance(clause, MarkClause) and clause.kind in ("date", "edition"))
        ]

    @property
    def places(self) -> list[NameClause]:
        """Names but those of organisations, of which many take part in everything."""
        names = [clause for clause in self.clauses if isinstance(clause, NameClause)]
        return [name for name in names if not all(id_.startswith(ORGANISATION) for id_, _ in name.ids)]

    @property
    def empty(self) -> bool:
        return not self.clauses and not self.phrases
