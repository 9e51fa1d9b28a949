"""The gazetteer and the glossary as editors have them now, kept in memory until a record changes."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from time import monotonic
from typing import Generic, TypeVar

from huunghi.partners.models import Organisation, Place

from ..models import Concept, Counter
from . import glossary as glossaries
from .gazetteer import Gazetteer, GazetteerEntry

NAMES_COUNTER = "names"
GLOSSARY_COUNTER = "glossary"
CHECK_INTERVAL = 2.0  # seconds; how long another process may go on with the names of before

Value = TypeVar("Value")


def place_id(key: str) -> str:
    return key


def organisation_id(key: str) -> str:
    return f"org:{key}"


_remembered: list[Remembered] = []


class Remembered(Generic[Value]):
    """A value made from the database, made again when its counter has moved."""

    def __init__(self, counter: str, make: Callable[[], Value]) -> None:
        self._counter = counter
        self._make = make
        self._lock = threading.Lock()
        self._value: Value | None = None
        self._generation = -1
        self._checked = 0.0
        _remembered.append(self)

    def get(self) -> Value:
        with self._lock:
            if self._value is None or monotonic() - self._checked > CHECK_INTERVAL:
                self._refresh()
            return self._value

    def look_again(self) -> None:
        """Ask the counter at the next use, however recently it was asked."""
        with self._lock:
            self._checked = float("-inf")

    def forget(self) -> None:
        with self._lock:
            self._value, self._generation = None, -1

    def _refresh(self) -> None:
        generation = Counter.current(self._counter)
        if self._value is None or generation != self._generation:
            self._value, self._generation = self._make(), generation
        self._checked = monotonic()


def gazetteer_entries() -> Iterator[GazetteerEntry]:
    """Every place and organisation with all its spellings."""
    for place in Place.objects.prefetch_related("name_rows", "successors"):
        yield GazetteerEntry(
            id=place_id(place.key),
            names=tuple(place.all_names()),
            kind=place.kind,
            successors=tuple(place_id(successor.key) for successor in place.successors.all()),
        )
    for organisation in Organisation.objects.prefetch_related("name_rows", "successors"):
        yield GazetteerEntry(
            id=organisation_id(organisation.key),
            names=tuple(organisation.all_names()),
            kind=organisation.kind,
            successors=tuple(organisation_id(successor.key) for successor in organisation.successors.all()),
        )


def glossary_concepts() -> Iterator[glossaries.Concept]:
    for concept in Concept.objects.prefetch_related("terms"):
        terms: dict[str, list[str]] = defaultdict(list)
        for term in sorted(concept.terms.all(), key=lambda term: (not term.preferred, term.sort_order or 0)):
            terms[term.language].append(term.text)
        yield glossaries.Concept(key=concept.code, terms={code: tuple(texts) for code, texts in terms.items()})


_gazetteer = Remembered(NAMES_COUNTER, lambda: Gazetteer(gazetteer_entries()))
_glossary = Remembered(GLOSSARY_COUNTER, lambda: glossaries.Glossary(glossary_concepts()))


def current_gazetteer() -> Gazetteer:
    return _gazetteer.get()


def current_glossary() -> glossaries.Glossary:
    return _glossary.get()


def look_again() -> None:
    """See every change of names and terms that is committed now.

    For the process that has just changed them, and for the feeding, which must not index by names of before.
    """
    for value in _remembered:
        value.look_again()


def forget() -> None:
    """Read names and glossary again at the next use; for the process that has just changed them, and for tests."""
    _gazetteer.forget()
    _glossary.forget()
