"""What the lists and full objects of exchanges, articles, plans and reports have in common.

Each list needs the same number of queries for one record and for a hundred.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When, prefetch_related_objects
from django.db.models.functions import Coalesce, Concat, NullIf
from django.http import Http404, HttpRequest
from ninja import Schema
from pydantic import Field, model_validator

from huunghi.http import (
    CursorParameters,
    IsoDate,
    Language,
    Month,
    Year,
    absolute_url,
    check_range,
    decode_cursor,
    encode_cursor,
    row_id,
    text_value,
)
from huunghi.http import Value as Code
from huunghi.partners.access import Reader, readable_pages, readable_sources, reader_of
from huunghi.partners.api import schemas as shared
from huunghi.partners.api.schemas import Absolute, Served, Translation
from huunghi.partners.withholding import present_whole

from ..querysets import in_date_order, in_language
from . import presenting
from .fetching import source_among
from .filters import Moment, Order, optional_moment, with_updated
from .schemas import Block, Edition

EDITIONS = 100  # events that stand in the full object of a record; the address of the whole list stands beside them
OPEN_END = "-99-99"  # behind a date that is cut: sorts after every day in it


class RecordCard(Served):
    id: str = Field(description="Permanent, and the same in every language.")
    title: str
    summary: str
    url: str | None
    updated: str | None = Field(description="When a language of it was last published, ISO 8601.")


class RecordDetail(Schema):
    text: list[Block]
    translations: list[Translation]


class RecordListParameters(CursorParameters):
    """Values of one name are alternatives; different names narrow each other."""

    unit: list[Code] = Field([], description="Key of the editorial unit that keeps the record.")
    language: list[Language] = Field([], description="What can be read in this language.")
    updated_since: Moment | None = Field(
        None, description="What was published again since, as a moment with its zone, or a date (from midnight UTC)."
    )
    order: Order = Field("-date", description="date: oldest first; -date: newest first; updated: longest ago first.")


class DatedListParameters(RecordListParameters):
    start: IsoDate | None = Field(
        None, alias="from", description="What ends on or after it: 2019, 2019-05, 2019-05-14."
    )
    end: IsoDate | None = Field(None, alias="to", description="What begins on or before it.")
    month: list[Month] = Field([], description="YYYY-MM.")
    year: list[Year] = Field([])

    @model_validator(mode="after")
    def range_is_not_reversed(self) -> DatedListParameters:
        check_range(self.start, self.end)
        return self


@dataclass(frozen=True)
class Shelf:
    """How one type of page is listed. `first` and `last` are columns of partial dates; `card` makes a card's fields."""

    model: type[Any]
    first: str
    last: str
    card: Callable[[Any, str, Absolute], dict[str, Any]]
    card_relations: Callable[[], list[Any]]


def listed(shelf: Shelf, wanted: Any, conditions: Iterator[Q], request: HttpRequest) -> dict[str, Any]:
    """The answer of a list: `items` and `next`. `conditions` are those that only this type has."""
    reader = reader_of(request)
    records = narrowed(with_updated(readable_sources(shelf.model, reader), reader), shelf, wanted, reader)
    for condition in conditions:
        records = records.filter(condition)
    records = ordered(behind(records, shelf.first, wanted.cursor, wanted.order), shelf.first, wanted.order)
    sources = list(records[: wanted.limit + 1])
    shown = sources[: wanted.limit]
    pages = in_language(shown, wanted.lang, reader, *shelf.card_relations())
    for source, page in zip(shown, pages, strict=True):
        page.updated = source.updated
    more = len(sources) > len(shown)
    return {
        "items": [shelf.card(page, wanted.lang, absolute_url(request)) for page in pages],
        "next": cursor_behind(shown[-1], shelf.first, wanted.order) if more else None,
    }


def one(model: type[Any], id_: UUID, language: str, reader: Reader, relations: list[Any]) -> tuple[Any, list[Any]]:
    """A record in the nearest language with everything read, and all its translations; Http404 when it is hidden."""
    readable = readable_pages(model.objects.filter(translation_key=id_), reader)
    pages = list(readable.select_related("locale").order_by("pk"))
    if source_among(pages, reader) is None:
        raise Http404("No such record.")
    page = shared.nearest(pages, language)
    page.updated = max((each.last_published_at for each in pages if each.last_published_at), default=None)
    prefetch_related_objects([page], *relations)
    present_whole(page, reader)
    return page, pages


def record_card(page: Any, language: str, absolute: Absolute) -> dict[str, Any]:
    """The fields of `RecordCard`."""
    return {
        **shared.served(page, language),
        "id": str(page.translation_key),
        "title": page.title,
        "summary": page.summary,
        "url": absolute(page.url),
        "updated": shared.iso_moment(getattr(page, "updated", page.last_published_at)),
    }


def record_detail(page: Any, pages: list[Any], reader: Reader, absolute: Absolute) -> dict[str, Any]:
    """The fields of `RecordDetail`."""
    return {
        "text": presenting.text_blocks(page, reader, absolute),
        "translations": shared.translations(pages, absolute),
    }


def editions_in(
    events: QuerySet, language: str, reader: Reader, absolute: Absolute, limit: int = EDITIONS
) -> list[Edition]:
    """Links to the newest of some events that the reader may read; two queries."""
    sources = list(in_date_order(events)[:limit])
    return [presenting.edition(page, absolute) for page in in_language(sources, language, reader)]


def readable_link(page: Any, language: str, reader: Reader, absolute: Absolute) -> dict[str, Any] | None:
    """A link to a record in the nearest language; None when the reader may not read it."""
    if page is None:
        return None
    sources = readable_sources(type(page), reader).filter(translation_key=page.translation_key)
    return next((presenting.link(each, absolute) for each in in_language(sources, language, reader)), None)


def links_to(sources: QuerySet, language: str, reader: Reader, absolute: Absolute) -> list[dict[str, Any]]:
    return [presenting.link(page, absolute) for page in in_language(sources, language, reader)]


def having(model: type[Any], **lookup: Any) -> Q:
    """Pages that pass a lookup through a relation to many, each once."""
    return Q(pk__in=model.objects.filter(**lookup).values("pk"))


def narrowed(records: QuerySet, shelf: Shelf, wanted: Any, reader: Reader) -> QuerySet:
    """The records that pass the filters that every list has."""
    if wanted.unit:
        records = records.filter(unit__key__in=wanted.unit)
    if wanted.language:
        translated = readable_pages(shelf.model.objects.filter(locale__language_code__in=wanted.language), reader)
        records = records.filter(translation_key__in=translated.values("translation_key"))
    if wanted.updated_since:
        records = records.filter(updated__gte=wanted.updated_since)
    if isinstance(wanted, DatedListParameters):
        records = in_periods(records, shelf, wanted)
    return records


def in_periods(records: QuerySet, shelf: Shelf, wanted: DatedListParameters) -> QuerySet:
    """Records that touch every period asked for; one without a date is found only when nothing is asked."""
    asked = [
        [(wanted.start, wanted.end)] if wanted.start or wanted.end else [],
        [(f"{year:04}", f"{year:04}") for year in wanted.year],
        [(f"{day:%Y-%m}", f"{day:%Y-%m}") for day in wanted.month],
    ]
    last = Coalesce(NullIf(F(shelf.last), Value("")), F(shelf.first))
    records = records.annotate(ends_before=Concat(last, Value(OPEN_END)))
    for alternatives in filter(None, asked):
        condition = Q()
        for start, end in alternatives:
            overlap = ~Q(**{shelf.first: ""})
            overlap &= Q(ends_before__gte=start) if start else Q()
            overlap &= Q(**{f"{shelf.first}__lte": f"{end}{OPEN_END}"}) if end else Q()
            condition |= overlap
        records = records.filter(condition)
    return records


def ordered(records: QuerySet, column: str, order: str) -> QuerySet:
    """In a total order; what has no date comes last either way."""
    if order == "updated":
        return records.order_by(F("updated").asc(nulls_last=True), "pk")
    undated = Case(When(**{column: ""}, then=Value(1)), default=Value(0), output_field=IntegerField())
    way = "-" if order == "-date" else ""
    return records.order_by(undated, f"{way}{column}", f"{way}pk")


def behind(records: QuerySet, column: str, cursor: str, order: str) -> QuerySet:
    """The records that come after the one that the cursor names; all of them without a cursor."""
    position = decode_cursor(cursor, order, optional_moment if order == "updated" else text_value, row_id)
    if position is None:
        return records
    value, pk = position
    column = "updated" if order == "updated" else column
    way = "lt" if order == "-date" else "gt"
    unknown = Q(updated__isnull=True) if order == "updated" else Q(**{column: ""})
    if not value:
        return records.filter(unknown, **{f"pk__{way}": pk})
    return records.filter(Q(**{f"{column}__{way}": value}) | Q(**{column: value, f"pk__{way}": pk}) | unknown)


def cursor_behind(record: Any, column: str, order: str) -> str:
    if order == "updated":
        return encode_cursor(order, record.updated.isoformat() if record.updated else None, record.pk)
    return encode_cursor(order, getattr(record, column), record.pk)
