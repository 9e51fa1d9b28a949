"""Manners of HTTP for the whole site: a name for each request, answers without content, smaller ones, languages."""

from __future__ import annotations

import gzip
import logging
import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

import brotli
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware import locale
from django.utils.cache import patch_vary_headers

from huunghi.own_language import has_own_language

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# --- request id

HEADER = "X-Request-ID"
SANE_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}", re.ASCII)  # it goes into logs and headers as it is
_current: ContextVar[str] = ContextVar("huunghi_request_id", default="-")


class RequestIdMiddleware:
    """Gives each request the id that a proxy or client sent, or a new one; the answer and the log lines have it.

    The outermost middleware, so that answers of all others have it too. `request.huunghi_request_id` is the text.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        id_ = given if SANE_ID.fullmatch(given) else uuid.uuid4().hex
        request.huunghi_request_id = id_  # type: ignore[attr-defined]
        token = _current.set(id_)
        try:
            response = self.get_response(request)
        finally:
            _current.reset(token)
        response[HEADER] = id_
        return response


class RequestIdFilter(logging.Filter):
    """For LOGGING: gives every record a `request_id`, "-" where there is no request."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Django writes of an answer with an error when all middleware is done.
        request = getattr(record, "request", None)
        record.request_id = getattr(request, "huunghi_request_id", None) or _current.get()
        return True


# --- HEAD


class HeadMiddleware:
    """Leaves the content out of answers to HEAD, and the headers as GET would have them.

    Django leaves that to the server, and gunicorn writes a warning each time. Outside of all that looks at the content.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response: Any = self.get_response(request)
        if request.method != "HEAD":
            return response
        if response.streaming:
            response.streaming_content = ()  # what it came from is closed with the response
        else:
            response.headers.setdefault("Content-Length", str(len(response.content)))
            response.content = b""
        return response


# --- languages


class LocaleMiddleware(locale.LocaleMiddleware):
    """Django's; it says nothing of the language of answers that have one of their own."""

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        return response if has_own_language(response) else super().process_response(request, response)


# --- compression

COMPRESSIBLE = re.compile(
    r"(?:text/(?!event-stream)|image/svg\+xml|application/(?:x-ndjson|javascript|(?:[\w.-]+\+)?(?:json|xml)\b))"
)
LEAST = 500  # bytes; below, the headers of compression outweigh it
BROTLI_QUALITY = 4  # a little smaller than gzip's best, in a third of its time
GZIP_LEVEL = 5
ENCODING = re.compile(r"\s*([\w*-]+)\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?\s*", re.ASCII)
TAGGED = re.compile(r'-(?:br|gzip)"')


class CompressionMiddleware:
    """Sends texts with brotli or gzip to those who take it; outside of the middleware for sessions and forms.

    Where an answer mixes a secret with what a stranger chose, its compressed length tells of the secret (BREACH). A
    stranger can have a browser ask only with the cookies it has. So nothing is compressed that was asked for with a
    session, sets a cookie (as every page with a form's token does), or is marked as personal. With a key in
    `Authorization: Bearer` nobody else can ask.

    A compressed answer is another sequence of bytes, so its strong ETag is another one: "abc-br" for "abc". What
    comes back in If-None-Match is turned into the first again before a view sees it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        known = request.META.get("HTTP_IF_NONE_MATCH", "")
        for name in ("HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH"):
            if TAGGED.search(request.META.get(name, "")):
                request.META[name] = TAGGED.sub('"', request.META[name])
                vars(request).pop("headers", None)  # made of META when somebody first looked
        response = self.get_response(request)
        if response.status_code == 304:
            _tag_as_known(response, known)
        if response.status_code in (200, 304) and _may_vary(response) and not is_personal(request, response):
            patch_vary_headers(response, ["Accept-Encoding"])
            if encoding := best_encoding(request.META.get("HTTP_ACCEPT_ENCODING", "")):
                _compress(response, encoding)
        return response


def is_personal(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether the answer may hold a secret of the reader that a stranger can make a browser ask for."""
    if response.cookies or settings.SESSION_COOKIE_NAME in request.COOKIES:
        return True
    kept_by_nobody = re.search(r"\b(?:private|no-store)\b", response.get("Cache-Control", ""))
    return bool(kept_by_nobody) and not request.META.get("HTTP_AUTHORIZATION", "").lower().startswith("bearer ")


@lru_cache(maxsize=256)  # browsers of the world say it in few ways
def best_encoding(accepted: str) -> str:
    """ "br", "gzip" or "" for an Accept-Encoding; of two that are liked alike the smaller one."""
    liked: dict[str, float] = {}
    for part in accepted.lower().split(","):
        if found := ENCODING.fullmatch(part):
            liked[found[1]] = float(found[2] or 1)
    known = {"br": liked.get("br", 0.0), "gzip": liked.get("gzip", liked.get("*", 0.0))}
    best = max(known, key=lambda name: known[name])
    return best if known[best] else ""


def _may_vary(response: HttpResponseBase) -> bool:
    """Whether another reader may get this answer compressed; of 304 only that is known that it has a tag."""
    if response.streaming or response.has_header("Content-Encoding"):
        return False
    if "no-transform" in response.get("Cache-Control", ""):
        return False
    if response.status_code == 304:
        return response.has_header("ETag")
    return bool(COMPRESSIBLE.match(response.get("Content-Type", "")))


def _compress(response: Any, encoding: str) -> None:
    if response.status_code != 200 or len(response.content) < LEAST:
        return
    smaller = _encoded(response.content, encoding)
    if len(smaller) >= len(response.content):
        return
    response.content = smaller
    response["Content-Encoding"] = encoding
    response["Content-Length"] = str(len(smaller))
    if response.get("ETag", "").startswith('"'):
        response["ETag"] = _tagged(response["ETag"], encoding)


def _encoded(content: bytes, encoding: str) -> bytes:
    if encoding == "br":
        return brotli.compress(content, quality=BROTLI_QUALITY)
    # Without the time in it: the same answer is the same bytes, as its strong tag says.
    return gzip.compress(content, GZIP_LEVEL, mtime=0)


def _tag_as_known(response: HttpResponseBase, known: str) -> None:
    """A 304 names the very answer that the reader has."""
    for encoding in ("br", "gzip"):
        tag = _tagged(response.get("ETag", ""), encoding)
        if tag and tag in known:
            response["ETag"] = tag
            return


def _tagged(etag: str, encoding: str) -> str:
    return f'{etag[:-1]}-{encoding}"' if etag.endswith('"') else ""
