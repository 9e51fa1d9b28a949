"""What the dump may speak of: the pages that anybody may read, and the records that those pages name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import models

from huunghi.importing.references import PAGES
from huunghi.partners.access import ANONYMOUS, readable_sources
from huunghi.partners.models import OfficialDocument, Organisation, Partner, Place


class Reach:
    """The ids of public pages by type, and of the records that lines have named so far.

    A record is public when a public page names it: one that only stands on hidden pages is in no file.
    """

    def __init__(self) -> None:
        self.pages: dict[str, set[UUID]] = {
            kind: set(readable_sources(model, ANONYMOUS).values_list("translation_key", flat=True))
            for kind, model in PAGES.items()
        }
        self.records: dict[type[models.Model], set[int]] = defaultdict(set)

    def page(self, kind: str, page: Any | None) -> str | None:
        """The id of a page that another one refers to; None when it is not public."""
        key = page.translation_key if page is not None else None
        return str(key) if key in self.pages[kind] else None

    def all_pages(self, kind: str, pages: Iterable[Any]) -> list[str]:
        return sorted(filter(None, (self.page(kind, page) for page in pages)))

    def key(self, record: Any | None) -> str | None:
        """The key or code of a record, which is public from now on; None for none."""
        if record is None:
            return None
        self.records[type(record)].add(record.pk)
        return record.code if isinstance(record, Partner) else record.key

    def keys(self, records: Iterable[Any]) -> list[str]:
        return sorted(filter(None, map(self.key, records)))

    def known(self, record: Any | None) -> str | None:
        """The key of a record that some page names; a record is not made public by another one alone."""
        return record.key if record is not None and record.pk in self.records[type(record)] else None

    def all_known(self, records: Iterable[Any]) -> list[str]:
        return sorted(filter(None, map(self.known, records)))

    def close(self) -> None:
        """Add what public records cannot do without: who issued a document, and where a place lies."""
        documents = OfficialDocument.objects.filter(pk__in=self.records[OfficialDocument])
        self.records[Organisation] |= set(documents.exclude(issuer=None).values_list("issuer", flat=True))
        partners = Partner.objects.filter(pk__in=self.records[Partner])
        self.records[Place] |= set(partners.exclude(place=None).values_list("place", flat=True))
        new = self.records[Place]
        while new:
            parents = set(Place.objects.filter(pk__in=new, parent__isnull=False).values_list("parent", flat=True))
            new = parents - self.records[Place]
            self.records[Place] |= new
