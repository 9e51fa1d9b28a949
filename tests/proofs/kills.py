"""kill -9 at twelve points of the worker and of a rebuild: nothing is lost, doubled or leaked, and soon all is well.

    python -m tests.proofs.kills [POINT …]

Every point is a lane: on a database of its own, with both engines, PostgreSQL for one half of the runs and SQLite for
the other. In each run editors change things, a process comes to the point and is killed, editors go on. From each
commit on nobody may see what it hid, while the index is as the dead process left it. Then workers come as after a
restart; after that both indices are read directly and compared with the tables. KILL_RUNS is the number of runs at
each point.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from .ground import Ground, end_tidily, ground_on_postgres, ground_on_sqlite, postgres_template, sqlite_template
from .victim import POINTS, shorten_leases

EDITORS = 2
LANES_AT_ONCE = 8
MOST_MISSED = 5  # runs that are tried again because the process had too little to do to come to the point
MOST_SECONDS = 60.0  # until drift is 0 after a kill
ENGINES = ("embedded", "elasticsearch")
MODULE = "tests.proofs.kills"


@dataclass
class Outcome:
    """Of the runs of one lane. Everything in `wrong` is a broken promise, in words."""

    point: str
    database: str
    killed: int = 0
    missed: int = 0  # the process ended before it came to the point
    changes: int = 0
    hidden: int = 0  # questions for hidden pages, of which none may be answered
    seconds: list[float] = field(default_factory=list)  # from the kill until both indices are right
    rebuilt: list[float] = field(default_factory=list)  # from the kill until a killed rebuild is finished by another
    wrong: list[str] = field(default_factory=list)


# --- a lane, in a process of the site


class Lane:
    def __init__(self, point: str, database: str, engines: tuple[str, ...], seed: int) -> None:
        from .truth import Truth
        from .world import Editor

        self.points, self.engines = point.split(","), engines
        self.point = self.points[0]
        self.chance = random.Random(f"{point} {database} {seed}")
        self.outcome = Outcome(point, database)
        self.truth = Truth.of_this_site()
        self.editors = [Editor(number, self.chance.randrange(10**6)) for number in range(settled_editors())]

    def run(self, number: int) -> None:
        engine = self.engines[number % len(self.engines)]
        self.point = self.points[number % len(self.points)]
        if POINTS[self.point].action == "work":
            for editor in self.editors:  # enough for several batches, of every kind
                editor.rename(), editor.unpublish(), editor.move_section(), editor.shut_section()
        for _ in range(6):
            self.change()
        self.look(f"{engine} {number}, before")
        if not self.kill(engine):
            self.outcome.missed += 1
            return
        killed_at = time.monotonic()
        self.outcome.killed += 1
        self.change()
        self.look(f"{engine} {number}, after the kill")
        self.recover(engine, killed_at, number)
        self.compare(f"{engine} {number}")

    def change(self) -> None:
        self.chance.choice(self.editors).change()
        self.outcome.changes += 1

    def kill(self, engine: str) -> bool:
        """Have a process killed at the point while editors go on; whether it came there."""
        point = POINTS[self.point]
        arguments = [self.point, str(self.chance.randint(1, point.most)), engine]
        with open_log("victim") as log:
            command = [sys.executable, "-m", "tests.proofs.victim", *arguments]
            process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            self.change()
            time.sleep(0.3)
        if process.poll() is None:
            process.terminate()
            process.wait()
        return process.returncode == -signal.SIGKILL

    def look(self, when: str) -> None:
        """As a stranger, for everything that is hidden now. Nothing is fed or changed meanwhile."""
        from .sight import answered_by, traces
        from .truth import OPEN

        hidden = [fact for fact in self.truth.look().facts.values() if fact.level > OPEN]
        for engine in self.engines:
            with answered_by(engine):
                for fact in self.chance.sample(hidden, min(12, len(hidden))):
                    self.outcome.hidden += 1
                    self.note(when, [f"seen: {trace}" for trace in traces(fact)])

    def recover(self, engine: str, killed_at: float, number: int) -> None:
        """Workers come, and after the kill of a rebuild somebody who begins it again."""
        with workers():
            if POINTS[self.point].action == "rebuild":
                self.rebuild_again(engine, number)
                self.outcome.rebuilt.append(round(time.monotonic() - killed_at, 1))
            while (left := self.left_to_do()) and time.monotonic() < killed_at + 3 * MOST_SECONDS:
                time.sleep(0.5)
        seconds = time.monotonic() - killed_at
        self.outcome.seconds.append(round(seconds, 1))
        self.note(f"{engine} {number}", [left] if left else [])
        if seconds > MOST_SECONDS:
            self.note(f"{engine} {number}", [f"right only after {seconds:.0f} s"])

    def rebuild_again(self, engine: str, number: int) -> None:
        from huunghi.search.engines import configured_engines
        from huunghi.search.feeding import rebuilding

        chosen = next(each for each in configured_engines() if each.name == engine)
        deadline = time.monotonic() + 3 * MOST_SECONDS
        while True:
            try:
                rebuilding.rebuild(chosen)
                return
            except rebuilding.RebuildRunningError as error:
                if time.monotonic() > deadline:
                    self.note(f"{engine} {number}", [str(error)])
                    return
                time.sleep(1)

    def left_to_do(self) -> str:
        """What is still between the indices and the tables, in a word."""
        from huunghi.search.engines import configured_engines
        from huunghi.search.feeding import verifying
        from huunghi.search.feeding.targets import targets_of
        from huunghi.search.models import IndexTarget, PendingChange

        if rows := PendingChange.objects.filter(target__state="live").count():
            return f"{rows} rows pending"
        if rows := PendingChange.objects.filter(target=None).count():
            return f"{rows} rows to be spelled out"
        for engine in configured_engines():
            live = [target for target in targets_of(engine) if target.state == IndexTarget.State.LIVE]
            if len(live) != 1:
                return f"{engine.name}: {len(live)} live targets"
            drift = verifying.compare(engine, live[0])
            if drift.total or drift.pending:
                return f"{engine.name}: {drift}"
        return ""

    def compare(self, when: str) -> None:
        """By reading both indices directly, by asking for everything, and by counting what is left over."""
        from django.conf import settings

        from huunghi.search.engines import configured_engines

        from .sight import answered_by, miscounted, unfound
        from .truth import OPEN, differences, expected, held_by_file, held_by_server

        view = self.truth.look()
        wanted = expected(view)
        for engine in configured_engines():
            if engine.name == "embedded":
                held = held_by_file(_path(settings))
            else:
                held = held_by_server(engine._writer, engine.alias)
            self.note(when, [f"{engine.name}: {each}" for each in differences(wanted, held)])
            self.note(when, leftovers(engine))
        shown = [fact for fact in view.facts.values() if fact.level == OPEN]
        for name in self.engines:
            with answered_by(name):
                self.note(when, unfound(self.chance.sample(shown, min(12, len(shown)))))
                self.note(when, miscounted(view))
        self.look(f"{when}, after recovery")

    def note(self, when: str, wrong: list[str]) -> None:
        self.outcome.wrong += [f"{when}: {each}" for each in wrong[:5]]


def settled_editors() -> int:
    from huunghi.events.models import EventIndexPage

    return EventIndexPage.objects.filter(title__startswith="Editor ", locale__language_code="vi").count()


def _path(settings: Any) -> Any:
    from pathlib import Path

    return Path(settings.HUUNGHI_SEARCH["PATH"])


def leftovers(engine: Any) -> list[str]:
    """Indices and files that nobody will ever clear away; what is only too young for it is cleared here."""
    from huunghi.search.feeding import targets

    kept = targets.ORPHANED_AFTER, targets.DROP_AFTER
    targets.ORPHANED_AFTER = targets.DROP_AFTER = 0.0
    try:
        targets.drop_leftovers(engine)
    finally:
        targets.ORPHANED_AFTER, targets.DROP_AFTER = kept
    own = [target.index for target in targets.targets_of(engine)]
    left = engine.orphans(set(own), 0.0)
    found = [f"{engine.name}: left over: {', '.join(left)}"] if left else []
    return found + ([f"{engine.name}: {len(own)} targets: {', '.join(own)}"] if len(own) != 1 else [])


@contextmanager
def workers() -> Iterator[None]:
    """What `huunghi_index work` runs, in this process, as if it had just been started."""
    from huunghi.search.feeding import engines_to_feed, maintenance
    from huunghi.search.feeding.bell import Bell

    maintenance.forget()
    bells = [Bell(engine.name, interval=2.0) for engine in engines_to_feed()]
    try:
        yield
    finally:
        for bell in bells:
            bell.stop()
        for bell in bells:
            bell.join(60)


def open_log(name: str) -> Any:
    folder = "HUUNGHI_VAR"
    return open(os.path.join(os.environ[folder], f"{name}.log"), "a")  # noqa: PTH118, PTH123


def run_lane(point: str, database: str, runs: int, seed: int) -> None:
    """`point`: one, or several with commas, which take turns."""
    import django

    django.setup()
    shorten_leases()
    from huunghi.search.engines import configured_engines
    from huunghi.search.feeding import feed_pending

    feed_pending()
    engines = tuple(name for name in ENGINES if name in {engine.name for engine in configured_engines()})
    lane = Lane(point, database, engines, seed)
    for number in range(runs + MOST_MISSED):
        if lane.outcome.killed >= runs:
            break
        try:
            lane.run(number)
        except Exception as error:
            lane.note(f"run {number}", [f"{type(error).__name__}: {error}"])
    print(json.dumps(asdict(lane.outcome)), flush=True)


# --- all lanes


def in_lane(ground: Ground, point: str, database: str, runs: int, seed: int) -> Outcome:
    command = [sys.executable, "-m", MODULE, "lane", point, database, str(runs), str(seed)]
    done = subprocess.run(command, env=ground.environment, text=True, capture_output=True, check=False)
    try:
        return Outcome(**json.loads(done.stdout.strip().splitlines()[-1]))
    except (IndexError, ValueError):
        return Outcome(point, database, wrong=[f"the lane ended with {done.returncode}: {done.stderr[-1500:]}"])


def prove(addresses: list[str], points: list[str], runs: int, at_once: int = LANES_AT_ONCE) -> list[Outcome]:
    """Each of the points on both databases, `runs` in all."""
    with ExitStack() as stack, ThreadPoolExecutor(at_once) as pool:
        file = stack.enter_context(sqlite_template(EDITORS))
        server = stack.enter_context(postgres_template(EDITORS))
        print("The archives are made.", flush=True)

        def lane(point: str, database: str) -> Outcome:
            share = runs // 2 + (runs % 2 if database == "postgres" else 0)
            place = (
                ground_on_postgres(server, addresses) if database == "postgres" else ground_on_sqlite(file, addresses)
            )
            with place as ground:
                outcome = in_lane(ground, point, database, share, seed=1)
            print(line(outcome), flush=True)
            for each in outcome.wrong[:10]:
                print(f"    {each}", flush=True)
            return outcome

        lanes = [(point, database) for point in points for database in ("postgres", "sqlite")]
        return list(pool.map(lambda each: lane(*each), lanes))


def line(outcome: Outcome) -> str:
    slowest = max(outcome.seconds, default=0.0)
    again = f", rebuilt after {max(outcome.rebuilt):.0f} s at most" if outcome.rebuilt else ""
    return (
        f"{outcome.point:15} {outcome.database:9} {outcome.killed:3} kills, {outcome.missed} missed,"
        f" {outcome.changes} changes, {outcome.hidden} questions for hidden pages,"
        f" right after {slowest:.0f} s at most{again}: {len(outcome.wrong)} wrong"
    )


def asked_points() -> list[str]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "points", nargs="*", metavar="POINT", help=f"one of {', '.join(POINTS)}; all when none is given"
    )
    given = parser.parse_args().points
    if unknown := [point for point in given if point not in POINTS]:
        parser.error(f"There is no point {', '.join(unknown)}. Choose from {', '.join(POINTS)}.")
    return given or list(POINTS)


def main(points: list[str]) -> int:
    end_tidily()
    from tests.engine import server

    runs = int(os.environ.get("KILL_RUNS", "20"))
    folder = server.run_folder(str(os.getpid()))
    started = time.monotonic()
    try:
        outcomes = prove([server.start(folder).url], points, runs)
    finally:
        server.stop(folder)
    killed, wrong = sum(each.killed for each in outcomes), sum(len(each.wrong) for each in outcomes)
    seconds = sorted(second for each in outcomes for second in each.seconds)
    print(
        f"{killed} kills at {len(points)} points in {time.monotonic() - started:.0f} s; {wrong} wrong; until drift 0:"
        f" median {median(seconds or [0.0]):.0f} s, at most {max(seconds, default=0.0):.0f} s."
    )
    return 1 if wrong or killed < runs * len(points) else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["lane"]:
        run_lane(sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
    else:
        sys.exit(main(asked_points()))
