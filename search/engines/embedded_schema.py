"""The file of the embedded index: tables, connections, and how one record is written and removed."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from huunghi.search.documents import SearchDocument
from huunghi.search.engines.base import EngineError
from huunghi.search.indexing import IndexedText, IndexEntry
from huunghi.search.text.english import stem
from huunghi.search.text.tokens import Scanned, pairs

SCHEMA_VERSION = 1
IN_TITLE, STRUCTURED, IN_TEXT = 1, 2, 4
MINIMUM_SQLITE = (3, 35, 0)

# An entry is what the same readers may see of a record; nearly every record has one, with the record's own number.
# `fts` keeps no text, and SQLite before 3.43 removes a row of such a table only by its old tokens: `entry.tokens`.
# Exact columns hold only the tokens that differ from their folded form.
_TABLES = """
CREATE TABLE record(
  id INTEGER PRIMARY KEY, key TEXT UNIQUE NOT NULL, type TEXT NOT NULL, status TEXT NOT NULL,
  start INTEGER, last INTEGER, version INTEGER NOT NULL);
CREATE INDEX record_oldest ON record(start, key);
CREATE INDEX record_newest ON record(start DESC, key);
CREATE TABLE tombstone(key TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE entry(
  id INTEGER PRIMARY KEY, record INTEGER NOT NULL, audiences TEXT NOT NULL, expiry TEXT,
  restricted INTEGER NOT NULL, tokens BLOB NOT NULL);
CREATE INDEX entry_record ON entry(record);
CREATE INDEX entry_restricted ON entry(restricted) WHERE restricted;
CREATE INDEX entry_extra ON entry(id, record) WHERE id != record;
CREATE TABLE part(
  id INTEGER PRIMARY KEY, record INTEGER NOT NULL, entry INTEGER NOT NULL, language TEXT NOT NULL,
  title TEXT NOT NULL, summary TEXT NOT NULL, body TEXT NOT NULL, people TEXT NOT NULL, documents TEXT NOT NULL);
CREATE INDEX part_record ON part(record, language, entry);
CREATE INDEX part_language ON part(language, entry, record);
CREATE TABLE facet(
  name TEXT NOT NULL, value TEXT NOT NULL, record INTEGER NOT NULL, PRIMARY KEY(name, value, record)) WITHOUT ROWID;
CREATE INDEX facet_record ON facet(record, name, value);
CREATE TABLE mark(
  id TEXT NOT NULL, entry INTEGER NOT NULL, place INTEGER NOT NULL, PRIMARY KEY(id, entry)) WITHOUT ROWID;
CREATE INDEX mark_entry ON mark(entry);
CREATE VIRTUAL TABLE fts USING fts5(
  title_exact, title, body_exact, body, content='', tokenize='ascii', detail=full);
CREATE VIRTUAL TABLE vocabulary USING fts5vocab(fts, 'row');
CREATE VIRTUAL TABLE suggestion USING fts5(exact, folded, tokenize='ascii', prefix='1 2 3');
"""


def check_sqlite() -> None:
    """Raise EngineError, with what to do, when this Python's SQLite cannot keep the index."""
    if sqlite3.sqlite_version_info < MINIMUM_SQLITE:
        wanted = ".".join(map(str, MINIMUM_SQLITE))
        raise EngineError(f"The embedded search needs SQLite {wanted} or later; this is {sqlite3.sqlite_version}.")
    with sqlite3.connect(":memory:") as database:
        try:
            database.execute("CREATE VIRTUAL TABLE probe USING fts5(text)")
        except sqlite3.OperationalError as error:
            raise EngineError("The embedded search needs an SQLite that was built with FTS5.") from error


def create(path: Path) -> sqlite3.Connection:
    """A new, empty index file, open for writing."""
    check_sqlite()
    database = _writable(path)
    database.execute("PRAGMA synchronous = OFF")  # a file that is not complete is never used
    database.executescript(_TABLES)
    database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    database.commit()
    return database


def open_for_writing(path: Path) -> sqlite3.Connection:
    database = _writable(path)
    _require_schema(database)
    database.execute("PRAGMA synchronous = NORMAL")
    return database


def open_for_reading(path: Path) -> sqlite3.Connection:
    # Threads do not share connections; check_same_thread only allows closing one from another thread.
    database = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=5, check_same_thread=False)
    _require_schema(database)
    database.execute("PRAGMA mmap_size = 1073741824")
    database.execute("PRAGMA cache_size = -32768")
    return database


def _writable(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=30, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    return database


def _require_schema(database: sqlite3.Connection) -> None:
    found = database.execute("PRAGMA user_version").fetchone()[0]
    if found != SCHEMA_VERSION:
        database.close()
        raise EngineError(f"The search index has format {found}, not {SCHEMA_VERSION}: rebuild it.")


def is_outdated(database: sqlite3.Connection, key: str, version: int) -> bool:
    """Whether the index holds something newer than this version of the record, a deletion included."""
    row = database.execute(
        "SELECT max(version) FROM (SELECT version FROM record WHERE key = ?1 UNION ALL"
        " SELECT version FROM tombstone WHERE key = ?1)",
        (key,),
    ).fetchone()
    return row[0] is not None and row[0] > version


def add(database: sqlite3.Connection, document: SearchDocument, entries: list[IndexEntry]) -> None:
    """Write a record that is not in the index."""
    database.execute("DELETE FROM tombstone WHERE key = ?", (document.id,))
    record: int = database.execute("SELECT coalesce(max(id), 0) + 1 FROM entry").fetchone()[0]
    start = document.start.toordinal() if document.start else None
    last = (document.end or document.start).toordinal() if document.start else None  # type: ignore[union-attr]
    database.execute(
        "INSERT INTO record(id, key, type, status, start, last, version) VALUES(?,?,?,?,?,?,?)",
        (record, document.id, document.type, document.status, start, last, document.version),
    )
    database.executemany(
        "INSERT OR IGNORE INTO facet(name, value, record) VALUES(?,?,?)",
        [(name, value, record) for name, value in _facet_values(document)],
    )
    for entry_id, entry in enumerate(entries, record):
        _add_entry(database, record, entry_id, entry)


def remove(database: sqlite3.Connection, key: str) -> None:
    """Remove a record with all its traces; nothing happens when it is not there."""
    row = database.execute("SELECT id FROM record WHERE key = ?", (key,)).fetchone()
    if row is None:
        return
    record = row[0]
    for entry, blob in database.execute("SELECT id, tokens FROM entry WHERE record = ?", (record,)).fetchall():
        database.execute(
            "INSERT INTO fts(fts, rowid, title_exact, title, body_exact, body) VALUES('delete',?,?,?,?,?)",
            (entry, *_unpacked(blob)),
        )
        database.execute("DELETE FROM mark WHERE entry = ?", (entry,))
    database.execute("DELETE FROM suggestion WHERE rowid IN (SELECT id FROM part WHERE record = ?)", (record,))
    for table in ("part", "entry", "facet"):
        database.execute(f"DELETE FROM {table} WHERE record = ?", (record,))
    database.execute("DELETE FROM record WHERE id = ?", (record,))


def bury(database: sqlite3.Connection, key: str, version: int) -> None:
    """Remember a deletion, so that an older write does not bring the record back."""
    database.execute("INSERT OR REPLACE INTO tombstone(key, version) VALUES(?,?)", (key, version))


def _add_entry(database: sqlite3.Connection, record: int, entry_id: int, entry: IndexEntry) -> None:
    columns = _columns(entry.texts)
    expiry = utc_text(entry.expiry) if entry.expiry else None
    restricted = "public" not in entry.audiences or expiry is not None
    database.execute(
        "INSERT INTO entry(id, record, audiences, expiry, restricted, tokens) VALUES(?,?,?,?,?,?)",
        (entry_id, record, json.dumps(sorted(entry.audiences)), expiry, restricted, _packed(columns)),
    )
    database.execute(
        "INSERT INTO fts(rowid, title_exact, title, body_exact, body) VALUES(?,?,?,?,?)", (entry_id, *columns)
    )
    places: dict[str, int] = {}
    for ids, place in ((entry.ids_title, IN_TITLE), (entry.ids_structured, STRUCTURED), (entry.ids_text, IN_TEXT)):
        for id_ in ids:
            places[id_] = places.get(id_, 0) | place
    database.executemany(
        "INSERT INTO mark(id, entry, place) VALUES(?,?,?)", [(id_, entry_id, place) for id_, place in places.items()]
    )
    for text in entry.texts:
        part = entry.document.parts[text.code]
        row = database.execute(
            "INSERT INTO part(record, entry, language, title, summary, body, people, documents)"
            " VALUES(?,?,?,?,?,?,?,?)",
            (record, entry_id, text.code, part.title, part.summary, part.body, part.people, part.documents),
        )
        database.execute(
            "INSERT INTO suggestion(rowid, exact, folded) VALUES(?,?,?)",
            (row.lastrowid, *suggestion_columns(text.title_tokens)),
        )


def _facet_values(document: SearchDocument) -> Iterable[tuple[str, str]]:
    single = {
        "type": document.type,
        "kind": document.kind,
        "status": document.status,
        "exchange": document.exchange,
    }
    yield from ((name, value) for name, value in single.items() if value)
    several = {
        "partner": document.partner_ids,
        "country": document.country_ids,
        "field": document.fields,
        "place": document.place_ids,
        "organisation": document.organisation_ids,
        "year": map(str, document.years),
    }
    for name, values in several.items():
        yield from ((name, value) for value in values)


def _columns(texts: list[IndexedText]) -> tuple[str, str, str, str]:
    """(title_exact, title, body_exact, body) of all languages together."""
    titles = [_analysed(text.title_tokens, text.language) for text in texts]
    bodies = [_analysed(text.body_tokens, text.language) for text in texts]
    return (
        " ".join(exact for exact, _ in titles),
        " ".join(folded for _, folded in titles),
        " ".join(exact for exact, _ in bodies),
        " ".join(folded for _, folded in bodies),
    )


def _analysed(tokens: Iterable[Scanned], language: str) -> tuple[str, str]:
    """(exact, folded) tokens. English is kept by its stem, and as written where that differs."""
    exacts: list[str] = []
    foldeds: list[str] = []
    for script, exact, folded, _, _, clusters in tokens:
        if script != "latin":
            foldeds += pairs(clusters)
            if len(clusters) > 1:
                foldeds += clusters
        elif language == "en":
            stemmed = stem(folded)
            foldeds.append(stemmed)
            if stemmed != folded:
                exacts.append(folded)
        else:
            foldeds.append(folded)
            if exact != folded:
                exacts.append(exact)
    return " ".join(exacts), " ".join(foldeds)


def suggestion_columns(tokens: Iterable[Scanned]) -> tuple[str, str]:
    """(exact, folded) words and single clusters of a title, in order."""
    exacts: list[str] = []
    foldeds: list[str] = []
    for script, exact, folded, _, _, clusters in tokens:
        exacts += [exact] if script == "latin" else clusters
        foldeds += [folded] if script == "latin" else clusters
    return " ".join(exacts), " ".join(foldeds)


def _packed(columns: tuple[str, ...]) -> bytes:
    return zlib.compress("\n".join(columns).encode(), 1)


def _unpacked(blob: bytes) -> list[str]:
    return zlib.decompress(blob).decode().split("\n")


def utc_text(moment: datetime) -> str:
    """A moment as text that sorts by time; naive moments are UTC."""
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return aware.strftime("%Y-%m-%dT%H:%M:%S")
