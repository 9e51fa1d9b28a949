"""Editors of another unit learn nothing of hidden pages by choosing pages, and nobody does by old addresses."""

import pytest
from django.urls import reverse
from wagtail.models import PageViewRestriction

from huunghi.events.models import EventIndexPage, EventPage
from huunghi.site_setup import section_for, set_up_unit
from tests.factories import index_page, make_event, make_page, make_unit

from .conftest import lock, make_user, restrict

SECRET, DRAFT = "Duonghoangmat thu hai", "Nhapnhap"  # plain letters: the answers are JSON and HTML
SEARCH = "wagtailadmin_choose_page_search"


@pytest.fixture
def section(world):
    world.own, world.other = make_unit("choosing-union", vi="Đơn vị chọn"), make_unit("far-union", vi="Đơn vị xa")
    set_up_unit(world.own)
    return section_for(EventPage, world.own, "vi")


@pytest.fixture
def editors(world, section):
    """Users that edit pages: of the unit of the section, and of another one."""
    own, other = (set_up_unit(unit).editors for unit in (world.own, world.other))
    return {"own": make_user(groups=[own]), "other": make_user(groups=[other])}


def doors(page):
    """Addresses by which the chooser shows a page: in a list, by a search, and by its number."""
    return [
        reverse("wagtailadmin_choose_page_child", args=[page.get_parent().pk]),
        f"{reverse(SEARCH)}?q={page.title.split()[0]}",
        reverse("wagtailadmin_choose_page_child", args=[page.pk]),
        f"{reverse('wagtailadmin_choose_page_chosen_multiple')}?id={page.pk}",
    ]


def shown(client, user, page, title):
    """The doors at which the user is shown the title."""
    client.force_login(user)
    return [address for address in doors(page) if title in client.get(address).content.decode()]


@pytest.mark.parametrize("fields", [{"visibility": "partners"}, {"live": False}])
def test_the_chooser_shows_no_hidden_page_of_another_unit(world, client, editors, section, fields):
    page = make_event(SECRET, parent=section, unit=world.own, **fields)
    assert shown(client, editors["other"], page, SECRET) == []
    assert shown(client, editors["own"], page, SECRET) == doors(page)


def test_the_chooser_shows_public_pages_of_another_unit_by_their_published_titles(world, client, editors, section):
    page = make_event(SECRET, parent=section, unit=world.own)
    draft = EventPage.objects.get(pk=page.pk)
    draft.title = DRAFT
    draft.save_revision()
    assert shown(client, editors["other"], page, SECRET) == doors(page)
    assert shown(client, editors["other"], page, DRAFT) == []
    assert shown(client, editors["own"], page, DRAFT) == doors(page)


def moved(world, section, visibility):
    """(old address, new address) of an event that went into a section with this visibility."""
    closed = make_page(EventIndexPage, "Mục", index_page(EventIndexPage), unit=world.own)
    event = make_event(SECRET, parent=section, unit=world.own)
    old = event.get_url()
    event.move(EventIndexPage.objects.get(pk=lock(closed, visibility).pk), "last-child")
    return old, EventPage.objects.get(pk=event.pk)


def test_the_old_address_of_a_hidden_page_is_like_one_that_never_was(world, client, section):
    old, _event = moved(world, section, "partners")
    answer, missing = client.get(old), client.get(f"{old.rstrip('/')[:-4]}0000/")
    assert (answer.status_code, answer.content) == (missing.status_code, missing.content)
    assert answer.status_code == 404


@pytest.mark.parametrize("visibility", ["public", "signed-in"])
def test_the_old_address_of_a_page_that_answers_leads_to_the_new_one(world, client, section, visibility):
    old, event = moved(world, section, visibility)
    answer = client.get(old)
    assert (answer.status_code, answer["Location"]) == (301, event.get_url())


def test_readers_of_a_hidden_page_find_it_by_its_old_address(world, client, section):
    old, event = moved(world, section, "partners")
    client.force_login(world.users["superuser"])
    assert client.get(old)["Location"] == event.get_url()


def test_the_form_of_a_page_with_a_password_is_found_by_the_old_address(world, client, section):
    old, event = moved(world, section, "public")
    restrict(event, PageViewRestriction.PASSWORD, password="word")
    assert client.get(old)["Location"] == event.get_url()
