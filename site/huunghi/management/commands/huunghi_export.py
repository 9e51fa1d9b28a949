"""`huunghi_export`: what anybody may read, as files for others to use."""

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

from huunghi.conf import content_languages, source_language
from huunghi.exporting import FORMATS, TYPES, DumpError, DumpOptions, write_dump

HELP = """Write the public archive into a folder: JSON Lines that huunghi_import reads, CSV and JSON-LD.

The dump holds what an anonymous reader may read now, and nothing else. The folder is replaced as a whole when the dump
is complete; until then an older dump stays as it is.

Example:  python manage.py huunghi_export /srv/open-data/archive --gzip
Exit codes:  0 done · 2 nothing done
"""


class Command(BaseCommand):
    help = HELP

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, **kwargs, formatter_class=argparse.RawDescriptionHelpFormatter)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="DIR", help="folder of the dump; made, or replaced if it holds one")
        parser.add_argument("--only", default="", metavar="TYPES", help=f"some of {', '.join(TYPES)}")
        parser.add_argument("--formats", default="", metavar="FORMATS", help=f"some of {', '.join(FORMATS)}")
        parser.add_argument("--languages", default="", metavar="CODES", help="texts in these languages: vi,km")
        parser.add_argument("--gzip", action="store_true", help="pack every file but the manifest")
        parser.add_argument("--language", default=source_language(), help="language of the messages (vi)")

    def handle(self, *args: Any, **options: Any) -> None:
        with override(options["language"]):
            chosen = DumpOptions(
                only=_chosen(options["only"], TYPES),
                formats=_chosen(options["formats"], FORMATS) or frozenset(FORMATS),
                languages=_chosen(options["languages"], content_languages()),
                gzip=options["gzip"],
            )
            try:
                with _progress_bar() as progress:
                    dump = write_dump(Path(options["folder"]), chosen, progress)
            except DumpError as error:
                raise CommandError(str(error), returncode=2) from error
            except OSError as error:
                sentence = _("The dump cannot be written: %(reason)s.") % {"reason": error}
                raise CommandError(sentence, returncode=2) from error
            counts = ", ".join(f"{name} {number}" for name, number in sorted(dump.counts.items()))
            self.stdout.write(_("Written: %(counts)s.") % {"counts": counts or "0"})


def _chosen(text: str, known: Any) -> frozenset[str]:
    """The words of a list; raises CommandError for one that is not known."""
    words = frozenset(filter(None, (word.strip() for word in text.split(","))))
    for word in sorted(words - set(known)):
        sentence = _("“%(value)s” is not known. Known: %(names)s.") % {"value": word, "names": ", ".join(known)}
        raise CommandError(sentence, returncode=2)
    return words


@contextmanager
def _progress_bar() -> Iterator[Any]:
    console = Console(file=sys.stderr)
    if not console.is_terminal:
        yield lambda done, total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(_("Exporting"), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
