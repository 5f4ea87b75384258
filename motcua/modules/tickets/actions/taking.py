"""Taking a number, and giving it back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from motcua.kernel.events.actions import record
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.org import queries as org
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.modules.tickets.kind import OPEN, Source, State
from motcua.modules.tickets.models import Line, Reminder, ServicePoint, Ticket
from motcua.modules.tickets.queries.points import calendar_of, day_of, gives_numbers, slots

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor


def locked_point(point_id: int) -> ServicePoint:
    """Whoever changes a queue holds this first: numbers are given, and called, one after the other."""
    return ServicePoint.objects.select_for_update().get(pk=point_id)


def say(name: str, point: ServicePoint, *, actor: Actor, ticket: Ticket | None = None, **data: str | int) -> None:
    """Record what happened at a point; the hall and whoever follows a number hear of it by ``point_id``."""
    about = {"number": ticket.label, "ticket_id": ticket.pk} if ticket is not None else {}
    place = {"point": org.tree().unit(point.unit_id).name, "point_id": point.pk}
    record(name, actor=actor, data={**about, **place, **data})


@transaction.atomic
def take_ticket(
    line_id: int,
    *,
    actor: Actor,
    source: Source,
    slot_at: datetime | None = None,
    held: Collection[int] = (),
) -> Ticket:
    """A number of the day for now, or for a booked time. ``held``: tickets that this device already has."""
    line = Line.objects.filter(pk=line_id).first()
    if line is None:
        raise Refused("not_found", _("Không có hàng chờ này."))
    point = locked_point(line.point_id)
    line = Line.objects.select_related("point").get(pk=line_id)
    if point.is_paused or not line.is_open:
        raise Refused("paused", _("Nơi này đang tạm ngừng lấy số. Bạn hãy thử lại sau, hoặc hỏi tại quầy."))
    now = moment.now()
    day = _day(line, slot_at, now)
    if Ticket.objects.filter(pk__in=held, point=point, day=day, state__in=OPEN).exists():
        raise Refused("already", _("Máy này đang giữ một số ở đây trong ngày. Bỏ số đó trước khi lấy số khác."))
    taken = Ticket.objects.filter(line=line, day=day, origin=None).aggregate(
        last=Max("number"), count=Count("id", filter=~Q(state=State.CANCELLED))
    )
    if taken["count"] >= line.most_a_day:
        raise Refused("full", _("Hàng này đã đủ số trong ngày. Bạn hãy đặt giờ ngày khác, hoặc nộp trực tuyến."))
    number = (taken["last"] or 0) + 1
    ticket = Ticket.objects.create(
        line=line,
        point=point,
        day=day,
        number=number,
        label=f"{line.letter}{number:03d}",
        source=source,
        taken_at=now,
        slot_at=slot_at,
        queued_at=slot_at or now,
    )
    say("ticket.taken", point, actor=actor, ticket=ticket, line=line.name)
    return ticket


def _day(line: Line, slot_at: datetime | None, now: datetime) -> date:
    calendar = calendar_of(line.point)
    if slot_at is not None:
        if slot_at not in slots(line, now):
            raise Refused(
                "slot_taken", _("Giờ này vừa hết chỗ. Bạn chọn giờ khác."), fields={"at": _("Chọn giờ khác.")}
            )
        return day_of(calendar, slot_at)
    if not gives_numbers(calendar, now):
        raise Refused("closed", _("Ngoài giờ làm việc nên chưa lấy số đến ngay được. Bạn hãy đặt giờ."))
    return day_of(calendar, now)


@transaction.atomic
def cancel_ticket(ticket_id: int, *, actor: Actor) -> Ticket:
    """By whoever holds the private link: the view has seen it."""
    found = Ticket.objects.filter(pk=ticket_id).first()
    if found is None:
        raise Refused("not_found", _("Không có số này."))
    point = locked_point(found.point_id)
    ticket = Ticket.objects.select_for_update().get(pk=ticket_id)
    if ticket.state not in (State.WAITING, State.SKIPPED):
        raise Refused("wrong_state", _("Số này đã được gọi hoặc đã kết thúc, không bỏ được nữa."))
    ticket.state, ticket.ended_at = State.CANCELLED, moment.now()
    ticket.save(update_fields=["state", "ended_at"])
    say("ticket.cancelled", point, actor=actor, ticket=ticket)
    return ticket


def end_days() -> int:
    """Numbers of past days were not called or did not come; whom to tell about them is forgotten."""
    ended = 0
    today = org.local_today()
    Reminder.objects.filter(ticket__day__lt=today).delete()
    open_before = Ticket.objects.filter(day__lt=today, state__in=OPEN)
    for point_id in open_before.values_list("point_id", flat=True).distinct().order_by("point_id"):
        ended += _end_days_at(point_id, today)
    return ended


@transaction.atomic
def _end_days_at(point_id: int, today: date) -> int:
    point, now = locked_point(point_id), moment.now()
    before = Ticket.objects.filter(point=point, day__lt=today)
    # Who was being served was served; when it ended nobody knows, so it measures nothing.
    served = before.filter(state=State.SERVING).update(state=State.DONE, ended_at=now, serving_at=None)
    missed = before.filter(state__in=OPEN).update(state=State.NO_SHOW, ended_at=now)
    if missed:
        say("ticket.missed", point, actor=SYSTEM, count=missed)
    return served + missed
