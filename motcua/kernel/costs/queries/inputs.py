"""The figures that hold on a day, and their history."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from motcua.kernel.costs.kind import ACTIVITIES, SITUATIONS
from motcua.kernel.costs.models import Input
from motcua.kernel.identity.queries import require
from motcua.lib.compliance import hourly_from_gdp, hourly_from_monthly

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

MANAGE = "cost.manage"


@dataclass(frozen=True, slots=True)
class Year:
    """Income of an hour, and where it comes from."""

    year: int
    basis: str
    amount: int
    source: str

    @property
    def hourly(self) -> int:
        return hourly_from_gdp(self.amount) if self.basis == "gdp" else hourly_from_monthly(self.amount)


@dataclass(frozen=True, slots=True)
class Norm:
    """What one activity takes, once, in one situation."""

    minutes: int = 0
    expense: int = 0


@dataclass(frozen=True, slots=True)
class Inputs:
    years: Mapping[int, Year] = field(default_factory=dict)
    norms: Mapping[tuple[str, str], Norm] = field(default_factory=dict)  # (activity, situation)
    sources: Mapping[str, str] = field(default_factory=dict)  # of activities
    stated: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # procedure code → values
    stated_sources: Mapping[str, str] = field(default_factory=dict)

    def year(self, wanted: int) -> Year | None:
        """Of that year, else of the nearest before it, else of the first one there is."""
        before = [year for year in self.years if year <= wanted]
        found = max(before) if before else min(self.years, default=None)
        return self.years[found] if found is not None else None

    def norm(self, activity: str, situation: str) -> Norm:
        return self.norms.get((activity, situation), Norm())


def inputs(on: date) -> Inputs:
    """What holds on a day: of each subject the newest that people stated, else the newest of a pack."""
    years: dict[int, Year] = {}
    norms: dict[tuple[str, str], Norm] = {}
    sources: dict[str, str] = {}
    stated: dict[str, Mapping[str, int]] = {}
    stated_sources: dict[str, str] = {}
    for row in current(on).values():
        kind, _colon, key = row.subject.partition(":")
        if kind == "year":
            years[int(key)] = Year(int(key), row.values["basis"], row.values["amount"], row.source)
        elif kind == "activity" and key in ACTIVITIES:
            sources[key] = row.source
            for situation in SITUATIONS:
                norms[key, situation] = Norm(row.values[f"{situation}_minutes"], row.values[f"{situation}_expense"])
        elif kind == "procedure":
            stated[key], stated_sources[key] = row.values, row.source
    return Inputs(years, norms, sources, stated, stated_sources)


def current(on: date) -> dict[str, Input]:
    """By subject. What people stated and withdrew (no values) leaves the pack's. A year's figure holds for that year,
    whenever it was stated; before the pack said anything, its first word counts."""
    own: dict[str, Input] = {}
    packed: dict[str, Input] = {}
    for row in Input.objects.order_by("begins_on", "number"):
        if row.begins_on <= on or row.subject.startswith("year:"):
            (packed if row.is_from_pack else own)[row.subject] = row
        elif row.is_from_pack:
            packed.setdefault(row.subject, row)
    return packed | {subject: row for subject, row in own.items() if row.values}


def history(actor: "Actor", subject: str) -> list[Input]:
    """The newest first."""
    require(actor, MANAGE)
    return list(Input.objects.filter(subject=subject).order_by("-number"))


def all_current(actor: "Actor", on: date) -> dict[str, Input]:
    require(actor, MANAGE)
    return current(on)
