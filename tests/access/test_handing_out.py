"""How files are handed out: one answer for what is hidden, parts, types, names, the web server in front."""

import pytest
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from wagtail.documents import get_document_model
from wagtail.models import CollectionViewRestriction

from huunghi.events.models import EventPage
from tests.factories import make_image, unique

from .files import addresses_of, event_with, make_document

ADMIN = {"HTTP_REFERER": "http://testserver/admin/pages/1/edit/"}


@pytest.fixture(autouse=True)
def no_renditions_of_other_tests():
    caches["default"].clear()


# --- one answer for what is hidden and what never was


def hidden_and_missing(world):
    image, document = make_image(), make_document()
    event_with(world, image=image, document=document, visibility="partners")
    hidden = [*addresses_of(image), *addresses_of(document)]
    return [(address, address.replace(".", "0.")) for address in hidden]


def parts(answer):
    return (
        answer.status_code,
        answer.content,
        {k: v for k, v in answer.headers.items() if k not in ("Content-Length", "X-Request-ID")},
    )


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"HTTP_RANGE": "bytes=0-3"},
        {"HTTP_IF_NONE_MATCH": "*"},
        {"HTTP_IF_MODIFIED_SINCE": "Mon, 01 Jan 2035 00:00:00 GMT"},
    ],
    ids=str,
)
def test_a_hidden_file_is_answered_like_one_that_never_was(world, client, method, headers):
    for hidden, missing in hidden_and_missing(world):
        there = getattr(client, method)(hidden, **headers)
        assert there.status_code == 404
        assert there["Cache-Control"] == "no-store"
        assert parts(there) == parts(getattr(client, method)(missing, **headers))


def test_the_right_etag_and_hash_do_not_open_a_hidden_file(world, client):
    document = make_document()
    document.get_file_hash()
    event = event_with(world, document=document)
    tags = [client.get(document.url)["ETag"], f'"{document.file_hash}"']
    assert client.get(document.url, HTTP_IF_NONE_MATCH=tags[0]).status_code == 304
    EventPage.objects.filter(pk=event.pk).update(visibility="partners")
    for address in addresses_of(document):
        for tag in tags:
            assert client.get(address, HTTP_IF_NONE_MATCH=tag).status_code == 404


def test_names_that_mean_the_same_file_in_other_words_are_no_addresses(world):
    image = make_image()
    event_with(world, image=image)
    name = image.file.name
    client = world.client("superuser")
    assert client.get(f"/media/{name}").status_code == 200
    for other in (f"./{name}", f"x/../{name}", name.replace("/", "//"), name.replace("/", "\\"), f"{name}/", f"/{name}",
                  name.replace("original", "ORIGINAL"), f"{name}%00", "../db.sqlite3", "%2e%2e/secret-key", "images/",
                  "original_images"):  # fmt: skip
        assert client.get(f"/media/{other}").status_code == 404, other


def test_a_file_of_a_picture_that_was_deleted_is_handed_out_to_nobody(world):
    name = default_storage.save(f"images/{unique('x')}.width-8.jpg", ContentFile(b"\xff\xd8\xff"))
    assert world.client("superuser").get(f"/media/{name}", **ADMIN).status_code == 404


def test_files_of_other_apps_stay_where_they_were(client, db):
    name = default_storage.save(f"avatar_images/{unique('x')}.txt", ContentFile(b"hello"))
    assert client.get(f"/media/{name}").getvalue() == b"hello"


def test_a_restricted_collection_still_asks_for_its_own(world, client):
    document = make_document()
    event_with(world, document=document)
    collection = document.collection.add_child(name="Kín")
    get_document_model().objects.filter(pk=document.pk).update(collection=collection)
    CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")
    assert client.get(document.url).status_code == 302
    assert client.get(document.file.url).status_code == 404
    answer = world.client("partner_a").get(document.url)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"


# --- handing out


LETTERS = b"%PDF-1.4\n0123456789abcdefghij\n"


@pytest.fixture
def letters(world):
    document = make_document(LETTERS)
    event_with(world, document=document)
    return document.url


@pytest.mark.parametrize(
    ("asked", "status", "content", "said"),
    [
        ("bytes=9-12", 206, b"0123", "bytes 9-12/30"),
        ("bytes=19-", 206, b"abcdefghij\n", "bytes 19-29/30"),
        ("bytes=-3", 206, b"ij\n", "bytes 27-29/30"),
        ("bytes=-300", 206, LETTERS, "bytes 0-29/30"),
        ("bytes=28-500", 206, b"j\n", "bytes 28-29/30"),
        ("bytes=30-", 416, b"", "bytes */30"),
        ("bytes=-0", 416, b"", "bytes */30"),
        ("bytes=5-2", 200, LETTERS, None),
        ("bytes=0-1,3-4", 200, LETTERS, None),
        ("bytes=-", 200, LETTERS, None),
        ("bytes=" + "9" * 40 + "-", 200, LETTERS, None),
        ("lines=1-2", 200, LETTERS, None),
    ],
)
def test_parts_of_a_file(client, letters, asked, status, content, said):
    answer = client.get(letters, HTTP_RANGE=asked)
    assert (answer.status_code, answer.getvalue(), answer.get("Content-Range")) == (status, content, said)


def test_a_part_of_another_version_is_not_given(client, letters):
    tag = client.get(letters)["ETag"]
    assert client.get(letters, HTTP_RANGE="bytes=0-1", HTTP_IF_RANGE=tag).status_code == 206
    assert client.get(letters, HTTP_RANGE="bytes=0-1", HTTP_IF_RANGE='"other"').status_code == 200


def test_head_says_what_get_would(client, letters):
    answer, head = client.get(letters), client.head(letters)
    assert head.content == b""
    assert head["Content-Length"] == "30"
    assert {**head.headers, "X-Request-ID": ""} == {**answer.headers, "X-Request-ID": ""}


@pytest.mark.parametrize("method", ["post", "put", "delete", "options", "patch"])
def test_files_are_only_read(client, world, method):
    image = make_image()
    event_with(world, image=image)
    assert getattr(client, method)(image.file.url).status_code == 405


def test_the_web_server_is_told_where_the_file_lies(client, world, settings):
    settings.HUUNGHI_SENDFILE = "nginx"
    image, document = make_image(), make_document(name="Đồng Tháp 100%.pdf")
    event = event_with(world, image=image, document=document)
    answer = client.get(image.file.url)
    assert answer["X-Accel-Redirect"] == f"/_huunghi_files/{image.file.name}"
    assert answer["Content-Type"] == "image/jpeg"
    assert answer.content == b""
    assert client.get(document.url)["X-Accel-Redirect"].isascii()
    EventPage.objects.filter(pk=event.pk).update(visibility="partners")
    answer = client.get(image.file.url)
    assert answer.status_code == 404
    assert "X-Accel-Redirect" not in answer


@pytest.mark.parametrize(
    ("name", "content", "shown", "media_type"),
    [
        ("a.pdf", b"%PDF-1.4\n", True, "application/pdf"),
        ("a.pdf", b"<html><script>alert(1)</script>", False, "application/octet-stream"),
        ("a.html", b"<html><script>alert(1)</script>", False, "text/html"),
        ("a.svg", b"<svg onload='alert(1)'/>", False, "image/svg+xml"),
        ("a.xml", b"<?xml version='1.0'?><a/>", False, None),
        ("a.js", b"alert(1)", False, None),
        ("a.txt", b"hello", False, "text/plain; charset=utf-8"),
        ("a.docx", b"PK\x03\x04", False, None),
    ],
)
def test_what_a_browser_could_run_is_saved_and_never_guessed(client, world, name, content, shown, media_type):
    document = make_document(content, name)
    event_with(world, document=document)
    for address in addresses_of(document):
        answer = client.get(address)
        assert answer["Content-Disposition"].startswith("inline" if shown else "attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert media_type in (None, answer["Content-Type"])
        if media_type != "application/pdf":
            assert "sandbox" in answer["Content-Security-Policy"]


def test_names_with_other_letters_are_written_so_that_every_browser_reads_them(client, world):
    document = make_document(b"PK", "Tờ trình “số 5”.docx")
    event_with(world, document=document)
    said = client.get(document.url)["Content-Disposition"]
    assert "filename*=utf-8''" in said
    assert said.isascii()


def test_a_name_cannot_add_a_header():
    from huunghi.files.answering import disposition

    assert disposition('a\r\nSet-Cookie: x="1".pdf', False) == 'attachment; filename="a  Set-Cookie: x=\\"1\\".pdf"'
    assert disposition("../../etc/passwd", False) == 'attachment; filename="passwd"'
    assert disposition("\u202efdp.exe", True) == 'inline; filename="fdp.exe"'
    assert disposition("..\\", False) == 'attachment; filename="file"'


def test_the_number_of_questions_does_not_grow_with_the_number_of_pages(world, client):
    image = make_image()
    address = image.get_rendition("width-8").url
    event_with(world, image=image, visibility="partners")

    def questions():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(address)
        return len(asked)

    questions()
    few = questions()
    for _ in range(3):
        event_with(world, image=image, visibility="partners")
    event_with(world, image=image)
    assert client.get(address).status_code == 200
    assert questions() <= few <= 8


def test_names_of_files_are_indexed(db):
    with connection.cursor() as cursor:
        for table in ("wagtailimages_image", "wagtailimages_rendition", "wagtaildocs_document"):
            columns = [
                c["columns"] for c in connection.introspection.get_constraints(cursor, table).values() if c["index"]
            ]
            assert ["file"] in columns, table


# --- checks


def ids(**settings):
    from huunghi.files.checks import check_files, check_server

    with override_settings(**settings):
        return [message.id for message in [*check_files(None), *check_server(None)]]


def test_the_site_itself_gives_no_warning():
    assert ids() == []


def test_a_site_whose_files_do_not_pass_the_guard_is_warned(settings):
    assert ids(MEDIA_URL="https://cdn.example/media/") == ["huunghi.W005"]
    assert ids(MEDIA_URL="/uploads/") == ["huunghi.W005"] or ids(MEDIA_URL="/uploads/") == []
    assert ids(HUUNGHI_SENDFILE="apache") == ["huunghi.E011"]
    assert ids(SECURE_REFERRER_POLICY="no-referrer") == ["huunghi.W008"]
    del settings.HUUNGHI_SENDFILE
    assert ids() == ["huunghi.W006"]
