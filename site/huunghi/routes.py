"""Every address that a site answers, and the list of those that the access rules know.

`data/routes.csv` names each route of the plugin and the surfaces of the access matrix that it is. A route that stands
nowhere in it was never asked who may read there.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from django.urls import URLPattern
from django.urls.resolvers import LocalePrefixPattern

APP_NAME = "huunghi"


@dataclass(frozen=True, slots=True)
class Route:
    """`pattern` as the resolver knows it, from the root; `inside` the part of it behind the plugin's own include."""

    pattern: str
    name: str  # with its namespaces: "huunghi:permanent"
    callback: Any
    inside: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.pattern, self.name


def routes(
    patterns: Iterable[Any], prefix: str = "", names: tuple[str, ...] = (), inside: str | None = None
) -> Iterator[Route]:
    """All routes under some URL patterns, in the order in which they are tried."""
    for entry in patterns:
        part = "<language>/" if isinstance(entry.pattern, LocalePrefixPattern) else str(entry.pattern)
        within = None if inside is None else inside + part
        if isinstance(entry, URLPattern):
            yield Route(prefix + part, ":".join([*names, entry.name or ""]), entry.callback, within)
        else:
            begins = within is None and entry.app_name == APP_NAME
            deeper = (*names, entry.namespace) if entry.namespace else names
            yield from routes(entry.url_patterns, prefix + part, deeper, "" if begins else within)


def known_routes() -> dict[str, list[str]]:
    """The plugin's routes: pattern behind its include -> surfaces of the access matrix, if it has any."""
    with (files("huunghi") / "data" / "routes.csv").open(encoding="utf-8") as lines:
        return {row["pattern"]: row["surfaces"].split() for row in csv.DictReader(lines)}


def unknown_routes(site_routes: Iterable[Route]) -> list[Route]:
    """Routes under the plugin's include that its list does not know."""
    known = known_routes()
    return [route for route in site_routes if route.inside is not None and route.inside not in known]


def routes_of_stock_apis(site_routes: Iterable[Route]) -> list[Route]:
    """Routes of Wagtail's own API v2 or v3, but for those that the admin itself is made of."""
    return [route for route in site_routes if _is_stock_api(route)]


def _is_stock_api(route: Route) -> bool:
    namespaces = route.name.split(":")
    if "wagtailadmin_api" in namespaces:
        return False
    views = getattr(getattr(route.callback, "cls", None), "__mro__", ())
    is_v2 = any(view.__module__.startswith("wagtail.api.v2") for view in views)
    return is_v2 or "wagtailapi_v3" in namespaces
