"""The private calendar: its address, and what stands behind it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huunghi.events.api import fetching
from huunghi.events.api.router import CALENDAR_LIMIT, calendar_response
from huunghi.events.querysets import in_date_order
from huunghi.partners.models import CalendarAddress
from huunghi.partners.sharing.calendars import calendar_reader, give_up, renew
from huunghi.partners.throttle import Limit, address_block, note_failure, retry_after

from .door import portal_page, readers_only
from .frame import portal_frame

MISSES = Limit("calendar addresses", most=20, seconds=60)


@readers_only
def address(request: HttpRequest, language: str) -> HttpResponse:
    """Makes, renews and gives up the address. Only the answer that makes it shows it."""
    private_url = ""
    if request.method == "POST" and "give-up" in request.POST:
        if give_up(request.user):
            messages.success(request, _("The calendar address is given up. It opens nothing any more."))
        return HttpResponseRedirect(request.path)
    if request.method == "POST":
        token = renew(request.user)
        path = reverse("huunghi:portal_calendar_file", args=[language, token])
        private_url = request.build_absolute_uri(path)
    context = {
        "frame": portal_frame(request, language, _("Calendar")),
        "private_url": private_url,
        "webcal_url": f"webcal://{private_url.partition('://')[2]}" if private_url else "",
        "made": CalendarAddress.objects.filter(user=request.user).first(),
    }
    return render(request, "huunghi/portal/calendar.html", context)


@portal_page
@require_safe
def calendar(request: HttpRequest, language: str, token: str) -> HttpResponse:
    """Shared events for a calendar program, in the language of the address. Nobody has to be signed in."""
    reader = calendar_reader(token)
    if not reader.partners:
        return _miss(request)
    request.huunghi_reader = reader  # type: ignore[attr-defined]
    events = fetching.list_sources(reader).exclude(start_date=None)
    newest = in_date_order(events)[:CALENDAR_LIMIT]
    response = calendar_response(fetching.translated_pages(newest, language, reader), request, language)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _miss(request: HttpRequest) -> HttpResponse:
    """What nonsense gets, and 429 for who tries much of it."""
    block = address_block(request)
    if seconds := retry_after(MISSES, block):
        return HttpResponse(status=429, headers={"Retry-After": str(seconds)}, content_type="text/plain; charset=utf-8")
    note_failure(MISSES, block)
    raise Http404
