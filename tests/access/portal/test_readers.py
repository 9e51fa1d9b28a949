"""What a reader keeps in the portal: a private calendar, a profile, a password, a second factor."""

from __future__ import annotations

import re
from io import StringIO

import pyotp
import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from huunghi.partners.models import CalendarAddress, PortalReader, SecondFactor
from huunghi.partners.second_factor import begin, confirm, secret_of
from huunghi.partners.sharing.tokens import Purpose, new_token
from tests.factories import make_event

from ..conftest import make_user
from .conftest import HOME, PASSWORD, SECRET, SIGN_IN, close_partner, leave_group, sign_in, text

pytestmark = pytest.mark.django_db


# --- calendar


def calendar_of(client):
    page = text(client.post(f"{HOME}calendar/"))
    return re.search(r"http://testserver(/\S+?\.ics)", page)[1]


def test_the_private_calendar_holds_what_is_shared_less_what_is_withheld(takeo, world):
    make_event("Công khai", unit=world.own)
    takeo.client.force_login(takeo.user)
    answer = Client().get(calendar_of(takeo.client))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/calendar")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    calendar = text(answer).replace("\r\n ", "")
    assert calendar.count("BEGIN:VEVENT") == 1
    assert "Nhà văn hoá" in calendar
    assert SECRET not in calendar
    assert not answer.cookies


def test_the_address_is_shown_once_and_only_its_digest_is_kept(reader):
    reader.client.force_login(reader.user)
    address = calendar_of(reader.client)
    assert ".ics" not in text(reader.client.get(f"{HOME}calendar/"))
    assert CalendarAddress.objects.get().digest not in address


def renew(reader, world):
    calendar_of(reader.client)


def give_up(reader, world):
    reader.client.post(f"{HOME}calendar/", {"give-up": "1"})


def close(reader, world):
    close_partner(world, reader.user)


def leave(reader, world):
    leave_group(world, reader.user)


def deactivate(reader, world):
    reader.user.is_active = False
    reader.user.save()


@pytest.mark.parametrize("ending", [renew, give_up, close, leave, deactivate])
def test_an_address_that_has_ended_is_nonsense(reader, world, ending):
    reader.client.force_login(reader.user)
    address = calendar_of(reader.client)
    assert Client().get(address).status_code == 200
    ending(reader, world)
    ended = Client().get(address)
    nonsense = Client().get(f"{HOME}calendar/{new_token(Purpose.CALENDAR)}.ics")
    typo = Client().get(f"{HOME}calendar/x.ics")
    elsewhere = Client().get(f"{HOME}nothing-here/")
    assert ended.status_code == nonsense.status_code == typo.status_code == elsewhere.status_code == 404
    assert len({re.sub(r"/vi/cong-doi-tac/\S*", "", text(each)) for each in (ended, nonsense, typo)}) == 1


def test_guessing_addresses_is_slowed_down(reader):
    client = Client()
    statuses = [client.get(f"{HOME}calendar/hhc_{number}.ics").status_code for number in range(21)]
    assert statuses == [404] * 20 + [429]


# --- profile and passwords


def test_the_profile_keeps_name_and_language(reader):
    reader.client.force_login(reader.user)
    values = {"first_name": "Sok", "last_name": "Dara", "email": reader.user.email, "language": "km"}
    assert reader.client.post(f"{HOME}profile/", values).headers["Location"] == "/km/cong-doi-tac/profile/"
    reader.user.refresh_from_db()
    assert reader.user.get_full_name() == "Sok Dara"
    assert PortalReader.objects.get().language == "km"


def test_a_new_mail_address_needs_the_password(reader):
    reader.client.force_login(reader.user)
    values = {"first_name": "", "last_name": "", "email": "other@takeo.example", "language": "vi"}
    assert reader.client.post(f"{HOME}profile/", values).status_code == 200
    reader.user.refresh_from_db()
    assert reader.user.email == "reader@takeo.example"
    assert reader.client.post(f"{HOME}profile/", {**values, "password": PASSWORD}).status_code == 302
    reader.user.refresh_from_db()
    assert reader.user.email == "other@takeo.example"


def test_the_profile_takes_no_other_field(reader):
    reader.client.force_login(reader.user)
    values = {"email": reader.user.email, "language": "vi", "is_staff": "1", "is_superuser": "1", "username": "root"}
    reader.client.post(f"{HOME}profile/", values)
    reader.user.refresh_from_db()
    assert (reader.user.is_staff, reader.user.is_superuser, reader.user.username) == (False, False, "takeo.reader")


def test_a_password_is_changed_with_the_old_one(reader):
    reader.client.force_login(reader.user)
    values = {"old_password": PASSWORD, "new_password1": "mười-hai-bến-12", "new_password2": "mười-hai-bến-12"}
    assert reader.client.post(f"{HOME}password/", {**values, "old_password": "wrong"}).status_code == 200
    short = {**values, "new_password1": "ngắn", "new_password2": "ngắn"}
    assert reader.client.post(f"{HOME}password/", short).status_code == 200
    assert reader.client.post(f"{HOME}password/", values).headers["Location"] == f"{HOME}profile/"
    assert reader.client.get(HOME).status_code == 200
    assert sign_in(Client(), password="mười-hai-bến-12").status_code == 302


@pytest.mark.parametrize("language", ["vi", "km", "en"])
def test_a_forgotten_password_is_replaced_by_mail_in_the_language_of_the_page(reader, language):
    client = Client()
    portal = f"/{language}/cong-doi-tac/"
    client.post(f"{portal}forgotten/", {"email": "reader@takeo.example"})
    [message] = mail.outbox
    link = re.search(rf"http://testserver({portal}forgotten/\S+)", message.body)[1]
    form = client.get(link, follow=True)
    new = {"new_password1": "mười-hai-bến-12", "new_password2": "mười-hai-bến-12"}
    assert client.post(form.redirect_chain[-1][0], new).headers["Location"] == f"{portal}sign-in/"
    assert sign_in(Client(), password="mười-hai-bến-12").status_code == 302
    assert Client().get(link).status_code == 200
    assert "new_password1" not in text(Client().get(link))


def test_nobody_learns_from_the_reset_who_has_an_account(reader, world):
    make_user("editor", email="editor@office.example", groups=[*world.users["editor_own"].groups.all()])
    answers = [
        Client().post(f"{HOME}forgotten/", {"email": email})
        for email in ("reader@takeo.example", "nobody@takeo.example", "editor@office.example")
    ]
    assert {(answer.status_code, answer.headers["Location"]) for answer in answers} == {(302, f"{HOME}forgotten/sent/")}
    assert [message.to for message in mail.outbox] == [["reader@takeo.example"]]


def test_mails_are_limited(reader):
    client = Client()
    statuses = [client.post(f"{HOME}forgotten/", {"email": "reader@takeo.example"}).status_code for _ in range(6)]
    assert statuses == [302] * 5 + [429]


# --- second factor


def code_of(factor):
    return pyotp.TOTP(secret_of(factor)).now()


@pytest.fixture
def with_factor(reader):
    reader.factor = begin(reader.user)
    reader.codes = confirm(reader.factor, code_of(reader.factor))
    SecondFactor.objects.update(last_step=0)  # as if it had been switched on long ago
    assert reader.codes
    return reader


def test_a_reader_switches_the_second_factor_on_with_a_code(reader):
    reader.client.force_login(reader.user)
    page = text(reader.client.get(f"{HOME}second-factor/"))
    assert "<svg" in page
    assert "otpauth://totp/" in page
    factor = SecondFactor.objects.get()
    assert factor.seed not in page
    assert reader.client.post(f"{HOME}second-factor/", {"code": "000000"}).status_code == 200
    assert SecondFactor.objects.get().confirmed_at is None
    done = text(reader.client.post(f"{HOME}second-factor/", {"code": code_of(factor)}))
    assert done.count('class="secret"') == 8
    assert SecondFactor.objects.get().confirmed_at
    assert "<svg" not in text(reader.client.get(f"{HOME}second-factor/", follow=True))


def test_a_password_alone_does_not_sign_in(with_factor):
    assert sign_in(with_factor.client).headers["Location"] == f"{HOME}sign-in/code/"
    assert with_factor.client.get(HOME).status_code == 302
    code = code_of(with_factor.factor)
    assert with_factor.client.post(f"{HOME}sign-in/code/", {"code": code}).headers["Location"] == HOME
    assert with_factor.client.get(HOME).status_code == 200


def test_no_other_door_lets_a_password_alone_in(with_factor):
    for door in ("/admin/login/", "/vi/_util/login/"):
        client = Client()
        client.post(door, {"username": "takeo.reader", "password": PASSWORD})
        assert "_auth_user_id" not in client.session, door
        assert client.get(HOME).status_code == 302, door


def test_a_code_is_good_once(with_factor):
    code = code_of(with_factor.factor)
    for client, status in ((Client(), 302), (Client(), 200)):
        sign_in(client)
        assert client.post(f"{HOME}sign-in/code/", {"code": code}).status_code == status


def test_a_recovery_code_is_good_once_and_kept_as_digest_only(with_factor):
    [code, *_others] = with_factor.codes
    assert not with_factor.factor.recovery_codes.filter(digest__contains=code.replace("-", "")).exists()
    for client, status in ((Client(), 302), (Client(), 200)):
        sign_in(client)
        assert client.post(f"{HOME}sign-in/code/", {"code": f" {code.upper()} "}).status_code == status


def test_guessing_codes_is_slowed_down(with_factor):
    sign_in(with_factor.client)
    address = f"{HOME}sign-in/code/"
    statuses = [with_factor.client.post(address, {"code": "12345x"}).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    assert with_factor.client.post(address, {"code": code_of(with_factor.factor)}).status_code == 429


def test_the_second_step_needs_a_first_one(with_factor):
    address = f"{HOME}sign-in/code/"
    assert with_factor.client.get(address).headers["Location"] == SIGN_IN
    sign_in(with_factor.client)
    with_factor.user.set_password("changed-in-between")
    with_factor.user.save()
    assert with_factor.client.post(address, {"code": code_of(with_factor.factor)}).headers["Location"] == SIGN_IN


def test_switching_it_off_needs_the_password(with_factor):
    sign_in(with_factor.client)
    with_factor.client.post(f"{HOME}sign-in/code/", {"code": code_of(with_factor.factor)})
    assert with_factor.client.post(f"{HOME}second-factor/off/", {"password": "wrong"}).status_code == 200
    assert SecondFactor.objects.exists()
    assert with_factor.client.post(f"{HOME}second-factor/off/", {"password": PASSWORD}).status_code == 302
    assert not SecondFactor.objects.exists()
    assert sign_in(Client()).headers["Location"] == HOME


def test_the_command_switches_it_off_for_who_lost_everything(with_factor):
    call_command("huunghi_second_factor", "off", "takeo.reader", stdout=StringIO())
    assert sign_in(Client()).headers["Location"] == HOME
    for name in ("takeo.reader", "nobody"):
        with pytest.raises(CommandError):
            call_command("huunghi_second_factor", "off", name)


def test_the_row_of_a_second_factor_alone_makes_no_code(with_factor, settings):
    right = secret_of(with_factor.factor)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key"
    assert secret_of(with_factor.factor) != right
    sign_in(with_factor.client)
    code = pyotp.TOTP(right).now()
    assert with_factor.client.post(f"{HOME}sign-in/code/", {"code": code}).status_code == 302
