"""The text of a page as blocks of JSON, and back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import nh3
from django.core.exceptions import ValidationError

from huunghi.events.models import EventPage
from huunghi.importing.sanitise import BODY_TAGS, URL_SCHEMES, rich

from .references import References
from .refusals import Path, Problems

# Links between pages and to documents are kept by number in the database, and so they come back.
_LINK_ATTRIBUTES = {"a": {"href", "linktype", "id"}}
_FILES = {"picture": ("image", "image"), "document": ("document", "file")}


def written_blocks(page: EventPage) -> list[dict[str, Any]]:
    return [{"type": block.block_type, "id": block.id, **_fields(block)} for block in page.body]


def _fields(block: Any) -> dict[str, Any]:
    value = block.value
    match block.block_type:
        case "text":
            return {"html": value.source}
        case "document":
            return {"document": value.pk if value else None}
        case "figures":
            return {"rows": [{"label": row["label"], "value": row["value"]} for row in value]}
        case "picture":
            image = value["image"]
            return {"image": image.pk if image else None, **{k: value[k] or "" for k in ("caption", "credit")}}
    return {name: each or "" for name, each in value.items()}


def set_blocks(page: EventPage, given: list[dict[str, Any]], references: References, problems: Problems) -> None:
    """Put the blocks into the page, cleaned as the form of the admin cleans them."""
    stored = {block["id"]: block for block in written_blocks(page)}
    for number, block in enumerate(given):
        if block["type"] in _FILES:
            field, kind = _FILES[block["type"]]
            kept = stored.get(block.get("id"), {}).get(field)
            if block[field] != kept and references.get(kind, block[field]) is None:
                problems.add(("text", number, field), references.unknown(kind, block[field]))
    field = page._meta.get_field("body")
    page.body = field.to_python([_raw(block, stored) for block in given])
    check_blocks(page, problems)


def check_blocks(page: EventPage, problems: Problems) -> None:
    try:
        page.body = page._meta.get_field("body").stream_block.clean(page.body)
    except ValidationError as error:
        for path, sentence in _sentences(error.as_json_data(), ()):
            problems.add(("text", *_field_path(page, path)), sentence)


def _raw(block: dict[str, Any], stored: dict[str, Any]) -> dict[str, Any]:
    """A block as a StreamField keeps it."""
    fields = {name: value for name, value in block.items() if name not in ("type", "id")}
    value: Any = fields
    match block["type"]:
        case "text":
            kept = stored.get(block.get("id"), {}).get("html")
            value = fields["html"] if fields["html"] == kept else safe_html(fields["html"])
        case "document":
            value = fields["document"]
        case "figures":
            value = fields["rows"]
    return {"type": block["type"], "value": value, **({"id": block["id"]} if block.get("id") else {})}


def safe_html(text: str) -> str:
    """What an editor could have written: plain text becomes paragraphs, and tags that no editor offers go."""
    if "<" not in text:
        return rich(text)
    return nh3.clean(text, tags=BODY_TAGS, attributes=_LINK_ATTRIBUTES, url_schemes=URL_SCHEMES, link_rel=None).strip()


def _sentences(error: dict[str, Any], path: Path) -> Iterator[tuple[Path, str]]:
    for sentence in error.get("messages", ()):
        yield path, sentence
    for name, inner in error.get("blockErrors", {}).items():
        yield from _sentences(inner, (*path, name))


def _field_path(page: EventPage, path: Path) -> Path:
    """Where the error stands in the JSON: a block of one value has a name for it there."""
    if not path:
        return path
    number, *rest = path
    name = {"text": "html", "document": "document", "figures": "rows"}.get(page.body[number].block_type)
    return (number, *([name] if name else []), *rest)
