"""Connects signals to the plain functions that do the work."""

from __future__ import annotations

from typing import Any


def connect() -> None:
    """Register the handlers; called once from AppConfig.ready()."""
    from django.db.models.signals import post_delete, post_save

    from .models import OrganisationName, PlaceName

    for model in (PlaceName, OrganisationName):
        post_save.connect(on_name_row, sender=model)
        post_delete.connect(on_name_row, sender=model)


def on_name_row(instance: Any, **kwargs: Any) -> None:
    from .models.names import refresh_labels

    refresh_labels(instance.owner)
