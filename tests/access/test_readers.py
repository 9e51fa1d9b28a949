"""A user, or nobody, as a reader."""

from django.contrib.auth.models import AnonymousUser, Group
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from huunghi.partners.access import ANONYMOUS, Reader, reader_for, reader_for_partner, reader_of, without_shares
from tests.factories import make_event

from .conftest import make_user, share


def queries(call):
    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)


def test_nobody_and_an_anonymous_user_are_the_anonymous_reader(db):
    assert reader_for(None) == reader_for(AnonymousUser()) == ANONYMOUS == Reader()


def test_the_anonymous_reader_costs_no_query(db):
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    assert queries(lambda: reader_of(request)) == 0


def test_a_user_who_was_switched_off_is_anonymous(db):
    assert reader_for(make_user(is_active=False, is_superuser=True)) == ANONYMOUS


def test_a_user_without_a_group_is_only_signed_in(db):
    assert reader_for(make_user()) == Reader(signed_in=True)


def test_an_editor_has_the_unit_of_each_group(world):
    reader = world.reader("editor_own")
    assert reader.units == {world.own.pk}
    assert not reader.partners


def test_a_reader_of_a_partner_has_that_partner(world):
    reader = world.reader("partner_a")
    assert reader.partners == {world.a.pk}
    assert reader.groups == {world.a.readers_id}


def test_a_reader_is_asked_for_once_in_a_request(world):
    request = RequestFactory().get("/")
    request.user = world.users["partner_a"]
    assert queries(lambda: reader_of(request)) == 2
    assert queries(lambda: reader_of(request)) == 0


def test_an_editor_costs_one_query(world):
    assert queries(lambda: world.reader("editor_own")) == 1


def test_readers_of_an_inactive_partner_are_anonymous_from_the_next_request(world):
    world.a.active = False
    world.a.save()
    assert world.reader("partner_a") == ANONYMOUS
    assert reader_for_partner(world.a) == ANONYMOUS


def test_a_reader_of_an_active_and_an_inactive_partner_keeps_the_active_one(world):
    world.a.active = False
    world.a.save()
    user = make_user(groups=[world.a.readers, world.b.readers])
    assert reader_for(user).partners == {world.b.pk}


def test_an_editor_stays_one_when_the_partner_of_another_group_is_inactive(world):
    world.a.active = False
    world.a.save()
    editors = Group.objects.get(huunghi_unit__organisation=world.own)
    reader = reader_for(make_user(groups=[world.a.readers, editors]))
    assert (reader.signed_in, reader.units, reader.partners) == (True, {world.own.pk}, frozenset())


def test_a_program_reads_in_the_name_of_its_partner_and_of_no_group(world):
    assert reader_for_partner(world.a) == Reader(signed_in=True, partners=frozenset({world.a.pk}))


def test_what_is_withheld_comes_with_the_reader_until_the_share_is_revoked(world):
    event = make_event(visibility="partners")
    shared = share(event, world.a)
    shared.withheld.create(image_id=7)
    assert world.reader("partner_a").withheld_images == {7}
    assert world.reader("partner_b").withheld_images == frozenset()
    assert without_shares(world.reader("partner_a")).partners == frozenset()
    shared.revoke()
    assert world.reader("partner_a").withheld_images == frozenset()
