"""The results page of the archive: chips, facets, timeline, hits."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huunghi.conf import language_name
from huunghi.events.models import EventStatus, MeasureUnit
from huunghi.events.ranges import parse_near, parse_quantity
from huunghi.partners.access import Reader
from huunghi.search.answers import ArchiveAnswer, FacetValue, FoundRecord
from huunghi.search.labels import facet_label, place_point, type_label

from .cards import Card, cards_of_pages
from .charts import Chart, month_chart, year_chart
from .frame import Link, readable_record
from .names import plain_name
from .numbers import number_text
from .periods import month_text
from .search_form import ORDERS, PAGE_FACETS, ArchiveQuery, shown_date

MOST_SHOWN = 24  # values of one facet
DISTANCES = (25, 50, 100)  # kilometres


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


@dataclass(frozen=True, slots=True)
class Distances:
    """Links to what is at a place and around it."""

    place: str
    links: list[Link]


@dataclass(slots=True)
class Results:
    """What the template shows of an answer."""

    sentence: str
    facets: list[Facet] = field(default_factory=list)
    chart: Chart | None = None
    chart_ways: list[Link] = field(default_factory=list)
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
        "unit": _("Kept by"),
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


def found_note(item: FoundRecord, words: dict[str, str]) -> str:
    """The note of a card; a place in an attached file is named: "found in “Plan 50”, page 3"."""
    if not item.file:
        return words.get(item.found_in, "")
    if not item.file_page:
        return _("found in “%(file)s”") % {"file": item.file}
    return _("found in “%(file)s”, page %(page)s") % {"file": item.file, "page": item.file_page}


def results_of(query: ArchiveQuery, answer: ArchiveAnswer, request: HttpRequest, reader: Reader) -> Results:
    """Everything the results page shows; no query to the database but those for the cards."""
    cards = hit_cards(answer, request, reader)
    matches = [item.match for item in answer.items]
    chart, chart_ways = timeline_of(query, answer)
    return Results(
        sentence=count_sentence(query, answer),
        facets=facets_of(query, answer),
        chart=chart,
        chart_ways=chart_ways,
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


def hit_cards(answer: ArchiveAnswer, request: HttpRequest, reader: Reader) -> list[Card]:
    cards = cards_of_pages([item.page for item in answer.items], answer.language, reader, request)
    words = found_in_words()
    for card, item in zip(cards, answer.items, strict=True):
        # The service escapes titles and snippets and adds nothing but <mark>.
        card.title, card.snippet = mark_safe(item.title), mark_safe(item.snippet)
        card.language = item.language
        card.foreign = "" if item.language == answer.language else language_name(item.language)
        # Without words a record is there because of the filters, which the reader sees above.
        card.note = found_note(item, words) if answer.query.strip() else ""
        card.kind = card.kind or type_label(item.type)
    return cards


def labels_of(answer: ArchiveAnswer) -> dict[tuple[str, str], str]:
    """The label of each value that the answer's facets know, by parameter and value."""
    return {(name, value.value): value.label for name, values in answer.facets.items() for value in values}


def chips_of(query: ArchiveQuery, answer: ArchiveAnswer | None, language: str, reader: Reader) -> list[Link]:
    """Every set filter; its link is the same question without it."""
    chips = [
        Link(text, query.without(name, value).address())
        for name, texts in filter_texts(query, answer, language, reader).items()
        for value, text in zip(query.values[name], texts, strict=True)
    ]
    if query.month:
        chips.append(Link(_month_name(query.month, language), query.changed(start="", end="").address()))
        return chips
    if query.start:
        chips.append(Link(_("from %(date)s") % {"date": shown_date(query.start)}, query.changed(start="").address()))
    if query.end:
        chips.append(Link(_("until %(date)s") % {"date": shown_date(query.end)}, query.changed(end="").address()))
    return chips


def filter_texts(
    query: ArchiveQuery, answer: ArchiveAnswer | None, language: str, reader: Reader
) -> dict[str, list[str]]:
    """Parameter -> a text for each of its values: "Partner: Kandal", "connected venue: 20 or more"."""
    labels = labels_of(answer) if answer else {}
    titles = facet_titles()
    texts = {}
    for name, values in query.values.items():
        known = [labels.get((name, value)) or _label(name, value, language, reader) for value in values]
        texts[name] = [f"{titles[name]}: {label}" if name in titles else label for label in known]
    return texts


def _label(name: str, value: str, language: str, reader: Reader) -> str:
    """A readable word for a value that no facet of the answer labels."""
    if name == "status":
        return str(dict(EventStatus.choices).get(value, value))
    if name == "exchange":
        record = _record_of(value, language, reader)
        return record.title if record else value
    if name == "quantity":
        return quantity_text(value, language)
    if name == "near":
        near = parse_near(value)
        return _("within %(distance)s km of %(place)s") % {
            "distance": number_text(near.kilometres, language),
            "place": facet_label("place", near.place, language) or ", ".join(map(str, near.point or ())),
        }
    return facet_label(name, value, language)


def quantity_text(text: str, language: str) -> str:
    code, least, most = parse_quantity(text)
    numbers = {
        "least": number_text(least, language),
        "most": number_text(most, language),
        "unit": plain_name(MeasureUnit.objects.filter(code=code).first(), language),
    }
    return (_("%(unit)s: %(least)s or more") if most is None else _("%(unit)s: %(least)s to %(most)s")) % numbers


def distances_of(query: ArchiveQuery, language: str) -> Distances | None:
    """Ways to look around the one place that is chosen; None without one that is on the map."""
    near = parse_near(query.values["near"][0]) if query.values.get("near") else None
    chosen = query.values.get("place", ()) if near is None else (near.place,)
    if len(chosen) != 1 or place_point(chosen[0]) is None:
        return None
    [place] = chosen
    name = facet_label("place", place, language)
    around = query.without("place")
    links = [
        Link(
            _("within %(distance)s km") % {"distance": kilometres},
            around.only("near", f"{place},{kilometres}").address(),
            near is not None and near.kilometres == kilometres,
        )
        for kilometres in DISTANCES
    ]
    there = query.without("near").with_value("place", place)
    return Distances(name, [Link(_("only there"), there.address(), near is None), *links])


def timeline_of(query: ArchiveQuery, answer: ArchiveAnswer) -> tuple[Chart | None, list[Link]]:
    """The years; the months of a year when it is the only one chosen, with a way back to all years."""
    year = answer.timeline_year
    if year is None or not answer.months:
        years = [int(value) for value in query.values.get("year", ())]
        return year_chart(answer.timeline, lambda each: query.only("year", str(each)).address(), years), []

    def address(month: int) -> str:
        text = f"{year:04}-{month:02}"
        text = "" if text == query.month else text
        return query.changed(start=text, end=text).address()

    chosen = [int(query.month[5:])] if query.month[:4] == f"{year:04}" else []
    chart = month_chart(answer.months, address, lambda month: month_text(year, month, answer.language), chosen)
    whole = query.changed(start="", end="") if query.month else query
    ways = [Link(_("All years"), whole.without("year").address())]
    return chart, [*ways, Link(str(year), whole.address(), not query.month)]


def _month_name(month: str, language: str) -> str:
    return month_text(int(month[:4]), int(month[5:]), language)


def _record_of(key: str, language: str, reader: Reader) -> Any:
    try:
        return readable_record(UUID(key), language, reader)
    except ValueError:
        return None


def facets_of(query: ArchiveQuery, answer: ArchiveAnswer) -> list[Facet]:
    """One group of links for each facet that has something to choose."""
    titles = facet_titles()
    facets = []
    for name in PAGE_FACETS:
        values = answer.facets.get(name, [])
        if name == "year":
            values = sorted(values, key=lambda value: value.value, reverse=True)
        chosen = set(query.values.get(name, ()))
        links = [_facet_link(query, name, value, value.value in chosen, answer.language) for value in values]
        # That everything is kept by the only unit of an archive tells nobody anything.
        if len(links) > (name == "unit" and not chosen):
            shown = [link for position, link in enumerate(links) if position < MOST_SHOWN or link.selected]
            facets.append(Facet(name, titles[name], shown, bool(chosen)))
    return facets


def _facet_link(query: ArchiveQuery, name: str, value: FacetValue, selected: bool, language: str) -> FacetLink:
    after = query.without(name, value.value) if selected else query.with_value(name, value.value)
    return FacetLink(value.label, number_text(value.count, language), after.address(), selected)
