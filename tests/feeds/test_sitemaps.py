from datetime import datetime

import pytest
from django.utils import timezone

from huunghi.events.models import EventPage
from huunghi.feeds import sitemaps
from tests.access.conftest import restrict
from tests.factories import make_event

from .conftest import HOSTILE

pytestmark = pytest.mark.django_db

MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"


def files(xml):
    return [entry.findtext(f"{MAP}loc").removeprefix("http://testserver") for entry in xml("/sitemap.xml")]


def entries(xml):
    """Every address of every file -> its entry."""
    return {entry.findtext(f"{MAP}loc"): entry for file in files(xml) for entry in xml(file)}


def address(page):
    return f"http://testserver{page.url}"


def test_the_index_names_a_file_of_every_language(xml):
    assert files(xml) == ["/sitemap-vi-1.xml", "/sitemap-km-1.xml", "/sitemap-en-1.xml"]


def test_a_page_stands_there_with_its_languages_and_its_last_publication(xml):
    event = make_event(translations={"km": "កិច្ចប្រជុំ"})
    khmer = event.get_translations().first()
    found = entries(xml)
    for page in (event, khmer):
        entry = found[address(page)]
        assert links_of(entry) == {"vi": address(event), "km": address(khmer)}
        published = EventPage.objects.get(pk=page.pk).last_published_at.replace(microsecond=0)
        assert datetime.fromisoformat(entry.findtext(f"{MAP}lastmod")) == published


def test_a_page_in_one_language_has_no_alternates(xml):
    event = make_event()
    assert list(entries(xml)[address(event)].iter(LINK)) == []


def test_nothing_hidden_is_in_a_file_not_even_as_a_translation(xml):
    event = make_event(translations={"km": "កិច្ចប្រជុំ", "en": "Meeting"})
    khmer, english = (event.get_translation(language) for language in _locales("km", "en"))
    restrict(khmer, "login")
    EventPage.objects.filter(pk=english.pk).update(expire_at=timezone.now())
    partners_only, draft = make_event(visibility="partners"), make_event(live=False)
    found = entries(xml)
    assert address(event) in found
    hidden = {address(page) for page in (khmer, english, partners_only, draft)}
    assert not hidden & found.keys()
    assert not hidden & {link.get("href") for entry in found.values() for link in entry.iter(LINK)}


def _locales(*codes):
    from wagtail.models import Locale

    return [Locale.objects.get(language_code=code) for code in codes]


def test_a_long_list_is_split_and_each_page_stands_in_it_once(xml, monkeypatch):
    events = [make_event(translations={"km": f"ប្រជុំ {number}"}) for number in range(4)]
    whole = {page: links_of(entry) for page, entry in entries(xml).items()}
    monkeypatch.setattr(sitemaps, "PAGES_PER_FILE", 3)
    found = {name: list(xml(name)) for name in files(xml)}
    assert "/sitemap-vi-2.xml" in found
    assert max(map(len, found.values())) == 3
    split = [(entry.findtext(f"{MAP}loc"), links_of(entry)) for file in found.values() for entry in file]
    assert len(split) == len(whole)
    assert dict(split) == whole
    assert whole.keys() >= {address(event) for event in events}


def links_of(entry):
    return {link.get("hreflang"): link.get("href") for link in entry.iter(LINK)}


def test_a_file_costs_the_same_for_few_and_for_many_pages(count_queries):
    make_event(translations={"km": "ក"})
    few = count_queries("/sitemap-vi-1.xml")
    for number in range(3):
        make_event(translations={"km": f"ប្រជុំ {number}", "en": f"Meeting {number}"})
    assert count_queries("/sitemap-vi-1.xml") == few <= 4
    assert count_queries("/sitemap.xml") <= 2


@pytest.mark.parametrize(
    "path", ["/sitemap-vi-0.xml", "/sitemap-vi-2.xml", f"/sitemap-vi-{'9' * 40}.xml", "/sitemap-xx-1.xml"]
)
def test_a_file_that_there_is_not_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_robots_are_shown_the_way(client):
    answer = client.get("/robots.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert "Sitemap: http://testserver/sitemap.xml" in answer.content.decode().splitlines()


def test_files_are_validated_instead_of_sent_again(client):
    make_event(HOSTILE)
    for path in ("/sitemap.xml", "/sitemap-vi-1.xml", "/robots.txt"):
        etag = client.get(path)["ETag"]
        assert client.get(path, headers={"If-None-Match": etag}).status_code == 304
