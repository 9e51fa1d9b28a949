"""Lines that make pages: what each type of line says, as columns, rows and texts of its page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.text import slugify
from django.utils.translation import gettext as _

from huunghi.partners.models import OfficialDocument, Partner

from . import dates
from .context import Line
from .errors import LineError, line_error
from .photos import StoredFiles, image_for
from .rows import Row
from .sanitise import plain, plain_paragraphs, rich

# Texts of a page beside title, summary and body.
TEXT_COLUMNS = ("status_reason", "scope")


@dataclass(slots=True)
class PageContent:
    """What a line says about a page. Columns are those of the source page; texts are per language."""

    columns: dict[str, Any]
    rows: dict[str, list[Row]] = field(default_factory=dict)
    texts: dict[str, dict[str, Any]] = field(default_factory=dict)  # {language: {column: text}}, the source's first


def content_of_page(line: Line, unit: Any, stored: StoredFiles) -> PageContent:
    kind = line.data["type"]
    content = PageContent(READERS[kind](line), texts=_texts(line, rich_body=kind != "partner"))
    content.columns.update({"unit": unit} if unit else {})
    content.columns.update(line.columns("visibility"))
    for name in TEXT_COLUMNS:
        if name in line:
            _add_text(line, content, name)
    for name, (collection, read) in ROWS.items():
        if name in line and kind in ROW_OWNERS[name]:
            content.rows[collection] = _rows(line, name, read)
    if "photos" in line:
        content.rows["photos"] = _rows(line, "photos", lambda *row: _photo(*row, unit=unit, stored=stored))
    return content


def _add_text(line: Line, content: PageContent, name: str) -> None:
    for language, text in line.localised(line.data[name], name).items():
        if language not in content.texts:
            raise LineError.of(name, _("There is no title in the language “%(code)s”.") % {"code": language})
        content.texts[language][name] = plain(text)


def _texts(line: Line, rich_body: bool) -> dict[str, dict[str, Any]]:
    texts: dict[str, dict[str, Any]] = {}
    for language, given in line.languages.texts(line.data["texts"], "texts").items():
        title = plain(given["title"])
        if not title:
            raise LineError.of(f"texts.{language}.title", _("This is empty."))
        texts[language] = {"title": title}
        if "summary" in given:
            texts[language]["summary"] = plain_paragraphs(given["summary"])
        if "body" in given:
            texts[language]["body"] = stream(given["body"]) if rich_body else plain_paragraphs(given["body"])
    return texts


def stream(text: str) -> str:
    """A body as the raw JSON of a StreamField: one text block, or none."""
    html = rich(text)
    return json.dumps([{"type": "text", "value": html}] if html else [], ensure_ascii=False)


def _links(line: Line, **kinds: str) -> dict[str, Any]:
    found = {name: line.one(kind, name) for name, kind in kinds.items() if name in line}
    return {name: target for name, target in found.items() if target is not None}


def _lists(line: Line, **kinds: str) -> dict[str, list[Any]]:
    return {name: line.many(kind, name) for name, kind in kinds.items() if name in line}


def read_event(line: Line) -> dict[str, Any]:
    source = line.data.get("source", {})
    columns = {
        **line.columns("status", "all_day", "time_zone", "attendance_mode", "stated_venues", "edition", "sensitivity"),
        **_links(line, kind="kind", exchange="exchange"),
        **_lists(line, places="place", fields="field", audiences="audience"),
        **dates.event_dates(line.data),
    }
    if "outlet" in source:
        columns["source_outlet"] = plain(source["outlet"])
    if "date" in source:
        columns["source_date"] = dates.whole_date(source["date"], "source.date")
    if "address" in source:
        columns["source_address"] = web_address(source["address"], "source.address")
    return columns


def read_exchange(line: Line) -> dict[str, Any]:
    columns = {**line.columns("form", "discipline", "direction"), **_lists(line, fields="field")}
    if "since" in line:
        columns["since"] = dates.partial_date(line.data["since"], "since")
    return columns


def read_article(line: Line) -> dict[str, Any]:
    columns = {
        **line.columns("genre", "byline", "outlet"),
        **_lists(line, events="event", places="place", fields="field", publications="publication"),
    }
    if "partners" in line:
        codes = [row if isinstance(row, str) else row["code"] for row in line.data["partners"]]
        columns["partners"] = line.many("partner", "partners", values=codes)
    if "published_at" in line:
        columns["published_on"], columns["published_time"] = dates.moment(line.data["published_at"], "published_at")
    if "address" in line:
        columns["address"] = web_address(line.data["address"], "address")
    return columns


def read_plan(line: Line) -> dict[str, Any]:
    columns = {**read_report(line), **_lists(line, audiences="audience")}
    if "parent" in line and (parent := line.one("plan", "parent")):
        columns["parent_plan"] = parent
    return columns


def read_report(line: Line) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    if "period" in line:
        columns["period_from"], columns["period_to"] = dates.period(line.data["period"])
    if "document" in line and (document := line.one("document", "document")):
        columns["official_document"] = document
    return columns


def read_partner_page(line: Line) -> dict[str, Any]:
    return {"partner": Partner.objects.get(code=line.data.get("code", line.source_id))}


def web_address(text: str, field: str) -> str:
    try:
        URLValidator(schemes=["http", "https"])(text)
    except ValidationError as error:
        raise LineError.of(field, _("“%(text)s” is not a web address.") % {"text": text}) from error
    return text


RowReader = Callable[[Line, Any, str], Row | None]


def _rows(line: Line, name: str, read: RowReader) -> list[Row]:
    """The rows of a list; those whose link closes a circle of references come when it is set."""
    found = (read(line, row, f"{name}[{number}]") for number, row in enumerate(line.data[name], 1))
    return [row for row in found if row is not None]


def _link(line: Line, row: dict[str, Any], name: str, kind: str, path: str) -> Any | None:
    return line.references.get(kind, row[name], f"{path}.{name}") if name in row else None


def _with_texts(line: Line, facts: dict[str, Any], given: dict[str, Any], path: str, **columns: str) -> Row:
    """A row with the texts of the line: `_with_texts(…, title="title_as_printed")`."""
    row = Row(facts)
    for name, column in columns.items():
        if name in given:
            row.add_text(column, line.localised(given[name], f"{path}.{name}"))
    return row


def _only(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names if name in row}


def _venue(line: Line, given: Any, path: str) -> Row:
    given = {"name": given} if isinstance(given, str) else given
    facts = {**_only(given, "role", "attendance"), "place": _link(line, given, "place", "place", path)}
    row = _with_texts(line, facts, given, path, name="name", chair="chair")
    if "host" in given:
        facts["host"], name = line.organisation_or_name(given["host"], f"{path}.host")
        row.add_text("host_name", name)
    return row


def _partner_side(line: Line, given: Any, path: str) -> Row | None:
    given = {"code": given} if isinstance(given, str) else given
    partner = line.references.get("partner", given["code"], f"{path}.code")
    return Row({**_only(given, "role"), "partner": partner}) if partner else None


def _organiser(line: Line, given: Any, path: str) -> Row | None:
    if isinstance(given, str):
        organisation, name = line.organisation_or_name(given, path)
        return Row({"organisation": organisation}).add_text("name", name)
    organisation = _link(line, given, "organisation", "organisation", path)
    if organisation is None and "name" not in given:
        if "organisation" in given:
            return None
        raise LineError.of(path, _("Name the organisation, or give its source_id."))
    return _with_texts(line, {**_only(given, "role"), "organisation": organisation}, given, path, name="name")


def _appearance(line: Line, given: dict[str, Any], path: str) -> Row | None:
    person = _link(line, given, "person", "person", path)
    if person is None:
        return None
    facts = {
        **_only(given, "role"),
        "person": person,
        "organisation": _link(line, given, "organisation", "organisation", path),
        "partner": _link(line, given, "partner", "partner", path),
    }
    return _with_texts(line, facts, given, path, title="title_as_printed", topic="topic")


def _number(value: float) -> Decimal:
    return Decimal(str(value))


def _figure(line: Line, given: dict[str, Any], path: str) -> Row:
    facts = {
        **_only(given, "period"),
        "quantity": _number(given["quantity"]),
        "unit": _link(line, given, "unit", "measure", path),
        "source": _link(line, given, "source", "organisation", path),
    }
    if line.data["type"] == "report":
        facts["organisation"] = _link(line, given, "organisation", "organisation", path)
        facts["event"] = _link(line, given, "event", "event", path)
    return _with_texts(line, facts, given, path, label="label", scope="scope", note="note")


def _agenda_item(line: Line, given: Any, path: str) -> Row:
    given = {"text": given} if isinstance(given, str) else given
    return _with_texts(line, {}, given, path, text="text", speaker="speaker")


def _outcome(line: Line, given: Any, path: str) -> Row:
    given = {"text": given} if isinstance(given, str) else given
    facts = {"due": dates.partial_date(given["due"], f"{path}.due")} if "due" in given else {}
    row = _with_texts(line, facts, given, path, text="text")
    if "responsible" in given:
        facts["responsible"], name = line.organisation_or_name(given["responsible"], f"{path}.responsible")
        row.add_text("responsible_name", name)
    return row


def _document(line: Line, given: Any, path: str) -> Row | None:
    if isinstance(given, str):
        document = line.references.get("document", given, path)
        return Row({"official_document": document}) if document else None
    document = _document_by_number(line, given, path)
    return _with_texts(line, {"official_document": document}, given, path, title="title")


def _document_by_number(line: Line, given: dict[str, Any], path: str) -> OfficialDocument | None:
    """The record with this number, symbol and date; made when there is none. None when only a title is given."""
    if not given.get("number") and not given.get("symbol"):
        if "title" not in given:
            raise LineError.of(path, _("Give the document a title, or a number and a symbol."))
        return None
    columns = {
        "number": given.get("number", ""),
        "symbol": given.get("symbol", ""),
        "date": dates.partial_date(given["date"], f"{path}.date") if "date" in given else "",
        "issuer": _link(line, given, "issuer", "organisation", path),
    }
    existing = OfficialDocument.objects.filter(**columns).first()
    return existing or _make_document(line, given, columns, path)


def _make_document(line: Line, given: dict[str, Any], columns: dict[str, Any], path: str) -> OfficialDocument:
    key = slugify("-".join(filter(None, [columns["number"], columns["symbol"], columns["date"]])))
    taken = set(OfficialDocument.objects.filter(key__startswith=key).values_list("key", flat=True))
    key = next(k for k in (key, *(f"{key}-{n}" for n in range(2, len(taken) + 3))) if k not in taken)
    titles = line.localised(given["title"], f"{path}.title") if "title" in given else {}
    document = OfficialDocument(key=key, type=given.get("type", ""), names=titles, **columns)
    try:
        document.full_clean()
    except ValidationError as error:
        raise line_error(error, f"{path}.") from error
    line.require_record(document, is_new=True)
    document.save()
    return document


def _plan_item(line: Line, given: dict[str, Any], path: str) -> Row:
    facts = {
        **_only(given, "recurring"),
        "lead": _link(line, given, "unit", "organisation", path),
        "partner": _link(line, given, "partner", "partner", path),
        "target": _number(given["quantity"]) if "quantity" in given else None,
        "target_unit": _link(line, given, "quantity_unit", "measure", path),
    }
    return _with_texts(line, facts, given, path, content="content", period="period")


def _photo(line: Line, given: dict[str, Any], path: str, unit: Any, stored: StoredFiles) -> Row:
    caption = line.localised(given.get("caption", ""), f"{path}.caption")
    title = next(iter(caption.values()), "")
    facts = {
        **_only(given, "credit", "people_visible"),
        "image": image_for(line.path, given["file"], plain(title), unit, stored, f"{path}.file"),
        "place": _link(line, given, "place", "place", path),
        "consent_note": given.get("consent", ""),
    }
    return _with_texts(line, facts, given, path, caption="caption", alt="alternative_text")


READERS: dict[str, Callable[[Line], dict[str, Any]]] = {
    "event": read_event,
    "exchange": read_exchange,
    "article": read_article,
    "plan": read_plan,
    "report": read_report,
    "partner": read_partner_page,
}
# {field of the line: (name of the rows, reader)}; an article's partners are links, not rows
ROWS: dict[str, tuple[str, RowReader]] = {
    "venues": ("venues", _venue),
    "partners": ("partner_sides", _partner_side),
    "organisers": ("organisers", _organiser),
    "appearances": ("appearances", _appearance),
    "figures": ("figures", _figure),
    "agenda": ("agenda", _agenda_item),
    "outcomes": ("outcomes", _outcome),
    "documents": ("documents", _document),
    "items": ("items", _plan_item),
}
ROW_OWNERS: dict[str, Iterable[str]] = {
    "venues": ("event",),
    "partners": ("event", "exchange"),
    "organisers": ("event", "exchange"),
    "appearances": ("event", "article"),
    "figures": ("event", "report"),
    "agenda": ("event",),
    "outcomes": ("event",),
    "documents": ("event", "article"),
    "items": ("plan",),
}
