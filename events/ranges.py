"""Filters that are written as one text: how large a figure is ("venue:20-100") and how far away ("VN-44,50")."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from huunghi.partners.models import Place

from .models import MeasureUnit

EARTH_RADIUS = 6371.0087714  # kilometres
FARTHEST = 20_000.0  # kilometres; half of the way around the Earth
AMOUNT = r"[0-9]{1,15}(?:\.[0-9]{1,6})?"
# The specification shows them to programs in other languages, to which \w means something else.
QUANTITY = re.compile(rf"([A-Za-z0-9_-]{{1,60}}):({AMOUNT})(?:-({AMOUNT}))?")
LEAST = re.compile(rf"[A-Za-z0-9_-]{{1,60}}:{AMOUNT}")
PLACE = re.compile(r"[A-Za-z0-9_-]{1,80}")
NUMBER = re.compile(r"-?[0-9]{1,5}(?:\.[0-9]{1,10})?")

Quantity = tuple[str, float, float | None]  # (code of the unit of measure, least, most or None)
Point = tuple[float, float]  # (latitude, longitude) in degrees
Circle = tuple[float, float, float]  # (latitude, longitude, kilometres)


@dataclass(frozen=True, slots=True)
class Near:
    """A distance from a place, or from a point when `place` is ""."""

    place: str
    point: Point | None
    kilometres: float

    def circle(self) -> Circle:
        """ValueError when the place is unknown or has no coordinates. One query for a place."""
        if self.point:
            return (*self.point, self.kilometres)
        found = Place.objects.filter(key=self.place).values_list("latitude", "longitude").first()
        if found is None:
            raise ValueError(f"The place {self.place} is not known.")
        latitude, longitude = found
        if latitude is None or longitude is None:
            raise ValueError(f"The place {self.place} has no coordinates.")
        return float(latitude), float(longitude), self.kilometres


def parse_quantity(text: object) -> Quantity:
    """ "venue:20" is 20 and more, "venue:20-100" from 20 to 100. ValueError otherwise."""
    match = QUANTITY.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError("Write a unit of measure and numbers: venue:20 (at least 20) or venue:20-100.")
    least, most = float(match[2]), float(match[3]) if match[3] else None
    if most is not None and most < least:
        raise ValueError(f"The range ends ({match[3]}) before it begins ({match[2]}).")
    return match[1], least, most


def parse_least(text: object) -> Quantity:
    """ "venue:20": 20 and more. ValueError otherwise."""
    if not isinstance(text, str) or not LEAST.fullmatch(text):
        raise ValueError("Write a unit of measure and a number: venue:20.")
    return parse_quantity(text)


def unknown_measures(quantities: list[Quantity]) -> tuple[list[str], list[str]]:
    """(codes that are no unit of measure, all codes that are)."""
    if not quantities:
        return [], []
    known = list(MeasureUnit.objects.values_list("code", flat=True))
    return [unit for unit, *_ in quantities if unit not in known], known


def parse_near(text: object, within: float | None = None) -> Near:
    """ "VN-44,50": within 50 km of that place; "10.38,105.43,50": of that point. ValueError otherwise.

    When `within` tells the kilometres they are left out: "VN-44" or "10.38,105.43".
    """
    parts = text.split(",") if isinstance(text, str) else []
    if within is not None:
        parts.append(f"{within:f}")
    first = {2: PLACE, 3: NUMBER}.get(len(parts))
    if first is None or not first.fullmatch(parts[0]) or not all(map(NUMBER.fullmatch, parts[1:])):
        forms = "VN-44 or 10.38,105.43" if within is not None else "VN-44,50 or 10.38,105.43,50"
        raise ValueError(f"Write the key of a place, or latitude,longitude; without `within` also kilometres: {forms}.")
    kilometres = float(parts[-1])
    if not 0 < kilometres <= FARTHEST:
        raise ValueError(f"The distance is more than 0 and at most {FARTHEST:.0f} kilometres.")
    if len(parts) == 2:
        return Near(parts[0], None, kilometres)
    latitude, longitude = float(parts[0]), float(parts[1])
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise ValueError("A latitude lies between -90 and 90, a longitude between -180 and 180.")
    return Near("", (latitude, longitude), kilometres)


def places_within(circle: Circle) -> list[int]:
    """Numbers of the places on the map that lie in a circle; one query."""
    latitude, longitude, kilometres = circle
    reach = math.degrees(kilometres / EARTH_RADIUS)
    places = Place.objects.filter(
        latitude__gte=latitude - reach, latitude__lte=latitude + reach, longitude__isnull=False
    )
    return [
        pk
        for pk, north, east in places.values_list("pk", "latitude", "longitude")
        if distance((latitude, longitude), (float(north), float(east))) <= kilometres
    ]


def distance(one: Point, other: Point) -> float:
    """Kilometres between two points, by the haversine formula, as Elasticsearch measures."""
    (latitude, longitude), (other_latitude, other_longitude) = (map(math.radians, point) for point in (one, other))
    square = (
        math.sin((other_latitude - latitude) / 2) ** 2
        + math.cos(latitude) * math.cos(other_latitude) * math.sin((other_longitude - longitude) / 2) ** 2
    )
    return 2 * EARTH_RADIUS * math.asin(min(1.0, math.sqrt(square)))
