"""``motcua demo_tickets --days N``: numbers taken and called at every reception in the last weeks, through the real
actions under a moved clock, so that the waiting times that people are told are measured ones."""

from __future__ import annotations

import random
from argparse import ArgumentParser
from collections import deque
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from motcua.kernel.identity.kind import ANONYMOUS, Actor, Role
from motcua.kernel.identity.queries import list_officers, officer_actor
from motcua.lib import moment
from motcua.modules.tickets.actions import calling
from motcua.modules.tickets.actions.taking import cancel_ticket, take_ticket
from motcua.modules.tickets.kind import Source
from motcua.modules.tickets.models import Counter, Line, ServicePoint
from motcua.modules.tickets.queries.points import all_counters, calendar_of, open_lines

NUMBERS = 9  # of each line over the days: enough to measure its pace
SKIPPED, CANCELLED, BY_PHONE = 0.06, 0.05, 0.4
SERVICE = {"A": 7, "B": 14, "C": 11, "D": 9}  # minutes that one usually takes, by the letter of the line
OTHERS = 6
WAITING = 4  # numbers that wait now, where it is open


class Command(BaseCommand):
    help = "Dữ liệu trình diễn: số thứ tự ở quầy của những tuần qua, qua các bước thật."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=30)
        parser.add_argument("--seed", type=int, default=1022)

    def handle(self, *args: Any, **options: Any) -> None:
        rng = random.Random(options["seed"])  # noqa: S311  an invented history
        points = list(ServicePoint.objects.filter(lines__is_open=True).distinct().order_by("unit_id"))
        if not points:
            raise CommandError("Chưa nơi tiếp nhận nào có hàng chờ.")
        taken = sum(_tell(point, options["days"], rng) for point in points)
        self.stdout.write(f"{taken} số thứ tự.")


@transaction.atomic  # one commit for each reception: the first start waits for this
def _tell(point: ServicePoint, days: int, rng: random.Random) -> int:
    clerks = [officer_actor(row.id) for row in list_officers([point.unit_id]) if Role.CLERK in row.roles]
    counters = [counter for counter in all_counters(point) if counter.is_active and counter.officer is None]
    if not clerks or not counters:
        return 0
    calendar, now = calendar_of(point), moment.now()
    today = calendar.local(now).date()
    past = [day for back in range(days, 0, -1) if calendar.is_working_day(day := today - timedelta(days=back))]
    queue = [line for line in open_lines(point) for _number in range(NUMBERS)] if past else []
    rng.shuffle(queue)
    taken = len(queue)
    a_day = -(-len(queue) // max(len(past), 1))
    for day in past:
        wanted = deque(queue.pop() for _ in range(min(a_day, len(queue))))
        while wanted:
            # Whoever serves most of those who come today.
            counter = max(counters, key=lambda one: sum(one.serves(line.letter) for line in wanted))
            own = [line for line in wanted if counter.serves(line.letter)]
            if not own:
                break
            for line in own:
                wanted.remove(line)
            _day(counter, own, calendar.opening(day), clerks[counter.number % len(clerks)], rng)
    if calendar.is_open(now):
        taken += _now(point, counters, clerks[-1], now, rng)
    return taken


def _day(counter: Counter, lines: list[Line], opening: datetime, clerk: Actor, rng: random.Random) -> None:
    """They come one after the other in the morning, and each is called when the counter is free."""
    at = opening + timedelta(minutes=rng.randint(5, 90))
    with moment.at(at):
        calling.open_counter(counter.pk, actor=clerk)
    for line in lines:
        at = _serve(line, at, clerk, rng)
    with moment.at(at):
        calling.leave_counter(actor=clerk)


def _serve(line: Line, at: datetime, clerk: Actor, rng: random.Random) -> datetime:
    came = at - timedelta(minutes=rng.randint(0, 4))
    with moment.at(came):
        source = Source.PHONE if rng.random() < BY_PHONE else Source.KIOSK
        ticket = take_ticket(line.pk, actor=ANONYMOUS, source=source)
    with moment.at(at):
        if rng.random() < CANCELLED:
            cancel_ticket(ticket.pk, actor=ANONYMOUS)
            return at
        calling.call_next(actor=clerk)
    if rng.random() < SKIPPED:
        at += timedelta(minutes=2)
        with moment.at(at):
            calling.skip_ticket(ticket.pk, actor=clerk)
        return at
    at += timedelta(minutes=SERVICE.get(line.letter, OTHERS) * rng.uniform(0.6, 1.6))
    with moment.at(at):
        calling.finish_ticket(ticket.pk, actor=clerk)
    return at + timedelta(minutes=1)


def _now(point: ServicePoint, counters: list[Counter], clerk: Actor, now: datetime, rng: random.Random) -> int:
    """Somebody is served at this moment, and a few wait."""
    first = counters[0]
    lines = [line for line in open_lines(point) if first.serves(line.letter)]
    for number in range(WAITING + 1):
        with moment.at(now - timedelta(minutes=4 * (WAITING - number) + 3)):
            take_ticket(rng.choice(lines).pk, actor=ANONYMOUS, source=Source.KIOSK)
    with moment.at(now - timedelta(minutes=2)):
        calling.open_counter(first.pk, actor=clerk)
        calling.call_next(actor=clerk)
    return WAITING + 1
