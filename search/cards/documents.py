"""Cards made from the present state of the database: what anonymous readers get, as JSON that needs no table.

Two things are left open until a reader asks. Addresses begin with a mark where the reader's own view of the site goes;
and the fields of `Served` are kept apart, because they say what was asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import blake2b
from typing import Any

import orjson
from django.utils.translation import override

from huunghi.events.api import fetching, presenting
from huunghi.events.api.schemas import EventCard, EventDetail
from huunghi.events.confirming.statement import statements
from huunghi.events.models import Confirmation, EventPage, Publication
from huunghi.partners.access import ANONYMOUS, readable_pages
from huunghi.partners.api.schemas import Served

from ..answers import FoundRecord
from ..api.schemas import archive_items
from ..documents.extraction import PAGE_TYPES

MARK = "\uffff"  # no letter of any script, and no escape in JSON
UNDATED = 4_000_000  # behind the ordinal of every day
NEVER = 2**62
SERVED = frozenset(Served.model_fields)
SERIES = frozenset({"exchange", "previous", "next", "related"})  # they depend on other pages: read when asked for
FOUND_HERE = frozenset({"id", "type", "title_html", "snippet", "match", "found_in", "file", "page", "score"})


@dataclass(slots=True)
class Text:
    """One language of a card; see `models.CardText`."""

    language: str
    served: bytes
    link: bytes
    found: bytes
    short: bytes | None = None
    rest: bytes | None = None
    page_id: int = 0
    expires_at: datetime | None = None

    def content(self) -> Iterator[bytes]:
        yield f"{self.language} {self.page_id} {self.expires_at and self.expires_at.astimezone(UTC)}".encode()
        yield from (self.served, self.link, self.found, self.short or b"-", self.rest or b"-")


@dataclass(slots=True)
class CardDocument:
    """One record in all languages in which anybody may read it."""

    id: str
    type: str
    texts: list[Text] = field(default_factory=list)
    source_id: int = 0
    newest: int = UNDATED
    oldest: int = UNDATED
    updated: int = NEVER
    exchange: str = ""
    edition: int | None = None
    topics: list[str] = field(default_factory=list)
    version: int = 0

    @property
    def digest(self) -> str:
        """32 hexadecimal digits of all that is stored; the version is left out."""
        found = blake2b(digest_size=16)
        place = (self.source_id, self.newest, self.updated, self.exchange, self.edition, sorted(self.topics))
        found.update(repr(place).encode())
        for text in sorted(self.texts, key=lambda text: text.language):
            for part in text.content():
                found.update(part)
        return found.hexdigest()


def card_documents(type_: str, keys: Iterable[str]) -> Iterator[CardDocument]:
    """The cards of those keys that anybody may read now; others are left out."""
    keys = list(keys)
    if type_ == "publication":
        yield from _publications(keys)
        return
    pages = readable_pages(PAGE_TYPES[type_].objects.filter(translation_key__in=keys), ANONYMOUS)
    versions: dict[str, list[Any]] = defaultdict(list)
    for page in _read(type_, pages):
        versions[str(page.translation_key)].append(page)
    for key, translations in versions.items():
        yield _card(type_, key, translations)


def _read(type_: str, pages: Any) -> list[Any]:
    if type_ != "event":
        return list(pages.select_related("locale").order_by("pk"))
    found = list(
        pages.select_related("locale", "kind", "exchange").prefetch_related(*fetching.detail_relations()).order_by("pk")
    )
    keys = {page.translation_key for page in found}
    confirmed = set(Confirmation.objects.filter(page_key__in=keys).values_list("page_key", flat=True))
    for page in found:
        page.statements = statements(page, ANONYMOUS) if page.translation_key in confirmed else []
    return found


def _card(type_: str, key: str, pages: list[Any]) -> CardDocument:
    card = CardDocument(key, type_)
    updated = max((page.last_published_at for page in pages if page.last_published_at), default=None)
    if type_ == "event":
        _place_in_lists(card, pages, updated)
    for page in pages:
        page.updated = updated
        card.texts.append(_text(type_, page, pages))
    return card


def _place_in_lists(card: CardDocument, pages: list[EventPage], updated: datetime | None) -> None:
    """Lists are made of source pages; see `access.readable_sources`."""
    source = fetching.source_among(pages, ANONYMOUS)
    if source is None:
        return
    card.source_id = source.pk
    card.newest, card.oldest = ordinals(source.start_date)
    card.updated = microseconds(updated)
    card.exchange = str(source.exchange.translation_key) if source.exchange else ""
    card.edition = source.edition
    card.topics = list(dict.fromkeys(f"partner:{side.partner_id}" for side in source.partner_sides.all()))
    card.topics += [f"kind:{source.kind_id}"] if source.kind_id else []


def ordinals(day: date | None) -> tuple[int, int]:
    """(number that orders by the newest day first, by the oldest first); unknown days are last in both."""
    return (-day.toordinal(), day.toordinal()) if day else (UNDATED, UNDATED)


def microseconds(moment: datetime | None) -> int:
    if moment is None:
        return NEVER
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def marked(path: str | None) -> str | None:
    """An address as it is stored. One that begins with another host, where a project has several sites, stays whole."""
    return f"{MARK}{path}" if path and path.startswith("/") else path


def _text(type_: str, page: Any, pages: Sequence[Any]) -> Text:
    language = page.locale.language_code
    with override(language):
        found = FoundRecord(str(page.translation_key), type_, language, "", "", "", 0.0, "", page)
        served, facts = _found(found, language)
        text = Text(language, served, _json(_link(page)), facts, page_id=page.pk, expires_at=page.expire_at)
        if type_ == "event":
            _event_text(text, page, pages, language)
    return text


def _link(page: Any) -> dict[str, Any]:
    if not isinstance(page, EventPage):
        return {"title": page.title, "url": marked(page.url)}
    return {"title": page.title, "url": marked(page.url), "edition": page.edition, "start": page.start}


def _event_text(text: Text, page: EventPage, pages: Sequence[EventPage], language: str) -> None:
    card = EventCard(**presenting.event_card(page, language, marked)).model_dump(mode="json")
    text.short = _json({name: value for name, value in card.items() if name not in SERVED})
    if any(block.block_type == "text" and 'linktype="page"' in block.value.source for block in page.body):
        return  # where its links lead depends on other pages
    series = dict.fromkeys(SERIES & EventDetail.model_fields.keys())
    if "related" in series:
        series["related"] = []
    detail = presenting.event_detail(page, list(pages), series, language, ANONYMOUS, marked).model_dump(mode="json")
    beyond = {name: value for name, value in detail.items() if name not in SERVED | SERIES | card.keys()}
    text.rest = _json(beyond)


def _found(record: FoundRecord, language: str) -> tuple[bytes, bytes]:
    """(which language it is, the facts of a hit)."""
    (item,) = archive_items([record], language, marked)
    served = item.model_dump(mode="json", include=set(SERVED))
    return _json(served), _json(item.model_dump(mode="json", exclude=SERVED | FOUND_HERE))


def _publications(keys: list[str]) -> Iterator[CardDocument]:
    for publication in Publication.objects.filter(key__in=keys):
        id_ = f"publication-{publication.key}"
        card = CardDocument(id_, "publication")
        for language, name in publication.names.items():
            if name:
                record = FoundRecord(id_, "publication", language, "", "", "", 0.0, "", publication)
                served, facts = _found(record, language)
                card.texts.append(Text(language, served, _json({"title": name, "url": None}), facts))
        yield card


def _json(value: Any) -> bytes:
    return orjson.dumps(value)
