"""The addresses at which events are written.

They stand on the router by which events are read: with a router of its own, an address that is read and written would
be two, and the first of them would refuse what the other does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import orjson
from django.core.exceptions import ValidationError
from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import override
from ninja import Query, Schema
from pydantic import Field

from huunghi.conf import source_language
from huunghi.events.models import EventPage
from huunghi.http import Language, Parameters, TemporaryProblem, absolute_url, problems
from huunghi.partners.answers import keep_private

from .. import events
from ..bearer import StaffAuthentication
from . import actions, bodies, repeating, schemas
from .descriptions import body_of, headers_of
from .drafts import written
from .permissions import page_in, pages_to_write
from .revisions import etag_of, revision_of

router = events.router.router
STAFF = StaffAuthentication()
REFUSED = problems(400, 401, 403, 404, 409, 413, 415, 422, 423, 429, 503)
REFUSED_CHANGE = REFUSED | problems(412, 428)
EVENT = "/{uuid:event_id}/"
ROW = "/{uuid:event_id}/rows/{name}/{uuid:key}/"


class WriteParameters(Parameters):
    lang: Language | None = Field(None, description="Which text is written; without it the one that holds the facts.")


class TranslationParameters(Parameters):
    lang: Language = Field(description="The language of the new text.")


def write(
    request: HttpRequest,
    schema: type[Schema],
    language: str | None,
    work: Callable[[dict[str, Any]], EventPage | None],
    status: int = 200,
) -> HttpResponse:
    """Carry out one request in one transaction, once for each Idempotency-Key, and answer with the draft."""
    with _language_of(request, language):
        body = bodies.read(request, schema)
        try:
            with transaction.atomic():
                place = repeating.claim(request) if request.method == "POST" else None
                if place is not None and place.status is not None:
                    return keep_private(repeating.again(place))
                page = work(body)
                answer = answered(request, page, status) if page else _nothing()
                if place is not None:
                    repeating.keep(place, answer)
                return answer
        except ValidationError as error:
            raise actions.fields_refused(error) from error
        except OperationalError as error:
            raise TemporaryProblem("The database is busy; try again.", retry_after=1) from error


def _nothing() -> HttpResponse:
    answer = keep_private(HttpResponse(status=204))
    del answer["Content-Type"]
    return answer


@contextmanager
def _language_of(request: HttpRequest, language: str | None) -> Iterator[None]:
    """Sentences are in the language that the person chose for the admin, else in that of the text."""
    profile = getattr(request.user, "wagtail_userprofile", None)
    with override((profile and profile.preferred_language) or language or source_language()):
        yield


def answered(request: HttpRequest, page: EventPage, status: int = 200) -> HttpResponse:
    """The newest draft, with its revision."""
    page = EventPage.objects.select_related("locale").get(pk=page.pk)
    pages = EventPage.objects.filter(translation_key=page.translation_key, alias_of__isnull=True)
    content = {
        "id": str(page.translation_key),
        "lang": page.locale.language_code,
        "original": page.is_source,
        "languages": sorted(pages.values_list("locale__language_code", flat=True)),
        "live": page.live,
        "unpublished_changes": page.has_unpublished_changes,
        "url": absolute_url(request)(page.url),
        "revision": revision_of(page),
        **written(actions.draft_of(page)),
    }
    answer = HttpResponse(orjson.dumps(content), status=status, content_type="application/json; charset=utf-8")
    answer["ETag"] = etag_of(page)
    if status == 201:
        answer["Location"] = request.build_absolute_uri(_draft_address(request, page))
    return keep_private(answer)


def _draft_address(request: HttpRequest, page: EventPage) -> str:
    """Where the draft is read again; the API does not know under which prefix a host has put it."""
    root, _, _ = request.path.partition("/events/")
    return f"{root}/events/{page.translation_key}/draft/?lang={page.locale.language_code}"


@router.post(
    "/",
    response={201: schemas.EventDraft, **REFUSED},
    auth=STAFF,
    url_name="list_events",
    operation_id="huunghi_create_event",
    summary="A new event, as a draft",
    openapi_extra=body_of(schemas.EventCreate) | headers_of("Idempotency-Key"),
)
def create_event(request: HttpRequest, parameters: Query[WriteParameters]) -> Any:
    language = parameters.lang
    return write(request, schemas.EventCreate, language, lambda body: actions.create(request, body, language), 201)


@router.patch(
    EVENT,
    response={200: schemas.EventDraft, **REFUSED_CHANGE},
    auth=STAFF,
    url_name="get_event",
    operation_id="huunghi_change_event",
    summary="Change the draft of an event in one language",
    openapi_extra=body_of(schemas.EventChange) | headers_of("If-Match"),
)
def change_event(request: HttpRequest, event_id: UUID, parameters: Query[WriteParameters]) -> Any:
    language = parameters.lang
    return write(request, schemas.EventChange, language, lambda body: actions.change(request, event_id, body, language))


@router.delete(
    EVENT,
    response={204: None, **REFUSED_CHANGE},
    auth=STAFF,
    url_name="get_event",
    operation_id="huunghi_delete_event",
    summary="Delete an event; with `lang`, its text in that language",
    openapi_extra=body_of(schemas.State, required=False) | headers_of("If-Match"),
)
def delete_event(request: HttpRequest, event_id: UUID, parameters: Query[WriteParameters]) -> Any:
    language = parameters.lang
    return write(request, schemas.State, language, lambda body: actions.delete(request, event_id, body, language))


@router.get(
    "/{uuid:event_id}/draft/",
    response={200: schemas.EventDraft, **problems(401, 403, 404, 422, 429)},
    auth=STAFF,
    operation_id="huunghi_get_draft",
    summary="The newest draft of an event in one language, as it is written",
)
def get_draft(request: HttpRequest, event_id: UUID, parameters: Query[WriteParameters]) -> Any:
    pages = pages_to_write(request, event_id, to_change=False)
    return answered(request, page_in(pages, parameters.lang, event_id))


@router.post(
    "/{uuid:event_id}/publish/",
    response={200: schemas.EventDraft, **REFUSED_CHANGE},
    auth=STAFF,
    operation_id="huunghi_publish_event",
    summary="Publish the newest draft in one language",
    openapi_extra=body_of(schemas.State, required=False) | headers_of("If-Match", "Idempotency-Key"),
)
def publish_event(request: HttpRequest, event_id: UUID, parameters: Query[WriteParameters]) -> Any:
    language = parameters.lang
    return write(request, schemas.State, language, lambda body: actions.publish(request, event_id, body, language))


@router.post(
    "/{uuid:event_id}/unpublish/",
    response={200: schemas.EventDraft, **REFUSED_CHANGE},
    auth=STAFF,
    operation_id="huunghi_unpublish_event",
    summary="Take an event back in one language; it stays as a draft",
    openapi_extra=body_of(schemas.State, required=False) | headers_of("If-Match", "Idempotency-Key"),
)
def unpublish_event(request: HttpRequest, event_id: UUID, parameters: Query[WriteParameters]) -> Any:
    language = parameters.lang
    return write(request, schemas.State, language, lambda body: actions.unpublish(request, event_id, body, language))


@router.post(
    "/{uuid:event_id}/translations/",
    response={201: schemas.EventDraft, **REFUSED},
    auth=STAFF,
    operation_id="huunghi_translate_event",
    summary="A text in one more language, as a draft",
    openapi_extra=body_of(schemas.EventCreate) | headers_of("Idempotency-Key"),
)
def translate_event(request: HttpRequest, event_id: UUID, parameters: Query[TranslationParameters]) -> Any:
    language = parameters.lang
    return write(
        request, schemas.EventCreate, language, lambda body: actions.translate(request, event_id, body, language), 201
    )


@router.post(
    "/{uuid:event_id}/rows/{name}/",
    response={201: schemas.EventDraft, **REFUSED_CHANGE},
    auth=STAFF,
    operation_id="huunghi_add_row",
    summary="One more row, behind the others",
    openapi_extra=body_of(*schemas.ROW_CHANGES.values()) | headers_of("If-Match", "Idempotency-Key"),
)
def add_row(request: HttpRequest, event_id: UUID, name: schemas.RowName, parameters: Query[WriteParameters]) -> Any:
    language = parameters.lang

    def work(body: dict[str, Any]) -> EventPage:
        return actions.add_row(request, event_id, body, language, name)

    return write(request, schemas.ROW_CHANGES[name], language, work, 201)


@router.patch(
    ROW,
    response={200: schemas.EventDraft, **REFUSED_CHANGE},
    auth=STAFF,
    url_name="change_row",
    operation_id="huunghi_change_row",
    summary="Change one row; fields that are left out stay as they are",
    openapi_extra=body_of(*schemas.ROW_CHANGES.values()) | headers_of("If-Match"),
)
def change_row(
    request: HttpRequest, event_id: UUID, name: schemas.RowName, key: UUID, parameters: Query[WriteParameters]
) -> Any:
    language = parameters.lang

    def work(body: dict[str, Any]) -> EventPage:
        return actions.change_row(request, event_id, body, language, name, key)

    return write(request, schemas.ROW_CHANGES[name], language, work)


@router.delete(
    ROW,
    response={200: schemas.EventDraft, **REFUSED_CHANGE},
    auth=STAFF,
    url_name="change_row",
    operation_id="huunghi_remove_row",
    summary="Take one row out",
    openapi_extra=body_of(schemas.State, required=False) | headers_of("If-Match"),
)
def remove_row(
    request: HttpRequest, event_id: UUID, name: schemas.RowName, key: UUID, parameters: Query[WriteParameters]
) -> Any:
    language = parameters.lang

    def work(body: dict[str, Any]) -> EventPage:
        return actions.remove_row(request, event_id, body, language, name, key)

    return write(request, schemas.State, language, work)
