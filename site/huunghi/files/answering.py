"""Hands out one stored file: headers, ranges, and the web server in front where there is one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from email.utils import formatdate
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    StreamingHttpResponse,
)
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header, parse_etags

from .kinds import HEAD, SHOWN_TYPES, kind_of, type_of_name

# The address of nginx's internal location; docs/how-to/serve.md shows it.
INTERNAL = "/_huunghi_files/"
SECONDS_KEPT = 300  # by a browser; caches between the site and its readers ask every time, access may have ended
PUBLIC = f"public, max-age={SECONDS_KEPT}, s-maxage=0"
PRIVATE = "private, no-store"
# What is shown can neither run nor load anything. The viewers of browsers do not open a PDF in a sandbox.
ALONE = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
ALONE_PDF = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'"
PIECE = 64 * 1024
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


def answer(
    file: Any, request: HttpRequest, *, public: bool = False, name: str = "", shown_types: Iterable[str] = SHOWN_TYPES
) -> HttpResponseBase:
    """The file for a reader who may have it. See the package.

    `file` is a Django FieldFile, `name` what it is called when saved, `shown_types` the media types that the browser
    may show; of those only what the content confirms is shown.
    """
    try:
        stream = file.storage.open(file.name, "rb")
    except (OSError, ValueError) as error:
        raise Http404 from error
    try:
        head = stream.read(HEAD)
        size = stream.size
        version = _version(file, stream, size)
    except OSError as error:
        stream.close()
        raise Http404 from error
    media_type, is_shown = _shown_as(name or file.name, head, set(shown_types))
    response = _body(file, request, stream, size, version)
    response["Content-Type"] = media_type
    if response.status_code != 304:
        response["Content-Disposition"] = disposition(name or file.name, is_shown)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = ALONE_PDF if is_shown and media_type == "application/pdf" else ALONE
    response["Cross-Origin-Resource-Policy"] = "cross-origin" if public else "same-origin"
    response["Cache-Control"] = PUBLIC if public else PRIVATE
    if not public:
        patch_vary_headers(response, ["Cookie"])
        response["X-Robots-Tag"] = "noindex"
    return response


def disposition(name: str, is_shown: bool) -> str:
    """Content-Disposition with the last part of a name, less what could end the header or climb folders."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    name = "".join(" " if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") else letter for letter in name)
    return content_disposition_header(not is_shown, name.strip() or "file") or ""


def _shown_as(name: str, head: bytes, shown_types: set[str]) -> tuple[str, bool]:
    """Media type, and whether the browser may show it; a name that its content does not confirm is no type."""
    promised = type_of_name(name)
    kind = kind_of(head)
    confirmed = SHOWN_TYPES.get(promised) == kind
    if promised in SHOWN_TYPES and not confirmed:
        return "application/octet-stream", False
    if promised == "text/plain":
        promised = "text/plain; charset=utf-8"
        return promised, "text/plain" in shown_types
    return promised, confirmed and promised in shown_types


def _body(file: Any, request: HttpRequest, stream: Any, size: int, version: str) -> HttpResponseBase:
    if _is_known(request, version):
        stream.close()
        response: HttpResponseBase = HttpResponseNotModified()
    elif (address := _internal_address(file)) is not None:
        stream.close()
        response = HttpResponse()
        response["X-Accel-Redirect"] = address
        return response
    else:
        response = _stream(request, stream, size, version)
        response["Accept-Ranges"] = "bytes"
    response["ETag"] = version
    return response


def _version(file: Any, stream: Any, size: int) -> str:
    """An ETag; in nginx's own form for local files, so that it stays when nginx begins to hand them out."""
    with suppress(NotImplementedError):
        return f'"{int(Path(file.path).stat().st_mtime):x}-{size:x}"'
    with suppress(NotImplementedError):
        return f'"{int(file.storage.get_modified_time(file.name).timestamp()):x}-{size:x}"'
    return f'"{formatdate(0)}-{size:x}"'


def _is_known(request: HttpRequest, version: str) -> bool:
    known = [tag.removeprefix("W/") for tag in parse_etags(request.headers.get("If-None-Match", ""))]
    return "*" in known or version in known


def _internal_address(file: Any) -> str | None:
    """Where nginx finds the file, for X-Accel-Redirect; None when this process sends it."""
    if getattr(settings, "HUUNGHI_SENDFILE", "") != "nginx":
        return None
    try:
        inside = Path(file.path).resolve().relative_to(Path(settings.MEDIA_ROOT).resolve())
    except (NotImplementedError, ValueError):
        return None
    return INTERNAL + quote(inside.as_posix())


def _stream(request: HttpRequest, stream: Any, size: int, version: str) -> HttpResponseBase:
    part = _part_asked(request, size, version)
    if part == ():
        stream.close()
        response: Any = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{size}"
        return response
    first, last = part or (0, size - 1)
    length = last - first + 1
    if request.method == "HEAD":
        stream.close()
        response = HttpResponse()
    else:
        response = StreamingHttpResponse(_Part(stream, first, length))
    if part:
        response.status_code = 206
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Content-Length"] = str(length)
    return response


class _Part:
    """Bytes of a stream, piece by piece. Django closes it also when the reader goes away before the first one."""

    def __init__(self, stream: Any, first: int, length: int) -> None:
        self._stream, self._left = stream, length
        stream.seek(first)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece = self._stream.read(min(PIECE, self._left)) if self._left > 0 else b""
        if not piece:
            raise StopIteration
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        self._stream.close()


def _part_asked(request: HttpRequest, size: int, version: str) -> tuple[int, int] | tuple[()] | None:
    """First and last byte; None for the whole file, () for a part that is not there.

    Several parts at once are answered with the whole, as every server may.
    """
    asked = _RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if not asked or request.headers.get("If-Range", version) != version:
        return None
    first, last = asked.groups()
    if first:
        begin, end = int(first), min(int(last), size - 1) if last else size - 1
        if last and int(last) < int(first):
            return None
    elif last:
        begin, end = max(0, size - int(last)), size - 1
    else:
        return None
    return (begin, end) if begin <= end else ()
