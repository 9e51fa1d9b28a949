"""What is taken out of uploaded files, and which of them are refused."""

import io
import struct
import zipfile
import zlib
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image as Pillow
from PIL import ImageCms, ImageOps
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Collection
from wagtail.utils.file import hash_filelike

from huunghi.files.documents import check_document
from huunghi.files.pictures import clean_picture

SECRET = b"SERIAL-4711-GPS"
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">' + SECRET + b"</x:xmpmeta>"
FORMATS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "TIFF": "tif", "HEIF": "heic", "AVIF": "avif"}
LOSSLESS = ("JPEG", "PNG", "WEBP")


def exif(orientation):
    written = Pillow.Exif()
    written[0x010F], written[0x0112] = SECRET.decode(), orientation
    written.get_ifd(0x8825).update({1: "N", 2: (10.0, 22.0, 1.0), 3: "E", 4: (105.0, 26.0, 3.0), 29: SECRET.decode()})
    written.get_ifd(0x8769).update({0xA431: SECRET.decode(), 0x927C: SECRET})
    return written.tobytes()


def drawing(size=(48, 32)):
    picture = Pillow.linear_gradient("L").resize(size).convert("RGB")
    picture.paste((200, 20, 20), (0, 0, size[0] // 2, size[1] // 2))
    return picture


def photo(form="JPEG", orientation=1, **options):
    """A picture as a phone writes it: place, serial number, XMP and a comment."""
    if form in ("JPEG", "WEBP", "HEIF", "AVIF"):
        options |= {"xmp": XMP, "quality": 90}
    if form == "JPEG":
        options["comment"] = SECRET
    written = io.BytesIO()
    drawing().save(written, form, exif=exif(orientation), icc_profile=PROFILE, **options)
    return written.getvalue()


def opened(content):
    return Pillow.open(io.BytesIO(content))


def difference(one, other):
    """Mean difference of two pictures in levels of 255."""
    pairs = zip(one.convert("RGB").tobytes(), other.convert("RGB").tobytes(), strict=True)
    return sum(abs(a - b) for a, b in pairs) / (one.width * one.height * 3)


# --- metadata


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("orientation", [1, 6])
def test_nothing_but_the_picture_and_its_colours_stay(form, orientation):
    before = photo(form, orientation)
    assert SECRET in before
    after = clean_picture(before, f"anh.{FORMATS[form]}")
    assert SECRET not in after
    picture = opened(after)
    assert picture.info["icc_profile"] == PROFILE
    assert not picture.getexif().get_ifd(0x8825)
    assert 0x0112 not in picture.getexif()
    assert difference(ImageOps.exif_transpose(opened(before)), picture) < 3


@pytest.mark.parametrize("form", LOSSLESS)
def test_a_picture_that_stands_upright_keeps_every_pixel(form):
    before = photo(form)
    after = clean_picture(before, f"anh.{FORMATS[form]}")
    assert opened(after).tobytes() == opened(before).tobytes()
    assert clean_picture(after, f"anh.{FORMATS[form]}") == after


def test_a_progressive_jpeg_with_restart_marks_keeps_every_pixel():
    before = photo(progressive=True, restart_marker_rows=1)
    after = clean_picture(before, "anh.jpeg")
    assert SECRET not in after
    assert opened(after).tobytes() == opened(before).tobytes()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_what_hangs_behind_the_picture_is_cut_off(form):
    tail = b"PK\x03\x04<script>alert(1)</script>"
    after = clean_picture(photo(form) + tail, f"anh.{FORMATS[form]}")
    assert b"script" not in after


def png_with(name, body):
    content = photo("PNG")
    part = struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    return content[:33] + part + content[33:]


@pytest.mark.parametrize("name", [b"tEXt", b"iTXt", b"tIME", b"prVt"])
def test_notes_in_a_png_are_left_out(name):
    assert SECRET not in clean_picture(png_with(name, b"Comment\x00" + SECRET), "anh.png")


def test_packed_notes_in_a_png_are_left_out():
    assert b"zTXt" not in clean_picture(png_with(b"zTXt", b"Comment\x00\x00" + zlib.compress(SECRET)), "anh.png")


def test_a_film_keeps_its_frames_and_loses_its_comment():
    frames = [drawing(), ImageOps.mirror(drawing())]
    written = io.BytesIO()
    frames[0].save(written, "GIF", save_all=True, append_images=frames[1:], duration=80, loop=0, comment=SECRET)
    assert SECRET in written.getvalue()
    after = clean_picture(written.getvalue(), "phim.gif")
    assert SECRET not in after
    film = opened(after)
    assert (film.n_frames, film.info["duration"], film.info["loop"]) == (2, 80, 0)


def test_thumbnails_and_maker_notes_are_left_out():
    thumbnail = b"\xff\xd8" + SECRET + b"\xff\xd9"
    before = photo()
    segments = b"".join(
        struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body
        for marker, body in (
            (0xE1, b"Exif\x00\x00" + thumbnail),
            (0xED, b"Photoshop 3.0\x00" + SECRET),
            (0xE2, b"HDRP" + SECRET),
            (0xEC, b"Ducky" + SECRET),
            (0xEF, SECRET),
        )
    )
    assert SECRET not in clean_picture(before[:2] + segments + before[2:], "anh.jpg")


# --- every way in


def image_of(content, name="anh.jpg"):
    return get_image_model().objects.create(title="Ảnh", file=ImageFile(io.BytesIO(content), name=name))


def stored(file):
    with file.storage.open(file.name) as stream:
        return stream.read()


def test_a_picture_saved_by_a_program_is_cleaned_and_described_as_it_is(db):
    image = image_of(photo(orientation=6))
    content = stored(image.file)
    assert SECRET not in content
    assert (image.width, image.height) == (32, 48)
    assert image.file_size == len(content)
    assert image.file_hash == hash_filelike(io.BytesIO(content))


def test_renditions_carry_nothing(db):
    image = image_of(photo())
    for spec in ("width-20", "max-16x16|format-webp", "width-20|format-avif", "original"):
        assert SECRET not in stored(image.get_rendition(spec).file)


def test_a_picture_uploaded_in_the_admin_is_cleaned(admin_client):
    file = SimpleUploadedFile("anh.jpg", photo(orientation=6), "image/jpeg")
    data = {"title": "Ảnh", "file": file, "collection": Collection.get_first_root_node().pk}
    answer = admin_client.post(reverse("wagtailimages:add"), data)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    image = get_image_model().objects.get()
    content = stored(image.file)
    assert SECRET not in content
    assert (image.width, image.height) == (32, 48)
    assert image.file_hash == hash_filelike(io.BytesIO(content))
    image.title = "Tên khác"
    image.save()
    assert stored(get_image_model().objects.get().file) == content


def test_a_picture_uploaded_as_a_document_is_cleaned(db):
    file = ContentFile(photo(), name="anh.jpg")
    assert SECRET not in stored(get_document_model().objects.create(title="Ảnh", file=file).file)


# --- what is refused


def refusal(content, name):
    with pytest.raises(ValidationError) as error:
        clean_picture(content, name)
    assert name in error.value.messages[0]
    return error.value.code


def png_of_size(width, height):
    """A file of a few bytes that says that it is as large as this."""
    written = io.BytesIO()
    Pillow.new("1", (8, 8)).save(written, "PNG")
    content = written.getvalue()
    head = b"IHDR" + struct.pack(">II", width, height) + content[24:29]
    return content[:12] + head + struct.pack(">I", zlib.crc32(head)) + content[33:]


@pytest.mark.parametrize("size", [(9_000, 9_000), (40_000, 40_000), (2**31 - 1, 2**31 - 1)])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_drawn(size):
    assert refusal(png_of_size(*size), "lon.png") in ("too_many_pixels", "damaged")


def test_the_limit_of_pixels_is_a_setting(settings):
    settings.HUUNGHI_MAX_PICTURE_PIXELS = 1000
    assert refusal(photo(), "anh.jpg") == "too_many_pixels"
    settings.HUUNGHI_MAX_PICTURE_PIXELS = 48 * 32
    clean_picture(photo(), "anh.jpg")


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"<html><script>alert(1)</script>", "anh.jpg", "not_a_picture"),
        (b"", "anh.jpg", "not_a_picture"),
        (b"MZ\x90\x00", "anh.jpg", "not_a_picture"),
        (b"%!PS-Adobe-3.0 EPSF", "anh.jpg", "not_a_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "anh.svg", "not_a_picture"),
        (photo("PNG"), "anh.jpg", "disguised"),
        (photo(), "anh", "disguised"),
        (photo(), "anh.html", "disguised"),
        (b"\xff\xd8\xff\xe0", "anh.jpg", "damaged"),
        (photo("PNG")[:200], "anh.png", "damaged"),
        (photo("WEBP")[:60], "anh.webp", "damaged"),
        (b"GIF89a" + b"\x01" * 30, "anh.gif", "damaged"),
        (b"II*\x00" + b"\xff" * 40, "anh.tif", "damaged"),
        (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 40, "anh.heic", "damaged"),
        (b"\x00\x00\x00\x18ftypavif" + b"\x00" * 40, "anh.avif", "damaged"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_reason(content, name, code):
    assert refusal(content, name) == code


def test_any_byte_that_is_wrong_is_an_answer_and_not_an_error():
    for form in LOSSLESS:
        whole = photo(form)
        for at in range(0, len(whole), 61):
            for broken in (whole[:at], whole[:at] + b"\xff\x00\xff" + whole[at + 3 :]):
                with suppress(ValidationError):
                    assert SECRET not in clean_picture(broken, f"anh.{FORMATS[form]}")


def zipped(files, **options):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in files.items():
            archive.writestr(name, content, compress_type=zipfile.ZIP_STORED if name == "mimetype" else None)
    return written.getvalue()


DOCX = zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"})
ODT = zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<c/>"})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"%PDF-1.4\n"), ("a.docx", DOCX), ("a.odt", ODT), ("a.zip", zipped({"a.txt": "a"})),
        ("a.zip", zipped({})), ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(20)), ("a.rtf", b"{\\rtf1"),
        ("a.txt", "Tờ trình".encode()), ("a.csv", b"a,b\n"), ("a.csv", "a,b".encode("utf-16")), ("a.txt", b""),
        ("a.mp4", b"\x00\x00\x00\x18ftypisom"), ("a.mp3", b"\xff\xfb\x90\x00"), ("a.html", b"<html>"),
        ("a.xyz", b"\x01"), ("A.PDF", b"%PDF-1.4\n"), ("a", b"text"),
    ],
)  # fmt: skip
def test_documents_that_are_what_they_say_are_taken(name, content):
    check_document(io.BytesIO(content), name)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", b"<html><script>alert(1)</script>", "disguised"),
        ("a.pdf", b"", "disguised"),
        ("a.docx", b"MZ\x90\x00", "program"),
        ("a.docx", b"\x7fELF", "program"),
        ("a.txt", b"#!/bin/sh\n", "program"),
        ("a.exe", b"anything", "program"),
        ("a.pdf.exe", b"%PDF-1.4\n", "program"),
        ("a.docx", zipped({"a.txt": "a"}), "disguised"),
        ("a.docx", zipped({"[Content_Types].xml": "", "xl/workbook.xml": ""}), "disguised"),
        ("a.odt", DOCX, "disguised"),
        ("a.docx", DOCX[:-30], "disguised"),
        ("a.jpg", b"%PDF-1.4\n", "disguised"),
        ("a.txt", b"%PDF-1.4\n", "disguised"),
        ("a.csv", b"PK\x03\x04", "disguised"),
    ],
)
def test_documents_in_disguise_are_refused_with_a_cure(name, content, code):
    with pytest.raises(ValidationError) as error:
        check_document(io.BytesIO(content), name)
    assert error.value.code == code
    assert name in error.value.messages[0]


def test_a_zip_bomb_is_refused_without_unpacking_it():
    parts = {"[Content_Types].xml": "<Types/>", "word/document.xml": bytes(40 * 1024 * 1024)}
    for content in (zipped(parts), zipped({str(number): "" for number in range(10_001)})):
        with pytest.raises(ValidationError) as error:
            check_document(io.BytesIO(content), "a.zip")
        assert error.value.code == "zip_bomb"


def test_entries_that_share_their_bytes_are_a_zip_bomb():
    whole = zipped({"a.txt": b"abc" * 50})
    directory = whole.index(b"PK\x01\x02")
    end = whole.index(b"PK\x05\x06")
    entry = whole[directory:end]
    many = entry * 50
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 50, 50, len(many), directory, 0)
    with pytest.raises(ValidationError) as error:
        check_document(io.BytesIO(whole[:directory] + many + tail), "a.zip")
    assert error.value.code == "zip_bomb"


@pytest.mark.parametrize(
    ("form", "name", "content", "reason"),
    [
        ("wagtaildocs:add", "to-trinh.pdf", b"<html>", "is not a .pdf file inside"),
        ("wagtaildocs:add", "to-trinh.docx", b"MZ\x90", "is a program"),
        ("wagtailimages:add", "anh.png", png_of_size(9_000, 9_000), "million pixels"),
        ("wagtailimages:add", "anh.jpg", photo()[:400], "is damaged"),
        ("wagtailimages:add", "anh.jpg", b"<html>", "is not a picture"),
    ],
)
def test_a_refusal_stands_beside_the_field(admin_client, form, name, content, reason):
    file = SimpleUploadedFile(name, content)
    answer = admin_client.post(
        reverse(form),
        {"title": "Tệp", "file": file, "collection": Collection.get_first_root_node().pk},
        HTTP_ACCEPT_LANGUAGE="en",
    )
    assert answer.status_code == 200
    (message,) = answer.context["form"].errors["file"]
    assert name in message
    assert reason in message
    assert get_document_model().objects.count() + get_image_model().objects.count() == 0


def test_our_validators_are_in_no_migration():
    for model in (get_image_model(), get_document_model()):
        assert "validators" not in model._meta.get_field("file").deconstruct()[3]
