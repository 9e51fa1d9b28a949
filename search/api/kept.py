"""Answers of searches that are given again while nothing has changed.

Most readers ask the same few questions. An answer is kept as it was made for anybody, and given again only if neither
the archive nor its names changed since, nothing waits to be fed, and what it shows is still open: a change that nobody
noted opens nothing here either. Two queries, in place of a search.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from time import monotonic

from django.core.signals import setting_changed
from django.utils import timezone

from ..answers import ArchiveAnswer, StoredFacts
from ..cards import reading
from ..cards.reading import State

MOST_BYTES = 4_000_000  # of one process, compressed: some six hundred answers
KEPT_FOR = 60.0  # seconds
# A server shows what it was given a second later, and a process learns of new names after two: what is found in this
# time after a change may be found as it was before.
UNQUIET = 5.0

Standing = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    content: bytes  # compressed
    standing: Standing
    shown: tuple[tuple[str, str], ...]  # (document id, language)
    made_at: float


class KeptAnswers:
    """Of one process. What is given and taken is JSON with marks in place of addresses."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.forget()

    def forget(self) -> None:
        with self._lock:
            self._answers: OrderedDict[str, _Kept] = OrderedDict()
            self._size = 0
            self._standing: Standing = ()
            self._standing_since = 0.0

    def get(self, question: str, state: State) -> bytes | None:
        with self._lock:
            kept = self._answers.get(question)
            if kept is None:
                return None
            self._answers.move_to_end(question)
        is_old = kept.standing != standing_of(state) or monotonic() - kept.made_at > KEPT_FOR
        if is_old or not set(kept.shown) <= reading.open_texts(state, [key for key, _ in kept.shown]):
            self._drop(question)
            return None
        return zlib.decompress(kept.content)

    def keep(self, question: str, standing: Standing, answer: ArchiveAnswer, content: bytes) -> None:
        """`standing` is that of before the answer was made: of an answer that is newer, nobody will ask for it again.
        Not kept when something changed shortly before.
        """
        if answer.degraded or not self._is_quiet(standing):
            return
        if not all(isinstance(item.page, StoredFacts) for item in answer.items):
            return
        shown = tuple((item.id, item.language) for item in answer.items)
        kept = _Kept(zlib.compress(content, 1), standing, shown, monotonic())
        self._drop(question)
        with self._lock:
            self._answers[question] = kept
            self._size += len(kept.content)
            while self._size > MOST_BYTES:
                _, oldest = self._answers.popitem(last=False)
                self._size -= len(oldest.content)

    def _is_quiet(self, standing: Standing) -> bool:
        with self._lock:
            if standing != self._standing:
                self._standing, self._standing_since = standing, monotonic()
            return monotonic() - self._standing_since >= UNQUIET

    def _drop(self, question: str) -> None:
        with self._lock:
            if kept := self._answers.pop(question, None):
                self._size -= len(kept.content)


def question_of(path: str, query: str) -> str:
    """What was asked, and on which day: some searches are about today."""
    return f"{timezone.localdate()} {path} {query}"


def standing_of(state: State | None) -> Standing | None:
    """What an answer depends on; its numbers only grow, so what it was once it never is again. None while something
    waits to be fed, when no answer is kept.
    """
    return None if state is None or state.searched is None else (state.store, state.number, *state.searched)


kept_answers = KeptAnswers()


def _forget(**kwargs: object) -> None:
    kept_answers.forget()


setting_changed.connect(_forget)
