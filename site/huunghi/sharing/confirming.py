"""The form in which a partner confirms an event, `/s/v/<public id>/confirm/`: no account, no script, no session.

The link's cookie says who may answer, see the package; a token in the form binds it to the link, the snapshot and what
was sent before, so that a form of another round or one that was sent already changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, UnreadablePostError
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import override

from huunghi.conf import language_name
from huunghi.events.confirming import answering, asking
from huunghi.events.confirming.answering import Reply, choice_name, input_name
from huunghi.events.confirming.facts import shown_value
from huunghi.events.models.confirmations import Answer, Confirmation, ConfirmationField, FactGroup, FactKind
from huunghi.partners.access import ANONYMOUS
from huunghi.partners.models import ShareLink
from huunghi.partners.sharing.links import pages_of, reader_by
from huunghi.partners.throttle import Limit, address_block, note_failure, retry_after
from huunghi.public.frame import Link, bare_frame
from huunghi.public.names import run
from huunghi.public.periods import day_text

from .door import live_link
from .guard import too_many

OF_ONE_LINK = Limit("answers through a link", most=30, seconds=3600)
OF_ONE_BLOCK = Limit("answers from a neighbourhood", most=60, seconds=3600)
MOST_BYTES = 512 * 1024
ECHOED = 300  # characters of an input that are shown again beside its error
PLACEHOLDERS = {FactKind.DATE: "dd/mm/yyyy", FactKind.TIME: "08:00"}


@dataclass(frozen=True, slots=True)
class Line:
    """One fact in the form."""

    row: ConfirmationField
    shown: SafeString
    choice: str
    name: str
    typed: str
    proposed: bool
    error: str

    @property
    def numeric(self) -> bool:
        return self.row.kind in (FactKind.WHOLE, FactKind.NUMBER, FactKind.DATE)

    @property
    def placeholder(self) -> str:
        return PLACEHOLDERS.get(FactKind(self.row.kind), "")


def confirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The form; what was sent once it can be changed no more; 404 where nothing was asked through this link."""
    if request.method not in ("GET", "HEAD", "POST"):
        raise Http404
    link = live_link(request, public_id)
    confirmation = asking.current_round(link)
    if confirmation is None or not pages_of(link, reader_by(link)):
        raise Http404
    confirmation.link = link
    request.huunghi_reader = ANONYMOUS  # type: ignore[attr-defined]
    fields = list(confirmation.fields.all())
    with override(confirmation.language):
        if request.method == "POST":
            return _take(request, confirmation, fields)
        return _draw(request, confirmation, fields)


def _take(request: HttpRequest, confirmation: Confirmation, fields: list[ConfirmationField]) -> HttpResponse:
    who = ((OF_ONE_LINK, str(confirmation.link.public_id)), (OF_ONE_BLOCK, address_block(request)))
    if wait := max(retry_after(limit, each) for limit, each in who):
        return too_many(request, wait)
    for limit, each in who:
        note_failure(limit, each)
    sent = _sent(request)
    if sent is None:
        message = _("This is more than the form can hold. Write less, and send it again.")
        return _draw(request, confirmation, fields, message=message, status=413)
    if not confirmation.takes_answers or confirmation.edition >= answering.MOST_EDITIONS:
        message = _("Your answer can be changed no more. Write to the editors if something is still wrong.")
        return _draw(request, confirmation, fields, message=message, status=409)
    reply = answering.read_reply(confirmation, fields, sent)
    nonce = answering.nonce_of(sent.get("token", "")[:1000], confirmation)
    if nonce is None:
        message = _("This form has lost its token. Look through it, and send it again.")
        return _draw(request, confirmation, fields, sent=sent, reply=reply, message=message, status=403)
    if reply.errors:
        return _draw(request, confirmation, fields, sent=sent, reply=reply, status=422)
    if not answering.store(confirmation, fields, reply, nonce):
        confirmation.refresh_from_db(fields=["edition", "answered_at", "begun_at", "withdrawn_at", "closed_at"])
        message = _("An answer was sent from another window meanwhile. This one was not stored. Look through it again.")
        return _draw(request, confirmation, list(confirmation.fields.all()), message=message, status=409)
    response = HttpResponseRedirect(confirm_address(confirmation.link))
    response.status_code = 303
    return response


def _sent(request: HttpRequest) -> Mapping[str, str] | None:
    """The inputs; None when there is more than anybody types."""
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
        return request.POST.dict() if length <= MOST_BYTES else None
    except (ValueError, RequestDataTooBig, TooManyFieldsSent, UnreadablePostError):
        return None


def confirm_address(link: ShareLink) -> str:
    return reverse("huunghi:link_confirm", kwargs={"public_id": link.public_id})


def confirm_link(link: ShareLink, language: str) -> Link | None:
    """For the page that the link opens: the way to the form, when something is asked."""
    if asking.current_round(link) is None:
        return None
    with override(language):
        return Link(_("Check the facts of this event"), confirm_address(link))


def _draw(
    request: HttpRequest,
    confirmation: Confirmation,
    fields: list[ConfirmationField],
    *,
    sent: Mapping[str, str] | None = None,
    reply: Reply | None = None,
    message: str = "",
    status: int = 200,
) -> HttpResponse:
    """The form as it was sent, with its errors, or else as it was stored."""
    language = confirmation.language
    errors = reply.errors if reply else {}
    frame = bare_frame(language, request)
    frame.title = _("Is this right?")
    lines = [_line(row, sent, errors, language) for row in fields]
    context = {
        "frame": frame,
        "confirmation": confirmation,
        "title": next((line.shown for line in lines if line.row.key == "title"), ""),
        "page_url": reverse("huunghi:link", kwargs={"public_id": confirmation.link.public_id}),
        "until": day_text(confirmation.until),
        "other_language": "" if confirmation.text_language == language else language_name(confirmation.text_language),
        "is_open": confirmation.takes_answers and confirmation.edition < answering.MOST_EDITIONS,
        "groups": [(group.label, some) for group in FactGroup if (some := [x for x in lines if x.row.group == group])],
        "person": _person(confirmation, sent),
        "token": answering.form_token(confirmation),
        "errors": errors,
        "mistakes": [line for line in lines if line.error],
        "message": message,
    }
    return render(request, "huunghi/sharing/confirm.html", context, status=status)


def _line(row: ConfirmationField, sent: Mapping[str, str] | None, errors: Mapping[str, str], language: str) -> Line:
    name, choice = input_name(row.position), choice_name(row.position)
    if sent is None:
        typed = shown_value(row.proposal, row.kind, language) if row.proposal else ""
        proposed = bool(row.proposal)
    else:
        typed = sent.get(name, "")[:ECHOED]
        proposed = bool(typed.strip()) or sent.get(choice) == Answer.PROPOSED
    return Line(row, run(row.shown, language), choice, name, typed, proposed, errors.get(name, ""))


def _person(confirmation: Confirmation, sent: Mapping[str, str] | None) -> dict[str, Any]:
    if sent is None:
        return {
            "by": confirmation.answered_by,
            "function": confirmation.answered_as,
            "remark": confirmation.remark,
        }
    return {
        "by": sent.get("by", "")[:ECHOED],
        "function": sent.get("function", "")[:ECHOED],
        "remark": sent.get("remark", "")[:4000],
    }
