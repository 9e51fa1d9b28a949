"""One checker for each surface: what is wrong with a cell, as sentences; nothing when it is right."""

from __future__ import annotations

from . import admin, caches, calendars, errors, exports, feeds, files, links, pages, records, search, timing, writing
from .rules import Scene

CHECKERS = {
    **pages.CHECKERS,
    **records.CHECKERS,
    **search.CHECKERS,
    **calendars.CHECKERS,
    **feeds.CHECKERS,
    **files.CHECKERS,
    **links.CHECKERS,
    **caches.CHECKERS,
    **errors.CHECKERS,
    **exports.CHECKERS,
    **timing.CHECKERS,
    **admin.CHECKERS,
    **writing.CHECKERS,
}

__all__ = ["CHECKERS", "Scene"]
