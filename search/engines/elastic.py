"""The archive on an Elasticsearch server of version 8 or 9."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from ..documents.digests import digest
from ..documents.extraction import documents
from ..recognition.gazetteer import Gazetteer
from . import names
from .base import PUBLIC, Hit, NameSuggestion, SearchRequest, SearchResult
from .elastic_archive import ElasticArchive
from .elastic_clauses import Reader
from .elastic_contents import Contents, contents_search
from .elastic_hits import facets, hits, suggested
from .elastic_query import Body, name_counts, searches, suggestions
from .elastic_reading import answers
from .names import NAME_FILTERS, NameCount


class ElasticEngine(ElasticArchive):
    """Asks the archive. `languages` gives the order in which a record's languages are looked at for a reader."""

    documents = staticmethod(documents)
    digest = staticmethod(digest)

    def __init__(
        self,
        urls: list[str],
        gazetteer: Callable[[], Gazetteer],
        languages: Callable[[str], list[str]],
        **connection: str,
    ) -> None:
        super().__init__(urls, gazetteer, **connection)
        self._languages = languages
        self._contents = Contents()

    def search(self, request: SearchRequest) -> SearchResult:
        """One request for both searches. Raises EngineError rather than give part of an answer."""
        now = datetime.now(UTC)
        both = searches(request, now, self._contents.known())
        strict, ranked = self._msearch([both.strict, both.ranked])
        found = ranked["hits"]["hits"]
        languages = self._languages(request.language)
        shown = hits(found[: request.limit], request, languages, self._gazetteer(), now)
        return SearchResult(
            engine=self.name,
            hits=shown,
            count=strict["hits"]["total"]["value"],
            has_weaker=ranked["hits"]["total"]["value"] > strict["hits"]["total"]["value"],
            has_next=len(found) > request.limit,
            facets=facets(strict, request.facets),
        )

    def suggest(
        self,
        text: str,
        language: str,
        limit: int = 10,
        audiences: frozenset[str] = PUBLIC,
        exclude: frozenset[str] = frozenset(),
    ) -> list[Hit]:
        reader = Reader(audiences, datetime.now(UTC), self._contents.known())
        [answer] = self._msearch([suggestions(text, language, limit, reader, exclude)])
        return suggested(answer["hits"]["hits"], self._languages(language), reader)

    def suggest_names(
        self,
        text: str,
        limit: int = 5,
        audiences: frozenset[str] = PUBLIC,
        exclude: frozenset[str] = frozenset(),
    ) -> list[NameSuggestion]:
        entries = names.candidates(self._gazetteer(), text[:256], limit)
        if not entries:
            return []
        reader = Reader(audiences, datetime.now(UTC), self._contents.known())
        [answer] = self._msearch([name_counts([entry.id for entry in entries], reader, exclude)])
        buckets = (answer["aggregations"][str(number)] for number in range(len(entries)))
        counts = {
            entry.id: NameCount({name: bucket[name]["doc_count"] for name in NAME_FILTERS}, bucket["doc_count"])
            for entry, bucket in zip(entries, buckets, strict=True)
        }
        return names.suggestions(entries, counts, text, limit)

    def refresh(self, of: str | None = None) -> None:
        super().refresh(of)
        self._contents.forget()

    def publish_index(self, name: str) -> None:
        super().publish_index(name)
        self._contents.forget()

    def _msearch(self, bodies: Iterable[Body]) -> list[dict[str, Any]]:
        """The answers to the bodies; on the way the contents of the index are learnt when they are not known."""
        asked = list(bodies)
        is_known = self._contents.known() is not None
        header = {"index": self.alias, "allow_partial_search_results": False}
        sent = asked if is_known else [*asked, contents_search()]
        given = answers(self._reader, [line for body in sent for line in (header, body)])
        if not is_known:
            self._contents.tell(given.pop())
        return given
