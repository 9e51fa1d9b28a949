"""Keys with which programs read in a partner's name: made, found, noted as used."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from ..models.access_keys import PartnerKey
from ..models.partners import Partner
from .tokens import Purpose, digest_of, digests_of, is_token, new_token

# "Last used" serves people who tidy up; a write for every request would serve nobody.
_NOTED_EVERY = timedelta(minutes=5)


def new_key(partner: Partner, name: str, expires_at: datetime, user: Any = None) -> tuple[PartnerKey, str]:
    """A key and its secret, which is shown once. ValidationError for an end that is past or too far away."""
    token = new_token(Purpose.KEY)
    key = PartnerKey(partner=partner, name=name, expires_at=expires_at, created_by=user, digest=digest_of(token))
    key.full_clean()
    key.save()
    return key, token


def key_of(token: str) -> PartnerKey | None:
    """The key, with its partner, that a secret opens now; None for any other text."""
    if not is_token(token, Purpose.KEY):
        return None
    return PartnerKey.objects.active().filter(digest__in=digests_of(token)).select_related("partner__place").first()


def note_use(key: PartnerKey) -> None:
    now = timezone.now()
    if key.last_used_at is None or key.last_used_at < now - _NOTED_EVERY:
        old = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - _NOTED_EVERY)
        PartnerKey.objects.filter(old, pk=key.pk).update(last_used_at=now)
