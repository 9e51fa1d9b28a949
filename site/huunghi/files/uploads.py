"""Has every picture cleaned and every document looked at on its way in, whichever way that is.

Forms of the admin and of the API ask a model's validators, so there a refusal stands beside the field. Whatever saves a
picture without a form, such as an import, passes the signal before its save.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.db.models.signals import pre_save
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.fields import WagtailImageField
from wagtail.images.utils import get_allowed_image_extensions
from wagtail.utils.file import hash_filelike

from .documents import check_document
from .kinds import HEAD, PICTURES, extension_of, kind_of
from .pictures import clean_picture


def connect() -> None:
    """Register validators and signals; called once from AppConfig.ready()."""
    image, document = get_image_model(), get_document_model()
    # The list that validation reads, not the one that a migration would.
    image._meta.get_field("file").validators.append(clean_upload)
    document._meta.get_field("file").validators.append(check_upload)
    WagtailImageField.to_python = cleaned_first(WagtailImageField.to_python)
    pre_save.connect(before_picture_is_saved, sender=image)
    pre_save.connect(before_document_is_saved, sender=document)


def clean_upload(file: Any) -> None:
    """Put a clean picture in the place of one that has just been uploaded. Raises ValidationError."""
    if not _is_new(file) or getattr(file.file, "huunghi_is_clean", False):
        return
    name = file.name.rpartition("/")[2]
    if extension_of(name) == "svg" and "svg" in get_allowed_image_extensions():
        return  # the site allows it; a drawing is handed out in a way in which nothing in it can run
    _replace(file, clean_picture(_content(file), name))


def cleaned_first(to_python: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Wagtail's form field with a clean picture. By itself it draws a picture before it looks how large it is.

    What the field refuses by size or ending, it refuses as ever.
    """

    @wraps(to_python)
    def clean(self: Any, data: Any) -> Any:
        name = getattr(data, "name", "") or ""
        extension = extension_of(name)
        if not name or extension not in self.allowed_image_extensions or extension == "svg":
            return to_python(self, data)
        if self.max_upload_size is not None and data.size > self.max_upload_size:
            return to_python(self, data)
        data.seek(0)
        content = clean_picture(data.read(), name)
        media_type = getattr(data, "content_type", None)
        upright = InMemoryUploadedFile(io.BytesIO(content), None, name, media_type, len(content), None)
        upright.huunghi_is_clean = True  # type: ignore[attr-defined]
        return to_python(self, upright)

    return clean


def check_upload(file: Any) -> None:
    """Look at a document that has just been uploaded; one that is a picture is cleaned. Raises ValidationError."""
    if not _is_new(file) or getattr(file.file, "huunghi_is_clean", False):
        return
    name = file.name.rpartition("/")[2]
    check_document(file.file, name)
    if kind_of(_head(file)) in PICTURES:
        _replace(file, clean_picture(_content(file), name))


def before_picture_is_saved(instance: Any, update_fields: Any = None, raw: bool = False, **kwargs: Any) -> None:
    if not raw and (update_fields is None or "file" in update_fields) and _is_new(instance.file):
        clean_upload(instance.file)
        _describe(instance)


def before_document_is_saved(instance: Any, update_fields: Any = None, raw: bool = False, **kwargs: Any) -> None:
    """Without a form nothing is refused, since what a program stores is its own affair; pictures are cleaned."""
    if raw or (update_fields is not None and "file" not in update_fields) or not _is_new(instance.file):
        return
    if kind_of(_head(instance.file)) in PICTURES:
        try:
            check_upload(instance.file)
        except ValidationError:
            return
        _describe(instance)


def clean_file(content: bytes, name: str) -> ContentFile:
    """A file that is known to be clean: a second encoding would lose again."""
    clean = ContentFile(content, name=name)
    clean.huunghi_is_clean = True  # type: ignore[attr-defined]
    return clean


def _describe(instance: Any) -> None:
    """What a form has noted of the file as it was uploaded is noted of the clean one."""
    instance.file_size = instance.file.size
    instance.file.file.seek(0)
    instance.file_hash = hash_filelike(instance.file.file)
    instance.file.file.seek(0)


def _is_new(file: Any) -> bool:
    return bool(file) and not getattr(file, "_committed", True)


def _head(file: Any) -> bytes:
    file.file.seek(0)
    head = file.file.read(HEAD)
    file.file.seek(0)
    return head


def _content(file: Any) -> bytes:
    file.file.seek(0)
    content = file.file.read()
    file.file.seek(0)
    return content


def _replace(file: Any, content: bytes) -> None:
    clean = file.file = clean_file(content, file.name)
    field, instance = file.field, file.instance
    if update := getattr(field, "update_dimension_fields", None):
        file.__dict__.pop("_dimensions_cache", None)
        update(instance, force=True)
        clean.seek(0)
