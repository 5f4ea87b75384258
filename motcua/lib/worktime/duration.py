"""A promised length of time, as laws and procedures write it: “3 ngày làm việc”, “8 giờ làm việc”, “15 ngày”."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Final, Literal

from motcua.lib.vietnamese import fold

Language = Literal["vi", "en"]


class Unit(StrEnum):
    WORKING_MINUTE = "phút làm việc"
    WORKING_HOUR = "giờ làm việc"
    WORKING_DAY = "ngày làm việc"
    DAY = "ngày"
    MONTH = "tháng"


_ENGLISH: Final = {
    Unit.WORKING_MINUTE: "working minute",
    Unit.WORKING_HOUR: "working hour",
    Unit.WORKING_DAY: "working day",
    Unit.DAY: "day",
    Unit.MONTH: "month",
}
_UNITS: Final = {fold(unit): unit for unit in Unit} | {
    spelling: unit for unit, name in _ENGLISH.items() for spelling in (name, f"{name}s")
}
_MOST: Final = {
    Unit.WORKING_MINUTE: 99_999,
    Unit.WORKING_HOUR: 9_999,
    Unit.WORKING_DAY: 2_500,
    Unit.DAY: 3_660,
    Unit.MONTH: 120,
}
_AS_HOURS: Final = {"phut": "phút làm việc", "gio": "giờ làm việc", "h": "giờ làm việc", "tieng": "giờ làm việc"}
_WRITTEN: Final = re.compile(r"(\d{1,6}(?:[.,]\d{1,3})?) ?(?:\([^)]*\) ?)?([a-z ]*)")
_EXAMPLES: Final = "“3 ngày làm việc”, “8 giờ làm việc”, “90 phút làm việc”, “15 ngày” hoặc “2 tháng”"


@dataclass(frozen=True, slots=True)
class Duration:
    """``str()`` of it is what ``parse`` reads. Parts (“0,5 ngày làm việc”) only of working units."""

    amount: Decimal
    unit: Unit

    def __post_init__(self) -> None:
        if self.amount <= 0:
            raise ValueError("Thời hạn phải lớn hơn 0.")
        if self.amount > _MOST[self.unit]:
            raise ValueError(f"Thời hạn dài quá {_MOST[self.unit]} {self.unit}.")
        if self.unit in (Unit.WORKING_MINUTE, Unit.DAY, Unit.MONTH) and self.amount % 1:
            raise ValueError(f"Số {self.unit} phải là số nguyên.")
        if self.unit == Unit.WORKING_HOUR and self.amount * 60 % 1:
            raise ValueError("Số giờ làm việc phải tròn phút, như “1,5 giờ làm việc”.")

    @classmethod
    @lru_cache(maxsize=1_000)  # each clock of each case asks, and the rules of a city know a few dozen
    def parse(cls, text: str) -> "Duration":
        """Read a duration with or without tones. Raises ``ValueError`` that says in Vietnamese what to write."""
        folded = fold(text)
        match = _WRITTEN.fullmatch(folded)
        if match is None:
            raise ValueError(f"Không đọc được thời hạn “{text.strip()[:60]}”. Viết như {_EXAMPLES}.")
        number, unit = match[1], match[2].strip()
        if unit in _AS_HOURS:
            raise ValueError(f"“{text.strip()}” chưa rõ có tính giờ nghỉ không. Viết “{number} {_AS_HOURS[unit]}”.")
        if not unit:
            raise ValueError(f"Thời hạn “{text.strip()}” thiếu đơn vị. Viết như {_EXAMPLES}.")
        if unit not in _UNITS:
            raise ValueError(f"Đơn vị “{unit[:40]}” không có. Viết như {_EXAMPLES}.")
        return cls(Decimal(number.replace(",", ".")), _UNITS[unit])

    def __str__(self) -> str:
        return self.words("vi")

    def words(self, language: Language) -> str:
        """“3 ngày làm việc”, or “3 working days”."""
        number = f"{self.amount.normalize():f}"
        if language == "vi":
            return f"{number.replace('.', ',')} {self.unit}"
        return f"{number} {_ENGLISH[self.unit]}{'' if self.amount == 1 else 's'}"
