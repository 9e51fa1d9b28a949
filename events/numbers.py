"""Numbers as the readers of a language write them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

# Vietnamese and Khmer write 2.063 for two thousand and sixty-three; the digits are the European ones in both.
SEPARATORS = {"en": (",", "."), "zh-hans": (",", ".")}
POINT_FOR_THOUSANDS = (".", ",")


def separators(language: str) -> tuple[str, str]:
    """The signs before thousands and before decimals."""
    return SEPARATORS.get(language, POINT_FOR_THOUSANDS)


def number_text(value: Any, language: str) -> str:
    """2063 as "2.063" in vi and km, "2,063" in en; decimals without zeros at the end; "" for None."""
    if value is None or value == "":
        return ""
    thousands, decimal = separators(language)
    text = f"{Decimal(str(value)):,f}"
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0")
    whole = whole.replace(",", thousands)
    return f"{whole}{decimal}{fraction}" if fraction else whole
