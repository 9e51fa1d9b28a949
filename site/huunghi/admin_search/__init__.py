"""The admin's own search, on the site's database: quick on SQLite, with and without accents, and in Khmer.

    WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "huunghi.admin_search"}}

Wagtail's own backend does the work; this one folds what it stores and what it is asked, and on SQLite it ranks all
matches in one pass. After the setting was changed, `manage.py update_index` has to run.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from wagtail.search.backends import database
from wagtail.search.backends.base import BaseSearchBackend
from wagtail.search.backends.database.fallback import DatabaseSearchBackend


def SearchBackend(params: dict[str, Any]) -> BaseSearchBackend:  # noqa: N802  the name that Wagtail looks for
    """The backend for the site's database; Wagtail's own where the database has no full-text search that we know."""
    stock = database.SearchBackend(params)
    if isinstance(stock, DatabaseSearchBackend):  # it reads the models' own columns, which nobody folds
        return stock
    # The backend of a database can only be imported where its tables are.
    if connection.vendor == "sqlite":
        from .sqlite import SQLiteBackend

        return SQLiteBackend(params)
    if connection.vendor == "postgresql":
        from .postgres import PostgresBackend

        return PostgresBackend(params)
    return stock
