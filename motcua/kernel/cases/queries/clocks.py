"""What a clock says: its state and its words (UX §2.4). Lateness is computed here, and stored nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple, Protocol

from django.utils.translation import get_language

from motcua.kernel.cases.kind import KINDS
from motcua.kernel.cases.models import Case, Clock
from motcua.kernel.org import queries as org
from motcua.kernel.statements.queries import prepared
from motcua.lib import moment
from motcua.lib.worktime import ClockState, Language, clock_words


@dataclass(frozen=True, slots=True)
class ClockView:
    """``state`` is on | soon | late | paused | done; ``words`` e.g. "Còn 5 giờ 20 phút". ``used`` is 0–100 percent."""

    state: ClockState
    words: str
    due_at: datetime
    name: str = ""
    label: str = ""
    used: int = 0
    unit_id: int | None = None
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    first_due_at: datetime | None = None
    id: int | None = None

    @property
    def holder(self) -> str:
        """Whose promise it is."""
        return org.tree().unit(self.unit_id).short_name if self.unit_id else ""

    @property
    def is_late_done(self) -> bool:
        return self.state == "done" and self.stopped_at is not None and self.stopped_at > self.due_at


class Ticking(Protocol):
    """What of a clock is shown: a Clock, or a row of a list."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def unit_id(self) -> int: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def due_at(self) -> datetime: ...
    @property
    def first_due_at(self) -> datetime: ...
    @property
    def soon_at(self) -> datetime: ...
    @property
    def paused_at(self) -> datetime | None: ...
    @property
    def stopped_at(self) -> datetime | None: ...


@lru_cache(maxsize=256)  # lists draw dozens of the same
def _label(kind: str, name: str, _language: str) -> str:
    return str(KINDS[kind].clock_labels.get(name, name)) if kind in KINDS else name


def _language() -> Language:
    return "en" if get_language() == "en" else "vi"


def clock_view(clock: Ticking, kind: str, now: datetime | None = None) -> ClockView:
    return _view(clock, kind, now or moment.now(), _language(), with_used=True)


def _view(clock: Ticking, kind: str, at: datetime, language: Language, *, with_used: bool) -> ClockView:
    """``with_used``: what a meter shows. Lists have none, and it is half of the arithmetic."""
    calendar, _version = org.unit_calendar(clock.unit_id)
    state: ClockState
    if clock.stopped_at is not None:
        state, minutes = "done", calendar.between(clock.stopped_at, clock.due_at)
    elif clock.paused_at is not None:
        state, minutes = "paused", calendar.between(clock.paused_at, clock.due_at)
    elif at >= clock.due_at:
        state, minutes = "late", calendar.between(at, clock.due_at)
    else:
        state = "soon" if at >= clock.soon_at else "on"
        minutes = calendar.between(at, clock.due_at)
    end = clock.stopped_at or clock.paused_at or at
    used = 0
    if with_used and end > clock.started_at:
        total = max(calendar.between(clock.started_at, clock.due_at), 1)
        used = min(100, max(0, round(100 * calendar.between(clock.started_at, end) / total)))
    return ClockView(
        state=state,
        words=clock_words(state, minutes, calendar.day_minutes, language),
        due_at=clock.due_at,
        name=clock.name,
        label=_label(kind, clock.name, language),
        used=used,
        unit_id=clock.unit_id,
        started_at=clock.started_at,
        stopped_at=clock.stopped_at,
        first_due_at=clock.first_due_at,
        id=clock.id,
    )


def clock_views(case: Case, now: datetime | None = None) -> list[ClockView]:
    """All clocks of a case: the promise clock first, then as they started."""
    promise = KINDS[case.kind].promise_clock
    clocks = sorted(Clock.objects.filter(case_id=case.id), key=lambda clock: (clock.name != promise, clock.started_at))
    return [clock_view(clock, case.kind, now) for clock in clocks]


def views_by_id(clock_ids: Sequence[int]) -> list[ClockView]:
    """The same clocks a little later. The caller has shown them to the reader before."""
    return [
        clock_view(clock, clock.case.kind) for clock in Clock.objects.filter(id__in=clock_ids).select_related("case")
    ]


class _Listed(NamedTuple):
    """A clock of a list: rows of the driver, because fifty objects cost ten times as much."""

    case_id: int
    id: int
    name: str
    unit_id: int
    started_at: datetime
    due_at: datetime
    first_due_at: datetime
    soon_at: datetime
    paused_at: datetime | None
    stopped_at: datetime | None


def _listed(case_ids: Sequence[int], which: str, *given: list[str]) -> list[_Listed]:
    if not case_ids:
        return []
    with prepared() as cursor:
        cursor.execute(
            f"SELECT {', '.join(_Listed._fields)} FROM cases_clock WHERE case_id = ANY(%s) AND {which}",  # noqa: S608  constants
            [list(case_ids), *given],
        )
        return [_Listed(*row) for row in cursor.fetchall()]


def _views(clocks: dict[int, _Listed], kinds: dict[int, str], now: datetime | None) -> dict[int, ClockView]:
    at, language = now or moment.now(), _language()
    return {number: _view(clock, kinds[number], at, language, with_used=False) for number, clock in clocks.items()}


def promise_views(cases: Sequence[Case], now: datetime | None = None) -> dict[int, ClockView]:
    """The public promise of each case: its newest promise clock. One query for all."""
    kinds = {case.id: case.kind for case in cases}
    promises = {kind: KINDS[kind].promise_clock for kind in set(kinds.values())}
    newest = {
        clock.case_id: clock
        for clock in _listed(list(kinds), "name = ANY(%s) ORDER BY id", list(promises.values()))
        if clock.name == promises[kinds[clock.case_id]]
    }
    return _views(newest, kinds, now)


def next_views(cases: Sequence[Case], now: datetime | None = None) -> dict[int, ClockView]:
    """The clock that matters now for each case: the running one that ends first, else the paused one. One query."""
    kinds = {case.id: case.kind for case in cases}
    wins_last = "stopped_at IS NULL ORDER BY paused_at DESC NULLS LAST, due_at DESC"
    chosen = {clock.case_id: clock for clock in _listed(list(kinds), wins_last)}
    return _views(chosen, kinds, now)
