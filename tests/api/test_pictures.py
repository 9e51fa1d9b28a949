"""Pictures: which sizes an answer names, and that each of them is made and handed out when it is asked for."""

import io

import pytest
from django.core.cache import cache
from PIL import Image as PillowImage
from wagtail.images import get_image_model

from huunghi.events.models import EventPhoto
from huunghi.partners.api.pictures import KINDS, WIDTHS
from tests.factories import make_event, make_image

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_size_is_remembered():
    """Wagtail remembers sizes by the picture's number, and a test may get one that another test had."""
    cache.clear()
    yield
    cache.clear()


def said(response):
    return {name: value for name, value in response.headers.items() if name != "X-Request-ID"}


def photo_of(api, image, **fields):
    event = make_event(rows={"photos": [EventPhoto(image=image, caption="Toàn cảnh", credit="Báo", **fields)]})
    return api(f"/events/{event.translation_key}/").json()["photos"][0]


def test_a_large_picture_is_offered_in_three_widths_of_three_kinds(api, client):
    photo = photo_of(api, make_image(size=(1600, 900)), alternative_text="Hội trường")
    assert [(each["type"], each["width"], each["height"]) for each in photo["sources"]] == [
        (f"image/{kind}", width, width * 9 // 16) for width in WIDTHS for kind in KINDS
    ]
    assert (photo["alt"], photo["caption"], photo["credit"]) == ("Hội trường", "Toàn cảnh", "Báo")
    assert (photo["url"], photo["width"]) == (photo["sources"][-1]["url"], 1200)
    for source in photo["sources"]:
        answer = client.get(source["url"])
        assert (answer.status_code, answer["Content-Type"]) == (200, source["type"])
        drawn = PillowImage.open(io.BytesIO(answer.getvalue()))
        assert drawn.size == (source["width"], source["height"])


@pytest.mark.parametrize(
    ("original", "widths"),
    [(16, [16]), (360, [360]), (361, [360, 361]), (900, [360, 720, 900]), (1200, [360, 720, 1200])],
)
def test_no_size_is_larger_than_the_original(api, client, original, widths):
    photo = photo_of(api, make_image(size=(original, 50)))
    jpegs = [each for each in photo["sources"] if each["type"] == "image/jpeg"]
    assert [each["width"] for each in jpegs] == widths
    assert PillowImage.open(io.BytesIO(client.get(photo["url"]).getvalue())).size == (photo["width"], photo["height"])


def test_no_size_is_made_before_it_is_asked_for(api, client):
    image = make_image(size=(1600, 900))
    photo = photo_of(api, image)
    assert image.renditions.count() == 0
    for _ in range(2):
        assert client.get(photo["sources"][0]["url"]).status_code == 200
    assert image.renditions.count() == 1


def test_a_picture_in_the_text_is_offered_like_a_photo(api):
    image = make_image(size=(800, 400))
    event = make_event(body=[("picture", {"image": image, "caption": "Ảnh", "credit": "Báo"})])
    (block,) = api(f"/events/{event.translation_key}/").json()["text"]
    assert (block["type"], block["alt"], block["credit"], len(block["sources"])) == ("picture", "Ảnh", "Báo", 9)


def test_a_size_that_nobody_may_have_is_answered_like_one_that_never_was(client):
    image = make_image(size=(800, 400))
    make_event(visibility="partners", rows={"photos": [EventPhoto(image=image)]})
    never_was = client.get("/pictures/987654321/360.jpeg")
    assert (never_was.status_code, never_was["Cache-Control"]) == (404, "no-store")
    hidden = client.get(f"/pictures/{image.pk}/360.jpeg")
    assert (hidden.status_code, hidden.content) == (404, never_was.content)
    assert said(hidden) == said(never_was)
    assert image.renditions.count() == 0


@pytest.mark.parametrize("name", ["361.jpeg", "360.png", "0.jpeg", "99999999999999999999.jpeg"])
def test_no_other_size_is_ever_made(client, name):
    image = make_image(size=(800, 400))
    make_event(rows={"photos": [EventPhoto(image=image)]})
    assert client.get(f"/pictures/{image.pk}/{name}").status_code == 404
    assert image.renditions.count() == 0


def test_a_number_that_no_database_holds_is_not_found(client):
    assert client.get(f"/pictures/{10**30}/360.jpeg").status_code == 404


def test_a_picture_whose_file_is_gone_is_not_found_and_spoils_no_answer(api, client):
    image = make_image(size=(800, 400))
    photo = photo_of(api, image)
    image.file.storage.delete(image.file.name)
    assert client.get(photo["url"]).status_code == 404


def test_a_drawing_is_named_as_it_is():
    from huunghi.partners.api.pictures import picture

    drawing = get_image_model()(pk=7, file="original_images/drawing.svg", width=300, height=200)
    facts = picture(drawing, "Bản đồ", "", "", lambda path: path)
    assert (facts["sources"], facts["width"], facts["url"]) == ([], 300, "/media/original_images/drawing.svg")
