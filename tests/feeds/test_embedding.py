import re
from html import unescape
from urllib.parse import quote

import pytest

from huunghi.events.models import EventIndexPage
from tests.access.conftest import make_user, restrict
from tests.factories import index_page, make_event, make_page

from .conftest import HOSTILE

pytestmark = pytest.mark.django_db

FRAME = re.compile(r'<iframe src="([^"]+)" width="(\d+)" height="(\d+)"')


def address(page):
    return f"http://testserver{page.url}"


def frame_of(answer):
    source, width, height = FRAME.match(answer["html"]).groups()
    return unescape(source).removeprefix("http://testserver"), int(width), int(height)


@pytest.fixture
def oembed(client):
    return lambda **parameters: client.get("/oembed", parameters)


def test_a_page_becomes_a_card_of_the_size_that_is_asked_for(client, oembed):
    event = make_event("Hội nghị")
    answer = oembed(url=address(event), maxwidth=320, maxheight=9999).json()
    assert {name: answer[name] for name in ("version", "type", "title")} == {
        "version": "1.0",
        "type": "rich",
        "title": "Hội nghị",
    }
    source, width, height = frame_of(answer)
    assert (width, height) == (answer["width"], answer["height"]) == (320, 240)
    assert client.get(source).status_code == 200


def test_the_same_is_written_as_xml(xml):
    event = make_event(HOSTILE)
    root = xml("/oembed", url=address(event), format="xml")
    assert root.tag == "oembed"
    assert root.findtext("type") == "rich"
    assert "<script>" not in root.findtext("html")
    assert "<script>" in root.findtext("title")


def test_the_permanent_address_and_every_translation_are_known(client, oembed):
    event = make_event("Hội nghị", translations={"km": "កិច្ចប្រជុំ"})
    khmer = event.get_translations().first()
    assert oembed(url=address(khmer)).json()["title"] == "កិច្ចប្រជុំ"
    source, *_ = frame_of(oembed(url=address(khmer)).json())
    assert "កិច្ចប្រជុំ" in client.get(source).content.decode()
    assert oembed(url=f"http://testserver/id/{event.translation_key}/").json()["title"] == "Hội nghị"
    assert oembed(url=f"{address(event)}?asked=en#venues").json()["title"] == "Hội nghị"


def test_a_hidden_page_is_answered_like_one_that_never_was(oembed):
    hidden = [make_event(live=False), make_event(visibility="partners")]
    restrict(locked := make_event(), "password", password="mật khẩu")
    never = oembed(url="http://testserver/vi/never-was/")
    assert (never.status_code, never["Cache-Control"]) == (404, "no-store")
    for page in (*hidden, locked):
        for url in (address(page), f"http://testserver/id/{page.translation_key}/"):
            answer = oembed(url=url)
            assert (answer.status_code, answer.content) == (404, never.content)


@pytest.mark.parametrize(
    "url",
    [
        "http://other.example/vi/", "javascript:alert(1)", "//testserver/vi/", "http://[", "http://testserver/vi/%00/",
        "http://testserver/%ff/", "http://testserver/admin/", "http://testserver/vi/", "http://testserver/../../etc/",
        "http://testserver@other.example/vi/", "http://testserver//vi//", "x" * 5000, "http://testserver/vi/\ufffe/",
    ],
)  # fmt: skip
def test_other_addresses_are_not_found(oembed, url):
    assert oembed(url=url).status_code == 404


@pytest.mark.parametrize(
    ("parameters", "status", "named"),
    [
        ({}, 422, "url"),
        ({"url": "x", "maxwidth": "0"}, 422, "maxwidth"),
        ({"url": "x", "maxwidth": "-5"}, 422, "maxwidth"),
        ({"url": "x", "maxheight": "1e3"}, 422, "maxheight"),
        ({"url": "x", "maxheight": "\u0665"}, 422, "maxheight"),
        ({"url": "x", "format": "yaml"}, 501, "format"),
    ],
)
def test_what_cannot_be_used_is_named(oembed, parameters, status, named):
    answer = oembed(**parameters)
    assert answer.status_code == status
    assert named in answer.json()["detail"]


def test_the_card_stands_in_any_frame_shows_its_origin_and_runs_nothing(client):
    event = make_event("Hội nghị", summary="Tóm tắt")
    answer = client.get(f"/embed/{event.translation_key}/")
    body = answer.content.decode()
    assert "X-Frame-Options" not in answer
    assert "frame-ancestors *" in answer["Content-Security-Policy"]
    assert "<script" not in body
    assert " style=" not in body
    assert f'href="{event.url}"' in body
    assert "Tóm tắt" in body
    assert re.search(r'<a href="http://testserver/vi/"[^>]*>[^<]+</a> \(testserver\)', body)
    assert client.get(event.url)["X-Frame-Options"] == "DENY"


def test_the_card_of_a_hidden_record_is_the_404_of_one_that_never_was(client):
    event = make_event(visibility="partners")
    hidden = client.get(f"/embed/{event.translation_key}/")
    never = client.get("/embed/0badcafe-0000-4000-8000-000000000000/")
    assert hidden.status_code == never.status_code == 404
    assert hidden.content.replace(str(event.translation_key).encode(), b"") == never.content.replace(
        b"0badcafe-0000-4000-8000-000000000000", b""
    )
    client.force_login(make_user(is_superuser=True, is_staff=True))
    assert client.get(f"/embed/{event.translation_key}/").status_code == 404


def test_the_card_speaks_the_language_that_is_asked_for(client):
    event = make_event("Hội nghị", translations={"km": "កិច្ចប្រជុំ"})
    khmer = client.get(f"/embed/{event.translation_key}/?lang=km").content.decode()
    assert '<html lang="km">' in khmer
    assert "កិច្ចប្រជុំ" in khmer
    fallback = client.get(f"/embed/{event.translation_key}/?lang=en").content.decode()
    assert '<html lang="en">' in fallback
    assert "Hội nghị" in fallback


def test_public_records_say_where_their_card_is(client):
    event = make_event()
    body = client.get(event.url).content.decode()
    (found,) = re.findall(r'<link rel="alternate" type="application/json\+oembed" href="([^"]+)"', body)
    assert f"url={quote(address(event), safe='')}" in unescape(found)
    assert client.get(unescape(found).removeprefix("http://testserver")).json()["title"] == event.title
    assert "+oembed" not in client.get(index_page(EventIndexPage).url).content.decode()
    client.force_login(make_user(is_superuser=True, is_staff=True))
    assert "+oembed" not in client.get(event.url).content.decode()


def test_a_list_has_no_card(oembed):
    section = make_page(EventIndexPage, "Mục", index_page(EventIndexPage))
    assert oembed(url=address(section)).status_code == 404


def test_a_card_that_did_not_change_is_answered_in_short(client):
    event = make_event()
    for path in (f"/embed/{event.translation_key}/", f"/oembed?url={quote(address(event))}"):
        first = client.get(path)
        assert first["Cache-Control"] == "public, max-age=300"
        assert client.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304
