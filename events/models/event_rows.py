"""Child rows of an event: where, who, how much, what was said and decided."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey

from huunghi.partners.fields import PartialDateField
from huunghi.partners.models.rows import (
    AppearanceRow,
    DocumentRow,
    OrganiserRow,
    PartnerSideRow,
    PhotoRow,
    TranslatedRow,
)

from .figures import FigureRow


class Venue(TranslatedRow):
    """One hall. An event may have 53 of them; a stated total stands beside the rows we know."""

    class Role(models.TextChoices):
        MAIN = "main", _("Main venue")
        CONNECTED = "connected", _("Connected venue")
        STOP = "stop", _("Stop")

    page = ParentalKey("huunghi_events.EventPage", on_delete=models.CASCADE, related_name="venues")
    role = models.CharField(
        _("role"),
        max_length=12,
        choices=Role.choices,
        default=Role.MAIN,
        help_text=_("The main hall, a hall connected online, or a stop of a tour."),
    )
    place = models.ForeignKey(
        "huunghi_partners.Place",
        verbose_name=_("place"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The province, city or district."),
    )
    name = models.CharField(_("name"), max_length=255, blank=True, help_text=_("The hall or building."))
    host = models.ForeignKey(
        "huunghi_partners.Organisation",
        verbose_name=_("host"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The organisation that received the participants there."),
    )
    host_name = models.CharField(
        _("host's name"), max_length=255, blank=True, help_text=_("Only if the host has no record.")
    )
    chair = models.CharField(_("chair"), max_length=255, blank=True, help_text=_("Who led the meeting there."))
    attendance = models.PositiveIntegerField(
        _("attendance"), null=True, blank=True, help_text=_("Number of people; empty if it was not recorded.")
    )
    online_address = models.CharField(
        _("online address"), max_length=255, blank=True, help_text=_("For staff only: it is shown on no page.")
    )

    text_fields = ("name", "host_name", "chair")

    class Meta(TranslatedRow.Meta):
        verbose_name = _("venue")
        verbose_name_plural = _("venues")

    def __str__(self) -> str:
        return self.name or str(self.place or "")


class EventPartnerSide(PartnerSideRow):
    page = ParentalKey("huunghi_events.EventPage", on_delete=models.CASCADE, related_name="partner_sides")


class EventOrganiser(OrganiserRow):
    page = ParentalKey("huunghi_events.EventPage", on_delete=models.CASCADE, related_name="organisers")


class EventAppearance(AppearanceRow):
    page = ParentalKey("huunghi_events.EventPage", on_delete=models.CASCADE, related_name="appearances")


class Figure(FigureRow):
    """A number that the event is known by."""

    page = ParentalKey("huunghi_events.EventPage", on_delete=models.CASCADE, related_name="figures")


class AgendaItem(TranslatedRow):
    page = ParentalKey("huunghi_events.EventPage", on_delete=models.CASCADE, related_name="agenda")
    text = models.TextField(_("item"), help_text=_("What was on the agenda."))
    speaker = models.CharField(_("presented by"), max_length=255, blank=True, help_text=_("Person or body."))

    text_fields = ("text", "speaker")

    class Meta(TranslatedRow.Meta):
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")

    def __str__(self) -> str:
        return self.text


class Outcome(TranslatedRow):
    page = ParentalKey("huunghi_events.EventPage", on_delete=models.CASCADE, related_name="outcomes")
    text = models.TextField(_("outcome"), help_text=_("What was concluded, agreed or assigned."))
    responsible = models.ForeignKey(
        "huunghi_partners.Organisation",
        verbose_name=_("responsible"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The unit that has to do it."),
    )
    responsible_name = models.CharField(
        _("responsible (name)"), max_length=255, blank=True, help_text=_("Only if the unit has no record.")
    )
    due = PartialDateField(_("due"), help_text=_("dd/mm/yyyy, mm/yyyy or yyyy; empty if no date was set."))

    text_fields = ("text", "responsible_name")

    class Meta(TranslatedRow.Meta):
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")

    def __str__(self) -> str:
        return self.text


class EventDocument(DocumentRow):
    page = ParentalKey("huunghi_events.EventPage", on_delete=models.CASCADE, related_name="documents")


class EventPhoto(PhotoRow):
    page = ParentalKey("huunghi_events.EventPage", on_delete=models.CASCADE, related_name="photos")


class StatusChange(TranslatedRow):
    """One step of the event's history: confirmed, postponed, cancelled …"""

    page = ParentalKey("huunghi_events.EventPage", on_delete=models.CASCADE, related_name="status_history")
    status = models.CharField(_("status"), max_length=12, help_text=_("The status that began then."))
    since = PartialDateField(_("since"), help_text=_("dd/mm/yyyy, mm/yyyy or yyyy."))
    reason = models.CharField(_("reason"), max_length=500, blank=True, help_text=_("Why it changed."))

    text_fields = ("reason",)

    class Meta(TranslatedRow.Meta):
        verbose_name = _("status")
        verbose_name_plural = _("status history")

    def __str__(self) -> str:
        return self.status
