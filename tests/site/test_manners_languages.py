"""Whether an answer says that it depends on the languages a browser likes, and which language it names."""

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path

from huunghi.search.feeding import feed_pending
from tests.factories import make_event

LIKED = ("en-GB,en;q=0.9", "km", "vi", "")


@pytest.fixture
def event(db):
    event = make_event("Giao lưu hữu nghị")
    feed_pending()
    return event


def asked(address, liked):
    return Client().get(address, headers={"Accept-Language": liked} if liked else {})


ANSWERS = (
    "/api/v1/events/",
    "/api/v1/events/?lang=km",
    "/api/v1/events/{id}/?lang=en",
    "/api/v1/archive/?q=giao+luu&lang=en",
    "/api/v1/archive/suggest/?q=giao",
    "/api/v1/statistics/?group_by=kind",
    "/api/v1/calendar.ics?lang=en",
    "/api/v1/events/?from=2019-02-31",
    "/api/v1/events/?year=x&lang=km",
    "/api/v1/nothing/",
    "/api/v1/openapi.json",
    "/rss/vi/",
    "/sitemap.xml",
    "/oai?verb=Identify",
)


@pytest.mark.parametrize("address", ANSWERS)
def test_what_machines_read_is_the_same_whatever_language_they_like_and_says_so(event, address):
    address = address.format(id=event.translation_key)
    answers = [asked(address, liked) for liked in LIKED]
    assert len({stable(answer) for answer in answers}) == 1
    for answer in answers:
        assert "Accept-Language" not in answer.get("Vary", "")


def stable(answer):
    """The content without the moment at which an OAI-PMH answer was made."""
    return answer.status_code, b"".join(part for part in answer.content.split(b"\n") if b"responseDate" not in part)


@pytest.mark.parametrize("address", ["/api/v1/events/", "/api/v1/events/{id}/?lang=km", "/api/v1/archive/?lang=en"])
def test_an_answer_with_texts_that_name_their_language_names_none_of_its_own(event, address):
    assert "Content-Language" not in asked(address.format(id=event.translation_key), "km")


@pytest.mark.parametrize("address", ["/api/v1/calendar.ics", "/api/v1/events/export.csv"])
def test_a_file_in_the_language_that_was_asked_for_names_it(event, address):
    assert asked(f"{address}?lang=en", "vi")["Content-Language"] == "en"


def in_the_readers_language(request):
    return HttpResponse(request.LANGUAGE_CODE)


urlpatterns = [path("hello/", in_the_readers_language)]


@override_settings(ROOT_URLCONF=__name__)
def test_other_answers_vary_as_django_says():
    answer = asked("/hello/", "km")
    assert (answer.content, answer["Content-Language"]) == (b"km", "km")
    assert "Accept-Language" in answer["Vary"]
