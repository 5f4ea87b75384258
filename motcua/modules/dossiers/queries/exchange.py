"""What a dossier is to the State's systems: all of it as it is now, and each step of its way (facts §1.8, §2.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from motcua.kernel.cases.kind import PartyRole
from motcua.kernel.cases.queries.people import parties
from motcua.kernel.cases.queries.reading import cases_of
from motcua.kernel.cases.queries.timeline import timeline_row
from motcua.kernel.events.kind import Audience
from motcua.kernel.events.queries import timeline
from motcua.kernel.exchange.kind import (
    Attachment,
    Described,
    Dossier,
    FeeTold,
    PaperTold,
    ResultTold,
    Step,
    Subject,
    SubjectKind,
    SupplementTold,
)
from motcua.kernel.files.queries import files_by_id
from motcua.kernel.identity.kind import ROLE_NAMES
from motcua.kernel.identity.queries import list_officers, opened_whole, organisation_of_case
from motcua.kernel.org import queries as org
from motcua.kernel.payments.kind import State as MoneyState
from motcua.kernel.payments.queries.obligations import obligations, paid_from_afar
from motcua.kernel.places import queries as places
from motcua.kernel.procedures.queries.catalogue import field_name
from motcua.modules.dossiers.kind import KIND, MOVES, PORTAL_STATES, PaperSource
from motcua.modules.dossiers.queries.reading import legs, papers, results, supplements, whole
from motcua.modules.dossiers.queries.tracking import GIVEN

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Party
    from motcua.kernel.events.models import Event
    from motcua.kernel.files.models import File
    from motcua.modules.dossiers.models import Leg
    from motcua.modules.dossiers.queries.reading import Whole

PAID = frozenset({MoneyState.PAID, MoneyState.OVER, MoneyState.EXEMPT})
# The state after an event that does not say it: what its move declares.
_AFTER = {f"{KIND}.{move.event}": move.to for move in MOVES if move.to} | {
    f"{KIND}.submitted": "submitted",
    f"{KIND}.transferred": "transferred",
    f"{KIND}.ready": "result_ready",
    f"{KIND}.supplied": "processing",
    f"{KIND}.settled": "processing",
    f"{KIND}.resumed": "processing",
}


def describe(case_id: int) -> Described | None:
    """For the exchange, which tells it to partners alone."""
    case = cases_of(KIND).filter(pk=case_id).first()
    if case is None:
        return None
    found = whole(case)
    return Described(_dossier(found), _steps(found))


def _dossier(found: Whole) -> Dossier:
    case, dossier, body = found.case, found.dossier, found.version.body
    kept, given = papers(case.id), results(case.id) if case.state in GIVEN else []
    files = files_by_id(number for one in (*kept, *given) if (number := _file_of(one)))
    people = {party.role: party for party in parties(case.id)}
    way = body.way(dossier.way)
    unit, reception = org.tree().unit(case.unit_id), org.tree().unit(dossier.reception_unit_id)
    return Dossier(
        code=case.code,
        subject=case.subject,
        procedure=body.code,
        procedure_name=body.name,
        field=body.field,
        field_name=field_name(body.field),
        state=PORTAL_STATES[case.state],
        way=dossier.way,
        delivery=dossier.delivery,
        applicant=_applicant(found, people.get(PartyRole.APPLICANT)),
        filed_at=case.opened_at,
        unit=unit.code,
        unit_name=unit.name,
        reception=reception.code,
        reception_name=reception.name,
        filer=_subject(people[PartyRole.FILER]) if PartyRole.FILER in people else None,
        accepted_at=dossier.accepted_at,
        due_at=case.due_at if dossier.accepted_at else None,
        finished_at=dossier.ready_at or case.closed_at,
        returned_at=dossier.returned_at,
        note=dossier.reason if case.closed_at or case.state == "suspended" else "",
        time=way.time if way is not None else "",
        papers=[
            PaperTold(
                paper.code,
                paper.name,
                paper.originals,
                paper.copies,
                _attachment(files.get(paper.file_id or 0)),
                is_digitised=paper.file_id is not None,
                is_reused=paper.source == PaperSource.STORE,
                is_from_registry=paper.source == PaperSource.REGISTRY,
            )
            for paper in kept
            if paper.source != PaperSource.LATER
        ],
        fees=_fees(found),
        supplements=[
            SupplementTold(
                one.number,
                one.asked_by,
                "; ".join(str(item.get("what", "")) for item in one.items) or one.reason,
                one.asked_at,
                one.supplied_at,
                [str(item.get("what", "")) for item in one.items],
            )
            for one in supplements(case.id)
        ],
        results=[
            ResultTold(one.code, one.name, one.number, _attachment(files.get(one.signed_file_id or one.file_id or 0)))
            for one in given
        ],
    )


def _file_of(one: object) -> int | None:
    found: int | None = getattr(one, "signed_file_id", None) or getattr(one, "file_id", None)
    return found


def _attachment(file: File | None) -> Attachment | None:
    if file is None:
        return None
    return Attachment(file.pk, file.name, file.type, file.size, bytes(file.sha256).hex())


def _applicant(found: Whole, party: Party | None) -> Subject:
    organisation = organisation_of_case(found.dossier.organisation_id) if found.dossier.organisation_id else None
    if organisation is not None:
        return Subject(SubjectKind.BUSINESS, organisation.name, organisation.tax_code)
    return _subject(party) if party is not None else Subject()


def _subject(party: Party) -> Subject:
    if party.person is None:
        return Subject()
    card = opened_whole(party.person)
    commune = str(card.address.get("area", ""))
    area = places.area_by_code(commune) if commune else None
    above = places.areas().codes_above(area.id) if area is not None else ()
    return Subject(
        SubjectKind.CITIZEN,
        card.name,
        card.national_id,
        card.born_on,
        card.phone,
        card.email,
        commune,
        above[1] if len(above) > 1 else "",
        str(card.address.get("line", "")),
        card.is_proved,
    )


def _fees(found: Whole) -> list[FeeTold]:
    when = {fee.code: fee.when for fee in found.version.body.fees}
    rows = obligations([found.case.id]).get(found.case.id, [])
    from_afar = paid_from_afar([row.pk for row in rows]) if rows else frozenset()
    return [
        FeeTold(
            str(line["code"]),
            str(line["name"]),
            int(line["amount"]),
            str(line["kind"]),
            when.get(line["code"], "accept"),
            row.state in PAID,
            row.pk in from_afar,
        )
        for row in rows
        if row.cancelled_at is None
        for line in row.lines
    ]


def _steps(found: Whole) -> list[Step]:
    """What its people read of it, oldest first; notes among officials stay theirs."""
    events = [event for event in reversed(timeline(found.case.id, Audience.PARTY)) if event.name.startswith(f"{KIND}.")]
    went, titles = legs(found.case.id), _titles(events)
    state, unit_id, steps = "submitted", found.dossier.reception_unit_id, []
    for event in events:
        state = _state_after(event, state)
        unit_id = event.data.get("unit_id") or unit_id
        unit = org.tree().unit(unit_id)
        leg = _leg_at(went, event)
        steps.append(
            Step(
                event_id=event.id,
                at=event.at,
                state=PORTAL_STATES[state],
                words=timeline_row(event).sentence[:2000],
                unit=unit.code,
                unit_name=unit.name,
                officer=event.actor_name if event.actor.startswith("officer:") else "",
                title=titles.get(event.actor, ""),
                begins_at=leg.started_at if leg else None,
                due_at=leg.due_at if leg else None,
            )
        )
    return steps


def _state_after(event: Event, before: str) -> str:
    # Some moves say under “to” which unit it went to.
    told = event.data.get("to")
    if told in PORTAL_STATES:
        return str(told)
    return _AFTER.get(event.name) or ("processing" if event.name == f"{KIND}.passed_on" else before)


def _leg_at(went: Sequence[Leg], event: Event) -> Leg | None:
    return next((leg for leg in reversed(went) if leg.started_at <= event.at), None)


def _titles(events: Iterable[Event]) -> dict[str, str]:
    """Officer → what they are, from the post in force."""
    actors = {event.actor for event in events if event.actor.startswith("officer:")}
    if not actors:
        return {}
    rows = list_officers(None, officer_ids=[int(actor.partition(":")[2]) for actor in actors])
    return {f"officer:{row.id}": row.title or str(ROLE_NAMES[row.roles[0]]) for row in rows}
