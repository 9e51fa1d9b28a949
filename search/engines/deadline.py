"""A limit for the whole of a call to another computer, whatever it is waiting for.

The time-outs of an HTTP client are for one step each: connecting, every piece of the reply. Looking up a name has none,
and a reply that drips in byte by byte never meets one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

Answer = TypeVar("Answer")


def within(seconds: float, call: Callable[[], Answer]) -> Answer:
    """What `call` returns or raises; TimeoutError when that takes longer.

    The call runs in a thread of its own, which nobody waits for any more then: it must not touch the database, whose
    connections belong to the thread. Such a thread does not keep the process from ending.
    """
    outcome: Future[Answer] = Future()

    def run() -> None:
        try:
            outcome.set_result(call())
        except BaseException as error:
            outcome.set_exception(error)

    threading.Thread(target=run, name="search-call", daemon=True).start()
    return outcome.result(timeout=seconds)
