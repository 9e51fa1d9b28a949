from __future__ import annotations

import json
import signal
import threading
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from ...attachments.files import read_waiting_files
from ...documents.extraction import count_all
from ...engines.base import Engine, EngineError
from ...feeding import bell, engines_to_feed, feed_pending, maintenance, outbox, rebuilding, status, targets
from ...feeding.verifying import Drift, compare_sample
from ...models import IndexTarget

MOST_READING = 600  # seconds of one run

EXAMPLES = """Examples:
  manage.py huunghi_index rebuild           make every index anew from the database; readers notice nothing
  manage.py huunghi_index work              feed changes as they come, until stopped
  manage.py huunghi_index work --once       feed what is pending and end
  manage.py huunghi_index verify --repair   compare the indices with the database and feed what differs
  manage.py huunghi_index status            what each index holds and what waits; exit code 1 when something is wrong
  manage.py huunghi_index retry             try again what was given up
"""


class Command(BaseCommand):
    help = "Keeps the archive's search index."

    def create_parser(self, *args: Any, **kwargs: Any) -> ArgumentParser:
        return super().create_parser(*args, epilog=EXAMPLES, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["rebuild", "work", "verify", "status", "retry"])
        parser.add_argument("--once", action="store_true", help="work: end when nothing is pending")
        parser.add_argument("--interval", type=float, default=2.0, help="work: seconds between two looks (2)")
        parser.add_argument("--sample", type=int, metavar="N", help="verify: only the next N records")
        parser.add_argument("--repair", action="store_true", help="verify: have what differs fed")
        parser.add_argument("--json", action="store_true", help="status: for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['action']}")(options)

    # --- rebuild

    def _rebuild(self, options: dict[str, Any]) -> None:
        failed = False
        for engine in engines_to_feed():
            try:
                self._rebuild_one(engine)
            except (EngineError, rebuilding.RebuildRunningError, rebuilding.RebuildFailedError) as error:
                failed = True
                self.stderr.write(self.style.ERROR(_with_name(engine, error)))
        feed_with_files()
        if failed:
            raise CommandError("An index could not be rebuilt; the one before stays in use.", returncode=1)

    def _rebuild_one(self, engine: Engine) -> None:
        started = time.monotonic()
        rebuilt = rebuilding.rebuild(engine, _Bar(engine.name), self.stdout.write)
        seconds = time.monotonic() - started
        speed = (rebuilt.read - rebuilt.resumed_at) / max(seconds, 0.001)
        self.stdout.write(f"{engine.name}: {rebuilt.count} records in {seconds:.1f} s ({speed:.0f}/s)")

    # --- work

    def _work(self, options: dict[str, Any]) -> None:
        if not options["once"]:
            _work_until_stopped(options["interval"])
            return
        if fed := feed_with_files():
            self.stdout.write(f"fed {fed} records")
        if stuck := status.pending_of(engines_to_feed()):
            raise CommandError(f"{stuck} changes are still pending; see huunghi_index status.", returncode=1)

    # --- verify

    def _verify(self, options: dict[str, Any]) -> None:
        drifted = failed = False
        for engine in engines_to_feed():
            try:
                drift = self._verify_one(engine, options)
            except EngineError as error:
                failed = True
                self.stderr.write(self.style.ERROR(_with_name(engine, error)))
                continue
            drifted = drifted or bool(drift.total)
            self._show(engine, drift)
        if options["repair"] and drifted:
            self.stdout.write(f"fed {feed_pending()} records")
        if drifted or failed:
            raise CommandError("The index differs from the database, or could not be compared.", returncode=1)

    @staticmethod
    def _verify_one(engine: Engine, options: dict[str, Any]) -> Drift:
        target = next((one for one in targets.targets_of(engine) if one.state == IndexTarget.State.LIVE), None)
        if target is None:
            raise EngineError("There is no index: build it first.")
        if options["sample"]:
            return compare_sample(engine, target, options["sample"], options["repair"])
        with _bar() as bar:
            task = bar.add_task(engine.name, total=count_all())
            return maintenance.compare(engine, target, options["repair"], lambda count: bar.advance(task, count))

    def _show(self, engine: Engine, drift: Drift) -> None:
        line = f"{engine.name}: {drift.checked} records compared: {drift}; {drift.pending} pending"
        self.stdout.write(self.style.ERROR(line) if drift.total else line)
        for kind, ids in drift.examples.items():
            self.stdout.write(f"  {kind}: {' '.join(ids)}")

    # --- status, retry

    def _status(self, options: dict[str, Any]) -> None:
        report = status.report(engines_to_feed())
        if options["json"]:
            self.stdout.write(json.dumps(report, default=str, ensure_ascii=False, indent=2))
        else:
            for line in status.lines(report):
                self.stdout.write(line)
        if report["problems"]:
            raise CommandError("The index needs attention.", returncode=1)

    def _retry(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"{outbox.retry()} changes are tried again")
        self._work({**options, "once": True})


def feed_with_files() -> int:
    """Feed what is due, read the files that came with it, and feed their texts; returns how many records."""
    fed = feed_pending()
    return fed + feed_pending() if read_waiting_files(seconds=MOST_READING) else fed


def _with_name(engine: Engine, error: Exception) -> str:
    text = str(error)
    return text if text.lower().startswith(engine.name) else f"{engine.name}: {text}"


def _work_until_stopped(interval: float) -> None:
    """One thread for each engine and one for attached files, until SIGTERM or Ctrl-C; the batch in hand is finished."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    bells = [bell.Bell(name, interval) for name in bell.names()]
    stopped.wait()
    for one in bells:
        one.stop()
    for one in bells:
        one.join(60)


class _Speed(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.speed or 0:.0f}/s")


def _bar() -> Progress:
    """A bar with records per second and time left on a terminal; nothing elsewhere: the result line says it all."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Speed(), TimeRemainingColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal)


class _Bar:
    """Shows how far a rebuild has come."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, records: Iterable[Any], total: int, done: int) -> Iterator[Any]:
        with _bar() as bar:
            yield from bar.track(records, total=total, completed=done, description=self._name)
