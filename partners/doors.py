"""Every way to sign in, watched together: the portal's, the admin's, and that of pages for signed-in readers.

What failed at one door counts at all of them, and a user with a second factor comes in by the portal only, which asks
for the code. Whoever is turned away learns neither whether the account exists nor why.
"""

from __future__ import annotations

from typing import Any
from unicodedata import normalize

from django.contrib.auth import get_user_model, logout
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from .second_factor import confirmed_factor
from .throttle import Limit, address_block, forgive, note_failure, retry_after

# From one place few tries at one account. From everywhere more, so that a stranger does not lock somebody out at once.
ACCOUNT_FROM_HERE = Limit("sign in: account and address", most=10, seconds=900)
ACCOUNT = Limit("sign in: account", most=100, seconds=3600)
ADDRESS = Limit("sign in: address", most=50, seconds=900)


class ThrottledBackend:
    """The first of AUTHENTICATION_BACKENDS: knows nobody, and refuses to go on where too much has failed.

    No subclass of Django's: a backend that could name a user would be taken for one that has signed somebody in.
    """

    def authenticate(self, request: HttpRequest | None, username: str | None = None, **credentials: Any) -> None:
        name = username or credentials.get(get_user_model().USERNAME_FIELD)
        if request is not None and name and wait_before_signing_in(request, name):
            raise PermissionDenied


def wait_before_signing_in(request: HttpRequest, name: str) -> int:
    """Seconds until somebody from there may try that account again; 0 when now."""
    return max(retry_after(limit, who) for limit, who in _counts(request, name))


def note_failed(request: HttpRequest, name: str) -> None:
    for limit, who in _counts(request, name):
        note_failure(limit, who)


def connect() -> None:
    user_login_failed.connect(on_failure)
    user_logged_in.connect(on_success)


def on_failure(credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    name = credentials.get("username") or credentials.get(get_user_model().USERNAME_FIELD)
    if request is not None and name:
        note_failed(request, str(name))


def on_success(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    if not getattr(request, "huunghi_passed_second_factor", False) and confirmed_factor(user) is not None:
        logout(request)  # a password alone is not enough
        return
    forgive(*_counts(request, user.get_username())[0])


def _counts(request: HttpRequest, name: str) -> list[tuple[Limit, str]]:
    # Folded as sign-in forms do it: else one account could be tried under many spellings.
    account, block = normalize("NFKC", name).strip().casefold()[:254], address_block(request)
    return [(ACCOUNT_FROM_HERE, f"{account}\n{block}"), (ACCOUNT, account), (ADDRESS, block)]
