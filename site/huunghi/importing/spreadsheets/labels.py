"""Names of sheets and columns for people, and of the choices in cells, in every language of the site."""

from __future__ import annotations

from functools import cache

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from huunghi.conf import content_languages
from huunghi.events.models import ArticlePage, Channel, Edition, EventStatus, ExchangePage, Precision, Venue
from huunghi.events.models.events import AttendanceMode, Sensitivity
from huunghi.partners.access import Visibility
from huunghi.partners.models import Partnership
from huunghi.partners.models.documents import DocumentType
from huunghi.partners.models.names import NameKind
from huunghi.partners.models.organisations import OrganisationKind
from huunghi.partners.models.partners import PartnershipState
from huunghi.partners.models.places import PlaceKind
from huunghi.partners.models.rows import AppearanceRow, OrganiserRow, PartnerSideRow

SHEET_LABELS = {
    "events": _("Events"),
    "exchanges": _("Exchanges"),
    "articles": _("Articles"),
    "plans": _("Plans"),
    "reports": _("Reports"),
    "partners": _("Partners"),
    "organisations": _("Organisations"),
    "people": _("People"),
    "places": _("Places"),
    "documents": _("Documents"),
    "publications": _("Publications"),
    "channels": _("Channels"),
    "venues": _("Venues"),
    "partner_sides": _("Partner sides"),
    "organisers": _("Organisers"),
    "figures": _("Figures"),
    "appearances": _("Appearances"),
    "agenda": _("Agenda"),
    "outcomes": _("Outcomes"),
    "attached_documents": _("Attached documents"),
    "photos": _("Photos"),
    "plan_items": _("Items of plans"),
    "editions": _("Editions"),
    "partnerships": _("Partnerships"),
    "names": _("Names"),
}
COLUMN_LABELS = {
    "source_id": _("identifier of the row"),
    "title": _("title"),
    "summary": _("summary"),
    "body": _("text"),
    "name": _("name"),
    "key": _("key"),
    "code": _("code"),
    "start": _("first day"),
    "end": _("last day"),
    "precision": _("the date is known"),
    "kind": _("kind"),
    "status": _("status"),
    "status_reason": _("reason for the status"),
    "live": _("published"),
    "unit": _("unit"),
    "visibility": _("who may read it"),
    "places": _("places"),
    "place": _("place"),
    "partners": _("partners"),
    "partner": _("partner"),
    "organisers": _("organisers"),
    "organisation": _("organisation"),
    "venues": _("venues"),
    "stated_venues": _("stated number of venues"),
    "figures": _("figures"),
    "appearances": _("appearances"),
    "agenda": _("agenda"),
    "outcomes": _("outcomes"),
    "documents": _("documents"),
    "exchange": _("exchange or series"),
    "edition": _("edition"),
    "fields": _("fields of cooperation"),
    "audiences": _("audiences"),
    "attendance_mode": _("how people take part"),
    "attendance": _("attendance"),
    "time_zone": _("time zone"),
    "all_day": _("whole day"),
    "role": _("role"),
    "host": _("host"),
    "chair": _("chair"),
    "person": _("person"),
    "topic": _("topic"),
    "quantity": _("quantity"),
    "scope": _("scope"),
    "note": _("note"),
    "period": _("period"),
    "source": _("source"),
    "source.outlet": _("outlet of the source"),
    "source.date": _("date of the source"),
    "source.address": _("address of the source"),
}
_CHOICES: tuple[type[TextChoices], ...] = (
    EventStatus,
    Precision,
    AttendanceMode,
    Sensitivity,
    Visibility,
    Venue.Role,
    PartnerSideRow.Role,
    OrganiserRow.Role,
    AppearanceRow.Role,
    ExchangePage.Form,
    ExchangePage.Discipline,
    ExchangePage.Direction,
    ArticlePage.Genre,
    DocumentType,
    OrganisationKind,
    PlaceKind,
    NameKind,
    Partnership.Level,
    PartnershipState,
    Edition.Format,
    Channel.Kind,
)
YES = (_("yes"), "true", "x", "1", "có", "đúng")
NO = (_("no"), "false", "0", "không", "sai")


@cache
def labels_of_choices(codes: tuple[str, ...]) -> dict[str, str]:
    """{label in small letters: code} of a list of choices, in every language of the site."""
    choices = next((choices for choices in _CHOICES if set(choices.values) == set(codes)), None)
    labels = {code.casefold(): code for code in codes}
    for language in content_languages():
        with override(language):
            labels |= {str(label).casefold(): code for code, label in (choices.choices if choices else ())}
    return labels


@cache
def words(kind: bool) -> frozenset[str]:
    """What a cell may say for yes, or for no."""
    found: set[str] = set()
    for language in content_languages():
        with override(language):
            found |= {str(word).casefold() for word in (YES if kind else NO)}
    return frozenset(found)
