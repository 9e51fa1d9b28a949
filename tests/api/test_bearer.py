"""Reading with a token of a member of staff; a partner's key is tested with what is shared."""

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import APIToken

from huunghi.conf import token_days
from tests.api.staff import EVENTS, Program, key_of, make_staff
from tests.factories import make_event

pytestmark = pytest.mark.django_db


def listed(token="", client=None, path=EVENTS):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return (client or Client()).get(path, headers=headers)


def titles(answer):
    assert answer.status_code == 200, answer.content
    return {item["title"] for item in answer.json()["items"]}


@pytest.fixture
def hidden(unit, event):
    return make_event("Nội bộ", unit=unit, visibility="partners")


def test_a_token_reads_what_its_user_may_read(editor, stranger, hidden):
    assert titles(listed()) == {"Hội nghị"}
    assert titles(listed(stranger.secret)) == {"Hội nghị"}
    assert titles(listed(editor.secret)) == {"Hội nghị", "Nội bộ"}
    assert listed(editor.secret, path=f"{EVENTS}{key_of(hidden)}/").status_code == 200
    assert listed(editor.secret, path=f"{EVENTS}{key_of(hidden)}.ics").status_code == 200
    assert listed(stranger.secret, path=f"{EVENTS}{key_of(hidden)}/").status_code == 404


def test_the_answer_to_a_token_is_kept_by_nobody(stranger, event):
    for path in (EVENTS, f"{EVENTS}{key_of(event)}/", "/api/v1/partners/", "/api/v1/calendar.ics"):
        assert listed(stranger.secret, path=path)["Cache-Control"] == "private, no-store"
    nobody = Program(make_staff())
    assert listed(nobody.secret)["Cache-Control"] == "private, no-store"


def test_a_session_beside_a_token_does_not_count(stranger, hidden):
    client = Client()
    client.force_login(make_staff(is_superuser=True))
    assert titles(listed(client=client)) == {"Hội nghị", "Nội bộ"}
    assert titles(listed(stranger.secret, client)) == {"Hội nghị"}
    assert listed("wagtail_nonsense", client).status_code == 401


def revoked(program):
    program.token.revoke()


def ended(program):
    APIToken.objects.filter(pk=program.token.pk).update(created=timezone.now() - timedelta(days=365))


def of_nobody(program):
    program.user.is_active = False
    program.user.save()


@pytest.mark.parametrize("close", [revoked, ended, of_nobody])
def test_a_token_that_opens_nothing_is_refused_everywhere(editor, event, close):
    assert editor.draft(event).status_code == 200
    close(editor)
    for answer in (
        listed(editor.secret),
        editor.draft(event),
        editor.create(),
        listed(editor.secret, path="/api/v1/x/"),
    ):
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["WWW-Authenticate"].startswith("Bearer")
        assert answer["Cache-Control"] == "private, no-store"


def test_guessing_tokens_is_slowed_down_and_a_right_one_is_not(editor):
    wrong = [listed(APIToken.generate_token()).status_code for _ in range(21)]
    assert wrong == [401] * 20 + [429]
    assert int(listed("nonsense")["Retry-After"]) > 0
    assert listed(editor.secret).status_code == 200
    assert listed().status_code == 200


def test_another_scheme_is_no_concern_of_the_api(event):
    answer = Client().get(EVENTS, headers={"Authorization": "Basic dXNlcjpwYXNz"})
    assert titles(answer) == {"Hội nghị"}


def test_a_token_does_not_count_on_web_pages(editor, hidden):
    assert Client().get(hidden.url, headers={"Authorization": f"Bearer {editor.secret}"}).status_code == 404


def test_tokens_are_made_in_the_admin_and_by_a_command(capsys):
    user = make_staff(is_superuser=True, is_staff=True)
    client = Client()
    client.force_login(user)
    made = client.post(reverse("wagtailusers_api_tokens:add"), {"name": "Cổng", "user": user.pk})
    secret = made.context["token"]
    assert titles(listed(secret)) == set()
    assert client.get(reverse("wagtailusers_api_tokens:index")).status_code == 200
    call_command("api_tokens", "create", user=user.get_username(), name="Máy chủ")
    assert titles(listed(capsys.readouterr().out.strip())) == set()
    assert not APIToken.objects.filter(key_hash__contains=secret).exists()


@pytest.mark.parametrize("days", [0, "365", True, 3651])
def test_a_setting_that_cannot_be_is_refused(settings, days):
    settings.HUUNGHI_TOKEN_DAYS = days
    with pytest.raises(ImproperlyConfigured):
        token_days()
