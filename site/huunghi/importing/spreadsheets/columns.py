"""Which sheets there are and which columns they have. The schema of a line says so; names of columns are its fields."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.utils.translation import override

from huunghi.conf import LANGUAGE_NAMES, content_languages

from ..languages import ALIASES
from ..validation import validator
from .labels import COLUMN_LABELS, SHEET_LABELS

# Sheets of records and pages -> type of their lines
SHEETS = {
    "events": "event",
    "exchanges": "exchange",
    "articles": "article",
    "plans": "plan",
    "reports": "report",
    "partners": "partner",
    "organisations": "organisation",
    "people": "person",
    "places": "place",
    "documents": "document",
    "publications": "publication",
    "channels": "channel",
}
# Sheets whose rows belong to a row of another sheet -> (field of its line, shapes of a row in the schema)
ROW_SHEETS = {
    "venues": ("venues", ("venue",)),
    "partner_sides": ("partners", ("partnerSide",)),
    "organisers": ("organisers", ("organiser",)),
    "figures": ("figures", ("figure", "reportFigure")),
    "appearances": ("appearances", ("appearance",)),
    "agenda": ("agenda", ("agendaItem",)),
    "outcomes": ("outcomes", ("outcome",)),
    "attached_documents": ("documents", ("documentReference",)),
    "photos": ("photos", ("photo",)),
    "plan_items": ("items", ("planItem",)),
    "editions": ("editions", ("edition",)),
    "partnerships": ("partnerships", ("partnership",)),
    "names": ("names", ("nameRow",)),
}
# Sheets for people, which the template has and nobody reads.
NOTES = ("help", "codes")
_SCALARS = {"partialDate": "date", "moment": "moment", "period": "period", "reference": "text", "code": "text"}
_SPACE = re.compile(r"[\s_]+")


@dataclass(frozen=True, slots=True)
class Column:
    """`path` leads to the value in a line; "*" in it stands for the language that the heading names."""

    code: str
    kind: str  # text, choice, integer, number, boolean, date, moment, period, list, or rows
    path: tuple[str, ...]
    languages: str = ""  # "always": a heading without one means the source language; "may": one text without any
    choices: tuple[str, ...] = ()
    shape: str = ""  # of rows written into one cell
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A column as a sheet has it."""

    column: Column
    language: str = ""

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(self.language if part == "*" else part for part in self.column.path)


@cache
def columns_of(sheet: str) -> tuple[Column, ...]:
    """The columns of a sheet, the most used first."""
    definitions = validator().schema["$defs"]
    if sheet in SHEETS:
        shape = definitions[SHEETS[sheet]]
        return tuple(column for name in _in_order(shape) for column in _columns(name, shape))
    found = {"source_id": Column("source_id", "text", ("source_id",), needed=True)}
    shapes = [_object(definitions[name]) for name in ROW_SHEETS[sheet][1]]
    for shape in shapes:
        for field in shape["properties"]:
            found.update((column.code, column) for column in _columns(field, shape) if column.kind != "rows")
    # Rows of one sheet may have several shapes: figures of events, and of reports.
    needed = set.intersection(*({"source_id", *shape.get("required", ())} for shape in shapes))
    return tuple(replace(column, needed=column.code in needed) for column in found.values())


def _in_order(shape: dict[str, Any]) -> list[str]:
    first = ("source_id", "texts", "names", "code", "key", "start", "end", "kind", "status", "live", "unit")
    names = [name for name in shape["properties"] if name != "type"]
    return sorted(names, key=lambda name: first.index(name) if name in first else len(first))


def _object(shape: dict[str, Any]) -> dict[str, Any]:
    return next((branch for branch in shape.get("anyOf", ()) if branch.get("type") == "object"), shape)


def _columns(name: str, owner: dict[str, Any]) -> Iterator[Column]:
    shape = owner["properties"][name]
    # A row without an identifier gets one from what it says.
    needed = name in owner.get("required", ()) and name != "source_id"
    reference = shape.get("$ref", "").rpartition("/")[2]
    if name == "texts":
        for text in ("title", "summary", "body"):
            yield Column(text, "text", ("texts", "*", text), "always", needed=text == "title" and needed)
    elif reference in ("names", "nameRows"):
        yield Column("name", "text", ("names", "*"), "always", needed=needed)
    elif reference == "localText":
        yield Column(name, "text", (name, "*"), "may", needed=needed)
    elif reference in _SCALARS:
        yield Column(name, _SCALARS[reference], (name,), needed=needed)
    elif "enum" in shape:
        yield Column(name, "choice", (name,), choices=tuple(shape["enum"]), needed=needed)
    elif shape.get("type") == "object":
        for field in shape["properties"]:
            for column in _columns(field, shape):
                yield Column(f"{name}.{column.code}", column.kind, (name, *column.path))
    elif shape.get("type") == "array":
        yield _list_column(name, shape["items"])
    elif "anyOf" in shape:
        yield Column(name, "list", (name,))
    elif shape.get("type") in ("integer", "number", "boolean"):
        yield Column(name, shape["type"], (name,), needed=needed)
    elif shape.get("type") == "string":
        yield Column(name, "text", (name,), needed=needed)


def _list_column(name: str, items: dict[str, Any]) -> Column:
    shape = items.get("$ref", "").rpartition("/")[2]
    if shape in ("", "reference", "code"):
        return Column(name, "list", (name,))
    return Column(name, "rows", (name,), shape=shape)


def sheet_called(name: str) -> str:
    """The code of a sheet by its code or its name in any language; "" when there is none."""
    return _sheets_by_name().get(folded(name), "")


@cache
def _sheets_by_name() -> dict[str, str]:
    known = (*SHEETS, *ROW_SHEETS, *NOTES)
    names = {folded(code): code for code in known}
    for code in known:
        for name in _in_all_languages(SHEET_LABELS.get(code, "")):
            names.setdefault(folded(name), code)
    return names


def heading_called(text: str, sheet: str) -> Heading | None:
    """The column that a heading names by code or label, with or without a language behind it; None for others."""
    known = _columns_by_name(sheet)
    name = folded(text)
    if name in known:
        column = known[name]
        return Heading(column, _source() if column.languages == "always" else "")
    first, _space, last = name.rpartition(" ")
    language = _language(last.strip("()[]"))
    column = known.get(first.rstrip(" -–:·"))
    return Heading(column, language) if column and column.languages and language else None


@cache
def _columns_by_name(sheet: str) -> dict[str, Column]:
    columns = columns_of(sheet)
    names = {folded(column.code): column for column in columns}
    for column in columns:
        for label in _in_all_languages(COLUMN_LABELS.get(column.code, "")):
            names.setdefault(folded(label), column)
    return names


def known_names(sheet: str) -> list[str]:
    """What a heading may be called, for a hint."""
    return list(_columns_by_name(sheet))


def _in_all_languages(text: Any) -> Iterator[str]:
    if text:
        for language in dict.fromkeys([*content_languages(), "en"]):
            with override(language):
                yield str(text)


def _source() -> str:
    return content_languages()[0]


def _language(text: str) -> str:
    text = ALIASES.get(text, text)
    return text if text in {*LANGUAGE_NAMES, *content_languages()} else ""


def folded(text: str) -> str:
    """A heading as it is compared: composed letters, small, single spaces, without the star of a needed column."""
    return _SPACE.sub(" ", unicodedata.normalize("NFC", text).replace("*", " ")).strip().casefold()
