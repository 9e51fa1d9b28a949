"""What the commands that import show: the files they read, a progress bar, and the counts at the end."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from .report import Report

NOTHING_DONE = 2
SPREADSHEETS = (".xlsx", ".csv")


def files_of(names: list[str]) -> list[Path]:
    """The files named, and those of the folders named: JSON Lines, or where there are none, spreadsheets.

    Raises CommandError when one does not exist.
    """
    paths: list[Path] = []
    for name in names:
        path = Path(name)
        if path.is_dir():
            paths.extend(sorted(path.glob("*.jsonl")) or sorted(p for p in path.iterdir() if p.suffix in SPREADSHEETS))
        elif path.is_file():
            paths.append(path)
        else:
            raise CommandError(_("There is no file “%(name)s”.") % {"name": name}, returncode=NOTHING_DONE)
    return paths


def summary(report: Report, dry_run: bool) -> str:
    counts = {name: report.counts[name] for name in ("created", "changed", "unchanged", "failed")}
    text = _("%(created)d created, %(changed)d changed, %(unchanged)d unchanged, %(failed)d with errors.") % counts
    return " ".join([text, _("Nothing was written: this was a dry run.")]) if dry_run else text


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
