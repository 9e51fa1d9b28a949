"""Everything under MEDIA_URL, and Wagtail's addresses of documents."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe
from wagtail import hooks
from wagtail.documents import get_document_model
from wagtail.documents.models import document_served
from wagtail.images import get_image_model

from huunghi.partners.answers import reader_with_passwords

from .access import Admission, admission, reader_of_files
from .answering import answer

# Where Wagtail's models keep their files. What lies there and belongs to none of them is handed out to nobody.
FOLDERS = frozenset({"original_images", "images", "documents"})


@require_safe
def media(request: HttpRequest, name: str) -> HttpResponseBase:
    """One file by its name below MEDIA_URL: a picture, a rendition of one, a document, or a file of another app."""
    try:
        return _by_name(request, name)
    except Http404:
        return never_there(request)


def never_there(request: HttpRequest) -> HttpResponse:
    """The one answer for a file that is hidden, gone, or never was."""
    _ask_as_if_it_were_there(request)
    # Nobody reads it: it stands in the place of a picture. A page with menus would cost a hundred times as much.
    response = HttpResponse("Not Found", status=404, content_type="text/plain")
    response["Cache-Control"] = "no-store"
    return response


def _by_name(request: HttpRequest, name: str) -> HttpResponseBase:
    if not is_plain_name(name):
        raise Http404
    if name.partition("/")[0].casefold() not in FOLDERS:
        return _of_another_app(request, name)
    if found := _image_of(name):
        image_id, file = found
        found_for = admission(get_image_model(), image_id, request)
        if found_for is Admission.NOBODY:
            raise Http404
        return answer(file, request, public=found_for is Admission.EVERYBODY)
    document = get_document_model().objects.select_related("collection").filter(file=name).first()
    if document is None or not _passes_collection(document, request):
        raise Http404
    admit_to_document(document, request)
    return answer_document(document, request)


def is_plain_name(name: str) -> bool:
    """A name as a storage writes it: nothing that means the same file as another name does."""
    return bool(name) and "\\" not in name and "\0" not in name and posixpath.normpath(name) == name.lstrip("/") == name


@require_safe
def document(request: HttpRequest, document_id: str, document_filename: str) -> HttpResponseBase:
    """A document at Wagtail's own address. In the place of Wagtail's view, which knows no ranges and guesses types."""
    found = get_document_model().objects.select_related("collection").filter(pk=document_id).first()
    if found is None or found.filename != document_filename:
        _ask_as_if_it_were_there(request)
        raise Http404
    for ask in hooks.get_hooks("before_serve_document"):
        response = ask(found, request)
        if isinstance(response, HttpResponseBase):
            return response
    return answer_document(found, request)


def admit_to_document(document: Any, request: HttpRequest) -> None:
    """Http404 for whoever may not have the document, whatever the restrictions of its collection say."""
    found_for = admission(type(document), document.pk, request)
    if found_for is Admission.NOBODY:
        _ask_as_if_it_were_there(request)
        raise Http404
    request.huunghi_admission = found_for  # type: ignore[attr-defined]


def answer_document(document: Any, request: HttpRequest) -> HttpResponseBase:
    """A document for a reader who has been let through, to the document and to its collection."""
    document_served.send(sender=type(document), instance=document, request=request)
    is_public = getattr(request, "huunghi_admission", None) is Admission.EVERYBODY
    shown_types = getattr(settings, "WAGTAILDOCS_INLINE_CONTENT_TYPES", ["application/pdf"])
    return answer(
        document.file,
        request,
        public=is_public and not document.collection.get_view_restrictions(),
        name=document.filename,
        shown_types=shown_types,
    )


def _ask_as_if_it_were_there(request: HttpRequest) -> None:
    """Look at session and key, as for a hidden file: whether that was done shows in Vary and in what is counted."""
    reader_of_files(request)
    reader_with_passwords(request)
    # Django's LocaleMiddleware would lead to /<language>/media/…; without patterns it leaves the answer alone.
    request.urlconf = ()  # type: ignore[attr-defined]


def _passes_collection(document: Any, request: HttpRequest) -> bool:
    return all(restriction.accept_request(request) for restriction in document.collection.get_view_restrictions())


def _image_of(name: str) -> tuple[int, Any] | None:
    """Number of the picture and the file that a name belongs to: the picture itself or a rendition of it."""
    model = get_image_model()
    rendition = (
        model.get_rendition_model().objects.filter(file=name).only("pk", "file", "image_id", "width", "height").first()
    )
    if rendition is not None:
        return rendition.image_id, rendition.file
    image = model.objects.filter(file=name).only("pk", "file", "width", "height").first()
    return None if image is None else (image.pk, image.file)


def _of_another_app(request: HttpRequest, name: str) -> HttpResponseBase:
    """What other apps of the site have stored: open to everybody, as Django's own view has it."""
    try:
        return answer(_StoredFile(default_storage, name), request, public=True)
    except SuspiciousOperation as error:
        raise Http404 from error


@dataclass(frozen=True, slots=True)
class _StoredFile:
    storage: Any
    name: str

    @property
    def path(self) -> str:
        return self.storage.path(self.name)
