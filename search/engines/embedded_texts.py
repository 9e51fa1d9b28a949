"""Writes to the full-text tables, kept until the end of a transaction.

At every savepoint FTS5 brings what it holds in memory into the file, as one more segment that has to be merged with the
others. A savepoint for each document would make each document a segment, and most of the time would go into merging.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import Any

_INSERT = "INSERT INTO fts(rowid, title_exact, title, body_exact, body) VALUES(?,?,?,?,?)"
# What an entry was indexed by must be told again to remove it: the table keeps no text.
_DELETE = "INSERT INTO fts(fts, rowid, title_exact, title, body_exact, body) VALUES('delete',?,?,?,?,?)"
_INSERT_TITLE = "INSERT INTO suggestion(rowid, exact, folded) VALUES(?,?,?)"
_DELETE_TITLE = "DELETE FROM suggestion WHERE rowid = ?"


class TextWrites:
    """Writes in their order: an entry may be removed and written again, more than once."""

    def __init__(self) -> None:
        self._writes: list[tuple[str, tuple[Any, ...]]] = []

    def __len__(self) -> int:
        return len(self._writes)

    def back_to(self, length: int) -> None:
        """Forget the writes of a document that could not be written."""
        del self._writes[length:]

    def add_entry(self, entry: int, columns: Iterable[str]) -> None:
        self._writes.append((_INSERT, (entry, *columns)))

    def remove_entry(self, entry: int, columns: Iterable[str]) -> None:
        self._writes.append((_DELETE, (entry, *columns)))

    def add_title(self, part: int, columns: Iterable[str]) -> None:
        self._writes.append((_INSERT_TITLE, (part, *columns)))

    def remove_title(self, part: int) -> None:
        self._writes.append((_DELETE_TITLE, (part,)))

    def run(self, database: sqlite3.Connection) -> None:
        for statement, writes in groupby(self._writes, itemgetter(0)):
            database.executemany(statement, [values for _, values in writes])
        self._writes.clear()
