"""What is sent by mistake or on purpose: always refused with a problem document that names the field."""

import json

import pytest
from django.test import Client

from huunghi.events.models import EventPage
from tests.api.staff import EVENTS, key_of, named

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": "x", "titel": "y"}, "titel"),
        ({"title": None}, "title"),
        ({"title": ["x"]}, "title"),
        ({"title": ""}, "title"),
        ({}, "title"),
        ({"title": "x" * 300}, "title"),
        ({"title": "x\nSet-Cookie: a=b"}, "title"),
        ({"title": "x\x00"}, "title"),
        ({"title": "x", "summary": "\ud800"}, "summary"),
        ({"title": "x", "summary": "\x07"}, "summary"),
        ({"title": "x", "venues": {}}, "venues"),
        ({"title": "x", "venues": None}, "venues"),
        ({"title": "x", "venues": ["hall"]}, "venues.0"),
        ({"title": "x", "venues": [{"name": "\x00"}]}, "venues.0.name"),
        ({"title": "x", "venues": [{"nam": "A"}]}, "venues.0.nam"),
        ({"title": "x", "venues": [{"role": "hall"}]}, "venues.0.role"),
        ({"title": "x", "venues": [{"attendance": "5"}]}, "venues.0.attendance"),
        ({"title": "x", "venues": [{"attendance": 10**30}]}, "venues.0.attendance"),
        ({"title": "x", "venues": [{"key": "1"}]}, "venues.0.key"),
        ({"title": "x", "venues": [{}] * 501}, "venues"),
        ({"title": "x", "start": "14/05/2019"}, "start"),
        ({"title": "x", "start": "2019-02-30"}, "start"),
        ({"title": "x", "start": "0000"}, "start"),
        ({"title": "x", "start": "9999-12-31T23:59Z"}, "start"),
        ({"title": "x", "start": "២០១៩"}, "start"),
        ({"title": "x", "end": "2019"}, "start"),
        ({"title": "x", "start": "2019-05-14", "end": "2019-05-13"}, "end"),
        ({"title": "x", "start": "2019-05-14", "end": "2019"}, "end"),
        ({"title": "x", "start": "2019", "precision": "day"}, "precision"),
        ({"title": "x", "start": "2019", "time_zone": "Mars/Olympus"}, "time_zone"),
        ({"title": "x", "time_zone": "../../etc/passwd"}, "time_zone"),
        ({"title": "x", "all_day": 1}, "all_day"),
        ({"title": "x", "edition": 40000}, "edition"),
        ({"title": "x", "status": "done"}, "status"),
        ({"title": "x", "visibility": "secret"}, "visibility"),
        ({"title": "x", "unit": "none-such"}, "unit"),
        ({"title": "x", "exchange": "1"}, "exchange"),
        ({"title": "x", "kind": "\u202e"}, "kind"),
        ({"title": "x", "source": {"date": "2019-13-01"}}, "source.date"),
        ({"title": "x", "source": {"address": "javascript:alert(1)"}}, "source.address"),
        ({"title": "x", "source": {"outlat": "y"}}, "source.outlat"),
        ({"title": "x", "slug": "a b/c"}, "slug"),
        ({"title": "x", "text": "plain"}, "text"),
        ({"title": "x", "text": [{"type": "script"}]}, "text.0"),
        ({"title": "x", "text": [{"html": "x"}]}, "text.0"),
        ({"title": "x", "text": [{"type": "text"}]}, "text.0.html"),
        ({"title": "x", "text": [{"type": "video", "url": "javascript:x", "title": "y"}]}, "text.0.url"),
        ({"title": "x", "text": [{"type": "figures", "rows": [{"label": "a", "value": ""}]}]}, "text.0.rows.0.value"),
        ({"title": "x", "text": [{"type": "picture", "image": 987654}]}, "text.0.image"),
        ({"title": "x", "text": [{"type": "document", "document": 987654}]}, "text.0.document"),
        ({"title": "x", "figures": [{"quantity": True, "unit": "person"}]}, "figures.0.quantity"),
        ({"title": "x", "a": [[[[[[[[[[1]]]]]]]]]]}, "a.0.0.0.0.0.0.0.0"),
    ],
)
def test_the_field_that_is_wrong_is_named(editor, body, field):
    answer = editor.send("POST", "", body)
    assert field in named(answer)
    assert field in answer.json()["detail"]
    assert not EventPage.objects.exists()


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ("", 400),
        ("{", 400),
        ("[" * 100_000, 422),
        ('{"title":' * 50_000, 422),
        ("\xff".encode("latin-1"), 400),
        ('{"title": "\\ud800"}', 422),
        ('{"title": NaN}', 400),
        ('{"edition": 1e999, "title": "x"}', 422),
        ('{"edition": ' + "9" * 5000 + "}", 400),
        ('{"title": "a", "title": "b"}', 422),
        ("[]", 422),
        ("null", 422),
        ('"text"', 422),
        ('{"title": "' + "x" * 1_000_001 + '"}', 413),
    ],
)
def test_a_body_that_is_no_good_json_is_refused(editor, content, status):
    answer = editor.send("POST", "", content)
    assert answer.status_code == status, answer.content[:300]
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Cache-Control"] == "private, no-store"


def test_a_whole_number_may_be_written_with_a_point(editor):
    assert editor.send("POST", "", {"title": "x", "edition": 3.0}).json()["edition"] == 3
    assert "edition" in named(editor.send("POST", "", {"title": "x", "edition": 3.5}))


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "", "application/xml"]
)
def test_only_json_is_taken(editor, content_type):
    answer = editor.send("POST", "", json.dumps({"title": "x"}), content_type=content_type)
    assert answer.status_code == 415
    assert not EventPage.objects.exists()


def test_an_unknown_parameter_is_refused(editor, event):
    assert "langg" in editor.send("POST", "?langg=vi", {"title": "x"}).json()["detail"]
    assert editor.send("POST", "?lang=xx", {"title": "x"}).status_code == 422
    assert editor.send("POST", f"{key_of(event)}/translations/", {"title": "x"}).status_code == 422


@pytest.mark.parametrize("field", ["id", "live", "owner", "path", "translation_key", "locale", "pk"])
def test_what_is_not_an_editors_cannot_be_set(editor, field):
    assert field in named(editor.create(**{field: "1"}))


@pytest.mark.parametrize("method", ["PUT"])
def test_other_methods_are_refused(editor, event, method):
    answer = editor.send(method, f"{key_of(event)}/", {})
    assert answer.status_code == 405
    assert set(answer["Allow"].replace(" ", "").split(",")) == {"GET", "PATCH", "DELETE"}


def test_a_forgotten_slash_does_not_turn_writing_into_reading(editor):
    answer = Client().generic("POST", EVENTS.rstrip("/"), "{}", content_type="application/json")
    assert answer.status_code == 308


def test_html_is_reduced_to_what_an_editor_can_write(editor):
    html = '<h2 onclick="x">A</h2><iframe src="//e"></iframe><p style="x">B <img src=x onerror=y><a href="/c">c</a></p>'
    made = editor.create(text=[{"type": "text", "html": html}, {"type": "text", "html": "Một\n\nHai & ba"}])
    assert made.status_code == 201, made.content.decode()
    assert [block["html"] for block in made.json()["text"]] == [
        '<h2>A</h2><p>B <a href="/c">c</a></p>',
        "<p>Một</p><p>Hai &amp; ba</p>",
    ]


def test_two_pages_do_not_share_an_address(editor):
    editor.create(slug="giao-luu")
    assert set(named(editor.create(slug="giao-luu"))) == {"slug"}
