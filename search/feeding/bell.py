"""Wakes the feeding of a process after its commits, and every half minute while it serves.

One daemon thread for each engine, so that one that hangs delays no other, and one that reads attached files. They begin
with the first change or request of a process, never before a server forks. At the end of a process they finish the
batch in hand, for five seconds at most. A command that is over sooner than its changes are fed leaves them to the next
process: the rows stay.
"""

from __future__ import annotations

import atexit
import logging
import os
import random
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import Error as DatabaseError
from django.db import connection, connections
from django.utils import timezone

from huunghi.conf import get_search_settings

logger = logging.getLogger("huunghi.search")

FILES = "files"  # the bell of the attached files, beside those of the engines
INTERVAL = 30.0  # seconds; due pages, rows that other processes left, an engine that came back
SHORTEST = 0.5
AT_EXIT = 5.0
AT_FORK = 2.0


class Bell:
    """The thread that feeds one engine, or with `FILES` the one that reads files. `interval` in seconds."""

    def __init__(self, name: str, interval: float = INTERVAL) -> None:
        self._name = name
        self._interval = interval
        self._rung = threading.Event()
        self._stopping = False
        self.busy = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=f"huunghi-feeding-{name}", daemon=True)
        self._thread.start()

    def ring(self) -> None:
        self._rung.set()

    def stop(self) -> None:
        self._stopping = True
        self._rung.set()

    def join(self, seconds: float | None = None) -> None:
        self._thread.join(seconds)

    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        pause = 0.0
        while not self._stopping:
            if self._rung.wait(pause):
                self._rung.clear()
            if self._stopping:
                break
            with self.busy:
                pause = self._round()

    def _round(self) -> float:
        """Feed what is due; returns the seconds until something is due again."""
        try:
            due = _do_what_is_due(self._name)
        except DatabaseError as error:
            logger.warning("The index is fed later: the database does not answer: %s", error)
            due = None
        except Exception:
            logger.exception("The feeding of %s met an error; it goes on.", self._name)
            due = None
        finally:
            connections.close_all()
        # Processes that began together do not stay together.
        longest = self._interval * random.uniform(0.8, 1)
        if due is None:
            return longest
        return min(max((due - timezone.now()).total_seconds(), SHORTEST), longest)


def _do_what_is_due(name: str) -> datetime | None:
    """Returns when something is due again; None when nothing waits."""
    from ..attachments.files import read_waiting_files
    from . import engines_to_feed
    from .maintenance import look_after

    if name in _others:
        return _others[name]()
    if name == FILES:
        read_waiting_files()
        return None
    engine = next((engine for engine in engines_to_feed() if engine.name == name), None)
    return look_after(engine) if engine else None  # else the settings name another one now


def names() -> list[str]:
    """What a process that feeds needs a bell for."""
    from . import engines_to_feed

    return [*(engine.name for engine in engines_to_feed()), FILES, *_others]


def also(name: str, work: Callable[[], datetime | None]) -> None:
    """Have other work that follows commits done beside, in a thread of its own and by `huunghi_index work`.

    `work` does all that is due, and returns when something is due again; None when nothing waits.
    """
    _others[name] = work


_others: dict[str, Callable[[], datetime | None]] = {}
_bells: dict[str, Bell] = {}
_held: list[Bell] = []  # while this process forks
_lock = threading.Lock()


def ring() -> None:
    """Wake the feeding of this process; begins it the first time."""
    for bell in _running():
        bell.ring()


def start(**kwargs: Any) -> None:
    """Begin the feeding of this process unless it runs; called with every request."""
    if not _bells and get_search_settings().feed == "bell":
        _running()


def _running() -> list[Bell]:
    if getattr(connection, "is_in_memory_db", bool)():  # a test's database, which another thread does not have
        return []
    with _lock:
        for name in names():
            bell = _bells.get(name)
            if bell is None or not bell.is_alive():
                _bells[name] = Bell(name)
        return list(_bells.values())


def stop(seconds: float = AT_EXIT) -> None:
    """End the threads after the batch in hand; for the end of the process, and for tests."""
    end = time.monotonic() + seconds
    with _lock:
        bells = list(_bells.values())
        _bells.clear()
    for bell in bells:
        bell.stop()
    for bell in bells:
        bell.join(max(0.0, end - time.monotonic()))


def _before_fork() -> None:
    """Let the batches in hand end: a lock that a thread holds at this moment would be held for ever in the child."""
    end = time.monotonic() + AT_FORK
    for bell in list(_bells.values()):
        if bell.busy.acquire(timeout=max(0.0, end - time.monotonic())):
            _held.append(bell)


def _after_fork() -> None:
    while _held:
        _held.pop().busy.release()


def _forget() -> None:
    """In a forked process there are no threads, and the lock may be held by one of the parent's."""
    global _lock
    _lock = threading.Lock()
    _bells.clear()
    _held.clear()


atexit.register(stop)
os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_forget)
