"""Places: countries, provinces, districts, gates, venues, with their names over time."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.search import index

from ..fields import PartialDateField
from ..widgets import FilteredSelectMultiple
from .names import Name, NamedByRowsMixin


class PlaceKind(models.TextChoices):
    GROUP = "group", _("Group of countries")
    COUNTRY = "country", _("Country")
    PROVINCE = "province", _("Province")
    CITY = "city", _("City")
    ISLAND = "island", _("Island")
    DISTRICT = "district", _("District")
    COMMUNE = "commune", _("Commune")
    BORDER_GATE = "border-gate", _("Border gate")
    INDUSTRIAL_AREA = "industrial-area", _("Industrial area")
    VENUE = "venue", _("Venue")
    OTHER = "other", _("Other place")


class Place(index.Indexed, NamedByRowsMixin):
    """A place that events happen at or speak of. An event keeps the place of its day, whatever became of it since."""

    key = models.SlugField(
        _("key"),
        max_length=80,
        unique=True,
        allow_unicode=False,
        help_text=_("ISO 3166 code (KH-8) or a short name in small letters. It never changes."),
    )
    kind = models.CharField(
        _("kind"),
        max_length=20,
        choices=PlaceKind.choices,
        default=PlaceKind.OTHER,
        help_text=_("What sort of place it is."),
    )
    parent = models.ForeignKey(
        "self",
        verbose_name=_("lies in"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        help_text=_("The next larger place: the province of a district, the country of a province."),
    )
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
        help_text=_("In degrees, north positive. Empty: the place is not on the map and outside distance filters."),
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
        help_text=_("In degrees, east positive."),
    )
    precision_km = models.PositiveSmallIntegerField(
        _("precision of the position (km)"), null=True, blank=True, help_text=_("How far off the position may be.")
    )
    valid_from = PartialDateField(_("exists from"), help_text=_("dd/mm/yyyy, mm/yyyy or yyyy; empty if not known."))
    valid_to = PartialDateField(
        _("existed until"), help_text=_("Set when the place was merged or abolished; events keep its name.")
    )
    successors = models.ManyToManyField(
        "self",
        verbose_name=_("became part of"),
        symmetrical=False,
        blank=True,
        related_name="predecessors",
        help_text=_("The new units. Events are also found under them."),
    )
    note = models.TextField(_("note"), blank=True, help_text=_("For editors: sources, doubts."))

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["key"]

    panels = [
        MultiFieldPanel([FieldRowPanel([FieldPanel("key"), FieldPanel("kind")]), FieldPanel("parent")], _("Place")),
        InlinePanel("name_rows", heading=_("Names"), label=_("Name"), min_num=1),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("latitude"), FieldPanel("longitude"), FieldPanel("precision_km")])],
            _("Position"),
        ),
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
        index.AutocompleteField("key"),
        index.SearchField("names_to_find"),
        index.AutocompleteField("names_to_find"),
        index.FilterField("kind"),
    ]

    @property
    def country(self) -> Place:
        """The country, or the place itself when it lies in none (a country, a group)."""
        place = self
        while place.parent is not None:
            place = place.parent
        return place


class PlaceName(Name):
    owner = ParentalKey(Place, on_delete=models.CASCADE, related_name="name_rows")

    class Meta(Name.Meta):
        verbose_name = _("place name")
        verbose_name_plural = _("place names")
