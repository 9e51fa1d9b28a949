"""What occurs in the index at all: a query names only the languages and audiences that can find something.

Most sites have pages in three of the languages, and a reader may belong to hundreds of audiences of which the index
knows a few; every clause of a query would name them all.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from .elastic_index import LANGUAGES

LIFE = 5.0  # seconds; how long the first page in a new language, or for a new audience, may stay unseen
MOST_AUDIENCES = 1000  # of one language; when there are more, queries name all of the reader's

Occurring = Mapping[str, frozenset[str] | None]  # language -> audiences of its pages; None: too many to tell


class Contents:
    """What an engine knows of its index. Told by the answer to a search that goes along with the reader's own."""

    def __init__(self) -> None:
        self._occurring: Occurring | None = None
        self._told_at = 0.0

    def known(self) -> Occurring | None:
        """None when it was told too long ago: then everything may occur."""
        return self._occurring if time.monotonic() - self._told_at < LIFE else None

    def tell(self, answer: dict[str, Any]) -> None:
        self._occurring = {language: _audiences(answer["aggregations"][language]) for language in LANGUAGES}
        self._told_at = time.monotonic()

    def forget(self) -> None:
        self._occurring = None


def contents_search() -> dict[str, Any]:
    audiences = {
        language: {"terms": {"field": f"audiences.{language}", "size": MOST_AUDIENCES}} for language in LANGUAGES
    }
    return {"size": 0, "track_total_hits": False, "aggs": audiences}


def _audiences(terms: dict[str, Any]) -> frozenset[str] | None:
    return None if terms["sum_other_doc_count"] else frozenset(bucket["key"] for bucket in terms["buckets"])
