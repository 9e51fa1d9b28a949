"""The register of shares: who sees which, what it says of them, and that its exports are harmless."""

import csv
import io
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from huunghi.events.models import Venue
from huunghi.partners.models import Partner, Share, ShareOpening
from huunghi.partners.sharing.exports import csv_text, xlsx_text
from huunghi.partners.sharing.register import RegisterView
from huunghi.partners.sharing.states import ShareState, in_state, state_of
from tests.access.conftest import make_user, share
from tests.factories import make_event, make_partner

from .editors import give_sections

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


@pytest.fixture
def sections(world):
    return give_sections(world)


def event_of(world, sections, title, unit=None, **fields):
    unit = unit or world.own
    return make_event(title, unit=unit, parent=sections[unit.pk, "vi"], visibility="partners", **fields)


def register(world, name="superuser", path="register", **query):
    return world.client(name).get(f"{reverse(f'huunghi_shares:{path}')}?{urlencode(query)}")


def titles(answer):
    return [given.page_title for given in answer.context["table"].data]


def exported(world, name="superuser", **query):
    answer = register(world, name, export="csv", **query)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), fieldnames=RegisterView.list_export))[1:]


def test_editors_see_the_shares_of_pages_that_they_edit_and_superusers_see_all(world, sections):
    share(event_of(world, sections, "Của mình"), world.a)
    share(event_of(world, sections, "Của tỉnh khác", world.other), world.a)
    gone = event_of(world, sections, "Đã xoá")
    share(gone, world.a)
    gone.delete()
    assert titles(register(world, "editor_own")) == ["Của mình"]
    assert titles(register(world, "editor_own", "register_results")) == ["Của mình"]
    assert [row["page_title"] for row in exported(world, "editor_own")] == ["Của mình"]
    assert set(titles(register(world))) == {"Của mình", "Của tỉnh khác", "Đã xoá"}


@pytest.mark.parametrize("name", ["anonymous", "partner_a"])
def test_nobody_else_opens_the_register(world, sections, name):
    share(event_of(world, sections, "Của mình"), world.a)
    for query in ({}, {"export": "csv"}, {"export": "xlsx"}):
        assert register(world, name, **query).status_code == 302
        assert register(world, name, "register_results", **query).status_code == 302


def test_an_editor_of_no_pages_does_not_open_it(world):
    editor = make_user()
    editor.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client = Client()
    client.force_login(editor)
    assert client.get(reverse("huunghi_shares:register")).status_code == 302


def test_a_row_tells_everything(world, sections):
    page = event_of(world, sections, "Hội nghị", rows={"venues": [Venue(name="Hội trường")]})
    given = share(
        page, world.a, languages=["vi", "km"], withheld=page.venues.all(), note="Ghi chú", until=date(2099, 1, 2)
    )
    Share.objects.filter(pk=given.pk).update(created_by=world.users["editor_own"])
    first, last = timezone.now() - 3 * DAY, timezone.now() - DAY
    for user in ("partner_a", "partner_b"):
        ShareOpening.objects.create(share=given, user=world.users[user], first_at=first, last_at=last, count=2)
    (row,) = exported(world)
    assert row["page_title"] == "Hội nghị"
    assert row["partner"] == str(world.a)
    assert row["language_codes"] == "km, vi"
    assert row["withheld_labels"] == "Hội trường"
    assert row["until"] == "2099-01-02"
    assert row["visits"] == "4"
    assert row["first_opened"] == f"{timezone.localtime(first):%Y-%m-%d %H:%M}"
    assert row["last_opened"] == f"{timezone.localtime(last):%Y-%m-%d %H:%M}"
    assert row["creator"] == world.users["editor_own"].username
    assert row["note"] == "Ghi chú"
    text = register(world).content.decode()
    for shown in ("Hội nghị", "km, vi", "Hội trường", "02/01/2099", "Ghi chú"):
        assert shown in text


def make_shares_in_every_state(page, world):
    inactive = make_partner("inactive", active=False)
    given = {
        ShareState.ACTIVE: share(page, world.a, since=TODAY - DAY, until=TODAY),
        ShareState.COMING: share(page, world.a, since=TODAY + DAY),
        ShareState.ENDED: share(page, world.a, since=TODAY - 3 * DAY, until=TODAY - DAY),
        ShareState.PARTNER_INACTIVE: share(page, inactive, since=TODAY),
        ShareState.REVOKED: share(page, inactive, since=TODAY - 3 * DAY, until=TODAY - DAY),
    }
    given[ShareState.REVOKED].revoke()
    return given


def test_every_share_is_in_one_state_and_its_filter_agrees(world, sections):
    given = make_shares_in_every_state(event_of(world, sections, "Hội nghị"), world)
    for state, one in given.items():
        assert state_of(one, TODAY) == state
        assert list(Share.objects.filter(in_state(state, TODAY))) == [one], state
    assert list(Share.objects.active(TODAY)) == [given[ShareState.ACTIVE]]


def test_filters_search_and_order(world, sections):
    first = share(event_of(world, sections, "Bóng chuyền"), world.a, since=date(2020, 1, 1), until=date(2020, 2, 1))
    share(event_of(world, sections, "Âm nhạc", world.other), world.b, since=date(2021, 5, 5), note="từ cuộc họp")
    assert titles(register(world, partner=world.a.pk)) == ["Bóng chuyền"]
    assert titles(register(world, state="ended")) == ["Bóng chuyền"]
    assert titles(register(world, state="active")) == ["Âm nhạc"]
    assert titles(register(world, page_title="bóng")) == ["Bóng chuyền"]
    assert titles(register(world, unit=world.other.pk)) == ["Âm nhạc"]
    assert titles(register(world, since_from="2021-01-01", since_to="2021-12-31")) == ["Âm nhạc"]
    assert titles(register(world, q="cuộc họp")) == ["Âm nhạc"]
    assert titles(register(world, q=world.a.code)) == ["Bóng chuyền"]
    assert titles(register(world, ordering="since")) == ["Bóng chuyền", "Âm nhạc"]
    assert titles(register(world, ordering="-since")) == ["Âm nhạc", "Bóng chuyền"]
    assert [row["page_title"] for row in exported(world, state="ended")] == ["Bóng chuyền"]
    first.revoke()
    assert titles(register(world, state="revoked")) == ["Bóng chuyền"]


def queries(world, **query):
    register(world, "editor_own", **query)  # what is read once and kept
    with CaptureQueriesContext(connection) as captured:
        answer = register(world, "editor_own", **query)
        if answer.streaming and "csv" in query.values():
            assert list(answer.streaming_content)
    return len(captured)


@pytest.mark.parametrize("query", [{}, {"export": "csv"}, {"export": "xlsx"}])
def test_the_number_of_queries_does_not_grow_with_the_rows(world, sections, query):
    page = event_of(world, sections, "Một", rows={"venues": [Venue(name="Hội trường")]})
    share(page, world.a, withheld=page.venues.all(), created_by=world.users["editor_own"])
    one = queries(world, **query)
    for number in range(3):
        other = event_of(world, sections, f"Sự kiện {number}", rows={"venues": [Venue(name="Hội trường")]})
        given = share(other, make_partner(), withheld=other.venues.all(), created_by=make_user())
        now = timezone.now()
        ShareOpening.objects.create(share=given, user=make_user(), first_at=now, last_at=now)
    # A page more lies in the filter's list of partners; its names are read with it.
    assert queries(world, **query) == one


def test_pages_of_fifty(world, sections):
    page = event_of(world, sections, "Một")
    for _ in range(51):
        Share.objects.create(partner=world.a, page_key=page.translation_key, page_title="Một")
    assert len(titles(register(world))) == 50
    assert len(titles(register(world, p=2))) == 1
    assert len(exported(world)) == 51


def test_each_open_share_is_one_click_from_being_revoked(world, sections):
    mine = share(event_of(world, sections, "Của mình"), world.a)
    text = register(world, "editor_own").content.decode()
    address = reverse("huunghi_shares:revoke", args=[mine.pk])
    assert address in text
    answer = world.client("editor_own").post(address, {"next": reverse("huunghi_shares:register")})
    assert answer.url == reverse("huunghi_shares:register")
    assert address not in register(world, "editor_own").content.decode()


def test_the_share_of_a_deleted_page_is_revoked_by_a_superuser(world, sections):
    page = event_of(world, sections, "Đã xoá")
    given = share(page, world.a)
    page.delete()
    address = reverse("huunghi_shares:revoke", args=[given.pk])
    assert world.client("editor_own").post(address).status_code == 302
    assert Share.objects.get().revoked_at is None
    assert address in register(world).content.decode()
    world.client("superuser").post(address)
    assert Share.objects.get().revoked_by == world.users["superuser"]


def test_a_share_of_a_partner_without_account_or_editor_is_shown_too(world, sections):
    share(event_of(world, sections, "Một"), make_partner("lone"))
    Partner.objects.filter(code="lone").update(active=False)
    (row,) = exported(world)
    assert row["creator"] == ""
    assert row["visits"] == "0"


FORMULAS = ('=HYPERLINK("http://x","y")', "+1", "-1", "@x", "\t=1+1", "\r=1+1", "\n=1", " =1+1", "＝1+1")


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_csv_begins_like_a_formula(text):
    assert csv_text(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Hội nghị", "1-1", "a=b", "", "ពិធី"])
def test_other_texts_stay_as_they_are(text):
    assert csv_text(text) == xlsx_text(text) == text


def test_titles_and_notes_that_look_like_formulas_come_out_as_text(world, sections):
    page = event_of(world, sections, "Một")
    for text in FORMULAS:
        Share.objects.create(partner=world.a, page_key=page.translation_key, page_title=text, note=f"{text}\x0b")
    rows = exported(world)
    assert {row["page_title"] for row in rows} == {f"'{text}" for text in FORMULAS}
    assert all(row["note"].startswith("'") for row in rows)
    answer = register(world, export="xlsx")
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row if isinstance(cell.value, str)]
    assert len(cells) >= 2 * len(FORMULAS)
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}


def test_the_csv_opens_in_excel_with_its_letters(world, sections):
    share(event_of(world, sections, "Hội nghị"), world.a)
    answer = register(world, export="csv")
    assert b"".join(answer.streaming_content).startswith(b"\xef\xbb\xbf")
    assert answer["Content-Disposition"].endswith('.csv"')
