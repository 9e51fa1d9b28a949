"""What the harvesting protocol remembers."""

from __future__ import annotations

from django.db import models


class HarvestRecord(models.Model):
    """An event that was public once, so that harvesters are told when it is not any more.

    Holds no text. `version` says which state of the event `changed_at` belongs to. Whether the event is public is not
    read from here but asked anew; see `feeds.oai.records`.
    """

    key = models.UUIDField(primary_key=True)  # translation key
    # Whole seconds, as the protocol has them; empty until a harvester asks for the first time.
    changed_at = models.DateTimeField(null=True)
    deleted = models.BooleanField(default=False)
    version = models.CharField(max_length=80, blank=True)
    sets = models.TextField(blank=True)  # " kind:meeting partner:KH-8 ", with spaces around each

    class Meta:
        verbose_name = "harvest record"
        verbose_name_plural = "harvest records"
        indexes = [models.Index(fields=["changed_at", "key"], name="huunghi_harvest_order")]

    def __str__(self) -> str:
        return str(self.key)
