"""The front page, and the pages that list records."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page, PageManager

from huunghi.partners.models.pages import GuardedPage, IndexPage


class HomePage(GuardedPage, Page):
    """The front page of the archive in one language."""

    page_ptr = models.OneToOneField(
        Page, parent_link=True, related_name="huunghi_homepage", on_delete=models.CASCADE, primary_key=True
    )
    introduction = models.TextField(
        _("introduction"), blank=True, help_text=_("Two or three sentences: whose archive this is, and what it holds.")
    )
    contact = models.TextField(
        _("contact"), blank=True, help_text=_("Address, telephone and mail for the foot of pages.")
    )

    objects = PageManager()

    template = "huunghi/home_page.html"
    page_description = _("The front page of the archive.")
    subpage_types = [
        "huunghi_events.EventIndexPage",
        "huunghi_events.ExchangeIndexPage",
        "huunghi_partners.PartnerIndexPage",
        "huunghi_events.ArticleIndexPage",
        "huunghi_events.PlanIndexPage",
        "huunghi_events.ReportIndexPage",
        "huunghi_events.PublicationIndexPage",
        "huunghi_events.ChannelIndexPage",
    ]

    class Meta:
        verbose_name = _("front page")
        verbose_name_plural = _("front pages")

    content_panels = [*Page.content_panels, FieldPanel("introduction"), FieldPanel("contact")]


class PublicationIndexPage(IndexPage):
    template = "huunghi_events/publication_index_page.html"
    page_description = _("The list of publications, made from their records.")
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("list of publications")
        verbose_name_plural = _("lists of publications")


class ChannelIndexPage(IndexPage):
    template = "huunghi_events/channel_index_page.html"
    page_description = _("The list of channels, made from their records.")
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("list of channels")
        verbose_name_plural = _("lists of channels")
