"""How often the API may be asked: by neighbourhood of addresses, and by key, token or session for those who have one.

Counted in the cache of the site, never in its database. With a cache in the memory of each process, each counts for
itself: then so many processes let through so many times as much.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, wraps
from hashlib import blake2b
from ipaddress import ip_address, ip_network
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse

from huunghi.http import problem_response
from huunghi.partners.access import ANONYMOUS
from huunghi.partners.throttle import address_block

logger = logging.getLogger("huunghi.api")

RATE = re.compile(r"(\d{1,9})/(s|min|h)")
SECONDS = {"s": 1, "min": 60, "h": 3600}
HERE = (ip_address("127.0.0.1"), ip_address("::1"))
KNOWN_FOR = 600  # seconds in which a key that opened something counts for itself without being looked up
View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Rate:
    """`most` requests in each window of `seconds`."""

    most: int
    seconds: int


@lru_cache
def parse_rate(text: str, name: str) -> Rate | None:
    """ "600/min" as a Rate; None for "", which is no limit. Raises ImproperlyConfigured naming the setting."""
    if not text:
        return None
    found = RATE.fullmatch(text)
    if found is None or found[1].strip("0") == "":
        raise ImproperlyConfigured(f"{name} is {text!r}; write a number and a unit: '600/min', '20/s' or '5000/h'.")
    return Rate(int(found[1]), SECONDS[found[2]])


def anonymous_rate() -> Rate | None:
    return parse_rate(getattr(settings, "HUUNGHI_API_RATE", "600/min"), "HUUNGHI_API_RATE")


def key_rate() -> Rate | None:
    return parse_rate(getattr(settings, "HUUNGHI_API_KEY_RATE", "3000/min"), "HUUNGHI_API_KEY_RATE")


def limited(view: View) -> View:
    """The view, with a problem document of status 429 for whoever asks too often."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        credential = _credential(request)
        known = bool(credential) and _is_known(credential)
        who, rate = (credential, key_rate()) if known else (_neighbourhood(request), anonymous_rate())
        if who and rate and (seconds := count(who, rate)):
            return _too_many(seconds)
        response = view(request, *args, **kwargs)
        if credential and not known and _opened_something(request):
            _remember(credential)
        return response

    return answer


def count(who: str, rate: Rate, now: float | None = None) -> int:
    """Count one request; returns 0, or the seconds until `who` may ask again. A cache that is away counts nothing."""
    now = time.time() if now is None else now
    window = int(now // rate.seconds)
    key = f"huunghi-rate:{who}:{window}"
    try:
        cache = _cache()
        try:
            asked = cache.incr(key)
        except ValueError:  # the first one in this window
            cache.add(key, 0, timeout=rate.seconds)
            asked = cache.incr(key)
    except Exception:  # each cache has errors of its own
        logger.warning("Requests are not counted: the cache does not answer.", exc_info=True)
        return 0
    return max(1, int((window + 1) * rate.seconds - now)) if asked > rate.most else 0


def _cache() -> Any:
    return caches[getattr(settings, "HUUNGHI_API_RATE_CACHE", "default")]


def _neighbourhood(request: HttpRequest) -> str:
    """ "" for this computer itself, and when the server does not know: else all readers would count as one."""
    block = address_block(request)
    return "" if not block or _is_here(block) else block


@lru_cache
def _is_here(block: str) -> bool:
    return any(address in ip_network(block) for address in HERE)


def _credential(request: HttpRequest) -> str:
    """A name for the key, token or session that came with the request, of whatever worth; "" without any."""
    secret = request.META.get("HTTP_AUTHORIZATION") or request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    if not secret:
        return ""
    key = settings.SECRET_KEY.encode()[:64]
    return blake2b(secret.encode(errors="surrogateescape"), key=key, digest_size=16).hexdigest()


def _is_known(credential: str) -> bool:
    # An invented one does not count for itself: else a new one with each request would pass every limit.
    try:
        return _cache().get(f"huunghi-key:{credential}") is not None
    except Exception:
        return False


def _remember(credential: str) -> None:
    try:
        _cache().set(f"huunghi-key:{credential}", 1, timeout=KNOWN_FOR)
    except Exception:
        logger.warning("A key is not remembered: the cache does not answer.", exc_info=True)


def _opened_something(request: HttpRequest) -> bool:
    # `auth` is True where nobody has to bring anything.
    has_key = getattr(request, "auth", None) not in (None, True)
    return has_key or getattr(request, "huunghi_reader", ANONYMOUS) != ANONYMOUS


def _too_many(seconds: int) -> HttpResponse:
    problem = problem_response(status=429, detail=f"Too many requests came from there; try again in {seconds} s.")
    problem["Retry-After"] = str(seconds)
    problem["Cache-Control"] = "no-store"
    return problem
