"""Connects signals to the plain functions that do the work."""

from __future__ import annotations

from typing import Any


def connect() -> None:
    """Register the handlers; called once from AppConfig.ready()."""
    from django.db.models.signals import post_save

    from huunghi.events.models import EventPage

    # Publishing saves the page; Wagtail's own signal of it comes after the commit.
    post_save.connect(on_event_saved, sender=EventPage)


def on_event_saved(
    instance: Any, raw: bool = False, update_fields: frozenset[str] | None = None, **kwargs: Any
) -> None:
    from .oai.records import note_public

    # Saving a draft of a page that is live writes some columns only, none of which makes it public.
    if not raw and (update_fields is None or update_fields & {"live", "visibility"}):
        note_public(instance)
