"""What the page of every kind of case shows to an official."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from motcua.kernel.cases.kind import KINDS, FileRole, Move, State
from motcua.kernel.cases.queries.clocks import ClockView, clock_views
from motcua.kernel.cases.queries.people import parties
from motcua.kernel.cases.queries.reading import case_files, may_on, moves_for
from motcua.kernel.identity.queries import PersonCard, masked_person
from motcua.kernel.org import queries as org
from motcua.kernel.places import queries as places

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case, CaseFile
    from motcua.kernel.identity.kind import Actor


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody of the case, masked. ``role`` is one of PartyRole."""

    party_id: int
    person_id: int | None
    role: str
    card: PersonCard | None


@dataclass(frozen=True, slots=True)
class ShownCase:
    case: Case
    state: State
    clocks: list[ClockView]
    promise: ClockView | None  # the whole case …
    step: ClockView | None  # … and what ends first now
    unit: org.UnitRow
    area: str
    officer: str
    people: list[PersonLine]
    may_reveal: bool
    files: dict[str, list[CaseFile]]
    moves: list[Move]


def shown_case(case: Case, *, actor: Actor) -> ShownCase:
    """Of a case that the caller was given by ``get_case``; ``actor`` as an official."""
    kind = KINDS[case.kind]
    clocks, files = clock_views(case), case_files(case.id)
    running = [clock for clock in clocks if clock.stopped_at is None]
    return ShownCase(
        case=case,
        state=kind.state(case.state),
        clocks=clocks,
        promise=next((clock for clock in reversed(clocks) if clock.name == kind.promise_clock), None),
        step=min(
            (clock for clock in running if clock.name != kind.promise_clock),
            key=lambda clock: clock.due_at,
            default=None,
        ),
        unit=org.tree().unit(case.unit_id),
        area=places.area(case.area_id).full_name if case.area_id else "",
        officer=case.officer.name if case.officer else "",
        people=[
            PersonLine(party.pk, party.person_id, party.role, masked_person(party.person) if party.person else None)
            for party in parties(case.id)
        ],
        may_reveal=may_on(actor, "person.reveal", case),
        files={role: [file for file in files if file.role == role] for role in FileRole.values},
        moves=moves_for(case, actor),
    )
