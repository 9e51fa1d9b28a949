"""What has to be purged still."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class StaleAnswer(models.Model):
    """A record whose answers proxies may hold as they were before, or some addresses that are gone.

    It is purged twice: a proxy may just be fetching the answer of before when the first purge comes. Whoever works on
    it has set `lease`, and moved `due_at` so far that nobody else takes it meanwhile.
    """

    type = models.CharField(max_length=20, blank=True)  # of a search record; "" for addresses
    key = models.CharField(max_length=200, blank=True)
    addresses = models.JSONField(default=list)
    due_at = models.DateTimeField(default=timezone.now, db_index=True)
    lease = models.CharField(max_length=32, blank=True, db_index=True)
    purged = models.BooleanField(default=False)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "stale answer"
        verbose_name_plural = "stale answers"

    def __str__(self) -> str:
        return f"{self.type} {self.key}".strip() or f"{len(self.addresses)} addresses"
