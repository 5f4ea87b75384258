"""Reports in the JSON API, for officials and for machines that work with them: the case, and every move."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import Field

from motcua.kernel.cases.kind import KINDS
from motcua.kernel.cases.queries.reading import get_case, may_on
from motcua.kernel.cases.rest import ClockOut, Moves, StateOut, offer_moves, slug_of, tag, unit_of
from motcua.kernel.identity.queries import open_person
from motcua.kernel.identity.views import Request, requires
from motcua.kernel.places import queries as places
from motcua.lib.errors import Refused
from motcua.lib.wire import Code, Id, Moment, Words
from motcua.modules.incidents.actions import people, receiving, working
from motcua.modules.incidents.kind import INCIDENT
from motcua.modules.incidents.queries.desk import DeskPage, desk_page
from motcua.modules.incidents.rest.public import Files, file_ids
from motcua.modules.incidents.rest.shapes import (
    AnswerOut,
    DeskFileOut,
    TimelineOut,
    absolute,
    category_code,
)

router = Router(tags=["cases"])


class PersonOut(Schema):
    """Masked. ``person_id`` opens the card, which is noted."""

    person_id: int | None
    role: str  # reporter | merged | joined | follower
    name: str
    phone: str
    email: str


class GuessOut(Schema):
    category: str
    probability: float


class CaseOut(Schema):
    id: int
    code: str
    kind: str
    subject: str
    state: StateOut
    urgency: str
    channel: str
    unit: str  # code
    unit_name: str
    officer_id: int | None
    officer: str
    area: str | None
    category: str | None
    address: str
    lat: float | None
    lon: float | None
    opened_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    published_at: datetime | None
    text: str  # whole, in the person's own words
    public_text: str  # what everybody reads
    is_danger: bool
    answers: list[AnswerOut]
    media_url: str  # what an Open311 client linked to
    routing_reason: str
    info_question: str
    visit_note: str
    visited_at: datetime | None
    result: str
    clocks: list[ClockOut]
    people: list[PersonOut]
    timeline: list[TimelineOut]
    files: list[DeskFileOut]
    merged_into: str | None
    merged: list[str]
    suggestions: list[GuessOut]
    nearby: list[str]  # codes of reports that may be the same
    moves: list[str]  # that state and role allow
    flag: bool
    version: int
    public_url: str | None

    @classmethod
    def of(cls, page: DeskPage) -> "CaseOut":
        case, incident = page.case, page.incident
        return cls(
            id=case.id,
            code=case.code,
            kind=case.kind,
            subject=case.subject,
            state=StateOut.of(page.shown.state, for_officials=True),
            urgency=case.urgency,
            channel=case.channel,
            unit=page.shown.unit.code,
            unit_name=page.shown.unit.name,
            officer_id=case.officer_id,
            officer=page.shown.officer,
            area=places.area(case.area_id).code if case.area_id else None,
            category=category_code(case),
            address=case.address,
            lat=case.lat,
            lon=case.lon,
            opened_at=case.opened_at,
            updated_at=case.updated_at,
            closed_at=case.closed_at,
            published_at=case.published_at,
            text=incident.text,
            public_text=incident.public_text,
            is_danger=incident.is_danger,
            answers=[AnswerOut(question=one.question, answer=one.value) for one in page.answers],
            media_url=incident.media_url,
            routing_reason=incident.routing_reason,
            info_question=incident.info_question,
            visit_note=incident.visit_note,
            visited_at=incident.visited_at,
            result=incident.result,
            clocks=[ClockOut.model_validate(clock, from_attributes=True) for clock in page.shown.clocks],
            people=[
                PersonOut(
                    person_id=one.person_id,
                    role=one.role,
                    name=one.card.name if one.card else "",
                    phone=one.card.phone if one.card else "",
                    email=one.card.email if one.card else "",
                )
                for one in page.shown.people
            ],
            timeline=TimelineOut.of(page.rows),
            files=DeskFileOut.of([file for files in page.shown.files.values() for file in files]),
            merged_into=page.related.merged_into.code if page.related.merged_into else None,
            merged=[other.code for other in page.related.merged],
            suggestions=[
                GuessOut(category=one.category.code, probability=round(one.probability, 4)) for one in page.suggestions
            ],
            nearby=[row.code for row in page.nearby],
            moves=[slug_of(move.name) for move in page.shown.moves],
            flag=case.flag,
            version=case.version,
            public_url=absolute(KINDS[case.kind].public_url(case.code)) if case.published_at else None,
        )


@router.get("/cases/{case_id}", response=CaseOut)
@requires("incident.read")
def case(request: Request, response: HttpResponse, case_id: Id) -> CaseOut:
    """All of a case. Its ETag is the version for If-Match."""
    page = desk_page(case_id, actor=request.actor)
    response["ETag"] = tag(page.case.version)
    response["Cache-Control"] = "no-store"
    return CaseOut.of(page)


class CardOut(Schema):
    name: str
    phone: str
    email: str


@router.post("/cases/{case_id}/people/{person_id}/reveal", response=CardOut)
@requires("person.reveal")
def reveal(request: Request, response: HttpResponse, case_id: Id, person_id: Id) -> CardOut:
    """One person's contact. Who looked, when and at whom is noted before anything is shown."""
    held = get_case(case_id, actor=request.actor.by_post)
    is_of_case = held.parties.filter(person_id=person_id).exists()
    if not is_of_case or not may_on(request.actor, "person.reveal", held):
        raise Refused("not_found", _("Không tìm thấy người này trong việc."))
    card = open_person(person_id, actor=request.actor, reason=held.code, case_id=held.id)
    response["Cache-Control"] = "no-store"
    return CardOut(name=card.name, phone=card.phone, email=card.email)


# ── Moves ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class ModerationIn(Schema):
    """What strangers see. Without ``public_text`` they read the person's words, contacts masked; of the photos they see
    those named, and the choice stays open without ``public_file_ids``."""

    public_text: Words | None = Field(None, max_length=5000)
    public_file_ids: list[Id] | None = Field(None, max_length=100)


class AssignIn(ModerationIn):
    officer_id: Id
    note: Words = Field("", max_length=300)


class DispatchIn(Schema):
    unit: Code
    note: Words = Field("", max_length=300)


class ReasonIn(Schema):
    reason: Words


class ClassifyIn(Schema):
    category: Code
    urgency: Literal["", "khan_cap", "khan", "binh_thuong", "phuc_tap"] = ""


class MergeIn(Schema):
    into_code: Code


class VisitIn(Schema):
    note: Words
    files: Files = Field(default_factory=list, max_length=20)


class ReplyIn(Schema):
    text: Words


class QuestionIn(Schema):
    question: Words


class InfoIn(Schema):
    text: Words = ""
    files: Files = Field(default_factory=list, max_length=20)


class ExtendIn(Schema):
    reason: Words
    due_at: Moment


class ResolveIn(Schema):
    """Photos need a caption, for those who cannot see them."""

    result: Words
    files: Files = Field(default_factory=list, max_length=20)
    documents: Files = Field(default_factory=list, max_length=20)
    caption: Words = Field("", max_length=300)


class NoteIn(Schema):
    note: Words


class ReopenIn(Schema):
    reason: Words
    files: Files = Field(default_factory=list, max_length=20)


MOVES: Moves = {
    "accept": (receiving.accept_incident, ModerationIn),
    "take": (receiving.take_incident, ModerationIn),
    "assign": (receiving.assign_incident, AssignIn),
    "dispatch": (receiving.dispatch_incident, DispatchIn),
    "return": (receiving.return_incident, ReasonIn),
    "classify": (receiving.classify_incident, ClassifyIn),
    "reject": (receiving.reject_incident, ReasonIn),
    "merge": (receiving.merge_incident, MergeIn),
    "visit": (working.visit_incident, VisitIn),
    "reply": (working.reply_incident, ReplyIn),
    "request_info": (working.request_info_incident, QuestionIn),
    "provide_info": (people.provide_info_incident, InfoIn),
    "add_info": (people.add_info_incident, InfoIn),
    "extend": (working.extend_incident, ExtendIn),
    "resolve": (working.resolve_incident, ResolveIn),
    "approve": (working.approve_incident, None),
    "revise": (working.revise_incident, ReasonIn),
    "note": (working.note_incident, NoteIn),
    "flag": (working.flag_incident, None),
    "hide": (working.hide_incident, ReasonIn),
    "show": (working.show_incident, ModerationIn),
    "close": (working.close_incident, None),
    "reopen": (people.reopen_incident, ReopenIn),
}


def _values(body: Schema) -> dict[str, Any]:
    """What was sent, by the names of the action's keywords."""
    values = body.model_dump()
    for name, keyword in (("files", "file_ids"), ("documents", "document_ids")):
        if name in values:
            values[keyword] = file_ids(values.pop(name))
    if "unit" in values:
        values["unit_id"] = unit_of(values.pop("unit"))
    return values


offer_moves(router, "/cases/{case_id}", INCIDENT, MOVES, _values)
