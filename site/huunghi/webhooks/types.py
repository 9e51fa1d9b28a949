"""What messages tell of."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class MessageType(models.TextChoices):
    EVENT_PUBLISHED = "event.published", _("An event can be read by everyone now")
    EVENT_CHANGED = "event.changed", _("A public event was changed")
    EVENT_CANCELLED = "event.cancelled", _("A public event was cancelled")
    EVENT_WITHDRAWN = "event.withdrawn", _("An event can not be read by everyone any more")
    SHARE_CREATED = "share.created", _("A page was shared with a partner")
    SHARE_REVOKED = "share.revoked", _("A share was revoked")
    CONFIRMATION_RECEIVED = "confirmation.received", _("A partner has answered a request to confirm")
    CONFIRMATION_COMPLETED = "confirmation.completed", _("Everything that a partner answered is decided")


TEST = "webhook.test"  # sent by a button; nobody subscribes to it
