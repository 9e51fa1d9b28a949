"""Answers that a reader or a proxy may keep, and "nothing has changed" in one query."""

from __future__ import annotations

from hashlib import blake2b

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.http import parse_etags

from huunghi.conf import shared_cache_seconds
from huunghi.partners.access import ANONYMOUS, reader_of
from huunghi.search.cards.reading import State

JSON = "application/json; charset=utf-8"


def reads_like_anybody(request: HttpRequest) -> bool:
    """Whether nothing of the request can name a reader. Looking into the session would make the answer private."""
    if not request.headers.get("Cookie") and not request.headers.get("Authorization"):
        return getattr(request, "huunghi_reader", ANONYMOUS) == ANONYMOUS and not request.META.get("REMOTE_USER")
    return reader_of(request) == ANONYMOUS


def etag_of(request: HttpRequest, state: State | None) -> str:
    """Strong: while the archive stays the same, so does the answer to the same question on the same day.

    "" while changes wait to be fed: what is answered then is not answered for long.
    """
    if state is None or not state.is_settled:
        return ""
    asked = (state.store, state.number, timezone.localdate(), request.scheme, request.get_host())
    content = f"{asked} {request.path} {request.META.get('QUERY_STRING', '')}"
    return f'"{blake2b(content.encode(errors="surrogateescape"), digest_size=16).hexdigest()}"'


def not_modified(request: HttpRequest, etag: str) -> HttpResponse | None:
    """304 when the reader has this very answer already; else None."""
    return public(HttpResponseNotModified(), etag) if etag and _has(request, etag) else None


def public(response: HttpResponse, etag: str) -> HttpResponse:
    """Anybody may keep the answer, and has to ask before using it again; a proxy that is told of changes need not."""
    if not etag:
        response["Cache-Control"] = "no-cache"
        return response
    response["ETag"] = etag
    seconds = shared_cache_seconds()
    shared = f"s-maxage={seconds}, " if seconds else ""
    response["Cache-Control"] = f"public, max-age=0, {shared}must-revalidate"
    return response


def _has(request: HttpRequest, etag: str) -> bool:
    """Compared weakly: a proxy that compresses an answer makes its tag weak."""
    given = request.headers.get("If-None-Match", "")
    return bool(given) and any(each == "*" or each.removeprefix("W/") == etag for each in parse_etags(given))
