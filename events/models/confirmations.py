"""What a partner was asked to confirm of an event, what it answered, and what the editors made of it."""

from __future__ import annotations

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

SHORT_TEXT = 160  # characters: names and functions of people
LONG_TEXT = 2000  # characters: remarks and reasons


class ConfirmationState(models.TextChoices):
    ASKED = "asked", _("Asked")
    ANSWERED = "answered", _("Answered")
    PART = "part", _("Decided in part")
    DONE = "done", _("Done")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ConfirmationQuerySet(models.QuerySet):
    def in_state(self, state: str, today: date | None = None) -> ConfirmationQuerySet:
        """The rounds in a state; `Confirmation.state` says the same of one."""
        today = today or timezone.localdate()
        taken = Q(begun_at__isnull=False)
        conditions = {
            ConfirmationState.WITHDRAWN: Q(withdrawn_at__isnull=False),
            ConfirmationState.DONE: Q(closed_at__isnull=False),
            ConfirmationState.PART: Q(closed_at__isnull=True) & taken,
            ConfirmationState.ANSWERED: Q(closed_at__isnull=True, answered_at__isnull=False) & ~taken,
            ConfirmationState.ASKED: Q(answered_at__isnull=True, until__gte=today),
            ConfirmationState.EXPIRED: Q(answered_at__isnull=True, until__lt=today),
        }
        found = self.filter(conditions[ConfirmationState(state)])
        return found if state == ConfirmationState.WITHDRAWN else found.filter(withdrawn_at__isnull=True)


class Confirmation(models.Model):
    """One round: a partner is asked through one link whether the facts of one event are right.

    It holds a snapshot, so that both sides speak of the same values however the page changes meanwhile. The partner
    may correct its answer until the editors have decided the first field, or the day has passed.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    page_key = models.UUIDField(editable=False, db_index=True)  # translation key: survives the page itself
    page_title = models.CharField(max_length=255, editable=False)  # of the source page when it was asked; for editors
    link = models.ForeignKey(
        "huunghi_partners.ShareLink", editable=False, on_delete=models.PROTECT, related_name="confirmations"
    )
    partner = models.ForeignKey(  # None when the link belongs to no share
        "huunghi_partners.Partner", null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    language = models.CharField(max_length=12, editable=False)  # of the form
    text_language = models.CharField(max_length=12, editable=False)  # of the page that the texts were taken from
    until = models.DateField(_("until"), help_text=_("The last day on which the partner can answer."))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    # Counts what was sent; a form that was made for an earlier number is out of date.
    edition = models.PositiveIntegerField(default=0, editable=False)
    nonce = models.CharField(max_length=32, blank=True, editable=False)  # of the form that was taken last
    answered_at = models.DateTimeField(null=True, editable=False)
    answered_by = models.CharField(max_length=SHORT_TEXT, blank=True, editable=False)
    answered_as = models.CharField(max_length=SHORT_TEXT, blank=True, editable=False)
    remark = models.TextField(max_length=LONG_TEXT, blank=True, editable=False)

    begun_at = models.DateTimeField(null=True, editable=False)  # the first decision
    closed_at = models.DateTimeField(null=True, editable=False)  # the last one
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    shown = models.BooleanField(
        _("show on the page"),
        default=False,
        help_text=_("Readers of the event are told that both sides have confirmed it."),
    )

    objects = ConfirmationQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("confirmation")
        verbose_name_plural = _("confirmations")
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        partner = self.partner or _("any partner")
        return f"{self.page_title}: {partner}"

    @property
    def state(self) -> ConfirmationState:
        if self.withdrawn_at:
            return ConfirmationState.WITHDRAWN
        if self.closed_at:
            return ConfirmationState.DONE
        if self.answered_at:
            return ConfirmationState.PART if self.begun_at else ConfirmationState.ANSWERED
        return ConfirmationState.ASKED if self.until >= timezone.localdate() else ConfirmationState.EXPIRED

    @property
    def takes_answers(self) -> bool:
        """Whether the partner may still send or correct its answer."""
        return not (self.withdrawn_at or self.begun_at or self.closed_at) and self.until >= timezone.localdate()


class FactKind(models.TextChoices):
    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"


class FactGroup(models.TextChoices):
    NAMES = "names", _("Names")
    DATES = "dates", _("Dates")
    VENUES = "venues", _("Places")
    COUNTS = "counts", _("Numbers")


class FactHome(models.TextChoices):
    """Where a value is kept, and so where a correction has to go."""

    TEXT = "text"  # of the page in the partner's language
    FACT = "fact"  # the same in every language
    RECORD = "record"  # that other pages use too


class Answer(models.TextChoices):
    CORRECT = "correct"
    PROPOSED = "proposed"


class Decision(models.TextChoices):
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")


class ConfirmationField(models.Model):
    """One value of the snapshot, the partner's answer to it and the editors' decision.

    `value` and `proposal` are machine values: NFC text, digits with a point, an ISO date cut to its precision.
    """

    Answer = Answer
    Decision = Decision

    confirmation = models.ForeignKey(Confirmation, on_delete=models.CASCADE, related_name="fields")
    position = models.PositiveIntegerField()
    key = models.CharField(max_length=120)  # "title", "figures:<translation key>:quantity"
    group = models.CharField(max_length=8, choices=FactGroup.choices)
    kind = models.CharField(max_length=8, choices=FactKind.choices)
    home = models.CharField(max_length=8, choices=FactHome.choices)
    label = models.CharField(max_length=500)  # in the language of the form
    shown = models.TextField()
    value = models.TextField()
    answer = models.CharField(max_length=8, choices=Answer.choices, blank=True)
    proposal = models.TextField(blank=True)
    decision = models.CharField(max_length=8, choices=Decision.choices, blank=True)
    reason = models.CharField(
        _("reason"), max_length=500, blank=True, help_text=_("Why the value of the partner is not taken.")
    )
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("confirmed value")
        verbose_name_plural = _("confirmed values")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["confirmation", "key"], name="huunghi_confirmed_value_once")]

    def __str__(self) -> str:
        return f"{self.label}: {self.shown}"

    @property
    def is_open(self) -> bool:
        """Whether an editor has to decide it."""
        return self.answer == Answer.PROPOSED and not self.decision

    @property
    def agreed(self) -> str | None:
        """The machine value that both sides stand by; None when they do not agree."""
        if self.answer == Answer.CORRECT:
            return self.value
        return self.proposal if self.decision == Decision.ACCEPTED else None
