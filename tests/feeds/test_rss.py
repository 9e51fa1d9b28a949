import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from huunghi.events.models import ArticleIndexPage, ArticlePage, EventPage, EventPartnerSide
from tests.access.conftest import restrict
from tests.factories import index_page, make_event, make_kind, make_page, make_partner, make_unit

from .conftest import HOSTILE

pytestmark = pytest.mark.django_db


def titles(root):
    return [item.findtext("title") for item in root.iter("item")]


def make_article(title, **fields):
    return make_page(ArticlePage, title, index_page(ArticleIndexPage), unit=make_unit(), published_on="2019", **fields)


def published(page, days):
    moment = timezone.now() - timedelta(days=days)
    EventPage.objects.filter(pk=page.pk).update(first_published_at=moment)


def test_events_and_articles_of_one_language_stand_newest_first(xml):
    event = make_event("Hội nghị", translations={"km": "កិច្ចប្រជុំ"})
    published(event, days=2)
    make_article("Bài báo")
    vietnamese = xml("/rss/vi/")
    assert titles(vietnamese) == ["Bài báo", "Hội nghị"]
    assert vietnamese.findtext("channel/language") == "vi"
    khmer = xml("/rss/km/")
    assert titles(khmer) == ["កិច្ចប្រជុំ"]
    assert khmer.findtext("channel/language") == "km"


def test_an_item_has_a_permanent_id_and_an_absolute_address(xml):
    event = make_event(summary="Tóm tắt", kind=make_kind("seminar", vi="Hội thảo"))
    item = xml("/rss/vi/").find("channel/item")
    assert item.findtext("guid") == f"urn:uuid:{event.translation_key}"
    assert item.find("guid").get("isPermaLink") == "false"
    assert item.findtext("link") == f"http://testserver{event.url}"
    assert (item.findtext("description"), item.findtext("category")) == ("Tóm tắt", "Hội thảo")


def test_hidden_pages_are_in_no_feed(xml):
    restricted = make_event("Sau mật khẩu")
    restrict(restricted, "password", password="mật khẩu")
    make_event("Dành cho đối tác", visibility="partners")
    make_event("Nháp", live=False)
    expired = make_event("Hết hạn")
    EventPage.objects.filter(pk=expired.pk).update(expire_at=timezone.now() - timedelta(seconds=1))
    make_event("Công khai")
    assert titles(xml("/rss/vi/")) == ["Công khai"]


def test_a_feed_is_narrowed_to_partners_and_kinds(xml):
    here, elsewhere = make_partner("KH-8"), make_partner("KH-21")
    make_event("Một", rows={"partner_sides": [EventPartnerSide(partner=here)]}, kind=make_kind("seminar"))
    make_event("Hai", rows={"partner_sides": [EventPartnerSide(partner=elsewhere)]})
    make_article("Bài", partners=[here])
    assert set(titles(xml("/rss/vi/", partner="KH-8"))) == {"Một", "Bài"}
    assert set(titles(xml("/rss/vi/", partner=["KH-8", "KH-21"]))) == {"Một", "Hai", "Bài"}
    assert titles(xml("/rss/vi/", kind="seminar")) == ["Một"]
    assert titles(xml("/rss/vi/", kind="none", utm_source="newsletter")) == []


def test_what_no_text_can_hold_is_not_found(client):
    assert client.get("/rss/vi/?kind=%00").status_code == 404
    assert client.get("/rss/xx/", follow=True).status_code == 404
    assert client.post("/rss/vi/").status_code == 405


def test_a_hostile_title_leaves_the_feed_well_formed(client, xml):
    make_event(HOSTILE, summary=HOSTILE)
    (title,) = titles(xml("/rss/vi/"))
    assert title == "".join(letter for letter in HOSTILE if letter not in "\x0b\x01\ufffe")
    body = client.get("/rss/vi/").content.decode()
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe]", body)


def test_a_feed_that_did_not_change_is_answered_in_short(client):
    make_event()
    first = client.get("/rss/vi/")
    assert first["Cache-Control"] == "public, max-age=300"
    assert first["Content-Type"] == "application/rss+xml; charset=utf-8"
    again = client.get("/rss/vi/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    make_event("Mới")
    assert client.get("/rss/vi/", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_the_number_of_queries_does_not_depend_on_the_number_of_items(count_queries):
    make_event()
    few = count_queries("/rss/vi/")
    for _ in range(5):
        make_event()
        make_article("Bài")
    assert count_queries("/rss/vi/") == few <= 6


def test_pages_name_the_feed_of_their_language(client):
    event = make_event(translations={"km": "កិច្ចប្រជុំ"})
    for page in (event, event.get_translations().first()):
        language = page.locale.language_code
        link = f'<link rel="alternate" type="application/rss+xml" href="/rss/{language}/"'
        assert link in client.get(page.url).content.decode()


def test_the_feed_names_itself(xml):
    root = xml("/rss/en/")
    self_link = root.find("channel/{http://www.w3.org/2005/Atom}link")
    assert self_link.get("href") == "http://testserver/rss/en/"
    assert ElementTree.tostring(root).startswith(b"<rss")
