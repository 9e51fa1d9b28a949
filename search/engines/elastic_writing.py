"""Documents on their way to Elasticsearch, and what the server says of each."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Any

from elasticsearch import Elasticsearch, helpers

from ..documents.document import SearchDocument
from .base import EngineError, IndexMissingError, WriteReport
from .elastic_trouble import explained, explained_answer

NOT_FOUND = 404
CONFLICT = 409  # the server holds this version or a newer one
# What says nothing about the document: a missing index, no rights, a full disk, too much to do.
UNAVAILABLE = {401, 403, 404, 429, 502, 503, 504}
CHUNK = 250  # documents; as many wait for the server at the end of a write, when nothing is prepared any more
MOST_CHUNK_BYTES = 10 * 1024 * 1024
THREADS = 2  # the next documents are prepared while the server works

Source = dict[str, Any]
Outcome = dict[str, Any]


def send(client: Elasticsearch, index: str, sources: Iterable[Source], report: WriteReport, is_alias: bool) -> None:
    """Write by bulk, with the versions of the sources; every answer goes into the report.

    `sources` is read in this thread only, because a database may stand behind it. Raises EngineError when the server
    refuses for a reason that is not a document's own; what it took stays there.
    """
    rest = iter(sources)
    waiting: deque[Future[list[Outcome]]] = deque()
    with ThreadPoolExecutor(THREADS) as pool:
        while chunk := list(islice(rest, CHUNK)):
            waiting.append(pool.submit(_send_chunk, client, index, chunk, is_alias))
            if len(waiting) > THREADS:
                _enter(report, waiting.popleft().result())
        for answer in waiting:
            _enter(report, answer.result())


def _send_chunk(client: Elasticsearch, index: str, chunk: list[Source], is_alias: bool) -> list[Outcome]:
    # `require_alias` must be an argument here: as a key of an action it is dropped in silence, and a write to a missing
    # alias would make an index of that name.
    answers = helpers.streaming_bulk(
        client,
        (_action(index, source) for source in chunk),
        chunk_size=CHUNK,
        max_chunk_bytes=MOST_CHUNK_BYTES,
        raise_on_error=False,
        raise_on_exception=False,
        require_alias=is_alias,
    )
    outcomes = [item["index"] for _, item in answers]
    if len(outcomes) != len(chunk):
        raise EngineError(f"Elasticsearch said what became of {len(outcomes)} of {len(chunk)} documents.")
    if len(chunk) > 1 and any("exception" in outcome and not _is_unavailable(outcome) for outcome in outcomes):
        # A request that was refused as a whole does not say which document was the reason.
        half = len(chunk) // 2
        return [item for part in (chunk[:half], chunk[half:]) for item in _send_chunk(client, index, part, is_alias)]
    return outcomes


def _action(index: str, source: Source) -> dict[str, Any]:
    return {
        "_index": index,
        "_id": source["id"],
        "_source": source,
        "version": source["version"],
        "version_type": "external",
    }


def _is_unavailable(outcome: Outcome) -> bool:
    status = outcome.get("status")
    return not isinstance(status, int) or status in UNAVAILABLE


def _enter(report: WriteReport, outcomes: Iterable[Outcome]) -> None:
    for outcome in outcomes:
        if "error" not in outcome or outcome.get("status") == CONFLICT:
            report.written += 1
        elif outcome.get("status") == NOT_FOUND:
            raise IndexMissingError(_why(outcome))
        elif _is_unavailable(outcome):
            raise EngineError(_why(outcome))
        else:
            report.failed[outcome["_id"]] = str(outcome["error"])


def _why(outcome: Outcome) -> str:
    if "exception" in outcome:  # the whole request was refused, or never arrived
        return explained(outcome["exception"])
    return explained_answer(outcome.get("status"), f"{outcome.get('status')} {outcome['error']}")


def prepared(
    documents: Iterable[SearchDocument], prepare: Callable[[SearchDocument], Source], report: WriteReport
) -> Iterator[Source]:
    """The sources of the documents; one that cannot be made is reported and does not stop the others."""
    for document in documents:
        try:
            source = prepare(document)
        except (ValueError, TypeError, OverflowError) as error:
            report.failed[document.id] = f"{type(error).__name__}: {error}"
        else:
            yield source
