"""Who may enter the portal, and what all its answers have in common."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.csrf import csrf_protect

from huunghi.conf import content_languages
from huunghi.partners.access import Reader, only_what_is_shared, reader_for, reader_of
from huunghi.partners.answers import keep_private
from huunghi.partners.models import Partner, PortalReader

from .frame import portal_frame

View = Callable[..., HttpResponse]


def may_enter(user: Any) -> bool:
    """Whether the user is a reader of an active partner."""
    return bool(reader_for(user).partners)


def portal_reader(request: HttpRequest) -> Reader:
    """Who asks, as a reader of what is shared and of nothing else; kept on the request."""
    reader = getattr(request, "huunghi_portal_reader", None)
    if reader is None:
        reader = request.huunghi_portal_reader = only_what_is_shared(reader_of(request))  # type: ignore[attr-defined]
    return reader


def partners_of(reader: Reader) -> list[Partner]:
    return list(Partner.objects.filter(pk__in=reader.partners).select_related("place"))


def portal_page(view: View) -> View:
    """A view below `/<language>/`: in that language, kept by no cache, found by no search engine."""

    @csrf_protect
    @wraps(view)
    def answer(request: HttpRequest, language: str, *args: Any, **kwargs: Any) -> HttpResponse:
        with override(language):
            response = view(request, *args, language=language, **kwargs)
            if hasattr(response, "render") and not response.is_rendered:
                response.render()
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return keep_private(response)

    return answer


def readers_only(view: View) -> View:
    """The same, for readers of an active partner; others are sent to sign in, or told that their time is over."""

    @portal_page
    @wraps(view)
    def answer(request: HttpRequest, language: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if reader_of(request).partners:
            return view(request, *args, language=language, **kwargs)
        if request.user.is_authenticated and not _works_here(request):
            return access_has_ended(request, language)
        return redirect_to_login(request.get_full_path(), reverse("huunghi:portal_sign_in", args=[language]))

    return answer


def access_has_ended(request: HttpRequest, language: str) -> HttpResponse:
    """Sign out and say no more than that: the partner, or the reader, was closed while signed in."""
    logout(request)
    request.huunghi_reader = None  # type: ignore[attr-defined]
    frame = portal_frame(request, language, _("Your access has ended"))
    return render(request, "huunghi/portal/ended.html", {"frame": frame}, status=403)


def _works_here(request: HttpRequest) -> bool:
    """Editors keep their session: they only came to the wrong door."""
    return bool(reader_of(request).units) or request.user.has_perm("wagtailadmin.access_admin")


def language_of(user: Any, default: str) -> str:
    """The language in which the user wants the portal; one query."""
    chosen = PortalReader.objects.filter(user=user).values_list("language", flat=True).first()
    return chosen if chosen in content_languages() else default
