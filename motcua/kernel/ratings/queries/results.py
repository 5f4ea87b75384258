"""What people said, added up so that nobody can be found in it (NĐ 224/2026 Điều 10.3.b).

Two rules keep a single rating from showing, whatever is asked and however often:

* A week is shown when it is over, and only in a *block*: weeks are taken together until they hold at least
  ``RATINGS_LEAST`` ratings. So two answers about the same thing differ by nothing or by a whole block.
* In a list, what is not shown must be nothing or hold at least as many itself; else the smallest shown line is held
  back too. So the total less the lines tells nothing of the few.

Shares come with Wilson's interval, and lists are in the order of its lower end: two happy people out of two do not
stand above ninety out of a hundred.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from motcua.kernel.identity.queries import may, officer_names
from motcua.kernel.org import queries as org
from motcua.kernel.procedures.queries.search import names_of
from motcua.kernel.ratings.kind import TICK, Face, Part, Shape, label_of
from motcua.kernel.ratings.models import Answer, Question, Rating
from motcua.lib.errors import Refused
from motcua.lib.shares import wilson

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

WEEK = timedelta(days=7)
_TO_SUNDAY = timedelta(days=6)
DIMENSIONS = ("unit", "officer", "procedure", "point", "kind", "month")
_COLUMNS = {"officer": "officer_id", "procedure": "procedure", "point": "point_id", "kind": "kind"}
MOST_WORDS = 100


@dataclass(frozen=True, slots=True)
class Tally:
    very_happy: int = 0
    happy: int = 0
    unhappy: int = 0

    @property
    def n(self) -> int:
        return self.very_happy + self.happy + self.unhappy

    @property
    def content(self) -> int:
        return self.very_happy + self.happy

    @property
    def share(self) -> float | None:
        return self.content / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.content, self.n)

    @property
    def low(self) -> float:
        return self.interval[0]

    @property
    def high(self) -> float:
        return self.interval[1]

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.very_happy + other.very_happy, self.happy + other.happy, self.unhappy + other.unhappy)


NONE = Tally()


@dataclass(frozen=True, slots=True)
class Block:
    """Weeks taken together; ``first`` and ``last`` are Mondays."""

    first: date
    last: date
    tally: Tally

    @property
    def ended_on(self) -> date:
        return self.last + _TO_SUNDAY


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list. ``tally`` is None where there are too few to be shown."""

    key: str
    name: str
    tally: Tally | None


@dataclass(frozen=True, slots=True)
class Results:
    """Of a unit with all below it. ``first`` and ``last`` are the Mondays that the total was counted from."""

    unit: org.UnitRow
    period: Period
    total: Tally | None
    rows: list[Row]
    first: date | None = None
    last: date | None = None

    @property
    def counted_to(self) -> date:
        return this_week() - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """``key`` is 2026, 2026-Q4 or 2026-11. A block counts where its last Sunday lies."""

    key: str
    name: str
    first: date
    last: date


def week_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def this_week() -> date:
    return week_of(org.local_today())


def least() -> int:
    return int(settings.RATINGS_LEAST)


# ── Periods ────────────────────────────────────────────────────────────────────────────────────────────────────────


def periods() -> list[Period]:
    """This year and the last, their quarters and months that have begun, the newest first of each."""
    today = org.local_today()
    years = [today.year, today.year - 1]
    found = [_period(str(year), _("Năm %(year)d") % {"year": year}, year, 1, 12) for year in years]
    for year in years:
        found += [
            _period(f"{year}-Q{quarter}", _("Quý %(quarter)d/%(year)d") % {"quarter": quarter, "year": year}, year,
                    3 * quarter - 2, 3 * quarter)
            for quarter in (4, 3, 2, 1)
        ]  # fmt: skip
    for year in years:
        found += [
            _period(f"{year}-{month:02}", _("Tháng %(month)d/%(year)d") % {"month": month, "year": year}, year, month,
                    month)
            for month in range(12, 0, -1)
        ]  # fmt: skip
    return [period for period in found if period.first <= today]


def _period(key: str, name: str, year: int, from_month: int, to_month: int) -> Period:
    after = date(year + to_month // 12, to_month % 12 + 1, 1)
    return Period(key, name, date(year, from_month, 1), after - timedelta(days=1))


def period_of(key: str) -> Period:
    """The one asked for; this year for anything else."""
    found = periods()
    return next((period for period in found if period.key == key), found[0])


# ── Blocks ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def blocks(weeks: Mapping[date, Tally], fewest: int) -> list[Block]:
    """Weeks taken together, each year anew, until each block holds enough; what is left over is held back."""
    found: list[Block] = []
    first: date | None = None
    held = NONE
    for week in sorted(weeks):
        if first is not None and _year(first) != _year(week):
            first, held = None, NONE
        first, held = first or week, held + weeks[week]
        if held.n >= fewest:
            found.append(Block(first, week, held))
            first, held = None, NONE
    return found


def _year(week: date) -> int:
    return (week + _TO_SUNDAY).year  # of its Sunday


def _within(found: Iterable[Block], period: Period) -> list[Block]:
    return [block for block in found if period.first <= block.ended_on <= period.last]


def _sum(found: Iterable[Block]) -> Tally | None:
    tally = sum((block.tally for block in found), NONE)
    return tally if tally.n else None


K = TypeVar("K", str, int)


def without_the_few(total: int, lines: Mapping[K, int], fewest: int) -> set[K]:
    """Which lines may stand beside their total, given how many each was counted from: what they leave over is nothing,
    or enough."""
    kept = {line: n for line, n in lines.items() if n >= fewest}
    while kept and 0 < total - sum(kept.values()) < fewest:
        del kept[min(kept, key=lambda line: (kept[line], line))]
    return set(kept)


def _weeks(unit_ids: Sequence[int], period: Period, by: str) -> dict[str, dict[date, Tally]]:
    """Line → week → tally, of the year that the period lies in. One query."""
    rows = (
        Rating.objects.filter(
            survey=None,
            unit_id__in=unit_ids,
            week__gte=week_of(date(period.first.year, 1, 1)),
            week__lte=min(this_week() - WEEK, period.last - _TO_SUNDAY),
        )
        .values_list(by, "week")
        .annotate(
            very_happy=Count("id", filter=Q(face=Face.VERY_HAPPY)),
            happy=Count("id", filter=Q(face=Face.HAPPY)),
            unhappy=Count("id", filter=Q(face=Face.UNHAPPY)),
        )
    )
    found: dict[str, dict[date, Tally]] = {}
    for line, week, *counts in rows:
        if line not in (None, ""):
            found.setdefault(str(line), {})[week] = Tally(*counts)
    return found


# ── A unit ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def results(unit: org.UnitRow, period: Period, by: str = "unit") -> Results:
    """The unit's total and its lines by one of ``DIMENSIONS``. One query by unit or month; else two, and the names."""
    tree = org.tree()
    above = [*reversed(tree.ancestors(unit.id)), unit]
    of_units = _weeks(tree.ids_under(above[0].path), period, "unit_id")
    counted: list[Block] = []
    # A unit that is held back beside its neighbours is held back on its own page as well.
    if all(str(below.id) in _shown(_by_child(upper, of_units), period) for upper, below in pairwise(above)):
        counted = _within(blocks(_added(_by_child(unit, of_units).values()), least()), period)
    total = _sum(counted)
    if by == "month":
        rows = _months(counted)
    else:
        lines = _by_child(unit, of_units) if by == "unit" else _weeks(tree.ids_under(unit.path), period, _COLUMNS[by])
        rows = _rows(by, lines, _beside(total, _sums(lines, period)))
    return Results(
        unit, period, total, rows,
        first=counted[0].first if counted else None, last=counted[-1].last if counted else None,
    )  # fmt: skip


def _sums(lines: Mapping[str, Mapping[date, Tally]], period: Period) -> dict[str, Tally]:
    """Lines that have a block in the period."""
    sums = {line: _sum(_within(blocks(weeks, least()), period)) for line, weeks in lines.items()}
    return {line: tally for line, tally in sums.items() if tally}


def _beside(total: Tally | None, sums: Mapping[str, Tally]) -> dict[str, Tally]:
    kept = without_the_few(total.n, {line: tally.n for line, tally in sums.items()}, least()) if total else set()
    return {line: tally for line, tally in sums.items() if line in kept}


def _shown(lines: Mapping[str, Mapping[date, Tally]], period: Period) -> dict[str, Tally]:
    total = _sum(_within(blocks(_added(lines.values()), least()), period))
    return _beside(total, _sums(lines, period))


def _by_child(unit: org.UnitRow, weeks: Mapping[str, Mapping[date, Tally]]) -> dict[str, dict[date, Tally]]:
    """Weeks of the unit's own and of each unit right below it, with all below those; no others."""
    tree = org.tree()
    found: dict[str, list[Mapping[date, Tally]]] = {}
    for line, own in weeks.items():
        path = tree.path(int(line))
        if path.startswith(unit.path):
            below = path.removeprefix(unit.path).partition(".")[0]
            found.setdefault(below or line, []).append(own)
    return {line: _added(some) for line, some in found.items()}


def _added(some: Iterable[Mapping[date, Tally]]) -> dict[date, Tally]:
    found: dict[date, Tally] = {}
    for weeks in some:
        for week, tally in weeks.items():
            found[week] = found.get(week, NONE) + tally
    return found


def _months(counted: Sequence[Block]) -> list[Row]:
    found: dict[str, Tally] = {}
    for block in counted:
        key = f"{block.ended_on:%Y-%m}"
        found[key] = found.get(key, NONE) + block.tally
    return [Row(key, f"{key[5:]}/{key[:4]}", tally) for key, tally in sorted(found.items())]


def _rows(by: str, lines: Iterable[str], kept: Mapping[str, Tally]) -> list[Row]:
    names = _names(by, list(lines))
    rows = [Row(line, names.get(line, line), kept.get(line)) for line in names]
    return sorted(rows, key=lambda row: (row.tally is None, -row.tally.low if row.tally else 0.0, row.name))


def _names(by: str, lines: Sequence[str]) -> dict[str, str]:
    if by == "kind":
        return {line: label_of(line) for line in lines}
    if by == "procedure":
        return {line: line for line in lines} | names_of(lines, (get_language() or "vi")[:2])
    if by == "officer":
        return {str(number): name for number, name in officer_names(int(line) for line in lines).items()}
    tree = org.tree()
    return {line: tree.unit(int(line)).name for line in lines}


# ── Why ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Reason:
    text: str
    count: int
    is_good: bool


@dataclass(frozen=True, slots=True)
class Grade:
    """How a criterion was answered: of so many, the points reached out of the most they could be."""

    text: str
    n: int
    share: float


def _counted(found: Results) -> Q:
    return Q(
        rating__survey=None,
        rating__unit_id__in=org.tree().ids_under(found.unit.path),
        rating__week__gte=found.first,
        rating__week__lte=found.last,
    )


def reasons(found: Results) -> tuple[list[Reason], list[Grade]]:
    """What was ticked and how the criteria were answered, in the weeks of the total; nothing where that is held back.
    One query."""
    if found.total is None:
        return [], []
    rows = list(Answer.objects.filter(_counted(found)).values_list("question_id", "value").annotate(count=Count("id")))
    questions = {row.pk: row for row in Question.objects.filter(pk__in={number for number, _v, _c in rows})}
    ticks: dict[tuple[str, bool], int] = {}
    grades: dict[str, list[int]] = {}
    for number, value, count in rows:
        question = questions[number]
        if question.part == Part.QUICK and value == TICK:
            key = (question.title, question.shape == Shape.GOOD)
            ticks[key] = ticks.get(key, 0) + count
        elif question.part == Part.CRITERIA:
            n, points, most = grades.get(question.title, [0, 0, 0])
            top = max((value for value, _words in question.choices), default=2)
            grades[question.title] = [n + count, points + value * count, most + top * count]
    return (
        sorted(
            (Reason(text, count, is_good) for (text, is_good), count in ticks.items()),
            key=lambda one: (-one.count, one.text),
        ),
        [Grade(text, n, points / most) for text, (n, points, most) in grades.items() if n >= least()],
    )


@dataclass(frozen=True, slots=True)
class Said:
    """``face`` is None in a survey."""

    id: str
    face: Face | None
    words: str


def words_said(found: Results) -> list[Said]:
    """What people wrote, of nobody and in no order; nothing where the total is held back."""
    if found.total is None:
        return []
    rows = Rating.objects.filter(
        survey=None,
        unit_id__in=org.tree().ids_under(found.unit.path),
        week__gte=found.first,
        week__lte=found.last,
    )
    return said(rows)


def said(ratings: QuerySet[Rating]) -> list[Said]:
    """Their words, by keys that are random; the caller has seen that there are enough of them."""
    rows = ratings.filter(is_hidden=False).exclude(words="").order_by("id")
    return [Said(str(row.pk), Face(row.face) if row.face else None, row.words) for row in rows[:MOST_WORDS]]


# ── For others ─────────────────────────────────────────────────────────────────────────────────────────────────────


def dislikes(kind: str, unit_ids: Sequence[int], first: date, last: date) -> tuple[int, int]:
    """(not satisfied, rated) of the weeks that ended in these days: what formula 5.4 of index 766 subtracts. For sums
    over all dossiers alone, never to be shown for few."""
    found = Rating.objects.filter(
        survey=None,
        kind=kind,
        unit_id__in=unit_ids,
        week__gte=first - _TO_SUNDAY,
        week__lte=min(last - _TO_SUNDAY, this_week() - WEEK),
    ).aggregate(unhappy=Count("id", filter=Q(face=Face.UNHAPPY)), rated=Count("id"))
    return found["unhappy"], found["rated"]


def readable_unit(code: str, *, actor: Actor) -> org.UnitRow:
    """The unit asked for; without a code the highest that the actor may read. Refused("not_found") for any other."""
    tree = org.tree()
    unit = tree.by_code(code) if code else next((row for row in tree.in_force if may_read(actor, row)), None)
    if unit is None or not may_read(actor, unit):
        raise no_such_unit()
    return unit


def no_such_unit() -> Refused:
    return Refused("not_found", _("Không có đơn vị này, hoặc đơn vị không thuộc phạm vi của bạn."))


def may_read(actor: Actor, unit: org.UnitRow) -> bool:
    return may(actor, "rating.read", unit_path=unit.path)


def any_unit(code: str = "") -> org.UnitRow:
    """For the public: the unit with this code; without one the topmost."""
    tree = org.tree()
    unit = tree.by_code(code) if code else next(iter(tree.in_force), None)
    if unit is None:
        raise Refused("not_found", _("Không có đơn vị này."))
    return unit


def with_codes(rows: Sequence[Row]) -> list[tuple[Row, str]]:
    """Lines by unit, with the codes by which their own pages are asked for; "" for a unit that ended."""
    tree = org.tree()
    units = [(row, tree.unit(int(row.key))) for row in rows]
    return [(row, unit.code if unit.is_in_force else "") for row, unit in units]
