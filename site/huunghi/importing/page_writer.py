"""Writes the page of a line in all its languages: the source page first, then its translations."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from wagtail.models import Page

from huunghi.partners.models import ArchivePage
from huunghi.partners.models.pages import ascii_slug
from huunghi.partners.translations import set_facts
from huunghi.site_setup import section_for

from .context import Line
from .errors import LineError, line_error
from .fingerprints import FieldWriter, canonical, put_column, put_columns
from .pages import PageContent
from .rows import Row, build, canonical_rows, matched


@dataclass(slots=True)
class PageWriter:
    """One line's page. `writer` holds its fingerprints; `live` is None when the line does not say."""

    line: Line
    model: type[ArchivePage]
    content: PageContent
    writer: FieldWriter
    live: bool | None

    def write(self, source: ArchivePage | None) -> ArchivePage:
        """Write what differs and publish it; returns the source page. Raises LineError."""
        if source is None:
            language = next(iter(self.content.texts))
            source, changed = self._new_source(language), True
        else:
            # Also when nothing will change: the import would remember the page as one that it may write.
            self._require_rights(source, publish=False)
            language = source.locale.language_code
            source = draft_of(source)
            changed = self._write_source(source, language)
        if changed:
            self._save(source, language)
        for other, texts in self.content.texts.items():
            if other != language:
                self._write_translation(source, other, texts, changed)
        return source

    # --- the source page

    def _new_source(self, language: str) -> ArchivePage:
        page = self._add_page(language, permanent_key(self.line.source_id))
        self._write_source(page, language)
        return page

    def _add_page(self, language: str, translation_key: uuid.UUID, slug: str = "") -> ArchivePage:
        """A bare draft in its place in the tree; columns and rows come with its first revision, so only once."""
        unit = self.content.columns.get("unit")
        try:
            parent = section_for(self.model, unit, language)
        except LookupError as error:
            raise LineError.of(f"texts.{language}", str(error)) from error
        page = self.model(
            title=self.content.texts[language]["title"],
            unit=unit,
            locale=self.line.languages.locales[language],
            translation_key=translation_key,
            live=False,
        )
        page.slug = free_slug(parent, slug or ascii_slug(page.title) or self.model._meta.model_name)
        try:
            parent.add_child(instance=page)
        except ValidationError as error:
            raise line_error(error) from error
        return page

    def _write_source(self, page: ArchivePage, language: str) -> bool:
        changed = put_columns(self.writer, page, self.content.columns)
        changed |= self._write_texts(page, language, self.content.texts.get(language, {}))
        for name, rows in self.content.rows.items():
            changed |= self._write_rows(page, name, rows, language)
        return changed | self._wants_other_state(page, language)

    def _write_texts(self, page: ArchivePage, language: str, texts: dict[str, Any]) -> bool:
        changed = False
        for column, text in texts.items():
            # A StreamField compares as blocks, not as the JSON they came from.
            value = page._meta.get_field(column).to_python(text)
            changed |= put_text(self.writer, page, column, value, f"{language}:")
        return changed

    def _write_rows(self, page: ArchivePage, name: str, rows: list[Row], language: str) -> bool:
        row_model = row_model_of(page, name)
        wanted = [
            build(row_model, {**row.facts, **_source_texts(row, language)}, f"{name}[{number}]", locale=page.locale)
            for number, row in enumerate(rows, 1)
        ]
        existing = [] if self.writer.is_new else list(getattr(page, name).all())
        return self.writer.put(
            name,
            canonical_rows(existing),
            canonical_rows(wanted),
            lambda: setattr(page, name, in_order(matched(existing, wanted))),
        )

    # --- its translations

    def _write_translation(
        self, source: ArchivePage, language: str, texts: dict[str, Any], source_changed: bool
    ) -> None:
        locale = self.line.languages.locales[language]
        existing = self.model.objects.filter(translation_key=source.translation_key, locale=locale).first()
        is_new = self.writer.is_new
        self.writer.is_new = existing is None
        try:
            page = draft_of(existing) if existing else self._add_page(language, source.translation_key, source.slug)
            # A source that is only a draft has not been copied by publishing it.
            copied = existing is None or (source_changed and not source.live)
            if copied:
                set_facts(source, page, is_new=existing is None)
            changed = self._write_texts(page, language, texts)
            for name, rows in self.content.rows.items():
                changed |= self._write_row_texts(source, page, name, rows, language)
            if changed | self._wants_other_state(page, language) | copied:
                self._save(page, language)
        finally:
            self.writer.is_new = is_new

    def _write_row_texts(
        self, source: ArchivePage, page: ArchivePage, name: str, rows: list[Row], language: str
    ) -> bool:
        """The translated texts of rows, which are paired with the source's rows by their order."""
        if not any(language in row.texts for row in rows):
            return False
        existing, sources = list(getattr(page, name).all()), list(getattr(source, name).all())
        if not len(existing) == len(sources) == len(rows):
            return False  # a person added or removed rows: these stay, as the source page's do
        changed = False
        for row, source_row, target in zip(rows, sources, existing, strict=True):
            for column, text in row.texts.get(language, {}).items():
                changed |= self._write_row_text(target, column, text, getattr(source_row, column), f"{language}:{name}")
        if changed:
            setattr(page, name, existing)
        return changed

    def _write_row_text(self, row: Any, column: str, text: str, untranslated: str, prefix: str) -> bool:
        # The key is the row's own, so that rows may be added or moved without looking like a person's work.
        name = f"{prefix}:{row.translation_key.hex[:8]}.{column}"
        return self.writer.put(
            name, getattr(row, column), text, lambda: setattr(row, column, text), default=untranslated
        )

    # --- saving

    def _wants_other_state(self, page: ArchivePage, language: str) -> bool:
        """Whether a page has to be published or taken back; a state that a person chose since stays."""
        if self.live is None:
            return False
        return self.writer.put(f"{language}:live", page.live, self.live, lambda: None, default=False)

    def _save(self, page: ArchivePage, language: str) -> None:
        # A person's unpublished draft is not published by an import that only brought a change of another field.
        held_back = page.live and page.has_unpublished_changes
        try:
            wanted = page.live if self.live is None else self.live
            self._require_rights(page, publish=wanted or page.live)
            if wanted and not held_back and f"{language}:live" not in self.writer.kept:
                publish_in_hand(page)
            elif self.live is False and page.live and f"{language}:live" in self.writer.changed:
                page.save_revision(clean=False)
                page.unpublish()
            else:
                self._save_draft(page)
        except ValidationError as error:
            raise line_error(error) from error
        page.refresh_from_db(fields=["live", "has_unpublished_changes", "latest_revision"])

    def _require_rights(self, page: ArchivePage, publish: bool) -> None:
        if self.line.options.rights is not None:
            self.line.options.rights.require_page(page, publish)

    def _save_draft(self, page: ArchivePage) -> None:
        """A draft may lack what is needed to publish, but not contradict itself."""
        missing = [f.name for f in page._meta.fields if f.null and not f.blank and getattr(page, f.attname) is None]
        page.full_clean(exclude=missing)
        if not page.live:
            page.save(clean=False)
        page.save_revision(clean=False)


def publish_in_hand(page: ArchivePage) -> None:
    """Make a revision and publish it; nobody else has changed the page since it was read.

    Wagtail would make the page anew of the revision and look for every record that it refers to, row by row.
    """
    revision = page.save_revision(clean=False)
    revision.as_object = lambda: page  # type: ignore[method-assign]
    shared = {name: list(getattr(page, name).all()) for name in shared_lists(page)}
    page.publish(revision)
    for name, written in shared.items():  # its translations are made of them; they need not be read again
        setattr(page, name, written)


def permanent_key(source_id: str) -> uuid.UUID:
    """The key of a page that comes from another archive's dump, so that it keeps its id; else a new one."""
    try:
        key = uuid.UUID(source_id)
    except ValueError:
        return uuid.uuid4()
    is_free = str(key) == source_id and not Page.objects.filter(translation_key=key).exists()
    return key if is_free else uuid.uuid4()


def free_slug(parent: Page, slug: str) -> str:
    """The slug, with a number behind it when a page beside it has it already."""
    taken = set(parent.get_children().filter(slug__startswith=slug).values_list("slug", flat=True))
    candidates = (slug, *(f"{slug}-{number}" for number in range(2, len(taken) + 3)))
    return next(candidate for candidate in candidates if candidate not in taken)


def draft_of(page: ArchivePage) -> ArchivePage:
    """The page as its editors see it: with changes that are not published yet."""
    return page.get_latest_revision_as_object() if page.has_unpublished_changes else page


def put_text(writer: FieldWriter, page: ArchivePage, column: str, value: Any, prefix: str) -> bool:
    if isinstance(value, str):
        return put_column(writer, page, column, value, prefix)
    return writer.put(
        prefix + column, canonical(getattr(page, column)), canonical(value), lambda: setattr(page, column, value)
    )


def shared_lists(page: ArchivePage) -> list[str]:
    """The rows, and the fields with several records, that are the same in every language."""
    names = (*page.shared_rows, *page.shared_fields)
    return [name for name in names if (field := page._meta.get_field(name)).one_to_many or field.many_to_many]


def row_model_of(page: ArchivePage, name: str) -> type[models.Model]:
    return page._meta.get_field(name).related_model


def _source_texts(row: Row, language: str) -> dict[str, str]:
    """The texts of a row in the source language; a text that is only there in another language is better than none."""
    texts: dict[str, str] = {}
    for given in (row.texts.get(language, {}), *row.texts.values()):
        for column, text in given.items():
            texts.setdefault(column, text)
    return texts


def in_order(rows: list[Any]) -> list[Any]:
    for position, row in enumerate(rows):
        row.sort_order = position
    return rows
