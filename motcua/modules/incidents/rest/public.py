"""Reports in the JSON API: what everybody may read and send, and what the people of a report may do with it."""

import hashlib
from typing import Any, Literal

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from ninja.params.functions import Header
from pydantic import Field

from motcua.kernel.cases.actions.people import change_wants
from motcua.kernel.cases.queries.people import party_of
from motcua.kernel.cases.queries.reading import not_found
from motcua.kernel.cases.queries.rules import category_by_code
from motcua.kernel.cases.rest import StateOut, version_of
from motcua.kernel.files.queries import loose_files
from motcua.kernel.identity.views import Request, public, requires
from motcua.kernel.org import queries as org
from motcua.kernel.web.views.middleware import limited
from motcua.lib.errors import Refused
from motcua.lib.wire import Code, Key, Latitude, Longitude, Words
from motcua.modules.incidents.actions.people import (
    add_info_incident,
    join_incident,
    rate_incident,
    reopen_incident,
    report_still_there_incident,
)
from motcua.modules.incidents.actions.submitting import NewIncident, submit_incident
from motcua.modules.incidents.forms.portal import AttributesForm
from motcua.modules.incidents.queries.near import joinable_cases, similar_nearby
from motcua.modules.incidents.queries.programs import case_by_code, list_incidents
from motcua.modules.incidents.queries.promising import prospect
from motcua.modules.incidents.queries.public import PublicFilter, earlier_submission, map_points, public_page
from motcua.modules.incidents.queries.understanding import elsewhere, suggest
from motcua.modules.incidents.rest.shapes import (
    IncidentList,
    IncidentPage,
    IncidentRow,
    TimelineOut,
    absolute,
)

router = Router(tags=["reports"])
Files = list[Key]
MOST_FILES = 5
LONGEST_LIST = 100


def file_ids(tokens: Files) -> list[int]:
    """Of files that were sent ahead. Refused("file_gone") when one is no longer there."""
    return [file.pk for file in loose_files(tokens)] if tokens else []


# ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class Wanted(Schema):
    """``category`` also finds the kinds below a group, ``unit`` what lies below it; ``words`` with tones or without."""

    state: Literal["", "open", "late", "done"] = ""
    category: Words = ""
    area: Code | None = None
    unit: Code | None = None
    words: Words = Field("", max_length=200)

    def filter(self, after: str = "") -> PublicFilter:
        unit = org.tree().by_code(self.unit) if self.unit else None
        if self.unit and unit is None:
            raise Refused("not_found", _("Không có đơn vị này."))
        return PublicFilter(
            self.state, self.category, self.area or "", unit.id if unit else None, self.words.strip(), after
        )


@router.get("/incidents", response=IncidentList)
@public
@limited("incidents", per_hour=1800, methods=("GET",))
def incidents(request: Request, wanted: Query[Wanted], after: Key = "", limit: int = 30) -> IncidentList:
    """Published reports, newest first."""
    rows, older = list_incidents(wanted.filter(after), min(max(limit, 1), LONGEST_LIST))
    return IncidentList(items=[IncidentRow.of(case, row) for case, row in rows], next=older or None)


class Point(Schema):
    lat: float
    lon: float
    state: str  # on | soon | late | paused | done
    code: str  # empty where count > 1
    count: int


class Box(Wanted):
    west: Longitude
    south: Latitude
    east: Longitude
    north: Latitude
    zoom: float = Field(12, ge=0, le=20, allow_inf_nan=False)


@router.get("/incidents/points", response=list[Point])
@public
@limited("incidents_map", per_hour=3600, methods=("GET",))
def points(request: Request, wanted: Query[Box]) -> list[Any]:
    """For a map: one by one, or gathered where they are many; a cluster shows its most urgent member's state."""
    return list(map_points(wanted.filter(), (wanted.west, wanted.south, wanted.east, wanted.north), wanted.zoom))


class NearOut(Schema):
    code: str
    subject: str
    metres: int
    joined: int
    url: str  # empty while no official has seen it: then the subject is its category, and the metres are the most


def _near(lat: float | None, lon: float | None, category_id: int | None = None) -> list[NearOut]:
    if lat is None or lon is None:
        return []
    return [
        NearOut(
            code=near.row.code,
            subject=near.row.subject,
            metres=near.metres,
            joined=near.row.joined,
            url="" if near.is_veiled else absolute(near.row.url),
        )
        for near in similar_nearby(lat, lon, category_id=category_id, with_unseen=True)
    ]


@router.get("/incidents/nearby", response=list[NearOut])
@public
@limited("hints", per_hour=1800, methods=("GET",))
def nearby(request: Request, lat: Latitude, lon: Longitude, category: Code | None = None) -> list[NearOut]:
    """Open reports within 50 metres, the nearest first: joining one is better than repeating it."""
    chosen = category_by_code("incident", category) if category else None
    return _near(lat, lon, chosen.id if chosen else None)


@router.get("/incidents/{code}", response=IncidentPage)
@public
def incident(request: Request, code: Code) -> IncidentPage:
    return IncidentPage.of(public_page(code, actor=request.actor))


@router.get("/incidents/{code}/timeline", response=list[TimelineOut])
@public
def timeline(request: Request, code: Code) -> list[TimelineOut]:
    """What happened, the newest first."""
    return TimelineOut.of(public_page(code, actor=request.actor).rows)


# ── Sending ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class IncidentIn(Schema):
    """A place is needed (``lat`` and ``lon``, or ``address``), and words or a photo. Without a category the classifier
    thinks, and an official decides where it is not sure. ``files`` are tokens of files sent ahead."""

    text: Words = ""
    category: Code | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    address: Words = Field("", max_length=300)
    name: Words = Field("", max_length=120)
    phone: Words = Field("", max_length=30)
    email: Words = Field("", max_length=254)
    hides_name: bool = True
    is_danger: bool = False
    wants: Literal["all", "result", "none"] = "all"
    attributes: dict[Code, Words | list[Words]] = Field(default_factory=dict, max_length=50)
    files: Files = Field(default_factory=list, max_length=MOST_FILES)
    channel: Literal["api", "phone", "counter"] = Field("api", description="officials write down what they are told")


class IncidentMade(Schema):
    """``token`` opens the report for whoever sent it: header X-Private-Link, or the page ``private_url``."""

    code: str
    token: str
    url: str
    private_url: str
    is_repeat: bool


def _language() -> str:
    return "en" if get_language() == "en" else "vi"


def _attributes(category: str | None, given: dict[str, Any]) -> dict[str, str | list[str]]:
    """Checked as the portal checks its questions. What belongs to no question is left out."""
    chosen = category_by_code("incident", category or "")
    if chosen is None or not chosen.attributes:
        return {}
    data = QueryDict(mutable=True)
    for code, value in given.items():
        data.setlist(f"q-{code}", value if isinstance(value, list) else [value])
    form = AttributesForm(chosen, data)
    if not form.is_valid():
        faults = {f"attributes.{name}": str(errors[0]) for name, errors in form.errors.items()}
        raise Refused("invalid", " ".join(faults.values()), fields=faults)
    return form.answers()


def _files(tokens: Files, key: str) -> list[int]:
    """None when the same request came before, and its report has taken them."""
    try:
        return file_ids(tokens)
    except Refused:
        if earlier_submission(key) is None:
            raise
        return []


@router.post("/incidents", response={201: IncidentMade})
@public
@limited("report", per_hour=120)
def submit(
    request: Request,
    body: IncidentIn,
    idempotency_key: str = Header("", max_length=200, description="the same report sent twice makes one"),
) -> Status[IncidentMade]:
    """Report something."""
    actor = request.actor
    # With what it says: nobody gets another's private link by guessing a key.
    mark = hashlib.sha256(f"{actor.key}\0{idempotency_key}\0{body.model_dump_json()}".encode()).hexdigest()
    key = f"api:{mark}" if idempotency_key else ""
    submitted = submit_incident(
        NewIncident(
            **body.model_dump(exclude={"category", "attributes", "files", "channel"}),
            category=body.category or "",
            attributes=_attributes(body.category, body.attributes),
            file_ids=_files(body.files, key),
            channel=body.channel if actor.is_officer else "api",
            language=_language(),
            key=key,
            service_key_id=actor.id if actor.kind == "service" else None,
        ),
        actor=actor,
    )
    made = IncidentMade(
        code=submitted.case.code,
        token=submitted.token,
        url=absolute(f"/phan-anh/{submitted.case.code}/"),
        private_url=absolute(f"/p/{submitted.token}/"),
        is_repeat=submitted.is_repeat,
    )
    return Status(201, made)


class AdviceIn(Schema):
    text: Words = Field("", max_length=5000)
    lat: Latitude | None = None
    lon: Longitude | None = None
    category: Code | None = None
    is_danger: bool = False


class SuggestionOut(Schema):
    category: str
    name: str
    probability: float
    is_sure: bool


class ElsewhereOut(Schema):
    kind: str
    title: str
    guidance: str
    link: str
    phone: str


class PromiseOut(Schema):
    unit: str
    unit_name: str
    words: str | None
    due_at: str | None


class AdviceOut(Schema):
    area: str | None
    is_outside: bool
    suggestions: list[SuggestionOut]
    promise: PromiseOut | None
    nearby: list[NearOut]
    elsewhere: ElsewhereOut | None


@router.post("/advice", response=AdviceOut)
@public
@limited("hints", per_hour=1800)
def advice(request: Request, body: AdviceIn) -> AdviceOut:
    """For a report still in the writing: what it seems to be, who would get it and by when, what is known near by, and
    whether it belongs elsewhere. Keeps nothing."""
    point = (body.lat, body.lon) if body.lat is not None and body.lon is not None else None
    area = org.served_commune_at(*point) if point else None
    found = suggest(body.text)
    sure = next((one.category for one in found if one.is_sure), None)
    category = category_by_code("incident", body.category) if body.category else sure
    category_id = category.id if category else None
    ahead = prospect(category_id, area.id if area else None, is_danger=body.is_danger)
    away = elsewhere(body.text)
    return AdviceOut(
        area=area.code if area else None,
        is_outside=point is not None and area is None,
        suggestions=[
            SuggestionOut(
                category=one.category.code,
                name=one.category.name,
                probability=round(one.probability, 4),
                is_sure=one.is_sure,
            )
            for one in found
        ],
        promise=PromiseOut(
            unit=ahead.unit.code,
            unit_name=ahead.unit.said,
            words=ahead.term.words if ahead.term else None,
            due_at=ahead.term.due_at.isoformat() if ahead.term else None,
        )
        if ahead
        else None,
        nearby=_near(body.lat, body.lon, category_id),
        elsewhere=ElsewhereOut.model_validate(away, from_attributes=True) if away else None,
    )


class ContactIn(Schema):
    name: Words = Field("", max_length=120)
    phone: Words = Field("", max_length=30)
    email: Words = Field("", max_length=254)


class Joined(Schema):
    token: str
    private_url: str


@router.post("/incidents/{code}/join", response={201: Joined})
@public
@limited("incident_join", per_hour=60)
def join(request: Request, code: Code, body: ContactIn) -> Status[Joined]:
    """“I met it too”: the same promise, and news of it."""
    case = joinable_cases().filter(code=code.upper()).first() or case_by_code(code, actor=request.actor)
    token = join_incident(case.id, actor=request.actor, language=_language(), **body.model_dump())
    return Status(201, Joined(token=token, private_url=absolute(f"/p/{token}/")))


class Standing(Schema):
    code: str
    state: StateOut
    version: int


def _standing(code: str, request: Request) -> Standing:
    page = public_page(code, actor=request.actor)
    return Standing(code=page.case.code, state=StateOut.of(page.state), version=page.case.version)


@router.post("/incidents/{code}/still-there", response=Standing)
@public
@limited("incident_still_there", per_hour=30)
def still_there(request: Request, code: Code) -> Standing:
    """Somebody passes by and sees that it is still there."""
    report_still_there_incident(case_by_code(code, actor=request.actor).id, actor=request.actor)
    return _standing(code, request)


# ── The people of a report ──────────────────────────────────────────────────────────────────────────────────────────


class InfoIn(Schema):
    text: Words = ""
    files: Files = Field(default_factory=list, max_length=MOST_FILES)


@router.post("/incidents/{code}/info", response=Standing)
@requires("incident.add_info")
@limited("incident_add", per_hour=60)
def add_info(request: Request, code: Code, body: InfoIn, if_match: str = Header("", max_length=40)) -> Standing:
    """More words or photos; the answer, when something was asked."""
    case = case_by_code(code, actor=request.actor)
    with version_of(if_match) as version:
        add_info_incident(case.id, actor=request.actor, text=body.text, file_ids=file_ids(body.files), version=version)
    return _standing(code, request)


class RatingIn(Schema):
    score: int = Field(ge=1, le=5)
    words: Words = Field("", max_length=2000)


@router.put("/incidents/{code}/rating", response=Standing)
@requires("incident.rate")
@limited("incident_rate", per_hour=60, methods=("PUT",))
def rate(request: Request, code: Code, body: RatingIn) -> Standing:
    """1, not at all satisfied, to 5; a second time replaces the first."""
    case = case_by_code(code, actor=request.actor)
    rate_incident(case.id, actor=request.actor, score=body.score, words=body.words)
    return _standing(code, request)


class ReopenIn(Schema):
    reason: Words = Field(max_length=2000)
    files: Files = Field(default_factory=list, max_length=MOST_FILES)


@router.post("/incidents/{code}/reopen", response=Standing)
@requires("incident.reopen")
@limited("incident_reopen", per_hour=30)
def reopen(request: Request, code: Code, body: ReopenIn, if_match: str = Header("", max_length=40)) -> Standing:
    """Not done, or not well: within the days that the city gives (ten where it says nothing)."""
    case = case_by_code(code, actor=request.actor)
    with version_of(if_match) as version:
        reopen_incident(
            case.id, actor=request.actor, reason=body.reason, file_ids=file_ids(body.files), version=version
        )
    return _standing(code, request)


class WantsIn(Schema):
    wants: Literal["all", "result", "none"]


@router.put("/incidents/{code}/wants", response={204: None})
@public
@limited("incident_wants", per_hour=60, methods=("PUT",))
def wants(request: Request, code: Code, body: WantsIn) -> Status[None]:
    """Which news this person wants."""
    party = party_of(case_by_code(code, actor=request.actor).id, request.actor)
    if party is None:
        raise not_found()
    change_wants(party.id, body.wants)
    return Status(204, None)
