"""Looks into an XLSX file before it is read: what must not be in it, formulas and merged cells."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO
from xml.parsers import expat

from django.utils.translation import gettext as _

from huunghi.files.archives import BombError, BrokenArchiveError, names_in
from huunghi.files.kinds import HEAD, kind_of

from ..errors import UnreadableFileError
from .sheets import MOST_COLUMNS, MOST_FILE_BYTES, MOST_ROWS, letters

MOST_UNPACKED = 200 * 1024 * 1024
# What a damaged archive raises; ValueError and LookupError are encodings that the parser does not know.
DAMAGE = (
    expat.ExpatError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError,
    LookupError,
)  # fmt: skip
_CELL = re.compile(r"([A-Z]+)\d+")


class _ForbiddenXMLError(Exception):
    pass


@dataclass(slots=True)
class SheetPart:
    """What openpyxl does not tell when it reads row by row."""

    merged: list[str] = field(default_factory=list)  # "A5:A7"
    formulas: set[str] = field(default_factory=set)  # "C14"
    last: int = 0  # row with content; a file may go on for a million empty ones
    far: str = ""  # a cell with content beyond the limits


def checked_package(path: Path) -> dict[str, SheetPart]:
    """The sheets of a workbook by the names of their parts. Raises UnreadableFileError."""
    if path.stat().st_size > MOST_FILE_BYTES:
        raise _refused(path, _("The file is larger than 50 MB."))
    with path.open("rb") as file:
        _require_workbook(path, file)
        file.seek(0)
        try:
            with zipfile.ZipFile(file) as archive:
                return {
                    entry.filename: _read_part(archive, entry)
                    for entry in archive.infolist()
                    if entry.filename.endswith((".xml", ".rels"))
                }
        except _ForbiddenXMLError as error:
            raise _refused(path, _("It contains definitions that a spreadsheet never needs.")) from error
        except DAMAGE as error:
            raise _broken(path) from error


def _require_workbook(path: Path, file: BinaryIO) -> None:
    kind = kind_of(file.read(HEAD))
    if kind == "ole":
        sentence = _("It is an old Excel file or has a password; save it as “Excel workbook (.xlsx)” without one.")
        raise _refused(path, sentence)
    if kind != "zip":
        raise _refused(path, _("It is no Excel workbook, whatever its name says."))
    try:
        names = names_in(file)
    except BombError as error:
        raise _refused(path, _("It would grow beyond all measure when it is unpacked.")) from error
    except BrokenArchiveError as error:
        raise _broken(path) from error
    parts = {posixpath.normpath(name).lower() for name in names}
    if "xl/workbook.xml" not in parts:
        raise _refused(path, _("It is no Excel workbook; save it as “Excel workbook (.xlsx)”."))
    if any(part.endswith("vbaproject.bin") or part.startswith("xl/macrosheets/") for part in parts):
        raise _refused(path, _("It contains macros; save it as “Excel workbook (.xlsx)” without them."))
    if any(part.startswith("xl/externallinks/") for part in parts):
        raise _refused(path, _("It is linked to other workbooks; break the links, then save it again."))
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
            raise _refused(path, _("It is too large; divide it into several files."))


def _read_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> SheetPart:
    """Read the part once with a parser that knows no entities and no definitions."""
    part = SheetPart()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    if entry.filename.startswith("xl/worksheets/"):
        parser.StartElementHandler = _Elements(part).start
    with archive.open(entry) as content:
        parser.ParseFile(content)
    return part


def _refuse(*_anything: Any) -> None:
    raise _ForbiddenXMLError


class _Elements:
    """Notes merged cells and formulas; counts where a writer left out the names of cells."""

    def __init__(self, part: SheetPart) -> None:
        self.part = part
        self.row = self.column = 0
        self.cell = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(" ")[2]
        if name == "row":
            self.row = int(attributes.get("r") or self.row + 1)
            self.column = 0
        elif name == "c":
            self.column += 1
            self.cell = attributes.get("r") or f"{letters(self.column - 1)}{self.row}"
            if match := _CELL.fullmatch(self.cell):
                self.column = _number(match[1])
        elif name in ("v", "t", "f"):
            self.part.last = max(self.part.last, self.row)
            if self.row > MOST_ROWS or self.column > MOST_COLUMNS:
                self.part.far = self.part.far or self.cell
            if name == "f":
                self.part.formulas.add(self.cell)
        elif name == "mergeCell":
            self.part.merged.append(attributes.get("ref", ""))


def _number(text: str) -> int:
    number = 0
    for letter in text:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _refused(path: Path, sentence: str) -> UnreadableFileError:
    return UnreadableFileError(f"{path} {sentence}")


def _broken(path: Path) -> UnreadableFileError:
    return _refused(path, _("The file is damaged; open it in your spreadsheet program and save it again."))
