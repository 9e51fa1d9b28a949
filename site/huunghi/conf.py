"""The plugin's settings, read in one place."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

# Each language by its own name, which is what a reader looks for in a switcher.
LANGUAGE_NAMES = {
    "vi": "Tiếng Việt",
    "km": "ភាសាខ្មែរ",
    "en": "English",
    "lo": "ພາສາລາວ",
    "zh-hans": "简体中文",
}

SEARCH_ENGINES = ("embedded", "elasticsearch")
SEARCH_FEEDS = ("bell", "worker", "inline")


def archive_languages(*codes: str) -> list[tuple[str, str]]:
    """`(code, own name)` pairs for LANGUAGES and WAGTAIL_CONTENT_LANGUAGES."""
    return [(code, LANGUAGE_NAMES[code]) for code in codes]


def source_language() -> str:
    """The language in which editors write first; the language of every source page.

    A host's LANGUAGE_CODE may name a region ("en-us", as `wagtail start` writes it) where the archive has the language.
    """
    code = settings.LANGUAGE_CODE
    codes = [known for known, _ in _configured_languages()]
    return next((known for known in (code, code.partition("-")[0]) if known in codes), code)


def _configured_languages() -> list[tuple[str, str]]:
    return getattr(settings, "WAGTAIL_CONTENT_LANGUAGES", settings.LANGUAGES)


def content_languages() -> list[str]:
    """Codes of the languages of the archive, the source language first."""
    source = source_language()
    return sorted((code for code, _ in _configured_languages()), key=lambda code: code != source)


def licence() -> str:
    """HUUNGHI_LICENCE: under which licence the public archive is handed out; an address, a name, or "" for none."""
    text = getattr(settings, "HUUNGHI_LICENCE", "")
    if not isinstance(text, str):
        raise ImproperlyConfigured("HUUNGHI_LICENCE is a text: the address or the name of a licence.")
    return text


def fallback_languages(language: str) -> list[str]:
    """The order in which a text is looked for: the reader's language, the source language, then the rest."""
    return list(_fallback_languages(language))


@lru_cache(maxsize=32)
def _fallback_languages(language: str) -> tuple[str, ...]:
    preferred = [language, source_language(), "en"]
    return tuple(dict.fromkeys([*preferred, *content_languages()]))


def language_name(code: str) -> str:
    """The language's name in itself: "ភាសាខ្មែរ" for "km"."""
    return LANGUAGE_NAMES.get(code) or dict(settings.LANGUAGES).get(code, code)


@dataclass(frozen=True)
class SearchSettings:
    """HUUNGHI_SEARCH, checked. `path` is the embedded index's file; it is kept with either engine."""

    engine: str
    path: Path
    urls: list[str] = field(default_factory=list)
    user: str = ""
    password: str = ""
    api_key: str = ""
    ca_certs: str = ""
    prefix: str = "huunghi"
    feed: str = "bell"  # "bell" | "worker" | "inline": who feeds the index after a commit


def search_settings(env: Any, folder: Path) -> dict[str, Any]:
    """HUUNGHI_SEARCH as the environment describes it: Elasticsearch when ELASTICSEARCH_URL is set, else embedded."""
    urls = env.list("ELASTICSEARCH_URL", default=[])
    return {
        "ENGINE": "elasticsearch" if urls else "embedded",
        "PATH": str(folder / "search.sqlite3"),
        "URL": urls,
        "USER": env("ELASTICSEARCH_USER", default=""),
        "PASSWORD": env("ELASTICSEARCH_PASSWORD", default=""),
        "API_KEY": env("ELASTICSEARCH_API_KEY", default=""),
        "CA_CERTS": env("ELASTICSEARCH_CA_CERTS", default=""),
        "PREFIX": "huunghi",
        "FEED": env("HUUNGHI_FEED", default="bell"),
    }


@lru_cache(maxsize=1)
def get_search_settings() -> SearchSettings:
    """HUUNGHI_SEARCH with defaults filled in: the embedded engine, its file beside the media folder.

    Raises ImproperlyConfigured for an unknown key, engine or way of feeding, naming it.
    """
    given = dict(getattr(settings, "HUUNGHI_SEARCH", {}))
    default_path = Path(settings.MEDIA_ROOT or ".").resolve().parent / "huunghi-search.sqlite3"
    url = given.pop("URL", [])
    result = SearchSettings(
        engine=given.pop("ENGINE", "embedded"),
        path=Path(given.pop("PATH", default_path)),
        urls=[url] if isinstance(url, str) and url else list(url),
        user=given.pop("USER", ""),
        password=given.pop("PASSWORD", ""),
        api_key=given.pop("API_KEY", ""),
        ca_certs=given.pop("CA_CERTS", ""),
        prefix=given.pop("PREFIX", "huunghi"),
        feed=given.pop("FEED", "bell"),
    )
    if given:
        raise ImproperlyConfigured(f"HUUNGHI_SEARCH has unknown keys: {', '.join(sorted(given))}.")
    if result.engine not in SEARCH_ENGINES:
        raise ImproperlyConfigured(
            f"HUUNGHI_SEARCH['ENGINE'] is {result.engine!r}; it may be {' or '.join(map(repr, SEARCH_ENGINES))}."
        )
    if result.feed not in SEARCH_FEEDS:
        raise ImproperlyConfigured(
            f"HUUNGHI_SEARCH['FEED'] is {result.feed!r}; it may be {', '.join(map(repr, SEARCH_FEEDS))}."
        )
    if result.engine == "elasticsearch" and not result.urls:
        raise ImproperlyConfigured("HUUNGHI_SEARCH['URL'] names no Elasticsearch server; set it or use 'embedded'.")
    if result.engine == "elasticsearch" and (problem := _connection_problem(result)):
        raise ImproperlyConfigured(f"HUUNGHI_SEARCH{problem}")
    return result


def _forget(**kwargs: Any) -> None:
    get_search_settings.cache_clear()
    _fallback_languages.cache_clear()


setting_changed.connect(_forget)


def _connection_problem(config: SearchSettings) -> str:
    """What no server can make up for, in a sentence that begins with the key; "" when the client can be made."""
    for url in config.urls:
        if not re.match(r"https?://[^/\s]", url):
            return f"['URL'] holds {url!r}; an address looks like 'https://search.example:9200'."
    if config.api_key and (config.user or config.password):
        return " has an API_KEY as well as a USER or PASSWORD; choose one of the two."
    if bool(config.user) != bool(config.password):
        return f"['{'PASSWORD' if config.user else 'USER'}'] is missing; USER and PASSWORD belong together."
    if not config.api_key.isascii():
        return "['API_KEY'] is no API key; take the text that the server calls 'encoded'."
    if config.ca_certs and not all(url.startswith("https://") for url in config.urls):
        return "['CA_CERTS'] is set, but an address in ['URL'] does not begin with https://."
    if config.ca_certs and not Path(config.ca_certs).is_file():
        return f"['CA_CERTS'] names {config.ca_certs!r}, which is no file that this process can read."
    return ""


def shared_cache_seconds() -> int:
    """HUUNGHI_API_SHARED_SECONDS: how long proxies may answer from what they keep, in seconds.

    The default is 60 where Wagtail tells proxies of changes (WAGTAILFRONTENDCACHE), else 0: they ask every time.
    """
    default = 60 if getattr(settings, "WAGTAILFRONTENDCACHE", None) else 0
    seconds = getattr(settings, "HUUNGHI_API_SHARED_SECONDS", default)
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 <= seconds <= 86_400:
        raise ImproperlyConfigured("HUUNGHI_API_SHARED_SECONDS is a number of seconds from 0 to 86,400.")
    return seconds


def token_days() -> int:
    """HUUNGHI_TOKEN_DAYS: for how long a token of a member of staff opens something, in days from when it was made."""
    days = getattr(settings, "HUUNGHI_TOKEN_DAYS", 365)
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= 3650:
        raise ImproperlyConfigured("HUUNGHI_TOKEN_DAYS is a number of days from 1 to 3650.")
    return days
