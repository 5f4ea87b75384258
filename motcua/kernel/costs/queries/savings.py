"""What the platform saves people: each procedure's sheets times how often it was done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from motcua.kernel.costs.kind import Situation
from motcua.kernel.costs.queries.inputs import Inputs, Year, inputs
from motcua.kernel.costs.queries.sheets import Sheet, Sheets, sheets
from motcua.kernel.figures.queries.filed import filed_by_channel, first_filed_on
from motcua.kernel.org.queries import local_today
from motcua.kernel.procedures.queries.catalogue import in_force
from motcua.kernel.procedures.queries.page import said
from motcua.kernel.procedures.queries.search import shelf
from motcua.lib.compliance import Total, saving_bp, split

AT_COUNTER = "counter"  # the channel of dossiers that clerks take in


@dataclass(frozen=True, slots=True)
class Period:
    """Of which days volumes are counted, and on which day the figures must hold."""

    first: date
    last: date
    year: int
    is_running: bool  # the last twelve months, not a year of the calendar


def period(year: int | None = None) -> Period:
    """Without a year, the last twelve months."""
    today = local_today()
    if year is None:
        return Period(today - timedelta(days=364), today, today.year, is_running=True)
    return Period(date(year, 1, 1), min(date(year, 12, 31), today), year, is_running=False)


def years() -> list[int]:
    """Those of which something was counted, the newest first."""
    first = first_filed_on()
    return list(range(local_today().year, first.year - 1, -1)) if first else []


@dataclass(frozen=True, slots=True)
class Volume:
    """How often in a year. ``is_stated``: by an administrator, with its source, instead of counted."""

    counter: int
    online: int
    times: int = 1
    is_stated: bool = False
    source: str = ""

    @property
    def number(self) -> int:
        return self.counter + self.online


@dataclass(frozen=True)  # no slots: its sums are kept
class Saving:
    """One procedure."""

    code: str
    name: str
    sheets: Sheets
    volume: Volume

    @cached_property
    def before_year(self) -> Total:
        return self.sheets.before.once * self.volume.number

    @cached_property
    def after_year(self) -> Total:
        done = self.sheets.counter.once * self.volume.counter
        return done + self.sheets.online.once * self.volume.online if self.sheets.online else done

    @property
    def saved_year(self) -> Total:
        return self.before_year - self.after_year

    @property
    def best(self) -> Total:
        return self.sheets.quickest.once

    @property
    def saved_once(self) -> Total:
        return self.sheets.before.once - self.best

    @property
    def rate_bp(self) -> int | None:
        return saving_bp(self.sheets.before.once.cost, self.best.cost)

    @property
    def year_rate_bp(self) -> int | None:
        return saving_bp(self.before_year.cost, self.after_year.cost)


@dataclass(frozen=True)
class Savings:
    """``rows``: those that were done, by what they saved; ``others``: those that were not, by what they would."""

    period: Period
    year: Year
    inputs: Inputs
    rows: tuple[Saving, ...]
    others: tuple[Saving, ...]

    @cached_property
    def before(self) -> Total:
        return sum((row.before_year for row in self.rows), Total())

    @cached_property
    def saved(self) -> Total:
        return sum((row.saved_year for row in self.rows), Total())

    @property
    def number(self) -> int:
        return sum(row.volume.number for row in self.rows)

    @property
    def rate_bp(self) -> int | None:
        return saving_bp(self.before.cost, self.before.cost - self.saved.cost)


def savings(asked: Period) -> Savings | None:
    """Of all procedures that can be filed here. None: the income of an hour is not known."""
    found = inputs(asked.last)
    year = found.year(asked.year)
    if year is None:
        return None
    counted = filed_by_channel(asked.first, asked.last)
    codes = [hit.code for hit in shelf().hits.values() if hit.is_filed_here]
    each = [row for code in codes if (row := _saving(code, found, year, counted.get(code, {}))) is not None]
    return Savings(
        asked,
        year,
        found,
        tuple(sorted((row for row in each if row.volume.number), key=lambda row: (-row.saved_year.cost, row.code))),
        tuple(sorted((row for row in each if not row.volume.number), key=lambda row: (-row.saved_once.cost, row.code))),
    )


@dataclass(frozen=True, slots=True)
class One:
    """A procedure by itself, with what it was reckoned from."""

    saving: Saving
    period: Period
    year: Year
    stated_source: str

    @property
    def columns(self) -> list[tuple[Sheet, int]]:
        """Each sheet with how many were done so."""
        volume = self.saving.volume
        numbers = {Situation.BEFORE: volume.number, Situation.COUNTER: volume.counter, Situation.ONLINE: volume.online}
        return [(sheet, numbers[Situation(sheet.situation)]) for sheet in self.saving.sheets.each]


def saving_of(code: str, asked: Period) -> One | None:
    """None: not in force, not filed here, or no income of an hour is known."""
    found = inputs(asked.last)
    year = found.year(asked.year)
    if year is None:
        return None
    counted = filed_by_channel(asked.first, asked.last)
    row = _saving(code, found, year, counted.get(code, {}))
    return One(row, asked, year, found.stated_sources.get(code, "")) if row else None


def _saving(code: str, found: Inputs, year: Year, counted: Mapping[str, int]) -> Saving | None:
    version = in_force(code)
    if version is None or not version.body.is_filed_here:
        return None
    made = sheets(version.body, found, year.hourly)
    return Saving(code, said(version.body, "name"), made, _volume(code, found, counted, made))


def _volume(code: str, found: Inputs, counted: Mapping[str, int], made: Sheets) -> Volume:
    at_counter = counted.get(AT_COUNTER, 0)
    elsewhere = sum(counted.values()) - at_counter
    stated = found.stated.get(code, {})
    if "subjects" in stated:
        times = stated.get("times", 1)
        number = times * stated["subjects"]
        online, counter = split(number, 100 * stated.get("online_percent", 0)) if made.online else (0, number)
        return Volume(counter, online, times, is_stated=True, source=found.stated_sources[code])
    return Volume(at_counter, elsewhere) if made.online else Volume(at_counter + elsewhere, 0)
