"""Who gets messages, and the messages with what became of them."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LONGEST_EXCERPT = 500  # characters of an answer or an error


class OffReason(models.TextChoices):
    FAILURES = "failures", _("Switched off: nothing could be delivered for five days.")
    GONE = "gone", _("Switched off: the receiver answered that it is gone for good.")


class WebhookEndpoint(models.Model):
    """An address of another server, and what it wants to be told.

    The secret is not here: it is derived from SECRET_KEY, see `signing`. `secret_edition` counts how often it was
    renewed, `key_check` tells with which SECRET_KEY.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120, help_text=_("Which program or office receives the messages."))
    address = models.URLField(
        _("address"),
        max_length=500,
        help_text=_("Begins with https:// and is reachable from the internet. Redirects are not followed."),
    )
    types = models.JSONField(_("messages"), default=list, help_text=_("What the receiver is told."))
    active = models.BooleanField(_("active"), default=True, help_text=_("Nothing is noted for it while it is off."))

    secret_edition = models.PositiveIntegerField(default=1, editable=False)
    secret_renewed_at = models.DateTimeField(null=True, editable=False)
    key_check = models.CharField(max_length=16, editable=False)

    failures = models.PositiveIntegerField(default=0, editable=False)  # in a row
    failing_since = models.DateTimeField(null=True, editable=False)
    paused_until = models.DateTimeField(null=True, editable=False)
    off_reason = models.CharField(max_length=12, choices=OffReason.choices, blank=True, editable=False)
    off_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    GIVEN_UP = "given-up", _("Given up")


def new_message_id() -> str:
    return f"msg_{uuid.uuid4().hex}"


class WebhookDelivery(models.Model):
    """One message to one endpoint. `message_id` is the same for all tries, so that a receiver knows a repeated one.

    Whoever works on it has set `lease`, and moved `next_try_at` so far that nobody else takes it meanwhile.
    """

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries")
    message_id = models.CharField(max_length=40, unique=True, default=new_message_id)
    type = models.CharField(max_length=40)
    record = models.CharField(max_length=40, blank=True)  # what the message is about: messages of one are combined
    body = models.TextField()
    state = models.CharField(max_length=12, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    lease = models.CharField(max_length=32, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    tried_at = models.DateTimeField(null=True)
    answer_code = models.PositiveSmallIntegerField(null=True)
    answer_text = models.CharField(max_length=LONGEST_EXCERPT, blank=True)
    problem = models.CharField(max_length=LONGEST_EXCERPT, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "webhook delivery"
        verbose_name_plural = "webhook deliveries"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["endpoint", "state", "next_try_at"], name="huunghi_delivery_due"),
            models.Index(fields=["endpoint", "record"], name="huunghi_delivery_record"),
            models.Index(fields=["state", "created_at"], name="huunghi_delivery_old"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.message_id}"
