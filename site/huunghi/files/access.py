"""Who may have an uploaded file: whoever may read a page that shows it; in the admin, whoever works with it there."""

from __future__ import annotations

from enum import Enum
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from wagtail.images import get_image_model
from wagtail.permissions import policy_registry

from huunghi.http import TooManyProblem, UnknownKeyProblem
from huunghi.partners.access import ANONYMOUS, Reader
from huunghi.partners.answers import reader_with_passwords
from huunghi.partners.api.keys import PartnerKeyAuthentication

from .uses import is_shown, uses_of

ACTIONS = ["choose", "change", "delete"]


class Admission(Enum):
    EVERYBODY = "everybody"
    THIS_READER = "this reader"
    NOBODY = "nobody"


def admission(model: type[Any], pk: int, request: HttpRequest) -> Admission:
    """Whether the image or document with this number may be handed out for this request.

    First as if nobody were signed in, so that the answer of a public file is one for all: three to five queries.
    """
    uses = uses_of(model, pk)
    image_id = pk if issubclass(model, get_image_model()) else None
    if is_shown(uses, image_id, ANONYMOUS):
        return Admission.EVERYBODY
    reader = reader_of_files(request)
    if reader != ANONYMOUS and is_shown(uses, image_id, reader):
        return Admission.THIS_READER
    return Admission.THIS_READER if works_with(model, pk, request) else Admission.NOBODY


def reader_of_files(request: HttpRequest) -> Reader:
    """Whoever is signed in, or the partner whose key a program shows: the API gives it addresses of files.

    Kept on the request, since a wrong key is counted.
    """
    reader = getattr(request, "huunghi_reader_of_files", None)
    if reader is None:
        reader = request.huunghi_reader_of_files = _reader(request)  # type: ignore[attr-defined]
    return reader


def _reader(request: HttpRequest) -> Reader:
    if request.headers.get("Authorization", "").lower().startswith("bearer "):
        try:
            PartnerKeyAuthentication()(request)
        except (UnknownKeyProblem, TooManyProblem):
            return ANONYMOUS
    return reader_with_passwords(request)


def works_with(model: type[Any], pk: int, request: HttpRequest) -> bool:
    """Whether the request comes from a page of the admin, a preview there included, of somebody who may use the file.

    Drafts are seen in the admin only. At the address itself a file of a draft is hidden from its editors too, so that
    nobody takes it for published.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not _is_asked_by_the_admin(request):
        return False
    if not user.has_perm("wagtailadmin.access_admin"):
        return False
    file = model._default_manager.filter(pk=pk).first()
    policy = policy_registry.get_by_type(model)
    return file is not None and any(policy.user_has_permission_for_instance(user, action, file) for action in ACTIONS)


def _is_asked_by_the_admin(request: HttpRequest) -> bool:
    """The browser names the page that shows the picture; Django's own Referrer-Policy lets it, within the site."""
    try:
        home = reverse("wagtailadmin_home")
    except NoReverseMatch:
        return False
    referer = urlsplit(request.headers.get("Referer", ""))
    return referer.netloc == request.get_host() and referer.path.startswith(home)
