"""Exchanges, articles, plans, reports, publications and channels."""

from uuid import uuid4

import pytest

from huunghi.events.models import (
    ArticleAppearance,
    ArticleDocument,
    ArticleIndexPage,
    ArticlePage,
    ArticlePhoto,
    Channel,
    Edition,
    EventPage,
    ExchangeIndexPage,
    ExchangeOrganiser,
    ExchangePage,
    ExchangePartnerSide,
    PlanIndexPage,
    PlanItem,
    PlanPage,
    Publication,
    ReportFigure,
    ReportIndexPage,
    ReportPage,
)
from huunghi.partners.models import CooperationField, OfficialDocument
from tests.access.conftest import share, world  # noqa: F401  a fixture
from tests.api.conftest import problem_names
from tests.factories import (
    index_page,
    make_event,
    make_image,
    make_measure,
    make_organisation,
    make_page,
    make_partner,
    make_person,
    make_place,
    make_unit,
    unique,
)

pytestmark = pytest.mark.django_db

INDEX = {
    ExchangePage: ExchangeIndexPage,
    ArticlePage: ArticleIndexPage,
    PlanPage: PlanIndexPage,
    ReportPage: ReportIndexPage,
}
PATHS = {ExchangePage: "/exchanges/", ArticlePage: "/articles/", PlanPage: "/plans/", ReportPage: "/reports/"}
DATES = {ExchangePage: "since", ArticlePage: "published_on", PlanPage: "period_from", ReportPage: "period_from"}
MODELS = pytest.mark.parametrize("model", PATHS)


def make(model, title="Bản ghi", date="", **fields):
    fields.setdefault("unit", make_unit())
    if date:
        fields[DATES[model]] = date
    return make_page(model, title, index_page(INDEX[model]), **fields)


def titles(response):
    assert response.status_code == 200, response.content
    return [item["title"] for item in response.json()["items"]]


@MODELS
def test_a_list_is_ordered_by_date_and_what_has_none_comes_last(api, model):
    make(model, "Cũ", "2017")
    make(model, "Không rõ")
    make(model, "Mới", "2019-05")
    assert titles(api(PATHS[model])) == ["Mới", "Cũ", "Không rõ"]
    assert titles(api(PATHS[model], order="date")) == ["Cũ", "Mới", "Không rõ"]


@MODELS
@pytest.mark.parametrize("order", ["date", "-date", "updated"])
def test_a_cursor_walks_over_every_record_once(api, model, order):
    for number, date in enumerate(["2019", "2019", "", "2021-03", "", "2018-01-02"]):
        make(model, f"Số {number}", date)
    seen, cursor = [], {}
    for _ in range(6):
        answer = api(PATHS[model], order=order, limit=2, **cursor).json()
        seen += [item["title"] for item in answer["items"]]
        if answer["next"] is None:
            break
        cursor = {"cursor": answer["next"]}
    assert seen == titles(api(PATHS[model], order=order))
    assert sorted(seen) == [f"Số {number}" for number in range(6)]


@MODELS
def test_a_record_that_not_everybody_may_read_is_nowhere(api, model):
    make(model, "Ai cũng đọc được", "2019")
    hidden = [make(model, "CANARY", live=False), make(model, "CANARY", visibility="partners")]
    assert titles(api(PATHS[model])) == ["Ai cũng đọc được"]
    never_was = api(f"{PATHS[model]}{uuid4()}/")
    for page in hidden:
        answer = api(f"{PATHS[model]}{page.translation_key}/")
        assert (answer.status_code, answer.content) == (404, never_was.content)


@MODELS
def test_a_record_is_served_in_the_asked_language_or_says_why_not(api, model):
    page = make(model, "Bản gốc", "2019", translations={"km": {"title": "ខ្មែរ", "summary": "សង្ខេប"}})
    for path in (PATHS[model], f"{PATHS[model]}{page.translation_key}/"):
        km, en = (api(path, lang=lang).json() for lang in ("km", "en"))
        km, en = (answer["items"][0] if "items" in answer and "lang" not in answer else answer for answer in (km, en))
        assert (km["title"], km["lang"], km["fallback"], km["summary"]) == ("ខ្មែរ", "km", None, "សង្ខេប")
        assert (en["title"], en["lang"], en["fallback"]) == ("Bản gốc", "vi", "not-translated")
    assert [each["lang"] for each in api(path).json()["translations"]] == ["km", "vi"]


@MODELS
def test_filters_of_every_list_find_theirs_and_leave_the_others_out(api, model):
    make(model, "Khác")
    page = make(model, "Đúng", unit=make_unit("own-unit"), translations={"km": "ត្រូវ"})
    model.objects.exclude(translation_key=page.translation_key).update(last_published_at="2020-01-01T00:00:00Z")
    for parameters in ({"unit": "own-unit"}, {"language": "km"}, {"updated_since": "2021"}):
        assert titles(api(PATHS[model], **parameters)) == ["Đúng"], parameters


@pytest.mark.parametrize("model", [ArticlePage, PlanPage, ReportPage])
def test_dates_known_to_the_year_or_month_overlap_what_is_asked(api, model):
    make(model, "Năm", "2018")
    make(model, "Tháng", "2019-05")
    make(model, "Ngày", "2019-05-14")
    make(model, "Không rõ")
    path = PATHS[model]
    assert titles(api(path, from_="2019-05-14")) == ["Ngày", "Tháng"]
    assert titles(api(path, from_="2019-05-15")) == ["Tháng"]
    assert titles(api(path, to="2018-03")) == ["Năm"]
    assert titles(api(path, year=[2018, 2019], month="2019-05")) == ["Ngày", "Tháng"]
    assert titles(api(path, from_="2018-12", to="2019")) == ["Ngày", "Tháng", "Năm"]
    assert problem_names(api(path, from_="2019", to="2018"), "to")


def test_a_plan_of_several_years_is_found_in_each_of_them(api):
    make(PlanPage, "Năm năm", "2016", period_to="2020")
    assert [titles(api("/plans/", year=year)) for year in (2015, 2018, 2021)] == [[], ["Năm năm"], []]


def rich_exchange(rows=1):
    sides = [ExchangePartnerSide(partner=make_partner(place=make_place()), role="host") for _ in range(rows)]
    organisers = [ExchangeOrganiser(organisation=make_organisation()) for _ in range(rows)]
    exchange = make(ExchangePage, "Giải", "2003", rows={"partner_sides": sides, "organisers": organisers})
    for number in range(rows):
        make_event(f"Lần {number}", start=f"{2010 + number}-01-01", exchange=exchange, edition=number + 1)
    make_event("CANARY", exchange=exchange, visibility="partners")
    return exchange


def test_an_exchange_shows_its_sides_and_editions(api, client):
    exchange = rich_exchange(2)
    answer = api(f"/exchanges/{exchange.translation_key}/")
    assert b"CANARY" not in answer.content
    shown = answer.json()
    assert (shown["since"], shown["form"], shown["partners"][0]["role"]) == ("2003", "exchange", "host")
    assert [(each["title"], each["edition"]) for each in shown["editions"]] == [("Lần 1", 2), ("Lần 0", 1)]
    assert titles(client.get(shown["editions_url"])) == ["Lần 1", "Lần 0"]


def test_exchanges_are_found_by_what_they_are(api):
    body, partner = make_organisation("body"), make_partner("KH-8")
    field = CooperationField.objects.first()
    make(ExchangePage, "Khác")
    make(
        ExchangePage,
        "Đúng",
        form="series",
        fields=[field],
        rows={
            "partner_sides": [ExchangePartnerSide(partner=partner)],
            "organisers": [ExchangeOrganiser(organisation=body)],
        },
    )
    wanted = {"partner": "KH-8", "country": "KH", "organisation": "body", "kind": "series", "field": field.code}
    for name, value in wanted.items():
        assert titles(api("/exchanges/", **{name: value})) == ["Đúng"], name


def rich_article(rows=1, **fields):
    return make(
        ArticlePage,
        "Bài báo",
        "2019-05-14",
        body=[("text", "<p>Xin <b>chào</b></p>")],
        genre="feature",
        partners=[make_partner(place=make_place()) for _ in range(rows)],
        places=[make_place() for _ in range(rows)],
        events=[make_event(f"Sự kiện {number}", start=f"2019-05-0{number + 1}") for number in range(rows)],
        publications=[make_publication() for _ in range(rows)],
        rows={
            "documents": [ArticleDocument(title=f"Tệp {number}") for number in range(rows)],
            "photos": [ArticlePhoto(image=make_image(), caption=f"Ảnh {number}") for number in range(rows)],
            "appearances": [ArticleAppearance(person=make_person("Người")) for _ in range(rows)],
        },
        **fields,
    )


def make_publication(key="", **fields):
    fields.setdefault("names", {"vi": "Sách"})
    publication = Publication(key=key or unique("publication"), issuer=make_organisation(), **fields)
    publication.editions = [Edition(language="km", format="print", year=2019, print_run=500)]
    publication.save()
    return publication


def test_an_article_shows_its_text_events_and_publications(api):
    article = rich_article(2)
    article.events.add(make_event("CANARY", visibility="partners"))
    article.save()
    answer = api(f"/articles/{article.translation_key}/")
    assert b"CANARY" not in answer.content
    shown = answer.json()
    assert shown["text"] == [{"type": "text", "html": "<p>Xin <b>chào</b></p>"}]
    assert [each["title"] for each in shown["events"]] == ["Sự kiện 1", "Sự kiện 0"]
    assert [each["print_run"] for each in shown["publications"][0]["editions"]] == [500]
    assert len(shown["photos"]) == len(shown["documents"]) == len(shown["appearances"]) == 2
    event = EventPage.objects.get(title="Sự kiện 0")
    partner, place = shown["partners"][0]["code"], shown["places"][0]["key"]
    for parameters in ({"event": event.translation_key}, {"kind": "feature"}, {"partner": partner}, {"place": place}):
        assert titles(api("/articles/", **parameters)) == ["Bài báo"], parameters
    assert titles(api("/articles/", kind="news")) == titles(api("/articles/", country="VN")) == []


def rich_plan(rows=1):
    document = OfficialDocument.objects.create(key=unique("document"), number="50", symbol="KH-UBND", type="plan")
    items = [
        PlanItem(
            content=f"Việc {number}", lead=make_organisation(), partner=make_partner(place=make_place()),
            target="12", target_unit=make_measure(),
        )
        for number in range(rows)
    ]  # fmt: skip
    longer = make(PlanPage, "Kế hoạch dài", "2016", period_to="2020")
    plan = make(PlanPage, "Kế hoạch năm", "2018", official_document=document, parent_plan=longer, rows={"items": items})
    for number, item in enumerate(plan.items.all()):
        make_event(f"Sự kiện {number}", plan_items=[item])
        make_event("CANARY", plan_items=[item], visibility="partners")
    return plan


def test_a_plan_shows_its_items_and_the_events_that_fulfil_them(api):
    plan = rich_plan(2)
    answer = api(f"/plans/{plan.translation_key}/")
    assert b"CANARY" not in answer.content
    shown = answer.json()
    assert (shown["number"], shown["document"]["type"], shown["end"]) == ("50/KH-UBND", "plan", "2018")
    assert [(item["target"], item["events"][0]["title"]) for item in shown["items"]] == [
        (12, "Sự kiện 0"),
        (12, "Sự kiện 1"),
    ]
    assert shown["part_of"]["title"] == "Kế hoạch dài"
    longer = api(f"/plans/{plan.parent_plan.translation_key}/").json()
    assert [part["title"] for part in longer["parts"]] == ["Kế hoạch năm"]
    lead, partner = shown["items"][0]["lead"]["key"], shown["items"][0]["partner"]["code"]
    for parameters in ({"organisation": lead}, {"partner": partner}):
        assert titles(api("/plans/", **parameters)) == ["Kế hoạch năm"]


def rich_report(rows=1):
    figures = [
        ReportFigure(
            label=f"Chỉ tiêu {number}", quantity="1.5", unit=make_measure(), organisation=make_organisation(),
            event=make_event(f"Sự kiện {number}"),
        )
        for number in range(rows)
    ]  # fmt: skip
    hidden = make_event("CANARY", visibility="partners")
    figures.append(ReportFigure(label="Không rõ sự kiện", quantity=3, unit=make_measure(), event=hidden))
    return make(ReportPage, "Báo cáo", "2018", rows={"figures": figures})


def test_a_report_shows_its_figures_and_the_events_behind_them(api):
    report = rich_report()
    answer = api(f"/reports/{report.translation_key}/")
    assert b"CANARY" not in answer.content
    figures = [
        (row["label"], row["quantity"], row["event"] and row["event"]["title"]) for row in answer.json()["figures"]
    ]
    assert figures == [("Chỉ tiêu 0", 1.5, "Sự kiện 0"), ("Không rõ sự kiện", 3, None)]


def test_a_publication_lists_its_editions_and_the_articles_that_speak_of_it(api):
    publication = make_publication("so-tay", names={"vi": "Sổ tay", "km": "សៀវភៅ"})
    make_publication("khac", names={"vi": "Khác"})
    make(ArticlePage, "Giới thiệu", "2019", publications=[publication])
    make(ArticlePage, "CANARY", "2020", publications=[publication], visibility="partners")
    answer = api("/publications/so-tay/")
    assert b"CANARY" not in answer.content
    shown = answer.json()
    assert (shown["id"], shown["names"]["km"]) == ("publication-so-tay", "សៀវភៅ")
    assert [article["title"] for article in shown["articles"]] == ["Giới thiệu"]
    assert api("/publications/khong-co/").status_code == 404
    keys = {
        name: [item["key"] for item in api("/publications/", **parameters).json()["items"]]
        for name, parameters in {
            "all": {},
            "language": {"language": "km"},
            "none": {"language": "en"},
            "issuer": {"organisation": publication.issuer.key},
            "format": {"kind": "film"},
        }.items()
    }
    assert keys == {
        "all": ["khac", "so-tay"], "language": ["khac", "so-tay"], "none": [], "issuer": ["so-tay"], "format": []
    }  # fmt: skip


def test_channels_are_found_by_kind_and_by_the_languages_they_speak(api):
    owner = make_organisation("dai")
    place = make_place("VN-44")
    Channel.objects.create(
        key="dai", names={"vi": "Đài"}, kind="radio", owner=owner, place=place, languages="vi, km", active_from="1977"
    )
    Channel.objects.create(key="cong", names={"vi": "Cổng"}, kind="portal", languages="vi, zh-hans")
    shown = api("/channels/").json()["items"]
    assert [(each["key"], each["languages"]) for each in shown] == [("cong", ["vi", "zh-hans"]), ("dai", ["vi", "km"])]
    assert (shown[1]["owner"]["key"], shown[1]["start"], shown[1]["end"]) == ("dai", "1977", None)
    for parameters in ({"kind": "radio"}, {"language": "km"}, {"place": "VN-44"}, {"organisation": "dai"}):
        assert [each["key"] for each in api("/channels/", **parameters).json()["items"]] == ["dai"], parameters
    assert api("/channels/", language="zh").json()["items"] == []


@pytest.mark.parametrize("path", ["/publications/", "/channels/"])
def test_a_cursor_walks_over_every_record_without_a_page_once(api, path):
    keys = sorted(unique("key") for _ in range(5))
    for key in keys:
        make_publication(key) if path == "/publications/" else Channel.objects.create(key=key, kind="radio")
    seen, cursor = [], {}
    while True:
        answer = api(path, limit=2, **cursor).json()
        seen += [item["key"] for item in answer["items"]]
        if answer["next"] is None:
            break
        cursor = {"cursor": answer["next"]}
    assert seen == keys
    assert problem_names(api("/exchanges/", **cursor), "cursor") if cursor else True


MAKERS = {"/exchanges/": rich_exchange, "/articles/": rich_article, "/plans/": rich_plan, "/reports/": rich_report}
MOST = {"/exchanges/": (3, 9), "/articles/": (4, 15), "/plans/": (3, 12), "/reports/": (3, 7)}


@pytest.mark.parametrize("path", MAKERS)
def test_a_list_and_an_object_need_the_same_number_of_queries_however_much_there_is(count_queries, path):
    small, large = (MAKERS[path](rows) for rows in (1, 3))
    for _ in range(3):
        MAKERS[path](1)
    in_list = {limit: count_queries(path, lang="km", limit=limit) for limit in (1, 5)}
    of_one = [count_queries(f"{path}{page.translation_key}/", lang="km") for page in (small, large)]
    assert in_list[1] == in_list[5]
    assert of_one[0] == of_one[1]
    assert (in_list[1], of_one[0]) <= MOST[path]


def test_lists_of_records_without_pages_need_the_same_number_of_queries(count_queries):
    for _ in range(6):
        make_publication()
        Channel.objects.create(key=unique("channel"), kind="radio", owner=make_organisation(), place=make_place())
    assert count_queries("/publications/", limit=1) == count_queries("/publications/", limit=6) <= 2
    assert count_queries("/channels/", limit=1) == count_queries("/channels/", limit=6) <= 1


def test_what_a_share_withholds_is_in_no_record_and_found_by_no_filter(world):  # noqa: F811
    partner, body = make_partner("canary-partner", names={"vi": "CANARY"}), make_organisation("canary", vi="CANARY")
    exchange = make(
        ExchangePage,
        "Giải",
        unit=world.own,
        visibility="partners",
        rows={
            "partner_sides": [ExchangePartnerSide(partner=partner)],
            "organisers": [ExchangeOrganiser(organisation=body)],
        },
    )
    share(exchange, world.a, withheld=[*exchange.partner_sides.all(), *exchange.organisers.all()])
    share(exchange, world.b)
    addresses = ("", f"{exchange.translation_key}/")
    filters = ("?partner=canary-partner", "?organisation=canary")
    for name, gets in (("partner_a", False), ("partner_b", True)):
        client = world.client(name)
        for address in addresses:
            answer = client.get(f"/api/v1/exchanges/{address}")
            assert (answer.status_code, b"canary-partner" in answer.content) == (200, gets), (name, address)
            assert answer["Cache-Control"] == "private, no-store"
        for address in filters:
            assert (b"Gi\xe1\xba\xa3i" in client.get(f"/api/v1/exchanges/{address}").content) == gets, (name, address)
    assert world.client("anonymous").get(f"/api/v1/exchanges/{addresses[1]}").status_code == 404
