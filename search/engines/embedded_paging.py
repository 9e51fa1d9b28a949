"""One page of a ranking. Its cost does not depend on how far down the page stands."""

from __future__ import annotations

import heapq
import json
import sqlite3
from collections import defaultdict

from .base import SearchRequest
from .embedded_scoring import Ranking
from .embedded_sets import EMPTY, RecordSet

Position = tuple
Page = list[tuple[int, Position]]

_SCORE_DIGITS = 4
# Ascending columns, each with an index: ties of a score stand by status, then the later date, then the id.
_RELEVANCE = "is_open, newest, key"
_DATES = {"date": "undated, oldest, key", "-date": "undated, newest, key"}
_FEW = 1000  # records that are sorted rather than met on the way through all of them


def page_of(database: sqlite3.Connection, ranking: Ranking, request: SearchRequest, limit: int) -> Page:
    """(record, its position). A position of another order or engine starts from the beginning."""
    by_relevance = request.order == "relevance" and not request.plan.empty
    kinds = (int | float, int, int, str) if by_relevance else (int, int, int, str)
    after = request.after or ()
    fits = len(after) == len(kinds) and all(map(isinstance, after, kinds))
    position = tuple(after) if fits else None
    if by_relevance:
        return _by_relevance(database, ranking, position, limit)
    columns = _DATES["date" if request.order == "date" else "-date"]
    tiers = {0: ranking.found & ranking.all, 1: ranking.found - ranking.all}
    return _tier_by_tier(database, tiers, columns, position, limit)


def _by_relevance(database: sqlite3.Connection, ranking: Ranking, after: Position | None, limit: int) -> Page:
    single = {record: -round(score, _SCORE_DIGITS) for record, score in ranking.scores.items()}
    tiers: dict[float, RecordSet] = defaultdict(lambda: EMPTY)
    for members, score in ranking.levels:
        tiers[-round(score, _SCORE_DIGITS)] |= members
    wanted = limit
    if after:
        after = (-after[0], *after[1:])
        single = {record: score for record, score in single.items() if score >= after[0]}
        wanted += sum(score == after[0] for score in single.values())
    best = set(heapq.nsmallest(wanted, single.values()))
    by_score: dict[float, list[int]] = defaultdict(list)
    for record, score in single.items():
        if score in best:
            by_score[score].append(record)
    for score, records in by_score.items():
        tiers[score] |= RecordSet.of(records)
    page = _tier_by_tier(database, tiers, _RELEVANCE, after, limit)
    return [(record, (-score, *rest)) for record, (score, *rest) in page]


def _tier_by_tier(
    database: sqlite3.Connection, tiers: dict[float, RecordSet], columns: str, after: Position | None, limit: int
) -> Page:
    """Lower tiers first. A position is the tier and the columns."""
    page: Page = []
    for tier in sorted(tiers):
        if len(page) >= limit:
            break
        if after is None or tier >= after[0]:
            behind = after[1:] if after and tier == after[0] else None
            rows = _in_order(database, tiers[tier], columns, behind, limit - len(page))
            page += [(record, (tier, *position)) for record, *position in rows]
    return page


def _in_order(
    database: sqlite3.Connection, members: RecordSet, columns: str, behind: Position | None, limit: int
) -> list[tuple]:
    """(record, columns...) of the next members behind a position."""
    condition, parameters = f"({columns}) > (?, ?, ?)" if behind else "1", behind or ()
    if len(members) <= _FEW:
        return database.execute(
            f"SELECT id, {columns} FROM record WHERE id IN (SELECT value FROM json_each(?))"
            f" AND {condition} ORDER BY {columns} LIMIT ?",
            (json.dumps(list(members)), *parameters, limit),
        ).fetchall()
    rows = database.execute(f"SELECT id, {columns} FROM record WHERE {condition} ORDER BY {columns}", parameters)
    found = []
    for row in rows:
        if row[0] in members:
            found.append(row)
            if len(found) >= limit:
                break
    return found
