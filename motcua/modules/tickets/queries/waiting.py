"""Who is next, and how long it will take: from what was measured, or not at all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil, floor
from statistics import quantiles

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from motcua.lib import moment
from motcua.modules.tickets.kind import AT_A_COUNTER, OPEN, State
from motcua.modules.tickets.models import Counter, Line, ServicePoint, Ticket
from motcua.modules.tickets.queries.points import calendar_of, day_of

LAST = 20  # services of a line that its pace is measured from
FEWEST = 5  # before so many were measured nothing is said
MEASURED_WITHIN = timedelta(days=30)
SHORTEST = timedelta(seconds=20)  # shorter is a slip of the finger, not a service
STEP = 5  # minutes to which an expectation is rounded, away from its middle


def in_order(point_id: int, day: date, now: datetime) -> QuerySet[Ticket]:
    """Who can be called now, the next one first. A booked time that has come goes before those who took a number."""
    can_be_called = Q(slot_at=None) | Q(slot_at__lte=now)
    return Ticket.objects.filter(can_be_called, point_id=point_id, day=day, state=State.WAITING).order_by(
        F("slot_at").asc(nulls_last=True), "queued_at", "id"
    )


@dataclass(frozen=True, slots=True)
class Pace:
    """Minutes that one service takes: the median of the last ones, and the quarter that was shorter or longer."""

    low: float
    median: float
    high: float
    measured: int


def paces(point_id: int, now: datetime) -> dict[int, Pace]:
    """Line → its pace; a line without enough measurements is left out."""
    newest = Window(RowNumber(), partition_by=F("line_id"), order_by=F("ended_at").desc())
    rows = (
        Ticket.objects.filter(
            point_id=point_id,
            state=State.DONE,
            ended_at__gt=now - MEASURED_WITHIN,
            ended_at__gte=F("serving_at") + SHORTEST,
        )
        .annotate(place=newest)
        .filter(place__lte=LAST)
        .values_list("line_id", "serving_at", "ended_at")
    )
    minutes: dict[int, list[float]] = {}
    for line_id, began, ended in rows:
        assert began is not None and ended is not None  # noqa: S101, PT018  the query left the others out
        minutes.setdefault(line_id, []).append((ended - began) / timedelta(minutes=1))
    return {line_id: _pace(times) for line_id, times in minutes.items() if len(times) >= FEWEST}


def _pace(minutes: Sequence[float]) -> Pace:
    low, median, high = quantiles(minutes, n=4, method="inclusive")
    return Pace(low, median, high, len(minutes))


@dataclass(frozen=True, slots=True)
class Expectation:
    """In whole minutes, rounded to five away from each other; the moments skip the hours when nobody works."""

    low: int
    high: int
    from_at: datetime
    to_at: datetime
    is_after_closing: bool  # it may not be reached today


@dataclass(frozen=True, slots=True)
class Outlook:
    """What somebody at a place of a line can be told. ``expected`` is None when it cannot be said; then ``reason`` is
    no_counter | no_data."""

    ahead: int
    counters: int
    expected: Expectation | None
    reason: str = ""


class Room:
    """A point at one moment: its queue, its open counters, its paces. Three queries, whatever is asked of it."""

    def __init__(self, point: ServicePoint) -> None:
        self.point, self.now = point, moment.now()
        self.calendar = calendar_of(point)
        self.day = day_of(self.calendar, self.now)
        self.queue = [
            (pk, line_id, letter)
            for pk, line_id, letter in in_order(point.id, self.day, self.now).values_list(
                "id", "line_id", "line__letter"
            )
        ]
        self.open_counters = list(Counter.objects.filter(point=point, is_active=True, officer__isnull=False))
        self.paces: Mapping[int, Pace] = paces(point.id, self.now)

    def waiting_in(self, line_id: int) -> int:
        return sum(found == line_id for _pk, found, _letter in self.queue)

    def outlook(self, line: Line, ticket_id: int | None = None) -> Outlook:
        """For a ticket in the queue; for None, for whoever took a number of the line now."""
        counters = [counter for counter in self.open_counters if counter.serves(line.letter)]
        ahead: list[int] = []
        own = 0  # of the same line: what the person sees being called
        for pk, line_id, letter in self.queue:
            if pk == ticket_id:
                break
            own += line_id == line.id
            if any(counter.serves(letter) for counter in counters):
                ahead.append(line_id)
        if not counters:
            return Outlook(own, 0, None, "no_counter")
        if line.id not in self.paces or any(line_id not in self.paces for line_id in ahead):
            return Outlook(own, len(counters), None, "no_data")
        return Outlook(own, len(counters), self._expect(ahead, len(counters)))

    def _expect(self, ahead: Sequence[int], counters: int) -> Expectation:
        # Each service somewhere between its quarters. The counters are busy now, so one service may be half done or
        # just begun: the upper end counts one more.
        low = sum(self.paces[line_id].low for line_id in ahead) / counters
        longest = max((self.paces[line_id].high for line_id in ahead), default=0.0)
        high = (sum(self.paces[line_id].high for line_id in ahead) + longest) / counters
        least, most = floor(low / STEP) * STEP, max(STEP, ceil(high / STEP) * STEP)
        start = self.calendar.next_open(self.now)
        to_at = self.calendar.add(start, most)
        return Expectation(
            low=least,
            high=most,
            from_at=self.calendar.add(start, least),
            to_at=to_at,
            is_after_closing=day_of(self.calendar, to_at) != self.day,
        )


def get_ticket(ticket_id: int) -> Ticket | None:
    """The ticket, or what it became when it was transferred."""
    ticket = Ticket.objects.select_related("line", "point", "counter").filter(pk=ticket_id).first()
    while ticket is not None and ticket.state == State.TRANSFERRED:
        ticket = Ticket.objects.select_related("line", "point", "counter").filter(origin=ticket).first()
    return ticket


def open_tickets(ids: Iterable[int], day: date) -> list[Ticket]:
    """Of these, the ones that are still of use."""
    found = [ticket for pk in ids if (ticket := get_ticket(pk)) is not None]
    return [ticket for ticket in found if ticket.state in OPEN and ticket.day >= day]


# ── The hall screen ────────────────────────────────────────────────────────────────────────────────────────────────

CALLS_SHOWN = 8


def current_at(counter: Counter) -> Ticket | None:
    """Who is called to the counter, or served there."""
    return Ticket.objects.select_related("line").filter(counter=counter, state__in=AT_A_COUNTER).first()


def calls_now(point: ServicePoint, day: date) -> list[Ticket]:
    """Who is called or served, the newest call first."""
    return list(
        Ticket.objects.filter(point=point, day=day, state__in=AT_A_COUNTER)
        .select_related("counter", "line")
        .order_by("-called_at")[:CALLS_SHOWN]
    )
