"""Asks who may have a document, whichever address Wagtail's view is mounted at; imported by `huunghi.wagtail_hooks`."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from wagtail import hooks

from .views import admit_to_document


@hooks.register("before_serve_document", order=-100)
def ask_who_may_have_it(document: Any, request: HttpRequest) -> None:
    # Before Wagtail asks about the collection: its forms would say that there is such a document.
    admit_to_document(document, request)
