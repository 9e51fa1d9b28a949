"""Reads what a partner typed into the form: machine values, or an error that says what to write instead."""

from __future__ import annotations

import re
import unicodedata
from datetime import time
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huunghi.partners.fields import parse_partial_date

from ..models.confirmations import FactKind
from ..numbers import number_text, separators

MOST_CHARACTERS = 255
MOST_DIGITS = 12  # of whole numbers less: what the column of an attendance holds
LARGEST_WHOLE = 2_147_483_647

# They turn the direction of a text: what is shown would not be what was typed.
DIRECTION_MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Letters of our scripts are joined and parted by these; all other signs without a shape are refused.
JOINERS = frozenset("\u200b\u200c\u200d")
OTHER_DIGITS = str.maketrans("០១២៣៤៥៦៧៨៩໐໑໒໓໔໕໖໗໘໙", "0123456789" * 2)


def read_line(text: str, most: int = MOST_CHARACTERS) -> str:
    """One line of NFC text with single spaces, at most `most` characters."""
    return re.sub(r" {2,}", " ", _clean(text, most, allowed="\t"))


def read_paragraphs(text: str, most: int) -> str:
    """Text of several lines."""
    text = _clean(text.replace("\r\n", "\n").replace("\r", "\n"), most, allowed="\n\t")
    return re.sub(r"\n{3,}", "\n\n", text)


def read_value(text: str, kind: str, language: str) -> str:
    """The machine value of what was typed; raises ValidationError for what cannot be one."""
    line = read_line(text)
    if not line:
        raise ValidationError(_("Write the right value, or choose “Correct”."))
    if kind == FactKind.TEXT:
        return line
    line = line.translate(OTHER_DIGITS)
    if kind == FactKind.DATE:
        return parse_partial_date(line)
    if kind == FactKind.TIME:
        return read_time(line)
    return read_number(line, language, whole=kind == FactKind.WHOLE)


def read_number(text: str, language: str, *, whole: bool) -> str:
    """ "2.063" as "2063" in vi and km, "1,50" as "1.5"; in English with the signs the other way round."""
    thousands, decimal = map(re.escape, separators(language))
    fraction = "" if whole else rf"(?:{decimal}([0-9]{{1,2}}))?"
    found = re.fullmatch(rf"([0-9]+|[0-9]{{1,3}}(?:(?:{thousands}|[ \u00a0])[0-9]{{3}})+){fraction}", text)
    if found is None:
        if whole:
            raise ValidationError(_("Write digits only, such as 2063."))
        example = {"example": number_text("1.5", language)}
        raise ValidationError(_("Write digits, and at most two decimals, such as %(example)s."), params=example)
    digits = re.sub(r"[^0-9]", "", found[1]).lstrip("0") or "0"
    if len(digits) > MOST_DIGITS or (whole and int(digits) > LARGEST_WHOLE):
        raise ValidationError(_("This number is too large. Check its digits."))
    decimals = "" if whole else found[2]
    return plain_number(Decimal(f"{digits}.{decimals}" if decimals else digits))


def plain_number(number: Decimal | int) -> str:
    """2063.00 as "2063", 1.50 as "1.5"."""
    text = f"{Decimal(number):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def read_time(text: str) -> str:
    found = re.fullmatch(r"([0-9]{1,2})[:.h]([0-9]{2})", text)
    try:
        return time(int(found[1]), int(found[2])).strftime("%H:%M") if found else _no_time()
    except ValueError:
        return _no_time()


def _no_time() -> str:
    raise ValidationError(_("Write hour and minute, such as 08:00."))


def _clean(text: str, most: int, allowed: str) -> str:
    # Before normalising, whose cost grows with the text.
    if len(text) > 4 * most:
        raise too_long(most)
    text = unicodedata.normalize("NFC", text)
    for sign in allowed:
        if sign != "\n":
            text = text.replace(sign, " ")
    for sign in text:
        if sign in DIRECTION_MARKS:
            raise ValidationError(
                _("The text holds hidden signs that turn its direction. Type it anew instead of pasting it.")
            )
        if _is_hidden(sign) and sign not in allowed:
            raise ValidationError(_("The text holds signs that cannot be shown. Type it anew instead of pasting it."))
    text = text.strip()
    if len(text) > most:
        raise too_long(most)
    return text


def _is_hidden(sign: str) -> bool:
    """Control and format signs, half characters, private and unassigned ones."""
    return sign not in JOINERS and unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def too_long(most: int) -> ValidationError:
    return ValidationError(_("This is too long: at most %(most)s characters."), params={"most": most})
