import re

import pytest
from django.http import QueryDict

from huunghi.public.results import nearest_years
from huunghi.public.search_form import LONGEST_QUERY, read_query
from tests.factories import make_event

from .conftest import LANGUAGES, Outline, rich_event

pytestmark = pytest.mark.django_db


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


def test_an_empty_question_lists_everything_newest_first(filled, text):
    page = text("/vi/search/")
    assert page.index("Giao lưu văn nghệ") < page.index("Hội nghị tổng kết") < page.index("Đồng Tháp")


def test_no_hit_offers_less_the_nearest_years_and_the_whole_list(filled, text):
    page = text("/en/search/", q="giao luu", year="2003")
    assert "Without the filter Year: 2003" in page
    assert 'href="?q=giao+luu&amp;year=2017"' in page
    assert 'href="/en/search/">Show everything in the archive' in page


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
