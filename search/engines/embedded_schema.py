"""The file of the embedded index: tables, connections, and how one record is written and removed."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterable
from pathlib import Path

from ..documents.digests import digest
from ..documents.document import SearchDocument
from ..documents.entries import IndexedText, IndexEntry
from ..documents.moments import utc_text
from ..text.english import stem
from ..text.tokens import Word, pairs
from .base import EngineError
from .embedded_texts import TextWrites

CONTENT_VERSION = 2  # to be raised when the same tables are filled in another way
IN_TITLE, STRUCTURED, IN_TEXT = 1, 2, 4
LANGUAGE = "language"
CHUNK_BITS = 10  # a chunk is 1,024 numbers
MINIMUM_SQLITE = (3, 35, 0)

# An entry is what the same readers may see of a record; nearly every record has one, with the record's own number.
# `fts` keeps no text, and SQLite before 3.43 removes a row of such a table only by its old tokens: `entry.tokens`.
# Exact columns hold only the tokens that differ from their folded form.
# The facet LANGUAGE is counted by entries, all others by records. Every writing transaction has a generation, and a
# chunk of numbers keeps that of its last change: so readers keep facets in memory and read again only what changed.
# The last columns of a record are what lists are ordered by, all ascending, so that a page begins behind any position.
_TABLES = """
CREATE TABLE record(
  id INTEGER PRIMARY KEY, key TEXT UNIQUE NOT NULL, type TEXT NOT NULL, status TEXT NOT NULL,
  start INTEGER, last INTEGER, version INTEGER NOT NULL, digest TEXT NOT NULL,
  is_open INTEGER NOT NULL, undated INTEGER NOT NULL, newest INTEGER NOT NULL, oldest INTEGER NOT NULL);
CREATE INDEX record_relevance ON record(is_open, newest, key);
CREATE INDEX record_newest ON record(undated, newest, key);
CREATE INDEX record_oldest ON record(undated, oldest, key);
CREATE INDEX record_period ON record(start, last);
CREATE TABLE generation(value INTEGER NOT NULL);
INSERT INTO generation VALUES(0);
CREATE TABLE chunk(id INTEGER PRIMARY KEY, generation INTEGER NOT NULL);
CREATE TABLE tombstone(key TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE entry(
  id INTEGER PRIMARY KEY, record INTEGER NOT NULL, audiences TEXT NOT NULL, expiry TEXT,
  restricted INTEGER NOT NULL, tokens BLOB NOT NULL);
CREATE INDEX entry_record ON entry(record);
CREATE INDEX entry_restricted ON entry(restricted) WHERE restricted;
CREATE INDEX entry_extra ON entry(id, record) WHERE id != record;
CREATE INDEX entry_readers ON entry(audiences, expiry) WHERE restricted;
CREATE TABLE part(
  id INTEGER PRIMARY KEY, record INTEGER NOT NULL, entry INTEGER NOT NULL, language TEXT NOT NULL,
  title TEXT NOT NULL, summary TEXT NOT NULL, body TEXT NOT NULL, people TEXT NOT NULL, documents TEXT NOT NULL);
CREATE INDEX part_record ON part(record, language, entry);
CREATE TABLE facet(
  number INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY(number, name, value)) WITHOUT ROWID;
CREATE INDEX facet_value ON facet(name, value, number);
CREATE TABLE quantity(
  unit TEXT NOT NULL, value REAL NOT NULL, record INTEGER NOT NULL, PRIMARY KEY(unit, value, record)) WITHOUT ROWID;
CREATE INDEX quantity_record ON quantity(record);
CREATE TABLE location(
  latitude REAL NOT NULL, longitude REAL NOT NULL, record INTEGER NOT NULL,
  PRIMARY KEY(latitude, longitude, record)) WITHOUT ROWID;
CREATE INDEX location_record ON location(record);
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


def schema_hash() -> str:
    """Eight hexadecimal digits that change whenever an index has to be built anew."""
    return hashlib.sha256(f"{CONTENT_VERSION}{_TABLES}".encode()).hexdigest()[:8]


def _format() -> int:
    """The same as SQLite keeps it: 31 bits."""
    return int(schema_hash(), 16) & 0x7FFFFFFF


def create(path: Path) -> sqlite3.Connection:
    """A new, empty index file, open for writing."""
    check_sqlite()
    database = _writable(path)
    database.executescript(_TABLES)
    database.execute(f"PRAGMA user_version = {_format()}")
    return database


def open_for_writing(path: Path) -> sqlite3.Connection:
    if not path.exists():
        raise EngineError(f"There is no search index {path.name}.")  # SQLite would make an empty file
    database = _writable(path)
    _require_schema(database)
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute("PRAGMA cache_size = -65536")  # kibibytes; names and facets go to places all over the file
    return database


def optimise(database: sqlite3.Connection) -> None:
    """Merge the text index, and bring the write-ahead log into the file."""
    database.execute("INSERT INTO fts(fts) VALUES('optimize')")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def open_for_reading(path: Path) -> sqlite3.Connection:
    # Threads do not share connections; check_same_thread only allows closing one from another thread.
    database = sqlite3.connect(
        f"{path.as_uri()}?mode=ro", uri=True, timeout=5, check_same_thread=False, isolation_level=None
    )
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
    if found != _format():
        database.close()
        raise EngineError("The search index has the format of another release: rebuild it.")


def record_count(database: sqlite3.Connection) -> int:
    return database.execute("SELECT count(*) FROM record").fetchone()[0]


_HELD = (
    "SELECT key, version, digest, 0 AS deleted FROM record WHERE {condition}"
    " UNION ALL SELECT key, version, '', 1 FROM tombstone WHERE {condition}"
)


def held_after(database: sqlite3.Connection, key: str, limit: int) -> list[tuple[str, int, str, int]]:
    """(key, version, digest, deleted) of the next records and tombstones, by key."""
    query = f"{_HELD.format(condition='key > ?1')} ORDER BY key LIMIT ?2"
    return database.execute(query, (key, limit)).fetchall()


def held(database: sqlite3.Connection, keys: list[str]) -> list[tuple[str, int, str, int]]:
    """The same of some records."""
    query = _HELD.format(condition="key IN (SELECT value FROM json_each(?1))")
    return database.execute(query, (json.dumps(keys),)).fetchall()


def is_newer(database: sqlite3.Connection, key: str, version: int) -> bool:
    """Whether this version is newer than what the index holds of the record, a deletion included."""
    return all(version > known for _, known, _, _ in held(database, [key]))


def begin_generation(database: sqlite3.Connection) -> None:
    """To be called in every writing transaction."""
    database.execute("UPDATE generation SET value = value + 1")


def put(database: sqlite3.Connection, texts: TextWrites, document: SearchDocument, entries: list[IndexEntry]) -> None:
    """Write or replace a record; nothing happens when the index holds this version or a newer one.

    Its texts are found when `texts` has been run, at the end of the transaction.
    """
    if not is_newer(database, document.id, document.version):
        return
    numbers = _numbers(database, remove(database, texts, document.id), max(1, len(entries)))
    record = numbers[0]
    database.execute("DELETE FROM tombstone WHERE key = ?", (document.id,))
    start = document.start.toordinal() if document.start else None
    last = (document.end or document.start).toordinal() if document.start else None  # type: ignore[union-attr]
    database.execute(
        "INSERT INTO record(id, key, type, status, start, last, version, digest, is_open, undated, newest, oldest)"
        " VALUES(?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            *(record, document.id, document.type, document.status, start, last, document.version, digest(document)),
            *(document.status != "held", start is None, -(start or 0), start or 0),
        ),
    )
    _add_facts(database, record, document)
    for number, entry in zip(numbers, entries, strict=False):
        _add_entry(database, texts, record, number, entry)
    _touch(database, numbers)


def remove(database: sqlite3.Connection, texts: TextWrites, key: str) -> list[int]:
    """Remove a record with all its traces; returns its numbers, which are free now."""
    row = database.execute("SELECT id FROM record WHERE key = ?", (key,)).fetchone()
    if row is None:
        return []
    record = row[0]
    numbers = [record]
    for entry, blob in database.execute("SELECT id, tokens FROM entry WHERE record = ?", (record,)).fetchall():
        texts.remove_entry(entry, _unpacked(blob))
        database.execute("DELETE FROM mark WHERE entry = ?", (entry,))
        database.execute("DELETE FROM facet WHERE number = ?", (entry,))
        numbers += [entry] if entry != record else []
    for (part,) in database.execute("SELECT id FROM part WHERE record = ?", (record,)):
        texts.remove_title(part)
    database.execute("DELETE FROM facet WHERE number = ?", (record,))
    for table in ("part", "entry", "quantity", "location"):
        database.execute(f"DELETE FROM {table} WHERE record = ?", (record,))
    database.execute("DELETE FROM record WHERE id = ?", (record,))
    _touch(database, numbers)
    return sorted(numbers)


def _numbers(database: sqlite3.Connection, free: list[int], wanted: int) -> list[int]:
    """Numbers of an entry's own. A changed record keeps its place, so that numbers do not grow with every change."""
    if len(free) >= wanted:
        return free[:wanted]
    [highest] = database.execute(
        "SELECT max(coalesce((SELECT max(id) FROM record), 0), coalesce((SELECT max(id) FROM entry), 0))"
    ).fetchone()
    highest = max([highest, *free])
    return [*free, *range(highest + 1, highest + 1 + wanted - len(free))]


def _touch(database: sqlite3.Connection, numbers: list[int]) -> None:
    for chunk in {number >> CHUNK_BITS for number in numbers}:
        database.execute("INSERT OR REPLACE INTO chunk(id, generation) SELECT ?, value FROM generation", (chunk,))


def bury(database: sqlite3.Connection, texts: TextWrites, key: str, version: int) -> None:
    """Remove a record, and remember it, so that an older write does not bring the record back."""
    if not is_newer(database, key, version):
        return
    remove(database, texts, key)
    database.execute("INSERT OR REPLACE INTO tombstone(key, version) VALUES(?,?)", (key, version))


def _add_entry(database: sqlite3.Connection, texts: TextWrites, record: int, entry_id: int, entry: IndexEntry) -> None:
    columns = _columns(entry.texts)
    expiry = utc_text(entry.expiry) if entry.expiry else None
    restricted = "public" not in entry.audiences or expiry is not None
    database.execute(
        "INSERT INTO entry(id, record, audiences, expiry, restricted, tokens) VALUES(?,?,?,?,?,?)",
        (entry_id, record, json.dumps(sorted(entry.audiences)), expiry, restricted, _packed(columns)),
    )
    texts.add_entry(entry_id, columns)
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
        database.execute("INSERT INTO facet(number, name, value) VALUES(?,?,?)", (entry_id, LANGUAGE, text.code))
        texts.add_title(row.lastrowid, suggestion_columns(text.title_words))


def _add_facts(database: sqlite3.Connection, record: int, document: SearchDocument) -> None:
    database.executemany(
        "INSERT OR IGNORE INTO facet(number, name, value) VALUES(?,?,?)",
        [(record, name, value) for name, value in _facet_values(document)],
    )
    database.executemany(
        "INSERT INTO quantity(unit, value, record) VALUES(?,?,?)",
        [(unit, value, record) for unit, value in document.quantities.items()],
    )
    database.executemany(
        "INSERT OR IGNORE INTO location(latitude, longitude, record) VALUES(?,?,?)",
        [(latitude, longitude, record) for latitude, longitude in document.geo],
    )


def _facet_values(document: SearchDocument) -> Iterable[tuple[str, str]]:
    single = {
        "type": document.type,
        "kind": document.kind,
        "status": document.status,
        "exchange": document.exchange,
        "unit": document.unit,
    }
    yield from ((name, value) for name, value in single.items() if value)
    several = {
        "partner": document.partner_ids,
        "country": document.country_ids,
        "field": document.fields,
        "place": document.place_ids,
        "organisation": document.organisation_ids,
        "year": map(str, document.years),
        "month": document.months,
    }
    for name, values in several.items():
        yield from ((name, value) for value in values)


def _columns(texts: list[IndexedText]) -> tuple[str, str, str, str]:
    """(title_exact, title, body_exact, body) of all languages together."""
    titles = [_analysed(text.title_words, text.language) for text in texts]
    bodies = [_analysed(text.body_words, text.language) for text in texts]
    return (
        " ".join(exact for exact, _ in titles),
        " ".join(folded for _, folded in titles),
        " ".join(exact for exact, _ in bodies),
        " ".join(folded for _, folded in bodies),
    )


def _analysed(words: Iterable[Word], language: str) -> tuple[str, str]:
    """(exact, folded) tokens. English is kept by its stem, and as written where that differs."""
    exacts: list[str] = []
    foldeds: list[str] = []
    for script, exact, folded, clusters in words:
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


def suggestion_columns(words: Iterable[Word]) -> tuple[str, str]:
    """(exact, folded) words and single clusters of a title, in order."""
    exacts: list[str] = []
    foldeds: list[str] = []
    for script, exact, folded, clusters in words:
        exacts += [exact] if script == "latin" else clusters
        foldeds += [folded] if script == "latin" else clusters
    return " ".join(exacts), " ".join(foldeds)


def _packed(columns: tuple[str, ...]) -> bytes:
    return zlib.compress("\n".join(columns).encode(), 1)


def _unpacked(blob: bytes) -> list[str]:
    return zlib.decompress(blob).decode().split("\n")
