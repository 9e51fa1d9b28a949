"""Answers that a reader or a proxy may keep, and "nothing has changed" in one query."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from hashlib import blake2b
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.http import http_date, parse_etags, parse_http_date_safe

from huunghi import __version__
from huunghi.conf import shared_cache_seconds
from huunghi.partners.access import ANONYMOUS, reader_of
from huunghi.search.cards import reading
from huunghi.search.cards.kept import kept_answers, question_of
from huunghi.search.cards.reading import State

JSON = "application/json; charset=utf-8"
WHO = ("HTTP_COOKIE", "HTTP_AUTHORIZATION", "REMOTE_USER")  # without any of them a reader is nobody
STARTED = int(time.time())  # before that the software may have been another one
# Seconds in which a write may still come that began before that moment, and bears an earlier one: see `store.COUNTER`.
UNSETTLED = 60
PURGED_WITH = {"lang"}  # parameters of addresses that proxies are told of: see `huunghi.caching`


def reads_like_anybody(request: HttpRequest) -> bool:
    """Whether the answer is that for everybody."""
    return reader_of(request) == ANONYMOUS


@dataclass(frozen=True, slots=True)
class Version:
    """Of an answer. `since`: seconds since 1970 at which it became what it is, at the latest."""

    etag: str
    since: int


def version_of(request: HttpRequest, state: State | None) -> Version | None:
    """Strong: while archive and software stay the same, so does the answer to the same question on the same day.

    None while changes wait to be fed: what is answered then is not answered for long.
    """
    if state is None or not state.is_settled:
        return None
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return Version(_etag(request, state, midnight), max(state.number, int(midnight.timestamp()), STARTED))


def _etag(request: HttpRequest, state: State, midnight: datetime) -> str:
    asked = (__version__, state.store, state.number, midnight.date(), request.scheme, request.get_host())
    content = f"{asked} {request.path} {request.META.get('QUERY_STRING', '')}"
    return f'"{blake2b(content.encode(errors="surrogateescape"), digest_size=16).hexdigest()}"'


def not_modified(request: HttpRequest, version: Version | None) -> HttpResponse | None:
    """304 when the reader has this very answer already; else None."""
    if version is None or not _has(request, version.etag):
        return None
    return public(request, HttpResponseNotModified(), version)


def public(request: HttpRequest, response: HttpResponse, version: Version | None) -> HttpResponse:
    """Anybody may keep the answer, and has to ask before using it again.

    A proxy that is told of changes need not ask, where the address is one of those that it is told of.
    """
    if version is None:
        response["Cache-Control"] = "no-cache"
        return response
    if _is_not_newer(request, version.since):  # only now: that there is an answer at all, a day does not say
        response = HttpResponseNotModified()
    response["ETag"] = version.etag
    if version.since < time.time() - UNSETTLED:
        response["Last-Modified"] = http_date(version.since)
    seconds = shared_cache_seconds() if request.GET.keys() <= PURGED_WITH else 0
    shared = f"s-maxage={seconds}, " if seconds else ""
    response["Cache-Control"] = f"public, max-age=0, {shared}must-revalidate"
    return response


def tagged(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """An answer for everybody that says nothing of being kept: with a tag made of its own bytes, or 304.

    Saves the way to the reader, not the work.
    """
    if request.method not in ("GET", "HEAD") or response.status_code != 200 or response.streaming:
        return response
    if response.has_header("ETag") or response.has_header("Cache-Control"):
        return response
    etag = f'"{blake2b(response.content, digest_size=16).hexdigest()}"'
    response["Cache-Control"] = "public, max-age=0, must-revalidate"
    response["ETag"] = etag
    if not _has(request, etag):
        return response
    unchanged = HttpResponseNotModified()
    for name in ("ETag", "Cache-Control", "Vary", "Content-Location"):
        if response.has_header(name):
            unchanged[name] = response[name]
    return unchanged


def with_tags(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not any(request.META.get(name) for name in WHO) and not hasattr(request, "huunghi_reader"):
            # Looking into the session would make Django say that the answer varies by cookie.
            request.huunghi_reader = ANONYMOUS  # type: ignore[attr-defined]
            if known := _answered_before(request):
                return known
        return tagged(request, view(request, *args, **kwargs))

    return answer


def _answered_before(request: HttpRequest) -> HttpResponse | None:
    """304 or an answer that is kept, before anything is read of the question: what was answered once was a question."""
    if request.method not in ("GET", "HEAD"):
        return None
    # With "*" a reader has any answer: whether there is one is not known yet.
    has_tag = request.META.get("HTTP_IF_NONE_MATCH", "*").strip() != "*"
    question = question_of(request.path_info, request.META.get("QUERY_STRING", ""))
    try:
        unchanged = not_modified(request, version_of(request, reading.state())) if has_tag else None
        return unchanged or (_kept(request, question) if question in kept_answers else None)
    except DatabaseError:
        return None  # the answer itself will say so, as a problem document


def _kept(request: HttpRequest, question: str) -> HttpResponse | None:
    state, kept = kept_answers.get(question)
    if kept is None:
        return None
    version = version_of(request, state)
    site = f"{request.scheme}://{request.get_host()}"
    response = HttpResponse(reading.with_addresses(kept.content, site), content_type=JSON)
    return public(request, response, version) if kept.is_versioned else tagged(request, response)


def _has(request: HttpRequest, etag: str) -> bool:
    """Compared weakly: a proxy that compresses an answer makes its tag weak."""
    given = request.headers.get("If-None-Match", "")
    return bool(given) and any(each == "*" or each.removeprefix("W/") == etag for each in parse_etags(given))


def _is_not_newer(request: HttpRequest, since: int) -> bool:
    """By the day and second that the reader names; only where no tag is given, which is more exact."""
    if "HTTP_IF_NONE_MATCH" in request.META:
        return False
    known = parse_http_date_safe(request.META.get("HTTP_IF_MODIFIED_SINCE", ""))
    return known is not None and since <= known < time.time()
