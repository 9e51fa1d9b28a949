import gzip
import re
from pathlib import Path

import huunghi

STATIC = Path(huunghi.__file__).parent / "static" / "huunghi"


def test_the_style_sheets_stay_small():
    together = b"".join((STATIC / name).read_bytes() for name in ("tokens.css", "layout.css"))
    assert len(gzip.compress(together)) <= 10_240


def test_the_script_stays_small():
    assert len((STATIC / "enhance.js").read_bytes()) <= 5_120


def test_nothing_static_names_another_host():
    for name in ("tokens.css", "layout.css", "enhance.js"):
        assert not re.search(r"https?://|@import|url\(\s*[\"']?//", (STATIC / name).read_text())


def test_the_khmer_font_is_fetched_for_khmer_letters_only():
    faces = re.findall(r"@font-face \{(.*?)\}", (STATIC / "tokens.css").read_text(), re.S)
    assert len(faces) == 2
    assert all("unicode-range: U+1780-17FF" in face and "font-display: swap" in face for face in faces)
    for file in re.findall(r'url\("([^"]+)"\)', "".join(faces)):
        assert (STATIC / file).is_file()
