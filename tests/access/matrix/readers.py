"""The six readers of the table, and what each of them was answered: the same question is asked once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from wagtail.models import APIToken

from huunghi.events.models import EventPage
from huunghi.partners.models import Partner
from huunghi.site_setup import set_up_unit
from tests.access.conftest import make_partner_of_readers, make_user
from tests.factories import make_unit

MOST_REDIRECTS = 5
REDIRECTS = (301, 302, 303, 307, 308)
SEARCHES = re.compile(r"/archive/|/search/")  # addresses whose answer depends on the index


@dataclass(frozen=True)
class Answer:
    address: str
    status: int
    headers: dict[str, str]  # names in small letters
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")

    def says(self, name: str) -> str:
        return self.headers.get(name.lower(), "")

    def without(self, *words: str) -> str:
        """The text with these words taken out: what is left must not tell one from another."""
        text = self.text
        for word in filter(None, words):
            text = text.replace(word, "…")
        return text


@dataclass
class Readers:
    users: dict[str, Any]  # by the table's names; None is the anonymous reader
    a: Partner
    b: Partner
    own: Any  # the unit of all pages
    other: Any
    clients: dict[str, Client] = field(init=False)
    tokens: dict[str, str] = field(init=False)  # of those who are somebody
    programs: Client = field(default_factory=Client)  # without a session
    _answers: dict[tuple, Answer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # All sign in now: what is stored while a test runs is gone when the next one begins.
        self.clients = {audience: Client() for audience in self.users}
        for audience, user in self.users.items():
            if user is not None:
                self.clients[audience].force_login(user)
        self.tokens = {
            audience: APIToken.create_token(user=user, name="matrix")[1]
            for audience, user in self.users.items()
            if user is not None
        }

    def forget(self, *, searches_only: bool = False) -> None:
        for key in [key for key in self._answers if not searches_only or SEARCHES.search(key[1])]:
            del self._answers[key]

    def ask(self, audience: str, address: str, *, follow: bool = False, **headers: str) -> Answer:
        """The answer to a GET, kept for the next who asks the same. `follow` goes after redirects within the site."""
        answer = self._ask(audience, address, headers)
        for _ in range(MOST_REDIRECTS if follow else 0):
            if answer.status not in REDIRECTS:
                break
            answer = self._ask(audience, answer.says("location"), headers)
        return answer

    def _ask(self, audience: str, address: str, headers: dict[str, str]) -> Answer:
        key = (audience, address, *sorted(headers.items()))
        if key not in self._answers:
            self._answers[key] = answered(self.clients[audience], address, headers)
        return self._answers[key]


def answered(client: Client, address: str, headers: dict[str, str] | None = None) -> Answer:
    response = client.get(address, headers={name.replace("_", "-"): value for name, value in (headers or {}).items()})
    body = b"".join(response.streaming_content) if response.streaming else response.content
    names = {name.lower(): value for name, value in response.headers.items()}
    return Answer(address, response.status_code, names, body)


def make_readers() -> Readers:
    a, b = make_partner_of_readers("KH-21"), make_partner_of_readers("KH-8")
    own, other = make_unit("own-union", vi="Đơn vị nhà"), make_unit("other-union", vi="Đơn vị khác")
    users = {
        "anonymous": None,
        "partner_a": make_user("reader-a", groups=[a.readers]),
        "partner_b": make_user("reader-b", groups=[b.readers]),
        "editor_other_province": make_user("editor-other", groups=[set_up_unit(other).editors]),
        "editor_own_province": make_user("editor-own", groups=[set_up_unit(own).editors]),
        "superuser": make_user("superuser", is_superuser=True, is_staff=True),
    }
    return Readers(users, a, b, own, other)


def section_of(readers: Readers) -> Any:
    """The section of the own unit, where the pages of the table stand."""
    from huunghi.site_setup import section_for

    return section_for(EventPage, readers.own, "vi")
