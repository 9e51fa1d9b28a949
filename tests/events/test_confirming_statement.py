"""What readers of an event are told of its confirmation, and who of them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from huunghi.events.confirming import deciding
from huunghi.events.confirming.deciding import decide
from huunghi.events.confirming.statement import has_changed, statements
from huunghi.events.models import ConfirmationField, EventPage
from huunghi.partners.access import ANONYMOUS, reader_for
from tests.access.conftest import share
from tests.factories import publish

from .confirming import (
    WITHHELD,
    answered,
    asked,
    draft_of,
    in_khmer,
    make_programme,
    partner_client,
    rulings,
)

pytestmark = pytest.mark.django_db


def closed(event, given=None, proposals=None, user=None, **options):
    confirmation, token = asked(event, given)
    confirmation = answered((confirmation, partner_client(token)), proposals)
    decide(confirmation, confirmation.edition, rulings(confirmation, **options), user)
    deciding.show(confirmation, True, user)
    return confirmation


@pytest.mark.parametrize("language", ["vi", "km"])
def test_the_page_and_the_api_say_that_both_sides_have_confirmed_it(event, editor, world, client, language):
    given = share(event, world.a)
    closed(event, given, user=editor)
    page = EventPage.objects.get(translation_key=event.translation_key, locale__language_code=language)
    (statement,) = statements(page, ANONYMOUS)
    assert (statement.on, statement.partner, statement.changed) == (timezone.localdate(), world.a, False)
    day = f"{timezone.localdate():%d/%m/%Y}"
    html = client.get(page.url).content.decode()
    assert html.count(day) >= 1
    (told,) = client.get(f"/api/v1/events/{event.translation_key}/?lang={language}").json()["confirmed"]
    assert (told["on"], told["changed"], told["refused"]) == (timezone.localdate().isoformat(), False, 0)
    assert told["partner"]["code"] == world.a.code


def test_nothing_is_told_before_the_editor_allows_it(event, editor):
    confirmation = closed(event, user=editor)
    deciding.show(confirmation, False, editor)
    assert statements(event, ANONYMOUS) == []


def test_a_confirmed_fact_that_changes_later_marks_the_statement(event, editor):
    closed(event, user=editor)
    event = EventPage.objects.get(pk=event.pk)
    event.stated_venues = 9
    publish(event)
    assert [each.changed for each in statements(EventPage.objects.get(pk=event.pk), ANONYMOUS)] == [True]
    event.stated_venues = 3
    publish(event)
    assert [each.changed for each in statements(EventPage.objects.get(pk=event.pk), ANONYMOUS)] == [False]


def test_a_khmer_title_that_changes_marks_the_khmer_page_only(event, editor):
    closed(event, user=editor)
    khmer = in_khmer(event)
    khmer.title = "ផ្សេង"
    publish(khmer)
    assert [each.changed for each in statements(in_khmer(event), ANONYMOUS)] == [True]
    assert [each.changed for each in statements(EventPage.objects.get(pk=event.pk), ANONYMOUS)] == [False]


def test_an_accepted_value_is_told_only_when_it_is_published(event, editor):
    closed(event, proposals={"stated_venues": "4"}, user=editor)
    assert statements(EventPage.objects.get(pk=event.pk), ANONYMOUS) == []
    draft_of(event).get_latest_revision().publish()
    assert [each.changed for each in statements(EventPage.objects.get(pk=event.pk), ANONYMOUS)] == [False]


def test_a_refused_value_is_told_as_seen_differently(event, editor, client):
    closed(event, proposals={"stated_venues": "4"}, user=editor, decision="refused", reason="Biên bản ghi 3")
    (statement,) = statements(EventPage.objects.get(pk=event.pk), ANONYMOUS)
    assert (statement.refused, statement.changed) == (1, False)
    html = client.get(event.url).content.decode()
    assert "Biên bản ghi 3" not in html


def test_nothing_agreed_is_nothing_confirmed():
    refused = ConfirmationField(
        key="title", answer="proposed", decision="refused", value="a", proposal="b", home="text"
    )
    assert has_changed([refused], {"title": "a"}, True) is None


def test_a_partner_that_the_event_does_not_name_is_not_named(world, section, editor):
    event = make_programme(world.own, parent=section, partner=world.b)
    closed(event, share(event, world.a), user=editor)
    (statement,) = statements(event, ANONYMOUS)
    assert statement.partner is None


def test_of_a_page_that_is_not_public_only_the_partner_and_the_editors_are_told(world, section, editor):
    event = make_programme(world.own, parent=section, partner=world.a, visibility="partners")
    share(event, world.b)
    closed(event, share(event, world.a), user=editor)
    told = {name for name, user in world.users.items() if statements(event, reader_for(user))}
    assert told == {"partner_a", "editor_own", "superuser"}


def test_a_row_withheld_from_the_reader_does_not_look_changed(world, section, editor):
    event = make_programme(world.own, parent=section, partner=world.a, visibility="partners")
    closed(event, share(event, world.a), user=editor)
    share(event, world.b, withheld=[event.venues.get(name=WITHHELD)])
    page = EventPage.objects.get(pk=event.pk)
    given = share(event, world.a, withheld=[event.figures.get()])
    assert given.withheld.count() == 1
    assert [each.changed for each in statements(page, world.reader("partner_a"))] == [False]


def test_an_event_without_confirmation_costs_one_query(event):
    page = EventPage.objects.get(pk=event.pk)
    with CaptureQueriesContext(connection) as queries:
        assert statements(page, ANONYMOUS) == []
    assert len(queries) == 1
