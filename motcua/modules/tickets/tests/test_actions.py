"""Numbers are taken, called, skipped, moved and finished; each thing happens once."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection

from motcua.kernel.events.kind import JOBS
from motcua.kernel.events.models import Event
from motcua.kernel.identity.kind import ANONYMOUS, Actor
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.modules.tickets.actions import arranging, calling, taking
from motcua.modules.tickets.kind import Source, State
from motcua.modules.tickets.models import Counter, Ticket
from motcua.modules.tickets.queries.points import slots
from motcua.modules.tickets.queries.waiting import get_ticket
from motcua.modules.tickets.tests.conftest import Hall, take
from motcua.testing.city import MONDAY


def events(name: str) -> int:
    return Event.objects.filter(name=name).count()


def refused(code: str, action: object, *args: object, **kwargs: object) -> None:
    """The answer is no, nothing changed, nothing was told."""
    before = list(Ticket.objects.order_by("id").values()), list(Counter.objects.order_by("id").values())
    told = Event.objects.count()
    with pytest.raises(Refused, match=code):
        action(*args, **kwargs)  # type: ignore[operator]
    assert before == (list(Ticket.objects.order_by("id").values()), list(Counter.objects.order_by("id").values()))
    assert told == Event.objects.count()


def test_it_works(hall: Hall, monday: datetime) -> None:
    ticket = take(hall.civil)
    assert ticket.label == "A001"
    calling.open_counter(hall.first.id, actor=hall.nga)
    called = calling.call_next(actor=hall.nga)
    assert called is not None
    assert (called.id, called.state, called.counter_id) == (ticket.id, State.CALLED, hall.first.id)
    calling.serve_ticket(ticket.id, actor=hall.nga)
    calling.finish_ticket(ticket.id, actor=hall.nga)
    ticket.refresh_from_db()
    assert ticket.state == State.DONE
    names = ["ticket.taken", "counter.opened", "ticket.called", "ticket.served", "ticket.done"]
    assert [event.name for event in Event.objects.order_by("id")][-5:] == names


def test_each_line_counts_by_itself_and_begins_anew_each_day(hall: Hall, monday: datetime) -> None:
    assert [take(hall.civil).label, take(hall.land).label, take(hall.civil).label] == ["A001", "B001", "A002"]
    with moment.at(MONDAY + timedelta(days=1)):
        assert take(hall.civil).label == "A001"


@pytest.mark.parametrize("at", [timedelta(hours=-2), timedelta(hours=9), timedelta(days=5)])
def test_no_number_for_now_while_closed(hall: Hall, at: timedelta) -> None:
    with moment.at(MONDAY + at):
        refused("closed", taking.take_ticket, hall.civil.id, actor=ANONYMOUS, source=Source.PHONE)


def test_over_noon_and_a_little_before_opening_numbers_are_given(hall: Hall) -> None:
    for at in (MONDAY - timedelta(minutes=90), MONDAY + timedelta(hours=4)):  # 06:30, 12:00
        with moment.at(at):
            take(hall.civil)


def test_a_device_holds_one_number_of_a_day_and_point(hall: Hall, monday: datetime) -> None:
    first = take(hall.civil)
    again = {"actor": ANONYMOUS, "source": Source.PHONE, "held": [first.id]}
    refused("already", taking.take_ticket, hall.land.id, **again)
    taking.cancel_ticket(first.id, actor=ANONYMOUS)
    assert taking.take_ticket(hall.land.id, **again).label == "B001"  # type: ignore[arg-type]


def test_a_line_has_so_many_numbers_a_day(hall: Hall, monday: datetime) -> None:
    arranging.save_line(hall.point.id, "B", actor=hall.quan, name="Đất đai", most_a_day=1)
    take(hall.land)
    refused("full", take, hall.land)


def test_paused_gives_no_numbers_but_calls_on(hall: Hall, monday: datetime) -> None:
    take(hall.civil)
    arranging.set_paused(hall.point.id, actor=hall.quan, is_paused=True)
    refused("paused", take, hall.civil)
    calling.open_counter(hall.first.id, actor=hall.nga)
    assert calling.call_next(actor=hall.nga) is not None


def test_a_booked_time_goes_first_once_it_has_come(hall: Hall, monday: datetime) -> None:
    at = MONDAY + timedelta(hours=1)
    booked = taking.take_ticket(hall.civil.id, actor=ANONYMOUS, source=Source.PHONE, slot_at=at)
    walked = take(hall.civil)
    calling.open_counter(hall.first.id, actor=hall.nga)
    first = calling.call_next(actor=hall.nga)
    assert first is not None
    assert first.id == walked.id
    take(hall.civil)
    with moment.at(at):
        second = calling.call_next(actor=hall.nga)
    assert second is not None
    assert second.id == booked.id


def test_a_time_has_so_many_places(hall: Hall, monday: datetime) -> None:
    at = slots(hall.civil, MONDAY)[0]
    assert at == MONDAY + timedelta(minutes=30)
    book = {"actor": ANONYMOUS, "source": Source.PHONE, "slot_at": at}
    for _ in range(2):
        taking.take_ticket(hall.civil.id, **book)  # type: ignore[arg-type]
    assert at not in slots(hall.civil, MONDAY)
    refused("slot_taken", taking.take_ticket, hall.civil.id, **book)
    refused("slot_taken", taking.take_ticket, hall.civil.id, **book | {"slot_at": MONDAY + timedelta(hours=4)})  # noon


def test_times_reach_into_the_next_working_day(hall: Hall) -> None:
    with moment.at(MONDAY + timedelta(days=4, hours=8, minutes=45)):  # Friday, 16:45
        found = slots(hall.civil, moment.now())
    assert found[0] == MONDAY + timedelta(days=7, hours=-1)
    assert found[-1] == MONDAY + timedelta(days=7, hours=8, minutes=30)


def test_a_counter_calls_its_own_lines(hall: Hall, monday: datetime) -> None:
    take(hall.land)
    calling.open_counter(hall.second.id, actor=hall.nga)
    assert calling.call_next(actor=hall.nga) is None
    assert events("ticket.called") == 0


def test_calling_the_next_finishes_with_the_one_before(hall: Hall, monday: datetime) -> None:
    first, second = take(hall.civil), take(hall.civil)
    calling.open_counter(hall.first.id, actor=hall.nga)
    calling.call_next(actor=hall.nga)
    with moment.at(MONDAY + timedelta(minutes=6)):
        calling.call_next(actor=hall.nga)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (State.DONE, State.CALLED)
    assert first.serving_at == MONDAY  # nobody pressed "serve": since the call
    with moment.at(MONDAY + timedelta(minutes=9)):
        assert calling.call_next(actor=hall.nga) is None
    second.refresh_from_db()
    assert second.state == State.DONE


def test_who_does_not_come_is_skipped_and_may_be_called_again(hall: Hall, monday: datetime) -> None:
    ticket = take(hall.civil)
    calling.open_counter(hall.first.id, actor=hall.nga)
    calling.call_next(actor=hall.nga)
    calling.recall_ticket(ticket.id, actor=hall.nga)
    calling.skip_ticket(ticket.id, actor=hall.nga)
    assert calling.call_next(actor=hall.nga) is None
    again = calling.recall_ticket(ticket.id, actor=hall.nga)
    assert (again.state, again.calls) == (State.CALLED, 3)
    assert events("ticket.recalled") == 2


def test_a_transferred_number_keeps_its_number_and_place(hall: Hall, monday: datetime) -> None:
    ticket = take(hall.land)
    with moment.at(MONDAY + timedelta(minutes=1)):
        take(hall.civil)
        calling.open_counter(hall.first.id, actor=hall.nga)
        calling.open_counter(hall.second.id, actor=hall.vy)
    with moment.at(MONDAY + timedelta(minutes=2)):
        calling.call_next(actor=hall.nga)
        refused("wrong_line", calling.transfer_ticket, ticket.id, actor=hall.nga, line_id=hall.land.id)
        moved = calling.transfer_ticket(ticket.id, actor=hall.nga, line_id=hall.civil.id)
        assert moved.label == "B001"
        found = get_ticket(ticket.id)
        assert found is not None
        assert found.id == moved.id
        called = calling.call_next(actor=hall.vy)
    assert called is not None
    assert called.id == moved.id
    assert take_label(hall) == "A002"  # its number is not one of this line's


def take_label(hall: Hall) -> str:
    with moment.at(MONDAY + timedelta(minutes=5)):
        return take(hall.civil).label


def test_only_who_sits_there_calls(hall: Hall, monday: datetime) -> None:
    ticket = take(hall.civil)
    refused("no_counter", calling.call_next, actor=hall.nga)
    refused("no_counter", calling.call_next, actor=ANONYMOUS)
    refused("not_found", calling.open_counter, hall.first.id, actor=hall.dung)
    refused("not_found", calling.open_counter, hall.first.id, actor=hall.minh)  # a leader calls nobody
    refused("not_found", calling.open_counter, hall.first.id, actor=Actor(kind="service", grants=frozenset()))
    calling.open_counter(hall.first.id, actor=hall.nga)
    refused("taken", calling.open_counter, hall.first.id, actor=hall.vy)
    refused("has_counter", calling.open_counter, hall.second.id, actor=hall.nga)
    calling.open_counter(hall.second.id, actor=hall.vy)
    calling.open_counter(hall.other.id, actor=hall.dung)
    calling.call_next(actor=hall.nga)
    for action in (calling.skip_ticket, calling.serve_ticket, calling.finish_ticket, calling.recall_ticket):
        refused("wrong_state", action, ticket.id, actor=hall.vy)
        refused("not_found", action, ticket.id, actor=hall.dung)
    refused("busy", calling.leave_counter, actor=hall.nga)
    refused("wrong_state", taking.cancel_ticket, ticket.id, actor=ANONYMOUS)
    calling.finish_ticket(ticket.id, actor=hall.nga)
    calling.leave_counter(actor=hall.nga)
    calling.open_counter(hall.first.id, actor=hall.nga)


def test_only_who_administers_the_unit_arranges(hall: Hall) -> None:
    point = hall.point.id
    for actor in (hall.nga, hall.dung, ANONYMOUS):
        refused("not_found", arranging.save_line, point, "C", actor=actor, name="Khác")
        refused("not_found", arranging.save_counter, point, 3, actor=actor)
        refused("not_found", arranging.set_paused, point, actor=actor, is_paused=True)
        refused("not_found", arranging.add_point, hall.point.unit_id, actor=actor)
    arranging.save_counter(point, 3, actor=hall.minh, letters="BA")
    assert Counter.objects.get(point=point, number=3).letters == "AB"
    refused("invalid", arranging.save_counter, point, 3, actor=hall.minh, letters="Z")
    refused("invalid", arranging.save_line, point, "ă", actor=hall.minh, name="Khác")


def test_a_day_ends(hall: Hall, monday: datetime) -> None:
    waiting, served = take(hall.civil), take(hall.land)
    tomorrow = taking.take_ticket(
        hall.civil.id, actor=ANONYMOUS, source=Source.PHONE, slot_at=MONDAY + timedelta(days=1)
    )
    Ticket.objects.filter(pk=waiting.pk).update(queued_at=MONDAY + timedelta(seconds=1))
    calling.open_counter(hall.first.id, actor=hall.nga)
    calling.call_next(actor=hall.nga)
    calling.serve_ticket(served.id, actor=hall.nga)
    close = JOBS["tickets.close"].run
    assert close() == 0
    with moment.at(MONDAY + timedelta(days=1)):
        assert close() == 3  # two numbers, one counter
        assert close() == 0
    states = dict(Ticket.objects.values_list("pk", "state"))
    assert states == {waiting.pk: State.NO_SHOW, served.pk: State.DONE, tomorrow.pk: State.WAITING}
    assert not Counter.objects.filter(officer__isnull=False).exists()
    assert events("ticket.missed") == 1


@pytest.mark.django_db(transaction=True)
def test_two_counters_never_call_the_same_number(hall: Hall) -> None:
    """Both press the key at the same moment, again and again."""
    times = 6
    with moment.at(MONDAY):
        for _ in range(2 * times):
            take(hall.civil)
        calling.open_counter(hall.first.id, actor=hall.nga)
        calling.open_counter(hall.second.id, actor=hall.vy)
    ready, called, broken = threading.Barrier(2), [], []

    def press(actor: Actor) -> None:
        try:
            for _ in range(times):
                ready.wait(20)
                with moment.at(MONDAY):
                    ticket = calling.call_next(actor=actor)
                called.append(ticket.label if ticket else "")
        except Exception as error:  # noqa: BLE001  the test says which
            broken.append(error)
            ready.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(actor,)) for actor in (hall.nga, hall.vy)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not broken
    assert sorted(called) == [f"A{number:03d}" for number in range(1, 2 * times + 1)]


@pytest.mark.django_db(transaction=True)
def test_numbers_taken_at_the_same_moment_differ(hall: Hall) -> None:
    ready, labels = threading.Barrier(4), []

    def press() -> None:
        try:
            ready.wait(20)
            with moment.at(MONDAY):
                labels.append(take(hall.civil).label)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(labels) == ["A001", "A002", "A003", "A004"]
