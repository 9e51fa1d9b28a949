"""Finds what a line refers to: by the source_id of another line, by key or code, or further down in the same files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from huunghi.conf import source_language
from huunghi.events.models import (
    ArticlePage,
    Channel,
    EventKind,
    EventPage,
    ExchangePage,
    MeasureUnit,
    PlanPage,
    Publication,
    ReportPage,
)
from huunghi.models import ImportedItem
from huunghi.partners.models import (
    ArchivePage,
    Audience,
    CooperationField,
    OfficialDocument,
    Organisation,
    OrganisationName,
    Partner,
    Partnership,
    Person,
    Place,
    PlaceName,
)
from huunghi.partners.models.organisations import OrganisationKind

from .errors import LineError
from .validation import closest

RECORDS: dict[str, tuple[type[models.Model], str]] = {
    "place": (Place, "key"),
    "organisation": (Organisation, "key"),
    "person": (Person, "key"),
    "document": (OfficialDocument, "key"),
    "partner": (Partner, "code"),
    "partnership": (Partnership, "key"),
    "publication": (Publication, "key"),
    "channel": (Channel, "key"),
}
PAGES: dict[str, type[ArchivePage]] = {
    "exchange": ExchangePage,
    "plan": PlanPage,
    "event": EventPage,
    "article": ArticlePage,
    "report": ReportPage,
}
TERMS: dict[str, tuple[type[models.Model], str]] = {
    "kind": (EventKind, "code"),
    "measure": (MeasureUnit, "code"),
    "field": (CooperationField, "code"),
    "audience": (Audience, "code"),
}
TO_BE_NAMED = "to be named"


class OutOfOrderError(Exception):
    """A line further down has to be imported before this one."""

    def __init__(self, source_id: str) -> None:
        self.source_id = source_id
        super().__init__(source_id)


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a line stands."""

    file: int
    offset: int
    number: int
    type: str


@dataclass(slots=True)
class LineIndex:
    """Every line of the files by its source_id, and its source_id by key or code. About 300 bytes a line."""

    entries: dict[str, Entry] = field(default_factory=dict)
    aliases: dict[tuple[str, str], str] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    in_progress: list[str] = field(default_factory=list)
    # Lines of a circle of references: written first without the link, then once more with it.
    unfinished: set[str] = field(default_factory=set)

    def source_id_of(self, kind: str, name: str) -> str | None:
        if name in self.entries and self.entries[name].type == kind:
            return name
        return self.aliases.get((kind, name))


class References:
    """Resolves names to objects. Remembers records and terms, of which there are few, but no pages."""

    def __init__(self, index: LineIndex, create_missing: bool) -> None:
        self.index = index
        self.create_missing = create_missing
        self._found: dict[tuple[str, str], Any] = {}
        self._only_names: set[str] = set()
        self._found_in_line: list[tuple[str, str]] = []

    def begin_line(self) -> None:
        self._found_in_line = []

    def forget_line(self) -> None:
        """The line was rolled back; what it made is gone."""
        for key in self._found_in_line:
            self._found.pop(key, None)

    def get(self, kind: str, name: str, field: str) -> Any | None:
        """The object; None when the reference closes a circle and is set later. Raises LineError or OutOfOrderError."""
        if (kind, name) in self._found:
            return self._found[kind, name]
        found = self.find(kind, name) or self._missing(kind, name, field)
        if found is not None and kind not in PAGES:
            self._remember(kind, name, found)
        return found

    def _remember(self, kind: str, name: str, found: Any) -> None:
        self._found[kind, name] = found
        self._found_in_line.append((kind, name))

    def organisation_called(self, text: str) -> Organisation | None:
        """The organisation with this source_id or key; None when the text is nothing but a name."""
        if text in self._only_names:
            return None
        found = self._found.get(("organisation", text)) or self.find("organisation", text)
        if found is not None:
            self._remember("organisation", text, found)
        elif self.index.source_id_of("organisation", text) is None:
            self._only_names.add(text)
        return found

    def find(self, kind: str, name: str) -> Any | None:
        """The object, or None. Raises OutOfOrderError when a line that was not imported yet makes it."""
        source_id = self.index.source_id_of(kind, name)
        if source_id and source_id not in self.index.done and source_id not in self.index.failed:
            if source_id not in self.index.in_progress:
                raise OutOfOrderError(source_id)
            if found := self._in_database(kind, name):
                return found
            self.index.unfinished.add(self.index.in_progress[-1])
            return None
        return self._in_database(kind, name)

    def _in_database(self, kind: str, name: str) -> Any | None:
        if kind in TERMS:
            model, column = TERMS[kind]
            return model.objects.filter(**{column: name}).first()
        item = ImportedItem.objects.filter(source_id=name, type=kind).first()
        key = item.object_key if item else name
        if kind in PAGES:
            return source_page(PAGES[kind], key) if item else None
        model, column = RECORDS[kind]
        return model.objects.filter(**{column: key}).first()

    def _missing(self, kind: str, name: str, field: str) -> Any | None:
        source_id = self.index.source_id_of(kind, name)
        if source_id in self.index.in_progress:
            return None
        if source_id in self.index.failed:
            sentence = _("“%(name)s” is made by line %(number)d, which could not be imported.")
            raise LineError.of(field, sentence % {"name": name, "number": self.index.entries[source_id].number})
        if self.create_missing and kind in MAKERS:
            return MAKERS[kind](name)
        raise LineError.of(field, _("“%(name)s” is not known.") % {"name": name} + closest(name, self._known(kind)))

    def _known(self, kind: str) -> list[str]:
        written = [name for name, entry in self.index.entries.items() if entry.type == kind]
        if kind in PAGES:
            stored = ImportedItem.objects.filter(type=kind).values_list("source_id", flat=True)
        else:
            model, column = (TERMS | RECORDS)[kind]
            stored = model.objects.values_list(column, flat=True)
        return [*stored, *written]


def source_page(model: type[ArchivePage], translation_key: str) -> ArchivePage | None:
    """The page that holds the facts: the one in the source language, else the oldest."""
    pages = model.objects.filter(translation_key=translation_key).select_related("locale").order_by("pk")
    return next((page for page in pages if page.locale.language_code == source_language()), None) or pages.first()


def _make_place(key: str) -> Place:
    place = Place(key=key, note=TO_BE_NAMED)
    place.name_rows = [PlaceName(language=source_language(), text=key, note=TO_BE_NAMED, uncertain=True)]
    place.full_clean()
    place.save()
    return place


def _make_partner(code: str) -> Partner:
    place = Place.objects.filter(key=code).first()
    names = {} if place else {source_language(): f"{code} ({TO_BE_NAMED})"}
    return Partner.objects.create(code=code, place=place, names=names)


def make_unit(key: str) -> Organisation:
    unit = Organisation(key=key, kind=OrganisationKind.FRIENDSHIP_UNION, note=TO_BE_NAMED)
    unit.name_rows = [OrganisationName(language=source_language(), text=f"{key} ({TO_BE_NAMED})", uncertain=True)]
    unit.full_clean()
    unit.save()
    return unit


def _make_measure(code: str) -> MeasureUnit:
    is_money = len(code) == 3 and code.isascii() and code.isupper()
    measure_class = MeasureUnit.MeasureClass.MONEY if is_money else MeasureUnit.MeasureClass.COUNT
    return MeasureUnit.objects.create(code=code, names={source_language(): code}, measure_class=measure_class)


def _term_maker(model: type[models.Model]) -> Any:
    return lambda code: model.objects.create(code=code, names={source_language(): code})


MAKERS = {
    "place": _make_place,
    "partner": _make_partner,
    "kind": _term_maker(EventKind),
    "measure": _make_measure,
    "field": _term_maker(CooperationField),
    "audience": _term_maker(Audience),
}
