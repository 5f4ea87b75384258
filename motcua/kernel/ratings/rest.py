"""Ratings and surveys in the JSON API: what people said, giving a rating by its link, answering and holding surveys."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from motcua.kernel.identity.queries import may
from motcua.kernel.identity.views import Request, public, requires
from motcua.kernel.org import queries as org
from motcua.kernel.ratings.actions import giving
from motcua.kernel.ratings.actions import surveys as holding
from motcua.kernel.ratings.kind import LONGEST_WORDS, SURVEY, TICK, Face, Given, Part, Shape
from motcua.kernel.ratings.models import Question
from motcua.kernel.ratings.queries import results, surveys
from motcua.kernel.ratings.queries.asking import asked
from motcua.kernel.ratings.queries.links import behind, invitation_behind, is_spent
from motcua.lib.errors import Refused
from motcua.lib.wire import Code, Day, Id, Key, Words

router = Router(tags=["ratings"])
FaceWord = Literal["unhappy", "happy", "very_happy"]
By = Literal["unit", "officer", "procedure", "point", "kind", "month"]


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


def _answered(questions: Iterable[Question], reasons: Sequence[str], answers: Mapping[str, int]) -> dict[int, int]:
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
            unit_name=unit.name,
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
    values = _answered(asked(Part.QUICK, Part.CRITERIA), body.reasons, body.answers)
    giving.give_rating(token, Given(Face[body.face.upper()], values, body.words), actor=request.actor)
    return Status(201, RatingLinkOut.of(token))


@router.post("/ratings/{token}/call", response=RatingLinkOut)
@public
def wish_call(request: Request, token: Key) -> RatingLinkOut:
    """Ask to be called back, once, after rating. Who calls does not learn how it was rated."""
    giving.wish_call(token, actor=request.actor)
    return RatingLinkOut.of(token)


# ── Results ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class TallyOut(Schema):
    """``share``: satisfied or very satisfied among ``n``, 0–1, with Wilson's 95% interval from ``low`` to ``high``."""

    n: int
    very_happy: int
    happy: int
    unhappy: int
    share: float
    low: float
    high: float

    @classmethod
    def of(cls, tally: results.Tally | None) -> "TallyOut | None":
        return cls.model_validate(tally, from_attributes=True) if tally else None


class ReasonOut(Schema):
    text: str
    count: int
    is_good: bool


class UnitTallyOut(Schema):
    """``unit``: its code; null of a unit that ended. ``tally`` is null where too few rated."""

    unit: str | None
    name: str
    tally: TallyOut | None


class _ResultsOut(Schema):
    unit: str
    name: str
    period: str
    periods: list[str]  # that can be asked for
    counted_to: date
    least: int  # fewer are shown to nobody
    total: TallyOut | None  # null where too few rated
    reasons: list[ReasonOut]


class RatingResultsOut(_ResultsOut):
    """The surest first: by the lower end of the interval."""

    units: list[UnitTallyOut]


class RatingRowOut(Schema):
    """``key``: code of a unit, reception or procedure, number of an officer, kind of what was rated, or month."""

    key: str
    name: str
    tally: TallyOut | None


class GradeOut(Schema):
    """A criterion: points reached out of the most that they could be, 0–1."""

    text: str
    n: int
    share: float


class SaidOut(Schema):
    """``face`` is null in a survey."""

    id: UUID
    face: FaceWord | None
    words: str

    @classmethod
    def of(cls, said: results.Said) -> "SaidOut":
        told = {"id": said.id, "face": said.face.name.lower() if said.face else None, "words": said.words}
        return cls.model_validate(told)


class DeskRatingsOut(_ResultsOut):
    by: By
    rows: list[RatingRowOut]
    grades: list[GradeOut]
    words: list[SaidOut]  # in no order
    may_hide: bool


class ResultsQuery(Schema):
    """``unit``: a code; without one the topmost that may be read. ``period``: without one this year."""

    unit: Code | None = None
    period: str = Field("", pattern=r"^(\d{4}(-Q[1-4]|-\d{2})?)?$", examples=["2026", "2026-Q4", "2026-11"])


class DeskResultsQuery(ResultsQuery):
    by: By = "unit"


def _found(unit: org.UnitRow, wanted: ResultsQuery, by: str = "unit") -> results.Results:
    period = results.period_of(wanted.period)
    if wanted.period and wanted.period != period.key:
        words = _("Chưa có hoặc không còn số liệu của thời gian này.")
        raise Refused("invalid", words, fields={"period": words})
    return results.results(unit, period, by)


def _common(found: results.Results, reasons: Sequence[results.Reason]) -> dict[str, object]:
    return {
        "unit": found.unit.code,
        "name": found.unit.name,
        "period": found.period.key,
        "periods": [one.key for one in results.periods()],
        "counted_to": found.counted_to,
        "least": results.least(),
        "total": TallyOut.of(found.total),
        "reasons": [ReasonOut.model_validate(one, from_attributes=True) for one in reasons],
    }


@router.get("/ratings", response=RatingResultsOut)
@public
def rating_results(request: Request, wanted: Query[ResultsQuery]) -> RatingResultsOut:
    """What people said of a unit with all below it, by the units right below: sums alone."""
    found = _found(results.any_unit(wanted.unit or ""), wanted)
    ticked, _grades = results.reasons(found)
    units = [
        UnitTallyOut(unit=code or None, name=row.name, tally=TallyOut.of(row.tally))
        for row, code in results.with_codes(found.rows)
    ]
    return RatingResultsOut.model_validate({**_common(found, ticked), "units": units})


@router.get("/desk/ratings", response=DeskRatingsOut)
@requires("rating.read")
def desk_ratings(request: Request, wanted: Query[DeskResultsQuery]) -> DeskRatingsOut:
    """For those who lead: by unit, officer, procedure, reception, way or month; the criteria; what people wrote."""
    found = _found(results.readable_unit(wanted.unit or "", actor=request.actor), wanted, wanted.by)
    ticked, grades = results.reasons(found)
    tree = org.tree()
    rows = [
        RatingRowOut(
            key=tree.unit(int(row.key)).code if wanted.by in ("unit", "point") else row.key,
            name=row.name,
            tally=TallyOut.of(row.tally),
        )
        for row in found.rows
    ]
    told = {
        **_common(found, ticked),
        "by": wanted.by,
        "rows": rows,
        "grades": [GradeOut.model_validate(one, from_attributes=True) for one in grades],
        "words": [SaidOut.of(one) for one in results.words_said(found)],
        "may_hide": may(request.actor, "rating.hide", unit_path=found.unit.path),
    }
    return DeskRatingsOut.model_validate(told)


@router.post("/desk/ratings/{rating_id}/hide", response={204: None})
@requires("rating.hide")
def hide_rating_words(request: Request, rating_id: UUID) -> Status[None]:
    """Words that name somebody are shown no more; the rating counts as before."""
    giving.hide_words(rating_id, actor=request.actor)
    return Status(204, None)


# ── Surveys ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class InvitationOut(Schema):
    title: str
    closes_on: date
    is_answered: bool
    questions: list[QuestionOut]  # none once it is answered

    @classmethod
    def of(cls, token: str) -> "InvitationOut":
        invitation, _service = invitation_behind(token)
        is_answered = is_spent(SURVEY, invitation.pk)
        return cls(
            title=invitation.survey.name,
            closes_on=invitation.survey.closes_on,
            is_answered=is_answered,
            questions=[] if is_answered else [QuestionOut.of(row) for row in asked(Part.SURVEY)],
        )


class SurveyAnswerIn(Schema):
    """``answers``: code of a question → one of its values; at least one."""

    answers: Answers
    words: Words = Field("", max_length=LONGEST_WORDS)


@router.get("/survey-invitations/{token}", response=InvitationOut)
@public
def survey_invitation(request: Request, token: Key) -> InvitationOut:
    """``token``: the last part of the link in the invitation, ``/khao-sat/<token>/``."""
    return InvitationOut.of(token)


@router.post("/survey-invitations/{token}", response={201: InvitationOut})
@public
def answer_survey(request: Request, token: Key, body: SurveyAnswerIn) -> Status[InvitationOut]:
    """Once, without a name. A second answer is refused (409, ``rated``), and any after the survey (``too_late``)."""
    invitation_behind(token)
    values = _answered(asked(Part.SURVEY), (), body.answers)
    giving.answer_survey(token, Given(None, values, body.words), actor=request.actor)
    return Status(201, InvitationOut.of(token))


class SurveyOut(Schema):
    id: Id
    title: str
    units: list[str]  # codes, each with all below it
    procedures: list[str]
    ended_from: date
    ended_to: date
    closes_on: date
    opened_at: datetime
    closed_at: datetime | None
    target: int
    invited: int
    answered: int

    @classmethod
    def of(cls, row: surveys.Progress) -> "SurveyOut":
        return cls.model_validate(_survey(row))


def _survey(row: surveys.Progress) -> dict[str, object]:
    survey, tree = row.survey, org.tree()
    names = ("procedures", "ended_from", "ended_to", "closes_on", "opened_at", "closed_at", "target")
    return {
        **{name: getattr(survey, name) for name in names},
        "id": survey.pk,
        "title": survey.name,
        "units": [tree.unit(number).code for number in survey.units],
        "invited": row.invited,
        "answered": row.answered,
    }


class IndexOut(Schema):
    """Answers of 4 and 5 among ``n``, 0–1, with Wilson's 95% interval."""

    name: str
    n: int
    share: float
    low: float
    high: float


class FactAnswerOut(Schema):
    text: str
    count: int
    share: float


class FactOut(Schema):
    name: str
    n: int
    answers: list[FactAnswerOut]


class FindingsOut(Schema):
    """``answered`` people; ``whole`` is the index over all questions."""

    answered: int
    whole: IndexOut | None
    factors: list[IndexOut]
    questions: list[IndexOut]
    facts: list[FactOut]
    units: list[IndexOut]
    words: list[SaidOut]  # in no order


class SurveyPage(SurveyOut):
    """``findings`` are null while it runs, or when too few answered."""

    findings: FindingsOut | None


def _page(survey_id: int, request: Request) -> SurveyPage:
    row = surveys.managed_survey(survey_id, actor=request.actor)
    found = surveys.findings(row.survey)
    told: dict[str, object] | None = None
    if found is not None:
        told = {
            "answered": found.answered,
            **{
                name: [IndexOut.model_validate(one, from_attributes=True) for one in getattr(found, name)]
                for name in ("factors", "questions", "units")
            },
            "words": [SaidOut.of(one) for one in found.words],
            "whole": IndexOut.model_validate(found.whole, from_attributes=True) if found.whole else None,
            "facts": [
                {
                    "name": fact.name,
                    "n": fact.n,
                    "answers": [
                        {"text": str(words), "count": count, "share": share} for words, count, share in fact.answers
                    ],
                }
                for fact in found.facts
            ],
        }
    return SurveyPage.model_validate({**_survey(row), "findings": told})


@router.get("/surveys", response=list[SurveyOut])
@requires("survey.manage")
def list_surveys(request: Request, state: Literal["", "open", "closed"] = "") -> list[SurveyOut]:
    """Those of one's own units, the newest first."""
    rows = surveys.managed_surveys(request.actor)
    return [SurveyOut.of(row) for row in rows if state in ("", "closed" if row.survey.closed_at else "open")]


class SurveyIn(Schema):
    """Asks people whose dossiers ended from ``ended_from`` to ``ended_to``, drawn at random; nobody twice within
    ``apart_days``, to any survey. No procedures: all."""

    title: Words = Field(min_length=1, max_length=160)
    title_en: Words = Field("", max_length=160)
    units: list[Code] = Field(min_length=1, max_length=1000, examples=[["24778"]])
    procedures: list[Code] = Field(default_factory=list, max_length=1000, examples=[["1.001193"]])
    ended_from: Day
    ended_to: Day
    closes_on: Day
    target: int = Field(200, ge=5, le=100_000)
    apart_days: int = Field(180, ge=1, le=730)


@router.post("/surveys", response={201: SurveyPage})
@requires("survey.manage")
def open_survey(request: Request, body: SurveyIn) -> Status[SurveyPage]:
    """People are invited by and by, until enough have answered."""
    tree = org.tree()
    units = [unit.id if (unit := tree.by_code(code)) else 0 for code in body.units]
    values = {**body.model_dump(), "units": units}
    made = holding.open_survey(actor=request.actor, **values)
    return Status(201, _page(made.pk, request))


@router.get("/surveys/{survey_id}", response=SurveyPage)
@requires("survey.manage")
def show_survey(request: Request, survey_id: Id) -> SurveyPage:
    """How far it is, and what it found once it is over."""
    return _page(survey_id, request)


@router.post("/surveys/{survey_id}/close", response=SurveyPage)
@requires("survey.manage")
def close_survey(request: Request, survey_id: Id) -> SurveyPage:
    """Its links say from now on that it is over."""
    holding.close_survey(survey_id, actor=request.actor)
    return _page(survey_id, request)
