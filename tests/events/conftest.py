import pytest

from huunghi.events.models import EventIndexPage
from huunghi.partners.models import EditorialUnit
from tests.access import conftest as access
from tests.factories import index_page, make_page
from tests.partners.editors import allow

from .confirming import asked, make_programme, partner_client

world = access.world  # the same readers


@pytest.fixture
def section(world):
    section = make_page(EventIndexPage, "Mục", index_page(EventIndexPage), unit=world.own)
    khmer = index_page(EventIndexPage, "km")
    allow(EditorialUnit.objects.get(organisation=world.own).editors, section, khmer)
    other = make_page(EventIndexPage, "Mục khác", index_page(EventIndexPage), unit=world.other)
    allow(EditorialUnit.objects.get(organisation=world.other).editors, other)
    return section


@pytest.fixture
def event(world, section):
    return make_programme(world.own, parent=section, partner=world.a)


@pytest.fixture
def editor(world):
    return world.users["editor_own"]


@pytest.fixture
def round_(event, editor):
    """Asked through a link of nobody's, in Khmer; and the partner's browser."""
    confirmation, token = asked(event, user=editor)
    return confirmation, partner_client(token)
