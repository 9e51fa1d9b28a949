"""What holds for every answer below `/s/`: nobody keeps it, nobody indexes it, and it tells nobody where it came from.

Whatever is not there answers with one 404, the same bytes for each reason, so that an answer tells nothing but "no".
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from huunghi.partners.throttle import Limit, address_block, note_failure, retry_after

logger = logging.getLogger("huunghi.links")

MISSES = Limit("links", most=20, seconds=60)
HEADERS = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}

View = Callable[..., HttpResponseBase]


def guarded(view: View) -> View:
    """The view with the headers of `/s/` on every answer; its Http404 becomes the one 404, and counts as a miss."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = _found_or_missed(view, request, *args, **kwargs)
        except Exception:
            logger.exception("An address of a link could not be answered: %s", kwargs.get("public_id", "its entry"))
            got_request_exception.send(sender=None, request=request)
            response = bare_page(request, "failed", 500)
        if response.status_code >= 400:
            # Django's LocaleMiddleware would send a 404 on to /<language>/s/…, secret and all. It leaves a request
            # alone whose addresses know no languages.
            request.urlconf = ()  # type: ignore[attr-defined]
        for name, value in HEADERS.items():
            response[name] = value
        patch_vary_headers(response, ["Cookie"])
        return response

    return csrf_exempt(answer)  # see the package


def _found_or_missed(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    try:
        return view(request, *args, **kwargs)
    except (Http404, SuspiciousOperation):
        return missed(request)


def missed(request: HttpRequest) -> HttpResponse:
    """Not there: the one 404, or 429 for a neighbourhood that has missed too often."""
    block = address_block(request)
    if wait := retry_after(MISSES, block):
        return too_many(request, wait)
    note_failure(MISSES, block)
    return bare_page(request, "not_found", 404)


def too_many(request: HttpRequest, wait: int) -> HttpResponse:
    """`wait` in seconds."""
    response = bare_page(request, "too_many", 429)
    response["Retry-After"] = str(wait)
    return response


def bare_page(request: HttpRequest, name: str, status: int = 200, **context: Any) -> HttpResponse:
    """A page that names nothing of what a link opens: no title, no address, no menu for a signed-in reader."""
    return render(request, f"huunghi/sharing/{name}.html", context, status=status)
