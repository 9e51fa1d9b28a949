"""Uploaded files by every address: documents, pictures, and the sizes that are made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from huunghi.partners.api.pictures import KINDS, WIDTHS

from ..content import Canary, Files
from ..table import Cell
from . import rules
from .rules import Checker, Scene


def checker(stored: Callable[[Files], list[tuple[str, Any]]]) -> Checker:
    """A checker of the files that `stored` names, each as an address and where its bytes are."""

    def check(cell: Cell, scene: Scene) -> Iterator[str]:
        canary = scene.canary(cell)
        for files, is_live in ((canary.live_files, True), (canary.draft_files, False)):
            # That one address of a document is as closed as the other is seen at the live file.
            for address, file in stored(files)[: None if is_live else 1] if files else ():
                if cell.expect == "visible" and is_live:
                    yield from handed_out(cell, canary, scene, address, file)
                else:
                    yield from kept_back(cell, scene, address, file, is_live)

    return check


def handed_out(cell: Cell, canary: Canary, scene: Scene, address: str, file: Any) -> Iterator[str]:
    answer = scene.ask(cell, address)
    yield from rules.status(cell, answer)
    yield from rules.headers(cell, answer)
    if answer.body != content(file):
        yield f"{address}: not the bytes of the file"
    again = scene.ask(cell, address, if_none_match=answer.says("ETag"))
    if again.status not in cell.statuses:
        yield f"{address}: {again.status} to somebody who has it"


def kept_back(cell: Cell, scene: Scene, address: str, file: Any, is_live: bool) -> Iterator[str]:
    """Asked by somebody who has the file already: whether it has changed is no business of theirs either."""
    answer = scene.ask(cell, address, if_none_match=f'"{version(file)}"')
    if cell.expect == "hidden":
        yield from rules.status(cell, answer)
        yield from rules.headers(cell, answer)
    elif answer.status != 404:
        yield f"{address}: {answer.status} for a file that only the draft has"
    if content(file) in answer.body:
        yield f"{address}: hands out the {'live' if is_live else 'draft'} file"


def content(file: Any) -> bytes:
    return Path(file.path).read_bytes()


def version(file: Any) -> str:
    """The file's ETag, as web servers make it."""
    stat = Path(file.path).stat()
    return f"{int(stat.st_mtime):x}-{stat.st_size:x}"


def document(files: Files) -> list[tuple[str, Any]]:
    return [(files.document.url, files.document.file), (files.document.file.url, files.document.file)]


def original(files: Files) -> list[tuple[str, Any]]:
    return [(files.image.file.url, files.image.file)]


def rendition(files: Files) -> list[tuple[str, Any]]:
    """By its name, and by the address that the API gives for a size."""
    by_size = f"/pictures/{files.image.pk}/{WIDTHS[0]}.{KINDS[-1]}"
    return [(files.rendition.url, files.rendition.file), (by_size, files.of_the_api.file)]


CHECKERS = {
    "document_file": checker(document),
    "image_original": checker(original),
    "image_rendition": checker(rendition),
}
