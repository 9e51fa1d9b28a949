"""What a piece of work takes: seconds, processor time here and at the server, memory."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

PEAK = "VmHWM:"
RESET_PEAK = "5"
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds. `server` is the processor time of the search server; 0 when none was used, or it is not ours."""

    wall: float
    cpu: float
    server: float = 0.0


def timed(work: Callable[[], object], server: int = 0) -> Spent:
    """`server` leads a process group."""
    at_server, cpu, wall = group_cpu(server), time.process_time(), time.perf_counter()
    work()
    return Spent(time.perf_counter() - wall, time.process_time() - cpu, group_cpu(server) - at_server)


def group_cpu(leader: int) -> float:
    """Processor time of a process group so far, in seconds; 0 without a leader or where there is no /proc."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat") if leader else ():
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == leader:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / TICK


def peak_memory(work: Callable[[], object]) -> float:
    """The largest resident memory of this process while it works, in MB (outside Linux: since it began)."""
    status, reset = Path("/proc/self/status"), Path("/proc/self/clear_refs")
    if not reset.exists():
        work()
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    reset.write_text(RESET_PEAK)
    work()
    line = next(line for line in status.read_text().splitlines() if line.startswith(PEAK))
    return int(line.split()[1]) / 1024


def in_turn(works: dict[str, Callable[[], object]], rounds: int, server: int = 0) -> dict[str, list[Spent]]:
    """Each work once a round: what else runs on the computer meanwhile falls on all of them."""
    spent: dict[str, list[Spent]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            spent[name].append(timed(work, server))
    return spent


def ratio(of: list[Spent], to: list[Spent]) -> float:
    """How many times as fast as `to`: the median of the rounds' ratios, by the clock."""
    return median(other.wall / own.wall for own, other in zip(of, to, strict=True))


def load() -> str:
    return " ".join(f"{value:.1f}" for value in os.getloadavg())
