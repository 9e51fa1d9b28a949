"""One import: looks through the files, orders the lines, writes each in its own transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _
from wagtail.signal_handlers import disable_reference_index_auto_update

from huunghi.admin_search.updating import indexed_once
from huunghi.search.feeding import deferred_feeding
from huunghi.site_setup import set_up

from .context import Line, Options
from .errors import LineError, Problem, UnreadableFileError, line_error
from .languages import Languages
from .photos import StoredFiles
from .reader import RawLine, parse, read_line_at, read_lines
from .references import Entry, LineIndex, OutOfOrderError, References
from .report import Report
from .sources import Source, sources_of
from .validation import validate
from .writing import LineWriter

# Each type after those it usually refers to; what still points forward is imported when it is needed.
ORDER = (
    "place",
    "organisation",
    "person",
    "document",
    "partner",
    "publication",
    "channel",
    "exchange",
    "plan",
    "event",
    "article",
    "report",
)
ALIAS_FIELDS = {"partner": "code", "place": "key", "organisation": "key", "person": "key", "document": "key"}

Progress = Callable[[int, int], None]


class NotKeptError(Exception):
    """Ends the transaction around a whole import whose result is not kept."""


def import_files(
    paths: Iterable[Path], options: Options, say: Callable[[str], None], progress: Progress = lambda done, total: None
) -> Report:
    """Import JSON Lines files, workbooks and CSV files.

    Sentences go to `say` as they arise, `(lines done, lines)` to `progress`. Raises UnreadableFileError, before
    anything is written, when a file cannot be read or none has a readable line.
    """
    report = Report(say)
    with sources_of(paths) as sources:
        run = ImportRun(sources, options, report, progress)
        run.look_through()
        if not report.readable:
            raise UnreadableFileError(_("There is no readable line; nothing was imported."))
        if options.most_lines is not None and len(run.index.entries) > options.most_lines:
            sentence = _("There are more than %(most)d rows; import them with the command huunghi_import.")
            raise UnreadableFileError(sentence % {"most": options.most_lines})
        # Feeding waits for the end of the transaction: nothing that is rolled back reaches the search index.
        with deferred_feeding(), run.whole():
            set_up()
            run.write_all()
    return report


class ImportRun:
    """The state of one import. Only positions, source_ids and records are held, never the lines."""

    def __init__(self, sources: list[Source], options: Options, report: Report, progress: Progress) -> None:
        self.sources = sources
        self.options = options
        self.report = report
        self.progress = progress
        self.index = LineIndex()
        self.references = References(self.index, options.create_missing)
        self.stored = StoredFiles()
        self.languages: Languages

    # --- first reading: positions and shape

    def look_through(self) -> None:
        """Find every line that can be imported, and report the others."""
        for file, source in enumerate(self.sources):
            for raw in read_lines(source.lines):
                try:
                    data = self._read(source, raw)
                    self._enter(data, Entry(file, raw.offset, raw.number, data["type"]))
                except LineError as error:
                    self.report.error(source, raw.number, error.problems)
            for where, sentence in source.loose_ends():
                self.report.loose_end(where, sentence)

    def _read(self, source: Source, raw: RawLine) -> dict[str, Any]:
        if raw.data is None:
            raise LineError.of("", _("The line is longer than 5 MB."))
        data = parse(raw.data)
        self.report.readable += 1
        problems = source.problems(raw.number)
        try:
            validate(data)
        except LineError as error:
            told = {problem.field.split(".")[0] for problem in problems}
            problems = [*problems, *(problem for problem in error.problems if problem.field not in told)]
        if problems:
            raise LineError(problems)
        return data

    def _enter(self, data: dict[str, Any], entry: Entry) -> None:
        source_id = data["source_id"]
        if first := self.index.entries.get(source_id):
            where = self.sources[first.file].where(first.number)
            raise LineError.of(
                "source_id", _("“%(name)s” was used before, in %(where)s.") % {"name": source_id, "where": where}
            )
        self.index.entries[source_id] = entry
        if alias := data.get(ALIAS_FIELDS.get(entry.type, "")):
            self.index.aliases.setdefault((entry.type, alias), source_id)

    # --- second reading: writing

    @contextmanager
    def whole(self) -> Iterator[None]:
        """One transaction around everything when the result is not, or may not be, kept."""
        keep_only_if_clean = self.options.strict or self.options.dry_run
        try:
            with transaction.atomic() if keep_only_if_clean else nullcontext():
                yield
                if self.options.dry_run or (self.options.strict and self.report.failed):
                    raise NotKeptError
        except NotKeptError:
            self.stored.remove_since(0)
        except BaseException:
            if keep_only_if_clean:
                self.stored.remove_since(0)
            raise

    def write_all(self) -> None:
        self.languages = Languages(self.options.create_missing)
        # Wagtail would index the references of a page anew for each of its rows; LineWriter does it once per page.
        with disable_reference_index_auto_update():
            self._write_in_order()

    def _write_in_order(self) -> None:
        waiting = sorted(self.index.entries, key=lambda name: ORDER.index(self.index.entries[name].type))
        for source_id in waiting:
            self._write_after_what_it_needs(source_id)
        for source_id in sorted(self.index.unfinished & self.index.done):
            self._write(source_id, again=True)

    def _write_after_what_it_needs(self, source_id: str) -> None:
        stack = self.index.in_progress = [source_id]
        while stack:
            try:
                if not self._is_over(stack[-1]):
                    self._write(stack[-1])
            except OutOfOrderError as needed:
                stack.append(needed.source_id)
            else:
                stack.pop()

    def _is_over(self, source_id: str) -> bool:
        return source_id in self.index.done or source_id in self.index.failed

    def _write(self, source_id: str, again: bool = False) -> None:
        """Write one line, all of it or nothing; `again` only adds the links that closed a circle."""
        entry = self.index.entries[source_id]
        source = self.sources[entry.file]
        try:
            outcome, notes, title = self._write_in_transaction(source, entry)
        except LineError as error:
            self.index.failed.add(source_id)
            self.report.error(source, entry.number, error.problems)
        else:
            if not again:
                self.report.made(entry.type, outcome, title)
            for note in notes:
                self.report.note(source, entry.number, note)
            self.index.done.add(source_id)
        self.progress(len(self.index.done) + len(self.index.failed), len(self.index.entries))

    def _write_in_transaction(self, source: Source, entry: Entry) -> tuple[str, list[Problem], str]:
        files, locales = len(self.stored), dict(self.languages.locales)
        self.references.begin_line()
        try:
            with transaction.atomic(), _database_errors(), indexed_once():
                data = parse(read_line_at(source.lines, entry.offset))
                line = Line(source.path, entry.number, data, self.references, self.languages, self.options)
                writer = LineWriter(line, self.stored)
                return writer.write(), writer.notes, title_of(data)
        except BaseException:
            self.references.forget_line()
            self.languages.forget(locales)
            self.stored.remove_since(files)
            raise


@contextmanager
def _database_errors() -> Iterator[None]:
    """What the database or a model refuses is the line's mistake, not the end of the import."""
    try:
        yield
    except ValidationError as error:
        raise line_error(error) from error
    except (DatabaseError, OverflowError) as error:
        raise LineError.of("", _("The database refused it: %(reason)s") % {"reason": error}) from error


def title_of(data: dict[str, Any]) -> str:
    """What a person knows a line by: a title or name in it, else its source_id."""
    texts = [text.get("title", "") for text in data.get("texts", {}).values()]
    names = data.get("names", {})
    names = [row["text"] for row in names] if isinstance(names, list) else list(names.values())
    return next(filter(None, [*texts, *names]), data["source_id"])
