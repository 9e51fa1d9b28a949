"""What an index knows of readers is what the database knows."""

import random
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from huunghi.events.models import EventIndexPage, EventPage
from huunghi.partners.access import ANONYMOUS, live_pages, readable_pages, reader_for, reader_for_partner
from huunghi.partners.audiences import (
    audiences_by_page,
    audiences_of,
    coverages_by_page,
    effective_visibility,
)
from tests.factories import index_page, make_event, make_kind, make_unit, unique

from .conftest import lock, make_user, restrict, share

LEVELS = ("public", "public", "signed-in", "partners", "partners")
KINDS = (PageViewRestriction.LOGIN, PageViewRestriction.GROUPS, PageViewRestriction.PASSWORD)


def add(model, parent, **fields):
    page = model(title=unique("page"), slug=unique("page"), locale=parent.locale, live=True, **fields)
    Page.objects.get(pk=parent.pk).add_child(instance=page)
    return page


@pytest.fixture
def archive(world):
    """Some 60 pages in 9 sections of two languages, drawn once for all, with every sort of lock on some of them."""
    draw = random.Random(20190514)
    units = [world.own, world.other, make_unit("third-union")]
    sections = [index_page(EventIndexPage), index_page(EventIndexPage, "km")]
    for _ in range(7):
        visibility = draw.choice(("public", "public", *LEVELS))
        sections.append(add(EventIndexPage, draw.choice(sections), unit=draw.choice(units), visibility=visibility))
    pages, event = [], {"kind": make_kind(), "start_date": date(2019, 5, 14)}
    for number in range(54):
        expiry = timezone.now() + timedelta(days=draw.choice((-1, 1))) if number % 9 == 0 else None
        fields = {"unit": draw.choice(units), "visibility": draw.choice(LEVELS), "expire_at": expiry}
        pages.append(add(EventPage, draw.choice(sections), **fields, **event))
    for page in draw.sample(pages, 8) + draw.sample(sections[2:], 2):
        restrict(page, draw.choice(KINDS), draw.choice((world.a, world.b)).readers, password="word")
    for page in draw.sample(pages, 8):
        page.create_alias(parent=Page.objects.get(pk=draw.choice(sections).pk), update_slug=unique("alias"))
    today = timezone.localdate()
    narrow = [page for page in pages if page.visibility == "partners"]
    for number, page in enumerate(narrow + draw.sample(pages, 8) + draw.sample(sections[2:], 4)):
        shared = share(
            page,
            (world.a, world.b)[number % 2],
            languages=draw.choice((["vi"], ["km"], ["vi", "km"], ["vi", "km"], ["en"])),
            since=today + timedelta(days=draw.choice((-5, -5, -5, 0, 1))),
            until=draw.choice((None, None, today, today - timedelta(days=1))),
        )
        if draw.random() < 0.2:
            shared.revoke()
    return EventPage.objects.all()


def readers_of(world):
    everybody = {name: world.reader(name) for name in world.users}
    inactive = make_user(groups=[world.a.readers, Group.objects.create(name="committee")])
    everybody["of both partners"] = reader_for(make_user(groups=[world.a.readers, world.b.readers]))
    everybody["partner and editor"] = reader_for(
        make_user(groups=[world.a.readers, *world.users["editor_own"].groups.all()])
    )
    everybody["in a group"] = reader_for(inactive)
    everybody["program of a partner"] = reader_for_partner(world.b)
    return everybody


def names_in_the_index(pages):
    audiences, coverages = audiences_by_page(pages), coverages_by_page(pages)
    return {page.pk: {*audiences[page.pk], *(each.token for each in coverages[page.pk])} for page in pages}


def groups_decide(page):
    """Behind two group restrictions, or one beside "only partners", an index may know less: see `audiences_by_page`."""
    paths = [page.path, *([page.alias_of.path] if page.alias_of_id else [])]
    gates = PageViewRestriction.objects.filter(restriction_type=PageViewRestriction.GROUPS)
    above = [path for path in gates.values_list("page__path", flat=True) if any(own.startswith(path) for own in paths)]
    return len(above) > 1 or (above and effective_visibility(page) == "partners")


def test_index_and_database_agree_on_every_page_and_reader(world, archive):
    pages = list(live_pages(archive).select_related("alias_of"))
    assert len(pages) > 50
    stored = names_in_the_index(pages)
    apart = {page.pk for page in pages if groups_decide(page)}
    sizes = {}
    for name, reader in readers_of(world).items():
        by_database = set(readable_pages(archive, reader).values_list("pk", flat=True))
        mine = audiences_of(reader)
        by_index = {pk for pk, names in stored.items() if names & mine}
        assert by_index <= by_database, name
        assert by_database - by_index <= apart, name
        assert by_database == set(readable_pages(Page.objects.type(EventPage), reader).values_list("pk", flat=True)), (
            name
        )
        sizes[name] = len(by_index)
    assert len(apart) < len(pages) / 4
    # The drawn archive tells the readers apart; else the comparison above would prove nothing.
    assert 0 < sizes["anonymous"] < sizes["partner_a"] < sizes["of both partners"] < sizes["superuser"] < len(pages), (
        sizes
    )
    assert sizes["anonymous"] < sizes["editor_own"] < sizes["partner and editor"], sizes


def test_the_anonymous_reader_has_one_audience():
    assert audiences_of(ANONYMOUS) == {"public"}


def test_a_share_that_begins_ends_or_is_revoked_needs_nothing_of_the_index(world):
    event = make_event(unit=world.own, visibility="partners")
    shared = share(event, world.a, since=timezone.localdate() + timedelta(days=1))
    (coverage,) = coverages_by_page([event])[event.pk]
    assert coverage.token not in audiences_of(world.reader("partner_a"))
    shared.since = timezone.localdate()
    shared.save()
    (coverage,) = coverages_by_page([event])[event.pk]
    assert coverage.token in audiences_of(world.reader("partner_a"))
    shared.revoke()
    assert coverage.token not in audiences_of(world.reader("partner_a"))


def test_what_is_withheld_is_withheld_by_all_shares_of_the_partner_and_by_no_other(world):
    event = make_event(unit=world.own, visibility="partners")
    share(event, world.a).withheld.create(image_id=7)
    share(event, world.a)
    share(event, world.b)
    found = {(each.partner, each.withheld_images) for each in coverages_by_page([event])[event.pk]}
    assert found == {(world.a.pk, frozenset({7})), (world.b.pk, frozenset())}


def test_a_public_page_is_covered_by_no_share(world):
    event = make_event(unit=world.own)
    share(event, world.a)
    assert coverages_by_page([event])[event.pk] == []


def test_what_stands_behind_a_password_is_for_nobody_in_the_index(world):
    event = make_event(unit=world.own)
    restrict(event, PageViewRestriction.PASSWORD, password="word")
    assert audiences_by_page([event])[event.pk] == []


def test_the_effective_visibility_is_the_strictest_above(world):
    section = add(EventIndexPage, index_page(EventIndexPage))
    event = make_event(unit=world.own, parent=section)
    assert effective_visibility(event) == "public"
    restriction = restrict(section, PageViewRestriction.LOGIN)
    assert effective_visibility(event) == "signed-in"
    lock(section, "partners")
    assert effective_visibility(event) == "partners"
    lock(section, "public")
    restriction.delete()
    event.visibility = "signed-in"
    assert effective_visibility(event) == "signed-in"
