"""Child rows: made from a line, and matched to the rows a page has, so that they keep their translation keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from modelcluster.fields import ParentalKey

from .errors import line_error
from .fingerprints import canonical
from .sanitise import plain

_BOOKKEEPING = {"id", "translation_key", "locale", "sort_order"}


@dataclass(slots=True)
class Row:
    """One row of a line: the columns that are the same in all languages, and texts per language."""

    facts: dict[str, Any]
    texts: dict[str, dict[str, str]] = field(default_factory=dict)  # {language: {column: text}}

    def add_text(self, column: str, by_language: dict[str, str]) -> Row:
        for language, text in by_language.items():
            self.texts.setdefault(language, {})[column] = plain(text)
        return self


def columns_of(model: type[models.Model]) -> list[models.Field]:
    """The columns a row is compared by."""
    return [f for f in model._meta.fields if f.name not in _BOOKKEEPING and not isinstance(f, ParentalKey)]


def canonical_row(row: models.Model) -> dict[str, Any]:
    return {column.name: canonical(getattr(row, column.attname)) for column in columns_of(type(row))}


def canonical_rows(rows: list[models.Model]) -> list[dict[str, Any]]:
    return [canonical_row(row) for row in rows]


def build(model: type[models.Model], values: dict[str, Any], field: str, **fixed: Any) -> models.Model:
    """An unsaved row, its columns checked by the model. Raises LineError with `field` before the column's name."""
    row = model(**values, **fixed)
    try:
        row.clean_fields(
            exclude=[f.name for f in model._meta.fields if isinstance(f, ParentalKey) or f.name in _BOOKKEEPING]
        )
    except ValidationError as error:
        raise line_error(error, f"{field}.") from error
    return row


def matched(existing: list[Any], wanted: list[Any]) -> list[Any]:
    """The wanted rows, each as an update of the existing row that it continues, in the wanted order.

    First rows that say the same, then rows with the same links (a partner, a place, a person), then those at the same
    position; what is left over is new.
    """
    partners: dict[int, Any] = {}
    free = list(existing)
    for same in (canonical_row, _links):
        for position, row in enumerate(wanted):
            if position in partners:
                continue
            match = next((old for old in free if same(old) == same(row)), None)
            if match is not None and (same is canonical_row or any(_links(row).values())):
                partners[position] = match
                free.remove(match)
    for position in range(len(wanted)):
        if position not in partners and position < len(existing) and existing[position] in free:
            partners[position] = existing[position]
            free.remove(existing[position])
    return [_continue(partners.get(position), row) for position, row in enumerate(wanted)]


def _links(row: models.Model) -> dict[str, Any]:
    return {f.name: getattr(row, f.attname) for f in columns_of(type(row)) if f.is_relation}


def _continue(old: Any | None, row: Any) -> Any:
    if old is None:
        return row
    row.pk = old.pk
    if hasattr(old, "translation_key"):
        row.translation_key = old.translation_key
        row.locale_id = old.locale_id
    return row
