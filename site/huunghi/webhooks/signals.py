"""Connects signals to `changes` and `noting`. Where no endpoint is on, a change costs one short query."""

from __future__ import annotations

from threading import local
from typing import Any

from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from wagtail.models import Page, PageViewRestriction
from wagtail.signals import pre_page_move

from huunghi.events.confirming.signals import answered
from huunghi.events.models import EventPage
from huunghi.events.models.confirmations import Confirmation
from huunghi.partners.models import LockedSection, Share
from huunghi.search.signal_handlers import BOOKKEEPING

from .changes import State, state_below, state_of_record, what_happened
from .noting import Notice, listeners, note
from .types import MessageType

_state = local()


def connect() -> None:
    """Register the handlers; called once from AppConfig.ready()."""
    for before in (pre_save, pre_delete):
        before.connect(before_event, sender=EventPage)
        for model in (PageViewRestriction, LockedSection):
            before.connect(before_section, sender=model)
    for after in (post_save, post_delete):
        after.connect(after_event, sender=EventPage)
        for model in (PageViewRestriction, LockedSection):
            after.connect(after_section, sender=model)
    pre_page_move.connect(before_move)
    post_save.connect(after_move, sender=Page)
    pre_save.connect(before_share, sender=Share)
    post_save.connect(after_share, sender=Share)
    post_save.connect(after_confirmation, sender=Confirmation)
    answered.connect(on_answer)


def is_bookkeeping(update_fields: frozenset[str] | None) -> bool:
    return update_fields is not None and BOOKKEEPING.issuperset(update_fields)


# --- one event


def before_event(instance: EventPage, update_fields: frozenset[str] | None = None, **kwargs: Any) -> None:
    instance.huunghi_public_before = None
    if not is_bookkeeping(update_fields) and listeners():
        instance.huunghi_public_before = state_of_record(instance.translation_key)


def after_event(instance: EventPage, **kwargs: Any) -> None:
    before: State | None = getattr(instance, "huunghi_public_before", None)
    if before is not None:
        # A draft of a public event's translation changes nothing for readers.
        note(what_happened(before, state_of_record(instance.translation_key), written=instance.live))


# --- many events: a section is opened, closed or moved


def before_section(instance: Any, **kwargs: Any) -> None:
    instance.huunghi_public_before = state_below(instance.page) if listeners() else None


def after_section(instance: Any, **kwargs: Any) -> None:
    before: State | None = getattr(instance, "huunghi_public_before", None)
    # The page itself may be on its way out: its events tell that by themselves.
    if before is not None and (page := Page.objects.filter(pk=instance.page_id).first()):
        note(what_happened(before, state_below(page)))


def before_move(instance: Page, parent_page_before: Page, parent_page_after: Page, **kwargs: Any) -> None:
    if parent_page_before.pk != parent_page_after.pk and listeners():
        _moving()[instance.pk] = state_below(instance)


def after_move(instance: Page, **kwargs: Any) -> None:
    """Wagtail tells of a move when it is committed; within its transaction it only saves the page."""
    before = _moving().pop(instance.pk, None)
    if before is not None:
        note(what_happened(before, state_below(instance)))


def _moving() -> dict[int, State]:
    if not hasattr(_state, "moving"):
        _state.moving = {}
    return _state.moving


# --- shares and confirmations


def before_share(instance: Share, **kwargs: Any) -> None:
    instance.huunghi_was_revoked = bool(
        instance.pk and Share.objects.filter(pk=instance.pk, revoked_at__isnull=False).exists()
    )


def after_share(instance: Share, created: bool = False, **kwargs: Any) -> None:
    ids = {"id": str(instance.public_id), "record": str(instance.page_key)}
    if created:
        note([Notice(MessageType.SHARE_CREATED, ids["id"], ids)])
    elif instance.revoked_at and not instance.huunghi_was_revoked:
        note([Notice(MessageType.SHARE_REVOKED, ids["id"], ids)])


def after_confirmation(instance: Confirmation, update_fields: frozenset[str] | None = None, **kwargs: Any) -> None:
    if update_fields and "closed_at" in update_fields and instance.closed_at:
        _note_confirmation(MessageType.CONFIRMATION_COMPLETED, instance)


def on_answer(confirmation: Confirmation, **kwargs: Any) -> None:
    _note_confirmation(MessageType.CONFIRMATION_RECEIVED, confirmation)


def _note_confirmation(type_: MessageType, confirmation: Confirmation) -> None:
    ids = {"id": str(confirmation.public_id), "record": str(confirmation.page_key)}
    note([Notice(type_, ids["id"], ids)])
