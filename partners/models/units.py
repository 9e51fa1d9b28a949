"""Who keeps which part of the archive."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class EditorialUnit(models.Model):
    """An organisation that publishes here, with its group of editors and its collection of images and documents.

    Made by `huunghi_setup --unit`. "Own province" means: the editor is in the group of the page's unit.
    """

    organisation = models.OneToOneField(
        "huunghi_partners.Organisation",
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        related_name="editorial_unit",
        help_text=_("The organisation that publishes."),
    )
    editors = models.OneToOneField(
        "auth.Group",
        verbose_name=_("editors"),
        on_delete=models.PROTECT,
        related_name="huunghi_unit",
        help_text=_("Members of this group edit the pages of the unit."),
    )
    collection = models.OneToOneField(
        "wagtailcore.Collection",
        verbose_name=_("collection"),
        on_delete=models.PROTECT,
        related_name="huunghi_unit",
        help_text=_("Images and documents of the unit."),
    )

    class Meta:
        verbose_name = _("editorial unit")
        verbose_name_plural = _("editorial units")

    def __str__(self) -> str:
        return str(self.organisation)
