"""What the embedded index holds: writing, removing, and telling what is there."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from ..documents.document import SearchDocument
from ..documents.entries import index_entries
from ..planning.plan import Token
from ..recognition.gazetteer import Gazetteer
from ..text.normalise import prepare
from ..text.tokens import scan
from . import embedded_schema as schema
from . import rebuilding
from .base import Indexed, WriteReport
from .embedded_files import EmbeddedFiles
from .embedded_scoring import phrase_expression
from .embedded_texts import TextWrites

_BATCH = 500
_PAGE = 2000
_DOCUMENT_ERRORS = (
    ValueError,
    TypeError,
    OverflowError,
    sqlite3.DataError,
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
)


class EmbeddedArchive(EmbeddedFiles):
    """Keeps the archive; `EmbeddedEngine` also asks it. `gazetteer` gives the names of the moment."""

    name = "embedded"

    def __init__(self, path: str | os.PathLike[str], gazetteer: Gazetteer | Callable[[], Gazetteer]) -> None:
        super().__init__(path)
        self._gazetteer = gazetteer if callable(gazetteer) else lambda: gazetteer

    def write(self, documents: Iterable[SearchDocument], into: str | None = None) -> WriteReport:
        gazetteer = self._gazetteer()
        report = WriteReport()
        rest = iter(documents)
        while batch := list(islice(rest, _BATCH)):
            prepared = []
            for document in batch:
                try:
                    prepared.append((document, index_entries(document, gazetteer)))
                except _DOCUMENT_ERRORS as error:
                    report.failed[document.id] = _described(error)
            with self.writing(into) as database:
                texts = TextWrites()
                for document, entries in prepared:
                    _attempt(database, texts, report, document.id, schema.put, document, entries)
                texts.run(database)
        if not report.written and not report.failed:
            self.count(into)  # nothing to write is an error, too, where there is no index
        return report

    def delete(self, versions: Mapping[str, int], into: str | None = None) -> WriteReport:
        report = WriteReport()
        with self.writing(into) as database:
            texts = TextWrites()
            for key, version in versions.items():
                _attempt(database, texts, report, key, schema.bury, key, version)
            texts.run(database)
        return report

    def refresh(self, of: str | None = None) -> None:
        """What was written is found at once."""

    def count(self, of: str | None = None) -> int:
        if of is None:
            with self.reading() as database:
                return schema.record_count(database)
        with self.reading_index(of) as database:
            return schema.record_count(database)

    def scan(self, of: str | None = None) -> Iterator[Indexed]:
        # No transaction stays open between two pages: it would keep the write-ahead log from being emptied.
        with self.reading_index(of) as database:
            after = ""
            while rows := schema.held_after(database, after, _PAGE):
                yield from (Indexed(key, version, digest, bool(deleted)) for key, version, digest, deleted in rows)
                after = rows[-1][0]

    def digests(self, ids: Iterable[str], of: str | None = None) -> dict[str, Indexed]:
        with self.reading_index(of) as database:
            rows = schema.held(database, list(ids))
        return {key: Indexed(key, version, digest, bool(deleted)) for key, version, digest, deleted in rows}

    def ids_mentioning(self, ids: set[str], texts: list[str]) -> Iterator[str]:
        """Ids of the documents that carry one of the name ids, or hold one of the texts as a phrase, in any spelling.

        For writing again what a renamed place or organisation stands in. Restricted and expired pages count.
        """
        with self.reading_index(None) as database:
            entries = {
                entry
                for (entry,) in database.execute(
                    "SELECT m.entry FROM json_each(?) asked CROSS JOIN mark m ON m.id = asked.value",
                    (json.dumps(sorted(ids)),),
                )
            }
            for text in texts:
                if expression := phrase_expression([Token(*scanned) for scanned in scan(prepare(text).text)]):
                    entries.update(
                        row for (row,) in database.execute("SELECT rowid FROM fts WHERE fts MATCH ?", (expression,))
                    )
            rows = database.execute(
                "SELECT DISTINCT r.key FROM json_each(?) found CROSS JOIN entry e ON e.id = found.value"
                " CROSS JOIN record r ON r.id = e.record",
                (json.dumps(list(entries)),),
            ).fetchall()
        return iter(sorted(key for (key,) in rows))

    def rebuild(self, documents: Iterable[SearchDocument]) -> int:
        count, before = rebuilding.rebuild(self, documents)
        if before:
            self.drop_index(before)
        return count


def _attempt(
    database: sqlite3.Connection,
    texts: TextWrites,
    report: WriteReport,
    id_: str,
    write: Callable[..., None],
    *arguments: Any,
) -> None:
    """A document that cannot be written leaves no half of itself and does not stop the others."""
    before = len(texts)
    database.execute("SAVEPOINT document")
    try:
        write(database, texts, *arguments)
    except _DOCUMENT_ERRORS as error:
        database.execute("ROLLBACK TO document")
        texts.back_to(before)
        report.failed[id_] = _described(error)
    else:
        report.written += 1
    database.execute("RELEASE document")


def _described(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
