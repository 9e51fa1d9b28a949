"""The form in which a partner confirms an event without an account, and what hostile hands can do with it."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from huunghi.events.confirming import answering
from huunghi.events.confirming.asking import ask
from huunghi.events.models import Confirmation, EventPage
from huunghi.partners.models import Attempts, Share
from huunghi.partners.throttle import Limit
from huunghi.sharing import confirming
from tests.events.confirming import (
    KHMER_HALL,
    KHMER_TITLE,
    WITHHELD,
    address_of,
    answer,
    asked,
    by_key,
    form_of,
    link_to,
    make_programme,
    partner_client,
)

from .conftest import share

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(world):
    return make_programme(world.own, partner=world.a, visibility="partners")


@pytest.fixture
def confirmation(event):
    confirmation, confirmation_token = asked(event)
    confirmation.token = confirmation_token
    return confirmation


@pytest.fixture
def client(confirmation):
    return partner_client(confirmation.token)


def now(confirmation):
    return Confirmation.objects.get(pk=confirmation.pk)


def answers(confirmation):
    return {(row.answer, row.proposal) for row in confirmation.fields.all()}


def nothing_sent(confirmation):
    return now(confirmation).answered_at is None and answers(confirmation) == {("", "")}


def no_such_address():
    Attempts.objects.all().delete()
    answer = Client().get("/s/khong-co-gi")
    return answer.status_code, answer.content


def test_the_form_shows_the_snapshot_in_khmer_and_needs_no_script(confirmation, client):
    response = client.get(address_of(confirmation))
    html = response.content.decode()
    assert response.status_code == 200
    assert '<html lang="km"' in html
    assert "<script" not in html
    for text in (KHMER_TITLE, KHMER_HALL, "2.063", "12/04/2024"):
        assert text in html
    assert confirmation.token not in html
    assert html.count("<fieldset") == confirmation.fields.count()


def test_every_answer_is_kept_by_nobody_and_sends_no_address_on(confirmation, client):
    for response in (client.get(address_of(confirmation)), client.post(address_of(confirmation), {})):
        assert response["Cache-Control"] == "private, no-store"
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["X-Robots-Tag"] == "noindex, nofollow, noarchive"


def test_the_page_of_the_link_leads_to_the_form(confirmation, client):
    page = client.get(f"/s/v/{confirmation.link.public_id}/").content.decode()
    assert f'href="{address_of(confirmation)}"' in page


def test_one_button_confirms_everything(confirmation, client):
    response = answer(client, confirmation, all="1", function="Trưởng phòng")
    assert (response.status_code, response["Location"]) == (303, address_of(confirmation))
    stored = now(confirmation)
    assert (stored.state, stored.answered_by, stored.answered_as) == ("answered", "Chan Dara", "Trưởng phòng")
    assert answers(stored) == {("correct", "")}


def test_a_proposal_is_stored_as_a_machine_value_and_shown_again(confirmation, client):
    proposals = {"figures.quantity": "2.064", "start": "11/4/2024", "venues.name": " សាល  ធំ ", "title": KHMER_TITLE}
    assert answer(client, confirmation, proposals, remark="Một dòng\r\nhai dòng").status_code == 303
    fields = by_key(now(confirmation))
    found = {key: fields[key].proposal for key in proposals}
    assert found == {"figures.quantity": "2064", "start": "2024-04-11", "venues.name": "សាល ធំ", "title": ""}
    assert now(confirmation).remark == "Một dòng\nhai dòng"
    html = client.get(address_of(confirmation)).content.decode()
    assert 'value="2.064"' in html
    assert 'value="11/04/2024"' in html


def test_whoever_types_a_value_and_forgets_the_choice_proposes_it(confirmation, client):
    position = by_key(confirmation)["stated_venues"].position
    sent = {f"answer-{position}": "correct", f"value-{position}": "4"}
    assert answer(client, confirmation, **sent).status_code == 303
    assert by_key(now(confirmation))["stated_venues"].proposal == "4"


def test_nothing_on_the_page_changes_by_an_answer(confirmation, client, event):
    answer(client, confirmation, {"stated_venues": "4", "title": "ថ្មី"})
    for page in EventPage.objects.filter(translation_key=event.translation_key):
        assert (page.stated_venues, page.has_unpublished_changes) == (3, False)
        assert page.title != "ថ្មី"


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("start", "31/02/2024"),
        ("start", "15/04/2024"),
        ("end", "05/2024"),
        ("stated_venues", "ba"),
        ("stated_venues", "1,5"),
        ("title", ""),
        ("title", "x" * 100_000),
        ("title", "a\0b"),
        ("title", "\u202eevil"),
        ("venues.name", "a\x1bb"),
    ],
)
def test_a_wrong_value_is_refused_beside_its_field_and_nothing_is_stored(confirmation, client, key, typed):
    response = answer(client, confirmation, {key: typed, "figures.quantity": "99"})
    assert response.status_code == 422
    html = response.content.decode()
    assert f'id="value-{by_key(confirmation)[key].position}-error"' in html
    assert f'href="#value-{by_key(confirmation)[key].position}"' in html
    assert 'value="99"' in html  # what was typed elsewhere is still there
    assert len(html) < 100_000
    assert nothing_sent(confirmation)


@pytest.mark.parametrize(
    "inputs", [{"by": ""}, {"by": "x" * 161}, {"by": "a\0"}, {"remark": "x" * 2001}, {"function": "\u2067x"}]
)
def test_who_answers_has_to_be_said_in_signs_that_can_be_shown(confirmation, client, inputs):
    assert answer(client, confirmation, **inputs).status_code == 422
    assert nothing_sent(confirmation)


def test_markup_is_text(confirmation, client):
    evil = "<script>alert(1)</script>"
    assert answer(client, confirmation, {"title": evil}, remark=evil, by='"><b>').status_code == 303
    assert by_key(now(confirmation))["title"].proposal == evil
    html = client.get(address_of(confirmation)).content.decode()
    assert "<script>" not in html
    assert '"><b>' not in html


def test_everything_is_right_beside_a_proposal_is_asked_back(confirmation, client):
    assert answer(client, confirmation, {"stated_venues": "4"}, all="1").status_code == 422
    assert nothing_sent(confirmation)


def test_inputs_of_other_names_are_nobodys(confirmation, client):
    other = {"value-99999": "x", "answer-99999": "proposed", "value-0": "x", "closed_at": "2020-01-01", "shown": "1"}
    other |= {"decision-1": "accepted", "value--1": "x", f"value-{confirmation.fields.first().pk + 5000}": "x"}
    assert answer(client, confirmation, **other).status_code == 303
    stored = now(confirmation)
    assert (answers(stored), stored.shown, stored.closed_at) == ({("correct", "")}, False, None)


def test_the_fields_of_another_round_are_out_of_reach(confirmation, client, event):
    other, _token = asked(event, language="vi")
    answer(client, confirmation, {"stated_venues": "4"})
    assert nothing_sent(other)


@pytest.mark.parametrize("token", ["", "nonsense", "a:b:c", "\0", "x" * 5000])
def test_a_form_without_its_token_is_shown_again_and_not_stored(confirmation, client, token):
    response = answer(client, confirmation, {"stated_venues": "4"}, token=token)
    assert response.status_code == 403
    assert 'name="token"' in response.content.decode()
    assert nothing_sent(confirmation)


def test_the_token_of_another_round_or_link_is_none(confirmation, client, event):
    other, other_token = asked(event)
    theirs = form_of(partner_client(other_token), other)
    assert answer(client, confirmation, **theirs).status_code == 403
    again = ask(confirmation.link, "km", confirmation.until)
    old = form_of(client, confirmation) | {"token": answering.form_token(confirmation)}
    assert client.post(address_of(again), {**old, "by": "Chan"}).status_code == 403
    assert nothing_sent(again)


def test_a_form_that_is_sent_twice_is_stored_once(confirmation, client):
    form = {**form_of(client, confirmation), "by": "Chan Dara"}
    position = by_key(confirmation)["stated_venues"].position
    first = {**form, f"answer-{position}": "proposed", f"value-{position}": "4"}
    assert client.post(address_of(confirmation), first).status_code == 303
    again = client.post(address_of(confirmation), {**first, f"value-{position}": "5"})
    assert again.status_code == 303
    stored = now(confirmation)
    assert (stored.edition, by_key(stored)["stated_venues"].proposal) == (1, "4")


def test_of_two_windows_the_second_is_told_and_not_stored(confirmation, client):
    one, two = form_of(client, confirmation), form_of(client, confirmation)
    assert answer(client, confirmation, {"stated_venues": "4"}, **one).status_code == 303
    assert answer(client, confirmation, {"stated_venues": "5"}, **two).status_code == 409
    assert by_key(now(confirmation))["stated_venues"].proposal == "4"


def test_an_answer_can_be_corrected_until_the_editors_begin(confirmation, client):
    answer(client, confirmation, {"stated_venues": "4"})
    assert answer(client, confirmation, {"stated_venues": "5"}).status_code == 303
    assert by_key(now(confirmation))["stated_venues"].proposal == "5"
    assert answer(client, confirmation).status_code == 303
    assert answers(now(confirmation)) == {("correct", "")}
    form = form_of(client, confirmation)
    Confirmation.objects.update(begun_at=timezone.now())
    assert answer(client, confirmation, {"stated_venues": "6"}, **form).status_code == 409
    assert form_of(client, confirmation) == {}
    assert answers(now(confirmation)) == {("correct", "")}


def test_after_the_last_day_it_takes_nothing(confirmation, client):
    form = form_of(client, confirmation)
    Confirmation.objects.update(until=timezone.localdate() - timedelta(days=1))
    assert answer(client, confirmation, **form).status_code == 409
    assert nothing_sent(confirmation)
    assert client.get(address_of(confirmation)).status_code == 200


def test_a_round_takes_so_many_answers_and_no_more(confirmation, client):
    Confirmation.objects.update(edition=answering.MOST_EDITIONS)
    assert form_of(client, confirmation) == {}
    assert client.post(address_of(confirmation), {"by": "Chan"}).status_code == 409


@pytest.mark.parametrize("ending", ["revoked", "expired", "unpublished", "partner", "share", "withdrawn"])
def test_what_ends_between_opening_and_sending_answers_like_nothing_at_all(world, event, ending):
    given = share(event, world.a)
    confirmation, token = asked(event, given)
    client = partner_client(token)
    data = {**form_of(client, confirmation), "by": "Chan Dara"}
    link = confirmation.link
    if ending == "revoked":
        link.revoke()
    elif ending == "expired":
        type(link).objects.filter(pk=link.pk).update(expires_at=timezone.now())
    elif ending == "unpublished":
        for page in EventPage.objects.filter(translation_key=event.translation_key):
            page.unpublish()
    elif ending == "partner":
        world.a.active = False
        world.a.save()
    elif ending == "share":
        Share.objects.get(pk=given.pk).revoke()
    else:
        Confirmation.objects.update(withdrawn_at=timezone.now())
    response = client.post(address_of(confirmation), data)
    assert (response.status_code, response.content) == no_such_address()
    assert nothing_sent(confirmation)


def test_without_the_links_cookie_there_is_nothing(confirmation, event, client):
    stranger = Client()
    other_link, other_token = link_to(event)
    for who in (stranger, partner_client(other_token)):
        for response in (who.get(address_of(confirmation)), who.post(address_of(confirmation), {"by": "x"})):
            assert (response.status_code, response.content) == no_such_address()
    # A link through which nobody was asked has no form either.
    mine = partner_client(other_token)
    response = mine.get(f"/s/v/{other_link.public_id}/confirm/")
    assert (response.status_code, response.content) == no_such_address()


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
def test_other_methods_find_nothing(confirmation, client, method):
    assert getattr(client, method)(address_of(confirmation)).status_code == 404


def test_a_form_of_another_site_comes_without_the_cookie(confirmation, client):
    assert {cookie["samesite"] for cookie in client.cookies.values()} == {"Lax"}
    assert {cookie["path"] for cookie in client.cookies.values()} == {"/s/"}


def test_it_works_for_a_browser_that_checks_forged_requests_strictly(confirmation):
    client = Client(enforce_csrf_checks=True)
    client.get(f"/s/{confirmation.token}")
    assert answer(client, confirmation).status_code == 303


def test_too_much_at_once_is_refused(confirmation, client, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
    form = form_of(client, confirmation)
    large = urlencode({**form, "by": "x", "remark": "y" * (confirming.MOST_BYTES + 1)})
    response = client.post(address_of(confirmation), large, "application/x-www-form-urlencoded")
    assert response.status_code == 413
    many = urlencode({**form, "by": "x", **{f"n{number}": "" for number in range(1500)}})
    assert client.post(address_of(confirmation), many, "application/x-www-form-urlencoded").status_code == 413
    assert nothing_sent(confirmation)


@pytest.mark.parametrize("limit", ["OF_ONE_LINK", "OF_ONE_BLOCK"])
def test_whoever_sends_too_often_has_to_wait(confirmation, client, monkeypatch, limit):
    monkeypatch.setattr(confirming, limit, Limit(limit, most=2, seconds=3600))
    for _time in range(2):
        client.post(address_of(confirmation), {})
    response = answer(client, confirmation)
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 3600
    assert nothing_sent(confirmation)


def test_what_is_withheld_is_nowhere_in_the_form(world, event):
    given = share(event, world.a, withheld=[event.venues.get(name=WITHHELD)])
    confirmation, token = asked(event, given, language="vi")
    html = partner_client(token).get(address_of(confirmation)).content.decode()
    assert "Nhà thi đấu" in html
    assert WITHHELD not in html
    assert "77" not in [line.strip() for line in html.replace("<", "\n").replace(">", "\n").splitlines()]


def test_the_partner_reads_what_became_of_its_answer(confirmation, client):
    answer(client, confirmation, {"stated_venues": "4"})
    moment = timezone.now()
    confirmation.fields.filter(key="stated_venues").update(decision="refused", reason="Biên bản ghi 3")
    html = client.get(address_of(confirmation)).content.decode()
    assert "Biên bản ghi 3" not in html
    Confirmation.objects.update(begun_at=moment, closed_at=moment)
    html = client.get(address_of(confirmation)).content.decode()
    assert "Biên bản ghi 3" in html
    assert "<form" not in html
