from datetime import date

import pytest

from motcua.lib.tests.test_worktime_calendar import at
from motcua.lib.worktime import ClockState, clock_state, clock_words, day_words, moment_words, soon_minutes


@pytest.mark.parametrize(
    ("state", "minutes", "vi", "en"),
    [
        ("on", 320, "Còn 5 giờ 20 phút", "5 h 20 min left"),
        ("soon", 40, "Còn 40 phút", "40 min left"),
        ("soon", 0, "Dưới 1 phút", "Under 1 min"),
        ("on", 480 * 3 + 60 * 2 + 59, "Còn 3 ngày 2 giờ", "3 days 2 h left"),
        ("on", 480, "Còn 1 ngày", "1 day left"),
        ("on", 480 + 59, "Còn 1 ngày", "1 day left"),
        ("on", 120, "Còn 2 giờ", "2 h left"),
        ("late", -600, "Trễ 1 ngày 2 giờ", "1 day 2 h late"),
        ("late", 600, "Trễ 1 ngày 2 giờ", "1 day 2 h late"),
        ("late", 0, "Trễ dưới 1 phút", "Under 1 min late"),
        ("paused", 360, "Tạm dừng, giữ lại 6 giờ", "Paused, 6 h kept"),
        ("paused", -60, "Tạm dừng, đã trễ 1 giờ", "Paused, 1 h late"),
        ("done", 50, "Xong sớm 50 phút", "Done 50 min early"),
        ("done", 0, "Xong sớm dưới 1 phút", "Done under 1 min early"),
        ("done", -180, "Xong, trễ 3 giờ", "Done, 3 h late"),
    ],
)
def test_clock_words(state: ClockState, minutes: int, vi: str, en: str) -> None:
    assert clock_words(state, minutes, 480, "vi") == vi
    assert clock_words(state, minutes, 480, "en") == en


def test_a_day_is_as_long_as_the_office_works() -> None:
    assert clock_words("on", 450, 450) == "Còn 1 ngày"


@pytest.mark.parametrize(
    ("left", "term", "state"),
    [(240, 1440, "soon"), (241, 1440, "on"), (30, 120, "soon"), (31, 120, "on"), (240, 960, "soon"), (0, 60, "soon")],
)
def test_soon_is_four_hours_or_a_quarter_of_a_short_term(left: int, term: int, state: str) -> None:
    assert clock_state(left, term) == state
    assert (left <= soon_minutes(term)) == (state == "soon")


def test_moments() -> None:
    assert moment_words(at("2026-11-23T14:10"), this_year=2026) == "14:10, thứ Hai 23/11"
    assert moment_words(at("2026-11-23T14:10"), "en", this_year=2027) == "14:10, Monday 23 Nov 2026"
    assert day_words(date(2026, 11, 22)) == "Chủ nhật 22/11/2026"
