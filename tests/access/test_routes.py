"""No address without a word on who reads there: a new route needs a row, and a row needs a route.

`huunghi/data/routes.csv` ships with the package and names the plugin's own routes; `routes.csv` beside this file names
the rest of the site. In it a name that ends with `*` stands for Wagtail's own admin routes of one namespace.
"""

import csv
import inspect
from pathlib import Path

import pytest
from django.test import override_settings
from django.urls import get_resolver, include, path

from huunghi.checks import check_routes
from huunghi.routes import known_routes, routes, unknown_routes
from tests.project import ROOT

SURFACES = {
    "html_page", "api_list", "api_detail", "api_find", "search_hits", "search_count", "search_facets", "suggest",
    "highlight", "related_refs", "ics_single", "ics_feed", "rss_atom", "sitemap", "oai_list", "oai_get", "export_csv",
    "document_file", "image_original", "image_rendition", "revision_view", "preview_admin", "share_view_token",
    "share_preview_token", "share_bad_token", "cache_replay_html", "cache_replay_api", "error_body", "timing",
    "write_api", "admin_api_chooser",
}  # fmt: skip


def rows(file):
    with Path(file).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


SITE_ROWS = rows(Path(__file__).parent / "routes.csv")
OWN_ROWS = rows(ROOT / "site" / "huunghi" / "data" / "routes.csv")


def site_routes():
    return list(routes(get_resolver("huunghi_site.urls").url_patterns))


def is_ours(route):
    """Made by this project: also a view in the admin that somebody registered without a namespace."""
    module = getattr(inspect.unwrap(route.callback), "__module__", "") or ""
    view = getattr(route.callback, "view_class", None)
    return "huunghi" in route.name or module.startswith("huunghi") or bool(view and "huunghi" in view.__module__)


def row_of(route, exact, namespaces):
    if route.inside is not None:
        return next((row for row in OWN_ROWS if row["pattern"] == route.inside), None)
    if route.key in exact:
        return exact[route.key]
    if route.pattern.startswith("admin/") and not is_ours(route):
        namespace = route.name.rpartition(":")[0]
        return namespaces.get(f"{namespace}:*" if namespace else "*")
    return None


def index():
    exact = {(row["pattern"], row["name"]): row for row in SITE_ROWS if not row["name"].endswith("*")}
    return exact, {row["name"]: row for row in SITE_ROWS if row["name"].endswith("*")}


def test_every_route_of_the_site_is_named_in_the_tables():
    exact, namespaces = index()
    missing = [route.key for route in site_routes() if row_of(route, exact, namespaces) is None]
    assert missing == []


def test_every_row_of_the_tables_names_a_route():
    exact, namespaces = index()
    used = [row_of(route, exact, namespaces) for route in site_routes()]
    assert [row for row in [*SITE_ROWS, *OWN_ROWS] if row not in used] == []


def test_no_row_stands_twice():
    keys = [(row["pattern"], row["name"]) for row in [*SITE_ROWS, *OWN_ROWS]]
    assert len(keys) == len(set(keys))


def test_the_tables_name_surfaces_of_the_matrix_or_say_why_there_is_none():
    for row in [*SITE_ROWS, *OWN_ROWS]:
        assert set(row["surfaces"].split()) <= SURFACES, row
        assert row["surfaces"] or row["note"], row


def test_the_shipped_table_carries_the_names_that_the_resolver_knows():
    names = {route.inside: route.name for route in site_routes() if route.inside is not None}
    assert {row["pattern"]: f"huunghi:{row['name']}" for row in OWN_ROWS} == names
    assert known_routes().keys() == names.keys()


def test_wagtails_own_apis_are_not_on_the_public_host():
    assert [route.key for route in site_routes() if "wagtailapi" in route.name] == []


def warnings(urlconf):
    with override_settings(ROOT_URLCONF=urlconf):
        return [message for message in check_routes(None) if message.id == "huunghi.W004"]


class Urls:
    """A URLconf: anything with `urlpatterns`."""

    def __init__(self, *patterns):
        self.urlpatterns = list(patterns)


def v2_router():
    from wagtail.api.v2.router import WagtailAPIRouter
    from wagtail.api.v2.views import PagesAPIViewSet

    router = WagtailAPIRouter("theirs")
    router.register_endpoint("pages", PagesAPIViewSet)
    return path("content/", router.urls)


def v3_api():
    from wagtail.api.v3.urls import api  # noqa: TID251  what a host may do

    return path("content/", api.urls)


@pytest.mark.parametrize("mounted", [v2_router, v3_api])
def test_a_site_that_mounts_wagtails_own_api_is_warned(mounted):
    message, *others = warnings(Urls(path("", include("huunghi.urls")), mounted()))
    assert "/content/" in message.msg
    assert others == []


def test_a_site_that_adds_an_address_under_ours_is_warned(monkeypatch):
    from huunghi import urls

    extra = path("leak/", lambda request: None)
    monkeypatch.setattr(urls, "urlpatterns", [*urls.urlpatterns, extra])
    site = Urls(path("archive/", include("huunghi.urls")))
    assert [route.pattern for route in unknown_routes(routes(site.urlpatterns))] == ["archive/leak/"]
    assert ["/archive/leak/" in message.msg for message in warnings(site)] == [True]


def test_the_site_itself_gives_no_warning():
    assert warnings("huunghi_site.urls") == []
