"""The search document: one per event, exchange, partner, article, plan, report or publication, in all its languages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(slots=True)
class LanguagePart:
    """What one language's page says. Every text is plain: no markup."""

    title: str
    summary: str = ""
    body: str = ""
    people: str = ""  # names and titles of those who appear
    documents: str = ""  # text of attached files
    audiences: list[str] = field(default_factory=lambda: ["public"])
    expiry: datetime | None = None


@dataclass(slots=True)
class SearchDocument:
    """All that the archive knows of one record for searching.

    `id` is the translation key. Ids of places, organisations and partners are their permanent keys or codes, so that
    the index survives a reload of the database. `start` and `end` are the first and last day; both None when unknown.
    """

    id: str
    type: str  # "event" | "exchange" | "partner" | "article" | "plan" | "report" | "publication"
    parts: dict[str, LanguagePart]
    kind: str = ""
    status: str = ""
    fields: list[str] = field(default_factory=list)
    partner_ids: list[str] = field(default_factory=list)
    country_ids: list[str] = field(default_factory=list)
    place_ids: list[str] = field(default_factory=list)
    organisation_ids: list[str] = field(default_factory=list)
    unit: str = ""
    exchange: str = ""
    start: date | None = None
    end: date | None = None
    precision: str = "unknown"  # "minute" | "day" | "month" | "year" | "unknown"
    geo: list[tuple[float, float]] = field(default_factory=list)  # (latitude, longitude)
    quantities: dict[str, float] = field(default_factory=dict)  # largest figure of each unit of measure
    has_media: bool = False
    version: int = 0

    @property
    def languages(self) -> list[str]:
        return list(self.parts)

    @property
    def years(self) -> list[int]:
        """Every year that the record touches; empty when the date is unknown."""
        if self.start is None:
            return []
        last = self.end or self.start
        return list(range(self.start.year, last.year + 1))

    @property
    def months(self) -> list[str]:
        """Every month that the record touches, "2024-07"; empty when only the year is known, or nothing."""
        if self.start is None or self.precision not in ("minute", "day", "month"):
            return []
        last = self.end or self.start
        first_month, last_month = (day.year * 12 + day.month - 1 for day in (self.start, last))
        return [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(first_month, last_month + 1)]
