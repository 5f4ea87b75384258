"""The keep-promise board: who keeps what was promised. Closed work from day figures, open work from the open set."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import get_language

from motcua.kernel.cases.kind import KINDS
from motcua.kernel.cases.queries.clocks import ClockView, promise_views
from motcua.kernel.cases.queries.reading import published_cases
from motcua.kernel.events.queries import histories
from motcua.kernel.figures.kind import HOUR_EDGES
from motcua.kernel.figures.models import DayFigure
from motcua.kernel.org import queries as org
from motcua.lib import moment
from motcua.lib.worktime import duration_words

if TYPE_CHECKING:
    from motcua.kernel.events.models import Event

TARGET = 0.95  # share on time
FEW = 20  # below so many finished, one case changes the rate too much: not ranked (UX §1.9)
WEEKS = 12
PERIODS = {"hom-nay": 1, "7-ngay": 7, "30-ngay": 30, "90-ngay": 90, "365-ngay": 365}
WORST = 5  # named on the board itself
KEPT_FOR = 5.0  # seconds that a board is kept: well within "the minute it is late"
MOST_KEPT = 200  # boards
COUNTS = ("opened", "closed", "on_time", "late", "rejected", "reopened", "rated", "rating_sum")


@dataclass(slots=True)
class Tally:
    opened: int = 0
    closed: int = 0
    on_time: int = 0
    late: int = 0
    rejected: int = 0
    reopened: int = 0
    rated: int = 0
    rating_sum: int = 0
    hours: list[int] = field(default_factory=lambda: [0] * (len(HOUR_EDGES) + 1))

    def add(self, row: DayFigure | Tally) -> None:
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + getattr(row, name))
        for place, number in enumerate(row.hours):
            self.hours[place] += number

    @property
    def rate(self) -> float | None:
        """Share finished on time, 0–1; None when nothing was finished."""
        return self.on_time / self.closed if self.closed else None

    @property
    def median_hours(self) -> float | None:
        """Hours from opening to closing, by the clock on the wall, interpolated inside its bucket of the histogram."""
        total = sum(self.hours)
        if not total:
            return None
        left = total / 2
        for place, number in enumerate(self.hours):
            if number and left <= number:
                low = HOUR_EDGES[place - 1] if place else 0.0
                high = HOUR_EDGES[place] if place < len(HOUR_EDGES) else HOUR_EDGES[-1]
                return low + (high - low) * left / number
            left -= number
        return float(HOUR_EDGES[-1])

    @property
    def rating(self) -> float | None:
        return self.rating_sum / self.rated if self.rated else None


@dataclass(slots=True)
class Open:
    """Open work of a unit at this moment. ``oldest_due`` is the promise broken longest ago."""

    open: int = 0
    late: int = 0
    soon: int = 0
    paused: int = 0
    oldest_due: datetime | None = None

    def add(self, other: Open) -> None:
        self.open += other.open
        self.late += other.late
        self.soon += other.soon
        self.paused += other.paused
        dues = [due for due in (self.oldest_due, other.oldest_due) if due is not None]
        self.oldest_due = min(dues, default=None)


@dataclass(frozen=True, slots=True)
class BoardRow:
    unit: org.UnitRow
    done: Tally
    now: Open
    trend: tuple[float | None, ...]  # share on time of each of the last weeks, oldest first

    @property
    def is_ranked(self) -> bool:
        return self.done.closed >= FEW


@dataclass(frozen=True, slots=True)
class Board:
    period: str
    since: date
    until: date
    kind: str
    rows: list[BoardRow]
    done: Tally
    before: Tally  # the same length of time before
    now: Open
    days: list[tuple[date, Tally]]
    at: datetime


def board(period: str = "30-ngay", kind: str = "", unit_id: int | None = None) -> Board:
    """Everything the board shows, for the whole city or inside one unit. Four statements, none over closed cases.

    Kept for seconds: what is late moves by the minute, and many people look at once.
    """
    period = period if period in PERIODS else "30-ngay"
    key, now = (period, kind, unit_id), moment.now()
    held = _boards.get(key)
    # Under a moved clock nothing that was kept is true.
    if held is not None and 0 <= (now - held.at).total_seconds() < KEPT_FOR:
        return held
    made = _board(period, kind, unit_id, now)
    if len(_boards) >= MOST_KEPT:
        _boards.clear()
    _boards[key] = made
    return made


def _board(period: str, kind: str, unit_id: int | None, at: datetime) -> Board:
    length = PERIODS[period]
    until = timezone.localtime(at).date()
    since = until - timedelta(days=length - 1)
    tree = org.tree()
    inside = set(tree.ids_under(tree.path(unit_id))) if unit_id else None
    body = cache(lambda number: body_of(number, unit_id))

    done: dict[int, Tally] = {}
    total = Tally()
    for holder, tally in tallies("unit_id", since, until, kind, inside):
        done.setdefault(body(holder), Tally()).add(tally)
        total.add(tally)
    before = Tally()
    for _holder, tally in tallies("kind", since - timedelta(days=length), since - timedelta(days=1), kind, inside):
        before.add(tally)
    days = {since + timedelta(days=number): Tally() for number in range(length)}
    for day, closed, on_time in _on_time("day", since, until, kind, inside):
        days[day].closed, days[day].on_time = closed, on_time
    weeks: dict[int, list[Tally]] = {}
    first = until - timedelta(days=7 * WEEKS - 1)
    for (holder, week), closed, on_time in _on_time("unit_id, (%s - day) / 7", first, until, kind, inside):
        tally = weeks.setdefault(body(holder), [Tally() for _ in range(WEEKS)])[WEEKS - 1 - week]
        tally.closed += closed
        tally.on_time += on_time

    now: dict[int, Open] = {}
    whole = Open()
    for holder, opened in open_work(kind, at).items():
        if inside is None or holder in inside:
            now.setdefault(body(holder), Open()).add(opened)
            whole.add(opened)
    rows = [
        BoardRow(
            tree.unit(number),
            done.get(number, Tally()),
            now.get(number, Open()),
            tuple(tally.rate for tally in weeks.get(number, [])),
        )
        for number in done.keys() | now.keys()
    ]
    rows.sort(key=lambda row: (not row.is_ranked, -row.now.late, row.done.rate or 0.0, row.unit.name))
    return Board(period, since, until, kind, rows, total, before, whole, sorted(days.items()), at)


_boards: dict[tuple[str, str, int | None], Board] = {}


def unit_done(unit_id: int, days: int = 30) -> Tally:
    """How a unit (and what is below it) kept its promises lately: for the public page of a report."""
    until = timezone.localtime(moment.now()).date()
    tree = org.tree()
    tally = Tally()
    rows = DayFigure.objects.filter(
        unit_id__in=tree.ids_under(tree.path(unit_id)), day__gt=until - timedelta(days=days)
    )
    for row in rows:
        tally.add(row)
    return tally


def body_of(unit_id: int, within: int | None = None) -> int:
    """The body that answers for a unit's work: its commune, department or centre; inside a body, the office itself."""
    tree = org.tree()
    chain = [tree.unit(unit_id), *tree.ancestors(unit_id)]
    if within is not None:
        below = [unit for unit in chain if unit.parent_id == within]
        return below[0].id if below else unit_id
    for unit in chain:
        if unit.kind in ("commune", "department", "centre", "province"):
            parent = tree.unit(unit.parent_id) if unit.parent_id else None
            if unit.kind != "centre" or parent is None or parent.kind == "province":
                return unit.id
    return unit_id


def _where(since: date, until: date, kind: str, inside: set[int] | None) -> tuple[str, list[Any]]:
    clauses = ["day BETWEEN %s AND %s"]
    parameters: list[Any] = [since, until]
    if kind:
        clauses.append("kind = %s")
        parameters.append(kind)
    if inside is not None:
        clauses.append("unit_id = ANY(%s)")
        parameters.append(sorted(inside))
    return " AND ".join(clauses), parameters


def tallies(by: str, since: date, until: date, kind: str, inside: set[int] | None) -> list[tuple[Any, Tally]]:
    """All figures of the days, summed by one column. Our own SQL."""
    where, parameters = _where(since, until, kind, inside)
    sums = ", ".join(f"sum({name})::int" for name in COUNTS)
    buckets = ", ".join(f"sum(hours[{place}])::int" for place in range(1, len(HOUR_EDGES) + 2))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {by}, {sums}, ARRAY[{buckets}] FROM figures_dayfigure WHERE {where} GROUP BY {by}",  # noqa: S608
            parameters,
        )
        return [
            (row[0], Tally(**dict(zip(COUNTS, row[1:-1], strict=True)), hours=[number or 0 for number in row[-1]]))
            for row in cursor.fetchall()
        ]


def _on_time(by: str, since: date, until: date, kind: str, inside: set[int] | None) -> list[tuple[Any, int, int]]:
    """Finished and finished in time, by the columns named; several come as a tuple. Our own SQL."""
    where, parameters = _where(since, until, kind, inside)
    named = [until] * by.count("%s")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT {by}, sum(closed)::int, sum(on_time)::int FROM figures_dayfigure
                WHERE {where} AND closed > 0 GROUP BY {", ".join(str(n) for n in range(1, by.count(",") + 2))}""",  # noqa: S608
            [*named, *parameters],
        )
        return [(row[0] if len(row) == 3 else tuple(row[:-2]), row[-2], row[-1]) for row in cursor.fetchall()]


def open_work(kind: str, at: datetime) -> dict[int, Open]:
    """Open, late and due-soon work of every unit that has any. One statement over the open set."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT unit_id, count(*),
                      count(*) FILTER (WHERE next_due_at IS NOT NULL AND due_at <= %(now)s),
                      count(*) FILTER (WHERE next_soon_at <= %(now)s AND due_at > %(now)s),
                      count(*) FILTER (WHERE next_due_at IS NULL),
                      min(due_at) FILTER (WHERE next_due_at IS NOT NULL AND due_at <= %(now)s)
               FROM cases_case WHERE closed_at IS NULL AND (%(kind)s = '' OR kind = %(kind)s) GROUP BY unit_id""",
            {"now": at, "kind": kind},
        )
        return {row[0]: Open(*row[1:]) for row in cursor.fetchall()}


def forget() -> None:
    """Look again at the next question: between tests."""
    _boards.clear()


def figure_rows(since: date, until: date) -> list[dict[str, object]]:
    """Open data: every figure of the days asked for, summed by day, unit and kind, also of units that have ended."""
    tree = org.tree()
    rows = (
        DayFigure.objects.filter(day__range=(since, until))
        .values("day", "unit_id", "kind")
        .annotate(
            **{
                name: Sum(name)
                for name in ("opened", "closed", "on_time", "late", "rejected", "reopened", "rated", "rating_sum")
            }
        )
        .order_by("day", "unit_id", "kind")
    )
    return [
        {**row, "unit_code": tree.unit(row["unit_id"]).code, "unit": tree.unit(row["unit_id"]).name} for row in rows
    ]


@dataclass(frozen=True, slots=True)
class LateCase:
    """A broken promise, as everybody may see it. ``reason`` and ``new_due`` are empty where nobody gave any."""

    code: str
    subject: str
    url: str
    unit: str
    clock: ClockView
    reason: str
    new_due: datetime | None
    escalated_at: datetime | None


def late_cases(kind: str = "", unit_id: int | None = None, limit: int = WORST) -> list[LateCase]:
    """The promises broken longest ago among published cases. Three statements."""
    rows = published_cases(kind).filter(closed_at__isnull=True, next_due_at__isnull=False, due_at__lte=moment.now())
    tree = org.tree()
    if unit_id is not None:
        rows = rows.filter(unit_id__in=tree.ids_under(tree.path(unit_id)))
    cases = list(rows.order_by("due_at")[:limit])
    clocks = promise_views(cases)
    names = [*(f"{case_kind}.extended" for case_kind in KINDS), "clock.escalated"]
    said = histories([case.id for case in cases], names)
    found = []
    for case in cases:
        told: dict[str, Event] = {event.name.rpartition(".")[2]: event for event in said.get(case.id, [])}
        extended, escalated = told.get("extended"), told.get("escalated")
        new_due = datetime.fromisoformat(extended.data["due"]) if extended else None
        if case.id in clocks:
            found.append(
                LateCase(
                    code=case.code,
                    subject=case.subject,
                    url=KINDS[case.kind].public_url(case.code),
                    unit=tree.unit(body_of(case.unit_id)).short_name,
                    clock=clocks[case.id],
                    reason=extended.data["reason"] if extended else "",
                    new_due=new_due,
                    escalated_at=escalated.at if escalated else None,
                )
            )
    return found


def count_late(unit_id: int | None = None) -> int:
    """Broken promises of all cases, published or not; of a unit with what is below it. One statement."""
    tree = org.tree()
    inside = set(tree.ids_under(tree.path(unit_id))) if unit_id is not None else None
    held = open_work("", moment.now())
    return sum(work.late for holder, work in held.items() if inside is None or holder in inside)


def late_words(unit_id: int, due_at: datetime | None) -> str:
    """“1 ngày 2 giờ”: working time since the promise was broken."""
    if due_at is None:
        return ""
    calendar, _version = org.unit_calendar(unit_id)
    return duration_words(
        calendar.between(due_at, moment.now()), calendar.day_minutes, "en" if get_language() == "en" else "vi"
    )
