"""How the holder of a link comes in, and stays in.

    GET  /s/<token>          known: a cookie, and 303 to the address without the secret
    GET  /s/v/<public id>/   the page; or a form, where a password or a number of uses is set
    POST /s/v/<public id>/   the form: the password is right, a use is left: let in

A use is counted by the button alone. Programs that look at every address in a chat send GET or HEAD, press no button,
and so use nothing up.

The cookie is one for each link. It holds how far its reader has come and a proof that the reader held the token; the
token itself is in no cookie. With every request the link is looked up again: one that was revoked, or whose password
was changed, lets nobody go on.
"""

from __future__ import annotations

import hashlib
import math
from enum import StrEnum
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from huunghi.partners.access import reader_for
from huunghi.partners.models import ShareLink
from huunghi.partners.sharing.links import find_link, live_links, pages_of, reader_by
from huunghi.partners.throttle import Limit, forgive, note_failure, retry_after

from .guard import too_many

PASSWORDS = Limit("password of a link", most=10, seconds=600)
SALT = "huunghi.sharing.door"


class Step(StrEnum):
    ARRIVED = "arrived"  # held the token; a password or the button is still asked for
    INSIDE = "inside"


def live_link(request: HttpRequest, public_id: UUID) -> ShareLink:
    """The link by which this request may read. Http404 when it is none, not any more, or the reader is not inside."""
    link, step = arrived_by(request, public_id)
    if step != Step.INSIDE:
        raise Http404
    return link


def arrived_by(request: HttpRequest, public_id: UUID) -> tuple[ShareLink, Step]:
    """The live link whose token this reader held, and how far the reader has come; else Http404."""
    link = live_links().filter(public_id=public_id).first()
    step = _step(request, link) if link else None
    if link is None or step is None or is_foreign(link, request):
        raise Http404
    return link, step


def link_of_token(request: HttpRequest, token: str) -> ShareLink:
    """The link that a token opens to this reader now; else Http404."""
    link = find_link(token)
    if link is None or is_foreign(link, request) or not pages_of(link, reader_by(link)):
        raise Http404
    if link.is_used_up and _step(request, link) != Step.INSIDE:
        raise Http404
    return link


def is_foreign(link: ShareLink, request: HttpRequest) -> bool:
    """A partner's link in the hands of somebody who signed in as a reader of other partners only."""
    user = getattr(request, "user", None)
    if link.share is None or user is None or not user.is_authenticated or user.is_staff or user.is_superuser:
        return False
    reader = reader_for(user)
    return bool(reader.partners) and not reader.units and link.share.partner_id not in reader.partners


def welcome(request: HttpRequest, link: ShareLink) -> HttpResponse:
    """Sends the holder of the token on to the address without it."""
    has_a_door = link.password or link.most_uses is not None
    outside = has_a_door and _step(request, link) != Step.INSIDE
    return _onward(request, link, Step.ARRIVED if outside else Step.INSIDE)


def enter(request: HttpRequest, link: ShareLink, password: str) -> HttpResponse | None:
    """What follows the button: the way in, 429 after too many passwords, None for a wrong one.

    Http404 when no use was left.
    """
    who = str(link.public_id)
    if wait := retry_after(PASSWORDS, who):
        return too_many(request, wait)
    if not link.accepts(password):
        note_failure(PASSWORDS, who)
        return None
    if not link.take_use():
        raise Http404
    forgive(PASSWORDS, who)
    return _onward(request, link, Step.INSIDE)


def _onward(request: HttpRequest, link: ShareLink, step: Step) -> HttpResponse:
    address = reverse("huunghi:link", kwargs={"public_id": link.public_id})
    response = HttpResponseRedirect(address)
    response.status_code = 303  # a form that was sent is not sent again
    response.set_cookie(
        _cookie_name(link),
        Signer(salt=SALT).sign(f"{step}.{_proof(link)}"),
        max_age=math.ceil((link.expires_at - timezone.now()).total_seconds()),
        path=address.removesuffix(f"v/{link.public_id}/"),
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",  # not Strict: the reader comes from a chat or a mail
    )
    return response


def _step(request: HttpRequest, link: ShareLink) -> Step | None:
    try:
        step, _dot, proof = Signer(salt=SALT).unsign(request.COOKIES.get(_cookie_name(link), "")).partition(".")
    except BadSignature:
        return None
    return Step(step) if constant_time_compare(proof, _proof(link)) else None


def _cookie_name(link: ShareLink) -> str:
    return f"huunghi_link_{link.public_id.hex}"


def _proof(link: ShareLink) -> str:
    """Changes with the token and with the password."""
    return hashlib.sha256(f"{link.public_id}\n{link.digest}\n{link.password}".encode()).hexdigest()[:32]
