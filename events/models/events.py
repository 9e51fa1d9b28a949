"""Events: what happened and what is planned."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, ObjectList, TabbedInterface
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from huunghi.partners.models.pages import ArchivePage, IndexPage

from ..blocks import BodyBlock
from ..forms import DATE_MISSING, EventPageForm
from ..panels import event_panels
from ..periods import Precision, iso_cut, whole_period
from .event_rows import Venue


class EventStatus(models.TextChoices):
    PLANNED = "planned", _("Planned")
    CONFIRMED = "confirmed", _("Confirmed")
    HELD = "held", _("Held")
    POSTPONED = "postponed", _("Postponed")
    CANCELLED = "cancelled", _("Cancelled")


class AttendanceMode(models.TextChoices):
    ON_SITE = "on-site", _("On site")
    ONLINE = "online", _("Online")
    MIXED = "mixed", _("On site and online")


class Sensitivity(models.TextChoices):
    NORMAL = "normal", _("Normal")
    REVIEW = "review", _("A second reviewer is needed")


@cache
def time_zones() -> set[str]:
    """All names of time zones; reading them walks a folder, and every page that is saved is checked."""
    return available_timezones()


def validate_time_zone(name: str) -> None:
    if name not in time_zones():
        raise ValidationError(
            _("“%(name)s” is not a time zone; an example is Asia/Ho_Chi_Minh."), params={"name": name}
        )


class EventIndexPage(IndexPage):
    """The list of events, by year and month; nested, the section of one unit."""

    template = "huunghi_events/event_index_page.html"
    page_description = _("The list of events by year and month.")
    subpage_types = ["huunghi_events.EventIndexPage", "huunghi_events.EventPage"]

    class Meta:
        verbose_name = _("list of events")
        verbose_name_plural = _("lists of events")


class EventPage(ArchivePage):
    """One event, planned or held, in one language."""

    template = "huunghi_events/event_page.html"
    page_description = _("A meeting, tournament, contest, performance, training or other event.")
    parent_page_types = ["huunghi_events.EventIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    base_form_class = EventPageForm

    summary = models.TextField(_("summary"), blank=True, help_text=_("One or two sentences for lists and search."))
    body = StreamField(BodyBlock(), verbose_name=_("text"), blank=True, help_text=_("The report of the event."))

    kind = models.ForeignKey(
        "huunghi_events.EventKind",
        verbose_name=_("kind"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Meeting, training, tournament … Needed to publish."),
    )
    status = models.CharField(
        _("status"),
        max_length=12,
        choices=EventStatus.choices,
        default=EventStatus.PLANNED,
        help_text=_("Set it to “held” when the event has taken place."),
    )
    status_reason = models.CharField(
        _("reason"), max_length=500, blank=True, help_text=_("Why it was postponed or cancelled.")
    )
    precision = models.CharField(
        _("the date is known"),
        max_length=8,
        choices=Precision.choices,
        default=Precision.DAY,
        help_text=_("For a month or year, choose any of its days."),
    )
    start_date = models.DateField(
        _("first day"), null=True, blank=True, help_text=_("dd/mm/yyyy. Needed to publish unless the date is unknown.")
    )
    start_time = models.TimeField(_("from"), null=True, blank=True, help_text=_("Hour and minute: 08:00."))
    end_date = models.DateField(_("last day"), null=True, blank=True, help_text=_("Empty: the same day."))
    end_time = models.TimeField(_("until"), null=True, blank=True, help_text=_("Hour and minute: 11:30."))
    all_day = models.BooleanField(_("all day"), default=False, help_text=_("No hours are shown in calendars."))
    time_zone = models.CharField(
        _("time zone"),
        max_length=40,
        default="Asia/Ho_Chi_Minh",
        validators=[validate_time_zone],
        help_text=_("Of the hours above."),
    )
    places = ParentalManyToManyField(
        "huunghi_partners.Place",
        verbose_name=_("places"),
        blank=True,
        related_name="+",
        help_text=_("Provinces and places the event concerns, beside its venues."),
    )
    stated_venues = models.PositiveIntegerField(
        _("stated number of venues"),
        null=True,
        blank=True,
        help_text=_("The total that was announced, when not every venue is listed below."),
    )
    attendance_mode = models.CharField(
        _("how people take part"),
        max_length=8,
        choices=AttendanceMode.choices,
        blank=True,
        help_text=_("Empty: it follows from the venues."),
    )
    exchange = models.ForeignKey(
        "huunghi_events.ExchangePage",
        verbose_name=_("exchange or series"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="editions",
        help_text=_("If the event is one of a series."),
    )
    edition = models.PositiveSmallIntegerField(
        _("edition number"), null=True, blank=True, help_text=_("3 for the third time.")
    )
    fields = ParentalManyToManyField(
        "huunghi_partners.CooperationField",
        verbose_name=_("fields of cooperation"),
        blank=True,
        related_name="+",
        help_text=_("What the event is about."),
    )
    audiences = ParentalManyToManyField(
        "huunghi_partners.Audience",
        verbose_name=_("audiences"),
        blank=True,
        related_name="+",
        help_text=_("Whom it addressed."),
    )
    plan_items = ParentalManyToManyField(
        "huunghi_events.PlanItem",
        verbose_name=_("plan items"),
        blank=True,
        related_name="events",
        help_text=_("What the event fulfils in a plan."),
    )
    sensitivity = models.CharField(
        _("review"),
        max_length=8,
        choices=Sensitivity.choices,
        default=Sensitivity.NORMAL,
        help_text=_("Whether a second person has to read it before it is published."),
    )
    source_outlet = models.CharField(
        _("source"), max_length=255, blank=True, help_text=_("The newspaper or portal that reported it.")
    )
    source_date = models.DateField(_("date of the source"), null=True, blank=True, help_text=_("dd/mm/yyyy."))
    source_address = models.URLField(_("address of the source"), blank=True, help_text=_("A link, if there is one."))

    shared_fields = (
        *ArchivePage.shared_fields,
        "kind",
        "status",
        "precision",
        "start_date",
        "start_time",
        "end_date",
        "end_time",
        "all_day",
        "time_zone",
        "places",
        "stated_venues",
        "attendance_mode",
        "exchange",
        "edition",
        "fields",
        "audiences",
        "plan_items",
        "sensitivity",
        "source_outlet",
        "source_date",
        "source_address",
    )
    shared_rows = (
        "venues",
        "partner_sides",
        "organisers",
        "appearances",
        "figures",
        "agenda",
        "outcomes",
        "documents",
        "photos",
        "status_history",
    )

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [models.Index(fields=["start_date", "end_date"])]

    edit_handler = TabbedInterface(
        [
            ObjectList(event_panels(), heading=_("Event")),
            ObjectList(
                [FieldPanel("slug"), FieldPanel("seo_title"), FieldPanel("search_description")], heading=_("Address")
            ),
            ObjectList(Page.settings_panels, heading=_("Schedule")),
        ]
    )
    search_fields = [
        *Page.search_fields,
        index.SearchField("summary"),
        index.SearchField("body"),
        index.FilterField("start_date"),
        index.FilterField("status"),
    ]

    def clean(self) -> None:
        super().clean()
        if self.start_date and self.end_date and self.end_date < self.start_date:
            raise ValidationError({"end_date": _("The last day lies before the first day.")})
        if self.end_date and not self.start_date:
            raise ValidationError({"start_date": _("Fill in the first day, or remove the last day.")})
        if self.live and self.lacks_date:
            raise ValidationError({"start_date": DATE_MISSING})
        if self._ends_before_it_starts():
            raise ValidationError({"end_time": _("The end lies before the beginning.")})

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.start_date, self.end_date = whole_period(self.start_date, self.end_date, self.precision)
        super().save(*args, **kwargs)

    @property
    def lacks_date(self) -> bool:
        """Without a first day, and nobody has said that it is not known."""
        return self.precision != Precision.UNKNOWN and not self.start_date

    def _ends_before_it_starts(self) -> bool:
        same_day = self.start_date and (self.end_date or self.start_date) == self.start_date
        return bool(same_day and self.start_time and self.end_time and self.end_time < self.start_time)

    @property
    def start(self) -> str | None:
        """ISO 8601, cut to the precision; None when the date is not known."""
        return iso_cut(self.start_date, self.start_time, self.precision, self.time_zone)

    @property
    def end(self) -> str | None:
        """ISO 8601, cut to the precision; equals `start` for a single day, month or year."""
        clock = self.end_time or (self.start_time if self.end_date == self.start_date else None)
        return iso_cut(self.end_date or self.start_date, clock, self.precision, self.time_zone)

    @property
    def mode(self) -> str:
        """Attendance mode: the editor's choice, else mixed when halls were connected, else on site."""
        if self.attendance_mode:
            return self.attendance_mode
        connected = any(venue.role == Venue.Role.CONNECTED for venue in self.venues.all())
        return AttendanceMode.MIXED if connected else AttendanceMode.ON_SITE

    @property
    def is_over(self) -> bool:
        return bool(self.end_date and self.end_date < date.today())
