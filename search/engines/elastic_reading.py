"""Asking an Elasticsearch server while a reader waits: what it may cost, and what its replies mean."""

from __future__ import annotations

from typing import Any

from elasticsearch import ApiError, ConnectionTimeout, Elasticsearch, TransportError

from .base import EngineError, EngineTimeoutError, QuestionError
from .deadline import within
from .elastic_index import SHARDS
from .elastic_trouble import explained, explained_answer

READ_TIMEOUT = 1.5  # seconds for everything; a reader is answered by the embedded index then
BAD_REQUEST = 400


def reader_options(hosts: int) -> dict[str, Any]:
    """Options of the client for readers. A host that is away is passed over for the next one.

    The first of several hosts gets half of the time, so that a silent one leaves enough for another. A host that
    answered, be it with 429 or 503, is not asked again: the cluster has too much to do already.
    """
    return {
        "request_timeout": READ_TIMEOUT / min(hosts, 2),
        "max_retries": hosts - 1,
        "retry_on_timeout": True,
        "retry_on_status": (),
    }


def answers(client: Elasticsearch, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The answers to an `_msearch`, two lines for each. Raises EngineError rather than give part of them."""
    try:
        reply = within(READ_TIMEOUT, lambda: client.msearch(searches=lines).body)
    except (TimeoutError, ConnectionTimeout) as error:
        raise EngineTimeoutError(f"Elasticsearch: no answer within {READ_TIMEOUT} s") from error
    except ApiError as error:
        raise _error_of(error.status_code, error) from error
    except TransportError as error:
        raise EngineError(explained(error)) from error
    given = reply.get("responses") if isinstance(reply, dict) else None
    if not isinstance(given, list) or len(given) != len(lines) // 2:
        raise EngineError("Elasticsearch: the reply makes no sense")
    for answer in given:
        _check(answer)
    return given


def _check(answer: Any) -> None:
    """Raises EngineError unless it is the whole answer, of one index."""
    if not isinstance(answer, dict):
        raise EngineError("Elasticsearch: the reply makes no sense")
    if "error" in answer:
        raise _error_of(answer.get("status"), answer["error"])
    if answer.get("timed_out"):
        raise EngineTimeoutError("Elasticsearch: the search was not finished in time")
    try:
        shards, _ = answer["_shards"]["total"], answer["hits"]["hits"]
    except (KeyError, TypeError) as error:
        raise EngineError("Elasticsearch: the reply makes no sense") from error
    if shards != SHARDS:
        # An alias on two indices would double every hit and every count, without any error.
        raise EngineError(f"Elasticsearch: the alias is on {shards} shards; one index has {SHARDS}")


def _error_of(status: int | None, what: object) -> EngineError:
    kind = QuestionError if status == BAD_REQUEST else EngineError
    return kind(explained_answer(status, what))
