"""Who opened what is shared, and when: for the register."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from huunghi.partners.models.links import ShareLink, ShareOpening
from huunghi.partners.models.shares import Share

# Readers turn pages back and forth, and each picture is a request: within this time it is one visit.
ONE_VISIT = timedelta(minutes=5)


def note_opening(
    share: Share | None = None, link: ShareLink | None = None, user: Any = None, language: str = ""
) -> None:
    """Write down that the holder of a link, or a signed-in user, read what is shared.

    Name the link or the user; a link brings its share along. Costs one query, and writes once a visit at most.
    """
    if link is not None:
        who = {"link_id": link.pk}
        share_id = link.share_id
    elif share is not None and user is not None:
        who = {"share_id": share.pk, "user_id": user.pk}
        share_id = share.pk
    else:
        raise ValueError("Name a link, or a share and a user.")
    now = timezone.now()
    last = ShareOpening.objects.filter(**who).values_list("last_at", flat=True).first()
    if last is not None and last > now - ONE_VISIT:
        return
    with transaction.atomic():
        begun = {"share_id": share_id, "first_at": now, "last_at": now, "language": language}
        opening, is_new = ShareOpening.objects.get_or_create(**who, defaults=begun)
        if not is_new:
            # Two at once are one visit: the second finds the first one's moment.
            ShareOpening.objects.filter(pk=opening.pk, last_at__lte=now - ONE_VISIT).update(
                last_at=now, count=F("count") + 1, language=language
            )
