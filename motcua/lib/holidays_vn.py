"""Public holidays of Vietnam, to seed calendars with; an administrator confirms each year against the official notice.

The rules (Bộ luật Lao động 2019, Điều 111–112; lunar days by the Vietnamese calendar, which is not the Chinese one)
and the swaps that were announced come from the library ``holidays``. We add what it does not tell: the legal basis,
which days are official and which only computed, and the rest of the official calendar of 2026. Which five days Tết
takes, and which day joins 2/9, the Prime Minister decides each year; before that the usual choice is a forecast.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from holidays import country_holidays

FIRST_YEAR, LAST_YEAR = 2021, 2099
"""The Labour Code of 2019 is in force since 1/1/2021; the lunar tables end with the century."""

CONFIRMED_YEARS: Final = frozenset({2024, 2025, 2026})
"""Years whose official calendar agrees with what is computed here."""

_LABOUR_CODE: Final = "Bộ luật Lao động 45/2019/QH14, Điều 112"
_COMPENSATION: Final = "Bộ luật Lao động 45/2019/QH14, Điều 111 khoản 3"
_CULTURE_DAY: Final = "Nghị quyết 28/2026/QH16"
_SWAP: Final = "Thông báo hoán đổi ngày làm việc trong năm của cơ quan quản lý nhà nước về lao động"
_TET_2026: Final = "Lịch nghỉ Tết Bính Ngọ 2026 (14–22/2/2026)"

_SUBSTITUTED: Final = re.compile(r"thay cho ngày (\d\d)/(\d\d)/(\d{4})")


@dataclass(frozen=True, slots=True)
class DayOff:
    day: date
    name: str
    basis: str
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class MakeupDay:
    """A weekend day that is worked with the sessions of the weekday ``like`` (0 = Monday)."""

    day: date
    like: int
    name: str
    basis: str
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class HolidayYear:
    year: int
    days_off: tuple[DayOff, ...]
    makeup_days: tuple[MakeupDay, ...]

    @property
    def is_confirmed(self) -> bool:
        return self.year in CONFIRMED_YEARS


def holidays_vn(year: int) -> HolidayYear:
    """Days off and make-up days of one year, in order. Raises ``ValueError`` outside 2021–2099."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"Chỉ tính được ngày nghỉ lễ từ năm {FIRST_YEAR} đến năm {LAST_YEAR}.")
    off: dict[date, DayOff] = {}
    makeup: dict[date, MakeupDay] = {}
    # A day may be swapped for one across New Year, so the neighbours' swaps count too.
    for day, name in country_holidays("VN", years=(year - 1, year, year + 1), language="vi").items():
        if swapped := _SUBSTITUTED.search(name):
            worked = date(int(swapped[3]), int(swapped[2]), int(swapped[1]))
            _swap(off, makeup, day, worked, is_confirmed=True)
        else:
            off[day] = _statutory(day, name)
    if year == 2026:
        # The notice for 2/1 ↔ 10/1 was not seen as an official text.
        _swap(off, makeup, date(2026, 1, 2), date(2026, 1, 10), is_confirmed=False)
        for number in (14, 15, 21, 22):
            day = date(2026, 2, number)
            off[day] = DayOff(day, "Tết Nguyên đán", _TET_2026, is_confirmed=True)
    return HolidayYear(
        year,
        tuple(off[day] for day in sorted(off) if day.year == year),
        tuple(makeup[day] for day in sorted(makeup) if day.year == year),
    )


def _statutory(day: date, name: str) -> DayOff:
    basis = _LABOUR_CODE
    if "Tết Nguyên Đán" in name or name == "29 Tết":
        name = "Tết Nguyên đán"
    elif "Văn hóa" in name:
        basis = _CULTURE_DAY
    if "nghỉ bù" in name:
        basis = f"{basis}; {_COMPENSATION}" if basis != _LABOUR_CODE else _COMPENSATION
    return DayOff(day, name, basis, is_confirmed=day.year in CONFIRMED_YEARS)


def _swap(
    off: dict[date, DayOff], makeup: dict[date, MakeupDay], day: date, worked: date, *, is_confirmed: bool
) -> None:
    off[day] = DayOff(day, f"hoán đổi, làm bù ngày {worked.day}/{worked.month}/{worked.year}", _SWAP, is_confirmed)
    name = f"Làm bù cho ngày {day.day}/{day.month}/{day.year}"
    makeup[worked] = MakeupDay(worked, day.weekday(), name, _SWAP, is_confirmed)
