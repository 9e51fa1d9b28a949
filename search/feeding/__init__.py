"""Bringing the indices up to the database: what the rest of the archive calls when something changed."""

from .changes import (
    deferred_feeding,
    engines_to_feed,
    everything_changed,
    feed_pending,
    name_changed,
    page_changed,
    rebuild,
    record_changed,
    revoking_ids,
    share_changed,
    subtree_changed,
    tree_changed,
    tree_reordered,
    type_of_page,
)

__all__ = [
    "deferred_feeding",
    "engines_to_feed",
    "everything_changed",
    "feed_pending",
    "name_changed",
    "page_changed",
    "rebuild",
    "record_changed",
    "revoking_ids",
    "share_changed",
    "subtree_changed",
    "tree_changed",
    "tree_reordered",
    "type_of_page",
]
