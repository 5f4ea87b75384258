"""Going on along the route, to the result and its end, or to an end without one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from motcua.kernel.cases.actions.moving import finish
from motcua.kernel.cases.actions.people import publish_files
from motcua.kernel.cases.kind import FileRole
from motcua.kernel.cases.queries.reading import files_of
from motcua.kernel.events.actions import record
from motcua.kernel.files.actions import publish_file
from motcua.kernel.org import queries as org
from motcua.modules.dossiers.actions.consulting import drop_consultations
from motcua.modules.dossiers.actions.keeping import keep_results
from motcua.modules.dossiers.actions.money import ask_for_fees, cancel_what_is_owed, give_back, unpaid
from motcua.modules.dossiers.actions.moving import end_leg, figures, leg_words, start_leg, unit_words
from motcua.modules.dossiers.kind import Delivery, Does
from motcua.modules.dossiers.models import Dossier, Extension
from motcua.modules.dossiers.queries.reading import results

if TYPE_CHECKING:
    from motcua.kernel.cases.actions.clocks import Clocks
    from motcua.kernel.cases.models import Case
    from motcua.kernel.identity.kind import Actor
    from motcua.modules.dossiers.queries.reading import Whole


def go_on(found: Whole, move: str, clocks: Clocks, *, actor: Actor, data: Mapping[str, Any], note: str = "") -> Case:
    """End the present leg and go to the next one. Where the result comes next, the promise is kept at this moment."""
    case = found.case
    from_unit = org.tree().unit(case.unit_id).name
    end_leg(case, clocks, actor=actor, note=note)
    stop = found.after(found.dossier.leg)
    if stop is None or stop.leg.does == Does.RETURN:
        return ready(found, move, clocks, actor=actor, data={**data, "unit": from_unit})
    state = start_leg(found, stop, clocks)
    told = {"unit": from_unit, "to": stop.unit.name, "to_unit_id": stop.unit.id, **leg_words("leg", stop), **data}
    finish(case, move, actor=actor, clocks=clocks, to=state, data=told)
    return case


def ready(found: Whole, move: str, clocks: Clocks, *, actor: Actor, data: Mapping[str, Any]) -> Case:
    """The result is there: the clocks of the promise stop, and it waits for the person where it was handed in."""
    case = found.case
    promise = clocks.get("result")
    clocks.stop_all()
    case.unit_id, case.officer_id = found.dossier.reception_unit_id, None
    Dossier.objects.filter(pk=case.id).update(
        ready_at=clocks.at, leg=max((stop.position for stop in found.stops), default=0)
    )
    finish(case, move, actor=actor, clocks=clocks, to="result_ready", data=data)
    record(
        "dossier.ready",
        case_id=case.id,
        actor=actor,
        data={**figures(found), "unit": org.tree().unit(case.unit_id).name,
              "on_time": promise is None or clocks.at <= promise.due_at},
    )  # fmt: skip
    drop_consultations(found.dossier, actor=actor)
    Extension.objects.filter(pk=case.id).delete()
    ask_for_fees(found, "result", actor=actor)
    if found.dossier.delivery == Delivery.ONLINE and not unpaid(case.id) and _is_electronic(case.id):
        give(found, clocks, Delivery.ONLINE, actor=actor)
    return case


def _is_electronic(case_id: int) -> bool:
    """Every result document is a file: the person has it at once, nobody need hand anything over."""
    found = results(case_id)
    return bool(found) and all(result.signed_file_id or result.file_id for result in found)


def give(found: Whole, clocks: Clocks, how: Delivery, *, actor: Actor, to: str = "") -> None:
    """The person has the result; they may open its documents from now on, strangers never."""
    case = found.case
    publish_files(case.id, [FileRole.RESULT])
    for file_id in files_of([case.id]).filter(role=FileRole.RESULT).values_list("file_id", flat=True):
        publish_file(file_id, actor=actor)
    keep_results(found)
    case.closed_at = clocks.at
    Dossier.objects.filter(pk=case.id).update(returned_at=clocks.at, returned_to=to, delivery=how)
    data = {"delivery": how.value, **unit_words(case)}
    finish(case, "return_result", actor=actor, clocks=clocks, data=data)


def close(
    found: Whole, move: str, clocks: Clocks, *, actor: Actor, reason: str, data: Mapping[str, Any] | None = None
) -> Case:
    """The dossier ends without its result."""
    case = found.case
    end_leg(case, clocks, actor=actor, note=reason)
    clocks.stop_all()
    case.closed_at = clocks.at
    Dossier.objects.filter(pk=case.id).update(reason=reason)
    finish(case, move, actor=actor, clocks=clocks, data={**figures(found), "reason": reason, **(data or {})})
    drop_consultations(found.dossier, actor=actor)
    Extension.objects.filter(pk=case.id).delete()
    give_back(found, actor=actor, reason=reason)
    cancel_what_is_owed(case.id, actor=actor, reason=reason)
    return case
