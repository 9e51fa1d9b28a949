"""Exchanges: continuing programmes and series, whose editions are events."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from huunghi.partners.fields import PartialDateField
from huunghi.partners.models.pages import ArchivePage, IndexPage
from huunghi.partners.models.rows import OrganiserRow, PartnerSideRow, PhotoRow

from ..blocks import BodyBlock
from ..panels import row_panels, text_panels


class ExchangeIndexPage(IndexPage):
    template = "huunghi_events/exchange_index_page.html"
    page_description = _("The list of cultural exchanges, series and programmes.")
    subpage_types = ["huunghi_events.ExchangeIndexPage", "huunghi_events.ExchangePage"]

    class Meta:
        verbose_name = _("list of exchanges")
        verbose_name_plural = _("lists of exchanges")


class ExchangePage(ArchivePage):
    """A continuing exchange of two or more sides, or a series or programme of one side."""

    class Form(models.TextChoices):
        EXCHANGE = "exchange", _("Exchange")
        SERIES = "series", _("Series")
        PROGRAMME = "programme", _("Programme")

    class Direction(models.TextChoices):
        INCOMING = "incoming", _("They come to us")
        OUTGOING = "outgoing", _("We go to them")
        MUTUAL = "mutual", _("Both ways")

    class Discipline(models.TextChoices):
        SPORT = "sport", _("Sport")
        SONG = "song", _("Song and music")
        DANCE = "dance", _("Dance")
        CRAFT = "craft", _("Craft")
        FOOD = "food", _("Food")
        SCHOOL = "school", _("School")
        YOUTH = "youth", _("Youth")
        LANGUAGE = "language", _("Language")
        HEALTH = "health", _("Health")
        OTHER = "other", _("Other")

    template = "huunghi_events/exchange_page.html"
    page_description = _("A continuing exchange, yearly series or programme; its editions are events.")
    parent_page_types = ["huunghi_events.ExchangeIndexPage"]
    subpage_types: ClassVar[list[str]] = []

    summary = models.TextField(_("summary"), blank=True, help_text=_("One or two sentences for lists and search."))
    body = StreamField(BodyBlock(), verbose_name=_("text"), blank=True, help_text=_("What the exchange is."))
    form = models.CharField(
        _("form"),
        max_length=10,
        choices=Form.choices,
        default=Form.EXCHANGE,
        help_text=_("An exchange has two or more sides; a series or programme may have one."),
    )
    discipline = models.CharField(
        _("discipline"),
        max_length=10,
        choices=Discipline.choices,
        blank=True,
        help_text=_("What is exchanged, if it is one thing above all."),
    )
    direction = models.CharField(
        _("direction"), max_length=10, choices=Direction.choices, blank=True, help_text=_("Who travels to whom.")
    )
    since = PartialDateField(_("since"), help_text=_("dd/mm/yyyy, mm/yyyy or yyyy; empty if not known."))
    fields = ParentalManyToManyField(
        "huunghi_partners.CooperationField",
        verbose_name=_("fields of cooperation"),
        blank=True,
        related_name="+",
        help_text=_("What it is about."),
    )

    shared_fields = (*ArchivePage.shared_fields, "form", "discipline", "direction", "since", "fields")
    shared_rows = ("partner_sides", "organisers", "photos")

    class Meta:
        verbose_name = _("exchange")
        verbose_name_plural = _("exchanges")

    content_panels = [
        *text_panels(),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("form"), FieldPanel("direction")]),
                FieldRowPanel([FieldPanel("discipline"), FieldPanel("since")]),
                FieldPanel("fields", widget=CheckboxSelectMultiple),
            ],
            _("Exchange"),
        ),
        *row_panels("partner_sides", "organisers", "photos"),
        *ArchivePage.unit_panels,
    ]
    search_fields = [*Page.search_fields, index.SearchField("summary"), index.SearchField("body")]


class ExchangePartnerSide(PartnerSideRow):
    page = ParentalKey(ExchangePage, on_delete=models.CASCADE, related_name="partner_sides")


class ExchangeOrganiser(OrganiserRow):
    page = ParentalKey(ExchangePage, on_delete=models.CASCADE, related_name="organisers")


class ExchangePhoto(PhotoRow):
    page = ParentalKey(ExchangePage, on_delete=models.CASCADE, related_name="photos")
