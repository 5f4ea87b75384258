"""What the pages of a dossier and of a consultation show to an official."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from motcua.kernel.cases.queries.page import ShownCase, shown_case
from motcua.kernel.cases.queries.reading import get_case, may_on, not_found
from motcua.kernel.cases.queries.timeline import TimelineRow, timeline_of
from motcua.kernel.events.kind import Audience
from motcua.kernel.exchange.queries.lanes import SyncLine, sync_lines
from motcua.kernel.files.queries import files_by_id
from motcua.kernel.forms.queries.versions import FormVersion, form_version
from motcua.kernel.identity.actions.persons import note_access
from motcua.kernel.identity.kind import Role
from motcua.kernel.identity.queries import may
from motcua.kernel.org import queries as org
from motcua.kernel.payments.kind import Line
from motcua.kernel.payments.queries.obligations import obligations
from motcua.kernel.procedures.queries.page import said
from motcua.modules.dossiers.kind import CONSULTATION_KIND, FOR_THE_PERSON, KIND, Does, PaperSource
from motcua.modules.dossiers.models import Claim, Consultation, DossierPaper, Extension, Leg, Result, Supplement
from motcua.modules.dossiers.queries.fees import claims_of
from motcua.modules.dossiers.queries.reading import (
    Whole,
    extension_of,
    get_dossier,
    is_at_home,
    leader_signs,
    legs,
    papers,
    results,
    supplements,
)
from motcua.modules.dossiers.queries.standing import ActsFor, Standing, acts_for, standing_of

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case
    from motcua.kernel.files.models import File
    from motcua.kernel.identity.kind import Actor
    from motcua.kernel.payments.models import Obligation
    from motcua.kernel.procedures.kind import Body, Paper
    from motcua.kernel.procedures.kind import Result as ResultKind
    from motcua.modules.dossiers.queries.routes import Stop


@dataclass(frozen=True, slots=True)
class PaperLine:
    paper: DossierPaper
    file: File | None
    may_look_up: bool = False
    name: str = ""  # in the reader's language


@dataclass(frozen=True, slots=True)
class ChargeLine:
    obligation: Obligation
    names: str  # in the reader's language
    is_open: bool  # to the reader, on its own page


@dataclass(frozen=True, slots=True)
class ResultLine:
    result: Result
    file: File | None
    is_signed: bool
    name: str = ""  # in the reader's language


@dataclass(frozen=True, slots=True)
class RouteLine:
    """One stop of the way: how it went, goes or will go. ``state`` is done | late | now | ahead."""

    stop: Stop
    state: str
    leg: Leg | None

    @property
    def name(self) -> str:
        """In the reader's language."""
        return said(self.stop.leg, "name")


@dataclass(frozen=True, slots=True)
class ConsultationLine:
    consultation: Consultation
    case: Case
    unit: str


@dataclass(frozen=True, slots=True)
class DossierPage:
    whole: Whole
    shown: ShownCase
    rows: list[TimelineRow]
    papers: list[PaperLine]
    results: list[ResultLine]
    route: list[RouteLine]
    supplements: list[Supplement]
    consultations: list[ConsultationLine]
    charges: list[ChargeLine]
    sync: list[SyncLine]
    claims: list[Claim]
    acts: ActsFor
    form: FormVersion | None
    answers: dict[str, Any]
    standing: Standing
    extension: Extension | None

    @property
    def case(self) -> Case:
        return self.shown.case


def dossier_page(case_id: int, *, actor: Actor) -> DossierPage:
    """Refused("not_found") for those outside. The declaration is personal data: the caller notes who opened it."""
    actor = actor.by_post
    found = get_dossier(case_id, actor=actor)
    shown = shown_case(found.case, actor=actor)
    claims = claims_of(case_id)
    moves = [
        move
        for move in shown.moves
        if move.name not in FOR_THE_PERSON or is_at_home(found, f"{KIND}.{move.name}", actor)
        if move.name != "issue" or not leader_signs(found) or any(held.role is Role.LEADER for held in actor.held)
        if move.name != "refuse_claim" or any(one.refused_at is None for one in claims)
    ]
    may_look_up = found.case.closed_at is None and may_on(actor, "dossier.look_up", found.case)
    went = legs(case_id)
    kept = papers(case_id)
    documents = results(case_id)
    owed = obligations([case_id]).get(case_id, [])
    body = found.version.body
    declared = declared_names(body)
    files = files_by_id(
        [paper.file_id for paper in kept if paper.file_id]
        + [number for one in documents for number in (one.file_id, one.signed_file_id) if number]
    )
    return DossierPage(
        whole=found,
        shown=replace(shown, moves=moves),
        rows=timeline_of(found.case, Audience.OFFICIALS),
        papers=[
            PaperLine(
                paper,
                files.get(paper.file_id or 0),
                may_look_up and paper.source == PaperSource.REGISTRY,
                name_said(declared, paper),
            )
            for paper in kept
        ],
        results=[
            ResultLine(
                one,
                files.get(one.signed_file_id or one.file_id or 0),
                one.signed_file_id is not None,
                name_said(declared, one),
            )
            for one in documents
        ],
        route=route_lines(found, went),
        supplements=supplements(case_id),
        consultations=_consultations(case_id),
        charges=[
            ChargeLine(
                row,
                ", ".join(Line.from_json(line).said for line in row.lines),
                may(actor, "payment.read", unit_path=org.tree().path(row.unit_id)),
            )
            for row in owed
        ],
        sync=sync_lines(case_id, found.case.code),
        claims=claims,
        acts=acts_for(found),
        form=form_version(found.dossier.form_version_id) if found.dossier.form_version_id else None,
        answers=found.answers,
        standing=standing_of(found.case, found.dossier, owed),
        extension=extension_of(case_id),
    )


def declared_names(body: Body) -> dict[str, Paper | ResultKind]:
    """What a procedure calls its papers and results, by code."""
    return {one.code: one for each in body.cases for one in each.papers} | {one.code: one for one in body.results}


def name_said(declared: Mapping[str, Paper | ResultKind], one: DossierPaper | Result) -> str:
    """What it was called when it came, or its English name where it is what the procedure calls it."""
    found = declared.get(one.code)
    return said(found, "name") if found is not None and found.name == one.name else one.name


def route_lines(found: Whole, went: list[Leg]) -> list[RouteLine]:
    """The whole way with the newest leg of each stop."""
    newest = {leg.position: leg for leg in went}
    lines = []
    for stop in found.stops:
        leg = newest.get(stop.position)
        is_here = stop.position == found.dossier.leg and found.case.closed_at is None
        if stop.leg.does == Does.RETURN and found.dossier.returned_at is not None:
            state = "done"
        elif is_here and (leg is None or leg.ended_at is None):
            state = "now"
        elif leg is not None and leg.ended_at is not None and stop.position <= found.dossier.leg:
            state = "late" if leg.ended_at > leg.due_at else "done"
        else:
            state, leg = "ahead", None
        lines.append(RouteLine(stop, state, leg))
    return lines


def _consultations(case_id: int) -> list[ConsultationLine]:
    rows = Consultation.objects.filter(dossier_id=case_id).select_related("case").order_by("pk")
    return [ConsultationLine(row, row.case, org.tree().unit(row.case.unit_id).short_name) for row in rows]


def note_opened(page: DossierPage, *, actor: Actor) -> None:
    """Whose declaration was opened, by whom: they can read it (facts §9.3)."""
    person_id = next((line.person_id for line in page.shown.people if line.person_id), None)
    note_access(actor, "dossier.open", person_id=person_id, case_id=page.case.id, reason=page.case.code)


@dataclass(frozen=True, slots=True)
class ConsultationPage:
    shown: ShownCase
    consultation: Consultation
    dossier: Case
    asked_by: str
    rows: list[TimelineRow]

    @property
    def case(self) -> Case:
        return self.shown.case


def consultation_page(case_id: int, *, actor: Actor) -> ConsultationPage:
    actor = actor.by_post
    case = get_case(case_id, actor=actor)
    if case.kind != CONSULTATION_KIND:
        raise not_found()
    row = Consultation.objects.select_related("dossier").get(pk=case_id)
    return ConsultationPage(
        shown=shown_case(case, actor=actor),
        consultation=row,
        dossier=row.dossier,
        asked_by=org.tree().unit(row.asked_by_unit_id).name,
        rows=timeline_of(case, Audience.OFFICIALS),
    )
