"""Secrets of endpoints, and signatures by Standard Webhooks: HMAC-SHA256 over "id.timestamp.body".

A secret has to be known whenever a message is signed, so a hash of it would not do. It is not stored either: it is
derived from SECRET_KEY, the endpoint's id and the number of its renewal. A copy of the database signs nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from .models import WebhookEndpoint

_SALT = "huunghi.webhooks.secret"
_CHECK_SALT = "huunghi.webhooks.key-check"
PREFIX = "whsec_"
# After a renewal messages carry both signatures for so long, so that the receiver can change over at its ease.
OVERLAP = timedelta(days=1)


class LostSecretError(Exception):
    """SECRET_KEY was changed without SECRET_KEY_FALLBACKS: the endpoint needs a new secret."""


def first_secret(endpoint: WebhookEndpoint) -> str:
    """The secret of an endpoint that is about to be saved for the first time; to be shown once."""
    endpoint.key_check = _check(settings.SECRET_KEY)
    return _as_text(_derive(settings.SECRET_KEY, endpoint, endpoint.secret_edition))


def renew_secret(endpoint: WebhookEndpoint) -> str:
    """A new secret, to be shown once. The one before signs beside it for a day."""
    endpoint.secret_edition += 1
    endpoint.secret_renewed_at = timezone.now()
    secret = first_secret(endpoint)
    endpoint.save(update_fields=["secret_edition", "secret_renewed_at", "key_check"])
    return secret


def signatures(endpoint: WebhookEndpoint, message_id: str, moment: datetime, body: bytes) -> str:
    """The value of `webhook-signature`: one signature, or two for a day after a renewal. Raises LostSecretError."""
    key = next((key for key in _keys() if hmac.compare_digest(_check(key), endpoint.key_check)), None)
    if key is None:
        raise LostSecretError
    editions = [endpoint.secret_edition]
    if endpoint.secret_renewed_at and endpoint.secret_renewed_at > timezone.now() - OVERLAP:
        editions.append(endpoint.secret_edition - 1)
    signed = b"%s.%d.%s" % (message_id.encode(), int(moment.timestamp()), body)
    digests = (hmac.digest(_derive(key, endpoint, edition), signed, hashlib.sha256) for edition in editions)
    return " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests)


def _keys() -> list[str]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _derive(key: str, endpoint: WebhookEndpoint, edition: int) -> bytes:
    return salted_hmac(_SALT, f"{endpoint.public_id}\n{edition}", secret=key, algorithm="sha256").digest()


def _check(key: str) -> str:
    """By which key a secret was made, without telling anything of the key."""
    return salted_hmac(_CHECK_SALT, "", secret=key, algorithm="sha256").hexdigest()[:16]


def _as_text(secret: bytes) -> str:
    return PREFIX + base64.b64encode(secret).decode()
