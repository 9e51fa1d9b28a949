"""Pictures and files that a page may show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.template.defaultfilters import filesizeformat
from django.utils.safestring import SafeString
from wagtail.images import get_image_model

from . import names
from .periods import day_text, partial_date_text

FORMATS = ("avif", "webp", "jpeg")
WIDTHS = (360, 720, 1200)


def photo_prefetch() -> Prefetch:
    """Images of photo rows with the renditions made so far, so that a gallery of any length costs the same."""
    specs = [f"width-{width}|format-{kind}" for width in WIDTHS for kind in FORMATS]
    return Prefetch("photos__image", queryset=get_image_model().objects.prefetch_renditions(*specs))


def shown_photos(page: Any) -> list[Any]:
    """The photo rows that nobody has withheld."""
    return [photo for photo in page.photos.all() if not photo.withheld]


@dataclass(frozen=True, slots=True)
class FileLink:
    """A document with what a reader wants to know before opening it: "PDF, 1.2 MB, 14/05/2019"."""

    title: SafeString | str
    url: str
    details: str
    number: str = ""
    issuer: SafeString | str = ""


def file_links(page: Any, language: str) -> list[FileLink]:
    return [_file_link(row, language) for row in page.documents.all()]


def _file_link(row: Any, language: str) -> FileLink:
    record, file = row.official_document, row.file or getattr(row.official_document, "file", None)
    title = names.run(row.title, language) if row.title else record_title(record, file, language)
    details = [record.get_type_display()] if record else []
    if record and record.date:
        details.append(partial_date_text(record.date, language))
    return FileLink(
        title=title,
        url=file.url if file else "",
        details=", ".join([*details, *file_details(file)]),
        number=record.full_number if record else "",
        issuer=names.name_of(record.issuer, language) if record else "",
    )


def record_title(record: Any, file: Any, language: str) -> SafeString | str:
    if record is None:
        return file.title if file else ""
    if any(record.names.values()):
        return names.name_of(record, language)
    return record.full_number or record.key


def file_details(file: Any) -> list[str]:
    """Type, size and date of an uploaded file; empty for none."""
    if file is None:
        return []
    size = [filesizeformat(file.file_size)] if file.file_size else []
    return [file.file_extension.upper(), *size, day_text(file.created_at.date())]
