"""Dossiers in the JSON API, for officials and for machines that work with them: the list, one, and every move."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from motcua.kernel.cases.queries.reading import cases_of, visible
from motcua.kernel.cases.rest import ClockOut, Moves, by_post, offer_moves, slug_of, tag, unit_of
from motcua.kernel.files.queries import loose_files
from motcua.kernel.identity.views import Request, requires
from motcua.kernel.org import queries as org
from motcua.kernel.payments.kind import Line
from motcua.kernel.web.views.middleware import limited
from motcua.lib.wire import Code, Id, Key, Moment, Words
from motcua.modules.dossiers.actions import apologising, claiming, consulting, money, reception, results, working
from motcua.modules.dossiers.kind import DOSSIER, KIND
from motcua.modules.dossiers.queries.desk import dossier_page, note_opened
from motcua.modules.dossiers.rest.shapes import ActsOut, LegOut, PaperOut, ResultOut, RowOut, StateOut, private

router = Router(tags=["dossiers on the desk"])
LONGEST_LIST = 100


class DeskRow(Schema):
    id: int
    code: str
    subject: str
    procedure: str
    state: StateOut
    unit: str  # code
    officer_id: int | None
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    version: int


class DeskList(Schema):
    items: list[DeskRow]
    next: int | None  # give it as ``before``


class Wanted(Schema):
    state: Literal["", "open", "closed"] = ""
    step: Code | None = Field(None, description="name of a state, such as processing")
    unit: Code | None = Field(None, description="and what lies below it")
    procedure: Code | None = None
    before: Id | None = None
    limit: int = Field(30, ge=1, le=LONGEST_LIST)


@router.get("/desk/dossiers", response=DeskList)
@requires("dossier.read")
@limited("desk_dossiers", per_hour=3600, methods=("GET",))
def desk_dossiers(request: Request, response: HttpResponse, wanted: Query[Wanted]) -> DeskList:
    """Those that the actor's posts, or the key's grants, let them read; the newest first."""
    private(response)
    rows = cases_of(KIND).filter(visible(request.actor.by_post, "dossier.read", also_involved=True))
    if wanted.state:
        rows = rows.filter(closed_at__isnull=wanted.state == "open")
    if wanted.step:
        rows = rows.filter(state=wanted.step)
    if wanted.unit:
        rows = rows.filter(unit_id__in=org.tree().ids_under(org.tree().path(unit_of(wanted.unit))))
    if wanted.procedure:
        rows = rows.filter(dossier__version__procedure__code=wanted.procedure)
    if wanted.before:
        rows = rows.filter(pk__lt=wanted.before)
    found = list(rows.select_related("dossier__version__procedure").order_by("-id")[: wanted.limit + 1])
    shown = found[: wanted.limit]
    return DeskList(
        items=[
            DeskRow(
                id=case.id,
                code=case.code,
                subject=case.subject,
                procedure=case.dossier.version.procedure.code,
                state=StateOut.of(DOSSIER.state(case.state), for_officials=True),
                unit=org.tree().unit(case.unit_id).code,
                officer_id=case.officer_id,
                opened_at=case.opened_at,
                due_at=case.due_at,
                closed_at=case.closed_at,
                version=case.version,
            )
            for case in shown
        ],
        next=shown[-1].id if len(found) > wanted.limit else None,
    )


class PersonOut(Schema):
    """Masked."""

    person_id: int | None
    role: str  # applicant | filer
    name: str
    phone: str
    email: str


class ClaimOut(Schema):
    id: int
    fee: str
    exemption: str
    name: str
    is_refused: bool


class ObligationOut(Schema):
    id: int
    names: list[str]
    amount: int
    paid: int
    state: str


class DeskDossier(Schema):
    id: int
    code: str
    subject: str
    procedure: str
    state: StateOut
    unit: str
    officer_id: int | None
    way: str
    delivery: str
    answers: dict[str, Any]
    papers: list[PaperOut]
    results: list[ResultOut]
    claims: list[ClaimOut]
    obligations: list[ObligationOut]
    people: list[PersonOut]
    acts_for: ActsOut | None
    route: list[LegOut]
    clocks: list[ClockOut]
    timeline: list[RowOut]
    moves: list[str]  # that state and role allow
    version: int


@router.get("/desk/dossiers/{case_id}", response=DeskDossier)
@requires("dossier.read")
def desk_dossier(request: Request, response: HttpResponse, case_id: Id) -> DeskDossier:
    """All of one, with the declaration: who opened it is noted. Its ETag is the version for If-Match."""
    by_post(request, case_id, KIND)
    page = dossier_page(case_id, actor=request.actor)
    note_opened(page, actor=request.actor)
    private(response)
    case = page.case
    response["ETag"] = tag(case.version)
    return DeskDossier(
        id=case.id,
        code=case.code,
        subject=case.subject,
        procedure=page.whole.version.code,
        state=StateOut.of(page.shown.state, for_officials=True),
        unit=page.shown.unit.code,
        officer_id=case.officer_id,
        way=page.whole.dossier.way,
        delivery=page.whole.dossier.delivery,
        answers=page.answers,
        papers=PaperOut.of(page.papers),
        results=ResultOut.of(page.results, is_open=True),
        claims=[
            ClaimOut(
                id=one.pk, fee=one.fee_code, exemption=one.code, name=one.name, is_refused=one.refused_at is not None
            )
            for one in page.claims
        ],
        obligations=[
            ObligationOut(
                id=one.pk, names=[line["name"] for line in one.lines], amount=one.amount, paid=one.paid_amount,
                state=one.state,
            )
            for one in (charge.obligation for charge in page.charges)
        ],
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
        acts_for=ActsOut.of(page.acts),
        route=LegOut.of(page.route),
        clocks=[ClockOut.model_validate(clock, from_attributes=True) for clock in page.shown.clocks],
        timeline=RowOut.of(page.rows),
        moves=[slug_of(move.name) for move in page.shown.moves],
        version=case.version,
    )  # fmt: skip


# ── Moves ───────────────────────────────────────────────────────────────────────────────────────────────────────────

Tokens = list[Key]


class NoteIn(Schema):
    note: Words = Field("", max_length=2000)


class ReasonIn(Schema):
    reason: Words = Field(max_length=2000)


class BasisIn(ReasonIn):
    basis: Words = Field("", max_length=300)


class ItemIn(Schema):
    paper: Code | Literal[""] = ""
    what: Words = Field(max_length=500)
    how: Words = Field("", max_length=500)


class SupplementIn(BasisIn):
    """Everything that is missing, in one go; at most twice."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [{"paper": "GT.chung-sinh", "what": "Ảnh mờ", "how": "Chụp lại rõ bốn góc"}],
                    "reason": "Không đọc được ảnh",
                }
            ]
        }
    )

    items: list[ItemIn] = Field(max_length=50)


class SupplyIn(Schema):
    """``counter_papers``: codes of what was handed in on paper."""

    counter_papers: list[Code] = Field(default_factory=list, max_length=100)
    papers: dict[Code, Tokens] = Field(default_factory=dict, max_length=100)
    note: Words = Field("", max_length=2000)


class AssignIn(Schema):
    officer_id: Id
    note: Words = Field("", max_length=300)


class ConsultIn(Schema):
    unit: Code
    question: Words = Field(max_length=2000)
    time: Words = Field("2 ngày làm việc", max_length=40)


class ResultIn(Schema):
    code: Code
    number: Words = Field("", max_length=60)
    file: Key = ""


class ProposeIn(Schema):
    results: list[ResultIn] = Field(max_length=20)
    is_refusal: bool = False
    note: Words = Field("", max_length=2000)
    delivery: Literal["", "counter"] = ""  # another way than the person chose, agreed with them


class LineIn(Schema):
    name: Words = Field(max_length=160)
    kind: Literal["phi", "le_phi", "thue", "phat"] = "le_phi"
    amount: int = Field(ge=1, le=10**12)


class ChargeIn(Schema):
    lines: list[LineIn] = Field(min_length=1, max_length=20)


class ClaimIn(ReasonIn):
    claim_id: Id


class ExtendIn(ReasonIn):
    until: Moment


class ReturnIn(Schema):
    delivery: Literal["online", "counter", "post"] = "counter"
    to: Words = Field("", max_length=160)


MOVES: Moves = {
    "accept": (reception.accept_dossier, None),
    "refuse": (reception.refuse_dossier, BasisIn),
    "request_supplement": (reception.request_supplement_dossier, SupplementIn),
    "supply": (reception.supply_dossier, SupplyIn),
    "hand_over": (reception.hand_over_dossier, None),
    "take": (working.take_dossier, None),
    "assign": (working.assign_dossier, AssignIn),
    "consult": (consulting.consult_dossier, ConsultIn),
    "propose": (working.propose_dossier, ProposeIn),
    "pass_on": (working.pass_on_dossier, NoteIn),
    "revise": (working.revise_dossier, ReasonIn),
    "approve": (results.approve_dossier, NoteIn),
    "issue": (results.issue_dossier, None),
    "return_result": (results.return_result_dossier, ReturnIn),
    "request_payment": (money.request_payment_dossier, ChargeIn),
    "refuse_claim": (claiming.refuse_claim_dossier, ClaimIn),
    "settle": (money.settle_dossier, None),
    "suspend": (working.suspend_dossier, ReasonIn),
    "resume": (working.resume_dossier, None),
    "ask_extension": (apologising.ask_extension_dossier, ExtendIn),
    "extend": (apologising.extend_dossier, ExtendIn),
    "decline_extension": (apologising.decline_extension_dossier, ReasonIn),
    "withdraw": (results.withdraw_dossier, ReasonIn),
    "stop": (results.stop_dossier, ReasonIn),
    "note": (working.note_dossier, NoteIn),
}


def _file_id(token: str) -> int | None:
    return next((file.pk for file in loose_files([token])), None) if token else None


def _values(body: Schema) -> dict[str, Any]:
    """What was sent, by the names of the action's keywords."""
    values = body.model_dump()
    if "unit" in values:
        values["unit_id"] = unit_of(values.pop("unit"))
    if "papers" in values:
        values["papers"] = [(code, one.pk) for code, tokens in values["papers"].items() for one in loose_files(tokens)]
    if "results" in values:
        values["results"] = [
            working.NewResult(one["code"], number=one["number"], file_id=_file_id(one["file"]))
            for one in values["results"]
        ]
    if "lines" in values:
        values["lines"] = [
            Line(f"YC.{one['kind']}", one["name"], one["kind"], one["amount"]) for one in values["lines"]
        ]
    return values


offer_moves(router, "/desk/dossiers/{case_id}", DOSSIER, MOVES, _values)
