"""Surfaces that the site does not have yet, each with what will be in its address when it has."""

from __future__ import annotations

from .table import cells_of

PENDING = {
    "rss_atom": ("rss", "atom", "feed"),
    "sitemap": ("sitemap",),
    "oai_list": ("oai",),
    "oai_get": ("oai",),
    "export_csv": ("export", ".csv", ".xlsx"),
    "write_api": ("write/",),
}
PENDING_CELLS = sum(len(cells_of(surface)) for surface in PENDING)
