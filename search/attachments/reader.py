"""Takes the text out of one PDF or DOCX file: `python reader.py FILE` prints it as JSON.

A program of its own that imports nothing of the site: files come from strangers, so that what reads them has limits of
memory and time and can be killed. `attachments.read_file` starts it. The answer is
`{"state": …, "numbered": …, "pages": [text, …]}`; `state` is one of `attachment_models.FileState`.
"""

from __future__ import annotations

import ctypes
import json
import re
import sys
import time
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

MOST_CHARACTERS = 200_000
MOST_PAGES = 2_000
MOST_XML = 32 * 1024 * 1024  # bytes of a DOCX part after unpacking
MEMORY = 768 * 1024 * 1024
SECONDS = 15  # after these the pages read so far are given
OUTPUT = 4 * 1024 * 1024

_UNSPACED = "\u1780-\u17dd\u0e80-\u0eff"
_GUESSED_SPACE = re.compile(f"(?<=[{_UNSPACED}])\u0001(?=[{_UNSPACED}])")
_LETTER = "\u1780-\u17d3\u17dd\u0e80-\u0ece"  # not the signs that end a sentence
_WRAPPED_LINE = re.compile(f"(?<=[{_LETTER}])[\u0001 ]*[\r\n]+(?=[{_LETTER}])")
_BROKEN_LINE = re.compile("(?:\u0002|\ufffe|\u00ad)\\s*\n")  # PDFium marks a hyphenated word like this
_UNREADABLE = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ue000-\uf8ff\ufff0-\uffff\ud800-\udfff]")
_SPACES = re.compile("[ \t\u00a0]+")
_LINES = re.compile(" ?\n[ \n]*")
_LETTERS = re.compile("[^\\W\\d_]")
_WORD = re.compile("^http://(schemas\\.openxmlformats|purl\\.oclc)\\.org/(ooxml/)?wordprocessingml/(2006/)?main ")


class Unreadable(Exception):  # noqa: N818 - what stops the reading is an answer, not a fault
    """The file gives no text; `args[0]` is the state to report."""


class _Enough(Exception):  # noqa: N818
    """A limit is reached: what was read so far is the answer."""


def read(path: Path) -> dict[str, Any]:
    """The answer for one file. Never raises but for what the operating system's limits do."""
    try:
        with path.open("rb") as file:
            start = file.read(1024)
        if b"%PDF-" in start:
            return _answer(_pdf_pages(path), numbered=True)
        if start.startswith(b"PK"):
            return _read_docx(path)
        if start.startswith(b"\xd0\xcf\x11\xe0"):
            return _refused(_kind_of_ole(path))
        return _refused("other-kind")
    except Unreadable as reason:
        return _refused(str(reason))
    except MemoryError:
        return _refused("too-large")
    except Exception:  # whatever a damaged file makes a parser raise
        return _refused("broken")


def _refused(state: str) -> dict[str, Any]:
    return {"state": state, "numbered": False, "pages": []}


def _answer(pages: Iterable[str], numbered: bool) -> dict[str, Any]:
    """Clean the pages until a limit is reached."""
    deadline = time.monotonic() + SECONDS
    kept: list[str] = []
    left = MOST_CHARACTERS
    is_cut = False
    for page in pages:
        text = clean(page)
        kept.append(text[:left])
        left -= len(text)
        if left < 0 or len(kept) >= MOST_PAGES or time.monotonic() > deadline:
            is_cut = True
            break
    if not any(kept):
        return _refused("no-text")
    return {"state": "cut" if is_cut else "read", "numbered": numbered, "pages": kept}


def clean(text: str) -> str:
    """NFC, without control characters, spaces and lines in one row each; "" when a third of it cannot be read."""
    text = _BROKEN_LINE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    readable, dropped = _UNREADABLE.subn(" ", text)
    # A font without a table of characters gives other characters than those that are seen.
    if dropped * 3 > len(text) - text.count(" ") or not _LETTERS.search(readable):
        return ""
    readable = unicodedata.normalize("NFC", readable)
    return _LINES.sub("\n", _SPACES.sub(" ", readable)).strip()


# --- PDF


def _pdf_pages(path: Path) -> Iterator[str]:
    import pypdfium2
    from pypdfium2 import raw

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        code = getattr(error, "err_code", None)
        locked = code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
        raise Unreadable("encrypted" if locked else "broken") from error
    for number in range(len(document)):
        try:
            page = document[number]
            _keep_one_object_of_each_replacement(page.raw)
            text_page = page.get_textpage()
            yield _page_text(text_page)
            text_page.close()
            page.close()
        except pypdfium2.PdfiumError:
            yield ""  # one damaged page does not cost the others


def _keep_one_object_of_each_replacement(page: Any) -> None:
    """Programs that shape Khmer write the letters of a cluster beside its glyphs, as /ActualText.

    PDFium gives them once for each glyph that it finds apart from the others: it then has the cluster twice.
    """
    from pypdfium2 import raw

    previous, doubled = None, []
    for index in range(raw.FPDFPage_CountObjects(page)):
        piece = raw.FPDFPage_GetObject(page, index)
        replacement = _replacement(piece)
        if replacement and replacement == previous:
            doubled.append(piece)
        previous = replacement
    for piece in doubled:
        if raw.FPDFPage_RemoveObject(page, piece):
            raw.FPDFPageObj_Destroy(piece)


def _replacement(piece: Any) -> int | None:
    """The address of the mark that holds the object's /ActualText; the same for all objects of the mark."""
    from pypdfium2 import raw

    size = ctypes.c_ulong()
    for index in range(raw.FPDFPageObj_CountMarks(piece)):
        mark = raw.FPDFPageObj_GetMark(piece, index)
        if raw.FPDFPageObjMark_GetParamStringValue(mark, b"ActualText", None, 0, size) and size.value > 2:
            return ctypes.cast(mark, ctypes.c_void_p).value
    return None


def _page_text(text_page: Any) -> str:
    """The page's text; of Khmer and Lao without the spaces that PDFium guesses from the distance of glyphs.

    Their lines may break inside a name: there stands U+200B, as between words, in place of the line break.
    """
    from pypdfium2 import raw

    text = text_page.get_text_range(0, min(text_page.count_chars(), MOST_CHARACTERS))
    if not re.search(f"[{_UNSPACED}]", text):
        return text
    characters = []
    for index in range(min(text_page.count_chars(), MOST_CHARACTERS)):
        character = chr(raw.FPDFText_GetUnicode(text_page, index))
        if character != " " or not raw.FPDFText_IsGenerated(text_page, index):
            characters.append(character)
        else:
            characters.append("\u0001")
    without = _GUESSED_SPACE.sub("", "".join(characters)).replace("\u0001", " ")
    return _WRAPPED_LINE.sub("\u200b", without)


# --- DOCX


def _read_docx(path: Path) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(path) as archive:
            name = _main_part(archive)
            pages = _Pages()
            try:
                _parse(archive, name, pages.start, pages.end, pages.text)
            except _Enough:
                pages.is_cut = True
    except zipfile.BadZipFile as error:
        raise Unreadable("broken") from error
    except RuntimeError as error:  # a part that needs a password
        raise Unreadable("encrypted") from error
    answer = _answer(pages.finished(), pages.numbered)
    if pages.is_cut and answer["pages"]:
        answer["state"] = "cut"
    return answer


def _main_part(archive: zipfile.ZipFile) -> str:
    """The name of the part that holds the text. Raises Unreadable for an archive of another kind."""
    targets: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if attributes.get("Type", "").endswith("/officeDocument"):
            targets.append(attributes.get("Target", "").lstrip("/"))

    if "_rels/.rels" not in archive.namelist():
        raise Unreadable("other-kind")
    _parse(archive, "_rels/.rels", start)
    if not targets or not targets[0].startswith("word/"):
        raise Unreadable("other-kind")
    return targets[0]


class _Pages:
    """Collects the text of a DOCX. Word notes where its pages broke when the file was last saved; others may not."""

    def __init__(self) -> None:
        self.numbered = False
        self.is_cut = False
        self._pages: list[list[str]] = [[]]
        self._characters = 0
        self._in_text = False
        self._fallback = 0  # depth inside what stands there for old programs: it says the same again
        self._deadline = time.monotonic() + SECONDS

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._fallback or name.endswith("markup-compatibility/2006 Fallback"):
            self._fallback += 1
        elif element := _word_element(name):
            self._in_text = element == "t"
            if element == "lastRenderedPageBreak":
                self.numbered = True
                self._pages.append([])
            elif element in ("tab", "br", "cr"):
                self._add("\n" if element != "tab" else " ")
            if time.monotonic() > self._deadline:
                raise _Enough

    def end(self, name: str) -> None:
        if self._fallback:
            self._fallback -= 1
            return
        element = _word_element(name)
        self._in_text = self._in_text and element != "t"
        if element == "p":
            self._add("\n")

    def text(self, data: str) -> None:
        if self._in_text and not self._fallback:
            self._add(data)

    def finished(self) -> list[str]:
        return ["".join(page) for page in self._pages]

    def _add(self, data: str) -> None:
        self._pages[-1].append(data)
        self._characters += len(data)
        if self._characters > 2 * MOST_CHARACTERS or len(self._pages) > MOST_PAGES:
            raise _Enough


def _word_element(name: str) -> str:
    """The local name of a WordprocessingML element; "" for any other."""
    return name.rpartition(" ")[2] if _WORD.match(name) else ""


def _parse(
    archive: zipfile.ZipFile,
    name: str,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Run a part of the archive through a parser."""
    with archive.open(name) as part:
        content = part.read(MOST_XML + 1)
    if len(content) > MOST_XML:
        raise Unreadable("too-large")
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.buffer_text = True
    try:
        # At once: given in pieces, a comment of 30 MB would be looked through again at every piece.
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise Unreadable("broken") from error


def _refuse_doctype(*args: Any) -> None:
    # No DOCX has one; entities that grow without end, or that name files of this machine, need one.
    raise Unreadable("broken")


def _kind_of_ole(path: Path) -> str:
    """Old Word files, and new ones under a password, share a container."""
    marker = "EncryptedPackage".encode("utf-16-le")
    with path.open("rb") as file:
        return "encrypted" if marker in file.read(MOST_XML) else "other-kind"


# --- the program


def _limit_this_process() -> None:
    try:
        import resource
    except ImportError:  # Windows: the time limit of the caller remains
        return
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, 2 * SECONDS),
        (resource.RLIMIT_FSIZE, OUTPUT),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    _limit_this_process()
    json.dump(read(Path(sys.argv[1])), sys.stdout)
