"""The lists of terms and the gazetteer that ship with the product, loaded into records that editors then keep.

Loading again adds what is missing and touches nothing that an editor may have changed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from django.utils.text import slugify

from .models import Audience, CooperationField, Organisation, OrganisationName, Place, PlaceName
from .models.names import NameKind
from .models.organisations import OrganisationKind
from .models.places import PlaceKind

CSV_KINDS = {
    "capital": PlaceKind.CITY,
    "city": PlaceKind.CITY,
    "city_2025": PlaceKind.CITY,
    "province": PlaceKind.PROVINCE,
    "province_2025": PlaceKind.PROVINCE,
    "province_former": PlaceKind.PROVINCE,
    "border_gate": PlaceKind.BORDER_GATE,
    "island": PlaceKind.ISLAND,
    "country": PlaceKind.COUNTRY,
    "group": PlaceKind.GROUP,
}
SCRIPTS = {"km": "[\u1780-\u17ff]", "lo": "[\u0e80-\u0eff]", "zh-hans": "[\u3400-\u9fff]"}
# The kinds of the organisations in the shipped gazetteer; all others there are associations.
ORGANISATION_KINDS = {
    "peoples-committee": OrganisationKind.PEOPLES_COMMITTEE,
    "viet-nam-union-of-friendship-organizations": OrganisationKind.FRIENDSHIP_UNION,
    "peoples-aid-coordinating-committee": OrganisationKind.COMMITTEE,
}


def read_csv(package: str, name: str) -> Iterator[dict[str, str]]:
    """Rows of a CSV file in the `data` folder of a package."""
    with (files(package) / "data" / name).open(encoding="utf-8", newline="") as handle:
        yield from csv.DictReader(handle)


def load_terms(model: Any, package: str, name: str, **columns: Any) -> int:
    """Add the terms of a CSV file that are not there yet; returns how many. `columns` maps a column to a converter."""
    known = set(model.objects.values_list("code", flat=True))
    terms = [
        model(
            code=row["code"],
            names={code: row[code] for code in ("vi", "km", "en") if row[code]},
            sort_order=int(row["order"]),
            **{column: convert(row[column]) for column, convert in columns.items()},
        )
        for row in read_csv(package, name)
        if row["code"] not in known
    ]
    model.objects.bulk_create(terms)
    return len(terms)


def load_partner_vocabularies() -> int:
    """Fields of cooperation and audiences."""
    fields = load_terms(
        CooperationField, "huunghi.partners", "cooperation-fields.csv", sensitive=lambda text: text == "1"
    )
    return fields + load_terms(Audience, "huunghi.partners", "audiences.csv")


def load_gazetteer() -> int:
    """Places and organisations of place-names.csv that are not there yet; returns how many were added."""
    rows = list(read_csv("huunghi.partners", "place-names.csv"))
    places = [row for row in rows if row["kind"] in CSV_KINDS]
    organisations = [row for row in rows if row["kind"] == "organisation"]
    return _load_places(places) + _load_organisations(organisations)


def _load_places(rows: list[dict[str, str]]) -> int:
    known = dict(Place.objects.values_list("key", "pk"))
    new = [row for row in rows if row["key"] not in known]
    for row in new:
        place = Place(
            key=row["key"],
            kind=CSV_KINDS[row["kind"]],
            latitude=row["lat"] or None,
            longitude=row["lon"] or None,
            precision_km=row["precision_km"] or None,
            valid_to=row["valid_to"],
            note=row["note"],
        )
        place.name_rows = name_rows(PlaceName, row)
        place.save()
        known[place.key] = place.pk
    for row in new:
        if row["parent"]:
            Place.objects.filter(key=row["key"]).update(parent_id=known[row["parent"]])
        if row["successor"]:
            Place.objects.get(key=row["key"]).successors.add(known[row["successor"]])
    return len(new)


def _load_organisations(rows: list[dict[str, str]]) -> int:
    known = set(Organisation.objects.values_list("key", flat=True))
    new = [row for row in rows if row["key"] not in known]
    for row in new:
        organisation = Organisation(
            key=slugify(row["key"]),
            kind=ORGANISATION_KINDS.get(row["key"], OrganisationKind.ASSOCIATION),
            is_group=row["key"] == "peoples-committee",
            note=row["note"],
        )
        organisation.name_rows = name_rows(OrganisationName, row)
        organisation.save()
    return len(new)


def name_rows(model: Any, row: dict[str, str]) -> list[Any]:
    """The names of one CSV row: the three official ones first, then the other spellings, by the script they are in."""
    note = row["note"]
    rows = [
        model(language=code, text=row[code], kind=NameKind.OFFICIAL, preferred=True, uncertain=_uncertain(code, note))
        for code in ("vi", "km", "en")
        if row[code]
    ]
    for text in filter(None, row["aliases"].split("|")):
        language = language_of_script(text)
        kind = NameKind.ROMANISATION if language == "en" else NameKind.VARIANT
        doubtful = f"{text} uncertain" in note or ("-" in text and "not confirmed" in note)
        rows.append(model(language=language, text=text, kind=kind, uncertain=doubtful))
    for position, name in enumerate(rows):
        name.sort_order = position
    return rows


def language_of_script(text: str) -> str:
    """The language that the letters of a name point to: km, lo, zh-hans; vi with Vietnamese letters, else en."""
    for code, letters in SCRIPTS.items():
        if re.search(letters, text):
            return code
    return "en" if text.isascii() else "vi"


def _uncertain(code: str, note: str) -> bool:
    """Whether the note doubts the name in this language ("km: own transliteration, uncertain; …")."""
    doubt = re.search(rf"\b{code}: ([^;]*)", note)
    return bool(doubt and re.search("uncertain|own transliteration|provisional", doubt.group(1)))
