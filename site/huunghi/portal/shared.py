"""What is shared with a partner: which records, of which kind and year, and what is new among them.

Lists of a partner are short next to the archive, so records are read as rows of a few columns, one query for each kind,
and put in order here; only those of one page of the list are read whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page

from huunghi.conf import fallback_languages
from huunghi.events.models import ArticlePage, EventPage, ExchangePage, PlanPage, ReportPage
from huunghi.partners.access import Reader, all_shares, readable_pages
from huunghi.partners.models import PartnerPage

# kind in addresses -> page type, column of the first day, column of the last day
KINDS: dict[str, tuple[type[Page], str, str]] = {
    "event": (EventPage, "start_date", "end_date"),
    "exchange": (ExchangePage, "since", "since"),
    "article": (ArticlePage, "published_on", "published_on"),
    "plan": (PlanPage, "period_from", "period_to"),
    "report": (ReportPage, "period_from", "period_to"),
    "partner": (PartnerPage, "", ""),
}
VISIT_ENDS = timedelta(minutes=30)  # without a page of the portal
SEEN_EVERY = timedelta(minutes=5)  # no write for each page


@dataclass(slots=True)
class SharedRecord:
    """One record. `first` and `last` are ISO dates, cut to what is known, or ""."""

    kind: str
    page: int  # in the reader's language, or the nearest one that is shared
    first: str
    last: str
    opened: datetime  # since when the partner may read it
    published: datetime | None
    changed: datetime | None
    news: str = ""

    @property
    def years(self) -> range:
        if not self.first:
            return range(0)
        return range(int(self.first[:4]), int((self.last or self.first)[:4]) + 1)


@dataclass(frozen=True, slots=True)
class Opening:
    """A share over one page or section, in one language."""

    path: str
    language: int
    since: datetime


def kind_names() -> dict[str, str]:
    return {
        "event": _("Events"),
        "exchange": _("Exchanges and programmes"),
        "article": _("Articles"),
        "plan": _("Plans"),
        "report": _("Reports"),
        "partner": _("Partners"),
    }


def shared_records(reader: Reader, language: str, seen: datetime | None = None) -> list[SharedRecord]:
    """Everything that shares open to the reader, newest first, what has no date last.

    `seen` is the end of the visit before; with it records are marked that were shared, published or changed since.
    The number of queries does not depend on how much is shared.
    """
    openings = _openings(reader)
    if not openings:
        return []
    found: list[SharedRecord] = []
    for kind in KINDS:
        found += _records_of(kind, reader, language, openings)
    for record in found:
        record.news = news_of(record, seen)
    return sorted(found, key=lambda record: (record.first, record.page), reverse=True)


def news_of(record: SharedRecord, seen: datetime | None) -> str:
    """ "new", "changed" or "": what happened to a record since the visit before."""
    if seen is None:
        return ""
    if record.opened > seen or (record.published and record.published > seen):
        return "new"
    return "changed" if record.changed and record.changed > seen else ""


def narrowed(records: Iterable[SharedRecord], kind: str = "", year: int | None = None) -> list[SharedRecord]:
    return [
        record for record in records if (not kind or record.kind == kind) and (year is None or year in record.years)
    ]


def kinds_with_counts(records: Iterable[SharedRecord]) -> list[tuple[str, int]]:
    counts = Counter(record.kind for record in records)
    return [(kind, counts[kind]) for kind in KINDS if counts[kind]]


def years_with_counts(records: Iterable[SharedRecord]) -> list[tuple[int, int]]:
    counts = Counter(year for record in records for year in record.years)
    return sorted(counts.items(), reverse=True)


def pages_of(records: Sequence[SharedRecord], reader: Reader) -> list[Any]:
    """The pages of some records, in their order; one query for each kind."""
    pages: dict[int, Any] = {}
    for kind, (model, _first, _last) in KINDS.items():
        wanted = [record.page for record in records if record.kind == kind]
        if wanted:
            found = readable_pages(model.objects.filter(pk__in=wanted), reader).select_related("locale")
            pages |= {page.pk: page for page in (found.select_related("locale", "kind") if kind == "event" else found)}
    return [pages[record.page] for record in records if record.page in pages]


def visit_times(
    seen_at: datetime | None, seen_before: datetime | None, now: datetime
) -> tuple[datetime, datetime | None] | None:
    """The new (seen_at, seen_before); None while nothing has to be written.

    … seen_before] ── a while ── [visit that goes on … seen_at] now
    """
    if seen_at is None:
        return now, None
    if now - seen_at > VISIT_ENDS:
        return now, seen_at
    return (now, seen_before) if now - seen_at > SEEN_EVERY else None


def _openings(reader: Reader) -> list[Opening]:
    shares = all_shares().active().filter(partner__in=reader.partners)
    rows = list(shares.values_list("page_key", "languages", "created_at", "since"))
    roots: dict[UUID, list[str]] = {}
    for key, path in Page.objects.filter(translation_key__in={row[0] for row in rows}).values_list(
        "translation_key", "path"
    ):
        roots.setdefault(key, []).append(path)
    return [
        Opening(path, language, max(created, _morning_of(since)))
        for key, language, created, since in rows
        for path in roots.get(key, ())
    ]


def _morning_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def _records_of(kind: str, reader: Reader, language: str, openings: list[Opening]) -> list[SharedRecord]:
    model, first, last = KINDS[kind]
    columns = ["translation_key", "pk", "path", "locale_id", "locale__language_code"]
    columns += ["first_published_at", "last_published_at", *filter(None, (first, last))]
    order = {code: position for position, code in enumerate(fallback_languages(language))}
    records: dict[UUID, tuple[int, SharedRecord]] = {}
    for key, pk, path, locale, code, published, changed, *days in readable_pages(
        model.objects.all(), reader
    ).values_list(*columns):
        covering = [each.since for each in openings if each.language == locale and path.startswith(each.path)]
        begins, ends = (_iso(day) for day in days or ("", ""))
        record = SharedRecord(kind, pk, begins, ends, min(covering, default=timezone.now()), published, changed)
        rank = order.get(code, len(order))
        if key in records:
            rank, record = _merged((rank, record), records[key])
        records[key] = rank, record
    return [record for _rank, record in records.values()]


def _merged(one: tuple[int, SharedRecord], other: tuple[int, SharedRecord]) -> tuple[int, SharedRecord]:
    """Two languages of one record: the nearer one is shown, and what happens to either is news."""
    (rank, nearer), (_rank, further) = sorted((one, other), key=lambda each: each[0])
    nearer.opened = min(nearer.opened, further.opened)
    nearer.published = min(filter(None, (nearer.published, further.published)), default=None)
    nearer.changed = max(filter(None, (nearer.changed, further.changed)), default=None)
    return rank, nearer


def _iso(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else value or ""
