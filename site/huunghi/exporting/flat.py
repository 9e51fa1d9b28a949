"""Events as rows of a table, and the list of pictures and documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from huunghi.conf import content_languages
from huunghi.partners.fields import text_in
from huunghi.partners.sharing.exports import csv_text

from .pages import Line
from .texts import Record

FILE_COLUMNS = ("id", "type", "kind", "address", "title", "credit", "alternative_text")
_FACTS = (
    "id", "address", "kind", "status", "start", "end", "unit", "exchange", "edition", "partners", "places",
    "place_names", "venues", "stated_venues", "organisers", "figures", "fields", "audiences", "updated",
)  # fmt: skip


def event_columns(languages: frozenset[str]) -> list[str]:
    codes = [code for code in content_languages() if not languages or code in languages]
    return [*_FACTS, *(f"{text} {code}" for code in codes for text in ("title", "summary"))]


def event_row(record: Record, line: Line, columns: list[str]) -> list[str]:
    """One event in one row; lists are separated by semicolons, names are in the language of the source page."""
    page, language = record.source, record.language
    places = [*page.places.all(), *(venue.place for venue in page.venues.all() if venue.place)]
    values = {
        **{name: line.get(name) for name in _FACTS},
        "id": record.id,
        "address": page.full_url,
        "partners": "; ".join(_with_role(row.get("code"), row) for row in line.get("partners", [])),
        "places": "; ".join(line.get("places", [])),
        "place_names": "; ".join(dict.fromkeys(text_in(place.labels, language)[0] for place in places)),
        "venues": "; ".join(filter(None, (_venue(row, language) for row in line.get("venues", [])))),
        "organisers": "; ".join(
            row.name or text_in(row.organisation.labels, language)[0]
            for row in page.organisers.all()
            if row.name or row.organisation
        ),
        "figures": "; ".join(_figure(row, language) for row in line.get("figures", [])),
        "fields": "; ".join(line.get("fields", [])),
        "audiences": "; ".join(line.get("audiences", [])),
        "updated": page.last_published_at.isoformat(timespec="seconds") if page.last_published_at else None,
    }
    for code, texts in line["texts"].items():
        values |= {f"title {code}": texts["title"], f"summary {code}": texts.get("summary")}
    return [_cell(values.get(column)) for column in columns]


def _cell(value: Any) -> str:
    return "" if value is None else csv_text(str(value))


def _with_role(text: str, row: Line) -> str:
    return f"{text} ({row['role']})" if row.get("role") else str(text)


def _venue(row: Line, language: str) -> str:
    name = text_in(row.get("name", {}), language)[0]
    return " @ ".join(filter(None, [name, row.get("place")]))


def _figure(row: Line, language: str) -> str:
    scope = text_in(row.get("scope", {}), language)[0]
    return f"{row['quantity']} {row['unit']}{f' ({scope})' if scope else ''}"


def file_rows(kind: str, record: Record) -> Iterator[list[str]]:
    """The pictures and documents that readers of the page see, by their addresses."""
    for row in _files(record):
        address = row[1] if row[1].startswith("http") else f"{record.root}{row[1]}"
        yield [_cell(value) for value in (record.id, kind, row[0], address, *row[2:])]


def _files(record: Record) -> Iterator[tuple[str, str, str, str, str]]:
    page = record.source
    if hasattr(page, "photos"):
        for row in page.photos.all():
            if not row.withheld:
                yield "picture", row.image.file.url, row.caption, row.credit, row.alternative_text
    if hasattr(page, "documents"):
        for row in page.documents.all():
            file = row.file
            if file:
                yield "document", file.url, row.title or file.title, "", ""
    if isinstance(page.body, str):
        return
    for block in page.body:
        if block.block_type == "picture" and (image := block.value["image"]):
            yield "picture", image.file.url, block.value["caption"] or "", block.value["credit"] or "", ""
        elif block.block_type == "document" and block.value:
            yield "document", block.value.url, block.value.title, "", ""
