"""Looks at zip files, and at office files, which are zip files, without unpacking them."""

from __future__ import annotations

import struct
import zipfile
from typing import Any

MOST_ENTRIES = 10_000
MOST_DIRECTORY = 8 * 1024 * 1024
MOST_UNPACKED = 1024 * 1024 * 1024
MOST_TIMES = 200  # as large as packed; a text of zeros packs 1000 times, office files 30 times at most
SMALL = 32 * 1024 * 1024  # unpacked, whatever the ratio
_END = struct.Struct("<4s4H2LH")
_TAIL = 65_535 + _END.size


class BrokenArchiveError(ValueError):
    """It is no zip file, or not a whole one."""


class BombError(ValueError):
    """It would grow beyond all measure when somebody opens it."""


def names_in(file: Any) -> list[str]:
    """The names in a zip file. Raises BrokenArchiveError or BombError; reads its directory only."""
    _check_directory(file)
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error) as error:
        raise BrokenArchiveError(str(error)) from error
    packed = sum(entry.compress_size for entry in entries)
    unpacked = sum(entry.file_size for entry in entries)
    file.seek(0, 2)
    overlaps = packed > file.tell() or len({entry.header_offset for entry in entries}) < len(entries)
    if overlaps or unpacked > MOST_UNPACKED or (unpacked > SMALL and unpacked > packed * MOST_TIMES):
        raise BombError
    return [entry.filename for entry in entries]


def _check_directory(file: Any) -> None:
    """Python reads the whole directory into memory; it says at its end how long it is."""
    file.seek(0, 2)
    size = file.tell()
    file.seek(max(0, size - _TAIL))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + _END.size > len(tail):
        raise BrokenArchiveError("It has no directory.")
    _name, _disk, _start, _here, entries, directory, _offset, _comment = _END.unpack_from(tail, at)
    if entries > MOST_ENTRIES or directory > MOST_DIRECTORY:
        raise BombError
