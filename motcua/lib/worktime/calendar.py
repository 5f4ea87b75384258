"""Exact arithmetic in working time.

Every instant is seen as (day number, microseconds since that local midnight). A day's sessions are intervals of such
microseconds, so the working time before an instant is a running total per day plus what the day itself has so far,
and adding working time is the inverse look-up. On the two days a year when a zone moves its clocks, sessions are
converted once, at construction, into the time that really elapses; every other day is a plain wall day.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate, pairwise
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

Moment: TypeAlias = int | str | time
"""A time of day: minutes since midnight, ``"07:30"`` or a ``time``. 1440 and ``"24:00"`` mean the end of the day."""

Session: TypeAlias = tuple[Moment, Moment]

MINUTE = 60_000_000  # microseconds, the unit of everything inside
DAY = 1440 * MINUTE
FIRST_YEAR, LAST_YEAR = 1976, 2199
"""Outside these years instants are refused: Vietnam's own zone still moved in 1975, and nobody promises past 2199."""

WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")

_EPOCH = date(1970, 1, 5)  # a Monday, so that day number % 7 is the weekday
_EPOCH_UTC = datetime(1970, 1, 5, tzinfo=UTC)
_EPOCH_ORDINAL = _EPOCH.toordinal()
_FIRST_DAY = date(FIRST_YEAR, 1, 1).toordinal() - _EPOCH_ORDINAL
_LAST_DAY = date(LAST_YEAR, 12, 31).toordinal() - _EPOCH_ORDINAL

_Pattern: TypeAlias = tuple[tuple[int, int], ...]


class _Tally:
    """Running total of a weight per day: a weekly pattern with exceptions, for any day number."""

    __slots__ = ("_corrections", "_days", "_edges", "_prefix", "_week")

    def __init__(self, week: Sequence[int], exceptions: Mapping[int, int]) -> None:
        self._week = sum(week)
        self._prefix = list(accumulate(week[:6], initial=0))
        self._days = sorted(exceptions)
        self._corrections = [0]
        self._edges: list[int] = []
        for day in self._days:
            before = day // 7 * self._week + self._prefix[day % 7] + self._corrections[-1]
            self._edges += (before, before + exceptions[day])
            self._corrections.append(self._corrections[-1] + exceptions[day] - week[day % 7])

    def before(self, day: int) -> int:
        return day // 7 * self._week + self._prefix[day % 7] + self._corrections[bisect_left(self._days, day)]

    def reached(self, total: int) -> int:
        """The day with ``before(day) < total <= before(day + 1)``."""
        at = bisect_left(self._edges, total)
        if at & 1:
            return self._days[at >> 1]
        weeks, rest = divmod(total - self._corrections[at >> 1] - 1, self._week)
        return 7 * weeks + bisect_right(self._prefix, rest) - 1

    def left(self, total: int) -> int:
        """The day with ``before(day) <= total < before(day + 1)``."""
        at = bisect_right(self._edges, total)
        if at & 1:
            return self._days[at >> 1]
        weeks, rest = divmod(total - self._corrections[at >> 1], self._week)
        return 7 * weeks + bisect_right(self._prefix, rest) - 1


class _Shift(NamedTuple):
    """One change of a zone's clock."""

    day: int  # the local day it happens in
    elapsed: int  # microseconds from that day's midnight to the change
    wall_before: int  # what the wall shows then, from that midnight, by the old and by the new offset
    wall_after: int
    next_midnight: int  # UTC microseconds of the following local midnight
    next_offset: int  # the offset from then on


def _utc_microseconds(at: datetime) -> int:
    gone = at - _EPOCH_UTC
    return (gone.days * 86_400 + gone.seconds) * 1_000_000 + gone.microseconds


def _microseconds(span: timedelta | None) -> int:
    return span // timedelta(microseconds=1) if span is not None else 0


@lru_cache(maxsize=32)
def _shifts(zone: ZoneInfo) -> tuple[int, tuple[_Shift, ...]]:
    """The zone's offset at the first midnight we know, and every later change of its clock."""

    def offset(second: int) -> int:
        return _microseconds((_EPOCH_UTC + timedelta(seconds=second)).astimezone(zone).utcoffset())

    def midnight(day: int) -> int:
        return _utc_microseconds(datetime.combine(_EPOCH + timedelta(day), time(), zone).astimezone(UTC))

    # Three weeks are shorter than any summer or Ramadan time since 1976: no pair of changes hides between two probes.
    probes = range(_FIRST_DAY * 86_400, _LAST_DAY * 86_400, 21 * 86_400)
    found = []
    for low, high in pairwise(probes):
        old, new = offset(low), offset(high)
        if old == new:
            continue
        moved = range(low, high + 1)
        change = moved[bisect_left(moved, True, key=lambda second: offset(second) != old)] * 1_000_000
        day = (change + old) // DAY
        if midnight(day) > change:
            day -= 1
        found.append(
            _Shift(
                day=day,
                elapsed=change - midnight(day),
                wall_before=change + old - day * DAY,
                wall_after=change + new - day * DAY,
                next_midnight=midnight(day + 1),
                next_offset=(day + 1) * DAY - midnight(day + 1),
            )
        )
    return _FIRST_DAY * DAY - midnight(_FIRST_DAY), tuple(found)


def _shifted(pattern: _Pattern, shift: _Shift) -> _Pattern:
    """Wall sessions of the day of a clock change, as time elapsed since its midnight."""
    pieces = []
    for start, end in pattern:
        if start < shift.wall_before:
            pieces.append((start, min(end, shift.wall_before)))
        if end > shift.wall_after:
            late = shift.elapsed - shift.wall_after
            pieces.append((max(start, shift.wall_after, 0) + late, end + late))
    return _joined(sorted(pieces))


def _joined(pieces: Iterable[tuple[int, int]]) -> _Pattern:
    joined: list[tuple[int, int]] = []
    for start, end in pieces:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)


def _length(pattern: _Pattern) -> int:
    return sum(end - start for start, end in pattern)


def _moment(value: Moment) -> int:
    if isinstance(value, str):
        hours, _, minutes = value.partition(":")
        if not (hours.isdecimal() and minutes.isdecimal() and int(minutes) < 60):
            raise ValueError(f"Giờ “{value}” không đọc được. Viết như “07:30”.")
        value = int(hours) * 60 + int(minutes)
    elif isinstance(value, time):
        if value.second or value.microsecond:
            raise ValueError(f"Giờ {value} phải tròn phút.")
        value = value.hour * 60 + value.minute
    if not 0 <= value <= 1440:
        raise ValueError(f"Giờ {value} nằm ngoài một ngày (0–1440 phút).")
    return value


def _pattern(sessions: Sequence[Session], weekday: int) -> _Pattern:
    pattern = sorted((_moment(start) * MINUTE, _moment(end) * MINUTE) for start, end in sessions)
    for start, end in pattern:
        if start >= end:
            raise ValueError(f"Buổi của {WEEKDAYS[weekday]} kết thúc trước khi bắt đầu; ca đêm tách hai buổi.")
    for (_, end), (start, _) in pairwise(pattern):
        if start < end:
            raise ValueError(f"Hai buổi của {WEEKDAYS[weekday]} chồng lên nhau.")
    return _joined(pattern)


class WorkCalendar:
    """When an office works: sessions by weekday (0 = Monday), days off, make-up working days. Immutable.

    ``days_off``: dates, or dates with the name of the holiday. ``makeup_days``: dates that work although they would
    not, or a mapping to the weekday whose sessions they take (Monday's when only dates are given).
    All instants in and out are aware; those that go out are in ``zone``. Bad configuration raises ``ValueError``.
    """

    __slots__ = (
        "_fixed_epoch",
        "_known",
        "_midnights",
        "_offset_days",
        "_offsets",
        "_special",
        "_time",
        "_wall_epoch",
        "_week",
        "_working_days",
        "day_minutes",
        "days_off",
        "makeup_days",
        "sessions",
        "zone",
    )

    def __init__(
        self,
        sessions: Mapping[int, Sequence[Session]],
        days_off: Mapping[date, str] | Iterable[date] = (),
        makeup_days: Mapping[date, int] | Iterable[date] = (),
        zone: ZoneInfo | str = "Asia/Ho_Chi_Minh",
    ) -> None:
        if unknown := [weekday for weekday in sessions if weekday not in range(7)]:
            raise ValueError(f"Thứ trong tuần phải từ 0 (thứ Hai) đến 6 (Chủ nhật), không phải {unknown[0]}.")
        week = tuple(_pattern(sessions.get(weekday, ()), weekday) for weekday in range(7))
        if not any(week):
            raise ValueError("Lịch làm việc không có buổi làm việc nào.")
        off = dict(days_off) if isinstance(days_off, Mapping) else dict.fromkeys(days_off, "ngày nghỉ")
        makeup = dict(makeup_days) if isinstance(makeup_days, Mapping) else dict.fromkeys(makeup_days, 0)
        if both := sorted(off.keys() & makeup.keys()):
            raise ValueError(f"Ngày {both[0]:%d/%m/%Y} vừa là ngày nghỉ vừa là ngày làm bù.")
        if idle := sorted(day for day, weekday in makeup.items() if weekday not in range(7) or not week[weekday]):
            raise ValueError(f"Ngày làm bù {idle[0]:%d/%m/%Y} theo giờ của một ngày không làm việc.")

        self.sessions: Final = MappingProxyType(
            {weekday: tuple((start // MINUTE, end // MINUTE) for start, end in week[weekday]) for weekday in range(7)}
        )
        self.days_off: Final = MappingProxyType(off)
        self.makeup_days: Final = MappingProxyType(makeup)
        self.zone: Final = ZoneInfo(zone) if isinstance(zone, str) else zone
        lengths = [_length(pattern) // MINUTE for pattern in week if pattern]
        self.day_minutes: Final = max(lengths, key=lambda minutes: (lengths.count(minutes), minutes))
        """Minutes of the usual working day, for words such as “2 ngày 3 giờ” and for parts of a day."""

        special: dict[int, _Pattern] = {day.toordinal() - _EPOCH_ORDINAL: () for day in off}
        special |= {day.toordinal() - _EPOCH_ORDINAL: week[weekday] for day, weekday in makeup.items()}
        offset, shifts = _shifts(self.zone)
        for shift in shifts:
            special[shift.day] = _shifted(special.get(shift.day, week[shift.day % 7]), shift)
        special = {day: pattern for day, pattern in special.items() if pattern != week[day % 7]}
        self._week: Final = week
        self._special: Final = special
        self._time: Final = _Tally([_length(p) for p in week], {day: _length(p) for day, p in special.items()})
        self._working_days: Final = _Tally([bool(p) for p in week], {day: bool(p) for day, p in special.items()})
        self._known: Final[dict[int, tuple[int, _Pattern]]] = {}
        self._wall_epoch: Final = datetime.combine(_EPOCH, time(), self.zone)
        self._fixed_epoch: Final = None if shifts else _EPOCH_UTC - timedelta(microseconds=offset)
        self._midnights: Final = tuple(shift.next_midnight for shift in shifts)
        self._offset_days: Final = tuple(shift.day + 1 for shift in shifts)
        self._offsets: Final = (offset, *(shift.next_offset for shift in shifts))

    # Arithmetic

    def add(self, start: datetime, minutes: int | timedelta) -> datetime:
        """``start`` plus working time.

        Forward it is the earliest instant by which that much work time has passed (17:00, not 07:00 next day);
        backward (negative) the latest one before which it lies; zero gives ``start`` itself, even outside hours.
        """
        span = minutes * MINUTE if isinstance(minutes, int) else _microseconds(minutes)
        day, elapsed = self._locate(start)
        if not span:
            return self._instant(day, elapsed)
        rest, pattern = self._known.get(day) or self._learn(day)
        for begin, end in pattern:
            if elapsed <= begin:
                break
            rest += min(end, elapsed) - begin
        rest += span
        day = self._time.reached(rest) if span > 0 else self._time.left(rest)
        before, pattern = self._known.get(day) or self._learn(day)
        rest -= before
        for begin, end in pattern:
            length = end - begin
            if rest < length or (rest == length and span > 0):
                return self._instant(day, begin + rest)
            rest -= length
        raise AssertionError("the tally and the sessions disagree")

    def between(self, start: datetime, end: datetime) -> int:
        """Whole working minutes from ``start`` to ``end``, towards zero; negative when ``end`` is earlier."""
        span = self._total(end) - self._total(start)
        return span // MINUTE if span >= 0 else -(-span // MINUTE)

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """Exact working time from ``start`` to ``end``; ``add(start, worked(start, end))`` loses nothing."""
        return timedelta(microseconds=self._total(end) - self._total(start))

    def add_days(self, start: datetime, days: int) -> datetime:
        """The same time of day, ``days`` working days after the first working instant at or after ``start``.

        Where that day is shorter, its closing; where it opens later, its opening; inside its break, the start of
        the break. Negative counts back; zero is the first working instant.
        """
        begin = self.next_open(start)
        day, _ = self._locate(begin)
        count = self._working_days
        if days > 0:
            target = count.reached(count.before(day + 1) + days)
        elif days < 0:
            target = count.reached(count.before(day) + days + 1)
        else:
            return begin
        return self.at_time(self._date(target), begin.time())

    def at_time(self, day: date, clock: time) -> datetime:
        """``clock`` on the working day ``day``, moved into its hours as ``add_days`` says."""
        number = day.toordinal() - _EPOCH_ORDINAL
        pattern = self._pattern_of(number)
        if not pattern:
            raise ValueError(f"Ngày {day:%d/%m/%Y} không làm việc.")
        located, elapsed = self._locate(datetime.combine(day, clock, self.zone))
        elapsed += (located - number) * DAY
        latest = pattern[0][0]
        for begin, end in pattern:
            if elapsed < begin:
                break
            latest = min(elapsed, end)
        return self._instant(number, latest)

    # Questions

    def is_open(self, at: datetime) -> bool:
        day, elapsed = self._locate(at)
        return any(begin <= elapsed < end for begin, end in self._pattern_of(day))

    def next_open(self, at: datetime) -> datetime:
        """``at`` itself during a session, otherwise the next opening."""
        day, elapsed = self._locate(at)
        for begin, end in self._pattern_of(day):
            if elapsed < end:
                return self._instant(day, max(begin, elapsed))
        return self._opening(self._working_days.reached(self._working_days.before(day + 1) + 1))

    def next_opening(self, at: datetime) -> datetime:
        """The first moment at or after ``at`` when a session begins."""
        day, elapsed = self._locate(at)
        for begin, _ in self._pattern_of(day):
            if elapsed <= begin:
                return self._instant(day, begin)
        return self._opening(self._working_days.reached(self._working_days.before(day + 1) + 1))

    def is_working_day(self, day: date) -> bool:
        return bool(self._pattern_of(day.toordinal() - _EPOCH_ORDINAL))

    def next_working_day(self, day: date) -> date:
        """The first working day at or after ``day``."""
        number = day.toordinal() - _EPOCH_ORDINAL
        return self._date(self._working_days.reached(self._working_days.before(number) + 1))

    def working_days_between(self, first: date, last: date) -> int:
        """Working days after ``first`` up to and including ``last``."""
        return self._working_days.before(last.toordinal() - _EPOCH_ORDINAL + 1) - self._working_days.before(
            first.toordinal() - _EPOCH_ORDINAL + 1
        )

    def opening(self, day: date) -> datetime:
        """When the working day ``day`` opens."""
        return self.sessions_on(day)[0][0]

    def closing(self, day: date) -> datetime:
        """When the working day ``day`` closes."""
        return self.sessions_on(day)[-1][1]

    def sessions_on(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """From and to of each session; empty when ``day`` does not work."""
        number = day.toordinal() - _EPOCH_ORDINAL
        pattern = self._pattern_of(number)
        return tuple((self._instant(number, start), self._instant(number, end)) for start, end in pattern)

    def local(self, at: datetime) -> datetime:
        """``at`` on this office's clock."""
        return at.astimezone(self.zone)

    # Inside

    def _locate(self, at: datetime) -> tuple[int, int]:
        if at.tzinfo is None:
            raise ValueError("Thời điểm phải có múi giờ.")
        epoch = self._fixed_epoch
        if epoch is not None:
            # Most zones of the world, Vietnam's among them, have not moved their clock since 1976: no zone look-ups.
            # Python subtracts ten times as fast within one zone, and nearly all instants are in UTC or on our wall.
            gone = at - (self._wall_epoch if at.tzinfo is self.zone else epoch)
            day, elapsed = gone.days, gone.seconds * 1_000_000 + gone.microseconds
        else:
            utc = _utc_microseconds(at if at.tzinfo is UTC else at.astimezone(UTC))
            which = bisect_right(self._midnights, utc)
            local = utc + self._offsets[which]
            day = local // DAY
            if which < len(self._offset_days):
                day = min(day, self._offset_days[which] - 1)  # a day of 25 hours
            elapsed = local - day * DAY
        if not _FIRST_DAY <= day <= _LAST_DAY:
            raise ValueError(f"Chỉ tính được thời gian từ năm {FIRST_YEAR} đến năm {LAST_YEAR}.")
        return day, elapsed

    def _instant(self, day: int, elapsed: int) -> datetime:
        if not _FIRST_DAY <= day <= _LAST_DAY:
            raise ValueError(f"Chỉ tính được thời gian từ năm {FIRST_YEAR} đến năm {LAST_YEAR}.")
        if self._fixed_epoch is not None:
            return self._wall_epoch + timedelta(day, 0, elapsed)
        offset = self._offsets[bisect_right(self._offset_days, day)]
        return (_EPOCH_UTC + timedelta(day, 0, elapsed - offset)).astimezone(self.zone)

    def _pattern_of(self, day: int) -> _Pattern:
        pattern = self._special.get(day)
        return self._week[day % 7] if pattern is None else pattern

    def _learn(self, day: int) -> tuple[int, _Pattern]:
        """The working time before ``day`` and its sessions, kept because the same days are asked for again."""
        known = self._known[day] = (self._time.before(day), self._pattern_of(day))
        return known

    def _total(self, at: datetime) -> int:
        day, elapsed = self._locate(at)
        total, pattern = self._known.get(day) or self._learn(day)
        for begin, end in pattern:
            if elapsed <= begin:
                break
            total += min(end, elapsed) - begin
        return total

    def _opening(self, day: int) -> datetime:
        return self._instant(day, self._pattern_of(day)[0][0])

    @staticmethod
    def _date(day: int) -> date:
        return date.fromordinal(day + _EPOCH_ORDINAL)
