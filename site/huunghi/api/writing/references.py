"""Finds the records that codes name: those that the editor could choose in the form, many in one query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.permissions import policy_registry

from huunghi.conf import source_language
from huunghi.events.models import ExchangePage
from huunghi.importing.references import RECORDS, TERMS
from huunghi.importing.validation import closest
from huunghi.partners.access import readable_pages, reader_of
from huunghi.partners.choosing import own_pages

from .columns import PAGE, ROWS

FILES = {"image": get_image_model, "file": get_document_model}
Name = str | int


class References:
    """What the codes of one request stand for."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self._found: dict[tuple[str, Name], Any] = {}

    def look_up(self, given: dict[str, Any]) -> None:
        """Read all that a body names, one query for each kind of record."""
        wanted: dict[str, set[Name]] = defaultdict(set)
        for name, column in PAGE.items():
            if column.refers_to and given.get(name):
                wanted[column.refers_to].update(given[name] if column.many else [given[name]])
        for name, rows in ROWS.items():
            for row in given.get(name, ()):
                for field, column in rows.columns.items():
                    if column.refers_to and row.get(field):
                        wanted[column.refers_to].add(row[field])
        for block in given.get("text", ()):
            for kind, field in (("image", "image"), ("file", "document")):
                if block.get(field):
                    wanted[kind].add(block[field])
        for kind, names in wanted.items():
            self._read(kind, names)

    def _read(self, kind: str, names: Iterable[Name]) -> None:
        missing = {name for name in names if (kind, name) not in self._found}
        self._found.update({(kind, name): None for name in missing})
        for name, record in self._records(kind, missing):
            self._found.setdefault((kind, name), None)
            self._found[kind, name] = self._found[kind, name] or record

    def _records(self, kind: str, names: set[Name]) -> Iterable[tuple[Name, Any]]:
        if kind == "exchange":
            return [(str(page.translation_key), page) for page in self._exchanges(names)]
        if kind in FILES:
            return [(item.pk, item) for item in self._files(kind).filter(pk__in=names)]
        model, column = (TERMS | RECORDS)[kind]
        return [(getattr(record, column), record) for record in model.objects.filter(**{f"{column}__in": names})]

    def _exchanges(self, keys: set[Name]) -> list[Any]:
        """Those that the editor works with, or may read; the page that holds the facts first."""
        own = Q(pk__in=own_pages(self.request).values("pk"))
        readable = Q(pk__in=readable_pages(ExchangePage.objects.all(), reader_of(self.request)).values("pk"))
        pages = ExchangePage.objects.filter(own | readable, translation_key__in=keys).select_related("locale")
        return sorted(pages, key=lambda page: (page.locale.language_code != source_language(), page.pk))

    def _files(self, kind: str) -> QuerySet:
        policy = policy_registry.get_by_type(FILES[kind]())
        return policy.instances_user_has_any_permission_for(self.request.user, ["choose"])

    def get(self, kind: str, name: Name) -> Any | None:
        if (kind, name) not in self._found:
            self._read(kind, [name])
        return self._found[kind, name]

    def unknown(self, kind: str, name: Name) -> str:
        """The sentence that says so, with the closest known names."""
        sentence = _("“%(name)s” is not known.") % {"name": name}
        if kind == "exchange" or kind in FILES:
            return sentence
        model, column = (TERMS | RECORDS)[kind]
        return sentence + closest(str(name), model.objects.values_list(column, flat=True))
