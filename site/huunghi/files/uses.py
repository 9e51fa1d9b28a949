"""Which pages show a file.

Wagtail's index of references names them: it is made of the pages as they are published, never of their drafts, and it
knows child rows, blocks and links inside of texts. Where it points to a record of the archive that has no page of its
own, the pages that show the record count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist
from wagtail.models import Page, ReferenceIndex

from huunghi.partners.access import Reader, readable_pages, without_shares
from huunghi.partners.models import OfficialDocument, PartnerPage, Partnership


@dataclass(frozen=True, slots=True)
class Place:
    """A page that shows a file, and the row of it that does, if it is a row: photos and documents are rows."""

    model: type[Page]
    page: int
    row_key: UUID | None = None


@dataclass(slots=True)
class Uses:
    """`everywhere` is true when a record that everybody may see uses the file, such as the emblem of a partner."""

    everywhere: bool = False
    places: set[Place] = field(default_factory=set)


# Model of child rows -> their numbers -> the pages they belong to.
_Rows = dict[type[Any], dict[int, set[tuple[type[Page], int]]]]


@dataclass(frozen=True, slots=True)
class _Reference:
    base: int  # content type
    object_id: str
    content_type: int
    model_path: str
    content_path: str


def uses_of(model: type[Any], pk: int) -> Uses:
    """What shows one image or document. Two to six queries, however many places there are."""
    uses = Uses()
    rows: _Rows = defaultdict(lambda: defaultdict(set))
    rows_of_records: _Rows = defaultdict(lambda: defaultdict(set))
    documents, partnerships = set(), set()
    for reference in _references(model, [pk]):
        source = ContentType.objects.get_for_id(reference.base).model_class()
        if source is Page:
            _note_page(reference, uses, rows)
        elif source is OfficialDocument:
            documents.add(int(reference.object_id))
        elif source is Partnership:
            partnerships.add(int(reference.object_id))
        elif not uses.everywhere:
            uses.everywhere = _is_published(source, reference.object_id)
    for reference in _references(OfficialDocument, documents) if documents else ():
        source = ContentType.objects.get_for_id(reference.base).model_class()
        if source is Page:
            _note_page(reference, uses, rows_of_records)
        elif source is Partnership:
            partnerships.add(int(reference.object_id))
    if partnerships:
        pages = PartnerPage.objects.filter(partner__partnerships__in=partnerships)
        uses.places |= {Place(PartnerPage, page) for page in pages.values_list("pk", flat=True)}
    uses.places |= _places_of_rows(rows) | _places_of_rows(rows_of_records, by_record=True)
    return uses


def is_shown(uses: Uses, image_id: int | None, reader: Reader) -> bool:
    """Whether some page that the reader may read shows the file to this reader.

    A query for each type of page among them; twice as many when something is withheld from the reader.
    """
    if uses.everywhere:
        return True
    readable = _readable(uses, reader)
    if not readable or not (reader.withheld_rows or reader.withheld_images):
        return bool(readable)
    if _readable(uses, without_shares(reader)):
        return True
    if image_id in reader.withheld_images:
        return False
    return any(place.page in readable and place.row_key not in reader.withheld_rows for place in uses.places)


def _readable(uses: Uses, reader: Reader) -> set[int]:
    # Each type by itself: what makes a page of any type readable is a question ten times as long.
    pages = defaultdict(set)
    for place in uses.places:
        pages[place.model].add(place.page)
    found: set[int] = set()
    for model, ids in pages.items():
        readable = readable_pages(model._default_manager.filter(pk__in=ids), reader)
        found |= set(readable.order_by().values_list("pk", flat=True))
    return found


def _references(model: type[Any], ids: Iterable[int]) -> Iterable[_Reference]:
    """References to some objects. Rows of the index hold the type at the root of a model, such as Page."""
    target = ReferenceIndex._get_base_content_type(model)
    found = ReferenceIndex.objects.filter(to_content_type=target, to_object_id__in=[str(pk) for pk in ids])
    names = ("base_content_type_id", "object_id", "content_type_id", "model_path", "content_path")
    return [_Reference(*values) for values in found.order_by().values_list(*names)]


def _note_page(reference: _Reference, uses: Uses, rows: _Rows) -> None:
    model = ContentType.objects.get_for_id(reference.content_type).model_class()
    if model is None:
        return
    page = int(reference.object_id)
    row_model = _row_model(model, reference.model_path)
    if row_model is None:
        uses.places.add(Place(model, page))
    else:
        rows[row_model][int(reference.content_path.split(".")[1])].add((model, page))


def _row_model(page_model: type[Any], model_path: str) -> type[Any] | None:
    """The model of child rows that a path such as "photos.item.image" goes through, if they can be withheld."""
    name, _, rest = model_path.partition(".item.")
    relation = getattr(page_model, name, None)
    model = getattr(getattr(relation, "rel", None), "related_model", None)
    return model if rest and model is not None and _has_field(model, "translation_key") else None


def _places_of_rows(rows: _Rows, by_record: bool = False) -> set[Place]:
    """The rows that are there and that no editor has withheld; one query for each kind of row.

    A row that names a record shows the file of the record only when it has none of its own.
    """
    places = set()
    for model, pages in rows.items():
        present = model._default_manager.filter(pk__in=pages)
        if _has_field(model, "withheld"):
            present = present.filter(withheld=False)
        if by_record and _has_field(model, "file"):
            present = present.filter(file=None)
        for pk, key in present.order_by().values_list("pk", "translation_key"):
            places |= {Place(page_model, page, key) for page_model, page in pages[pk]}
    return places


def _is_published(source: type[Any] | None, object_id: str) -> bool:
    """Records without pages are seen by everybody: publications, emblems, and whatever a site has of its own."""
    if source is None:
        return False
    return not _has_field(source, "live") or source._default_manager.filter(pk=object_id, live=True).exists()


def _has_field(model: type[Any], name: str) -> bool:
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True
