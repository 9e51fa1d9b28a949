"""`huunghi_import`: JSON Lines files, workbooks and CSV files into the archive."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import override

from huunghi.conf import source_language
from huunghi.importing import Options, Report, UnreadableFileError, import_files
from huunghi.importing.console import NOTHING_DONE, files_of, progress_bar, summary
from huunghi.importing.spreadsheets import write_template

HELP = """Import events, partners, organisations and the other things of an archive from JSON Lines, XLSX or CSV files.

A spreadsheet has one row an event; --template writes an empty one. A JSON Lines file has one object a line:
  {"source_id": "meeting-1", "type": "event", "kind": "meeting", "start": "2019-05-14", "live": true,
   "unit": "org-1", "texts": {"vi": {"title": "Gặp gỡ hữu nghị"}}}

Each line is imported as a whole or not at all. Importing a file again changes only what the file changed; what a
person edited in between stays, unless --overwrite is given.

Examples:  python manage.py huunghi_import --template archive.xlsx
           python manage.py huunghi_import archive.xlsx --dry-run
           python manage.py huunghi_import events.jsonl
Exit codes:  0 done · 1 done, but some lines have errors · 2 nothing done
"""


class Command(BaseCommand):
    help = HELP

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, **kwargs, formatter_class=argparse.RawDescriptionHelpFormatter)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "paths", nargs="*", metavar="FILE", help="JSON Lines, XLSX or CSV files, or folders that hold them"
        )
        parser.add_argument(
            "--template", metavar="FILE", help="write an empty workbook to fill in, and do nothing else"
        )
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
            if options["template"]:
                self._write_template(Path(options["template"]))
                return
            if not options["paths"]:
                raise CommandError(_("Name a file to import."), returncode=NOTHING_DONE)
            report = self._import(files_of(options["paths"]), options)
            self.stdout.write(summary(report, options["dry_run"]))
        if options["strict"] and report.failed:
            raise CommandError(_("Nothing was written, because some lines have errors."), returncode=NOTHING_DONE)
        if report.failed:
            sys.exit(1)

    def _write_template(self, path: Path) -> None:
        if path.suffix.lower() != ".xlsx":
            raise CommandError(_("The name of a template ends in .xlsx."), returncode=NOTHING_DONE)
        try:
            write_template(path)
        except OSError as error:
            sentence = _("“%(name)s” cannot be written: %(reason)s.") % {"name": path, "reason": error.strerror}
            raise CommandError(sentence, returncode=NOTHING_DONE) from error
        self.stdout.write(_("“%(name)s” was written.") % {"name": path})

    def _import(self, paths: list[Path], options: dict[str, Any]) -> Report:
        names = ("dry_run", "strict", "create_missing", "overwrite", "unit")
        try:
            with progress_bar() as (say, progress):
                return import_files(paths, Options(**{name: options[name] for name in names}), say, progress)
        except UnreadableFileError as error:
            raise CommandError(str(error), returncode=NOTHING_DONE) from error
