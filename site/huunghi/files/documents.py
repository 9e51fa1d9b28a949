"""Looks at an uploaded document: is it what its name says, and does nobody open a trap with it?"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .archives import BombError, BrokenArchiveError, names_in
from .kinds import HEAD, KINDS_OF_EXTENSION, OFFICE_PARTS, extension_of, kind_of

PROGRAMS = frozenset(
    {"exe", "com", "bat", "cmd", "scr", "msi", "dll", "ps1", "vbs", "vbe", "jse", "wsf", "hta", "lnk", "jar", "apk"}
)
_OPEN_DOCUMENT = {
    "odt": b"application/vnd.oasis.opendocument.text",
    "ods": b"application/vnd.oasis.opendocument.spreadsheet",
    "odp": b"application/vnd.oasis.opendocument.presentation",
}


def check_document(file: Any, name: str) -> None:
    """Raises ValidationError for a program, a file whose content is not what its name says, and a zip bomb.

    `file` is read and left at its beginning. Names with an ending that promises nothing may hold anything but a
    program.
    """
    extension = extension_of(name)
    file.seek(0)
    head = file.read(HEAD)
    kind = kind_of(head)
    if extension in PROGRAMS or kind == "program":
        raise ValidationError(
            _("“%(name)s” is a program. Programs are not kept here; choose a document.") % {"name": name},
            code="program",
        )
    expected = KINDS_OF_EXTENSION.get(extension)
    try:
        if (expected is not None and kind not in expected) or (kind == "zip" and not _is_whole(file, extension, head)):
            raise ValidationError(
                _("“%(name)s” is not a .%(extension)s file inside. Open it in its program and save it again.")
                % {"name": name, "extension": extension},
                code="disguised",
            )
    except BombError as error:
        raise ValidationError(
            _("“%(name)s” grows too large when it is unpacked. Upload the files in it one by one.") % {"name": name},
            code="zip_bomb",
        ) from error
    finally:
        file.seek(0)


def _is_whole(file: Any, extension: str, head: bytes) -> bool:
    """Whether a zip file can be read and holds what belongs to its ending."""
    try:
        names = names_in(file)
    except BrokenArchiveError:
        return False
    if part := OFFICE_PARTS.get(extension):
        return "[Content_Types].xml" in names and any(name.startswith(part) for name in names)
    if media_type := _OPEN_DOCUMENT.get(extension):
        return names[:1] == ["mimetype"] and media_type in head
    return True
