"""Lines that make records: places, organisations, people, documents, partners, publications, channels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from anyascii import anyascii
from django.utils.text import slugify
from django.utils.translation import gettext as _

from huunghi.events.models import Edition
from huunghi.partners.models import Agreement, DocumentRelation, OrganisationName, PlaceName
from huunghi.partners.models.names import Name, NameKind

from .context import Line
from .dates import partial_date
from .errors import LineError
from .rows import build
from .sanitise import plain, plain_paragraphs

POSITION = {"lat": "latitude", "lon": "longitude"}
RELATIONS = {
    "based_on": DocumentRelation.Kind.BASED_ON,
    "implements": DocumentRelation.Kind.IMPLEMENTS,
    "replaces": DocumentRelation.Kind.REPLACES,
    "embedded_in": DocumentRelation.Kind.EMBEDDED_IN,
}


@dataclass(slots=True)
class RecordContent:
    """What a line says about a record: its key, its columns and its child rows."""

    key: str
    columns: dict[str, Any]
    rows: dict[str, list[Any]] = field(default_factory=dict)


def content_of_record(line: Line) -> RecordContent:
    return READERS[line.data["type"]](line)


def key_of(line: Line, length: int = 80) -> str:
    """The record's permanent key: the line's own, else its source_id in small letters."""
    if "key" in line:
        return line.data["key"]
    key = slugify(anyascii(line.source_id))[:length].strip("-")
    if not key:
        raise LineError.of("key", _("No key can be made from the source_id; give one in small letters."))
    return key


def _dates(line: Line, **columns: str) -> dict[str, str]:
    return {column: partial_date(line.data[name], name) for name, column in columns.items() if name in line}


def _links(line: Line, **kinds: str) -> dict[str, Any]:
    """Columns that refer to one record: `_links(line, parent="place")`; a link that is set later is left out."""
    found = {name: line.one(kind, name) for name, kind in kinds.items() if name in line}
    return {name: target for name, target in found.items() if target is not None}


def _names(line: Line, column: str = "names", source: str = "names") -> dict[str, str]:
    """One column per language: `{"names.vi": …}`."""
    if source not in line:
        return {}
    return {f"{column}.{code}": plain(text) for code, text in line.localised(line.data[source], source).items()}


def _name_rows(line: Line, model: type[Name]) -> list[Name]:
    given = line.data["names"]
    if isinstance(given, dict):
        return [
            build(model, {"language": code, "text": plain(text)}, f"names.{code}")
            for code, text in line.languages.texts(given, "names").items()
        ]
    return [_name_row(line, model, row, f"names[{number}]") for number, row in enumerate(given, 1)]


def _name_row(line: Line, model: type[Name], row: dict[str, Any], path: str) -> Name:
    values = {
        "language": row["lang"],
        "text": plain(row["text"]),
        "kind": row.get("kind", NameKind.OFFICIAL),
        "preferred": row.get("preferred", False),
        "valid_from": partial_date(row["from"], f"{path}.from") if "from" in row else "",
        "valid_to": partial_date(row["to"], f"{path}.to") if "to" in row else "",
        "note": plain(row.get("note", "")),
        "uncertain": row.get("uncertain", False),
    }
    return build(model, values, path)


def read_place(line: Line) -> RecordContent:
    columns = {
        **line.columns("kind", "precision_km"),
        **{column: _degrees(line.data[name]) for name, column in POSITION.items() if name in line},
        **_dates(line, **{"from": "valid_from", "to": "valid_to"}),
        **_links(line, parent="place"),
        **_note(line),
    }
    if "successors" in line:
        columns["successors"] = line.many("place", "successors")
    return RecordContent(key_of(line), columns, {"name_rows": _name_rows(line, PlaceName)})


def _degrees(value: float) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.00001"))


def _note(line: Line) -> dict[str, str]:
    return {"note": plain_paragraphs(line.data["note"])} if "note" in line else {}


def read_organisation(line: Line) -> RecordContent:
    columns = {
        **line.columns("kind", short="short_name", group="is_group"),
        **_dates(line, **{"from": "valid_from", "to": "valid_to"}),
        **_links(line, parent="organisation", place="place"),
        **_note(line),
    }
    if "successors" in line:
        columns["successors"] = line.many("organisation", "successors")
    return RecordContent(key_of(line), columns, {"name_rows": _name_rows(line, OrganisationName)})


def read_person(line: Line) -> RecordContent:
    names = line.languages.texts(line.data["names"], "names")
    # The source language is first; a Khmer or Lao name in its own script is kept beside the Latin one.
    name = next(
        (text for text in names.values() if anyascii(text[:1]) and text[:1] < "\u0e00"), next(iter(names.values()))
    )
    columns = {"name": plain(name)}
    own_script = line.data.get("own_script") or next((text for text in names.values() if text[:1] >= "\u0e00"), "")
    if own_script:
        columns["own_script_name"] = plain(own_script)
    return RecordContent(key_of(line), columns)


def read_document(line: Line) -> RecordContent:
    columns = {
        **line.columns("number", "symbol", document_type="type"),
        **_names(line),
        **_dates(line, date="date"),
        **_links(line, issuer="organisation", unit="organisation"),
    }
    rows: dict[str, list[Any]] = {}
    if RELATIONS.keys() & line.data.keys():
        rows["relations"] = [
            build(DocumentRelation, {"kind": kind, "target": target}, name)
            for name, kind in RELATIONS.items()
            if name in line
            for target in line.many("document", name, values=_as_list(line.data[name]))
        ]
    return RecordContent(key_of(line), columns, rows)


def _as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def read_partner(line: Line) -> RecordContent:
    """The record of a partner; its page and its partnerships are separate."""
    code = line.data.get("code", line.source_id)
    columns = {
        **_names(line),
        **_links(line, counterpart="organisation", unit="organisation"),
        "place": line.one("place", "place") if "place" in line else line.references.find("place", code),
    }
    if columns["place"] is None:
        del columns["place"]
        # A partner without a place has to be called something: like its page.
        columns = {**columns, **({} if "names" in line else _names_of_page(line))}
    return RecordContent(code, columns)


def _names_of_page(line: Line) -> dict[str, str]:
    texts = line.languages.texts(line.data.get("texts", {}), "texts")
    return {f"names.{code}": plain(text["title"]) for code, text in texts.items()}


def read_publication(line: Line) -> RecordContent:
    columns = {
        **line.columns(serial="is_serial"),
        **_names(line),
        **_names(line, "subject", "subject"),
        **_links(line, issuer="organisation", unit="organisation"),
    }
    rows: dict[str, list[Any]] = {}
    if "editions" in line:
        rows["editions"] = [build(Edition, row, f"editions[{n}]") for n, row in enumerate(line.data["editions"], 1)]
    return RecordContent(key_of(line), columns, rows)


def read_channel(line: Line) -> RecordContent:
    columns = {
        **line.columns("kind", group="is_group"),
        **_names(line),
        **_dates(line, **{"from": "active_from", "to": "active_to"}),
        **_links(line, owner="organisation", place="place", unit="organisation"),
    }
    if "address" in line:
        columns["address"] = plain(line.data["address"])
    if "languages" in line:
        columns["languages"] = ", ".join(line.data["languages"])
    return RecordContent(key_of(line), columns)


def read_partnerships(line: Line, record: Any) -> list[RecordContent]:
    """The partnerships in a line of a partner or an organisation, whose record is given.

    Those whose other side closes a circle of references are left out until it is there.
    """
    rows = enumerate(line.data.get("partnerships", []), 1)
    contents = [_partnership(line, record, row, f"partnerships[{number}]") for number, row in rows]
    return [content for content in contents if content is not None]


def _partnership(line: Line, record: Any, row: dict[str, Any], path: str) -> RecordContent | None:
    ours, partner, other = _sides(line, record, row, path)
    if ours is None or (partner is None and other is None):
        return None
    columns = {
        "organisation": ours,
        "partner": partner,
        "other_organisation": other,
        "unit": ours,
        **{name: row[name] for name in ("level", "status") if name in row},
    }
    if "fields" in row:
        columns["fields"] = line.many("field", "fields", f"{path}.fields", row["fields"])
    rows: dict[str, list[Any]] = {}
    if "agreements" in row:
        rows["agreements"] = [
            _agreement(line, agreement, f"{path}.agreements[{n}]") for n, agreement in enumerate(row["agreements"], 1)
        ]
    far_side = other.key if other else partner.code
    return RecordContent(slugify(anyascii(f"{ours.key}-{far_side}"))[:120].strip("-"), columns, rows)


def _sides(line: Line, record: Any, row: dict[str, Any], path: str) -> tuple[Any, Any, Any]:
    """(our organisation, partner or None, other organisation or None); None also for what is set later."""
    name = "partner" if "partner" in row else "organisation"
    if name not in row or (line.data["type"] == "partner" and name == "partner"):
        raise LineError.of(path, _("Name the other side: a partner or an organisation."))
    other = line.references.get(name, row[name], f"{path}.{name}")
    if line.data["type"] == "partner":
        return other, record, None
    return (record, other, None) if name == "partner" else (record, None, other)


def _agreement(line: Line, row: dict[str, Any], path: str) -> Agreement:
    titles = line.localised(row["title"], f"{path}.title")
    values = {
        "names": {code: plain(text) for code, text in titles.items()},
        "signed_on": partial_date(row["signed_on"], f"{path}.signed_on") if "signed_on" in row else "",
        "valid_until": partial_date(row["valid_until"], f"{path}.valid_until") if "valid_until" in row else "",
    }
    if "place" in row:
        values["place"] = line.references.get("place", row["place"], f"{path}.place")
    if "document" in row:
        values["official_document"] = line.references.get("document", row["document"], f"{path}.document")
    agreement = build(Agreement, values, path)
    if "fields" in row:
        agreement.fields = line.many("field", "fields", f"{path}.fields", row["fields"])
    return agreement


READERS: dict[str, Callable[[Line], RecordContent]] = {
    "place": read_place,
    "organisation": read_organisation,
    "person": read_person,
    "document": read_document,
    "partner": read_partner,
    "publication": read_publication,
    "channel": read_channel,
}
