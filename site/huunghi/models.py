"""The tables of the plugin itself: what the import and the writing API remember, and what is to be sent."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .caching.models import StaleAnswer
from .feeds.models import HarvestRecord
from .webhooks.models import WebhookDelivery, WebhookEndpoint

__all__ = ["HarvestRecord", "ImportedItem", "StaleAnswer", "StoredAnswer", "WebhookDelivery", "WebhookEndpoint"]


class ImportedItem(models.Model):
    """The record or page that a line of an import file made, and what the import last wrote into it.

    `object_key` is the record's key or code, or the page's translation key: both outlive moves and translations.
    `fingerprints` holds a hash per field; a field that no longer has its hash was changed by a person.
    """

    source_id = models.CharField(_("identifier in the source"), max_length=200, unique=True)
    type = models.CharField(_("type"), max_length=20)
    object_key = models.CharField(_("record or page"), max_length=200)
    fingerprints = models.JSONField(_("fingerprints"), default=dict)
    created_at = models.DateTimeField(_("first imported"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last changed by an import"), auto_now=True)

    class Meta:
        verbose_name = _("imported item")
        verbose_name_plural = _("imported items")
        indexes = [models.Index(fields=["type", "object_key"])]

    def __str__(self) -> str:
        return self.source_id


class StoredAnswer(models.Model):
    """What was answered to a request with an `Idempotency-Key`, so that the same request is carried out once only.

    The row is made in the transaction of the request itself: a second one that comes at the same moment waits for it.
    """

    token = models.ForeignKey("wagtailcore.APIToken", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)  # of the request: another one with this key is refused
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "stored answer"
        verbose_name_plural = "stored answers"
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="huunghi_one_answer_for_each_key")]

    def __str__(self) -> str:
        return self.key
