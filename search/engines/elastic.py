"""The archive on an Elasticsearch server of version 8 or 9."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from elasticsearch import ApiError, Elasticsearch, TransportError, helpers

from ..documents import SearchDocument
from ..gazetteer import Gazetteer
from . import elastic_index
from .base import EngineError, Hit, SearchRequest, SearchResult
from .elastic_hits import facets, hits, suggested
from .elastic_query import searches, suggestions

READ_TIMEOUT = 1.5  # seconds; a reader is answered by the embedded index then
WRITE_TIMEOUT = 60.0
CONFLICT = 409  # the server holds this version or a newer one
CHUNK = 500  # documents
MOST_CHUNK_BYTES = 10 * 1024 * 1024


@contextmanager
def _engine_errors() -> Iterator[None]:
    try:
        yield
    except (ApiError, TransportError, helpers.BulkIndexError) as error:
        raise EngineError(f"Elasticsearch: {error}") from error


class ElasticEngine:
    """Readers and writers use the alias `<prefix>-archive`; the index behind it changes with every rebuild.

    `gazetteer` is called for the names as they are now, because editors add places while the process runs. `languages`
    gives the order in which a record's languages are looked at for a reader.
    """

    name = "elasticsearch"

    def __init__(
        self,
        urls: list[str],
        gazetteer: Callable[[], Gazetteer],
        languages: Callable[[str], list[str]],
        *,
        prefix: str = "huunghi",
        user: str = "",
        password: str = "",
        api_key: str = "",
        ca_certs: str = "",
    ) -> None:
        client = Elasticsearch(
            urls,
            basic_auth=(user, password) if user else None,
            api_key=api_key or None,
            max_retries=0,
            retry_on_timeout=False,
            **({"ca_certs": ca_certs} if ca_certs else {}),
        )
        self.prefix = prefix
        self.alias = f"{prefix}-archive"
        self._reader = client.options(request_timeout=READ_TIMEOUT)
        self._writer = client.options(request_timeout=WRITE_TIMEOUT)
        self._gazetteer = gazetteer
        self._languages = languages

    # --- reading

    def search(self, request: SearchRequest) -> SearchResult:
        """One request for both searches. Raises EngineError rather than give part of an answer."""
        now = datetime.now(UTC)
        strict, ranked = self._msearch(vars(searches(request, now)).values())
        found = ranked["hits"]["hits"]
        languages = self._languages(request.language)
        shown = hits(found[: request.limit], request, languages, self._gazetteer(), now)
        return SearchResult(
            engine=self.name,
            hits=shown,
            count=strict["hits"]["total"]["value"],
            has_weaker=any(hit.match == "some" for hit in shown),
            has_next=len(found) > request.limit,
            facets=facets(strict, request.facets),
        )

    def suggest(self, text: str, language: str, limit: int = 10) -> list[Hit]:
        """Titles that anybody may read, the nearest first."""
        now = datetime.now(UTC)
        [answer] = self._msearch([suggestions(text, language, limit, now)])
        return suggested(answer["hits"]["hits"], self._languages(language), now)

    def count(self) -> int:
        """Number of records; deleted ones keep a document without a type."""
        with _engine_errors():
            return self._reader.count(index=self.alias, query={"exists": {"field": "type"}})["count"]

    def _msearch(self, bodies: Iterable[Any]) -> list[dict[str, Any]]:
        header = {"index": self.alias, "allow_partial_search_results": False}
        with _engine_errors():
            lines = [line for body in bodies for line in (header, body.to_dict())]
            answers = self._reader.msearch(searches=lines)["responses"]
        for answer in answers:
            if "error" in answer or answer.get("timed_out"):
                raise EngineError(f"Elasticsearch: {answer.get('error', 'timed out')}")
        return answers

    # --- writing

    def write(self, documents: Iterable[SearchDocument]) -> int:
        """Add or replace by bulk; raises EngineError when any document was refused, after sending them all."""
        gazetteer = self._gazetteer()
        sources = (elastic_index.source_of(document, gazetteer) for document in documents)
        return self._bulk(self.alias, sources, require_alias=True)

    def delete(self, ids: Iterable[str], version: int) -> None:
        self._bulk(self.alias, (elastic_index.tombstone(id_, version) for id_ in ids), require_alias=True)

    def refresh(self) -> None:
        """Make what was written findable at once instead of within a second."""
        with _engine_errors():
            self._writer.indices.refresh(index=self.alias)

    def _bulk(self, index: str, sources: Iterable[dict[str, Any]], require_alias: bool) -> int:
        """How many were sent. Without `require_alias` a write to a missing alias would make an index of that name."""
        actions = (
            {
                "_index": index,
                "_id": source["id"],
                "_source": source,
                "version": source["version"],
                "version_type": "external",
            }
            for source in sources
        )
        sent = 0
        refused: list[str] = []
        with _engine_errors():
            # `require_alias` must be an argument here: as a key of an action it is dropped in silence.
            for done, item in helpers.streaming_bulk(
                self._writer,
                actions,
                chunk_size=CHUNK,
                max_chunk_bytes=MOST_CHUNK_BYTES,
                raise_on_error=False,
                require_alias=require_alias,
            ):
                sent += 1
                outcome = item["index"]
                if not done and outcome["status"] != CONFLICT:
                    refused.append(f"{outcome['_id']}: {outcome.get('error')}")
        if refused:
            raise EngineError(f"Elasticsearch refused {len(refused)} of {sent} documents: {'; '.join(refused[:3])}")
        return sent

    # --- rebuilding

    def rebuild(self, documents: Iterable[SearchDocument]) -> int:
        """Fill a new index beside the old one and put the alias on it in one request."""
        name = self._new_index_name()
        try:
            with _engine_errors():
                self._writer.indices.create(index=name, **elastic_index.index_body())
            kept = self._fill(name, documents)
            replaced = self._switch_to(name)
        except BaseException:
            with suppress(EngineError):
                self._drop([name])
            raise
        if replaced:
            # A search that began before the switch still reads the old index.
            time.sleep(READ_TIMEOUT)
        self._drop(self._older_than(name))
        return kept

    def _new_index_name(self) -> str:
        moment = datetime.now(UTC).strftime("%Y%m%d%H%M%S%f")
        return f"{self.prefix}-{elastic_index.mapping_hash()}-{moment}"

    def _fill(self, name: str, documents: Iterable[SearchDocument]) -> int:
        """How many records the new index holds, which is how many different ones there were."""
        gazetteer = self._gazetteer()
        ids: set[str] = set()

        def sources() -> Iterator[dict[str, Any]]:
            for document in documents:
                ids.add(document.id)
                yield elastic_index.source_of(document, gazetteer)

        self._bulk(name, sources(), require_alias=False)
        with _engine_errors():
            self._writer.indices.refresh(index=name)
            held = self._writer.count(index=name)["count"]
        if held != len(ids):
            raise EngineError(f"The new index holds {held} records instead of {len(ids)}.")
        return held

    def _switch_to(self, name: str) -> list[str]:
        """Move the alias; returns the indices that had it."""
        replaced = [index for index, aliases in self._indices().items() if self.alias in aliases]
        actions: list[dict[str, Any]] = [{"add": {"index": name, "alias": self.alias}}]
        # Never remove_index here: searches fail while the server does that.
        actions += [{"remove": {"index": index, "alias": self.alias}} for index in replaced]
        with _engine_errors():
            self._writer.indices.update_aliases(actions=actions)
        return replaced

    def _indices(self) -> dict[str, list[str]]:
        """Index name -> aliases, of this prefix and not of a longer one."""
        ours = re.compile(rf"{re.escape(self.prefix)}-[0-9a-f]{{8}}-\d{{20}}")
        with _engine_errors():
            found = self._writer.indices.get(index=f"{self.prefix}-*", features=["aliases"]).body
        return {name: list(index["aliases"]) for name, index in found.items() if ours.fullmatch(name)}

    def _older_than(self, newest: str) -> list[str]:
        """The index just replaced, and what a killed rebuild left behind."""
        return [name for name in self._indices() if name[-20:] < newest[-20:]]

    def _drop(self, names: list[str]) -> None:
        if names:
            with _engine_errors():
                self._writer.indices.delete(index=",".join(names), ignore_unavailable=True)
