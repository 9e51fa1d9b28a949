"""The edit forms of the pages, grouped in the order in which an editor thinks."""

from __future__ import annotations

from django.forms import CheckboxSelectMultiple, Select
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, Panel

from huunghi.partners.models.pages import ArchivePage
from huunghi.partners.panels import TranslationField, TranslationNotice
from huunghi.partners.widgets import FilteredSelectMultiple

# What nearly every event has; the other groups of rows are folded until they are needed.
ALWAYS_OPEN = ("partner_sides", "venues", "organisers")


def text_panels() -> list[Panel]:
    """Title, summary and text: what is written anew in each language."""
    # TitleFieldPanel would let the browser make a slug, which loses đ and all Khmer letters.
    return [
        TranslationNotice(),
        TranslationField("machine_translated"),
        FieldPanel("title", classname="title"),
        FieldPanel("summary"),
        FieldPanel("body"),
    ]


def row_panels(*names: str) -> list[Panel]:
    headings = {
        "venues": (_("Venues"), _("Venue")),
        "partner_sides": (_("Partners"), _("Partner")),
        "organisers": (_("Organisers"), _("Organiser")),
        "appearances": (_("People"), _("Person")),
        "figures": (_("Figures"), _("Figure")),
        "agenda": (_("Agenda"), _("Item")),
        "outcomes": (_("Outcomes"), _("Outcome")),
        "documents": (_("Documents"), _("Document")),
        "photos": (_("Photos"), _("Photo")),
        "status_history": (_("History"), _("Status")),
    }
    return [
        InlinePanel(name, heading=heading, label=label, classname="" if name in ALWAYS_OPEN else "collapsed")
        for name, (heading, label) in headings.items()
        if name in names
    ]


def event_panels() -> list[Panel]:
    return [
        TranslationNotice(),
        TranslationField("machine_translated"),
        MultiFieldPanel([FieldPanel("title", classname="title"), FieldPanel("summary")], _("What")),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("start_date"), FieldPanel("start_time")]),
                FieldRowPanel([FieldPanel("end_date"), FieldPanel("end_time")]),
                FieldRowPanel([FieldPanel("precision"), FieldPanel("all_day")]),
                FieldPanel("time_zone"),
            ],
            _("When"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("kind", widget=Select), FieldPanel("status")]),
                FieldPanel("status_reason"),
                FieldRowPanel([FieldPanel("exchange"), FieldPanel("edition")]),
            ],
            _("Kind and status"),
        ),
        *row_panels("partner_sides"),
        MultiFieldPanel(
            [
                FieldPanel("places", widget=FilteredSelectMultiple),
                FieldRowPanel([FieldPanel("stated_venues"), FieldPanel("attendance_mode")]),
            ],
            _("Where"),
        ),
        *row_panels("venues", "organisers"),
        FieldPanel("body"),
        *row_panels("appearances", "figures", "agenda", "outcomes", "documents", "photos"),
        MultiFieldPanel(
            [
                FieldPanel("fields", widget=CheckboxSelectMultiple),
                FieldPanel("audiences", widget=CheckboxSelectMultiple),
                FieldPanel("plan_items", widget=FilteredSelectMultiple),
                FieldPanel("sensitivity"),
            ],
            _("Subject"),
            classname="collapsed",
        ),
        MultiFieldPanel(
            [FieldPanel("source_outlet"), FieldRowPanel([FieldPanel("source_date"), FieldPanel("source_address")])],
            _("Source"),
            classname="collapsed",
        ),
        *row_panels("status_history"),
        *ArchivePage.unit_panels,
    ]
