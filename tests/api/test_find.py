"""From the address of a page to its object."""

import pytest
from wagtail.models import Page

from huunghi.events.models import EventIndexPage
from tests.access.conftest import lock, share, world  # noqa: F401  a fixture
from tests.api.conftest import problem_names
from tests.factories import index_page, make_event, make_exchange, make_page, make_partner, make_partner_page

pytestmark = pytest.mark.django_db


def test_a_page_is_found_by_its_address_in_each_language(api, client):
    event = make_event("Hội nghị", translations={"km": "ប្រជុំ"})
    km = event.get_translations().get()
    for page, lang in ((event, "vi"), (km, "km")):
        for path in (page.url, page.url.rstrip("/"), f"http://testserver{page.url}?asked=vi#top"):
            found = api("/find/", path_=path).json()
            assert (found["type"], found["id"], found["lang"]) == ("event", str(event.translation_key), lang), path
            assert found["title"] == page.title
            object_ = client.get(found["api_url"]).json()
            assert (object_["id"], object_["title"]) == (found["id"], page.title)


def test_pages_of_other_types_are_found_too(api, client):
    exchange = make_exchange("Giải")
    partner = make_partner_page(make_partner("KH-8"), "Kandal")
    for page, type_ in ((exchange, "exchange"), (partner, "partner")):
        found = api("/find/", path_=page.url).json()
        assert found["type"] == type_
        assert client.get(found["api_url"]).json()["title"] == page.title


def test_the_permanent_address_finds_the_record(api):
    event = make_event("Hội nghị")
    assert api("/find/", path_=f"/id/{event.translation_key}/").json()["url"].endswith(event.url)


def test_a_hidden_page_is_answered_like_nonsense(api, world):  # noqa: F811
    shared = make_event(visibility="partners", unit=world.own)
    share(shared, world.a)
    section = make_page(EventIndexPage, "Mục", index_page(EventIndexPage), unit=world.own)
    inside = make_event(parent=section, unit=world.own)
    lock(section, "partners")
    draft = make_event(live=False)
    nonsense = api("/find/", path_="/vi/su-kien/khong-co/")
    assert nonsense.status_code == 404
    for page in (shared, inside, draft):
        address = Page.objects.get(pk=page.pk).get_url() or f"/vi/su-kien/{page.slug}/"
        hidden = api("/find/", path_=address)
        assert (hidden.status_code, hidden.content) == (404, nonsense.content)
    answer = world.client("partner_a").get("/api/v1/find/", {"path": shared.url})
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")


NO_RECORDS = (
    "/vi/",
    "/vi/su-kien/",
    "/vi/su-kien/2019/",
    "/vi/search/",
    "/api/v1/events/",
    "/admin/",
    "nonsense",
    "//[",
    "http://elsewhere.example/vi/su-kien/",
    "/vi/%00/",
    "/vi/../../etc/passwd",
    "/id/00000000-0000-4000-8000-000000000000/",
    "/xx/su-kien/",
    "",
)


def test_what_is_no_page_of_a_record_is_not_found(api):
    assert [path for path in NO_RECORDS if api("/find/", path_=path).status_code != 404] == []


def test_an_address_of_another_host_is_not_found_even_with_a_path_of_ours(api):
    event = make_event()
    assert api("/find/", path_=f"http://elsewhere.example{event.url}").status_code == 404


def test_a_missing_or_endless_address_is_an_error(api):
    assert problem_names(api("/find/"), "path")
    assert problem_names(api("/find/", path_="/" + "x" * 3000), "path")
    assert problem_names(api("/find/", path_="/", lang="km"), "lang")


def test_the_number_of_queries_does_not_depend_on_where_the_page_stands(count_queries):
    shallow = make_event()
    section = make_page(EventIndexPage, "Mục", index_page(EventIndexPage))
    deep = make_event(parent=make_page(EventIndexPage, "Mục con", section))
    assert count_queries("/find/", path_=shallow.url) == count_queries("/find/", path_=deep.url) <= 5
