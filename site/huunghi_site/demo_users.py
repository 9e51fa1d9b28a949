"""The logins of the demonstration, whose passwords everybody can read in README."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

from django.contrib.auth import get_user_model

DEMO_USERS = ("bientap", "lanhdao", "quantri")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def well_known_password(name: str) -> str:
    return f"demo-{name}"


def users_with_well_known_passwords() -> Iterator[Any]:
    """The demonstration's users that can still be signed in as by anybody who has read README."""
    for user in get_user_model().objects.filter(username__in=DEMO_USERS).order_by("username"):
        if user.is_active and user.check_password(well_known_password(user.username)):
            yield user


def replace_well_known_passwords() -> list[tuple[str, str]]:
    """Give each of them a random password; returns (name, password), which is kept nowhere else."""
    replaced = []
    for user in users_with_well_known_passwords():
        password = secrets.token_urlsafe(9)
        user.set_password(password)
        user.save(update_fields=["password"])
        replaced.append((user.username, password))
    return replaced
