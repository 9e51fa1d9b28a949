"""On SQLite: all matches are ranked in one pass. Wagtail's own query repeats the whole search for each of them."""

from __future__ import annotations

import sys
from typing import Any

from django.db.models import CharField, F, FloatField, Func, IntegerField, QuerySet, Subquery
from django.db.models.functions import Cast
from wagtail.search.backends.database.sqlite.query import MatchExpression, normalize
from wagtail.search.backends.database.sqlite.sqlite import (
    SQLiteAutocompleteQueryCompiler,
    SQLiteFTSIndexEntry,
    SQLiteIndex,
    SQLiteSearchBackend,
    SQLiteSearchQueryCompiler,
)
from wagtail.search.query import MatchAll, Not
from wagtail.search.utils import get_descendants_content_types_pks

from .folding import FoldedBackend, FoldedIndex


class Rank(Func):
    """The score of one object, looked up in a table of all scores that SQLite makes once for a statement.

    `scores` has the columns `object_id` and `score`. Its limit keeps SQLite from merging it into the outer query, where
    it would run again for each row.
    """

    template = "(SELECT ranked.score FROM %(expressions)s)"
    arg_joiner = " AS ranked WHERE ranked.object_id = "

    def __init__(self, scores: QuerySet, object_id: Any) -> None:
        super().__init__(Subquery(scores[: sys.maxsize]), object_id, output_field=FloatField())


class RankedOnce:
    """Mixed into a query compiler."""

    def search(self, config: Any, start: int | None, stop: int | None, score_field: str | None = None) -> QuerySet:
        """The matches in the order of their scores; `score_field` names an annotation that holds them."""
        wanted = normalize(self.query)
        if isinstance(wanted, MatchAll | Not):
            return super().search(config, start, stop, score_field)
        # A bare column would let SQLite go through all entries of a type and search once for each.
        matches = SQLiteFTSIndexEntry.objects.alias(type=Cast("index_entry__content_type", IntegerField())).filter(
            MatchExpression(self.fields or self.FTS_TABLE_FIELDS, self.build_search_query(wanted, config=config)),
            type__in=get_descendants_content_types_pks(self.queryset.model),
        )
        scores = matches.values(
            object_id=F("index_entry__object_id"), score=self._build_rank_expression(self.get_search_vectors(), config)
        )
        rank = Rank(scores, Cast("pk", CharField()))
        found = self.queryset.filter(pk__in=matches.values("index_entry__object_id"))
        if score_field:
            found = found.annotate(**{score_field: rank})
        if self.order_by_relevance:
            found = found.order_by(rank, "-pk")
        elif not found.query.order_by:
            found = found.order_by("-pk")  # else pages of the list would overlap
        return found[start:stop]


class RankedQuery(RankedOnce, SQLiteSearchQueryCompiler):
    pass


class RankedAutocomplete(RankedOnce, SQLiteAutocompleteQueryCompiler):
    pass


class FoldedSQLiteIndex(FoldedIndex, SQLiteIndex):
    pass


class SQLiteBackend(FoldedBackend, SQLiteSearchBackend):
    query_compiler_class = RankedQuery
    autocomplete_query_compiler_class = RankedAutocomplete
    index_class = FoldedSQLiteIndex
