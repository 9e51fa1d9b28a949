"""Partners and what is agreed with them."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.documents import get_document_model_string
from wagtail.images import get_image_model_string
from wagtail.models import Orderable
from wagtail.search import index

from huunghi.conf import source_language

from ..fields import NamesField, PartialDateField
from .names import NamedMixin


class Partner(index.Indexed, NamedMixin):
    """The other side: a province, a country or a group of countries. One record, whatever languages its page has."""

    code = models.CharField(
        _("code"), max_length=60, unique=True, help_text=_("ISO 3166 code (KH-8) or a short name. It never changes.")
    )
    names = NamesField(_("names"), blank=True, help_text=_("Only if it is not called like its place."))
    place = models.ForeignKey(
        "huunghi_partners.Place",
        verbose_name=_("place"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="partners",
        help_text=_("The province, country or group. Its names are the partner's names."),
    )
    counterpart = models.ForeignKey(
        "huunghi_partners.Organisation",
        verbose_name=_("counterpart"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="partners",
        help_text=_("The organisation on the other side that we work with."),
    )
    emblem = models.ForeignKey(
        get_image_model_string(),
        verbose_name=_("emblem"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Shown on the partner's page."),
    )
    contact = models.TextField(
        _("contact"), blank=True, help_text=_("For staff only: it is shown on no page and in no answer of the API.")
    )
    readers = models.OneToOneField(
        "auth.Group",
        verbose_name=_("readers"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="huunghi_partner",
        help_text=_("Members of this group read what is shared with the partner."),
    )
    active = models.BooleanField(
        _("active"), default=True, help_text=_("Untick to close everything that is shared with the partner.")
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
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["code"]

    panels = [
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("code"), FieldPanel("active")]), FieldPanel("place"), FieldPanel("names")],
            _("Partner"),
        ),
        MultiFieldPanel([FieldPanel("counterpart"), FieldPanel("emblem"), FieldPanel("contact")], _("Counterpart")),
        MultiFieldPanel([FieldPanel("readers"), FieldPanel("unit")], _("Access")),
    ]
    search_fields = [
        index.AutocompleteField("code"),
        index.SearchField("names_to_find"),
        index.AutocompleteField("names_to_find"),
    ]

    def all_names(self) -> list[str]:
        return [*super().all_names(), *(self.place.all_names() if self.place else [])]

    def name_and_language(self, language: str) -> tuple[str, str]:
        if self.names.get(language) or self.place is None:
            return super().name_and_language(language)
        return self.place.name_and_language(language)

    def name_in(self, language: str) -> str:
        return self.name_and_language(language)[0] or super().name_in(language)

    def clean(self) -> None:
        super().clean()
        if self.place is None and not self.names.get(source_language()):
            raise ValidationError({"place": _("Choose the place of the partner, or give the partner a name.")})

    @property
    def country_key(self) -> str:
        """Key of the partner's country or group; its own code when it has no place."""
        return self.place.country.key if self.place else self.code


class PartnershipState(models.TextChoices):
    CONTACT = "contact", _("In contact")
    AGREED = "agreed", _("Agreed")
    ACTIVE = "active", _("Active")
    DORMANT = "dormant", _("Dormant")
    ENDED = "ended", _("Ended")


class Partnership(ClusterableModel):
    """A lasting relation of one of our organisations with a partner, or with another organisation at home."""

    class Level(models.TextChoices):
        NATIONAL = "national", _("National")
        PROVINCE = "province", _("Province")
        DISTRICT = "district", _("District")
        ORGANISATION = "organisation", _("Organisation")

    key = models.SlugField(
        _("key"), max_length=120, unique=True, help_text=_("A short name in small letters. It never changes.")
    )
    organisation = models.ForeignKey(
        "huunghi_partners.Organisation",
        verbose_name=_("our organisation"),
        on_delete=models.PROTECT,
        related_name="partnerships",
        help_text=_("Who of us keeps the relation."),
    )
    partner = models.ForeignKey(
        Partner,
        verbose_name=_("partner"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="partnerships",
        help_text=_("The partner abroad."),
    )
    other_organisation = models.ForeignKey(
        "huunghi_partners.Organisation",
        verbose_name=_("organisation at home"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="partnerships_as_other_side",
        help_text=_("Instead of a partner: a broadcaster or news agency, for example."),
    )
    level = models.CharField(
        _("level"),
        max_length=16,
        choices=Level.choices,
        default=Level.PROVINCE,
        help_text=_("Between whom the relation is kept."),
    )
    fields = ParentalManyToManyField(
        "huunghi_partners.CooperationField",
        verbose_name=_("fields of cooperation"),
        blank=True,
        related_name="+",
        help_text=_("What the relation is about."),
    )
    status = models.CharField(
        _("status"),
        max_length=16,
        choices=PartnershipState.choices,
        default=PartnershipState.CONTACT,
        help_text=_("How things stand today; the history is kept below."),
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
        verbose_name = _("partnership")
        verbose_name_plural = _("partnerships")
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(partner__isnull=False) ^ models.Q(other_organisation__isnull=False),
                name="huunghi_partnership_one_other_side",
            )
        ]

    panels = [
        MultiFieldPanel(
            [
                FieldPanel("organisation"),
                FieldPanel("partner"),
                FieldPanel("other_organisation"),
                FieldRowPanel([FieldPanel("level"), FieldPanel("status")]),
                FieldPanel("fields", widget=CheckboxSelectMultiple),
            ],
            _("Partnership"),
        ),
        InlinePanel("agreements", heading=_("Agreements"), label=_("Agreement")),
        InlinePanel("status_history", heading=_("History"), label=_("Status")),
        MultiFieldPanel([FieldRowPanel([FieldPanel("key"), FieldPanel("unit")])], _("Record")),
    ]

    def __str__(self) -> str:
        return f"{self.organisation} – {self.partner or self.other_organisation}"

    def clean(self) -> None:
        super().clean()
        if (self.partner is None) == (self.other_organisation is None):
            raise ValidationError({"partner": _("Choose either a partner or an organisation at home.")})


class PartnershipStatus(Orderable):
    """One step of a partnership's history."""

    partnership = ParentalKey(Partnership, on_delete=models.CASCADE, related_name="status_history")
    status = models.CharField(
        _("status"), max_length=16, choices=PartnershipState.choices, help_text=_("The status that began then.")
    )
    since = PartialDateField(_("since"), help_text=_("dd/mm/yyyy, mm/yyyy or yyyy."))
    reason = models.CharField(_("reason"), max_length=500, blank=True, help_text=_("Why it changed."))

    class Meta(Orderable.Meta):
        verbose_name = _("status of a partnership")
        verbose_name_plural = _("history of a partnership")

    def __str__(self) -> str:
        return self.get_status_display()


class Agreement(NamedMixin, ClusterableModel, Orderable):
    """Something signed, or prepared to be signed, within a partnership."""

    partnership = ParentalKey(Partnership, on_delete=models.CASCADE, related_name="agreements")
    names = NamesField(_("title"), help_text=_("The title in each language."))
    signed_on = PartialDateField(_("signed on"), help_text=_("dd/mm/yyyy, mm/yyyy or yyyy; empty if not signed."))
    place = models.ForeignKey(
        "huunghi_partners.Place",
        verbose_name=_("signed at"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Where it was signed."),
    )
    valid_until = PartialDateField(_("valid until"), help_text=_("Empty if it has no end or the end is not known."))
    official_document = models.ForeignKey(
        "huunghi_partners.OfficialDocument",
        verbose_name=_("official document"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("The record of the signed text."),
    )
    file = models.ForeignKey(
        get_document_model_string(),
        verbose_name=_("file"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("The signed text, if it may be shown."),
    )
    fields = ParentalManyToManyField(
        "huunghi_partners.CooperationField",
        verbose_name=_("fields of cooperation"),
        blank=True,
        related_name="+",
        help_text=_("What it covers."),
    )

    class Meta(Orderable.Meta):
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
