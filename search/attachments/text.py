"""How the texts of several files stand in one text, `LanguagePart.documents`, and how a place in it is named.

Each file begins with a line that holds its title; a form feed stands before every page, also before one without text,
so that pages can be counted. A text whose pages are not known has no form feed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

FILE_MARK = "\x1c"  # "file separator"; the texts themselves hold no control characters
PAGE_MARK = "\f"
MOST_CHARACTERS = 200_000  # of all files of one record
PIECE_LENGTH = 4_000


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file's title and its text, page by page. `numbered`: the pages are those that a reader would see."""

    title: str
    pages: tuple[str, ...]
    numbered: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A page of a file or a part of a long page. `page` counts from 1; 0 when it is not known."""

    title: str
    page: int
    text: str


def join_files(files: Iterable[AttachedFile]) -> str:
    """One text of at most MOST_CHARACTERS; what is beyond is left out."""
    parts = []
    for file in files:
        title = " ".join(file.title.split())
        pages = (PAGE_MARK if file.numbered else "\n") + (PAGE_MARK if file.numbered else "\n").join(file.pages)
        parts.append(f"{FILE_MARK}{title}\n{pages}\n")
    return "".join(parts)[:MOST_CHARACTERS]


def pieces_of(text: str) -> Iterator[Piece]:
    """The pieces of a joined text in order, each from one page of one file; those without text are left out."""
    for file in text.split(FILE_MARK):
        title, _, content = file.partition("\n")
        pages = content.split(PAGE_MARK)
        numbers = range(len(pages)) if len(pages) > 1 else (0,)
        for number, page in zip(numbers, pages, strict=True):
            for piece in _cut(page):
                yield Piece(title, number, piece)


def _cut(page: str) -> Iterator[str]:
    """Pieces of about PIECE_LENGTH characters that end at a line or a word."""
    start = 0
    while start < len(page):
        end = start + PIECE_LENGTH
        if end < len(page):
            spaces = (page.rfind(space, start + PIECE_LENGTH // 2, end) for space in ("\n", ". ", " "))
            end = next((place + 1 for place in spaces if place > 0), end)
        if piece := page[start:end].strip():
            yield piece
        start = end
