from __future__ import annotations

import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from huunghi.search.engines import configured_engines
from huunghi.search.engines.base import Engine, EngineError
from huunghi.search.extraction import count_all
from huunghi.search.feeding import feed_pending, feeding_is_held, rebuild
from huunghi.search.models import PendingChange

EXAMPLES = """Examples:
  manage.py huunghi_index rebuild     make every index anew from the database; readers notice nothing
  manage.py huunghi_index work        feed changes as they come, until stopped
  manage.py huunghi_index work --once feed what is pending and end
  manage.py huunghi_index status      what each engine holds and what is pending; exit code 1 when something is stuck
"""


class Command(BaseCommand):
    help = "Keeps the archive's search index."

    def create_parser(self, *args: Any, **kwargs: Any) -> ArgumentParser:
        return super().create_parser(*args, epilog=EXAMPLES, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["rebuild", "work", "status"])
        parser.add_argument("--once", action="store_true", help="work: end when nothing is pending")
        parser.add_argument("--interval", type=float, default=2.0, help="work: seconds between two looks (2)")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['action']}")(options)

    def _rebuild(self, options: dict[str, Any]) -> None:
        failed = False
        for engine in configured_engines():
            try:
                self._rebuild_one(engine)
            except EngineError as error:
                failed = True
                self.stderr.write(self.style.ERROR(f"{engine.name}: {error}"))
        if failed:
            raise CommandError("An index could not be rebuilt; the one before stays in use.", returncode=1)

    def _rebuild_one(self, engine: Engine) -> None:
        started = time.monotonic()
        count = rebuild(engine, _progress(engine.name, count_all()))
        seconds = time.monotonic() - started
        self.stdout.write(f"{engine.name}: {count} records in {seconds:.1f} s ({count / max(seconds, 0.001):.0f}/s)")

    def _work(self, options: dict[str, Any]) -> None:
        while True:
            if fed := feed_pending():
                self.stdout.write(f"fed {fed} records")
            if options["once"]:
                break
            time.sleep(options["interval"])
        if stuck := PendingChange.objects.count():
            raise CommandError(f"{stuck} records are still pending; see huunghi_index status.", returncode=1)

    def _status(self, options: dict[str, Any]) -> None:
        broken = False
        for engine in configured_engines():
            try:
                self.stdout.write(f"{engine.name}: {engine.count()} records")
            except EngineError as error:
                broken = True
                self.stdout.write(self.style.ERROR(f"{engine.name}: {error}"))
        pending = PendingChange.objects.count()
        self.stdout.write(f"pending: {pending}{' (held by a rebuild)' if feeding_is_held() else ''}")
        for row in PendingChange.objects.exclude(last_error="").order_by("-attempts")[:10]:
            broken = True
            self.stdout.write(f"  {row} tried {row.attempts} times: {row.last_error}")
        if broken:
            raise CommandError("The index needs attention.", returncode=1)


class _Speed(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.speed or 0:.0f}/s")


def _progress(name: str, total: int) -> Callable[[Iterable[Any]], Iterator[Any]]:
    """A bar with records per second and time left on a terminal; nothing elsewhere: the result line says it all."""

    def wrap(documents: Iterable[Any]) -> Iterator[Any]:
        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Speed(), TimeRemainingColumn())
        with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
            yield from bar.track(documents, total=total, description=name)

    return wrap
