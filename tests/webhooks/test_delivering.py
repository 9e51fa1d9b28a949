"""What is sent, when it is tried again, and when it is given up."""

import json
import threading
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from huunghi.webhooks import delivering
from huunghi.webhooks.models import OffReason, WebhookDelivery, WebhookEndpoint
from huunghi.webhooks.noting import Notice, note
from huunghi.webhooks.signing import renew_secret
from huunghi.webhooks.types import MessageType

from .conftest import deliver, make_endpoint

pytestmark = pytest.mark.django_db
SHARED = Notice(MessageType.SHARE_CREATED, "k", {"id": "k", "record": "r"})


def the_message():
    return WebhookDelivery.objects.get()


def lower(headers):
    return {name.lower(): value for name, value in headers.items()}


def test_a_message_is_signed_so_that_the_standard_library_of_the_format_takes_it(receiver):
    _, secret = make_endpoint(receiver.address)
    note([SHARED])
    deliver()
    headers, body = receiver.requests[0]
    Webhook(secret).verify(body.decode(), lower(headers))
    message = json.loads(body)
    assert (message["type"], message["data"]) == ("share.created", {"id": "k", "record": "r"})
    assert datetime.fromisoformat(message["timestamp"]).tzinfo
    assert (the_message().state, the_message().answer_code, the_message().tries) == ("delivered", 204, 1)


def test_a_changed_body_or_id_is_found_out(receiver):
    _, secret = make_endpoint(receiver.address)
    note([SHARED])
    deliver()
    headers, body = receiver.requests[0]
    for wrong_headers, wrong_body in [
        (lower(headers), body + b" "),
        ({**lower(headers), "webhook-id": "msg_other"}, body),
        ({**lower(headers), "webhook-timestamp": str(int(headers["webhook-timestamp"]) + 1)}, body),
    ]:
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(wrong_body.decode(), wrong_headers)


def test_the_id_stays_over_all_tries_and_the_time_is_that_of_the_try(receiver, endpoint, monkeypatch):
    receiver.codes = [500]
    note([SHARED])
    deliver()
    later = timezone.now() + timedelta(hours=1)
    monkeypatch.setattr(delivering.timezone, "now", lambda: later)
    deliver()
    (first, _), (second, _) = receiver.requests
    assert first["webhook-id"] == second["webhook-id"]
    assert int(second["webhook-timestamp"]) == int(later.timestamp()) > int(first["webhook-timestamp"])
    assert first["webhook-signature"] != second["webhook-signature"]


def test_after_a_renewal_both_secrets_are_good_for_a_day_and_then_only_the_new_one(receiver):
    endpoint, old = make_endpoint(receiver.address)
    new = renew_secret(endpoint)
    note([SHARED])
    deliver()
    WebhookEndpoint.objects.update(secret_renewed_at=timezone.now() - timedelta(hours=25))
    note([Notice(MessageType.SHARE_CREATED, "other", {})])
    deliver()
    (both, first_body), (single, second_body) = receiver.requests
    Webhook(old).verify(first_body.decode(), lower(both))
    Webhook(new).verify(first_body.decode(), lower(both))
    Webhook(new).verify(second_body.decode(), lower(single))
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(second_body.decode(), lower(single))


def test_the_database_holds_no_secret(receiver):
    _, secret = make_endpoint(receiver.address)
    held = str(list(WebhookEndpoint.objects.values()))
    assert secret.removeprefix("whsec_")[:12] not in held


def test_a_changed_key_of_the_site_signs_on_with_the_key_before_and_without_it_says_so(receiver, settings):
    _, secret = make_endpoint(receiver.address)
    note([SHARED])
    before, settings.SECRET_KEY = settings.SECRET_KEY, "another-key"
    deliver()
    assert receiver.requests == [] and "SECRET_KEY" in the_message().problem
    settings.SECRET_KEY_FALLBACKS = [before]
    deliver()
    headers, body = receiver.requests[0]
    Webhook(secret).verify(body.decode(), lower(headers))


def test_pauses_grow_and_after_a_day_a_message_is_given_up(receiver, endpoint):
    receiver.codes = [500] * 20
    note([SHARED])
    pauses = []
    while the_message().state == "waiting":
        deliver()
        pauses.append(the_message().next_try_at - timezone.now())
    assert the_message().state == "given-up" and the_message().tries == len(pauses) == 8
    assert pauses[:6] == sorted(pauses[:6])
    assert timedelta(seconds=3) < pauses[0] < timedelta(seconds=7)
    assert timedelta(hours=20) < sum(pauses, timedelta()) < timedelta(hours=36)


def test_nothing_is_tried_before_it_is_due(receiver, endpoint):
    receiver.codes = [500]
    note([SHARED])
    deliver()
    due = delivering.deliver_due()
    assert len(receiver.requests) == 1
    assert due >= the_message().next_try_at


def test_a_receiver_that_asks_for_time_gets_it_but_not_for_ever(receiver, endpoint):
    receiver.codes, receiver.headers = [503, 429], {"Retry-After": "600"}
    note([SHARED])
    deliver()
    assert the_message().next_try_at > timezone.now() + timedelta(seconds=590)
    receiver.headers = {"Retry-After": "999999"}
    deliver()
    assert the_message().next_try_at < timezone.now() + timedelta(hours=2)


def test_an_endpoint_that_is_gone_is_switched_off_at_once(receiver, endpoint):
    receiver.codes = [410]
    note([SHARED, Notice(MessageType.SHARE_CREATED, "other", {})])
    deliver()
    endpoint.refresh_from_db()
    assert (endpoint.active, endpoint.off_reason) == (False, OffReason.GONE)
    assert len(receiver.requests) == 1
    assert not WebhookDelivery.objects.filter(state="waiting").exists()
    assert note([SHARED]) == 0


def test_an_endpoint_that_fails_for_days_is_switched_off_and_says_why(receiver, endpoint):
    receiver.codes = [500, 500]
    note([SHARED])
    deliver()
    WebhookEndpoint.objects.update(failing_since=timezone.now() - timedelta(days=5, minutes=1))
    deliver()
    endpoint.refresh_from_db()
    assert (endpoint.active, endpoint.off_reason) == (False, OffReason.FAILURES)
    assert the_message().state == "given-up"


def test_a_success_forgets_the_failures_before(receiver, endpoint):
    receiver.codes = [500]
    note([SHARED])
    deliver()
    endpoint.refresh_from_db()
    assert endpoint.failing_since
    deliver()
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.failing_since, endpoint.paused_until) == (0, None, None)


def test_a_failing_endpoint_is_left_alone_with_all_of_its_messages(receiver, endpoint):
    receiver.codes = [500] * 9
    note(Notice(MessageType.SHARE_CREATED, str(number), {}) for number in range(20))
    deliver()
    assert len(receiver.requests) == 1
    assert delivering.deliver_due() is not None
    assert len(receiver.requests) == 1
    assert WebhookDelivery.objects.filter(lease="").count() == 20


def test_one_that_hangs_holds_up_no_other(receiver, endpoint):
    """The other endpoint's message arrives while the first receiver has not answered yet."""
    make_endpoint(f"{receiver.address}?other")
    arrived = []
    both = threading.Barrier(2, timeout=5)
    receiver.before_answer = lambda handler: (both.wait(), arrived.append(handler.path))
    note([SHARED])
    deliver()
    assert sorted(arrived) == ["/hook", "/hook?other"]


def test_a_slow_receiver_gets_the_rest_in_the_next_round(receiver, endpoint, monkeypatch):
    monkeypatch.setattr(delivering, "BATCH_SECONDS", -1)
    note(Notice(MessageType.SHARE_CREATED, str(number), {}) for number in range(3))
    deliver()
    assert len(receiver.requests) == 3
    assert set(WebhookDelivery.objects.values_list("state", "tries")) == {("delivered", 1)}


def test_what_another_process_holds_is_not_sent_twice(receiver, endpoint):
    note([SHARED])
    WebhookDelivery.objects.update(next_try_at=timezone.now())
    assert len(delivering._claim()) == 1
    delivering.deliver_due()
    assert receiver.requests == []


def test_a_message_whose_process_was_killed_is_sent_by_another_one_later(receiver, endpoint, monkeypatch):
    note([SHARED])
    WebhookDelivery.objects.update(next_try_at=timezone.now())
    delivering._claim()
    later = timezone.now() + delivering.LEASE
    monkeypatch.setattr(delivering.timezone, "now", lambda: later)
    delivering.deliver_due()
    assert len(receiver.requests) == 1


def test_an_address_that_is_not_public_is_a_failure_like_any_other(settings, receiver):
    settings.HUUNGHI_WEBHOOKS = {}
    make_endpoint("https://localhost/hook")
    note([SHARED])
    deliver()
    assert "not public" in the_message().problem and the_message().state == "waiting"


def test_old_messages_are_cleared_and_waiting_ones_are_not(receiver, endpoint):
    note(Notice(MessageType.SHARE_CREATED, str(number), {}) for number in range(3))
    old = timezone.now() - timedelta(days=31)
    first, second, third = WebhookDelivery.objects.order_by("pk").values_list("pk", flat=True)
    WebhookDelivery.objects.filter(pk__in=[first, second]).update(created_at=old)
    WebhookDelivery.objects.filter(pk__in=[second, third]).update(state="delivered")
    delivering.clear_old()
    assert set(WebhookDelivery.objects.values_list("pk", flat=True)) == {first, third}


def test_the_command_delivers_and_lists(receiver, endpoint):
    note([SHARED])
    WebhookDelivery.objects.update(next_try_at=timezone.now())
    call_command("huunghi_webhooks", "deliver", stdout=StringIO())
    shown = StringIO()
    call_command("huunghi_webhooks", "list", stdout=shown)
    assert receiver.types == ["share.created"]
    assert "0 waiting, 1 delivered, 0 given up" in shown.getvalue()
