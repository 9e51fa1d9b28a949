"""Pictures that lines name, as images of the site."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.images import get_image_model
from wagtail.models import Collection
from wagtail.utils.file import hash_filelike

from huunghi.files.pictures import clean_picture
from huunghi.files.uploads import clean_file
from huunghi.partners.models import EditorialUnit, Organisation

from .errors import LineError

MAX_PICTURE_BYTES = 20 * 1024 * 1024


class StoredFiles:
    """Files that were written during a transaction, to be removed when it is rolled back."""

    def __init__(self) -> None:
        self._files: list[Any] = []

    def __len__(self) -> int:
        return len(self._files)

    def add(self, file: Any) -> None:
        self._files.append((file.storage, file.name))

    def remove_since(self, count: int) -> None:
        while len(self._files) > count:
            storage, name = self._files.pop()
            storage.delete(name)


def image_for(
    import_file: Path, name: str, title: str, unit: Organisation | None, stored: StoredFiles, field: str
) -> Any:
    """The image of a file beside the import file; one that is there already is used again, by its content.

    Raises LineError when there is no such picture.
    """
    path = _inside(import_file.parent, name, field)
    content = _picture(path, name, field)
    digest = hash_filelike(io.BytesIO(content))
    existing = get_image_model().objects.filter(file_hash=digest).order_by("pk").first()
    if existing is not None:
        return existing
    image = get_image_model()(title=title[:255] or path.stem, collection=_collection(unit))
    image.file = clean_file(content, path.name)
    image.save()
    stored.add(image.file)
    return image


def _inside(folder: Path, name: str, field: str) -> Path:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise LineError.of(field, _("“%(name)s” lies outside of the folder of the import file.") % {"name": name})
    if not path.is_file():
        raise LineError.of(field, _("There is no file “%(name)s” beside the import file.") % {"name": name})
    return path


def _picture(path: Path, name: str, field: str) -> bytes:
    """The content of a picture without its metadata."""
    if path.stat().st_size > MAX_PICTURE_BYTES:
        raise LineError.of(field, _("“%(name)s” is larger than 20 MB.") % {"name": name})
    try:
        return clean_picture(path.read_bytes(), name)
    except ValidationError as error:
        raise LineError.of(field, error.messages[0]) from error


def _collection(unit: Organisation | None) -> Collection:
    editorial = EditorialUnit.objects.filter(organisation=unit).select_related("collection").first() if unit else None
    return editorial.collection if editorial else Collection.get_first_root_node()
