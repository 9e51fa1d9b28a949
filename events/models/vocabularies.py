"""Small lists of terms that editors keep: event kinds and units of measure."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel

from huunghi.partners.models.vocabularies import Term


class EventKind(Term):
    """What sort of event it is: meeting, training, tournament …"""

    class Meta(Term.Meta):
        verbose_name = _("event kind")
        verbose_name_plural = _("event kinds")


class MeasureUnit(Term):
    """What a figure counts. Attendances and persons are different units; money never adds to counts."""

    class MeasureClass(models.TextChoices):
        COUNT = "count", _("Count")
        MONEY = "money", _("Money")
        MEASURE = "measure", _("Measure")

    measure_class = models.CharField(
        _("class"),
        max_length=8,
        choices=MeasureClass.choices,
        default=MeasureClass.COUNT,
        help_text=_("Figures of different classes are never added up."),
    )

    class Meta(Term.Meta):
        verbose_name = _("unit of measure")
        verbose_name_plural = _("units of measure")

    panels = [*Term.panels, FieldPanel("measure_class")]
