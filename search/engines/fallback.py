"""Who answers a reader: the main engine, and while it is in trouble the embedded index."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from django.core.signals import setting_changed

from ..feeding import revoking_ids
from ..feeding.targets import is_registered
from . import embedded_engine, main_engine
from .base import Engine, EngineError, EngineTimeoutError, IndexMissingError, QuestionError
from .breaker import Breaker, BreakerStatus

logger = logging.getLogger("huunghi.search")

Answer = TypeVar("Answer")
Seen = dict[str, frozenset[str]]  # engine -> ids of documents that it must leave out
Question = Callable[[Engine, frozenset[str]], Answer]  # the ids are of documents that must be left out


@lru_cache(maxsize=1)
def main_breaker() -> Breaker:
    """The breaker between readers and the main engine, of this process."""
    return Breaker(main_engine().name)


def breaker_status() -> BreakerStatus | None:
    """How this process sees the main engine; None when that is the embedded index, which needs no breaker."""
    return None if main_engine() is embedded_engine() else main_breaker().status()


def ask_engines(question: Question[Answer], begun_by: str = "", seen: Seen | None = None) -> tuple[Answer, bool]:
    """(answer, whether the embedded index stood in for the main engine). EngineError when neither can answer.

    `begun_by` is the engine that gave the pages before these: only that one can go on behind them. `seen` is what this
    very request has looked up already.
    """
    main, embedded = main_engine(), embedded_engine()
    if main is embedded:
        return question(embedded, withheld(embedded, seen)), False
    if begun_by != embedded.name:
        try:
            return _ask_guarded(main, question, seen), False
        except EngineError as error:
            if begun_by:
                raise
            logger.debug("%s did not answer: %s", main.name, error)
    return question(embedded, withheld(embedded, seen)), True


def withheld(engine: Engine, seen: Seen | None = None) -> frozenset[str]:
    """Ids of documents that this engine must leave out: fewer people may read them than its index knows.

    Raises EngineError when there are too many to name, or when nobody knows what the index has missed.
    """
    if seen is not None and engine.name in seen:
        return seen[engine.name]
    ids = revoking_ids(engine.name)
    if ids is not None:
        if seen is not None:
            seen[engine.name] = ids
        return ids
    if is_registered(engine.name):
        raise EngineError(f"{engine.name} has to catch up before it may be asked")
    raise IndexMissingError(f"{engine.name} has no index that is fed by this database")


def _ask_guarded(engine: Engine, question: Question[Answer], seen: Seen | None) -> Answer:
    breaker = main_breaker()
    exclude = withheld(engine, seen)
    permit = breaker.permit()
    if permit is None:
        raise EngineError(f"{engine.name} is left alone after failures")
    try:
        answer = question(engine, exclude)
    except QuestionError as error:
        # A reader can send such a question on purpose: it must not take the engine away from the others.
        breaker.succeeded(permit)
        logger.warning("%s could make no sense of a question: %s", engine.name, error)
        raise
    except EngineError as error:
        breaker.failed(permit, str(error), costly=isinstance(error, EngineTimeoutError))
        raise
    breaker.succeeded(permit)
    return answer


def forget_breaker(**kwargs: object) -> None:
    """Begin anew; for tests that change the engine."""
    main_breaker.cache_clear()


setting_changed.connect(forget_breaker)
