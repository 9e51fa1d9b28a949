"""JSON for programs of partners: what a key opens, and what it does not."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from huunghi.events.models import EventPartnerSide, EventPhoto, Venue
from huunghi.partners.models import PartnerKey
from huunghi.partners.sharing.keys import key_of, new_key
from huunghi.partners.sharing.tokens import Purpose, new_token
from tests.factories import make_event, make_image

from .conftest import make_user, rebuild_index, share

pytestmark = pytest.mark.django_db
SHARED = "/api/v1/shared/"
SECRET = "Kimtước"
ADDRESSES = ("", "events/", "archive/", "calendar.ics")


def later(days=30):
    return timezone.now() + timedelta(days=days)


@pytest.fixture
def takeo(world):
    """A key of Takeo, and an event shared with Takeo less a venue and a photo."""
    rows = {
        "venues": [Venue(name="Nhà văn hoá"), Venue(name=SECRET)],
        "photos": [EventPhoto(image=make_image(), caption=SECRET), EventPhoto(image=make_image(), caption="Cổng chào")],
        "partner_sides": [EventPartnerSide(partner=world.a)],
    }
    event = make_event("Chương trình Hoàng Anh", unit=world.own, visibility="partners", rows=rows)
    held = [event.venues.get(name=SECRET), event.photos.get(caption=SECRET)]
    given = share(event, world.a, withheld=held)
    key, token = new_key(world.a, "Máy chủ", later())
    return SimpleNamespace(event=event, share=given, key=key, token=token)


def ask(path, token, client=None, method="get", **parameters):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return getattr(client or Client(), method)(SHARED + path, parameters, headers=headers)


def test_a_key_says_whose_it_is_and_until_when(takeo):
    answer = ask("", takeo.token)
    assert answer.status_code == 200
    assert answer.json()["partner"]["code"] == "KH-21"
    assert answer.json()["key"] == "Máy chủ"
    assert answer.json()["expires"] == takeo.key.expires_at.isoformat(timespec="seconds")


def test_a_key_lists_exactly_what_is_shared(takeo, world):
    make_event("Công khai", unit=world.own)
    make_event("Cho người đăng nhập", unit=world.own, visibility="signed-in")
    make_event("Việc riêng", unit=world.own, visibility="partners")
    share(make_event("Của Kandal", unit=world.own, visibility="partners"), world.b)
    items = ask("events/", takeo.token).json()["items"]
    assert [item["title"] for item in items] == ["Chương trình Hoàng Anh"]
    assert [partner["code"] for partner in items[0]["partners"]] == ["KH-21"]


def test_what_is_withheld_is_in_no_answer(takeo):
    rebuild_index()
    detail = ask(f"events/{takeo.event.translation_key}/", takeo.token)
    assert [venue["name"] for venue in detail.json()["venues"]] == ["Nhà văn hoá"]
    assert [photo["caption"] for photo in detail.json()["photos"]] == ["Cổng chào"]
    found = ask("archive/", takeo.token, q=SECRET)
    assert found.json()["count"] == 0
    assert found.json()["items"] == []
    calendar = ask("calendar.ics", takeo.token)
    assert "Nhà văn hoá" in calendar.content.decode().replace("\r\n ", "")
    for answer in (detail, ask("archive/", takeo.token), ask("events/", takeo.token), calendar):
        assert answer.status_code == 200
        assert SECRET not in answer.content.decode().replace("\r\n ", "")


def test_the_search_counts_only_what_is_shared(takeo, world):
    make_event("Hoàng Anh công khai", unit=world.own)
    share(make_event("Hoàng Anh của Kandal", unit=world.own, visibility="partners"), world.b)
    rebuild_index()
    found = ask("archive/", takeo.token, q="Hoàng Anh").json()
    assert found["count"] == 1
    assert [item["title"] for item in found["items"]] == ["Chương trình Hoàng Anh"]
    assert {value["value"]: value["count"] for value in found["facets"]["partner"]} == {"KH-21": 1}


def test_the_events_of_others_are_not_found(takeo, world):
    of_kandal = make_event("Của Kandal", unit=world.own, visibility="partners")
    share(of_kandal, world.b)
    public = make_event("Công khai", unit=world.own)
    nonsense = "12345678-1234-5678-1234-567812345678"
    bodies = set()
    for key in (of_kandal.translation_key, public.translation_key, nonsense):
        answer = ask(f"events/{key}/", takeo.token)
        assert answer.status_code == 404
        bodies.add(answer.content)
    assert len(bodies) == 1


def test_filters_and_languages_work_as_in_the_public_api(takeo):
    assert ask("events/", takeo.token, year=2019).json()["items"]
    assert ask("events/", takeo.token, year=2018).json()["items"] == []
    assert ask("events/", takeo.token, nonsense=1).status_code == 422
    assert ask("", takeo.token, nonsense=1).status_code == 422


def expire(takeo, world):
    PartnerKey.objects.update(expires_at=timezone.now())


def revoke(takeo, world):
    takeo.key.revoke()


def close(takeo, world):
    world.a.active = False
    world.a.save()


@pytest.mark.parametrize("ending", [expire, revoke, close])
@pytest.mark.parametrize("path", ADDRESSES)
def test_a_key_that_has_ended_is_like_one_that_never_was(takeo, world, ending, path):
    assert ask(path, takeo.token).status_code in (200, 503)
    ending(takeo, world)
    answers = [ask(path, token) for token in (takeo.token, new_token(Purpose.KEY), "hhk_x", "")]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    for answer in answers:
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_other_schemes_and_other_places_of_the_key_open_nothing(takeo, world):
    for header in (f"Token {takeo.token}", f"Basic {takeo.token}", takeo.token, "Bearer", ""):
        assert Client().get(f"{SHARED}events/", headers={"Authorization": header}).status_code == 401
    assert Client().get(f"{SHARED}events/", {"key": takeo.token}).status_code == 401
    assert ask("events/", new_token(Purpose.CALENDAR)).status_code == 401


def test_a_session_opens_nothing_without_a_key(takeo, world):
    for name in ("partner_a", "superuser"):
        assert ask("events/", "", client=world.client(name)).status_code == 401


def test_a_session_changes_nothing_of_what_a_key_opens(takeo, world):
    make_event("Việc riêng", unit=world.own, visibility="partners")
    items = ask("events/", takeo.token, client=world.client("superuser")).json()["items"]
    assert [item["title"] for item in items] == ["Chương trình Hoàng Anh"]


def test_a_key_also_opens_what_is_shared_at_the_addresses_for_everybody(takeo, world):
    make_event("Công khai", unit=world.own)
    headers = {"Authorization": f"Bearer {takeo.token}"}
    listed = Client().get("/api/v1/events/", headers=headers)
    assert {item["title"] for item in listed.json()["items"]} == {"Chương trình Hoàng Anh", "Công khai"}
    assert listed.headers["Cache-Control"] == "private, no-store"
    detail = Client().get(f"/api/v1/events/{takeo.event.translation_key}/", headers=headers)
    assert SECRET not in detail.content.decode()
    assert [venue["name"] for venue in detail.json()["venues"]] == ["Nhà văn hoá"]


def test_a_key_never_counts_outside_of_the_api(takeo):
    headers = {"Authorization": f"Bearer {takeo.token}"}
    assert Client().get(takeo.event.url, headers=headers).status_code == 404
    assert Client().get("/vi/cong-doi-tac/", headers=headers).status_code == 302


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", ADDRESSES)
def test_nothing_can_be_written(takeo, method, path):
    answer = ask(path, takeo.token, method=method)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET"


def test_answers_are_private_and_set_no_cookie(takeo):
    for path in ("", "events/", "calendar.ics"):
        answer = ask(path, takeo.token)
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert not answer.cookies


def test_guessing_keys_is_slowed_down_and_a_right_one_is_not(takeo):
    statuses = [ask("events/", new_token(Purpose.KEY)).status_code for _ in range(21)]
    assert statuses == [401] * 20 + [429]
    refused = ask("events/", "nonsense")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert ask("events/", takeo.token).status_code == 200
    assert Client(REMOTE_ADDR="198.51.100.7").get(SHARED).status_code == 401


def test_a_revoked_share_is_gone_at_the_next_request(takeo):
    takeo.share.revoke()
    assert ask("events/", takeo.token).json()["items"] == []
    assert ask(f"events/{takeo.event.translation_key}/", takeo.token).status_code == 404


def test_only_a_digest_is_kept_and_an_older_secret_key_still_opens_it(takeo, settings):
    assert takeo.token not in str(PartnerKey.objects.values().get())
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert key_of(takeo.token) == takeo.key
    settings.SECRET_KEY_FALLBACKS = []
    assert key_of(takeo.token) is None


def test_the_last_use_is_written_every_few_minutes(takeo):
    ask("", takeo.token)
    first = PartnerKey.objects.get().last_used_at
    assert first
    ask("", takeo.token)
    assert PartnerKey.objects.get().last_used_at == first
    PartnerKey.objects.update(last_used_at=first - timedelta(minutes=6))
    ask("", takeo.token)
    assert PartnerKey.objects.get().last_used_at > first


def test_the_number_of_queries_does_not_grow(takeo, world):
    counts = []
    for _ in range(2):
        ask("events/", takeo.token)
        with CaptureQueriesContext(connection) as queries:
            ask("events/", takeo.token)
        counts.append(len(queries))
        for number in range(2):
            rows = {"venues": [Venue(name="x")], "partner_sides": [EventPartnerSide(partner=world.b)]}
            share(make_event(f"Sự kiện {number}", unit=world.own, visibility="partners", rows=rows), world.a)
    assert counts[0] == counts[1]


# --- making keys


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_key_lasts_a_year_at_most(world, days):
    with pytest.raises(CommandError):
        call_command("huunghi_keys", "add", "KH-21", "Máy chủ", days=days)
    assert not PartnerKey.objects.exists()


def test_the_command_makes_lists_and_revokes(world):
    made, told, listed = StringIO(), StringIO(), StringIO()
    call_command("huunghi_keys", "add", "KH-21", "Máy chủ", days=9, stdout=made, stderr=told)
    token = made.getvalue().strip()
    key = key_of(token)
    assert key.partner == world.a
    assert ask("", token).status_code == 200
    call_command("huunghi_keys", "list", stdout=listed)
    assert "Máy chủ" in listed.getvalue()
    assert token not in listed.getvalue()
    call_command("huunghi_keys", "revoke", str(key.pk), stdout=StringIO())
    assert ask("", token).status_code == 401
    with pytest.raises(CommandError):
        call_command("huunghi_keys", "revoke", "999999")


@pytest.fixture
def keeper(world):
    """An editor who may change partners."""
    user = make_user(groups=[*world.users["editor_own"].groups.all()])
    names = ["access_admin", "change_partner"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client = Client()
    client.force_login(user)
    return client


def test_an_editor_makes_a_key_that_is_shown_once_and_revokes_it(keeper, world):
    address = f"/admin/huunghi/partners/{world.a.pk}/keys/"
    day = (timezone.localdate() + timedelta(days=30)).strftime("%d/%m/%Y")
    page = keeper.post(address, {"name": "Máy chủ", "last_day": day}).content.decode()
    key = PartnerKey.objects.get()
    assert "/admin/snippets/huunghi_partners/partner/" in page
    token = page.split("<code>")[1].split("</code>")[0]
    assert key_of(token) == key
    assert "no-store" in keeper.get(address).headers["Cache-Control"]
    assert token not in keeper.get(address).content.decode()
    assert keeper.post(f"/admin/huunghi/keys/{key.pk}/revoke/").status_code == 302
    assert ask("", token).status_code == 401
    assert "Máy chủ" in keeper.get(address).content.decode()


def test_a_key_without_an_end_or_beyond_a_year_is_not_made(keeper, world):
    address = f"/admin/huunghi/partners/{world.a.pk}/keys/"
    far = (timezone.localdate() + timedelta(days=400)).strftime("%d/%m/%Y")
    for day in ("", far, "01/01/2020"):
        assert keeper.post(address, {"name": "Máy chủ", "last_day": day}).status_code == 200
    assert not PartnerKey.objects.exists()


def test_the_list_of_partners_leads_to_the_keys(keeper, world):
    page = keeper.get("/admin/snippets/huunghi_partners/partner/").content.decode()
    assert f"/admin/huunghi/partners/{world.a.pk}/keys/" in page


def test_who_may_not_change_partners_makes_no_keys(world):
    key, _token = new_key(world.a, "Máy chủ", later())
    editor = make_user()
    editor.user_permissions.set(Permission.objects.filter(codename="access_admin"))
    for user in (editor, world.users["partner_a"]):
        client = Client()
        client.force_login(user)
        assert client.get(f"/admin/huunghi/partners/{world.a.pk}/keys/").status_code in (302, 403)
        client.post(f"/admin/huunghi/partners/{world.a.pk}/keys/", {"name": "x", "last_day": "01/01/2027"})
        client.post(f"/admin/huunghi/keys/{key.pk}/revoke/")
    assert [each.revoked_at for each in PartnerKey.objects.all()] == [None]
