"""The results page of the archive: chips, facets, timeline, hits, and help when nothing is found."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huunghi.conf import language_name
from huunghi.events.models import EventStatus
from huunghi.search.answers import ArchiveAnswer, FacetValue
from huunghi.search.engines.base import FACETS
from huunghi.search.labels import facet_label, type_label

from .cards import Card, cards_of_pages
from .charts import Chart, year_chart
from .frame import Link, public_record
from .numbers import number_text
from .search_form import ORDERS, ArchiveQuery, shown_date

MOST_SHOWN = 24  # values of one facet


@dataclass(frozen=True, slots=True)
class FacetLink:
    label: str
    count: str
    url: str
    selected: bool


@dataclass(slots=True)
class Facet:
    name: str
    title: str
    values: list[FacetLink]
    is_set: bool


@dataclass(slots=True)
class Results:
    """What the template shows of an answer."""

    sentence: str
    chips: list[Link] = field(default_factory=list)
    facets: list[Facet] = field(default_factory=list)
    chart: Chart | None = None
    strong: list[Card] = field(default_factory=list)
    weak: list[Card] = field(default_factory=list)
    orders: list[Link] = field(default_factory=list)
    first_url: str = ""
    next_url: str = ""
    did_you_mean: Link | None = None


def facet_titles() -> dict[str, str]:
    return {
        "type": _("Sort of record"),
        "partner": _("Partner"),
        "country": _("Country"),
        "kind": _("Kind of event"),
        "field": _("Field of cooperation"),
        "year": _("Year"),
        "language": _("Language"),
        "place": _("Place"),
        "organisation": _("Organisation"),
        "status": _("Status"),
        "exchange": _("Series"),
    }


def found_in_words() -> dict[str, str]:
    """Why a record was found, where its title and text do not show it."""
    return {
        "people": _("found among the people"),
        "documents": _("found in an attached document"),
        "place": _("found by its place or partner"),
    }


def results_of(query: ArchiveQuery, answer: ArchiveAnswer, request: HttpRequest) -> Results:
    """Everything the results page shows; no query to the database but those for the cards."""
    cards = hit_cards(answer, request)
    matches = [item.match for item in answer.items]
    return Results(
        sentence=count_sentence(query, answer),
        chips=chips_of(query, answer, answer.language),
        facets=facets_of(query, answer),
        chart=year_chart(
            answer.timeline,
            lambda year: query.only("year", str(year)).address(),
            [int(year) for year in query.values.get("year", ())],
        ),
        strong=[card for card, match in zip(cards, matches, strict=True) if match == "all"],
        weak=[card for card, match in zip(cards, matches, strict=True) if match != "all"],
        orders=[
            Link(label, query.changed(order=order).address(), query.order == order)
            for order, label in zip(ORDERS, (_("Best match"), _("Newest first"), _("Oldest first")), strict=True)
        ],
        first_url=query.changed().address() if query.cursor else "",
        next_url=replace(query, cursor=answer.next).address() if answer.next else "",
        did_you_mean=(
            Link(answer.did_you_mean, query.changed(text=answer.did_you_mean).address())
            if answer.did_you_mean
            else None
        ),
    )


def count_sentence(query: ArchiveQuery, answer: ArchiveAnswer) -> str:
    count = number_text(answer.count, answer.language)
    if query.text:
        return ngettext("%(count)s record for “%(query)s”", "%(count)s records for “%(query)s”", answer.count) % {
            "count": count,
            "query": query.text,
        }
    return ngettext("%(count)s record in the archive", "%(count)s records in the archive", answer.count) % {
        "count": count
    }


def hit_cards(answer: ArchiveAnswer, request: HttpRequest) -> list[Card]:
    cards = cards_of_pages([item.page for item in answer.items], answer.language, request)
    words = found_in_words()
    for card, item in zip(cards, answer.items, strict=True):
        # The service escapes titles and snippets and adds nothing but <mark>.
        card.title, card.snippet = mark_safe(item.title), mark_safe(item.snippet)
        card.language = item.language
        card.foreign = "" if item.language == answer.language else language_name(item.language)
        card.note = words.get(item.found_in, "")
        card.kind = card.kind or type_label(item.type)
    return cards


def labels_of(answer: ArchiveAnswer) -> dict[tuple[str, str], str]:
    """The label of each value that the answer's facets know, by parameter and value."""
    return {(name, value.value): value.label for name, values in answer.facets.items() for value in values}


def chips_of(query: ArchiveQuery, answer: ArchiveAnswer | None, language: str) -> list[Link]:
    """Every set filter; its link is the same question without it."""
    labels = labels_of(answer) if answer else {}
    titles = facet_titles()
    chips = []
    for name, values in query.values.items():
        for value in values:
            label = labels.get((name, value)) or _label(name, value, language)
            chips.append(Link(f"{titles.get(name, name)}: {label}", query.without(name, value).address()))
    if query.start:
        chips.append(Link(_("from %(date)s") % {"date": shown_date(query.start)}, query.changed(start="").address()))
    if query.end:
        chips.append(Link(_("until %(date)s") % {"date": shown_date(query.end)}, query.changed(end="").address()))
    return chips


def _label(name: str, value: str, language: str) -> str:
    """A readable word for a value that no facet of the answer labels."""
    if name == "status":
        return str(dict(EventStatus.choices).get(value, value))
    if name == "exchange":
        record = _record_of(value, language)
        return record.title if record else value
    return facet_label(name, value, language)


def _record_of(key: str, language: str) -> Any:
    try:
        return public_record(UUID(key), language)
    except ValueError:
        return None


def facets_of(query: ArchiveQuery, answer: ArchiveAnswer) -> list[Facet]:
    """One group of links for each facet that has something to choose."""
    titles = facet_titles()
    facets = []
    for name in FACETS:
        values = answer.facets.get(name, [])
        if name == "year":
            values = sorted(values, key=lambda value: value.value, reverse=True)
        chosen = set(query.values.get(name, ()))
        links = [_facet_link(query, name, value, value.value in chosen, answer.language) for value in values]
        if links:
            shown = [link for position, link in enumerate(links) if position < MOST_SHOWN or link.selected]
            facets.append(Facet(name, titles[name], shown, bool(chosen)))
    return facets


def _facet_link(query: ArchiveQuery, name: str, value: FacetValue, selected: bool, language: str) -> FacetLink:
    after = query.without(name, value.value) if selected else query.with_value(name, value.value)
    return FacetLink(value.label, number_text(value.count, language), after.address(), selected)


def relaxations(query: ArchiveQuery, answer: ArchiveAnswer) -> list[Link]:
    """Ways to ask for less, each one click: without a filter, without quotes, without the words found nowhere."""
    links = [
        Link(_("Without the filter %(filter)s") % {"filter": chip.title}, chip.url)
        for chip in chips_of(query, answer, answer.language)
    ]
    if '"' in query.text:
        links.append(Link(_("Without quotation marks"), query.changed(text=query.text.replace('"', " ")).address()))
    unknown = {word.casefold() for word in answer.not_found}
    kept = " ".join(word for word in query.text.split() if word.casefold() not in unknown)
    if unknown and kept and kept != query.text:
        links.append(Link(_("Only “%(words)s”") % {"words": kept}, query.changed(text=kept).address()))
    if query.is_filtered and query.text and len(links) > 1:
        links.append(Link(_("Without any filter"), ArchiveQuery(text=query.text).address()))
    return links


def years_asked(query: ArchiveQuery) -> list[int]:
    years = [int(year) for year in query.values.get("year", ())]
    return years + [int(text[:4]) for text in (query.start, query.end) if text]


def nearest_years(query: ArchiveQuery, timeline: list[tuple[int, int]], language: str, limit: int = 4) -> list[Link]:
    """The years nearest to those asked for that do have something, nearest first."""
    asked = years_asked(query)
    if not asked:
        return []
    ranked = sorted((min(abs(year - other) for other in asked), year, count) for year, count in timeline)
    without_dates = query.changed(start="", end="")
    return [
        Link(f"{year} ({number_text(count, language)})", without_dates.only("year", str(year)).address())
        for _distance, year, count in ranked[:limit]
    ]


def without_time(query: ArchiveQuery) -> ArchiveQuery:
    return query.changed(start="", end="").without("year")
