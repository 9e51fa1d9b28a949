"""The import in the admin: everything that an editor may do by hand, and nothing more."""

import io
import threading
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from huunghi.events.models import EventPage
from huunghi.importing.admin import jobs
from huunghi.partners.models import Partner, Person
from huunghi.site_setup import section_for, set_up_unit
from tests.access.conftest import make_user
from tests.factories import make_event, make_unit

from .spreadsheets import event_row, table, workbook

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """A test sees its own database only in its own thread."""
    monkeypatch.setattr(jobs, "start", lambda job, dry_run: jobs.work(job, dry_run))


def editor_of(key):
    unit = set_up_unit(make_unit(key, vi=f"Đơn vị {key}"))
    user = make_user(groups=[unit.editors])
    client = Client()
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def own(db):
    make_unit("other", vi="Đơn vị khác")
    return editor_of("own")


@pytest.fixture
def upload(own, tmp_path):
    """Uploads a workbook with these sheets (or bytes) and gives the page that shows what it would make."""

    def run(content=None, client=None, name="su kien.xlsx", **sheets):
        client = client or own
        content = content or workbook(tmp_path / "a.xlsx", **sheets).read_bytes()
        form = {"file": SimpleUploadedFile(name, content), "unit": "own"}
        answer = client.post(reverse("huunghi_import:upload"), form)
        assert answer.status_code == 302, answer.context["form"].errors
        run.address = answer["Location"]
        return client.get(run.address)

    return run


def events(**fields):
    return table(event_row(unit="own", **fields))


def test_a_file_is_checked_first_and_imported_when_the_editor_confirms(own, upload):
    page = upload(events=events())
    assert page.status_code == 200 and "Gặp gỡ hữu nghị" in page.text and not EventPage.objects.exists()
    own.post(upload.address)
    event = EventPage.objects.get()
    assert event.live and event.unit.key == "own" and event.get_parent().specific.unit.key == "own"
    assert own.get(upload.address).context["job"].state == jobs.DONE


def test_a_second_confirmation_imports_nothing_again(own, upload):
    upload(events=events())
    for _click in range(2):
        own.post(upload.address)
    assert EventPage.objects.count() == 1


def test_errors_name_the_cell_and_no_folder_of_the_server(upload):
    page = upload(events=table(event_row(unit="own", kind="meetings"), event_row(source_id="e2", unit="own")))
    assert "su kien.xlsx events!D2" in page.text and "meeting" in page.text and "/imports/" not in page.text
    assert page.context["job"].counts["failed"] == 1 and page.context["job"].may_be_imported


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", b"PK\x03\x04", b"source_id,title\n"])
def test_a_file_that_cannot_be_read_is_one_sentence(upload, content):
    page = upload(content)
    assert page.context["job"].state == jobs.REFUSED and "su kien.xlsx" in page.text
    assert "/imports/" not in page.text and not page.context["job"].may_be_imported


def test_other_files_are_refused_at_once(own):
    form = {"file": SimpleUploadedFile("a.exe", b"MZ"), "unit": "own"}
    answer = own.post(reverse("huunghi_import:upload"), form)
    assert answer.status_code == 200 and "file" in answer.context["form"].errors


@pytest.mark.parametrize("fields", [{"unit": "other"}, {"unit": "own", "source_id": "theirs"}])
def test_pages_of_another_unit_are_neither_made_nor_changed(own, upload, fields):
    theirs = make_event("Của đơn vị khác", unit=make_unit("other"))
    fields = {**fields, "source_id": str(theirs.translation_key)} if "source_id" in fields else fields
    upload(events=table(event_row(**fields)))
    page = own.get(upload.address)
    assert page.context["job"].counts["failed"] == 1 and not page.context["job"].may_be_imported
    own.post(upload.address)
    assert [event.title for event in EventPage.objects.all()] == ["Của đơn vị khác"]


def test_a_page_that_stands_where_the_editor_may_not_write_is_not_changed(own, upload):
    unit = make_unit("own")
    elsewhere = make_event("Chỗ khác", unit=unit, parent=section_for(EventPage, make_unit("other"), "vi"))
    page = upload(events=events(source_id=str(elsewhere.translation_key)))
    assert page.context["job"].counts["failed"] == 1


def test_pages_that_the_editor_may_not_make_are_refused(upload):
    partners = table({"code": "KH-8", "title vi": "Kandal", "unit": "own", "live": "x"})
    assert upload(partners=partners).context["job"].counts["failed"] == 1
    assert not Partner.objects.filter(code="KH-8").exists()


def test_records_need_the_right_that_the_admin_asks_for(own, upload):
    people = table({"source_id": "p", "name vi": "Nguyễn Văn A"})
    upload(people=people)
    own.post(upload.address)
    assert Person.objects.count() == 1
    group = own.user.groups.get()
    group.permissions.remove(*group.permissions.filter(codename="add_person"))
    more = table({"source_id": "q", "name vi": "Trần Văn B"})
    assert upload(people=more).context["job"].counts["failed"] == 1


def test_rights_are_asked_again_when_the_import_begins(own, upload):
    upload(events=events())
    own.user.groups.clear()
    assert own.post(upload.address).status_code == 302 and not EventPage.objects.exists()


def test_nobody_else_sees_the_import(own, upload, client):
    upload(events=events())
    addresses = [upload.address, reverse("huunghi_import:upload"), reverse("huunghi_import:template")]
    assert editor_of("third").get(upload.address, follow=True).status_code == 404
    for stranger in (client, Client()):
        if stranger is client:
            client.force_login(make_user(is_staff=True))
        for address in addresses:
            answer = stranger.get(address, follow=True)
            assert not answer.context or "job" not in answer.context
            assert "Gặp gỡ" not in answer.content.decode(errors="replace")


@pytest.mark.parametrize("job", ["x", "%2e%2e", "a" * 24, "a" * 500])
def test_an_unknown_import_is_not_found(own, job):
    assert own.get(f"/admin/huunghi/import/{job}/", follow=True).status_code == 404


def test_the_template_is_a_workbook(own):
    answer = own.get(reverse("huunghi_import:template"))
    assert "events" in load_workbook(io.BytesIO(answer.content)).sheetnames


def test_an_import_whose_process_ended_says_so(own, upload):
    upload(events=events())
    job = jobs.job_of(own.user, upload.address.rstrip("/").rpartition("/")[2])
    job.state = jobs.IMPORTING
    job.save()
    assert own.get(upload.address).context["running"]
    path = job.folder / "state.json"
    path.write_text(path.read_text().replace(f'"at": {job.at}', f'"at": {job.at - 10_000}'))
    assert not own.get(upload.address).context["running"]


def test_too_many_rows_are_left_to_the_command(upload, monkeypatch):
    monkeypatch.setattr(jobs, "MOST_LINES", 1)
    page = upload(events=table(event_row(unit="own"), event_row(source_id="e2", unit="own")))
    assert page.context["job"].state == jobs.REFUSED and "huunghi_import" in page.text


def test_files_of_yesterday_are_forgotten(own, upload, monkeypatch):
    upload(events=events())
    now = time.time()
    monkeypatch.setattr(jobs.time, "time", lambda: now + jobs.KEPT_SECONDS + 10)
    old = upload.address
    upload(events=events())
    assert own.get(old, follow=True).status_code == 404


def test_the_work_is_done_beside_the_request(monkeypatch, own):
    monkeypatch.undo()
    threads = []
    monkeypatch.setattr(jobs, "work", lambda job, dry_run: threads.append(threading.current_thread()))
    before = set(threading.enumerate())
    jobs.start(jobs.Job("x" * 24, 1, "a.xlsx", "own", "vi"), dry_run=True)
    for thread in set(threading.enumerate()) - before:
        thread.join(5)
    assert len(threads) == 1 and threads[0] is not threading.main_thread()
