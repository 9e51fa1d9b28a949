"""Takes what is withheld from a partner out of pages in memory, before anything is made of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, prefetch_related_objects

from .access import Reader, readable_pages, without_shares


def present(pages: Iterable[Any], reader: Reader) -> None:
    """Leave out of pages what the reader's partners do not get. Call it when their relations have been read.

    Rows that were not read are left out too: a list asks for what it shows, and nothing else can be shown by mistake.
    No query for other readers, nor when nothing is withheld; else one for each type of page.
    """
    for page in _shared_only(pages, reader):
        _leave_rows(page, reader.withheld_rows, reader.withheld_images)
        _leave_pictures(page, reader.withheld_images)


def present_whole(page: Any, reader: Reader) -> None:
    """The same for one page of which everything is shown: what was not read of it yet is read first."""
    for shared in _shared_only([page], reader):
        prefetch_related_objects([shared], *shared.shared_rows)
        _leave_rows(shared, reader.withheld_rows, reader.withheld_images)
        _leave_pictures(shared, reader.withheld_images)


def shown_rows(rows: QuerySet, reader: Reader) -> QuerySet:
    """The rows by which a reader may find pages: a filter must not tell what stands in a withheld row."""
    if not reader.withheld_rows:
        return rows
    return rows.exclude(
        Q(translation_key__in=reader.withheld_rows)
        & ~Q(page__in=_open_pages(rows.model._meta.get_field("page").related_model, reader).values("pk"))
    )


def withhold(page: Any, rows: Collection[UUID], images: Collection[int] = ()) -> None:
    """Leave those rows and pictures out of the page in memory.

    After that no surface can show them: they read the page's rows, and the rows are not there. Prefetch relations
    before, not after.
    """
    prefetch_related_objects([page], *page.shared_rows)
    _leave_rows(page, rows, images)
    _leave_pictures(page, images)


def _shared_only(pages: Iterable[Any], reader: Reader) -> list[Any]:
    """The pages that the reader sees through a share alone, when anything is withheld at all."""
    if not (reader.withheld_rows or reader.withheld_images):
        return []
    by_type: dict[type, list[Any]] = defaultdict(list)
    for page in pages:
        if getattr(page, "shared_rows", ()) and page.pk:
            by_type[type(page)].append(page)
    shared = []
    for model, some in by_type.items():
        keys = [page.pk for page in some]
        is_open = set(_open_pages(model, reader).filter(pk__in=keys).values_list("pk", flat=True))
        shared += [page for page in some if page.pk not in is_open]
    return shared


def _open_pages(model: Any, reader: Reader) -> QuerySet:
    return readable_pages(model.objects.all(), without_shares(reader))


def _leave_rows(page: Any, rows: Collection[UUID], images: Collection[int]) -> None:
    """Change what was read, not the page: saving it by mistake would delete nothing."""
    # Django keeps prefetched rows here and reads them from here; there is no public way to narrow them.
    read = page.__dict__.setdefault("_prefetched_objects_cache", {})
    for name in page.shared_rows:
        if name not in read:
            read[name] = getattr(page, name).none()
            continue
        kept = [row for row in read[name] if not _is_withheld(row, rows, images)]
        read[name] = read[name].none()
        read[name]._result_cache = kept


def _is_withheld(row: Any, rows: Collection[UUID], images: Collection[int]) -> bool:
    return row.translation_key in rows or getattr(row, "image_id", None) in images


def _leave_pictures(page: Any, images: Collection[int]) -> None:
    """Pictures inside the text: blocks that hold a picture in the way of a chooser block called "image"."""
    body = getattr(page, "body", None)
    if not images or not hasattr(body, "raw_data"):
        return
    for position in reversed(range(len(body))):
        value = body.raw_data[position]["value"]
        if isinstance(value, dict) and value.get("image") in images:
            del body[position]
