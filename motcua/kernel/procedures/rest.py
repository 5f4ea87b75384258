"""The catalogue of procedures, for programs. Everybody may read it."""

from datetime import date
from typing import Any, Literal

from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from motcua.kernel.identity.views import Request, public
from motcua.kernel.procedures.queries.catalogue import Version, choose_case, doubts, in_force
from motcua.kernel.procedures.queries.papers import How, needs_of
from motcua.kernel.procedures.queries.search import Group, Hit, search, shelf
from motcua.lib.errors import Refused
from motcua.lib.wire import Answers, Code, Words

router = Router(tags=["procedures"])
LONGEST_LIST = 100
MOST = 5_000


class ProcedureRow(Schema):
    """``time`` is of the quickest way, in Vietnamese legal words. ``fee`` in đồng; null when it depends."""

    code: str
    name: str
    name_en: str
    field: str
    levels: list[str]
    online: str
    life_events: list[str]
    is_filed_here: bool
    time: str
    fee: int | None
    source: str
    score: float


class ProcedureList(Schema):
    items: list[ProcedureRow]
    next: int | None  # give it as ``after``


class ProcedureQuery(Schema):
    """``words`` as people type them: tones, slips and other words for the same thing do not matter."""

    words: Words = Field("", max_length=200)
    field: Code | None = None
    level: Literal["", "commune", "province", "ministry", "other"] = ""
    online: Literal["", "full", "partial", "info"] = ""
    life_event: Code | None = None
    unit: str = Field("", max_length=60, pattern=r"^[\w.:\-]*$")
    after: int = Field(0, ge=0, le=MOST)
    limit: int = Field(30, ge=1, le=LONGEST_LIST)


@router.get("/procedures", response=ProcedureList)
@public
def list_procedures(request: Request, wanted: Query[ProcedureQuery]) -> ProcedureList:
    """With words the best first, else by name. What holds today."""
    hits = search(
        wanted.words,
        field=wanted.field or "",
        level=wanted.level,
        online=wanted.online,
        life_event=wanted.life_event or "",
        unit=wanted.unit,
        most=wanted.after + wanted.limit + 1,
    )
    shown = hits[wanted.after : wanted.after + wanted.limit]
    has_more = len(hits) > wanted.after + wanted.limit
    return ProcedureList(items=[_row(hit) for hit in shown], next=wanted.after + wanted.limit if has_more else None)


def _row(hit: Hit) -> ProcedureRow:
    return ProcedureRow.model_validate(hit, from_attributes=True)


_ABOUT_CHECKING = ("unsure", "unsure_note", "checked")  # notes of officials


class ProcedureOut(Schema):
    """``body`` has the keys of the file format (docs/procedures.md); ``unsure`` are its parts that are being looked at
    again."""

    version_id: int
    code: str
    number: int
    valid_from: date
    source: str
    body: dict[str, Any]
    unsure: list[str]


@router.get("/procedures/{code}", response=ProcedureOut)
@public
def show_procedure(request: Request, code: Code) -> ProcedureOut:
    """The version that holds today."""
    found = _found(code)
    return ProcedureOut(
        version_id=found.id,
        code=found.code,
        number=found.number,
        valid_from=found.valid_from,
        source=found.source,
        body={key: value for key, value in found.body.plain().items() if key not in _ABOUT_CHECKING},
        unsure=list(doubts(found)),
    )


class NeedOut(Schema):
    """``how``: bring it, fill it in (form), it comes from a registry or one's own store, or only if it applies."""

    code: str
    name: str
    originals: int
    copies: int
    how: How
    registry: str


class NeedsOut(Schema):
    case: str
    case_name: str
    listed: int
    to_bring: int
    papers: list[NeedOut]


class AnswersIn(Schema):
    answers: Answers = Field(default_factory=dict, max_length=300)


@router.post("/procedures/{code}/papers", response=NeedsOut)
@public
def papers_of_procedure(request: Request, code: Code, given: AnswersIn) -> NeedsOut:
    """The papers of the case that the answers make it; nothing is kept."""
    found = _found(code)
    case = choose_case(found, given.answers)
    needs = needs_of(case.papers, request.actor, is_online=found.body.is_filed_here, answers=given.answers)
    return NeedsOut(
        case=case.key,
        case_name=case.name,
        listed=needs.listed,
        to_bring=needs.to_bring,
        papers=[
            NeedOut(
                code=need.paper.code,
                name=need.paper.name,
                originals=need.paper.originals,
                copies=need.paper.copies,
                how=need.how,
                registry=need.paper.registry,
            )
            for need in needs.each
        ],
    )


def _found(code: str) -> Version:
    found = in_force(code)
    if found is None:
        raise Refused("not_found", _("Không có thủ tục {code} đang có hiệu lực.").format(code=code))
    return found


class GroupOut(Schema):
    code: str
    name: str
    name_en: str
    icon: str
    count: int


class GroupsOut(Schema):
    fields: list[GroupOut]
    life_events: list[GroupOut]


@router.get("/procedure-groups", response=GroupsOut)
@public
def procedure_groups(request: Request) -> GroupsOut:
    """Fields and life events, each with how many procedures it has."""
    kept = shelf()
    return GroupsOut(fields=[_group(group) for group in kept.fields], life_events=[_group(g) for g in kept.life_events])


def _group(group: Group) -> GroupOut:
    return GroupOut.model_validate(group, from_attributes=True)
