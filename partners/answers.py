"""How a page answers those who may not read it, and what others may keep of an answer.

A page for partners answers outsiders like an address that never existed. Behind a password there is a form, and what is
for those who are signed in sends everybody else to sign in; neither names the page.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from wagtail.forms import PasswordViewRestrictionForm
from wagtail.models import PageViewRestriction

from .access import ANONYMOUS, Reader, readable, reader_of


def admit(page: Any, request: HttpRequest) -> HttpResponse | None:
    """None when the reader may have the page; else a form or the way to sign in. Http404 for all others."""
    reader = reader_with_passwords(request)
    if readable(page, reader):
        request.huunghi_admitted = page.pk  # type: ignore[attr-defined]
        return None
    passwords = {row.pk: row for row in page.get_view_restrictions() if row.restriction_type == row.PASSWORD}
    unlocked = reader.unlocked | frozenset(passwords)
    if readable(page, replace(reader, unlocked=unlocked)):
        closed = next(row for pk, row in passwords.items() if pk not in reader.unlocked)
        return _challenge(_password_form(page, closed, request))
    if not request.user.is_authenticated and readable(page, Reader(signed_in=True, unlocked=unlocked)):
        login = getattr(settings, "WAGTAIL_FRONTEND_LOGIN_URL", None) or reverse("wagtailcore_login")
        return _challenge(redirect_to_login(request.get_full_path(), login))
    raise Http404


def is_admitted(page: Any, request: HttpRequest) -> bool:
    """Whether the request was let through to this page before, or may be now; editors preview what is not public."""
    if getattr(request, "is_preview", False) or getattr(request, "huunghi_admitted", None) == page.pk:
        return True
    return readable(page, reader_of(request))


def private_answer(response: HttpResponse, request: HttpRequest) -> HttpResponse:
    """The answer, kept by nobody when it was made for this reader."""
    return response if reader_of(request) == ANONYMOUS else keep_private(response)


def keep_private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    patch_vary_headers(response, ["Cookie"])
    return response


def reader_with_passwords(request: HttpRequest) -> Reader:
    """The reader of HTML pages and their files: other surfaces show nothing of what stands behind a password."""
    reader = reader_of(request)
    session = getattr(request, "session", {})
    passed = session.get(PageViewRestriction.passed_view_restrictions_session_key, [])
    if passed:
        reader = replace(reader, unlocked=frozenset(passed))
        request.huunghi_reader = reader  # type: ignore[attr-defined]
    return reader


def _password_form(page: Any, restriction: PageViewRestriction, request: HttpRequest) -> HttpResponse:
    form = PasswordViewRestrictionForm(instance=restriction, initial={"return_url": request.get_full_path()})
    address = reverse("wagtailcore_authenticate_with_password", args=[restriction.pk, page.pk])
    return page.serve_password_required_response(request, form, address)


def _challenge(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    return keep_private(response)
