"""A program that writes with the token of a member of staff; imported by the tests of the write API."""

import json

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from wagtail.models import APIToken

from huunghi.events.models import EventPage
from huunghi.site_setup import section_for, set_up_unit
from tests.factories import make_event, make_kind, make_unit, unique

EVENTS = "/api/v1/events/"
NOTHING = "12345678-1234-5678-1234-567812345678"


class Program:
    """Sends JSON with a token. `answer.json()` is the draft or the problem."""

    def __init__(self, user, client=None):
        self.user = user
        self.token, self.secret = APIToken.create_token(user=user, name="test")
        self.client = client or Client()

    def send(self, method, path="", body=None, *, revision="", key="", content_type="application/json", **headers):
        headers = {"Authorization": f"Bearer {self.secret}", **headers}
        if revision:
            headers["If-Match"] = f'"{revision}"'
        if key:
            headers["Idempotency-Key"] = key
        content = body if isinstance(body, str | bytes) else json.dumps(body) if body is not None else ""
        return self.client.generic(method, EVENTS + path, content, content_type=content_type, headers=headers)

    def create(self, lang="", **fields):
        return self.send("POST", f"?lang={lang}" if lang else "", {"title": "Giao lưu hữu nghị", **fields})

    def draft(self, page, lang=""):
        return self.send("GET", f"{key_of(page)}/draft/{f'?lang={lang}' if lang else ''}")

    def change(self, page, lang="", **fields):
        revision = self.draft(page, lang).json()["revision"]
        query = f"?lang={lang}" if lang else ""
        return self.send("PATCH", f"{key_of(page)}/{query}", fields, revision=revision)

    def act(self, page, action, lang="", **options):
        revision = self.draft(page, lang).json()["revision"]
        query = f"?lang={lang}" if lang else ""
        return self.send("POST", f"{key_of(page)}/{action}/{query}", revision=revision, **options)


def key_of(page):
    return page["id"] if isinstance(page, dict) else str(page.translation_key)


def make_staff(*groups, **fields):
    user = get_user_model().objects.create_user(unique("staff"), **fields)
    user.groups.set(groups)
    return user


@pytest.fixture
def unit(db):
    return make_unit("own-union", vi="Đơn vị nhà")


@pytest.fixture
def editor(unit):
    """A program of an editor of the unit."""
    return Program(make_staff(set_up_unit(unit).editors))


@pytest.fixture
def stranger(db):
    """A program of an editor of another unit."""
    return Program(make_staff(set_up_unit(make_unit("other-union", vi="Đơn vị khác")).editors))


@pytest.fixture
def event(unit):
    """A published event of the unit, in its section, with a Khmer draft."""
    make_kind("meeting")
    return make_event(
        "Hội nghị",
        unit=unit,
        parent=section_for(EventPage, unit, "vi"),
        start="2019-05-14",
        translations={"km": "សន្និសីទ"},
    )


def named(answer):
    """{field: sentence} of a problem document."""
    assert answer.status_code == 422, (answer.status_code, answer.content.decode())
    assert answer["Content-Type"] == "application/problem+json"
    return {error["field"]: error["msg"] for error in answer.json()["errors"]}
