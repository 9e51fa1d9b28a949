"""Reading cards for anonymous readers, in SQL that is written down: putting it together would take longer than asking.

An answer may only be made of cards while the outbox has no row for their records: `state` tells. That a page is still
open is asked of the tables all the same, so that a change that nobody noted opens nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import Any, TypeVar

import orjson
from django.db import connection
from django.utils import timezone

from huunghi.conf import fallback_languages
from huunghi.events.api.related import RELATED_LIMIT
from huunghi.partners.access import ANONYMOUS
from huunghi.partners.access_sql import Rows, open_to_all, row_by_row
from huunghi.partners.api import schemas as shared

from ..asking import ask
from ..documents.extraction import PAGE_TYPES
from ..feeding.worker import VERSION_COUNTER
from ..models import Card, CardText, CardTopic, Counter, IndexTarget, PendingChange
from ..recognition.knowledge import GLOSSARY_COUNTER, NAMES_COUNTER
from .documents import MARK, UNDATED
from .store import COUNTER, NAME, CardStore

MOST_PENDING = 200  # records; with more of them waiting, everything is read from the tables

_CARD, _TEXT, _TOPIC = Card._meta.db_table, CardText._meta.db_table, CardTopic._meta.db_table
_TARGET, _PENDING, _COUNTER = IndexTarget._meta.db_table, PendingChange._meta.db_table, Counter._meta.db_table
_MARK = MARK.encode()
_SEARCHED = [
    f"(SELECT value FROM {_COUNTER} WHERE name = '{name}')"
    for name in (VERSION_COUNTER, NAMES_COUNTER, GLOSSARY_COUNTER)
]

Found = TypeVar("Found")

ORDERS = {
    "-date": ("newest", "ASC", "DESC"),
    "date": ("oldest", "ASC", "ASC"),
    "updated": ("updated", "ASC", "ASC"),
}


@dataclass(frozen=True, slots=True)
class State:
    """What the store is at this moment. While it stays equal, every answer made of it stays the same, byte by byte."""

    store: str
    number: int
    pending: frozenset[str]  # ids of documents whose card is not that of the present
    # What searches depend on beside: numbers that only grow. None while any index waits for something.
    searched: tuple[int | None, ...] | None = None

    @property
    def is_settled(self) -> bool:
        return not self.pending


@dataclass(frozen=True, slots=True)
class Listed:
    """A place in a list. `sort` is what `ORDERS` names, then the source page."""

    card_id: int
    key: str
    sort: int
    source_id: int


@dataclass(frozen=True, slots=True)
class Stored:
    """What is stored in one language. `short` and `rest` are JSON objects with marks."""

    card_id: int
    key: str
    language: str
    page_id: int
    is_open: bool
    served: bytes
    link: bytes
    short: bytes
    rest: bytes | None
    exchange: str
    oldest: int
    edition: int
    source_id: int
    about: str


def state() -> State | None:
    """None when cards cannot be used now. One query; a second one while changes wait to be fed."""
    now = _now()
    rows = ask(f"SELECT {_STATE} FROM {_TARGET} t WHERE {_LIVE}", [COUNTER, now, NAME])
    return _state(rows[0], now) if rows else None


def event(key: str) -> tuple[State | None, list[Stored]]:
    """What `state` says, and everything that is stored of an event: nothing when it is pending, or not listed. In one
    query.

    Its source page is among its texts: whoever finds all of them open need not ask for it.
    """
    open_text = _open("x.page_id", "event")
    now = _now()
    rows = ask(
        f"SELECT {_STATE}, c.id, c.key, x.language, x.page_id, {open_text.sql}, x.served, x.link, x.short, x.rest,"
        f" c.exchange, c.oldest, COALESCE(c.edition, 0), c.source_id, c.about FROM {_TARGET} t"
        f" LEFT JOIN {_CARD} c ON c.store = t.\"index\" AND c.key = %s AND c.type = 'event' AND NOT c.deleted"
        f" AND c.source_id <> 0 LEFT JOIN {_TEXT} x ON x.card_id = c.id WHERE {_LIVE}",
        [COUNTER, now, now, *open_text.parameters, key, NAME],
    )
    found = _state(rows[0][:_STATE_COLUMNS], now) if rows else None
    if found is None or key in found.pending:
        return found, []
    return found, [text for row in rows if (text := Stored(*row[_STATE_COLUMNS:])).language]


# Two parameters, the name of the counter and the present moment; then those of the condition.
_STATE = (
    f't."index", (SELECT value FROM {_COUNTER} WHERE name = %s),'
    f" EXISTS (SELECT 1 FROM {_PENDING} p WHERE p.target_id = t.id),"
    f" EXISTS (SELECT 1 FROM {_PENDING} p WHERE p.target_id IS NULL AND p.type IN ('subtree', 'tree', 'all')),"
    f" EXISTS (SELECT 1 FROM {_TEXT} x WHERE x.expires_at <= %s),"
    f" EXISTS (SELECT 1 FROM {_PENDING}), (SELECT CAST(SUM(id) AS BIGINT) FROM {_TARGET} WHERE state = 'live')"
    f"{', '.join(['', *_SEARCHED])}"
)
_STATE_COLUMNS = 7 + len(_SEARCHED)
_LIVE = "t.engine = %s AND t.state = 'live'"


def _state(row: Sequence[Any], now: Any) -> State | None:
    store, number, some_pending, many_pending, some_expired, any_pending, *searched = row
    if many_pending or not CardStore().is_current(store):
        return None
    pending = _pending(store, now) if some_pending or some_expired else frozenset()
    if len(pending) > MOST_PENDING:
        return None
    return State(store, number or 0, pending, None if any_pending or pending else tuple(searched))


def _pending(store: str, now: Any) -> frozenset[str]:
    rows = ask(
        f"SELECT CASE p.type WHEN 'publication' THEN 'publication-' || p.key ELSE p.key END FROM {_PENDING} p"
        f" JOIN {_TARGET} t ON t.id = p.target_id WHERE t.engine = %s AND t.state = 'live'"
        f" UNION SELECT c.key FROM {_TEXT} x JOIN {_CARD} c ON c.id = x.card_id"
        f" WHERE x.expires_at <= %s AND c.store = %s LIMIT {MOST_PENDING + 1}",
        [NAME, now, store],
    )
    return frozenset(key for (key,) in rows)


def listed(
    state: State, order: str, after: tuple[int, int] | None, limit: int, within: tuple[str, Sequence[Any]] | None
) -> list[Listed]:
    """Events that anybody may read, in order, less those that are pending. `within` is SQL that gives source pages."""
    column, way, tie = ORDERS[order]
    open_source = _open("c.source_id", "event")
    where = ["c.store = %s AND c.type = 'event' AND NOT c.deleted AND c.source_id <> 0"]
    parameters: list[Any] = [state.store]
    if after:
        beyond = "<" if tie == "DESC" else ">"
        where.append(f"c.{column} >= %s AND (c.{column} > %s OR c.source_id {beyond} %s)")
        parameters += [after[0], *after]
    if state.pending:
        where.append(f"c.key NOT IN ({_places(state.pending)})")
        parameters += sorted(state.pending)
    if within:
        where.append(f"c.source_id IN ({within[0]})")
        parameters += within[1]
    ordered = f"ORDER BY c.{column} {way}, c.source_id {tie}"
    chosen = f"SELECT c.id, c.key, c.{column}, c.source_id FROM {_CARD} c WHERE {' AND '.join(where)}"
    # Whether it is open takes longest: it is asked last, of what passed the filters, until there is enough.
    statement = f"SELECT * FROM ({chosen} {ordered}{row_by_row()}) c WHERE" if within else f"{chosen} AND"
    rows = ask(
        f"{statement} {open_source.sql} {ordered} LIMIT {limit:d}", [*parameters, _now(), *open_source.parameters]
    )
    return [Listed(*row) for row in rows]


def short_cards(cards: Collection[int], language: str) -> dict[str, bytes]:
    """Document id -> the card in the nearest language, as JSON with marks."""
    if not cards:
        return {}
    open_text = _open("x.page_id", "event")
    rows = ask(
        f"SELECT c.key, x.language, x.served, x.short FROM {_TEXT} x JOIN {_CARD} c ON c.id = x.card_id"
        f" WHERE x.card_id IN ({_places(cards)}) AND x.short IS NOT NULL AND {open_text.sql}",
        [*cards, _now(), *open_text.parameters],
    )
    texts: dict[str, list[tuple[str, bytes, bytes]]] = defaultdict(list)
    for key, *text in rows:
        texts[key].append(tuple(text))
    cards = {key: nearest(found, language, itemgetter(0)) for key, found in texts.items()}
    return {key: joined(served_to(served, language), bytes(short)) for key, (_, served, short) in cards.items()}


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside an event, as links with marks, and all texts that they could have been made of."""

    exchange: dict[str, Any] | None
    previous: dict[str, Any] | None
    next: dict[str, Any] | None
    related: list[dict[str, Any]]
    shown: set[tuple[str, str]]


def beside(state: State, text: Stored, today: date, language: str) -> Beside:
    """The exchange of an event and the editions of it before and after; and the nearest events with one of the same
    partners, or else of the same kind, as `events.api.related` says. All as far as anybody may read it now. One query.
    """
    day = text.oldest if text.oldest != UNDATED else today.toordinal()
    parts = [*_its_exchange(text), *_editions_beside(state, text), *_events_about(state, text, day)]
    if not parts:
        return Beside(None, None, None, [], set())
    found = " UNION ALL ".join(f"SELECT * FROM ({sql}) part{number}" for number, (sql, _) in enumerate(parts))
    open_text = _open("x.page_id", "c.type")
    rows = ask(
        f"WITH found AS MATERIALIZED ({found}), chosen AS MATERIALIZED ({_CHOSEN})"
        f" SELECT chosen.name, chosen.place, c.key, x.language, x.link FROM chosen"
        f" JOIN {_CARD} c ON c.store = %s AND c.key = chosen.key JOIN {_TEXT} x ON x.card_id = c.id"
        f" WHERE NOT c.deleted AND {open_text.sql}",
        [*(value for _, values in parts for value in values), day, state.store, _now(), *open_text.parameters],
    )
    return _beside(rows, language)


# As many on either side as may be wanted, then the nearest of them; `place` orders them.
_NEAREST = (
    "SELECT DISTINCT key, oldest, source_id FROM found WHERE name = '{name}'"
    f" ORDER BY oldest {{way}}, source_id {{way}} LIMIT {RELATED_LIMIT}"
)
_CHOSEN = (
    "SELECT name, 0 AS place, key FROM found WHERE name IN ('exchange', 'previous', 'next') UNION ALL"
    " SELECT 'related', ROW_NUMBER() OVER (ORDER BY distance, source_id), key"
    " FROM (SELECT key, ABS(oldest - %s) AS distance, source_id FROM ("
    f"SELECT * FROM ({_NEAREST.format(name='before', way='DESC')}) before UNION ALL"
    f" SELECT * FROM ({_NEAREST.format(name='behind', way='ASC')}) behind"
    f") near ORDER BY distance, source_id LIMIT {RELATED_LIMIT}) nearest"
)


def _beside(rows: list[tuple[Any, ...]], language: str) -> Beside:
    texts: dict[tuple[str, int, str], list[tuple[str, bytes]]] = defaultdict(list)
    for name, place, key, code, link in rows:
        texts[name, place, key].append((code, link))
    links: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for (name, _, key), found in sorted(texts.items()):
        code, link = nearest(found, language, itemgetter(0))
        links[name].append({"id": key, "lang": code, **orjson.loads(link)})
    (exchange,), (previous,), (following,) = (links[name] or [None] for name in ("exchange", "previous", "next"))
    if exchange is None:  # nobody is told what belongs to what they may not read
        previous = following = None
    return Beside(exchange, previous, following, links["related"], {(key, code) for _, _, key, code, _ in rows})


def _its_exchange(text: Stored) -> Iterator[tuple[str, list[Any]]]:
    if text.exchange:
        yield "SELECT 'exchange' AS name, CAST(%s AS VARCHAR(36)) AS key, 0 AS oldest, 0 AS source_id", [text.exchange]


def _editions_beside(state: State, text: Stored) -> Iterator[tuple[str, list[Any]]]:
    if not text.exchange:
        return
    open_source = _open("c.source_id", "event")
    for name, sign, way in (("previous", "<", "DESC"), ("next", ">", "ASC")):
        yield (
            f"SELECT '{name}' AS name, c.key, c.oldest, c.source_id FROM {_CARD} c WHERE c.store = %s"
            f" AND c.exchange = %s AND c.exchange <> '' AND NOT c.deleted AND {open_source.sql}"
            f" AND (c.oldest, COALESCE(c.edition, 0), c.source_id) {sign} (%s, %s, %s)"
            f" ORDER BY c.oldest {way}, COALESCE(c.edition, 0) {way}, c.source_id {way} LIMIT 1",
            [
                *(state.store, text.exchange, _now(), *open_source.parameters),
                *(text.oldest, text.edition, text.source_id),
            ],
        )


def _events_about(state: State, text: Stored, day: int) -> Iterator[tuple[str, list[Any]]]:
    topics = text.about.split()
    open_source = _open("o.source_id", "event")
    for topic in [topic for topic in topics if topic.startswith("partner:")] or topics:
        for name, sign, way in (("before", "<", "DESC"), ("behind", ">=", "ASC")):
            yield (
                f"SELECT '{name}' AS name, c.key, o.oldest, o.source_id FROM {_TOPIC} o JOIN {_CARD} c"
                f" ON c.id = o.card_id WHERE o.store = %s AND o.topic = %s AND o.oldest {sign} %s"
                f" AND o.oldest < {UNDATED} AND c.key <> %s AND (c.exchange = '' OR c.exchange <> %s)"
                f" AND {open_source.sql} ORDER BY o.oldest {way}, o.source_id {way} LIMIT {RELATED_LIMIT}",
                [state.store, topic, day, text.key, text.exchange, _now(), *open_source.parameters],
            )


def found_facts(state: State, keys: Collection[str]) -> dict[tuple[str, str], tuple[dict[str, Any], dict[str, Any]]]:
    """(document id, language) -> (what language it is, the facts of a hit); only of records that are not pending."""
    keys = [key for key in keys if key not in state.pending]
    if not keys:
        return {}
    open_text = _open("x.page_id", "x.type")
    rows = ask(
        f"SELECT x.key, x.language, x.served, x.link, x.found FROM ({_texts_of(keys)}) x"
        f" WHERE x.page_id = 0 OR {open_text.sql}",
        [state.store, *keys, _now(), *open_text.parameters],
    )
    return {
        (key, code): (orjson.loads(served), {**orjson.loads(found), "title": orjson.loads(link)["title"]})
        for key, code, served, link, found in rows
    }


def state_and_open_texts(store: str, keys: Collection[str]) -> tuple[State | None, set[tuple[str, str]]]:
    """What `state` says, and (document id, language) of all texts of these records in a store that anybody may read
    now. In one query.
    """
    if not keys:  # an answer that shows no record
        return state(), set()
    open_text = _open("x.page_id", "x.type")
    now = _now()
    rows = ask(
        f"WITH state AS MATERIALIZED (SELECT {_STATE} FROM {_TARGET} t WHERE {_LIVE})"
        f" SELECT * FROM state LEFT JOIN (SELECT x.key, x.language FROM ({_texts_of(keys)}) x"
        f" WHERE x.page_id = 0 OR {open_text.sql}) shown ON 1 = 1",
        [COUNTER, now, NAME, store, *keys, now, *open_text.parameters],
    )
    found = _state(rows[0][:_STATE_COLUMNS], now) if rows else None
    return found, {row[_STATE_COLUMNS:] for row in rows}


def _texts_of(keys: Collection[str]) -> str:
    return (
        f"SELECT c.key, c.type, x.* FROM {_TEXT} x JOIN {_CARD} c ON c.id = x.card_id"
        f" WHERE c.store = %s AND c.key IN ({_places(keys)}) AND NOT c.deleted{row_by_row()}"
    )


# --- JSON


def served_to(served: bytes, language: str) -> bytes:
    """The fields of `Served` for a reader who asked for a language."""
    return _served_to(bytes(served), language)


@lru_cache(maxsize=256)  # an archive has a dozen different ones
def _served_to(served: bytes, language: str) -> bytes:
    own = orjson.loads(served)
    return orjson.dumps({**own, **shared.asked(own["lang"], language)})


def joined(first: bytes, second: bytes) -> bytes:
    """Two JSON objects as one."""
    return b"%b,%b" % (first[:-1], second[1:])


def with_addresses(content: bytes, site: str) -> bytes:
    """The marks made addresses of the site as the reader sees it: "https://huunghi.example"."""
    return content.replace(_MARK, site.encode())


# --- the database


def nearest(texts: Iterable[Found], language: str, language_of: Callable[[Found], str]) -> Found:
    """The one in the language, or the one that is shown in its place."""
    order = {code: position for position, code in enumerate(fallback_languages(language))}
    return min(texts, key=lambda text: order.get(language_of(text), len(order)))


@lru_cache(maxsize=32)
def _open(column: str, type_: str) -> Rows:
    """For pages of one type, or with `type_` "c.type" of the type that stands there."""
    if type_ in PAGE_TYPES:
        return open_to_all(column, {type_: PAGE_TYPES[type_]}, ANONYMOUS)
    return open_to_all(column, PAGE_TYPES, ANONYMOUS, type_column=type_)


def _places(values: Collection[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def _now() -> Any:
    return connection.ops.adapt_datetimefield_value(timezone.now())
