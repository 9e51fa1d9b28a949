"""Small lists of terms that editors keep: fields of cooperation and audiences."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from ..fields import NamesField
from .names import NamedMixin


class Term(NamedMixin):
    """One entry of a list of terms."""

    code = models.SlugField(
        _("code"), max_length=60, unique=True, help_text=_("Used in addresses and imports. It never changes.")
    )
    names = NamesField(_("names"), help_text=_("The term in each language."))
    sort_order = models.PositiveSmallIntegerField(
        _("order"), default=100, help_text=_("Smaller numbers come first in lists.")
    )
    active = models.BooleanField(
        _("active"), default=True, help_text=_("Untick to offer it no longer; what uses it keeps it.")
    )

    class Meta:
        abstract = True
        ordering = ["sort_order", "code"]

    panels = [FieldPanel("names"), FieldRowPanel([FieldPanel("code"), FieldPanel("sort_order"), FieldPanel("active")])]


class CooperationField(Term):
    """A field of cooperation: education, health, border, culture …"""

    sensitive = models.BooleanField(
        _("sensitive"), default=False, help_text=_("Events of this field need a second reviewer.")
    )

    class Meta(Term.Meta):
        verbose_name = _("field of cooperation")
        verbose_name_plural = _("fields of cooperation")

    panels = [*Term.panels, FieldPanel("sensitive")]


class Audience(Term):
    """A group of people that an event or a plan addresses."""

    class Meta(Term.Meta):
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")
