"""Pictures and documents on pages, and who gets them."""

from __future__ import annotations

from django.core.files.base import ContentFile
from wagtail.documents import get_document_model

from huunghi.events.models import EventDocument, EventPhoto
from tests.factories import make_event, unique

from .conftest import READERS


def make_document(content=b"%PDF-1.4\n% giao luu\n%%EOF\n", name="to-trinh.pdf"):
    return get_document_model().objects.create(
        title="Tờ trình", file=ContentFile(content, name=f"{unique('tep')}-{name}")
    )


def event_with(world, *, image=None, document=None, **fields):
    rows = {}
    if image:
        rows["photos"] = [EventPhoto(image=image, caption="Ảnh")]
    if document:
        rows["documents"] = [EventDocument(file=document)]
    return make_event(rows=rows, unit=world.own, **fields)


def addresses_of(file):
    """Both addresses under which Wagtail keeps a file."""
    if isinstance(file, get_document_model()):
        return [file.file.url, file.url]
    return [file.file.url, file.get_rendition("width-8").url]


def readers_of(world, file, **headers):
    """Names of the readers who get the file at its own address; some of them ask at the other one, too."""

    def who_gets(address, readers):
        answers = {name: world.client(name).get(address, **headers).status_code for name in readers}
        assert set(answers.values()) <= {200, 404}
        return {name for name, status in answers.items() if status == 200}

    own, other = addresses_of(file)
    who = who_gets(own, READERS)
    some = {"anonymous", "partner_a", "superuser"}
    assert who_gets(other, some) == who & some
    return who


def using(file):
    return {"document" if isinstance(file, get_document_model()) else "image": file}
