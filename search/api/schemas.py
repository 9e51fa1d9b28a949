"""What the API says of a search, and how it is made from the archive's answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import prefetch_related_objects
from ninja import Schema
from pydantic import Field

from huunghi.events.models import EventPage
from huunghi.events.periods import Precision, precision_of
from huunghi.partners.api import schemas as shared
from huunghi.partners.api.schemas import Absolute, PartnerOut, PlaceOut, Served
from huunghi.partners.models import Partner

from ..answers import FoundRecord
from ..engines.base import FACETS, NameSuggestion
from ..labels import facet_label, name_type_label
from .filters import ORGANISATION

PARAMETERS = {filter_: parameter for parameter, filter_ in FACETS.items()}


class ArchiveItem(Served):
    id: str = Field(description="Permanent, and the same in every language.")
    type: str
    title: str
    title_html: str = Field(description="The title as safe HTML, with <mark> around what was found.")
    snippet: str = Field(description="Safe HTML with <mark> around what was found.")
    url: str | None
    start: str | None = Field(description="ISO 8601, cut to the precision; null when it is not known.")
    end: str | None
    precision: str
    kind: str
    status: str
    partners: list[PartnerOut]
    places: list[PlaceOut]
    match: str = Field(description="all: every word was found; some: a weaker match.")
    found_in: str = Field(description="Where the snippet stands: title, text, people, documents or place.")
    file: str = Field(description="Title of the attached file that the snippet is from; empty for the page itself.")
    page: int | None = Field(description="Page of that file, from 1; null when it is not known.")
    score: float


class FacetCount(Schema):
    value: str
    label: str
    count: int
    selected: bool


class MonthCount(Schema):
    month: str = Field(description="2019-05")
    count: int


class YearCount(Schema):
    year: int
    count: int
    months: list[MonthCount] | None = Field(
        None,
        description="Of the year that was chosen, else null. What is known to the year only is in no month, and what "
        "goes on over several months is in each.",
    )


class ArchiveResult(Schema):
    query: str
    lang: str
    engine: str
    degraded: bool = Field(description="True when a stand-in answered for the configured engine.")
    level: str = Field(description="all, some (no record has all the words) or none.")
    also_searched: list[str] = Field(description="Other names and terms that were searched with the words.")
    did_you_mean: str | None
    not_found: list[str] = Field(description="Words that stand nowhere in the archive.")
    truncated: bool = Field(description="True when the query was too long and only its beginning was used.")
    count: int = Field(description="Records that have every word; facets and timeline count the same.")
    has_weaker: bool = Field(description="True when weaker matches follow the strict ones.")
    items: list[ArchiveItem]
    facets: dict[str, list[FacetCount]]
    timeline: list[YearCount]
    next: str | None = Field(description="Give it as `cursor` for the items behind these; null at the end.")


class Suggestion(Served):
    id: str
    type: str
    title: str
    title_html: str
    url: str | None


class NamedSuggestion(Schema):
    name: str = Field(description="In the spelling that fits what was typed.")
    label: str = Field(description="The name in the language of the answer, else in the nearest one.")
    type: str = Field(description="partner, country, place or organisation.")
    type_label: str = Field(description="The heading for names of this type, in the language of the answer.")
    filter: str = Field(
        description="Parameter of a search that finds the records, with `value`: partner, country, place or "
        "organisation; q when the name stands in texts only."
    )
    value: str
    count: int = Field(description="Number of records that the filter finds, or that mention the name.")


class Suggestions(Schema):
    items: list[Suggestion] = Field(description="Titles.")
    names: list[NamedSuggestion] = Field(description="Partners, places and organisations; those of a type together.")


def archive_items(records: list[FoundRecord], language: str, absolute: Absolute) -> list[ArchiveItem]:
    prefetch_facts(records)
    return [
        ArchiveItem(
            **suggestion_facts(record, language, absolute),
            **period(record.page),
            snippet=record.snippet,
            kind=kind(record.page),
            status=getattr(record.page, "status", ""),
            partners=[shared.partner_out(partner) for partner in partners(record.page)],
            places=shared.places_out(places(record.page)),
            match=record.match,
            found_in=record.found_in,
            file=record.file,
            page=record.file_page or None,
            score=record.score,
        )
        for record in records
    ]


def suggestions(
    records: list[FoundRecord], names: list[NameSuggestion], language: str, absolute: Absolute
) -> Suggestions:
    named = [named_suggestion(name, language) for name in names]
    found_first = list(dict.fromkeys(name.type for name in named))
    return Suggestions(
        items=[Suggestion(**suggestion_facts(record, language, absolute)) for record in records],
        names=sorted(named, key=lambda name: found_first.index(name.type)),
    )


def named_suggestion(found: NameSuggestion, language: str) -> NamedSuggestion:
    """`language` is active, for the heading."""
    parameter = PARAMETERS.get(found.filter, "")
    type_ = parameter or ("organisation" if found.id.startswith(ORGANISATION) else "place")
    label = facet_label(type_, found.id, language)
    return NamedSuggestion(
        name=found.name,
        label=found.name if label == found.id else label,
        type=type_,
        type_label=name_type_label(type_),
        filter=parameter or "q",
        value=found.id.removeprefix(ORGANISATION) if parameter else found.name,
        count=found.count,
    )


def suggestion_facts(record: FoundRecord, language: str, absolute: Absolute) -> dict[str, Any]:
    """The fields of `Suggestion`. A publication is a record without a page of its own: it has no address."""
    page = record.page
    if hasattr(page, "locale"):
        texts = {**shared.served(page, language), "title": page.title, "url": absolute(page.url)}
    else:
        name, code = page.name_and_language(record.language)
        texts = {**shared.served_name(code, language), "title": name, "url": None}
    return {**texts, "id": record.id, "type": record.type, "title_html": record.title}


RELATIONS = {
    "event": ("partner_sides__partner__place", "places", "venues__place"),
    "exchange": ("partner_sides__partner__place",),
    "partner": ("partner__place",),
    "article": ("partners__place", "places"),
}


def prefetch_facts(records: Iterable[FoundRecord]) -> None:
    """Read what the items show, one type at a time; what the search has read already is not read again."""
    records = list(records)
    for type_, relations in RELATIONS.items():
        prefetch_related_objects([record.page for record in records if record.type == type_], *relations)
    found = [partner for record in records for partner in partners(record.page)]
    prefetch_related_objects(list(dict.fromkeys(found)), shared.COUNTRY)


def partners(page: Any) -> list[Partner]:
    if hasattr(page, "partner_sides"):
        return [side.partner for side in page.partner_sides.all()]
    if hasattr(page, "partners"):
        return list(page.partners.all())
    partner = getattr(page, "partner", None)
    return [partner] if partner else []


def places(page: Any) -> list[Any]:
    own = list(page.places.all()) if hasattr(page, "places") else []
    halls = [venue.place for venue in page.venues.all()] if hasattr(page, "venues") else []
    return [*own, *halls]


def kind(page: Any) -> str:
    """Kind of an event, form of an exchange, genre of an article; "" for the rest."""
    if isinstance(page, EventPage):
        return page.kind.code if page.kind else ""
    return getattr(page, "form", "") or getattr(page, "genre", "")


def period(page: Any) -> dict[str, Any]:
    """`start`, `end` and `precision` of any record."""
    if isinstance(page, EventPage):
        return {"start": page.start, "end": page.end, "precision": page.precision}
    columns = (("published_on", ""), ("since", ""), ("period_from", "period_to"))
    for first, last in columns:
        if start := getattr(page, first, ""):
            end = getattr(page, last, "") if last else ""
            return {"start": start, "end": end or start, "precision": precision_of(start)}
    return {"start": None, "end": None, "precision": Precision.UNKNOWN}
