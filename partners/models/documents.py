"""Official documents: plans, decisions, letters, agreements, by their numbers."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.documents import get_document_model_string
from wagtail.models import Orderable
from wagtail.search import index

from ..fields import NamesField, PartialDateField
from .names import NamedMixin


class DocumentType(models.TextChoices):
    PLAN = "plan", _("Plan")
    PROGRAMME = "programme", _("Programme")
    DECISION = "decision", _("Decision")
    DIRECTIVE = "directive", _("Directive")
    REPORT = "report", _("Report")
    LETTER = "letter", _("Letter")
    AGREEMENT = "agreement", _("Agreement")


class OfficialDocument(index.Indexed, NamedMixin, ClusterableModel):
    """A document known by number and symbol, "50/KH-UBND", even when nobody has the file."""

    key = models.SlugField(
        _("key"), max_length=80, unique=True, help_text=_("A short name in small letters. It never changes.")
    )
    number = models.CharField(_("number"), max_length=20, blank=True, help_text=_("The number before the slash: 50."))
    symbol = models.CharField(_("symbol"), max_length=60, blank=True, help_text=_("After the slash: KH-UBND."))
    type = models.CharField(
        _("type"), max_length=16, choices=DocumentType.choices, help_text=_("What sort of document it is.")
    )
    names = NamesField(_("title"), blank=True, help_text=_("The title in each language."))
    issuer = models.ForeignKey(
        "huunghi_partners.Organisation",
        verbose_name=_("issued by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="issued_documents",
        help_text=_("The body that signed it."),
    )
    date = PartialDateField(_("date"), help_text=_("dd/mm/yyyy, mm/yyyy or yyyy, as exactly as it is known."))
    file = models.ForeignKey(
        get_document_model_string(),
        verbose_name=_("file"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("The scanned or digital document, if it may be shown."),
    )
    unit = models.ForeignKey(
        "huunghi_partners.Organisation",
        verbose_name=_("unit"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The organisation that keeps this record."),
    )

    class Meta:
        verbose_name = _("official document")
        verbose_name_plural = _("official documents")
        ordering = ["-date", "key"]

    panels = [
        MultiFieldPanel(
            [
                FieldPanel("names"),
                FieldRowPanel([FieldPanel("number"), FieldPanel("symbol"), FieldPanel("type")]),
                FieldRowPanel([FieldPanel("date"), FieldPanel("issuer")]),
                FieldPanel("file"),
            ],
            _("Document"),
        ),
        InlinePanel("relations", heading=_("Related documents"), label=_("Relation")),
        MultiFieldPanel([FieldRowPanel([FieldPanel("key"), FieldPanel("unit")])], _("Record")),
    ]
    search_fields = [
        index.SearchField("full_number"),
        index.AutocompleteField("full_number"),
        index.AutocompleteField("key"),
    ]

    def __str__(self) -> str:
        return " · ".join(filter(None, [self.full_number, super().__str__()]))

    @property
    def full_number(self) -> str:
        return "/".join(filter(None, [self.number, self.symbol]))


class DocumentRelation(Orderable):
    """How one document stands to another."""

    class Kind(models.TextChoices):
        BASED_ON = "based-on", _("is based on")
        IMPLEMENTS = "implements", _("implements")
        REPLACES = "replaces", _("replaces")
        EMBEDDED_IN = "embedded-in", _("is part of")

    document = ParentalKey(OfficialDocument, on_delete=models.CASCADE, related_name="relations")
    kind = models.CharField(
        _("relation"), max_length=16, choices=Kind.choices, help_text=_("This document … the other one.")
    )
    target = models.ForeignKey(
        OfficialDocument,
        verbose_name=_("other document"),
        on_delete=models.PROTECT,
        related_name="inverse_relations",
        help_text=_("The document it refers to."),
    )

    class Meta(Orderable.Meta):
        verbose_name = _("relation of documents")
        verbose_name_plural = _("relations of documents")

    def __str__(self) -> str:
        return f"{self.document} {self.get_kind_display()} {self.target}"
