"""On PostgreSQL only the texts are folded: its own search is quick."""

from __future__ import annotations

from wagtail.search.backends.database.postgres.postgres import PostgresIndex, PostgresSearchBackend

from .folding import FoldedBackend, FoldedIndex


class FoldedPostgresIndex(FoldedIndex, PostgresIndex):
    pass


class PostgresBackend(FoldedBackend, PostgresSearchBackend):
    index_class = FoldedPostgresIndex
    fields_are_folded = False  # a search in some fields reads the model's own columns
