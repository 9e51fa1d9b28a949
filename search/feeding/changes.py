"""Bringing the indices up to the database: what the rest of the archive calls when something changed.

A change writes its rows in its own transaction, see `outbox`; no engine is called there. After the commit a bell wakes
whoever feeds: a thread of the process ("bell"), nobody because `huunghi_index work` looks by itself ("worker"), or
this very thread ("inline", for tests). `HUUNGHI_SEARCH["FEED"]` chooses.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import local
from typing import Any

from django.db import connection, transaction
from wagtail.models import Page

from huunghi.conf import get_search_settings
from huunghi.partners.access import public_pages

from ..asking import ask
from ..documents.extraction import PAGE_TYPES
from ..documents.present import TREE_COUNTER, document_id, variants_of
from ..engines.base import Engine, EngineError
from ..models import Counter, IndexTarget, PendingChange, Priority
from . import fan_out, outbox
from .worker import Progress

logger = logging.getLogger("huunghi.search")

MOST_REVOKED = 50_000
_PENDING, _TARGET = PendingChange._meta.db_table, IndexTarget._meta.db_table
_state = local()

# --- what changed


def record_changed(type_: str, key: str, *, revoking: bool = False, announced: bool = False) -> None:
    """Note that a record changed; its present state is fed after the commit.

    `revoking`: somebody may read less of it than before, so searches leave it out until it is fed. `announced`: the
    change follows in another transaction.
    """
    outbox.file_records([(type_, key)], _priority(revoking), announced=announced)
    _feed_after_commit(announced)


def page_changed(page: Page) -> None:
    """Like `record_changed`, for a page that was published, saved, taken back or deleted; other types are ignored."""
    if type_ := type_of_page(page):
        is_public = page.live and public_pages(PAGE_TYPES[type_].objects.filter(pk=page.pk)).exists()
        record_changed(type_, str(page.translation_key), revoking=not is_public)


def type_of_page(page: Page) -> str | None:
    """The search type, also of a page that was loaded as a mere Page."""
    model = page.specific_class if type(page) is Page else type(page)
    return next((name for name, known in PAGE_TYPES.items() if model and issubclass(model, known)), None)


def subtree_changed(page_id: int, *, revoking: bool = True, announced: bool = False) -> None:
    """A page and everything below it: after a move, or when a view restriction came, changed or went."""
    _many_changed(fan_out.SUBTREE, str(page_id), revoking, announced)


def tree_changed(translation_key: Any, *, revoking: bool = True, announced: bool = False) -> None:
    """A page in all its languages and everything below each of them."""
    _many_changed(fan_out.TREE, str(translation_key), revoking, announced)


def share_changed(share: Any) -> None:
    tree_changed(share.page_key, revoking=False)


def tree_reordered() -> None:
    """Pages changed places among their siblings: nothing is fed, but nobody may mix paths of before and after."""
    Counter.next(TREE_COUNTER)


def _many_changed(type_: str, key: str, revoking: bool, announced: bool = False) -> None:
    if connection.in_atomic_block:
        Counter.next(TREE_COUNTER)
    outbox.file_many(type_, key, Priority.REVOKING if revoking else Priority.NORMAL, announced)
    _feed_after_commit(announced)


def name_changed(kind: str, key: str, *, announced: bool = False) -> None:
    """A place, organisation, partner, person or official document is called otherwise now, or is gone."""
    outbox.file_many(fan_out.NAME, f"{kind}:{key}", Priority.BULK, announced)
    _feed_after_commit(announced)


def everything_changed() -> None:
    outbox.file_many(fan_out.ALL, "", Priority.BULK)
    _feed_after_commit()


def _priority(revoking: bool) -> int:
    if revoking:
        return Priority.REVOKING
    return Priority.BULK if _is_deferred() else Priority.NORMAL


# --- when it is fed


@contextmanager
def deferred_feeding() -> Iterator[None]:
    """Within the block changes are only noted; all of them are fed together at its end. For imports."""
    outer = _is_deferred()
    _state.deferred = True
    try:
        yield
    finally:
        _state.deferred = outer
    if not outer and get_search_settings().feed != "worker":
        feed_pending()


def _is_deferred() -> bool:
    return getattr(_state, "deferred", False)


def _feed_after_commit(announced: bool = False) -> None:
    if announced or _is_deferred():
        return
    waiting = connection.run_on_commit
    call = getattr(_state, "call", None)
    # One call for the many changes of a transaction.
    if call is None or call.done or not waiting or waiting[-1][1] is not call:
        _state.call = _AfterCommit()
        transaction.on_commit(_state.call, robust=True)


class _AfterCommit:
    """Wakes the feeding, or feeds; `done` afterwards."""

    done = False

    def __call__(self) -> None:
        self.done = True
        feed = get_search_settings().feed
        if feed == "inline":
            feed_pending()
        elif feed == "bell":
            from .bell import ring

            ring()


def feed_pending(progress: Progress | None = None) -> int:
    """Feed what is due to every engine, now and in this thread; returns how many records reached their index.

    An engine without an index gets one. Inside a transaction nothing is fed before its end: what is not committed must
    not reach an index.
    """
    if _in_transaction():
        transaction.on_commit(_AfterCommit(), robust=True)
        return 0
    from . import maintenance

    maintenance.note_expired_pages()
    fed = 0
    for engine in engines_to_feed():
        try:
            fed += maintenance.feed(engine, progress)
        except EngineError as error:
            logger.warning("%s: %s", engine.name, error)
    return fed


def engines_to_feed() -> list[Engine]:
    """The embedded one first: it is here, and it stands in for the other. The API's cards are fed like an index."""
    from ..cards.store import CardStore
    from ..engines import configured_engines

    return [*sorted(configured_engines(), key=lambda engine: engine.name != "embedded"), CardStore()]


def rebuild(engine: Engine, progress: Any = None) -> int:
    """Make an engine's index anew from the database; returns the number of records. See `rebuilding.rebuild`."""
    from . import rebuilding

    return rebuilding.rebuild(engine, progress).count


def _in_transaction() -> bool:
    """Whether anything is uncommitted here; a test's own transaction, which never commits, does not count."""
    return any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks)


# --- what searches leave out until it is fed


def revoking_ids(engine: str, limit: int = MOST_REVOKED) -> frozenset[str] | None:
    """Ids of documents of which somebody may read less than the engine's index says. One query when there are none.

    None when there are more than `limit`, or when nobody knows what the index has missed: do not ask it then.
    """
    from . import targets

    if not targets.is_registered(engine):
        return None
    rows = ask(
        f"SELECT DISTINCT p.type, p.key FROM {_PENDING} p WHERE p.priority = %s AND (p.target_id IS NULL"
        f" OR p.target_id IN (SELECT t.id FROM {_TARGET} t WHERE t.engine = %s AND t.host = %s)) LIMIT {limit + 1:d}",
        [Priority.REVOKING.value, engine, targets.host_of(engine)],
    )
    if len(rows) > limit:
        return None
    ids = {document_id(type_, key) for type_, key in rows if type_ not in fan_out.MANY}
    for type_, key in rows:
        if type_ in fan_out.MANY:
            ids |= {document_id(*record) for record in fan_out.touched_records(type_, key)}
            if len(ids) > limit:
                return None
    return frozenset(ids | variants_of(ids) if ids else ids)
