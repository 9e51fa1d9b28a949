"""What the archive answers to a reader, made from an engine's result and checked against the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class StoredFacts:
    """In place of a page, what a card says of a hit: its language, and the facts, with marks in addresses."""

    served: dict[str, Any]
    facts: dict[str, Any]


@dataclass(slots=True)
class FoundRecord:
    """A hit with what a card shows. `title` and `snippet` are safe HTML with <mark>; `page` is the page itself,
    or what is stored of it.

    `page` is in the language `language`, which is the reader's or the nearest one that exists.
    """

    id: str
    type: str
    language: str
    title: str
    snippet: str
    match: str  # "all" | "some"
    score: float
    found_in: str
    page: Any
    file: str = ""  # title of the attached file that the snippet is from, when `found_in` is "documents"
    file_page: int = 0  # its page, from 1; 0 when it is not known


@dataclass(slots=True)
class FacetValue:
    value: str
    label: str
    count: int
    selected: bool = False


@dataclass(slots=True)
class ArchiveAnswer:
    """`level`: "all" when something has every word, "some" when only weaker matches exist, "none" when nothing does."""

    query: str
    language: str
    engine: str
    degraded: bool
    level: str
    count: int
    has_weaker: bool
    items: list[FoundRecord] = field(default_factory=list)
    facets: dict[str, list[FacetValue]] = field(default_factory=dict)
    timeline: list[tuple[int, int]] = field(default_factory=list)  # (year, number of records), ascending
    timeline_year: int | None = None  # the year that `months` are of
    months: list[tuple[int, int]] = field(default_factory=list)  # (month from 1, number of records), ascending
    also_searched: list[str] = field(default_factory=list)
    not_found: list[str] = field(default_factory=list)
    did_you_mean: str = ""
    truncated: bool = False
    preparing: bool = False  # engine "none": there is no index yet
    next: str = ""  # cursor of the next page; empty on the last


class ArchiveUnavailableError(Exception):
    """No engine can answer. `preparing`: there is no index yet."""

    def __init__(self, preparing: bool) -> None:
        super().__init__("The archive cannot be searched now.")
        self.preparing = preparing


def retry_after(preparing: bool) -> int:
    """Seconds after which it is worth asking again."""
    return 120 if preparing else 30


class BadCursorError(ValueError):
    """The cursor was not made by this archive, or belongs to another order."""
