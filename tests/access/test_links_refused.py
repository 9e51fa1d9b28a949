"""Whatever opens nothing has one answer, and leaves no trace of the secret."""

import logging
from datetime import timedelta
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from huunghi.partners.models import Attempts, ShareLink
from huunghi.partners.sharing import tokens
from huunghi.sharing import door, guard

from .conftest import share
from .links import (
    answer_of,
    closed_event,
    is_closed,
    link_to,
    locales,
    nonsense,
    opened,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(world):
    return closed_event(world, summary="Chỉ dành cho đối tác.", translations={"km": "កម្មវិធីបិទ"})


@pytest.fixture
def shared(world, event):
    return share(event, world.a, languages=["vi", "km"])


# What is held out instead of the token of a live link.


def cut_short(token):
    return token[:-1]


def made_longer(token):
    return token + "0"


def lower_case(token):
    return token.lower()


def upper_case(token):
    return token.upper()


def swapped_case(token):
    return token.swapcase()


def of_a_preview(token):
    return "hhp" + token[3:]


def of_a_calendar(_token):
    return tokens.new_token(tokens.Purpose.CALENDAR)


def of_a_program(_token):
    return tokens.new_token(tokens.Purpose.KEY)


def without_prefix(token):
    return token[4:]


def with_nul(token):
    return token + "%00"


def with_nul_escaped_twice(token):
    return token + "%2500"


def with_khmer_digits(token):
    return quote(token[:10] + "១២៣" + token[13:])


def full_width(token):
    return quote("".join(chr(ord(letter) + 0xFEE0) if letter != "_" else letter for letter in token))


def with_a_space(token):
    return token + "%20"


def with_a_line_break(token):
    return token + "%0A"


def behind_a_line_break(token):
    return "%0A" + token


def escaped_twice(token):
    return "".join(f"%25{ord(letter):02X}" for letter in token)


def in_the_query(token):
    return f"?token={token}"


def behind_a_folder(token):
    return f"./x/{token}"


def with_a_slash(token):
    return f"{token}/"


def never_made(_token):
    return tokens.new_token(tokens.Purpose.VIEW)


# What becomes of a live link.


def expired(link, **_):
    ShareLink.objects.filter(pk=link.pk).update(expires_at=timezone.now())


def revoked(link, **_):
    link.revoke()


def used_up(link, **_):
    ShareLink.objects.filter(pk=link.pk).update(most_uses=1, uses=1)


def of_a_deleted_page(event, **_):
    for page in (*event.get_translations(), event):
        page.delete()


def of_an_unpublished_page(event, **_):
    for page in (*event.get_translations(), event):
        page.unpublish()


def of_a_page_that_expired(event, **_):
    type(event).objects.filter(translation_key=event.translation_key).update(expire_at=timezone.now())


def of_a_revoked_share(link, **_):
    link.share.revoke()


def of_a_share_that_ended(link, **_):
    type(link.share).objects.update(until=timezone.localdate() - timedelta(days=1))


def of_a_disabled_partner(world, **_):
    world.a.active = False
    world.a.save()


def without_a_language(link, **_):
    link.languages.set(locales("en"))


SPOILED_TOKENS = (
    cut_short, made_longer, lower_case, upper_case, swapped_case, of_a_preview, of_a_calendar, of_a_program,
    without_prefix, with_nul, with_nul_escaped_twice, with_khmer_digits, full_width, with_a_space, with_a_line_break,
    behind_a_line_break, escaped_twice, in_the_query, behind_a_folder, with_a_slash, never_made,
)  # fmt: skip
DEAD_LINKS = (
    expired, revoked, used_up, of_a_deleted_page, of_an_unpublished_page, of_a_page_that_expired, of_a_revoked_share,
    of_a_share_that_ended, of_a_disabled_partner, without_a_language,
)  # fmt: skip


def test_whatever_is_not_quite_the_token_has_one_answer(event):
    _link, token = link_to(event)
    wanted = answer_of(nonsense())
    assert wanted[0] == 404
    for spoiled in SPOILED_TOKENS:
        Attempts.objects.all().delete()
        assert answer_of(Client().get(f"/s/{spoiled(token)}")) == wanted, spoiled
    assert Client().get(f"/s/{token}").status_code == 303


@pytest.mark.parametrize("ended", DEAD_LINKS)
def test_a_link_that_has_ended_has_the_same_answer(ended, world, event, shared):
    link, token = link_to(event, "vi", "km", share=shared)
    inside = Client()
    assert inside.get(f"/s/{token}").status_code == 303
    ended(link=link, event=event, world=world)
    assert is_closed(Client().get(f"/s/{token}"))
    address = f"/s/v/{link.public_id}/"
    assert is_closed(inside.get(address)) == (ended is not used_up)  # whoever came in before it was used up reads on


def test_other_methods_have_the_same_answer(event):
    _link, token = link_to(event)
    for method in ("post", "put", "patch", "delete", "options"):
        assert is_closed(getattr(Client(), method)(f"/s/{token}")), method


def test_an_address_of_a_page_without_the_cookie_has_the_same_answer(event):
    link, _token = link_to(event)
    for path in ("", "vi/", "files/1", "files/99999999999999999999", "VI/", "x"):
        assert is_closed(Client().get(f"/s/v/{link.public_id}/{path}")), path
    assert is_closed(Client().get(f"/s/v/{uuid4()}/"))


def test_the_one_404_is_not_sent_on_to_an_address_in_a_language(client):
    response = client.get("/s/" + tokens.new_token(tokens.Purpose.VIEW), HTTP_ACCEPT_LANGUAGE="km")
    assert response.status_code == 404
    assert "Location" not in response


def test_a_reader_of_another_partner_who_is_signed_in_gets_the_same_404(world, event, shared):
    _link, token = link_to(event, "vi", share=shared)
    for name in ("partner_a", "editor_own", "editor_other", "superuser", "anonymous"):
        assert world.client(name).get(f"/s/{token}").status_code == 303, name
    assert is_closed(world.client("partner_b").get(f"/s/{token}"))
    opened_before = Client()
    opened(opened_before, token)
    opened_before.force_login(world.users["partner_b"])
    assert is_closed(opened_before.get(f"/s/v/{_link.public_id}/"))
    _unbound, free = link_to(event, "vi")
    assert world.client("partner_b").get(f"/s/{free}").status_code == 303


def test_two_hundred_guesses_have_one_answer_and_then_have_to_wait(event):
    _link, token = link_to(event)
    neighbour = {"REMOTE_ADDR": "203.0.113.9"}
    answers = [
        Client().get(f"/s/{tokens.new_token(tokens.Purpose.VIEW)}", REMOTE_ADDR=f"203.0.113.{number % 250}")
        for number in range(200)
    ]
    statuses = [response.status_code for response in answers]
    assert statuses == [404] * 20 + [429] * 180
    assert len({response.content for response in answers[:20]}) == 1
    assert len({response.content for response in answers[20:]}) == 1
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert answers[-1]["Cache-Control"] == "private, no-store"
    assert Client().get(f"/s/{token}", **neighbour).status_code == 429  # a right guess is not told from a wrong one
    assert Client().get(f"/s/{token}", REMOTE_ADDR="198.51.100.1").status_code == 303


def test_who_is_inside_reads_on_while_the_neighbours_guess(event):
    link, token = link_to(event)
    client = Client()
    opened(client, token)
    for _ in range(25):
        client.get("/s/khong-co-gi")
    assert client.get("/s/khong-co-gi").status_code == 429
    assert client.get(f"/s/v/{link.public_id}/").status_code == 200


def test_what_fails_tells_nothing_and_keeps_nothing(event, monkeypatch, caplog):
    _link, token = link_to(event)

    def fail(*_):
        raise RuntimeError(f"/s/{token}")

    monkeypatch.setattr(door, "find_link", fail)
    response = Client(raise_request_exception=False).get(f"/s/{token}")
    assert response.status_code == 500
    assert {name: response[name] for name in guard.HEADERS} == guard.HEADERS
    assert token not in response.content.decode()
    assert "RuntimeError" in caplog.text
    assert token not in caplog.text


def test_the_address_of_a_link_that_is_typed_wrongly_stands_in_no_log(caplog):
    secret = tokens.new_token(tokens.Purpose.VIEW)
    with caplog.at_level(logging.DEBUG):
        for spoiled in (secret, secret.swapcase(), full_width(secret), secret[4:], quote(secret, safe="").upper()):
            Client().get(f"/s/{spoiled}")
        logging.getLogger("some.server").warning('"GET %(path)s" %(status)s', {"path": f"/s/{secret}", "status": 200})
    assert "/s/hhv_…" in caplog.text
    assert secret[10:30].lower() not in caplog.text.lower()


def test_a_record_with_wrong_arguments_is_left_to_its_handler():
    record = logging.getLogger("careless").makeRecord("careless", 30, "", 1, "%s and %s", ("one",), None)
    assert (record.msg, record.args) == ("%s and %s", ("one",))
