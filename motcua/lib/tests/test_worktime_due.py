from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.lib.tests.test_worktime_calendar import CALENDAR, INSTANTS, LAM_DONG, at
from motcua.lib.worktime import Duration, StartRule, Unit, WorkCalendar, due, due_at, elapsed, shifted


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("3 ngày làm việc", "3", Unit.WORKING_DAY),
        ("03 (ba) ngày làm việc", "3", Unit.WORKING_DAY),
        ("3 NGAY  LAM VIEC ", "3", Unit.WORKING_DAY),
        ("3 nga\u0300y la\u0300m vie\u0323\u0302c", "3", Unit.WORKING_DAY),
        ("0,5 ngày làm việc", "0.5", Unit.WORKING_DAY),
        ("8 giờ làm việc", "8", Unit.WORKING_HOUR),
        ("1.5 gio lam viec", "1.5", Unit.WORKING_HOUR),
        ("90 phút làm việc", "90", Unit.WORKING_MINUTE),
        ("15 ngày", "15", Unit.DAY),
        ("15ngay", "15", Unit.DAY),
        ("2 tháng", "2", Unit.MONTH),
        ("2 working days", "2", Unit.WORKING_DAY),
        ("1 month", "1", Unit.MONTH),
    ],
)
def test_durations_are_read_as_people_write_them(text: str, amount: str, unit: Unit) -> None:
    duration = Duration.parse(text)
    assert (duration.amount, duration.unit) == (Decimal(amount), unit)
    assert Duration.parse(str(duration)) == duration
    assert Duration.parse(duration.words("en")) == duration


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Không đọc được"),
        ("ba ngày", "Không đọc được"),
        ("-3 ngày", "Không đọc được"),
        ("3", "thiếu đơn vị"),
        ("8 giờ", "Viết “8 giờ làm việc”"),
        ("90 phút", "Viết “90 phút làm việc”"),
        ("3 tuần", "Đơn vị"),
        ("0 ngày", "lớn hơn 0"),
        ("1,5 ngày", "số nguyên"),
        ("0,333 giờ làm việc", "tròn phút"),
        ("9999 ngày", "dài quá"),
        ("9" * 300 + " ngày", "Không đọc được"),
    ],
)
def test_durations_that_cannot_be_read_say_what_to_write(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Duration.parse(text)


@pytest.mark.parametrize(
    ("start", "duration", "rule", "end"),
    [
        ("2026-02-13T14:00", "3 ngày làm việc", "same_instant", "2026-02-25T14:00"),
        ("2026-02-13T14:00", "24 giờ làm việc", "same_instant", "2026-02-25T14:00"),
        ("2026-02-13T14:00", "3 ngày làm việc", "next_working_day", "2026-02-25T17:00"),
        ("2026-02-13T14:00", "1 ngày làm việc", "next_session", "2026-02-24T07:00"),
        ("2026-11-20T09:10", "1 ngày làm việc", "same_instant", "2026-11-23T09:10"),
        ("2026-11-23T16:00", "1 ngày làm việc", "same_instant", "2026-11-25T16:00"),
        ("2026-11-23T16:00", "1 ngày làm việc", "next_working_day", "2026-11-25T17:00"),
        ("2026-08-21T10:00", "2 ngày làm việc", "same_instant", "2026-08-24T10:00"),
        ("2026-11-20T09:10", "0,5 ngày làm việc", "same_instant", "2026-11-20T15:10"),
        ("2026-11-20T09:10", "1,5 ngày làm việc", "same_instant", "2026-11-23T15:10"),
        ("2026-11-20T18:00", "8 giờ làm việc", "same_instant", "2026-11-23T17:00"),
        ("2026-11-20T09:10", "8 giờ làm việc", "next_session", "2026-11-23T11:30"),
        ("2026-11-20T09:10", "8 giờ làm việc", "next_working_day", "2026-11-23T17:00"),
        ("2026-11-20T16:10", "90 phút làm việc", "same_instant", "2026-11-23T07:40"),
        ("2026-02-02T09:10", "15 ngày", "same_instant", "2026-02-23T09:10"),  # 17/2 is Tết
        ("2026-02-02T09:10", "10 ngày", "same_instant", "2026-02-12T09:10"),
        ("2026-02-02T09:10", "10 ngày", "next_working_day", "2026-02-12T17:00"),
        ("2026-02-01T09:10", "10 ngày", "next_working_day", "2026-02-11T17:00"),  # a Sunday: the day itself counts not
        ("2025-12-31T09:10", "2 tháng", "same_instant", "2026-03-02T09:10"),  # 28/2/2026 is a Saturday
        ("2026-01-30T12:00", "1 tháng", "same_instant", "2026-03-02T13:30"),
        ("2026-06-15T09:10", "6 tháng", "same_instant", "2026-12-15T09:10"),
    ],
)
def test_due(start: str, duration: str, rule: str, end: str) -> None:
    assert due_at(CALENDAR, at(start), Duration.parse(duration), StartRule(rule)) == at(end)


def test_a_working_day_is_a_day_however_long_it_is() -> None:
    short = WorkCalendar(
        {**{day: [("07:30", "11:30"), ("13:00", "16:30")] for day in range(5)}, 5: [("07:30", "11:30")]}
    )
    one = Duration.parse("1 ngày làm việc")
    assert due_at(short, at("2026-11-19T09:10"), one) == at("2026-11-20T09:10")
    assert due_at(short, at("2026-11-20T09:10"), one) == at("2026-11-21T09:10")
    assert due_at(short, at("2026-11-20T15:00"), one) == at("2026-11-21T11:30")


def test_the_explanation_tells_each_day_and_names_the_holiday() -> None:
    explained = due(CALENDAR, at("2026-02-13T14:00"), Duration.parse("3 ngày làm việc"))
    assert explained.at.isoformat() == "2026-02-25T14:00:00+07:00"
    assert [step.text for step in explained.steps] == [
        "Nhận lúc 14:00, thứ Sáu 13/2/2026, trong giờ làm việc: tính ngay.",
        "Thứ Sáu 13/2: 14:00–17:00, tính 3 giờ, bắt đầu tính từ đây.",
        "Thứ Bảy 14/2 – Chủ nhật 22/2: nghỉ Tết Nguyên đán, không tính.",
        "Thứ Hai 23/2: 07:00–11:30, 13:30–17:00, tính 8 giờ, ngày làm việc thứ 1.",
        "Thứ Ba 24/2: 07:00–11:30, 13:30–17:00, tính 8 giờ, ngày làm việc thứ 2.",
        "Thứ Tư 25/2: 07:00–11:30, 13:30–14:00, tính 5 giờ, ngày làm việc thứ 3, hết thời hạn.",
        "Hạn: 14:00, thứ Tư 25/2/2026.",
    ]


def test_the_explanation_in_english_tells_make_up_days_and_what_is_left() -> None:
    explained = due(CALENDAR, at("2026-08-21T18:00"), Duration.parse("9 giờ làm việc"), language="en")
    assert [step.text for step in explained.steps] == [
        "Received at 18:00, Friday 21 Aug 2026, outside working hours: counted from 07:00, Saturday 22 Aug.",
        "Saturday 22 Aug (make-up day with the hours of Monday): 07:00–11:30, 13:30–17:00, 8 h counted, 1 h left.",
        "Sunday 23 Aug: weekly day off, not counted.",
        "Monday 24 Aug: 07:00–08:00, 1 h counted, the term is over.",
        "Due: 08:00, Monday 24 Aug 2026.",
    ]


def test_the_explanation_of_calendar_days_tells_why_the_end_moved() -> None:
    explained = due(CALENDAR, at("2026-02-02T09:10"), Duration.parse("15 ngày"))
    assert [step.text for step in explained.steps[1:]] == [
        "Cộng 15 ngày theo lịch, kể cả ngày nghỉ: thứ Ba 17/2.",
        "Thứ Ba 17/2 – Chủ nhật 22/2: nghỉ Tết Nguyên đán, chuyển sang ngày làm việc kế tiếp.",
        "Hạn: 09:10, thứ Hai 23/2/2026.",
    ]


@given(
    start=INSTANTS,
    amount=st.integers(1, 60),
    unit=st.sampled_from(Unit),
    rule=st.sampled_from(StartRule),
)
def test_the_steps_add_up_to_the_term(start: datetime, amount: int, unit: Unit, rule: StartRule) -> None:
    duration = Duration(Decimal(amount), unit)
    explained = due(CALENDAR, start, duration, rule)
    assert explained.at == due_at(CALENDAR, start, duration, rule)
    assert explained.at > start
    assert sum(step.minutes for step in explained.steps) == CALENDAR.between(explained.began, explained.at)
    told = [step for step in explained.steps if step.kind in ("counted", "off", "calendar")]
    assert told[0].first == explained.began.date()
    for before, after in pairwise(told):
        assert after.first - before.last in (timedelta(1), timedelta(0))
    if unit == Unit.WORKING_DAY:
        assert CALENDAR.working_days_between(explained.began.date(), explained.at.date()) == amount - (
            rule in (StartRule.NEXT_WORKING_DAY, StartRule.SAME_DAY)
        )


def test_same_day_ends_when_the_office_closes() -> None:
    one_day = Duration.parse("1 ngày làm việc")
    assert due_at(CALENDAR, at("2026-11-16T09:10"), one_day, StartRule.SAME_DAY) == at("2026-11-16T17:00")
    assert due_at(CALENDAR, at("2026-11-20T18:00"), one_day, StartRule.SAME_DAY) == at("2026-11-23T17:00")
    two_days = Duration.parse("2 ngày")
    assert due_at(CALENDAR, at("2026-11-16T09:10"), two_days, StartRule.SAME_DAY) == at("2026-11-17T17:00")


def test_a_pause_moves_the_due_moment_by_the_working_time_it_took() -> None:
    # Facts §14: asked after 6 of 16 hours, waits five days, 10 hours remain.
    start = at("2026-11-16T07:00")
    first = due_at(CALENDAR, start, Duration.parse("16 giờ làm việc"))
    paused = CALENDAR.add(start, 6 * 60)
    resumed = paused + timedelta(5)
    moved = shifted(CALENDAR, first, [(paused, resumed)])
    assert CALENDAR.between(resumed, moved) == 10 * 60
    assert elapsed(CALENDAR, start, moved, [(paused, resumed)]) == timedelta(hours=16)


def test_a_pause_over_a_weekend_moves_nothing() -> None:
    moment = at("2026-11-25T10:00")
    assert shifted(CALENDAR, moment, [(at("2026-11-20T17:00"), at("2026-11-23T07:00"))]) == moment


def test_pauses_that_overlap_are_taken_once() -> None:
    a, b, c, d = (at(f"2026-11-18T{hour:02}:00") for hour in (8, 9, 10, 11))
    assert shifted(CALENDAR, d, [(b, d), (a, c)]) == CALENDAR.add(d, 180)
    assert shifted(CALENDAR, d, [(a, d), (b, c)]) == CALENDAR.add(d, 180)
    assert elapsed(CALENDAR, b, d, [(a, c)]) == timedelta(hours=1)


def test_a_pause_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="trước khi bắt đầu"):
        shifted(CALENDAR, at("2026-11-25T10:00"), [(at("2026-11-23T07:00"), at("2026-11-20T17:00"))])


@given(start=INSTANTS, pause=st.integers(0, 3000), wait=st.integers(0, 100_000), term=st.integers(1, 5000))
def test_what_is_left_when_pausing_is_left_when_resuming(start: datetime, pause: int, wait: int, term: int) -> None:
    end = CALENDAR.add(CALENDAR.next_open(start), term)
    paused = start + timedelta(minutes=pause)
    resumed = paused + timedelta(minutes=wait)
    moved = shifted(CALENDAR, end, [(paused, resumed)])
    assert CALENDAR.worked(resumed, moved) == CALENDAR.worked(paused, end)


def test_holidays_on_weekends_are_named_and_change_nothing() -> None:
    named = WorkCalendar(LAM_DONG, {date(2026, 11, 21): "Ngày hội"})
    explained = due(named, at("2026-11-20T16:00"), Duration.parse("1 ngày làm việc"))
    assert explained.at == at("2026-11-23T16:00")
    assert [step.text for step in explained.steps if step.kind == "off"] == [
        "Thứ Bảy 21/11: nghỉ Ngày hội, không tính.",
        "Chủ nhật 22/11: nghỉ hằng tuần, không tính.",
    ]
