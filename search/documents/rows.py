"""The rows of many pages, read with one query for each relation and without making models of them.

A page of the archive has ten relations. For Django that is a manager, a queryset and a model for each row of each
page, which takes five times as long as the database. What is made here has the same attributes and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any

from django.db.models import Model
from wagtail.models import Page

_UNREAD = {"translation_key", "locale"}


class _Targets:
    """What rows point to: noted while they are read, then read once for all of them."""

    def __init__(self) -> None:
        self._relations: dict[type[Model], set[str]] = defaultdict(set)
        self._ids: dict[type[Model], set[int]] = defaultdict(set)
        self._waiting: list[tuple[Callable[[Any], None], type[Model], int]] = []

    def want(self, model: type[Model], id_: int, relations: Iterable[str], give: Callable[[Any], None]) -> None:
        self._ids[model].add(id_)
        self._relations[model].update(relations)
        self._waiting.append((give, model, id_))

    def hand_out(self) -> None:
        found = {
            model: model._default_manager.prefetch_related(*sorted(self._relations[model])).in_bulk(list(ids))
            for model, ids in self._ids.items()
        }
        for give, model, id_ in self._waiting:
            give(found[model].get(id_))


def read_rows(pages: Sequence[Page], paths: Iterable[str]) -> None:
    """Read relations like "venues__place__parent": rows become lists, `page.read_venues`, and `row.place` is there."""
    if not pages:
        return
    below = _below(paths)
    targets = _Targets()
    for name, under in below.items():
        field = type(pages[0])._meta.get_field(name)
        if field.many_to_one:
            _follow(pages, field, under, targets)
        elif field.many_to_many:
            _read_pairs(pages, field, under, targets)
        else:
            rows = _read(pages, name, field)
            for key, under_key in _below(under).items():
                _follow(rows, field.related_model._meta.get_field(key), under_key, targets)
    targets.hand_out()


def _below(paths: Iterable[str]) -> dict[str, set[str]]:
    """{"venues": {"place__parent", "host"}} for "venues__place__parent" and "venues__host"."""
    below: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        name, _, rest = path.partition("__")
        below[name] |= {rest} - {""}
    return below


def _read(pages: Sequence[Page], name: str, field: Any) -> list[SimpleNamespace]:
    model = field.related_model
    # No text comes from these two, and on SQLite making an UUID costs as much as reading the rest of the row.
    columns = [column.attname for column in model._meta.concrete_fields if column.name not in _UNREAD]
    lists: dict[int, list[SimpleNamespace]] = {page.pk: [] for page in pages}
    found = model._default_manager.filter(page__in=list(lists)).order_by(*model._meta.ordering)
    rows = [SimpleNamespace(**dict(zip(columns, values, strict=True))) for values in found.values_list(*columns)]
    for row in rows:
        lists[row.page_id].append(row)
    for page in pages:
        setattr(page, f"read_{name}", lists[page.pk])
    return rows


def _follow(rows: Iterable[Any], field: Any, under: Iterable[str], targets: _Targets) -> None:
    for row in rows:
        id_ = getattr(row, field.attname)
        if id_ is None:
            setattr(row, field.name, None)
        else:
            targets.want(field.related_model, id_, under, partial(setattr, row, field.name))


def _read_pairs(pages: Sequence[Page], field: Any, under: Iterable[str], targets: _Targets) -> None:
    """Many to many: the list of each page gets its members in the order of their model."""
    model = field.related_model
    lists: dict[int, list[Any]] = {page.pk: [] for page in pages}
    source, target = field.m2m_field_name(), field.m2m_reverse_field_name()
    pairs = field.remote_field.through._default_manager.filter(**{f"{source}__in": list(lists)})
    in_order = pairs.order_by(*(f"{target}__{name}" for name in model._meta.ordering))
    for page_id, id_ in in_order.values_list(f"{source}_id", f"{target}_id"):
        targets.want(model, id_, under, lists[page_id].append)
    for page in pages:
        setattr(page, f"read_{field.name}", lists[page.pk])
