"""Surveys in the JSON API: answering one by the link of an invitation, and holding them."""

from datetime import date, datetime
from typing import Literal

from ninja import Router, Schema, Status
from pydantic import Field

from motcua.kernel.identity.views import Request, public, requires
from motcua.kernel.org import queries as org
from motcua.kernel.ratings.actions import giving
from motcua.kernel.ratings.actions import surveys as holding
from motcua.kernel.ratings.kind import LONGEST_WORDS, SURVEY, Given, Part
from motcua.kernel.ratings.queries import surveys
from motcua.kernel.ratings.queries.asking import asked
from motcua.kernel.ratings.queries.links import invitation_behind, is_spent
from motcua.kernel.ratings.rest.giving import Answers, QuestionOut, answered
from motcua.kernel.ratings.rest.results import SaidOut
from motcua.lib.wire import Code, Day, Id, Key, Words

router = Router(tags=["ratings"])


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
    values = answered(asked(Part.SURVEY), (), body.answers)
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
