"""`Idempotency-Key`: a request that is sent twice, because the first answer was lost, is carried out once."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from huunghi.models import StoredAnswer

from .refusals import FieldProblem, InvalidFields

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_KEPT_HEADERS = ("ETag", "Location", "Content-Type")


def claim(request: HttpRequest) -> StoredAnswer | None:
    """The place for this request's answer, filled when it was carried out before; None for a request without a key.

    Call it in the transaction of the request. One that comes at the same moment waits here until that has ended: the
    database lets only one row with this key be.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise _refused(_("A key has 1 to 200 letters, digits or signs of ASCII."))
    now = timezone.now()
    StoredAnswer.objects.filter(created_at__lt=now - KEPT).delete()
    mine = StoredAnswer(token=request.auth, key=key, digest=_digest(request), created_at=now)  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            mine.save(force_insert=True)
        return mine
    except IntegrityError:
        stored = StoredAnswer.objects.get(token=mine.token, key=key)
    if stored.digest != mine.digest:
        raise _refused(_("Another request was sent with this key."))
    return stored


def keep(place: StoredAnswer, answer: HttpResponse) -> None:
    place.status, place.body = answer.status_code, answer.content.decode()
    place.headers = {name: answer[name] for name in _KEPT_HEADERS if name in answer}
    place.save()


def again(stored: StoredAnswer) -> HttpResponse:
    answer = HttpResponse(stored.body, status=stored.status, headers=stored.headers)
    answer["Idempotent-Replayed"] = "true"
    return answer


def _digest(request: HttpRequest) -> str:
    asked = f"{request.method} {request.get_full_path()}\n{request.headers.get('If-Match', '')}\n"
    return hashlib.sha256(asked.encode(errors="surrogateescape") + request.body).hexdigest()


def _refused(sentence: str) -> InvalidFields:
    return InvalidFields([FieldProblem((HEADER,), sentence, source="header")])
