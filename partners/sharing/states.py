"""Whether a share opens something today, and if not, why."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..models import Share


class ShareState(models.TextChoices):
    ACTIVE = "active", _("Active")
    COMING = "coming", _("Not begun yet")
    ENDED = "ended", _("Ended")
    REVOKED = "revoked", _("Revoked")
    PARTNER_INACTIVE = "partner-inactive", _("The partner is not active")


def state_of(share: Share, today: date) -> ShareState:
    """The first that holds of: revoked, ended, partner inactive, not begun; else active."""
    if share.revoked_at:
        return ShareState.REVOKED
    if share.until and share.until < today:
        return ShareState.ENDED
    if not share.partner.active:
        return ShareState.PARTNER_INACTIVE
    return ShareState.COMING if share.since > today else ShareState.ACTIVE


def in_state(state: str, today: date) -> Q:
    """The same as a filter of shares."""
    revoked, ended = Q(revoked_at__isnull=False), Q(until__isnull=False, until__lt=today)
    inactive, coming = Q(partner__active=False), Q(since__gt=today)
    return {
        ShareState.REVOKED: revoked,
        ShareState.ENDED: ended & ~revoked,
        ShareState.PARTNER_INACTIVE: inactive & ~ended & ~revoked,
        ShareState.COMING: coming & ~inactive & ~ended & ~revoked,
        ShareState.ACTIVE: ~coming & ~inactive & ~ended & ~revoked,
    }[ShareState(state)]
