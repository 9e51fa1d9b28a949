"""Slows down guessing: passwords, secret addresses, keys.

Only what failed is counted, in the database, so that several processes count together and a restart forgives nothing.
A reader who makes no mistake costs one query.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from .models.attempts import Attempts

_IPV4_BLOCK = 24  # bits; neighbours share a block, as one household or office does
_IPV6_BLOCK = 56
_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """`most` failures within `seconds`, counted from the first one; what is counted has a `name`."""

    name: str
    most: int
    seconds: int


def retry_after(limit: Limit, who: str) -> int:
    """Seconds until `who` may try again; 0 when it may now. `who` is an address block, an account, or both."""
    attempts = Attempts.objects.filter(key=_key(limit, who), count__gte=limit.most).first()
    if attempts is None:
        return 0
    left = attempts.began_at + timedelta(seconds=limit.seconds) - timezone.now()
    return max(0, math.ceil(left.total_seconds()))


def note_failure(limit: Limit, who: str) -> None:
    """Count one. Nothing is lost when two fail at once."""
    table = Attempts._meta.db_table
    now = timezone.now()
    oldest = now - timedelta(seconds=limit.seconds)
    moment = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (key, began_at, count) VALUES (%s, %s, 1) ON CONFLICT (key) DO UPDATE SET"
            f" count = CASE WHEN {table}.began_at > %s THEN {table}.count + 1 ELSE 1 END,"
            f" began_at = CASE WHEN {table}.began_at > %s THEN {table}.began_at ELSE excluded.began_at END",
            [_key(limit, who), moment(now), moment(oldest), moment(oldest)],
        )


def forgive(limit: Limit, who: str) -> None:
    """Somebody got it right: what failed before does not count any more."""
    Attempts.objects.filter(key=_key(limit, who)).delete()


def forget_old() -> int:
    """Remove counts that count no more; returns how many."""
    return Attempts.objects.filter(began_at__lt=timezone.now() - _KEPT).delete()[0]


def address_block(request: HttpRequest) -> str:
    """The neighbourhood a request comes from: "192.0.2.0/24". "" when the server does not know."""
    return _block_of(_address(request))


@lru_cache(maxsize=4096)  # it is asked with every request to the API
def _block_of(text: str) -> str:
    try:
        address = ip_address(text)
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    bits = _IPV4_BLOCK if address.version == 4 else _IPV6_BLOCK
    return str(ip_network((address, bits), strict=False))


def _address(request: HttpRequest) -> str:
    """The address that the outermost of our own proxies saw; what a client writes into the header itself is not it."""
    proxies = getattr(settings, "HUUNGHI_PROXIES", 0)
    seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if proxies and len(seen) >= proxies:
        return seen[-proxies]
    return request.META.get("REMOTE_ADDR", "")


def _key(limit: Limit, who: str) -> str:
    return salted_hmac("huunghi.partners.throttle", f"{limit.name}\n{who}", algorithm="sha256").hexdigest()
