"""`/events/export.csv`: the list as a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, StreamingHttpResponse
from ninja import Query, Router
from pydantic import Field

from huunghi.http import absolute_url, problems
from huunghi.partners.access import Reader, reader_of
from huunghi.partners.api.schemas import Absolute, name_of
from huunghi.partners.sharing.exports import BYTE_ORDER_MARK, csv_text

from .. import models
from ..querysets import in_language
from . import fetching, filters, presenting

router = Router(tags=["events"])

PIECE = 500  # events that are read at once
BETWEEN = "; "
COLUMNS = (
    "id", "lang", "translation", "stale", "title", "summary", "kind", "status", "status_reason", "start", "end",
    "precision", "partner_codes", "partners", "places", "venues", "stated_venues", "organisers", "fields", "figures",
    "exchange", "edition", "url", "updated",
)  # fmt: skip
CSV_ANSWER = {"responses": {200: {"description": "CSV", "content": {"text/csv": {"schema": {"type": "string"}}}}}}


class ExportParameters(filters.EventFilterParameters):
    order: filters.Order = Field("-date", description="As in the list of events.")


class Echo:
    """What is written to it is what is sent next."""

    def write(self, line: str) -> bytes:
        return line.encode()


@router.get(
    "/events/export.csv",
    response={**problems(422)},
    operation_id="huunghi_export_events",
    summary="Events as a spreadsheet",
    description="All events that pass the filters. UTF-8 with a mark at the beginning, as spreadsheet programs want it."
    " Text that such a program could take for a formula stands behind an apostrophe.",
    openapi_extra=CSV_ANSWER,
)
def export_events(request: HttpRequest, parameters: Query[ExportParameters]) -> StreamingHttpResponse:
    reader = reader_of(request)
    events = filters.narrowed(fetching.list_sources(reader), parameters, reader)
    lines = exported(filters.ordered(events, parameters.order), parameters.lang, reader, absolute_url(request))
    return StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="events.csv"', "Content-Language": parameters.lang},
    )


def exported(events: Any, language: str, reader: Reader, absolute: Absolute) -> Iterator[bytes]:
    """The file line by line; memory is flat, and each piece of events costs the same queries."""
    writer = csv.writer(Echo())
    yield BYTE_ORDER_MARK
    yield writer.writerow(COLUMNS)
    # The order is decided once: an event that is published meanwhile moves none of the others.
    keys = list(events.values_list("pk", flat=True))
    for start in range(0, len(keys), PIECE):
        piece = keys[start : start + PIECE]
        # Asked again who may read them: a long file is read for minutes.
        found = fetching.list_sources(reader).select_related("kind", "exchange").in_bulk(piece)
        sources = [found[pk] for pk in piece if pk in found]
        pages = in_language(sources, language, reader, *relations())
        exchanges = titles_of_exchanges(sources, language, reader)
        for source, page in zip(sources, pages, strict=True):
            page.kind, page.updated = source.kind, source.updated
            exchange = exchanges.get(source.exchange.translation_key, "") if source.exchange else ""
            yield writer.writerow([csv_text(str(value)) for value in row(page, exchange, language, absolute)])


def relations() -> list[Any]:
    return [
        *fetching.card_relations(),
        Prefetch("organisers", fetching.joined(models.EventOrganiser, "organisation")),
        Prefetch("figures", fetching.joined(models.Figure, "unit")),
        "fields",
    ]


def titles_of_exchanges(sources: Iterable[Any], language: str, reader: Reader) -> dict[Any, str]:
    """Key -> title of the exchanges that the reader may read."""
    keys = {source.exchange.translation_key for source in sources if source.exchange}
    exchanges = fetching.readable_sources(models.ExchangePage, reader).filter(translation_key__in=keys)
    return {page.translation_key: page.title for page in in_language(exchanges, language, reader)}


def row(page: models.EventPage, exchange: str, language: str, absolute: Absolute) -> list[Any]:
    """The values of `COLUMNS`; several in one cell are separated by semicolons. Names are in the asked language."""
    card = presenting.event_card(page, language, absolute)
    sides = page.partner_sides.all()
    places = [name_of(place, language) for place in page.places.all()]
    venues = [", ".join(filter(None, [venue.name, name_of(venue.place, language)])) for venue in page.venues.all()]
    figures = [f"{presenting.json_number(each.quantity)} {each.unit.code}" for each in page.figures.all()]
    return [
        card["id"],
        card["lang"],
        card["translation"] or "original",
        "yes" if card["stale"] else "no",
        page.title,
        page.summary,
        page.kind.code if page.kind else "",
        page.status,
        page.status_reason,
        page.start or "",
        page.end or "",
        page.precision,
        BETWEEN.join(side.partner.code for side in sides),
        BETWEEN.join(side.partner.name_in(language) for side in sides),
        BETWEEN.join(places),
        BETWEEN.join(venues),
        "" if page.stated_venues is None else page.stated_venues,
        BETWEEN.join(each.name or name_of(each.organisation, language) for each in page.organisers.all()),
        BETWEEN.join(field.code for field in page.fields.all()),
        BETWEEN.join(figures),
        exchange,
        page.edition or "",
        card["url"] or "",
        card["updated"] or "",
    ]
