"""CSV files: in which encoding and with which separator they were saved, and their rows."""

from __future__ import annotations

import codecs
import csv
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from huunghi.files.kinds import HEAD, kind_of
from huunghi.partners.sharing.exports import FORMULA_STARTS

from ..errors import UnreadableFileError
from .sheets import MOST_COLUMNS, MOST_FILE_BYTES, MOST_ROWS, Row, Sheet, letters

SEPARATORS = (",", ";", "\t")
_CHUNK = 64 * 1024
# What Vietnamese has and other languages of Windows code pages do not: the beginning of the file must show some.
VIETNAMESE = set("ăâđêôơưĂÂĐÊÔƠƯ")


def sheet_of_table(path: Path) -> Sheet:
    """The one sheet of a CSV file, called like the file. Raises UnreadableFileError."""
    if path.stat().st_size > MOST_FILE_BYTES:
        sentence = _("The file is larger than 50 MB.")
        raise UnreadableFileError(f"{path} {sentence}")
    encoding = encoding_of(path)
    separator, skipped = _separator(path, encoding)
    return Sheet(path, path.stem, lambda: _rows(path, encoding, separator, skipped))


def encoding_of(path: Path) -> str:
    """ "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be" or "cp1258"; raises UnreadableFileError for others."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _whole(path, "utf-16")
    if kind := _utf16_without_mark(head):
        return _whole(path, kind)
    if kind_of(head) not in ("text", "empty") and not head.startswith(codecs.BOM_UTF8):
        sentence = _("It is no CSV file, whatever its name says.")
        raise UnreadableFileError(f"{path} {sentence}")
    if _decodes(path, "utf-8-sig"):
        return "utf-8-sig"
    if _is_windows_1258(path):
        return "cp1258"
    sentence = _("It is neither UTF-8, UTF-16 nor Windows-1258; save it as “CSV UTF-8”.")
    raise UnreadableFileError(f"{path} {sentence}")


def _whole(path: Path, encoding: str) -> str:
    if not _decodes(path, encoding):
        sentence = _("It begins as %(encoding)s, but is not; save it as “CSV UTF-8”.") % {"encoding": "UTF-16"}
        raise UnreadableFileError(f"{path} {sentence}")
    return encoding


def _utf16_without_mark(head: bytes) -> str:
    """Latin letters and separators have an empty half in UTF-16; a quarter of them is enough to tell."""
    if len(head) < 4:
        return ""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > len(head) // 8 and not even:
        return "utf-16-le"
    return "utf-16-be" if even > len(head) // 8 and not odd else ""


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_windows_1258(path: Path) -> bool:
    """Nearly all bytes mean something in Windows-1258: only a text in which its accents make letters is in it."""
    found = False
    with path.open("rb") as file:
        for line in file:
            try:
                text = unicodedata.normalize("NFC", line.decode("cp1258"))
            except UnicodeDecodeError:
                return False
            if any(unicodedata.combining(char) or unicodedata.category(char) in ("Sm", "So") for char in text):
                return False
            found = found or not VIETNAMESE.isdisjoint(text)
    return found


def _separator(path: Path, encoding: str) -> tuple[str, int]:
    """The separator, and how many lines stand before the table: Excel may write "sep=;" first."""
    with path.open(encoding=encoding, newline="") as file:
        first = file.readline(MOST_COLUMNS * 200)
        if first.startswith("sep=") and first[4:5] in SEPARATORS:
            return first[4:5], 1
    unquoted = "".join(first.split('"')[::2])
    return max(SEPARATORS, key=unquoted.count), 0


def _rows(path: Path, encoding: str, separator: str, skipped: int) -> Iterator[Row]:
    number = 0
    try:
        with path.open(encoding=encoding, newline="") as file:
            for number, values in enumerate(csv.reader(file, delimiter=separator, strict=True), 1 - skipped):
                if number < 1 or not any(value.strip() for value in values):
                    continue
                if number > MOST_ROWS or len(values) > MOST_COLUMNS:
                    limits = {"rows": MOST_ROWS, "columns": MOST_COLUMNS}
                    sentence = _("A sheet may have %(rows)d rows and %(columns)d columns.") % limits
                    raise UnreadableFileError(f"{path} {letters(len(values) - 1)}{number}: {sentence}")
                yield number, [_text(value) for value in values]
    except csv.Error as error:
        sentence = _("The table cannot be read after row %(row)d: %(reason)s.") % {"row": number, "reason": error}
        raise UnreadableFileError(f"{path} {sentence}") from error


def _text(value: str) -> str:
    """Our own exports put an apostrophe before what a spreadsheet program could take for a formula."""
    return value[1:] if value[:1] == "'" and value[1:].lstrip().startswith(FORMULA_STARTS) else value
