import re
from decimal import Decimal
from html import unescape

import pytest
from django.http import QueryDict

from huunghi.events.models import EventOrganiser
from huunghi.public.no_hits import nearest_years
from huunghi.public.search_form import LONGEST_QUERY, read_query
from huunghi.search import labels
from tests.factories import make_event, make_organisation, make_place, make_unit

from .conftest import LANGUAGES, Outline, rich_event

pytestmark = pytest.mark.django_db
TOURNAMENT = "Volleyball tournament"  # the English title of the event of 2017


@pytest.fixture
def filled(feeding):
    with feeding():
        rich_event("Giao lưu hữu nghị Đồng Tháp", start="2017-05-01")
        make_event("Hội nghị tổng kết", start="2018-12-20", summary="Tổng kết năm")
        make_event("Giao lưu văn nghệ", start="2019-03-01")


def query(text):
    return read_query(QueryDict(text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_search_page_is_whole_in_every_language(filled, outline, language):
    page = outline(f"/{language}/search/", q="giao luu")
    assert page.all("html")[0]["lang"] == language and len(page.all("h1")) == 1
    switcher = {link["data-language"]: link["href"] for link in page.all("a") if "data-language" in link}
    assert switcher == {code: f"/{code}/search/?q=giao+luu" for code in LANGUAGES}


def test_a_language_that_the_archive_does_not_have_is_not_found(client):
    assert client.get("/fr/search/", follow=True).status_code == 404


def test_words_without_accents_find_and_mark_words_with_them(filled, text):
    page = text("/vi/search/", q="giao luu")
    assert page.count('<h2 class="card-title">') == 2
    assert "<mark>" in page
    assert "2017" in page and "<svg" in page


def test_facets_narrow_and_chips_take_them_off_again(filled, client):
    page = client.get("/en/search/", {"q": "giao luu"}).content.decode()
    assert 'href="?q=giao+luu&amp;year=2019"' in page
    narrowed = client.get("/en/search/", {"q": "giao luu", "year": "2019"}).content.decode()
    assert narrowed.count('class="card-title"') == 1
    assert re.search(r'href="\?q=giao\+luu"[^>]*><span class="unseen">Remove:</span> Year: 2019', narrowed)


def chips(page):
    """Text of each chip -> address without it."""
    found = re.findall(r'<li><a href="([^"]*)" rel="nofollow"><span class="unseen">Remove:</span> (.*?) <span', page)
    return {unescape(text): unescape(address) for address, text in found}


def titles(page):
    return set(re.findall(r'card-title"[^>]*><a [^>]*>(.*?)</a>', re.sub("</?mark>", "", page)))


def test_several_values_of_one_facet_are_added_and_taken_off_by_links(filled, client):
    page = client.get("/en/search/", {"year": ["2017", "2019"]}).content.decode()
    assert len(titles(page)) == 2
    assert chips(page) == {"Year: 2017": "?year=2019", "Year: 2019": "?year=2017"}
    assert 'href="?year=2017&amp;year=2019&amp;year=2018"' in page
    assert re.search(r'href="\?year=2017" rel="nofollow" aria-current="true"', page)


def test_the_months_of_the_one_year_that_is_chosen_are_shown(filled, text):
    page = text("/en/search/", q="giao luu", year="2019")
    assert 'aria-label="Numbers by month"' in page and 'aria-label="March 2019: 1"' in page
    month = "?q=giao+luu&amp;year=2019&amp;from=2019-03&amp;to=2019-03"
    assert f'<a href="{month}"' in page and '<a href="?q=giao+luu" rel="nofollow">All years' in page
    chosen = text(f"/en/search/{unescape(month)}")
    assert chips(chosen) == {"Year: 2019": "?q=giao+luu&from=2019-03&to=2019-03", "March 2019": "?q=giao+luu&year=2019"}
    assert titles(chosen) == {"Giao lưu văn nghệ"}
    assert 'aria-label="Numbers by year"' in text("/en/search/", q="giao luu")


def test_a_year_without_any_month_is_shown_among_the_years(text, feeding):
    with feeding():
        make_event("Giao lưu", start="2015-01-01", end="2015-12-31", precision="year")
    assert 'aria-label="Numbers by year"' in text("/en/search/", year="2015")


def test_events_are_found_by_the_least_number_of_something(filled, text):
    page = text("/en/search/", least="2.000", measure="attendance")
    assert titles(page) == {TOURNAMENT}
    [(chip, without)] = chips(page).items()
    assert chip.endswith(": 2,000 or more") and without == "?"
    assert '<input type="hidden" name="quantity" value="attendance:2000">' in page
    assert titles(text("/en/search/", least="2064", measure="attendance")) == set()
    again = text("/en/search/", quantity="attendance:2064", least="២០", measure="attendance")
    assert titles(again) == titles(page)
    assert 'value="attendance:20"' in again and "2064" not in again
    assert "measure" in text("/en/search/", q="giao luu", least="", measure="attendance")


def test_a_reader_looks_around_a_place(filled, text, feeding):
    with feeding():
        far = make_place("VN-33")  # of the event of 2017; the gazetteer knows where it is
        near = make_place("VN-test-near", vi="Chợ gần")
        near.latitude, near.longitude = far.latitude + Decimal("0.3"), far.longitude  # 33 km
        near.save()
        make_event("Hội chợ gần", places=[near])
    labels.forget()
    page = text("/en/search/", place="VN-33")
    assert titles(page) == {TOURNAMENT}
    link = unescape(re.search(r'href="([^"]*)" rel="nofollow">within 50 km</a>', page)[1])
    assert link == "?near=VN-33%2C50"
    around = text(f"/en/search/{link}")
    assert titles(around) == {TOURNAMENT, "Hội chợ gần"}
    assert [*chips(around).values()] == ["?"]
    assert next(iter(chips(around))).startswith("within 50 km of ")
    assert 'href="?place=VN-33" rel="nofollow">only there</a>' in around
    assert len(titles(text("/en/search/", near="VN-33,25"))) == 1


def test_the_units_are_a_facet_where_there_are_several(filled, text, feeding):
    assert "unit=" not in text("/en/search/")
    with feeding():
        make_event("Hội chợ", unit=make_unit("office", vi="Văn phòng", en="Office"))
    labels.forget()  # else names of before may stay for two seconds
    page = text("/en/search/")
    assert 'href="?unit=office" rel="nofollow">Office</a>' in page
    assert titles(text("/en/search/", unit="office")) == {"Hội chợ"}


def test_an_organisation_has_the_same_name_in_the_address_as_in_the_api(text, feeding):
    with feeding():
        union = make_organisation("union", vi="Liên hiệp")
        make_event("Hội chợ", rows={"organisers": [EventOrganiser(organisation=union)]})
        make_event("Hội nghị")
    for written in ("union", "org:union"):
        page = text("/en/search/", organisation=written)
        assert titles(page) == {"Hội chợ"}
        assert "Liên hiệp" in next(iter(chips(page)))


def test_an_empty_question_lists_everything_newest_first(filled, text):
    page = text("/vi/search/")
    assert page.index("Giao lưu văn nghệ") < page.index("Hội nghị tổng kết") < page.index("Đồng Tháp")


def test_no_hit_offers_less_the_nearest_years_and_the_whole_list(filled, text):
    page = text("/en/search/", q="giao luu", year="2003")
    assert 'href="?q=giao+luu" rel="nofollow">Without the filter Year: 2003 (2)' in page
    assert 'href="?q=giao+luu&amp;year=2017"' in page
    assert 'href="/en/search/">Show everything in the archive' in page


@pytest.mark.parametrize(
    ("asked", "offered"),
    [
        # Neither filter finds anything, even alone.
        ({"q": "giao luu", "year": ["2003", "2004"], "kind": "none"}, {"?q=giao+luu"}),
        ({"q": "giao luu", "kind": "none"}, {"?q=giao+luu"}),
        ({"q": "xyzzyq giao luu", "year": "2017"}, {"?q=giao+luu&year=2017"}),
        ({"q": "xyzzyq giao luu", "year": "2003"}, {"?q=giao+luu"}),
        ({"q": '"luu giao"', "from": "2017", "to": "2017"}, {"?q=luu+giao&from=2017&to=2017"}),
        ({"q": "xyzzyq", "year": "2017"}, set()),
        ({"least": "9999", "measure": "attendance", "near": "VN-33,25"}, {"?near=VN-33%2C25"}),
    ],
)
def test_asking_for_less_never_leads_to_nothing_again(filled, client, asked, offered):
    page = client.get("/en/search/", asked).content.decode()
    [helping] = re.findall(r'<div class="no-hits">.*?</div>', page, re.S)
    links = {unescape(link) for link in re.findall(r'<li><a href="([^"]*)" rel="nofollow">(?!\d)', helping)}
    assert links >= offered and (offered or not links)
    for link in links:
        assert not client.get(f"/en/search/{link}").content.decode().count('class="no-hits"'), link


def test_another_spelling_is_one_link(filled, text):
    page = text("/en/search/", q="Đồng Thắp")
    assert re.search(r'Did you mean: <a href="\?q=%C4%90%E1%BB%93ng\+Th%C3%A1p">Đồng Tháp</a>', page)


def test_nearest_years_come_by_distance():
    links = nearest_years(query("q=a&year=2018"), [(2009, 1), (2017, 3), (2030, 2), (2019, 5)], "en", limit=3)
    assert [link.title for link in links] == ["2017 (3)", "2019 (5)", "2009 (1)"]


def test_pages_of_results_follow_by_links_and_hold_every_record_once(client, feeding):
    with feeding():
        for number in range(23):
            make_event(f"Giao lưu số {number}")
    first = client.get("/vi/search/", {"q": "giao luu"}).content.decode()
    following = next(link["href"] for link in Outline(first).all("a") if link.get("rel") == "next")
    second = client.get(f"/vi/search/{following}").content.decode()
    links = [re.findall(r'card-title"><a href="([^"]+)"', page) for page in (first, second)]
    assert [len(found) for found in links] == [20, 3]
    assert len({*links[0], *links[1]}) == 23


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"from": "31/02/2019"}, "dd/mm/yyyy"),
        ({"to": "hôm qua"}, "dd/mm/yyyy"),
        ({"from": "2019", "to": "2018"}, "ends before it begins"),
        ({"year": "abc"}, "four digits"),
        ({"year": "0000"}, "four digits"),
        ({"least": "many", "measure": "attendance"}, "number in digits"),
        ({"least": "-1", "measure": "attendance"}, "number in digits"),
        ({"least": "2.06", "measure": "attendance"}, "number in digits"),
        ({"least": "9" * 16, "measure": "attendance"}, "number in digits"),
        ({"least": "20"}, "what it counts"),
        ({"least": "20", "measure": "nothing"}, "what it counts"),
        ({"quantity": "attendance:x"}, "what it counts"),
        ({"near": "VN-33"}, "on the map"),
        ({"near": "VN-unknown,50"}, "on the map"),
        ({"near": ["VN-33,25", "VN-33,50"]}, "on the map"),
        ({"order": "random"}, "relevance or by date"),
        ({"q": "giao luu", "cursor": "not-a-cursor"}, "first page"),
        ({"cursor": "W10"}, "first page"),
    ],
)
def test_a_question_that_cannot_be_read_is_answered_kindly(filled, client, parameters, words):
    answer = client.get("/en/search/", parameters)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page and 'role="alert"' in page and 'name="q"' in page


@pytest.mark.parametrize(
    "words",
    [
        "a" * 10_000,
        "giao lưu " * 1_200,
        "\x00\x01\x1b[31m\x7f",
        '"giao lưu',
        '""""',
        "-",
        "- - -",
        "'; DROP TABLE x; --",
        "AND OR NOT NEAR(",
        "*",
        "{!}[]():^~\\/",
        "\u200b\u200d\ufeff",
        "កណ្ដាល" * 500,
        "<script>alert(1)</script>",
        "%00%ff",
    ],
)
def test_no_question_breaks_the_search(filled, client, words):
    answer = client.get("/vi/search/", {"q": words})
    assert answer.status_code in (200, 422)
    page = answer.content.decode()
    assert "<script>alert" not in page
    assert len(page) < 200_000


def test_bytes_that_are_no_text_do_not_break_the_search(filled, client):
    assert client.get("/vi/search/?q=%ff%fe%c3&partner=%00&year=%e0%a5%a7").status_code in (200, 422)


def test_a_long_question_is_cut_and_the_reader_is_told(filled, text):
    page = text("/en/search/", q="giao " * 100)
    assert "only its first words were used" in page
    assert len(query(f"q={'a' * 900}").text) == LONGEST_QUERY


def test_marks_of_other_sites_in_an_address_are_left_alone(filled, text):
    assert "giao" in text("/vi/search/", q="giao luu", utm_source="x", fbclid="y")


def test_a_question_has_one_address_whatever_the_order_of_its_parameters():
    first = query("year=2019&q=giao&partner=KH-8&partner=KH-11")
    second = query("partner=KH-8&partner=KH-11&q=giao&year=2019&cursor=")
    assert first.address() == second.address() == "?q=giao&partner=KH-8&partner=KH-11&year=2019"
    assert first.without("partner", "KH-8").address() == "?q=giao&partner=KH-11&year=2019"
    assert first.changed(text="").address() == "?partner=KH-8&partner=KH-11&year=2019"


def test_the_date_of_a_form_is_day_first():
    filters = query("from=03/02/2018&to=2019").filters()
    assert (filters.start.isoformat(), filters.end.isoformat()) == ("2018-02-03", "2019-12-31")


def test_the_search_costs_the_same_for_few_and_many_hits(feeding, count_queries):
    with feeding():
        for number in range(2):
            rich_event(f"Giao lưu {number}")
    before = count_queries("/vi/search/", q="giao luu")
    with feeding():
        for number in range(6):
            rich_event(f"Giao lưu thêm {number}")
    assert count_queries("/vi/search/", q="giao luu") == before
