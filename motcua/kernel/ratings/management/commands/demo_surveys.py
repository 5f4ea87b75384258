"""``motcua demo_surveys``: one satisfaction survey that is over, answered by most who were invited, and one that runs;
through the real actions under a moved clock. After the dossiers of the demonstration, whose people are asked."""

from __future__ import annotations

import random
from argparse import ArgumentParser
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from motcua.kernel.identity.kind import ANONYMOUS, SYSTEM, Role
from motcua.kernel.identity.queries import list_officers, officer_actor
from motcua.kernel.org import queries as org
from motcua.kernel.ratings.actions.giving import answer_survey
from motcua.kernel.ratings.actions.surveys import close_survey, invite, open_survey
from motcua.kernel.ratings.kind import FIRST_VALUE, SURVEY, Given, Part, Shape
from motcua.kernel.ratings.models import Invitation, Question
from motcua.kernel.ratings.queries.asking import asked
from motcua.kernel.ratings.queries.links import rate_token
from motcua.lib import moment

DAY = timedelta(days=1)
TARGET = 15  # answers: as many as there are, with so few dossiers
LONG, RECENT = 60, 14  # days ago: from when, and until when, dossiers of the first survey ended
AHEAD = 30  # days for which the second one goes on asking
OVER, RUNNING = 0.9, 0.4  # how many of those invited have answered
LATE = 0.2
SKIPPED = 0.08  # questions that one leaves out
LEVELS = {False: (1, 2, 9, 44, 44), True: (12, 30, 30, 20, 8)}  # of the five, when in time and when late
WROTE = 0.4
SAID = {
    False: ("Làm nhanh hơn tôi nghĩ.", "Cán bộ giải thích dễ hiểu.", "Nên có thêm ghế chờ vào sáng thứ Hai.",
            "Nộp trên điện thoại tiện, đỡ một buổi đi lại."),
    True: ("Trễ hẹn mà tôi phải tự gọi hỏi.", "Mong được báo sớm khi hồ sơ chậm."),
}  # fmt: skip
# Answers of what happened, when in time and when late; others are left out.
FACTS = {
    "ks-so-lan-di": ((30, 45, 20, 5, 0), (10, 30, 40, 15, 5)),
    "ks-phien-ha": ((98, 2), (90, 10)),
    "ks-goi-y-tien": ((1, 0), (97, 3)),
    "ks-tre-hen": ((1, 0), (0, 1)),
    "ks-duoc-bao-tre": ((0, 0, 1), (45, 55, 0)),
    "ks-duoc-xin-loi": ((0, 0, 1), (40, 60, 0)),
}


class Command(BaseCommand):
    help = "Dữ liệu trình diễn: một khảo sát hài lòng đã kết thúc, một khảo sát đang mở."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=1022)

    @transaction.atomic  # one commit: the first start waits for this
    def handle(self, *args: Any, **options: Any) -> None:
        rng = random.Random(options["seed"])  # noqa: S311  nobody's real opinion
        if not org.tree().in_force or not asked(Part.SURVEY):
            raise CommandError("Chưa có đơn vị, hoặc chưa có câu hỏi khảo sát.")
        now = moment.now()
        told = [
            _survey(rng, ("Khảo sát hài lòng đợt trước", "Satisfaction survey, the round before"),
                    (LONG, RECENT), now - RECENT * DAY, now - DAY, OVER),
            _survey(rng, ("Khảo sát hài lòng về thủ tục hành chính", "Satisfaction with administrative procedures"),
                    (RECENT, -AHEAD), now - DAY, now + 2 * AHEAD * DAY, RUNNING),
        ]  # fmt: skip
        self.stdout.write(f"{sum(told)} câu trả lời của hai khảo sát.")


def _survey(
    rng: random.Random,
    titles: tuple[str, str],
    days_ago: tuple[int, int],
    opened_at: datetime,
    closes_at: datetime,
    share: float,
) -> int:
    """Returns how many answered. Those of whom nobody knows an address are not invited, as ever."""
    now, root = moment.now(), org.tree().in_force[0]
    chiefs = [row.id for row in list_officers([root.id]) if Role.ADMINISTRATOR in row.roles]
    actor = officer_actor(chiefs[0]) if chiefs else SYSTEM
    with moment.at(opened_at):
        first, last = (now - days * DAY for days in days_ago)
        made = open_survey(
            actor=actor, title=titles[0], title_en=titles[1], units=[root.id], ended_from=first.date(),
            ended_to=last.date(), closes_on=closes_at.date(), target=TARGET, apart_days=30,
        )  # fmt: skip
        invite(made.pk)
    until = min(closes_at, now)
    said = {was_late: rng.sample(words, len(words)) for was_late, words in SAID.items()}
    answering = [one for one in made.invitations.order_by("pk") if rng.random() < share]
    for one in answering:
        _answer(rng, one, opened_at, until, said)
    if closes_at < now:
        with moment.at(closes_at):
            close_survey(made.pk, actor=actor)
    return len(answering)


def _answer(
    rng: random.Random, invitation: Invitation, since: datetime, until: datetime, said: Mapping[bool, list[str]]
) -> None:
    """Each says something else."""
    with moment.at(since + rng.random() * (until - since)):
        answer_survey(rate_token(SURVEY, invitation.pk), _given(rng, asked(Part.SURVEY), said), actor=ANONYMOUS)


def _given(rng: random.Random, questions: list[Question], said: Mapping[bool, list[str]]) -> Given:
    was_late = rng.random() < LATE
    values: dict[int, int] = {}
    for question in questions:
        weights = LEVELS[was_late] if question.shape == Shape.SCALE else FACTS.get(question.code, ((), ()))[was_late]
        if len(weights) == len(question.choices) and rng.random() > SKIPPED:
            values[question.pk] = FIRST_VALUE[question.shape] + rng.choices(range(len(weights)), weights)[0]
    left = said[was_late]
    return Given(None, values, left.pop() if left and rng.random() < WROTE else "")
