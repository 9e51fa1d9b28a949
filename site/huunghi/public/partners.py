"""What the pages of partners show: names in every script, agreements, events, numbers by year."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from huunghi.conf import content_languages
from huunghi.events.models import EventPartnerSide, ExchangePage, Figure
from huunghi.events.querysets import (
    in_date_order,
    in_language,
    pages_with,
    prefetch,
    readable_events,
    years_with_counts,
)
from huunghi.partners.access import Reader, readable_sources
from huunghi.partners.fields import last_day
from huunghi.partners.models import Partner, PartnerPage, Partnership
from huunghi.partners.withholding import shown_rows

from . import names
from .cards import Card, cards_in_language, page_address
from .charts import Chart, year_chart
from .events import Fact, count_text, read_relations
from .media import photo_prefetch, record_title, shown_photos
from .numbers import number_text
from .periods import partial_date_text

LATEST_LIMIT = 20


@dataclass(frozen=True, slots=True)
class YearLine:
    """One row of the numbers: figures of one unit are added up, units are never mixed."""

    year: int
    events: int
    figures: list[str]


@dataclass(frozen=True, slots=True)
class AgreementLine:
    title: SafeString | str
    signed: str
    place: SafeString | str
    valid_until: str
    state: str
    url: str


@dataclass(slots=True)
class PartnerDetail:
    names: list[tuple[str, str]]
    facts: list[Fact]
    agreements: list[AgreementLine]
    events: list[Card]
    event_count: int
    all_events_url: str
    exchanges: list[Card]
    years: list[YearLine]
    chart: Chart | None
    photos: list[Any]


def events_of_partner(partner: Partner, reader: Reader) -> QuerySet:
    """Source pages of readable events in which the partner takes part, newest first."""
    taking_part = pages_with("partner_sides", Q(partner=partner), reader)
    return in_date_order(readable_events(reader).filter(pk__in=taking_part))


def partner_detail(page: PartnerPage, request: HttpRequest, reader: Reader) -> PartnerDetail | None:
    """Everything the partner page shows beside its text; None while no partner is chosen (a draft)."""
    if page.partner_id is None:
        return None
    language = page.locale.language_code
    read_relations(page, reader, "partner__place__parent", "partner__counterpart", photo_prefetch())
    partner = page.partner
    events = events_of_partner(partner, reader)
    counts = years_with_counts(events)
    search = reverse("huunghi:search", kwargs={"language": language})

    def year_address(year: int) -> str:
        return f"{search}?{urlencode({'partner': partner.code, 'year': year})}"

    partnerships = _partnerships(partner)
    exchange_ids = pages_with("partner_sides", Q(partner=partner), reader, ExchangePage)
    exchanges = readable_sources(ExchangePage, reader).filter(pk__in=exchange_ids).order_by("title")
    return PartnerDetail(
        names=names_in_scripts(partner),
        facts=_facts(partner, partnerships, language),
        agreements=[agreement_line(row, language) for item in partnerships for row in item.agreements.all()],
        events=cards_in_language(events[:LATEST_LIMIT], language, reader, request),
        event_count=events.count(),
        all_events_url=f"{search}?{urlencode({'partner': partner.code, 'type': 'event', 'order': '-date'})}",
        exchanges=cards_in_language(exchanges, language, reader, request),
        years=year_lines(events, counts, language, reader),
        chart=year_chart(counts, year_address),
        photos=shown_photos(page),
    )


def names_in_scripts(partner: Partner) -> list[tuple[str, str]]:
    """(language, name) for every different name that the partner has in a language of the archive."""
    found = []
    for code in content_languages():
        name, own = partner.name_and_language(code)
        if name and own == code and name not in [known for _code, known in found]:
            found.append((code, name))
    return found


def _partnerships(partner: Partner) -> list[Partnership]:
    return list(
        Partnership.objects.filter(partner=partner).prefetch_related(
            "organisation",
            "fields",
            "agreements__place",
            "agreements__official_document",
            "agreements__file",
            "status_history",
        )
    )


def _facts(partner: Partner, partnerships: list[Partnership], language: str) -> list[Fact]:
    place = partner.place
    country = [names.name_of(place.parent, language)] if place and place.parent else []
    facts = [Fact(_("Country"), country)] if place and place.parent else []
    if place:
        facts.append(Fact(_("Sort of place"), [place.get_kind_display()]))
    facts.append(Fact(_("Counterpart"), [names.name_of(partner.counterpart, language)] if partner.counterpart else []))
    states = [
        SafeString(f"{names.name_of(item.organisation, language)}: {partnership_state(item, language)}")
        for item in partnerships
    ]
    facts.append(Fact(_("Partnership"), states))
    fields = {names.name_of(field, language): None for item in partnerships for field in item.fields.all()}
    if fields:
        facts.append(Fact(_("Fields"), list(fields)))
    return facts


def partnership_state(partnership: Partnership, language: str) -> str:
    """ "Active since 2017"; only the word when nobody recorded the time."""
    word = partnership.get_status_display()
    since = next(
        (step.since for step in partnership.status_history.all() if step.status == partnership.status and step.since),
        "",
    )
    if not since:
        return word
    return _("%(state)s, since %(date)s") % {"state": word, "date": partial_date_text(since, language)}


def agreement_line(agreement: Any, language: str) -> AgreementLine:
    file = agreement.file or getattr(agreement.official_document, "file", None)
    title = names.name_of(agreement, language)
    if not any(agreement.names.values()) and agreement.official_document:
        title = record_title(agreement.official_document, None, language)
    return AgreementLine(
        title=title,
        signed=partial_date_text(agreement.signed_on, language),
        place=names.name_of(agreement.place, language),
        valid_until=partial_date_text(agreement.valid_until, language),
        state=agreement_state(agreement.signed_on, agreement.valid_until, date.today()),
        url=file.url if file else "",
    )


def agreement_state(signed_on: str, valid_until: str, today: date) -> str:
    """In words: not signed yet, signed, or no longer valid."""
    if valid_until and last_day(valid_until) < today:
        return _("no longer valid")
    return _("signed") if signed_on else _("not recorded as signed")


def year_lines(events: QuerySet, counts: list[tuple[int, int]], language: str, reader: Reader) -> list[YearLine]:
    """Events and sums of figures by year, newest first. A figure belongs to the year in which its event began."""
    sums: dict[int, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    units = {}
    figures = Figure.objects.filter(page__in=events.order_by().values("pk"), page__start_date__isnull=False)
    for figure in shown_rows(figures, reader).select_related("unit", "page"):
        units[figure.unit_id] = figure.unit
        sums[figure.page.start_date.year][figure.unit_id] += figure.quantity
    return [
        YearLine(
            year,
            count,
            [
                f"{number_text(total, language)} {names.plain_name(units[unit], language)}"
                for unit, total in sums.get(year, {}).items()
            ],
        )
        for year, count in counts
    ]


@dataclass(frozen=True, slots=True)
class PartnerEntry:
    """A partner in the list: its name here, its names in other scripts, and how many events there were."""

    url: str
    title: SafeString | str
    other_names: list[SafeString | str]
    events: str
    text: str


def partners_by_country(
    language: str, request: HttpRequest, reader: Reader
) -> list[tuple[SafeString | str, list[PartnerEntry]]]:
    """(country, partners) in the order of the countries' and partners' names."""
    pages = in_language(readable_sources(PartnerPage, reader).filter(partner__isnull=False), language, reader)
    prefetch(pages, reader, "partner__place__parent__parent__parent")
    counts = _event_counts(reader)
    groups: dict[str, list[PartnerEntry]] = defaultdict(list)
    for page in sorted(pages, key=lambda page: names.plain_name(page.partner, language)):
        place = page.partner.place
        country = names.name_of(place.country, language) if place else names.name_of(page.partner, language)
        others = [
            names.in_language(name, code, language)
            for code, name in names_in_scripts(page.partner)
            if name != names.plain_name(page.partner, language)
        ]
        groups[country].append(
            PartnerEntry(
                page_address(page, language, request),
                names.in_language(page.title, page.locale.language_code, language),
                list(dict.fromkeys(others)),
                count_text(counts.get(page.partner_id, 0), language),
                page.summary,
            )
        )
    return sorted(groups.items())


def _event_counts(reader: Reader) -> dict[int, int]:
    sides = EventPartnerSide.objects.filter(page__in=readable_events(reader).order_by().values("pk")).order_by()
    return dict(shown_rows(sides, reader).values_list("partner").annotate(Count("page", distinct=True)))
