"""The standard cost model: the published figures, and what must hold for any numbers."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.lib.compliance import (
    Task,
    Total,
    half_up,
    hourly_from_gdp,
    hourly_from_monthly,
    once,
    saving_bp,
    split,
)

minutes = st.integers(0, 100_000)
dong = st.integers(0, 10**12)
hourly = st.integers(1, 10**7)
tasks = st.lists(st.builds(Task, minutes, minutes, dong, dong, dong), max_size=8)


def test_income_of_an_hour() -> None:
    assert hourly_from_gdp(120_000_000) == 56_818
    assert hourly_from_monthly(10_000_000) == 56_818
    assert hourly_from_gdp(0) == 0


def test_the_published_example_of_ha_noi() -> None:
    assert saving_bp(1_024_000, 231_000) == 7744
    year = Total(0, 1_024_000) * 3_228 - Total(0, 231_000) * 3_228
    assert year.cost == 793_000 * 3_228


def test_a_procedure() -> None:
    """Two hours on the road, one and a half at work, 20,000 of copies, 50,000 of fees at 56,818 an hour."""
    done = once([Task(travel_minutes=120, expense=20_000), Task(work_minutes=90)], hourly=56_818, fees=50_000)
    assert done == Total(210, 113_636 + 20_000 + 85_227 + 50_000)


@pytest.mark.parametrize(("amount", "by", "rounded"), [(1, 2, 1), (-1, 2, -1), (3, 2, 2), (1, 3, 0), (2, 3, 1)])
def test_halves_go_up_by_size(amount: int, by: int, rounded: int) -> None:
    assert half_up(amount, by) == rounded


def test_what_makes_no_sense_is_refused() -> None:
    for wrong in (lambda: half_up(1, 0), lambda: Task(work_minutes=-1), lambda: split(1, 10_001), lambda: split(-1, 5)):
        with pytest.raises(ValueError, match=r"."):
            wrong()


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**9))
def test_rounding_is_off_by_half_at_most(amount: int, by: int) -> None:
    assert abs(Fraction(amount, by) - half_up(amount, by)) <= Fraction(1, 2)
    assert half_up(-amount, by) == -half_up(amount, by)


@given(tasks, hourly, dong)
def test_cost_is_the_sum_of_its_parts(done: list[Task], income: int, fees: int) -> None:
    whole = once(done, hourly=income, fees=fees)
    assert whole == sum((once([task], hourly=income) for task in done), Total(0, fees))
    parts = (Fraction(task.minutes * income, 60) + task.expense + task.advice + task.other for task in done)
    exact = sum(parts, Fraction(fees))
    assert abs(whole.cost - exact) <= Fraction(len(done), 2)


@given(tasks, hourly, st.integers(0, 10**6), st.integers(0, 10**6))
def test_years_add_up(done: list[Task], income: int, some: int, more: int) -> None:
    one = once(done, hourly=income)
    assert one * some + one * more == one * (some + more)
    assert one * some - one * some == Total()


@given(dong, dong)
def test_share_saved(before: int, after: int) -> None:
    share = saving_bp(before, after)
    if before == 0:
        assert share is None
    else:
        assert share is not None
        assert share <= 10_000
        assert (share > 0) <= (after < before)
        assert (share < 0) <= (after > before)
        assert saving_bp(before, 0) == 10_000


@given(st.integers(0, 10**9), st.integers(0, 10_000))
def test_nothing_is_lost_between_two(number: int, share_bp: int) -> None:
    part, left = split(number, share_bp)
    assert part + left == number
    assert part >= 0
    assert left >= 0
    assert split(number, 10_000) == (number, 0)
