"""What readers are answered who may not read, and what anybody may keep of an answer."""

import pytest
from django.urls import reverse
from wagtail.models import PageViewRestriction

from huunghi.events.models import EventIndexPage, EventPage, HomePage
from tests.factories import index_page, make_event, make_page

from .conftest import READERS, lock, rebuild_index, restrict, share

PRIVATE = "private, no-store"


@pytest.fixture
def section(world):
    return make_page(EventIndexPage, "Mục", index_page(EventIndexPage), unit=world.own)


def answer_to(world, name, address):
    return world.client(name).get(address)


def comparable(answer):
    headers = {name: value for name, value in answer.items() if name not in ("Content-Length", "X-Request-ID")}
    return answer.status_code, answer.content, headers


@pytest.mark.parametrize("name", ["anonymous", "partner_b", "editor_other"])
def test_a_page_for_partners_answers_outsiders_like_an_address_that_never_was(world, name):
    event = make_event("CANARY", unit=world.own, visibility="partners")
    share(event, world.a)
    hidden = answer_to(world, name, event.url)
    assert hidden.status_code == 404
    assert "no-store" in hidden["Cache-Control"]
    assert comparable(hidden) == comparable(answer_to(world, name, event.url.replace(event.slug, "never-was")))


def test_it_does_so_whatever_restriction_stands_before_it_as_well(world, section):
    event = make_event(unit=world.own, visibility="partners", parent=section)
    restrict(event, PageViewRestriction.PASSWORD, password="word")
    restrict(section, PageViewRestriction.LOGIN)
    never = event.url.replace(event.slug, "never-was")
    for name in ("anonymous", "partner_a", "editor_other"):
        assert comparable(answer_to(world, name, event.url)) == comparable(answer_to(world, name, never))


@pytest.mark.parametrize("name", ["anonymous", "partner_b", "editor_other"])
def test_machines_are_answered_alike_for_a_hidden_id_and_one_that_never_was(world, name):
    event = make_event("CANARY", unit=world.own, visibility="partners")
    key = str(event.translation_key)
    never = key[:-4] + ("0000" if not key.endswith("0000") else "1111")
    for address in ("/api/v1/events/{}/", "/api/v1/events/{}.ics", "/id/{}/"):
        hidden, nothing = (answer_to(world, name, address.format(id_)) for id_ in (key, never))
        assert hidden.status_code == 404
        assert "no-store" in hidden["Cache-Control"]
        assert comparable(hidden) == comparable(nothing)


@pytest.mark.parametrize("closed_by", ["page", "section", "restriction"])
def test_what_is_for_signed_in_readers_sends_others_to_sign_in(world, section, closed_by):
    event = make_event("CANARY", unit=world.own, parent=section)
    if closed_by == "page":
        EventPage.objects.filter(pk=event.pk).update(visibility="signed-in")
    elif closed_by == "section":
        lock(section, "signed-in")
    else:
        restrict(section, PageViewRestriction.LOGIN)
    challenge = answer_to(world, "anonymous", event.url)
    assert (challenge.status_code, challenge["Location"]) == (302, f"{reverse('wagtailcore_login')}?next={event.url}")
    assert PRIVATE in challenge["Cache-Control"]
    assert challenge["X-Robots-Tag"] == "noindex"
    for name in READERS[1:]:
        assert "CANARY" in answer_to(world, name, event.url).content.decode()
    for address in (f"/api/v1/events/{event.translation_key}/", f"/id/{event.translation_key}/"):
        assert answer_to(world, "anonymous", address).status_code == 404


def test_a_group_restriction_is_not_named_to_outsiders(world):
    event = make_event(unit=world.own)
    restrict(event, PageViewRestriction.GROUPS, world.a.readers)
    assert {name: answer_to(world, name, event.url).status_code for name in READERS} == {
        "anonymous": 404,
        "partner_a": 200,
        "partner_b": 404,
        "editor_own": 404,
        "editor_other": 404,
        "superuser": 200,
    }


def test_behind_a_password_there_is_a_form_for_everybody(world):
    event = make_event("CANARY", summary="KANARI", unit=world.own)
    restrict(event, PageViewRestriction.PASSWORD, password="word")
    for name in READERS:
        form = answer_to(world, name, event.url)
        text = form.content.decode()
        assert form.status_code == 200
        assert 'type="password"' in text
        assert "CANARY" not in text
        assert "KANARI" not in text
        assert PRIVATE in form["Cache-Control"]
        assert form["X-Robots-Tag"] == "noindex"
        for address in ("/api/v1/events/{}/", "/api/v1/events/{}.ics", "/id/{}/"):
            assert answer_to(world, name, address.format(event.translation_key)).status_code == 404


def test_a_passed_password_opens_the_page_and_no_machine_surface(world, section, client):
    event = make_event("CANARY", unit=world.own, parent=section)
    restriction = restrict(section, PageViewRestriction.PASSWORD, password="word")
    form = reverse("wagtailcore_authenticate_with_password", args=[restriction.pk, event.pk])
    client.post(form, {"password": "word", "return_url": event.url})
    page = client.get(event.url)
    assert "CANARY" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert "CANARY" in client.get(section.url).content.decode()
    assert "CANARY" not in client.get("/api/v1/events/").content.decode()
    assert client.get(f"/api/v1/events/{event.translation_key}/").status_code == 404


def test_the_front_page_can_be_locked_and_then_names_itself_nowhere(world, client):
    home = HomePage.objects.get(locale__language_code="vi")
    HomePage.objects.filter(pk=home.pk).update(title="CANARY", draft_title="CANARY")
    restrict(home, PageViewRestriction.LOGIN)
    assert client.get(home.url).status_code == 302
    assert "CANARY" not in client.get("/vi/search/").content.decode()


ADDRESSES = (
    "{page}",
    "{list}",
    "/vi/",
    "/vi/search/",
    "/id/{key}/",
    "/api/v1/events/",
    "/api/v1/events/{key}/",
    "/api/v1/events/{key}.ics",
    "/api/v1/calendar.ics",
    "/api/v1/partners/",
    "/api/v1/archive/",
    "/api/v1/archive/suggest/?q=a",
)


def test_an_answer_made_for_a_signed_in_reader_is_kept_by_nobody(world):
    event = make_event(unit=world.own)
    rebuild_index()
    for address in ADDRESSES:
        address = address.format(page=event.url, list=index_page(EventIndexPage).url, key=event.translation_key)
        for name in ("partner_a", "editor_own", "superuser"):
            answer = answer_to(world, name, address)
            assert answer.status_code in (200, 302), (name, address)
            assert PRIVATE in answer["Cache-Control"], (name, address)
            assert "Cookie" in answer["Vary"], (name, address)
        public = answer_to(world, "anonymous", address)
        assert "no-store" not in public.get("Cache-Control", ""), address
        assert ("Cookie" in public["Vary"]) is not address.startswith("/api/"), address


def test_a_draft_is_not_at_its_address_for_its_editors_either_but_in_the_preview(world):
    event = make_event("CANARY", unit=world.own, live=False)
    address = f"/vi/su-kien/{event.slug}/"
    for name in READERS:
        assert answer_to(world, name, address).status_code == 404
    preview = event.make_preview_request()
    assert "CANARY" in preview.render().content.decode()


def test_a_section_that_is_a_draft_can_be_previewed(world):
    section = make_page(EventIndexPage, "CANARY", index_page(EventIndexPage), live=False)
    assert "CANARY" in section.make_preview_request().content.decode()


def test_serving_a_page_past_the_hook_asks_as_well(world, rf):
    from django.contrib.auth.models import AnonymousUser
    from django.http import Http404

    event = make_event(unit=world.own, visibility="partners")
    request = rf.get(event.url)
    request.user = AnonymousUser()
    with pytest.raises(Http404):
        event.serve(request)
