"""Marks: dates, editions and document numbers, recognised alike in texts and in queries, and indexed as ids.

`y2016` a year, `m2016-09` a month, `d2016-09-14` a day, `md06-24` a day without its year, `M09` a month without its
year, `o3` an edition ("lần thứ III"), `#50/kh-ubnd` a document number. Vietnamese with and without diacritics, Khmer,
English, Lao and Chinese. Everything here works on prepared text (`text.normalise.prepare`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from ..text.normalise import fold
from .mark_patterns import EDITION_NUMBERS, HINTS, MONTH_NUMBERS, PATTERNS
from .mark_stretches import stretches

_LONGEST_SPAN_OF_YEARS = 40
_LONGEST_LIST_OF_DAYS = 31
_MOST_MONTHS = 400
_LONGEST_REMEMBERED = 100  # characters; a table of numbers does not come twice


class Mark(NamedTuple):
    """`kind` is "date", "edition" or "number". An `optional` mark (a month without a year) only adds score."""

    start: int
    end: int
    kind: str
    ids: tuple[str, ...]
    optional: bool = False


def find_marks(prepared: str) -> list[Mark]:
    """All marks in order. Where two readings overlap, the more specific one (earlier in PATTERNS) counts."""
    return [
        mark._replace(start=start + mark.start, end=start + mark.end)
        for start, end in stretches(prepared)
        for mark in _marks_in(prepared[start:end])
    ]


def text_ids(prepared: str) -> set[str]:
    """Ids of all marks in a text, with what each includes."""
    ids: set[str] = set()
    for start, end in stretches(prepared):
        read = _remembered_ids if end - start <= _LONGEST_REMEMBERED else _ids_in
        ids |= read(prepared[start:end])
    return ids


def _ids_in(stretch: str) -> set[str]:
    return including_wider(id_ for mark in _marks_in(stretch) for id_ in mark.ids)


_remembered_ids = lru_cache(maxsize=10_000)(_ids_in)  # "năm 2016" stands in many texts


def _marks_in(stretch: str) -> list[Mark]:
    marks: list[Mark] = []
    used = bytearray(len(stretch))
    possible = {hints for hints in HINTS if any(map(stretch.__contains__, hints))}
    for rule in PATTERNS:
        if rule.hints not in possible:
            continue
        for match in rule.pattern.finditer(stretch):
            start, end = match.span()
            if any(used[start:end]):
                continue
            ids = _ids(rule.kind, match.groups())
            if ids:
                used[start:end] = b"\1" * (end - start)
                kind = {"doc": "number", "o": "edition"}.get(rule.kind, "date")
                marks.append(Mark(start, end, kind, tuple(ids), optional=rule.kind in ("dm", "m")))
    return sorted(marks)


def including_wider(ids: Iterable[str]) -> set[str]:
    """A day also stands for its month, its year and its day of the year; a month for its year."""
    wider: set[str] = set()
    for id_ in ids:
        wider.add(id_)
        if id_[0] == "d":
            wider |= {f"m{id_[1:8]}", f"y{id_[1:5]}", f"md{id_[6:11]}", f"M{id_[6:8]}"}
        elif id_[:2] == "md":
            wider.add(f"M{id_[2:4]}")
        elif id_[0] == "m":
            wider |= {f"y{id_[1:5]}", f"M{id_[6:8]}"}
    return wider


def weaker_ids(id_: str) -> list[tuple[str, float]]:
    """(id, weight) of what a date in a query also takes: the day's month and year, the month's year."""
    if id_[0] == "d":
        return [(f"m{id_[1:8]}", 0.9), (f"y{id_[1:5]}", 0.6)]
    if id_[0] == "m" and id_[1].isdigit():
        return [(f"y{id_[1:5]}", 0.7)]
    return []


def period_ids(start: date | None, end: date | None, precision: str) -> set[str]:
    """Ids of a record's own period: each day up to a month, else its first and last day and all months."""
    if start is None:
        return set()
    if precision == "year":
        return {f"y{year}" for year in range(start.year, max(start.year, (end or start).year) + 1)}
    if precision == "month":
        return including_wider(_months(start, end or start))
    last = max(start, end or start)
    days = (last - start).days
    if days <= _LONGEST_LIST_OF_DAYS:
        return including_wider(f"d{(start + timedelta(day)).isoformat()}" for day in range(days + 1))
    ids = including_wider(f"d{day.isoformat()}" for day in (start, last))
    return ids | {wider for month in _months(start, last) for wider in (month, f"y{month[1:5]}")}


def _months(start: date, last: date) -> list[str]:
    first = start.year * 12 + start.month - 1
    count = min(last.year * 12 + last.month - first, _MOST_MONTHS)
    return [f"m{number // 12:04d}-{number % 12 + 1:02d}" for number in range(first, first + max(count, 1))]


def _ids(kind: str, groups: tuple[str, ...]) -> list[str]:
    """Ids of one match; empty when its numbers are no date."""
    if kind == "doc":
        return _document_number(*groups)
    if kind == "o":
        number = int(groups[0]) if groups[0].isdecimal() else EDITION_NUMBERS.get(groups[0], 0)
        return [f"o{number}"] if number else []
    if kind == "y":
        return [f"y{groups[0]}"]
    if kind == "yy":
        first, last = int(groups[0]), int(groups[1])
        return [f"y{year}" for year in range(first, last + 1)] if first < last <= first + _LONGEST_SPAN_OF_YEARS else []
    if kind == "m":
        month = _month(groups[0])
        return [f"M{month:02d}"] if month else []
    if kind == "ddmy":
        first, last, month, year = map(int, groups)
        if not (1 <= first < last <= 31 and 1 <= month <= 12):
            return []
        return [f"d{year:04d}-{month:02d}-{day:02d}" for day in range(first, last + 1)]
    parts = dict(zip(kind, groups, strict=True))
    month = _month(parts["m"])
    day = int(parts["d"]) if "d" in parts else None
    if not month or (day is not None and not 1 <= day <= 31):
        return []
    if "y" not in parts:
        return [f"md{month:02d}-{day:02d}"]
    year = int(parts["y"])
    return [f"m{year:04d}-{month:02d}" if day is None else f"d{year:04d}-{month:02d}-{day:02d}"]


def _month(text: str) -> int:
    text = text.strip()
    number = int(text) if text.isdecimal() else MONTH_NUMBERS.get(text, 0)
    return number if 1 <= number <= 12 else 0


def _document_number(number: str, series: str) -> list[str]:
    has_parts = any(mark in series for mark in "-–.")
    if not has_parts and (len(series) < 2 or (len(number) <= 2 and series in ("km", "h", "m"))):
        return []
    return [f"#{number}/{fold(series).replace('–', '-').replace('.', '-')}"]
