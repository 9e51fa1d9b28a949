"""The present state of records, as the database has it at this moment."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import Error as DatabaseError
from wagtail.models import Page

from huunghi.events.models import Publication

from ..models import Counter, DocumentVariant
from .extraction import PAGE_TYPES, TYPES, documents

TREE_COUNTER = "tree"  # grows in every transaction that moves pages or changes who may read a section
PAGE = 500
_READINGS = 5
_PUBLICATION = "publication-"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

Record = tuple[str, str]  # (type, key)
Reading = Callable[[str, list[str]], Iterable[Any]]  # (type, keys) -> the documents that an index should hold


class TreeMovedError(Exception):
    """Pages were moved or restricted all the while; the records have to be read again later."""


@dataclass(slots=True)
class Present:
    """What an index should hold of some records. `failed` are those that could not be read, with the reason.

    The documents are those of the index's own kind.
    """

    documents: list[Any] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)  # ids that nobody may read now
    failed: dict[Record, str] = field(default_factory=dict)


def document_id(type_: str, key: str) -> str:
    """Id of a record's search document."""
    return f"{_PUBLICATION}{key}" if type_ == "publication" else key


def record_id(document_id: str) -> str:
    """Id of the record's own document: a share's document is called `<that>~<share>`."""
    return document_id.partition("~")[0]


def read_present(records: Sequence[Record], read: Reading = documents) -> Present:
    """Read records so that none mixes what was before and after a move or a restriction.

    Such a change takes one transaction, but reading takes several queries: between two of them it may be committed.
    Every such change moves a counter, so equal values around the queries say that there was none. Raises
    TreeMovedError when there always was one.
    """
    for _ in range(_READINGS):
        before = Counter.current(TREE_COUNTER)
        present = _read(records, read)
        if Counter.current(TREE_COUNTER) == before:
            return present
    raise TreeMovedError


def _read(records: Sequence[Record], read: Reading) -> Present:
    present = Present()
    by_type: dict[str, list[str]] = defaultdict(list)
    for type_, key in records:
        by_type[type_].append(key)
    for type_, keys in by_type.items():
        _read_type(type_, keys, present, read)
    note_variants(document.id for document in present.documents)
    asked = {document_id(*record) for record in records if record not in present.failed}
    present.gone = (asked | variants_of(asked)) - {document.id for document in present.documents}
    return present


def _read_type(type_: str, keys: list[str], present: Present, read: Reading) -> None:
    """A record that cannot be read does not take the others with it."""
    try:
        present.documents += read(type_, keys)
    except DatabaseError:
        raise
    except Exception as error:
        if len(keys) == 1:
            present.failed[type_, keys[0]] = f"{type(error).__name__}: {error}"
            return
        for key in keys:
            _read_type(type_, [key], present, read)


def note_variants(ids: Iterable[str]) -> None:
    """Remember the documents that an index holds, or soon will, beside those of their records."""
    variants = [DocumentVariant(document_id=id_, record=record_id(id_)) for id_ in ids if "~" in id_]
    if variants:
        DocumentVariant.objects.bulk_create(variants, ignore_conflicts=True)


def variants_of(ids: Iterable[str]) -> set[str]:
    """Ids of the documents that an index may hold beside those of these records."""
    if not DocumentVariant.objects.exists():
        return set()
    found: set[str] = set()
    rest = iter(ids)
    while piece := list(islice(rest, PAGE)):
        found.update(DocumentVariant.objects.filter(record__in=piece).values_list("document_id", flat=True))
    return found


# --- which records there are


def keys_of(type_: str, after: str = "") -> Iterator[str]:
    """The keys of all records of a type behind `after`, in order, a page of 500 at a time."""
    model, name = (Publication, "key") if type_ == "publication" else (PAGE_TYPES[type_], "translation_key")
    while True:
        keys = model.objects.order_by(name).values_list(name, flat=True).distinct()
        page = [str(key) for key in (keys.filter(**{f"{name}__gt": after}) if after else keys)[:PAGE]]
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1]


def all_records() -> Iterator[Record]:
    return ((type_, key) for type_ in TYPES for key in keys_of(type_))


def records_in_order(after: str = "") -> Iterator[Record]:
    """All records behind a document id, in the order of document ids: pages of all types mixed, then publications."""
    names = _type_names()
    pages = Page.objects.filter(content_type__in=names).order_by("translation_key")
    while not after.startswith(_PUBLICATION):
        behind = pages.filter(translation_key__gt=after) if after else pages
        rows = behind.values_list("translation_key", "content_type").distinct()
        page = [(names[content_type], str(key)) for key, content_type in rows[:PAGE]]
        yield from page
        if len(page) < PAGE:
            break
        after = page[-1][1]
    # The database may sort letters and signs in another order than code points.
    for key in sorted(Publication.objects.values_list("key", flat=True)):
        if document_id("publication", key) > after:
            yield "publication", key


def records_of_pages(pages: Iterable[tuple[object, int]]) -> list[Record]:
    """Records of (translation key, content type id) pairs; pages that are not searched are left out."""
    names = _type_names()
    return [(names[content_type], str(key)) for key, content_type in pages if content_type in names]


def records_of_ids(ids: Iterable[str]) -> list[Record]:
    """The records of document ids. One that is in no table any more gets a type at random: it is only removed."""
    found: list[Record] = []
    keys = set()
    for id_ in map(record_id, ids):
        if id_.startswith(_PUBLICATION):
            found.append(("publication", id_.removeprefix(_PUBLICATION)))
        elif _UUID.fullmatch(id_):
            keys.add(id_)
    known = Page.objects.filter(translation_key__in=keys).values_list("translation_key", "content_type").distinct()
    pages = records_of_pages(known)
    lost = keys - {key for _, key in pages}
    return [*found, *pages, *(("event", key) for key in sorted(lost))]


def _type_names() -> dict[int, str]:
    types = ContentType.objects.get_for_models(*PAGE_TYPES.values())
    return {types[model].pk: name for name, model in PAGE_TYPES.items()}
