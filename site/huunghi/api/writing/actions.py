"""What is done to pages: by the same actions as in the admin, with their permissions, revisions and log entries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from wagtail.actions.copy_for_translation import CopyPageForTranslationAction
from wagtail.actions.create_page import CreatePageAction
from wagtail.actions.delete_page import DeletePageAction
from wagtail.actions.edit_page import EditPageAction
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import Locale, ReferenceIndex
from wagtail.signal_handlers import disable_reference_index_auto_update

from huunghi.conf import source_language
from huunghi.events.models import EventPage
from huunghi.importing.references import RECORDS
from huunghi.partners.models import EditorialUnit, Organisation
from huunghi.site_setup import section_for

from .columns import NAMES, ROWS
from .drafts import DraftWriter
from .permissions import may_edit, page_in, pages_to_write, require_unlocked
from .references import References
from .refusals import FieldProblem, InvalidFields, Problems, Refusal
from .revisions import require_revision
from .rows import fact_elsewhere


def create(request: HttpRequest, body: dict[str, Any], language: str | None) -> EventPage:
    """A new draft, in the section of its unit."""
    if not request.user.has_perm("wagtailadmin.access_admin"):
        raise PermissionDenied("You may not add events.")
    unit = _unit(request, body)
    try:
        parent = section_for(EventPage, unit, language or source_language())
    except LookupError as error:
        raise InvalidFields([FieldProblem(("lang",), str(error), source="query")]) from error
    page = EventPage(owner=request.user, locale=parent.locale, unit=unit, live=False)
    if not (permissions := parent.permissions_for_user(request.user)).can_add_subpage() or permissions.page_locked():
        raise PermissionDenied("You may not add events to this unit.")
    writer = DraftWriter(page, parent, request)
    writer.put(body)
    with indexed_once() as index:
        CreatePageAction(writer.form.instance, parent, user=request.user, form=writer.form).execute()
        index(writer.form.instance.translation_key)
    return writer.form.instance


def _unit(request: HttpRequest, body: dict[str, Any]) -> Organisation:
    """The unit that is named; else the only one whose editor the person is."""
    if body.get("unit"):
        references = References(request)
        unit = references.get("organisation", body["unit"])
        if unit is None:
            raise InvalidFields([FieldProblem(("unit",), references.unknown("organisation", body["unit"]))])
        return unit
    own = EditorialUnit.objects.filter(editors__in=request.user.groups.all()).select_related("organisation")
    units = list((own or EditorialUnit.objects.select_related("organisation"))[:20])
    if len(units) == 1:
        return units[0].organisation
    keys = ", ".join(getattr(unit.organisation, RECORDS["organisation"][1]) for unit in units)
    sentence = _("Name the unit that keeps the event: %(names)s.") % {"names": keys}
    raise InvalidFields([FieldProblem(("unit",), sentence)])


def change(request: HttpRequest, event_id: UUID, body: dict[str, Any], language: str | None) -> EventPage:
    """A new revision of the draft. What is live stays as it is until it is published."""
    page = _to_change(request, event_id, body, language)
    _put(request, page, _fields(body))
    return page


def _put(request: HttpRequest, page: EventPage, given: dict[str, Any]) -> None:
    draft = draft_of(page)
    writer = DraftWriter(draft, page.get_parent(), request)
    if writer.put(given):
        draft = writer.form.save(commit=False)
        with indexed_once() as index:
            EditPageAction(draft, user=request.user, clean=False).execute()
            index(page.translation_key)


def add_row(request: HttpRequest, event_id: UUID, body: dict[str, Any], language: str | None, name: str) -> EventPage:
    page = _to_change(request, event_id, body, language)
    _require_facts(page)
    rows = _keys(page, name)
    _put_row(request, page, name, [*rows, _fields(body)], len(rows))
    return page


def change_row(
    request: HttpRequest, event_id: UUID, body: dict[str, Any], language: str | None, name: str, key: UUID
) -> EventPage:
    page = _to_change(request, event_id, body, language)
    rows = _keys(page, name)
    at = _position(rows, key)
    rows[at] |= {field: value for field, value in _fields(body).items() if field != "key"}
    _put_row(request, page, name, rows, at)
    return page


def remove_row(
    request: HttpRequest, event_id: UUID, body: dict[str, Any], language: str | None, name: str, key: UUID
) -> EventPage:
    page = _to_change(request, event_id, body, language)
    _require_facts(page)
    rows = _keys(page, name)
    del rows[_position(rows, key)]
    _put(request, page, {name: rows})
    return page


def _to_change(request: HttpRequest, event_id: UUID, body: dict[str, Any], language: str | None) -> EventPage:
    page = page_in(pages_to_write(request, event_id), language, event_id)
    require_revision(request, body, page)
    require_unlocked(request.user, page)
    return page


def _fields(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "revision"}


def _keys(page: EventPage, name: str) -> list[dict[str, Any]]:
    """The rows of a page as they stay when nothing else is said of them."""
    stored = getattr(draft_of(page), ROWS[name].relation).all()
    return [{"key": str(row.translation_key)} for row in stored]


def _position(rows: list[dict[str, Any]], key: UUID) -> int:
    at = next((number for number, row in enumerate(rows) if row["key"] == str(key)), None)
    if at is None:
        raise Http404("The event has no such row.")
    return at


def _require_facts(page: EventPage) -> None:
    if not page.is_source:
        raise Refusal(409, fact_elsewhere(page))


def _put_row(request: HttpRequest, page: EventPage, name: str, rows: list[dict[str, Any]], at: int) -> None:
    """What is wrong with the row is named without the list and its number: the body has neither."""
    try:
        _put(request, page, {name: rows})
    except InvalidFields as error:
        raise InvalidFields(
            FieldProblem(problem.path[2:], problem.sentence) if problem.path[1:2] == (at,) else problem
            for problem in error.problems
        ) from error


def publish(request: HttpRequest, event_id: UUID, body: dict[str, Any], language: str | None) -> EventPage:
    """Publish the newest draft. InvalidFields for what it lacks."""
    page = _to_change(request, event_id, body, language)
    if not page.permissions_for_user(request.user).can_publish():
        raise PermissionDenied("You may change this event, but not publish it.")
    draft = draft_of(page)
    DraftWriter(draft, page.get_parent(), request).check_complete()
    revision = page.get_latest_revision() or page.save_revision(user=request.user)
    with indexed_once() as index:
        revision.publish(user=request.user)
        index(page.translation_key)
    return page


def unpublish(request: HttpRequest, event_id: UUID, body: dict[str, Any], language: str | None) -> EventPage:
    page = _to_change(request, event_id, body, language)
    if not page.live:
        raise Refusal(409, "It is not published.")
    UnpublishPageAction(page, user=request.user).execute()
    return page


def delete(request: HttpRequest, event_id: UUID, body: dict[str, Any], language: str | None) -> None:
    """The page in one language; without one the whole event, in all its languages."""
    pages = pages_to_write(request, event_id)
    page = page_in(pages, language, event_id)
    require_revision(request, body, page)
    doomed = [page]
    if language is None:
        doomed = list(EventPage.objects.filter(translation_key=event_id).order_by("-alias_of", "pk"))
    if not all(each.permissions_for_user(request.user).can_delete() for each in doomed):
        raise PermissionDenied("You may not delete this event.")
    for each in doomed:
        require_unlocked(request.user, each)
    for each in doomed:
        DeletePageAction(each, user=request.user).execute()


def translate(request: HttpRequest, event_id: UUID, body: dict[str, Any], language: str) -> EventPage:
    """A draft in one more language, with the facts of the event and the texts that are given."""
    pages = pages_to_write(request, event_id)
    if EventPage.objects.filter(translation_key=event_id, locale__language_code=language).exists():
        raise Refusal(409, "The event has a text in this language already; change it with PATCH.")
    source = pages[0].source
    if not may_edit(request.user, source):
        raise PermissionDenied("You may change this event in another language only.")
    locale = Locale.objects.get(language_code=language)
    parent = source.get_parent().specific.get_translation_or_none(locale)
    if parent is None:
        raise Refusal(409, "The section of the event has no page in this language.")
    if not parent.permissions_for_user(request.user).can_add_subpage():
        raise PermissionDenied("You may not add events in this language.")
    page = CopyPageForTranslationAction(source, locale, user=request.user).execute()
    page = EventPage.objects.get(pk=page.pk)
    _put(request, page, body)
    return page


@contextmanager
def indexed_once() -> Iterator[Callable[[UUID], None]]:
    """Within the block Wagtail does not note where records are used; the function it gives does, for a whole event.

    Else it reads all rows of a page again for each row that is stored.
    """

    def index(event_id: UUID) -> None:
        for page in EventPage.objects.filter(translation_key=event_id):
            ReferenceIndex.create_or_update_for_object(page)

    with disable_reference_index_auto_update():
        yield index


def draft_of(page: EventPage) -> EventPage:
    return page.get_latest_revision_as_object()


def fields_refused(error: ValidationError) -> InvalidFields:
    """What a model refused when it was stored, in the names of the body."""
    problems = Problems()
    problems.add_error(error, {**NAMES, **{rows.relation: (name,) for name, rows in ROWS.items()}})
    return InvalidFields(problems.found)
