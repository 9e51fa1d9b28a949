"""Child rows as JSON, and back. A row is known by its key, which is the same in every language."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from huunghi.conf import language_name
from huunghi.events.api.presenting import json_number
from huunghi.events.models import EventPage
from huunghi.importing.references import RECORDS, TERMS

from .columns import ROWS, Column, Rows
from .references import References
from .refusals import Path, Problems


def written_rows(page: EventPage) -> dict[str, list[dict[str, Any]]]:
    """All lists of rows, with a query for each kind of record they name."""
    found = {}
    for name, rows in ROWS.items():
        stored = list(getattr(page, rows.relation).all())
        prefetch_related_objects(stored, *rows.links)
        found[name] = [_written(row, rows) for row in stored]
    return found


def _written(row: Any, rows: Rows) -> dict[str, Any]:
    return {"key": str(row.translation_key), **{name: _value(row, column) for name, column in rows.columns.items()}}


def _value(row: Any, column: Column) -> Any:
    value = getattr(row, column.name)
    if column.refers_to:
        return code_of(column.refers_to, value)
    if column.name in ("due", "since"):
        return value or None
    return json_number(value) if isinstance(value, Decimal) else value


def code_of(kind: str, record: Any) -> Any:
    """What names a record in JSON."""
    if record is None:
        return None
    if kind == "exchange":
        return str(record.translation_key)
    return getattr(record, (TERMS | RECORDS)[kind][1]) if kind in TERMS or kind in RECORDS else record.pk


class RowWriter:
    """Brings the rows of a page to what was given. What is wrong goes to `problems`.

    `stored` are the rows as `written_rows` gave them; what equals them is left alone.
    """

    def __init__(self, page: EventPage, stored: dict[str, Any], references: References, problems: Problems) -> None:
        self.page, self.references, self.problems = page, references, problems
        self.stored = {row["key"]: row for name in ROWS for row in stored[name]}

    def replace(self, name: str, given: list[dict[str, Any]]) -> None:
        """All rows of one list. A row with a key that the page has continues that row; one without a key is new."""
        rows = ROWS[name]
        existing = self._existing(rows)
        wanted = []
        for number, fields in enumerate(given):
            key = fields.get("key")
            if key is None:
                row = rows.model(locale=self.page.locale, translation_key=uuid4())
            elif (row := existing.pop(key, None)) is None:
                self.problems.add((name, number, "key"), _("There is no such row, or it stands above already."))
                continue
            self._fill(row, rows, fields, (name, number))
            row.sort_order = number
            wanted.append(row)
        setattr(self.page, rows.relation, wanted)

    def translate(self, name: str, given: list[dict[str, Any]]) -> None:
        """The texts of the rows that are given; facts are those of the page in which they are changed."""
        rows = ROWS[name]
        existing = self._existing(rows)
        for number, fields in enumerate(given):
            row = existing.get(fields.get("key") or "")
            if row is None:
                sentence = _("There is no row with this key; rows are added in the language of the facts.")
                self.problems.add((name, number, "key"), sentence)
                continue
            before = self.stored[fields["key"]]
            for field in fields.keys() - {"key", *rows.texts}:
                if fields[field] != before[field]:
                    self.problems.add((name, number, field), fact_elsewhere(self.page))
            texts = {field: fields[field] for field in rows.texts if field in fields}
            self._fill(row, rows, {"key": fields["key"], **texts}, (name, number))
        setattr(self.page, rows.relation, list(existing.values()))

    def _existing(self, rows: Rows) -> dict[str, Any]:
        return {str(row.translation_key): row for row in getattr(self.page, rows.relation).all()}

    def _fill(self, row: Any, rows: Rows, given: dict[str, Any], path: Path) -> None:
        before = self.stored.get(given.get("key") or "", {})
        changed = {name: value for name, value in given.items() if name not in before or value != before[name]}
        changed.pop("key", None)
        for field, value in changed.items():
            self._put(row, field, rows.columns[field], value, path)
        if changed or not before:
            check_row(row, rows, path, self.problems)

    def _put(self, row: Any, field: str, column: Column, value: Any, path: Path) -> None:
        if column.refers_to:
            record = self.references.get(column.refers_to, value) if value is not None else None
            if value is not None and record is None:
                self.problems.add((*path, field), self.references.unknown(column.refers_to, value))
                return
            setattr(row, column.name, record)
        elif column.name == "quantity":
            setattr(row, column.name, None if value is None else Decimal(str(value)))
        else:
            setattr(row, column.name, "" if value is None and column.name in ("due", "since") else value)


def check_row(row: Any, rows: Rows, path: Path, problems: Problems) -> None:
    """What the form asks of a row: every field by itself, and the row as a whole."""
    plain = {column.name for column in rows.columns.values() if not column.refers_to}
    try:
        row.clean_fields(exclude=[field.name for field in row._meta.fields if field.name not in plain])
        row.clean()
    except ValidationError as error:
        problems.add_error(error, rows.names, path)
    for field, column in rows.columns.items():
        needed = column.refers_to and not row._meta.get_field(column.name).null
        already_said = any(problem.path == (*path, field) for problem in problems.found)
        if needed and getattr(row, f"{column.name}_id") is None and not already_said:
            problems.add((*path, field), _("This field is needed."))


def fact_elsewhere(page: EventPage) -> str:
    return _("This is the same in every language; change it in %(language)s.") % {
        "language": language_name(page.source.locale.language_code)
    }
