"""The address of uploaded files, MEDIA_URL, as a part of the plugin's own addresses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import URLPattern


def media_prefix() -> str:
    """ "media/" for MEDIA_URL = "/media/"; "" when files have no folder of their own on this host."""
    address = urlsplit(settings.MEDIA_URL or "")
    return "" if address.netloc else address.path.lstrip("/")


def wrap_view(patterns: Iterable[Any], name: str, wrap: Callable[[Any], Any]) -> None:
    """Put something around a view of Wagtail, wherever a site has mounted its addresses; once is enough."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern) and pattern.name == name and not hasattr(pattern.callback, "huunghi_guard"):
            pattern.callback = wrap(pattern.callback)
            pattern.callback.huunghi_guard = True  # type: ignore[attr-defined]


class MediaConverter:
    """The rest of an address that begins like MEDIA_URL: the name of a file."""

    @property
    def regex(self) -> str:
        prefix = media_prefix()
        return f"{re.escape(prefix)}.+" if prefix else "(?!)"

    def to_python(self, value: str) -> str:
        return value.removeprefix(media_prefix())

    def to_url(self, value: str) -> str:
        return media_prefix() + value
