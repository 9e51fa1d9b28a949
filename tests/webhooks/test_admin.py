"""The administrators' pages."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from huunghi.webhooks.models import WebhookDelivery, WebhookEndpoint
from huunghi.webhooks.noting import Notice, note
from huunghi.webhooks.types import MessageType
from tests.access.conftest import make_user

from .conftest import deliver, make_endpoint

pytestmark = pytest.mark.django_db
SHARED = Notice(MessageType.SHARE_CREATED, "k", {"id": "k"})


def page(name, *args):
    return reverse(f"huunghi_webhooks:{name}", args=args)


def form(address, **fields):
    return {"name": "Tỉnh bạn", "address": address, "types": ["event.published"], "active": "on", **fields}


def test_a_new_endpoint_shows_its_secret_once_and_nobody_keeps_the_page(admin_client, receiver):
    answer = admin_client.post(page("add"), form(receiver.address))
    secret = re.search(r"whsec_[0-9A-Za-z+/=]{44}", answer.content.decode())[0]
    assert "no-store" in answer["Cache-Control"]
    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.types, endpoint.active) == (["event.published"], True)
    for again in (page("list"), page("endpoint", endpoint.pk)):
        assert secret not in admin_client.get(again).content.decode()


@pytest.mark.parametrize(
    "address", ["http://example.com/", "https://u:p@example.com/", "https://example.com:22/", "ftp://example.com/"]
)
def test_an_address_that_nothing_may_be_sent_to_is_refused_in_the_form(admin_client, settings, address):
    settings.HUUNGHI_WEBHOOKS = {}
    answer = admin_client.post(page("add"), form(address))
    assert not WebhookEndpoint.objects.exists() and b"whsec_" not in answer.content


def test_renewing_shows_another_secret(admin_client, receiver):
    endpoint, first = make_endpoint(receiver.address)
    answer = admin_client.post(page("secret", endpoint.pk)).content.decode()
    second = re.search(r"whsec_[0-9A-Za-z+/=]{44}", answer)[0]
    assert first != second
    assert admin_client.get(page("secret", endpoint.pk)).status_code == 405


def test_the_log_shows_what_became_of_messages_and_sends_one_again_with_its_id(admin_client, receiver, endpoint):
    receiver.codes, receiver.content = [410], b"<b>gone</b>"
    note([SHARED])
    deliver()
    shown = admin_client.get(page("endpoint", endpoint.pk)).content.decode()
    message = WebhookDelivery.objects.get()
    assert message.message_id in shown and "410" in shown and "&lt;b&gt;gone" in shown
    WebhookEndpoint.objects.update(active=True)
    admin_client.post(page("again", message.pk))
    deliver()
    ids = {headers["webhook-id"] for headers, _ in receiver.requests}
    assert ids == {message.message_id} and len(receiver.requests) == 2
    message.refresh_from_db()
    assert (message.state, message.tries) == ("delivered", 1)


def test_a_test_message_is_sent_at_once_and_not_repeated(admin_client, receiver, endpoint):
    receiver.codes = [500]
    admin_client.post(page("test", endpoint.pk))
    assert receiver.types == ["webhook.test"]
    assert WebhookDelivery.objects.get().state == "given-up"
    admin_client.post(page("test", endpoint.pk))
    assert WebhookDelivery.objects.first().state == "delivered"


def test_switching_off_by_hand_gives_up_what_waits_and_switching_on_forgets_the_failures(
    admin_client, receiver, endpoint
):
    note([SHARED])
    admin_client.post(page("endpoint", endpoint.pk), form(receiver.address, active=""))
    assert WebhookDelivery.objects.get().state == "given-up"
    WebhookEndpoint.objects.update(off_reason="failures", failures=9)
    admin_client.post(page("endpoint", endpoint.pk), form(receiver.address))
    endpoint.refresh_from_db()
    assert (endpoint.active, endpoint.off_reason, endpoint.failures) == (True, "", 0)


def test_deleting_takes_the_messages_along(admin_client, endpoint):
    note([SHARED])
    admin_client.post(page("delete", endpoint.pk))
    assert not WebhookEndpoint.objects.exists() and not WebhookDelivery.objects.exists()


def test_an_editor_without_the_permission_sees_nothing_and_changes_nothing(client, receiver, endpoint):
    editor = make_user()
    editor.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(editor)
    note([SHARED])
    message = WebhookDelivery.objects.get()
    for name, *args in [("list",), ("add",), ("endpoint", endpoint.pk)]:
        assert client.get(page(name, *args)).status_code in (302, 403)
    for name, pk in [("secret", endpoint.pk), ("test", endpoint.pk), ("delete", endpoint.pk), ("again", message.pk)]:
        assert client.post(page(name, pk)).status_code in (302, 403)
    assert receiver.requests == [] and WebhookEndpoint.objects.exists()
    editor.user_permissions.add(Permission.objects.get(codename="change_webhookendpoint"))
    client.force_login(editor)
    assert client.get(page("list")).status_code == 200


def test_the_list_tells_which_endpoints_fail(admin_client, receiver, endpoint):
    receiver.codes = [500]
    note([SHARED])
    deliver()
    assert receiver.address in admin_client.get(page("list")).content.decode()
    assert "Fails since" in admin_client.get(page("list"), headers={"Accept-Language": "en"}).content.decode()
