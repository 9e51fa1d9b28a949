"""Figures: a quantity with its unit, its scope and its source."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from huunghi.partners.models.rows import TranslatedRow


class FigureRow(TranslatedRow):
    """A number and what it counts. `2.063 lượt người` is the quantity 2063 of the unit attendance."""

    quantity = models.DecimalField(
        _("quantity"), max_digits=20, decimal_places=2, help_text=_("Digits only: 2063, not 2.063.")
    )
    unit = models.ForeignKey(
        "huunghi_events.MeasureUnit",
        verbose_name=_("unit of measure"),
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Attendances (lượt người) and persons (người) are different units."),
    )
    scope = models.CharField(_("scope"), max_length=255, blank=True, help_text=_("What exactly was counted."))
    period = models.CharField(_("period"), max_length=40, blank=True, help_text=_("The time it was counted over."))
    source = models.ForeignKey(
        "huunghi_partners.Organisation",
        verbose_name=_("source"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The organisation that reported it."),
    )
    note = models.CharField(_("note"), max_length=500, blank=True, help_text=_("Doubts, or what it belongs to."))

    text_fields = ("scope", "note")

    class Meta(TranslatedRow.Meta):
        abstract = True
        verbose_name = _("figure")
        verbose_name_plural = _("figures")

    def __str__(self) -> str:
        return f"{whole_or_decimal(self.quantity)} {self.unit}"


def whole_or_decimal(quantity: Decimal) -> Decimal:
    """2063.00 as 2063, 1.50 as 1.5."""
    return quantity.to_integral_value() if quantity == quantity.to_integral_value() else quantity.normalize()
