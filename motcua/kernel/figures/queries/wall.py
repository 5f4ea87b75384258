"""What the wall shows to one reach of units: how it stands now, how the day went, what happened last.

Finished work comes from day figures, open work from the open set. Everybody with the same reach shares what was counted
a few seconds ago.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar, cast

from django.utils import timezone

from motcua.kernel.cases.queries import watching
from motcua.kernel.events.kind import Audience
from motcua.kernel.events.queries import told
from motcua.kernel.figures.queries.board import Open, Tally, body_of, open_work, tallies
from motcua.kernel.identity.queries import unit_ids_within
from motcua.kernel.org import queries as org
from motcua.lib import moment

if TYPE_CHECKING:
    from motcua.kernel.cases.queries.watching import OpenCase
    from motcua.kernel.events.models import Event
    from motcua.kernel.identity.kind import Actor

PERMISSION = "wall.watch"
KEPT_FOR = 4.0  # seconds
PAST_KEPT_FOR = 600.0  # seconds: past days do not change
MOST_KEPT = 200  # reaches
WINDOW, WEEKS = 30, 8  # days of the rates; weeks of the trends and of "the same weekday"
HOURS_BACK, STEP = 24, 3  # of the trend of the open set
HOURS_AHEAD = 12
MOST_POINTS = 2000
MOST_HAPPENINGS, HAPPENING_DAYS = 8, 3
MOST_LATE = 200

Reach = tuple[int, ...] | None  # ids of units; None: everywhere
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class UnitLine:
    unit: org.UnitRow
    now: Open


@dataclass(frozen=True, slots=True)
class Past:
    """Days before today, which stay as they are. ``days`` holds every one of the last WEEKS weeks and more."""

    days: dict[date, Tally]
    hours: list[float]  # mean number taken in per hour of the day, of the last seven days


@dataclass(frozen=True, slots=True)
class Wall:
    at: datetime
    root: org.UnitRow | None  # the unit whose work it is; None when they are several
    now: Open
    units: list[UnitLine]  # the most late first
    course: list[tuple[int, int]]  # (open, late) every STEP hours of the last HOURS_BACK; the last one is now
    dues: list[int]  # deadlines in each of the coming hours
    past: Past
    today: Tally
    channels: list[tuple[str, int]]  # of what was taken in today, the greatest first
    hours: list[int]  # taken in today, per hour up to this one
    cases: list[OpenCase]  # emergencies, then what ends first; at most MOST_POINTS
    happenings: list[tuple[Event, OpenCase]]  # newest first

    @property
    def emergencies(self) -> list[OpenCase]:
        """The late ones first, then the newest."""
        urgent = [case for case in self.cases if case.is_emergency]
        return sorted(urgent, key=lambda case: (case.state != "late", -case.opened_at.timestamp()))

    def done(self, until_days_ago: int = 0, length: int = WINDOW) -> Tally:
        """Everything of ``length`` days, the last of them so many days ago."""
        last = timezone.localtime(self.at).date() - timedelta(days=until_days_ago)
        total = Tally()
        for number in range(length):
            day = last - timedelta(days=number)
            tally = self.today if until_days_ago == 0 and number == 0 else self.past.days.get(day)
            if tally is not None:
                total.add(tally)
        return total

    def weekly(self) -> list[Tally]:
        """Of each of the last weeks, oldest first; the last one ends today."""
        return [self.done(7 * week, 7) for week in reversed(range(WEEKS))]

    def same_weekday(self) -> list[int]:
        """Taken in on this day of each of the weeks before, oldest first."""
        today = timezone.localtime(self.at).date()
        days = [self.past.days.get(today - timedelta(days=7 * week)) for week in range(WEEKS, 0, -1)]
        return [day.opened if day else 0 for day in days]


def reach_of(actor: Actor) -> Reach:
    ids = unit_ids_within(actor, PERMISSION)
    return None if ids is None else tuple(ids)


def wall(reach: Reach) -> Wall:
    """Ten statements when nothing is kept, eight when the past days are, none within seconds."""
    return _kept(("wall", reach), KEPT_FOR, lambda at: _wall(reach, at))


def late_cases(reach: Reach, unit_id: int | None = None) -> list[OpenCase]:
    """The broken promises of the reach, or of what of it lies at and below one unit; the longest broken first."""
    ids: set[int] | None = None if reach is None else set(reach)
    if unit_id is not None:
        tree = org.tree()
        below = set(tree.ids_under(tree.path(unit_id)))
        ids = below if ids is None else ids & below
    return watching.late_cases(moment.now(), MOST_LATE, None if ids is None else sorted(ids))


def root_of(reach: Reach) -> org.UnitRow | None:
    """The one unit that everything of a reach lies below."""
    tree = org.tree()
    inside = {unit.id for unit in tree.children(None)} if reach is None else set(reach)
    tops = [number for number in inside if tree.unit(number).parent_id not in inside]
    return tree.unit(tops[0]) if len(tops) == 1 else None


def _wall(reach: Reach, at: datetime) -> Wall:
    today = timezone.localtime(at).date()
    midnight = timezone.make_aware(datetime.combine(today, datetime.min.time()))
    inside = None if reach is None else set(reach)
    root = root_of(reach)
    within = None if reach is None or root is None else root.id
    past = _kept(("past", reach, today), PAST_KEPT_FOR, lambda _at: _past(reach, midnight))
    units: dict[int, Open] = {}
    whole = Open()
    for holder, opened in open_work("", at).items():
        if inside is None or holder in inside:
            units.setdefault(body_of(holder, within), Open()).add(opened)
            whole.add(opened)
    tree = org.tree()
    lines = [UnitLine(tree.unit(number), now) for number, now in units.items()]
    lines.sort(key=lambda line: (-line.now.late, -line.now.soon, -line.now.open, line.unit.name))
    channels = tallies("channel", today, today, "", inside)
    by_hour = watching.opened_by_hour(midnight, at, reach)
    total = Tally()
    for _channel, tally in channels:
        total.add(tally)
    changed = {case.id: case for case in watching.lately_changed(MOST_HAPPENINGS, reach)}
    events = told(list(changed), Audience.PUBLIC, since=at - timedelta(days=HAPPENING_DAYS))
    return Wall(
        at=at,
        root=root,
        now=whole,
        units=lines,
        course=watching.course([at - timedelta(hours=hours) for hours in range(HOURS_BACK, -1, -STEP)], reach),
        dues=watching.dues_by_hour(at, HOURS_AHEAD, reach),
        past=past,
        today=total,
        channels=sorted(
            ((name, tally.opened) for name, tally in channels if tally.opened), key=lambda found: (-found[1], found[0])
        ),
        hours=[by_hour.get((today, hour), 0) for hour in range(timezone.localtime(at).hour + 1)],
        cases=watching.open_cases(at, MOST_POINTS, reach),
        happenings=[(event, changed[event.case_id or 0]) for event in reversed(events[-MOST_HAPPENINGS:])],
    )


def _past(reach: Reach, midnight: datetime) -> Past:
    today = timezone.localtime(midnight).date()
    since = today - timedelta(days=max(2 * WINDOW, 7 * WEEKS))
    inside = None if reach is None else set(reach)
    counted = watching.opened_by_hour(midnight - timedelta(days=7), midnight, reach)
    means = [0.0] * 24
    for (_day, hour), number in counted.items():
        means[hour] += number / 7
    return Past(dict(tallies("day", since, today - timedelta(days=1), "", inside)), means)


_held: dict[tuple[object, ...], tuple[datetime, object]] = {}


def _kept(key: tuple[object, ...], seconds: float, make: Callable[[datetime], T]) -> T:
    now = moment.now()
    held = _held.get(key)
    # Under a moved clock nothing that was kept is true.
    if held is not None and 0 <= (now - held[0]).total_seconds() < seconds:
        return cast("T", held[1])
    made = make(now)
    if len(_held) >= MOST_KEPT:
        _held.clear()
    _held[key] = now, made
    return made


def forget() -> None:
    """Count again at the next question: between tests."""
    _held.clear()
