"""Asks who may read a page before Wagtail's own checks do: those would name what must not be named."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from wagtail import hooks

from .answers import admit
from .models.pages import GuardedPage


@hooks.register("before_serve_page", order=-100)
def ask_who_reads(page: Any, request: HttpRequest, serve_args: list, serve_kwargs: dict) -> HttpResponse | None:
    return admit(page, request) if isinstance(page, GuardedPage) else None
