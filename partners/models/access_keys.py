"""What opens a partner's part of the archive to a program or a person, beside the password."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LONGEST_LIFE = timedelta(days=366)
USUAL_LIFE = timedelta(days=180)


class PartnerKeyQuerySet(models.QuerySet):
    def active(self, now: datetime | None = None) -> PartnerKeyQuerySet:
        """Keys that open something now: not expired, not revoked, of an active partner."""
        return self.filter(expires_at__gt=now or timezone.now(), revoked_at__isnull=True, partner__active=True)


class PartnerKey(models.Model):
    """A program that reads in a partner's name what is shared with it. The key itself is shown once and never kept."""

    partner = models.ForeignKey(
        "huunghi_partners.Partner",
        verbose_name=_("partner"),
        editable=False,
        on_delete=models.CASCADE,
        related_name="keys",
    )
    name = models.CharField(
        _("name"), max_length=120, help_text=_("Which program or office uses it, so that you know what you revoke.")
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("ends"), help_text=_("After that it opens nothing; a year from now at most."))
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)

    objects = PartnerKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner key")
        verbose_name_plural = _("partner keys")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.name} ({self.partner})"

    def clean(self) -> None:
        super().clean()
        if self.expires_at and not timezone.now() < self.expires_at <= timezone.now() + LONGEST_LIFE:
            raise ValidationError({"expires_at": _("Choose a day within the next year.")})

    @property
    def state(self) -> str:
        """ "open", "revoked" or "expired"; says nothing about the partner."""
        if self.revoked_at:
            return "revoked"
        return "open" if self.expires_at > timezone.now() else "expired"

    def revoke(self, user: Any = None) -> None:
        """Close it from the commit on. Revoking twice changes nothing."""
        if self.revoked_at is None:
            self.revoked_at, self.revoked_by = timezone.now(), user
            self.save(update_fields=["revoked_at", "revoked_by"])


class PortalReader(models.Model):
    """What the portal remembers of a partner's reader. Times tell what is new since the visit before."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="huunghi_portal")
    language = models.CharField(_("language"), max_length=12, blank=True)
    seen_at = models.DateTimeField(null=True)  # of the visit that goes on
    seen_before = models.DateTimeField(null=True)  # the end of the visit before

    class Meta:
        verbose_name = "portal reader"
        verbose_name_plural = "portal readers"

    def __str__(self) -> str:
        return str(self.user)


class CalendarAddress(models.Model):
    """The private calendar of one reader. A new address replaces the old one, which opens nothing from then on."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="huunghi_calendar")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "calendar address"
        verbose_name_plural = "calendar addresses"

    def __str__(self) -> str:
        return str(self.user)


class SecondFactor(models.Model):
    """A telephone that makes codes. Its secret is made of `seed` and SECRET_KEY: the row alone makes no code."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="huunghi_second_factor"
    )
    seed = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True)  # until then nobody is asked for a code
    last_step = models.BigIntegerField(default=0)  # of the last code that was taken: each is good once

    class Meta:
        verbose_name = "second factor"
        verbose_name_plural = "second factors"

    def __str__(self) -> str:
        return str(self.user)


class RecoveryCode(models.Model):
    """A code on paper for the day when the telephone is lost. It is deleted when it is used."""

    factor = models.ForeignKey(SecondFactor, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = "recovery code"
        verbose_name_plural = "recovery codes"
        constraints = [models.UniqueConstraint(fields=["factor", "digest"], name="huunghi_recovery_code_once")]

    def __str__(self) -> str:
        return str(self.factor)
