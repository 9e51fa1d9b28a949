"""What a file makes, and what a second import of it leaves alone."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils.translation import override
from wagtail.models import Locale, Page, PageLogEntry, Revision

from huunghi.events.models import ArticlePage, EventPage, ExchangePage, PlanPage, ReportPage
from huunghi.models import ImportedItem
from huunghi.partners.models import OfficialDocument, Organisation, Partner, PartnerPage, Partnership, Person, Place

TEXTS = {
    "vi": {"title": "Gặp gỡ Kandal", "summary": "Một.", "body": "Hai."},
    "km": {"title": "ជំនួបកណ្តាល", "summary": "មួយ", "body": "ពីរ"},
    "en": {"title": "Meeting with Kandal", "summary": "One.", "body": "Two."},
}


def in_language(code, **filters):
    return EventPage.objects.get(locale__language_code=code, **filters)


def counts(report):
    return {name: number for name, number in report.counts.items() if number}


def state():
    """Everything an import could touch, with primary keys and times."""
    return {
        "pages": list(Page.objects.order_by("pk").values_list("pk", "title", "slug", "live", "latest_revision_id")),
        "revisions": Revision.objects.count(),
        "items": list(ImportedItem.objects.order_by("pk").values_list("source_id", "fingerprints", "updated_at")),
        "venues": [(v.pk, str(v.translation_key), v.name) for p in EventPage.objects.all() for v in p.venues.all()],
    }


def test_what_is_published_is_the_latest_revision_and_says_the_same(load, event):
    figures = [{"quantity": 2063, "unit": "attendance", "scope": "tập huấn"}]
    load(event(texts=TEXTS, partners=["KH-8"], figures=figures, fields=["culture"]))
    for page in EventPage.objects.all():
        revised = page.get_latest_revision_as_object()
        assert page.live and not page.has_unpublished_changes and page.first_published_at
        assert page.live_revision_id == page.latest_revision_id == Revision.objects.for_instance(page).get().pk
        assert (page.title, page.url_path, page.unit) == (revised.title, revised.url_path, revised.unit)
        for name in ("partner_sides", "figures"):
            (published,), (kept,) = getattr(page, name).all(), getattr(revised, name).all()
            assert published.translation_key == kept.translation_key
        assert list(page.fields.all()) == list(revised.fields.all()) != []
        assert "wagtail.publish" in PageLogEntry.objects.filter(page=page).values_list("action", flat=True)


def test_an_event_is_published_with_its_facts_and_text(load, event):
    report = load(
        event(
            partners=["KH-8"],
            places=["VN-45"],
            figures=[{"quantity": 2063, "unit": "attendance", "scope": "tập huấn"}],
            organisers=["org-union", {"name": "Câu lạc bộ", "role": "sponsor"}],
            agenda=["Khai mạc", {"text": "Tham luận", "speaker": "Đại biểu"}],
            outcomes=[{"text": "Thống nhất", "responsible": "org-union", "due": "2019-06"}],
        )
    )
    page = in_language("vi")
    assert report.said == [] and counts(report) == {"created": 3}
    assert page.live and page.kind.code == "meeting" and page.slug == "gap-go-huu-nghi-dong-thap"
    assert page.body[0].value.source == "<p>Đoạn một.</p><p>Đoạn hai.</p>"
    assert page.partner_sides.get().partner.code == "KH-8"
    figure = page.figures.get()
    assert (figure.quantity, figure.unit.code) == (Decimal(2063), "attendance")
    assert [(row.organisation and row.organisation.key, row.name) for row in page.organisers.all()] == [
        ("org-union", ""),
        (None, "Câu lạc bộ"),
    ]
    assert page.outcomes.get().responsible.key == "org-union"


def test_a_second_import_changes_nothing_at_all(load, event):
    line = event(
        texts=TEXTS,
        partners=[{"code": "KH-8", "role": "host"}],
        venues=[{"place": "VN-45", "name": {"vi": "Hội trường", "km": "សាល"}}, {"role": "connected", "name": "Xã"}],
        figures=[{"quantity": 12.5, "unit": "item"}],
        fields=["border", "culture-arts"],
    )
    load(line)
    before = state()
    report = load(line)
    assert state() == before
    assert counts(report) == {"unchanged": 3}


def test_translations_share_the_facts_and_the_slug_and_have_texts_of_their_own(load, event):
    load(event(texts=TEXTS, partners=["KH-8"], venues=[{"place": "VN-45", "name": {"vi": "Hội trường", "km": "សាល"}}]))
    source, khmer, english = (in_language(code) for code in ("vi", "km", "en"))
    assert {page.translation_key for page in (khmer, english)} == {source.translation_key}
    assert khmer.title == "ជំនួបកណ្តាល" and khmer.slug == source.slug and khmer.live and english.live
    assert khmer.start_date == date(2019, 5, 14) and khmer.partner_sides.get().partner.code == "KH-8"
    assert (khmer.venues.get().name, english.venues.get().name) == ("សាល", "Hội trường")
    assert khmer.venues.get().translation_key == source.venues.get().translation_key


def test_a_changed_fact_reaches_every_language_and_rows_keep_their_keys(load, event):
    venues = [{"place": "VN-45", "name": "A"}, {"place": "VN-50", "name": "B"}]
    load(event(texts=TEXTS, venues=venues))
    keys = {row.name: row.translation_key for row in in_language("vi").venues.all()}
    report = load(event(texts=TEXTS, status="cancelled", venues=[{"place": "VN-44", "name": "C"}, *venues]))
    assert counts(report) == {"changed": 1, "unchanged": 2}
    for code in ("vi", "km", "en"):
        page = in_language(code)
        assert page.status == "cancelled" and not page.has_unpublished_changes
        rows = {row.name: row.translation_key for row in page.venues.all()}
        assert list(rows) == ["C", "A", "B"] and {name: rows[name] for name in keys} == keys


def test_a_new_translation_of_an_existing_event_is_added(load, event):
    load(event(texts={"vi": TEXTS["vi"]}))
    report = load(event(texts=TEXTS))
    assert counts(report) == {"changed": 1, "unchanged": 2}
    assert in_language("km").live and in_language("km").translation_key == in_language("vi").translation_key


def test_a_field_that_a_person_edited_stays_and_the_report_says_so(load, event):
    load(event(texts=TEXTS))
    page = in_language("km")
    page.title = "ចំណងជើងថ្មី"
    page.save_revision().publish()
    changed = {**TEXTS, "km": {"title": "X", "summary": "Y", "body": "Z"}}
    report = load(event(texts=changed))
    assert in_language("km").title == "ចំណងជើងថ្មី" and in_language("km").summary == "Y"
    assert any("km:title" in sentence for sentence in report.said)
    load(event(texts=changed), overwrite=True)
    assert in_language("km").title == "X"


def test_a_row_that_a_person_added_stays(load, event):
    load(event(figures=[{"quantity": 1, "unit": "person"}]))
    page = in_language("vi")
    page.figures.add(page.figures.model(quantity=2, unit=page.figures.get().unit, locale=page.locale))
    page.save_revision().publish()
    report = load(event(figures=[{"quantity": 3, "unit": "person"}]))
    assert sorted(row.quantity for row in in_language("vi").figures.all()) == [1, 2]
    assert any(" figures:" in sentence for sentence in report.said)


def test_an_unpublished_draft_of_a_person_is_not_published_by_an_import(load, event):
    load(event())
    page = in_language("vi")
    page.summary = "Đang viết"
    page.save_revision()
    load(event(status="cancelled"))
    page = in_language("vi")
    assert page.summary == "Tóm tắt." and page.has_unpublished_changes
    assert page.get_latest_revision_as_object().summary == "Đang viết"
    assert page.get_latest_revision_as_object().status == "cancelled"


def test_a_page_that_a_person_took_back_is_not_published_again(load, event):
    load(event())
    in_language("vi").unpublish()
    report = load(event(status="cancelled"))
    assert not in_language("vi").live
    assert any("live" in sentence for sentence in report.said)


def test_an_event_that_was_deleted_stays_deleted(load, event):
    load(event())
    in_language("vi").delete()
    report = load(event())
    assert not EventPage.objects.exists() and any("deleted" in sentence for sentence in report.said)


def test_an_event_typed_in_by_a_person_is_recognised_by_date_title_and_place(load, event):
    line = event(places=["VN-45"], texts={"vi": {"title": "Giao lưu Hoà Bình"}})
    load(line)
    ImportedItem.objects.filter(type="event").delete()
    page = in_language("vi")
    page.title = "GIAO LƯU Hòa bình"
    page.save_revision().publish()
    report = load({**line, "source_id": "other", "figures": [{"quantity": 9, "unit": "person"}]})
    assert in_language("vi").pk == page.pk and in_language("vi").title == page.title
    assert in_language("vi").figures.get().quantity == 9
    assert counts(report) == {"changed": 1, "unchanged": 2}


@pytest.mark.parametrize("change", [{"start": "2019-05-15"}, {"places": ["VN-50"]}])
def test_an_event_on_another_day_or_place_is_another_event(load, event, change):
    load(event(places=["VN-45"]))
    ImportedItem.objects.filter(type="event").delete()
    load(event("other", **{"places": ["VN-45"], **change}))
    assert EventPage.objects.count() == 2


def test_references_may_point_to_any_later_line(load, event):
    report = load(
        {
            "source_id": "report-1",
            "type": "report",
            "unit": "org-union",
            "period": "2019",
            "live": True,
            "texts": {"vi": {"title": "Báo cáo"}},
            "figures": [{"label": "Sự kiện", "quantity": 1, "unit": "item", "event": "event-1"}],
        },
        {
            "source_id": "article-1",
            "type": "article",
            "unit": "org-union",
            "live": True,
            "published_at": "2019-06-18T08:10+07:00",
            "texts": {"vi": {"title": "Bài"}},
            "events": ["event-1"],
            "appearances": [{"person": "person-1", "role": "interviewee"}],
        },
        event(exchange="exchange-1", venues=[{"place": "hall", "host": "child"}], documents=["doc-2"]),
        {"source_id": "exchange-1", "type": "exchange", "unit": "org-union", "texts": {"vi": {"title": "Giao lưu"}}},
        {"source_id": "doc-2", "type": "document", "document_type": "plan", "names": {"vi": "B"}, "based_on": "doc-1"},
        {"source_id": "doc-1", "type": "document", "document_type": "directive", "names": {"vi": "A"}},
        {"source_id": "person-1", "type": "person", "names": {"vi": "Nguyễn Văn A"}},
        {"source_id": "child", "type": "organisation", "kind": "club", "names": {"vi": "C"}, "parent": "org-union"},
        {
            "source_id": "pla-hall",
            "type": "place",
            "key": "hall",
            "kind": "venue",
            "names": {"vi": "Nhà"},
            "parent": "VN-45",
        },
    )
    assert report.said == []
    page = in_language("vi")
    assert page.exchange == ExchangePage.objects.get() and page.venues.get().place.parent.key == "VN-45"
    assert page.venues.get().host.parent.key == "org-union"
    assert page.documents.get().official_document.relations.get().target.names == {"vi": "A"}
    assert list(ArticlePage.objects.get().events.all()) == [page]
    assert ArticlePage.objects.get().published_time.hour == 8
    assert ReportPage.objects.get().figures.get().event == page


def test_a_circle_of_references_is_closed(load):
    report = load(
        {"source_id": "a", "type": "organisation", "kind": "club", "names": {"vi": "A"}, "successors": ["b"]},
        {"source_id": "b", "type": "organisation", "kind": "club", "names": {"vi": "B"}, "parent": "a"},
    )
    a, b = Organisation.objects.get(key="a"), Organisation.objects.get(key="b")
    assert report.said == [] and report.counts["created"] == 4
    assert list(a.successors.all()) == [b] and b.parent == a


def test_a_partner_line_makes_record_partnership_and_page(load):
    line = {
        "source_id": "takeo",
        "type": "partner",
        "code": "KH-21",
        "unit": "org-union",
        "live": True,
        "texts": {"vi": {"title": "Takeo", "body": "Một.\n\nHai."}, "km": {"title": "តាកែវ"}},
        "partnerships": [
            {
                "organisation": "org-union",
                "status": "active",
                "fields": ["border"],
                "agreements": [{"title": {"vi": "Thỏa thuận"}, "signed_on": "2018-05"}],
            }
        ],
    }
    report = load(line)
    assert report.said == []
    partner = Partner.objects.get(code="KH-21")
    assert partner.place.key == "KH-21" and partner.names == {}
    partnership = Partnership.objects.get()
    assert (partnership.status, partnership.agreements.get().signed_on) == ("active", "2018-05")
    page = PartnerPage.objects.get(locale__language_code="vi")
    assert page.live and page.partner == partner and page.body == "Một.\n\nHai."
    assert PartnerPage.objects.get(locale__language_code="km").title == "តាកែវ"
    assert counts(load(line)) == {"unchanged": 3}


def test_a_plan_has_its_items_and_period(load):
    load(
        {
            "source_id": "plan",
            "type": "plan",
            "unit": "org-union",
            "live": True,
            "period": "2018-01/2020-12",
            "texts": {"vi": {"title": "Kế hoạch"}},
            "items": [{"content": "Tập huấn", "unit": "org-union", "quantity": 4, "quantity_unit": "session"}],
        }
    )
    plan = PlanPage.objects.get()
    assert (plan.period_from, plan.period_to) == ("2018-01", "2020-12")
    item = plan.items.get()
    assert (item.lead.key, item.target, item.target_unit.code) == ("org-union", 4, "session")


def test_one_event_may_have_53_venues(load, event):
    venues = [{"role": "connected", "name": {"vi": f"Điểm cầu {n}", "km": f"ទីតាំង {n}"}} for n in range(53)]
    line = event(venues=venues, stated_venues=53, texts=TEXTS)
    load(line)
    assert in_language("vi").venues.count() == 53
    assert [row.name for row in in_language("km").venues.all()][-1] == "ទីតាំង 52"
    assert counts(load(line)) == {"unchanged": 3}


def test_a_picture_becomes_one_image_however_often_it_is_named(load, event, tmp_path):
    from PIL import Image
    from wagtail.images import get_image_model

    for name in ("a.png", "b.png"):
        Image.new("RGB", (4, 4), "red").save(tmp_path / name)
    line = event(photos=[{"file": "a.png", "caption": "Cờ", "credit": "X"}, {"file": "b.png"}])
    assert load(line).said == []
    assert get_image_model().objects.count() == 1 and in_language("vi").photos.count() == 2
    assert counts(load(line)) == {"unchanged": 3}


@pytest.mark.parametrize("name", ["missing.png", "../outside.png", "/etc/hostname"])
def test_a_picture_that_is_not_beside_the_file_is_an_error_of_its_line(load, event, name, tmp_path):
    (tmp_path.parent / "outside.png").write_bytes(b"x")
    report = load(event(photos=[{"file": name}]))
    assert "photos[1].file" in report.said[0] and not EventPage.objects.exists()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"start": "2019"}, ("year", date(2019, 1, 1), date(2019, 12, 31))),
        ({"start": "2019-02", "end": "2019-03"}, ("month", date(2019, 2, 1), date(2019, 3, 31))),
        (
            {"start": "2019-05-14T08:00+09:00", "end": "2019-05-14T10:00+09:00"},
            ("minute", date(2019, 5, 14), date(2019, 5, 14)),
        ),
        ({"start": None, "precision": "unknown"}, ("unknown", None, None)),
    ],
)
def test_dates_are_read_to_their_precision(load, event, given, expected):
    line = event(**given)
    assert load(line).said == []
    page = in_language("vi")
    assert (page.precision, page.start_date, page.end_date) == expected
    assert page.start_time is None or page.start_time.hour == 6
    assert counts(load(line)) == {"unchanged": 3}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"start": "2019-05", "precision": "day"}, "precision"),
        ({"start": "2019-05-14", "precision": "unknown"}, "precision"),
        ({"start": None, "precision": "year"}, "precision"),
        ({"start": "2019-05", "end": "2019-06-03"}, "end"),
        ({"start": "2019-05-14", "end": "2019-05-13"}, "end"),
        ({"start": None, "end": "2019-05-13"}, "start"),
        ({"start": "2019-02-30"}, "start"),
        ({"start": "14/05/2019"}, "start"),
        ({"start": "2019-05-14T25:00"}, "start"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
    ],
)
def test_dates_that_contradict_each_other_are_an_error(load, event, given, field):
    report = load(event(**given))
    assert len(report.said) == 1 and f" {field}:" in report.said[0]
    assert not EventPage.objects.exists()


def test_scripts_and_handlers_are_taken_out_of_texts(load, event):
    texts = {
        "vi": {
            "title": "A <script>alert(1)</script>B < C",
            "summary": "<img src=x onerror=alert(1)>Tóm tắt",
            "body": '<p onclick="x()">Một</p><script>alert(1)</script><a href="javascript:x()">Hai</a><h2>Ba</h2>',
        }
    }
    load(event(texts=texts))
    page = in_language("vi")
    html = page.body[0].value.source
    assert "script" not in f"{page.title}{page.summary}{html}" and "onclick" not in html and "<h2>Ba</h2>" in html
    assert page.title == "A B < C" and page.summary == "Tóm tắt"


def test_texts_are_stored_in_composed_form_without_control_characters(load, event):
    load(event(texts={"vi": {"title": "Ho\u0300a bi\u0300nh\u0000\u0007"}}))
    assert in_language("vi").title == "Hòa bình"


def test_unknown_names_are_made_when_asked_for(load, event):
    report = load(
        event(kind="regatta", partners=["XX-1"], places=["atlantis"], figures=[{"quantity": 1, "unit": "boat"}]),
        create_missing=True,
    )
    page = in_language("vi")
    assert report.said == []
    assert page.kind.code == "regatta" and page.figures.get().unit.code == "boat"
    assert Place.objects.get(key="atlantis").note == "to be named"
    assert "to be named" in Partner.objects.get(code="XX-1").names["vi"]


def test_lao_is_opened_with_create_missing_and_refused_without(load, event):
    line = event(texts={**TEXTS, "lo": {"title": "ກອງປະຊຸມ"}})
    report = load(line)
    assert " texts.lo:" in report.said[0] and "km" in report.said[0] and not EventPage.objects.exists()
    load(line, create_missing=True)
    assert in_language("lo").live and in_language("lo").title == "ກອງປະຊຸມ"


def test_zh_is_read_as_simplified_chinese(load, event):
    load(event(texts={**TEXTS, "zh": {"title": "友好会见"}}), create_missing=True)
    assert in_language("zh-hans").title == "友好会见" and not Locale.objects.filter(language_code="zh").exists()


def test_an_event_without_a_vietnamese_text_is_its_own_source(load, event):
    line = event(texts={"en": {"title": "Meeting"}}, venues=["Hall"])
    load(line)
    assert in_language("en").live and in_language("en").is_source and in_language("en").venues.get().name == "Hall"
    assert counts(load(line)) == {"unchanged": 3}


def test_a_line_that_does_not_say_live_makes_a_draft(load):
    load({"source_id": "e", "type": "event", "texts": {"vi": {"title": "Chưa rõ"}}}, alone=True)
    assert not in_language("vi").live and in_language("vi").unit is None


def test_the_demonstration_content_is_imported_and_a_second_time_changes_nothing(db, capsys):
    from django.core.management import call_command

    with override("en"):
        call_command("huunghi_demo")
    first = capsys.readouterr().out
    lines = sum(
        len([line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()])
        for path in Path("site/huunghi/data/demonstration").glob("*.jsonl")
    )
    assert "0 with errors" in first
    revisions = Revision.objects.count()
    with override("en"):
        call_command("huunghi_demo")
    assert f"0 created, 0 changed, {lines} unchanged, 0 with errors" in capsys.readouterr().out
    assert Revision.objects.count() == revisions and Person.objects.exists() and OfficialDocument.objects.exists()


def test_the_shipped_schema_describes_every_type():
    schema = json.loads(Path("site/huunghi/data/import-line.schema.json").read_text(encoding="utf-8"))
    for name in schema["properties"]["type"]["enum"]:
        assert schema["$defs"][name]["additionalProperties"] is False
