"""Who gets into the portal, by which door, and how it ends."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import get_resolver

from huunghi.partners.doors import ADDRESS
from huunghi.partners.models import Attempts, PortalReader
from huunghi.partners.throttle import note_failure
from huunghi.routes import routes

from ..conftest import make_user, rebuild_index
from .conftest import HOME, PASSWORD, SIGN_IN, close_partner, leave_group, sign_in, text

pytestmark = pytest.mark.django_db


# --- signing in


def test_a_reader_signs_in_with_a_new_session_and_finds_what_is_shared(takeo):
    takeo.client.get(SIGN_IN)
    session = takeo.client.session
    session["visited"] = True
    session.save()
    before = session.session_key
    assert sign_in(takeo.client).headers["Location"] == HOME
    assert takeo.client.session.session_key != before
    assert "Chương trình Hoàng Anh" in text(takeo.client.get(HOME))


def test_the_portal_opens_in_the_language_of_the_profile(reader):
    PortalReader.objects.create(user=reader.user, language="km")
    assert sign_in(reader.client).headers["Location"] == "/km/cong-doi-tac/"


def test_wrong_password_unknown_user_and_no_reader_get_one_message(reader, world):
    make_user("editor", password=PASSWORD, groups=[*world.users["editor_own"].groups.all()])
    make_user("gone", password=PASSWORD, groups=[world.a.readers], is_active=False)
    answers = []
    for name, password in [("takeo.reader", "wrong"), ("nobody", "wrong"), ("editor", PASSWORD), ("gone", PASSWORD)]:
        page = text(sign_in(Client(), name, password))
        answers.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page).replace(name, "NAME"))
    assert len(set(answers)) == 1
    assert "do not open the portal" in answers[0] or 'role="alert"' in answers[0]


def test_after_ten_failures_the_account_waits_whoever_it_is_and_others_do_not(reader):
    for name in ("takeo.reader", "nobody"):
        client = Client()
        statuses = [sign_in(client, name, "wrong").status_code for _ in range(11)]
        assert statuses == [200] * 10 + [429]
        refused = sign_in(client, f" {name.upper().replace('E', 'Ｅ')}", PASSWORD)
        assert refused.status_code == 429
        assert 0 < int(refused.headers["Retry-After"]) <= 900
    make_user("other", password=PASSWORD, groups=[reader.user.groups.get()])
    assert sign_in(Client(), "other").status_code == 302


def test_an_address_block_that_tries_many_names_waits(reader):
    client = Client(REMOTE_ADDR="192.0.2.7")
    for _ in range(45):
        note_failure(ADDRESS, "192.0.2.0/24")
    for number in range(5):
        assert sign_in(client, f"name{number}", "wrong").status_code == 200
    assert sign_in(Client(REMOTE_ADDR="192.0.2.99")).status_code == 429
    assert sign_in(Client(REMOTE_ADDR="198.51.100.1")).status_code == 302


def test_the_other_doors_count_with_the_portals(reader):
    client = Client()
    for _ in range(10):
        client.post("/admin/login/", {"username": "takeo.reader", "password": "wrong"})
    assert sign_in(client).status_code == 429
    client.post("/admin/login/", {"username": "takeo.reader", "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_a_right_password_makes_failures_forgotten(reader):
    for _ in range(3):
        sign_in(reader.client, password="wrong")
    sign_in(reader.client)
    assert not Attempts.objects.filter(count__gte=3).exclude(count=3).exists()
    client = Client()
    assert [sign_in(client, password="wrong").status_code for _ in range(10)] == [200] * 10


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_a_foreign_next_is_not_followed(reader, target):
    assert sign_in(reader.client, next=target).headers["Location"] == HOME


def test_a_page_asked_for_before_is_opened_after_signing_in(reader):
    wanted = f"{HOME}?year=2019"
    to_sign_in = reader.client.get(wanted).headers["Location"]
    assert to_sign_in.startswith(f"{SIGN_IN}?next=")
    assert sign_in(reader.client, next=wanted).headers["Location"] == wanted


def test_signing_out_needs_a_post(reader):
    reader.client.force_login(reader.user)
    assert reader.client.get(f"{HOME}sign-out/").status_code == 405
    assert reader.client.get(HOME).status_code == 200
    assert reader.client.post(f"{HOME}sign-out/").headers["Location"] == SIGN_IN
    assert reader.client.get(HOME).status_code == 302


def test_forms_without_the_token_of_their_page_are_refused(reader):
    client = Client(enforce_csrf_checks=True)
    client.force_login(reader.user)
    assert sign_in(client).status_code == 403
    for name in ("sign-out/", "calendar/", "profile/", "second-factor/", "forgotten/", "password/"):
        assert client.post(HOME + name).status_code == 403, name


def test_every_answer_is_private_and_not_for_search_engines(reader):
    rebuild_index()
    client = Client()
    client.force_login(reader.user)
    for name in ("", "search/", "suggest/?q=ch", "profile/", "password/", "second-factor/", "calendar/"):
        answer = client.get(HOME + name)
        assert answer.status_code == 200, name
        assert answer.headers["Cache-Control"] == "private, no-store", name
        assert "noindex" in answer.headers["X-Robots-Tag"], name
    for name in ("", "sign-in/", "forgotten/", "forgotten/sent/", "forgotten/x/y/"):
        assert reader.client.get(HOME + name).headers["Cache-Control"] == "private, no-store", name


# --- the end of access


@pytest.mark.parametrize("close", [close_partner, leave_group])
def test_the_next_request_after_the_end_signs_out_and_says_so(takeo, world, close):
    takeo.client.force_login(takeo.user)
    assert takeo.client.get(HOME).status_code == 200
    close(world, takeo.user)
    answer = takeo.client.get(HOME)
    assert answer.status_code == 403
    assert "Hoàng Anh" not in text(answer)
    assert "_auth_user_id" not in takeo.client.session
    assert takeo.client.get(takeo.event.url).status_code == 404
    assert sign_in(takeo.client).status_code == 200


def test_a_deactivated_user_is_out_at_once(reader):
    reader.client.force_login(reader.user)
    reader.user.is_active = False
    reader.user.save()
    assert reader.client.get(HOME).status_code == 302


def test_an_editor_at_the_portal_keeps_the_session(world):
    client = world.client("editor_own")
    assert client.get(HOME).headers["Location"].startswith(SIGN_IN)
    assert "_auth_user_id" in client.session


def admin_addresses():
    values = {"int": "1", "str": "1", "uuid": "12345678123456781234567812345678", "slug": "x", "path": "x"}
    for route in routes(get_resolver("huunghi_site.urls").url_patterns):
        if route.pattern.startswith("admin/"):
            address = re.sub(r"<(?:(\w+):)?\w+>", lambda found: values.get(found[1] or "str", "1"), route.pattern)
            if re.fullmatch(r"[\w\-/.:]*", address):
                yield f"/{address}"


def test_a_partners_reader_reaches_nothing_of_the_admin(reader):
    reader.client.force_login(reader.user)
    assert not reader.user.has_perm("wagtailadmin.access_admin")
    assert reader.user.get_all_permissions() == set()
    addresses = [address for address in admin_addresses() if not re.search(r"/(logout|login|password_reset)/", address)]
    assert len(addresses) > 250
    open_to_all = ("/admin/sprite/", "/admin/jsi18n/", "/admin/api/")
    reached = []
    for address in addresses:
        answer = reader.client.get(address)
        turned_away = answer.status_code == 302 and "/admin/login/" in answer.headers["Location"]
        if not turned_away and answer.status_code not in (401, 403, 404) and not address.startswith(open_to_all):
            reached.append((address, answer.status_code))
    assert reached == []
