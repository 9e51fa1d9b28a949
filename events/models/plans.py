"""Plans and reports: what a year should hold, and what it held."""

from __future__ import annotations

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from huunghi.partners.fields import PartialDateField
from huunghi.partners.models.pages import ArchivePage, IndexPage
from huunghi.partners.models.rows import TranslatedRow

from ..blocks import BodyBlock
from ..panels import text_panels
from .figures import FigureRow


class PlanIndexPage(IndexPage):
    template = "huunghi_events/plan_index_page.html"
    page_description = _("The list of plans.")
    subpage_types = ["huunghi_events.PlanIndexPage", "huunghi_events.PlanPage"]

    class Meta:
        verbose_name = _("list of plans")
        verbose_name_plural = _("lists of plans")


class ReportIndexPage(IndexPage):
    template = "huunghi_events/report_index_page.html"
    page_description = _("The list of yearly reports.")
    subpage_types = ["huunghi_events.ReportIndexPage", "huunghi_events.ReportPage"]

    class Meta:
        verbose_name = _("list of reports")
        verbose_name_plural = _("lists of reports")


class PeriodPage(ArchivePage):
    """A page that speaks of a period: a year, several years, or a part of one."""

    summary = models.TextField(_("summary"), blank=True, help_text=_("One or two sentences for lists and search."))
    body = StreamField(BodyBlock(), verbose_name=_("text"), blank=True, help_text=_("The text around the rows."))
    period_from = PartialDateField(_("from"), help_text=_("dd/mm/yyyy, mm/yyyy or yyyy: 2018 for the whole year."))
    period_to = PartialDateField(_("until"), help_text=_("Empty: the period is the year or month above."))
    official_document = models.ForeignKey(
        "huunghi_partners.OfficialDocument",
        verbose_name=_("official document"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The document with number and signature."),
    )

    shared_fields = (*ArchivePage.shared_fields, "period_from", "period_to", "official_document")

    class Meta:
        abstract = True

    period_panels = [
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("period_from"), FieldPanel("period_to")]), FieldPanel("official_document")],
            _("Period"),
        )
    ]
    search_fields = [*Page.search_fields, index.SearchField("summary"), index.SearchField("body")]

    def clean(self) -> None:
        super().clean()
        if self.period_from and self.period_to and self.period_to < self.period_from[: len(self.period_to)]:
            raise ValidationError({"period_to": _("The period ends before it begins.")})


class PlanPage(PeriodPage):
    """A yearly (or longer) plan; events claim its items."""

    template = "huunghi_events/plan_page.html"
    page_description = _("A plan with its items, units and target numbers.")
    parent_page_types = ["huunghi_events.PlanIndexPage"]
    subpage_types: ClassVar[list[str]] = []

    parent_plan = models.ForeignKey(
        "self",
        verbose_name=_("part of"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="parts",
        help_text=_("The longer plan it belongs to."),
    )
    scope = models.CharField(_("scope"), max_length=255, blank=True, help_text=_("For example: border area."))
    audiences = ParentalManyToManyField(
        "huunghi_partners.Audience",
        verbose_name=_("audiences"),
        blank=True,
        related_name="+",
        help_text=_("Whom it addresses."),
    )

    shared_fields = (*PeriodPage.shared_fields, "parent_plan", "audiences")
    shared_rows = ("items",)

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")

    content_panels = [
        *text_panels(),
        *PeriodPage.period_panels,
        MultiFieldPanel(
            [
                FieldPanel("scope"),
                FieldPanel("parent_plan"),
                FieldPanel("audiences", widget=CheckboxSelectMultiple),
            ],
            _("Plan"),
        ),
        InlinePanel("items", heading=_("Items"), label=_("Item")),
        *ArchivePage.unit_panels,
    ]


class PlanItem(TranslatedRow):
    """One thing to do."""

    page = ParentalKey(PlanPage, on_delete=models.CASCADE, related_name="items")
    content = models.TextField(_("content"), help_text=_("What is to be done."))
    period = models.CharField(_("when"), max_length=80, blank=True, help_text=_("A month, a quarter, all year."))
    lead = models.ForeignKey(
        "huunghi_partners.Organisation",
        verbose_name=_("lead unit"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Who is in charge."),
    )
    partner = models.ForeignKey(
        "huunghi_partners.Partner",
        verbose_name=_("partner"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("With whom."),
    )
    target = models.DecimalField(
        _("target number"), max_digits=20, decimal_places=2, null=True, blank=True, help_text=_("Digits only.")
    )
    target_unit = models.ForeignKey(
        "huunghi_events.MeasureUnit",
        verbose_name=_("unit of measure"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("What the target counts."),
    )
    recurring = models.BooleanField(_("recurring"), default=False, help_text=_("A duty that returns each period."))

    text_fields = ("content", "period")

    class Meta(TranslatedRow.Meta):
        verbose_name = _("plan item")
        verbose_name_plural = _("plan items")

    def __str__(self) -> str:
        return self.content


class ReportPage(PeriodPage):
    """A report with its figures."""

    template = "huunghi_events/report_page.html"
    page_description = _("A report of a period with its figures.")
    parent_page_types = ["huunghi_events.ReportIndexPage"]
    subpage_types: ClassVar[list[str]] = []

    shared_rows = ("figures",)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")

    content_panels = [
        *text_panels(),
        *PeriodPage.period_panels,
        InlinePanel("figures", heading=_("Figures"), label=_("Figure")),
        *ArchivePage.unit_panels,
    ]


class ReportFigure(FigureRow):
    """A figure of a report, with the event or the unit behind it."""

    page = ParentalKey(ReportPage, on_delete=models.CASCADE, related_name="figures")
    label = models.CharField(_("what was counted"), max_length=255, help_text=_("As the report names it."))
    organisation = models.ForeignKey(
        "huunghi_partners.Organisation",
        verbose_name=_("by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The unit that did it."),
    )
    event = models.ForeignKey(
        "huunghi_events.EventPage",
        verbose_name=_("event"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("The event behind the figure, if it is a single one."),
    )

    text_fields = ("label", *FigureRow.text_fields)

    class Meta(FigureRow.Meta):
        verbose_name = _("figure of a report")
        verbose_name_plural = _("figures of a report")
