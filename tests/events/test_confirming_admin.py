"""The editors' pages: who sees them, and that they do what their buttons say."""

import re
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.models import EditingSession

from huunghi.events.models import Confirmation, EventIndexPage, EventPage
from huunghi.partners.models import EditorialUnit, ShareLink
from tests.access.conftest import share
from tests.factories import index_page, make_page
from tests.partners.editors import allow

from .confirming import address_of, answer, asked, by_key, make_programme, partner_client

pytestmark = pytest.mark.django_db

REPORT = "huunghi_confirmations:list"


@pytest.fixture
def event(world):
    sections = [
        make_page(EventIndexPage, "Mục", index_page(EventIndexPage), unit=unit) for unit in (world.own, world.other)
    ]
    own, other = (EditorialUnit.objects.get(organisation=unit).editors for unit in (world.own, world.other))
    allow(own, sections[0], index_page(EventIndexPage, "km"))
    allow(other, sections[1])
    return make_programme(world.own, parent=sections[0], partner=world.a, visibility="partners")


@pytest.fixture
def editor(world):
    return world.client("editor_own")


def ask_address(event):
    return reverse("huunghi_confirmations:ask", args=[event.pk])


def compare_address(confirmation):
    return reverse("huunghi_confirmations:compare", args=[confirmation.pk])


def ask_form(through="unbound", language="km", days=10):
    return {
        "through": through,
        "language": language,
        "until": f"{timezone.localdate() + timedelta(days=days):%d/%m/%Y}",
    }


def answered(event, proposals=None, **fields):
    confirmation, token = asked(event, **fields)
    assert answer(partner_client(token), confirmation, proposals).status_code == 303
    return Confirmation.objects.get(pk=confirmation.pk)


def decisions(page, confirmation, **chosen):
    """The form as the page gave it, with decisions by short key."""
    html = page.content.decode()
    data = dict(re.findall(r'name="((?:now-\d+|edition))" value="([^"]*)"', html))
    fields = by_key(confirmation)
    return data | {f"decision-{fields[key.replace('__', '.')].pk}": value for key, value in chosen.items()}


def test_the_way_from_the_button_to_the_partners_form(event, editor, world, client):
    given = share(event, world.a)
    edit = editor.get(reverse("wagtailadmin_pages:edit", args=[event.pk])).content.decode()
    assert ask_address(event) in edit
    page = editor.get(ask_address(event))
    assert page.context["form"].initial["through"] == f"share-{given.pk}"
    assert page.context["form"].initial["language"] == "km"
    response = editor.post(ask_address(event), ask_form(f"share-{given.pk}"))
    confirmation = Confirmation.objects.get()
    assert (confirmation.partner, confirmation.asked_by) == (world.a, world.users["editor_own"])
    assert "no-store" in response["Cache-Control"]
    token = re.search(r"/s/(hhv_\w+)", response.content.decode())[1]
    assert partner_client(token).get(address_of(confirmation)).status_code == 200
    assert token not in editor.get(compare_address(confirmation)).content.decode()


def test_an_existing_link_can_be_used_and_no_secret_is_shown(event, editor):
    first, _token = asked(event)
    response = editor.post(ask_address(event), ask_form(f"link-{first.link_id}"))
    assert response.status_code == 302
    assert ShareLink.objects.count() == 1
    assert Confirmation.objects.filter(withdrawn_at=None).count() == 1


def test_a_day_after_the_end_of_the_link_the_share_or_the_90_days_is_refused(event, editor, world):
    given = share(event, world.a, until=timezone.localdate() + timedelta(days=3))
    first, _token = asked(event)
    for through, days in ((f"share-{given.pk}", 10), (f"link-{first.link_id}", 20), ("unbound", 95), ("unbound", -1)):
        response = editor.post(ask_address(event), ask_form(through, days=days))
        assert list(response.context["form"].errors) == ["until"]
    assert Confirmation.objects.count() == 1


@pytest.mark.parametrize("name", ["editor_other", "partner_a", "anonymous"])
def test_others_can_neither_ask_nor_see_nor_decide(event, world, name):
    confirmation = answered(event, {"stated_venues": "4"})
    row = by_key(confirmation)["stated_venues"]
    stranger = world.client(name)
    for address in (ask_address(event), compare_address(confirmation)):
        response = stranger.get(address)
        assert response.status_code in (302, 404)
        assert event.title not in response.content.decode()
    data = {"edition": "1", f"now-{row.pk}": "3", f"decision-{row.pk}": "accepted", "publish": "1", "withdraw": "1"}
    stranger.post(compare_address(confirmation), data)
    stranger.post(ask_address(event), ask_form())
    assert (Confirmation.objects.get().state, EventPage.objects.get(pk=event.pk).has_unpublished_changes) == (
        "answered",
        False,
    )
    assert event.title not in stranger.get(reverse(REPORT)).content.decode()


def test_an_editor_without_the_right_to_publish_decides_but_neither_asks_nor_publishes(event, world, editor):
    group = EditorialUnit.objects.get(organisation=world.own).editors
    group.page_permissions.filter(permission__codename="publish_page").delete()
    assert editor.get(ask_address(event)).url == reverse("wagtailadmin_home")
    confirmation = answered(event, {"stated_venues": "4"})
    page = editor.get(compare_address(confirmation))
    data = decisions(page, confirmation, stated_venues="accepted") | {"publish": "1", "shown": "1"}
    assert editor.post(compare_address(confirmation), data).status_code == 302
    stored = EventPage.objects.get(pk=event.pk)
    assert (stored.stated_venues, stored.has_unpublished_changes) == (3, True)
    assert Confirmation.objects.get().shown is False


def test_the_comparison_shows_three_values_and_marks_what_changed_since(event, editor):
    confirmation = answered(event, {"stated_venues": "4"})
    draft = event.get_latest_revision_as_object()
    draft.stated_venues = 5
    draft.save_revision()
    html = editor.get(compare_address(confirmation)).content.decode()
    row = html[html.index(f'name="now-{by_key(confirmation)["stated_venues"].pk}"') - 900 :][:1200]
    assert "<td>3</td>" in row
    assert "huunghi-changed" in row
    assert "<strong>4</strong>" in row


def test_deciding_writes_a_draft_and_ends_the_round(event, editor):
    confirmation = answered(event, {"stated_venues": "4", "figures.quantity": "2064"})
    page = editor.get(compare_address(confirmation))
    data = decisions(page, confirmation, stated_venues="accepted")
    assert editor.post(compare_address(confirmation), data).status_code == 302
    assert Confirmation.objects.get().state == "part"
    page = editor.get(compare_address(confirmation))
    key = by_key(confirmation)["figures.quantity"].pk
    data = decisions(page, confirmation, figures__quantity="refused") | {f"reason-{key}": "Biên bản", "shown": "1"}
    assert editor.post(compare_address(confirmation), data).status_code == 302
    stored = Confirmation.objects.get()
    assert (stored.state, stored.shown) == ("done", True)
    assert EventPage.objects.get(pk=event.pk).get_latest_revision_as_object().stated_venues == 4
    assert EventPage.objects.get(pk=event.pk).stated_venues == 3
    editor.post(compare_address(confirmation), {})
    assert Confirmation.objects.get().shown is False


def test_a_stale_decision_is_asked_again_with_what_was_typed(event, editor):
    confirmation = answered(event, {"stated_venues": "4"})
    data = decisions(editor.get(compare_address(confirmation)), confirmation, stated_venues="refused")
    pk = by_key(confirmation)["stated_venues"].pk
    response = editor.post(compare_address(confirmation), {**data, f"now-{pk}": "2", f"reason-{pk}": "Vì thế"})
    assert response.status_code == 200
    assert "Vì thế" in response.content.decode()
    assert Confirmation.objects.get().state == "answered"


@pytest.mark.parametrize("edition", ["", "x", "0", "9" * 30, "²"])
def test_nonsense_in_the_hidden_inputs_decides_nothing(event, editor, edition):
    confirmation = answered(event, {"stated_venues": "4"})
    data = decisions(editor.get(compare_address(confirmation)), confirmation, stated_venues="accepted")
    response = editor.post(compare_address(confirmation), {**data, "edition": edition})
    assert response.status_code == 200
    assert Confirmation.objects.get().state == "answered"


def test_a_reason_with_hidden_signs_is_refused_without_a_crash(event, editor):
    confirmation = answered(event, {"stated_venues": "4"})
    data = decisions(editor.get(compare_address(confirmation)), confirmation, stated_venues="refused")
    pk = by_key(confirmation)["stated_venues"].pk
    response = editor.post(compare_address(confirmation), {**data, f"reason-{pk}": "a\u202eb"})
    assert response.status_code == 200
    assert Confirmation.objects.get().state == "answered"


def test_a_locked_page_and_a_busy_colleague_are_named(event, editor, world):
    confirmation = answered(event, {"stated_venues": "4"})
    colleague = world.users["superuser"]
    EventPage.objects.filter(pk=event.pk).update(locked=True, locked_by=colleague)
    EditingSession.objects.create(user=colleague, content_object=event, last_seen_at=timezone.now(), is_editing=True)
    page = editor.get(compare_address(confirmation))
    assert page.context["busy"] == [colleague.username]
    assert len(page.context["locks"]) == 1
    response = editor.post(compare_address(confirmation), decisions(page, confirmation, stated_venues="accepted"))
    assert any(event.title in str(message) for message in get_messages(response.wsgi_request))
    assert Confirmation.objects.get().state == "answered"


def test_withdrawing_closes_the_partners_form(event, editor):
    confirmation, token = asked(event)
    client = partner_client(token)
    editor.post(compare_address(confirmation), {"withdraw": "1"})
    assert Confirmation.objects.get().state == "withdrawn"
    assert client.get(address_of(confirmation)).status_code == 404


def test_the_editor_is_told_above_the_edit_form(event, editor):
    edit = reverse("wagtailadmin_pages:edit", args=[event.pk])
    confirmation = answered(event)
    assert compare_address(confirmation) in editor.get(edit).content.decode()
    page = editor.get(compare_address(confirmation))
    editor.post(compare_address(confirmation), decisions(page, confirmation))
    assert compare_address(confirmation) not in editor.get(edit).content.decode()


def test_the_list_costs_the_same_for_one_round_as_for_ten(event, editor, world):
    asked(event)
    editor.get(reverse(REPORT))
    with CaptureQueriesContext(connection) as few:
        assert editor.get(reverse(REPORT)).status_code == 200
    for _time in range(9):
        asked(event, share(event, world.a))
    with CaptureQueriesContext(connection) as many:
        assert editor.get(reverse(REPORT)).status_code == 200
    assert len(many) == len(few)
    filtered = editor.get(reverse(REPORT), {"state": "done"})
    assert list(filtered.context["object_list"]) == []


def test_the_list_can_be_exported(event, editor):
    answered(event, {"stated_venues": "4"})
    response = editor.get(reverse(REPORT), {"export": "csv"})
    content = b"".join(response.streaming_content).decode()
    assert len(content.splitlines()) == 2
    assert "Chan Dara" in content
