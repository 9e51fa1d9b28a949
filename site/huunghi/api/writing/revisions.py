"""Nobody overwrites what they have not read: who changes a page names the revision that the change was made from."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest

from huunghi.events.models import EventPage

from .refusals import Refusal

_TAG = re.compile(r'(?:W/)?"([^"]*)"')


def revision_of(page: EventPage) -> str:
    """Another one after every change of the draft, and when the page is published or taken back."""
    return f"{page.latest_revision_id or 0}-{'live' if page.live else 'draft'}"


def etag_of(page: EventPage) -> str:
    return f'"{revision_of(page)}"'


def require_revision(request: HttpRequest, body: dict[str, Any], page: EventPage) -> None:
    """Raises Refusal: 428 when no revision is named, 412 with the present one when it is another."""
    present = revision_of(page)
    header = request.headers.get("If-Match")
    if header is None and not body.get("revision"):
        raise Refusal(428, "Name the revision that you have read, in If-Match or in `revision`.")
    named = body.get("revision") or present
    if named != present or not (header is None or _matches(header, present)):
        raise Refusal(412, f"It was changed since; its revision is {present}.", {"ETag": f'"{present}"'})


def _matches(header: str, present: str) -> bool:
    """A tag that was made weak counts: proxies do that when they compress, and it still names the one revision."""
    return header.strip() == "*" or present in _TAG.findall(header)
