"""An event as Wagtail's documentation would have one write it."""

from __future__ import annotations

from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.api import APIField
from wagtail.fields import RichTextField
from wagtail.models import Orderable, Page
from wagtail.search import index


class EventIndexPage(Page):
    subpage_types = ["stock.EventPage"]


class EventPage(Page):
    summary = models.TextField(blank=True)
    body = RichTextField(blank=True)
    start_date = models.DateField(null=True, blank=True)
    end_date = models.DateField(null=True, blank=True)
    place = models.CharField(max_length=255, blank=True)

    search_fields = [*Page.search_fields, index.SearchField("summary"), index.SearchField("body")]
    content_panels = [
        *Page.content_panels,
        *(FieldPanel(name) for name in ("summary", "body", "start_date", "end_date", "place")),
        InlinePanel("venues"),
        InlinePanel("organisers"),
        InlinePanel("outcomes"),
    ]
    api_fields = [
        *(APIField(name) for name in ("summary", "body", "start_date", "end_date", "place")),
        *(APIField(name) for name in ("venues", "organisers", "outcomes")),
    ]


class Venue(Orderable):
    page = ParentalKey(EventPage, on_delete=models.CASCADE, related_name="venues")
    name = models.CharField(max_length=255)
    place = models.CharField(max_length=255, blank=True)
    attendance = models.PositiveIntegerField(null=True, blank=True)

    api_fields = [APIField("name"), APIField("place"), APIField("attendance")]


class Organiser(Orderable):
    page = ParentalKey(EventPage, on_delete=models.CASCADE, related_name="organisers")
    name = models.CharField(max_length=255)

    api_fields = [APIField("name")]


class Outcome(Orderable):
    page = ParentalKey(EventPage, on_delete=models.CASCADE, related_name="outcomes")
    text = models.TextField()

    api_fields = [APIField("text")]
