"""What is shared with a partner, and which sections are not open to everyone."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from ..access import Visibility


class ShareQuerySet(models.QuerySet):
    def active(self, today: date | None = None) -> ShareQuerySet:
        """Shares that open something today: begun, not ended, not revoked, of an active partner.

        `access_sql.is_shared` says the same in SQL.
        """
        today = today or timezone.localdate()
        return self.filter(
            Q(until__isnull=True) | Q(until__gte=today),
            since__lte=today,
            revoked_at__isnull=True,
            partner__active=True,
        )


class Share(models.Model):
    """One page or section that one partner's readers may read, from a day to a day, in chosen languages.

    It covers the page in all its translations, and whatever stands below it. It is never deleted, only revoked: the
    register tells years later what was shared with whom.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey(
        "huunghi_partners.Partner",
        verbose_name=_("partner"),
        on_delete=models.PROTECT,
        related_name="shares",
        help_text=_("Whose readers may read it."),
    )
    page_key = models.UUIDField(editable=False, db_index=True)  # translation key: survives the page itself
    page_title = models.CharField(max_length=255, editable=False)  # as it was when it was shared
    since = models.DateField(
        _("from"), default=timezone.localdate, help_text=_("The first day on which it can be read.")
    )
    until = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The last day on which it can be read. Empty: until revoked.")
    )
    languages = models.ManyToManyField(
        "wagtailcore.Locale",
        verbose_name=_("languages"),
        related_name="+",
        help_text=_("Only these translations are shared. A language added to the site later is not among them."),
    )
    note = models.TextField(_("note"), blank=True, help_text=_("For your colleagues; the partner does not see it."))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, editable=False)
    # Part of the token by which an index knows the share: after a change no older index entry answers to it.
    edition = models.PositiveIntegerField(default=1, editable=False)

    objects = ShareQuerySet.as_manager()

    class Meta:
        verbose_name = _("share")
        verbose_name_plural = _("shares")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["partner", "page_key"], name="huunghi_share_partner_page")]

    def __str__(self) -> str:
        return f"{self.page_title} → {self.partner}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        changed = self.pk and kwargs.get("update_fields") is None
        if changed:
            self.edition = F("edition") + 1
        super().save(*args, **kwargs)
        if changed:
            self.refresh_from_db(fields=["edition"])

    def clean(self) -> None:
        super().clean()
        if self.until and self.since and self.until < self.since:
            raise ValidationError({"until": _("It ends before it begins. Choose a later day.")})

    @property
    def token(self) -> str:
        """The audience that this share makes; a new one after every change."""
        return f"share:{self.pk}.{self.edition}"

    def is_active(self, today: date | None = None) -> bool:
        return Share.objects.active(today).filter(pk=self.pk).exists()

    def revoke(self, user: Any = None) -> None:
        """Close it from the commit on. Revoking twice changes nothing."""
        if self.revoked_at is None:
            self.revoked_at, self.revoked_by = timezone.now(), user
            self.save()


class WithheldRow(models.Model):
    """A row of the shared page, or a picture in its text, that the partner does not get.

    A row is named by its translation key, so that it is withheld in every language.
    """

    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="withheld")
    row_key = models.UUIDField(null=True, db_index=True)
    image_id = models.PositiveBigIntegerField(null=True)  # no foreign key: swappable model, and it outlives the picture
    label = models.CharField(max_length=255, blank=True)  # for the register, as it was when it was withheld

    class Meta:
        verbose_name = _("withheld row")
        verbose_name_plural = _("withheld rows")
        constraints = [
            models.UniqueConstraint(fields=["share", "row_key"], name="huunghi_withheld_row_once"),
            models.UniqueConstraint(fields=["share", "image_id"], name="huunghi_withheld_image_once"),
            models.CheckConstraint(
                condition=Q(row_key__isnull=False) ^ Q(image_id__isnull=False), name="huunghi_withheld_row_or_image"
            ),
        ]

    def __str__(self) -> str:
        return self.label or str(self.row_key or self.image_id)


class LockedSection(models.Model):
    """An index page that is not open to everyone, kept beside it so that every page below is asked for in one query.

    Written by `IndexPage.save()`. The path is the page's own, so a move needs nothing here.
    """

    page = models.OneToOneField(Page, on_delete=models.CASCADE, related_name="huunghi_lock", primary_key=True)
    visibility = models.CharField(max_length=12, choices=Visibility.choices)

    class Meta:
        verbose_name = "locked section"
        verbose_name_plural = "locked sections"

    def __str__(self) -> str:
        return f"{self.page} {self.visibility}"
