"""What a reader asked the archive, read from the address; every link of the results page is made from it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from huunghi.events.ranges import parse_near, parse_quantity, unknown_measures
from huunghi.partners.fields import first_day, format_partial_date, last_day, parse_partial_date
from huunghi.search.engines.base import FACETS, Filters

LONGEST_QUERY = 256  # letters; the planner reads no more
LONGEST_VALUE = 100
MOST_VALUES = 20
ORDERS = ("relevance", "-date", "date")
CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]+")
# address parameter -> attribute of Filters; the same names as in the API
PARAMETERS = {**FACETS, "unit": "units", "status": "statuses", "exchange": "exchanges"}
ORGANISATION = "org:"
PAGE_FACETS = (*FACETS, "unit")
RANGES = ("quantity", "near")
NUMBER = re.compile(r"\d{1,3}(?:[., \u00a0]\d{3}){1,4}|\d{1,15}")


@dataclass(frozen=True, slots=True)
class ArchiveQuery:
    """`values` holds the set filters by parameter; `errors` sentences for the reader by parameter."""

    text: str = ""
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    start: str = ""  # ISO, cut to its precision
    end: str = ""
    order: str = "relevance"
    cursor: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    was_cut: bool = False

    def filters(self) -> Filters:
        """The filters for the search; only for a query without errors."""
        lists = {PARAMETERS[name]: list(values) for name, values in self.values.items() if name in PARAMETERS}
        near = self.values.get("near")
        return Filters(
            **{**lists, "years": [int(year) for year in self.values.get("year", ())]},
            quantities=[parse_quantity(quantity) for quantity in self.values.get("quantity", ())],
            near=parse_near(near[0]).circle() if near else None,
            start=first_day(self.start) if self.start else None,
            end=last_day(self.end) if self.end else None,
        )

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.is_filtered)

    @property
    def is_filtered(self) -> bool:
        return bool(any(self.values.values()) or self.start or self.end)

    @property
    def month(self) -> str:
        """ "2019-05" when the period is exactly that month, else ""."""
        return self.start if self.start == self.end and len(self.start) == 7 else ""

    def pairs(self) -> list[tuple[str, str]]:
        """Parameters in a fixed order, so that the same question has one address."""
        single = [("q", self.text)]
        lists = [(name, value) for name in (*PARAMETERS, *RANGES) for value in self.values.get(name, ())]
        last = [("from", self.start), ("to", self.end), ("order", "" if self.order == "relevance" else self.order)]
        return [(name, value) for name, value in [*single, *lists, *last, ("cursor", self.cursor)] if value]

    def address(self) -> str:
        """ "?q=giao+luu&partner=KH-8"; "?" when nothing is asked."""
        return f"?{urlencode(self.pairs())}"

    def with_value(self, name: str, value: str) -> ArchiveQuery:
        values = tuple(dict.fromkeys([*self.values.get(name, ()), value]))
        return replace(self, values={**self.values, name: values}, cursor="")

    def without(self, name: str, value: str | None = None) -> ArchiveQuery:
        """Without one value of a filter, or without the whole filter."""
        kept = tuple(other for other in self.values.get(name, ()) if value is not None and other != value)
        return replace(self, values={**self.values, name: kept}, cursor="")

    def only(self, name: str, value: str) -> ArchiveQuery:
        return replace(self, values={**self.values, name: (value,)}, cursor="")

    def changed(self, **columns: str) -> ArchiveQuery:
        return replace(self, **{"cursor": "", **columns})


def read_query(parameters: QueryDict) -> ArchiveQuery:
    """The question in an address. Parameters that are not ours are left alone: links carry marks of all sorts."""
    errors: dict[str, str] = {}
    typed = clean(parameters.get("q", ""))
    values = {name: found for name in (*PARAMETERS, *RANGES) if (found := _values(parameters.getlist(name)))}
    if "organisation" in values:
        # The API has the bare key, the index and its facets the mark of an organisation before it.
        bare = (value.removeprefix(ORGANISATION) for value in values["organisation"])
        values["organisation"] = tuple(dict.fromkeys(f"{ORGANISATION}{key}" for key in bare))
    if any(not _is_year(year) for year in values.get("year", ())):
        errors["year"] = _("A year has four digits, for example 2019.")
        values["year"] = tuple(filter(_is_year, values["year"]))
    _read_quantities(values, parameters, errors)
    if len(values.get("near", ())) > 1 or not all(map(_is_near, values.get("near", ()))):
        errors["near"] = _("Choose one place that is on the map, and a distance.")
        del values["near"]
    start, end = (_read_date(parameters.get(name, ""), name, errors) for name in ("from", "to"))
    if start and end and first_day(start) > last_day(end):
        errors["to"] = _("The period ends before it begins.")
    order = parameters.get("order", "") or "relevance"
    if order not in ORDERS:
        errors["order"] = _("Results can be sorted by relevance or by date.")
        order = "relevance"
    return ArchiveQuery(
        text=typed[:LONGEST_QUERY].strip(),
        values=values,
        start=start,
        end=end,
        order=order,
        cursor=clean(parameters.get("cursor", ""))[:2000],
        errors=errors,
        was_cut=len(typed) > LONGEST_QUERY,
    )


def clean(text: str) -> str:
    return CONTROL_CHARACTERS.sub(" ", text).strip()


def _values(given: list[str]) -> tuple[str, ...]:
    cleaned = (clean(value)[:LONGEST_VALUE] for value in given)
    return tuple(dict.fromkeys(filter(None, cleaned)))[:MOST_VALUES]


def _read_quantities(values: dict[str, tuple[str, ...]], parameters: QueryDict, errors: dict[str, str]) -> None:
    """One size for each unit of measure; what the form's two fields say stands for an earlier one."""
    least, measure = clean(parameters.get("least", "")), clean(parameters.get("measure", ""))
    try:
        texts = {parse_quantity(text)[0]: text for text in values.pop("quantity", ())}
        if least:
            texts[measure] = f"{measure}:{_whole_number(least)}"
        unknown, _known = unknown_measures([parse_quantity(text) for text in texts.values()])
    except ValueError:
        unknown, texts = [measure], {}
    if unknown:
        errors["least"] = _("Write a number in digits, for example 20, and choose what it counts.")
    elif texts:
        values["quantity"] = tuple(texts.values())


def _whole_number(text: str) -> int:
    """2063, 2.063 and 2,063 are one number; so it is in Khmer digits. ValueError for anything else."""
    if not NUMBER.fullmatch(text):
        raise ValueError("Not a whole number.")
    return int(re.sub(r"\D", "", text))


def _is_near(text: str) -> bool:
    try:
        parse_near(text).circle()
    except ValueError:
        return False
    return True


def _is_year(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{4}", text)) and int(text) >= date.min.year


def _read_date(text: str, name: str, errors: dict[str, str]) -> str:
    text = clean(text)
    if not text:
        return ""
    try:
        return parse_partial_date(text)
    except ValidationError:
        errors[name] = _("Write a date as dd/mm/yyyy, mm/yyyy or yyyy.")
        return ""


def shown_date(value: str) -> str:
    """A date of the query as it stands in the form: day first."""
    return format_partial_date(value)
