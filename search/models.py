"""The glossary that editors keep, and what the feeding of the index has to remember."""

from __future__ import annotations

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.models import Orderable
from wagtail.search import index


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
    def next(cls, name: str) -> int:
        """Add one and return the new value; holds the row until the transaction ends."""
        cls.objects.get_or_create(name=name)
        cls.objects.filter(name=name).update(value=F("value") + 1)
        return cls.objects.values_list("value", flat=True).get(name=name)

    @classmethod
    def current(cls, name: str) -> int:
        return cls.objects.filter(name=name).values_list("value", flat=True).first() or 0


class PendingChange(models.Model):
    """A record whose present state has not reached every index yet.

    Written in the transaction that changes the record, removed when all engines have it: a crash in between loses
    nothing, `huunghi_index work` goes on where it stopped.
    """

    type = models.CharField(max_length=20)
    key = models.CharField(max_length=100)
    version = models.BigIntegerField()
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "pending change"
        verbose_name_plural = "pending changes"
        constraints = [models.UniqueConstraint(fields=["type", "key"], name="huunghi_pending_change_once")]

    def __str__(self) -> str:
        return f"{self.type} {self.key}"
