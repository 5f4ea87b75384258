"""``motcua demo_ratings --ratings N``: what people touched on the tablets of receptions in the last weeks, through the
real action under a moved clock."""

import random
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from motcua.kernel.identity.kind import ANONYMOUS, Role
from motcua.kernel.identity.queries import list_officers
from motcua.kernel.org import queries as org
from motcua.kernel.ratings.actions.giving import give_rating_at_desk
from motcua.kernel.ratings.management.demo import opinion
from motcua.lib import moment

DAYS = 56
MOODS = ((6, 3, 1), (5, 4, 1), (3, 4, 3))  # of very happy, happy, unhappy people: places differ


class Command(BaseCommand):
    help = "Dữ liệu trình diễn: đánh giá trên máy đặt ở quầy trong những tuần qua."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--ratings", type=int, default=240)
        parser.add_argument("--seed", type=int, default=1022)

    @transaction.atomic  # one commit: the first start waits for this
    def handle(self, *args: Any, **options: Any) -> None:
        rng = random.Random(options["seed"])  # noqa: S311  nobody's real opinion
        clerks = [row for row in list_officers(None) if Role.CLERK in row.roles]
        if not clerks:
            raise CommandError("Chưa nơi tiếp nhận nào có cán bộ.")
        now = moment.now()
        for _turn in range(options["ratings"]):
            clerk = rng.choice(clerks)
            calendar, _version = org.unit_calendar(clerk.unit_id)
            at = calendar.next_open(now - timedelta(minutes=rng.randint(60, DAYS * 24 * 60)))
            with moment.at(min(at, now)):
                given = opinion(rng, MOODS[clerk.id % len(MOODS)])
                give_rating_at_desk(clerk.unit_id, given, actor=ANONYMOUS, officer_id=clerk.id)
        self.stdout.write(f"{options['ratings']} đánh giá.")
