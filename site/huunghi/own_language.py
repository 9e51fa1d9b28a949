"""Answers that do not depend on the languages that a browser says its reader likes.

Their language stands in the address, or every text of them says for itself which one it is in. Django's
LocaleMiddleware would write of every answer that it varies by `Accept-Language`, so that caches keep it many times, and
name the language of the interface as that of the content. `huunghi.middleware.LocaleMiddleware` leaves these alone.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import override

from huunghi.conf import content_languages, source_language

View = Callable[..., Any]
Response = TypeVar("Response", bound=HttpResponseBase)


def with_own_language(response: Response) -> Response:
    """The answer, marked for the middleware."""
    response.huunghi_own_language = True  # type: ignore[attr-defined]
    return response


def has_own_language(response: HttpResponseBase) -> bool:
    return getattr(response, "huunghi_own_language", False)


def in_asked_language(view: View) -> View:
    """The view with the interface in the language of `lang`, without one in that in which editors write first."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asked = request.GET.get("lang")
        with override(asked if asked in content_languages() else source_language()):
            return with_own_language(view(request, *args, **kwargs))

    return answer
