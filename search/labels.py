"""What a facet value is called in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from huunghi.conf import language_name
from huunghi.events.models import ArticlePage, EventKind, ExchangePage
from huunghi.partners.fields import text_in
from huunghi.partners.models import CooperationField, Organisation, Partner, Place

from .recognition.knowledge import NAMES_COUNTER, Remembered

Names = dict[str, dict[str, str]]  # value -> {language: name}


@dataclass(frozen=True)
class FacetNames:
    partner: Names
    country: Names
    kind: Names
    field: Names
    place: Names
    organisation: Names
    unit: Names
    points: dict[str, tuple[float, float]]  # key of a place -> (latitude, longitude)


def _read() -> FacetNames:
    rows = list(Place.objects.values_list("key", "labels", "latitude", "longitude"))
    places = {key: labels for key, labels, *_ in rows}
    organisations = dict(Organisation.objects.values_list("key", "labels"))
    partners = Partner.objects.values_list("code", "names", "place__labels")
    return FacetNames(
        partner={code: {**(labels or {}), **names} for code, names, labels in partners},
        country=places,
        kind=dict(EventKind.objects.values_list("code", "names")),
        field=dict(CooperationField.objects.values_list("code", "names")),
        place=places,
        organisation={f"org:{key}": labels for key, labels in organisations.items()},
        unit=organisations,
        points={
            key: (float(north), float(east)) for key, _, north, east in rows if north is not None and east is not None
        },
    )


_names = Remembered(NAMES_COUNTER, _read)


def type_label(type_: str) -> str:
    return {
        "event": _("Events"),
        "exchange": _("Exchanges and programmes"),
        "partner": _("Partners"),
        "article": _("Articles"),
        "plan": _("Plans"),
        "report": _("Reports"),
        "publication": _("Publications"),
    }.get(type_, type_)


def name_type_label(type_: str) -> str:
    """What a group of names is called: places, partners …"""
    return {
        "partner": _("Partners"),
        "country": _("Countries"),
        "place": _("Places"),
        "organisation": _("Organisations"),
    }.get(type_, type_)


def facet_label(facet: str, value: str, language: str) -> str:
    """The value's name; the value itself when it has none. `language` is active when the label is a fixed text."""
    if facet == "type":
        return type_label(value)
    if facet == "language":
        return language_name(value)
    names: Names = getattr(_names.get(), facet, {})
    if value in names:
        return text_in(names[value], language)[0] or value
    if facet == "kind":
        fixed = {**dict(ExchangePage.Form.choices), **dict(ArticlePage.Genre.choices)}
        return str(fixed.get(value, value))
    return value


def place_point(key: str) -> tuple[float, float] | None:
    """(latitude, longitude) in degrees; None for a place that is unknown or not on the map."""
    return _names.get().points.get(key)


def forget() -> None:
    _names.forget()
