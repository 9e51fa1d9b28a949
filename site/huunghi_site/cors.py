"""Which pages of other origins may read the API from a browser: settings of django-cors-headers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ImproperlyConfigured

ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?", re.ASCII)
ANY = "*"


def cors_settings(origins: Sequence[str]) -> dict[str, Any]:
    """Settings for some origins such as "https://front.example", or for ["*"]; {} for none.

    Never with credentials: a page of another origin reads what everyone reads, or sends a key that it was given.
    Raises ImproperlyConfigured for what is no origin.
    """
    if not origins:
        return {}
    for origin in origins:
        if origin != ANY and not ORIGIN.fullmatch(origin):
            raise ImproperlyConfigured(f"HUUNGHI_API_ORIGINS holds {origin!r}; write 'https://front.example' or '*'.")
    everyone = ANY in origins
    return {
        "CORS_ALLOW_ALL_ORIGINS": everyone,
        "CORS_ALLOWED_ORIGINS": [] if everyone else list(origins),
        "CORS_ALLOW_CREDENTIALS": False,
        "CORS_URLS_REGEX": r"^/(?:api|rss|oembed)(?:/|$)",
        "CORS_ALLOW_METHODS": ["GET", "HEAD", "OPTIONS", "POST", "PATCH", "DELETE"],
        "CORS_ALLOW_HEADERS": [
            "accept", "authorization", "content-type", "idempotency-key", "if-match", "if-none-match", "x-request-id",
        ],
        "CORS_EXPOSE_HEADERS": ["ETag", "Last-Modified", "Location", "Retry-After", "X-Request-ID"],
        "CORS_PREFLIGHT_MAX_AGE": 86_400,
    }  # fmt: skip
