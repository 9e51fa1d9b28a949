"""What a reader can do when nothing was found: ask for less, or for a year that has something."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from huunghi.partners.access import Reader
from huunghi.search.answers import ArchiveAnswer
from huunghi.search.service import count_records

from .frame import Link
from .numbers import number_text
from .results import chips_of, filter_texts
from .search_form import ArchiveQuery

MOST_TRIED = 8  # each is a question to the engine


def relaxations(query: ArchiveQuery, answer: ArchiveAnswer, reader: Reader) -> list[Link]:
    """Ways to ask for less, each one click, with the number of records; those that find nothing either are left out."""
    links: dict[str, Link] = {}
    for title, less in list(_ways_to_less(query, answer, reader))[:MOST_TRIED]:
        address = less.address()
        if address not in links and (count := count_records(less.text, answer.language, less.filters(), reader)):
            links[address] = Link(f"{title} ({number_text(count, answer.language)})", address)
    return list(links.values())


def _ways_to_less(query: ArchiveQuery, answer: ArchiveAnswer, reader: Reader) -> Iterator[tuple[str, ArchiveQuery]]:
    """(what it is called, question): without the words found nowhere, quotes, a filter, all filters."""
    unknown = {word.casefold() for word in answer.not_found}
    kept = " ".join(word for word in query.text.split() if word.casefold() not in unknown)
    if kept and kept != query.text:
        yield _("Only “%(words)s”") % {"words": kept}, query.changed(text=kept)
    if '"' in query.text:
        yield _("Without quotation marks"), query.changed(text=" ".join(query.text.replace('"', " ").split()))
    # The values of a filter are alternatives: without one of them there is only less to find.
    for name, texts in filter_texts(query, answer, answer.language, reader).items():
        if texts:
            yield _("Without the filter %(filter)s") % {"filter": ", ".join(texts)}, query.without(name)
    if query.start or query.end:
        period = ArchiveQuery(start=query.start, end=query.end)
        text = ", ".join(chip.title for chip in chips_of(period, None, answer.language, reader))
        yield _("Without the filter %(filter)s") % {"filter": text}, query.changed(start="", end="")
    if query.is_filtered and query.text:
        yield _("Without any filter"), ArchiveQuery(text=query.text)
        if kept and kept != query.text:
            yield _("Only “%(words)s”") % {"words": kept}, ArchiveQuery(text=kept)


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
