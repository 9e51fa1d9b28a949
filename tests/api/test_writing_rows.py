"""Rows of an event: replaced as a whole, changed one by one, known by keys that never change."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.images import get_image_model
from wagtail.models import Collection, ReferenceIndex
from wagtail.users.models import UserProfile

from huunghi.events.models import AgendaItem, EventPage, Venue
from huunghi.partners.models import EditorialUnit
from tests.api.staff import NOTHING, key_of, named
from tests.factories import make_exchange, make_image, make_measure, make_partner, make_person, make_place

pytestmark = pytest.mark.django_db


@pytest.fixture
def with_venues(editor, event):
    make_place("VN-44")
    changed = editor.change(event, venues=[{"name": "Hội trường A", "place": "VN-44", "attendance": 50}, {"name": "B"}])
    assert changed.status_code == 200, changed.content.decode()
    editor.act(event, "publish")
    return editor.draft(event).json()


def test_a_row_that_is_named_by_its_key_keeps_its_identity_and_its_translation(editor, event, with_venues):
    hall, other = with_venues["venues"]
    km = editor.change(event, "km", venues=[{"key": hall["key"], "name": "សាល ក"}])
    assert km.status_code == 200, km.content.decode()
    editor.act(event, "publish", "km")
    before = {row.translation_key: row.pk for row in EventPage.objects.get(pk=event.pk).venues.all()}

    changed = editor.change(
        event, venues=[{"name": "Mới"}, {"key": other["key"]}, {"key": hall["key"], "attendance": 60}]
    )
    assert changed.status_code == 200, changed.content.decode()
    venues = changed.json()["venues"]
    assert [row["name"] for row in venues] == ["Mới", "B", "Hội trường A"]
    assert [row["key"] for row in venues][1:] == [other["key"], hall["key"]]
    assert venues[2]["place"] == "VN-44"
    editor.act(event, "publish")
    rows = EventPage.objects.get(pk=event.pk).venues.all()
    assert [row.name for row in rows] == ["Mới", "B", "Hội trường A"]
    assert {row.translation_key: row.pk for row in rows if row.translation_key in before} == before
    khmer = {row["key"]: row for row in editor.draft(event, "km").json()["venues"]}
    assert (khmer[hall["key"]]["name"], khmer[hall["key"]]["attendance"]) == ("សាល ក", 60)


def test_new_rows_of_a_live_page_keep_their_keys_from_draft_to_draft(editor, event):
    first = editor.change(event, venues=[{"name": "A"}]).json()["venues"][0]["key"]
    second = editor.change(event, venues=[{"key": first}, {"name": "B"}]).json()["venues"]
    third = editor.change(event, venues=[{"key": row["key"]} for row in second]).json()["venues"]
    assert [row["name"] for row in third] == ["A", "B"]
    assert third[0]["key"] == first
    assert third == second
    editor.act(event, "publish")
    assert editor.draft(event).json()["venues"] == second


def test_a_list_without_rows_takes_all_of_them_away(editor, event, with_venues):
    assert editor.change(event, venues=[]).json()["venues"] == []
    editor.act(event, "publish")
    assert not Venue.objects.filter(page=event).exists()


def test_one_row_is_added_changed_and_taken_out(editor, event, with_venues):
    path = f"{key_of(event)}/rows/venues/"
    revision = with_venues["revision"]
    added = editor.send("POST", path, {"name": "C"}, revision=revision)
    assert added.status_code == 201, added.content.decode()
    row = added.json()["venues"][2]
    changed = editor.send("PATCH", f"{path}{row['key']}/", {"role": "stop", "revision": added.json()["revision"]})
    assert changed.json()["venues"][2] == {**row, "role": "stop"}
    removed = editor.send("DELETE", f"{path}{row['key']}/", revision=changed.json()["revision"])
    assert removed.json()["venues"] == with_venues["venues"]
    gone = editor.send("PATCH", f"{path}{row['key']}/", {}, revision=removed.json()["revision"])
    assert gone.status_code == 404


def test_the_error_of_a_single_row_names_its_field_alone(editor, event, with_venues):
    path = f"{key_of(event)}/rows/venues/{with_venues['venues'][1]['key']}/"
    answer = editor.send("PATCH", path, {"place": "VN-444"}, revision=with_venues["revision"])
    assert "VN-44" in named(answer)["place"]
    other = editor.send("POST", f"{key_of(event)}/rows/halls/", {}, revision=with_venues["revision"])
    assert other.status_code == 422


def test_rows_are_added_and_taken_out_where_the_facts_are(editor, event, with_venues):
    revision = editor.draft(event, "km").json()["revision"]
    path = f"{key_of(event)}/rows/venues/"
    assert editor.send("POST", f"{path}?lang=km", {"name": "គ"}, revision=revision).status_code == 409
    key = with_venues["venues"][0]["key"]
    assert editor.send("DELETE", f"{path}{key}/?lang=km", revision=revision).status_code == 409
    facts = editor.change(event, "km", venues=[{"key": key, "name": "ក", "attendance": 1}])
    assert set(named(facts)) == {"venues.0.attendance"}


@pytest.mark.parametrize(
    ("name", "row", "field"),
    [
        ("venues", {"key": NOTHING}, "key"),
        ("venues", {"place": "nowhere"}, "place"),
        ("venues", {"attendance": -1}, "attendance"),
        ("venues", {"name": "x" * 256}, "name"),
        ("partners", {"role": "guest"}, "code"),
        ("partners", {"code": "XX-1"}, "code"),
        ("appearances", {"person": "nobody"}, "person"),
        ("figures", {"unit": "attendance"}, "quantity"),
        ("figures", {"quantity": 1e300, "unit": "attendance"}, "quantity"),
        ("figures", {"quantity": 1, "unit": "atendance"}, "unit"),
        ("agenda", {"speaker": "Ông A"}, "text"),
        ("outcomes", {"text": "x", "due": "2019-02-30"}, "due"),
        ("documents", {"file": 987654}, "file"),
        ("photos", {"caption": "x"}, "image"),
        ("photos", {"image": 987654}, "image"),
        ("organisers", {"organisation": "none-such"}, "organisation"),
    ],
)
def test_the_field_of_a_bad_row_is_named(editor, name, row, field):
    make_measure("attendance")
    good = {"venues": {"name": "A"}, "agenda": {"text": "A"}}.get(name)
    rows = [good, row] if good else [row]
    answer = editor.create(**{name: rows})
    assert set(named(answer)) == {f"{name}.{len(rows) - 1}.{field}"}
    assert not EventPage.objects.exists()


def test_unknown_codes_name_the_closest_known_ones(editor):
    make_partner("KH-21")
    make_place("VN-44")
    answer = named(editor.create(partners=[{"code": "KH-2I"}], places=["VN-44", "VN-4A"], kind="meating"))
    assert set(answer) == {"partners.0.code", "places.1", "kind"}
    assert "KH-21" in answer["partners.0.code"]
    assert "meeting" in answer["kind"]


def test_sentences_are_in_the_language_of_the_person(editor):
    vietnamese = named(editor.create(kind="meating"))["kind"]
    profile = UserProfile.get_for_user(editor.user)
    profile.preferred_language = "en"
    profile.save()
    english = named(editor.create(kind="meating"))["kind"]
    assert english.startswith("“meating” is not known.")
    assert vietnamese != english


def test_only_pictures_that_the_editor_may_choose_are_taken(editor, stranger, unit):
    own = EditorialUnit.objects.get(organisation=unit).collection
    mine, foreign = make_image(), make_image()
    get_image_model().objects.filter(pk=mine.pk).update(collection=own)
    theirs = Collection.get_first_root_node().add_child(name="closed")
    get_image_model().objects.filter(pk=foreign.pk).update(collection=theirs)
    made = editor.create(photos=[{"image": mine.pk}], text=[{"type": "picture", "image": mine.pk, "caption": "x"}])
    assert made.status_code == 201, made.content.decode()
    refused = editor.create(photos=[{"image": foreign.pk}], text=[{"type": "picture", "image": foreign.pk}])
    assert set(named(refused)) == {"photos.0.image", "text.0.image"}


def test_only_exchanges_that_the_editor_may_know_of_are_taken(editor, unit):
    public = make_exchange("Giải", unit=unit)
    hidden = make_exchange("Kín", visibility="partners")
    assert editor.create(exchange=key_of(public)).json()["exchange"] == key_of(public)
    assert set(named(editor.create(exchange=key_of(hidden)))) == {"exchange"}


def test_people_and_agenda_come_back_as_they_were_sent(editor):
    make_person("Nguyễn Văn A", key="nguyen-van-a")
    made = editor.create(
        appearances=[{"person": "nguyen-van-a", "title": "Chủ tịch", "role": "chair", "topic": "Hợp tác"}],
        agenda=[{"text": "Một"}, {"text": "Hai"}],
        status_history=[{"status": "confirmed", "since": "2019-05"}],
    )
    assert made.status_code == 201, made.content.decode()
    person = made.json()["appearances"][0]
    assert (person["person"], person["title"], person["role"]) == ("nguyen-van-a", "Chủ tịch", "chair")
    assert [item.text for item in AgendaItem.objects.order_by("sort_order")] == ["Một", "Hai"]
    assert made.json()["status_history"][0]["since"] == "2019-05"


def test_links_between_pages_survive_a_change_of_the_text(editor, event):
    html = f'<p><a linktype="page" id="{event.pk}">trang</a></p>'
    made = editor.create(text=[{"type": "text", "html": html}]).json()
    assert made["text"][0]["html"] == html


def test_a_row_costs_the_same_however_many_there_are(editor):
    make_place("VN-44")
    counts = []
    for number in (2, 2, 14, 26):  # the first one finds nothing that is remembered
        rows = [{"name": f"A{at}", "place": "VN-44"} for at in range(number)]
        with CaptureQueriesContext(connection) as captured:
            assert editor.create(venues=rows).status_code == 201
        queries = [query["sql"].split()[0] for query in captured.captured_queries]
        counts.append(sum(query not in ("SAVEPOINT", "RELEASE") for query in queries))
    first_twelve, next_twelve = counts[2] - counts[1], counts[3] - counts[2]
    assert next_twelve <= first_twelve + 3
    assert next_twelve <= 12 * 5


def test_where_a_record_is_used_is_known_after_a_change(editor):
    place = make_place("VN-44")
    made = editor.create(venues=[{"place": "VN-44"}]).json()
    assert ReferenceIndex.get_references_to(place).count() == 1
    editor.change(made, venues=[])
    assert ReferenceIndex.get_references_to(place).count() == 0
