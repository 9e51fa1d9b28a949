"""Copies the facts of a source page to its translations, and notes there that its texts changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils import timezone
from modelcluster.fields import ParentalManyToManyField
from wagtail.fields import StreamField

ROW_BOOKKEEPING = {"id", "locale", "translation_key"}
PAGE_BOOKKEEPING = {"machine_translated", "source_changed_at"}


def copy_facts_to_translations(source: Any) -> None:
    """Bring every translation of a published source page up to its facts: the live text and a newer draft, if any.

    Call it inside the transaction that saves the source. A translation that has the facts already is left alone.
    """
    for translation in source.get_translations().specific():
        draft = translation.get_latest_revision_as_object() if translation.has_unpublished_changes else None
        live_changed = copy_facts(source, translation)
        if live_changed:
            translation.save(clean=False)
        if draft is not None:
            if copy_facts(source, draft):
                draft.save_revision(clean=False)
        elif live_changed:
            revision = translation.save_revision(clean=False)
            if translation.live:
                # Its text did not change, only its facts did: this revision is the one that is live.
                type(translation).objects.filter(pk=translation.pk).update(
                    live_revision=revision, has_unpublished_changes=False
                )


def copy_facts(source: Any, translation: Any) -> bool:
    """Set the fact columns and rows of one translation in memory; its own texts stay. Returns whether any changed."""
    before = translation.serializable_data()
    set_facts(source, translation)
    return _comparable(before) != _comparable(translation.serializable_data())


def set_facts(source: Any, translation: Any, is_new: bool = False) -> None:
    """Like `copy_facts`, for callers that save it in any case. `is_new`: it has no rows yet."""
    for name in source.shared_fields:
        field = source._meta.get_field(name)
        if isinstance(field, ParentalManyToManyField | models.ManyToManyField):
            setattr(translation, name, list(getattr(source, name).all()))
        else:
            setattr(translation, field.attname, getattr(source, field.attname))
    for name in source.shared_rows:
        existing = [] if is_new else getattr(translation, name).all()
        setattr(translation, name, _paired_rows(source, translation, name, existing))


def _comparable(data: dict[str, Any]) -> dict[str, Any]:
    """Row positions are numbered anew on every save and say nothing beyond the order of the list itself."""
    return {
        name: [{**row, "sort_order": None} for row in value]
        if isinstance(value, list) and value and isinstance(value[0], dict)
        else value
        for name, value in data.items()
    }


def _paired_rows(source: Any, translation: Any, name: str, own: Iterable[Any]) -> list[Any]:
    """The translation's rows: one for each source row, in its order, with the texts that were translated already."""
    existing = {row.translation_key: row for row in own}
    rows = []
    for source_row in getattr(source, name).all():
        row = existing.get(source_row.translation_key)
        if row is None:
            row = type(source_row)(translation_key=source_row.translation_key, locale=translation.locale)
            _copy_columns(source_row, row, source_row.text_fields)
        _copy_columns(source_row, row, fact_columns(source_row))
        rows.append(row)
    return rows


def fact_columns(row: Any) -> list[str]:
    """Names of the columns that are the same in all languages."""
    parent_link = next(f.name for f in row._meta.fields if type(f).__name__ == "ParentalKey")
    skipped = {*ROW_BOOKKEEPING, parent_link, *row.text_fields}
    return [field.name for field in row._meta.fields if field.name not in skipped]


def _copy_columns(source_row: Any, row: Any, names: Any) -> None:
    for name in names:
        attname = row._meta.get_field(name).attname
        setattr(row, attname, getattr(source_row, attname))


def texts_change(page: Any) -> bool:
    """Whether a source page is about to be published with other texts than its translations were made from.

    Asked before it is saved. One query for a page without published translations.
    """
    if not page.pk or not page.get_translations().filter(last_published_at__isnull=False).exists():
        return False
    before = type(page).objects.filter(pk=page.pk, live=True).first()
    return before is not None and texts_of(before) != texts_of(page)


def note_changed_texts(source: Any) -> None:
    """Tell every translation that its source says something else from now on."""
    # Not through save(): nothing of the translation itself changes, and there is nothing to revise.
    translations = type(source).objects.filter(translation_key=source.translation_key).exclude(pk=source.pk)
    translations.update(source_changed_at=timezone.now())


def texts_of(page: Any) -> dict[str, Any]:
    """All that a translator writes anew: text columns of the page, and those of its rows by their keys."""
    texts = {name: _text_of(page, name) for name in text_columns(type(page))}
    for name in page.shared_rows:
        columns = type(page)._meta.get_field(name).related_model.text_fields
        if columns:
            rows = getattr(page, name).all()
            texts[name] = {row.translation_key: [getattr(row, column) for column in columns] for row in rows}
    return texts


def text_columns(model: type[Any]) -> list[str]:
    """Names of the columns of a page type that are written in each language."""
    own = (field for field in model._meta.local_concrete_fields if not field.is_relation)
    facts = {*model.shared_fields, *PAGE_BOOKKEEPING}
    return ["title", *(field.name for field in own if field.name not in facts)]


def _text_of(page: Any, name: str) -> Any:
    value = getattr(page, name)
    if isinstance(page._meta.get_field(name), StreamField):
        return [_without_ids(block) for block in value.get_prep_value()]
    return value


def _without_ids(value: Any) -> Any:
    """Blocks that were never stored get their ids when they are: that is no change of a text."""
    if isinstance(value, list):
        return [_without_ids(each) for each in value]
    if isinstance(value, dict):
        return {key: _without_ids(each) for key, each in value.items() if key != "id"}
    return value
