"""Makes the API's answers from event pages. Reads only what was prefetched, and the addresses of links in texts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from huunghi.partners.access import Reader
from huunghi.partners.api import schemas as shared
from huunghi.partners.api.pictures import picture
from huunghi.partners.api.schemas import Absolute
from huunghi.partners.rich_text import readable_html

from ..confirming.statement import Statement
from ..models import EventPage, Figure
from ..models.figures import whole_or_decimal
from . import schemas
from .untranslated import original_among, untranslated


def event_card(page: EventPage, language: str, absolute: Absolute) -> dict[str, Any]:
    """The fields of `EventCard`. `page.updated` is the moment of the newest language, if it was asked for."""
    venue_places = (venue.place for venue in page.venues.all())
    return {
        **shared.served(page, language),
        "id": str(page.translation_key),
        "title": page.title,
        "summary": page.summary,
        "url": absolute(page.url),
        "kind": shared.term(page.kind),
        "status": page.status,
        "start": page.start,
        "end": page.end,
        "precision": page.precision,
        "partners": [partner_side(side) for side in page.partner_sides.all()],
        "places": shared.places_out([*page.places.all(), *venue_places]),
        "updated": shared.iso_moment(getattr(page, "updated", page.last_published_at)),
    }


def event_detail(
    page: EventPage,
    pages: list[EventPage],
    series: dict[str, Any],
    language: str,
    reader: Reader,
    absolute: Absolute,
) -> schemas.EventDetail:
    """`pages` are all translations that the reader may read; the rows of the original among them are read too.

    `series` holds what depends on other pages: `exchange`, `previous`, `next` and `related`.

    `page.statements` are what the reader is told of its confirmation.
    """
    return schemas.EventDetail(
        **event_card(page, language, absolute),
        **series,
        **facts(page),
        confirmed=[confirmed(statement) for statement in page.statements],
        text=text_blocks(page, reader, absolute),
        documents=[shared.document_out(row, page.locale.language_code, absolute) for row in page.documents.all()],
        photos=shared.photos_out(page.photos.all(), absolute),
        translations=shared.translations(pages, absolute),
        untranslated=untranslated(page, original_among(pages)),
    )


def confirmed(statement: Statement) -> schemas.Confirmed:
    return schemas.Confirmed(
        on=statement.on.isoformat(),
        partner=shared.partner_out(statement.partner),
        changed=statement.changed,
        refused=statement.refused,
    )


def facts(page: EventPage) -> dict[str, Any]:
    """The fields and rows of `EventDetail` that hold no address."""
    return {
        "status_reason": page.status_reason,
        "status_history": [
            schemas.StatusStep(status=step.status, since=step.since or None) for step in page.status_history.all()
        ],
        "time_zone": page.time_zone,
        "all_day": page.all_day,
        "attendance_mode": page.mode,
        "stated_venues": page.stated_venues,
        "fields": [shared.term(field) for field in page.fields.all()],
        "audiences": [shared.term(audience) for audience in page.audiences.all()],
        "venues": [venue_out(row) for row in page.venues.all()],
        "organisers": [organiser_out(row) for row in page.organisers.all()],
        "appearances": [appearance_out(row) for row in page.appearances.all()],
        "figures": [figure_out(row) for row in page.figures.all()],
        "agenda": [schemas.AgendaItemOut(text=row.text, speaker=row.speaker) for row in page.agenda.all()],
        "outcomes": [
            schemas.OutcomeOut(
                text=row.text,
                responsible=shared.organisation_out(row.responsible),
                responsible_name=row.responsible_name,
                due=row.due or None,
            )
            for row in page.outcomes.all()
        ],
        "source": schemas.Source(
            outlet=page.source_outlet,
            date=page.source_date.isoformat() if page.source_date else None,
            address=page.source_address,
        ),
        "edition": page.edition,
    }


def partner_side(row: Any) -> schemas.PartnerSide:
    return schemas.PartnerSide(**shared.partner_facts(row.partner), role=row.role)


def organiser_out(row: Any) -> schemas.OrganiserOut:
    return schemas.OrganiserOut(role=row.role, organisation=shared.organisation_out(row.organisation), name=row.name)


def venue_out(row: Any) -> schemas.VenueOut:
    # The online address is for staff: it opens the meeting.
    return schemas.VenueOut(
        role=row.role,
        name=row.name,
        place=shared.place_out(row.place),
        host=shared.organisation_out(row.host),
        host_name=row.host_name,
        chair=row.chair,
        attendance=row.attendance,
    )


def appearance_out(row: Any) -> schemas.AppearanceOut:
    person = row.person
    return schemas.AppearanceOut(
        person=schemas.PersonOut(key=person.key, name=person.name, own_script_name=person.own_script_name),
        title=row.title_as_printed,
        organisation=shared.organisation_out(row.organisation),
        partner=shared.partner_out(row.partner),
        role=row.role,
        topic=row.topic,
    )


def figure_out(row: Figure) -> schemas.FigureOut:
    unit = row.unit
    return schemas.FigureOut(
        quantity=json_number(row.quantity),
        unit=schemas.UnitOut(code=unit.code, names=unit.names, measure_class=unit.measure_class),
        scope=row.scope,
        period=row.period,
        source=shared.organisation_out(row.source),
        note=row.note,
    )


def json_number(quantity: Decimal) -> int | float:
    """2063.00 as 2063, 1.50 as 1.5. A whole number stays exact, however long."""
    number = whole_or_decimal(quantity)
    return int(number) if number == number.to_integral_value() else float(number)


def link(page: Any, absolute: Absolute) -> dict[str, Any]:
    return {
        "id": str(page.translation_key),
        "title": page.title,
        "lang": page.locale.language_code,
        "url": absolute(page.url),
    }


def edition(page: EventPage, absolute: Absolute) -> schemas.Edition:
    return schemas.Edition(**link(page, absolute), edition=page.edition, start=page.start)


def text_blocks(page: EventPage, reader: Reader, absolute: Absolute) -> list[schemas.Block]:
    language = page.locale.language_code
    blocks = (
        schemas.TextBlock(type="text", html=readable_html(block.value.source, reader, language))
        if block.block_type == "text"
        else BLOCKS[block.block_type](block.value, absolute)
        for block in page.body
        if block.block_type in BLOCKS or block.block_type == "text"
    )
    return [block for block in blocks if block is not None]


def _picture(value: Any, absolute: Absolute) -> schemas.PictureBlock | None:
    if value["image"] is None:
        return None
    facts = picture(value["image"], value["caption"] or "", "", value["credit"] or "", absolute)
    return schemas.PictureBlock(type="picture", **facts)


def _quotation(value: Any, absolute: Absolute) -> schemas.QuotationBlock:
    return schemas.QuotationBlock(type="quotation", text=value["text"], speaker=value["speaker"] or "")


def _video(value: Any, absolute: Absolute) -> schemas.VideoBlock:
    return schemas.VideoBlock(type="video", url=value["url"], title=value["title"])


def _document(value: Any, absolute: Absolute) -> schemas.FileBlock | None:
    return schemas.FileBlock(type="document", url=absolute(value.url), title=value.title) if value else None


def _figures(value: Any, absolute: Absolute) -> schemas.FiguresBlock:
    return schemas.FiguresBlock(
        type="figures", rows=[schemas.FigureLine(label=row["label"], value=row["value"]) for row in value]
    )


BLOCKS = {
    "picture": _picture,
    "quotation": _quotation,
    "video": _video,
    "document": _document,
    "figures": _figures,
}
