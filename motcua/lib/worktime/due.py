"""When a promise falls due, and why.

What one ``ngày làm việc`` is. Two readings exist: 8 working hours, or “the same time on the next working day”. We count
days: n working days end at the same time of day on the n-th working day after the one in which the clock began. Both
readings agree wherever working days are equally long, so they agree with the vendors' practice (filed 09:10, one day →
09:10 next working day) and with “1 ngày = 8 giờ” under 07:00–11:30, 13:30–17:00. Where days are not equal (a Saturday
morning, a 7.5-hour day), only counting days still gives that practice, and still counts a make-up Saturday as one day.
A part of a day (“0,5 ngày làm việc”) is that part of the calendar's usual day, in minutes.

When it begins (facts §1.6.11–12): ``SAME_INSTANT`` in hours at once, out of hours at the next opening;
``NEXT_SESSION`` at the next beginning of a session; ``NEXT_WORKING_DAY`` at the opening of the next working day, for
terms in which the day of the event is not counted (Bộ luật Dân sự 2015, Điều 147–148), and then days, calendar days
and months end with the closing of their last day. ``SAME_DAY`` counts the day of the event itself as the first one:
one working day ends with the closing of the day on which it began (“trả trong ngày”).

Calendar days and months that end on a day off move to the next working day. A month without that date ends on its last.
"""

import calendar as gregorian
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Final, Literal

from motcua.lib.worktime.calendar import WorkCalendar
from motcua.lib.worktime.duration import Duration, Language, Unit
from motcua.lib.worktime.words import day_words, duration_words, moment_words, weekday_words


class StartRule(StrEnum):
    SAME_INSTANT = "same_instant"
    NEXT_SESSION = "next_session"
    NEXT_WORKING_DAY = "next_working_day"
    SAME_DAY = "same_day"


_BY_WHOLE_DAYS: Final = (StartRule.NEXT_WORKING_DAY, StartRule.SAME_DAY)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the explanation; ``minutes`` is the working time counted in it."""

    kind: Literal["start", "counted", "off", "calendar", "due"]
    first: date
    last: date
    minutes: int
    text: str


@dataclass(frozen=True, slots=True)
class Due:
    at: datetime
    began: datetime
    steps: tuple[Step, ...]


def begin_at(calendar: WorkCalendar, start: datetime, start_rule: StartRule = StartRule.SAME_INSTANT) -> datetime:
    """When the clock of something received at ``start`` begins to run."""
    match start_rule:
        case StartRule.SAME_INSTANT | StartRule.SAME_DAY:
            return calendar.next_open(start)
        case StartRule.NEXT_SESSION:
            return calendar.next_opening(start)
        case StartRule.NEXT_WORKING_DAY:
            return calendar.opening(calendar.next_working_day(calendar.local(start).date() + timedelta(1)))


def due_at(
    calendar: WorkCalendar, start: datetime, duration: Duration, start_rule: StartRule = StartRule.SAME_INSTANT
) -> datetime:
    """When ``duration`` from ``start`` is over; ``due`` also says why."""
    began = begin_at(calendar, start, start_rule)
    by_whole_days = start_rule in _BY_WHOLE_DAYS
    match duration.unit:
        case Unit.WORKING_MINUTE:
            return calendar.add(began, int(duration.amount))
        case Unit.WORKING_HOUR:
            return calendar.add(began, int(duration.amount * 60))
        case Unit.WORKING_DAY:
            days, part = divmod(duration.amount, 1)
            if minutes := round(part * calendar.day_minutes):
                return calendar.add(calendar.add_days(began, int(days)), minutes)
            if by_whole_days:
                return calendar.closing(calendar.add_days(began, int(days) - 1).date())
            return calendar.add_days(began, int(days))
        case Unit.DAY | Unit.MONTH:
            last = calendar.next_working_day(_last_calendar_day(calendar, start, began, duration, start_rule))
            return calendar.closing(last) if by_whole_days else calendar.at_time(last, began.time())


def due(
    calendar: WorkCalendar,
    start: datetime,
    duration: Duration,
    start_rule: StartRule = StartRule.SAME_INSTANT,
    language: Language = "vi",
) -> Due:
    """When ``duration`` from ``start`` is over, and day by day why."""
    at = due_at(calendar, start, duration, start_rule)
    began = begin_at(calendar, start, start_rule)
    telling = _Telling(calendar, calendar.local(start), began, at, duration, start_rule, language)
    if duration.unit in (Unit.DAY, Unit.MONTH):
        end = _last_calendar_day(calendar, start, began, duration, start_rule)
        steps = (telling.start(), *telling.calendar_days(end), telling.due())
    else:
        steps = (telling.start(), *telling.days(), telling.due())
    return Due(at, began, steps)


def shifted(calendar: WorkCalendar, due_at: datetime, pauses: Iterable[tuple[datetime, datetime]]) -> datetime:
    """The new due moment after ``pauses`` (from, to): later by the working time that they took, overlaps taken once."""
    return calendar.add(due_at, _paused(calendar, pauses))


def elapsed(
    calendar: WorkCalendar, start: datetime, end: datetime, pauses: Iterable[tuple[datetime, datetime]] = ()
) -> timedelta:
    """Working time from ``start`` to ``end`` without ``pauses``."""
    inside = [(max(paused, start), min(resumed, end)) for paused, resumed in pauses]
    return calendar.worked(start, end) - _paused(calendar, [pause for pause in inside if pause[0] < pause[1]])


def _paused(calendar: WorkCalendar, pauses: Iterable[tuple[datetime, datetime]]) -> timedelta:
    total = timedelta()
    until: datetime | None = None
    for paused, resumed in sorted(pauses):
        if resumed < paused:
            raise ValueError("Một lần tạm dừng kết thúc trước khi bắt đầu.")
        begin = paused if until is None or paused > until else until
        if resumed > begin:
            total += calendar.worked(begin, resumed)
        until = resumed if until is None else max(until, resumed)
    return total


def _last_calendar_day(
    calendar: WorkCalendar, start: datetime, began: datetime, duration: Duration, start_rule: StartRule
) -> date:
    event = calendar.local(start).date() if start_rule == StartRule.NEXT_WORKING_DAY else began.date()
    if start_rule == StartRule.SAME_DAY:
        event -= timedelta(1)
    if duration.unit == Unit.DAY:
        return event + timedelta(int(duration.amount))
    year, month = divmod(event.year * 12 + event.month - 1 + int(duration.amount), 12)
    return date(year, month + 1, min(event.day, gregorian.monthrange(year, month + 1)[1]))


_TEXT: Final = {
    "vi": {
        "at once": "Nhận lúc {received}, trong giờ làm việc: tính ngay.",
        "opening": "Nhận lúc {received}, ngoài giờ làm việc: tính từ {began}.",
        "next_session": "Nhận lúc {received}: tính từ đầu buổi làm việc kế tiếp, {began}.",
        "next_working_day": "Nhận lúc {received}: không tính ngày nhận, tính từ {began}.",
        "counted": "{day}{makeup}: {sessions}, tính {minutes}",
        "left": ", còn {left}.",
        "over": ", hết thời hạn.",
        "first day": ", bắt đầu tính từ đây.",
        "nth day": ", ngày làm việc thứ {count}.",
        "last day": ", ngày làm việc thứ {count}, hết thời hạn.",
        "at opening": "{day}{makeup}: ngày làm việc thứ {count}, hết thời hạn ngay khi mở cửa.",
        "makeup": " (làm bù, theo giờ {weekday})",
        "off": "{days}: {reason}, không tính.",
        "weekend": "nghỉ hằng tuần",
        "holiday": "nghỉ {name}",
        "calendar": "Cộng {duration} theo lịch, kể cả ngày nghỉ: {day}.",
        "moved": "{days}: {reason}, chuyển sang ngày làm việc kế tiếp.",
        "due": "Hạn: {due}.",
    },
    "en": {
        "at once": "Received at {received}, in working hours: counted at once.",
        "opening": "Received at {received}, outside working hours: counted from {began}.",
        "next_session": "Received at {received}: counted from the next session, {began}.",
        "next_working_day": "Received at {received}: the day of receipt is not counted, counted from {began}.",
        "counted": "{day}{makeup}: {sessions}, {minutes} counted",
        "left": ", {left} left.",
        "over": ", the term is over.",
        "first day": ", the count begins here.",
        "nth day": ", working day {count}.",
        "last day": ", working day {count}, the term is over.",
        "at opening": "{day}{makeup}: working day {count}, the term is over at opening.",
        "makeup": " (make-up day with the hours of {weekday})",
        "off": "{days}: {reason}, not counted.",
        "weekend": "weekly day off",
        "holiday": "holiday ({name})",
        "calendar": "Plus {duration} by the calendar, days off included: {day}.",
        "moved": "{days}: {reason}, moved to the next working day.",
        "due": "Due: {due}.",
    },
}


class _Telling:
    """Puts one computation into words."""

    def __init__(
        self,
        calendar: WorkCalendar,
        received: datetime,
        began: datetime,
        at: datetime,
        duration: Duration,
        start_rule: StartRule,
        language: Language,
    ) -> None:
        self.calendar = calendar
        self.received = received
        self.began = began
        self.at = at
        self.duration = duration
        self.start_rule = start_rule
        self.by_whole_days = start_rule in _BY_WHOLE_DAYS
        self.language: Language = language
        self.words = _TEXT[language]

    def start(self) -> Step:
        key: str = self.start_rule
        if self.start_rule in (StartRule.SAME_INSTANT, StartRule.SAME_DAY):
            key = "at once" if self.began == self.received else "opening"
        received = moment_words(self.received, self.language)
        text = self.words[key].format(received=received, began=self._moment(self.began))
        return Step("start", self.received.date(), self.began.date(), 0, text)

    def due(self) -> Step:
        text = self.words["due"].format(due=moment_words(self.at, self.language))
        return Step("due", self.at.date(), self.at.date(), 0, text)

    def days(self) -> Iterator[Step]:
        """One step for each working day from the beginning to the end, one for each run of days off."""
        for is_working, days in groupby(_each_day(self.began.date(), self.at.date()), self.calendar.is_working_day):
            if is_working:
                yield from (self._counted(day) for day in days)
            else:
                yield from self._off(days, "off")

    def calendar_days(self, end: date) -> Iterator[Step]:
        text = self.words["calendar"].format(duration=self.duration.words(self.language), day=self._day(end))
        yield Step("calendar", self.began.date(), end, self.calendar.between(self.began, self.at), text)
        yield from self._off(_each_day(end, self.at.date() - timedelta(1)), "moved")

    def _counted(self, day: date) -> Step:
        sessions = [
            (max(begin, self.began), min(end, self.at))
            for begin, end in self.calendar.sessions_on(day)
            if begin < self.at and end > self.began
        ]
        # Differences of one running total, so that the steps add up even when the clock began within a minute.
        before = self.calendar.between(self.began, max(self.calendar.opening(day), self.began))
        so_far = self.calendar.between(self.began, min(self.calendar.closing(day), self.at))
        text = (self.words["counted"] + self._so_far(day)) if sessions else self.words["at opening"]
        text = text.format(
            day=_capital(self._day(day)),
            makeup=self._makeup(day),
            sessions=", ".join(f"{begin:%H:%M}–{end:%H:%M}" for begin, end in sessions),
            minutes=self._length(so_far - before),
            left=self._length(self.calendar.between(self.began, self.at) - so_far),
            count=self._count(day),
        )
        return Step("counted", day, day, so_far - before, text)

    def _count(self, day: date) -> int:
        since = self.began.date() - timedelta(self.by_whole_days)
        return self.calendar.working_days_between(since, day)

    def _so_far(self, day: date) -> str:
        is_last = day == self.at.date()
        if self.duration.unit != Unit.WORKING_DAY or self.duration.amount % 1:
            return self.words["over" if is_last else "left"]
        count = self._count(day)
        if not count:
            return self.words["first day"]
        return self.words["last day" if is_last else "nth day"]

    def _off(self, days: Iterable[date], key: str) -> Iterator[Step]:
        for reason, group in groupby(days, self._reason):
            run = list(group)
            span = self._day(run[0]) if len(run) == 1 else f"{self._day(run[0])} – {self._day(run[-1])}"
            yield Step("off", run[0], run[-1], 0, self.words[key].format(days=_capital(span), reason=reason))

    def _reason(self, day: date) -> str:
        name = self.calendar.days_off.get(day)
        return self.words["weekend"] if name is None else self.words["holiday"].format(name=name)

    def _makeup(self, day: date) -> str:
        like = self.calendar.makeup_days.get(day)
        if like is None:
            return ""
        return self.words["makeup"].format(weekday=weekday_words(date(1970, 1, 5 + like), self.language))

    def _length(self, minutes: int) -> str:
        return duration_words(minutes, 1440 * 366, self.language)  # in hours: a “day” here would be a working day

    def _day(self, day: date) -> str:
        return day_words(day, self.language, this_year=self.received.year)

    def _moment(self, at: datetime) -> str:
        return moment_words(at, self.language, this_year=self.received.year)


def _each_day(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days) for days in range((last - first).days + 1))


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
