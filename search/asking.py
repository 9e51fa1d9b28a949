"""Questions that are asked all the time, in the same words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any

from django.db import connection


def ask(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows of the answer.

    PostgreSQL plans a statement of this kind in milliseconds and answers in one, so there it is prepared: planned once
    for each connection. Not where a pooler hands connections from one transaction to the next, which is what
    DISABLE_SERVER_SIDE_CURSORS says.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and not connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
            prepared = _prepared_cursor()
            if prepared is not None:
                # Behind Django's own cursor, so that errors, logs and counters see it like any other.
                if connection.connection.prepare_threshold is None:  # Django's own cursors prepare nothing all the same
                    connection.connection.prepare_threshold = 0
                    # What is looked for changes from question to question, and never the best way to it.
                    cursor.execute("SET plan_cache_mode = force_generic_plan")
                cursor.cursor = prepared(connection.connection)
        cursor.execute(statement, parameters)
        return cursor.fetchall()


@lru_cache(maxsize=1)
def _prepared_cursor() -> type[Any] | None:
    """None with psycopg 2, which cannot. Which driver there is the host decides: none is asked for here."""
    try:
        ordinary: Any = import_module("psycopg").Cursor
    except ImportError:
        return None

    class PreparedCursor(ordinary):
        def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
            return super().execute(query, params, **{**options, "prepare": True, "binary": True})

    return PreparedCursor
