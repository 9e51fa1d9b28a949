"""Filters that are written as one text: how large a figure is ("venue:20-100") and how far away ("VN-44,50")."""

from __future__ import annotations

import re
from dataclasses import dataclass

from huunghi.events.models import MeasureUnit

from ..labels import is_place, place_point

FARTHEST = 20_000.0  # kilometres; half of the way around the Earth
QUANTITY = re.compile(r"([\w-]{1,60}):([0-9]{1,15}(?:\.[0-9]{1,6})?)(?:-([0-9]{1,15}(?:\.[0-9]{1,6})?))?", re.ASCII)
PLACE = re.compile(r"[\w-]{1,80}", re.ASCII)
NUMBER = re.compile(r"-?[0-9]{1,5}(?:\.[0-9]{1,10})?")

Quantity = tuple[str, float, float | None]  # (code of the unit of measure, least, most or None)
Point = tuple[float, float]  # (latitude, longitude) in degrees


@dataclass(frozen=True, slots=True)
class Near:
    """A distance from a place, or from a point when `place` is ""."""

    place: str
    point: Point | None
    kilometres: float

    def circle(self) -> tuple[float, float, float]:
        """(latitude, longitude, kilometres). ValueError when the place is unknown or has no coordinates."""
        point = self.point or place_point(self.place)
        if point is None:
            reason = "has no coordinates" if is_place(self.place) else "is not known"
            raise ValueError(f"The place {self.place} {reason}.")
        return (*point, self.kilometres)


def parse_quantity(text: object) -> Quantity:
    """ "venue:20" is 20 and more, "venue:20-100" from 20 to 100. ValueError otherwise."""
    match = QUANTITY.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError("Write a unit of measure and numbers: venue:20 (at least 20) or venue:20-100.")
    least, most = float(match[2]), float(match[3]) if match[3] else None
    if most is not None and most < least:
        raise ValueError(f"The range ends ({match[3]}) before it begins ({match[2]}).")
    return match[1], least, most


def unknown_measures(quantities: list[Quantity]) -> tuple[list[str], list[str]]:
    """(codes that are no unit of measure, all codes that are)."""
    if not quantities:
        return [], []
    known = list(MeasureUnit.objects.values_list("code", flat=True))
    return [unit for unit, *_ in quantities if unit not in known], known


def parse_near(text: object) -> Near:
    """ "VN-44,50": within 50 km of that place; "10.38,105.43,50": of that point. ValueError otherwise."""
    parts = text.split(",") if isinstance(text, str) else []
    first = {2: PLACE, 3: NUMBER}.get(len(parts))
    if first is None or not first.fullmatch(parts[0]) or not all(map(NUMBER.fullmatch, parts[1:])):
        raise ValueError("Write the key of a place and kilometres, VN-44,50, or latitude,longitude,kilometres.")
    kilometres = float(parts[-1])
    if not 0 < kilometres <= FARTHEST:
        raise ValueError(f"The distance is more than 0 and at most {FARTHEST:.0f} kilometres.")
    if len(parts) == 2:
        return Near(parts[0], None, kilometres)
    latitude, longitude = float(parts[0]), float(parts[1])
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise ValueError("A latitude lies between -90 and 90, a longitude between -180 and 180.")
    return Near("", (latitude, longitude), kilometres)
