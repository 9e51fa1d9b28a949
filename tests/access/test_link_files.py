"""What a link shows of pictures, documents and drafts."""

from urllib.parse import quote

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from huunghi.events.models import EventDocument, EventPhoto, Venue
from huunghi.partners.sharing.links import make_link
from tests.factories import make_image

from .conftest import share
from .links import closed_event, is_closed, link_to, make_document, opened, picture_addresses

pytestmark = pytest.mark.django_db

STAYS, CANARY = "Hội trường ở lại", "Chim hoàng yến"


@pytest.fixture
def event(world):
    return closed_event(world, summary="Chỉ dành cho đối tác.", translations={"km": "កម្មវិធីបិទ"})


@pytest.fixture
def event_with_files(world):
    kept, gone = make_image("Ở lại"), make_image("Rút lại")
    photos = [EventPhoto(image=kept, caption=STAYS), EventPhoto(image=gone, caption=CANARY)]
    venues = [Venue(name=STAYS), Venue(name=CANARY)]
    paper = make_document()
    rows = {"photos": photos, "venues": venues, "documents": [EventDocument(file=paper, title="Biên bản")]}
    page = closed_event(world, rows=rows)
    return page, paper, gone


def test_a_withheld_row_and_picture_are_neither_on_the_page_nor_among_its_files(world, event_with_files):
    page, paper, gone = event_with_files
    withheld = [page.venues.get(name=CANARY), page.photos.get(caption=CANARY)]
    made = share(page, world.a, languages=["vi"], withheld=withheld)
    link, token = link_to(page, "vi", share=made)
    client = Client()
    html = opened(client, token).content.decode()
    assert STAYS in html
    assert CANARY not in html
    assert gone.file.name not in html
    whole = Client()
    assert CANARY in opened(whole, link_to(page, "vi")[1]).content.decode()
    files = [client.get(f"/s/v/{link.public_id}/files/{number}") for number in (1, 2, 3)]
    assert [response.status_code for response in files] == [200, 200, 404]
    assert b"".join(files[0].streaming_content) == page.photos.get(caption=STAYS).image.file.read()
    assert b"".join(files[1].streaming_content) == paper.file.read()


def test_every_picture_and_file_of_the_page_is_read_through_the_link(event_with_files):
    page, paper, _gone = event_with_files
    _link, token = link_to(page, "vi")
    client = Client()
    html = opened(client, token).content.decode()
    assert "/media/" not in html
    assert paper.url not in html
    addresses = picture_addresses(html)
    assert len(set(addresses)) > 10  # two pictures in three formats, and the document
    for address in set(addresses):
        response = client.get(address.replace("&amp;", "&"))
        assert response.status_code == 200, address
        assert response["Cache-Control"] == "private, no-store"
        assert len(b"".join(response.streaming_content)) == int(response["Content-Length"])
        assert is_closed(Client().get(address))


def test_no_number_leads_to_a_file_of_another_page(event_with_files, event):
    page, _paper, gone = event_with_files
    link, token = link_to(event)
    other, theirs = link_to(page, "vi")
    client, holder = Client(), Client()
    opened(client, token)
    opened(holder, theirs)
    for number in range(6):
        assert is_closed(client.get(f"/s/v/{link.public_id}/files/{number}"))
    assert is_closed(client.get(f"/s/v/{other.public_id}/files/1"))
    spec = gone.renditions.first().filter_spec
    assert is_closed(holder.get(f"/s/v/{other.public_id}/files/1?as=width-1"))
    assert is_closed(holder.get(f"/s/v/{other.public_id}/files/3?as={quote(spec)}"))
    assert holder.get(f"/s/v/{other.public_id}/files/2?as={quote(spec)}").status_code == 200


def test_a_file_is_read_in_parts_and_what_a_browser_could_run_is_saved(world):
    paper, script = make_document(), make_document("Trang", "trang.html", b"<script>alert(1)</script>")
    page = closed_event(world, rows={"documents": [EventDocument(file=paper), EventDocument(file=script)]})
    link, token = link_to(page, "vi")
    client = Client()
    client.get(f"/s/{token}")
    part = client.get(f"/s/v/{link.public_id}/files/1", HTTP_RANGE="bytes=9-18")
    assert (part.status_code, b"".join(part.streaming_content)) == (206, b"0123456789")
    assert part["Content-Range"] == "bytes 9-18/109"
    assert part["Content-Disposition"].startswith("inline")
    outside = client.get(f"/s/v/{link.public_id}/files/1", HTTP_RANGE="bytes=500-")
    assert (outside.status_code, outside["Content-Range"]) == (416, "bytes */109")
    saved = client.get(f"/s/v/{link.public_id}/files/2")
    assert saved["Content-Disposition"].startswith("attachment")
    assert saved["X-Content-Type-Options"] == "nosniff"
    default_storage.delete(paper.file.name)
    assert is_closed(client.get(f"/s/v/{link.public_id}/files/1"))


def test_a_preview_shows_the_draft_of_its_making_or_the_newest_one(event):
    event.title = "Bản nháp một"
    event.save_revision()
    pinned, of_then = make_link(event, purpose="preview", pinned=True)
    _latest, of_now = make_link(event, purpose="preview")
    event.title = "Bản nháp hai"
    event.save_revision()
    then, now = (opened(Client(), token).content.decode() for token in (of_then, of_now))
    assert "Bản nháp một" in then
    assert "Bản nháp hai" not in then
    assert "Bản nháp hai" in now
    for html in (then, now):
        assert 'class="notice"' in html
    assert "Bản nháp" not in opened(Client(), link_to(event, "vi")[1]).content.decode()
    pinned.revision.delete()
    assert is_closed(Client().get(f"/s/{of_then}"))  # never the newest one in its stead


def test_a_preview_shows_a_page_that_was_never_published_with_its_pictures(world):
    draft = closed_event(world, "Chưa công bố", live=False, rows={"photos": [EventPhoto(image=make_image())]})
    link, token = make_link(draft, purpose="preview")
    client = Client()
    html = opened(client, token).content.decode()
    assert draft.title in html
    assert "/media/" not in html
    assert client.get(picture_addresses(html)[0]).status_code == 200
    assert is_closed(client.get(f"/s/v/{link.public_id}/km/"))
    draft.delete()
    assert is_closed(client.get(f"/s/v/{link.public_id}/"))
