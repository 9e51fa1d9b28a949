"""How often somebody tried what may not be tried for ever."""

from __future__ import annotations

from django.db import models


class Attempts(models.Model):
    """Failed attempts of one kind from one place since `began_at`. `key` is a keyed hash: no address is kept."""

    key = models.CharField(max_length=64, primary_key=True)
    began_at = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField()

    class Meta:
        verbose_name = "attempts"
        verbose_name_plural = "attempts"

    def __str__(self) -> str:
        return f"{self.count} since {self.began_at}"
