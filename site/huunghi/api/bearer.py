"""Who asks with `Authorization: Bearer …`: a person, by a token of theirs, or a program of a partner, by its key.

A token is Wagtail's `APIToken`: only its digest is stored, it belongs to a user, and it can be revoked. Here it also
ends by itself. Whoever brings one is nobody else: a session beside it does not count.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer
from wagtail.models import APIToken

from huunghi.conf import token_days
from huunghi.http import TooManyProblem, UnknownKeyProblem, WagtailTokens
from huunghi.partners.access import reader_for, reader_for_partner
from huunghi.partners.api.keys import PartnerKeyAuthentication
from huunghi.partners.sharing.tokens import Purpose, is_token
from huunghi.partners.throttle import Limit, address_block, note_failure, retry_after

MISSES = Limit("staff tokens", most=20, seconds=60)
TOKEN_NEEDED = "A token of a member of staff is needed; it was revoked, it has ended, or there never was such a one."


class StaffAuthentication(HttpBearer):
    """Needs a token. From then on `request.user` is the token's user, and `request.auth` the token."""

    def __call__(self, request: HttpRequest) -> APIToken:
        return self.authenticate(request, bearer_of(request))

    def authenticate(self, request: HttpRequest, token: str) -> APIToken:
        found = token_of(request, token)
        request.user = found.user if found else AnonymousUser()
        if found is None:
            refuse(request, missed=bool(token))
        request.huunghi_reader = reader_for(found.user)  # type: ignore[attr-defined]
        return found


class BearerReader(HttpBearer):
    """For what anybody may ask: whoever brings a token or a key reads what it opens, and nobody has to."""

    def __call__(self, request: HttpRequest) -> Any:
        token = bearer_of(request)
        return self.authenticate(request, token) if token else True

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        request.huunghi_bearer = True  # type: ignore[attr-defined]
        if not is_token(token, Purpose.KEY):
            return StaffAuthentication().authenticate(request, token)
        key = PartnerKeyAuthentication().authenticate(request, token)
        request.user = AnonymousUser()
        request.huunghi_reader = reader_for_partner(key.partner)  # type: ignore[attr-defined]
        return key


def bearer_of(request: HttpRequest) -> str:
    """The text behind "Bearer"; "" without one. Other schemes are left to proxies that ask for a password."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def token_of(request: HttpRequest, token: str) -> APIToken | None:
    """The token that a text is, of a user who is active; None for one that is revoked or has ended."""
    if not APIToken.validate_token_format(token):
        return None
    found = WagtailTokens().authenticate(request, token)
    if found is None or found.created + timedelta(days=token_days()) <= timezone.now():
        return None
    return found


def refuse(request: HttpRequest, *, missed: bool) -> None:
    """A right token is never slowed down by what others try from the same place."""
    block = address_block(request)
    if missed:
        if seconds := retry_after(MISSES, block):
            raise TooManyProblem("Too many wrong tokens came from there.", seconds)
        note_failure(MISSES, block)
    raise UnknownKeyProblem(TOKEN_NEEDED)
