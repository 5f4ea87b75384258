"""Many procedures at once: from a pack, from the national list."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from motcua.kernel.events.actions import record
from motcua.kernel.org.queries import local_today
from motcua.kernel.procedures.kind import Body
from motcua.kernel.procedures.models import Procedure, ProcedureVersion
from motcua.lib import moment
from motcua.lib.vietnamese import fold

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

State = ProcedureVersion.State
BATCH = 500


def version_of(procedure: Procedure, number: int, body: Body, *, at: datetime, by: str) -> ProcedureVersion:
    """A draft, with what lists and the search need out of its body."""
    return ProcedureVersion(procedure=procedure, number=number, created_at=at, created_by=by[:160], **columns_of(body))


def columns_of(body: Body) -> dict[str, object]:
    return {
        "body": body.plain(),
        "name": body.name,
        "name_en": body.name_en,
        "folded": fold(f"{body.name} {body.name_en}")[:1200],
        "field": body.field,
        "levels": list(body.levels),
        "online": body.online,
        "life_events": list(body.life_events),
        "form_key": body.form,
        "valid_from": body.valid_from,
    }


def begins(body: Body, *, is_first: bool) -> date:
    """A later version never speaks for days that have passed: dossiers of those days were promised something else."""
    return body.valid_from if is_first else max(body.valid_from, local_today())


@transaction.atomic
def publish_all(bodies: Sequence[Body], source: Procedure.Source, *, actor: "Actor") -> None:
    """A new published version of each; what it replaces ends the day before. One that had ended is back."""
    rows = {
        row.code: row for row in Procedure.objects.select_for_update().filter(code__in=[body.code for body in bodies])
    }
    now = moment.now()
    fresh = [Procedure(code=body.code, source=source, created_at=now) for body in bodies if body.code not in rows]
    Procedure.objects.bulk_create(fresh, batch_size=BATCH)
    known = {row.pk for row in rows.values()}
    Procedure.objects.filter(pk__in=known).update(source=source, ended_on=None, replaced_by=None)
    rows |= {row.code: row for row in fresh}
    numbers: dict[int, int] = {}
    for procedure_id, number in ProcedureVersion.objects.filter(procedure__in=known).values_list(
        "procedure_id", "number"
    ):
        numbers[procedure_id] = max(number, numbers.get(procedure_id, 0))
    versions = []
    for body in bodies:
        procedure = rows[body.code]
        number = numbers.get(procedure.pk, 0) + 1
        version = version_of(procedure, number, body, at=now, by=actor.name)
        version.state, version.published_at, version.published_by = State.PUBLISHED, now, actor.name[:160]
        version.valid_from = begins(body, is_first=number == 1)
        if number > 1:
            replace_before(procedure.pk, version.valid_from)
            record(
                "procedure.published",
                actor=actor,
                data={"code": body.code, "number": number, "name": body.name, "from": version.valid_from.isoformat()},
            )
        versions.append(version)
    ProcedureVersion.objects.bulk_create(versions, batch_size=BATCH)


def replace_before(procedure_id: int, first_day: date) -> None:
    """Whatever was published ends the day before ``first_day``."""
    last = first_day - timedelta(days=1)
    published = ProcedureVersion.objects.filter(procedure=procedure_id).exclude(state=State.DRAFT)
    published.filter(state=State.PUBLISHED).update(state=State.REPLACED)
    published.filter(valid_to=None).update(valid_to=last)
    published.filter(valid_to__gt=last).update(valid_to=last)


@transaction.atomic
def end_all(codes: Collection[str], *, actor: "Actor") -> None:
    """From today nobody can ask for them."""
    last = local_today() - timedelta(days=1)
    for procedure in Procedure.objects.select_for_update().filter(code__in=codes).order_by("code"):
        procedure.ended_on = last
        procedure.save(update_fields=["ended_on"])
        record("procedure.ended", actor=actor, data={"code": procedure.code, "on": f"{last:%d/%m/%Y}"})
