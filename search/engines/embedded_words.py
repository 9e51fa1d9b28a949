"""The words of the index as one reader may know them: a word that stands only in what is hidden is no word.

Without this an answer would tell that such a word occurs, by not calling it unknown, and would propose it for others.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime

from ..text.english import stem
from .base import Vocabulary
from .embedded import EmbeddedEngine
from .embedded_schema import utc_text
from .embedded_scoring import quoted

# `LIMIT 1`: a word that everybody knows is found in the first entries that are looked at.
_READABLE = """
SELECT 1 FROM fts CROSS JOIN entry ON entry.id = fts.rowid CROSS JOIN record ON record.id = entry.record
WHERE fts MATCH ? AND record.key NOT IN (SELECT value FROM json_each(?))
AND (NOT entry.restricted OR ((entry.expiry IS NULL OR entry.expiry > ?) AND EXISTS(
  SELECT 1 FROM json_each(entry.audiences) own JOIN json_each(?) asked ON own.value = asked.value)))
LIMIT 1"""


def words_for(engine: EmbeddedEngine, audiences: Iterable[str], exclude: frozenset[str] = frozenset()) -> Vocabulary:
    """The engine's own vocabulary while everything in it is public, else the words of those audiences. EngineError.

    `exclude` are ids of documents that fewer people may read than the index knows.
    """
    with engine.reading() as database:
        everything_is_public = database.execute("SELECT 1 FROM entry WHERE restricted LIMIT 1").fetchone() is None
    return engine if everything_is_public and not exclude else ReadableWords(engine, audiences, exclude)


class ReadableWords:
    """A `Vocabulary`. Counts are those of the whole index, once a word is known: they only weigh."""

    def __init__(self, engine: EmbeddedEngine, audiences: Iterable[str], exclude: frozenset[str] = frozenset()) -> None:
        self._engine = engine
        self._audiences = json.dumps(sorted(audiences))
        self._exclude = json.dumps(sorted(exclude))
        self._known: dict[str, bool] = {}

    @property
    def size(self) -> int:
        return self._engine.size

    def word_count(self, folded: str, stemmed: bool = True) -> int:
        forms = {folded, stem(folded)} if stemmed else {folded}
        counts = {form: self._engine.word_count(form, stemmed=False) for form in forms}
        return max((count for form, count in counts.items() if count and self._is_readable(form)), default=0)

    def id_count(self, id_: str) -> int:
        return self._engine.id_count(id_)

    def near_words(self, folded: str) -> list[str]:
        return [word for word in self._engine.near_words(folded) if self._is_readable(word)]

    def _is_readable(self, term: str) -> bool:
        if term not in self._known:
            with self._engine.reading() as database:
                row = database.execute(
                    _READABLE, (quoted(term), self._exclude, utc_text(datetime.now(UTC)), self._audiences)
                ).fetchone()
            self._known[term] = row is not None
        return self._known[term]
