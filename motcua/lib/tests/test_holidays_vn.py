from datetime import date

import pytest

from motcua.lib.holidays_vn import holidays_vn
from motcua.lib.tests.test_worktime_calendar import LAM_DONG, at
from motcua.lib.worktime import Duration, WorkCalendar, due


def days(year: int) -> dict[date, str]:
    return {off.day: off.name for off in holidays_vn(year).days_off}


def test_the_official_calendar_of_2026() -> None:
    year = holidays_vn(2026)
    assert year.is_confirmed
    assert [f"{off.day:%d/%m}" for off in year.days_off] == [
        *("01/01", "02/01"),
        *(f"{day}/02" for day in range(14, 23)),
        *("26/04", "27/04", "30/04", "01/05"),
        *("31/08", "01/09", "02/09", "24/11"),
    ]
    assert {off.name for off in year.days_off if off.day.month == 2} == {"Tết Nguyên đán"}
    assert {(made.day, made.like) for made in year.makeup_days} == {(date(2026, 1, 10), 4), (date(2026, 8, 22), 0)}
    assert [off.day for off in year.days_off if not off.is_confirmed] == [date(2026, 1, 2)]


def test_the_official_calendar_of_2025() -> None:
    year = holidays_vn(2025)
    assert {date(2025, 1, day) for day in range(27, 32)} < days(2025).keys()
    assert {date(2025, 5, 2), date(2025, 9, 1), date(2025, 9, 2), date(2025, 4, 7)} < days(2025).keys()
    assert [made.day for made in year.makeup_days] == [date(2025, 4, 26)]
    assert date(2025, 11, 24) not in days(2025)


# Facts §14, computed with Hồ Ngọc Đức's algorithm at UTC+7.
@pytest.mark.parametrize(
    ("tet", "hung_kings"),
    [
        ("2024-02-10", "2024-04-18"),
        ("2025-01-29", "2025-04-07"),
        ("2026-02-17", "2026-04-26"),
        ("2027-02-06", "2027-04-16"),
        ("2028-01-26", "2028-04-04"),
        ("2029-02-13", "2029-04-23"),
        ("2030-02-02", "2030-04-12"),
        ("2031-01-23", "2031-04-01"),
        ("2032-02-11", "2032-04-19"),
        ("2033-01-31", "2033-04-09"),
        ("2034-02-19", "2034-04-28"),
        ("2035-02-08", "2035-04-17"),
    ],
)
def test_lunar_days_are_vietnamese(tet: str, hung_kings: str) -> None:
    first, hung = date.fromisoformat(tet), date.fromisoformat(hung_kings)
    named = days(first.year)
    assert named[first] == "Tết Nguyên đán"
    assert "Hùng Vương" in named[hung]
    if hung.weekday() >= 5:
        compensation = [off for off in holidays_vn(hung.year).days_off if "Hùng Vương (nghỉ bù)" in off.name]
        assert [off.day.weekday() for off in compensation] == [0]
        assert "khoản 3" in compensation[0].basis


@pytest.mark.parametrize("year", range(2027, 2060))
def test_a_year_to_come_has_twelve_days_off_beside_weekends_and_is_not_confirmed(year: int) -> None:
    computed = holidays_vn(year)
    assert not computed.is_confirmed
    assert not any(off.is_confirmed for off in computed.days_off)
    assert len([off for off in computed.days_off if off.day.weekday() < 5]) == 12
    assert not computed.makeup_days
    assert all(off.basis for off in computed.days_off)


def test_culture_day_names_its_own_basis() -> None:
    (culture,) = (off for off in holidays_vn(2026).days_off if off.day == date(2026, 11, 24))
    assert (culture.name, culture.basis) == ("Ngày Văn hóa Việt Nam", "Nghị quyết 28/2026/QH16")


@pytest.mark.parametrize("year", [2020, 2100])
def test_years_without_rules_are_refused(year: int) -> None:
    with pytest.raises(ValueError, match="2021"):
        holidays_vn(year)


def test_a_calendar_made_of_them_gives_the_known_due_dates() -> None:
    year = holidays_vn(2026)
    calendar = WorkCalendar(
        LAM_DONG, {off.day: off.name for off in year.days_off}, {made.day: made.like for made in year.makeup_days}
    )
    three = due(calendar, at("2026-02-13T14:00"), Duration.parse("3 ngày làm việc"))
    assert three.at.isoformat() == "2026-02-25T14:00:00+07:00"
    assert "nghỉ Tết Nguyên đán" in three.steps[2].text
