"""Writes the public archive: batch by batch, so that memory does not grow with the archive."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Site

from huunghi.conf import content_languages, licence, source_language
from huunghi.importing.references import PAGES
from huunghi.partners.access import ANONYMOUS, readable_pages, readable_sources
from huunghi.partners.models import Partner, PartnerPage
from huunghi.partners.sharing.exports import BYTE_ORDER_MARK
from huunghi.partners.withholding import present

from .files import Folder, WrittenFile, dump_folder, is_free_for_a_dump
from .flat import FILE_COLUMNS, event_columns, event_row, file_rows
from .linked import CONTEXT, linked_event
from .pages import RELATIONS, TEXT_ROWS, line_of_page
from .reach import Reach
from .records import line_of_partner, line_of_record, records_of
from .texts import Record

FILES = {
    "event": "events",
    "exchange": "exchanges",
    "article": "articles",
    "plan": "plans",
    "report": "reports",
    "partner": "partners",
    "publication": "publications",
    "channel": "channels",
    "document": "documents",
    "organisation": "organisations",
    "person": "people",
    "place": "places",
}
TYPES = tuple(FILES.values())
FORMATS = ("jsonl", "csv", "jsonld")
BATCH = 100
FORMAT_VERSION = 1

Progress = Callable[[int, int], None]


class DumpError(Exception):
    """Nothing was written; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class DumpOptions:
    """What to write; empty sets stand for everything."""

    only: frozenset[str] = frozenset()  # names of TYPES
    formats: frozenset[str] = frozenset(FORMATS)
    languages: frozenset[str] = frozenset()
    gzip: bool = False


@dataclass(slots=True)
class Dump:
    """What was written: records by type."""

    counts: dict[str, int] = field(default_factory=dict)


def write_dump(target: Path, options: DumpOptions | None = None, progress: Progress = lambda done, total: None) -> Dump:
    """Write what anybody may read into a new folder, which then takes the place of an older dump.

    `progress` gets (pages done, pages). Raises DumpError before anything is written when `target` holds other files.
    """
    if not is_free_for_a_dump(target):
        raise DumpError(_("“%(name)s” holds other files; name a folder for the dump alone.") % {"name": target})
    options = options or DumpOptions()
    with dump_folder(target, options.gzip) as folder:
        writer = _Writer(folder, options, progress)
        writer.write_pages()
        writer.write_records()
        folder.write_manifest(_facts(options, writer.dump))
    return writer.dump


class _Writer:
    """One dump. Pages come first: they decide which records are public."""

    def __init__(self, folder: Folder, options: DumpOptions, progress: Progress) -> None:
        self.folder = folder
        self.options = options
        self.progress = progress
        self.dump = Dump()
        self.reach = Reach()
        self.root = _root()
        self.done = 0
        self.total = sum(map(len, self.reach.pages.values()))
        self.languages = options.languages or frozenset(content_languages())

    # --- pages

    def write_pages(self) -> None:
        columns = event_columns(self.options.languages)
        with ExitStack() as stack:
            files = self._table(stack, "files.csv", FILE_COLUMNS)
            for kind in PAGES:
                with ExitStack() as inner:
                    lines = self._file(inner, f"{FILES[kind]}.jsonl", "jsonl", kind)
                    is_event = kind == "event"
                    table = self._table(inner, "events.csv", columns) if is_event and self._wants(kind) else None
                    graph = self._graph(inner) if is_event and self._wants(kind) else None
                    for record in self._records(kind):
                        line = line_of_page(kind, record, self.reach)
                        if "texts" not in line:
                            continue  # in none of the wanted languages
                        self._count(kind)
                        _put(lines, line)
                        if table:
                            table(event_row(record, line, columns))
                        if graph:
                            graph(linked_event(record))
                        if files and self._wants(kind):
                            for row in file_rows(kind, record):
                                files(row)

    def _records(self, kind: str) -> Iterator[Record]:
        """The public records of a type by id, in batches that cost the same number of queries."""
        model = PAGES[kind]
        keys = sorted(self.reach.pages[kind])
        for start in range(0, len(keys), BATCH):
            batch = keys[start : start + BATCH]
            # Asked anew: what was hidden meanwhile is left out.
            sources = readable_sources(model, ANONYMOUS).filter(translation_key__in=batch)
            yield from self._batch(kind, sources.order_by("translation_key"))
            self.done += len(batch)
            self.progress(self.done, self.total)

    def _batch(self, kind: str, sources: Any) -> Iterator[Record]:
        sources = list(sources)
        translations = readable_pages(type(sources[0]).objects.all(), ANONYMOUS) if sources else []
        if sources:
            translations = translations.filter(translation_key__in=[page.translation_key for page in sources])
            translations = translations.exclude(pk__in=[page.pk for page in sources]).select_related("locale")
        others: dict[UUID, list[Any]] = defaultdict(list)
        for page in translations:
            others[page.translation_key].append(page)
        prefetch_related_objects(sources, *RELATIONS.get(kind, ()))
        prefetch_related_objects([page for pages in others.values() for page in pages], *TEXT_ROWS.get(kind, ()))
        present([*sources, *(page for pages in others.values() for page in pages)], ANONYMOUS)
        for page in sources:
            found = sorted(others[page.translation_key], key=lambda other: other.locale.language_code)
            pages = {other.locale.language_code: other for other in [page, *found]}
            yield Record(page, pages, self.options.languages, self.root)

    # --- records

    def write_records(self) -> None:
        self._write_partners()
        for kind in ("publication", "channel"):
            self._write_kind(kind)
        self.reach.close()
        for kind in ("document", "organisation", "person", "place"):
            self._write_kind(kind)

    def _write_partners(self) -> None:
        sources = readable_sources(PartnerPage, ANONYMOUS).filter(partner__isnull=False)
        pages = dict(sources.order_by("-pk").values_list("partner", "pk"))
        self.reach.records[Partner] |= set(pages)
        with ExitStack() as stack:
            lines = self._file(stack, "partners.jsonl", "jsonl", "partner")
            for partner in records_of("partner", self.reach).iterator(BATCH):
                page = sources.filter(pk=pages.get(partner.pk)) if partner.pk in pages else ()
                record = next(self._batch("partner-page", page), None)
                if record is not None and not record.wanted:
                    record = None
                self._count("partner")
                _put(lines, line_of_partner(partner, record, self.reach, self.languages))

    def _write_kind(self, kind: str) -> None:
        with ExitStack() as stack:
            lines = self._file(stack, f"{FILES[kind]}.jsonl", "jsonl", kind)
            for record in records_of(kind, self.reach).iterator(BATCH):
                self._count(kind)
                _put(lines, line_of_record(kind, record, self.reach, self.languages))

    # --- files

    def _wants(self, kind: str) -> bool:
        return not self.options.only or FILES[kind] in self.options.only

    def _count(self, kind: str) -> None:
        if self._wants(kind):
            self.dump.counts[FILES[kind]] = self.dump.counts.get(FILES[kind], 0) + 1

    def _file(self, stack: ExitStack, name: str, form: str, kind: str) -> WrittenFile | None:
        """The file, or None when nobody wants it: its records are looked through all the same."""
        wanted = form in self.options.formats and self._wants(kind)
        return stack.enter_context(self.folder.file(name)) if wanted else None

    def _table(self, stack: ExitStack, name: str, columns: Any) -> Callable[[list[str]], None] | None:
        if "csv" not in self.options.formats:
            return None
        file = stack.enter_context(self.folder.file(name))
        # Without the mark Excel takes the letters of Vietnamese and Khmer for others.
        file.stream.write(BYTE_ORDER_MARK)
        rows = csv.writer(file)
        rows.writerow(columns)

        def write(row: list[str]) -> None:
            rows.writerow(row)
            file.records += 1

        return write

    def _graph(self, stack: ExitStack) -> Callable[[dict[str, Any]], None] | None:
        if "jsonld" not in self.options.formats:
            return None
        file = stack.enter_context(self.folder.file("events.jsonld"))
        file.write(f'{{"@context":{json.dumps(CONTEXT)},"@graph":[\n')
        stack.callback(file.write, "]}\n")

        def write(node: dict[str, Any]) -> None:
            file.write(",\n" if file.records else "")
            file.write(json.dumps(node, ensure_ascii=False, separators=(",", ":")))
            file.records += 1

        return write


def _put(file: WrittenFile | None, line: dict[str, Any]) -> None:
    if file is not None:
        file.write_json(line)


def _root() -> str:
    site = Site.objects.filter(is_default_site=True).first()
    return site.root_url if site else ""


def _facts(options: DumpOptions, dump: Dump) -> dict[str, Any]:
    """What a reader of the dump has to know about it."""
    return {
        "format": "huunghi-dump",
        "format_version": FORMAT_VERSION,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "software": {"name": "wagtail-huunghi", "version": _version()},
        "site": _root(),
        "licence": licence(),
        "source_language": source_language(),
        "languages": sorted(options.languages or content_languages()),
        "counts": dict(sorted(dump.counts.items())),
    }


def _version() -> str:
    try:
        return version("wagtail-huunghi")
    except PackageNotFoundError:
        return "unknown"
