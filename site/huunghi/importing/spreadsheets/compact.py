"""Rows that are written into one cell: "KH-8 guest; KH-21 host"."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from ..validation import validator
from .labels import labels_of_choices

_IN_BRACKETS = re.compile(r"(.+?)\s*\(([^()]+)\)")
_SOURCE_ID = re.compile(r"[\w.:-]*[a-z0-9][\w.:-]*", re.ASCII)

Number = Callable[[Any], int | float]


def rows_in_cell(text: str, shape: str, number: Number) -> list[Any]:
    """The rows of a cell as a line has them. Raises ValueError, or what `number` raises.

    Rows stand on lines of their own or behind semicolons; items of an agenda and outcomes, which are sentences, only on
    lines of their own.
    """
    separator = r"\n" if shape in ("agendaItem", "outcome") else r"[;\n]"
    parts = [part.strip() for part in re.split(separator, text) if part.strip()]
    if shape in ("agendaItem", "outcome", "documentReference"):
        return parts
    if shape not in READERS:
        raise ValueError(_("Write these rows into a sheet of their own."))
    return [READERS[shape](part, number) for part in parts]


def _partner(text: str, number: Number) -> dict[str, Any]:
    code, role = _with_role(text, "partnerSide", also_behind_a_space=True)
    return {"code": code, **role}


def _organiser(text: str, number: Number) -> Any:
    """A plain text is looked up as an organisation; beside a role, only what looks like an identifier is."""
    name, role = _with_role(text, "organiser")
    if not role:
        return name
    return {("organisation" if _SOURCE_ID.fullmatch(name) else "name"): name, **role}


def _venue(text: str, number: Number) -> dict[str, Any]:
    """ "Nhà thi đấu @ VN-44 (main)"."""
    rest, role = _with_role(text, "venue")
    name, _sign, place = (part.strip() for part in rest.partition("@"))
    return {**role, **({"name": name} if name else {}), **({"place": place} if place else {})}


def _appearance(text: str, number: Number) -> dict[str, Any]:
    person, role = _with_role(text, "appearance", also_behind_a_space=True)
    return {"person": person, **role}


def _figure(text: str, number: Number) -> dict[str, Any]:
    """ "2.063 attendance (cả hai ngày)"."""
    match = _IN_BRACKETS.fullmatch(text)
    rest, scope = match.groups() if match else (text, "")
    quantity, _space, unit = rest.strip().rpartition(" ")
    if not quantity:
        sentence = _("“%(text)s” needs a number and what it counts: 2063 attendance.")
        raise ValueError(sentence % {"text": text[:60]})
    return {"quantity": number(quantity), "unit": unit, **({"scope": scope} if scope else {})}


def _with_role(text: str, shape: str, also_behind_a_space: bool = False) -> tuple[str, dict[str, str]]:
    """What stands before the role, and the role in brackets or, for codes, behind a space."""
    roles = labels_of_choices(_roles(shape))
    if match := _IN_BRACKETS.fullmatch(text):
        if role := roles.get(match[2].strip().casefold()):
            return match[1], {"role": role}
        if also_behind_a_space:
            known = ", ".join(_roles(shape))
            sentence = _("“%(text)s” is no role. Known: %(names)s.")
            raise ValueError(sentence % {"text": match[2][:60], "names": known})
    if also_behind_a_space:
        first, _space, rest = text.partition(" ")
        if rest:
            role = roles.get(rest.strip().casefold())
            if role is None:
                known = ", ".join(_roles(shape))
                sentence = _("“%(text)s” is no role. Known: %(names)s.")
                raise ValueError(sentence % {"text": rest[:60], "names": known})
            return first, {"role": role}
    return text, {}


def _roles(shape: str) -> tuple[str, ...]:
    definition = validator().schema["$defs"][shape]
    branches = definition.get("anyOf", [definition])
    return next(tuple(branch["properties"]["role"]["enum"]) for branch in branches if "properties" in branch)


READERS: dict[str, Callable[[str, Number], Any]] = {
    "partnerSide": _partner,
    "organiser": _organiser,
    "venue": _venue,
    "appearance": _appearance,
    "figure": _figure,
}
