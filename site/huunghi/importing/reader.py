"""From bytes to numbered lines. No line over the limit is ever held in memory."""

from __future__ import annotations

import codecs
import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from django.utils.translation import gettext as _

from .errors import LineError, UnreadableFileError

MAX_LINE_BYTES = 5 * 1024 * 1024
_CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class RawLine:
    """One line as it stands in the file; `data` is None when it is over the limit."""

    number: int
    offset: int
    data: bytes | None


def read_lines(path: Path) -> Iterator[RawLine]:
    """The lines of a file that are not blank, numbered from 1. Raises UnreadableFileError when it is not UTF-8."""
    with path.open("rb") as file:
        offset = _skip_byte_order_mark(file)
        number = 0
        while data := file.readline(MAX_LINE_BYTES + 1):
            number += 1
            if len(data) > MAX_LINE_BYTES and not data.endswith(b"\n"):
                _skip_rest_of_line(file, data, path)
                yield RawLine(number, offset, None)
            elif data.strip():
                _require_utf8(data, path, number)
                yield RawLine(number, offset, data)
            offset = file.tell()


def read_line_at(path: Path, offset: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return file.readline(MAX_LINE_BYTES + 1)


def _skip_byte_order_mark(file: BinaryIO) -> int:
    if file.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
        file.seek(0)
    return file.tell()


def _skip_rest_of_line(file: BinaryIO, start: bytes, path: Path) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    chunk = start
    try:
        decoder.decode(chunk)
        while chunk and not chunk.endswith(b"\n"):
            chunk = file.readline(_CHUNK_BYTES)
            decoder.decode(chunk)
    except UnicodeDecodeError as error:
        raise _not_utf8(path) from error


def _require_utf8(data: bytes, path: Path, number: int) -> None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_utf8(path, number) from error


def _not_utf8(path: Path, number: int | None = None) -> UnreadableFileError:
    sentence = _("The file is not UTF-8; save it again as “UTF-8”.")
    return UnreadableFileError(f"{path}:{number} {sentence}" if number else f"{path} {sentence}")


def parse(data: bytes) -> dict[str, Any]:
    """The object of a line, texts in composed form without control characters, empty (null) values left out.

    Raises LineError when it is not a JSON object.
    """
    try:
        value = json.loads(data, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        sentence = _("This is not JSON: %(reason)s at character %(position)d.")
        raise LineError.of("", sentence % {"reason": error.msg, "position": error.colno}) from error
    except (ValueError, RecursionError) as error:
        raise LineError.of("", _("This is not JSON: a number is too long, or brackets are nested too deep.")) from error
    if not isinstance(value, dict):
        raise LineError.of("", _("A line has to be one object in braces: {…}."))
    return tidy(value)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def tidy(value: Any) -> Any:
    """NFC everywhere, no control characters or lone surrogates, null values dropped."""
    if isinstance(value, str):
        kept = (
            char for char in value.replace("\r\n", "\n") if char in "\n\t" or unicodedata.category(char) not in _DROPPED
        )
        return unicodedata.normalize("NFC", "".join(kept)).strip()
    if isinstance(value, dict):
        return {tidy(key): tidy(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [tidy(item) for item in value]
    return value


_DROPPED = {"Cc", "Cs"}
