"""Events written by programs with the token of an editor: created, changed, translated, published, deleted."""

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.models import GroupPagePermission, PageLogEntry

from huunghi.api.writing.schemas import EventDraft
from huunghi.events.models import EventPage
from huunghi.site_setup import section_for, set_up_unit
from tests.api.staff import NOTHING, Program, key_of, make_staff, named
from tests.factories import make_exchange, make_kind, make_measure, make_organisation, make_partner, make_place

pytestmark = pytest.mark.django_db

WHOLE = {
    "title": "Giao lưu văn hoá – thể thao",
    "summary": "Một ngày ở biên giới.",
    "kind": "meeting",
    "status": "held",
    "start": "2019-05-14T08:00+07:00",
    "end": "2019-05-14T11:30+07:00",
    "places": ["KH-21"],
    "stated_venues": 53,
    "edition": 3,
    "source": {"outlet": "Báo An Giang", "date": "2019-05-15", "address": "https://example.org/tin"},
    "text": [
        {"type": "text", "html": '<p>Có <b>53</b> điểm cầu.<script>alert(1)</script> <a href="javascript:x">x</a></p>'},
        {"type": "quotation", "text": "Láng giềng tốt.", "speaker": "Ông A"},
        {"type": "figures", "rows": [{"label": "Điểm cầu", "value": "53"}]},
    ],
    "venues": [{"role": "main", "place": "VN-44", "name": "Nhà văn hoá", "host": "hall-host", "attendance": 120}],
    "partners": [{"code": "KH-21", "role": "guest"}],
    "figures": [{"quantity": 2063, "unit": "attendance", "scope": "cả ngày"}],
    "agenda": [{"text": "Khai mạc"}, {"text": "Giao lưu", "speaker": "Đoàn bạn"}],
    "outcomes": [{"text": "Ký biên bản", "due": "2019-12"}],
}


@pytest.fixture
def records(db):
    make_kind("meeting")
    make_measure("attendance")
    make_place("KH-21")
    make_place("VN-44")
    make_partner("KH-21")
    make_organisation("hall-host")


def test_a_whole_event_is_created_as_a_draft_and_then_published(editor, records, unit):
    answer = editor.create(**WHOLE, exchange=key_of(make_exchange("Giải", unit=unit)))
    assert answer.status_code == 201, answer.content.decode()
    made = answer.json()
    assert not made["live"]
    assert made["unit"] == "own-union"
    assert answer["ETag"] == f'"{made["revision"]}"'
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Location"].endswith(f"/api/v1/events/{made['id']}/draft/?lang=vi")
    assert EventDraft.model_validate(made)
    assert made["text"][0]["html"] == "<p>Có <b>53</b> điểm cầu. <a>x</a></p>"
    assert made["venues"][0]["place"] == "VN-44"
    assert Client().get(f"/api/v1/events/{made['id']}/").status_code == 404

    published = editor.act(made, "publish")
    assert published.status_code == 200, published.content.decode()
    assert published.json()["live"]
    public = Client().get(f"/api/v1/events/{made['id']}/").json()
    assert public["start"] == "2019-05-14T08:00+07:00"
    assert public["end"] == "2019-05-14T11:30+07:00"
    assert [figure["quantity"] for figure in public["figures"]] == [2063]
    assert [item["text"] for item in public["agenda"]] == ["Khai mạc", "Giao lưu"]
    assert public["source"] == WHOLE["source"]
    assert [block["type"] for block in public["text"]] == ["text", "quotation", "figures"]
    page = EventPage.objects.get(translation_key=made["id"])
    assert page.get_parent().pk == section_for(EventPage, unit, "vi").pk
    assert page.owner == editor.user


def test_a_draft_without_dates_is_made_but_not_published(editor, records):
    made = editor.create(kind="meeting")
    assert made.status_code == 201
    assert set(named(editor.act(made.json(), "publish"))) == {"start"}
    assert editor.change(made.json(), start="2019").status_code == 200
    assert editor.act(made.json(), "publish").status_code == 200


def test_what_publishing_needs_is_said_at_once(editor):
    made = editor.create().json()
    assert set(named(editor.act(made, "publish"))) == {"start", "kind"}


def test_a_date_that_nobody_knows_is_published(editor, records):
    made = editor.create(kind="meeting", precision="unknown").json()
    assert (made["start"], made["precision"]) == (None, "unknown")
    assert editor.act(made, "publish").status_code == 200


def test_what_was_read_and_is_sent_back_changes_nothing(editor, records):
    made = editor.create(**WHOLE).json()
    fields = {name: value for name, value in made.items() if name in EventDraft.model_fields}
    for name in ("id", "lang", "original", "languages", "live", "unpublished_changes", "url"):
        fields.pop(name)
    answer = editor.send("PATCH", f"{made['id']}/", fields)
    assert answer.status_code == 200, answer.content.decode()
    assert answer.json() == made


@pytest.mark.parametrize(
    ("given", "start", "end", "precision"),
    [
        ({"start": "2019"}, "2019", "2019", "year"),
        ({"start": "2019-05"}, "2019-05", "2019-05", "month"),
        ({"start": "2019-05-14", "end": "2019-05-16"}, "2019-05-14", "2019-05-16", "day"),
        ({"start": "2019-05-14T01:00Z"}, "2019-05-14T08:00+07:00", "2019-05-14T08:00+07:00", "minute"),
        ({"start": None}, None, None, "day"),
        ({"start": None, "precision": "unknown"}, None, None, "unknown"),
        ({"end": "2019-05-17"}, "2019-05-14", "2019-05-17", "day"),
        ({"start": "2019-05-13", "end": "2019-05-14"}, "2019-05-13", "2019-05-14", "day"),
    ],
)
def test_dates_are_written_as_they_are_read(editor, given, start, end, precision):
    made = editor.create(start="2019-05-14", end="2019-05-14").json()
    changed = editor.change(made, **given)
    assert changed.status_code == 200, changed.content.decode()
    assert [changed.json()[name] for name in ("start", "end", "precision")] == [start, end, precision]


def test_what_is_live_stays_until_the_change_is_published(editor, event):
    changed = editor.change(event, title="Hội nghị mới", start="2020-01-01")
    assert changed.status_code == 200, changed.content.decode()
    assert changed.json()["unpublished_changes"]
    public = f"/api/v1/events/{key_of(event)}/"
    assert Client().get(public).json()["title"] == "Hội nghị"
    assert editor.act(event, "publish").status_code == 200
    assert Client().get(public).json()["title"] == "Hội nghị mới"
    assert EventPage.objects.get(locale__language_code="km").start_date.isoformat() == "2020-01-01"


def test_the_history_of_the_page_tells_who_wrote_what(editor, records):
    made = editor.create(kind="meeting", start="2019").json()
    editor.change(made, summary="Tóm tắt")
    editor.act(made, "publish")
    editor.act(made, "unpublish")
    page = EventPage.objects.get(translation_key=made["id"])
    entries = PageLogEntry.objects.filter(page=page.pk).order_by("pk")
    assert [entry.action for entry in entries] == [
        "wagtail.create",
        "wagtail.edit",
        "wagtail.edit",
        "wagtail.publish",
        "wagtail.unpublish",
    ]
    assert {entry.user for entry in entries} == {editor.user}
    assert page.revisions.count() == 2
    assert {revision.user for revision in page.revisions.all()} == {editor.user}


def test_a_translation_is_made_changed_and_published_by_itself(editor, event):
    made = editor.send("POST", f"{key_of(event)}/translations/?lang=en", {"title": "Conference"})
    assert made.status_code == 201, made.content.decode()
    assert (made.json()["lang"], made.json()["original"], made.json()["start"]) == ("en", False, "2019-05-14")
    assert made.json()["languages"] == ["en", "km", "vi"]
    assert editor.change(event, "en", summary="One day.").json()["summary"] == "One day."
    assert editor.act(event, "publish", "en").json()["live"]
    answer = Client().get(f"/api/v1/events/{key_of(event)}/?lang=en").json()
    assert (answer["lang"], answer["title"], answer["summary"]) == ("en", "Conference", "One day.")
    again = editor.send("POST", f"{key_of(event)}/translations/?lang=en", {"title": "Conference"})
    assert again.status_code == 409


def test_facts_are_changed_in_their_own_language_only(editor, event):
    refused = named(editor.change(event, "km", title="ថ្មី", status="planned", start="2020"))
    assert set(refused) == {"status", "start"}
    assert "Tiếng Việt" in refused["start"]
    same = editor.change(event, "km", title="ថ្មី", status="held", start="2019-05-14")
    assert same.status_code == 200
    assert same.json()["title"] == "ថ្មី"


def test_an_event_is_deleted_in_one_language_or_in_all(editor, event):
    revision = editor.draft(event, "km").json()["revision"]
    editor.act(event, "unpublish", "km")
    revision = editor.draft(event, "km").json()["revision"]
    assert editor.send("DELETE", f"{key_of(event)}/?lang=km", revision=revision).status_code == 204
    assert editor.draft(event).json()["languages"] == ["vi"]
    revision = editor.draft(event).json()["revision"]
    assert editor.send("DELETE", f"{key_of(event)}/", revision=revision).status_code == 204
    assert not EventPage.objects.filter(translation_key=event.translation_key).exists()


# --- who may


def test_an_editor_of_another_unit_reads_and_does_not_write(stranger, event):
    for method, path in (
        ("PATCH", ""),
        ("DELETE", ""),
        ("GET", "draft/"),
        ("POST", "publish/"),
        ("POST", "unpublish/"),
    ):
        answer = stranger.send(method, f"{key_of(event)}/{path}", {} if method == "PATCH" else None)
        assert answer.status_code == 403, (method, path)
    assert stranger.create(unit="own-union").status_code == 403
    assert EventPage.objects.filter(locale__language_code="vi").count() == 1


def test_what_an_editor_may_not_read_is_not_there(stranger, editor):
    draft = editor.create().json()
    title = {"title": "Tên"}
    requests = [("PATCH", "", title), ("DELETE", "", {}), ("GET", "draft/", None), ("POST", "publish/", {})]
    for method, path, body in [*requests, ("POST", "translations/?lang=en", title), ("POST", "rows/agenda/", {})]:
        answer = stranger.send(method, f"{draft['id']}/{path}", body)
        missing = stranger.send(method, f"{NOTHING}/{path}", body)
        assert answer.status_code == missing.status_code == 404, (method, path)
        assert answer.content == missing.content


def test_who_may_not_publish_in_the_admin_may_not_here(unit, editor, records):
    made = editor.create(kind="meeting", start="2019").json()
    GroupPagePermission.objects.filter(permission__codename="publish_page").delete()
    assert editor.act(made, "publish").status_code == 403
    assert editor.change(made, title="Khác").status_code == 200


def test_a_locked_page_is_not_changed(editor, event):
    page = EventPage.objects.get(pk=event.pk)
    page.locked, page.locked_by, page.locked_at = True, make_staff(), timezone.now()
    page.save()
    assert editor.change(event, title="Khác").status_code == 423
    assert editor.act(event, "unpublish").status_code in (403, 423)


def test_without_the_right_to_enter_the_admin_nothing_is_written(event, unit):
    group = set_up_unit(unit).editors
    group.permissions.filter(codename="access_admin").delete()
    program = Program(make_staff(group))
    assert program.create().status_code == 403
    assert program.draft(event).status_code == 403


def test_a_session_alone_writes_nothing(event):
    client = Client()
    client.force_login(make_staff(is_superuser=True, is_staff=True))
    answer = client.post("/api/v1/events/", {"title": "X"}, content_type="application/json")
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert client.get(f"/api/v1/events/{key_of(event)}/draft/").status_code == 401
    assert EventPage.objects.filter(locale__language_code="vi").count() == 1


def test_an_editor_of_several_units_says_which(unit, stranger, editor):
    both = Program(make_staff(*editor.user.groups.all(), *stranger.user.groups.all()))
    assert set(named(both.create())) == {"unit"}
    assert both.create(unit="other-union").json()["unit"] == "other-union"


# --- revisions


def test_a_change_names_the_revision_it_was_made_from(editor, event):
    for method, path in (("PATCH", ""), ("DELETE", ""), ("POST", "publish/"), ("POST", "unpublish/")):
        assert editor.send(method, f"{key_of(event)}/{path}", {}).status_code == 428
        wrong = editor.send(method, f"{key_of(event)}/{path}", {}, revision="1-live")
        assert wrong.status_code == 412
        assert wrong["ETag"] == editor.draft(event)["ETag"]


def test_a_second_editor_does_not_overwrite_the_first(editor, event):
    revision = editor.draft(event).json()["revision"]
    body = {"title": "Một", "revision": revision}
    assert editor.send("PATCH", f"{key_of(event)}/", body).status_code == 200
    assert editor.send("PATCH", f"{key_of(event)}/", {**body, "title": "Hai"}).status_code == 412
    assert editor.draft(event).json()["title"] == "Một"


@pytest.mark.parametrize("header", ['"x", W/"{}x"', "{}", '""', "x"])
def test_a_tag_that_is_another_or_none_is_refused(editor, event, header):
    revision = editor.draft(event).json()["revision"]
    headers = {"If-Match": header.format(revision)}
    assert editor.send("PATCH", f"{key_of(event)}/", {"title": "X"}, **headers).status_code == 412


@pytest.mark.parametrize("header", ['"{}"', 'W/"{}"', '"x", "{}"', "*"])
def test_a_tag_that_a_proxy_made_weak_still_names_the_revision(editor, event, header):
    revision = editor.draft(event).json()["revision"]
    headers = {"If-Match": header.format(revision)}
    assert editor.send("PATCH", f"{key_of(event)}/", {"title": "X"}, **headers).status_code == 200


def test_publishing_what_somebody_took_back_is_noticed(editor, event):
    revision = editor.draft(event).json()["revision"]
    editor.act(event, "unpublish")
    assert editor.send("POST", f"{key_of(event)}/publish/", revision=revision).status_code == 412
