"""Connects signals to the plain functions that do the work."""

from __future__ import annotations

from typing import Any


def connect() -> None:
    """Register the handlers; called once from AppConfig.ready()."""
    from django.db.models.signals import m2m_changed, post_delete, post_save
    from wagtail.models import PageViewRestriction
    from wagtail.signals import page_published, page_unpublished, post_page_move

    from huunghi.events.models import EventKind, Publication
    from huunghi.partners.models import CooperationField, Organisation, OrganisationName, Partner, Place, PlaceName

    from .extraction import PAGE_TYPES
    from .models import Concept, ConceptTerm

    page_published.connect(on_page)
    page_unpublished.connect(on_page)
    post_page_move.connect(on_page_moved)
    for model in PAGE_TYPES.values():
        post_delete.connect(on_page, sender=model)
    for signal in (post_save, post_delete):
        signal.connect(on_publication, sender=Publication)
        signal.connect(on_restriction, sender=PageViewRestriction)
        for model in (Place, PlaceName, Organisation, OrganisationName, Partner, EventKind, CooperationField):
            signal.connect(on_name, sender=model)
        for model in (Concept, ConceptTerm):
            signal.connect(on_term, sender=model)
    m2m_changed.connect(on_name, sender=Place.successors.through)


def on_page(instance: Any, **kwargs: Any) -> None:
    from .feeding import page_changed

    page_changed(instance)


def on_page_moved(instance: Any, **kwargs: Any) -> None:
    from .feeding import subtree_changed

    subtree_changed(instance)


def on_restriction(instance: Any, **kwargs: Any) -> None:
    from .feeding import subtree_changed

    subtree_changed(instance.page)


def on_publication(instance: Any, **kwargs: Any) -> None:
    from .feeding import record_changed

    record_changed("publication", instance.key)


def on_name(**kwargs: Any) -> None:
    from .knowledge import NAMES_COUNTER
    from .models import Counter

    Counter.next(NAMES_COUNTER)


def on_term(**kwargs: Any) -> None:
    from .knowledge import GLOSSARY_COUNTER
    from .models import Counter

    Counter.next(GLOSSARY_COUNTER)
