from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motcua.lib.worktime import WorkCalendar

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
LAM_DONG: Mapping[int, Sequence[tuple[str, str]]] = {day: [("07:00", "11:30"), ("13:30", "17:00")] for day in range(5)}
TET = {date(2026, 2, 14) + timedelta(days): "Tết Nguyên đán" for days in range(9)}
CALENDAR = WorkCalendar(
    LAM_DONG,
    {**TET, date(2026, 8, 31): "Nghỉ hoán đổi", date(2026, 11, 24): "Ngày Văn hóa Việt Nam"},
    {date(2026, 8, 22): 0},
)


def at(text: str, zone: ZoneInfo = HANOI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


# Days on which these zones move their clocks: at 1 or 2 in the morning, by 30 minutes, and at midnight both ways.
MOVING = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Asia/Beirut", date(2026, 3, 29)),
    ("Asia/Beirut", date(2026, 10, 25)),
    ("America/Havana", date(2026, 3, 8)),
    ("America/Havana", date(2026, 11, 1)),
    ("Asia/Ho_Chi_Minh", date(2026, 2, 17)),
    ("Asia/Ho_Chi_Minh", date(2026, 8, 22)),
]


@st.composite
def day_sessions(draw: st.DrawFn) -> list[tuple[int, int]]:
    bounds = sorted(draw(st.sets(st.integers(0, 1440), min_size=2, max_size=6)))
    return list(zip(bounds[0::2], bounds[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> tuple[WorkCalendar, date]:
    """A calendar with odd sessions and exceptions around a day, and that day."""
    zone, middle = draw(st.sampled_from(MOVING))
    sessions = {weekday: draw(day_sessions()) for weekday in draw(st.sets(st.integers(0, 6), min_size=3))}
    near = st.integers(-3, 3).map(lambda days: middle + timedelta(days))
    off = draw(st.sets(near, max_size=2))
    makeup = draw(
        st.dictionaries(near.filter(lambda day: day not in off), st.sampled_from(sorted(sessions)), max_size=2)
    )
    return WorkCalendar(sessions, off, makeup, zone), middle


def is_working(calendar: WorkCalendar, minute: datetime) -> bool:
    """The oracle: is the minute that begins here worked, read from the wall clock alone?"""
    wall = minute.astimezone(calendar.zone)
    day = wall.date()
    if day in calendar.days_off:
        return False
    sessions = calendar.sessions[calendar.makeup_days.get(day, day.weekday())]
    return any(start <= wall.hour * 60 + wall.minute < end for start, end in sessions)


@settings(max_examples=50)
@given(case=calendars(), start=st.integers(-2 * 1440, 1440), minutes=st.integers(-700, 700))
def test_add_agrees_with_counting_minutes(case: tuple[WorkCalendar, date], start: int, minutes: int) -> None:
    calendar, middle = case
    begin = datetime.combine(middle, time(), UTC) + timedelta(minutes=start)
    one = timedelta(minutes=1 if minutes > 0 else -1)
    walked, left = begin, abs(minutes)
    while left:
        left -= is_working(calendar, walked if minutes > 0 else walked + one)
        walked += one
    # In UTC, because Python calls an hour that the wall shows twice equal to nothing in another zone.
    assert calendar.add(begin, minutes).astimezone(UTC) == walked


@settings(max_examples=50)
@given(case=calendars(), start=st.integers(-2 * 1440, 2 * 1440), length=st.integers(-3000, 3000))
def test_between_agrees_with_counting_minutes(case: tuple[WorkCalendar, date], start: int, length: int) -> None:
    calendar, middle = case
    begin = datetime.combine(middle, time(), UTC) + timedelta(minutes=start)
    low, high = sorted((0, length))
    worked = sum(is_working(calendar, begin + timedelta(minutes=minute)) for minute in range(low, high))
    assert calendar.between(begin, begin + timedelta(minutes=length)) == (worked if length >= 0 else -worked)


INSTANTS = st.integers(0, 3653 * 86_400_000_000).map(
    lambda microseconds: datetime(2020, 1, 1, tzinfo=HANOI) + timedelta(microseconds=microseconds)
)


@given(
    start=INSTANTS, span=st.integers(-5_000_000_000_000, 5_000_000_000_000).map(lambda us: timedelta(microseconds=us))
)
def test_adding_what_lies_between_loses_nothing_in_ten_years(start: datetime, span: timedelta) -> None:
    end = CALENDAR.add(start, span)
    assert CALENDAR.worked(start, end) == span
    assert CALENDAR.worked(end, start) == -span


@given(a=INSTANTS, b=INSTANTS, c=INSTANTS)
def test_working_time_adds_up_over_ten_years(a: datetime, b: datetime, c: datetime) -> None:
    assert CALENDAR.worked(a, b) + CALENDAR.worked(b, c) == CALENDAR.worked(a, c)


@given(a=INSTANTS, b=INSTANTS)
def test_between_agrees_with_summing_days_over_ten_years(a: datetime, b: datetime) -> None:
    a, b = sorted((a, b))
    total = timedelta()
    for number in range(a.date().toordinal(), b.date().toordinal() + 1):
        for begin, end in CALENDAR.sessions_on(date.fromordinal(number)):
            total += max(min(end, b) - max(begin, a), timedelta())
    assert CALENDAR.worked(a, b) == total


@given(start=INSTANTS, days=st.integers(-200, 200))
def test_add_days_lands_on_the_nth_working_day(start: datetime, days: int) -> None:
    begin = CALENDAR.next_open(start)
    end = CALENDAR.add_days(start, days)
    first, last = sorted((begin.date(), end.date()))
    assert CALENDAR.working_days_between(first, last) == abs(days)
    assert end.time() == begin.time()


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-02-13T14:00", 3 * 480, "2026-02-25T14:00"),
        ("2026-02-13T16:00", 60, "2026-02-13T17:00"),  # the close of day, not the opening of the next
        ("2026-02-13T16:00", 61, "2026-02-23T07:01"),
        ("2026-08-21T16:30", 60, "2026-08-22T07:30"),  # make-up Saturday
        ("2026-08-28T16:30", 60, "2026-09-01T07:30"),  # swapped Monday off
        ("2026-02-15T10:00", 0, "2026-02-15T10:00"),  # zero moves nothing, not even out of hours
        ("2026-02-23T07:00", -30, "2026-02-13T16:30"),
        ("2026-02-23T07:30", -30, "2026-02-23T07:00"),
    ],
)
def test_add(start: str, minutes: int, end: str) -> None:
    assert CALENDAR.add(at(start), minutes) == at(end)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-11-20T09:10", 1, "2026-11-23T09:10"),
        ("2026-11-20T06:00", 1, "2026-11-23T07:00"),
        ("2026-11-20T12:00", 1, "2026-11-23T13:30"),
        ("2026-11-20T17:00", 1, "2026-11-25T07:00"),  # counts from Monday 23, and 24/11 is off
        ("2026-11-23T16:00", 1, "2026-11-25T16:00"),
        ("2026-08-21T09:10", 2, "2026-08-24T09:10"),  # the make-up Saturday is a working day
        ("2026-11-21T09:10", 0, "2026-11-23T07:00"),
        ("2026-11-25T09:10", -1, "2026-11-23T09:10"),
    ],
)
def test_add_days(start: str, days: int, end: str) -> None:
    assert CALENDAR.add_days(at(start), days) == at(end)


def test_add_days_keeps_to_the_hours_of_a_shorter_day() -> None:
    calendar = WorkCalendar({4: [("07:00", "11:30"), ("13:30", "17:00")], 5: [("07:30", "11:00")]})
    assert calendar.add_days(at("2026-11-20T16:00"), 1) == at("2026-11-21T11:00")
    assert calendar.add_days(at("2026-11-20T07:10"), 1) == at("2026-11-21T07:30")
    assert calendar.add_days(at("2026-11-21T11:30"), 0) == at("2026-11-27T07:00")
    assert calendar.day_minutes == 480


def test_questions() -> None:
    assert CALENDAR.is_open(at("2026-11-20T07:00"))
    assert not CALENDAR.is_open(at("2026-11-20T11:30"))
    assert CALENDAR.next_open(at("2026-11-20T11:30")) == at("2026-11-20T13:30")
    assert CALENDAR.next_open(at("2026-11-20T09:10")) == at("2026-11-20T09:10")
    assert CALENDAR.next_opening(at("2026-11-20T09:10")) == at("2026-11-20T13:30")
    assert CALENDAR.next_opening(at("2026-11-20T07:00")) == at("2026-11-20T07:00")
    assert CALENDAR.opening(date(2026, 8, 22)) == at("2026-08-22T07:00")
    assert CALENDAR.closing(date(2026, 8, 22)) == at("2026-08-22T17:00")
    assert CALENDAR.next_working_day(date(2026, 2, 14)) == date(2026, 2, 23)
    assert not CALENDAR.is_working_day(date(2026, 8, 31))
    assert CALENDAR.day_minutes == 480


def test_round_the_clock_offices_close_at_midnight() -> None:
    always = WorkCalendar({day: [(0, "24:00")] for day in range(7)})
    assert always.add(at("2026-02-13T14:00"), 24 * 60 * 365) == at("2027-02-13T14:00")
    assert always.closing(date(2026, 2, 13)) == at("2026-02-14T00:00")
    assert always.between(at("2026-01-01T00:00"), at("2026-01-02T00:00")) == 1440


def test_instants_of_any_zone_are_taken_and_the_offices_own_are_given() -> None:
    end = CALENDAR.add(datetime(2026, 2, 13, 7, tzinfo=UTC), 1440)
    assert end.isoformat() == "2026-02-25T14:00:00+07:00"
    assert end.tzinfo is HANOI


def test_between_rounds_towards_zero_and_worked_does_not_round() -> None:
    a, b = at("2026-11-20T09:00:30"), at("2026-11-20T09:02:00")
    assert (CALENDAR.between(a, b), CALENDAR.between(b, a)) == (1, -1)
    assert CALENDAR.worked(a, b) == timedelta(seconds=90)


@pytest.mark.parametrize("year", [1975, 2200])
def test_years_it_cannot_know_are_refused(year: int) -> None:
    with pytest.raises(ValueError, match="năm 1976"):
        CALENDAR.add(datetime(year, 6, 1, tzinfo=UTC), 10)


def test_instants_without_a_zone_are_refused() -> None:
    with pytest.raises(ValueError, match="múi giờ"):
        CALENDAR.add(datetime(2026, 1, 1), 10)  # noqa: DTZ001


def test_a_sum_past_the_last_year_is_refused() -> None:
    with pytest.raises(ValueError, match="năm 2199"):
        CALENDAR.add(at("2026-01-01T00:00"), 10**9)


@pytest.mark.parametrize(
    ("sessions", "off", "makeup", "message"),
    [
        ({}, (), (), "không có buổi"),
        ({7: [(0, 60)]}, (), (), "từ 0"),
        ({0: [(600, 540)]}, (), (), "Buổi của thứ Hai kết thúc trước"),
        ({6: [(0, 100), (90, 200)]}, (), (), "Hai buổi của Chủ nhật chồng lên nhau"),
        ({0: [("7h", "8h")]}, (), (), "07:30"),
        ({0: [(0, 1441)]}, (), (), "một ngày"),
        ({0: [(time(7), time(8, 0, 1))]}, (), (), "tròn phút"),
        ({0: [(0, 60)]}, [date(2026, 1, 1)], [date(2026, 1, 1)], "vừa là"),
        ({0: [(0, 60)]}, (), {date(2026, 1, 1): 1}, "không làm việc"),
    ],
)
def test_bad_calendars_are_refused(
    sessions: dict[int, list[tuple[int, int]]], off: list[date], makeup: list[date], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        WorkCalendar(sessions, off, makeup)


def test_a_calendar_cannot_be_changed() -> None:
    off = [date(2026, 1, 1)]
    calendar = WorkCalendar(LAM_DONG, off)
    off.append(date(2026, 1, 2))
    assert date(2026, 1, 2) not in calendar.days_off
    with pytest.raises(TypeError):
        calendar.days_off[date(2026, 1, 2)] = "x"  # type: ignore[index]
