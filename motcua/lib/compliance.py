"""What it costs people to comply with a procedure: the standard cost model of TT 02/2017/TT-VPCP Điều 27.

A task costs (hours of travel + hours of work) × income per hour + papers, prints, notaries + advice + other; a
procedure costs its tasks + fees + other; a year costs that × times a year × subjects. Opportunity cost is left out, and
where there is a range its low end counts.

Rounding: money is whole đồng. Only time makes fractions: the time of each task is rounded to a whole đồng, halves up,
and everything else is sums and products of whole numbers. Shares are rounded to a basis point, halves up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

HOURS_OF_A_MONTH: Final = 22 * 8
HOURS_OF_A_YEAR: Final = 12 * HOURS_OF_A_MONTH  # guidance 28/CCTTHC (2010)
WHOLE_BP: Final = 10_000


def half_up(amount: int, by: int) -> int:
    """``amount / by``, halves away from zero, so that a loss is rounded as a saving of the same size is."""
    if by <= 0:
        raise ValueError(f"divided by {by}")
    rounded = (2 * abs(amount) + by) // (2 * by)
    return rounded if amount >= 0 else -rounded


def hourly_from_gdp(gdp_per_head: int) -> int:
    """Income of an hour from a year's GDP per head, both in đồng: 120,000,000 → 56,818."""
    return half_up(gdp_per_head, HOURS_OF_A_YEAR)


def hourly_from_monthly(income: int) -> int:
    return half_up(income, HOURS_OF_A_MONTH)


@dataclass(frozen=True, slots=True)
class Task:
    """One activity. Times in minutes, money in đồng."""

    travel_minutes: int = 0
    work_minutes: int = 0
    expense: int = 0  # printing, buying, translating, notarising; fares
    advice: int = 0  # consultants, services
    other: int = 0

    def __post_init__(self) -> None:
        if min(self.travel_minutes, self.work_minutes, self.expense, self.advice, self.other) < 0:
            raise ValueError("a task takes no negative time or money")

    @property
    def minutes(self) -> int:
        return self.travel_minutes + self.work_minutes

    def cost(self, hourly: int) -> int:
        return half_up(self.minutes * hourly, 60) + self.expense + self.advice + self.other


@dataclass(frozen=True, slots=True)
class Total:
    """What doing a procedure once, or all of a year, takes."""

    minutes: int = 0
    cost: int = 0

    def __add__(self, other: "Total") -> "Total":
        return Total(self.minutes + other.minutes, self.cost + other.cost)

    def __sub__(self, other: "Total") -> "Total":
        return Total(self.minutes - other.minutes, self.cost - other.cost)

    def __mul__(self, times: int) -> "Total":
        return Total(self.minutes * times, self.cost * times)


def once(tasks: Sequence[Task], *, hourly: int, fees: int = 0) -> Total:
    return Total(sum(task.minutes for task in tasks), sum(task.cost(hourly) for task in tasks) + fees)


def saving_bp(before: int, after: int) -> int | None:
    """The saving as a share of what it was, in basis points: 1,024,000 → 231,000 is 7744. None when it cost nothing;
    below zero when it costs more now."""
    return half_up((before - after) * WHOLE_BP, before) if before > 0 else None


def split(number: int, share_bp: int) -> tuple[int, int]:
    """A whole number in two: the share (halves up), and what is left."""
    if number < 0 or not 0 <= share_bp <= WHOLE_BP:
        raise ValueError(f"{share_bp} basis points of {number}")
    part = half_up(number * share_bp, WHOLE_BP)
    return part, number - part
