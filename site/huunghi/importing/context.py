"""What the parts of one import share."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from huunghi.conf import source_language

from .errors import LineError
from .languages import Languages
from .references import References
from .rights import ImportRights


@dataclass(frozen=True, slots=True)
class Options:
    """How to import. `unit` owns the lines that name none: the key of an organisation.

    `rights` are those of the person who imports; without them everything is allowed, as from the command line.
    """

    dry_run: bool = False
    strict: bool = False
    create_missing: bool = False
    overwrite: bool = False
    unit: str = ""
    rights: ImportRights | None = None
    most_lines: int | None = None


@dataclass(slots=True)
class Line:
    """One line on its way into the archive."""

    path: Path
    number: int
    data: dict[str, Any]
    references: References
    languages: Languages
    options: Options
    language: str = field(default_factory=source_language)  # of plain strings inside rows

    def __contains__(self, name: str) -> bool:
        return name in self.data

    @property
    def source_id(self) -> str:
        return self.data["source_id"]

    def one(self, kind: str, name: str) -> Any | None:
        """The object a field refers to."""
        return self.references.get(kind, self.data[name], name)

    def many(self, kind: str, name: str, field: str = "", values: list[str] | None = None) -> list[Any]:
        """The objects a list of references stands for; those that are set later are left out."""
        field = field or name
        values = self.data[name] if values is None else values
        found = [self.references.get(kind, value, f"{field}[{row}]") for row, value in enumerate(values, 1)]
        return [item for item in found if item is not None]

    def require_record(self, record: Any, is_new: bool) -> None:
        """Raises LineError when whoever imports may not write this record."""
        if self.options.rights is not None:
            self.options.rights.require_record(record, is_new)

    def localised(self, value: str | dict[str, str], field: str) -> dict[str, str]:
        return self.languages.localised(value, field, self.language)

    def organisation_or_name(self, value: str | dict[str, str], field: str) -> tuple[Any | None, dict[str, str]]:
        """`(organisation, {})` when the text names a record, else `(None, text per language)`."""
        if isinstance(value, str):
            organisation = self.references.organisation_called(value)
            if organisation is not None:
                return organisation, {}
        return None, self.localised(value, field)

    def columns(self, *names: str, **renamed: str) -> dict[str, Any]:
        """Plain values of the line by column: `columns("kind", short="short_name")`."""
        pairs = {**{name: name for name in names}, **renamed}
        return {column: self.data[name] for name, column in pairs.items() if name in self.data}


def require(condition: object, field: str, sentence: str) -> None:
    if not condition:
        raise LineError.of(field, sentence)
