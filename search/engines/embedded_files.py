"""The files of the embedded index and the connections to them.

The path given to the engine is a link to the live file, so that a new one can be filled beside it and put in its place
in one step; a plain rename would leave the old file's write-ahead log beside the new file. Any process may write (one
at a time) and every thread reads through a connection of its own. Local disk only.
"""

from __future__ import annotations

import fcntl
import glob
import os
import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from . import embedded_schema as schema
from .base import EngineError, IndexMissingError

_SIDE_FILES = ("", "-wal", "-shm")


@contextmanager
def reporting() -> Iterator[None]:
    """Whatever goes wrong in SQLite or on the disk is an EngineError."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise EngineError(f"The embedded search index cannot be used: {error}") from error


class EmbeddedFiles:
    """Where the indices lie, which one is live, and how they are opened. Names of indices are names of files."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path).absolute()
        self._threads = threading.local()

    def live_index(self) -> str | None:
        with reporting():
            live = self._linked_file()
            return live.name if live is not None else None

    def new_index(self) -> str:
        moment = datetime.now(UTC).strftime("%Y%m%d%H%M%S%f")
        name = f"{self._path.name}.{schema.schema_hash()}-{moment}.sqlite3"
        with reporting():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            schema.create(self._path.with_name(name)).close()
        return name

    def is_current(self, name: str) -> bool:
        return name.startswith(f"{self._path.name}.{schema.schema_hash()}-")

    def publish_index(self, name: str) -> None:
        """Merges the text index first, which takes some seconds when it is large. Open readers go on with their file
        until their next question.
        """
        file = self._file(name)
        with reporting():
            database = schema.open_for_writing(file)
            try:
                schema.optimise(database)
            finally:
                database.close()
            # A link beside, then a rename: there is a live file at every moment.
            link = self._path.with_name(f"{self._path.name}.{os.getpid()}-{threading.get_ident()}.link")
            with self.write_lock():
                link.unlink(missing_ok=True)
                link.symlink_to(name)
                link.replace(self._path)

    def repair_alias(self) -> str | None:
        """One link has one target: there is nothing to repair."""
        return self.live_index()

    def drop_index(self, name: str) -> None:
        if name == self.live_index():
            raise EngineError(f"The search index {name} is live and is not dropped.")
        if self._is_ours(name):
            for suffix in _SIDE_FILES:
                with suppress(OSError):
                    self._path.with_name(name + suffix).unlink(missing_ok=True)

    def orphans(self, keep: set[str], older_than: float) -> list[str]:
        live, latest = self.live_index(), time.time() - older_than
        found = []
        for file in self._path.parent.glob(f"{glob.escape(self._path.name)}.*"):
            if self._is_ours(file.name) and file.name not in keep and file.name != live:
                with suppress(FileNotFoundError):
                    if file.stat().st_mtime <= latest:
                        found.append(file.name)
        return sorted(found)

    def close(self) -> None:
        """Close this thread's connection."""
        held = getattr(self._threads, "held", None)
        if held is not None:
            held[2].close()
            self._threads.held = None

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection of this thread to the live file, opened anew when another one is live.

        In one transaction: nothing changes between two queries of one question.
        """
        with reporting():
            live = self._live_file()
            # A connection must not be used in a forked process.
            held: tuple[int, Path, sqlite3.Connection] | None = getattr(self._threads, "held", None)
            if held is None or held[:2] != (os.getpid(), live):
                if held is not None and held[0] == os.getpid():
                    held[2].close()
                self._threads.held = None
                held = self._threads.held = (os.getpid(), *self._opened())
            held[2].execute("BEGIN")
            try:
                yield held[2]
            finally:
                held[2].execute("ROLLBACK")

    def connected_file(self) -> Path:
        """The file that this thread reads, inside `reading`."""
        return self._threads.held[1]

    @contextmanager
    def reading_index(self, of: str | None) -> Iterator[sqlite3.Connection]:
        """A connection to a named index that stays on it to the end; with None to the one that is live now."""
        with reporting():
            database = schema.open_for_reading(self._file(of)) if of is not None else self._opened()[1]
            try:
                yield database
            finally:
                database.close()

    @contextmanager
    def writing(self, into: str | None) -> Iterator[sqlite3.Connection]:
        """A transaction on an index. The live one is not exchanged meanwhile, so that no write goes to a file that is
        live no more.
        """
        if into is not None:
            with reporting(), self._transaction(self._file(into)) as database:
                yield database
        else:
            with reporting(), self.write_lock(), self._transaction(self._live_file()) as database:
                yield database

    @contextmanager
    def write_lock(self) -> Iterator[None]:
        """Between processes; freed by the system when its holder dies."""
        if not self._path.parent.exists():
            raise self._missing()
        with self._path.with_name(f"{self._path.name}.write-lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    @staticmethod
    @contextmanager
    def _transaction(file: Path) -> Iterator[sqlite3.Connection]:
        database = schema.open_for_writing(file)
        try:
            database.execute("BEGIN IMMEDIATE")
            schema.begin_generation(database)
            yield database
            database.execute("COMMIT")
        finally:
            database.close()

    def _opened(self) -> tuple[Path, sqlite3.Connection]:
        live = self._live_file()
        while True:
            try:
                return live, schema.open_for_reading(live)
            except sqlite3.OperationalError:
                # Exchanged and dropped between finding its name and opening it: the next one is there.
                tried, live = live, self._live_file()
                if live == tried:
                    raise

    def _live_file(self) -> Path:
        live = self._linked_file()
        if live is None:
            raise self._missing()
        return live

    def _linked_file(self) -> Path | None:
        """The file that the link names. One that is gone may have been exchanged since the link was read: a file is
        dropped after the link names another, so there is none only when the link still names the one that is gone.
        """
        gone = None
        while (file := Path(os.path.realpath(self._path))) != gone:
            if file.exists():
                return file
            gone = file
        return None

    def _file(self, name: str) -> Path:
        if (self._is_ours(name) or name == self.live_index()) and self._path.with_name(name).exists():
            return self._path.with_name(name)
        raise EngineError(f"There is no search index {name!r}.")

    def _is_ours(self, name: str) -> bool:
        return re.fullmatch(rf"{re.escape(self._path.name)}\.[0-9a-z-]+\.(sqlite3|building)", name) is not None

    def _missing(self) -> IndexMissingError:
        return IndexMissingError(f"There is no search index at {self._path}: build it first.")
