"""The writable form of an event: what is sent, and what is answered."""

from __future__ import annotations

import math
import re
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, PlainValidator, create_model
from pydantic_core import PydanticCustomError

from huunghi.events.models.event_rows import EventAppearance, EventOrganiser, EventPartnerSide, Venue
from huunghi.events.models.events import AttendanceMode, EventStatus, Sensitivity
from huunghi.events.periods import Precision
from huunghi.partners.access import Visibility

MOST_ROWS = 500
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LINE_CONTROL = re.compile(r"[\x01-\x1f\x7f\u2028\u2029]")
_UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"


def _printable_text(text: str) -> str:
    if _CONTROL.search(text):
        raise PydanticCustomError("control_character", "It holds a character that cannot be printed.")
    return text


def _one_line(text: str) -> str:
    if _LINE_CONTROL.search(text):
        raise PydanticCustomError("control_character", "It holds a line break or a character that cannot be printed.")
    return text


def _number(value: Any) -> int | float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise PydanticCustomError("float_type", "Expected a number.")
    return value


def _whole(value: Any) -> Any:
    """JSON has one kind of number, and its schema calls 12.0 an integer."""
    return int(value) if type(value) is float and value.is_integer() else value


def _described(pattern: str) -> Any:
    """What the specification says of a text; the sentence for people comes from a validator."""
    return Field(json_schema_extra={"pattern": pattern})


_IN_LINE = r"[^\u0000-\u001f\u007f\u2028\u2029]"
_IN_TEXT = r"[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]"
_TITLE = {"pattern": rf"^{_IN_LINE}*[^\s\u0000-\u001f\u007f]{_IN_LINE}*$", "maxLength": 255}
Line = Annotated[str, AfterValidator(_one_line), _described(f"^{_IN_LINE}*$")]
Text = Annotated[str, AfterValidator(_printable_text), _described(f"^{_IN_TEXT}*$")]
Code = Annotated[Line, Field(min_length=1, max_length=200)]
Key = Annotated[str, Field(pattern=_UUID, description="The permanent key of a row; a row without one is new.")]
Number = Annotated[float, PlainValidator(_number, json_schema_input_type=float)]
Count = Annotated[int, Field(ge=0, le=2_147_483_647), BeforeValidator(_whole)]
Id = Annotated[int, Field(ge=1, le=2_147_483_647), BeforeValidator(_whole)]
IsoPeriod = Annotated[
    str,
    Field(
        pattern="^[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?$",
        description="ISO 8601, cut to what is known: 2019, 2019-05, 2019-05-14, 2019-05-14T08:00+07:00.",
    ),
]
PartialDate = Annotated[str, Field(pattern="^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")]
Day = Annotated[str, Field(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]


class Strict(Schema):
    model_config = ConfigDict(strict=True, extra="forbid")


class Row(Strict):
    key: Key | None = None


class VenueRow(Row):
    role: Literal[*Venue.Role.values] = "main"  # type: ignore[valid-type]
    place: Code | None = Field(None, description="Key of a place.")
    name: Line = ""
    host: Code | None = Field(None, description="Key of an organisation.")
    host_name: Line = ""
    chair: Line = ""
    attendance: Count | None = None
    online_address: Line = Field("", description="For staff only: no reader is ever shown it.")


class PartnerRow(Row):
    code: Code | None = Field(None, description="Code of a partner.")
    role: Literal[*EventPartnerSide.Role.values] = "guest"  # type: ignore[valid-type]


class OrganiserRow(Row):
    organisation: Code | None = None
    name: Line = ""
    role: Literal[*EventOrganiser.Role.values] = "organiser"  # type: ignore[valid-type]


class AppearanceRow(Row):
    person: Code | None = None
    title: Line = ""
    organisation: Code | None = None
    partner: Code | None = None
    role: Literal[*EventAppearance.Role.values] = "attendee"  # type: ignore[valid-type]
    topic: Line = ""


class FigureRow(Row):
    quantity: Number | None = None
    unit: Code | None = Field(None, description="Code of a unit of measure.")
    scope: Line = ""
    period: Line = ""
    source: Code | None = Field(None, description="Key of an organisation.")
    note: Line = ""


class AgendaRow(Row):
    text: Text = ""
    speaker: Line = ""


class OutcomeRow(Row):
    text: Text = ""
    responsible: Code | None = Field(None, description="Key of an organisation.")
    responsible_name: Line = ""
    due: PartialDate | None = None


class DocumentRow(Row):
    document: Code | None = Field(None, description="Key of an official document.")
    file: Id | None = Field(None, description="Number of an uploaded document.")
    title: Line = ""


class PhotoRow(Row):
    image: Id | None = Field(None, description="Number of an uploaded picture.")
    caption: Text = ""
    alt: Line = ""
    credit: Line = ""
    place: Code | None = None
    people_visible: bool = False
    consent: Line = Field("", description="For staff only.")
    withheld: bool = False


class StatusRow(Row):
    status: Line = ""
    since: PartialDate | None = None
    reason: Line = ""


class Block(Strict):
    id: Key | None = None


class TextBlockIn(Block):
    type: Literal["text"]
    html: Text = Field(description="p h2 h3 ul ol li b strong i em a br; other tags are taken out.")


class PictureBlockIn(Block):
    type: Literal["picture"]
    image: Id
    caption: Line = ""
    credit: Line = ""


class QuotationBlockIn(Block):
    type: Literal["quotation"]
    text: Text
    speaker: Line = ""


class VideoBlockIn(Block):
    type: Literal["video"]
    url: Line
    title: Line


class FileBlockIn(Block):
    type: Literal["document"]
    document: Id


class FigureLineIn(Strict):
    label: Line
    value: Line


class FiguresBlockIn(Block):
    type: Literal["figures"]
    rows: Annotated[list[FigureLineIn], Field(max_length=MOST_ROWS)]


AnyBlock = Annotated[
    TextBlockIn | PictureBlockIn | QuotationBlockIn | VideoBlockIn | FileBlockIn | FiguresBlockIn,
    Field(discriminator="type"),
]


class SourceOfEvent(Strict):
    outlet: Line = ""
    date: Day | None = None
    address: Line = ""


def rows_of(row: type[Row]) -> Any:
    return Annotated[list[row], Field(max_length=MOST_ROWS)]  # type: ignore[valid-type]


class EventFields(Strict):
    title: Line = ""
    slug: Line = Field("", description="The last part of the address; made from the title when it is empty.")
    summary: Text = ""
    text: Annotated[list[AnyBlock], Field(max_length=MOST_ROWS)] = []
    status_reason: Line = ""
    machine_translated: bool = False
    kind: Code | None = Field(None, description="Code of a kind. Needed to publish.")
    status: Literal[*EventStatus.values] = "planned"  # type: ignore[valid-type]
    start: IsoPeriod | None = Field(None, description="Needed to publish, unless the precision is `unknown`.")
    end: IsoPeriod | None = Field(None, description="Without one it is the same as `start`.")
    precision: Literal[*Precision.values] = "day"  # type: ignore[valid-type]
    all_day: bool = False
    time_zone: Line = "Asia/Ho_Chi_Minh"
    places: Annotated[list[Code], Field(max_length=MOST_ROWS, description="Keys of places.")] = []
    stated_venues: Count | None = None
    attendance_mode: Literal["", *AttendanceMode.values] = ""  # type: ignore[valid-type]
    exchange: Key | None = Field(None, description="Id of an exchange.")
    edition: Annotated[int, Field(ge=0, le=32767), BeforeValidator(_whole)] | None = None
    fields: Annotated[list[Code], Field(max_length=MOST_ROWS, description="Codes of fields of cooperation.")] = []
    audiences: Annotated[list[Code], Field(max_length=MOST_ROWS, description="Codes of audiences.")] = []
    sensitivity: Literal[*Sensitivity.values] = "normal"  # type: ignore[valid-type]
    source: SourceOfEvent = SourceOfEvent()
    unit: Code | None = Field(None, description="Key of the organisation that keeps the event. Needed to publish.")
    visibility: Literal[*Visibility.values] = "public"  # type: ignore[valid-type]
    venues: rows_of(VenueRow) = []
    partners: rows_of(PartnerRow) = []
    organisers: rows_of(OrganiserRow) = []
    appearances: rows_of(AppearanceRow) = []
    figures: rows_of(FigureRow) = []
    agenda: rows_of(AgendaRow) = []
    outcomes: rows_of(OutcomeRow) = []
    documents: rows_of(DocumentRow) = []
    photos: rows_of(PhotoRow) = []
    status_history: rows_of(StatusRow) = []

    @classmethod
    def path_of(cls, location: tuple[str | int, ...]) -> tuple[str | int, ...]:
        """Where an error stands in the body. Pydantic also names the kind of the block."""
        if location[:1] == ("text",) and len(location) > 2:
            return (*location[:2], *location[3:])
        return location

    @classmethod
    def names_at(cls, path: tuple[str | int, ...]) -> list[str]:
        """The fields that are known beside the one at the path."""
        if len(path) == 1:
            return list(cls.model_fields)
        if path[0] == "source":
            return list(SourceOfEvent.model_fields)
        return list(ROWS[path[0]].model_fields) if path[0] in ROWS else []


ROWS: dict[str, type[Row]] = {
    "venues": VenueRow,
    "partners": PartnerRow,
    "organisers": OrganiserRow,
    "appearances": AppearanceRow,
    "figures": FigureRow,
    "agenda": AgendaRow,
    "outcomes": OutcomeRow,
    "documents": DocumentRow,
    "photos": PhotoRow,
    "status_history": StatusRow,
}
RowName = Literal[*ROWS]  # type: ignore[valid-type]


class EventCreate(EventFields):
    """A new event or a new text of one, which begins as a draft."""

    title: Line = Field(description="The only field that a draft cannot do without.", json_schema_extra=_TITLE)


class EventChange(EventFields):
    """What is left out stays as it is. A list of rows replaces them all; of rows with a key fields may be left out."""

    # A factory, because an empty title is no default: it is refused when it is sent.
    title: Line = Field(default_factory=str, json_schema_extra=_TITLE)
    revision: Line = Field("", description="The revision that was read; instead of the header `If-Match`.")


class State(Strict):
    """The body of what changes nothing but the state of a page."""

    revision: Line = Field("", description="The revision that was read; instead of the header `If-Match`.")


# One row by itself. Its key stands in the address.
ROW_CHANGES: dict[str, type[Schema]] = {
    name: create_model(f"{row.__name__}Change", __base__=(row, State), __module__=__name__)
    for name, row in ROWS.items()
}


class EventDraft(EventFields):
    """The newest draft of an event in one language. Sent back as it is, it changes nothing."""

    id: str
    lang: str
    original: bool = Field(description="True where facts are changed; in the others only texts are.")
    languages: list[str] = Field(description="Every language the event has a page in, drafts counted.")
    live: bool = Field(description="Readers see the event in this language.")
    unpublished_changes: bool
    url: str | None = Field(description="Where readers find it once it is published.")
    revision: str = Field(description="Give it as `If-Match` with the next change; it is the ETag as well.")
