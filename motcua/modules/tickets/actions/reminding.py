"""Telling those who asked that their number is near, and that it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from motcua.kernel.identity.actions import read_contact
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.identity.queries import sealer
from motcua.kernel.org import queries as org
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.modules.tickets.actions.taking import locked_point, say
from motcua.modules.tickets.kind import NEAR, NEAR_SLOT, State
from motcua.modules.tickets.models import Reminder, ServicePoint, Ticket
from motcua.modules.tickets.queries.waiting import in_order

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor


def _open_ticket(ticket_id: int) -> tuple[ServicePoint, Ticket]:
    found = Ticket.objects.filter(pk=ticket_id).first()
    if found is None:
        raise Refused("not_found", _("Không có số này."))
    return locked_point(found.point_id), Ticket.objects.get(pk=ticket_id)


@transaction.atomic
def ask_reminder(ticket_id: int, *, actor: Actor, address: str = "", language: str = "vi") -> Reminder:
    """By whoever holds the private link. Whoever is signed in is told as they chose for everything; others name a
    number or an address for this. A second time replaces the first."""
    point, ticket = _open_ticket(ticket_id)
    if ticket.state != State.WAITING:
        raise Refused("wrong_state", _("Số này không còn trong hàng chờ, nên không cần báo nữa."))
    to: dict[str, object] = {"person_id": actor.person_id, "channel": "", "address_sealed": b""}
    if actor.person_id is None:
        contact = read_contact(address)
        to |= {"channel": contact.channel, "address_sealed": sealer().seal(contact.address)}
    reminder, _is_new = Reminder.objects.update_or_create(
        ticket=ticket, defaults={**to, "language": language, "created_at": moment.now()}
    )
    say("ticket.reminder_asked", point, actor=actor, ticket=ticket)
    return reminder


@transaction.atomic
def drop_reminder(ticket_id: int, *, actor: Actor) -> None:
    point, ticket = _open_ticket(ticket_id)
    deleted, _rows = Reminder.objects.filter(ticket=ticket).delete()
    if deleted:
        say("ticket.reminder_dropped", point, actor=actor, ticket=ticket)


def tell_near() -> int:
    """Those whose turn is near and who were not told yet. Once for each number, whatever happens to its place, and
    whoever asks again with another address."""
    day = org.local_today()
    waiting = Reminder.objects.filter(ticket__near_at=None, ticket__state=State.WAITING, ticket__day=day)
    points = waiting.values_list("ticket__point_id", flat=True).distinct().order_by("ticket__point_id")
    return sum(_tell_near_at(point_id) for point_id in list(points))


@transaction.atomic
def _tell_near_at(point_id: int) -> int:
    point, now, day = locked_point(point_id), moment.now(), org.local_today()
    reminders = {
        row.ticket_id: row
        for row in Reminder.objects.select_related("ticket").filter(
            ticket__near_at=None, ticket__state=State.WAITING, ticket__day=day, ticket__point=point
        )
    }
    ahead: dict[int, int] = {}  # people of the same line before each; a booked time that is near has nobody before it
    in_line: dict[int, int] = {}
    for ticket_id, line_id in in_order(point_id, day, now).values_list("id", "line_id"):
        ahead[ticket_id] = in_line.get(line_id, 0)
        in_line[line_id] = ahead[ticket_id] + 1
    booked = Q(slot_at__gt=now, slot_at__lte=now + NEAR_SLOT)
    ahead |= dict.fromkeys(Ticket.objects.filter(booked, pk__in=reminders).values_list("pk", flat=True), 0)
    told = 0
    for ticket_id, reminder in reminders.items():
        if ahead.get(ticket_id, NEAR + 1) <= NEAR:
            reminder.ticket.near_at = now
            reminder.ticket.save(update_fields=["near_at"])
            say("ticket.near", point, actor=SYSTEM, ticket=reminder.ticket, ahead=ahead[ticket_id])
            told += 1
    return told
