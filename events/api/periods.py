"""What plans and reports have in common: a period and an official document."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from huunghi.partners.api import schemas as shared
from huunghi.partners.api.schemas import Absolute, OrganisationOut

from . import records

JOINED = ("official_document__issuer", "official_document__file")


class PeriodCard(records.RecordCard):
    start: str | None = Field(description="Beginning of the period, ISO 8601, cut to the precision.")
    end: str | None = Field(description="End of the period; equals `start` for a single year or month.")
    number: str = Field(description='Number and symbol of the official document, "50/KH-UBND"; empty without one.')


class OfficialDocumentOut(shared.Schema):
    names: shared.Names
    number: str
    type: str
    date: str | None
    issuer: OrganisationOut | None
    url: str | None = Field(description="Address of the file; null when the archive has none.")


def card_relations() -> list[Any]:
    return list(JOINED)


def period_card(page: Any, language: str, absolute: Absolute) -> dict[str, Any]:
    """The fields of `PeriodCard`."""
    document = page.official_document
    return {
        **records.record_card(page, language, absolute),
        "start": page.period_from or None,
        "end": page.period_to or page.period_from or None,
        "number": document.full_number if document else "",
    }


def official_document_out(document: Any, absolute: Absolute) -> OfficialDocumentOut | None:
    if document is None:
        return None
    return OfficialDocumentOut(
        names=document.names,
        number=document.full_number,
        type=document.type,
        date=document.date or None,
        issuer=shared.organisation_out(document.issuer),
        url=absolute(document.file.url) if document.file else None,
    )
