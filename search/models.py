"""The glossary that editors keep, and what the feeding of the index has to remember."""

from __future__ import annotations

from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.models import Orderable
from wagtail.search import index

from .attachments.models import FileState, FileText
from .cards.models import Card, CardText, CardTopic

__all__ = [
    "Card",
    "CardText",
    "CardTopic",
    "Concept",
    "ConceptTerm",
    "Counter",
    "DocumentVariant",
    "FileState",
    "FileText",
    "IndexTarget",
    "PendingChange",
    "Priority",
]


class Concept(index.Indexed, ClusterableModel):
    """One meaning with its terms in several languages: who asks for one is also shown what holds another."""

    code = models.SlugField(
        _("code"), max_length=80, unique=True, help_text=_("A short name in small letters. It never changes.")
    )
    kind = models.CharField(
        _("kind"), max_length=40, blank=True, help_text=_("A group of your choice: event, organisation, festival …")
    )
    note = models.CharField(_("note"), max_length=500, blank=True, help_text=_("For editors: sources, doubts."))
    uncertain = models.BooleanField(
        _("uncertain"), default=False, help_text=_("Tick when someone who knows the language should check it.")
    )

    class Meta:
        verbose_name = _("glossary entry")
        verbose_name_plural = _("glossary")
        ordering = ["code"]

    panels = [
        FieldRowPanel([FieldPanel("code"), FieldPanel("kind"), FieldPanel("uncertain")]),
        InlinePanel("terms", heading=_("Terms"), label=_("Term"), min_num=1),
        FieldPanel("note"),
    ]
    search_fields = [
        index.AutocompleteField("code"),
        index.RelatedFields("terms", [index.SearchField("text"), index.AutocompleteField("text")]),
    ]

    def __str__(self) -> str:
        return self.code


class ConceptTerm(Orderable):
    concept = ParentalKey(Concept, on_delete=models.CASCADE, related_name="terms")
    language = models.CharField(
        _("language"), max_length=12, default="vi", help_text=_("Language code: vi, km, en, lo, zh-hans.")
    )
    text = models.CharField(_("term"), max_length=160, help_text=_("A word or phrase of this language."))
    preferred = models.BooleanField(
        _("preferred"), default=False, help_text=_("The word to use in translations, of several.")
    )

    class Meta(Orderable.Meta):
        verbose_name = _("term")
        verbose_name_plural = _("terms")

    def __str__(self) -> str:
        return f"{self.text} ({self.language})"


class Counter(models.Model):
    """A number that only grows, shared by all processes."""

    name = models.CharField(max_length=40, primary_key=True)
    value = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = "counter"
        verbose_name_plural = "counters"

    def __str__(self) -> str:
        return f"{self.name} {self.value}"

    @classmethod
    def next(cls, name: str, at_least: int = 0) -> int:
        """Add one, or more if that is less than `at_least`, and return the new value; holds the row until the
        transaction ends.
        """
        following = Greatest(F("value") + 1, at_least)
        with transaction.atomic():
            if not cls.objects.filter(name=name).update(value=following):
                cls.objects.get_or_create(name=name)
                cls.objects.filter(name=name).update(value=following)
            return cls.objects.values_list("value", flat=True).get(name=name)

    @classmethod
    def current(cls, name: str) -> int:
        return cls.objects.filter(name=name).values_list("value", flat=True).first() or 0

    @classmethod
    def raise_to(cls, name: str, value: int) -> bool:
        """Make the number at least this large; whether it was smaller."""
        cls.objects.get_or_create(name=name)
        return bool(cls.objects.filter(name=name, value__lt=value).update(value=value))


class IndexTarget(models.Model):
    """An index that has to be fed: the live one of each engine, and the one that a rebuild is filling.

    `host` names the computer whose file it is; it is empty for an engine that all hosts share. `done_type` and
    `done_key` are the last record that a rebuild has written.
    """

    class State(models.TextChoices):
        LIVE = "live", "live"
        BUILDING = "building", "building"

    engine = models.CharField(max_length=20)
    host = models.CharField(max_length=36, blank=True)
    index = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State.choices)
    created_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)  # a process that can feed it was there

    done_type = models.CharField(max_length=20, blank=True)
    done_key = models.CharField(max_length=200, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    written = models.PositiveIntegerField(default=0)
    filled_at = models.DateTimeField(null=True)
    lease = models.CharField(max_length=32, blank=True)
    leased_until = models.DateTimeField(null=True)
    previous = models.CharField(max_length=200, blank=True)  # what was live before; dropped when nobody reads it
    published_at = models.DateTimeField(null=True)

    failures = models.PositiveIntegerField(default=0)  # of the engine, one after the other
    retry_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    sampled_at = models.DateTimeField(null=True)
    sample_key = models.CharField(max_length=200, blank=True)
    verified_at = models.DateTimeField(null=True)
    drift = models.JSONField(default=dict, blank=True)  # of the last whole verification

    class Meta:
        verbose_name = "index target"
        verbose_name_plural = "index targets"
        constraints = [
            models.UniqueConstraint(fields=["engine", "host", "state"], name="huunghi_target_one_of_each_state"),
            models.UniqueConstraint(fields=["engine", "host", "index"], name="huunghi_target_once"),
        ]

    def __str__(self) -> str:
        return f"{self.engine}: {self.index}"


class Priority(models.IntegerChoices):
    """What is fed first."""

    REVOKING = 0, "revoking"  # somebody may read less than before; readers' answers leave these records out
    NORMAL = 1, "normal"
    BULK = 2, "bulk"


class PendingChange(models.Model):
    """A record whose present state has not reached an index yet, or a change of many records, not yet spelled out.

    Written in the transaction that makes the change, so that a crash in between loses nothing. A record has one row
    per target; a row without a target stands for many records ("subtree", "tree", "name", "all") and becomes theirs.
    `stamp` is another number after every change: a row is only removed while it has the one that was fed.
    """

    target = models.ForeignKey(IndexTarget, null=True, on_delete=models.CASCADE, related_name="pending")
    type = models.CharField(max_length=20)
    key = models.CharField(max_length=200)
    stamp = models.BigIntegerField()
    priority = models.SmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    changed_at = models.DateTimeField(default=timezone.now)  # of the first change that it stands for
    next_try_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)
    parked_at = models.DateTimeField(null=True)  # not tried again by itself
    lease = models.CharField(max_length=32, blank=True)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "pending change"
        verbose_name_plural = "pending changes"
        constraints = [
            models.UniqueConstraint(fields=["target", "type", "key"], name="huunghi_pending_once_per_target"),
            models.UniqueConstraint(
                fields=["type", "key"], condition=Q(target__isnull=True), name="huunghi_pending_once_for_all"
            ),
        ]
        indexes = [models.Index(fields=["target", "priority", "id"], name="huunghi_pending_order")]

    def __str__(self) -> str:
        return f"{self.type} {self.key}"


class DocumentVariant(models.Model):
    """An index may hold a document of this id beside the record's own: what one share shows of it.

    Noted before it is written, so that it is found again when the record is hidden or the share ends.
    """

    document_id = models.CharField(max_length=200, primary_key=True)
    record = models.CharField(max_length=200, db_index=True)  # id of the record's own document

    class Meta:
        verbose_name = "document variant"
        verbose_name_plural = "document variants"

    def __str__(self) -> str:
        return self.document_id
