"""Articles: the texts around the events."""

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
from huunghi.partners.models.rows import AppearanceRow, DocumentRow, PhotoRow
from huunghi.partners.widgets import FilteredSelectMultiple

from ..blocks import BodyBlock
from ..panels import row_panels, text_panels


class ArticleIndexPage(IndexPage):
    template = "huunghi_events/article_index_page.html"
    page_description = _("The list of news reports, features and guidance.")
    subpage_types = ["huunghi_events.ArticleIndexPage", "huunghi_events.ArticlePage"]

    class Meta:
        verbose_name = _("list of articles")
        verbose_name_plural = _("lists of articles")


class ArticlePage(ArchivePage):
    """A news report, feature, guidance, press release or statement."""

    class Genre(models.TextChoices):
        NEWS = "news", _("News report")
        FEATURE = "feature", _("Feature")
        REPORTAGE = "reportage", _("Reportage")
        GUIDANCE = "guidance", _("Guidance")
        PRESS_RELEASE = "press-release", _("Press release")
        STATEMENT = "statement", _("Statement")

    template = "huunghi_events/article_page.html"
    page_description = _("A text around events: news, feature, guidance, press release or statement.")
    parent_page_types = ["huunghi_events.ArticleIndexPage"]
    subpage_types: ClassVar[list[str]] = []

    summary = models.TextField(_("summary"), blank=True, help_text=_("One or two sentences for lists and search."))
    body = StreamField(BodyBlock(), verbose_name=_("text"), blank=True, help_text=_("The text of the article."))
    genre = models.CharField(
        _("genre"), max_length=16, choices=Genre.choices, default=Genre.NEWS, help_text=_("What sort of text it is.")
    )
    byline = models.CharField(_("byline"), max_length=160, blank=True, help_text=_("As printed."))
    published_on = PartialDateField(_("published on"), help_text=_("dd/mm/yyyy, mm/yyyy or yyyy."))
    published_time = models.TimeField(_("at"), null=True, blank=True, help_text=_("Hour and minute, if known."))
    outlet = models.CharField(_("outlet"), max_length=255, blank=True, help_text=_("Where it appeared first."))
    address = models.URLField(_("address"), blank=True, help_text=_("A link to the first publication."))
    events = ParentalManyToManyField(
        "huunghi_events.EventPage",
        verbose_name=_("events"),
        blank=True,
        related_name="articles",
        help_text=_("The events it reports on."),
    )
    partners = ParentalManyToManyField(
        "huunghi_partners.Partner",
        verbose_name=_("partners"),
        blank=True,
        related_name="articles",
        help_text=_("The partners it speaks of."),
    )
    places = ParentalManyToManyField(
        "huunghi_partners.Place",
        verbose_name=_("places"),
        blank=True,
        related_name="+",
        help_text=_("The places it speaks of."),
    )
    fields = ParentalManyToManyField(
        "huunghi_partners.CooperationField",
        verbose_name=_("fields of cooperation"),
        blank=True,
        related_name="+",
        help_text=_("What it is about."),
    )
    publications = ParentalManyToManyField(
        "huunghi_events.Publication",
        verbose_name=_("publications"),
        blank=True,
        related_name="articles",
        help_text=_("Publications it speaks of."),
    )

    shared_fields = (
        *ArchivePage.shared_fields,
        "genre",
        "byline",
        "published_on",
        "published_time",
        "outlet",
        "address",
        "events",
        "partners",
        "places",
        "fields",
        "publications",
    )
    shared_rows = ("appearances", "documents", "photos")

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")

    content_panels = [
        *text_panels(),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("genre"), FieldPanel("byline")]),
                FieldRowPanel([FieldPanel("published_on"), FieldPanel("published_time")]),
                FieldRowPanel([FieldPanel("outlet"), FieldPanel("address")]),
            ],
            _("Publication"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("events", widget=FilteredSelectMultiple),
                FieldPanel("partners", widget=FilteredSelectMultiple),
                FieldPanel("places", widget=FilteredSelectMultiple),
                FieldPanel("fields", widget=CheckboxSelectMultiple),
                FieldPanel("publications", widget=FilteredSelectMultiple),
            ],
            _("What it is about"),
        ),
        *row_panels("appearances", "documents", "photos"),
        *ArchivePage.unit_panels,
    ]
    search_fields = [*Page.search_fields, index.SearchField("summary"), index.SearchField("body")]


class ArticleAppearance(AppearanceRow):
    page = ParentalKey(ArticlePage, on_delete=models.CASCADE, related_name="appearances")


class ArticleDocument(DocumentRow):
    page = ParentalKey(ArticlePage, on_delete=models.CASCADE, related_name="documents")


class ArticlePhoto(PhotoRow):
    page = ParentalKey(ArticlePage, on_delete=models.CASCADE, related_name="photos")
