"""A dossier with its detail, for whoever may read the case."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import F, FilteredRelation, Max, Q

from motcua.kernel.cases.queries.reading import get_case, not_found
from motcua.kernel.identity.kind import Role
from motcua.kernel.identity.queries import may
from motcua.kernel.identity.queries.sealed import sealer
from motcua.kernel.org import queries as org
from motcua.kernel.procedures.queries.catalogue import Version, version
from motcua.modules.dossiers.kind import KIND
from motcua.modules.dossiers.models import Dossier, DossierPaper, Extension, Leg, Result, Supplement
from motcua.modules.dossiers.queries.routes import Stop, competence, route

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case
    from motcua.kernel.identity.kind import Actor
    from motcua.kernel.procedures.kind import Paper


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything of one dossier."""

    case: Case
    dossier: Dossier
    version: Version
    stops: list[Stop]

    @property
    def answers(self) -> dict[str, Any]:
        """As declared. The caller has authorised it; on the desk reading it is noted."""
        return opened(self.dossier.answers_sealed)

    @property
    def stop(self) -> Stop | None:
        """Where it is on its way; None before acceptance."""
        return next((stop for stop in self.stops if stop.position == self.dossier.leg), None)

    def after(self, position: int) -> Stop | None:
        return next((stop for stop in self.stops if stop.position > position), None)


def sealed(values: dict[str, Any]) -> bytes:
    return sealer().seal(json.dumps(values, ensure_ascii=False, separators=(",", ":"))) if values else b""


def opened(sealed_values: bytes | memoryview) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(sealer().open(sealed_values) or "{}")
    return found


def whole(case: Case) -> Whole:
    """For a case that the caller was given by ``get_case`` or ``begin``."""
    dossier = Dossier.objects.get(pk=case.id)
    procedure = version(dossier.version_id)
    competent = competence(procedure.body, case.area_id)
    return Whole(case, dossier, procedure, route(procedure.body, area_id=case.area_id, reception=competent.reception))


def get_dossier(case_id: int, *, actor: Actor) -> Whole:
    """Refused("not_found") where there is none, or none for them."""
    case = get_case(case_id, actor=actor)
    if case.kind != KIND:
        raise not_found()
    return whole(case)


def asked_papers(found: Whole) -> list[Paper]:
    """The papers that were asked for when it was filed, also those that came from elsewhere: other answers later change
    nothing of that. Of dossiers from before this was kept: all of the case."""
    case, asked = found.version.body.case(found.dossier.case_key), found.dossier.asked
    return [paper for paper in (case.papers if case else ()) if asked is None or paper.code in asked]


def leader_signs(found: Whole) -> bool:
    """The route has no approval before: whoever issues is the leader."""
    return found.stop is not None and found.stop.leg.role == Role.LEADER


def is_at_home(found: Whole, permission: str, actor: Actor) -> bool:
    """Whether an official may use ``permission`` where the dossier lies, was handed in or is settled. Units that were
    merely asked for an opinion, or had it before, read on but hand nothing out and take nothing in for the person."""
    homes = {found.case.unit_id, found.dossier.reception_unit_id, found.dossier.competent_unit_id}
    return any(may(actor.by_post, permission, unit_path=org.tree().path(unit_id)) for unit_id in homes)


def papers(case_id: int) -> list[DossierPaper]:
    return list(DossierPaper.objects.filter(case_id=case_id).order_by("id"))


def legs(case_id: int) -> list[Leg]:
    """The way as it really went, oldest first. The one that runs is due when its clock is, which pauses, days off and
    new calendars move."""
    running = Q(case__clocks__name="leg", case__clocks__stopped_at__isnull=True)
    went = (
        Leg.objects.filter(case_id=case_id)
        .annotate(clock=FilteredRelation("case__clocks", condition=running), running_due_at=F("clock__due_at"))
        .select_related("officer")
        .order_by("id")
    )
    for leg in went:
        if leg.ended_at is None and leg.running_due_at is not None:
            leg.due_at = leg.running_due_at
    return list(went)


def supplements(case_id: int) -> list[Supplement]:
    return list(Supplement.objects.filter(case_id=case_id).order_by("number"))


def results(case_id: int) -> list[Result]:
    return list(Result.objects.filter(case_id=case_id).order_by("id"))


def extension_of(case_id: int) -> Extension | None:
    """The apology that waits for the leader."""
    return Extension.objects.filter(pk=case_id).first()


def next_supplement_number(case_id: int) -> int:
    last: int | None = Supplement.objects.filter(case_id=case_id).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1
