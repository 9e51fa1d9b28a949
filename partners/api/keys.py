"""The bearer scheme of the API for partners."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import HttpBearer

from huunghi.http import TooManyProblem, UnknownKeyProblem

from ..access import only_what_is_shared, reader_for_partner
from ..models import PartnerKey
from ..sharing.keys import key_of, note_use
from ..throttle import Limit, address_block, note_failure, retry_after

MISSES = Limit("partner keys", most=20, seconds=60)


class PartnerKeyAuthentication(HttpBearer):
    """Reads `Authorization: Bearer hhk_…`; from then on the request reads what is shared with the key's partner.

    Who is signed in does not count. A right key is never slowed down by what others try from the same place.
    """

    def __call__(self, request: HttpRequest) -> PartnerKey:
        scheme, _, token = request.headers.get(self.header, "").partition(" ")
        if scheme.lower() != self.openapi_scheme or not token:
            raise UnknownKeyProblem
        return self.authenticate(request, token.strip())

    def authenticate(self, request: HttpRequest, token: str) -> PartnerKey:
        key = key_of(token)
        if key is None:
            self._refuse(request)
        note_use(key)
        request.huunghi_reader = only_what_is_shared(reader_for_partner(key.partner))  # type: ignore[attr-defined]
        return key

    def _refuse(self, request: HttpRequest) -> None:
        block = address_block(request)
        if seconds := retry_after(MISSES, block):
            raise TooManyProblem("Too many wrong keys came from there.", seconds)
        note_failure(MISSES, block)
        raise UnknownKeyProblem
