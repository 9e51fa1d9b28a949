"""Makes, changes and revokes shares, and writes each of it into the history of the page.

Each function is one transaction: a partner never reads a page of which only half is withheld yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from django.db import transaction
from wagtail.log_actions import log

from ..models import Partner, Share
from .shared_pages import versions_of
from .withholdable import Item, labels_of

SHARED, CHANGED, REVOKED = "huunghi.share", "huunghi.share.change", "huunghi.share.revoke"


class AlreadyRevoked(Exception):  # noqa: N818  a state, not a fault
    """A revoked share stays as it is; the page is shared anew instead."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What one form says of a share."""

    since: date
    until: date | None
    languages: Sequence[Any]  # locales
    note: str = ""
    withheld: Sequence[Item] | None = None  # None: as it was


@transaction.atomic
def share_page(page: Any, partners: Iterable[Partner], terms: Terms, user: Any) -> list[Share]:
    """One share for each of the partners."""
    shares = []
    for partner in partners:
        share = Share.objects.create(
            partner=partner,
            page_key=page.translation_key,
            page_title=page.title,
            since=terms.since,
            until=terms.until,
            note=terms.note,
            created_by=user,
        )
        share.languages.set(terms.languages)
        _withhold(share, terms.withheld)
        _write_history(share, SHARED, user)
        shares.append(share)
    return shares


@transaction.atomic
def change_share(share: Share, terms: Terms, user: Any) -> Share:
    """Bring a share to other terms; nothing is written when they are the same. Raises AlreadyRevoked."""
    share = _locked(share)
    if share.revoked_at:
        raise AlreadyRevoked
    before, names_before = {**_data(share), "note": share.note}, _names(share)
    share.since, share.until, share.note = terms.since, terms.until, terms.note
    share.save()
    if {locale.pk for locale in share.languages.all()} != {locale.pk for locale in terms.languages}:
        share.languages.set(terms.languages)
    _withhold(share, terms.withheld)
    if {**_data(share), "note": share.note} != before or _names(share) != names_before:
        _write_history(share, CHANGED, user, before=before)
    return share


@transaction.atomic
def revoke_share(share: Share, user: Any) -> bool:
    """Close it; False when it had been revoked before."""
    share = _locked(share)
    if share.revoked_at:
        return False
    share.revoke(user)
    _write_history(share, REVOKED, user)
    return True


def _locked(share: Share) -> Share:
    # Read anew: a form that was open for long must not take a revocation back.
    return Share.objects.select_for_update().get(pk=share.pk)


def _names(share: Share) -> set[tuple[Any, Any]]:
    return set(share.withheld.values_list("row_key", "image_id"))


def _withhold(share: Share, items: Sequence[Item] | None) -> None:
    if items is None:
        return
    wanted = {name: item.label for item in items for name in item.names}
    for row in share.withheld.all():
        if wanted.pop((row.row_key, row.image_id), None) is None:
            row.delete()
    for (row_key, image_id), label in wanted.items():
        share.withheld.create(row_key=row_key, image_id=image_id, label=label)


def _data(share: Share) -> dict[str, Any]:
    return {
        "share": str(share.public_id),
        "partner": str(share.partner),
        "since": share.since.isoformat(),
        "until": share.until.isoformat() if share.until else "",
        "languages": sorted(share.languages.values_list("language_code", flat=True)),
        "withheld": sorted(labels_of(share.withheld.all())),
    }


def _write_history(share: Share, action: str, user: Any, before: dict[str, Any] | None = None) -> None:
    """On the page in its source language; on the share itself when the page was deleted."""
    data = _data(share)
    if before is not None:
        data["before"] = {name: value for name, value in before.items() if name in data and value != data[name]}
    versions = versions_of(share.page_key)
    # An id of its own: of entries with the same one, histories show the last only, and a form makes several shares.
    log(versions[0] if versions else share, action, user=user, uuid=uuid4(), data=data)
