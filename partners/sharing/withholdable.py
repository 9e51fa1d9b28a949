"""What of a page can be withheld from a partner: its rows, and the pictures of rows and text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from wagtail.images import get_image_model

from ..access import Visibility
from ..audiences import effective_visibility, visibility_of_copy
from ..models import Share
from .shared_pages import is_section, versions_of

LABEL_LENGTH = 255


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is withheld or not. A picture is withheld in every row and text that shows it."""

    value: str  # of its checkbox
    text: str
    kind: str = ""
    row_keys: tuple[UUID, ...] = ()
    image_id: int | None = None
    image: Any = None  # for the thumbnail

    @property
    def label(self) -> str:
        """What the register says, without the group around it: "Venue: …"."""
        return Truncator(f"{self.kind}: {self.text}" if self.kind else self.text).chars(LABEL_LENGTH)

    @property
    def names(self) -> list[tuple[UUID | None, int | None]]:
        """Row key or image, as they are kept beside the share."""
        images = [] if self.image_id is None else [(None, self.image_id)]
        return [*((key, None) for key in self.row_keys), *images]


@dataclass(frozen=True, slots=True)
class Group:
    """Items of one kind, under its name."""

    title: str
    items: tuple[Item, ...]


def can_withhold(page: Any) -> bool:
    """Only of a page that partners alone read, now or as soon as its newest draft is published."""
    return not is_section(page) and visibility_of_copy(page) == Visibility.PARTNERS


def changes_nothing_now(page: Any) -> bool:
    """The page is published and others than partners read it already: the share matters when that ends."""
    return page.live and effective_visibility(page) != Visibility.PARTNERS


def groups_of(page: Any, share: Share | None = None) -> list[Group]:
    """What the page has in any of its languages; of a share also what it withholds and the page has no more."""
    versions = versions_of(page.translation_key)
    rows = [*_row_groups(versions[0])]
    pictures = _picture_group(versions)
    groups = [*rows, *([pictures] if pictures.items else [])]
    if share is not None and (gone := _no_longer_there(share, groups)):
        groups.append(Group(_("No longer on the page"), gone))
    return groups


def unnamed_draft_rows(page: Any) -> int:
    """How many rows of the newest draft cannot be named yet: they get a lasting key when it is published."""
    if not page.has_unpublished_changes or not (draft := page.get_latest_revision_as_object()):
        return 0
    names = (name for name in page.shared_rows if not _is_picture_row(draft, name))
    return sum(row.pk is None for name in names for row in getattr(draft, name).all())


def chosen(groups: Iterable[Group], values: Iterable[str]) -> list[Item]:
    wanted = set(values)
    return [item for group in groups for item in group.items if item.value in wanted]


def withheld_values(groups: Iterable[Group], share: Share) -> list[str]:
    """The checkboxes that stand for what the share withholds."""
    names = {(row.row_key, row.image_id) for row in share.withheld.all()}
    return [item.value for group in groups for item in group.items if names.intersection(item.names)]


def labels_of(withheld: Iterable[Any]) -> list[str]:
    """Each thing once: a photo is kept as a row and as a picture."""
    return list(dict.fromkeys(str(row) for row in withheld))


def _row_groups(page: Any) -> Iterator[Group]:
    for name in page.shared_rows:
        if _is_picture_row(page, name):
            continue
        rows = list(getattr(page, name).all())
        if rows:
            meta = rows[0]._meta
            kind, kinds = capfirst(str(meta.verbose_name)), capfirst(str(meta.verbose_name_plural))
            texts = ((row.translation_key, str(row) or "–") for row in rows)
            yield Group(kinds, tuple(Item(f"row:{key}", text, kind, (key,)) for key, text in texts))


def _picture_group(versions: Sequence[Any]) -> Group:
    """Pictures by their number: unlike rows they can be named while they are in a draft only."""
    captions: dict[int, str] = {}
    keys: dict[int, set[UUID]] = defaultdict(set)
    for page in _with_drafts(versions):
        for row in _picture_rows(page):
            captions.setdefault(row.image_id, row.caption)
            if row.pk:
                keys[row.image_id].add(row.translation_key)
        for image_id, caption in _pictures_in_text(page):
            captions.setdefault(image_id, caption)
    images = get_image_model().objects.in_bulk(captions)
    items = [
        Item(f"image:{pk}", caption or images[pk].title, _("Picture"), tuple(keys[pk]), pk, images[pk])
        for pk, caption in captions.items()
        if pk in images
    ]
    return Group(_("Photos and pictures in the text"), tuple(items))


def _with_drafts(versions: Sequence[Any]) -> Iterator[Any]:
    for page in versions:
        yield page
        if page.has_unpublished_changes and (draft := page.get_latest_revision_as_object()):
            yield draft


def _picture_rows(page: Any) -> Iterator[Any]:
    for name in page.shared_rows:
        if _is_picture_row(page, name):
            yield from (row for row in getattr(page, name).all() if row.image_id)


def _is_picture_row(page: Any, name: str) -> bool:
    return any(field.name == "image" for field in getattr(page, name).model._meta.fields)


def _pictures_in_text(page: Any) -> Iterator[tuple[int, str]]:
    for block in getattr(getattr(page, "body", None), "raw_data", ()):
        value = block["value"]
        if isinstance(value, dict) and value.get("image"):
            yield value["image"], value.get("caption") or ""


def _no_longer_there(share: Share, groups: Iterable[Group]) -> tuple[Item, ...]:
    there = {name for group in groups for item in group.items for name in item.names}
    return tuple(
        Item(f"kept:{row.pk}", str(row), row_keys=(row.row_key,) if row.row_key else (), image_id=row.image_id)
        for row in share.withheld.all()
        if (row.row_key, row.image_id) not in there
    )
