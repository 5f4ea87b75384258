"""The clerk at a counter: sit down, call, call again, skip, serve, finish, transfer, leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.modules.tickets.actions.taking import locked_point, say
from motcua.modules.tickets.kind import AT_A_COUNTER, Source, State
from motcua.modules.tickets.models import Counter, Line, Reminder, ServicePoint, Ticket
from motcua.modules.tickets.queries.points import calendar_of, day_of, may_at
from motcua.modules.tickets.queries.waiting import in_order

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor


def _seat(actor: Actor) -> tuple[ServicePoint, Counter]:
    """The point, locked, and the counter where the official sits."""
    point_id = Counter.objects.filter(officer_id=actor.id, is_active=True).values_list("point_id", flat=True).first()
    if not actor.is_officer or point_id is None:
        raise Refused("no_counter", _("Bạn chưa ngồi quầy nào. Chọn quầy trước."))
    point = locked_point(point_id)
    counter = Counter.objects.select_for_update().filter(officer_id=actor.id, point=point, is_active=True).first()
    if counter is None:
        raise Refused("no_counter", _("Bạn chưa ngồi quầy nào. Chọn quầy trước."))
    if not may_at(actor, "ticket.call", point):
        raise Refused("not_found", _("Không tìm thấy, hoặc bạn không được xem."))
    return point, counter


def _ticket(ticket_id: int, counter: Counter, *states: State) -> Ticket:
    """A ticket of this counter, or one of its point that no counter has."""
    ticket = Ticket.objects.select_for_update(of=("self",)).select_related("line").filter(pk=ticket_id).first()
    if ticket is None or ticket.point_id != counter.point_id:
        raise Refused("not_found", _("Không có số này."))
    if ticket.state not in states or (ticket.state in AT_A_COUNTER and ticket.counter_id != counter.id):
        raise Refused("wrong_state", _("Số này vừa thay đổi. Trang đã được tải lại, bạn xem lại rồi làm tiếp."))
    return ticket


def _at(counter: Counter) -> Ticket | None:
    return Ticket.objects.select_for_update().filter(counter=counter, state__in=AT_A_COUNTER).first()


@transaction.atomic
def open_counter(counter_id: int, *, actor: Actor) -> Counter:
    """Sit down at a counter, leaving the one where one sat."""
    point_id = Counter.objects.filter(pk=counter_id).values_list("point_id", flat=True).first()
    point = locked_point(point_id) if point_id is not None else None
    if point is None or not actor.is_officer or not may_at(actor, "ticket.call", point):
        raise Refused("not_found", _("Không có quầy này, hoặc quầy không thuộc nơi bạn làm việc."))
    counter = Counter.objects.select_for_update(of=("self",)).select_related("officer").get(pk=counter_id)
    if not counter.is_active:
        raise Refused("closed", _("Quầy này không còn dùng."))
    if counter.officer_id == actor.id:
        return counter
    if counter.officer is not None:
        raise Refused("taken", _("Quầy này đang có {name}. Chọn quầy khác.").format(name=counter.officer.name))
    if Counter.objects.filter(officer_id=actor.id).exists():
        raise Refused("has_counter", _("Bạn đang ngồi quầy khác. Nghỉ quầy đó trước."))
    counter.officer_id, counter.opened_at = actor.id, moment.now()
    counter.save(update_fields=["officer", "opened_at"])
    say("counter.opened", point, actor=actor, counter=counter.number)
    return counter


@transaction.atomic
def leave_counter(*, actor: Actor) -> None:
    point, counter = _seat(actor)
    if _at(counter) is not None:
        raise Refused("busy", _("Quầy đang có khách. Bấm xong hoặc chuyển số đó trước khi nghỉ quầy."))
    counter.officer, counter.opened_at = None, None
    counter.save(update_fields=["officer", "opened_at"])
    say("counter.left", point, actor=actor, counter=counter.number)


@transaction.atomic
def call_next(*, actor: Actor) -> Ticket | None:
    """Finish with whoever is at the counter and call the next one of its lines; None when nobody waits."""
    point, counter = _seat(actor)
    if (current := _at(counter)) is not None:
        _finish(current, counter, point, actor)
    now = moment.now()
    waiting = in_order(point.id, day_of(calendar_of(point), now), now)
    if counter.letters:
        waiting = waiting.filter(line__letter__in=counter.letters)
    ticket = waiting.select_for_update(of=("self",)).first()
    if ticket is None:
        return None
    _call(ticket, counter)
    say("ticket.called", point, actor=actor, ticket=ticket, counter=counter.number)
    return ticket


def _call(ticket: Ticket, counter: Counter) -> None:
    ticket.state, ticket.counter, ticket.called_at = State.CALLED, counter, moment.now()
    ticket.calls += 1
    ticket.save(update_fields=["state", "counter", "called_at", "calls"])


@transaction.atomic
def recall_ticket(ticket_id: int, *, actor: Actor) -> Ticket:
    """Call once more: whoever is called already, or somebody who did not come before."""
    point, counter = _seat(actor)
    ticket = _ticket(ticket_id, counter, State.CALLED, State.SKIPPED)
    current = _at(counter)
    if current is not None and current.id != ticket.id:
        raise Refused("busy", _("Quầy đang có khách. Bấm xong hoặc chuyển số đó trước."))
    if not counter.serves(ticket.line.letter):
        raise Refused("other_line", _("Quầy này không làm hàng của số đó."))
    _call(ticket, counter)
    say("ticket.recalled", point, actor=actor, ticket=ticket, counter=counter.number)
    return ticket


@transaction.atomic
def skip_ticket(ticket_id: int, *, actor: Actor) -> Ticket:
    """Nobody came. They can be called again until the day ends."""
    point, counter = _seat(actor)
    ticket = _ticket(ticket_id, counter, State.CALLED)
    ticket.state = State.SKIPPED
    ticket.save(update_fields=["state"])
    say("ticket.skipped", point, actor=actor, ticket=ticket, counter=counter.number)
    return ticket


@transaction.atomic
def serve_ticket(ticket_id: int, *, actor: Actor) -> Ticket:
    """They are here: from now on the service is measured."""
    point, counter = _seat(actor)
    ticket = _ticket(ticket_id, counter, State.CALLED)
    ticket.state, ticket.serving_at = State.SERVING, moment.now()
    ticket.save(update_fields=["state", "serving_at"])
    say("ticket.served", point, actor=actor, ticket=ticket, counter=counter.number)
    return ticket


@transaction.atomic
def finish_ticket(ticket_id: int, *, actor: Actor) -> Ticket:
    point, counter = _seat(actor)
    ticket = _ticket(ticket_id, counter, *AT_A_COUNTER)
    _finish(ticket, counter, point, actor)
    return ticket


def _finish(ticket: Ticket, counter: Counter, point: ServicePoint, actor: Actor) -> None:
    # Who was not skipped did come; a clerk who never pressed "serve" has served since the last call.
    ticket.serving_at = ticket.serving_at or ticket.called_at
    ticket.state, ticket.ended_at = State.DONE, moment.now()
    ticket.save(update_fields=["state", "serving_at", "ended_at"])
    say("ticket.done", point, actor=actor, ticket=ticket, counter=counter.number)


@transaction.atomic
def transfer_ticket(ticket_id: int, *, actor: Actor, line_id: int) -> Ticket:
    """Into another line of the point, with the same number and the place that it had: nobody queues twice."""
    point, counter = _seat(actor)
    ticket = _ticket(ticket_id, counter, *AT_A_COUNTER)
    line = Line.objects.filter(pk=line_id, point=point, is_open=True).first()
    if line is None or line.id == ticket.line_id:
        raise Refused("wrong_line", _("Chọn một hàng khác của nơi này."), fields={"line": _("Chọn một hàng khác.")})
    ticket.state, ticket.ended_at = State.TRANSFERRED, moment.now()
    ticket.save(update_fields=["state", "ended_at"])
    successor = Ticket.objects.create(
        line=line,
        point=point,
        day=ticket.day,
        number=ticket.number,
        label=ticket.label,
        source=Source.DESK,
        taken_at=ticket.taken_at,
        slot_at=ticket.slot_at,
        queued_at=ticket.queued_at,
        origin=ticket,
    )
    Reminder.objects.filter(ticket=ticket).update(ticket=successor)
    say("ticket.transferred", point, actor=actor, ticket=successor, line=line.name)
    return successor
