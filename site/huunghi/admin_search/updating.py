"""When pages of the archive enter the index that the admin searches.

As Wagtail does it for all other models: whenever one is saved. Making and publishing a page saves it three times,
though, which an import of thousands of them need not index three times.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from wagtail.search.backends import get_search_backends_with_name
from wagtail.search.signal_handlers import post_delete_signal_handler, post_save_signal_handler

from huunghi.partners.models import ArchivePage

logger = logging.getLogger("huunghi.admin_search")
_waiting: ContextVar[dict[type[Model], set[Any]] | None] = ContextVar("waiting", default=None)


def connect() -> None:
    """For the pages that say `search_auto_update = False`, so that modelsearch leaves them to us."""
    for model in apps.get_models():
        if issubclass(model, ArchivePage):
            post_save.connect(_saved, sender=model)
            post_delete.connect(_deleted, sender=model)


@contextmanager
def indexed_once() -> Iterator[None]:
    """Pages that are saved in the block are indexed at its end, each once. Inside a transaction, so that they stay
    together.
    """
    waiting: dict[type[Model], set[Any]] = defaultdict(set)
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    for model, keys in waiting.items():
        pages = list(model.get_indexed_objects().filter(pk__in=keys))
        for name, backend in get_search_backends_with_name(with_auto_update=True):
            try:
                backend.add_bulk(model, pages)
            except Exception:  # as modelsearch does it for a single object
                logger.exception("Adding %s pages to the search backend %r failed.", len(pages), name)
                if not backend.catch_indexing_errors:
                    raise


def _saved(instance: Model, raw: bool = False, **kwargs: Any) -> None:
    waiting = _waiting.get()
    if waiting is None:
        post_save_signal_handler(instance, raw=raw)
    elif not raw:
        waiting[type(instance)].add(instance.pk)


def _deleted(instance: Model, **kwargs: Any) -> None:
    post_delete_signal_handler(instance)
