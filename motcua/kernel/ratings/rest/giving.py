"""Questions, and giving a rating by its link, in the JSON API."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Literal

from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from pydantic import Field

from motcua.kernel.identity.views import Request, public
from motcua.kernel.org import queries as org
from motcua.kernel.ratings.actions import giving
from motcua.kernel.ratings.kind import LONGEST_WORDS, TICK, Face, Given, Part, Shape
from motcua.kernel.ratings.models import Question
from motcua.kernel.ratings.queries.asking import asked
from motcua.kernel.ratings.queries.links import behind, is_spent
from motcua.lib.errors import Refused
from motcua.lib.wire import Code, Key, Words

router = Router(tags=["ratings"])
FaceWord = Literal["unhappy", "happy", "very_happy"]


# ── What is asked ───────────────────────────────────────────────────────────────────────────────────────────────────


class ChoiceOut(Schema):
    value: int
    text: str


class QuestionOut(Schema):
    """``shape``: ``good`` and ``bad`` are reasons, ticked or not; the others are answered by one of ``choices``.
    ``heading``: under which surveys ask it."""

    code: str = Field(examples=["tc-thai-do"])
    part: Part
    shape: Shape
    heading: str
    text: str
    choices: list[ChoiceOut]

    @classmethod
    def of(cls, row: Question) -> "QuestionOut":
        return cls(
            code=row.code,
            part=Part(row.part),
            shape=Shape(row.shape),
            heading=row.heading,
            text=row.title,
            choices=[ChoiceOut(value=value, text=str(words)) for value, words in row.choices],
        )


@router.get("/rating-questions", response=list[QuestionOut])
@public
def rating_questions(request: Request, part: Part | None = None) -> list[QuestionOut]:
    """Those in force today, in order: of the quick rating, the criteria after it, the survey; or of one of them."""
    return [QuestionOut.of(row) for row in asked(*([part] if part else Part))]


def answered(questions: Iterable[Question], reasons: Sequence[str], answers: Mapping[str, int]) -> dict[int, int]:
    """Number of the question → value. Refused("invalid") names what is not asked, or not answered so."""
    known = {row.code: row for row in questions}
    values: dict[int, int] = {}
    faults: dict[str, str] = {}
    for place, code in enumerate(reasons):
        question = known.get(code)
        if question is None or question.choices:
            faults[f"reasons.{place}"] = _("Không có lý do này.")
        else:
            values[question.pk] = TICK
    for code, value in answers.items():
        question = known.get(code)
        if question is None or value not in dict(question.choices):
            faults[f"answers.{code}"] = _("Không có câu hỏi này, hoặc câu này không có câu trả lời đó.")
        else:
            values[question.pk] = value
    if faults:
        raise Refused("invalid", _("Có câu trả lời không đúng câu hỏi."), fields=faults)
    return values


# ── Giving a rating ─────────────────────────────────────────────────────────────────────────────────────────────────


class RatingLinkOut(Schema):
    """What a link lets one rate. ``is_given``: somebody has, and it is of no more use; ``may_call``: one may still ask
    to be called back."""

    kind: str = Field(examples=["dossier"])
    question: str
    title: str
    unit: str  # code
    unit_name: str
    is_given: bool
    may_call: bool
    questions: list[QuestionOut]  # none once it is given

    @classmethod
    def of(cls, token: str) -> "RatingLinkOut":
        rateable, key, service = behind(token)
        is_given = is_spent(rateable.kind, key)
        unit = org.tree().unit(service.unit_id)
        return cls(
            kind=rateable.kind,
            question=str(rateable.question),
            title=service.title,
            unit=unit.code,
            unit_name=unit.said,
            is_given=is_given,
            may_call=is_given and service.case_id is not None and not is_spent(giving.CALL, f"{rateable.kind}.{key}"),
            questions=[] if is_given else [QuestionOut.of(row) for row in asked(Part.QUICK, Part.CRITERIA)],
        )


Answers = Annotated[dict[Code, int], Field(default_factory=dict, max_length=100, examples=[{"tc-thai-do": 2}])]


class RatingIn(Schema):
    """``reasons``: codes of questions of shape ``good`` or ``bad``; those of the other side than ``face`` do not count.
    ``answers``: code of a question → one of its values. In ``words`` telephone numbers and ids are struck out."""

    face: FaceWord
    reasons: list[Code] = Field(default_factory=list, max_length=100, examples=[["dung-hen"]])
    answers: Answers
    words: Words = Field("", max_length=LONGEST_WORDS)


@router.get("/ratings/{token}", response=RatingLinkOut)
@public
def rating_link(request: Request, token: Key) -> RatingLinkOut:
    """``token``: the last part of the link in a letter or message, ``/danh-gia/<token>/``."""
    return RatingLinkOut.of(token)


@router.post("/ratings/{token}", response={201: RatingLinkOut})
@public
def give_rating(request: Request, token: Key, body: RatingIn) -> Status[RatingLinkOut]:
    """Once: a second rating is refused (409, ``rated``) and changes nothing. It is kept without a name and without what
    was rated."""
    behind(token)  # whoever holds no link learns nothing of the questions
    values = answered(asked(Part.QUICK, Part.CRITERIA), body.reasons, body.answers)
    giving.give_rating(token, Given(Face[body.face.upper()], values, body.words), actor=request.actor)
    return Status(201, RatingLinkOut.of(token))


@router.post("/ratings/{token}/call", response=RatingLinkOut)
@public
def wish_call(request: Request, token: Key) -> RatingLinkOut:
    """Ask to be called back, once, after rating. Who calls does not learn how it was rated."""
    giving.wish_call(token, actor=request.actor)
    return RatingLinkOut.of(token)
