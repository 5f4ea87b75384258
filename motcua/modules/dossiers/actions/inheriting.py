"""A unit ended and another took its work over: the dossier's way goes on there, and the control slip shows it."""

from __future__ import annotations

from django.db import transaction

from motcua.kernel.cases.queries.reading import cases_of
from motcua.kernel.org import queries as org
from motcua.lib import moment
from motcua.modules.dossiers.kind import KIND
from motcua.modules.dossiers.models import Dossier, Leg
from motcua.modules.dossiers.queries.reading import legs


@transaction.atomic
def inherit_dossier(case_id: int, *, before: str) -> bool:
    """After ``case.inherited``, for the reader of events: whose dossier it is, and the leg that runs, due as before."""
    heirs = {number: heir.id for number, heir in org.tree().inherited.items()}
    case = cases_of(KIND).select_for_update(of=("self",)).filter(pk=case_id, closed_at__isnull=True).first()
    if case is None:
        return False
    dossier = Dossier.objects.get(pk=case_id)
    dossier.reception_unit_id = heirs.get(dossier.reception_unit_id, dossier.reception_unit_id)
    dossier.competent_unit_id = heirs.get(dossier.competent_unit_id, dossier.competent_unit_id)
    dossier.save(update_fields=["reception_unit", "competent_unit"])
    leg = next((one for one in reversed(legs(case_id)) if one.ended_at is None and one.unit_id in heirs), None)
    if leg is not None:
        now = moment.now()
        Leg.objects.create(
            case_id=case_id, position=leg.position, name=leg.name, does=leg.does, unit_id=heirs[leg.unit_id],
            duration=leg.duration, started_at=now, due_at=leg.due_at, is_return=leg.is_return,
        )  # fmt: skip
        leg.ended_at, leg.ended_by = now, before
        leg.save(update_fields=["due_at", "ended_at", "ended_by"])
    return True
