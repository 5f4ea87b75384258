"""The demonstration's month of numbers: through the actions, so that what people are told of waiting was measured."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from motcua.kernel.events.models import Event
from motcua.kernel.events.queries import verify
from motcua.kernel.ratings.models import Rating
from motcua.lib import moment
from motcua.modules.tickets.kind import OPEN, State
from motcua.modules.tickets.models import Counter, Ticket
from motcua.modules.tickets.queries.waiting import FEWEST, Room
from motcua.modules.tickets.tests.conftest import Hall
from motcua.testing.city import MONDAY


@pytest.mark.parametrize(("now", "waiting"), [(MONDAY + timedelta(hours=1), 4), (MONDAY + timedelta(hours=12), 0)])
def test_a_month_of_numbers(hall: Hall, now: object, waiting: int) -> None:
    with moment.at(now):  # type: ignore[arg-type]
        call_command("demo_tickets")
        room = Room(hall.point)
    for line in (hall.civil, hall.land):
        assert room.paces[line.pk].measured >= FEWEST
    done = Ticket.objects.filter(state=State.DONE)
    assert all(ticket.ended_at and ticket.serving_at and ticket.ended_at > ticket.serving_at for ticket in done)
    assert not Ticket.objects.filter(taken_at__gt=now).exists()
    assert Ticket.objects.filter(point=hall.point, state__in=OPEN, day=MONDAY.date()).count() == waiting + bool(waiting)
    assert Counter.objects.filter(officer__isnull=False).count() == (2 if waiting else 0)  # one at each reception
    assert Event.objects.filter(name="ticket.taken").count() == Ticket.objects.count()
    rated = Rating.objects.filter(kind="ticket")
    assert 0 < rated.count() < done.count()
    assert set(rated.values_list("point_id", flat=True)) <= {hall.point.unit_id, hall.other.point.unit_id}
    assert rated.filter(officer__isnull=False).exists()
    assert list(verify()) == []
