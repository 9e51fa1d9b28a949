"""One checker for each surface: what is wrong with a cell, as sentences; nothing when it is right."""

from __future__ import annotations

from . import admin, caches, calendars, errors, files, links, pages, records, search, timing
from .rules import Scene

CHECKERS = {
    **pages.CHECKERS,
    **records.CHECKERS,
    **search.CHECKERS,
    **calendars.CHECKERS,
    **files.CHECKERS,
    **links.CHECKERS,
    **caches.CHECKERS,
    **errors.CHECKERS,
    **timing.CHECKERS,
    **admin.CHECKERS,
}

__all__ = ["CHECKERS", "Scene"]
