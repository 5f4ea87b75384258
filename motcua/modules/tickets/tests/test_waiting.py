"""What people are told about waiting is what was measured, or nothing."""

from datetime import datetime, timedelta

from motcua.lib import moment
from motcua.modules.tickets.actions import calling
from motcua.modules.tickets.queries.waiting import FEWEST, Room
from motcua.modules.tickets.tests.conftest import Hall, Measure, take
from motcua.testing.city import MONDAY


def test_without_a_counter_or_measurements_nothing_is_promised(hall: Hall, measure: Measure, monday: datetime) -> None:
    take(hall.civil)
    assert Room(hall.point).outlook(hall.civil).reason == "no_counter"
    measure(FEWEST - 1)
    outlook = Room(hall.point).outlook(hall.civil)
    assert (outlook.ahead, outlook.counters, outlook.expected, outlook.reason) == (1, 1, None, "no_data")


def test_expected_from_the_quarters_of_the_last_services(hall: Hall, measure: Measure, monday: datetime) -> None:
    measure(10)  # 4–8 minutes, quarters 5, 6, 7
    assert (hall.civil.id in Room(hall.point).paces) is True
    pace = Room(hall.point).paces[hall.civil.id]
    assert (pace.low, pace.median, pace.high, pace.measured) == (5, 6, 7, 10)
    tickets = [take(hall.civil) for _ in range(4)]
    room = Room(hall.point)
    last = room.outlook(hall.civil, tickets[3].id).expected
    assert last is not None
    # Three ahead: 15 minutes at the least; 21 and one that may just have begun at the most.
    assert (last.low, last.high) == (15, 30)
    assert (last.from_at, last.to_at) == (MONDAY + timedelta(minutes=15), MONDAY + timedelta(minutes=30))
    first = room.outlook(hall.civil, tickets[0].id)
    assert first.expected is not None
    assert (first.ahead, first.expected.low, first.expected.high) == (0, 0, 5)
    calling.open_counter(hall.second.id, actor=hall.vy)
    twice_as_fast = Room(hall.point).outlook(hall.civil, tickets[3].id).expected
    assert twice_as_fast is not None
    assert (twice_as_fast.low, twice_as_fast.high) == (5, 15)


def test_others_whom_the_same_counter_calls_are_ahead_as_well(hall: Hall, measure: Measure, monday: datetime) -> None:
    measure(6)
    take(hall.land)  # counter 1 calls both lines, and nobody measured this one
    with moment.at(MONDAY + timedelta(minutes=1)):
        mine = take(hall.civil)
        outlook = Room(hall.point).outlook(hall.civil, mine.id)
    assert (outlook.ahead, outlook.reason) == (0, "no_data")


def test_waiting_skips_the_hours_when_nobody_works(hall: Hall, measure: Measure) -> None:
    measure(10)
    with moment.at(MONDAY + timedelta(hours=3, minutes=25)):  # 11:25, closed from 11:30 to 13:30
        tickets = [take(hall.civil) for _ in range(4)]
        expected = Room(hall.point).outlook(hall.civil, tickets[3].id).expected
    assert expected is not None
    assert expected.from_at == MONDAY + timedelta(hours=5, minutes=40)
    assert not expected.is_after_closing
    with moment.at(MONDAY + timedelta(hours=8, minutes=55)):  # 16:55
        late = [take(hall.civil) for _ in range(4)]
        expected = Room(hall.point).outlook(hall.civil, late[3].id).expected
    assert expected is not None
    assert expected.is_after_closing


def test_a_slip_of_the_finger_is_not_measured(hall: Hall, monday: datetime) -> None:
    calling.open_counter(hall.first.id, actor=hall.nga)
    for _ in range(FEWEST + 1):
        take(hall.civil)
        calling.call_next(actor=hall.nga)
    assert Room(hall.point).paces == {}
