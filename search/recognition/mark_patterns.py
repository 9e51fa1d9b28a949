"""How dates, editions and document numbers are written in five languages; most specific first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

ENGLISH_MONTHS = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
_ENGLISH = {form: number for number, name in enumerate(ENGLISH_MONTHS, 1) for form in (name, name[:3])} | {"sept": 9}
_KHMER = {
    "មករា": 1,
    "កុម្ភៈ": 2,
    "កុម្ភះ": 2,
    "កុម្ភ:": 2,
    "កុម្ភ": 2,
    "មីនា": 3,
    "មិនា": 3,
    "មេសា": 4,
    "ឧសភា": 5,
    "មិថុនា": 6,
    "មិថុណា": 6,
    "កក្កដា": 7,
    "កក្តដា": 7,
    "សីហា": 8,
    "កញ្ញា": 9,
    "តុលា": 10,
    "វិច្ឆិកា": 11,
    "វិច្ចិកា": 11,
    "ធ្នូ": 12,
}
_LAO = {
    "ມັງກອນ": 1,
    "ກຸມພາ": 2,
    "ມີນາ": 3,
    "ເມສາ": 4,
    "ພຶດສະພາ": 5,
    "ມິຖຸນາ": 6,
    "ກໍລະກົດ": 7,
    "ສິງຫາ": 8,
    "ກັນຍາ": 9,
    "ຕຸລາ": 10,
    "ພະຈິກ": 11,
    "ທັນວາ": 12,
}
_VIETNAMESE = {
    "giêng": 1,
    "gieng": 1,
    "một": 1,
    "mot": 1,
    "hai": 2,
    "ba": 3,
    "tư": 4,
    "tu": 4,
    "bốn": 4,
    "bon": 4,
    "năm": 5,
    "sáu": 6,
    "sau": 6,
    "bảy": 7,
    "bay": 7,
    "tám": 8,
    "tam": 8,
    "chín": 9,
    "chin": 9,
    "mười": 10,
    "muoi": 10,
    "mười một": 11,
    "muoi mot": 11,
    "mười hai": 12,
    "muoi hai": 12,
    "chạp": 12,
    "chap": 12,
}
_ROMAN = {
    numeral: number
    for number, numeral in enumerate(
        "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx".split(),  # noqa: SIM905
        1,
    )
}
_VIETNAMESE_ORDINALS = _VIETNAMESE | {"nhất": 1, "nhat": 1, "đầu": 1, "nhì": 2}
_ENGLISH_ORDINALS = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth".split(),  # noqa: SIM905
        1,
    )
}
_CHINESE_NUMBERS = {number: value for value, number in enumerate("一二三四五六七八九十", 1)}

MONTH_NUMBERS = _KHMER | _LAO | _ENGLISH | _VIETNAMESE
EDITION_NUMBERS = _CHINESE_NUMBERS | _ENGLISH_ORDINALS | _VIETNAMESE_ORDINALS | _ROMAN


@dataclass(frozen=True, slots=True)
class MarkPattern:
    """`kind` names the groups in order: d day, m month, y year; "o" an edition, "doc" a document number.

    A text without any of `hints` cannot match: a plain substring test is far quicker than the expression.
    `in_words`: it may match a text without digits.
    """

    kind: str
    pattern: re.Pattern[str]
    hints: tuple[str, ...]
    in_words: bool = False


def any_of(words: Iterable[str]) -> str:
    """The words as alternatives of an expression, the longest first."""
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_CENTURIES = ("19", "20")
_WORD_START = r"(?<![^\W_])"
_WORD_END = r"(?![^\W_])"
_YEAR = r"((?:19|20)\d\d)(?!\d)"
_LIKELY_YEAR = r"((?:19[3-9]|20[0-4])\d)"  # a bare number is a year of living memory or none
_NOT_A_NUMBER = r"(?![.,]?\d|/[a-zđ])"
_SEPARATOR = r"\s*[/.\-–]\s*"
_DAY = r"(\d{1,2})"
_VIETNAMESE_MONTH = rf"(\d{{1,2}}|{any_of(_VIETNAMESE)})"
_VIETNAMESE_YEAR = r"(?:\s*[,/\-.]?\s*(?:n[ăa]m\s+)?)" + _YEAR
_ENGLISH_MONTH = f"({any_of(_ENGLISH)})"
_KHMER_MONTH = rf"({any_of(_KHMER)}|\d{{1,2}})"
_KHMER_YEAR = r"\s*,?\s*(?:ឆ្នាំ)?\s*" + _YEAR
_KHMER_LONG_MONTH = f"({any_of(name for name in _KHMER if len(name) > 3)})"
_LAO_MONTH = rf"({any_of(_LAO)}|\d{{1,2}})"
_LAO_YEAR = r"\s*(?:ປີ)?\s*" + _YEAR
_UNTIL = r"\s*(?:-|–|—|đến|den|tới|toi|to|until|till|and|ដល់|ຫາ|至|到)\s*(?:n[ăa]m\s+|ឆ្នាំ\s*)?"
_ENGLISH_HINTS = tuple(sorted({name[:3] for name in ENGLISH_MONTHS}))
_THANG = ("tháng", "thang", "thàng")
_NGAY = ("ngày", "ngay")
_IN_WORDS = True

PATTERNS: tuple[MarkPattern, ...] = tuple(
    MarkPattern(kind, re.compile(pattern), hints, bool(in_words))
    for kind, pattern, hints, *in_words in [
        (
            "doc",
            _WORD_START + r"(?:(?:số|so|no\.?|លេខ)\s*)?(\d{1,5}(?:/(?:19|20)\d\d)?)\s*/\s*"
            r"([a-zđ]{1,8}(?:[-–.][a-zđ]{1,10}\d{0,3}){0,3})" + _WORD_END,
            ("/",),
        ),
        ("ymd", _WORD_START + r"((?:19|20)\d\d)-(\d\d)-(\d\d)(?!\d)", ("-",)),
        ("ymd", r"((?:19|20)\d\d)\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]", ("年",)),
        (
            "ddmy",
            _WORD_START + r"(?:ng[àa]y\s+)?(\d{1,2})\s*[-–]\s*(\d{1,2})(?:\s*[/.\-]\s*|\s+th[áa]ng\s+)"
            r"(\d{1,2})(?:\s*[/.\-]\s*|\s*,?\s*n[ăa]m\s+)" + _YEAR,
            ("-", "–"),
        ),
        ("dmy", _WORD_START + r"(?:ng[àa]y\s+)?" + _DAY + _SEPARATOR + r"(\d{1,2})" + _SEPARATOR + _YEAR, _CENTURIES),
        ("dmy", _WORD_START + rf"(?:ng[àa]y\s+)?{_DAY}\s+th[áa]ng\s+{_VIETNAMESE_MONTH}{_VIETNAMESE_YEAR}", _THANG),
        ("dmy", rf"ថ្ងៃ(?:ទី)?\s*{_DAY}\s*ខែ\s*{_KHMER_MONTH}{_KHMER_YEAR}", ("ខែ",)),
        ("dmy", rf"(?:ວັນທີ|ວັນ)\s*{_DAY}\s*(?:ເດືອນ)?\s*{_LAO_MONTH}{_LAO_YEAR}", ("ວັນ",)),
        (
            "dmy",
            _WORD_START + rf"{_DAY}(?:st|nd|rd|th)?\s+(?:of\s+)?{_ENGLISH_MONTH}\.?,?\s+{_YEAR}",
            _ENGLISH_HINTS,
        ),
        ("mdy", _WORD_START + rf"{_ENGLISH_MONTH}\.?\s+{_DAY}(?:st|nd|rd|th)?,?\s+{_YEAR}", _ENGLISH_HINTS),
        (
            "my",
            _WORD_START + rf"(?:trong\s+)?th[áa]ng\s+{_VIETNAMESE_MONTH}(?:\s*[,/\-.–]?\s*(?:n[ăa]m\s+)?){_YEAR}",
            _THANG,
        ),
        ("my", rf"ខែ\s*{_KHMER_MONTH}{_KHMER_YEAR}", ("ខែ",)),
        ("my", rf"{_KHMER_LONG_MONTH}{_KHMER_YEAR}", tuple(name[:3] for name in _KHMER)),
        ("my", rf"(?:ເດືອນ)\s*{_LAO_MONTH}{_LAO_YEAR}", ("ເດືອນ",)),
        ("ym", r"((?:19|20)\d\d)\s*年\s*(\d{1,2})\s*月", ("年",)),
        ("my", _WORD_START + rf"(?:in\s+)?{_ENGLISH_MONTH}\.?,?\s+(?:of\s+)?{_YEAR}", _ENGLISH_HINTS),
        ("my", _WORD_START + rf"(\d{{1,2}})\s*/\s*{_YEAR}", ("/",)),
        ("ym", _WORD_START + r"((?:19|20)\d\d)[-/](\d\d)(?!\d)", _CENTURIES),
        (
            "yy",
            _WORD_START
            + r"(?:t[ừu]\s+|from\s+|between\s+)?(?:n[ăa]m\s+)?"
            + _LIKELY_YEAR
            + _UNTIL
            + _LIKELY_YEAR
            + r"(?!\d)",
            _CENTURIES,
        ),
        ("y", _WORD_START + r"(?:trong\s+)?n[ăa]m(?:\s+h[ọo]c)?\s+" + _LIKELY_YEAR + _NOT_A_NUMBER, _CENTURIES),
        ("y", r"(?:ឆ្នាំ|ປີ)\s*" + _LIKELY_YEAR + _NOT_A_NUMBER, _CENTURIES),
        ("y", r"(?<![\d.,/])" + _LIKELY_YEAR + r"\s*年", ("年",)),
        (
            "y",
            r"(?<![^\W_])(?<![.,/]\b)"
            + _LIKELY_YEAR
            + r"(?!\d|[.,]\d|/[a-zđ]|[^\W_\d\u1780-\u17ff\u0e80-\u0eff\u3400-\u9fff])",
            _CENTURIES,
        ),
        (
            "o",
            _WORD_START
            + rf"l[ầa]n\s+(?:th[ứu]\s+)?({any_of(_VIETNAMESE_ORDINALS)}|{any_of(_ROMAN)}|\d{{1,3}}){_WORD_END}",
            ("lần", "lan"),
            _IN_WORDS,
        ),
        ("o", rf"លើកទី\s*(\d{{1,3}}|{any_of(_ROMAN)})", ("លើកទី",), _IN_WORDS),
        ("o", r"ຄັ້ງທີ\s*(\d{1,3})", ("ຄັ້ງທີ",)),
        ("o", r"第\s*(\d{1,3}|[一二三四五六七八九十])\s*[届次]", ("第",), _IN_WORDS),
        ("o", _WORD_START + r"(\d{1,3})(?:st|nd|rd|th)" + _WORD_END, ("st", "nd", "rd", "th")),
        (
            "o",
            _WORD_START + rf"({any_of(_ENGLISH_ORDINALS)})(?:\s+edition)?{_WORD_END}",
            tuple(_ENGLISH_ORDINALS),
            _IN_WORDS,
        ),
        ("dm", _WORD_START + rf"ng[àa]y\s+{_DAY}(?:\s*[/\-]\s*|\s+th[áa]ng\s+)(\d{{1,2}})(?!\d|\s*[/\-]\s*\d)", _NGAY),
        ("dm", _WORD_START + rf"{_DAY}\s+th[áa]ng\s+(\d{{1,2}})(?!\d|\s*[/\-]\s*\d)", _THANG),
        ("m", _WORD_START + r"th[áa]ng\s+(\d{1,2})(?!\d|\s*[/\-.]\s*\d)", _THANG),
        ("m", rf"ខែ\s*{_KHMER_LONG_MONTH}", ("ខែ",), _IN_WORDS),
        ("m", rf"ເດືອນ\s*({any_of(_LAO)})", ("ເດືອນ",), _IN_WORDS),
        ("m", _WORD_START + rf"in\s+({any_of(ENGLISH_MONTHS)}){_WORD_END}", _ENGLISH_HINTS, _IN_WORDS),
    ]
)
HINTS = frozenset(rule.hints for rule in PATTERNS)

# Every word that a mark with a number may contain, for `mark_stretches`.
_AROUND_NUMBERS = (
    "trong ngày ngay tháng thang năm nam học hoc lần lan thứ thu số so no in of st nd rd th from between từ tu"
    " đến den tới toi to until till and"
)
SPACED_WORDS = frozenset(_AROUND_NUMBERS.split()).union(
    *(name.split() for names in (_ENGLISH, _VIETNAMESE) for name in names)
)
UNSPACED_WORDS = frozenset(["ថ្ងៃ", "ទី", "ខែ", "ឆ្នាំ", "លេខ", "លើក", "ដល់"]).union(
    ["ວັນ", "ທີ", "ເດືອນ", "ປີ", "ຄັ້ງ", "ຫາ", *"年月日号届次第至到"], _KHMER, _LAO
)
