"""What the archive keeps on Elasticsearch: its indices, their life, and what is written into them.

Readers and writers use the alias `<prefix>-archive`. The index behind it is called
`<prefix>-<hash of the mapping>-<moment>`, so that a changed mapping is seen by the name.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from elasticsearch import ApiError, Elasticsearch, NotFoundError, TransportError, helpers

from ..documents.document import SearchDocument
from ..recognition.gazetteer import Gazetteer
from . import elastic_index, rebuilding
from .base import DROP_AFTER, EngineError, Indexed, WriteReport
from .elastic_reading import READ_TIMEOUT, reader_options
from .elastic_trouble import explained
from .elastic_writing import prepared, send

WRITE_TIMEOUT = 60.0
PAGE = 2000  # records of a scan
KEEP_ALIVE = "5m"  # between two pages of a scan
# A new index is neither searched nor copied to other nodes before it is published.
WHILE_FILLED = {"refresh_interval": "-1"}
PUBLISHED = "published"


@contextmanager
def engine_errors() -> Iterator[None]:
    try:
        yield
    except (ApiError, TransportError, helpers.BulkIndexError) as error:
        raise EngineError(explained(error)) from error


class ElasticArchive:
    """Keeps the archive; `ElasticEngine` also asks it. `gazetteer` is called for the names as they are now."""

    name = "elasticsearch"

    def __init__(
        self,
        urls: list[str],
        gazetteer: Callable[[], Gazetteer],
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
        self._reader = client.options(**reader_options(len(urls)))
        self._writer = client.options(request_timeout=WRITE_TIMEOUT)
        self._gazetteer = gazetteer

    # What an index holds

    def write(self, documents: Iterable[SearchDocument], into: str | None = None) -> WriteReport:
        gazetteer = self._gazetteer()
        report = WriteReport()
        sources = prepared(documents, lambda document: elastic_index.source_of(document, gazetteer), report)
        return self._send(sources, into, report)

    def delete(self, versions: Mapping[str, int], into: str | None = None) -> WriteReport:
        tombstones = (elastic_index.tombstone(id_, version) for id_, version in versions.items())
        return self._send(tombstones, into, WriteReport())

    def _send(self, sources: Iterable[dict[str, Any]], into: str | None, report: WriteReport) -> WriteReport:
        if into is not None:
            self._require(into)
        with engine_errors():
            send(self._writer, into or self.alias, sources, report, is_alias=into is None)
        return report

    def refresh(self, of: str | None = None) -> None:
        with engine_errors():
            self._writer.indices.refresh(index=of or self.alias)

    def count(self, of: str | None = None) -> int:
        """A deleted record keeps a document without a type."""
        with engine_errors():
            return self._reader.count(index=of or self.alias, query={"exists": {"field": "type"}})["count"]

    def scan(self, of: str | None = None) -> Iterator[Indexed]:
        with engine_errors():
            context = self._writer.open_point_in_time(index=of or self.alias, keep_alive=KEEP_ALIVE)["id"]
        after: list[Any] | None = None
        try:
            while True:
                with engine_errors():
                    answer = self._writer.search(
                        pit={"id": context, "keep_alive": KEEP_ALIVE},
                        sort=["id"],
                        size=PAGE,
                        source=False,
                        docvalue_fields=["id", "version", "digest", "type"],
                        track_total_hits=False,
                        search_after=after,
                        allow_partial_search_results=False,
                    )
                context = answer["pit_id"]
                found = answer["hits"]["hits"]
                yield from (_indexed({name: values[0] for name, values in hit["fields"].items()}) for hit in found)
                if len(found) < PAGE:
                    return
                after = found[-1]["sort"]
        finally:
            with suppress(ApiError, TransportError):
                self._writer.close_point_in_time(id=context)

    def digests(self, ids: Iterable[str], of: str | None = None) -> dict[str, Indexed]:
        """Also what was written a moment ago: a get does not wait for a refresh."""
        held = {}
        rest = iter(ids)
        while chunk := list(islice(rest, PAGE)):
            with engine_errors():
                answer = self._writer.mget(
                    index=of or self.alias, ids=chunk, source_includes=["id", "version", "digest", "type"]
                )
            for item in answer["docs"]:
                if "error" in item:
                    raise EngineError(f"Elasticsearch: {item['error']}")
                if item["found"]:
                    held[item["_id"]] = _indexed(item["_source"])
        return held

    # The life of an index

    def live_index(self) -> str | None:
        live = self._live_indices()
        if len(live) > 1:
            raise EngineError(f"Elasticsearch: the alias {self.alias} is on {len(live)} indices: {', '.join(live)}.")
        return live[0] if live else None

    def new_index(self) -> str:
        moment = datetime.now(UTC).strftime("%Y%m%d%H%M%S%f")
        name = f"{self.prefix}-{elastic_index.mapping_hash()}-{moment}"
        body = elastic_index.index_body()
        with engine_errors():
            self._writer.indices.create(index=name, mappings=body["mappings"], settings=body["settings"] | WHILE_FILLED)
        return name

    def is_current(self, name: str) -> bool:
        return name.startswith(f"{self.prefix}-{elastic_index.mapping_hash()}-")

    def publish_index(self, name: str) -> None:
        self._require(name)
        with engine_errors():
            self._writer.indices.put_settings(index=name, settings=dict.fromkeys(WHILE_FILLED))
            self._writer.indices.put_mapping(index=name, meta={PUBLISHED: datetime.now(UTC).isoformat()})
            self._writer.indices.refresh(index=name)
        others = [live for live in self._live_indices() if live != name]
        self._move_alias(others, name)

    def repair_alias(self) -> str | None:
        live = self._live_indices()
        if len(live) < 2:
            return live[0] if live else None
        with engine_errors():
            mappings = self._writer.indices.get_mapping(index=",".join(live)).body
        published = {name: body["mappings"].get("_meta", {}).get(PUBLISHED, "") for name, body in mappings.items()}
        newest = max(live, key=lambda name: (published.get(name, ""), name[-20:]))
        self._move_alias([name for name in live if name != newest], newest)
        return newest

    def drop_index(self, name: str) -> None:
        self._require(name)
        if name in self._live_indices():
            raise EngineError(f"Elasticsearch: {name} is live and is not dropped.")
        with engine_errors():
            self._writer.indices.delete(index=name, ignore_unavailable=True)

    def orphans(self, keep: set[str], older_than: float) -> list[str]:
        with engine_errors():
            found = self._writer.indices.get(index=f"{self.prefix}-*", features=["aliases", "settings"]).body
        latest = (time.time() - older_than) * 1000
        return sorted(
            name
            for name, index in found.items()
            if self._is_ours(name)
            and name not in keep
            and self.alias not in index["aliases"]
            and int(index["settings"]["index"]["creation_date"]) <= latest
        )

    def rebuild(self, documents: Iterable[SearchDocument]) -> int:
        count, before = rebuilding.rebuild(self, documents)
        if before:
            time.sleep(min(READ_TIMEOUT, DROP_AFTER))
            self.drop_index(before)
        return count

    def _live_indices(self) -> list[str]:
        try:
            with engine_errors():
                return sorted(self._writer.indices.get_alias(name=self.alias).body)
        except EngineError as error:
            if isinstance(error.__cause__, NotFoundError):
                return []
            raise

    def _move_alias(self, off: list[str], on: str) -> None:
        """In one request, and never with remove_index: searches fail while the server does that."""
        actions: list[dict[str, Any]] = [{"add": {"index": on, "alias": self.alias}}]
        actions += [{"remove": {"index": name, "alias": self.alias}} for name in off]
        with engine_errors():
            self._writer.indices.update_aliases(actions=actions)

    def _is_ours(self, name: str) -> bool:
        """An index of this prefix and not of a longer one."""
        return re.fullmatch(rf"{re.escape(self.prefix)}-[0-9a-f]{{8}}-\d{{20}}", name) is not None

    def _require(self, name: str) -> None:
        """A name that is not ours would make an index, or hit a foreign one."""
        if not self._is_ours(name):
            raise EngineError(f"Elasticsearch: {name!r} is no index of this archive.")


def _indexed(fields: Mapping[str, Any]) -> Indexed:
    deleted = not fields.get("type")
    return Indexed(fields["id"], int(fields["version"]), fields.get("digest", ""), deleted)
