"""Redirects of many pages on SQLite.

When a section of a thousand pages moves, Wagtail (8.0) deletes the older redirects of all their addresses with one
condition that has a branch for each. SQLite takes a thousand branches and answers more with an error, after the move.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.apps import apps

PIECE = 500  # addresses of one statement


def install() -> None:
    """Have Wagtail delete them by lists of addresses instead; nothing to do in a site without its redirects."""
    if apps.is_installed("wagtail.contrib.redirects"):
        from wagtail.contrib.redirects.signal_handlers import BatchRedirectCreator

        BatchRedirectCreator.pre_process = delete_older


def delete_older(creator: Any) -> None:
    """Delete the automatic redirects that have the addresses of the new ones."""
    paths: dict[int, list[str]] = defaultdict(list)
    for item in creator.items:
        paths[item.site_id].append(item.old_path)
    for site_id, known in paths.items():
        for start in range(0, len(known), PIECE):
            older = creator.model.objects.filter(automatically_created=True, site_id=site_id)
            older.filter(old_path__in=known[start : start + PIECE]).delete()
