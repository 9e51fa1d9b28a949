"""Lets those who write to one SQLite file wait for each other.

The feeding of the index writes from a thread of its own. A transaction that reads before it writes cannot wait for
another writer in SQLite: it fails at once with "database is locked", and an editor's page is not published. One that
announces its writing when it begins (BEGIN IMMEDIATE) waits for its turn, for as long as the `timeout` of the database.
"""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.backends.signals import connection_created


def install() -> None:
    connection_created.connect(_announce_writing, dispatch_uid="huunghi.sqlite")


def _announce_writing(connection: Any, **kwargs: Any) -> None:
    if connection.alias != DEFAULT_DB_ALIAS or connection.vendor != "sqlite" or connection.is_in_memory_db():
        return
    if "transaction_mode" not in connection.settings_dict.get("OPTIONS", {}):
        connection.transaction_mode = "IMMEDIATE"


def read_beside_writers() -> bool:
    """Switch the file to write-ahead logging, so that readers and a writer do not stop each other.

    Returns whether it was switched by this call. The file remembers it.
    """
    if connection.vendor != "sqlite" or connection.is_in_memory_db():
        return False
    with connection.cursor() as cursor:
        if cursor.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
            return False
        return cursor.execute("PRAGMA journal_mode = WAL").fetchone()[0] == "wal"
