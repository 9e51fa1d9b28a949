"""Connects signals to the plain functions that do the work.

A row must be written in the transaction of its change. Wagtail saves pages in one, but signals of other models may come
when their change is committed already. Outside a transaction such a change is therefore announced before it is made: a
process that is killed in between leaves a row that is fed half a minute later.
"""

from __future__ import annotations

from threading import local
from typing import Any

# Saving only these columns changes nothing that readers find.
BOOKKEEPING = frozenset(
    {"latest_revision", "latest_revision_created_at", "draft_title", "has_unpublished_changes", "numchild", "locked",
     "locked_at", "locked_by", "go_live_at", "owner", "live_revision", "last_published_at", "first_published_at"}
)  # fmt: skip
_state = local()


def connect() -> None:
    """Register the handlers; called once from AppConfig.ready()."""
    from django.core.signals import request_started
    from django.db.models.signals import m2m_changed, post_delete, post_save

    from huunghi.partners.models import Organisation, Place

    from .feeding import bell
    from .models import Concept, ConceptTerm

    _connect_pages()
    _connect_access()
    _connect_names()
    _connect_files()
    for signal in (post_save, post_delete):
        for model in (Concept, ConceptTerm):
            signal.connect(on_term, sender=model)
    for model in (Place, Organisation):
        m2m_changed.connect(on_successors, sender=model.successors.through)
    request_started.connect(bell.start)


def _connect_pages() -> None:
    from django.db.models.signals import post_delete, post_save, pre_save
    from wagtail.models import Locale, Page, Site
    from wagtail.signals import page_slug_changed, pre_page_move

    from huunghi.events.models import Edition, Publication

    from .documents.extraction import PAGE_TYPES

    # Publishing and taking back save the page; Wagtail's own signals of them come after the commit.
    pre_page_move.connect(before_page_moves)
    page_slug_changed.connect(on_slug_changed)
    for model in (Page, *PAGE_TYPES.values()):
        post_save.connect(on_page_saved, sender=model)
    for model in PAGE_TYPES.values():
        post_delete.connect(on_page_deleted, sender=model)
    for signal in (pre_save, post_save, post_delete):
        for model in (Publication, Edition):
            signal.connect(on_publication, sender=model)
    for signal in (post_save, post_delete):
        signal.connect(on_locale, sender=Locale)
        signal.connect(on_site, sender=Site)


def _connect_access() -> None:
    from django.contrib.auth.models import Group
    from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
    from wagtail.models import PageViewRestriction

    from huunghi.partners.models import LockedSection, Share

    for signal in (pre_save, post_save):
        signal.connect(on_share, sender=Share)
    for signal in (pre_save, post_save, post_delete):
        for model in (PageViewRestriction, LockedSection):
            signal.connect(on_restriction, sender=model)
    m2m_changed.connect(on_restriction_groups, sender=PageViewRestriction.groups.through)
    pre_delete.connect(on_group_deleted, sender=Group)


def _connect_names() -> None:
    from django.db.models.signals import post_delete, post_save, pre_save

    from huunghi.partners.models import OrganisationName, PlaceName

    from .feeding.fan_out import NAMED

    for signal in (pre_save, post_save, post_delete):
        for model, _ in NAMED.values():
            signal.connect(on_name, sender=model)
        for model in (PlaceName, OrganisationName):
            signal.connect(on_name_row, sender=model)


def _connect_files() -> None:
    from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
    from wagtail.documents import get_document_model
    from wagtail.images import get_image_model
    from wagtail.models import CollectionViewRestriction

    from huunghi.events.models import Confirmation

    for signal in (pre_save, post_save, pre_delete):
        signal.connect(on_file, sender=get_document_model())
    for signal in (pre_save, post_save, post_delete):
        signal.connect(on_collection_restriction, sender=CollectionViewRestriction)
    for signal in (pre_save, post_save):
        signal.connect(on_picture, sender=get_image_model())
        signal.connect(on_confirmation, sender=Confirmation)


# --- pages


def on_page_deleted(instance: Any, **kwargs: Any) -> None:
    from .feeding import page_changed

    page_changed(instance)


def on_page_saved(instance: Any, created: bool, update_fields: frozenset[str] | None = None, **kwargs: Any) -> None:
    from .feeding import page_changed, subtree_changed, tree_reordered

    # Wagtail tells of a move when it is committed already; within its transaction it only saves the page.
    to_another_parent = _moving().pop(instance.pk, None)
    if to_another_parent:
        subtree_changed(instance.pk)
    elif to_another_parent is False:
        tree_reordered()
    if update_fields is not None and BOOKKEEPING.issuperset(update_fields):
        return
    if instance.live or not created:
        page_changed(instance)


def on_slug_changed(instance: Any, **kwargs: Any) -> None:
    """The addresses of all pages below a section are other ones now, and cards hold them."""
    from .feeding import subtree_changed

    if instance.numchild:
        subtree_changed(instance.pk, revoking=False)


def before_page_moves(instance: Any, parent_page_before: Any, parent_page_after: Any, **kwargs: Any) -> None:
    _moving()[instance.pk] = parent_page_before.pk != parent_page_after.pk


def _moving() -> dict[int, bool]:
    """Pages that this thread is moving -> whether to another parent."""
    if not hasattr(_state, "moving"):
        _state.moving = {}
    return _state.moving


def on_publication(instance: Any, signal: Any, **kwargs: Any) -> None:
    from huunghi.events.models import Publication

    from .feeding import record_changed

    announced = _is_announcement(signal)
    if announced is None:
        return
    if isinstance(instance, Publication):
        record_changed("publication", instance.key, announced=announced)
    else:
        for key in Publication.objects.filter(pk=instance.publication_id).values_list("key", flat=True):
            record_changed("publication", key, announced=announced)


def on_locale(created: bool = False, **kwargs: Any) -> None:
    from .feeding import everything_changed

    if not created:
        everything_changed()


def on_site(**kwargs: Any) -> None:
    """Another root or host: the addresses of all pages may be other ones, and cards hold them."""
    from .feeding import everything_changed
    from .models import IndexTarget

    if IndexTarget.objects.exists():
        everything_changed()


# --- who may read


def on_restriction(instance: Any, signal: Any, **kwargs: Any) -> None:
    from django.db.models.signals import post_delete

    from .feeding import subtree_changed

    announced = _is_announcement(signal)
    if announced is not None:
        subtree_changed(instance.page_id, revoking=signal is not post_delete, announced=announced)


def on_share(instance: Any, signal: Any, **kwargs: Any) -> None:
    """Nothing to hide: after a change no index entry answers to the share. The new one has to be made."""
    from .feeding import tree_changed

    announced = _is_announcement(signal)
    if announced is not None:
        tree_changed(instance.page_key, revoking=False, announced=announced)


def on_restriction_groups(instance: Any, action: str, reverse: bool, pk_set: set[int] | None, **kwargs: Any) -> None:
    from wagtail.models import PageViewRestriction

    from .feeding import subtree_changed

    if not action.startswith("post_") and action != "pre_clear":
        return
    if not reverse:
        subtree_changed(instance.page_id)
        return
    restrictions = PageViewRestriction.objects.filter(pk__in=pk_set) if pk_set else _restrictions_for(instance)
    for page_id in restrictions.values_list("page_id", flat=True):
        subtree_changed(page_id)


def on_group_deleted(instance: Any, **kwargs: Any) -> None:
    from .feeding import subtree_changed

    for page_id in _restrictions_for(instance).values_list("page_id", flat=True):
        subtree_changed(page_id)


def _restrictions_for(group: Any) -> Any:
    from wagtail.models import PageViewRestriction

    return PageViewRestriction.objects.filter(groups=group)


# --- attached files


def on_file(instance: Any, signal: Any, created: bool = False, **kwargs: Any) -> None:
    """A file was replaced, renamed, moved to another collection, or is about to go: its records are read again."""
    announced = _is_announcement(signal)
    if announced is not None and instance.pk and not created:
        _files_changed([instance.pk], announced)


def on_picture(instance: Any, signal: Any, created: bool = False, **kwargs: Any) -> None:
    """A picture got another file: what the API says of its size is another thing now."""
    from .attachments.files import records_with_picture
    from .feeding import record_changed

    announced = _is_announcement(signal)
    if announced is not None and instance.pk and not created:
        for type_, key in records_with_picture(instance.pk):
            record_changed(type_, key, announced=announced)


def on_confirmation(instance: Any, signal: Any, **kwargs: Any) -> None:
    """An event says by whom it was confirmed."""
    from .feeding import record_changed

    announced = _is_announcement(signal)
    if announced is not None:
        record_changed("event", str(instance.page_key), announced=announced)


def on_collection_restriction(instance: Any, signal: Any, **kwargs: Any) -> None:
    from wagtail.documents import get_document_model

    announced = _is_announcement(signal)
    if announced is not None:
        inside = get_document_model().objects.filter(collection__path__startswith=instance.collection.path)
        _files_changed(inside.values_list("pk", flat=True), announced)


def _files_changed(ids: Any, announced: bool) -> None:
    from .attachments.files import records_showing
    from .feeding import record_changed

    for type_, key in records_showing(ids):
        record_changed(type_, key, revoking=True, announced=announced)


# --- names and terms


def on_name(instance: Any, signal: Any, created: bool = False, **kwargs: Any) -> None:
    from .feeding.fan_out import NAMED

    kind = instance._meta.model_name
    announced = _is_announcement(signal)
    # Nothing can refer to a new record; but a text may have the name of a place before there is a record of it.
    if announced is not None and not (created and kind not in ("place", "organisation")):
        _name_changed(kind, getattr(instance, NAMED[kind][1]), announced)


def on_name_row(instance: Any, signal: Any, **kwargs: Any) -> None:
    announced = _is_announcement(signal)
    owner = instance._meta.get_field("owner").related_model
    if announced is not None:
        for key in owner.objects.filter(pk=instance.owner_id).values_list("key", flat=True):
            _name_changed(owner._meta.model_name, key, announced)


def on_successors(**kwargs: Any) -> None:
    from .recognition.knowledge import NAMES_COUNTER

    _count(NAMES_COUNTER)


def _name_changed(kind: str, key: str, announced: bool) -> None:
    from .feeding import name_changed

    if not announced:
        on_successors()
    name_changed(kind, key, announced=announced)


def on_term(**kwargs: Any) -> None:
    from .recognition.knowledge import GLOSSARY_COUNTER

    _count(GLOSSARY_COUNTER)


def _count(counter: str) -> None:
    """Tell every process that its names or terms are old, and this one at once."""
    from django.db import transaction

    from .models import Counter
    from .recognition.knowledge import look_again

    Counter.next(counter)
    transaction.on_commit(look_again)


def _is_announcement(signal: Any) -> bool | None:
    """True before a change outside a transaction, False after a change, None when there is nothing to do."""
    from django.db import connection
    from django.db.models.signals import pre_save

    if signal is not pre_save:
        return False
    return None if connection.in_atomic_block else True
