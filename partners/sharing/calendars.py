"""Private calendar addresses: one for each reader, renewed or given up at will."""

from __future__ import annotations

from typing import Any

from ..access import ANONYMOUS, Reader, only_what_is_shared, reader_for
from ..models.access_keys import CalendarAddress
from .tokens import Purpose, digest_of, digests_of, is_token, new_token


def renew(user: Any) -> str:
    """A new secret for the user's calendar, to be shown once; the one before opens nothing any more."""
    token = new_token(Purpose.CALENDAR)
    CalendarAddress.objects.filter(user=user).delete()
    CalendarAddress.objects.create(user=user, digest=digest_of(token))
    return token


def give_up(user: Any) -> bool:
    """Whether there was one."""
    return bool(CalendarAddress.objects.filter(user=user).delete()[0])


def calendar_reader(token: str) -> Reader:
    """Who reads by that secret; anonymous when nobody does, or is no reader of an active partner any more."""
    if not is_token(token, Purpose.CALENDAR):
        return ANONYMOUS
    found = CalendarAddress.objects.filter(digest__in=digests_of(token)).select_related("user").first()
    reader = reader_for(found.user) if found else ANONYMOUS
    return only_what_is_shared(reader) if reader.partners else ANONYMOUS
