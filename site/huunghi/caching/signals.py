"""Connects what changed to `purging`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models.signals import pre_delete
from wagtail.models import Page
from wagtail.signals import page_slug_changed, pre_page_move

from huunghi.partners.models.pages import GuardedPage
from huunghi.search.documents.extraction import PAGE_TYPES
from huunghi.search.feeding.worker import records_fed

from . import purging
from .addresses import addresses_of_page

MOST_MOVED = 500  # pages of a section; those behind live in proxies for the seconds that answers are given


def connect() -> None:
    """Register the handlers; called once from AppConfig.ready()."""
    records_fed.connect(on_fed)
    page_slug_changed.connect(on_new_slug)
    pre_page_move.connect(on_move)
    for model in PAGE_TYPES.values():
        pre_delete.connect(on_delete, sender=model)


def on_fed(engine: str, records: Iterable[tuple[str, str]], **kwargs: Any) -> None:
    # Of the engines one is enough, and the embedded one is always kept.
    if engine == "embedded":
        purging.note_records(records)


def on_new_slug(instance: Page, instance_before: Page, **kwargs: Any) -> None:
    """Everything below has the new beginning by now; the old one is known of the page only."""
    if not _is_told(instance_before):
        return
    old, *_ = [*addresses_of_page(instance_before), ""]
    new, *_ = [*addresses_of_page(instance), ""]
    if old and new and old != new:
        purging.note_addresses([old + address.removeprefix(new) for address in _addresses_below(instance)])


def on_move(instance: Page, parent_page_before: Page, parent_page_after: Page, **kwargs: Any) -> None:
    if parent_page_before.pk != parent_page_after.pk and _is_told(instance):
        purging.note_addresses(_addresses_below(instance))


def on_delete(instance: Page, **kwargs: Any) -> None:
    if purging.is_configured():
        purging.note_addresses(addresses_of_page(instance))


def _is_told(page: Page) -> bool:
    return purging.is_configured() and issubclass(page.specific_class or Page, GuardedPage)


def _addresses_below(page: Page) -> list[str]:
    """Where the page and what stands below it are at this moment."""
    below = page.get_descendants(inclusive=True).live().order_by("path")[:MOST_MOVED]
    return [address for each in below for address in addresses_of_page(each)[:1]]
