"""Where the lines of an import come from, and how a person finds them again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from .errors import Problem


class Source:
    """A JSON Lines file. `path` is the file that a person knows, `lines` the file that is read."""

    def __init__(self, path: Path, lines: Path | None = None) -> None:
        self.path = path
        self.lines = lines or path

    def where(self, number: int, field: str = "") -> str:
        """The place of a field of a line in words: "events.jsonl:2 venues[1].place"."""
        return f"{self.path}:{number}{f' {field}' if field else ''}"

    def problems(self, number: int) -> list[Problem]:
        """What was wrong with the line before it was one."""
        return []

    def loose_ends(self) -> Iterable[tuple[str, str]]:
        """(place, sentence) of what belongs to no line."""
        return ()


@contextmanager
def sources_of(paths: Iterable[Path]) -> Iterator[list[Source]]:
    """The files as sources; spreadsheets are turned into lines that exist as long as the context lasts.

    CSV files of one import belong together like the sheets of one workbook. Raises UnreadableFileError.
    """
    from .spreadsheets import BOOKS, TABLES, spreadsheet_source

    paths = list(paths)
    tables = [path for path in paths if path.suffix.lower() in TABLES]
    with ExitStack() as stack:
        sources: list[Source] = []
        for path in paths:
            if path.suffix.lower() in BOOKS:
                sources.append(stack.enter_context(spreadsheet_source([path])))
            elif path not in tables:
                sources.append(Source(path))
        if tables:
            sources.append(stack.enter_context(spreadsheet_source(tables)))
        yield sources
