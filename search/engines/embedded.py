"""The embedded engine: the archive in an SQLite file, asked through FTS5."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence

from ..documents.digests import digest
from ..documents.extraction import documents
from ..planning.plan import Plan
from ..planning.spelling import edit_distance, largest_distance
from ..recognition.gazetteer import Gazetteer
from ..text.english import stem
from ..text.normalise import prepare
from ..text.tokens import words_of
from . import embedded_schema as schema
from . import names
from .base import PUBLIC, Filters, Hit, NameSuggestion, SearchRequest, SearchResult
from .embedded_archive import EmbeddedArchive
from .embedded_facets import count_facets, count_name
from .embedded_hits import make_hits, make_suggestions
from .embedded_memory import Memory
from .embedded_paging import page_of
from .embedded_scope import Scope, scope_of
from .embedded_scoring import Ranking, excluded_records, quoted, rank

_MOST_NEAR_WORDS = 4


def default_fallback(language: str) -> list[str]:
    return [language, "vi", "en"]


class EmbeddedEngine(EmbeddedArchive):
    """Implements both `Engine` and `Vocabulary`.

    `fallback_languages` gives the order in which a reader of a language is shown a record's pages.
    """

    documents = staticmethod(documents)
    digest = staticmethod(digest)

    def __init__(
        self,
        path: str | os.PathLike[str],
        gazetteer: Gazetteer | Callable[[], Gazetteer],
        fallback_languages: Callable[[str], Sequence[str]] = default_fallback,
    ) -> None:
        super().__init__(path, gazetteer)
        self._fallback_languages = fallback_languages
        self._memory = Memory()

    # Engine

    def search(self, request: SearchRequest) -> SearchResult:
        with self.reading() as database:
            state = self._memory.state(database, self.connected_file())
            needs_facets = bool(request.facets) or request.filters != Filters()
            facets = self._memory.facets(database, state) if needs_facets else {}
            scope = scope_of(database, state, facets, request)
            ranking = (_everything if request.plan.empty else rank)(database, request.plan, scope)
            page = page_of(database, ranking, request, request.limit + 1)
            count = len(ranking.all & scope.allowed)
            return SearchResult(
                engine=self.name,
                hits=make_hits(
                    database,
                    page[: request.limit],
                    ranking,
                    request,
                    scope,
                    self._gazetteer(),
                    self._fallback_languages(request.language),
                ),
                count=count,
                has_weaker=len(ranking.found) > count,
                has_next=len(page) > request.limit,
                facets=count_facets(facets, scope, ranking.all, request.facets, request.timeline_year),
            )

    def suggest(
        self,
        text: str,
        language: str,
        limit: int = 10,
        audiences: frozenset[str] = PUBLIC,
        exclude: frozenset[str] = frozenset(),
    ) -> list[Hit]:
        exact, folded = schema.suggestion_columns(words_of(prepare(text[:256]).text)[:16])
        if not folded:
            return []
        words = folded.split()
        expressions = (
            f"exact: ^ {quoted(exact)} *",
            f"folded: ^ {quoted(folded)} *",
            f"exact: {quoted(exact)} *",
            f"folded: {quoted(folded)} *",
            "folded: (" + " AND ".join([*map(quoted, words[:-1]), f"{quoted(words[-1])} *"]) + ")",
        )
        with self.reading() as database:
            state = self._memory.state(database, self.connected_file())
            scope = scope_of(database, state, {}, SearchRequest(Plan(), audiences=audiences, exclude=exclude))
            return make_suggestions(database, expressions, language, scope, limit)

    def suggest_names(
        self,
        text: str,
        limit: int = 5,
        audiences: frozenset[str] = PUBLIC,
        exclude: frozenset[str] = frozenset(),
    ) -> list[NameSuggestion]:
        entries = names.candidates(self._gazetteer(), text[:256], limit)
        with self.reading() as database:
            state = self._memory.state(database, self.connected_file())
            facets = self._memory.facets(database, state)
            scope = scope_of(database, state, facets, SearchRequest(Plan(), audiences=audiences, exclude=exclude))
            counts = {entry.id: count_name(database, facets, scope, entry.id) for entry in entries}
        return names.suggestions(entries, counts, text, limit)

    # Vocabulary

    @property
    def size(self) -> int:
        return self.count()

    def word_count(self, folded: str, stemmed: bool = True) -> int:
        forms = {folded, stem(folded)} if stemmed else {folded}
        with self.reading() as database:
            rows = [database.execute("SELECT doc FROM vocabulary WHERE term = ?", (form,)).fetchone() for form in forms]
        return max((row[0] for row in rows if row), default=0)

    def id_count(self, id_: str) -> int:
        with self.reading() as database:
            return database.execute("SELECT count(*) FROM mark WHERE id = ?", (id_,)).fetchone()[0]

    def near_words(self, folded: str) -> list[str]:
        distance = largest_distance(folded)
        if not distance or not folded.isascii():
            return []
        with self.reading() as database:
            rows = database.execute(
                "SELECT term, doc FROM vocabulary WHERE term >= ? AND term < ? AND length(term) BETWEEN ? AND ?",
                (folded[0], chr(ord(folded[0]) + 1), len(folded) - distance, len(folded) + distance),
            ).fetchall()
        near = [(edit_distance(folded, term, distance), -count, term) for term, count in rows if term.isascii()]
        near = sorted(item for item in near if item[0] <= distance)
        return [term for steps, _, term in near if steps == near[0][0]][:_MOST_NEAR_WORDS]


def _everything(database: sqlite3.Connection, plan: Plan, scope: Scope) -> Ranking:
    """Without a query everything under the filters is found."""
    records = scope.visible - excluded_records(database, plan, scope)
    found = records & scope.allowed
    return Ranking(records, found, levels=[(found, 0.0)])
