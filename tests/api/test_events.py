from datetime import date, time, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from wagtail.models import PageViewRestriction

from huunghi.events.models import (
    AgendaItem,
    EventOrganiser,
    EventPartnerSide,
    EventPhoto,
    Figure,
    Outcome,
    Venue,
)
from tests.api.conftest import problem_names
from tests.factories import (
    index_page,
    make_event,
    make_exchange,
    make_image,
    make_kind,
    make_measure,
    make_organisation,
    make_partner,
    make_place,
    unique,
)

pytestmark = pytest.mark.django_db


def titles(response):
    assert response.status_code == 200, response.content
    return [item["title"] for item in response.json()["items"]]


def test_a_list_shows_the_newest_event_first(api):
    make_event("Cũ", start="2017-03-01")
    make_event("Mới", start="2024-03-01")
    make_event("Không rõ ngày", start=None, precision="unknown")
    assert titles(api("/events/")) == ["Mới", "Cũ", "Không rõ ngày"]
    assert titles(api("/events/", order="date")) == ["Cũ", "Mới", "Không rõ ngày"]


@pytest.mark.parametrize("state", ["draft", "expired", "partners", "signed-in", "restricted", "unpublished"])
def test_an_event_that_not_everybody_may_read_is_nowhere(api, state):
    make_event("Ai cũng đọc được", start="2019-05-01")
    texts = {"draft": {"live": False}, "partners": {"visibility": "partners"}, "signed-in": {"visibility": "signed-in"}}
    hidden = make_event("CANARY", translations={"en": "CANARY"}, **texts.get(state, {}))
    if state == "expired":
        # The clock decides, whatever a scheduled job has done yet: the page is still marked as live.
        for page in [hidden, *hidden.get_translations()]:
            type(hidden).objects.filter(pk=page.pk).update(expire_at=timezone.now() - timedelta(seconds=1))
    if state == "restricted":
        for page in [hidden, *hidden.get_translations()]:
            PageViewRestriction.objects.create(page=page, restriction_type="login")
    if state == "unpublished":
        hidden.unpublish()
    never_was = api(f"/events/{uuid4()}/")
    answer = api(f"/events/{hidden.translation_key}/", lang="en")
    assert answer.status_code == 404
    assert answer.content == never_was.content
    assert api(f"/events/{hidden.translation_key}.ics").status_code == 404
    for path in ("/events/", "/calendar.ics"):
        for lang in ("vi", "en"):
            assert b"CANARY" not in api(path, lang=lang).content


def test_a_draft_translation_of_a_public_event_is_not_served(api):
    event = make_event("Hội nghị")
    translation = event.copy_for_translation(index_page(type(event.get_parent().specific), "km").locale)
    translation.title = "CANARY"
    translation.save()
    answer = api(f"/events/{event.translation_key}/", lang="km").json()
    assert (answer["title"], answer["lang"], answer["requested_lang"]) == ("Hội nghị", "vi", "km")
    assert [each["lang"] for each in answer["translations"]] == ["vi"]


def test_an_unsaved_change_of_a_public_event_is_not_served(api):
    event = make_event("Đã đăng")
    event.title = "CANARY"
    event.save_revision()
    assert titles(api("/events/")) == ["Đã đăng"]


def test_the_served_language_and_the_asked_one_are_stated(api):
    make_event("Hội nghị", translations={"km": "កិច្ចប្រជុំ"})
    served = {lang: api("/events/", lang=lang).json()["items"][0] for lang in ("vi", "km", "en")}
    assert {lang: (item["title"], item["lang"], item["original"]) for lang, item in served.items()} == {
        "vi": ("Hội nghị", "vi", True),
        "km": ("កិច្ចប្រជុំ", "km", False),
        "en": ("Hội nghị", "vi", True),
    }
    assert {item["requested_lang"] for item in served.values()} == {"vi", "km", "en"}
    assert len({item["id"] for item in served.values()}) == 1


@pytest.mark.parametrize(
    ("precision", "start", "end"),
    [
        ("unknown", None, None),
        ("year", "2019", "2019"),
        ("month", "2019-05", "2019-05"),
        ("day", "2019-05-14", "2019-05-15"),
        ("minute", "2019-05-14T08:00+07:00", "2019-05-15T11:30+07:00"),
    ],
)
def test_dates_are_cut_to_what_is_known(api, precision, start, end):
    make_event(
        start="2019-05-14",
        end="2019-05-15",
        start_time=time(8, 0),
        end_time=time(11, 30),
        precision=precision,
    )
    item = api("/events/").json()["items"][0]
    assert (item["start"], item["end"], item["precision"]) == (start, end, precision)


def test_filters_of_one_name_are_alternatives_and_of_different_names_narrow(api):
    kandal, takeo = make_partner("KH-8"), make_partner("KH-21")
    make_event("Kandal 2019", start="2019-05-01", rows={"partner_sides": [EventPartnerSide(partner=kandal)]})
    make_event("Takeo 2019", start="2019-06-01", rows={"partner_sides": [EventPartnerSide(partner=takeo)]})
    make_event("Takeo 2021", start="2021-06-01", rows={"partner_sides": [EventPartnerSide(partner=takeo)]})
    assert titles(api("/events/", partner="KH-8")) == ["Kandal 2019"]
    assert titles(api("/events/", partner=["KH-8", "KH-21"], year=2019)) == ["Takeo 2019", "Kandal 2019"]
    assert titles(api("/events/", country="KH", year=[2019, 2021])) == ["Takeo 2021", "Takeo 2019", "Kandal 2019"]
    assert titles(api("/events/", partner="KH-99")) == []


def test_every_filter_finds_its_event_and_leaves_the_other_out(api):
    body = make_organisation("lien-hiep")
    exchange = make_exchange()
    place = make_place("VN-44")
    other = {"start": "2010-01-01", "status": "planned"}
    make_event("Khác", **other)
    today = timezone.localdate()
    make_event(
        "Đúng",
        start=today,
        end=today,
        status="held",
        exchange=exchange,
        translations={"km": "ត្រូវ"},
        rows={"venues": [Venue(place=place)], "organisers": [EventOrganiser(organisation=body)]},
    )
    for parameters in (
        {"from_": today.isoformat()},
        {"from_": str(today.year), "to": str(today.year)},
        {"month": f"{today:%Y-%m}"},
        {"year": today.year},
        {"now": 1},
        {"status": "held"},
        {"exchange": str(exchange.translation_key)},
        {"place": "VN-44"},
        {"organisation": "lien-hiep"},
        {"language": "km"},
    ):
        assert titles(api("/events/", **parameters)) == ["Đúng"], parameters


def test_a_month_and_a_year_narrow_each_other(api):
    make_event("Hai năm", start="2019-12-01", end="2020-02-01")
    make_event("Một năm", start="2019-12-01", end="2019-12-02")
    assert titles(api("/events/", month="2019-12", year=2020)) == ["Hai năm"]


def test_updated_since_finds_an_event_whose_translation_was_published_later(api):
    old = make_event("Cũ")
    make_event("Mới", translations={"km": "ថ្មី"})
    type(old).objects.filter(translation_key=old.translation_key).update(last_published_at="2020-01-01T00:00:00Z")
    newer = type(old).objects.exclude(translation_key=old.translation_key)
    newer.filter(locale__language_code="vi").update(last_published_at="2020-01-01T00:00:00Z")
    newer.filter(locale__language_code="km").update(last_published_at="2022-01-01T00:00:00Z")
    assert titles(api("/events/", updated_since="2021")) == ["Mới"]
    assert titles(api("/events/", updated_since="2022-01-01T07:00:00+07:00")) == ["Mới"]
    assert titles(api("/events/", updated_since="2022-01-01T07:00:01+07:00")) == []
    assert titles(api("/events/", order="updated")) == ["Cũ", "Mới"]


@pytest.mark.parametrize("order", ["date", "-date", "updated"])
def test_a_cursor_walks_over_every_event_once(api, order):
    days = [date(2019, 5, 1), date(2019, 5, 1), None, date(2021, 1, 1), None, date(2018, 1, 1), date(2019, 5, 1)]
    for number, day in enumerate(days):
        make_event(f"Số {number}", start=day, precision="day" if day else "unknown")
    seen, cursor = [], ""
    for _ in days:
        answer = api("/events/", order=order, limit=2, **({"cursor": cursor} if cursor else {})).json()
        seen += [item["title"] for item in answer["items"]]
        cursor = answer["next"]
        if cursor is None:
            break
    assert seen == titles(api("/events/", order=order, limit=100))
    assert sorted(seen) == sorted(f"Số {number}" for number in range(len(days)))


def test_a_cursor_of_another_order_is_refused(api):
    make_event("Một")
    make_event("Hai")
    cursor = api("/events/", order="date", limit=1).json()["next"]
    answer = api("/events/", order="-date", cursor=cursor)
    assert answer.status_code == 422
    assert problem_names(answer, "cursor")


def test_a_full_event_shows_its_rows_and_nothing_for_staff(api):
    partner, body = make_partner("KH-8", contact="CANARY"), make_organisation("so-ngoai-vu", vi="Sở Ngoại vụ")
    event = make_event(
        "Hội nghị bàn tròn",
        stated_venues=53,
        body=[
            ("text", "<p>Xin <b>chào</b></p>"),
            ("quotation", {"text": "Tình hữu nghị", "speaker": "Chủ tịch"}),
            ("figures", [{"label": "Đoàn", "value": "12"}]),
        ],
        rows={
            "venues": [
                Venue(role="main", name="Hội trường lớn", place=make_place("VN-44"), online_address="CANARY"),
                Venue(role="connected", name="Điểm cầu Kandal", attendance=40),
            ],
            "partner_sides": [EventPartnerSide(partner=partner, role="co-host")],
            "organisers": [EventOrganiser(organisation=body), EventOrganiser(name="Câu lạc bộ")],
            "figures": [
                Figure(quantity=2063, unit=make_measure("attendance")),
                Figure(quantity="1.5", unit=make_measure()),
            ],
            "agenda": [AgendaItem(text="Khai mạc")],
            "outcomes": [Outcome(text="Ký biên bản", responsible=body, due="2019-12")],
            "photos": [
                EventPhoto(image=make_image(), caption="Toàn cảnh", credit="Báo", consent_note="CANARY"),
                EventPhoto(image=make_image(), caption="CANARY", withheld=True),
            ],
        },
    )
    answer = api(f"/events/{event.translation_key}/")
    assert b"CANARY" not in answer.content
    shown = answer.json()
    assert shown["stated_venues"] == 53
    assert shown["attendance_mode"] == "mixed"
    assert [venue["name"] for venue in shown["venues"]] == ["Hội trường lớn", "Điểm cầu Kandal"]
    assert [block["type"] for block in shown["text"]] == ["text", "quotation", "figures"]
    assert shown["text"][0]["html"] == "<p>Xin <b>chào</b></p>"
    assert (shown["partners"][0]["code"], shown["partners"][0]["role"]) == ("KH-8", "co-host")
    assert [figure["quantity"] for figure in shown["figures"]] == [2063, 1.5]
    assert shown["outcomes"][0]["due"] == "2019-12"
    assert shown["organisers"][0]["organisation"]["names"] == {"vi": "Sở Ngoại vụ"}
    assert [(photo["alt"], photo["credit"], photo["width"]) for photo in shown["photos"]] == [("Toàn cảnh", "Báo", 16)]


def test_an_event_links_to_the_public_editions_before_and_after_it(api):
    exchange = make_exchange("Giải bóng chuyền", translations={"km": "បាល់ទះ"})
    first = make_event("Lần I", start="2017-01-01", exchange=exchange, edition=1)
    make_event("CANARY", start="2018-01-01", exchange=exchange, edition=2, visibility="partners")
    third = make_event("Lần III", start="2019-01-01", exchange=exchange, edition=3, translations={"km": "លើកទី៣"})
    shown = api(f"/events/{third.translation_key}/", lang="km").json()
    assert (shown["exchange"]["title"], shown["exchange"]["lang"]) == ("បាល់ទះ", "km")
    assert (shown["previous"]["id"], shown["previous"]["edition"]) == (str(first.translation_key), 1)
    assert shown["next"] is None
    assert api(f"/events/{first.translation_key}/", lang="km").json()["next"]["title"] == "លើកទី៣"


def test_an_exchange_that_is_not_public_is_not_named(api):
    exchange = make_exchange("CANARY", visibility="partners")
    event = make_event(exchange=exchange)
    answer = api(f"/events/{event.translation_key}/")
    assert answer.json()["exchange"] is None
    assert b"CANARY" not in answer.content


def make_rich_events(number):
    exchange = make_exchange(unique("exchange"))
    for position in range(number):
        partner = make_partner(place=make_place(parent=make_place(unique("country"), kind="country")))
        make_event(
            f"Sự kiện {position}",
            translations={"km": f"ព្រឹត្តិការណ៍ {position}"} if position < 5 else None,
            exchange=exchange,
            rows={
                "partner_sides": [EventPartnerSide(partner=partner), EventPartnerSide(partner=make_partner())],
                "venues": [Venue(place=make_place()), Venue(place=make_place())],
            },
        )


def test_a_list_needs_the_same_number_of_queries_for_1_and_30_events(count_queries):
    make_rich_events(30)
    needed = {limit: count_queries("/events/", lang="km", limit=limit) for limit in (1, 30)}
    assert needed[1] == needed[30] <= 8


def test_an_event_needs_the_same_number_of_queries_however_many_rows_it_has(count_queries):
    exchange = make_exchange()
    make_event("Trước", start="2018-01-01", exchange=exchange)

    def queries(rows):
        event = make_event(
            exchange=exchange,
            rows={
                "venues": [Venue(place=make_place(), host=make_organisation()) for _ in range(rows)],
                "partner_sides": [EventPartnerSide(partner=make_partner(place=make_place())) for _ in range(rows)],
                "photos": [EventPhoto(image=make_image(), place=make_place()) for _ in range(rows)],
                "outcomes": [Outcome(text="Kết quả", responsible=make_organisation()) for _ in range(rows)],
            },
        )
        return count_queries(f"/events/{event.translation_key}/")

    assert queries(1) == queries(12) <= 26


def related(api, event, **parameters):
    return [each["title"] for each in api(f"/events/{event.translation_key}/", **parameters).json()["related"]]


def test_events_with_the_same_partners_are_related_the_nearest_in_time_first(api):
    kandal, takeo = make_partner("KH-8"), make_partner("KH-21")

    def event(title, start, *partners, **fields):
        sides = [EventPartnerSide(partner=partner) for partner in partners]
        return make_event(title, start=start, rows={"partner_sides": sides}, **fields)

    asked = event("Hội nghị", "2019-05-14", kandal, takeo)
    for year in (2010, 2012, 2014, 2016, 2022, 2024, 2026):
        event(str(year), f"{year}-05-14", kandal)
    event("2018", "2018-05-14", takeo, translations={"km": "២០១៨"})
    event("CANARY", "2019-05-13", kandal, visibility="partners")
    event("Đối tác khác", "2019-05-13", make_partner("KH-2"))
    assert related(api, asked) == ["2018", "2016", "2022", "2014"]
    assert related(api, asked, lang="km")[0] == "២០១៨"


def test_without_partners_events_of_the_same_kind_are_related(api):
    asked = make_event("Hội nghị", start="2019-05-14")
    make_event("Cùng loại", start="2019-05-15")
    make_event("Loại khác", start="2019-05-14", kind=make_kind("festival"))
    make_event("Không ngày", start=None, precision="unknown")
    assert related(api, asked) == ["Cùng loại"]


def test_editions_of_its_own_exchange_are_not_named_twice(api):
    exchange = make_exchange()
    make_event("Lần I", start="2018-01-01", exchange=exchange)
    second = make_event("Lần II", start="2019-01-01", exchange=exchange)
    make_event("Khác", start="2017-01-01")
    shown = api(f"/events/{second.translation_key}/").json()
    assert (shown["previous"]["title"], related(api, second)) == ("Lần I", ["Khác"])
