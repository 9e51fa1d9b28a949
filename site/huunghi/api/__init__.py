"""The JSON API: what it is built of. What it says of a record stands beside the record's models."""

from __future__ import annotations

from .building import api, build_api

__all__ = ["api", "build_api"]
