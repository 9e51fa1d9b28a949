"""What is told of which change, and that the messages hold nothing that the receiver may not read."""

import json
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageViewRestriction

from huunghi.events.confirming import answering, asking, deciding
from huunghi.events.models import EventIndexPage, EventPage
from huunghi.partners.models import Share
from huunghi.partners.sharing.links import make_link
from huunghi.webhooks import noting
from huunghi.webhooks.models import WebhookDelivery
from tests.access.conftest import lock, restrict, share
from tests.factories import index_page, make_event, make_partner

from .conftest import make_endpoint

pytestmark = pytest.mark.django_db


@pytest.fixture
def endpoint(settings):
    return make_endpoint("https://partner.example/hook")[0]


def told():
    """The types of the messages, oldest first; each is taken once."""
    rows = WebhookDelivery.objects.order_by("pk")
    types = list(rows.values_list("type", flat=True))
    rows.delete()
    return types


def last_body():
    return json.loads(WebhookDelivery.objects.order_by("pk").last().body)


def published(**fields):
    event = make_event(**fields)
    told()
    return event


def publish(page, **changes):
    for name, value in changes.items():
        setattr(page, name, value)
    page.save_revision().publish()


def fresh(page):
    return type(page).objects.get(pk=page.pk)


# --- events


def test_publishing_an_event_with_its_translations_is_one_message(endpoint):
    event = make_event(translations={"km": "ព្រឹត្តិការណ៍"})
    body = last_body()
    assert told() == ["event.published"]
    assert body["data"] == {
        "id": str(event.translation_key),
        "languages": ["vi", "km"],
        "url": f"http://127.0.0.1:8000/api/v1/events/{event.translation_key}/",
    }


def test_a_draft_is_told_to_nobody_and_neither_is_a_change_of_it(endpoint):
    event = make_event(live=False)
    event.save_revision()
    public = published()
    public.title = "Bản nháp"
    public.save_revision()
    assert told() == []


def test_publishing_a_change_is_told_once(endpoint):
    publish(published(), title="Tên mới")
    assert told() == ["event.changed"]


def test_a_cancelled_event_is_told_as_such_and_only_once(endpoint):
    event = published()
    publish(event, status="cancelled")
    assert told() == ["event.cancelled"]
    publish(fresh(event), title="Đã hủy")
    assert told() == ["event.changed"]


def test_a_change_before_the_first_message_is_sent_is_part_of_it(endpoint):
    event = make_event()
    publish(event, title="Sửa ngay")
    assert told() == ["event.published"]


def test_a_message_that_is_on_its_way_takes_nothing_up(endpoint):
    event = make_event()
    WebhookDelivery.objects.update(lease="somebody")
    publish(event, title="Sửa sau")
    assert told() == ["event.published", "event.changed"]


def test_a_withdrawn_event_is_told_and_when_it_comes_back_too(endpoint):
    event = published()
    event.unpublish()
    assert last_body()["data"]["languages"] == []
    assert told() == ["event.withdrawn"]
    publish(fresh(event))
    assert told() == ["event.published"]


def test_a_deleted_event_is_told_once_in_all_its_languages(endpoint):
    event = published(translations={"km": "ព្រឹត្តិការណ៍"})
    for page in EventPage.objects.filter(translation_key=event.translation_key):
        page.delete()
    assert told() == ["event.withdrawn"]


def test_one_language_less_is_a_change(endpoint):
    event = published(translations={"km": "ព្រឹត្តិការណ៍"})
    EventPage.objects.get(translation_key=event.translation_key, locale__language_code="km").unpublish()
    assert last_body()["data"]["languages"] == ["vi"]
    assert told() == ["event.changed"]


@pytest.mark.parametrize("visibility", ["partners", "signed-in"])
def test_of_an_event_that_is_not_for_everyone_nothing_is_told(endpoint, visibility):
    event = make_event(visibility=visibility)
    publish(event, status="cancelled")
    event = fresh(event)
    event.unpublish()
    event.delete()
    assert told() == []


def test_an_event_that_is_hidden_is_withdrawn(endpoint):
    publish(published(), visibility="partners")
    assert told() == ["event.withdrawn"]


def test_a_closed_section_withdraws_its_events_and_an_opened_one_publishes_them(endpoint):
    section = EventIndexPage(title="Khu", slug="khu", unit=None)
    index_page(EventIndexPage).add_child(instance=section)
    published(parent=section)
    published()
    restriction = restrict(section, PageViewRestriction.LOGIN)
    assert told() == ["event.withdrawn"]
    restriction.delete()
    assert told() == ["event.published"]
    section = lock(section, "partners")
    assert told() == ["event.withdrawn"]
    lock(section, "public")
    assert told() == ["event.published"]


def test_a_restricted_page_in_one_language_is_a_change_while_another_one_is_public(endpoint):
    event = published(translations={"km": "ព្រឹត្តិការណ៍"})
    restrict(event, PageViewRestriction.LOGIN)
    assert last_body()["data"]["languages"] == ["km"]
    assert told() == ["event.changed"]


def test_events_that_are_moved_into_a_closed_section_are_withdrawn(endpoint):
    closed, section = (
        index_page(EventIndexPage).add_child(instance=EventIndexPage(title=name, slug=name, unit=None))
        for name in ("dong", "khu")
    )
    lock(closed, "partners")
    event = published(parent=section)
    fresh(section).move(fresh(closed), pos="last-child")
    assert told() == ["event.withdrawn"]
    fresh(event).move(index_page(EventIndexPage), pos="last-child")
    assert told() == ["event.published"]


def test_a_section_of_many_events_is_told_with_few_statements(endpoint, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(noting, "MOST_COMBINED", 5)
    section = index_page(EventIndexPage).add_child(instance=EventIndexPage(title="Khu", slug="khu", unit=None))
    for number in range(9):
        make_event(f"Sự kiện {number}", parent=section)
    told()
    with django_assert_max_num_queries(25):
        PageViewRestriction.objects.create(page_id=section.pk, restriction_type="login")
    assert told() == ["event.withdrawn"] * 9


def test_where_nobody_listens_a_change_costs_one_query_more():
    event = make_event()
    with CaptureQueriesContext(connection) as seen:
        event.save()
    ours = [query for query in seen if "webhook" in query["sql"]]
    assert len(ours) == 1


def test_only_what_an_endpoint_wants_is_noted_for_it():
    wants, _ = make_endpoint("https://a.example/", types=["event.published"])
    make_endpoint("https://b.example/", types=["share.created"])
    make_endpoint("https://c.example/", active=False)
    make_event()
    assert list(WebhookDelivery.objects.values_list("endpoint", flat=True)) == [wants.pk]


def test_a_change_that_is_taken_back_leaves_no_message(endpoint):
    with pytest.raises(RuntimeError), transaction.atomic():
        make_event()
        assert WebhookDelivery.objects.exists()
        raise RuntimeError
    assert told() == []


# --- shares and confirmations: nothing but ids


def test_a_share_and_its_revocation_are_told_with_ids_only(endpoint):
    event = published(visibility="partners", title="Tên bí mật")
    made = share(event, make_partner("KH-8"), note="ghi chú")
    message = WebhookDelivery.objects.get()
    assert json.loads(message.body)["data"] == {"id": str(made.public_id), "record": str(event.translation_key)}
    assert told() == ["share.created"]
    made = Share.objects.get()
    made.note = "khác"
    made.save()
    assert told() == []
    made.revoke()
    assert told() == ["share.revoked"]
    made.save()
    assert told() == []


def test_the_answer_of_a_partner_and_its_end_are_told_with_ids_only(endpoint, django_capture_on_commit_callbacks):
    event = published()
    link, _ = make_link(event, [event.locale], expires_at=timezone.now() + timedelta(days=9))
    confirmation = asking.ask(link, "km", asking.usual_last_day())
    fields = list(confirmation.fields.all())
    assert told() == []
    assert answering.store(confirmation, fields, answering.Reply(by="Sok"), f"{confirmation.edition}.x")
    body = last_body()
    assert body["data"] == {"id": str(confirmation.public_id), "record": str(event.translation_key)}
    assert told() == ["confirmation.received"]
    confirmation.refresh_from_db()
    deciding._close_if_decided(confirmation, None)
    assert told() == ["confirmation.completed"]
