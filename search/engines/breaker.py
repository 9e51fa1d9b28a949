"""A circuit breaker: leaves a service alone that has just failed, and tries it again after a while.

Pure: no network, no threads of its own; time comes from the clock that is given.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

logger = logging.getLogger("huunghi.search")

FAILURES = 3  # within WINDOW; then the service is left alone
WINDOW = 10.0  # seconds
SLOW = 1.0  # seconds; an answer that takes longer is used, and counts as a failure
FIRST_REST = 1.0  # seconds; doubled by every trial that fails
LONGEST_REST = 30.0  # seconds
TRIAL = 5.0  # seconds; a trial of which nothing was heard by then is given up for lost


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to call the service once. What becomes of it is reported to the breaker with it."""

    began: float
    turn: int


@dataclass(frozen=True, slots=True)
class BreakerStatus:
    """`state`: "closed" (the service is called), "open" (left alone) or "trial" (one call is under way)."""

    state: str
    reason: str = ""  # the last failure
    rests: float = 0.0  # seconds until the next trial


class Breaker:
    """One for each service and process, for any number of threads.

    The turn changes whenever the breaker opens, tries or closes. What is reported with a permit of an earlier turn
    changes nothing: a call that began before the service failed says nothing about how it is now.
    """

    def __init__(self, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: deque[float] = deque(maxlen=FAILURES)
        self._turn = 0
        self._rest = 0.0  # seconds of this rest; 0 while the breaker is closed
        self._trial_at = 0.0
        self._on_trial = False
        self._opened_at = 0.0
        self._reason = ""

    def permit(self) -> Permit | None:
        """Leave to call the service, or None while it is left alone. After each rest one caller gets it, as a trial."""
        with self._lock:
            now = self._clock()
            if self._rest:
                if now < self._trial_at:
                    return None
                self._turn += 1
                self._on_trial = True
                self._trial_at = now + TRIAL
            return Permit(now, self._turn)

    def succeeded(self, permit: Permit) -> None:
        """The service answered."""
        with self._lock:
            seconds = self._clock() - permit.began
            if permit.turn != self._turn:
                return
            if seconds > SLOW:
                self._note_failure(f"it took {seconds:.1f} s to answer")
            elif self._rest:
                self._close()

    def failed(self, permit: Permit, reason: str, *, costly: bool = False) -> None:
        """The service did not answer. `costly`: somebody had to wait for that; one such failure is enough."""
        with self._lock:
            if permit.turn == self._turn:
                self._note_failure(reason, enough=costly)

    def status(self) -> BreakerStatus:
        with self._lock:
            if not self._rest:
                return BreakerStatus("closed")
            rests = max(0.0, self._trial_at - self._clock())
            return BreakerStatus("trial" if self._on_trial else "open", self._reason, rests)

    def _note_failure(self, reason: str, enough: bool = False) -> None:
        now = self._clock()
        self._failures.append(now)
        many = len(self._failures) == FAILURES and now - self._failures[0] <= WINDOW
        if self._rest or enough or many:
            self._open(now, reason)

    def _open(self, now: float, reason: str) -> None:
        if not self._rest:
            self._opened_at = now
            logger.warning("%s is left alone until it is well again: %s", self._name, reason)
        self._turn += 1
        self._on_trial = False
        self._rest = min(2 * self._rest or FIRST_REST, LONGEST_REST)
        self._trial_at = now + self._rest
        self._reason = reason

    def _close(self) -> None:
        logger.warning("%s answers again, after %.0f s.", self._name, self._clock() - self._opened_at)
        self._turn += 1
        self._on_trial = False
        self._rest = 0.0
        self._failures.clear()
