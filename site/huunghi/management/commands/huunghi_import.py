"""`huunghi_import`: JSON Lines files into the archive."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import override
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from huunghi.conf import source_language
from huunghi.importing import Options, Report, UnreadableFileError, import_files

NOTHING_DONE = 2

HELP = """Import events, partners, organisations and the other things of an archive from JSON Lines files.

A file has one object a line, for example:
  {"source_id": "meeting-1", "type": "event", "kind": "meeting", "start": "2019-05-14", "live": true,
   "unit": "org-1", "texts": {"vi": {"title": "Gặp gỡ hữu nghị"}}}

Each line is imported as a whole or not at all. Importing a file again changes only what the file changed; what a
person edited in between stays, unless --overwrite is given.

Example:  python manage.py huunghi_import events.jsonl --dry-run
Exit codes:  0 done · 1 done, but some lines have errors · 2 nothing done
"""


class Command(BaseCommand):
    help = HELP

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, **kwargs, formatter_class=argparse.RawDescriptionHelpFormatter)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="FILE", help="JSON Lines files, or folders that hold them")
        parser.add_argument("--dry-run", action="store_true", help="check everything, write nothing")
        parser.add_argument("--strict", action="store_true", help="write nothing at all if a line has an error")
        parser.add_argument(
            "--create-missing", action="store_true", help="make unknown kinds, units, places, partners and languages"
        )
        parser.add_argument("--overwrite", action="store_true", help="replace also what a person edited")
        parser.add_argument("--unit", default="", metavar="KEY", help="organisation that owns the pages that name none")
        parser.add_argument("--language", default=source_language(), help="language of the messages (vi)")

    def handle(self, *args: Any, **options: Any) -> None:
        with override(options["language"]):
            report = self._import(files_of(options["paths"]), options)
            self.stdout.write(summary(report, options["dry_run"]))
        if options["strict"] and report.failed:
            raise CommandError(_("Nothing was written, because some lines have errors."), returncode=NOTHING_DONE)
        if report.failed:
            sys.exit(1)

    def _import(self, paths: list[Path], options: dict[str, Any]) -> Report:
        names = ("dry_run", "strict", "create_missing", "overwrite", "unit")
        try:
            with progress_bar() as (say, progress):
                return import_files(paths, Options(**{name: options[name] for name in names}), say, progress)
        except UnreadableFileError as error:
            raise CommandError(str(error), returncode=NOTHING_DONE) from error


def files_of(names: list[str]) -> list[Path]:
    """The files named, and those ending in .jsonl of the folders named. Raises CommandError when one does not exist."""
    paths: list[Path] = []
    for name in names:
        path = Path(name)
        if path.is_dir():
            paths.extend(sorted(path.glob("*.jsonl")))
        elif path.is_file():
            paths.append(path)
        else:
            raise CommandError(_("There is no file “%(name)s”.") % {"name": name}, returncode=NOTHING_DONE)
    return paths


def summary(report: Report, dry_run: bool) -> str:
    counts = {name: report.counts[name] for name in ("created", "changed", "unchanged", "failed")}
    text = _("%(created)d created, %(changed)d changed, %(unchanged)d unchanged, %(failed)d with errors.") % counts
    return f"{text} {_('Nothing was written: this was a dry run.')}" if dry_run else text


@contextmanager
def progress_bar() -> Iterator[tuple[Any, Any]]:
    """`(say, progress)`: a bar with sentences above it on a terminal, plain lines otherwise."""
    console = Console(stderr=True, highlight=False, markup=False)
    if not console.is_terminal:
        yield (lambda sentence: print(sentence, file=sys.stderr)), (lambda done, total: None)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(_("Importing"), total=None)
        yield (
            lambda sentence: bar.console.print(sentence, soft_wrap=True),
            lambda done, total: bar.update(task, completed=done, total=total),
        )
