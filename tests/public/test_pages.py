import re
from uuid import uuid4

import pytest
from django.conf import settings
from wagtail.models import Page

from huunghi.events.models import (
    Channel,
    ChannelIndexPage,
    EventIndexPage,
    EventPartnerSide,
    EventPhoto,
    ExchangeIndexPage,
    HomePage,
    Publication,
    PublicationIndexPage,
    Venue,
)
from huunghi.partners.models import PartnerIndexPage
from tests.factories import (
    add_translation,
    index_page,
    make_event,
    make_exchange,
    make_image,
    make_partner,
    make_partner_page,
    publish,
)

from .conftest import LANGUAGES, Outline, addresses, rich_event

pytestmark = pytest.mark.django_db

PAGE_TYPES = ("event", "exchange", "partner", "article", "plan", "report")
SECRET = "KHONGDUOCHIEN"


def test_a_page_of_every_type_is_whole_in_every_language(one_of_each, client):
    assert set(one_of_each) == set(PAGE_TYPES)
    for page in one_of_each.values():
        for language, url in addresses(page).items():
            assert_whole(client, language, url)


def assert_whole(client, language, url):
    page = Outline(client.get(url).content.decode())
    assert page.all("html")[0]["lang"] == language
    assert len(page.all("h1")) == 1
    assert {tag for tag, _attributes in page.tags} >= {"header", "nav", "main", "footer", "title"}
    assert page.all("a")[0]["href"] == "#content"
    assert [link["hreflang"] for link in page.all("link") if "hreflang" in link] == list(LANGUAGES)
    canonical = next(link["href"] for link in page.all("link") if link.get("rel") == "canonical")
    assert canonical == f"http://testserver{url}"
    named = {meta.get("name") or meta.get("property") for meta in page.all("meta")}
    assert named >= {"description", "og:title", "og:url", "og:type", "viewport"}


def test_the_front_page_and_every_list_are_whole_in_every_language(one_of_each, client):
    Publication.objects.create(key="so-tay", names={"vi": "Sổ tay"}).editions.create(language="km", format="print")
    Channel.objects.create(key="cong", names={"vi": "Cổng"}, kind="portal", address="https://example.org")
    for home in HomePage.objects.select_related("locale"):
        pages = [home, *home.get_children()]
        assert len(pages) == 9
        for page in pages:
            found = Outline(client.get(page.url).content.decode())
            assert found.all("html")[0]["lang"] == home.locale.language_code
            assert len(found.all("h1")) == 1


def test_no_page_asks_anything_of_a_third_party(one_of_each, client):
    home = HomePage.objects.get(locale__language_code="vi")
    for page in [home, *home.get_descendants().live()]:
        found = Outline(client.get(page.url).content.decode())
        loaded = [
            attributes.get("src") or attributes.get("srcset") or attributes.get("href") or ""
            for tag in ("script", "img", "source", "link", "iframe", "video", "object")
            for attributes in found.all(tag)
            if attributes.get("rel") not in ("canonical", "alternate")
        ]
        assert loaded
        assert not [address for address in loaded if re.match(r"(https?:)?//", address)]
        assert not [tag for tag, attributes in found.tags if "style" in attributes or "onclick" in attributes]
        # What is described for search engines is data: no browser runs it.
        run = [script for script in found.all("script") if script.get("type") != "application/ld+json"]
        assert all("src" in script for script in run) and not found.all("style")


def test_the_switcher_leads_to_the_same_event_in_its_own_script(one_of_each, outline):
    event = one_of_each["event"]
    links = [link for link in outline(event.url).all("a") if "data-language" in link]
    assert {link["data-language"]: link["href"] for link in links} == addresses(event)
    assert [link["lang"] for link in links] == list(LANGUAGES)


def test_without_a_translation_the_switcher_leads_to_the_list_which_says_so(client, outline):
    event = make_event("Chỉ có tiếng Việt")
    links = {link["data-language"]: link["href"] for link in outline(event.url).all("a") if "data-language" in link}
    assert links["en"] == f"{index_page(EventIndexPage, 'en').url}?untranslated={event.translation_key}"
    answer = client.get(links["en"]).content.decode()
    assert f'href="{event.url}?asked=en"' in answer
    assert 'class="notice" lang="en"' in answer
    asked = client.get(event.url, {"asked": "en"}).content.decode()
    assert 'class="notice" lang="en"' in asked


def test_the_list_does_not_tell_of_a_page_that_is_not_public(client):
    event = make_event("CANARY", visibility="partners")
    answer = client.get(index_page(EventIndexPage, "en").url, {"untranslated": str(event.translation_key)})
    assert answer.status_code == 200 and "CANARY" not in answer.content.decode()
    assert client.get(index_page(EventIndexPage, "en").url, {"untranslated": "x" * 5000}).status_code == 200


def test_a_list_shows_what_has_no_translation_in_its_own_language_and_marks_it(text):
    make_event("Chỉ có tiếng Việt")
    page = text(index_page(EventIndexPage, "km").url)
    assert '<h2 class="card-title" lang="vi">' in page
    assert "Tiếng Việt</span>" in page


def test_events_are_listed_by_year_and_month(text):
    make_event("Tháng năm", start="2019-05-14")
    make_event("Vắt qua hai tháng", start="2019-05-30", end="2019-06-02")
    make_event("Cả năm", start="2019-01-01", precision="year")
    make_event("Năm khác", start="2018-05-14")
    base = index_page(EventIndexPage).url

    def titles(path):
        return set(re.findall(r'card-title"><a href="[^"]+">([^<]+)</a>', text(base + path)))

    assert titles("2019/") == {"Tháng năm", "Vắt qua hai tháng", "Cả năm"}
    assert titles("2019/5/") == {"Tháng năm", "Vắt qua hai tháng"}
    assert titles("2019/6/") == {"Vắt qua hai tháng"}
    assert len(titles("")) == 4
    assert f'href="{base}2019/6/"' in text(f"{base}2019/")


def test_a_month_that_does_not_exist_is_not_found(client):
    base = index_page(EventIndexPage).url
    assert [client.get(base + path).status_code for path in ("2019/13/", "2019/0/", "0/", "99999/")] == [404] * 4


def test_a_long_list_has_pages_of_fifty(client, django_assert_max_num_queries):
    for number in range(51):
        make_event(f"Sự kiện {number}")
    base = index_page(EventIndexPage).url
    first, second = (client.get(base, {"page": number}).content.decode() for number in (1, 2))
    assert (first.count("card-title"), second.count("card-title")) == (50, 1)
    assert f'href="{base}?page=2" rel="next"' in first
    assert client.get(base, {"page": "abc"}).status_code == client.get(base, {"page": "9" * 500}).status_code == 200


def test_columns_for_staff_are_on_no_page(client):
    partner = make_partner("KH-11", contact=SECRET)
    partner.contact = SECRET
    partner.save()
    event = make_event(
        rows={
            "venues": [Venue(name="Hội trường", online_address=f"https://{SECRET}.example")],
            "partner_sides": [EventPartnerSide(partner=partner)],
            "photos": [
                EventPhoto(image=make_image("Ẩn"), caption=f"{SECRET} caption", withheld=True),
                EventPhoto(image=make_image("Hiện"), caption="Ảnh được đăng", consent_note=SECRET),
            ],
        },
        translations={"en": "Event"},
    )
    page = make_partner_page(partner, translations={"en": "Partner"})
    shown = [*addresses(event).values(), *addresses(page).values(), index_page(EventIndexPage).url]
    for address in shown:
        assert SECRET not in client.get(address).content.decode()
    assert "Ảnh được đăng" in client.get(event.url).content.decode()
    assert client.get(event.url).content.decode().count("<picture>") == 1


def test_names_and_rich_text_cannot_bring_a_script(client):
    attack = "<script>alert(1)</script>"
    event = make_event(
        f"Tên {attack}",
        summary=attack,
        body=[("text", f'<p onclick="x()">Chữ {attack}<img src="https://example.org/x.png"></p>')],
        rows={"venues": [Venue(name=attack, host_name=attack, chair=attack)]},
        source_outlet=attack,
    )
    page = client.get(event.url).content.decode()
    assert "<script>alert" not in page and "onclick" not in page and "example.org/x.png" not in page
    assert "Chữ" in page


def test_an_event_says_what_is_not_recorded_and_how_many_venues_reported(client):
    event = make_event(
        rows={"venues": [Venue(name="Hà Nội", attendance=2063), Venue(name="Bến Tre", role="connected")]},
        stated_venues=53,
        translations={"en": "Round table"},
    )
    page = client.get(addresses(event)["en"]).content.decode()
    assert "2 of 53 venues are listed; 1 reported their attendance." in page
    assert "not recorded" in page and "2,063" in page
    assert "2.063" in client.get(event.url).content.decode()


def test_an_exchange_shows_its_editions_newest_first_and_an_edition_its_neighbours(client):
    exchange = make_exchange()
    first, second, third = (
        make_event(f"Lần {number}", start=f"{2015 + number}-05-01", exchange=exchange, edition=number)
        for number in (1, 2, 3)
    )
    page = client.get(exchange.url).content.decode()
    assert page.index("Lần 3") < page.index("Lần 2") < page.index("Lần 1")
    neighbours = client.get(second.url).content.decode()
    section = neighbours[neighbours.index('id="editions"') :]
    assert section.index(first.url) < section.index(third.url)


def test_a_partner_page_counts_an_event_once_whatever_its_translations(client):
    partner = make_partner("KH-11")
    rich_event(start="2017-05-01")
    page = make_partner_page(partner, "Mondulkiri", translations={"en": "Mondulkiri"})
    shown = client.get(addresses(page)["en"]).content.decode()
    assert '<th scope="row">2017</th><td class="num">1</td><td>2,063' in shown
    assert 'lang="km">មណ្ឌលគិរី' in shown


def test_a_permanent_address_leads_to_the_readers_language(one_of_each, client):
    event = one_of_each["event"]
    path = f"/id/{event.translation_key}/"
    assert client.get(path, headers={"accept-language": "km"}).url == addresses(event)["km"]
    assert client.get(path, {"lang": "en"}).url == addresses(event)["en"]
    only_here = make_event("Chỉ có tiếng Việt")
    assert client.get(f"/id/{only_here.translation_key}/", {"lang": "en"}).url == f"{only_here.url}?asked=en"


@pytest.mark.parametrize("state", ["unknown", "draft", "partners", "list"])
def test_a_permanent_address_of_nothing_public_is_not_found(client, state):
    key = {
        "unknown": uuid4,
        "draft": lambda: make_event(live=False).translation_key,
        "partners": lambda: make_event(visibility="partners").translation_key,
        "list": lambda: index_page(EventIndexPage).translation_key,
    }[state]()
    assert client.get(f"/id/{key}/").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_address_that_does_not_exist_is_answered_in_its_language(client, language):
    answer = client.get(f"/{language}/khong-co/")
    assert answer.status_code == 404
    page = Outline(answer.content.decode())
    assert page.all("html")[0]["lang"] == language and len(page.all("h1")) == 1


def test_a_host_can_replace_one_block(client, settings, tmp_path):
    folder = tmp_path / "huunghi_events"
    folder.mkdir()
    (folder / "event_page.html").write_text(
        '{% extends "huunghi/base.html" %}{% block footer %}<footer>OUR FOOT</footer>{% endblock %}'
    )
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [str(tmp_path)]}]
    page = client.get(make_event().url).content.decode()
    assert "OUR FOOT" in page and 'class="top"' in page and 'class="foot"' not in page


def test_the_cost_of_a_page_does_not_grow_with_what_it_shows(count_queries):
    exchange, partner = make_exchange(), make_partner("KH-11")
    event = rich_event(exchange=exchange)
    page = make_partner_page(partner, "Mondulkiri")
    paths = [
        HomePage.objects.get(locale__language_code="vi").url,
        HomePage.objects.get(locale__language_code="km").url,
        index_page(EventIndexPage).url,
        index_page(EventIndexPage, "km").url,
        index_page(ExchangeIndexPage).url,
        index_page(PartnerIndexPage).url,
        index_page(PublicationIndexPage).url,
        index_page(ChannelIndexPage).url,
        event.url,
        exchange.url,
        page.url,
    ]
    rich_event(exchange=exchange, start="2018-01-01")
    rich_event(exchange=exchange, start="2020-01-01")
    before = {path: count_queries(path) for path in paths}
    for number in range(4):
        rich_event(f"Thêm {number}", exchange=exchange, start=f"201{number}-02-01")
    assert {path: count_queries(path) for path in paths} == before
    assert max(before.values()) <= 90, before


def test_a_gallery_costs_the_same_with_one_picture_and_with_five(count_queries):
    def event_with(pictures):
        return make_event(rows={"photos": [EventPhoto(image=make_image()) for _ in range(pictures)]})

    many, few = event_with(5), event_with(1)
    assert count_queries(many.url) == count_queries(few.url)


def test_a_draft_can_be_previewed(admin_client):
    event = make_event(live=False)
    answer = admin_client.get(f"/admin/pages/{event.pk}/view_draft/")
    assert answer.status_code == 200 and event.title in answer.content.decode()


def test_a_translation_that_is_taken_back_leaves_the_switcher(outline):
    event = make_event("Có bản dịch")
    translation = add_translation(event, "en", "Translated")
    assert addresses(event)["en"] in [link.get("href") for link in outline(event.url).all("a")]
    translation.unpublish()
    assert translation.url not in [link.get("href") for link in outline(event.url).all("a")]
    publish(Page.objects.get(pk=translation.pk).specific)


def test_the_bare_address_remembers_the_language_of_the_cookie(client):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "km"
    assert client.get("/").url == "/km/"
