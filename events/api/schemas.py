"""What the API says of events."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from huunghi.partners.api.pictures import Picture
from huunghi.partners.api.schemas import (
    DocumentOut,
    OrganisationOut,
    PartnerOut,
    Photo,
    PlaceOut,
    Served,
    StatusStep,
    Term,
    Translation,
)

IsoPeriod = Annotated[str | None, Field(description="ISO 8601, cut to the precision; null when it is not known.")]


class PartnerSide(PartnerOut):
    role: str = Field(description="host, co-host, guest or addressee")


class EventCard(Served):
    id: str = Field(description="Permanent, and the same in every language.")
    type: Literal["event"] = "event"
    title: str
    summary: str
    url: str | None
    kind: Term | None
    status: str
    start: IsoPeriod
    end: IsoPeriod
    precision: str = Field(description="minute, day, month, year or unknown")
    partners: list[PartnerSide]
    places: list[PlaceOut] = Field(description="The places of the event and of its venues, each once.")
    updated: str | None = Field(description="When a language of it was last published, ISO 8601.")


class EventList(Schema):
    items: list[EventCard]
    next: str | None = Field(description="Give it as `cursor` for the events behind these; null at the end.")


class TextBlock(Schema):
    type: Literal["text"]
    html: str


class PictureBlock(Picture):
    type: Literal["picture"]


class QuotationBlock(Schema):
    type: Literal["quotation"]
    text: str
    speaker: str


class VideoBlock(Schema):
    type: Literal["video"]
    url: str
    title: str


class FileBlock(Schema):
    type: Literal["document"]
    url: str
    title: str


class FigureLine(Schema):
    label: str
    value: str


class FiguresBlock(Schema):
    type: Literal["figures"]
    rows: list[FigureLine]


Block = Annotated[
    TextBlock | PictureBlock | QuotationBlock | VideoBlock | FileBlock | FiguresBlock, Field(discriminator="type")
]


class VenueOut(Schema):
    role: str
    name: str
    place: PlaceOut | None
    host: OrganisationOut | None
    host_name: str = Field(description="The host's name when it has no record.")
    chair: str
    attendance: int | None


class OrganiserOut(Schema):
    role: str
    organisation: OrganisationOut | None
    name: str = Field(description="The name when the body has no record.")


class PersonOut(Schema):
    key: str
    name: str
    own_script_name: str


class AppearanceOut(Schema):
    person: PersonOut
    title: str = Field(description="The person's title on that day, as printed.")
    organisation: OrganisationOut | None
    partner: PartnerOut | None
    role: str
    topic: str


class UnitOut(Term):
    measure_class: str = Field(description="count, money or measure; figures of different classes are never added up.")


class FigureOut(Schema):
    quantity: int | float
    unit: UnitOut
    scope: str
    period: str
    source: OrganisationOut | None
    note: str


class AgendaItemOut(Schema):
    text: str
    speaker: str


class OutcomeOut(Schema):
    text: str
    responsible: OrganisationOut | None
    responsible_name: str
    due: str | None


class Source(Schema):
    outlet: str
    date: str | None
    address: str


class Link(Schema):
    """Another record, in the nearest language it has."""

    id: str
    title: str
    lang: str
    url: str | None


class Edition(Link):
    edition: int | None
    start: IsoPeriod


class Confirmed(Schema):
    """That a partner and the archive stand by the same facts."""

    on: str = Field(description="The day on which both sides had confirmed it, ISO 8601.")
    partner: PartnerOut | None = Field(description="Null when it is not named among the partners of the event.")
    changed: bool = Field(description="A confirmed fact has changed since.")
    refused: int = Field(description="The number of facts on which the two sides do not agree.")


class EventDetail(EventCard):
    confirmed: list[Confirmed] = Field(description="By whom it was confirmed, the newest first.")
    status_reason: str
    status_history: list[StatusStep]
    time_zone: str
    all_day: bool
    attendance_mode: str = Field(description="on-site, online or mixed")
    stated_venues: int | None = Field(description="The number of venues that was announced; more than are listed.")
    fields: list[Term]
    audiences: list[Term]
    text: list[Block]
    venues: list[VenueOut]
    organisers: list[OrganiserOut]
    appearances: list[AppearanceOut]
    figures: list[FigureOut]
    agenda: list[AgendaItemOut]
    outcomes: list[OutcomeOut]
    documents: list[DocumentOut]
    photos: list[Photo]
    source: Source
    exchange: Link | None
    edition: int | None = Field(description="3 for the third time of its exchange.")
    previous: Edition | None = Field(description="The edition before this one.")
    next: Edition | None = Field(description="The edition after this one.")
    related: list[Edition] = Field(
        description="A few events with the same partners, or of the same kind if it has none; nearest in time first."
    )
    translations: list[Translation]
    untranslated: list[str] = Field(
        description="Texts of rows that are word for word those of the original, such as `photos.0.caption`: nobody "
        "has translated them yet, or they are names that stay as they are. Their language may not be `lang`."
    )
