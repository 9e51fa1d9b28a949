"""Connects signals to the plain functions that do the work."""

from __future__ import annotations

from typing import Any


def connect() -> None:
    """Register the handlers; called once from AppConfig.ready()."""
    from django.db.models.signals import m2m_changed, post_delete, post_save

    from .models import OrganisationName, PlaceName, Share, WithheldRow

    for model in (PlaceName, OrganisationName):
        post_save.connect(on_name_row, sender=model)
        post_delete.connect(on_name_row, sender=model)
    for signal in (post_save, post_delete):
        signal.connect(on_withheld_row, sender=WithheldRow)
    m2m_changed.connect(on_share_languages, sender=Share.languages.through)


def on_name_row(instance: Any, **kwargs: Any) -> None:
    from .models.names import refresh_labels

    refresh_labels(instance.owner)


def on_withheld_row(instance: Any, **kwargs: Any) -> None:
    instance.share.save()  # a new edition: what an index holds for the one before answers to nobody


def on_share_languages(instance: Any, action: str, reverse: bool, **kwargs: Any) -> None:
    if action.startswith("post_") and not reverse:
        instance.save()
