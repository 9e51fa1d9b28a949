"""Public pages as lines of an import file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from huunghi.events.api.presenting import json_number
from huunghi.events.periods import Precision, iso_cut
from huunghi.importing.dates import DEFAULT_ZONE

from .reach import Reach
from .texts import Record, RowTexts, filled

Line = dict[str, Any]

APPEARANCES = ("appearances__person", "appearances__organisation", "appearances__partner")
DOCUMENTS = ("documents__official_document__issuer", "documents__file")
FIGURES = ("figures__unit", "figures__source")
SIDES = ("partner_sides__partner__place", "organisers__organisation")
PHOTOS = ("photos__image",)
# What the lines and lists of a page read of it, so that a batch costs the same number of queries whatever is in it.
RELATIONS: dict[str, tuple[str, ...]] = {
    "event": (
        "unit", "kind", "exchange", "places", "fields", "audiences", "venues__place", "venues__host", *SIDES,
        *APPEARANCES, *FIGURES, "agenda", "outcomes__responsible", *DOCUMENTS, *PHOTOS,
    ),
    "exchange": ("unit", "fields", *SIDES, *PHOTOS),
    "article": (
        "unit", "events", "partners", "places", "fields", "publications", *APPEARANCES, *DOCUMENTS, *PHOTOS,
    ),
    "plan": ("unit", "official_document", "parent_plan", "audiences", "items__lead", "items__partner",
             "items__target_unit"),
    "report": ("unit", "official_document", *FIGURES, "figures__organisation", "figures__event"),
}  # fmt: skip
# Rows with texts, which are read of the translations too.
TEXT_ROWS: dict[str, tuple[str, ...]] = {
    "event": ("venues", "organisers", "appearances", "figures", "agenda", "outcomes", "documents", "photos"),
    "exchange": ("organisers", "photos"),
    "article": ("appearances", "documents", "photos"),
    "plan": ("items",),
    "report": ("figures",),
}


def line_of_page(kind: str, record: Record, reach: Reach) -> Line:
    """One line for all public languages of a page."""
    page = record.source
    head = {"source_id": record.id, "type": kind, "unit": reach.key(page.unit), "live": True}
    return filled({**head, **READERS[kind](record, page, reach), "texts": record.texts()})


def _event(record: Record, page: Any, reach: Reach) -> Line:
    return {
        "kind": page.kind.code if page.kind else None,
        "status": page.status,
        "status_reason": record.text("status_reason"),
        **event_period(page),
        "all_day": page.all_day or None,
        "time_zone": page.time_zone if page.time_zone != DEFAULT_ZONE else None,
        "attendance_mode": page.attendance_mode,
        "stated_venues": page.stated_venues,
        "exchange": reach.page("exchange", page.exchange),
        "edition": page.edition,
        "places": reach.keys(page.places.all()),
        "fields": codes(page.fields.all()),
        "audiences": codes(page.audiences.all()),
        **_sides(record, reach),
        "venues": record.rows("venues", lambda row, text: _venue(row, text, reach)),
        "appearances": _appearances(record, reach),
        "figures": record.rows("figures", lambda row, text: _figure(row, text, reach)),
        "agenda": record.rows("agenda", lambda row, text: filled({"text": text("text"), "speaker": text("speaker")})),
        "outcomes": record.rows("outcomes", lambda row, text: _outcome(row, text, reach)),
        "documents": _documents(record, reach),
        "source": filled(
            {
                "outlet": page.source_outlet,
                "date": page.source_date.isoformat() if page.source_date else None,
                "address": page.source_address,
            }
        ),
    }


def event_period(page: Any) -> Line:
    """Start and end cut to their precision; an end that says no more than the start is left out."""
    if page.precision == Precision.UNKNOWN or page.start_date is None:
        return {"precision": Precision.UNKNOWN.value} if page.precision == Precision.UNKNOWN else {}
    start = iso_cut(page.start_date, page.start_time, page.precision, page.time_zone)
    # A last day without an hour is no midnight.
    precision = Precision.DAY if page.precision == Precision.MINUTE and page.end_time is None else page.precision
    end = iso_cut(page.end_date or page.start_date, page.end_time, precision, page.time_zone)
    return {"start": start, "end": end if end not in (start, start[:10]) else None}


def _exchange(record: Record, page: Any, reach: Reach) -> Line:
    return {
        "form": page.form,
        "discipline": page.discipline,
        "direction": page.direction,
        "since": page.since,
        "fields": codes(page.fields.all()),
        **_sides(record, reach),
    }


def _article(record: Record, page: Any, reach: Reach) -> Line:
    published = page.published_on
    if page.published_time and len(published) == len("2019-05-14"):
        published = _moment(published, page.published_time)
    return {
        "genre": page.genre,
        "byline": page.byline,
        "published_at": published,
        "outlet": page.outlet,
        "address": page.address,
        "events": reach.all_pages("event", page.events.all()),
        "partners": reach.keys(page.partners.all()),
        "places": reach.keys(page.places.all()),
        "fields": codes(page.fields.all()),
        "publications": reach.keys(page.publications.all()),
        "appearances": _appearances(record, reach),
        "documents": _documents(record, reach),
    }


def _moment(day: str, clock: Any) -> str | None:
    return iso_cut(date.fromisoformat(day), clock, Precision.MINUTE, DEFAULT_ZONE)


def _plan(record: Record, page: Any, reach: Reach) -> Line:
    return {
        **_period(page, reach),
        "scope": record.text("scope"),
        "parent": reach.page("plan", page.parent_plan),
        "audiences": codes(page.audiences.all()),
        "items": record.rows("items", lambda row, text: _plan_item(row, text, reach)),
    }


def _report(record: Record, page: Any, reach: Reach) -> Line:
    return {
        **_period(page, reach),
        "figures": record.rows("figures", lambda row, text: _report_figure(row, text, reach)),
    }


def _period(page: Any, reach: Reach) -> Line:
    period = "/".join(filter(None, [page.period_from, page.period_to])) if page.period_from else None
    return {"period": period, "document": reach.key(page.official_document)}


def _sides(record: Record, reach: Reach) -> Line:
    return {
        "partners": record.rows(
            "partner_sides", lambda row, text: filled({"code": reach.key(row.partner), "role": row.role})
        ),
        "organisers": record.rows("organisers", lambda row, text: _organiser(row, text, reach)),
    }


def _organiser(row: Any, text: RowTexts, reach: Reach) -> Line | None:
    names = {"organisation": reach.key(row.organisation), "name": text("name")}
    return filled({**names, "role": row.role}) if any(names.values()) else None


def _venue(row: Any, text: RowTexts, reach: Reach) -> Line:
    # The online address is for staff: it opens the meeting.
    return filled(
        {
            "role": row.role,
            "place": reach.key(row.place),
            "name": text("name"),
            "host": reach.key(row.host) or text("host_name"),
            "chair": text("chair"),
            "attendance": row.attendance,
        }
    )


def _appearances(record: Record, reach: Reach) -> list[Any] | None:
    return record.rows(
        "appearances",
        lambda row, text: filled(
            {
                "person": reach.key(row.person),
                "title": text("title_as_printed"),
                "organisation": reach.key(row.organisation),
                "partner": reach.key(row.partner),
                "role": row.role,
                "topic": text("topic"),
            }
        ),
    )


def _figure(row: Any, text: RowTexts, reach: Reach) -> Line:
    return {
        "quantity": json_number(row.quantity),
        "unit": row.unit.code,
        **filled(
            {
                "scope": text("scope"),
                "period": row.period,
                "source": reach.key(row.source),
                "note": text("note"),
            }
        ),
    }


def _report_figure(row: Any, text: RowTexts, reach: Reach) -> Line:
    more = {"organisation": reach.key(row.organisation), "event": reach.page("event", row.event)}
    return {"label": text("label") or {text.language: ""}, **_figure(row, text, reach), **filled(more)}


def _outcome(row: Any, text: RowTexts, reach: Reach) -> Line:
    return filled(
        {
            "text": text("text"),
            "responsible": reach.key(row.responsible) or text("responsible_name"),
            "due": row.due,
        }
    )


def _documents(record: Record, reach: Reach) -> list[Any] | None:
    return record.rows("documents", lambda row, text: _document(row, text, reach))


def _document(row: Any, text: RowTexts, reach: Reach) -> Line | str | None:
    """The key of a record, a title alone, or both: then the record is named by its number."""
    document, title = row.official_document, text("title")
    key = reach.key(document)
    if document is None or not title:
        return key or ({"title": title} if title else None)
    if not (document.number or document.symbol):
        return key
    return filled(
        {
            "number": document.number,
            "symbol": document.symbol,
            "date": document.date,
            "issuer": reach.key(document.issuer),
            "title": title,
        }
    )


def _plan_item(row: Any, text: RowTexts, reach: Reach) -> Line:
    return filled(
        {
            "content": text("content"),
            "unit": reach.key(row.lead),
            "period": text("period"),
            "partner": reach.key(row.partner),
            "quantity": None if row.target is None else json_number(row.target),
            "quantity_unit": row.target_unit.code if row.target_unit else None,
            "recurring": row.recurring or None,
        }
    )


def codes(terms: Any) -> list[str]:
    return sorted(term.code for term in terms)


READERS: dict[str, Callable[[Record, Any, Reach], Line]] = {
    "event": _event,
    "exchange": _exchange,
    "article": _article,
    "plan": _plan,
    "report": _report,
}
