"""Cases for programs: the inbox, its moves, and private links."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from ninja.params.functions import Body, Header
from pydantic import Field

from motcua.kernel.cases.actions.bulk import MOST_AT_ONCE, Chosen, choose, run_bulk
from motcua.kernel.cases.actions.people import change_link
from motcua.kernel.cases.kind import KINDS, CaseKind, State
from motcua.kernel.cases.queries.clocks import ClockView
from motcua.kernel.cases.queries.inbox import LISTED, InboxFilter, InboxRow, inbox
from motcua.kernel.cases.queries.people import link_holder, party_token
from motcua.kernel.cases.queries.reading import find_case, get_case, may_on, moves_for, not_found
from motcua.kernel.cases.queries.rules import rules
from motcua.kernel.identity.views import Request, public, requires
from motcua.kernel.org import queries as org
from motcua.kernel.places import queries as places
from motcua.lib.errors import Refused
from motcua.lib.wire import Answers, Code, Id, Key, Words

router = Router(tags=["cases"])


class StateOut(Schema):
    name: str
    label: str  # in plain words
    is_open: bool

    @classmethod
    def of(cls, state: State, *, for_officials: bool = False) -> "StateOut":
        label = state.label if for_officials else state.public_label
        return cls(name=state.name, label=str(label), is_open=state.is_open)


class ClockOut(Schema):
    """A promise. ``state``: on | soon | late | paused | done; ``words`` in the reader's language."""

    name: str
    label: str
    state: str
    words: str
    due_at: datetime
    started_at: datetime | None
    stopped_at: datetime | None

    @classmethod
    def of(cls, view: ClockView | None) -> "ClockOut | None":
        return cls.model_validate(view, from_attributes=True) if view else None


# ── The inbox ───────────────────────────────────────────────────────────────────────────────────────────────────────


class InboxQuery(Schema):
    """``whose`` for machines is always ``unit``: everything that the key may read."""

    whose: Literal["mine", "unit", "unassigned"] = "unit"
    time: Literal["", "late", "soon", "on", "paused"] = ""
    kind: str = ""
    state: Words = ""
    category: Words = ""
    area: Code | None = None
    unit: Code | None = None
    words: Words = ""
    flagged: bool = False
    after: Key = ""


TOLD = (*LISTED, "urgency", "area_id", "address", "lat", "lon", "opened_at", "updated_at", "version")


class InboxRowOut(Schema):
    id: int
    code: str
    kind: str
    subject: str
    state: str
    state_label: str
    urgency: str
    unit: str  # code
    officer_id: int | None
    officer: str
    area: str | None  # code
    category: str | None  # code
    address: str
    lat: float | None
    lon: float | None
    opened_at: datetime
    updated_at: datetime
    due_at: datetime | None  # of the whole case
    clock: ClockOut | None  # what ends first
    flag: bool
    version: int
    url: str

    @classmethod
    def of(cls, row: InboxRow) -> "InboxRowOut":
        case, held = row.case, rules().categories
        return cls(
            id=case.id,
            code=case.code,
            kind=case.kind,
            subject=case.subject,
            state=case.state,
            state_label=row.state_label,
            urgency=case.urgency,
            unit=org.tree().unit(case.unit_id).code,
            officer_id=case.officer_id,
            officer=row.officer_name,
            area=places.area(case.area_id).code if case.area_id else None,
            category=held[case.category_id].code if case.category_id else None,
            address=case.address,
            lat=case.lat,
            lon=case.lon,
            opened_at=case.opened_at,
            updated_at=case.updated_at,
            due_at=case.due_at,
            clock=ClockOut.of(row.clock),
            flag=case.flag,
            version=case.version,
            url=row.url,
        )


class InboxOut(Schema):
    items: list[InboxRowOut]
    counts: dict[str, int]  # up to 1,000, which is "more than 999"; of a common word up to 100
    next: str | None


@router.get("/inbox", response=InboxOut)
@requires("desk.enter")
def show_inbox(request: Request, wanted: Query[InboxQuery]) -> InboxOut:
    """Open cases that you may read, the one that ends first on top."""
    area = places.area_by_code(wanted.area) if wanted.area else None
    unit = org.tree().by_code(wanted.unit) if wanted.unit else None
    if (wanted.area and area is None) or (wanted.unit and unit is None) or (wanted.kind and wanted.kind not in KINDS):
        raise Refused("not_found", _("Không có địa bàn, đơn vị hoặc loại hồ sơ này."))
    page = inbox(
        request.actor,
        InboxFilter(
            whose=wanted.whose if request.actor.is_officer else "unit",
            time=wanted.time,
            kind=wanted.kind,
            state=wanted.state[:32],
            category=wanted.category[:60],
            area=area.id if area else None,
            unit=unit.id if unit else None,
            words=wanted.words[:200],
            flagged=wanted.flagged,
            after=wanted.after,
        ),
        fields=TOLD,
    )
    return InboxOut(items=[InboxRowOut.of(row) for row in page.rows], counts=page.counts, next=page.next_key or None)


class BulkIn(Schema):
    """``officer_id``, ``unit`` or ``values`` (fields of the form that the desk shows), where the move needs it."""

    cases: list[Id] = Field(min_length=1, max_length=MOST_AT_ONCE)
    officer_id: Id | None = None
    unit: Code | None = None
    values: Answers = Field(default_factory=dict, max_length=20)


class UndoneOut(Schema):
    id: int
    code: str  # of the case; "" for one that is not there or not for you
    error: str  # a stable word
    detail: str


class BulkOut(Schema):
    done: list[int]
    refused: list[UndoneOut]


@router.post("/inbox/moves/{move}", response=BulkOut)
@requires("desk.enter")
def move_many(request: Request, move: Code, body: BulkIn) -> BulkOut:
    """One move on many cases, each by itself: what one of them refuses leaves the others done. As in the inbox: accept,
    assign, dispatch, flag, …"""
    actor = request.actor.by_post
    chosen = choose(move.replace("-", "_"), body.cases, actor=actor)
    value = _bulk_value(chosen, body)
    outcome = run_bulk(chosen, {case.id: value for case in chosen.cases}, actor=actor)
    readable = {case.id for case in chosen.asked}
    return BulkOut(
        done=[case.id for case in outcome.done],
        refused=[
            *(
                UndoneOut(id=one.case.id, code=one.case.code, error=one.code, detail=one.words)
                for one in outcome.refused
            ),
            *(
                UndoneOut(id=number, code="", error="not_found", detail=not_found().message)
                for number in dict.fromkeys(body.cases)
                if number not in readable
            ),
        ],
    )


def _bulk_value(chosen: Chosen, body: BulkIn) -> Any:
    """What the move is handed for each case. Raises Refused("invalid")."""
    if chosen.form is not None:
        return cleaned(chosen.form(body.values))
    if chosen.needs == "unit":
        return str(unit_of(body.unit or ""))
    if chosen.needs == "officer" and body.officer_id is None:
        words = _("Chọn một mục trong danh sách.")
        raise Refused("invalid", words, fields={"officer_id": words})
    return str(body.officer_id or "")


def cleaned(form: forms.Form | forms.ModelForm) -> dict[str, Any]:  # type: ignore[type-arg]
    """What the page's own form makes of the values. Raises Refused("invalid") with what is wrong, by field."""
    if not form.is_valid():
        faults = {"" if name == "__all__" else name: str(errors[0]) for name, errors in form.errors.items()}
        raise Refused("invalid", " ".join(dict.fromkeys(faults.values())), fields=faults)
    return form.cleaned_data


# ── Private links ───────────────────────────────────────────────────────────────────────────────────────────────────


class LinkOut(Schema):
    token: str
    private_url: str

    @classmethod
    def of(cls, token: str) -> "LinkOut":
        return cls(token=token, private_url=f"{settings.PUBLIC_URL}{reverse('private_link', args=[token])}")


@router.get("/private-links/{code}", response=LinkOut)
@public
def own_link(request: Request, response: HttpResponse, code: Code) -> LinkOut:
    """Your own private link of a case, which opens it on another device."""
    _case_id, party = _own_party(request, code)
    response["Cache-Control"] = "no-store"
    return LinkOut.of(party_token(party))


@router.post("/private-links/{code}", response=LinkOut)
@public
def replace_own_link(request: Request, response: HttpResponse, code: Code) -> LinkOut:
    """A new private link for you: the one before opens nothing any more, on no device."""
    case_id, party = _own_party(request, code)
    response["Cache-Control"] = "no-store"
    return LinkOut.of(party_token(change_link(case_id, party.pk, actor=request.actor)))


def _own_party(request: Request, code: str) -> tuple[int, Any]:
    case = find_case(code)
    party = link_holder(case.id, request.actor) if case else None
    if case is None or party is None:
        raise not_found()
    return case.id, party


@router.post("/cases/{case_id}/people/{person_id}/replace-link", response={204: None})
@requires("person.reveal")
def replace_link(request: Request, case_id: Id, person_id: Id) -> Status[None]:
    """For somebody who says that their private link is in other hands. The new one goes to the person only."""
    actor = request.actor.by_post
    case = get_case(case_id, actor=actor)
    party = case.parties.filter(person_id=person_id).first()
    if party is None or not may_on(actor, "person.reveal", case):
        raise not_found()
    change_link(case.id, party.pk, actor=actor)
    return Status(204, None)


# ── ``If-Match``: who writes says which version they saw (RFC 9110 §13.1.1) ───────────────────────────────────────────

_TAG = re.compile(r'"([0-9]{1,9})"')


@contextmanager
def version_of(if_match: str) -> Iterator[int | None]:
    """The version that the header asks for, None without one; a stale one is a failed precondition, 412."""
    text = if_match.strip()
    found = _TAG.fullmatch(text)
    if text and text != "*" and found is None:
        raise Refused("precondition_failed", _('If-Match phải là ETag của hồ sơ, như "7".'))
    try:
        yield int(found[1]) if found else None
    except Refused as refused:
        if refused.code == "stale" and text:
            raise Refused("precondition_failed", refused.message) from refused
        raise


def tag(version: int) -> str:
    return f'"{version}"'


# ── Moves ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class Moved(Schema):
    """How the case stands after a move, and what may be done next."""

    id: int
    code: str
    state: StateOut
    unit: str  # code
    officer_id: int | None
    due_at: datetime | None
    version: int
    moves: list[str]


Action = Callable[..., object]
Moves = Mapping[str, tuple[Action, type[Schema] | None]]  # by name: the action and what it needs


def slug_of(move_name: str) -> str:
    return move_name.replace("_", "-")


def unit_of(code: str) -> int:
    """Id of the unit that a move names. Raises Refused("invalid")."""
    unit = org.tree().by_code(code)
    if unit is None:
        words = _("Chọn một đơn vị đang hoạt động.")
        raise Refused("invalid", words, fields={"unit": words})
    return unit.id


def by_post(request: Request, case_id: int, kind: str) -> None:
    """The people of a case have addresses of their own. Raises Refused("not_found")."""
    if get_case(case_id, actor=request.actor.by_post).kind != kind:
        raise not_found()


def offer_moves(
    router: Router, address: str, kind: CaseKind, moves: Moves, values: Callable[[Schema], dict[str, Any]]
) -> None:
    """One address for each move below ``address`` (which has ``{case_id}``), so that the documentation knows what each
    one needs. ``values``: what was sent, by the names of the action's keywords.
    """
    for name, (action, shape) in moves.items():
        view = _move(kind, action, shape, values)
        view.__name__ = f"{name}_{kind.name}"
        view.__doc__ = action.__doc__
        guarded = requires(f"{kind.name}.{name}")(view)
        router.post(f"{address}/moves/{slug_of(name)}", response=Moved)(guarded)


def _move(
    kind: CaseKind, action: Action, shape: type[Schema] | None, values: Callable[[Schema], dict[str, Any]]
) -> Callable[..., Moved]:
    needs = shape is not None and any(field.is_required() for field in shape.model_fields.values())
    sent = Body(...) if needs else Body(None)  # a move that needs no word may come without a body

    def with_body(
        request: Request,
        response: HttpResponse,
        case_id: Id,
        body: Schema | None = sent,
        if_match: str = Header("", max_length=40),
    ) -> Moved:
        return moved(request, response, case_id, if_match, body)

    def without(
        request: Request, response: HttpResponse, case_id: Id, if_match: str = Header("", max_length=40)
    ) -> Moved:
        return moved(request, response, case_id, if_match, None)

    def moved(request: Request, response: HttpResponse, case_id: int, if_match: str, body: Schema | None) -> Moved:
        by_post(request, case_id, kind.name)
        with version_of(if_match) as version:
            action(case_id, actor=request.actor, version=version, **(values(body) if body else {}))
        now = get_case(case_id, actor=request.actor.by_post)
        response["ETag"] = tag(now.version)
        response["Cache-Control"] = "no-store"
        return Moved(
            id=now.id,
            code=now.code,
            state=StateOut.of(kind.state(now.state), for_officials=True),
            unit=org.tree().unit(now.unit_id).code,
            officer_id=now.officer_id,
            due_at=now.due_at,
            version=now.version,
            moves=[slug_of(move.name) for move in moves_for(now, request.actor)],
        )

    if shape is None:
        return without
    with_body.__annotations__["body"] = shape if needs else shape | None
    return with_body
