"""Answers that are given again while nothing has changed.

Most readers ask for the same few things. An answer is kept as it was made for anybody, and given again only if nothing
that it was made of has changed since, nothing waits to be fed, and what it shows is still open: a change that nobody
noted opens nothing here either. One query, whatever it took the first time.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock
from time import monotonic

from django.core.signals import setting_changed
from django.utils import timezone

from . import reading
from .reading import State

MOST_BYTES = 2_000_000  # of one process, compressed: some three hundred searches or seven hundred events
KEPT_FOR = 60.0  # seconds
# A server shows what it was given a second later, and a process learns of new names after two: what is found in this
# time after a change may be found as it was before.
UNQUIET = 5.0

Standing = tuple[object, ...]
Shown = tuple[str, str]  # document id, language


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer. `shown`: a line for each text. `is_versioned`: it changes with the cards and with nothing else."""

    packed: bytes
    standing: Standing
    shown: str
    is_versioned: bool
    made_at: float

    @property
    def content(self) -> bytes:
        """JSON with marks in place of addresses."""
        return zlib.decompress(self.packed)

    @property
    def size(self) -> int:
        return len(self.packed) + len(self.shown)

    @property
    def store(self) -> str:
        return str(self.standing[0])

    def texts(self) -> set[Shown]:
        """All that has to be open."""
        return {(key, language) for key, language in map(str.split, self.shown.splitlines())}


def kept_answer(content: bytes, standing: Standing, shown: Iterable[Shown], is_versioned: bool) -> Kept:
    # Thousands of small objects would take more room than what they stand for.
    lines = "\n".join(sorted({f"{key} {language}" for key, language in shown}))
    return Kept(zlib.compress(content, 1), standing, lines, is_versioned, monotonic())


class KeptAnswers:
    """Of one process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.forget()

    def forget(self) -> None:
        with self._lock:
            self._answers: OrderedDict[str, Kept] = OrderedDict()
            self._size = 0
            self._standing: Standing = ()
            self._standing_since = 0.0

    def __contains__(self, question: str) -> bool:
        """Whether there may be an answer, without any query."""
        return question in self._answers

    def get(self, question: str) -> tuple[State | None, Kept | None]:
        """What `reading.state` says, and the answer if it may be given again. One query."""
        with self._lock:
            kept = self._answers.get(question)
            if kept is None:
                return None, None
            self._answers.move_to_end(question)
        texts = kept.texts()
        state, open_now = reading.state_and_open_texts(kept.store, {key for key, _ in texts})
        is_old = monotonic() - kept.made_at > KEPT_FOR
        if state is None or is_old or not _is_same(kept, state) or not texts <= open_now:
            self._drop(question)
            return state, None
        return state, kept

    def keep(self, question: str, state: State | None, shown: Iterable[Shown], content: bytes) -> None:
        """An answer made of cards. `state` is that of before it was made: of an answer that is newer, nobody will ask
        for it again. `shown` is all that has to be open.
        """
        if state is not None and state.is_settled:
            self._keep(question, kept_answer(content, of_cards(state), shown, is_versioned=True))

    def keep_found(self, question: str, state: State | None, shown: Iterable[Shown], content: bytes) -> None:
        """An answer that was searched for. Not kept when something changed shortly before."""
        if state is None or not state.is_settled or state.searched is None:
            return
        standing = (*of_cards(state), *state.searched)
        if self._is_quiet(standing):
            self._keep(question, kept_answer(content, standing, shown, is_versioned=False))

    def _keep(self, question: str, kept: Kept) -> None:
        self._drop(question)
        with self._lock:
            self._answers[question] = kept
            self._size += kept.size
            while self._size > MOST_BYTES:
                _, oldest = self._answers.popitem(last=False)
                self._size -= oldest.size

    def _is_quiet(self, standing: Standing) -> bool:
        with self._lock:
            if standing != self._standing:
                self._standing, self._standing_since = standing, monotonic()
            return monotonic() - self._standing_since >= UNQUIET

    def _drop(self, question: str) -> None:
        with self._lock:
            if kept := self._answers.pop(question, None):
                self._size -= kept.size


def _is_same(kept: Kept, state: State) -> bool:
    now = (*of_cards(state), *(state.searched or ()))
    return state.is_settled and now[: len(kept.standing)] == kept.standing


def question_of(path: str, query: str) -> str:
    """What was asked, and on which day: some answers are about today."""
    return f"{timezone.localdate()} {path} {query}"


def of_cards(state: State) -> Standing:
    """Numbers that only grow: what they were once they never are again."""
    return (state.store, state.number)


kept_answers = KeptAnswers()


def _forget(**kwargs: object) -> None:
    kept_answers.forget()


setting_changed.connect(_forget)
