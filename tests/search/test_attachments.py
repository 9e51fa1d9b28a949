import unicodedata
import zlib

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.models import Collection, CollectionViewRestriction

from huunghi.events.models import EventDocument
from huunghi.partners.models import OfficialDocument
from huunghi.search.attachments import files as attachments
from huunghi.search.attachments.models import FileText
from huunghi.search.attachments.text import AttachedFile, join_files, pieces_of
from huunghi.search.documents.document import LanguagePart
from huunghi.search.feeding import feed_pending
from huunghi.search.models import PendingChange, Priority
from tests.factories import make_event, unique

from . import files
from .conftest import document

PLAN = "Kế hoạch số 50/KH-UBND về giải bóng chuyền"


@pytest.fixture
def read(tmp_path):
    """read(content) -> what the reading process answers for a file with that content."""

    def read(content):
        path = tmp_path / "file"
        path.write_bytes(content)
        return attachments.read_file(path)

    return read


def attached(content=None, name="ke-hoach.pdf", **fields):
    """A Wagtail document with a file, stored as an upload in the admin is."""
    file = ContentFile(files.pdf("Trang một", PLAN) if content is None else content, name=f"{unique('file')}-{name}")
    made = get_document_model()(title=fields.pop("title", "Kế hoạch 50"), file=file, **fields)
    made._set_document_file_metadata()
    made.save()
    return made


def read_all():
    fed = []
    attachments.read_waiting_files(lambda type_, key: fed.append((type_, key)))
    return fed


# --- reading


def test_a_pdf_is_read_page_by_page(read):
    answer = read(files.pdf("Trang một\nhai dòng", "", PLAN))
    assert answer == {"state": "read", "numbered": True, "pages": ["Trang một\nhai dòng", "", PLAN]}


def test_decomposed_letters_of_a_pdf_are_composed(read):
    assert read(files.pdf(unicodedata.normalize("NFD", PLAN)))["pages"] == [PLAN]


def test_a_khmer_cluster_whose_letters_stand_beside_its_glyphs_is_read_once_and_unbroken(read):
    # As Chromium writes ស្រ្តីខ្មែរក: the glyphs of a cluster one by one, a sign below the one before it.
    def cluster(letters, glyphs):
        return b"/Span<</ActualText<FEFF%s>>>BDC %s EMC " % (letters.encode("utf-16-be").hex().encode(), glyphs)

    content = b"".join(
        [
            b"BT /F 16 Tf 1 0 0 1 72 700 Tm ",
            cluster("ស្រ្តី", b"<00C4> Tj 4.6 0 Td <003B> Tj 15 .4 Td <00B4> Tj -.7 0 Td <0055> Tj"),
            cluster("ខ្មែ", b".5 -.4 Td <006C> Tj 4.6 0 Td <001A> Tj 10.5 .4 Td <00C0> Tj"),
            b"-.35 -.4 Td <179A1780> Tj ET",
        ]
    )
    assert read(files.pdf(content))["pages"] == ["ស្រ្តីខ្មែរក"]


def test_a_khmer_name_that_is_broken_at_the_end_of_a_line_stays_one(read):
    assert read(files.pdf("នៅខេត្ត\nតាកែវ។\nចប់"))["pages"] == ["នៅខេត្ត\u200bតាកែវ។\nចប់"]


def test_a_pdf_of_pictures_gives_no_text(read):
    assert read(files.pdf(b"0 0 100 100 re f", b""))["state"] == "no-text"


def test_the_letters_of_a_font_without_a_table_are_not_taken_for_text(read):
    assert read(files.pdf("\ue012\ue034\ue056\ue078 a"))["state"] == "no-text"


def test_a_docx_has_the_pages_that_word_saw(read):
    answer = read(files.docx("Trang một", PLAN))
    assert answer == {"state": "read", "numbered": True, "pages": ["Trang một", PLAN]}


def test_the_pages_of_a_docx_without_a_note_of_them_are_not_guessed(read):
    assert read(files.docx(PLAN)) == {"state": "read", "numbered": False, "pages": [PLAN]}


def test_what_a_docx_deletes_hides_in_fields_or_repeats_for_old_programs_is_left_out(read):
    body = (
        "<w:p><w:r><w:t>Hội</w:t><w:tab/><w:t>nghị</w:t></w:r><w:del><w:r><w:delText>cũ</w:delText></w:r></w:del>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r>"
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        "<mc:Choice><w:t> bạn</w:t></mc:Choice><mc:Fallback><w:t> bạn</w:t></mc:Fallback></mc:AlternateContent></w:p>"
    )
    assert read(files.docx_of_body(body))["pages"] == ["Hội nghị bạn"]


BILLION = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def entity_bomb():
    return files.docx_of_body("<w:p><w:r><w:t>&i;</w:t></w:r></w:p>", BILLION + "]>")


def file_of_this_machine():
    return files.docx_of_body("<w:t>&x;</w:t>", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>')


def docx_bomb():
    return files.docx_of_body(f"<!--{'a' * 80_000_000}-->")


def pdf_bomb():
    """Two hundred bytes for each kilobyte of operators, packed twice."""
    packer = zlib.compressobj(1)
    content = b"".join(packer.compress(b"BT ET q Q " * 100_000) for _ in range(200)) + packer.flush()
    return files.pdf_of_contents(zlib.compress(content), filters=b"[/FlateDecode/FlateDecode]")


def endless_tree():
    return files.assembled([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 9/Kids[2 0 R 2 0 R]>>"])


@pytest.mark.parametrize(
    ("make", "states"),
    [
        (lambda: files.pdf(PLAN, encrypted=True), {"encrypted"}),
        (lambda: b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), {"encrypted"}),
        (lambda: b"\xd0\xcf\x11\xe0" + b"WordDocument", {"other-kind"}),
        (lambda: b"%PDF-1.7 and then nothing", {"broken"}),
        (lambda: files.docx(PLAN)[:200], {"broken"}),
        (lambda: files.packed({"xl/workbook.xml": "<a/>", "_rels/.rels": "<a/>"}), {"other-kind"}),
        (lambda: b"", {"other-kind"}),
        (entity_bomb, {"broken"}),
        (file_of_this_machine, {"broken"}),
        (docx_bomb, {"too-large"}),
        (lambda: files.docx_of_body("<w:p>" * 300_000), {"broken"}),
        (pdf_bomb, {"no-text", "too-slow", "broken"}),
        (endless_tree, {"no-text", "broken"}),
    ],
)
def test_a_hostile_or_broken_file_gives_no_text(read, make, states):
    answer = read(make())
    assert answer["state"] in states
    assert answer["pages"] == []


def test_a_pdf_that_lost_its_end_is_read_as_far_as_it_goes_or_not_at_all(read):
    content = files.pdf(PLAN, "hai")
    assert read(content[: len(content) * 2 // 3])["state"] in {"broken", "no-text", "read"}


def test_a_very_long_file_is_read_in_part(read):
    answer = read(files.docx("hữu nghị " * 50_000))
    assert answer["state"] == "cut"
    assert sum(map(len, answer["pages"])) == 200_000


def test_reading_that_takes_too_long_is_ended(read, monkeypatch):
    monkeypatch.setattr(attachments, "MOST_SECONDS", 0.01)
    assert read(files.pdf(PLAN))["state"] == "too-slow"


# --- one text of several files


def test_every_place_of_the_joined_text_knows_its_file_and_page():
    joined = join_files(
        [
            AttachedFile("Kế hoạch\n50", ("một", "", "ba"), numbered=True),
            AttachedFile("Thư", ("không biết trang",), numbered=False),
        ]
    )
    found = [(piece.title, piece.page, piece.text) for piece in pieces_of(joined)]
    assert found == [("Kế hoạch 50", 1, "một"), ("Kế hoạch 50", 3, "ba"), ("Thư", 0, "không biết trang")]


def test_a_long_page_is_cut_between_words_and_keeps_its_number():
    words = [f"từ{number}" for number in range(3000)]
    pieces = list(pieces_of(join_files([AttachedFile("Dài", ("", " ".join(words)), numbered=True)])))
    assert len(pieces) > 3
    assert {piece.page for piece in pieces} == {2}
    assert " ".join(piece.text for piece in pieces).split() == words


def test_the_joined_text_has_a_limit():
    assert len(join_files([AttachedFile("Dài", ("a " * 90_000,), numbered=True)] * 2)) == 200_000


# --- files of records


@pytest.mark.django_db
def test_a_file_is_read_by_the_worker_and_its_record_fed_again():
    file = attached()
    event = make_event(rows={"documents": [EventDocument(file=file)]})
    assert attachments.attached_text(attachments.shown_files(event)) == ""
    assert read_all() == [("event", str(event.translation_key))]
    pages = {piece.page: piece.text for piece in pieces_of(attachments.attached_text(attachments.shown_files(event)))}
    assert pages == {1: "Trang một", 2: PLAN}
    assert read_all() == []


@pytest.mark.django_db
def test_the_file_of_an_official_document_belongs_to_the_record_that_shows_it():
    record = OfficialDocument.objects.create(key=unique("plan"), type="plan", file=attached())
    event = make_event(rows={"documents": [EventDocument(official_document=record)]})
    assert attachments.shown_files(event) == [record.file]
    attachments.attached_text(attachments.shown_files(event))
    assert read_all() == [("event", str(event.translation_key))]


@pytest.mark.django_db
def test_a_file_in_the_text_of_a_page_is_one_of_its_files(django_capture_on_commit_callbacks):
    file = attached()
    with django_capture_on_commit_callbacks(execute=True):  # Wagtail's index of references is written then
        event = make_event(body=[("document", file)])
    assert attachments.shown_files(event) == [file]
    assert list(attachments.records_showing([file.pk])) == [("event", str(event.translation_key))]


@pytest.mark.django_db
def test_equal_files_are_read_once(monkeypatch):
    first, second = attached(title="Bản một"), attached(title="Bản hai")
    attachments.attached_text([first])
    read_all()
    monkeypatch.setattr(attachments, "read_file", lambda path: pytest.fail("read again"))
    attachments.attached_text([second])
    read_all()
    assert [piece.title for piece in pieces_of(attachments.attached_text([second]))] == ["Bản hai", "Bản hai"]


@pytest.mark.django_db
def test_a_replaced_file_is_read_again():
    file = attached()
    attachments.attached_text([file])
    read_all()
    file.file = ContentFile(files.pdf("Bản mới"), name="moi.pdf")
    file._set_document_file_metadata()
    file.save()
    assert attachments.attached_text([file]) == ""
    read_all()
    assert [piece.text for piece in pieces_of(attachments.attached_text([file]))] == ["Bản mới"]


@pytest.mark.django_db
def test_a_file_of_a_restricted_collection_has_no_text_for_the_index():
    section = Collection.get_first_root_node().add_child(name="Kín")
    file = attached(collection=section.add_child(name="Trong"))
    attachments.attached_text([file])
    read_all()
    assert attachments.attached_text([file])
    CollectionViewRestriction.objects.create(collection=section, restriction_type="login")
    assert attachments.attached_text([file]) == ""


@pytest.mark.django_db
def test_a_file_that_is_gone_or_holds_pictures_only_is_named_to_editors():
    gone, scanned = attached(title="Mất"), attached(files.pdf(b"0 0 9 9 re f"), title="Quét")
    attachments.attached_text([gone, scanned])
    gone.file.storage.delete(gone.file.name)
    assert read_all() == []
    assert {str(file): why for file, why in attachments.files_not_searched()} == {
        "Mất": "không tìm được: không còn tệp",
        "Quét": "không tìm được: chỉ có ảnh chụp trang, không có chữ",
    }
    assert attachments.states_of_files() == {"missing": 1, "no-text": 1}


@pytest.mark.django_db
def test_a_file_during_whose_reading_the_worker_died_is_not_tried_for_ever():
    file = attached()
    attachments.attached_text([file])
    FileText.objects.update(attempts=attachments.MOST_ATTEMPTS)
    assert read_all() == []
    assert FileText.objects.get().state == "too-slow"


@pytest.mark.django_db
def test_a_file_that_another_process_is_reading_is_left_to_it():
    attachments.attached_text([attached()])
    FileText.objects.update(attempts=1, read_at=timezone.now())
    assert attachments.read_waiting_files(lambda type_, key: None) == 0
    FileText.objects.update(read_at=timezone.now() - attachments.CLAIM)
    assert attachments.read_waiting_files(lambda type_, key: None) == 1


@pytest.mark.django_db
def test_a_picture_is_not_waited_for():
    attachments.attached_text([attached(b"GIF89a", name="anh.gif")])
    assert not FileText.objects.exists()


# --- what readers see


LONG = AttachedFile("Kế hoạch 50", (*["Điều khoản chung của kế hoạch. " * 80] * 30, PLAN, "Hết"), numbered=True)


def test_a_hit_names_the_file_and_the_page(engine, find):
    part = LanguagePart(title="Hội nghị", body="Nội dung", documents=join_files([LONG]))
    engine.write([document("e", parts={"vi": part}, version=1)])
    (hit,) = find("giải bóng chuyền").hits
    assert (hit.found_in, hit.file, hit.page) == ("documents", "Kế hoạch 50", 31)
    assert "<mark>bóng</mark> <mark>chuyền</mark>" in hit.snippet


def test_a_reader_of_another_language_sees_the_place_in_the_file_too(engine, find):
    parts = {
        "vi": LanguagePart(title="Hội nghị", documents=join_files([LONG])),
        "en": LanguagePart(title="Conference", body="Text"),
    }
    engine.write([document("e", parts=parts, version=1)])
    (hit,) = find("giải bóng chuyền", "en").hits
    assert (hit.language, hit.title, hit.file, hit.page) == ("en", "Conference", "Kế hoạch 50", 31)


def test_the_text_of_the_page_comes_before_an_equal_place_in_a_file(engine, find):
    part = LanguagePart(title="Hội nghị", body="Giải bóng chuyền nữ", documents=join_files([LONG]))
    engine.write([document("e", parts={"vi": part}, version=1)])
    (hit,) = find("giải bóng chuyền").hits
    assert (hit.found_in, hit.file, hit.page) == ("text", "", 0)


def test_html_in_a_file_stays_text(engine, find):
    file = AttachedFile("<b>Tệp</b>", ("<script>alert(1)</script> bóng chuyền",), numbered=True)
    part = LanguagePart(title="Hội nghị", documents=join_files([file]))
    engine.write([document("e", parts={"vi": part}, version=1)])
    (hit,) = find("bóng chuyền").hits
    assert "<script" not in hit.snippet
    assert hit.file == "<b>Tệp</b>"  # plain text: whoever shows it escapes it


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("bong chuyen", "Giải BÓNG chuyền"),
        ("Takeo", "đoàn Tà Keo"),
        ("takeo", "ខេត្តតាកែវ"),
        ("tháng 5/2019", "ngày 14/05/2019"),
        ("50/KH-UBND", "số 50/KH-UBND"),
        ("បាល់ទះ", "ការប្រកួតបាល់\u200bទះបុរស"),
        ("sĩ quan", "các sỹ quan"),
        ("hoà bình", "vì hòa bình"),
        ("dances", "they were dancing"),
    ],
)
def test_the_quick_look_over_many_pages_misses_no_spelling(engine, find, query, text):
    pages = (*["Chung quy định này áp dụng. " * 100] * 40, text)
    part = LanguagePart(title="X", documents=join_files([AttachedFile("Tệp", pages, numbered=True)]))
    language = "en" if query == "dances" else "vi"
    engine.write([document("e", parts={language: part}, version=1)])
    (hit,) = find(query, language).hits
    assert (hit.found_in, hit.page) == ("documents", 41)


@pytest.mark.django_db
def test_a_new_restriction_of_a_collection_hides_the_words_of_its_files_until_they_are_fed():
    collection = Collection.get_first_root_node().add_child(name="Nội bộ")
    event = make_event(rows={"documents": [EventDocument(file=attached(collection=collection), title="Kế hoạch")]})
    key = str(event.translation_key)
    feed_pending()
    assert read_all() == [("event", key)]
    CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")
    assert PendingChange.objects.filter(key=key, priority=Priority.REVOKING).exists()
