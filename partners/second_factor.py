"""Codes from a telephone (RFC 6238) as a second factor beside the password, and recovery codes on paper.

The secret that the telephone gets is an HMAC of a random seed with SECRET_KEY, and only the seed is kept: no copy of
the database makes codes. After a change of SECRET_KEY telephones and recovery codes go on working while the old key is
among SECRET_KEY_FALLBACKS; after that the second factor has to be made anew.
"""

from __future__ import annotations

import base64
import secrets
from typing import Any

import pyotp
import segno
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.safestring import SafeString, mark_safe

from .models.access_keys import RecoveryCode, SecondFactor
from .throttle import Limit

# A code has six digits, and three of them are good at a time: at this pace a guess takes years.
GUESSES = Limit("second factor", most=5, seconds=900)

_RECOVERY_CODES = 8
_RECOVERY_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without letters that look like digits
_RECOVERY_LENGTH = 12
_SECRET_BYTES = 20  # what every program for telephones takes
_DRIFT = 1  # a telephone's clock may be half a minute wrong


def confirmed_factor(user: Any) -> SecondFactor | None:
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).first()


def begin(user: Any) -> SecondFactor:
    """The factor that the user is about to confirm; a new one unless one was begun before."""
    factor, _is_new = SecondFactor.objects.get_or_create(user=user, defaults={"seed": secrets.token_hex(32)})
    return factor


def secret_of(factor: SecondFactor) -> str:
    """What the telephone needs to know, in base 32."""
    return _secret(factor, settings.SECRET_KEY)


def address_of(factor: SecondFactor, issuer: str) -> str:
    """The same with the names of site and user, as an otpauth:// address."""
    return pyotp.TOTP(secret_of(factor)).provisioning_uri(name=factor.user.get_username(), issuer_name=issuer)


def picture_of(address: str) -> SafeString:
    """A QR code as inline SVG."""
    code = segno.make(address, error="m", micro=False)
    return mark_safe(code.svg_inline(scale=4, dark="#000", light="#fff", omitsize=True))


@transaction.atomic
def confirm(factor: SecondFactor, code: str) -> list[str]:
    """Switch it on when the code is right; returns new recovery codes, to be shown once. Empty for a wrong code."""
    if not _takes(factor, code):
        return []
    factor.confirmed_at = timezone.now()
    factor.save(update_fields=["confirmed_at"])
    codes = [_new_recovery_code() for _ in range(_RECOVERY_CODES)]
    factor.recovery_codes.all().delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(factor=factor, digest=_digests(code)[0]) for code in codes)
    return codes


def passes(factor: SecondFactor, code: str) -> bool:
    """Whether the code is good: one of the telephone or a recovery code, each once."""
    if _takes(factor, code):
        return True
    return bool(factor.recovery_codes.filter(digest__in=_digests(code)).delete()[0])


def switch_off(user: Any) -> bool:
    """Whether there was one; its recovery codes go with it."""
    return bool(SecondFactor.objects.filter(user=user).delete()[0])


def find_user(name: str) -> Any:
    """The user with that name; None for nobody."""
    model = get_user_model()
    return model.objects.filter(**{model.USERNAME_FIELD: name}).first()


def _takes(factor: SecondFactor, code: str) -> bool:
    code = "".join(code.split())
    if not (code.isascii() and code.isdigit()):
        return False
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            step = pyotp.TOTP(_secret(factor, key)).verify_and_get_timecode(code, valid_window=_DRIFT)
        except pyotp.OTPVerificationError:
            continue
        # In one statement: of two sign-ins with the same code one fails.
        return SecondFactor.objects.filter(pk=factor.pk, last_step__lt=step).update(last_step=step) == 1
    return False


def _secret(factor: SecondFactor, key: str) -> str:
    seed = salted_hmac("huunghi.partners.second_factor", factor.seed, secret=key, algorithm="sha256").digest()
    return base64.b32encode(seed[:_SECRET_BYTES]).decode("ascii")


def _new_recovery_code() -> str:
    letters = "".join(secrets.choice(_RECOVERY_ALPHABET) for _ in range(_RECOVERY_LENGTH))
    return "-".join(letters[start : start + 4] for start in range(0, _RECOVERY_LENGTH, 4))


def _digests(code: str) -> list[str]:
    letters = "".join(letter for letter in code.casefold() if letter in _RECOVERY_ALPHABET)
    salt = "huunghi.partners.second_factor.recovery"
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [salted_hmac(salt, letters, secret=key, algorithm="sha256").hexdigest() for key in keys]
