from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huunghi.events.models import (
    ArticleIndexPage,
    ArticlePage,
    EventPartnerSide,
    EventPhoto,
    ExchangePartnerSide,
    Figure,
    Outcome,
    PlanIndexPage,
    PlanItem,
    PlanPage,
    ReportFigure,
    ReportIndexPage,
    ReportPage,
    Venue,
)
from tests.factories import (
    index_page,
    make_event,
    make_exchange,
    make_image,
    make_measure,
    make_page,
    make_partner,
    make_partner_page,
    make_place,
    make_unit,
)

LANGUAGES = ("vi", "km", "en")


class Outline(HTMLParser):
    """Tags of a page with their attributes, in order."""

    def __init__(self, html):
        super().__init__()
        self.tags = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture
def outline(client):
    """The tags of the page at an address; follows no redirect."""

    def get(path, **parameters):
        response = client.get(path, parameters)
        assert response.status_code == 200, (path, response.status_code)
        return Outline(response.content.decode())

    return get


@pytest.fixture
def text(client):
    def get(path, **parameters):
        response = client.get(path, parameters)
        assert response.status_code == 200, (path, response.status_code)
        return response.content.decode()

    return get


@pytest.fixture
def count_queries(client):
    """Number of SQL queries of a GET, once addresses of sites and sizes of pictures are known."""

    def count(path, **parameters):
        assert client.get(path, parameters).status_code == 200
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path, parameters).status_code == 200
        return len(captured)

    return count


@pytest.fixture
def feeding(django_capture_on_commit_callbacks):
    """Within the block, what is published reaches the search index as after a commit."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def rich_event(title="Giải bóng chuyền", **fields):
    """An event with a row of every sort that a card or page reads."""
    return make_event(
        title,
        rows={
            "venues": [Venue(name="Nhà thi đấu", place=make_place("VN-33", vi="Đắk Lắk"), attendance=2063)],
            "partner_sides": [EventPartnerSide(partner=make_partner("KH-11"), role="guest")],
            "figures": [Figure(quantity=2063, unit=make_measure("attendance"))],
            "outcomes": [Outcome(text="Hai bên thống nhất tổ chức hằng năm")],
            "photos": [EventPhoto(image=make_image(), caption="Trận đấu")],
        },
        translations={"km": "ការប្រកួតបាល់ទះ", "en": "Volleyball tournament"},
        **fields,
    )


@pytest.fixture
def one_of_each(db):
    """One page of every type, in three languages; the source pages by type."""
    partner = make_partner("KH-11")
    translations = {"km": "ទំព័រ", "en": "A page"}
    exchange = make_exchange(rows={"partner_sides": [ExchangePartnerSide(partner=partner)]}, translations=translations)
    event = rich_event(exchange=exchange, edition=2)
    common = {"unit": make_unit(), "translations": translations}
    plan = make_page(
        PlanPage,
        "Kế hoạch 2018",
        index_page(PlanIndexPage),
        period_from="2018",
        rows={"items": [PlanItem(content="Giao lưu", partner=partner)]},
        **common,
    )
    return {
        "event": event,
        "exchange": exchange,
        "partner": make_partner_page(partner, "Mondulkiri", translations=translations),
        "article": make_page(
            ArticlePage, "Bài viết", index_page(ArticleIndexPage), published_on="2018-01", events=[event], **common
        ),
        "plan": plan,
        "report": make_page(
            ReportPage,
            "Báo cáo 2018",
            index_page(ReportIndexPage),
            period_from="2018",
            rows={"figures": [ReportFigure(label="Lượt người", quantity=2063, unit=make_measure("attendance"))]},
            **common,
        ),
    }


def addresses(page):
    """Language -> address of the page and its translations."""
    return {found.locale.language_code: found.url for found in page.get_translations(inclusive=True)}
