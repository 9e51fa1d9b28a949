"""Organisations and people."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.search import index

from ..fields import PartialDateField
from ..widgets import FilteredSelectMultiple
from .names import Name, NamedByRowsMixin


class OrganisationKind(models.TextChoices):
    FRIENDSHIP_UNION = "friendship-union", _("Friendship union")
    PEOPLES_COMMITTEE = "peoples-committee", _("People's committee")
    DEPARTMENT = "department", _("Department")
    COMMITTEE = "committee", _("Committee")
    ASSOCIATION = "association", _("Association")
    PARTY_BODY = "party-body", _("Party body")
    MINISTRY = "ministry", _("Ministry")
    MISSION = "mission", _("Diplomatic mission")
    PRESS = "press", _("Press agency")
    ARMED_FORCE = "armed-force", _("Armed force")
    SCHOOL = "school", _("School")
    CLUB = "club", _("Club")
    COMPANY = "company", _("Company")
    PARTNER_ADMINISTRATION = "partner-administration", _("Administration of a partner")


class Organisation(index.Indexed, NamedByRowsMixin):
    """A body that organises, hosts or issues; with `is_group` it stands for a class of bodies ("district units")."""

    key = models.SlugField(
        _("key"), max_length=80, unique=True, help_text=_("A short name in small letters. It never changes.")
    )
    kind = models.CharField(
        _("kind"), max_length=24, choices=OrganisationKind.choices, help_text=_("What sort of body it is.")
    )
    short_name = models.CharField(
        _("short name"), max_length=80, blank=True, help_text=_("As it is abbreviated in reports: VUFO, UBND tỉnh.")
    )
    parent = models.ForeignKey(
        "self",
        verbose_name=_("belongs to"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        help_text=_("The body above it."),
    )
    place = models.ForeignKey(
        "huunghi_partners.Place",
        verbose_name=_("place"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="organisations",
        help_text=_("The province or city it works for."),
    )
    valid_from = PartialDateField(_("exists from"), help_text=_("dd/mm/yyyy, mm/yyyy or yyyy; empty if not known."))
    valid_to = PartialDateField(_("existed until"), help_text=_("Set when the body was merged or dissolved."))
    successors = models.ManyToManyField(
        "self",
        verbose_name=_("succeeded by"),
        symmetrical=False,
        blank=True,
        related_name="predecessors",
        help_text=_("The bodies that took over."),
    )
    is_group = models.BooleanField(
        _("stands for a group"),
        default=False,
        help_text=_("Tick when this is not one body but a class of them, such as all member organisations."),
    )
    note = models.TextField(_("note"), blank=True, help_text=_("For editors: sources, doubts."))

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["key"]

    panels = [
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("key"), FieldPanel("kind")]),
                FieldRowPanel([FieldPanel("short_name"), FieldPanel("is_group")]),
                FieldPanel("parent"),
                FieldPanel("place"),
            ],
            _("Organisation"),
        ),
        InlinePanel("name_rows", heading=_("Names"), label=_("Name"), min_num=1),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_to")]),
                FieldPanel("successors", widget=FilteredSelectMultiple),
            ],
            _("Over time"),
        ),
        FieldPanel("note"),
    ]
    search_fields = [
        index.SearchField("names_to_find"),
        index.AutocompleteField("names_to_find"),
        index.FilterField("kind"),
    ]

    def all_names(self) -> list[str]:
        return [*super().all_names(), *filter(None, [self.short_name])]


class OrganisationName(Name):
    owner = ParentalKey(Organisation, on_delete=models.CASCADE, related_name="name_rows")

    class Meta(Name.Meta):
        verbose_name = _("organisation name")
        verbose_name_plural = _("organisation names")


class Person(index.Indexed, models.Model):
    """An office-holder or performer already named in public.

    A title is never kept here as "current": each appearance at an event freezes the title of that day.
    """

    key = models.SlugField(
        _("key"), max_length=80, unique=True, help_text=_("A short name in small letters. It never changes.")
    )
    name = models.CharField(_("name"), max_length=160, help_text=_("In Latin letters, as printed."))
    own_script_name = models.CharField(
        _("name in own script"), max_length=160, blank=True, help_text=_("For example in Khmer or Lao letters.")
    )

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name"]

    panels = [FieldPanel("name"), FieldPanel("own_script_name"), FieldPanel("key")]
    search_fields = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        index.AutocompleteField("own_script_name"),
    ]

    def __str__(self) -> str:
        return self.name
