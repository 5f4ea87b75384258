"""Queue numbers in the JSON API: where, how long, taking one and following it; and the clerk's counter."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from pydantic import Field

from motcua.kernel.identity.views import Request, public, requires
from motcua.kernel.org import queries as org
from motcua.kernel.web.views.middleware import limited
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.wire import Code, Id, Key, Moment, Words
from motcua.modules.tickets.actions import calling
from motcua.modules.tickets.actions.reminding import ask_reminder
from motcua.modules.tickets.actions.taking import cancel_ticket, take_ticket
from motcua.modules.tickets.kind import Source, State
from motcua.modules.tickets.models import Line, Ticket
from motcua.modules.tickets.queries import points
from motcua.modules.tickets.queries.desk import free_counters, seat_of
from motcua.modules.tickets.queries.links import link_of, ticket_behind, token_of
from motcua.modules.tickets.queries.waiting import Outlook, Room, calls_now

router = Router(tags=["queue numbers"])
LOOKS = 1800  # an hour from one address: a hall full of people may share one
Label = Annotated[str, Field(examples=["A047"])]
Letter = Annotated[str, Field(pattern=r"^[A-Z]$", examples=["A"])]


class ExpectedOut(Schema):
    """Measured from the last services, in minutes and as moments that skip the hours when nobody works."""

    low: int = Field(examples=[15])
    high: int = Field(examples=[30])
    from_at: datetime
    to_at: datetime
    is_after_closing: bool


class WaitOut(Schema):
    """``reason``: why nothing is ``expected``: no_counter | no_data."""

    ahead: int = Field(examples=[4])
    counters: int = Field(examples=[2])
    expected: ExpectedOut | None
    reason: Literal["", "no_counter", "no_data"]

    @classmethod
    def of(cls, outlook: Outlook) -> "WaitOut":
        return cls.model_validate(outlook, from_attributes=True)


class PointOut(Schema):
    """``code`` is the reception's as a unit."""

    code: str = Field(examples=["24778-hanh-chinh-cong"])
    name: str
    phone: str
    is_open: bool
    is_paused: bool
    opens_at: datetime
    closes_at: datetime | None
    waiting: int

    @classmethod
    def of(cls, row: points.PointRow) -> "PointOut":
        return cls.model_validate(row, from_attributes=True)


class LineOut(Schema):
    """``fields``: codes of the fields of procedures; ``times``: what can be booked."""

    letter: Letter
    name: str
    fields: list[str]
    waiting: int
    wait: WaitOut  # of whoever took a number now
    gives_numbers: bool  # for now, without a booked time
    times: list[datetime]


class CallOut(Schema):
    number: Label
    counter: int
    state: Literal["called", "serving"]
    called_at: datetime

    @classmethod
    def of(cls, ticket: Ticket) -> "CallOut":
        return cls.model_validate(
            {
                "number": ticket.label,
                "counter": ticket.counter.number if ticket.counter else 0,
                "state": str(ticket.state),
                "called_at": ticket.called_at,
            }
        )


class PointPage(PointOut):
    lines: list[LineOut]
    calls: list[CallOut]


@router.get("/service-points", response=list[PointOut])
@public
@limited("service_points", per_hour=LOOKS, methods=("GET",))
def service_points(request: Request, words: Words = "") -> list[PointOut]:
    """Receptions that give out numbers, by name; words with tones or without."""
    return [PointOut.of(row) for row in points.list_points(words.strip()[:80])]


@router.get("/service-points/{code}", response=PointPage)
@public
@limited("service_points", per_hour=LOOKS, methods=("GET",))
def service_point(request: Request, code: Code) -> PointPage:
    """Its lines with their waiting times, and who is called now."""
    point = points.get_point(code)
    room = Room(point)
    is_giving = points.gives_numbers(room.calendar, room.now) and not point.is_paused
    row = points.point_row(point)
    return PointPage(
        **PointOut.of(row).model_dump(),
        lines=[_line(line, room, is_giving) for line in points.open_lines(point)],
        calls=[CallOut.of(ticket) for ticket in calls_now(point, room.day)],
    )


def _line(line: Line, room: Room, is_giving: bool) -> LineOut:
    return LineOut(
        letter=line.letter,
        name=line.title,
        fields=line.fields,
        waiting=room.waiting_in(line.id),
        wait=WaitOut.of(room.outlook(line)),
        gives_numbers=is_giving,
        times=points.slots(line, room.now),
    )


class TakeIn(Schema):
    """``at``: one of the line's ``times``; without it the number is for now."""

    line: Letter
    at: Moment | None = Field(None, examples=["2026-03-02T09:30:00+07:00"])


class TicketOut(Schema):
    """``token`` opens it for whoever took it; ``wait`` while it waits today."""

    token: str
    number: Label
    state: State
    state_label: str
    service_point: str
    line: Letter
    day: str
    at: datetime | None
    counter: int | None
    wait: WaitOut | None
    url: str

    @classmethod
    def of(cls, ticket: Ticket) -> "TicketOut":
        is_waiting = ticket.state == State.WAITING and ticket.day == org.local_today()
        is_booked = ticket.slot_at is not None and ticket.slot_at > moment.now()
        wait = Room(ticket.point).outlook(ticket.line, ticket.pk) if is_waiting and not is_booked else None
        return cls(
            token=token_of(ticket.pk),
            number=ticket.label,
            state=State(ticket.state),
            state_label=str(State(ticket.state).label),
            service_point=org.tree().unit(ticket.point.unit_id).code,
            line=ticket.line.letter,
            day=ticket.day.isoformat(),
            at=ticket.slot_at,
            counter=ticket.counter.number if ticket.counter else None,
            wait=WaitOut.of(wait) if wait else None,
            url=f"{settings.PUBLIC_URL}{link_of(ticket)}",
        )


@router.post("/service-points/{code}/tickets", response={201: TicketOut})
@public
@limited("ticket_take", per_hour=30)
def take(request: Request, code: Code, body: TakeIn) -> Status[TicketOut]:
    """A number for now, or for a booked time."""
    point = points.get_point(code)
    line = points.get_line(point, body.line)
    ticket = take_ticket(line.pk, actor=request.actor, source=Source.PHONE, slot_at=body.at)
    return Status(201, TicketOut.of(_behind(token_of(ticket.pk))))


def _behind(token: str) -> Ticket:
    ticket = ticket_behind(token)
    if ticket is None:
        raise Refused("not_found", _("Không có số này."))
    return ticket


@router.get("/tickets/{token}", response=TicketOut)
@public
@limited("tickets", per_hour=3600, methods=("GET",))
def ticket(request: Request, token: Key) -> TicketOut:
    """Where it stands; after a transfer, what it became."""
    return TicketOut.of(_behind(token))


@router.post("/tickets/{token}/cancel", response=TicketOut)
@public
@limited("ticket_cancel", per_hour=60)
def cancel(request: Request, token: Key) -> TicketOut:
    cancel_ticket(_behind(token).pk, actor=request.actor)
    return TicketOut.of(_behind(token))


class RemindIn(Schema):
    """A telephone number or an e-mail address; whoever is signed in is told as they chose, and leaves it out."""

    address: Words = Field("", max_length=254, examples=["0905 123 456"])


@router.post("/tickets/{token}/reminder", response={204: None})
@public
@limited("ticket_remind", per_hour=20)
def remind(request: Request, token: Key, body: RemindIn) -> Status[None]:
    """Be told when three people are left, and when the number is called."""
    language = "en" if get_language() == "en" else "vi"
    ask_reminder(_behind(token).pk, actor=request.actor, address=body.address, language=language)
    return Status(204, None)


# ── The clerk's counter ─────────────────────────────────────────────────────────────────────────────────────────────


class AtCounter(Schema):
    id: Id
    number: Label
    line: Letter
    state: State
    calls: int

    @classmethod
    def of(cls, ticket: Ticket) -> "AtCounter":
        return cls(
            id=ticket.pk,
            number=ticket.label,
            line=ticket.line.letter,
            state=State(ticket.state),
            calls=ticket.calls,
        )


class CounterOut(Schema):
    """Where the official sits. ``skipped`` can be called again; ``waiting`` counts those whom this counter calls."""

    id: Id
    number: int
    service_point: str
    current: AtCounter | None
    skipped: list[AtCounter]
    waiting: int
    done_today: int


class FreeCounter(Schema):
    id: Id
    number: int
    service_point: str
    letters: str
    officer: str | None


def _seat(request: Request) -> CounterOut:
    seat = seat_of(request.actor)
    if seat is None:
        raise Refused("no_counter", _("Bạn chưa ngồi quầy nào. Chọn quầy trước."))
    return CounterOut(
        id=seat.counter.pk,
        number=seat.counter.number,
        service_point=seat.unit.code,
        current=AtCounter.of(seat.current) if seat.current else None,
        skipped=[AtCounter.of(one) for one in seat.skipped],
        waiting=seat.waiting,
        done_today=seat.done_today,
    )


@router.get("/counters", response=list[FreeCounter])
@requires("ticket.call")
def counters(request: Request) -> list[FreeCounter]:
    """Where the official may sit down, and who sits there."""
    return [
        FreeCounter(
            id=one.pk,
            number=one.number,
            service_point=unit.code,
            letters=one.letters,
            officer=one.officer.name if one.officer else None,
        )
        for _point, unit, found in free_counters(request.actor)
        for one in found
    ]


@router.get("/counter", response=CounterOut)
@requires("ticket.call")
def counter(request: Request) -> CounterOut:
    return _seat(request)


@router.post("/counters/{counter_id}/open", response=CounterOut)
@requires("ticket.call")
def open_counter(request: Request, counter_id: Id) -> CounterOut:
    calling.open_counter(counter_id, actor=request.actor)
    return _seat(request)


@router.post("/counter/leave", response={204: None})
@requires("ticket.call")
def leave_counter(request: Request) -> Status[None]:
    calling.leave_counter(actor=request.actor)
    return Status(204, None)


@router.post("/counter/call", response=CounterOut)
@requires("ticket.call")
def call_next(request: Request) -> CounterOut:
    """Finish with whoever is at the counter and call the next one; ``current`` is null when nobody waits."""
    calling.call_next(actor=request.actor)
    return _seat(request)


class TransferIn(Schema):
    line: Letter


DOINGS: dict[str, Callable[..., Any]] = {
    "recall": calling.recall_ticket,
    "skip": calling.skip_ticket,
    "serve": calling.serve_ticket,
    "finish": calling.finish_ticket,
}


@router.post("/counter/tickets/{ticket_id}/transfer", response=CounterOut)
@requires("ticket.call")
def transfer(request: Request, ticket_id: Id, body: TransferIn) -> CounterOut:
    """Into another line of the same reception; nobody queues twice."""
    seat = seat_of(request.actor)
    found = [row.line.pk for row in seat.lines if row.line.letter == body.line] if seat else []
    calling.transfer_ticket(ticket_id, actor=request.actor, line_id=found[0] if found else 0)
    return _seat(request)


@router.post("/counter/tickets/{ticket_id}/{doing}", response=CounterOut)
@requires("ticket.call")
def do(request: Request, ticket_id: Id, doing: Literal["recall", "skip", "serve", "finish"]) -> CounterOut:
    """Call again, skip who did not come, begin, or finish."""
    DOINGS[doing](ticket_id, actor=request.actor)
    return _seat(request)
