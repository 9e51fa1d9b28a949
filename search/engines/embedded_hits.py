"""What a reader sees of the records that the embedded index found."""

from __future__ import annotations

import html
import json
import sqlite3
from collections.abc import Iterable, Sequence

from ..highlight import Highlighter
from ..planning.plan import Plan
from ..recognition.gazetteer import Gazetteer
from ..shown import Presenter, ShownPart, preferred_part
from .base import Hit, SearchRequest
from .embedded_scope import Scope
from .embedded_scoring import Ranking

_MORE_SUGGESTIONS = 5  # titles of one record in several languages, and hidden ones, take places


def make_hits(
    database: sqlite3.Connection,
    page: Sequence[tuple[int, tuple]],
    ranking: Ranking,
    request: SearchRequest,
    scope: Scope,
    gazetteer: Gazetteer,
    languages: Sequence[str],
) -> list[Hit]:
    """Hits in the order of `page`, each in the first of `languages` that it has and the reader may see."""
    chosen = json.dumps([record for record, _ in page])
    records = {
        record: (key, type_)
        for record, key, type_ in database.execute(
            "SELECT id, key, type FROM record WHERE id IN (SELECT value FROM json_each(?))", (chosen,)
        )
    }
    parts: dict[int, list[ShownPart]] = {}
    rows = database.execute(
        "SELECT record, entry, language, title, summary, body, people, documents FROM part"
        " WHERE record IN (SELECT value FROM json_each(?))",
        (chosen,),
    )
    for record, entry, *texts in rows:
        if entry not in scope.hidden_entries:
            parts.setdefault(record, []).append(ShownPart(*texts))
    presenter = Presenter(Highlighter(request.plan if request.highlight else Plan(), gazetteer))
    hits: list[Hit] = []
    for record, position in page:
        part = preferred_part(parts[record], languages)
        shown = presenter.show(part, parts[record])
        key, type_ = records[record]
        match = "all" if record in ranking.all else "some"
        score = ranking.score_of(record)
        hits.append(
            Hit(
                key,
                type_,
                part.language,
                shown.title,
                shown.snippet,
                match,
                score,
                shown.found_in,
                position,
                shown.file,
                shown.page,
            )
        )
    return hits


def make_suggestions(
    database: sqlite3.Connection,
    expressions: Iterable[str],
    language: str,
    scope: Scope,
    limit: int,
) -> list[Hit]:
    """Titles that fit the first expressions come first; one of each record, in the reader's language if that fits."""
    found: dict[int, Hit] = {}
    for expression in expressions:
        if len(found) >= limit:
            break
        rows = database.execute(
            "SELECT p.record, p.entry, p.language, p.title, r.key, r.type FROM suggestion s"
            " JOIN part p ON p.id = s.rowid JOIN record r ON r.id = p.record"
            " WHERE suggestion MATCH ? ORDER BY p.language != ?, r.start DESC, r.key LIMIT ?",
            (expression, language, limit * _MORE_SUGGESTIONS),
        )
        for record, entry, code, title, key, type_ in rows:
            if (
                entry not in scope.hidden_entries
                and record in scope.visible
                and record not in found
                and len(found) < limit
            ):
                found[record] = Hit(key, type_, code, html.escape(title), "", "all", 0.0, "title")
    return list(found.values())
