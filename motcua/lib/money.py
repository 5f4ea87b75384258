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
_AMOUNT: Final = re.compile(r"([\d., ]*\d) ?([a-z₫ ]*)")


def money(amount: int, language: str = "vi") -> str:
    """``150.000 đ``; in English ``VND 150,000``. Debts have a minus sign."""
    grouped = f"{abs(amount):,}"
    sign = "−" if amount < 0 else ""
    return f"{sign}{grouped.replace(',', '.')} đ" if language == "vi" else f"{sign}VND {grouped}"


def parse_money(text: str) -> int:
    """Whole đồng from ``150.000 đ``, ``150,000 VND``, ``150k``, ``1,5 triệu``.

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
