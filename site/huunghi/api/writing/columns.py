"""Where each field of the writable form is stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from huunghi.events.models import EventPage

from .refusals import Path


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a page or row; `refers_to` is the kind of record that a code in it names."""

    name: str
    refers_to: str = ""
    many: bool = False


# What is written anew in each language; everything else is a fact of the event and the same in all of them.
TEXTS = ("title", "slug", "summary", "text", "status_reason", "machine_translated")
DATES = ("start", "end", "precision")
PAGE: dict[str, Column] = {
    **{name: Column(name) for name in TEXTS if name != "text"},
    **{name: Column(name) for name in ("status", "all_day", "time_zone", "stated_venues", "attendance_mode")},
    **{name: Column(name) for name in ("edition", "sensitivity", "visibility")},
    "kind": Column("kind", "kind"),
    "exchange": Column("exchange", "exchange"),
    "unit": Column("unit", "organisation"),
    "places": Column("places", "place", many=True),
    "fields": Column("fields", "field", many=True),
    "audiences": Column("audiences", "audience", many=True),
}
SOURCE = {"outlet": "source_outlet", "date": "source_date", "address": "source_address"}
DATE_COLUMNS = ("start_date", "start_time", "end_date", "end_time", "precision")
FORM_COLUMNS = [*(column.name for column in PAGE.values()), *DATE_COLUMNS, *SOURCE.values()]

# {column of the page: where it stands in the body}
NAMES: dict[str, Path] = {
    **{column.name: (name,) for name, column in PAGE.items()},
    **dict.fromkeys(("start_date", "start_time"), ("start",)),
    **dict.fromkeys(("end_date", "end_time"), ("end",)),
    **{column: ("source", name) for name, column in SOURCE.items()},
    "body": ("text",),
}


@dataclass(frozen=True, slots=True)
class Rows:
    """A list of rows: by which name the page has them, and their columns."""

    relation: str
    columns: dict[str, Column]

    @property
    def model(self) -> type[Any]:
        return EventPage._meta.get_field(self.relation).related_model

    @property
    def texts(self) -> list[str]:
        """The fields that are written anew in each language."""
        return [name for name, column in self.columns.items() if column.name in self.model.text_fields]

    @property
    def links(self) -> list[str]:
        return [column.name for column in self.columns.values() if column.refers_to]

    @property
    def names(self) -> dict[str, Path]:
        return {column.name: (name,) for name, column in self.columns.items()}


def _rows(relation: str, *plain: str, **others: Column) -> Rows:
    return Rows(relation, {**{name: Column(name) for name in plain}, **others})


_PLACE, _PARTNER = Column("place", "place"), Column("partner", "partner")
ROWS: dict[str, Rows] = {
    "venues": _rows(
        *("venues", "role", "name", "host_name", "chair", "attendance", "online_address"),
        place=_PLACE,
        host=Column("host", "organisation"),
    ),
    "partners": _rows("partner_sides", "role", code=_PARTNER),
    "organisers": _rows("organisers", "name", "role", organisation=Column("organisation", "organisation")),
    "appearances": _rows(
        *("appearances", "role", "topic"),
        person=Column("person", "person"),
        title=Column("title_as_printed"),
        organisation=Column("organisation", "organisation"),
        partner=_PARTNER,
    ),
    "figures": _rows(
        *("figures", "quantity", "scope", "period", "note"),
        unit=Column("unit", "measure"),
        source=Column("source", "organisation"),
    ),
    "agenda": _rows("agenda", "text", "speaker"),
    "outcomes": _rows(
        *("outcomes", "text", "responsible_name", "due"), responsible=Column("responsible", "organisation")
    ),
    "documents": _rows(
        "documents", "title", document=Column("official_document", "document"), file=Column("file", "file")
    ),
    "photos": _rows(
        *("photos", "caption", "credit", "people_visible", "withheld"),
        image=Column("image", "image"),
        alt=Column("alternative_text"),
        consent=Column("consent_note"),
        place=_PLACE,
    ),
    "status_history": _rows("status_history", "status", "since", "reason"),
}
