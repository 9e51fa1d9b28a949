"""The engines of the site as its settings name them."""

from __future__ import annotations

from functools import lru_cache

from django.core.signals import setting_changed

from huunghi.conf import fallback_languages, get_search_settings

from ..recognition.knowledge import current_gazetteer
from .base import Engine
from .embedded import EmbeddedEngine


@lru_cache(maxsize=1)
def embedded_engine() -> EmbeddedEngine:
    """Kept with either engine: it stands in for Elasticsearch, and its vocabulary helps to plan every query."""
    return EmbeddedEngine(get_search_settings().path, current_gazetteer)


@lru_cache(maxsize=1)
def main_engine() -> Engine:
    """The engine that answers readers."""
    config = get_search_settings()
    if config.engine == "embedded":
        return embedded_engine()
    from .elastic import ElasticEngine

    return ElasticEngine(
        config.urls,
        current_gazetteer,
        fallback_languages,
        prefix=config.prefix,
        user=config.user,
        password=config.password,
        api_key=config.api_key,
        ca_certs=config.ca_certs,
    )


def configured_engines() -> list[Engine]:
    """Every engine that has to be fed, the embedded one always among them."""
    return list({engine.name: engine for engine in (main_engine(), embedded_engine())}.values())


def forget_engines(**kwargs: object) -> None:
    """Make the engines anew from the settings; for tests that change them."""
    embedded_engine.cache_clear()
    main_engine.cache_clear()


setting_changed.connect(forget_engines)
