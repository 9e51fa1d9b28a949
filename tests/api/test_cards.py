"""What is answered from cards is what the tables say, while nothing and while something is waiting to be fed."""

import time
from datetime import date, timedelta
from itertools import product
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.utils import timezone
from wagtail.models import PageViewRestriction, Site

from huunghi.api import conditional
from huunghi.events.models import EventPage, EventPartnerSide, EventPhoto, Venue
from huunghi.partners.models import Partner
from huunghi.search.cards import reading
from huunghi.search.cards.models import Card, CardText
from huunghi.search.cards.store import CardStore
from huunghi.search.feeding import feed_pending
from huunghi.search.feeding.verifying import compare
from huunghi.search.models import Counter, IndexTarget
from tests.factories import (
    make_event,
    make_exchange,
    make_image,
    make_kind,
    make_partner,
    make_place,
    publish,
)

pytestmark = pytest.mark.django_db
LINK = '[{"type": "text", "value": "<p><a linktype=\\"page\\" id=\\"%d\\">xem</a></p>", "id": "1"}]'


@pytest.fixture
def archive():
    """Events of every sort: dated and not, of a series, translated, with rows, with links and hidden."""
    exchange = make_exchange("Giải bóng chuyền")
    kandal, place = make_partner("KH-8"), make_place("VN-44", vi="An Giang", km="អានយ៉ាង")
    kind = make_kind("tournament", vi="Giải đấu", km="ការប្រកួត")
    for year in (2017, 2018, 2019):
        make_event(
            f"Giải {year}",
            start=f"{year}-04-10",
            exchange=exchange,
            edition=year - 2016,
            kind=kind,
            rows={
                "partner_sides": [EventPartnerSide(partner=kandal, role="guest")],
                "venues": [Venue(place=place, name="Nhà thi đấu")],
            },
            translations={"km": f"ការប្រកួត {year}"},
        )
    photos = [EventPhoto(image=make_image(), caption="Ảnh")]
    make_event(
        "Chưa rõ ngày", start=None, precision="unknown", rows={"photos": photos}, translations={"en": "No date known"}
    )
    target = make_event("Trang được dẫn", start="2020-01-02")
    make_event("Trang có liên kết", start="2020-01-03", body=LINK % target.pk)
    make_event("Riêng", start="2021-01-01", visibility="partners")
    make_event("Cùng ngày", start="2019-04-10")
    feed_pending()
    cache.clear()
    return exchange


def both(api, monkeypatch, path, **parameters):
    """The answer of now, and the one that the tables alone give."""
    from_cards = api(path, **parameters)
    with monkeypatch.context() as patch:
        patch.setattr(reading, "_state", lambda row, now: None)
        from_tables = api(path, **parameters)
    assert from_cards.status_code == from_tables.status_code
    return from_cards.json(), from_tables.json()


def compare_lists(api, monkeypatch):
    filters = ({}, {"kind": "tournament"}, {"partner": "KH-8", "year": [2018, 2019]}, {"updated_since": "2020"})
    for order, language, limit, narrowed in product(("date", "-date", "updated"), ("vi", "km", "en"), (3, 50), filters):
        cursor, seen = "", 0
        while cursor is not None:
            parameters = {"order": order, "lang": language, "limit": limit, **narrowed}
            answer, expected = both(
                api, monkeypatch, "/events/", **parameters, **({"cursor": cursor} if cursor else {})
            )
            assert answer == expected, parameters
            cursor, seen = answer["next"], seen + len(answer["items"])
        assert seen or narrowed


def compare_details(api, monkeypatch):
    for event in EventPage.objects.filter(locale__language_code="vi"):
        for language in ("vi", "km", "en"):
            answer, expected = both(api, monkeypatch, f"/events/{event.translation_key}/", lang=language)
            assert answer == expected


def test_lists_from_cards_are_those_of_the_tables(archive, api, monkeypatch):
    assert reading.state().is_settled
    compare_lists(api, monkeypatch)


def test_events_from_cards_are_those_of_the_tables(archive, api, monkeypatch):
    compare_details(api, monkeypatch)


def test_what_stands_beside_an_event_is_what_the_tables_say(archive, api, monkeypatch):
    partners = make_partner("KH-8"), make_partner("KH-21")
    days = (
        "2016-01-01",
        "2018-04-09",
        "2018-04-10",
        "2018-04-10",
        "2018-04-10",
        "2018-04-11",
        "2018-04-11",
        "2022-05-05",
    )
    for number, day in enumerate(days):
        sides = [EventPartnerSide(partner=each, role="guest") for each in partners[number % 2 : 1 + number % 3]]
        make_event(f"Gặp gỡ {number}", start=day, rows={"partner_sides": sides}, kind=make_kind("meeting"))
    feed_pending()
    related = []
    for key in set(EventPage.objects.filter(visibility="public").values_list("translation_key", flat=True)):
        from_cards, from_tables = both(api, monkeypatch, f"/events/{key}/")
        assert from_cards == from_tables
        related.append(len(from_cards["related"]))
    assert max(related) == 4


def test_while_changes_wait_the_answers_are_those_of_the_tables(archive, api, monkeypatch):
    EventPage.objects.get(title="Giải 2018").unpublish()
    changed = EventPage.objects.get(title="Giải 2019")
    changed.title, changed.start_date, changed.end_date = "Giải mới", date(2016, 2, 3), date(2016, 2, 3)
    publish(changed)
    make_event("Vừa đăng", start="2022-05-06")
    assert len(reading.state().pending) >= 3
    compare_lists(api, monkeypatch)
    compare_details(api, monkeypatch)
    feed_pending()
    assert reading.state().is_settled
    compare_lists(api, monkeypatch)
    compare_details(api, monkeypatch)


def test_an_expired_page_is_gone_before_anything_is_fed(archive, api):
    event = EventPage.objects.get(title="Cùng ngày")
    event.expire_at = timezone.now() + timedelta(hours=1)
    publish(event)
    feed_pending()
    assert api(f"/events/{event.translation_key}/").status_code == 200
    EventPage.objects.filter(pk=event.pk).update(expire_at=timezone.now() - timedelta(seconds=1))
    assert api(f"/events/{event.translation_key}/").status_code == 404
    assert "Cùng ngày" not in api("/events/", limit=50).content.decode()


def test_what_is_hidden_behind_the_archives_back_is_not_shown(archive, api):
    event = EventPage.objects.get(title="Cùng ngày")
    EventPage.objects.filter(pk=event.pk).update(live=False)
    assert api(f"/events/{event.translation_key}/").status_code == 404
    assert "Cùng ngày" not in api("/events/", limit=50).content.decode()


def test_a_restriction_takes_effect_before_anything_is_fed(archive, api):
    event = EventPage.objects.get(title="Giải 2019")
    PageViewRestriction.objects.create(page=event, restriction_type="login")
    assert api(f"/events/{event.translation_key}/").status_code == 404
    before = EventPage.objects.get(title="Giải 2018")
    assert api(f"/events/{before.translation_key}/").json()["next"] is None


def test_the_same_question_is_answered_with_304_until_something_changes(archive, api, client):
    path = f"/api/v1/events/{EventPage.objects.get(title='Giải 2018').translation_key}/"
    for asked in (path, "/api/v1/events/?limit=2"):
        first = client.get(asked)
        assert first["ETag"].startswith('"')
        assert "public" in first["Cache-Control"]
        again = client.get(asked, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        assert client.get(asked, headers={"If-None-Match": f'W/{first["ETag"]}, "other"'}).status_code == 304
        assert client.get(f"{asked}{'&' if '?' in asked else '?'}lang=km")["ETag"] != first["ETag"]
    make_event("Mới", start="2022-01-01")
    assert client.get(asked, headers={"If-None-Match": first["ETag"]}).status_code == 200
    assert "ETag" not in client.get(asked)  # a moment long
    feed_pending()
    assert client.get(asked)["ETag"] != first["ETag"]


@pytest.mark.parametrize("asked", ["/api/v1/events/", "event"])
def test_who_names_the_moment_of_the_last_change_gets_304_and_every_change_is_another_moment(
    archive, client, asked, monkeypatch
):
    monkeypatch.setattr(conditional, "UNSETTLED", 0)
    page = EventPage.objects.get(title="Giải 2018")
    if asked == "event":
        asked = f"/api/v1/events/{page.translation_key}/"
    Counter.objects.filter(name="cards").update(value=1_700_000_000)
    first = client.get(asked)
    again = client.get(asked, headers={"If-Modified-Since": first["Last-Modified"]})
    assert (again.status_code, again.content) == (304, b"")
    both = {"If-Modified-Since": first["Last-Modified"], "If-None-Match": '"other"'}
    assert client.get(asked, headers=both).status_code == 200
    for path in ("/api/v1/events/?limit=none", f"/api/v1/events/{uuid4()}/"):
        assert client.get(path, headers={"If-Modified-Since": first["Last-Modified"]}).status_code in (404, 422)
    page.title = "Đổi tên"
    publish(page)
    feed_pending()
    assert client.get(asked, headers={"If-Modified-Since": first["Last-Modified"]}).status_code == 200
    assert Counter.current("cards") >= int(time.time()) - 60  # and not one more than it was
    monkeypatch.setattr(conditional, "UNSETTLED", 60)
    assert "Last-Modified" not in client.get(asked)


@pytest.mark.parametrize("limit", [1, 100])
def test_an_answer_takes_the_same_few_queries_however_much_it_shows(archive, api, client, count_queries, limit):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    path = f"/events/{EventPage.objects.get(title='Giải 2018').translation_key}/"
    assert count_queries("/events/", limit=limit) <= 4
    assert count_queries("/events/", limit=limit, kind="tournament") <= 4
    assert count_queries(path) <= 6
    for asked in ("/events/", path):
        etag = api(asked, limit=limit)["ETag"] if asked == "/events/" else api(asked)["ETag"]
        with CaptureQueriesContext(connection) as captured:
            parameters = {"limit": limit} if asked == "/events/" else {}
            assert client.get(f"/api/v1{asked}", parameters, headers={"If-None-Match": etag}).status_code == 304
        assert len(captured) <= 1


def test_a_new_name_reaches_the_cards(archive, api):
    partner = Partner.objects.get(code="KH-8")
    partner.names = {**partner.names, "vi": "Tỉnh Kandal mới"}
    partner.save()
    feed_pending()
    assert "Tỉnh Kandal mới" in api("/events/", partner="KH-8").content.decode()


def test_a_new_name_of_a_kind_reaches_the_cards(archive, api):
    kind = make_kind("tournament")
    kind.names = {**kind.names, "vi": "Hội thao"}
    kind.save()
    feed_pending()
    assert "Hội thao" in api("/events/", kind="tournament").content.decode()


def test_nothing_that_is_not_public_is_stored(archive):
    assert CardText.objects.count() > 10
    rows = CardText.objects.values_list("link", "found", "short")
    everything = b"".join(bytes(part) for row in rows for part in row if part)
    assert "Riêng".encode() not in everything


def test_the_store_is_compared_with_the_database(archive):
    target = IndexTarget.objects.get(engine="cards")
    assert compare(CardStore(), target).total == 0
    Card.objects.filter(type="event").first().delete()
    Card.objects.filter(type="exchange").update(digest="0" * 32)
    drift = compare(CardStore(), target, repair=True)
    assert (drift.missing, drift.different) == (1, 1)
    feed_pending()
    assert compare(CardStore(), target).total == 0


def test_a_picture_with_another_file_reaches_the_cards(archive, api):
    event = EventPage.objects.get(title="Chưa rõ ngày")
    image = event.photos.first().image
    image.file, image.width, image.height = make_image(size=(640, 480)).file, 640, 480
    image.save()
    feed_pending()
    assert api(f"/events/{event.translation_key}/").json()["photos"][0]["width"] == 640


@pytest.mark.parametrize("query", ["giải", "", "kandal", "chưa rõ"])
@pytest.mark.parametrize("language", ["vi", "km", "en"])
def test_hits_from_cards_are_those_of_the_tables(archive, api, monkeypatch, query, language):
    answer, expected = both(api, monkeypatch, "/archive/", q=query, lang=language)
    assert answer["items"]
    assert answer == expected


def test_while_changes_wait_hits_are_those_of_the_tables(archive, api, monkeypatch):
    changed = EventPage.objects.get(title="Giải 2019")
    changed.summary = "Tóm tắt mới"
    publish(changed)
    EventPage.objects.get(title="Giải 2017").unpublish()
    answer, expected = both(api, monkeypatch, "/archive/", q="giải")
    assert answer == expected


@pytest.mark.parametrize("limit", [1, 100])
def test_a_search_takes_three_queries_however_much_it_finds(archive, count_queries, limit):
    assert count_queries("/archive/", q="giải", limit=limit) <= 3
    assert count_queries("/archive/", limit=limit, kind="tournament") <= 3


@pytest.fixture
def roots_are_forgotten():
    """Wagtail keeps the roots of sites in the cache, which a test's end does not undo."""
    yield
    cache.clear()


def test_another_root_of_the_site_reaches_the_addresses_of_the_cards(archive, api, roots_are_forgotten):
    site = Site.objects.get(is_default_site=True)
    before = {card["id"]: card["url"] for card in api("/events/", lang="vi").json()["items"]}
    section = EventPage.objects.get(title="Giải 2018").get_parent()
    site.root_page = section
    site.save()
    feed_pending()
    assert reading.state().is_settled
    after = {card["id"]: card["url"] for card in api("/events/", lang="vi").json()["items"]}
    assert after == {id_: url.replace("/su-kien/", "/") if url else url for id_, url in before.items()} != before


def test_a_section_with_another_slug_reaches_the_addresses_of_the_cards(
    archive, api, django_capture_on_commit_callbacks
):
    section = EventPage.objects.get(title="Giải 2018").get_parent().specific
    with django_capture_on_commit_callbacks(execute=True):
        section.slug = "hoat-dong"
        publish(section)
    feed_pending()
    assert reading.state().is_settled
    assert all("/vi/hoat-dong/" in card["url"] for card in api("/events/", lang="vi").json()["items"])
