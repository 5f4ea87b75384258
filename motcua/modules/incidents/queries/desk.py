"""What the case page shows to an official: everything of one report, and what may be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from motcua.kernel.cases.kind import KINDS, FileRole, Move, State
from motcua.kernel.cases.queries.clocks import ClockView, clock_views
from motcua.kernel.cases.queries.people import parties
from motcua.kernel.cases.queries.reading import Related, case_files, get_case, may_on, moves_for, related
from motcua.kernel.cases.queries.rules import rules
from motcua.kernel.cases.queries.timeline import TimelineRow
from motcua.kernel.events.kind import Audience
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.queries import PersonCard, masked_person
from motcua.kernel.org import queries as org
from motcua.kernel.places import queries as places
from motcua.modules.incidents.models import Incident, Rating
from motcua.modules.incidents.queries.public import PublicRow, similar_nearby
from motcua.modules.incidents.queries.timeline import timeline_rows
from motcua.modules.incidents.queries.understanding import Suggestion, suggest

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case, CaseFile, Category


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody of the case, masked. ``role`` is reporter | merged | joined | follower."""

    person_id: int | None
    role: str
    card: PersonCard | None


@dataclass(frozen=True, slots=True)
class Answer:
    question: str
    value: str


@dataclass(frozen=True, slots=True)
class DeskPage:
    case: Case
    incident: Incident
    state: State
    clocks: list[ClockView]
    promise: ClockView | None  # the whole case …
    step: ClockView | None  # … and what ends first now
    category: Category | None
    unit: org.UnitRow
    area: str
    officer: str
    people: list[PersonLine]
    may_reveal: bool
    rows: list[TimelineRow]
    files: dict[str, list[CaseFile]]
    answers: list[Answer]
    moves: list[Move]
    suggestions: list[Suggestion]  # only while it is about which category it is
    nearby: list[PublicRow]  # possible duplicates
    related: Related
    ratings: list[Rating]


def desk_page(case_id: int, *, actor: Actor) -> DeskPage:
    """Refused("not_found") for those outside its unit's reach."""
    actor = actor.by_post
    case = get_case(case_id, actor=actor)
    incident = Incident.objects.get(pk=case.id)
    kind = KINDS[case.kind]
    clocks = clock_views(case)
    files = case_files(case.id)
    moves = moves_for(case, actor)
    category = rules().categories.get(case.category_id) if case.category_id else None
    may_classify = any(move.name == "classify" for move in moves)
    running = [clock for clock in clocks if clock.stopped_at is None]
    return DeskPage(
        case=case,
        incident=incident,
        state=kind.state(case.state),
        clocks=clocks,
        promise=next((clock for clock in reversed(clocks) if clock.name == kind.promise_clock), None),
        step=min(
            (clock for clock in running if clock.name != kind.promise_clock),
            key=lambda clock: clock.due_at,
            default=None,
        ),
        category=category,
        unit=org.tree().unit(case.unit_id),
        area=places.area(case.area_id).full_name if case.area_id else "",
        officer=case.officer.name if case.officer else "",
        people=[
            PersonLine(party.person_id, party.role, masked_person(party.person) if party.person else None)
            for party in parties(case.id)
        ],
        may_reveal=may_on(actor, "person.reveal", case),
        rows=timeline_rows(case, Audience.OFFICIALS, files, own_words=True),
        files={role: [file for file in files if file.role == role] for role in FileRole.values},
        answers=_answers(category, incident),
        moves=moves,
        suggestions=suggest(incident.text) if may_classify and category is None else [],
        nearby=[
            near.row
            for near in similar_nearby(case.lat, case.lon, category_id=case.category_id)
            if near.row.code != case.code and case.closed_at is None
        ]
        if case.lat is not None and case.lon is not None
        else [],
        related=related(case),
        ratings=list(Rating.objects.filter(case_id=case.id).order_by("-id")[:10]),
    )


def _answers(category: Category | None, incident: Incident) -> list[Answer]:
    """The person's answers to the category's own questions, in words."""
    found = []
    for attribute in category.attributes if category else []:
        given = incident.attributes.get(attribute["code"])
        if given in (None, "", []):
            continue
        names = {str(value["key"]): str(value["name"]) for value in attribute.get("values", [])}
        values = given if isinstance(given, list) else [given]
        found.append(Answer(attribute["question"], ", ".join(names.get(str(value), str(value)) for value in values)))
    return found
