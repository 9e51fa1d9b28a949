"""How long the site takes to say that there is nothing."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from itertools import cycle
from statistics import median

from ..readers import answered
from ..table import Cell, cells_of
from . import rules
from .rules import Scene
from .search import NONSENSE

MOST_APART = 0.005  # seconds between the medians
LEAST_CHANCE = 0.001  # of the order of the two, were they the same
WHOLE = 200  # pairs from which the order is judged
TRIES = 3  # a difference that is there is there every time


def timing(cell: Cell, scene: Scene) -> Iterator[str]:
    """Measured once for all readers of a state who are told nothing, in turns; each of them then is like the others."""
    if cell.expect == "indistinguishable":
        yield from scene.measured(cell.state, lambda: list(measure(cell.state, scene)))


def measure(state: str, scene: Scene) -> Iterator[str]:
    canary = scene.content.canaries[state]
    readers = [c.audience for c in cells_of("timing") if c.state == state and c.expect == "indistinguishable"]
    for pattern, there, nowhere in (
        ("/api/v1/events/{}/", canary.key, rules.NEVER_WAS),
        ("/api/v1/archive/?q={}", canary.live, NONSENSE),
    ):
        for _ in range(TRIES):
            problem = compare(*pairs(scene, readers, pattern.format(there), pattern.format(nowhere)))
            if problem is None:
                break
        else:
            yield f"{pattern.format(there)}: {problem}"


def pairs(scene: Scene, readers: list[str], there: str, nowhere: str) -> tuple[list[float], list[float]]:
    """Seconds of either question; the two take turns in coming first."""
    took: dict[str, list[float]] = {there: [], nowhere: []}
    # A few pairs are measured beside other tests: then the time of other processes is left out.
    clock = time.perf_counter if scene.pairs >= WHOLE else time.process_time
    for at, audience in zip(range(-1, scene.pairs), cycle(readers), strict=False):
        client = scene.content.readers.clients[audience]
        for address in (there, nowhere) if at % 2 else (nowhere, there):
            began = clock()
            answered(client, address)
            if at >= 0:  # the first pair only warms up
                took[address].append(clock() - began)
    return took[there], took[nowhere]


def compare(there: list[float], nowhere: list[float]) -> str | None:
    """What tells the two apart; None if nothing does. The order of a few pairs says nothing, so it is not looked at."""
    whole = len(there) >= WHOLE
    apart = median(there) - median(nowhere)
    if abs(apart) > MOST_APART:
        return f"the medians are {apart * 1000:.1f} ms apart"
    chance = same_order(there, nowhere)
    if whole and chance < LEAST_CHANCE:
        return f"one tends to be later than the other (p = {chance:.5f}, medians {apart * 1000:.2f} ms apart)"
    return None


def same_order(one: Sequence[float], other: Sequence[float]) -> float:
    """Mann and Whitney's test, two-sided, with the normal distribution: p of two samples of more than twenty each."""
    ranks: dict[float, float] = {}
    together = sorted([*one, *other])
    ties = 0.0
    start = 0
    while start < len(together):
        end = start
        while end < len(together) and together[end] == together[start]:
            end += 1
        ranks[together[start]] = (start + 1 + end) / 2
        ties += (end - start) ** 3 - (end - start)
        start = end
    m, n = len(one), len(other)
    u = sum(ranks[value] for value in one) - m * (m + 1) / 2
    variance = m * n / 12 * ((m + n + 1) - ties / ((m + n) * (m + n - 1)))
    if variance == 0:
        return 1.0
    z = max(0.0, abs(u - m * n / 2) - 0.5) / math.sqrt(variance)
    return math.erfc(z / math.sqrt(2))


CHECKERS = {"timing": timing}
