"""`/channels/`: portals, newspapers, loudspeakers and displays. They are records: everybody may read them."""

from __future__ import annotations

import re
from typing import Any, Literal

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from huunghi.http import CursorParameters, Value, decode_cursor, encode_cursor, problems, text_value
from huunghi.partners.api.schemas import Names, OrganisationOut, PlaceOut, organisation_out, place_out

from ..models import Channel

router = Router(tags=["channels"])

ORDER = "key"
Kind = Literal[
    "portal", "news-agency", "broadcaster", "newspaper", "press", "radio", "display", "banner", "social-network",
    "network",
]  # fmt: skip


class ChannelListParameters(CursorParameters):
    """Values of one name are alternatives; different names narrow each other."""

    kind: list[Kind] = Field([])
    language: list[Value] = Field([], description="Code of a language that it speaks: km.")
    place: list[Value] = Field([], description="Key of the place where it stands or reaches: VN-44.")
    organisation: list[Value] = Field([], description="Key of the owner.")
    unit: list[Value] = Field([], description="Key of the editorial unit that keeps the record.")


class ChannelOut(Schema):
    id: str = Field(description="Permanent.")
    type: Literal["channel"] = "channel"
    key: str
    names: Names
    kind: str
    owner: OrganisationOut | None
    address: str = Field(description="Web address or location.")
    place: PlaceOut | None
    languages: list[str]
    start: str | None = Field(description="Active from, ISO 8601, cut to the precision; null when it is not known.")
    end: str | None = Field(description="Active until; null when it still is, or when it is not known.")
    group: bool = Field(description="It stands for a class of channels.")


class ChannelList(Schema):
    items: list[ChannelOut]
    next: str | None = Field(description="Give it as `cursor` for the items behind these; null at the end.")


def channel_out(channel: Channel) -> dict[str, Any]:
    """The fields of `ChannelOut`."""
    return {
        "id": f"channel-{channel.key}",
        "key": channel.key,
        "names": channel.names,
        "kind": channel.kind,
        "owner": organisation_out(channel.owner),
        "address": channel.address,
        "place": place_out(channel.place),
        "languages": channel.languages.replace(",", " ").split(),
        "start": channel.active_from or None,
        "end": channel.active_to or None,
        "group": channel.is_group,
    }


def narrowed(channels: QuerySet, wanted: ChannelListParameters) -> QuerySet:
    lookups = {
        "kind__in": wanted.kind,
        "place__key__in": wanted.place,
        "owner__key__in": wanted.organisation,
        "unit__key__in": wanted.unit,
    }
    channels = channels.filter(**{lookup: values for lookup, values in lookups.items() if values})
    if wanted.language:
        codes = "|".join(re.escape(code) for code in wanted.language)
        channels = channels.filter(Q(languages__iregex=rf"(^|[ ,])({codes})($|[ ,])"))
    return channels


@router.get(
    "/",
    response={200: ChannelList, **problems(422)},
    operation_id="huunghi_list_channels",
    summary="Channels by key",
)
def list_channels(request: HttpRequest, parameters: Query[ChannelListParameters]) -> Any:
    found = narrowed(Channel.objects.select_related("owner", "place").order_by("key"), parameters)
    if position := decode_cursor(parameters.cursor, ORDER, text_value):
        found = found.filter(key__gt=position[0])
    channels = list(found[: parameters.limit + 1])
    shown = channels[: parameters.limit]
    return {
        "items": [channel_out(each) for each in shown],
        "next": encode_cursor(ORDER, shown[-1].key) if len(channels) > len(shown) else None,
    }
