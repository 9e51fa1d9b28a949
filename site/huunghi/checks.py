"""System checks: every configuration that would go wrong later says so at start, with what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.urls import get_resolver
from django.utils.formats import get_format, reset_format_cache
from django.utils.translation import check_for_language

from huunghi.api.limits import anonymous_rate, key_rate
from huunghi.conf import content_languages, get_search_settings, source_language
from huunghi.routes import Route, routes, routes_of_stock_apis, unknown_routes
from huunghi.webhooks.conf import webhook_settings

DAY_FIRST = "%d/%m/%Y"
OUR_APPS = ("huunghi", "huunghi.partners", "huunghi.events", "huunghi.search")
OLDEST_SQLITE = (3, 35, 0)
STOCK_ADMIN_SEARCH = ("wagtail.search.backends.database", "modelsearch.backends.database")


@register(Tags.compatibility)
def check_configuration(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """All checks of the plugin, in the order of their ids."""
    return [
        *_check_apps(),
        *_check_languages(),
        *_check_dates(),
        *_check_page_model(),
        *_check_search(),
        *_check_admin_search(),
        *_check_localize(),
        *_check_api_docs(),
        *_check_limits_and_webhooks(),
    ]


@register(Tags.urls)
def check_routes(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """No address of the site may show pages past the archive's own question who reads."""
    if not getattr(settings, "ROOT_URLCONF", None):
        return []
    found = list(routes(get_resolver().url_patterns))
    return [*_check_stock_apis(routes_of_stock_apis(found)), *_check_own_routes(unknown_routes(found))]


def _check_stock_apis(mounted: Sequence[Route]) -> Iterator[CheckMessage]:
    if mounted:
        yield checks.Warning(
            f"Wagtail's own API answers at /{mounted[0].pattern} and does not know who may read which record.",
            hint="Take its router out of the public URLs; the archive has an API of its own under api/v1/.",
            id="huunghi.W004",
        )


def _check_own_routes(unknown: Sequence[Route]) -> Iterator[CheckMessage]:
    for route in unknown:
        yield checks.Warning(
            f"The address /{route.pattern} stands under huunghi.urls, and the list of known routes lacks it.",
            hint="Mount addresses of your own outside of huunghi.urls.",
            id="huunghi.W004",
        )


def _check_apps() -> Iterator[CheckMessage]:
    missing = [name for name in OUR_APPS if not apps.is_installed(name)]
    if missing:
        yield Error(
            f"INSTALLED_APPS lacks {', '.join(missing)}.",
            hint=f"The archive needs all four: {', '.join(OUR_APPS)}.",
            id="huunghi.E001",
        )


def _check_api_docs() -> Iterator[CheckMessage]:
    if not apps.is_installed("ninja"):
        yield checks.Warning(
            "The API's documentation would load its scripts from a foreign host.",
            hint='Add "ninja" to INSTALLED_APPS; they are served by the site then.',
            id="huunghi.W002",
        )


def _check_limits_and_webhooks() -> Iterator[CheckMessage]:
    for read in (anonymous_rate, key_rate, webhook_settings):
        try:
            read()
        except ImproperlyConfigured as error:
            yield Error(str(error), hint="See docs/reference/settings.md.", id="huunghi.E012")


def _check_languages() -> Iterator[CheckMessage]:
    if not getattr(settings, "WAGTAIL_I18N_ENABLED", False):
        yield Error(
            "WAGTAIL_I18N_ENABLED is off, so pages cannot have translations.",
            hint="Set WAGTAIL_I18N_ENABLED = True.",
            id="huunghi.E002",
        )
    codes = content_languages()
    if source_language() not in codes:
        yield Error(
            f"LANGUAGE_CODE is {settings.LANGUAGE_CODE!r}, which WAGTAIL_CONTENT_LANGUAGES does not list.",
            hint="The source language must be one of the content languages: LANGUAGE_CODE = 'vi'.",
            id="huunghi.E003",
        )
    unknown = [code for code in codes if not check_for_language(code)]
    if unknown:
        yield Error(
            f"No catalogue is installed for the language {', '.join(unknown)}, so its pages would raise an error.",
            hint="Take it out of LANGUAGES, or add a locale folder for it.",
            id="huunghi.E004",
        )


def _check_dates() -> Iterator[CheckMessage]:
    # Django caches formats per language; a check must see the settings as they are now.
    reset_format_cache()
    wrong = [
        code for code in content_languages() if get_format("DATE_INPUT_FORMATS", code, use_l10n=True)[0] != DAY_FIRST
    ]
    if wrong:
        yield Error(
            f"In {', '.join(wrong)} a date typed as 03/02/2026 would be stored as 2 March.",
            hint='Set FORMAT_MODULE_PATH = ["huunghi.formats"].',
            id="huunghi.E005",
        )
    for name, wanted in (("WAGTAIL_DATE_FORMAT", DAY_FIRST), ("WAGTAIL_DATETIME_FORMAT", f"{DAY_FIRST} %H:%M")):
        given = getattr(settings, name, None)
        if given not in (None, wanted):
            yield Error(
                f"{name} is {given!r}, so the admin shows dates in one order and reads them in another.",
                hint=f"Set {name} = {wanted!r}, or leave it out.",
                id="huunghi.E006",
            )


def _check_page_model() -> Iterator[CheckMessage]:
    if getattr(settings, "WAGTAIL_PAGE_MODEL", "wagtailcore.Page") != "wagtailcore.Page":
        yield Error(
            "WAGTAIL_PAGE_MODEL is swapped, which this version does not support.",
            hint="Remove WAGTAIL_PAGE_MODEL.",
            id="huunghi.E007",
        )


def _check_search() -> Iterator[CheckMessage]:
    try:
        get_search_settings()
    except ImproperlyConfigured as error:
        yield Error(str(error), hint="See docs/reference/settings.md.", id="huunghi.E008")
    try:
        sqlite3.connect(":memory:").execute("CREATE VIRTUAL TABLE probe USING fts5(text)")
    except sqlite3.OperationalError:
        yield Error(
            "This Python's SQLite has no FTS5, which the embedded index needs.",
            hint="Use a Python whose SQLite has it; those of Debian, Ubuntu and python.org do.",
            id="huunghi.E009",
        )
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        yield Error(
            f"SQLite {sqlite3.sqlite_version} is too old for the embedded index.",
            hint=f"It needs {'.'.join(map(str, OLDEST_SQLITE))} or later.",
            id="huunghi.E010",
        )


def _check_admin_search() -> Iterator[CheckMessage]:
    backends = getattr(settings, "WAGTAILSEARCH_BACKENDS", {"default": {"BACKEND": STOCK_ADMIN_SEARCH[0]}})
    stock = [name for name, backend in backends.items() if backend.get("BACKEND") in STOCK_ADMIN_SEARCH]
    if stock and connection.vendor == "sqlite":
        yield checks.Warning(
            "With thousands of pages a search in the admin would take minutes on SQLite.",
            hint=(
                'Set WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "huunghi.admin_search"}}, '
                "then run manage.py update_index."
            ),
            id="huunghi.W003",
        )


def _check_localize() -> Iterator[CheckMessage]:
    if apps.is_installed("wagtail_localize") and getattr(
        settings, "WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE", True
    ):
        yield checks.Warning(
            "A page that is sent to translation would go live at once with the text of its source.",
            hint="Set WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False.",
            id="huunghi.W001",
        )
