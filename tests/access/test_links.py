"""A link opens one page to whoever holds it."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client, RequestFactory

from huunghi.events.models import EventIndexPage
from huunghi.partners.models import ShareLink, ShareOpening
from huunghi.partners.sharing import tokens
from huunghi.partners.sharing.links import find_link
from tests.factories import add_translation, index_page, make_event, make_page

from .conftest import lock, share
from .links import closed_event, is_closed, link_to, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(world):
    return closed_event(world, summary="Chỉ dành cho đối tác.", translations={"km": "កម្មវិធីបិទ"})


@pytest.fixture
def shared(world, event):
    return share(event, world.a, languages=["vi", "km"])


def test_a_link_opens_its_page_and_the_secret_leaves_the_address_bar(event):
    link, token = link_to(event)
    client = Client()
    exchange = client.get(f"/s/{token}")
    assert (exchange.status_code, exchange["Location"]) == (303, f"/s/v/{link.public_id}/")
    page = client.get(exchange["Location"], HTTP_ACCEPT_LANGUAGE="vi")
    assert page.status_code == 200
    assert event.title in page.content.decode()
    for response in (exchange, page):
        assert response["Cache-Control"] == "private, no-store"
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert token not in page.content.decode()


def test_the_public_address_stays_closed_and_so_does_every_other_page(event, world):
    other = closed_event(world, "Trang kín khác")
    client = Client()
    opened(client, link_to(event)[1])
    assert client.get(event.url).status_code == 404
    assert client.get(other.url).status_code == 404
    assert client.get(f"/id/{event.translation_key}/").status_code == 404


def test_a_link_opens_nothing_below_or_beside_its_page(event, world):
    section = make_page(EventIndexPage, "Mục kín", index_page(EventIndexPage), unit=world.own)
    lock(section, "partners")
    inside = make_event("Trong mục", parent=section, unit=world.own)
    link, token = link_to(section)
    page = Client().get(f"/s/{token}")
    assert is_closed(page)  # a section is not a record: links are for one page
    client = Client()
    assert inside.title in opened(client, link_to(inside)[1]).content.decode()
    assert client.get(section.url).status_code == 404
    link.revoke()


def test_each_language_of_the_link_has_an_address_and_no_other_language_has(event):
    add_translation(event, "en", "Closed programme")
    link, token = link_to(event, "vi", "km")
    client = Client()
    html = opened(client, token).content.decode()
    base = f"/s/v/{link.public_id}"
    assert f'href="{base}/km/"' in html
    assert f"{base}/en/" not in html
    khmer = client.get(f"{base}/km/")
    assert '<html lang="km"' in khmer.content.decode()
    assert "កម្មវិធីបិទ" in khmer.content.decode()
    assert is_closed(client.get(f"{base}/en/"))


def test_the_browsers_language_is_shown_first(event):
    client = Client()
    response = client.get(client.get(f"/s/{link_to(event)[1]}")["Location"], HTTP_ACCEPT_LANGUAGE="km")
    assert '<html lang="km"' in response.content.decode()


def test_the_page_names_no_public_address_of_its_own_and_nobody_elses_server(event):
    html = opened(Client(), link_to(event)[1]).content.decode()
    assert 'rel="canonical"' not in html
    assert "og:url" not in html
    assert 'rel="alternate"' not in html
    loaded = re.findall(r'(?:src|srcset|href)="((?:https?:)?//[^"]*)"', html)
    assert [address for address in loaded if "testserver" not in address] == []


def test_several_links_are_open_at_once(event, world):
    other = closed_event(world, "Trang kín khác")
    client = Client()
    first, one = link_to(event, "vi")
    second, two = link_to(other, "vi")
    opened(client, one)
    opened(client, two)
    for link, page in ((first, event), (second, other)):
        assert page.title in client.get(f"/s/v/{link.public_id}/").content.decode()


def test_the_cookie_is_for_these_addresses_only_and_dies_with_the_link(event):
    link, token = link_to(event)
    client = Client()
    client.get(f"/s/{token}")
    cookie = client.cookies[f"huunghi_link_{link.public_id.hex}"]
    assert cookie["path"] == "/s/"
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["secure"]
    assert 13 * 86400 < cookie["max-age"] <= 14 * 86400
    assert token[4:] not in cookie.value
    assert link.digest not in cookie.value
    safe = Client()
    safe.get(f"/s/{token}", secure=True)
    assert safe.cookies[cookie.key]["secure"]


def test_the_cookie_of_one_link_opens_no_other(event, world):
    link, token = link_to(event)
    other, _token = link_to(closed_event(world, "Trang kín khác"))
    client = Client()
    client.get(f"/s/{token}")
    value = client.cookies[f"huunghi_link_{link.public_id.hex}"].value
    client.cookies[f"huunghi_link_{other.public_id.hex}"] = value
    assert is_closed(client.get(f"/s/v/{other.public_id}/"))
    client.cookies[f"huunghi_link_{link.public_id.hex}"] = value.replace("inside", "inside ")
    assert is_closed(client.get(f"/s/v/{link.public_id}/"))


def test_a_chat_programs_look_at_the_address_uses_nothing_up(event):
    link, token = link_to(event, "vi", most_uses=1)
    for _ in range(5):
        program = Client(headers={"user-agent": "a chat program"})
        assert program.head(f"/s/{token}").status_code == 303
        assert event.title not in opened(program, token).content.decode()
    link.refresh_from_db()
    assert link.uses == 0
    person = Client()
    assert event.title not in opened(person, token).content.decode()
    page = person.post(f"/s/v/{link.public_id}/", follow=True)
    assert event.title in page.content.decode()
    link.refresh_from_db()
    assert link.uses == 1


def test_a_link_for_two_lets_two_in_and_they_read_on(event):
    link, token = link_to(event, "vi", most_uses=2)
    address = f"/s/v/{link.public_id}/"
    people = [Client(), Client(), Client()]
    for person in people:
        opened(person, token)
    statuses = [person.post(address).status_code for person in people]
    assert statuses == [303, 303, 404]
    for person in people[:2]:
        assert event.title in opened(person, token).content.decode()  # the address opened again is no new use
        person.post(address)  # nor is the button pressed twice
    link.refresh_from_db()
    assert link.uses == 2
    assert is_closed(Client().get(f"/s/{token}"))


def test_the_last_use_goes_to_one_of_two_who_press_at_once(event):
    link, _token = link_to(event, most_uses=1)
    same = ShareLink.objects.get(pk=link.pk)
    assert [link.take_use(), same.take_use()] == [True, False]


def test_a_password_is_asked_for_before_anything_is_shown(event):
    link, token = link_to(event, "vi", password="Sông Hậu 2026")
    client = Client()
    form = opened(client, token)
    assert form.status_code == 200
    assert event.title not in form.content.decode()
    assert 'name="robots" content="noindex' in form.content.decode()
    assert is_closed(client.get(f"/s/v/{link.public_id}/vi/"))
    wrong = client.post(f"/s/v/{link.public_id}/", {"password": "sông hậu 2026"})
    assert wrong.status_code == 403
    assert wrong["Cache-Control"] == "private, no-store"
    right = client.post(f"/s/v/{link.public_id}/", {"password": "Sông Hậu 2026"}, follow=True)
    assert event.title in right.content.decode()


def test_a_password_cannot_be_guessed_for_long(event):
    link, token = link_to(event, "vi", password="Sông Hậu 2026")
    client = Client()
    client.get(f"/s/{token}")
    address = f"/s/v/{link.public_id}/"
    statuses = [client.post(address, {"password": str(guess)}).status_code for guess in range(12)]
    assert statuses == [403] * 10 + [429] * 2
    assert client.post(address, {"password": "Sông Hậu 2026"}).status_code == 429


def test_a_changed_password_shuts_out_who_knew_the_old_one(event):
    link, token = link_to(event, "vi", password="cũ")
    client = Client()
    client.get(f"/s/{token}")
    client.post(f"/s/v/{link.public_id}/", {"password": "cũ"})
    assert client.get(f"/s/v/{link.public_id}/").status_code == 200
    link.set_password("mới")
    link.save()
    assert is_closed(client.get(f"/s/v/{link.public_id}/"))


def test_a_form_from_elsewhere_without_a_csrf_token_works_with_the_links_cookie_only(event):
    link, token = link_to(event, "vi", most_uses=5)
    strict = Client(enforce_csrf_checks=True)
    assert is_closed(strict.post(f"/s/v/{link.public_id}/", HTTP_ORIGIN="null"))
    strict.get(f"/s/{token}")
    # What a browser sends that was told "no-referrer".
    assert strict.post(f"/s/v/{link.public_id}/", HTTP_ORIGIN="null").status_code == 303


def test_the_next_request_after_a_revocation_finds_nothing(event):
    link, token = link_to(event)
    client = Client()
    assert opened(client, token).status_code == 200
    link.revoke()
    for path in ("", "vi/", "files/1"):
        assert is_closed(client.get(f"/s/v/{link.public_id}/{path}"))
    assert is_closed(client.get(f"/s/{token}"))


def test_a_link_outlives_a_change_of_the_secret_key_while_the_old_one_is_known(event, settings):
    link, token = link_to(event)
    client = Client()
    opened(client, token)
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new one", [old]
    assert client.get(f"/s/v/{link.public_id}/").status_code == 200
    assert Client().get(f"/s/{token}").status_code == 303
    settings.SECRET_KEY_FALLBACKS = []
    assert is_closed(client.get(f"/s/v/{link.public_id}/"))
    assert is_closed(Client().get(f"/s/{token}"))


def test_a_links_purpose_is_that_of_its_token(event):
    link, token = link_to(event)
    ShareLink.objects.filter(pk=link.pk).update(purpose="preview")
    assert find_link(token) is None


def test_an_opening_is_noted_once_a_visit(event, shared):
    link, token = link_to(event, "vi", share=shared)
    client = Client()
    client.head(f"/s/{token}")
    assert not ShareOpening.objects.exists()
    opened(client, token)
    opened(client, token)
    opening = ShareOpening.objects.get()
    assert (opening.share, opening.link, opening.user, opening.count, opening.language) == (shared, link, None, 1, "vi")
    earlier = opening.last_at - timedelta(minutes=6)
    ShareOpening.objects.update(last_at=earlier, first_at=earlier)
    opened(client, token)
    opening.refresh_from_db()
    assert opening.count == 2
    assert opening.first_at < opening.last_at


def test_no_session_is_made(event):
    client = Client()
    opened(client, link_to(event, password="x")[1])
    opened(client, link_to(event)[1])
    assert not Session.objects.exists()
    assert "sessionid" not in client.cookies


def test_forms_and_addresses_below_s_are_asked_of_the_database_a_bounded_number_of_times(
    event, django_assert_max_num_queries
):
    client = Client()
    link, token = link_to(event, "vi")
    opened(client, token)
    with django_assert_max_num_queries(45):
        client.get(f"/s/v/{link.public_id}/vi/")
    with django_assert_max_num_queries(6):
        Client().get(f"/s/{tokens.new_token(tokens.Purpose.VIEW)}")


def test_the_secret_is_in_no_column(event):
    _link, token = link_to(event, password="Sông Hậu 2026")
    opened(Client(), token)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM huunghi_partners_sharelink")
        kept = repr(cursor.fetchall())
    assert token[4:40] not in kept
    assert "Sông Hậu" not in kept


def test_the_own_proxies_are_counted_from_the_outside(event, settings):
    from huunghi.partners.throttle import address_block

    settings.HUUNGHI_PROXIES = 1
    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR="192.0.2.7, 203.0.113.9", REMOTE_ADDR="127.0.0.1")
    assert address_block(request) == "203.0.113.0/24"
