"""What the import remembers."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


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
