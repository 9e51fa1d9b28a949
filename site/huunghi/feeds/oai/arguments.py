"""A request of the protocol, checked: six verbs, each with its arguments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.core import signing
from django.http import QueryDict

from huunghi.http import UNSTORABLE

REQUIRED, OPTIONAL, ALONE = "required", "optional", "alone"
LIST = {"metadataPrefix": REQUIRED, "from": OPTIONAL, "until": OPTIONAL, "set": OPTIONAL, "resumptionToken": ALONE}
VERBS: dict[str, dict[str, str]] = {
    "Identify": {},
    "ListMetadataFormats": {"identifier": OPTIONAL},
    "ListSets": {"resumptionToken": ALONE},
    "ListIdentifiers": LIST,
    "ListRecords": LIST,
    "GetRecord": {"identifier": REQUIRED, "metadataPrefix": REQUIRED},
}
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
SECOND = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
SALT = "huunghi.oai"
LONGEST = 2000


class ProtocolError(Exception):
    """An error with one of the protocol's codes; answered as such, with status 200."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Selection:
    """What a list is narrowed to, and where it goes on: behind the record `after`, `(moment, key)`."""

    prefix: str
    start: datetime | None = None
    end: datetime | None = None  # still in it, to the second
    set: str = ""
    after: tuple[datetime, UUID] | None = None
    cursor: int = 0  # number of records before

    def token(self, after: tuple[datetime, UUID], cursor: int) -> str:
        """Everything that is needed to go on. Nothing is kept here, and only what was made here is taken."""
        bounds = [bound and bound.isoformat() for bound in (self.start, self.end)]
        place = [after[0].isoformat(), after[1].hex, cursor]
        return signing.dumps([self.prefix, *bounds, self.set, *place], salt=SALT, compress=True)


def read_arguments(query: QueryDict) -> dict[str, str]:
    """The arguments with their verb; raises ProtocolError for what the protocol does not know."""
    verbs = query.getlist("verb")
    if len(verbs) != 1 or verbs[0] not in VERBS:
        raise ProtocolError("badVerb", f"One verb is needed, out of: {', '.join(VERBS)}.")
    known = VERBS[verbs[0]]
    given = {name: values for name, values in query.lists() if name != "verb"}
    for name, values in given.items():
        if name not in known:
            raise ProtocolError("badArgument", f"{verbs[0]} knows no argument of the name “{name[:80]}”.")
        if len(values) != 1 or not 0 < len(values[0]) <= LONGEST or UNSTORABLE.search(values[0]):
            raise ProtocolError("badArgument", f"{name} is given once, with a value that a text can hold.")
    alone = [name for name in given if known[name] == ALONE]
    if alone and len(given) > 1:
        raise ProtocolError("badArgument", "resumptionToken stands alone.")
    missing = [name for name, need in known.items() if need == REQUIRED and name not in given]
    if missing and not alone:
        raise ProtocolError("badArgument", f"{verbs[0]} needs: {', '.join(missing)}.")
    return {"verb": verbs[0], **{name: values[0] for name, values in given.items()}}


def selection_of(arguments: Mapping[str, str]) -> Selection:
    """What a list request asks for, written out or in the token of the answer before."""
    if token := arguments.get("resumptionToken"):
        return _resumed(token)
    start, end = (arguments.get(name, "") for name in ("from", "until"))
    if start and end and len(start) != len(end):
        raise ProtocolError("badArgument", "from and until are both days or both moments.")
    selection = Selection(
        prefix=arguments["metadataPrefix"],
        start=_moment("from", start) if start else None,
        end=_end(end) if end else None,
        set=arguments.get("set", ""),
    )
    if selection.start and selection.end and selection.start > selection.end:
        raise ProtocolError("badArgument", "from lies behind until.")
    return selection


def _resumed(token: str) -> Selection:
    try:
        prefix, start, end, wanted, moment, key, cursor = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError) as error:
        raise ProtocolError("badResumptionToken", "It was not made here; begin again without it.") from error
    bounds = [bound and datetime.fromisoformat(bound) for bound in (start, end)]
    return Selection(prefix, *bounds, wanted, (datetime.fromisoformat(moment), UUID(hex=key)), cursor)


def _end(text: str) -> datetime:
    moment = _moment("until", text)
    return moment + timedelta(days=1, seconds=-1) if DAY.fullmatch(text) else moment


def _moment(name: str, text: str) -> datetime:
    """A day or second of universal time."""
    if not (DAY.fullmatch(text) or SECOND.fullmatch(text)):
        raise ProtocolError("badArgument", f"{name} is YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ.")
    try:
        moment = datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)
        moment + timedelta(days=1)  # the last day of the calendar has no day behind it
    except (ValueError, OverflowError) as error:
        raise ProtocolError("badArgument", f"{name}: there is no such moment.") from error
    return moment


def key_of(identifier: str) -> UUID | None:
    """The record's key in "urn:uuid:…"; None when it is none."""
    prefix, _, name = identifier.rpartition(":")
    if prefix != "urn:uuid" or len(name) != 36:
        return None
    try:
        key = UUID(name)
    except ValueError:
        return None
    return key if str(key) == name else None


def utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
