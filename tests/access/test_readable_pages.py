"""Each rule of who may read a page, as a sentence."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from huunghi.events.models import EventIndexPage, EventPage
from huunghi.partners.access import (
    ANONYMOUS,
    Reader,
    readable,
    readable_pages,
    readable_sources,
    reader_for,
)
from tests.factories import add_translation, index_page, make_event, make_page, publish

from .conftest import EVERYBODY, OURS, SIGNED_IN, lock, make_user, restrict, share


@pytest.fixture
def section(world):
    """A section of the own unit below the list of events."""
    return make_page(EventIndexPage, "Mục", index_page(EventIndexPage), unit=world.own)


@pytest.fixture
def readers_of(world):
    """Names of those who may read a page, asked of its own type and of `Page`: both must say the same."""

    def ask(page):
        by_type = world.who(lambda reader: readable(page, reader))
        by_page = world.who(lambda reader: readable_pages(Page.objects.filter(pk=page.pk), reader).exists())
        assert by_type == by_page
        return by_type

    return ask


def own_event(world, **fields):
    return make_event(unit=world.own, **fields)


def test_a_public_page_is_read_by_everybody(world, readers_of):
    assert readers_of(own_event(world)) == EVERYBODY


def test_a_page_for_signed_in_readers_is_read_by_all_of_them(world, readers_of):
    assert readers_of(own_event(world, visibility="signed-in")) == SIGNED_IN


def test_a_page_for_partners_is_read_by_nobody_but_its_unit_until_it_is_shared(world, readers_of):
    event = own_event(world, visibility="partners")
    assert readers_of(event) == OURS
    share(event, world.a)
    assert readers_of(event) == OURS | {"partner_a"}


def test_a_draft_is_read_by_nobody_at_its_address(world, readers_of):
    event = own_event(world, visibility="partners", live=False)
    share(event, world.a)
    assert readers_of(event) == set()


def test_a_page_expires_by_the_clock(world, readers_of):
    event = own_event(world)
    event.expire_at = timezone.now() - timedelta(seconds=1)
    publish(event)
    assert EventPage.objects.get(pk=event.pk).live
    assert readers_of(event) == set()


def test_a_page_that_expires_later_is_read_until_then(world, readers_of):
    event = own_event(world)
    EventPage.objects.filter(pk=event.pk).update(expire_at=timezone.now() + timedelta(minutes=1))
    assert readers_of(event) == EVERYBODY


def test_what_stands_in_a_section_is_never_wider_than_the_section(world, section, readers_of):
    event = own_event(world, parent=section)
    lock(section, "signed-in")
    assert readers_of(event) == readers_of(section) == SIGNED_IN
    lock(section, "partners")
    assert readers_of(event) == readers_of(section) == OURS
    lock(section, "public")
    assert readers_of(event) == EVERYBODY


def test_the_stricter_of_page_and_section_counts(world, section, readers_of):
    event = own_event(world, parent=section, visibility="partners")
    lock(section, "signed-in")
    assert readers_of(event) == OURS


def test_the_child_of_a_shared_section_is_shared_at_any_depth(world, section, readers_of):
    inner = make_page(EventIndexPage, "Trong", section, unit=world.own)
    event = own_event(world, parent=inner)
    lock(section, "partners")
    share(section, world.a)
    assert readers_of(event) == readers_of(inner) == OURS | {"partner_a"}


def test_a_shared_page_does_not_open_its_section_or_its_sisters(world, section, readers_of):
    lock(section, "partners")
    event, sister = own_event(world, parent=section), own_event(world, parent=section)
    share(event, world.a)
    assert readers_of(event) == OURS | {"partner_a"}
    assert readers_of(sister) == readers_of(section) == OURS


def test_a_page_moved_into_a_shared_section_is_read_as_the_section_is(world, section, readers_of):
    event = own_event(world)
    lock(section, "partners")
    share(section, world.a)
    event.move(section, "last-child")
    assert readers_of(event) == OURS | {"partner_a"}


def test_a_section_moved_under_a_locked_one_takes_all_its_pages_along(world, section, readers_of):
    outer = make_page(EventIndexPage, "Ngoài", index_page(EventIndexPage), unit=world.own)
    event = own_event(world, parent=section)
    lock(outer, "partners")
    share(outer, world.b)
    section.move(type(outer).objects.get(pk=outer.pk), "last-child")
    assert readers_of(event) == OURS | {"partner_b"}


def test_a_locked_section_stays_locked_wherever_it_is_moved(world, section, readers_of):
    event = own_event(world, parent=section)
    lock(section, "partners")
    type(section).objects.get(pk=section.pk).move(index_page(EventIndexPage, "km"), "last-child")
    assert readers_of(event) == OURS


def test_a_section_is_locked_in_every_language(world, section, readers_of):
    event = own_event(world, parent=section, translations={"km": "ខ្មែរ"})
    km = event.get_translations().get()
    assert readers_of(km) == EVERYBODY
    lock(section, "partners")
    assert readers_of(km) == OURS
    km_section = EventIndexPage.objects.get(translation_key=section.translation_key, locale__language_code="km")
    lock(km_section, "public")
    assert readers_of(km) == OURS
    lock(section, "public")
    assert readers_of(km) == EVERYBODY


def test_the_draft_of_a_section_opens_nothing_before_it_is_published(world, section, readers_of):
    event = own_event(world, parent=section)
    locked = lock(section, "partners")
    locked.visibility = "public"
    revision = locked.save_revision()
    assert readers_of(event) == OURS
    revision.publish()
    assert readers_of(event) == EVERYBODY


@pytest.mark.parametrize(
    ("since", "until", "is_open"),
    [(0, None, True), (0, 0, True), (-9, 1, True), (1, None, False), (1, 5, False), (-9, -1, False)],
)
def test_a_share_opens_from_its_first_day_to_its_last(world, readers_of, since, until, is_open):
    today = timezone.localdate()
    event = own_event(world, visibility="partners")
    last = None if until is None else today + timedelta(days=until)
    share(event, world.a, since=today + timedelta(days=since), until=last)
    assert ("partner_a" in readers_of(event)) is is_open


def test_a_share_opens_the_languages_it_names_and_no_other(world, readers_of):
    event = own_event(world, visibility="partners", translations={"km": "ខ្មែរ", "en": "English"})
    share(event, world.a, languages=["km"])
    versions = {page.locale.language_code: page for page in event.get_translations(inclusive=True).specific()}
    assert readers_of(versions["km"]) == OURS | {"partner_a"}
    assert readers_of(versions["vi"]) == readers_of(versions["en"]) == OURS


def test_a_section_shared_in_one_language_opens_its_pages_in_that_language(world, section, readers_of):
    event = own_event(world, parent=section, visibility="partners")
    km = add_translation(event, "km", "ខ្មែរ")
    share(section, world.a, languages=["km"])
    assert "partner_a" in readers_of(km)
    assert "partner_a" not in readers_of(event)


def test_a_translation_made_after_the_share_is_shared_when_its_language_is(world, readers_of):
    event = own_event(world, visibility="partners")
    share(event, world.a, languages=["vi", "km"])
    assert "partner_a" in readers_of(add_translation(event, "km", "ខ្មែរ"))
    assert "partner_a" not in readers_of(add_translation(event, "en", "English"))


def test_a_revoked_share_opens_nothing_and_leaves_other_shares_alone(world, readers_of):
    event = own_event(world, visibility="partners")
    first = share(event, world.a)
    share(event, world.b)
    first.revoke()
    assert readers_of(event) == OURS | {"partner_b"}


def test_an_inactive_partner_reads_nothing_that_was_shared(world, readers_of):
    event = own_event(world, visibility="partners")
    share(event, world.a)
    world.a.active = False
    world.a.save()
    assert readers_of(event) == OURS


def test_a_share_does_not_open_what_is_behind_a_restriction(world, readers_of):
    event = own_event(world, visibility="partners")
    share(event, world.a)
    restrict(event, PageViewRestriction.GROUPS, world.b.readers)
    assert readers_of(event) == {"superuser"}


def test_behind_a_login_restriction_stand_the_signed_in(world, readers_of):
    event = own_event(world)
    restrict(event, PageViewRestriction.LOGIN)
    assert readers_of(event) == SIGNED_IN


def test_a_restriction_of_a_section_holds_below_it(world, section, readers_of):
    event = own_event(world, parent=section)
    restrict(section, PageViewRestriction.GROUPS, world.a.readers)
    assert readers_of(event) == readers_of(section) == {"partner_a", "superuser"}


def test_of_two_restrictions_a_reader_must_pass_both(world, section):
    event = own_event(world, parent=section)
    extra = Group.objects.create(name="committee")
    restrict(section, PageViewRestriction.GROUPS, world.a.readers)
    restrict(event, PageViewRestriction.GROUPS, extra)
    assert not readable(event, world.reader("partner_a"))
    assert readable(event, reader_for(make_user(groups=[world.a.readers, extra])))


def test_behind_a_password_stands_nobody_not_even_a_superuser(world, readers_of):
    event = own_event(world)
    restriction = restrict(event, PageViewRestriction.PASSWORD, password="word")
    assert readers_of(event) == set()
    assert readable(event, Reader(unlocked=frozenset({restriction.pk})))


def test_the_restriction_of_a_page_does_not_hold_beside_it(world):
    """Paths are compared from their beginning: 0001 is no ancestor of 00010002's neighbour."""
    first, second = own_event(world), own_event(world)
    restrict(first, PageViewRestriction.LOGIN)
    assert not readable(first, ANONYMOUS)
    assert readable(second, ANONYMOUS)


def test_the_source_page_stands_for_a_record(world):
    event = own_event(world, translations={"km": "ខ្មែរ"})
    for name in world.users:
        assert [page.pk for page in readable_sources(EventPage, world.reader(name))] == [event.pk], name


def test_a_record_shared_in_one_translation_is_one_record_for_the_partner(world):
    event = own_event(world, visibility="partners", translations={"km": "ខ្មែរ", "en": "English"})
    share(event, world.a, languages=["km", "en"])
    records = readable_sources(EventPage, world.reader("partner_a"))
    assert [(page.translation_key, page.locale.language_code) for page in records] == [(event.translation_key, "km")]
    share(event, world.a, languages=["vi"])
    assert [page.locale.language_code for page in readable_sources(EventPage, world.reader("partner_a"))] == ["vi"]


def test_a_translation_of_a_draft_is_no_record_for_the_public(world):
    event = own_event(world, translations={"km": "ខ្មែរ"})
    event.unpublish()
    assert not readable_sources(EventPage, ANONYMOUS).exists()
