"""Publications and the channels through which the archive's owners speak."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.documents import get_document_model_string
from wagtail.models import Orderable
from wagtail.search import index

from huunghi.partners.fields import NamesField, PartialDateField
from huunghi.partners.models.names import NamedMixin


class Publication(index.Indexed, NamedMixin, ClusterableModel):
    """A book, leaflet, film or serial, with an edition per language and issue."""

    key = models.SlugField(
        _("key"), max_length=80, unique=True, help_text=_("A short name in small letters. It never changes.")
    )
    names = NamesField(_("title"), help_text=_("The title in each language."))
    issuer = models.ForeignKey(
        "huunghi_partners.Organisation",
        verbose_name=_("issuer"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="publications",
        help_text=_("The body that publishes it."),
    )
    is_serial = models.BooleanField(
        _("appears regularly"), default=False, help_text=_("A bulletin or magazine with issues.")
    )
    subject = NamesField(_("subject"), blank=True, help_text=_("What it is about, in a few words per language."))
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
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ["key"]

    panels = [
        MultiFieldPanel(
            [
                FieldPanel("names"),
                FieldPanel("subject"),
                FieldRowPanel([FieldPanel("issuer"), FieldPanel("is_serial")]),
            ],
            _("Publication"),
        ),
        InlinePanel("editions", heading=_("Editions"), label=_("Edition")),
        MultiFieldPanel([FieldRowPanel([FieldPanel("key"), FieldPanel("unit")])], _("Record")),
    ]
    search_fields = [index.AutocompleteField("key"), index.SearchField("names")]


class Edition(Orderable):
    """One language and issue of a publication."""

    class Format(models.TextChoices):
        PRINT = "print", _("On paper")
        WEB = "web", _("Web")
        FILM = "film", _("Film")
        DISC = "disc", _("Disc")

    publication = ParentalKey(Publication, on_delete=models.CASCADE, related_name="editions")
    language = models.CharField(
        _("language"), max_length=12, default="vi", help_text=_("Language code: vi, km, en, lo, zh-hans.")
    )
    format = models.CharField(
        _("format"), max_length=8, choices=Format.choices, default=Format.PRINT, help_text=_("How it is published.")
    )
    issue = models.CharField(_("issue"), max_length=60, blank=True, help_text=_("Number of the issue, for a serial."))
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True, help_text=_("Year of publication."))
    print_run = models.PositiveIntegerField(
        _("print run"), null=True, blank=True, help_text=_("Number of copies; empty if not known.")
    )
    file = models.ForeignKey(
        get_document_model_string(),
        verbose_name=_("file"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("The digital edition, if readers may open it."),
    )
    aligned_with = models.ForeignKey(
        "self",
        verbose_name=_("aligned with"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("The edition in another language that says the same."),
    )

    class Meta(Orderable.Meta):
        verbose_name = _("edition")
        verbose_name_plural = _("editions")

    def __str__(self) -> str:
        return " · ".join(filter(None, [self.language, self.issue, str(self.year or "")]))


class Channel(index.Indexed, NamedMixin):
    """A portal, newspaper, loudspeaker, screen at a gate or banner route."""

    class Kind(models.TextChoices):
        PORTAL = "portal", _("Portal")
        NEWS_AGENCY = "news-agency", _("News agency")
        BROADCASTER = "broadcaster", _("Broadcaster")
        NEWSPAPER = "newspaper", _("Newspaper")
        PRESS = "press", _("Press")
        RADIO = "radio", _("District radio")
        DISPLAY = "display", _("Display at a gate")
        BANNER = "banner", _("Banner")
        SOCIAL_NETWORK = "social-network", _("Social network")
        NETWORK = "network", _("Media network")

    key = models.SlugField(
        _("key"), max_length=80, unique=True, help_text=_("A short name in small letters. It never changes.")
    )
    names = NamesField(_("names"), help_text=_("The name in each language."))
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices, help_text=_("What sort of channel it is."))
    owner = models.ForeignKey(
        "huunghi_partners.Organisation",
        verbose_name=_("owner"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="channels",
        help_text=_("The body that runs it."),
    )
    address = models.CharField(_("address"), max_length=255, blank=True, help_text=_("Web address or location."))
    place = models.ForeignKey(
        "huunghi_partners.Place",
        verbose_name=_("place"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Where it stands or reaches."),
    )
    languages = models.CharField(
        _("languages"), max_length=80, blank=True, help_text=_("Language codes, separated by commas: vi, km, en.")
    )
    active_from = PartialDateField(_("active from"), help_text=_("dd/mm/yyyy, mm/yyyy or yyyy."))
    active_to = PartialDateField(_("active until"), help_text=_("dd/mm/yyyy, mm/yyyy or yyyy; empty if it still is."))
    is_group = models.BooleanField(
        _("stands for a group"), default=False, help_text=_("Tick when this is a class of channels.")
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
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        ordering = ["key"]

    panels = [
        MultiFieldPanel(
            [
                FieldPanel("names"),
                FieldRowPanel([FieldPanel("kind"), FieldPanel("is_group")]),
                FieldPanel("owner"),
                FieldRowPanel([FieldPanel("address"), FieldPanel("place")]),
                FieldPanel("languages"),
                FieldRowPanel([FieldPanel("active_from"), FieldPanel("active_to")]),
            ],
            _("Channel"),
        ),
        MultiFieldPanel([FieldRowPanel([FieldPanel("key"), FieldPanel("unit")])], _("Record")),
    ]
    search_fields = [index.AutocompleteField("key"), index.SearchField("names"), index.FilterField("kind")]
