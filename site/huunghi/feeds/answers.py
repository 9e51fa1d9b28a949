"""How machines are answered: the same for everybody, so that whoever stands between may keep it for a while."""

from __future__ import annotations

from hashlib import sha256
from typing import NoReturn

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from huunghi.own_language import with_own_language

KEPT_FOR = 300  # seconds; what is hidden is gone here at once, and after these seconds everywhere


def public_answer(request: HttpRequest, response: HttpResponse, seconds: int = KEPT_FOR) -> HttpResponse:
    """The answer with a validator and a time to live; 304 for whoever has it already."""
    response["ETag"] = etag = f'"{sha256(response.content).hexdigest()[:32]}"'
    response["Cache-Control"] = f"public, max-age={seconds}"
    return with_own_language(get_conditional_response(request, etag=etag, response=response) or response)


def absent(request: HttpRequest) -> NoReturn:
    """A plain 404. LocaleMiddleware would turn it into a redirect to /<language>/…, did the request know addresses."""
    request.urlconf = ()  # type: ignore[assignment]
    raise Http404
