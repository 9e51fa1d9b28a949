"""Searches and events that are asked for again: quick while nothing changed, and never what nobody may read now."""

import pytest
from django.core.cache import cache

from huunghi.events.models import EventPage
from huunghi.search.cards import kept
from huunghi.search.feeding import feed_pending
from huunghi.search.models import Concept, ConceptTerm
from tests.factories import make_event, make_kind, publish

pytestmark = pytest.mark.django_db
AGAIN = 1  # queries of an answer that is given again


@pytest.fixture(autouse=True)
def archive(monkeypatch):
    monkeypatch.setattr(kept, "UNQUIET", 0)
    for number in range(3):
        make_event(f"Giải bóng chuyền {number}", translations={"km": f"បាល់ទះ {number}"})
    feed_pending()
    yield
    cache.clear()


@pytest.fixture
def asked(api):
    return lambda **parameters: api("/archive/", q="bóng chuyền", **parameters)


def titles(answer):
    return {item["title"] for item in answer.json()["items"]}


def test_a_question_that_was_answered_takes_one_query(asked, count_queries):
    first = asked()
    assert count_queries("/archive/", q="bóng chuyền") == AGAIN
    assert asked().content == first.content


def test_every_question_has_its_own_answer(asked, count_queries):
    asked()
    assert asked(lang="km").json()["lang"] == "km"
    assert len(asked(limit=1).json()["items"]) == 1
    assert count_queries("/archive/", q="bóng chuyền", limit=1) == AGAIN


def test_addresses_are_those_of_the_host_that_was_asked(asked, client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    asked()
    answer = client.get("/api/v1/archive/", {"q": "bóng chuyền"}, headers={"Host": "khac.example"}).json()
    assert all(item["url"].startswith("http://khac.example/") for item in answer["items"])


def test_a_change_is_seen_at_once_and_after_it_is_fed(asked, count_queries):
    before = titles(asked())
    make_event("Giải bóng chuyền mới")
    feed_pending()
    assert titles(asked()) == before | {"Giải bóng chuyền mới"}
    EventPage.objects.get(title="Giải bóng chuyền mới").unpublish()
    assert titles(asked()) == before  # while it waits to be fed
    feed_pending()
    assert titles(asked()) == before
    assert count_queries("/archive/", q="bóng chuyền") == AGAIN


def test_what_is_hidden_behind_the_archives_back_is_not_shown_again(asked):
    assert "Giải bóng chuyền 1" in titles(asked())
    EventPage.objects.filter(title="Giải bóng chuyền 1").update(live=False)
    assert "Giải bóng chuyền 1" not in titles(asked())


def test_a_new_term_of_the_glossary_is_searched_at_once(api, django_capture_on_commit_callbacks):
    make_event("Hội đèn thử")
    feed_pending()
    assert "hội đèn thử" not in api("/archive/", q="lantern fair", lang="en").json()["also_searched"]
    with django_capture_on_commit_callbacks(execute=True):
        concept = Concept.objects.create(code="of-the-test")
        for language, text in (("vi", "hội đèn thử"), ("en", "lantern fair")):
            ConceptTerm.objects.create(concept=concept, language=language, text=text)
    assert "hội đèn thử" in api("/archive/", q="lantern fair", lang="en").json()["also_searched"]


def test_answers_of_readers_who_are_somebody_are_not_kept(asked, api, admin_client, count_queries):
    make_event("Giải bóng chuyền kín", visibility="partners")
    feed_pending()
    answer = admin_client.get("/api/v1/archive/", {"q": "bóng chuyền"})
    assert "Giải bóng chuyền kín" in titles(answer)
    assert "Giải bóng chuyền kín" not in titles(asked())
    assert "Giải bóng chuyền kín" not in titles(asked())


def test_nothing_is_kept_shortly_after_a_change(asked, count_queries, monkeypatch):
    monkeypatch.setattr(kept, "UNQUIET", 1000)
    asked()
    assert count_queries("/archive/", q="bóng chuyền") > AGAIN


def test_no_more_is_kept_than_there_is_room_for(asked, count_queries, monkeypatch):
    asked()
    size = kept.kept_answers._size
    monkeypatch.setattr(kept, "MOST_BYTES", int(size * 2.5))
    for limit in (20, 21, 22, 23):
        asked(limit=limit)
    assert 0 < kept.kept_answers._size <= size * 2.5
    assert count_queries("/archive/", q="bóng chuyền", limit=23) == AGAIN


def event_path(title="Giải bóng chuyền 1"):
    return f"/events/{EventPage.objects.get(title=title).translation_key}/"


def test_an_event_that_was_read_takes_one_query(api, count_queries):
    first = api(event_path())
    assert count_queries(event_path()) == AGAIN
    again = api(event_path())
    assert (again.content, again["ETag"], again["Cache-Control"]) == (
        first.content,
        first["ETag"],
        first["Cache-Control"],
    )
    assert api(event_path(), lang="km").json()["lang"] == "km"


def test_an_event_has_the_addresses_of_the_host_that_was_asked(api, client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    api(event_path())
    answer = client.get(f"/api/v1{event_path()}", headers={"Host": "khac.example"}).json()
    assert answer["url"].startswith("http://khac.example/")


def test_a_change_of_an_event_is_read_at_once(api, count_queries):
    path = event_path()
    api(path)
    page = EventPage.objects.get(title="Giải bóng chuyền 1")
    page.title = "Giải khác"
    publish(page)
    assert api(path).json()["title"] == "Giải khác"  # while it waits to be fed
    feed_pending()
    assert api(path).json()["title"] == "Giải khác"
    assert count_queries(path) == AGAIN


def test_an_event_and_what_stands_beside_it_are_not_shown_again_when_they_are_hidden(api):
    kind = make_kind("tournament", vi="Giải đấu")
    for number in range(2):
        make_event(f"Cùng loại {number}", kind=kind, start=f"2019-04-1{number}")
    feed_pending()
    path = event_path("Cùng loại 0")
    assert [link["title"] for link in api(path).json()["related"]] == ["Cùng loại 1"]
    EventPage.objects.filter(title="Cùng loại 1").update(live=False)
    assert api(path).json()["related"] == []
    EventPage.objects.filter(title="Cùng loại 0").update(live=False)
    assert api(path).status_code == 404


def test_somebody_is_not_given_the_answer_for_everybody(api, admin_client, count_queries):
    path = event_path()
    api(path)
    assert "private" in admin_client.get(f"/api/v1{path}")["Cache-Control"]


def test_what_is_no_question_is_refused_again(api):
    for _ in range(2):
        assert api(event_path(), colour="red").status_code == 422


def test_an_answer_grows_old(asked, count_queries, monkeypatch):
    asked()
    monkeypatch.setattr(kept, "KEPT_FOR", -1)
    assert count_queries("/archive/", q="bóng chuyền") > AGAIN
