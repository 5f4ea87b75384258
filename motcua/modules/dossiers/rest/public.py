"""Dossiers in the JSON API, for whoever files and follows one. The catalogue is in kernel/procedures, what a form asks
(as JSON Schema) in kernel/forms."""

import hashlib
from typing import Any, Literal

from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from ninja.params.functions import Header
from pydantic import ConfigDict, Field

from motcua.kernel.cases.rest import tag, version_of
from motcua.kernel.files.queries import loose_files
from motcua.kernel.forms.actions.drafts import save_step
from motcua.kernel.identity.views import Request, public
from motcua.kernel.procedures.queries.catalogue import Version, in_force
from motcua.kernel.web.views.middleware import limited
from motcua.lib.errors import Refused
from motcua.lib.wire import Answers, Code, Id, Key, Words
from motcua.modules.dossiers.actions.filing import Filed, filed_before
from motcua.modules.dossiers.actions.reception import supply_dossier
from motcua.modules.dossiers.actions.results import withdraw_dossier
from motcua.modules.dossiers.actions.writing import begin_sheet, claim_on_sheet, drop_sheet, keep_on_sheet, send_sheet
from motcua.modules.dossiers.forms.portal import ContactForm
from motcua.modules.dossiers.kind import Way
from motcua.modules.dossiers.queries.behalf import behalf_of
from motcua.modules.dossiers.queries.sheets import Written, get_written
from motcua.modules.dossiers.queries.tracking import own_dossiers, tracking_page
from motcua.modules.dossiers.rest.shapes import DossierPage, OwnDossierRow, absolute, private

router = Router(tags=["dossiers"])
MOST_FILES = 10  # of one paper
Tokens = list[Key]
PaperFiles = dict[Code, Tokens]


class ClaimIn(Schema):
    """An exemption that the procedure's fee names. Without files the registry that shows it is asked."""

    exemption: Code
    files: Tokens = Field(default_factory=list, max_length=MOST_FILES)


class DossierIn(Schema):
    """``answers`` fit the form of the procedure (``GET /forms/{key}``); ``papers`` are tokens of files sent ahead, by
    the code of the paper. Who is not signed in says who they are. ``for``: ``person:<number>`` who authorised the
    signed-in person, or ``organisation:<tax code>`` that they represent."""

    model_config = ConfigDict(
        populate_by_name=True,
        json_schema_extra={
            "examples": [
                {
                    "procedure": "1.001193",
                    "answers": {"child": {"name": "Nguyễn Bình Minh"}},
                    "papers": {"GT.chung-sinh": ["kJ3…"]},
                    "claims": {"LP.khai-sinh": {"exemption": "ho-ngheo"}},
                    "area": "24778",
                    "delivery": "online",
                    "name": "Nguyễn Thị An",
                    "national_id": "068195000001",
                    "phone": "0905123456",
                }
            ]
        },
    )

    procedure: Code
    answers: Answers = Field(default_factory=dict, max_length=300)
    papers: PaperFiles = Field(default_factory=dict, max_length=100)
    store: dict[Code, Id] = Field(default_factory=dict, max_length=100, description="papers of one's own store")
    claims: dict[Code, ClaimIn] = Field(default_factory=dict, max_length=30)
    for_whom: Key = Field("", alias="for")
    area: Code | None = None
    delivery: Literal["online", "counter", "post"] = "online"
    delivery_to: Words = Field("", max_length=300)
    name: Words = Field("", max_length=120)
    national_id: Words = Field("", max_length=20)
    phone: Words = Field("", max_length=30)
    email: Words = Field("", max_length=200)
    wants: Literal["all", "result", "none"] = "all"


class DossierMade(Schema):
    """``token`` opens the dossier for whoever sent it: header X-Private-Link, or the page ``private_url``."""

    code: str
    token: str
    url: str
    private_url: str
    is_repeat: bool

    @classmethod
    def of(cls, filed: Filed) -> "DossierMade":
        return cls(
            code=filed.case.code,
            token=filed.token,
            url=absolute(f"/ho-so/{filed.case.code}/"),
            private_url=absolute(f"/p/{filed.token}/"),
            is_repeat=filed.is_repeat,
        )


def _procedure(code: str) -> Version:
    found = in_force(code)
    if found is None or not found.body.is_filed_here or found.body.way(Way.ONLINE) is None:
        raise Refused("not_found", _("Thủ tục này chưa nộp trực tuyến được."))
    return found


@router.post("/dossiers", response={201: DossierMade}, by_alias=True)
@public
@limited("file_dossier", per_hour=120)
def send_dossier(
    request: Request,
    response: HttpResponse,
    body: DossierIn,
    idempotency_key: str = Header("", max_length=200, description="the same dossier sent twice makes one"),
) -> Status[DossierMade]:
    """File a dossier: the same draft, checks and refusals as the pages, in one go."""
    actor, found = request.actor, _procedure(body.procedure)
    private(response)
    # With what it says: nobody gets another's private link by guessing a key.
    mark = hashlib.sha256(f"{actor.key}\0{idempotency_key}\0{body.model_dump_json()}".encode()).hexdigest()
    key = f"api:{mark}" if idempotency_key else ""
    if key and (before := filed_before(key)) is not None:
        return Status(201, DossierMade.of(before))
    behalf = behalf_of(body.for_whom, found.code, actor=actor)
    draft = begin_sheet(found, actor=actor, behalf=behalf)
    try:
        for step in range(len(draft.version.form.steps)):
            save_step(draft.id, step, body.answers, actor=actor)
        keep_on_sheet(draft.id, _values(body))
        written = get_written(draft.token, found.code, actor=actor)
        faults = claim_on_sheet(written, _claims(body), actor=actor)
        written = get_written(draft.token, found.code, actor=actor)
        _refuse_faults(request, written, body, faults)
        filed = send_sheet(
            written, actor=actor, language="en" if get_language() == "en" else "vi", key=key,
            service_key_id=actor.id if actor.kind == "service" else None,
        )  # fmt: skip
    except Refused:
        drop_sheet(draft.id, actor=actor)
        raise
    if filed.is_repeat:
        drop_sheet(draft.id, actor=actor)
    return Status(201, DossierMade.of(filed))


def _values(body: DossierIn) -> dict[str, Any]:
    kept = body.model_dump(include={"delivery", "delivery_to", "name", "national_id", "phone", "email", "wants"})
    return {**kept, "area": body.area or "", "papers": body.papers, "store": dict(body.store)}


def _claims(body: DossierIn) -> dict[str, dict[str, Any]]:
    return {fee: {"code": claim.exemption, "files": claim.files} for fee, claim in body.claims.items()}


def _refuse_faults(request: Request, written: Written, body: DossierIn, claims: dict[str, str]) -> None:
    """Everything that is wrong at once, by its place in what was sent."""
    faults = {f"answers.{path}": words for path, words in written.checked.errors.items()}
    faults |= {f"papers.{slot.paper.code}": _("Thêm ảnh hoặc tệp của giấy này.") for slot in written.missing}
    faults |= {f"claims.{fee}": words for fee, words in claims.items()}
    known = {slot.fee.code for slot in written.claims if slot.chosen is not None}
    faults |= {f"claims.{fee}": _("Khoản này không có diện miễn, giảm đó.") for fee in body.claims if fee not in known}
    there = {file.token for slot in written.slots for file in slot.files}
    for code, tokens in body.papers.items():
        if len(tokens) > MOST_FILES or set(tokens) - there:
            faults[f"papers.{code}"] = _("Có tệp không còn, hoặc giấy này không được yêu cầu.")
    contact = ContactForm(
        written.values,
        needs_area=written.needs_area,
        is_known=request.actor.kind == "person" and request.actor.person_id is not None,
        is_for_another=written.behalf.authorisation is not None,
    )
    faults |= {name: str(errors[0]) for name, errors in contact.errors.items()}
    if faults:
        raise Refused("invalid", _("Hồ sơ có chỗ cần sửa."), fields=faults)


@router.get("/dossiers", response=list[OwnDossierRow])
@public
@limited("dossiers", per_hour=1800, methods=("GET",))
def own_dossier_list(request: Request, response: HttpResponse) -> list[OwnDossierRow]:
    """One's own, by the account or the private link; the newest first. Empty for nobody."""
    private(response)
    return [OwnDossierRow.of(row) for row in own_dossiers(request.actor)]


@router.get("/dossiers/{code}", response=DossierPage)
@public
@limited("dossiers", per_hour=1800, methods=("GET",))
def own_dossier(request: Request, response: HttpResponse, code: Code) -> DossierPage:
    """Where it is, with whom, by when, and what is asked. For its people alone; officials have /desk/dossiers."""
    page = tracking_page(code, actor=request.actor)
    private(response)
    response["ETag"] = tag(page.case.version)
    return DossierPage.of(page)


class SupplementIn(Schema):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"papers": {"GT.chung-sinh": ["kJ3…"]}, "note": "Ảnh chụp lại"}]}
    )

    papers: PaperFiles = Field(default_factory=dict, max_length=100)
    note: Words = Field("", max_length=2000)


@router.post("/dossiers/{code}/supplement", response=DossierPage)
@public
@limited("dossier_supply", per_hour=60)
def supply_own_dossier(
    request: Request, response: HttpResponse, code: Code, body: SupplementIn, if_match: str = Header("", max_length=40)
) -> DossierPage:
    """What was asked for. The clocks go on where they stopped."""
    page = tracking_page(code, actor=request.actor)
    sent = [(paper, file.pk) for paper, tokens in body.papers.items() for file in loose_files(tokens)]
    with version_of(if_match) as version:
        supply_dossier(page.case.id, actor=request.actor, papers=sent, note=body.note, version=version)
    return own_dossier(request, response, code)


class WithdrawIn(Schema):
    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Tôi đã làm ở nơi khác"}]})

    reason: Words = Field(max_length=2000)


@router.post("/dossiers/{code}/withdraw", response=DossierPage)
@public
@limited("dossier_withdraw", per_hour=30)
def withdraw_own_dossier(
    request: Request, response: HttpResponse, code: Code, body: WithdrawIn, if_match: str = Header("", max_length=40)
) -> DossierPage:
    """As long as there is no result."""
    page = tracking_page(code, actor=request.actor)
    with version_of(if_match) as version:
        withdraw_dossier(page.case.id, actor=request.actor, reason=body.reason, version=version)
    return own_dossier(request, response, code)
