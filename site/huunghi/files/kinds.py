"""What a file is by its first bytes, whatever its name says."""

from __future__ import annotations

import mimetypes
from pathlib import PurePosixPath

HEAD = 1024  # bytes that are enough to tell

# Beginning of the content -> kind. Longer ones that are looked for deeper inside stand in `kind_of`.
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"BM", "bmp"),
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"{\\rtf", "rtf"),
    (b"ID3", "mp3"),
    (b"OggS", "ogg"),
    (b"fLaC", "flac"),
    (b"\x1aE\xdf\xa3", "matroska"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"\x1f\x8b", "gzip"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"\xca\xfe\xba\xbe", "program"),
    (b"\xcf\xfa\xed\xfe", "program"),
    (b"\xce\xfa\xed\xfe", "program"),
    (b"#!", "program"),
)
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_MARKUP = (b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<svg", b"<?xml", b"<iframe", b"<!--")

PICTURES = frozenset({"jpeg", "png", "gif", "webp", "tiff", "bmp", "heif", "avif"})
OFFICE_PARTS = {"docx": "word/", "docm": "word/", "xlsx": "xl/", "xlsm": "xl/", "pptx": "ppt/", "pptm": "ppt/"}

# Extension -> kinds that its content may have. A name that is not here promises nothing.
KINDS_OF_EXTENSION: dict[str, frozenset[str]] = {
    **{name: frozenset({"jpeg"}) for name in ("jpg", "jpeg", "jpe", "jfif")},
    **{name: frozenset({name}) for name in ("png", "gif", "webp", "bmp", "avif", "pdf", "7z", "rar", "flac")},
    **{name: frozenset({"tiff"}) for name in ("tif", "tiff")},
    **{name: frozenset({"heif"}) for name in ("heic", "heif")},
    **{name: frozenset({"zip"}) for name in (*OFFICE_PARTS, "odt", "ods", "odp", "epub", "zip")},
    **{name: frozenset({"ole"}) for name in ("doc", "xls", "ppt", "msg")},
    **{name: frozenset({"mp4"}) for name in ("mp4", "m4v", "m4a", "mov")},
    **{name: frozenset({"ogg"}) for name in ("ogg", "oga", "ogv", "opus")},
    **{name: frozenset({"matroska"}) for name in ("webm", "mkv")},
    **{name: frozenset({"text", "markup", "empty"}) for name in ("txt", "csv", "tsv", "md", "srt", "vtt", "ics")},
    "rtf": frozenset({"rtf"}),
    "mp3": frozenset({"mp3"}),
    "gz": frozenset({"gzip"}),
}

# What a browser shows by itself without running anything in it; everything else is saved.
SHOWN_TYPES: dict[str, str] = {
    "image/jpeg": "jpeg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/tiff": "tiff",
    "image/bmp": "bmp",
    "image/heic": "heif",
    "image/heif": "heif",
    "application/pdf": "pdf",
    "text/plain": "text",
    "video/mp4": "mp4",
    "audio/mp4": "mp4",
    "audio/mpeg": "mp3",
    "video/webm": "matroska",
    "audio/ogg": "ogg",
    "video/ogg": "ogg",
}
_TYPES_BY_NAME = {
    "avif": "image/avif",
    "webp": "image/webp",
    "heic": "image/heic",
    "heif": "image/heif",
    "jfif": "image/jpeg",
    "m4v": "video/mp4",
    "m4a": "audio/mp4",
    "oga": "audio/ogg",
    "ogg": "audio/ogg",
}


def extension_of(name: str) -> str:
    """ "pdf" of "Bao cao.PDF"; "" for a name without one."""
    return PurePosixPath(name).suffix[1:].lower()


def type_of_name(name: str) -> str:
    """The media type that a name promises."""
    known = _TYPES_BY_NAME.get(extension_of(name))
    return known or mimetypes.guess_type(name)[0] or "application/octet-stream"


def kind_of(head: bytes) -> str:
    """The kind of a file by its first `HEAD` bytes: "pdf", "zip", "program", "markup", "text", "empty" or "unknown"."""
    if not head:
        return "empty"
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp":
        return _kind_of_brand(head)
    if head.startswith(_UTF16):
        return "text"
    if head[0] == 0xFF and len(head) > 1 and head[1] & 0xE0 == 0xE0 and head[1] & 0x06:
        return "mp3"  # frames without a tag before them
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n\x0c").lower()
    if start.startswith(_MARKUP):
        return "markup"
    return "text" if _is_text(head) else "unknown"


def _kind_of_brand(head: bytes) -> str:
    size = int.from_bytes(head[:4], "big")
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, min(size, len(head)) - 3, 4))}
    if brands & {b"avif", b"avis"}:
        return "avif"
    return "heif" if brands & _HEIF_BRANDS else "mp4"


def _is_text(head: bytes) -> bool:
    return not any(byte < 9 or (13 < byte < 32 and byte != 27) for byte in head)
