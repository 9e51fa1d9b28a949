"""Records as lines of an import file. Notes for editors, contacts and owners stay in the archive."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import QuerySet

from huunghi.conf import source_language
from huunghi.events.models import Channel, ChannelIndexPage, Publication, PublicationIndexPage
from huunghi.importing.records import RELATIONS
from huunghi.partners.access import ANONYMOUS, readable_pages
from huunghi.partners.models import OfficialDocument, Organisation, Partner, Partnership, Person, Place

from .pages import codes
from .reach import Reach
from .texts import Record, filled, only_in

Line = dict[str, Any]
_KEYS_OF_RELATIONS = {kind: name for name, kind in RELATIONS.items()}


def records_of(kind: str, reach: Reach) -> QuerySet:
    """The public records of a type, by key."""
    model, relations = MODELS[kind]
    records = model._default_manager.prefetch_related(*relations)
    if kind in LISTS:
        listed = readable_pages(LISTS[kind].objects.all(), ANONYMOUS).exists()
        return records.order_by("key") if listed else records.filter(pk__in=reach.records[model]).order_by("key")
    return records.filter(pk__in=reach.records[model]).order_by("code" if model is Partner else "key")


def line_of_record(kind: str, record: Any, reach: Reach, languages: Iterable[str]) -> Line:
    # A partner, its place and its organisation may have the same key; an identifier of a line has to be unique.
    head = {"source_id": f"{kind}:{record.key}", "type": kind, "key": record.key}
    return filled({**head, **READERS[kind](record, reach, languages)})


def line_of_partner(partner: Partner, page: Record | None, reach: Reach, languages: Iterable[str]) -> Line:
    """A partner; with its partnerships and texts if it has a public page, for only then these are shown."""
    line: Line = {"source_id": f"partner:{partner.code}", "type": "partner", "code": partner.code}
    names = only_in(languages, partner.names)
    line["place"] = reach.key(partner.place)
    if page is None:
        labels = partner.place.labels if partner.place else {}
        line["names"] = names or only_in(languages, labels) or {source_language(): partner.code}
        return filled(line)
    line |= {"names": names, "counterpart": reach.key(partner.counterpart)}
    line |= {"unit": reach.key(page.source.unit), "live": True, "texts": page.texts()}
    line["partnerships"] = [_partnership(item, reach, languages) for item in _partnerships(partner)]
    return filled(line)


def _partnerships(partner: Partner) -> QuerySet:
    relations = ("organisation", "fields", "agreements__place", "agreements__official_document", "agreements__fields")
    return Partnership.objects.filter(partner=partner).prefetch_related(*relations).order_by("key")


def _partnership(item: Partnership, reach: Reach, languages: Iterable[str]) -> Line:
    return filled(
        {
            "organisation": reach.key(item.organisation),
            "level": item.level,
            "status": item.status,
            "fields": codes(item.fields.all()),
            "agreements": [_agreement(agreement, reach, languages) for agreement in item.agreements.all()],
        }
    )


def _agreement(agreement: Any, reach: Reach, languages: Iterable[str]) -> Line:
    document = agreement.official_document
    title = only_in(languages, agreement.names) or {source_language(): str(document.full_number if document else "–")}
    return filled(
        {
            "title": title,
            "signed_on": agreement.signed_on,
            "valid_until": agreement.valid_until,
            "place": reach.key(agreement.place),
            "document": reach.key(document),
            "fields": codes(agreement.fields.all()),
        }
    )


def _organisation(record: Organisation, reach: Reach, languages: Iterable[str]) -> Line:
    return {
        "kind": record.kind,
        "names": _name_rows(record, languages),
        "short": record.short_name,
        "parent": reach.known(record.parent),
        "place": reach.known(record.place),
        "from": record.valid_from,
        "to": record.valid_to,
        "successors": reach.all_known(record.successors.all()),
        "group": record.is_group or None,
    }


def _place(record: Place, reach: Reach, languages: Iterable[str]) -> Line:
    return {
        "kind": record.kind,
        "names": _name_rows(record, languages),
        "parent": reach.known(record.parent),
        "lat": _degrees(record.latitude),
        "lon": _degrees(record.longitude),
        "precision_km": record.precision_km,
        "from": record.valid_from,
        "to": record.valid_to,
        "successors": reach.all_known(record.successors.all()),
    }


def _degrees(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _name_rows(record: Any, languages: Iterable[str]) -> list[Line]:
    rows = list(record.name_rows.all())
    shown = [row for row in rows if row.language in languages] or rows
    return [
        filled(
            {
                "lang": row.language,
                "text": row.text,
                "kind": row.kind if row.kind != "official" else None,
                "preferred": row.preferred or None,
                "from": row.valid_from,
                "to": row.valid_to,
                "uncertain": row.uncertain or None,
            }
        )
        for row in shown
    ]


def _person(record: Person, reach: Reach, languages: Iterable[str]) -> Line:
    # An import keeps a name that is not in Latin letters in both columns.
    own = record.own_script_name or (record.name if record.name[:1] >= "\u0e00" else "")
    return {"names": {source_language(): record.name}, "own_script": own}


def _document(record: OfficialDocument, reach: Reach, languages: Iterable[str]) -> Line:
    names = only_in(languages, record.names) or {source_language(): record.full_number or record.key}
    relations: dict[str, list[str]] = {}
    for relation in record.relations.all():
        if key := reach.known(relation.target):
            relations.setdefault(_KEYS_OF_RELATIONS[relation.kind], []).append(key)
    return {
        "names": names,
        "document_type": record.type,
        "number": record.number,
        "symbol": record.symbol,
        "date": record.date,
        "issuer": reach.known(record.issuer),
        **dict(sorted(relations.items())),
    }


def _publication(record: Publication, reach: Reach, languages: Iterable[str]) -> Line:
    columns = ("language", "format", "issue", "year", "print_run")
    return {
        "names": only_in(languages, record.names) or {source_language(): record.key},
        "issuer": reach.key(record.issuer),
        "serial": record.is_serial or None,
        "subject": only_in(languages, record.subject),
        "editions": [
            filled({column: getattr(row, column) for column in columns}) for row in record.editions.all()
        ],
    }  # fmt: skip


def _channel(record: Channel, reach: Reach, languages: Iterable[str]) -> Line:
    return {
        "names": only_in(languages, record.names) or {source_language(): record.key},
        "kind": record.kind,
        "owner": reach.key(record.owner),
        "address": record.address,
        "place": reach.key(record.place),
        "languages": [code.strip() for code in record.languages.split(",") if code.strip()],
        "from": record.active_from,
        "to": record.active_to,
        "group": record.is_group or None,
    }


MODELS: dict[str, tuple[type[models.Model], tuple[str, ...]]] = {
    "place": (Place, ("name_rows", "parent", "successors")),
    "organisation": (Organisation, ("name_rows", "parent", "place", "successors")),
    "person": (Person, ()),
    "document": (OfficialDocument, ("issuer", "relations__target")),
    "partner": (Partner, ("place", "counterpart")),
    "publication": (Publication, ("issuer", "editions")),
    "channel": (Channel, ("owner", "place")),
}
# Pages that list all records of a type; with one of them open, all are public.
LISTS: dict[str, type[models.Model]] = {"publication": PublicationIndexPage, "channel": ChannelIndexPage}
READERS: dict[str, Callable[[Any, Reach, Iterable[str]], Line]] = {
    "place": _place,
    "organisation": _organisation,
    "person": _person,
    "document": _document,
    "publication": _publication,
    "channel": _channel,
}
