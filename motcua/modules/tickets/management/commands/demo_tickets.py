"""``motcua demo_tickets --days N``: numbers taken and called at every reception in the last weeks, through the real
actions under a moved clock, so that the waiting times that people are told are measured ones."""

from __future__ import annotations

import random
from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from motcua.kernel.identity.kind import ANONYMOUS, Actor, Role
from motcua.kernel.identity.queries import list_officers, officer_actor
from motcua.kernel.ratings.actions.giving import give_rating
from motcua.kernel.ratings.management.demo import opinion
from motcua.kernel.ratings.queries.links import rate_token
from motcua.lib import moment
from motcua.modules.tickets.actions import calling
from motcua.modules.tickets.actions.taking import cancel_ticket, take_ticket
from motcua.modules.tickets.kind import Source
from motcua.modules.tickets.models import Counter, Line, ServicePoint
from motcua.modules.tickets.queries.points import all_counters, calendar_of, open_lines
from motcua.modules.tickets.queries.rating import KIND

DAYS, NUMBERS = 2, 3  # mornings of each line, and those served in each: just enough to measure its pace
OTHER_FATES = {"skipped": 0.15, "cancelled": 0.12}  # of one more in a morning
BY_PHONE = 0.4
SERVICE = {"A": 7, "B": 14, "C": 11, "D": 9}  # minutes that one usually takes, by the letter of the line
OTHERS = 6
RATED, MOODS = 0.3, ((6, 3, 1), (4, 4, 2), (3, 4, 3))  # of very happy, happy, unhappy people: receptions differ
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
    taken = 0
    for line in open_lines(point) if past else []:
        counter = next((one for one in counters if one.serves(line.letter)), None)
        if counter is None:
            continue
        for day in sorted(rng.sample(past, min(DAYS, len(past)))):
            clerk = clerks[line.pk % len(clerks)]
            taken += _morning(line, counter, calendar.opening(day), clerk, rng)
    if calendar.is_open(now):
        taken += _now(point, counters, clerks[-1], now, rng)
    return taken


def _morning(line: Line, counter: Counter, opening: datetime, clerk: Actor, rng: random.Random) -> int:
    """Some come, and are called one after the other; calling the next one ends with the one before."""
    at = opening + timedelta(minutes=rng.randint(5, 120))
    with moment.at(at):
        calling.open_counter(counter.pk, actor=clerk)
    fates = ["served"] * NUMBERS + [fate for fate, share in OTHER_FATES.items() if rng.random() < share]
    rng.shuffle(fates)
    served = []
    for fate in fates:
        with moment.at(at - timedelta(minutes=rng.randint(1, 4))):
            source = Source.PHONE if rng.random() < BY_PHONE else Source.KIOSK
            ticket = take_ticket(line.pk, actor=ANONYMOUS, source=source)
            if fate == "cancelled":
                cancel_ticket(ticket.pk, actor=ANONYMOUS)
                continue
        with moment.at(at):
            calling.call_next(actor=clerk)
        if fate == "skipped":
            at += timedelta(minutes=2)
            with moment.at(at):
                calling.skip_ticket(ticket.pk, actor=clerk)
        else:
            served.append(ticket.pk)
            at += timedelta(minutes=SERVICE.get(line.letter, OTHERS) * rng.uniform(0.6, 1.6))
    with moment.at(at):
        calling.call_next(actor=clerk)  # nobody: it ends with the last one
        for number in served:
            if rng.random() < RATED:
                given = opinion(rng, MOODS[line.point_id % len(MOODS)])
                give_rating(rate_token(KIND, number), given, actor=ANONYMOUS)
        calling.leave_counter(actor=clerk)
    return len(fates)


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
