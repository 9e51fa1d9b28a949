"""Writes one validated line: its record, its partnerships, its page, and what the import remembers of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from modelcluster.models import get_all_child_relations
from wagtail.models import ReferenceIndex

from huunghi.models import ImportedItem
from huunghi.partners.models import ArchivePage, EditorialUnit, Organisation, PartnerPage

from .context import Line
from .errors import LineError, Problem, line_error
from .fingerprints import FieldWriter, put_columns
from .matching import event_written_by_hand
from .page_writer import PageWriter
from .pages import content_of_page
from .photos import StoredFiles
from .records import RecordContent, content_of_record, read_partnerships
from .references import PAGES, RECORDS, make_unit, source_page
from .report import CHANGED, CREATED, UNCHANGED
from .rows import canonical_rows, matched

UNIT_TO_BE_NAMED = "unit-to-be-named"


class LineWriter:
    """Writes everything that one line says. Raises LineError or OutOfOrderError; the caller rolls back."""

    def __init__(self, line: Line, stored: StoredFiles) -> None:
        self.line = line
        self.stored = stored
        self.notes: list[Problem] = []
        self._outcomes: list[str] = []

    def write(self) -> str:
        """ "created", "changed" or "unchanged"."""
        kind = self.line.data["type"]
        if kind in PAGES:
            self._write_page(PAGES[kind], kind, self.line.source_id)
            return self._outcomes[0]
        record = self._write_record(kind, self.line.source_id, content_of_record(self.line))
        for content in read_partnerships(self.line, record) if record else ():
            self._write_record("partnership", f"{self.line.source_id}#{content.key}"[:200], content)
        if kind == "partner" and record and "texts" in self.line:
            self._write_page(PartnerPage, "partner-page", f"{self.line.source_id}#page"[:200])
        first, *rest = self._outcomes
        return CHANGED if first == UNCHANGED and any(outcome != UNCHANGED for outcome in rest) else first

    # --- records

    def _write_record(self, kind: str, source_id: str, content: RecordContent) -> Any | None:
        model, key_column = RECORDS[kind]
        item = self._item(kind, source_id)
        if item is not None and item.object_key != content.key and kind != "partnership":
            raise LineError.of(
                key_column, _("The key was “%(key)s” before; it never changes.") % {"key": item.object_key}
            )
        record = model.objects.filter(**{key_column: content.key}).first()
        if item is None:
            self._require_unclaimed(kind, content.key, key_column)
        elif record is None and not self.line.options.overwrite:
            return self._leave_deleted()
        writer = self._writer(item, is_new=record is None)
        record = record or model(**{key_column: content.key})
        if self._fill(record, content, writer):
            self.line.require_record(record, writer.is_new)
            _save_record(record, writer)
            _index_references([record])
        self._remember(item, kind, source_id, content.key, writer)
        return record

    def _fill(self, record: Any, content: RecordContent, writer: FieldWriter) -> bool:
        changed = put_columns(writer, record, content.columns)
        for name, wanted in content.rows.items():
            existing = [] if writer.is_new else list(getattr(record, name).all())
            changed |= _put_rows(writer, record, name, existing, wanted)
        return changed or writer.is_new

    def _require_unclaimed(self, kind: str, key: str, column: str) -> None:
        other = ImportedItem.objects.filter(type=kind, object_key=key).first()
        if other is not None:
            sentence = _("“%(key)s” is already known under the source_id “%(other)s”.")
            raise LineError.of(column, sentence % {"key": key, "other": other.source_id})

    # --- pages

    def _write_page(self, model: type[ArchivePage], kind: str, source_id: str) -> None:
        line = self.line
        item = self._item(kind, source_id)
        source = source_page(model, item.object_key) if item else None
        if item is not None and source is None and not line.options.overwrite:
            self._leave_deleted()
            return
        # The texts decide the language of the plain strings in rows.
        line.language = (
            source.locale.language_code if source else next(iter(line.languages.texts(line.data["texts"], "texts")))
        )
        content = content_of_page(line, self._unit(is_new=source is None), self.stored)
        if item is None:
            source = self._written_by_hand(model, content)
        writer = self._writer(item, is_new=source is None)
        page = PageWriter(line, model, content, writer, line.data.get("live", False if source is None else None)).write(
            source
        )
        if writer.changed:
            rows = [relation.get_accessor_name() for relation in get_all_child_relations(model)]
            pages = model.objects.filter(translation_key=page.translation_key)
            _index_references(pages.prefetch_related(*rows))
        self._remember(item, kind, source_id, str(page.translation_key), writer)

    def _written_by_hand(self, model: type[ArchivePage], content: Any) -> ArchivePage | None:
        """A page that says the same and that no import made."""
        if model is PartnerPage:
            page = PartnerPage.objects.filter(partner=content.columns["partner"]).order_by("pk").first()
            return source_page(PartnerPage, page.translation_key) if page else None
        if (page := page_with_id(model, self.line.source_id)) is not None:
            return page
        return event_written_by_hand(content, self.line.language) if model is PAGES["event"] else None

    def _unit(self, is_new: bool) -> Organisation | None:
        """Who owns the page: the line's unit; for a new page without one that of the command, else the only one."""
        if "unit" in self.line:
            return self.line.one("organisation", "unit")
        if not is_new:
            return None
        options = self.line.options
        if options.unit:
            return self.line.references.get("organisation", options.unit, "unit")
        units = EditorialUnit.objects.select_related("organisation")[:2]
        if len(units) == 1:
            return units[0].organisation
        if options.create_missing:
            return Organisation.objects.filter(key=UNIT_TO_BE_NAMED).first() or make_unit(UNIT_TO_BE_NAMED)
        if self.line.data.get("live"):
            raise LineError.of("unit", _("A page needs a unit to be published; name it here or with --unit."))
        return None

    # --- what is remembered

    def _item(self, kind: str, source_id: str) -> ImportedItem | None:
        item = ImportedItem.objects.filter(source_id=source_id).first()
        if item is not None and item.type != kind:
            sentence = _("“%(name)s” was imported as “%(type)s” before; a source_id keeps its type.")
            raise LineError.of("type", sentence % {"name": source_id, "type": item.type})
        return item

    def _writer(self, item: ImportedItem | None, is_new: bool) -> FieldWriter:
        return FieldWriter(dict(item.fingerprints) if item else {}, self.line.options.overwrite, is_new)

    def _leave_deleted(self) -> None:
        self.notes.append(Problem("source_id", _("It was deleted since the last import and stays so.")))
        self._outcomes.append(UNCHANGED)

    def _remember(
        self, item: ImportedItem | None, kind: str, source_id: str, object_key: str, writer: FieldWriter
    ) -> None:
        for name in writer.kept:
            if name in writer.stored:
                self.notes.append(Problem(name, _("It was changed by a person and stays.")))
            elif item is None:
                self.notes.append(Problem(name, _("It was there before the first import and stays.")))
        created = writer.is_new
        self._outcomes.append(CREATED if created else CHANGED if writer.changed else UNCHANGED)
        if item is None:
            ImportedItem.objects.create(
                source_id=source_id, type=kind, object_key=object_key, fingerprints=writer.stored
            )
        elif item.fingerprints != writer.stored or item.object_key != object_key:
            item.fingerprints, item.object_key = writer.stored, object_key
            item.save()


def page_with_id(model: type[ArchivePage], source_id: str) -> ArchivePage | None:
    """The page that a dump of this archive calls by its id."""
    try:
        key = uuid.UUID(source_id)
    except ValueError:
        return None
    return source_page(model, str(key)) if str(key) == source_id else None


def _index_references(objects: Iterable[models.Model]) -> None:
    """What Wagtail shows as "used in", which is not kept up to date by itself during an import."""
    for item in objects:
        if ReferenceIndex.is_indexed(type(item)):
            ReferenceIndex.create_or_update_for_object(item)


def _save_record(record: models.Model, writer: FieldWriter) -> None:
    try:
        record.full_clean()
    except ValidationError as error:
        raise line_error(error) from error
    record.save()
    for finish in writer.after_save:
        finish()


def _put_rows(writer: FieldWriter, record: Any, name: str, existing: list[Any], wanted: list[Any]) -> bool:
    def assign() -> None:
        rows = matched(existing, wanted)
        for position, row in enumerate(rows):
            row.sort_order = position
        setattr(record, name, rows)

    return writer.put(name, canonical_rows(existing), canonical_rows(wanted), assign)
