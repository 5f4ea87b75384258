"""Clocks of one case, changed together inside the action that holds the case's lock."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from motcua.kernel.cases.kind import KINDS
from motcua.kernel.cases.models import Case, Clock, ClockRule
from motcua.kernel.cases.queries.rules import rules
from motcua.kernel.org import queries as org
from motcua.kernel.places import queries as places
from motcua.lib import moment
from motcua.lib.worktime import Duration, StartRule, Unit, WorkCalendar, due_at, soon_minutes

CHANGING = ("unit", "officer", "due_at", "first_due_at", "soon_at", "paused_at", "paused_for", "stopped_at", "duration",
            "calendar_version", "remind_at", "reminded_at", "escalate_to", "escalated_at", "extended_at")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Term:
    """When a promise that starts now ends, and the moments before it that matter."""

    due_at: datetime
    soon_at: datetime
    remind_at: datetime | None
    calendar_version: int


def term(rule: ClockRule, unit_id: int, start: datetime) -> Term:
    calendar, version = org.unit_calendar(unit_id)
    end = due_at(calendar, start, Duration.parse(rule.duration), StartRule(rule.start_rule))
    remind_at = None
    if rule.remind_before:
        before = calendar.add(end, -_working_minutes(Duration.parse(rule.remind_before), calendar))
        remind_at = before if before > start else None
    return Term(end, soon_at(unit_id, start, end), remind_at, version)


def _working_minutes(duration: Duration, calendar: WorkCalendar) -> int:
    """How long before the end to remind; a day counts as the calendar's usual day."""
    match duration.unit:
        case Unit.WORKING_MINUTE:
            return int(duration.amount)
        case Unit.WORKING_HOUR:
            return int(duration.amount * 60)
        case _:
            return int(duration.amount * calendar.day_minutes)


def soon_at(unit_id: int, start: datetime, end: datetime) -> datetime:
    """From when a clock counts as due soon."""
    calendar, _version = org.unit_calendar(unit_id)
    minutes = soon_minutes(calendar.between(start, end), calendar.day_minutes)
    return max(start, calendar.add(end, -minutes)) if minutes else end


def own_rule(
    name: str, duration: str, *, start_rule: str = "same_instant", remind_before: str = "", escalate_to: str = ""
) -> ClockRule:
    """The term of a clock that the case itself brings along (``CaseKind.own_clocks``)."""
    return ClockRule(
        clock=name, duration=duration, start_rule=start_rule, remind_before=remind_before, escalate_to=escalate_to
    )


def new_clock(case: Case, rule: ClockRule, start: datetime, unit_id: int | None = None) -> Clock:
    """``unit_id``: whose promise it is, where that is not the unit that holds the case."""
    holder = unit_id or case.unit_id
    ends = term(rule, holder, start)
    return Clock(
        case_id=case.id,
        name=rule.clock,
        unit_id=holder,
        officer_id=case.officer_id if holder == case.unit_id else None,
        started_at=start,
        due_at=ends.due_at,
        first_due_at=ends.due_at,
        soon_at=ends.soon_at,
        remind_at=ends.remind_at,
        duration=rule.duration,
        start_rule=rule.start_rule,
        calendar_version=ends.calendar_version,
        escalate_to=rule.escalate_to,
    )


def rules_for(case: Case) -> dict[str, ClockRule]:
    held = rules()
    return held.clock_rules(
        case.kind,
        categories=held.category_codes(case.category_id),
        areas=frozenset(places.areas().codes_above(case.area_id)) if case.area_id else frozenset(),
        urgency=case.urgency,
    )


class Clocks:
    """The clocks of a locked case. Change them through the methods, then ``save()`` once."""

    def __init__(self, case: Case, clocks: list[Clock], at: datetime) -> None:
        self.case, self.at = case, at
        self._clocks = clocks
        self._changed: set[int] = set()

    @classmethod
    def of(cls, case: Case) -> Self:
        return cls(case, list(Clock.objects.filter(case_id=case.id)), moment.now())

    @property
    def running(self) -> list[Clock]:
        return [clock for clock in self._clocks if clock.stopped_at is None]

    def get(self, name: str) -> Clock | None:
        """The running clock of that name."""
        return next((clock for clock in self.running if clock.name == name), None)

    def start_after(self, trigger: str) -> None:
        """Start the clocks that begin with ``trigger`` ("opened", or a clock that stopped), unless they run already."""
        for name, rule in rules_for(self.case).items():
            if rule.after == trigger and self.get(name) is None:
                self._clocks.append(new_clock(self.case, rule, self.at))

    def start(self, rule: ClockRule, *, unit_id: int | None = None) -> Clock:
        """Start a clock of the case's own; one of the same name that runs is stopped."""
        self.stop(rule.clock, start_next=False)
        clock = new_clock(self.case, rule, self.at, unit_id)
        self._clocks.append(clock)
        return clock

    def stop(self, name: str, *, start_next: bool = True) -> None:
        """The promise is kept, or at least over. Starts the clocks that begin where this one ends."""
        clock = self.get(name)
        if clock is not None:
            self._resume(clock)
            clock.stopped_at = self.at
            self._touch(clock)
            if start_next:
                self.start_after(name)

    def stop_all(self) -> None:
        for clock in self.running:
            self.stop(clock.name, start_next=False)

    def pause(self) -> None:
        """We wait for somebody outside: no clock of the case runs."""
        for clock in self.running:
            if clock.paused_at is None:
                clock.paused_at = self.at
                self._touch(clock)

    def resume(self) -> None:
        for clock in self.running:
            self._resume(clock)

    def _resume(self, clock: Clock) -> None:
        """What was left at the pause is left now; nothing is reset (facts §1.6.9)."""
        if clock.paused_at is None:
            return
        calendar, _version = org.unit_calendar(clock.unit_id)
        waited = calendar.worked(clock.paused_at, self.at)
        clock.paused_for += int(waited.total_seconds() // 60)
        if clock.paused_at < clock.due_at:
            clock.due_at = calendar.add(clock.due_at, waited)
            clock.soon_at = calendar.add(clock.soon_at, waited)
            if clock.remind_at is not None and clock.reminded_at is None:
                clock.remind_at = calendar.add(clock.remind_at, waited)
        clock.paused_at = None
        self._touch(clock)

    def extend(self, name: str, end: datetime) -> None:
        """A new promise, once, with a reason that the event holds."""
        clock = self.get(name)
        if clock is not None:
            clock.due_at, clock.extended_at = end, self.at
            clock.soon_at = soon_at(clock.unit_id, self.at, end)
            clock.remind_at = clock.soon_at if clock.remind_at is not None else None
            clock.reminded_at = clock.escalated_at = None
            self._touch(clock)

    def hand_over(self, names: Collection[str] | None = None) -> None:
        """The case has another unit or officer: its running clocks (or those of ``names``) are theirs from now on."""
        for clock in self.running:
            if names is not None and clock.name not in names:
                continue
            clock.unit_id, clock.officer_id = self.case.unit_id, self.case.officer_id
            self._touch(clock)

    def give_to_officer(self) -> None:
        for clock in self.running:
            clock.officer_id = self.case.officer_id
            self._touch(clock)

    def reckon_again(self) -> None:
        """Category, urgency or calendar changed: recompute what runs from its own start; drop and add as rules say."""
        wanted = rules_for(self.case)
        calendar, _version = org.unit_calendar(self.case.unit_id)
        for clock in self.running:
            rule = wanted.get(clock.name)
            if rule is None and clock.name in KINDS[self.case.kind].own_clocks:
                rule = own_rule(clock.name, clock.duration, start_rule=clock.start_rule, escalate_to=clock.escalate_to)
            if rule is None:
                clock.stopped_at = self.at
            elif clock.extended_at is None:
                ends = term(rule, clock.unit_id, clock.started_at)
                shift = timedelta(minutes=clock.paused_for)
                clock.first_due_at = ends.due_at
                clock.due_at = calendar.add(ends.due_at, shift)
                clock.soon_at = soon_at(clock.unit_id, clock.started_at, clock.due_at)
                clock.remind_at = calendar.add(ends.remind_at, shift) if ends.remind_at else None
                clock.duration, clock.calendar_version = rule.duration, ends.calendar_version
                clock.escalate_to = rule.escalate_to
            self._touch(clock)
        started = {clock.name for clock in self._clocks}
        for name, rule in wanted.items():
            if rule.after == "opened" and name not in started:
                self._clocks.append(new_clock(self.case, rule, self.case.opened_at))

    def _touch(self, clock: Clock) -> None:
        if not clock._state.adding:
            self._changed.add(clock.id)

    def save(self) -> None:
        """Write what changed, and what the case shows of its clocks (the caller saves the case)."""
        started = [clock for clock in self._clocks if clock._state.adding]
        changed = [clock for clock in self._clocks if clock.pk in self._changed]
        if changed:
            # One statement, and far cheaper to build than a bulk UPDATE: every row exists, so every one conflicts.
            Clock.objects.bulk_create(changed, update_conflicts=True, unique_fields=["id"], update_fields=CHANGING)
        # After them: of one name only one clock may run, and the one that stopped made room.
        Clock.objects.bulk_create(started)
        self._changed.clear()
        show_on_case(self.case, self._clocks)


def show_on_case(case: Case, clocks: list[Clock]) -> None:
    """Set the case's ``due_at`` (promise) and ``next_due_at`` (what ends first) from its clocks."""
    promise = KINDS[case.kind].promise_clock
    named = [clock for clock in clocks if clock.name == promise]
    if named:
        case.due_at = max(named, key=lambda clock: clock.started_at).due_at
    ticking = [clock for clock in clocks if clock.stopped_at is None and clock.paused_at is None]
    first = min(ticking, key=lambda clock: clock.due_at, default=None)
    case.next_due_at = first.due_at if first else None
    case.next_soon_at = first.soon_at if first else None
