"""Event kinds and units of measure that ship with the product."""

from __future__ import annotations

from huunghi.partners.vocabularies import load_terms

from .models import EventKind, MeasureUnit


def load_event_vocabularies() -> int:
    """Add what is missing; returns how many terms were added."""
    kinds = load_terms(EventKind, "huunghi.events", "event-kinds.csv")
    return kinds + load_terms(MeasureUnit, "huunghi.events", "measure-units.csv", measure_class=str)
