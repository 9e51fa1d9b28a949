"""A reader of Takeo, with something shared with Takeo."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client

from huunghi.events.models import EventPartnerSide, Venue
from tests.factories import make_event

from ..conftest import make_user, share

HOME = "/vi/cong-doi-tac/"
SIGN_IN = f"{HOME}sign-in/"
PASSWORD = "chín-con-rồng-9"
SECRET = "Kimtước"


@pytest.fixture
def reader(world):
    """A reader of Takeo with a password, to whom nothing is open yet."""
    user = make_user("takeo.reader", groups=[world.a.readers], password=PASSWORD, email="reader@takeo.example")
    return SimpleNamespace(user=user, client=Client())


@pytest.fixture
def takeo(world, reader):
    """The same, and a programme shared with Takeo less one venue."""
    venues = [Venue(name="Nhà văn hoá"), Venue(name=SECRET)]
    reader.event = make_event(
        "Chương trình Hoàng Anh",
        unit=world.own,
        visibility="partners",
        rows={"venues": venues, "partner_sides": [EventPartnerSide(partner=world.a)]},
        translations={"km": "កម្មវិធីមិត្តភាព"},
    )
    reader.share = share(reader.event, world.a, withheld=[reader.event.venues.get(name=SECRET)])
    return reader


def sign_in(client, name="takeo.reader", password=PASSWORD, **more):
    return client.post(SIGN_IN, {"username": name, "password": password, **more})


def text(response):
    return response.content.decode()


def close_partner(world, user):
    world.a.active = False
    world.a.save()


def leave_group(world, user):
    user.groups.clear()
