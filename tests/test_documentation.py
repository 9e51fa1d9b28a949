"""What the documentation shows is what was tried."""

import re
from itertools import pairwise

import pytest

from tests.project import ROOT

TUTORIAL = ROOT / "docs" / "tutorial" / "a-page-from-the-api.md"
FILES = TUTORIAL.with_suffix("")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE_OF = {"html": "index.html", "js": "page.js"}
# Headings within the module, and the words in the two languages that the reader copies.
LEFT_OUT = re.compile(r"^// [^\n]*\n|^  km: \{\n.*?^  \},\n^  en: \{\n.*?^  \},\n^\};\n", re.MULTILINE | re.DOTALL)


def blocks(language):
    return [text for name, text in BLOCK.findall(TUTORIAL.read_text("utf-8")) if name == language]


def test_the_client_in_the_reference_is_part_of_the_one_that_is_compiled():
    reference = (ROOT / "docs" / "reference" / "api.md").read_text("utf-8")
    example = (ROOT / "tests" / "api" / "typescript" / "example.ts").read_text("utf-8")
    (shown,) = [text for name, text in BLOCK.findall(reference) if name == "ts"]
    assert [part for part in shown.split("\n\n") if part.strip() not in example] == []


@pytest.mark.parametrize("language", FILE_OF)
def test_every_piece_of_code_in_the_tutorial_stands_in_its_files_word_for_word(language):
    pieces = blocks(language)
    content = (FILES / FILE_OF[language]).read_text("utf-8")
    assert pieces
    assert [piece for piece in pieces if piece not in content] == []


def test_a_reader_who_copies_every_piece_has_the_whole_module():
    content = (FILES / "page.js").read_text("utf-8")
    for piece in blocks("js"):
        assert content.count(piece) == 1
        content = content.replace(piece, "")
    assert LEFT_OUT.sub("", content).strip() == ""


def test_the_tutorial_has_no_code_in_a_language_that_is_not_compared():
    known = {*FILE_OF, "sh"}
    assert {name for name, _ in BLOCK.findall(TUTORIAL.read_text("utf-8"))} <= known


def test_the_words_of_the_page_are_there_in_each_of_its_languages():
    content = (FILES / "page.js").read_text("utf-8")
    starts = [content.index(f"\n  {code}: {{") for code in ("vi", "km", "en")] + [content.index("\nconst say")]
    words = [re.findall(r"[ {](\w+): (?=[\"(])", content[start:end]) for start, end in pairwise(starts)]
    assert words[0] == words[1] == words[2]
    assert len(words[0]) > 20
