"""Links that open one page to whoever holds them, and who opened what."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .shares import Share

USUAL_LIFE = timedelta(days=14)
LONGEST_LIFE = timedelta(days=90)


def usual_expiry() -> datetime:
    return timezone.now() + USUAL_LIFE


class LinkPurpose(models.TextChoices):
    VIEW = "view", _("Read the page")
    PREVIEW = "preview", _("See the draft")


class LinkState(models.TextChoices):
    OPEN = "open", _("Active")
    USED_UP = "used-up", _("Used up")
    EXPIRED = "expired", _("Expired")
    REVOKED = "revoked", _("Revoked")
    SHARE_ENDED = "share-ended", _("The share has ended")


class ShareLinkQuerySet(models.QuerySet):
    def live(self, now: datetime | None = None) -> ShareLinkQuerySet:
        """Links that open something at this moment to those who have been let in: see `is_used_up` for the others."""
        now = now or timezone.now()
        share_is_active = Q(share__isnull=True) | Q(share__in=Share.objects.active(timezone.localdate(now)))
        return self.filter(share_is_active, revoked_at__isnull=True, expires_at__gt=now)


class ShareLink(models.Model):
    """A secret address of one page, read without an account. The secret itself is kept nowhere, see `digest`.

    A link that belongs to a share lives no longer than the share, and leaves out what the share withholds. One that
    belongs to none opens the live text of its page whole. It is never deleted, only revoked: the register needs it.
    """

    Purpose = LinkPurpose
    State = LinkState

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # names the link in logs
    digest = models.CharField(max_length=64, unique=True, editable=False)  # HMAC of the token
    purpose = models.CharField(max_length=8, choices=LinkPurpose.choices, default=LinkPurpose.VIEW, editable=False)
    page_key = models.UUIDField(editable=False, db_index=True)  # translation key: survives the page itself
    page_title = models.CharField(max_length=255, editable=False)  # as it was when the link was made
    share = models.ForeignKey(
        Share, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="links"
    )
    page = models.ForeignKey(  # of a preview only: a draft has one language
        "wagtailcore.Page", null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    # A pinned revision that was deleted since must not turn into "the latest draft", hence the flag beside it.
    pinned = models.BooleanField(default=False, editable=False)
    revision = models.ForeignKey(
        "wagtailcore.Revision", null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    languages = models.ManyToManyField(
        "wagtailcore.Locale",
        verbose_name=_("languages"),
        related_name="+",
        help_text=_("The link opens these translations and no other."),
    )
    expires_at = models.DateTimeField(
        _("ends"), default=usual_expiry, help_text=_("After that it opens nothing; at most 90 days from now.")
    )
    most_uses = models.PositiveIntegerField(
        _("number of uses"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("How often it may be opened, each time by a button. Empty: as often as you like."),
    )
    uses = models.PositiveIntegerField(default=0, editable=False)
    password = models.CharField(
        _("password"),
        max_length=255,
        blank=True,
        help_text=_("Tell it by another way than the link, for example by telephone. Empty: none is asked for."),
    )
    note = models.TextField(_("note"), blank=True, help_text=_("For your colleagues: who gets this link, and why."))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = ShareLinkQuerySet.as_manager()

    wagtail_reference_index_ignore = True  # a link is no use of its page that would speak against deleting it

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.page_title} ({self.public_id})"

    def clean(self) -> None:
        super().clean()
        made = self.created_at or timezone.now()
        # A minute of grace: the form was opened before it is sent.
        if self.expires_at and not made < self.expires_at <= made + LONGEST_LIFE + timedelta(minutes=1):
            raise ValidationError({"expires_at": _("Choose a moment within the next 90 days.")})

    def set_password(self, password: str) -> None:
        """Ask for this password from now on; "" asks for none. Only its hash is kept."""
        self.password = make_password(password) if password else ""

    def accepts(self, password: str) -> bool:
        return not self.password or check_password(password, self.password)

    @property
    def is_used_up(self) -> bool:
        """No new reader is let in; those who were let in before go on reading until it ends."""
        return self.most_uses is not None and self.uses >= self.most_uses

    def take_use(self) -> bool:
        """Count one use; False, and nothing counted, when none was left. Two who come at once cannot share the last."""
        left = Q(most_uses__isnull=True) | Q(uses__lt=F("most_uses"))
        return bool(ShareLink.objects.live().filter(left, pk=self.pk).update(uses=F("uses") + 1))

    @property
    def state(self) -> LinkState:
        """For lists; whether it opens something is asked with `live()`."""
        if self.revoked_at:
            return LinkState.REVOKED
        if self.expires_at <= timezone.now():
            return LinkState.EXPIRED
        if self.share and not self.share.is_active():
            return LinkState.SHARE_ENDED
        return LinkState.USED_UP if self.is_used_up else LinkState.OPEN

    def revoke(self, user: Any = None) -> None:
        """Close it from the commit on. Revoking twice changes nothing."""
        if self.revoked_at is None:
            self.revoked_at, self.revoked_by = timezone.now(), user
            self.save(update_fields=["revoked_at", "revoked_by"])


class ShareOpening(models.Model):
    """That somebody opened what is shared: one row for each share and reader, or for each link."""

    share = models.ForeignKey(Share, null=True, on_delete=models.CASCADE, related_name="openings")
    link = models.ForeignKey(ShareLink, null=True, on_delete=models.CASCADE, related_name="openings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)  # visits, not requests: see `note_opening`
    language = models.CharField(max_length=12, blank=True)  # of the last visit

    class Meta:
        verbose_name = _("opening")
        verbose_name_plural = _("openings")
        ordering = ["-last_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["link"], name="huunghi_opening_of_link_once"),
            models.UniqueConstraint(fields=["share", "user"], name="huunghi_opening_by_user_once"),
        ]

    def __str__(self) -> str:
        return f"{self.share or self.link}: {self.last_at:%Y-%m-%d}"
