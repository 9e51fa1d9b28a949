"""Everything at once: editors, readers who know the truth, workers that are killed, an engine that fails.

    python -m tests.proofs.chaos

On PostgreSQL and a real Elasticsearch. CHAOS_SECONDS is its length (300). Nobody may see what was hidden while he
asked; what was open must be found when nothing of it is pending; at the end both indices hold what the tables hold.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter as Tally
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from elasticsearch import Elasticsearch

from tests.engine import proxy as faults
from tests.engine import server
from tests.engine.proxy import Proxy, refuse_with, say

from .ground import Ground, end_tidily, ground_on_postgres, postgres_template
from .meeting import begin, prepare, reports

EDITORS, READERS, WORKERS = range(4), range(8), 2
MOST_SECONDS = 60.0  # until all is well when the chaos is over

FAULTS: dict[str, Callable[[Proxy], None]] = {
    "refusing": Proxy.refuse,
    "hanging": partial(Proxy.fail, fault=faults.hang),
    "slow": partial(Proxy.fail, fault=faults.delay(1.2)),
    "replies dripping": partial(Proxy.fail, fault=faults.drip_reply, times=10),
    "429": partial(Proxy.fail, fault=refuse_with(429, "circuit_breaking_exception")),
    "503": partial(Proxy.fail, fault=refuse_with(503, "master_not_discovered_exception")),
    "401": partial(Proxy.fail, fault=refuse_with(401, "security_exception")),
    "requests cut": partial(Proxy.fail, fault=faults.cut_request),
    "half of a bulk": partial(Proxy.fail, fault=faults.do_half, only="_bulk"),
    "replies lost": partial(Proxy.fail, fault=faults.drop_reply),
    "replies of bulks lost": partial(Proxy.fail, fault=faults.drop_reply, only="_bulk"),
    "replies cut": partial(Proxy.fail, fault=faults.cut_reply),
    "bad JSON": partial(Proxy.fail, fault=say(b'{"took": 3, "items": [{"index"')),
    "empty replies": partial(Proxy.fail, fault=say(b"{}")),
}


@dataclass
class Chaos:
    """The processes of the proof and what is done to them."""

    ground: Ground
    proxy: Proxy
    client: Elasticsearch
    chance: random.Random
    running: server.Server | None = None  # the server, when nobody else uses it
    workers: list[subprocess.Popen[str]] = field(default_factory=list)
    done: Tally[str] = field(default_factory=Tally)
    rebuild: subprocess.Popen[str] | None = None

    @property
    def prefix(self) -> str:
        return f"huunghi-test-{self.ground.folder.name.rpartition('-')[2]}"

    def begin_worker(self) -> None:
        command = [sys.executable, "manage.py", "huunghi_index", "work", "--interval", "1"]
        with (self.ground.folder / "worker.log").open("a") as log:
            self.workers.append(subprocess.Popen(command, env=self.ground.environment, stdout=log, stderr=log))

    def disturb(self, stopped: threading.Event) -> None:
        """One trouble after the other, with pauses in which all is well."""
        troubles = [self.fault] * 6 + [self.kill_worker, self.begin_rebuild, self.kill_rebuild]
        troubles += [self.close_to_writes, self.delete_index, self.second_index]
        troubles += [self.pause_server] if self.running else []
        while not stopped.wait(self.chance.uniform(0.5, 3)):
            with suppress(Exception):
                self.chance.choice(troubles)(stopped)

    def fault(self, stopped: threading.Event) -> None:
        name = self.chance.choice(list(FAULTS))
        self.done[name] += 1
        FAULTS[name](self.proxy)
        stopped.wait(self.chance.uniform(0.5, 4))
        self.proxy.heal()

    def pause_server(self, stopped: threading.Event) -> None:
        assert self.running
        self.done["server paused"] += 1
        os.killpg(self.running.pid, signal.SIGSTOP)
        stopped.wait(self.chance.uniform(0.5, 4))
        os.killpg(self.running.pid, signal.SIGCONT)

    def kill_worker(self, stopped: threading.Event) -> None:
        self.done["worker killed"] += 1
        worker = self.workers.pop(0)
        worker.kill()
        worker.wait()
        self.begin_worker()

    def begin_rebuild(self, stopped: threading.Event) -> None:
        if self.rebuild is None or self.rebuild.poll() is not None:
            self.done["rebuild begun"] += 1
            command = [sys.executable, "manage.py", "huunghi_index", "rebuild"]
            with (self.ground.folder / "rebuild.log").open("a") as log:
                self.rebuild = subprocess.Popen(command, env=self.ground.environment, stdout=log, stderr=log)

    def kill_rebuild(self, stopped: threading.Event) -> None:
        if self.rebuild is not None and self.rebuild.poll() is None:
            self.done["rebuild killed"] += 1
            self.rebuild.kill()
            self.rebuild.wait()

    def _live(self) -> str:
        return next(iter(self.client.indices.get_alias(name=f"{self.prefix}-archive").body))

    def close_to_writes(self, stopped: threading.Event) -> None:
        name = self._live()
        self.done["disk full"] += 1
        self.client.indices.put_settings(index=name, settings={"index.blocks.read_only_allow_delete": True})
        stopped.wait(self.chance.uniform(1, 4))
        self.client.indices.put_settings(index=name, settings={"index.blocks.read_only_allow_delete": None})

    def delete_index(self, stopped: threading.Event) -> None:
        if self.chance.random() < 0.3:
            self.done["index deleted"] += 1
            self.client.indices.delete(index=self._live())

    def second_index(self, stopped: threading.Event) -> None:
        """An index of somebody else gets our alias, too."""
        self.done["alias on two indices"] += 1
        body = self.client.indices.get(index=self._live()).body
        [found] = body.values()
        name = f"{self._live()[:-20]}{self.chance.randrange(10**19):020}"
        settings = {"number_of_shards": 1, "analysis": found["settings"]["index"]["analysis"]}
        self.client.indices.create(index=name, mappings=found["mappings"], settings=settings)
        self.client.indices.put_alias(index=name, name=f"{self.prefix}-archive")

    def calm_down(self) -> None:
        """Nothing disturbs any more."""
        self.proxy.heal()
        unblocked = {"index.blocks.read_only_allow_delete": None}
        self.client.indices.put_settings(index=f"{self.prefix}-*", settings=unblocked)

    def end(self) -> None:
        for process in [*self.workers, *([self.rebuild] if self.rebuild else [])]:
            if process.poll() is None:
                process.terminate()
        for process in [*self.workers, *([self.rebuild] if self.rebuild else [])]:
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()


def unleash(
    chaos: Chaos,
    seconds: float,
    editors: Sequence[int] = EDITORS,
    readers: Sequence[int] = READERS,
    workers: int = WORKERS,
) -> dict[str, Any]:
    """All that was seen, added up; "wrong" holds the broken promises."""
    folder = chaos.ground.folder
    prepare(folder, chaos.chance.randrange(10**6))
    names = [f"editor-{number}" for number in editors] + [f"reader-{number}" for number in readers]
    for _ in range(workers):
        chaos.begin_worker()
    processes = [
        chaos.ground.begin(f"tests.proofs.chaos_{name.partition('-')[0]}", name.partition("-")[2]) for name in names
    ]
    stopped = threading.Event()
    disturbing = threading.Thread(target=chaos.disturb, args=(stopped,))
    try:
        begin(folder, names, seconds)
        disturbing.start()
        for process in processes:
            process.wait(seconds + 120)
    finally:
        stopped.set()
        if disturbing.is_alive():
            disturbing.join()
        for process in processes:
            if process.poll() is None:
                process.kill()
    chaos.calm_down()
    calmed_at = time.monotonic()
    left = wait_for_calm(chaos.ground, calmed_at + MOST_SECONDS)
    result = add_up(chaos, left, time.monotonic() - calmed_at)
    chaos.end()
    if len(reports(folder, "editor")) + len(reports(folder, "reader")) < len(names):
        result["wrong"].append("a process died: " + last_words(chaos.ground))
    return result


def wait_for_calm(ground: Ground, deadline: float) -> list[str]:
    """What still differs at the deadline; asked by a process of the site."""
    while True:
        done = subprocess.run(
            [sys.executable, "-m", "tests.proofs.calm"],
            env=ground.environment,
            text=True,
            capture_output=True,
            check=False,
        )
        left = done.stdout.splitlines() if done.returncode == 0 else [done.stderr[-1500:]]
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(1)


def add_up(chaos: Chaos, left: list[str], until_calm: float) -> dict[str, Any]:
    editors, readers = reports(chaos.ground.folder, "editor"), reports(chaos.ground.folder, "reader")

    def total(found: list[dict[str, Any]], name: str) -> Tally[str]:
        return sum((Tally(each[name]) for each in found), Tally())

    def listed(found: list[dict[str, Any]], name: str) -> list[Any]:
        return [item for each in found for item in each[name]]

    forbidden, missing, failed = (listed(readers, name) for name in ("forbidden", "missing", "failed"))
    wrong = [f"forbidden: {each}" for each in forbidden] + [f"missing: {each}" for each in missing]
    wrong += (
        [f"failed: {each}" for each in failed] + listed(editors, "wrong") + [f"at the end: {each}" for each in left]
    )
    return {
        "changes": total(editors, "changes"),
        "asked": total(readers, "asked"),
        "engines": total(readers, "engines"),
        "judged": total(readers, "judged"),
        "troubles": chaos.done,
        "seconds": sorted(listed(readers, "seconds")),
        "publishing": sorted(listed(editors, "seconds")),
        "until_calm": until_calm,
        "forbidden": len(forbidden),
        "wrong": wrong,
    }


def last_words(ground: Ground) -> str:
    return " | ".join(file.read_text()[-700:] for file in ground.folder.glob("*.err") if file.stat().st_size)


def lines(result: dict[str, Any]) -> list[str]:
    def listed(tally: Tally[str]) -> str:
        return f"{sum(tally.values())}: " + ", ".join(f"{name} {number}" for name, number in tally.most_common())

    def times(seconds: list[float]) -> str:
        if not seconds:
            return "none"
        share = [seconds[int(len(seconds) * part)] for part in (0.5, 0.95, 0.99)]
        return f"p50 {share[0]:.2f} s, p95 {share[1]:.2f} s, p99 {share[2]:.2f} s, slowest {seconds[-1]:.2f} s"

    return [
        f"changes {listed(result['changes'])}",
        f"a change took {times(result['publishing'])}",
        f"troubles {listed(result['troubles'])}",
        f"questions {listed(result['asked'])}",
        f"answered by {listed(result['engines'])}",
        f"an answer took {times(result['seconds'])}",
        f"judged {listed(result['judged'])}",
        f"forbidden sights: {result['forbidden']}",
        f"both indices right {result['until_calm']:.0f} s after the end",
        f"wrong: {len(result['wrong'])}",
        *(f"    {each}" for each in result["wrong"][:30]),
    ]


def main() -> int:
    end_tidily()
    seconds = float(os.environ.get("CHAOS_SECONDS", "300"))
    folder = server.run_folder(str(os.getpid()))
    try:
        running = server.start(folder)
        client = Elasticsearch(running.url, request_timeout=30)
        with (
            client,
            Proxy(running.url) as proxy,
            postgres_template(len(EDITORS)) as template,
            ground_on_postgres(template, [proxy.url]) as ground,
        ):
            print("The archive is made.", flush=True)
            ground.run("manage.py", "huunghi_index", "work", "--once")
            chaos = Chaos(ground, proxy, client, random.Random(), running)
            try:
                result = unleash(chaos, seconds)
            finally:
                chaos.end()
            print("\n".join(lines(result)))
            return 1 if result["wrong"] else 0
    finally:
        with suppress(ProcessLookupError, UnboundLocalError):
            os.killpg(running.pid, signal.SIGCONT)
        server.stop(folder)


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    sys.exit(main())
