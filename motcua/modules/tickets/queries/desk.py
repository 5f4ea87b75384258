"""The clerk's own counter: who sits before it, who is next, who did not come."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from motcua.kernel.org import queries as org
from motcua.modules.tickets.kind import State
from motcua.modules.tickets.models import Counter, Line, ServicePoint, Ticket
from motcua.modules.tickets.queries.points import all_counters, open_lines, points_of
from motcua.modules.tickets.queries.waiting import Pace, Room, current_at

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

SKIPPED_SHOWN = 12


@dataclass(frozen=True, slots=True)
class LineState:
    line: Line
    waiting: int
    is_own: bool  # this counter calls it
    pace: Pace | None


@dataclass(frozen=True, slots=True)
class Seat:
    """A counter with its clerk."""

    counter: Counter
    unit: org.UnitRow
    current: Ticket | None
    waiting: int  # that this counter can call
    lines: list[LineState]
    skipped: list[Ticket]
    done_today: int


def counter_of(actor: "Actor") -> Counter | None:
    """Where the official sits."""
    if not actor.is_officer:
        return None
    return Counter.objects.select_related("point").filter(officer_id=actor.id, is_active=True).first()


def seat_of(actor: "Actor") -> Seat | None:
    counter = counter_of(actor)
    if counter is None:
        return None
    room = Room(counter.point)
    today = Ticket.objects.filter(point=counter.point, day=room.day)
    lines = [
        LineState(line, room.waiting_in(line.id), counter.serves(line.letter), room.paces.get(line.id))
        for line in open_lines(counter.point)
    ]
    return Seat(
        counter=counter,
        unit=org.tree().unit(counter.point.unit_id),
        current=current_at(counter),
        waiting=sum(counter.serves(letter) for _pk, _line, letter in room.queue),
        lines=lines,
        skipped=[
            ticket
            for ticket in today.filter(state=State.SKIPPED).select_related("line").order_by("-called_at")
            if counter.serves(ticket.line.letter)
        ][:SKIPPED_SHOWN],
        done_today=today.filter(counter=counter, state=State.DONE).count(),
    )


def free_counters(actor: "Actor") -> list[tuple[ServicePoint, org.UnitRow, list[Counter]]]:
    """Where the official may sit down."""
    tree = org.tree()
    return [
        (point, tree.unit(point.unit_id), [counter for counter in all_counters(point) if counter.is_active])
        for point in points_of(actor)
    ]
