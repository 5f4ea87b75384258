"""What is shown tells of many, never of one; and is fair to those of whom few spoke."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from motcua.kernel.identity.kind import ANONYMOUS
from motcua.kernel.org import queries as org
from motcua.kernel.ratings.actions.giving import give_rating, hide_words
from motcua.kernel.ratings.kind import Face, Given
from motcua.kernel.ratings.models import Question, Rating
from motcua.kernel.ratings.queries import results as queries
from motcua.kernel.ratings.queries.results import NONE, Tally, blocks, without_the_few
from motcua.kernel.ratings.tests.conftest import FRIDAY_BEFORE, Rate, token
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.testing.city import MONDAY, City

V, H, U = Face.VERY_HAPPY, Face.HAPPY, Face.UNHAPPY
A_WEEK = timedelta(days=7)
FIRST = date(2026, 1, 5)
WEEKS = st.dictionaries(
    st.integers(0, 80).map(lambda number: FIRST + number * A_WEEK),
    st.builds(Tally, st.integers(0, 4), st.integers(0, 4), st.integers(0, 4)),
    max_size=40,
)


def found(city: City, period: str = "2026", by: str = "unit", at: Any = MONDAY, unit: Any = None) -> queries.Results:
    with moment.at(at):
        row = org.tree().unit((unit or city.ward_one).id)
        return queries.results(row, queries.period_of(period), by)


# ── Blocks ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(WEEKS, st.integers(3, 9))
def test_whatever_two_looks_differ_by_is_nothing_or_enough(weeks: dict[date, Tally], fewest: int) -> None:
    """Between any two moments, and between any two periods: the difference is whole blocks."""
    every = blocks(weeks, fewest)
    assert all(block.tally.n >= fewest for block in every)
    for until in sorted(weeks):
        earlier = blocks({week: tally for week, tally in weeks.items() if week < until}, fewest)
        assert earlier == every[: len(earlier)]


@given(WEEKS, st.integers(3, 9))
def test_what_is_held_back_in_a_year_is_few(weeks: dict[date, Tally], fewest: int) -> None:
    for year in (2026, 2027):
        own = {week: tally for week, tally in weeks.items() if (week + timedelta(days=6)).year == year}
        given_in_it = sum((tally for tally in own.values()), NONE).n
        shown = sum((block.tally for block in blocks(own, fewest)), NONE).n
        assert 0 <= given_in_it - shown < fewest


@given(st.dictionaries(st.text("abc", min_size=1), st.integers(0, 12)), st.integers(0, 20), st.integers(3, 9))
def test_what_a_list_leaves_over_is_nothing_or_enough(lines: dict[str, int], more: int, fewest: int) -> None:
    total = sum(lines.values()) + more
    kept = without_the_few(total, lines, fewest)
    left = total - sum(lines[line] for line in kept)
    assert all(lines[line] >= fewest for line in kept)
    assert left == 0 or left >= fewest or not kept


# ── A unit ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_running_week_is_not_shown(city: City, rate: Rate) -> None:
    rate([V] * 9, MONDAY)
    assert found(city, at=MONDAY + timedelta(days=6)).total is None
    assert found(city, at=MONDAY + A_WEEK).total == Tally(9, 0, 0)


def test_under_the_threshold_nothing_is_said(city: City, rate: Rate) -> None:
    rate([V, H, U, U])
    few = found(city)
    assert few.total is None
    assert [row.tally for row in few.rows] == [None]
    assert queries.reasons(few) == ([], [])
    with override_settings(RATINGS_LEAST=4):
        assert found(city).total == Tally(1, 1, 2)


def test_one_more_does_not_show(city: City, rate: Rate) -> None:
    """Whoever looks before and after a single person rated sees no difference, until enough others did."""
    rate([V] * 5, FRIDAY_BEFORE - A_WEEK)
    before = found(city, at=MONDAY - A_WEEK)
    rate([U])
    assert found(city).total == before.total == Tally(5, 0, 0)
    rate([U, U, V, H], MONDAY)
    assert found(city, at=MONDAY + A_WEEK).total == Tally(6, 1, 3)


def test_the_one_that_is_left_over_does_not_show(city: City, rate: Rate) -> None:
    """Ten of one office and two of another: the total less the line would be the two."""
    rate([V] * 10)
    rate([U] * 2, unit_id=city.ward_one.id)
    shown = found(city)
    assert shown.total == Tally(10, 0, 2)
    assert [(row.name, row.tally) for row in shown.rows] == [("Phòng Kinh tế Một", None), ("Phường Một", None)]
    # …nor by asking the office itself.
    assert found(city, unit=city.office_one).total is None
    rate([U] * 3, unit_id=city.ward_one.id)
    assert [row.tally for row in found(city).rows] == [Tally(10, 0, 0), Tally(0, 0, 5)]
    assert found(city, unit=city.office_one).total == Tally(10, 0, 0)


def test_few_do_not_stand_above_many(city: City, rate: Rate) -> None:
    rate([V] * 5, unit_id=city.office_one.id, officer_id=city.hoa.id)
    rate([H] * 57 + [U] * 3, unit_id=city.office_one.id, officer_id=city.minh.id)
    rate([U] * 2, unit_id=city.office_one.id, officer_id=city.lan.id)
    rate([U] * 5, unit_id=city.office_one.id, officer_id=city.tam.id)
    rows = found(city, by="officer").rows
    names = [row.name for row in rows]
    assert names[0] == "Lê Văn Minh"  # 57 of 60, surer than 5 of 5
    shares = [row.tally.low for row in rows if row.tally]
    assert shares == sorted(shares, reverse=True)
    assert "Trần Thị Lan" in names
    assert rows[names.index("Trần Thị Lan")].tally is None


@pytest.mark.parametrize(("by", "name"), [("procedure", "1.000001"), ("point", "Phường Một"), ("kind", "Việc thử")])
def test_by_other_things(city: City, rate: Rate, by: str, name: str) -> None:
    rate([V, H, H, U, U])
    assert [(row.name, row.tally) for row in found(city, by=by).rows] == [(name, Tally(1, 2, 2))]


def test_periods(city: City, rate: Rate) -> None:
    rate([V] * 5, MONDAY - timedelta(days=30))
    rate([U] * 6, MONDAY - A_WEEK)
    assert found(city, "2026-10").total == Tally(5, 0, 0)
    assert found(city, "2026-11").total == Tally(0, 0, 6)
    assert found(city, "2026-Q4").total == found(city, "2026").total == Tally(5, 0, 6)
    assert found(city, "2026-Q3").total is None
    assert [(row.name, row.tally) for row in found(city, by="month").rows] == [
        ("10/2026", Tally(5, 0, 0)), ("11/2026", Tally(0, 0, 6)),
    ]  # fmt: skip
    assert found(city, "nonsense").period.key == "2026"


def test_a_province_has_all_below_it(city: City, rate: Rate) -> None:
    rate([V] * 5)
    rate([U] * 5, unit_id=city.office_two.id)
    whole = found(city, unit=city.province)
    assert whole.total == Tally(5, 0, 5)
    assert {row.name: row.tally for row in whole.rows} == {"Phường Một": Tally(5, 0, 0), "Phường Hai": Tally(0, 0, 5)}


def test_reasons_and_criteria(city: City, rate: Rate, questions: dict[str, Question]) -> None:
    values = {questions["nhanh"].pk: 1, questions["thai-do"].pk: 2}
    with moment.at(FRIDAY_BEFORE):
        for number in range(4):
            give_rating(token(100 + number), Given(V, values), actor=ANONYMOUS)
        give_rating(token(104), Given(U, {questions["cham"].pk: 1, questions["thai-do"].pk: 0}), actor=ANONYMOUS)
    with moment.at(MONDAY):
        ticked, grades = queries.reasons(found(city))
    assert [(one.text, one.count, one.is_good) for one in ticked] == [("Câu nhanh", 4, True), ("Câu cham", 1, False)]
    assert [(one.text, one.n, one.share) for one in grades] == [("Câu thai-do", 5, 0.8)]


def test_words_come_with_the_total_and_can_be_hidden(city: City, rate: Rate) -> None:
    with moment.at(FRIDAY_BEFORE):
        for number in range(4):
            give_rating(token(100 + number), Given(V, {}, f"Lời {number}"), actor=ANONYMOUS)
    assert queries.words_said(found(city)) == []
    rate([V])
    assert {said.words for said in queries.words_said(found(city))} == {f"Lời {number}" for number in range(4)}
    hide_words(Rating.objects.get(words="Lời 2").pk, actor=city.minh)
    assert "Lời 2" not in {said.words for said in queries.words_said(found(city))}
    assert found(city).total == Tally(5, 0, 0)


def test_formula_5_4_gets_its_number(city: City, rate: Rate) -> None:
    rate([V, U, U], MONDAY - A_WEEK)
    rate([U] * 2, MONDAY)
    units = [city.office_one.pk, city.ward_one.pk]
    with moment.at(MONDAY + A_WEEK):
        assert queries.dislikes("work", units, date(2026, 11, 1), date(2026, 11, 30)) == (4, 5)
        assert queries.dislikes("work", units, date(2026, 11, 1), date(2026, 11, 15)) == (2, 3)
        assert queries.dislikes("other", units, date(2026, 11, 1), date(2026, 11, 30)) == (0, 0)


def test_whose_results_who_may_read(city: City) -> None:
    assert queries.readable_unit("", actor=city.minh).code == "24778"
    assert queries.readable_unit("24778-kinh-te", actor=city.minh).code == "24778-kinh-te"
    assert queries.readable_unit("", actor=city.quan).code == "68"
    for actor, code in ((city.minh, "24781"), (city.minh, "68"), (city.hoa, "24778"), (city.lan, ""), (city.quan, "x")):
        with pytest.raises(Refused):
            queries.readable_unit(code, actor=actor)


@pytest.mark.parametrize(("by", "asked"), [("unit", 1), ("month", 1), ("officer", 3), ("kind", 2)])
def test_what_a_page_costs(city: City, rate: Rate, django_assert_num_queries: Any, by: str, asked: int) -> None:
    rate([V, H, U] * 3)
    rate([V, H, U] * 3, unit_id=city.office_two.id)
    found(city, by=by)
    with django_assert_num_queries(asked):
        found(city, by=by)
