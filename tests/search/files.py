"""Small PDF and DOCX files, made here so that a test shows what is in them."""

import io
import zipfile
import zlib
from html import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PAGE_BREAK = "<w:lastRenderedPageBreak/>"
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"'
    ' Target="word/document.xml"/></Relationships>'
)
# Every code is its own Unicode character.
TO_UNICODE = (
    b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Own def /CMapType 2 def\n"
    b"1 begincodespacerange <0000> <ffff> endcodespacerange\n"
    + b"".join(b"1 beginbfrange <%02x00> <%02xff> <%02x00> endbfrange\n" % (high, high, high) for high in range(256))
    + b"endcmap end end"
)


def pdf(*pages, encrypted=False):
    """A PDF with one page for each argument: a text, or the operators of its content as bytes."""
    return pdf_of_contents(
        *(page if isinstance(page, bytes) else text_lines(page) for page in pages), encrypted=encrypted
    )


def text_lines(text):
    shown = b" ".join(b"<%s> Tj T*" % line.encode("utf-16-be").hex().encode() for line in text.split("\n"))
    return b"BT /F 12 Tf 14 TL 72 720 Td %s ET" % shown if text else b""


def pdf_of_contents(*contents, filters=b"/FlateDecode", encrypted=False):
    kids = b" ".join(b"%d 0 R" % (6 + 2 * number) for number in range(len(contents)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(contents), kids),
        b"<</Type/Font/Subtype/Type0/BaseFont/Any/Encoding/Identity-H/DescendantFonts[4 0 R]/ToUnicode 5 0 R>>",
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/Any/DW 600"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        b"/FontDescriptor<</Type/FontDescriptor/FontName/Any/Flags 4/FontBBox[0 -200 1000 800]/ItalicAngle 0"
        b"/Ascent 800/Descent -200/CapHeight 700/StemV 80>>>>",
        stream(TO_UNICODE),
    ]
    for number, content in enumerate(contents):
        packed = zlib.compress(content) if filters == b"/FlateDecode" else content
        objects += [
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F 3 0 R>>>>/Contents %d 0 R>>"
            % (7 + 2 * number),
            stream(packed, b"/Filter" + filters),
        ]
    return assembled(objects, encrypted)


def stream(content, entries=b""):
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), entries, content)


def assembled(objects, encrypted=False):
    parts, offsets, size = [b"%PDF-1.7\n"], [], 9
    for number, body in enumerate(objects, 1):
        offsets.append(size)
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        size += len(parts[-1])
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    # The password of these two strings is unknown to everybody.
    lock = b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>/ID[<00><00>]" % (b"11" * 32, b"22" * 32)
    trailer = b"trailer<</Size %d/Root 1 0 R%s>>" % (len(objects) + 1, lock if encrypted else b"")
    xref = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return b"".join([*parts, xref, trailer, b"\nstartxref\n%d\n%%%%EOF" % size])


def docx(*pages):
    """A DOCX that Word saved with these pages; with one argument, without any note of pages."""
    return docx_of_body(
        "".join(
            f"<w:p><w:r>{PAGE_BREAK if number else ''}<w:t>{escape(line)}</w:t></w:r></w:p>"
            for number, page in enumerate(pages)
            for line in [page]
        )
    )


def docx_of_body(body, declaration=""):
    return packed(
        {
            "_rels/.rels": RELATIONS,
            "word/document.xml": f'{declaration}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>',
        }
    )


def packed(parts):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()
