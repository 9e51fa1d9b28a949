import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from wagtail.documents import get_document_model
from wagtail.models import Collection

from huunghi.search.models import FileState, FileText
from tests.access.conftest import make_editors, make_user
from tests.factories import make_unit

pytestmark = pytest.mark.django_db


def file_in(collection, title, state):
    document = get_document_model()(title=title, collection=collection)
    document.file.save(f"{title}.pdf", ContentFile(b"%PDF-1.4"))
    FileText.objects.update_or_create(document=document, defaults={"state": state})
    return document


@pytest.fixture
def collection():
    return Collection.get_first_root_node().add_child(name="Tài liệu chung")


def report(client, **query):
    return client.get(reverse("huunghi_files_not_searched"), query)


def test_the_report_names_the_files_that_cannot_be_searched_and_why(admin_client, collection):
    damaged = file_in(collection, "Biên bản hỏng", FileState.BROKEN)
    file_in(collection, "Biên bản tốt", FileState.READ)
    file_in(collection, "Biên bản mới", FileState.WAITING)
    answer = report(admin_client)
    assert [row.document for row in answer.context["object_list"]] == [damaged]
    assert str(FileState.BROKEN.label) in answer.content.decode()
    exported = report(admin_client, export="csv")
    assert b"Bi\xc3\xaan b\xe1\xba\xa3n h\xe1\xbb\x8fng" in b"".join(exported.streaming_content)


def test_editors_see_no_file_of_a_collection_that_is_not_theirs(client, collection):
    file_in(collection, "Của đơn vị khác", FileState.NO_TEXT)
    client.force_login(make_user(groups=[make_editors(make_unit("a-union", vi="Một đơn vị"))]))
    answer = report(client)
    assert answer.status_code == 302 or not list(answer.context["object_list"])


def test_whoever_has_no_admin_is_sent_to_sign_in(client):
    client.force_login(make_user())
    assert report(client).status_code == 302
