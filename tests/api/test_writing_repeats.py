"""A request that is sent twice is carried out once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from huunghi.events.models import EventPage
from huunghi.models import StoredAnswer
from tests.api.staff import Program, key_of, named

pytestmark = pytest.mark.django_db


def test_the_same_request_with_the_same_key_is_answered_alike_and_done_once(editor):
    first = editor.send("POST", "", {"title": "Một"}, key="a-1")
    second = editor.send("POST", "", {"title": "Một"}, key="a-1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert (second["ETag"], second["Location"]) == (first["ETag"], first["Location"])
    assert second["Idempotent-Replayed"] == "true"
    assert second["Cache-Control"] == "private, no-store"
    assert EventPage.objects.count() == 1


def test_another_request_with_the_same_key_is_refused(editor):
    editor.send("POST", "", {"title": "Một"}, key="a-1")
    refused = editor.send("POST", "", {"title": "Hai"}, key="a-1")
    assert set(named(refused)) == {"Idempotency-Key"}
    assert refused.json()["errors"][0]["loc"] == ["header", "Idempotency-Key"]


def test_keys_of_another_token_are_other_keys(editor):
    editor.send("POST", "", {"title": "Một"}, key="a-1")
    assert Program(editor.user).send("POST", "", {"title": "Hai"}, key="a-1").status_code == 201


def test_what_was_refused_may_be_mended_and_sent_with_the_same_key(editor):
    assert editor.send("POST", "", {"title": ""}, key="a-1").status_code == 422
    assert editor.send("POST", "", {"title": "x", "kind": "none"}, key="a-1").status_code == 422
    assert editor.send("POST", "", {"title": "Một"}, key="a-1").status_code == 201
    assert StoredAnswer.objects.count() == 1


def test_an_answer_is_forgotten_after_a_day(editor):
    editor.send("POST", "", {"title": "Một"}, key="a-1")
    StoredAnswer.objects.update(created_at=timezone.now() - timedelta(hours=24, seconds=1))
    assert editor.send("POST", "", {"title": "Hai"}, key="a-1").status_code == 201
    assert StoredAnswer.objects.count() == 1


def test_publishing_twice_with_one_key_is_publishing_once(editor, event):
    editor.change(event, title="Mới")
    revision = editor.draft(event).json()["revision"]
    first = editor.send("POST", f"{key_of(event)}/publish/", revision=revision, key="p")
    second = editor.send("POST", f"{key_of(event)}/publish/", revision=revision, key="p")
    assert (first.status_code, second.status_code, second.content) == (200, 200, first.content)


@pytest.mark.parametrize("key", ["", "a b", "x" * 201, "khoá"])
def test_a_key_that_cannot_be_kept_is_refused(editor, key):
    answer = editor.send("POST", "", {"title": "Một"}, **{"Idempotency-Key": key})
    assert set(named(answer)) == {"Idempotency-Key"}
