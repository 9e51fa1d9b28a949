"""Asking the archive: one function for the public pages and one for the API, whichever engine answers."""

from __future__ import annotations

from .answers import ArchiveAnswer, FoundRecord
from .engines.base import Filters

DEFAULT_FACETS = ("type", "partner", "country", "kind", "field", "year", "language")


def search_archive(
    query: str,
    language: str,
    filters: Filters | None = None,
    *,
    facets: tuple[str, ...] = DEFAULT_FACETS,
    order: str = "relevance",
    limit: int = 20,
    cursor: str = "",
) -> ArchiveAnswer:
    """Search what anybody may read. Never raises for a query, whatever it holds; raises BadCursor for a bad cursor.

    An empty query lists all records under the filters, newest first.
    """
    raise NotImplementedError


def suggest(text: str, language: str, limit: int = 10) -> list[FoundRecord]:
    """Titles and partners that begin with the text; never raises."""
    raise NotImplementedError
