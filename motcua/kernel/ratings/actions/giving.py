"""Giving a rating, once, without a name; wishing to be called back; hiding words that say too much of somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.cases.queries.reading import get_case
from motcua.kernel.events.actions import record
from motcua.kernel.identity.kind import ANONYMOUS, SYSTEM
from motcua.kernel.identity.queries import may
from motcua.kernel.org import queries as org
from motcua.kernel.ratings.kind import (
    DESK,
    LONGEST_WORDS,
    SURVEY,
    TICK,
    Face,
    Given,
    Part,
    Shape,
)
from motcua.kernel.ratings.models import Answer, Question, Rating, Spent
from motcua.kernel.ratings.queries.asking import asked
from motcua.kernel.ratings.queries.links import behind, invitation_behind, is_spent, spent_index
from motcua.kernel.ratings.queries.results import this_week
from motcua.lib.errors import Refused
from motcua.lib.redaction import redact
from motcua.lib.vietnamese import nfc

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

CALL = "call"  # kind under which a wish to be called is kept as spent


@transaction.atomic
def give_rating(token: str, given: Given, *, actor: Actor) -> None:
    """By whoever holds the link: the first one counts, and the link is of no more use."""
    rateable, key, service = behind(token)
    _not_an_official(actor)
    _burn(rateable.kind, key, _("Việc này đã được đánh giá rồi. Cảm ơn bạn."))
    rating = Rating(
        kind=rateable.kind,
        unit_id=service.unit_id,
        point_id=service.point_id,
        officer_id=service.officer_id,
        procedure=service.procedure,
    )
    _keep(rating, given, asked(Part.QUICK, Part.CRITERIA))


@transaction.atomic
def give_rating_at_desk(unit_id: int, given: Given, *, actor: Actor, officer_id: int | None = None) -> None:
    """On a tablet, by whoever stands before it. The view has seen that it is one, of this unit and desk."""
    _not_an_official(actor)
    rating = Rating(kind=DESK, unit_id=unit_id, point_id=unit_id, officer_id=officer_id)
    _keep(rating, given, asked(Part.QUICK))


@transaction.atomic
def answer_survey(token: str, given: Given, *, actor: Actor) -> None:
    """By whoever was invited, once. Its unit and procedure are kept, and nothing else of the dossier."""
    invitation, service = invitation_behind(token)
    _not_an_official(actor)
    _burn(SURVEY, invitation.pk, _("Bạn đã trả lời khảo sát này rồi. Cảm ơn bạn."))
    rating = Rating(
        kind=invitation.kind, survey=invitation.survey, unit_id=service.unit_id, procedure=service.procedure
    )
    _keep(rating, given, asked(Part.SURVEY))


def _not_an_official(actor: Actor) -> None:
    if actor.is_officer:
        raise Refused(
            "own_service",
            _("Máy này đang đăng nhập bằng tài khoản cán bộ, nên không đánh giá được. Đánh giá là của người dân."),
        )


def _burn(kind: str, key: object, words: str) -> None:
    """Two at once: the second waits for the first one's row, and finds it."""
    _row, is_first = Spent.objects.get_or_create(pk=spent_index(kind, key))
    if not is_first:
        raise Refused("rated", words)


def _keep(rating: Rating, given: Given, questions: list[Question]) -> None:
    rating.week = this_week()
    if rating.survey is None:
        if given.face not in Face.values:
            raise Refused("invalid", _("Chọn một trong ba mức."), fields={"face": _("Chọn một trong ba mức.")})
        rating.face = given.face
    answers = [
        Answer(rating=rating, question=question, value=given.values[question.pk])
        for question in questions
        if question.pk in given.values and _fits(question, given.values[question.pk], rating.face)
    ]
    if rating.survey is not None and not answers:
        raise Refused("invalid", _("Trả lời ít nhất một câu."), fields={"__all__": _("Trả lời ít nhất một câu.")})
    rating.words = redact(nfc(given.words).strip())[:LONGEST_WORDS]
    rating.save(force_insert=True)
    Answer.objects.bulk_create(answers)
    # So that the chain knows how many there were. By nobody: a link in hand would tell who.
    record("rating.given", actor=ANONYMOUS, data={"unit": org.tree().unit(rating.unit_id).name})


def _fits(question: Question, value: int, face: int | None) -> bool:
    """A reason belongs to its side: whoever changed their mind keeps none of the other one."""
    if question.shape in (Shape.GOOD, Shape.BAD):
        return value == TICK and (question.shape == Shape.BAD) == (face == Face.UNHAPPY)
    return value in dict(question.choices)


@transaction.atomic
def wish_call(token: str, *, actor: Actor) -> None:
    """Asks the unit to call, without a word of how it was rated: everybody who rated is offered it."""
    rateable, key, service = behind(token)
    if service.case_id is None or not is_spent(rateable.kind, key):
        raise Refused("not_found", _("Không có gì để gọi lại ở đường dẫn này."))
    _not_an_official(actor)
    _burn(CALL, f"{rateable.kind}.{key}", _("Chúng tôi đã nhận lời hẹn gọi lại của bạn."))
    case = get_case(service.case_id, actor=SYSTEM, lock=True)  # the link is the right to it
    record("rating.call_wished", case_id=case.id, actor=ANONYMOUS, data={})


@transaction.atomic
def hide_words(rating_id: UUID, *, actor: Actor) -> None:
    """Words that name somebody are shown no more; the rating counts as before."""
    rating = Rating.objects.select_for_update(of=("self",)).filter(pk=rating_id).exclude(words="").first()
    if rating is None or not may(actor, "rating.hide", unit_path=org.tree().path(rating.unit_id)):
        raise Refused("not_found", _("Không có lời đánh giá này, hoặc không thuộc phạm vi của bạn."))
    if not rating.is_hidden:
        rating.is_hidden = True
        rating.save(update_fields=["is_hidden"])
        record("rating.hidden", actor=actor, data={"unit": org.tree().unit(rating.unit_id).name})
