"""Three Elasticsearch nodes, and one of them is lost: while an index is filled, while readers ask, while changes come.

    python -m tests.proofs.nodes

The site knows the addresses of all three. Every node is lost once, the one that holds the index and the one that leads
the cluster among them. Nothing may be lost, and no search may fail or be wrong.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import threading
import time
from collections import Counter as Tally
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.engine import server
from tests.project import ROOT

from .ground import end_tidily, ground_on_sqlite, sqlite_template

NODES = 3
RECORDS = 6000
READERS = 3
WORD = "vunakimorelo"  # stands in every title
QUIET = 4.0  # seconds before and after a loss


@dataclass
class Asking:
    """Readers that ask all the while and know what the answer must be."""

    count: Callable[[], tuple[int, int]]  # least and most records that may be counted at this moment
    wrong: list[str] = field(default_factory=list)
    engines: Tally[str] = field(default_factory=Tally)
    seconds: list[float] = field(default_factory=list)
    _stopped: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self, readers: int = READERS) -> Iterator[Asking]:
        threads = [threading.Thread(target=self._ask_on, daemon=True) for _ in range(readers)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._stopped.set()
            for thread in threads:
                thread.join()

    def _ask_on(self) -> None:
        from django.db import connection

        try:
            while not self._stopped.wait(0.05):
                self.ask()
        finally:
            connection.close()

    def ask(self) -> None:
        from huunghi.search.service import search_archive

        least, _ = self.count()
        began = time.monotonic()
        try:
            answer = search_archive(WORD, "vi", limit=10)
        except Exception as error:
            self.wrong.append(f"{type(error).__name__}: {error}")
            return
        self.seconds.append(time.monotonic() - began)
        self.engines[answer.engine] += 1
        _, most = self.count()
        if not least <= answer.count <= most:
            self.wrong.append(f"{answer.engine} counted {answer.count}, not {least} to {most}")
        if len(answer.items) != min(10, answer.count):
            self.wrong.append(f"{answer.engine} showed {len(answer.items)} of {answer.count}")


class Cluster:
    """The nodes, and which of them runs."""

    def __init__(self, run: Path) -> None:
        self.run = run
        self.nodes = server.start_cluster(run, NODES)
        self.addresses = [node.url for node in self.nodes]

    def lose(self, number: int) -> None:
        server.kill(self.nodes[number])

    def bring_back(self, number: int) -> None:
        self.nodes[number] = server.start_again(self.run / f"node-{number}", self.nodes[number])
        self.wait_until_green()

    def wait_until_green(self, patience: float = 180.0) -> None:
        """All copies are there again; before that another loss would lose something that was kept once only."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            told = [server.health(address) for address in self.addresses]
            if all(each.get("status") == "green" and each["number_of_nodes"] == NODES for each in told):
                return
            time.sleep(0.5)
        raise RuntimeError(f"The cluster did not recover: {told}")

    def with_the_index(self, name: str) -> int:
        """The node that holds the first copy of an index."""
        with self._asked() as client:
            [shard] = [each for each in client.cat.shards(index=name, format="json") if each["prirep"] == "p"]
        return int(shard["node"].rpartition("-")[2])

    def leader(self) -> int:
        with self._asked() as client:
            [found] = client.cat.master(format="json")
        return int(found["node"].rpartition("-")[2])

    @contextmanager
    def _asked(self) -> Iterator[Any]:
        from elasticsearch import Elasticsearch

        with Elasticsearch(self.addresses, request_timeout=30, max_retries=3, retry_on_timeout=True) as client:
            yield client

    def end(self) -> None:
        for node in self.nodes:
            with suppress(ProcessLookupError):
                server.kill(node)


def lose_while_filling(cluster: Cluster, engine: Any) -> str:
    """A rebuild loses the node that holds its index, and is begun again until it ends. Returns what happened."""
    from huunghi.search.models import IndexTarget

    lost: list[int] = []

    def lose() -> None:
        building = IndexTarget.objects.get(engine=engine.name, state=IndexTarget.State.BUILDING)
        lost.append(cluster.with_the_index(building.index))
        cluster.lose(lost[0])

    rebuilt = rebuild_and_lose(engine, lose)
    cluster.bring_back(lost[0])
    went_on = f"begun again at {rebuilt.resumed_at}" if rebuilt.resumed_at else "it noticed nothing"
    return f"node {lost[0]} lost while filling: {rebuilt.count} records; {went_on}"


def rebuild_and_lose(engine: Any, lose: Callable[[], None], patience: float = 120.0) -> Any:
    """A rebuild during which something is lost in the middle; whoever waits for it begins it again."""
    from huunghi.search.engines.base import EngineError
    from huunghi.search.feeding import rebuilding

    begun = []

    def losing(records: Iterable[Any], total: int, done: int) -> Iterator[Any]:
        for position, record in enumerate(records):
            if position == total // 2 and not begun:
                begun.append(True)
                lose()
            yield record

    deadline = time.monotonic() + patience
    while True:
        try:
            return rebuilding.rebuild(engine, losing)
        except (EngineError, rebuilding.RebuildRunningError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def lose_while_asked(cluster: Cluster, number: int, change: Callable[[], None]) -> str:
    """Readers ask and changes come while a node is lost and comes back. Returns what happened."""
    stopped = threading.Event()
    writer = threading.Thread(target=_change_on, args=(change, stopped), daemon=True)
    writer.start()
    try:
        time.sleep(QUIET)
        cluster.lose(number)
        time.sleep(QUIET * 2)
        cluster.bring_back(number)
        time.sleep(QUIET)
    finally:
        stopped.set()
        writer.join()
    return f"node {number} lost while asked and fed"


def _change_on(change: Callable[[], None], stopped: threading.Event) -> None:
    from django.db import connection

    try:
        while not stopped.wait(0.2):
            change()
    finally:
        connection.close()


class Publications:
    """The records of the proof: many, all with one word; some are added and taken away. Counted before and after."""

    def __init__(self, number: int) -> None:
        from huunghi.events.models import Publication

        names = ({"vi": f"{WORD} {each}"} for each in range(number))
        Publication.objects.bulk_create(
            [Publication(key=f"proof-{each:06}", names=name) for each, name in enumerate(names)], batch_size=500
        )
        self.least = self.most = number
        self._next = number

    def bounds(self) -> tuple[int, int]:
        """What was not added lately is found, what was taken away is never."""
        return self.least, self.most

    def add(self) -> None:
        from huunghi.events.models import Publication

        self.most += 1
        Publication.objects.create(key=f"proof-{self._next:06}", names={"vi": f"{WORD} {self._next}"})
        self._next += 1


def prove(cluster: Cluster, say: Callable[[str], None]) -> list[str]:
    """What went wrong; to be called in a process of the site."""
    from huunghi.search.engines import configured_engines, main_engine
    from huunghi.search.feeding import feed_pending

    from .calm import unrest
    from .kills import workers

    records = Publications(RECORDS)
    feed_pending()
    engine = main_engine()
    cluster.wait_until_green()
    asking = Asking(records.bounds)
    with asking.running():
        say(lose_while_filling(cluster, engine))
    with workers():
        asking = Asking(records.bounds, asking.wrong, asking.engines, asking.seconds)
        with asking.running():
            order = [cluster.with_the_index(engine.alias)]
            leader = cluster.leader()
            order += [leader] if leader not in order else []
            order += random.sample([each for each in range(NODES) if each not in order], NODES - len(order))
            for number in order:
                say(lose_while_asked(cluster, number, records.add))
        deadline = time.monotonic() + 60
        while (left := unrest()) and time.monotonic() < deadline:
            time.sleep(1)
    wrong = asking.wrong + left
    for each in configured_engines():
        each.refresh()
        if each.count() != records.most:
            wrong.append(f"{each.name} holds {each.count()} of {records.most} records")
    seconds = sorted(asking.seconds)
    share = [seconds[int(len(seconds) * part)] for part in (0.5, 0.95)]
    say(
        f"{len(seconds)} searches, answered by {dict(asking.engines)}; p50 {share[0]:.2f} s, p95 {share[1]:.2f} s,"
        f" slowest {seconds[-1]:.2f} s; {records.most - RECORDS} records added meanwhile; {len(wrong)} wrong"
    )
    return wrong


def main() -> int:
    end_tidily()
    run = server.run_folder(f"{os.getpid()}-nodes")
    cluster = None
    try:
        cluster = Cluster(run)
        print("Three nodes are one cluster.", flush=True)
        with sqlite_template(0) as template, ground_on_sqlite(template, cluster.addresses) as ground:
            os.environ.update(ground.environment)
            sys.path.insert(0, str(ROOT / "site"))
            import django

            django.setup()
            wrong = prove(cluster, lambda line: print(line, flush=True))
        print("\n".join(wrong[:30]))
        return 1 if wrong else 0
    finally:
        if cluster:
            cluster.end()
        shutil.rmtree(run, ignore_errors=True)


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    sys.exit(main())
