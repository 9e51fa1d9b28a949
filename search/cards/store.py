"""The store as an index: how the outbox fills it, and how a new one takes the place of the old."""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

from django.db import connection, transaction

from ..documents.extraction import APART
from ..engines.base import EngineError, Indexed, WriteReport
from ..models import Counter, IndexTarget
from . import documents as building
from .documents import CardDocument
from .models import Card, CardText, CardTopic

NAME = "cards"
# Grows with every write: while it stands still, so do the answers made of cards. Seconds since 1970 as a rule; after
# several writes within one second it runs ahead for a while.
COUNTER = "cards"
CONTENT_VERSION = 2  # to be raised when cards are made in another way
PIECE = 75  # cards of one statement: SQLite before 3.32 takes 999 parameters
DROPPED_AT_ONCE = 900

_CARD = Card._meta.db_table
_COLUMNS = (
    "store", "key", "type", "version", "digest", "deleted", "source_id", "newest", "oldest", "updated", "exchange",
    "edition", "about",
)  # fmt: skip


@lru_cache(maxsize=1)
def form() -> str:
    """Eight hexadecimal digits that change with the fields of a card: then the store is made anew."""
    from huunghi.events.api.schemas import EventDetail

    fields = [CONTENT_VERSION, *sorted(EventDetail.model_fields), *sorted(building.SERVED)]
    return hashlib.sha256(repr(fields).encode()).hexdigest()[:8]


class CardStore:
    """Cards in tables of the site's own database, so that all hosts share them. See `engines.base.Engine`."""

    name = NAME
    documents = staticmethod(building.card_documents)

    @staticmethod
    def digest(document: CardDocument) -> str:
        return document.digest

    # --- what it holds

    def write(self, documents: Iterable[CardDocument], into: str | None = None) -> WriteReport:
        store = self._named(into)
        report = WriteReport()
        rest = iter(documents)
        while piece := list(islice(rest, PIECE)):
            with transaction.atomic():
                self._write(store, piece)
                _count()
            report.written += len(piece)
        return report

    def delete(self, versions: Mapping[str, int], into: str | None = None) -> WriteReport:
        store = self._named(into)
        rest = iter(sorted((key, version) for key, version in versions.items() if APART not in key))
        while piece := list(islice(rest, PIECE)):
            gone = [CardDocument(key, "", version=version) for key, version in piece]
            with transaction.atomic():
                taken = _upsert(store, gone, deleted=True)
                _forget_parts(taken.values())
                _count()
        return WriteReport(written=len(versions))

    def refresh(self, of: str | None = None) -> None:
        """Nothing to do: what is committed is found."""

    def count(self, of: str | None = None) -> int:
        return Card.objects.filter(store=self._named(of), deleted=False).count()

    def scan(self, of: str | None = None) -> Iterator[Indexed]:
        store, after = self._named(of), ""
        while rows := _rows(store, "key > %s", [after], f"ORDER BY {_key()} LIMIT {DROPPED_AT_ONCE}"):
            yield from rows
            after = rows[-1].id

    def digests(self, ids: Iterable[str], of: str | None = None) -> dict[str, Indexed]:
        store = self._named(of)
        rest = iter(ids)
        found: dict[str, Indexed] = {}
        while piece := list(islice(rest, PIECE)):
            rows = _rows(store, f"key IN ({', '.join(['%s'] * len(piece))})", piece)
            found |= {row.id: row for row in rows}
        return found

    @staticmethod
    def _write(store: str, piece: list[CardDocument]) -> None:
        by_key = {card.id: card for card in piece}
        taken = _upsert(store, list(by_key.values()))
        _forget_parts(taken.values())
        CardTopic.objects.bulk_create(
            CardTopic(
                card_id=number, store=store, topic=topic, oldest=by_key[key].oldest, source_id=by_key[key].source_id
            )
            for key, number in taken.items()
            for topic in by_key[key].topics
        )
        CardText.objects.bulk_create(
            CardText(
                card_id=number,
                language=text.language,
                page_id=text.page_id,
                expires_at=text.expires_at,
                served=text.served,
                link=text.link,
                found=text.found,
                short=text.short,
                rest=text.rest,
            )
            for key, number in taken.items()
            for text in by_key[key].texts
        )

    # --- its life

    def live_index(self) -> str | None:
        """The store that the live target names: both are in the same database, so there is nothing else to ask."""
        return _live().values_list("index", flat=True).first()

    def new_index(self) -> str:
        return f"{form()}-{int(time.time())}-{uuid.uuid4().hex[:6]}"

    def is_current(self, name: str) -> bool:
        return name.startswith(f"{form()}-")

    def publish_index(self, name: str) -> None:
        """Nothing to do: the target says it."""

    def repair_alias(self) -> str | None:
        return self.live_index()

    def drop_index(self, name: str) -> None:
        while numbers := list(Card.objects.filter(store=name).values_list("pk", flat=True)[:DROPPED_AT_ONCE]):
            with transaction.atomic():
                _forget_parts(numbers)
                Card.objects.filter(pk__in=numbers)._raw_delete(Card.objects.db)

    def orphans(self, keep: set[str], older_than: float) -> list[str]:
        names = Card.objects.order_by().values_list("store", flat=True).distinct()
        return [name for name in names if name not in keep and _made_at(name) < time.time() - older_than]

    def _named(self, name: str | None) -> str:
        store = name or self.live_index()
        if store is None:
            raise EngineError("There is no store of cards.")
        return store


def _forget_parts(cards: Collection[int]) -> None:
    for model in (CardText, CardTopic):
        rows = model.objects.filter(card__in=list(cards))
        rows._raw_delete(rows.db)  # nothing refers to them


def _count() -> None:
    Counter.next(COUNTER, at_least=int(time.time()))


def _live() -> Any:
    return IndexTarget.objects.filter(engine=NAME, state=IndexTarget.State.LIVE)


def _made_at(name: str) -> float:
    _, _, rest = name.partition("-")
    seconds = rest.partition("-")[0]
    return float(seconds) if seconds.isdigit() else 0.0


def _upsert(store: str, cards: list[CardDocument], deleted: bool = False) -> dict[str, int]:
    """Key -> row of those that the store did not hold in a newer version."""
    values = ", ".join([f"({', '.join(['%s'] * len(_COLUMNS))})"] * len(cards))
    columns = ", ".join(_COLUMNS)
    changed = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name not in ("store", "key"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_CARD} ({columns}) VALUES {values}"
            f" ON CONFLICT (store, key) DO UPDATE SET {changed} WHERE excluded.version > {_CARD}.version"
            " RETURNING key, id",
            [
                value
                for card in sorted(cards, key=lambda card: card.id)
                for value in (
                    *(store, card.id, card.type, card.version, "" if deleted else card.digest, deleted),
                    *(card.source_id, card.newest, card.oldest, card.updated, card.exchange, card.edition),
                    " ".join(card.topics),
                )
            ],
        )
        return dict(cursor.fetchall())


def _rows(store: str, where: str, parameters: list[Any], rest: str = "") -> list[Indexed]:
    condition = where.replace("key ", f"{_key()} ", 1)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT key, version, digest, deleted FROM {_CARD} WHERE store = %s AND {condition} {rest}",
            [store, *parameters],
        )
        return [Indexed(key, version, digest, bool(deleted)) for key, version, digest, deleted in cursor.fetchall()]


def _key() -> str:
    """Compared by code points in either database."""
    return 'key COLLATE "C"' if connection.vendor == "postgresql" else "key"
