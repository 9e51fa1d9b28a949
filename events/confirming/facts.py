"""The facts of an event that a partner can check: what they are called, how they read, and where they are kept.

A fact has a key that stays the same in every language and revision:

    title                                   the page's own
    day, or start and end                   ISO dates, cut to the precision
    figures:<translation key>:quantity      a column of a row
    places:<key of the record>              a name of a record

`facts_of` reads them from a page in memory, published or draft; nothing else knows what there is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import override

from huunghi.partners.fields import format_partial_date

from ..models import EventPage
from ..models.confirmations import FactGroup, FactHome, FactKind
from ..numbers import number_text
from ..periods import Precision, iso_cut
from .reading import plain_number

# What is read of the rows of each relation.
RECORDS = {
    "partner_sides": ("partner__place",),
    "organisers": ("organisation",),
    "appearances": ("person",),
    "venues": ("place", "host"),
    "figures": ("unit",),
}
OWN_SCRIPTS = ("km", "lo", "zh-hans")


@dataclass(frozen=True, slots=True)
class Fact:
    key: str
    group: str
    kind: str
    home: str
    label: str
    shown: str
    value: str


def facts_of(page: EventPage, language: str) -> list[Fact]:
    """Every fact of the page that is filled in, with labels, names and numbers as readers of `language` know them.

    Reads the rows that are in memory: what was withheld before is in none of them. The number of queries does not
    depend on how many there are.
    """
    read_records(page)
    with override(language):
        found = [
            _text("title", FactGroup.NAMES, _("Title"), page.title),
            *_sides(page, language),
            *_organisers(page, language),
            *_people(page, language),
            *_dates(page),
            *_places(page, language),
            *_venues(page, language),
            *_counts(page, language),
        ]
    return [fact for fact in found if fact.value]


def read_records(page: EventPage) -> None:
    """Read what the rows name, in one query each; the rows of a draft are in memory and not in the database."""
    drafted = getattr(page, "_cluster_related_objects", None) or {}
    for relation, paths in RECORDS.items():
        if relation in drafted:
            prefetch_related_objects(list(drafted[relation]), *paths)
        elif page.pk:
            prefetch_related_objects([page], *(f"{relation}__{path}" for path in paths))
    if page.pk and "places" not in drafted:
        prefetch_related_objects([page], "places")


def values_of(page: EventPage, language: str) -> dict[str, str]:
    """Machine value by key."""
    return {fact.key: fact.value for fact in facts_of(page, language)}


def row_key(relation: str, row: Any, column: str) -> str:
    return f"{relation}:{row.translation_key}:{column}"


def shown_value(value: str, kind: str, language: str) -> str:
    """A machine value as a person reads it."""
    if kind == FactKind.DATE:
        return format_partial_date(value)
    if kind in (FactKind.WHOLE, FactKind.NUMBER):
        return number_text(value, language)
    return value


def _text(key: str, group: str, label: str, text: str) -> Fact:
    return Fact(key, group, FactKind.TEXT, FactHome.TEXT, label, text, text)


def _record(key: str, group: str, label: str, name: str) -> Fact:
    return Fact(key, group, FactKind.TEXT, FactHome.RECORD, label, name, name)


def _number(key: str, label: str, number: Any, language: str, *, whole: bool = True) -> Fact:
    value = "" if number is None else plain_number(number)
    kind = FactKind.WHOLE if whole else FactKind.NUMBER
    return Fact(key, FactGroup.COUNTS, kind, FactHome.FACT, label, number_text(value, language), value)


def _sides(page: EventPage, language: str) -> Iterator[Fact]:
    for side in page.partner_sides.all():
        label = _("Partner (%(role)s)") % {"role": side.get_role_display()}
        yield _record(
            row_key("partner_sides", side, "partner"), FactGroup.NAMES, label, name_of(side.partner, language)
        )


def _organisers(page: EventPage, language: str) -> Iterator[Fact]:
    for row in page.organisers.all():
        label = str(row.get_role_display())
        if row.organisation:
            key = row_key("organisers", row, "organisation")
            yield _record(key, FactGroup.NAMES, label, name_of(row.organisation, language))
        else:
            yield _text(row_key("organisers", row, "name"), FactGroup.NAMES, label, row.name)


def _people(page: EventPage, language: str) -> Iterator[Fact]:
    for row in page.appearances.all():
        name = name_of(row.person, language)
        label = _("Person (%(role)s)") % {"role": row.get_role_display()}
        yield _record(row_key("appearances", row, "person"), FactGroup.NAMES, label, name)
        label = _("Title of %(person)s on that day") % {"person": name}
        yield _text(row_key("appearances", row, "title_as_printed"), FactGroup.NAMES, label, row.title_as_printed)


def _dates(page: EventPage) -> Iterator[Fact]:
    first, last = days_of(page)
    if first == last:
        yield _date("day", _("Date"), first)
    else:
        yield _date("start", _("First day"), first)
        yield _date("end", _("Last day"), last)
    if page.precision == Precision.MINUTE and not page.all_day:
        yield _time("start_time", _("From"), page.start_time)
        yield _time("end_time", _("Until"), page.end_time)


def days_of(page: EventPage) -> tuple[str, str]:
    """First and last day as ISO text cut to the precision; empty when they are not known."""
    days = (page.start_date, page.end_date or page.start_date)
    first, last = (iso_cut(as_date(day), None, page.precision, page.time_zone) or "" for day in days)
    return first, last


def as_date(day: date | str | None) -> date | None:
    return date.fromisoformat(day) if isinstance(day, str) else day


def _date(key: str, label: str, value: str) -> Fact:
    return Fact(key, FactGroup.DATES, FactKind.DATE, FactHome.FACT, label, format_partial_date(value), value)


def _time(key: str, label: str, clock: time | None) -> Fact:
    value = f"{clock:%H:%M}" if clock else ""
    return Fact(key, FactGroup.DATES, FactKind.TIME, FactHome.FACT, label, value, value)


def _places(page: EventPage, language: str) -> Iterator[Fact]:
    for place in page.places.all():
        yield _record(f"places:{place.key}", FactGroup.VENUES, _("Place"), name_of(place, language))


def _venues(page: EventPage, language: str) -> Iterator[Fact]:
    venues = list(page.venues.all())
    for number, row in enumerate(venues, start=1):
        # Counted among the rows that are here: a gap would tell that one is withheld.
        which = _("Venue %(number)s") % {"number": number_text(number, language)} if len(venues) > 1 else _("Venue")
        yield _text(row_key("venues", row, "name"), FactGroup.VENUES, which, row.name)
        place = name_of(row.place, language)
        yield _record(row_key("venues", row, "place"), FactGroup.VENUES, _join(which, _("Place")), place)
        if row.host:
            host = name_of(row.host, language)
            yield _record(row_key("venues", row, "host"), FactGroup.VENUES, _join(which, _("Host")), host)
        else:
            yield _text(row_key("venues", row, "host_name"), FactGroup.VENUES, _join(which, _("Host")), row.host_name)
        yield _text(row_key("venues", row, "chair"), FactGroup.VENUES, _join(which, _("Chair")), row.chair)
        label = _join(which, _("Attendance"))
        yield _number(row_key("venues", row, "attendance"), label, row.attendance, language)


def _counts(page: EventPage, language: str) -> Iterator[Fact]:
    yield _number("stated_venues", _("Number of venues"), page.stated_venues, language)
    for row in page.figures.all():
        label = _join(name_of(row.unit, language), row.scope or row.period)
        yield _number(row_key("figures", row, "quantity"), label, row.quantity, language, whole=False)


def _join(*parts: str) -> str:
    return ": ".join(filter(None, parts))


def name_of(record: Any, language: str) -> str:
    """The name that readers of the language see, of people in their own script where there is one; "" for None."""
    if record is None:
        return ""
    if hasattr(record, "own_script_name"):
        own = record.own_script_name if language in OWN_SCRIPTS else ""
        return own or record.name
    return record.name_in(language) or record.fallback_name()
