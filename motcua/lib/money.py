"""Money is whole đồng, an ``int``."""

import re
from decimal import Decimal
from typing import Final

from motcua.lib.vietnamese import fold

_MOST: Final = 10**15
_UNITS: Final = {
    "": 1,
    **dict.fromkeys(("d", "dong", "vnd", "₫"), 1),
    **dict.fromkeys(("k", "nghin", "ngan", "nghin dong", "ngan dong"), 1_000),
    **dict.fromkeys(("tr", "trieu", "trieu dong"), 1_000_000),
    **dict.fromkeys(("ty", "ti", "ty dong", "ti dong"), 1_000_000_000),
}
_GROUPED: Final = re.compile(r"\d{1,3}(?:([., ])\d{3})(?:\1\d{3})*")
_PLAIN: Final = re.compile(r"\d+(?:[.,]\d+)?")
_AMOUNT: Final = re.compile(r"(?:vnd ?)?([\d., ]*\d) ?([a-z₫ ]*)")


def grouped(number: int, language: str | None = "vi") -> str:
    """``150.000``; in English ``150,000``."""
    return f"{number:,}" if language == "en" else f"{number:,}".replace(",", ".")


def money(amount: int, language: str | None = "vi") -> str:
    """``150.000 đ``; in English ``VND 150,000``. Debts have a minus sign."""
    sign, shown = "−" if amount < 0 else "", grouped(abs(amount), language)
    return f"{sign}VND {shown}" if language == "en" else f"{sign}{shown} đ"


def parse_money(text: str) -> int:
    """Whole đồng from ``150.000 đ``, ``VND 150,000``, ``150k``, ``1,5 triệu``.

    Raises ``ValueError`` that says in Vietnamese what to write.
    """
    match = _AMOUNT.fullmatch(fold(text[:60]))
    if match is None or match[2].strip() not in _UNITS:
        raise ValueError(f"Không đọc được số tiền “{text.strip()[:40]}”. Viết như “150.000 đ”.")
    number, unit = match[1], _UNITS[match[2].strip()]
    if unit == 1 and _GROUPED.fullmatch(number):
        amount = Decimal(re.sub("[., ]", "", number))
    elif _PLAIN.fullmatch(number):
        amount = Decimal(number.replace(",", ".")) * unit
    else:
        raise ValueError(f"Số tiền “{text.strip()[:40]}” có dấu phân cách không rõ. Viết như “150.000 đ”.")
    if amount > _MOST:
        raise ValueError("Số tiền quá lớn.")
    if amount % 1:
        raise ValueError("Số tiền phải tròn đồng.")
    return int(amount)


_DIGITS: Final = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_GROUPS: Final = ("", " nghìn", " triệu")


def money_in_words(amount: int) -> str:
    """``Một trăm năm mươi nghìn đồng``: as receipts write an amount out. Raises ``ValueError`` for a debt."""
    if not 0 <= amount <= _MOST:
        raise ValueError(f"{amount} is no amount of a receipt")
    words = _read(amount)
    return f"{words[0].upper()}{words[1:]} đồng"


def _read(number: int) -> str:
    if number == 0:
        return _DIGITS[0]
    billions, rest = divmod(number, 1_000_000_000)
    said = [f"{_read(billions)} tỷ"] if billions else []
    for place in (2, 1, 0):
        group = rest // 1000**place % 1000
        if group:
            said.append(f"{_read_group(group, is_first=not said)}{_GROUPS[place]}")
    return " ".join(said)


def _read_group(group: int, *, is_first: bool) -> str:
    """Three digits. Behind something greater a missing hundred and ten are read out: ``không trăm linh năm``."""
    hundreds, tens, ones = group // 100, group // 10 % 10, group % 10
    said = [] if is_first and not hundreds else [f"{_DIGITS[hundreds]} trăm"]
    if tens > 1:
        said.append(f"{_DIGITS[tens]} mươi")
    elif tens == 1:
        said.append("mười")
    elif ones and said:
        said.append("linh")
    if ones == 1 and tens > 1:
        said.append("mốt")
    elif ones == 5 and tens:
        said.append("lăm")
    elif ones:
        said.append(_DIGITS[ones])
    return " ".join(said)
