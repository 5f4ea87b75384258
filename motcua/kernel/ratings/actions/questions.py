"""Questions: other words come into force tomorrow, so that what was answered keeps the words it was asked in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from motcua.kernel.events.actions import record
from motcua.kernel.identity.queries import require
from motcua.kernel.org.queries import local_today
from motcua.kernel.ratings.kind import SHAPES_OF, Part
from motcua.kernel.ratings.models import Question
from motcua.kernel.ratings.queries.asking import answers_problem
from motcua.lib.errors import Refused

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor


@transaction.atomic
def save_question(
    code: str,
    *,
    actor: Actor,
    part: str,
    shape: str,
    text: str,
    text_en: str = "",
    position: int = 1,
    factor: str = "",
    factor_en: str = "",
    answers: Sequence[str] = (),
    answers_en: Sequence[str] = (),
) -> Question:
    """A new question, or a new wording of the one with this code, from tomorrow."""
    require(actor, "ratingquestion.manage")
    if shape not in SHAPES_OF[Part(part)]:
        words = _("Cách trả lời này không dùng ở phần đó.")
        raise Refused("invalid", words, fields={"shape": words})
    if problem := answers_problem(shape, answers, answers_en):
        raise Refused("invalid", problem, fields={"answers": problem})
    tomorrow = local_today() + timedelta(days=1)
    _running(code).filter(valid_from__lt=tomorrow).update(valid_to=local_today())
    question, _is_new = Question.objects.update_or_create(
        code=code,
        valid_from=tomorrow,
        defaults={
            "part": part,
            "shape": shape,
            "text": text,
            "text_en": text_en,
            "position": position,
            "factor": factor,
            "factor_en": factor_en,
            "answers": list(answers),
            "answers_en": list(answers_en),
            "valid_to": None,
        },
    )
    record("ratingquestion.changed", actor=actor, data={"question": code, "since": tomorrow.isoformat()})
    return question


@transaction.atomic
def end_question(code: str, *, actor: Actor) -> None:
    """Not asked from tomorrow on. A wording that never began goes."""
    require(actor, "ratingquestion.manage")
    today = local_today()
    if not _running(code).exists():
        raise Refused("not_found", _("Không có câu hỏi này, hoặc câu này đã thôi hỏi."))
    Question.objects.filter(code=code, valid_from__gt=today).delete()
    _running(code).update(valid_to=today)
    since = today + timedelta(days=1)
    record("ratingquestion.ended", actor=actor, data={"question": code, "since": since.isoformat()})


def _running(code: str) -> QuerySet[Question]:
    return Question.objects.select_for_update().filter(Q(valid_to=None) | Q(valid_to__gt=local_today()), code=code)
