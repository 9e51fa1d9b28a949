"""Secrets that open something to whoever holds them: made, recognised and looked up, never kept.

A token is a prefix that names its purpose, 256 random bits and a checksum:

    hhv_4sXkVb…q0Zr9 + 6 characters

The checksum refuses typing errors without a look into the database. Only an HMAC of the token is stored, with a key
made of SECRET_KEY, so that neither a copy of the database nor a log opens anything. After a change of SECRET_KEY tokens
live on while the old key is among SECRET_KEY_FALLBACKS.
"""

from __future__ import annotations

import hmac
import re
import secrets
import zlib
from enum import StrEnum

from django.conf import settings
from django.utils.crypto import salted_hmac

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SECRET_LENGTH = 43  # 62 ** 43 > 2 ** 256
_CHECKSUM_LENGTH = 6
_SALT = "huunghi.partners.sharing.tokens"

# For everything that writes logs or shows addresses; ASCII only, as tokens are.
TOKEN = re.compile(r"\bhh[vpck]_[0-9A-Za-z]{8,}")
# What was typed wrongly is still most of a secret: the address of a link goes into no log, whatever it looks like.
LINK_ADDRESS = re.compile(r"(/s/+)(?!v/)(hh[vpck]_)?[^\s?\"'/]+")


class Purpose(StrEnum):
    VIEW = "hhv"  # a shared page, read without an account
    PREVIEW = "hhp"  # a draft
    CALENDAR = "hhc"  # a partner reader's own calendar address
    KEY = "hhk"  # a program that reads in a partner's name


def new_token(purpose: Purpose) -> str:
    """A new secret, to be shown once and then forgotten."""
    body = f"{purpose}_{_in_digits(secrets.randbits(256), _SECRET_LENGTH)}"
    return body + _checksum(body)


def is_token(text: str, purpose: Purpose) -> bool:
    """Whether the text can be a token of this purpose at all; asks nobody."""
    head = f"{purpose}_"
    if not (text.isascii() and text.startswith(head)):
        return False
    body, checksum = text[:-_CHECKSUM_LENGTH], text[-_CHECKSUM_LENGTH:]
    if len(body) != len(head) + _SECRET_LENGTH or not body[len(head) :].isalnum():
        return False
    return hmac.compare_digest(checksum, _checksum(body))


def digest_of(token: str) -> str:
    """What is stored of a token: 64 hexadecimal characters."""
    return _digest(token, settings.SECRET_KEY)


def digests_of(token: str) -> list[str]:
    """What a stored token may look like: with the key of now and with those of before."""
    return [_digest(token, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def without_tokens(text: str) -> str:
    """A text for a log, in which nothing opens anything."""
    text = TOKEN.sub(lambda found: f"{found[0][:4]}…", text)
    return LINK_ADDRESS.sub(lambda found: f"{found[1]}{found[2] or ''}…", text)


def _digest(token: str, key: str) -> str:
    return salted_hmac(_SALT, token, secret=key, algorithm="sha256").hexdigest()


def _checksum(body: str) -> str:
    return _in_digits(zlib.crc32(body.encode("ascii")), _CHECKSUM_LENGTH)


def _in_digits(number: int, length: int) -> str:
    text = ""
    for _ in range(length):
        number, digit = divmod(number, len(_DIGITS))
        text = _DIGITS[digit] + text
    return text
