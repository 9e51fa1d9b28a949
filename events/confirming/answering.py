"""Takes the partner's answer: checks the form, and writes it down once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from ..models.confirmations import LONG_TEXT, SHORT_TEXT, Answer, Confirmation, ConfirmationField
from .notifying import tell_the_editor
from .reading import read_line, read_paragraphs, read_value
from .signals import answered

TOKEN_SALT = "huunghi.events.confirming"
MOST_EDITIONS = 20  # how often one round can be sent
EVERYTHING_IS_RIGHT = "all"  # name of the button


@dataclass(slots=True)
class Reply:
    """What was read from a form. Only with no `errors` may it be stored; they are keyed by the name of the input."""

    by: str = ""
    function: str = ""
    remark: str = ""
    proposals: dict[int, str] = field(default_factory=dict)  # pk of a field -> machine value
    errors: dict[str, str] = field(default_factory=dict)


def input_name(position: int) -> str:
    return f"value-{position}"


def choice_name(position: int) -> str:
    return f"answer-{position}"


def form_token(confirmation: Confirmation) -> str:
    """Proof that a form was made by us for this link, this snapshot and what was sent before; good for one sending."""
    return signing.dumps([*_bound_to(confirmation), secrets.token_hex(10)], salt=TOKEN_SALT)


def nonce_of(token: str, confirmation: Confirmation) -> str | None:
    """The number that makes the form unique; None when it was not made for this link and snapshot.

    Whether it is out of date is found out when it is stored.
    """
    try:
        link, public_id, edition, nonce = signing.loads(token, salt=TOKEN_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return f"{edition}.{nonce}" if [link, public_id] == _bound_to(confirmation)[:2] else None


def _bound_to(confirmation: Confirmation) -> list[Any]:
    return [str(confirmation.link.public_id), str(confirmation.public_id), confirmation.edition]


def read_reply(confirmation: Confirmation, fields: list[ConfirmationField], sent: Mapping[str, str]) -> Reply:
    """What the form says of the fields of the snapshot. Inputs with any other name are nobody's, and are not read."""
    reply = Reply()
    reply.by = _read(reply, "by", sent, SHORT_TEXT)
    reply.function = _read(reply, "function", sent, SHORT_TEXT)
    if not reply.by and "by" not in reply.errors:
        reply.errors["by"] = _("Write your name, so that the editors know who has answered.")
    try:
        reply.remark = read_paragraphs(sent.get("remark", ""), LONG_TEXT)
    except ValidationError as error:
        reply.errors["remark"] = error.messages[0]
    for row in fields:
        _read_field(reply, row, sent, confirmation.language)
    if EVERYTHING_IS_RIGHT in sent and (reply.proposals or _wrong_fields(reply)):
        reply.errors["form"] = _("You have proposed other values. Press “Send the answers”, or remove them first.")
    elif not _wrong_fields(reply):
        _check_period(reply, fields)
    return reply


def _read(reply: Reply, name: str, sent: Mapping[str, str], most: int) -> str:
    try:
        return read_line(sent.get(name, ""), most)
    except ValidationError as error:
        reply.errors[name] = error.messages[0]
        return ""


def _read_field(reply: Reply, row: ConfirmationField, sent: Mapping[str, str], language: str) -> None:
    """Whoever types another value proposes it, also when the choice above it was forgotten."""
    name = input_name(row.position)
    typed = sent.get(name, "")
    if sent.get(choice_name(row.position)) != Answer.PROPOSED and not typed.strip():
        return
    try:
        value = read_value(typed, row.kind, language)
    except ValidationError as error:
        reply.errors[name] = error.messages[0]
        return
    if value != row.value:
        reply.proposals[row.pk] = value


def _wrong_fields(reply: Reply) -> list[str]:
    return [name for name in reply.errors if name.startswith("value-")]


def _check_period(reply: Reply, fields: list[ConfirmationField]) -> None:
    """First and last day have to fit together, whichever of them was corrected."""
    days = {row.key: row for row in fields if row.key in ("start", "end")}
    if len(days) < 2 or not any(row.pk in reply.proposals for row in days.values()):
        return
    first, last = (reply.proposals.get(days[key].pk, days[key].value) for key in ("start", "end"))
    wrong = days["end"] if days["end"].pk in reply.proposals else days["start"]
    name = input_name(wrong.position)
    if len(first) != len(last):
        reply.errors[name] = _("Write the first and the last day alike: both with the day, or both without it.")
    elif last < first:
        reply.errors[name] = _("The last day lies before the first day. Correct one of the two.")


def store(confirmation: Confirmation, fields: list[ConfirmationField], reply: Reply, nonce: str) -> bool:
    """Write the answer down; False when the form is out of date or the round is over, and nothing was written.

    A form that is sent twice is stored once, and both sendings are told that it was.
    """
    edition = int(nonce.partition(".")[0])
    with transaction.atomic():
        # One statement decides, so that of two who send at once one is refused on every database.
        taken = Confirmation.objects.filter(
            pk=confirmation.pk,
            edition=edition,
            begun_at__isnull=True,
            closed_at__isnull=True,
            withdrawn_at__isnull=True,
            until__gte=timezone.localdate(),
        ).update(
            edition=F("edition") + 1,
            nonce=nonce,
            answered_at=timezone.now(),
            answered_by=reply.by,
            answered_as=reply.function,
            remark=reply.remark,
        )
        if not taken:
            return Confirmation.objects.filter(pk=confirmation.pk, nonce=nonce).exists()
        for row in fields:
            row.proposal = reply.proposals.get(row.pk, "")
            row.answer = Answer.PROPOSED if row.proposal else Answer.CORRECT
        ConfirmationField.objects.bulk_update(fields, ["answer", "proposal"], batch_size=100)
        answered.send(Confirmation, confirmation=confirmation)
        transaction.on_commit(lambda: tell_the_editor(confirmation.pk), robust=True)
    return True
