"""Which fields an import may write: those that nobody changed since the last import wrote them.

After each import a hash of every field it wrote is kept. When the next import finds a field that no longer has this
hash, a person changed it: the field stays, and the report says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from django.db import models
from modelcluster.fields import ParentalManyToManyField
from wagtail.blocks import StreamValue

# Draftail numbers the paragraphs whenever a text is opened and saved: that is no change.
_DRAFTAIL_KEYS = re.compile(r' data-block-key="[^"]*"')


def canonical(value: Any) -> Any:
    """A value as JSON that is equal exactly when the values say the same."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, StreamValue):
        return [[block["type"], _without_ids(block["value"])] for block in value.raw_data]
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [canonical(item) for item in value]
    if isinstance(value, dict):
        return {key: canonical(item) for key, item in sorted(value.items())}
    return value


def _without_ids(value: Any) -> Any:
    if isinstance(value, str):
        return _DRAFTAIL_KEYS.sub("", value)
    if isinstance(value, list):
        return [_without_ids(item) for item in value]
    if isinstance(value, dict):
        return {key: _without_ids(item) for key, item in value.items() if key != "id"}
    return value


def fingerprint(value: Any) -> str:
    """Hash of a canonical value, 16 hexadecimal digits."""
    return blake2b(json.dumps(value, sort_keys=True).encode(), digest_size=8).hexdigest()


@dataclass(slots=True)
class FieldWriter:
    """Writes the fields of one line. `stored` is the line's fingerprints and is kept up to date."""

    stored: dict[str, str]
    overwrite: bool = False
    is_new: bool = False
    changed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    # What can only be written when the record has a primary key.
    after_save: list[Callable[[], None]] = field(default_factory=list)

    def put(self, name: str, current: Any, wanted: Any, assign: Callable[[], None], default: Any = None) -> bool:
        """Call `assign` if the field may take the wanted value; says whether it did.

        `current` and `wanted` are canonical. Without a fingerprint only an empty field, or one with its default, is
        written: what stands there was typed by a person.
        """
        if current == wanted and not self.is_new:
            self.stored[name] = fingerprint(wanted)
            return False
        if not self.is_new and not self._is_untouched(name, current, default):
            self.kept.append(name)
            return False
        assign()
        self.stored[name] = fingerprint(wanted)
        self.changed.append(name)
        return True

    def _is_untouched(self, name: str, current: Any, default: Any) -> bool:
        if self.overwrite:
            return True
        if name in self.stored:
            return self.stored[name] == fingerprint(current)
        return current in (None, "", [], {}) or current == default


def put_columns(writer: FieldWriter, target: models.Model, columns: dict[str, Any], prefix: str = "") -> bool:
    """Write plain columns, JSON names ("names.vi") and many-to-many columns (lists); says whether any was written."""
    written = [put_column(writer, target, name, value, prefix) for name, value in columns.items()]
    return any(written)


def put_column(writer: FieldWriter, target: models.Model, name: str, value: Any, prefix: str = "") -> bool:
    column, _dot, language = name.partition(".")
    model_field = target._meta.get_field(column)
    if language:
        texts = getattr(target, column)
        return writer.put(prefix + name, texts.get(language, ""), value, lambda: texts.__setitem__(language, value))
    if model_field.many_to_many:
        current = [] if writer.is_new else sorted(item.pk for item in getattr(target, column).all())
        wanted = sorted({item.pk for item in value})
        return writer.put(prefix + name, current, wanted, lambda: _set_many(writer, target, column, value))
    attname = model_field.attname
    stored = value.pk if isinstance(value, models.Model) else value
    default = canonical(model_field.get_default())
    current = canonical(getattr(target, attname))
    return writer.put(
        prefix + name, current, canonical(stored), lambda: setattr(target, attname, stored), default=default
    )


def _set_many(writer: FieldWriter, target: models.Model, column: str, items: list[models.Model]) -> None:
    items = list(dict.fromkeys(items))
    if isinstance(target._meta.get_field(column), ParentalManyToManyField):
        setattr(target, column, items)
    else:
        writer.after_save.append(lambda: getattr(target, column).set(items))
