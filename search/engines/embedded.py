"""The embedded engine: SQLite FTS5 in a file of its own.

The path given to the engine is a link to the current file, so that a rebuild can fill a new file and put it in the old
one's place in one step; a plain rename would leave the old file's write-ahead log beside the new file. Any process may
write (one at a time) and every thread reads through a connection of its own. Local disk only.
"""

from __future__ import annotations

import fcntl
import heapq
import json
import os
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain, islice
from pathlib import Path

from huunghi.search.documents import SearchDocument
from huunghi.search.engines import embedded_schema as schema
from huunghi.search.engines.base import EngineError, Hit, SearchRequest, SearchResult
from huunghi.search.engines.embedded_hits import make_hits, make_suggestions
from huunghi.search.engines.embedded_scope import Scope, count_facets, every_record, scope_of
from huunghi.search.engines.embedded_scoring import Ranking, excluded_records, quoted, rank
from huunghi.search.gazetteer import Gazetteer
from huunghi.search.indexing import index_entries
from huunghi.search.spelling import edit_distance, largest_distance
from huunghi.search.text.english import stem
from huunghi.search.text.normalise import prepare
from huunghi.search.text.tokens import scan

_BATCH = 500
_MOST_NEAR_WORDS = 4
_SCORE_DIGITS = 4
_Position = tuple


def default_fallback(language: str) -> list[str]:
    return [language, "vi", "en"]


class EmbeddedEngine:
    """Implements both `Engine` and `Vocabulary`.

    `gazetteer` gives the names of the moment; `fallback_languages` the order in which a reader of a language is shown
    a record's pages.
    """

    name = "embedded"

    def __init__(
        self,
        path: str | os.PathLike[str],
        gazetteer: Gazetteer | Callable[[], Gazetteer],
        fallback_languages: Callable[[str], Sequence[str]] = default_fallback,
    ) -> None:
        self._path = Path(path).absolute()
        self._gazetteer = gazetteer if callable(gazetteer) else lambda: gazetteer
        self._fallback_languages = fallback_languages
        self._threads = threading.local()

    # Engine

    def search(self, request: SearchRequest) -> SearchResult:
        with self._reading() as database:
            scope = scope_of(database, request)
            if request.plan.empty:
                ranking, counted = self._browse(database, request, scope)
            else:
                ranking = rank(database, request.plan, scope, self._size(database))
                counted = ranking.all
            found = scope.permitted(ranking.all)
            page = self._page(database, ranking, found, request)
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
                count=len(found),
                has_weaker=len(ranking.scores) > len(found),
                has_next=len(page) > request.limit,
                facets=count_facets(database, scope, counted, request.facets) if request.facets else {},
            )

    @staticmethod
    def _page(
        database: sqlite3.Connection, ranking: Ranking, found: set[int], request: SearchRequest
    ) -> list[tuple[int, _Position]]:
        """One record more than the page holds. A position of another order or engine starts from the beginning."""
        by_relevance = request.order == "relevance" and not request.plan.empty
        kinds = (int | float, int, int, str) if by_relevance else (int, int, int, str)
        after = request.after or ()
        fits = len(after) == len(kinds) and all(map(isinstance, after, kinds))
        position = tuple(after) if fits else None
        if by_relevance:
            return _by_relevance(database, ranking.scores, position, request.limit + 1)
        return _by_date(database, ranking, found, request.order == "date", position, request.limit + 1)

    def suggest(
        self, text: str, language: str, limit: int = 10, audiences: frozenset[str] = frozenset({"public"})
    ) -> list[Hit]:
        exact, folded = schema.suggestion_columns(islice(scan(prepare(text[:256]).text), 16))
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
        with self._reading() as database:
            return make_suggestions(database, expressions, language, audiences, limit)

    def write(self, documents: Iterable[SearchDocument]) -> int:
        gazetteer = self._gazetteer()
        prepared = [(document, index_entries(document, gazetteer)) for document in documents]
        with self._writing() as databases:
            for database in databases:
                for document, entries in prepared:
                    if not schema.is_outdated(database, document.id, document.version):
                        schema.remove(database, document.id)
                        schema.add(database, document, entries)
        return len(prepared)

    def delete(self, ids: Iterable[str], version: int) -> None:
        keys = list(ids)
        with self._writing() as databases:
            for database in databases:
                for key in keys:
                    if not schema.is_outdated(database, key, version):
                        schema.remove(database, key)
                        schema.bury(database, key, version)

    def rebuild(self, documents: Iterable[SearchDocument]) -> int:
        """Writes of other processes meanwhile go into both files, so that nothing is lost by the exchange."""
        with _reporting(), self._locked("rebuild"):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            for stale in self._files(".building"):
                _unlink(stale)
            building = self._path.with_name(f"{self._path.name}.{uuid.uuid4().hex[:12]}.building")
            with self._locked("write"):  # writers must not meet a file without its tables
                database = schema.create(building)
            try:
                sent = self._fill(database, documents)
                self._exchange(database, building)
            except BaseException:
                database.close()
                _unlink(building)
                raise
            return sent

    def count(self) -> int:
        with self._reading() as database:
            return self._size(database)

    # Vocabulary

    @property
    def size(self) -> int:
        return self.count()

    def word_count(self, folded: str, stemmed: bool = True) -> int:
        forms = {folded, stem(folded)} if stemmed else {folded}
        with self._reading() as database:
            rows = [database.execute("SELECT doc FROM vocabulary WHERE term = ?", (form,)).fetchone() for form in forms]
        return max((row[0] for row in rows if row), default=0)

    def id_count(self, id_: str) -> int:
        with self._reading() as database:
            return database.execute("SELECT count(*) FROM mark WHERE id = ?", (id_,)).fetchone()[0]

    def near_words(self, folded: str) -> list[str]:
        distance = largest_distance(folded)
        if not distance or not folded.isascii():
            return []
        with self._reading() as database:
            rows = database.execute(
                "SELECT term, doc FROM vocabulary WHERE term >= ? AND term < ? AND length(term) BETWEEN ? AND ?",
                (folded[0], chr(ord(folded[0]) + 1), len(folded) - distance, len(folded) + distance),
            ).fetchall()
        near = [(edit_distance(folded, term, distance), -count, term) for term, count in rows if term.isascii()]
        near = sorted(item for item in near if item[0] <= distance)
        return [term for steps, _, term in near if steps == near[0][0]][:_MOST_NEAR_WORDS]

    # Files and connections

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """A connection of this thread to the current file, opened anew after a rebuild."""
        with _reporting():
            current = self._current()
            # A connection must not be used in a forked process.
            held: tuple[int, Path, sqlite3.Connection] | None = getattr(self._threads, "held", None)
            if held is None or held[:2] != (os.getpid(), current):
                if held is not None and held[0] == os.getpid():
                    held[2].close()
                held = self._threads.held = (os.getpid(), current, schema.open_for_reading(current))
            yield held[2]

    def close(self) -> None:
        """Close this thread's connection."""
        held = getattr(self._threads, "held", None)
        if held is not None:
            held[2].close()
            self._threads.held = None

    def _current(self) -> Path:
        try:
            return self._path.resolve(strict=True)
        except OSError as error:
            raise EngineError(f"There is no search index at {self._path}: build it first.") from error

    @contextmanager
    def _writing(self) -> Iterator[list[sqlite3.Connection]]:
        """Transactions on the current file and on one that is being built."""
        with _reporting(), self._locked("write"):
            paths = [self._path.resolve()] if self._path.exists() else []
            if self._is_locked("rebuild"):
                paths += self._files(".building")
            if not paths:
                raise EngineError(f"There is no search index at {self._path}: build it first.")
            databases: list[sqlite3.Connection] = []
            try:
                for path in paths:
                    databases.append(schema.open_for_writing(path))
                    databases[-1].execute("BEGIN IMMEDIATE")
                yield databases
                for database in databases:
                    database.execute("COMMIT")
            finally:
                for database in databases:
                    database.close()

    def _fill(self, database: sqlite3.Connection, documents: Iterable[SearchDocument]) -> int:
        gazetteer = self._gazetteer()
        rest = iter(documents)
        sent = 0
        while batch := list(islice(rest, _BATCH)):
            prepared = [(document, index_entries(document, gazetteer)) for document in batch]
            database.execute("BEGIN IMMEDIATE")
            for document, entries in prepared:
                if not schema.is_outdated(database, document.id, document.version):
                    schema.remove(database, document.id)
                    schema.add(database, document, entries)
            database.execute("COMMIT")
            sent += len(batch)
        return sent

    def _exchange(self, database: sqlite3.Connection, building: Path) -> None:
        """Put the new file in place. The file before stays for readers that are just opening it."""
        database.execute("INSERT INTO fts(fts) VALUES('optimize')")
        finished = building.with_suffix(".sqlite3")
        with self._locked("write"):
            before = self._path.resolve() if self._path.is_symlink() else None
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            database.close()
            building.rename(finished)
            link = self._path.with_name(f"{self._path.name}.link")
            link.unlink(missing_ok=True)
            link.symlink_to(finished.name)
            link.replace(self._path)
        for old in self._files(".sqlite3"):
            if old not in (finished, before):
                _unlink(old)

    def _files(self, suffix: str) -> list[Path]:
        return [path.resolve() for path in self._path.parent.glob(f"{self._path.name}.*{suffix}")]

    @contextmanager
    def _locked(self, what: str) -> Iterator[None]:
        """A lock between processes; freed by the system when its holder dies."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._lock_file(what).open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _is_locked(self, what: str) -> bool:
        with self._lock_file(what).open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def _lock_file(self, what: str) -> Path:
        return self._path.with_name(f"{self._path.name}.{what}-lock")

    @staticmethod
    def _size(database: sqlite3.Connection) -> int:
        return database.execute("SELECT count(*) FROM record").fetchone()[0]

    @staticmethod
    def _browse(database: sqlite3.Connection, request: SearchRequest, scope: Scope) -> tuple[Ranking, set[int] | None]:
        """Without a query everything under the filters is found; facets need no list when nothing narrows them."""
        excluding = excluded_records(database, request.plan, scope) if request.plan.excluded else set()
        records = scope.visible(every_record(database)) - excluding
        scores = dict.fromkeys(scope.permitted(records), 0.0)
        return Ranking(records, scores), records if excluding or scope.hidden_records else None


@contextmanager
def _reporting() -> Iterator[None]:
    """Whatever goes wrong in SQLite or on the disk is an EngineError."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise EngineError(f"The embedded search index cannot be used: {error}") from error


def _unlink(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        with suppress(OSError):
            path.with_name(path.name + suffix).unlink(missing_ok=True)


def _by_relevance(
    database: sqlite3.Connection, scores: dict[int, float], after: _Position | None, limit: int
) -> list[tuple[int, _Position]]:
    """(record, position), best first; ties by status, then the later date, then the id.

    Only the records around the lowest score of the page need their dates.
    """
    rounded = {record: round(score, _SCORE_DIGITS) for record, score in scores.items()}
    least = limit
    if after:
        rounded = {record: score for record, score in rounded.items() if score <= after[0]}
        least += sum(score == after[0] for score in rounded.values())
    best = heapq.nlargest(least, rounded.values())
    if not best:
        return []
    candidates = [record for record, score in rounded.items() if score >= best[-1]]
    rows = database.execute(
        "SELECT r.id, r.key, r.status, r.start FROM json_each(?) c CROSS JOIN record r ON r.id = c.value",
        (json.dumps(candidates),),
    )
    keyed = [((-rounded[record], status != "held", -(start or 0), key), record) for record, key, status, start in rows]
    if after:
        last = (-after[0], after[1], after[2], after[3])
        keyed = [item for item in keyed if item[0] > last]
    return [(record, (-key[0], *key[1:])) for key, record in heapq.nsmallest(limit, keyed)]


def _by_date(
    database: sqlite3.Connection,
    ranking: Ranking,
    found: set[int],
    ascending: bool,
    after: _Position | None,
    limit: int,
) -> list[tuple[int, _Position]]:
    """(record, position): all strict matches by date, then the weaker ones; undated records last in each."""
    direction = "ASC" if ascending else "DESC"
    tiers: tuple[list, list] = ([], [])
    dated = database.execute(
        f"SELECT id, key, start FROM record WHERE start IS NOT NULL ORDER BY start {direction}, key"
    )
    undated = database.execute("SELECT id, key, start FROM record WHERE start IS NULL ORDER BY key")
    for record, key, start in chain(dated, undated):
        if record not in ranking.scores:
            continue
        tier = 0 if record in found else 1
        position = (tier, start is None, (start or 0) if ascending else -(start or 0), key)
        if len(tiers[tier]) < limit and (not after or position > after):
            tiers[tier].append((record, position))
        if len(tiers[0]) >= limit:
            break
    return [*tiers[0], *tiers[1]][:limit]
