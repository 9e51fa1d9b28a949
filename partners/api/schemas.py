"""What the API says of partners and of the records that pages refer to, and how it is made from them.

Names of records are given in every language they have, `{"vi": "Cần Đan", "km": "…"}`; texts of pages in one language,
which the page states.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from huunghi.conf import fallback_languages, source_language

from ..fields import text_in
from ..models import Organisation, Partner, Partnership, Place
from ..models.names import NamedMixin
from ..models.rows import DocumentRow, PhotoRow
from .pictures import Picture, picture

Names = dict[str, str]
Absolute = Callable[[str | None], str | None]

COUNTRY = "place__parent__parent__parent"  # the way from a partner to its country, joined and not asked one by one


class Served(Schema):
    """In which language the texts beside it are, and which one was asked for."""

    lang: str = Field(description="Language of every text of this object that is not a dictionary of languages.")
    requested_lang: str
    original: bool = Field(description="True in the language in which editors write first; false for a translation.")
    translation: Literal["human", "machine"] | None = Field(
        description="machine as long as nobody has read over what a machine wrote; null for the original."
    )
    stale: bool = Field(description="The original was published with other texts after this translation.")
    fallback: Literal["not-translated", "no-original"] | None = Field(
        description="Why `lang` is not `requested_lang`; null when it is. not-translated: the reader may read it in no "
        "such language, so this is the original; no-original: nor in the original language, so this is the nearest."
    )


class Translation(Schema):
    lang: str
    title: str
    url: str | None


class Term(Schema):
    """An entry of a list that editors keep: a kind, a field of cooperation, an audience."""

    code: str
    names: Names


class PlaceOut(Schema):
    key: str = Field(description="ISO 3166 code or slug; it never changes.")
    kind: str
    names: Names
    latitude: float | None = Field(description="In degrees, north positive; null for a place that is not on the map.")
    longitude: float | None


class OrganisationOut(Schema):
    key: str
    kind: str
    names: Names


class PartnerOut(Schema):
    code: str = Field(description="ISO 3166 code or slug; it never changes.")
    country: str = Field(description="Key of the country or group it belongs to.")
    names: Names


class Photo(Picture):
    place: PlaceOut | None = None


class DocumentOut(Schema):
    title: str
    names: Names = Field(description="Titles of the official document; empty without one.")
    url: str | None = Field(description="Address of the file; null when the archive has none.")
    number: str = Field(description='Number and symbol of the official document, "50/KH-UBND"; empty without one.')
    type: str
    date: str | None
    issuer: OrganisationOut | None


class AgreementOut(Schema):
    names: Names
    signed_on: str | None
    valid_until: str | None
    place: PlaceOut | None
    number: str


class StatusStep(Schema):
    status: str
    since: str | None


class PartnershipOut(Schema):
    organisation: OrganisationOut
    level: str
    status: str
    fields: list[Term]
    agreements: list[AgreementOut]
    history: list[StatusStep]


class PartnerCard(PartnerOut, Served):
    title: str
    summary: str
    url: str | None
    updated: str | None = Field(description="When the text was last published, ISO 8601.")


class PartnerDetail(PartnerCard):
    text: str = Field(description="Plain paragraphs, separated by an empty line.")
    place: PlaceOut | None
    counterpart: OrganisationOut | None
    partnerships: list[PartnershipOut]
    photos: list[Photo]
    translations: list[Translation]


class PartnerList(Schema):
    items: list[PartnerCard]
    next: str | None = Field(description="Give it as `cursor` for the items behind these; null at the end.")


def served(page: Any, requested: str) -> dict[str, Any]:
    """The fields of `Served` for a page."""
    code = page.locale.language_code
    original = code == source_language()
    return {
        **asked(code, requested),
        "original": original,
        "translation": None if original else "machine" if page.machine_translated else "human",
        "stale": not original and page.is_stale,
    }


def asked(code: str, requested: str) -> dict[str, Any]:
    """Those fields of `Served` that depend on the language that was asked for; nothing else of an object does."""
    reason = "not-translated" if code == source_language() else "no-original"
    return {"lang": code, "requested_lang": requested, "fallback": None if code == requested else reason}


def served_name(code: str, requested: str) -> dict[str, Any]:
    """The fields of `Served` for a record's name, which is in the language `code`."""
    original = code == source_language()
    translation = None if original else "human"
    return {**asked(code, requested), "original": original, "translation": translation, "stale": False}


def nearest(pages: Iterable[Any], language: str) -> Any:
    """Of the translations of one page, the one in the language, else the first in the fallback order."""
    order = {code: position for position, code in enumerate(fallback_languages(language))}
    return min(pages, key=lambda page: order.get(page.locale.language_code, len(order)))


def translations(pages: Iterable[Any], absolute: Absolute) -> list[Translation]:
    ordered = sorted(pages, key=lambda page: page.locale.language_code)
    return [Translation(lang=p.locale.language_code, title=p.title, url=absolute(p.url)) for p in ordered]


def iso_moment(moment: Any) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def term(record: NamedMixin | None) -> Term | None:
    return Term(code=record.code, names=record.names) if record else None


def place_out(place: Place | None) -> PlaceOut | None:
    if place is None:
        return None
    return PlaceOut(
        key=place.key,
        kind=place.kind,
        names=place.labels,
        latitude=None if place.latitude is None else float(place.latitude),
        longitude=None if place.longitude is None else float(place.longitude),
    )


def places_out(places: Iterable[Place | None]) -> list[PlaceOut]:
    """Each place once, in the order given."""
    return [place_out(place) for place in dict.fromkeys(filter(None, places))]


def organisation_out(organisation: Organisation | None) -> OrganisationOut | None:
    if organisation is None:
        return None
    return OrganisationOut(key=organisation.key, kind=organisation.kind, names=organisation.labels)


def partner_facts(partner: Partner) -> dict[str, Any]:
    """The fields of `PartnerOut`. A partner without names of its own is called like its place."""
    names = {**(partner.place.labels if partner.place else {}), **partner.names}
    return {"code": partner.code, "country": partner.country_key, "names": names}


def partner_out(partner: Partner | None) -> PartnerOut | None:
    return PartnerOut(**partner_facts(partner)) if partner else None


def document_out(row: DocumentRow, language: str, absolute: Absolute) -> DocumentOut:
    """`language` is that of the page beside whose texts the title stands."""
    record = row.official_document
    return DocumentOut(
        title=row.title or (record.name_in(language) if record else "") or (row.file.title if row.file else ""),
        names=record.names if record else {},
        url=absolute(row.file.url) if row.file else None,
        number=record.full_number if record else "",
        type=record.type if record else "",
        date=(record.date or None) if record else None,
        issuer=organisation_out(record.issuer) if record else None,
    )


def photos_out(rows: Iterable[PhotoRow], absolute: Absolute) -> list[Photo]:
    """The photos that readers may see; a withheld one is not even counted."""
    return [
        Photo(
            **picture(row.image, row.caption, row.alternative_text, row.credit, absolute),
            place=place_out(row.place),
        )
        for row in rows
        if not row.withheld
    ]


def partnership_out(partnership: Partnership) -> PartnershipOut:
    return PartnershipOut(
        organisation=organisation_out(partnership.organisation),
        level=partnership.level,
        status=partnership.status,
        fields=[term(field) for field in partnership.fields.all()],
        agreements=[
            AgreementOut(
                names=agreement.names,
                signed_on=agreement.signed_on or None,
                valid_until=agreement.valid_until or None,
                place=place_out(agreement.place),
                number=agreement.official_document.full_number if agreement.official_document else "",
            )
            for agreement in partnership.agreements.all()
        ],
        history=[StatusStep(status=step.status, since=step.since or None) for step in partnership.status_history.all()],
    )


def partner_card(partner: Partner, page: Any, language: str, absolute: Absolute) -> dict[str, Any]:
    """The fields of `PartnerCard`."""
    return {
        **partner_facts(partner),
        **served(page, language),
        "title": page.title,
        "summary": page.summary,
        "url": absolute(page.url),
        "updated": iso_moment(page.last_published_at),
    }


def partner_detail(partner: Partner, pages: list[Any], language: str, absolute: Absolute) -> PartnerDetail:
    page = nearest(pages, language)
    return PartnerDetail(
        **partner_card(partner, page, language, absolute),
        text=page.body,
        place=place_out(partner.place),
        counterpart=organisation_out(partner.counterpart),
        partnerships=[partnership_out(partnership) for partnership in partner.partnerships.all()],
        photos=photos_out(page.photos.all(), absolute),
        translations=translations(pages, absolute),
    )


def name_of(record: NamedMixin | None, language: str) -> str:
    """The name of a record in one text, for where no dictionary of languages fits; "" without a record."""
    return text_in(getattr(record, record.names_column), language)[0] if record else ""
