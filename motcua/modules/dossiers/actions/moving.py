"""What several moves of a dossier share: its legs, and pausing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from motcua.kernel.cases.actions.clocks import Clocks, own_rule
from motcua.kernel.cases.actions.moving import begin
from motcua.kernel.cases.actions.people import involve
from motcua.kernel.cases.queries.people import party_of
from motcua.kernel.org import queries as org
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.worktime import StartRule
from motcua.modules.dossiers.kind import FOR_THE_PERSON, KIND, STATE_OF_LEG, Does
from motcua.modules.dossiers.models import Dossier, Leg
from motcua.modules.dossiers.queries.reading import Whole, is_at_home, whole
from motcua.modules.dossiers.queries.routes import Term

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case
    from motcua.kernel.identity.kind import Actor
    from motcua.modules.dossiers.queries.routes import Stop

LEG_REMINDER = "2 giờ làm việc"


def begin_move(case_id: int, move: str, *, actor: Actor, version: int | None = None) -> tuple[Whole, Clocks]:
    """Lock the dossier for a move that the actor may make now. Inside a transaction."""
    case = begin(case_id, move, kind=KIND, actor=actor, version=version)
    found = whole(case)
    is_away = move in FOR_THE_PERSON and actor.is_officer and not is_at_home(found, f"{KIND}.{move}", actor)
    if is_away and party_of(case.id, actor) is None:
        raise Refused("not_allowed", _("Nơi nhận hồ sơ hoặc đơn vị đang giữ hồ sơ mới làm được việc này."))
    return found, Clocks.of(case)


def unit_words(case: Case) -> dict[str, Any]:
    return {"unit": org.tree().unit(case.unit_id).name, "unit_id": case.unit_id}


def leg_words(name: str, stop: Stop | None) -> dict[str, str]:
    """What a leg is called, for events: in both languages, where there are two."""
    if stop is None:
        return {name: ""}
    return {name: stop.leg.name, **({f"{name}_en": stop.leg.name_en} if stop.leg.name_en else {})}


def end_leg(case: Case, clocks: Clocks, *, actor: Actor, note: str = "") -> Leg | None:
    """The leg that runs is over, and its clock: what moved the clock's end (pauses, days off) moved the leg's."""
    clock = clocks.get("leg")
    clocks.stop("leg", start_next=False)
    leg = Leg.objects.filter(case_id=case.id, ended_at__isnull=True).order_by("-id").first()
    if leg is not None:
        leg.ended_at, leg.ended_by, leg.note = moment.now(), actor.name, note
        leg.due_at = clock.due_at if clock is not None else leg.due_at
        leg.officer_id = leg.officer_id or case.officer_id or (actor.id if actor.is_officer else None)
        leg.save()
    return leg


def start_leg(found: Whole, stop: Stop, clocks: Clocks, *, term: Term | None = None, is_return: bool = False) -> str:
    """The dossier is now with the unit of ``stop``, whose clock starts (by the procedure, or by ``term``).

    Returns the state that this means.
    """
    term = term or Term(stop.leg.time, StartRule.SAME_INSTANT)
    case = found.case
    case.unit_id, case.officer_id = stop.unit.id, None
    clock = clocks.start(
        own_rule("leg", term.duration, start_rule=term.start_rule, remind_before=LEG_REMINDER, escalate_to="leader")
    )
    Leg.objects.create(
        case_id=case.id,
        position=stop.position,
        name=stop.leg.name,
        does=stop.leg.does,
        unit_id=stop.unit.id,
        duration=term.duration,
        started_at=clocks.at,
        due_at=clock.due_at,
        is_return=is_return,
    )
    Dossier.objects.filter(pk=case.id).update(leg=stop.position)
    found.dossier.leg = stop.position
    involve(case.id, stop.unit.id)
    return STATE_OF_LEG[Does(stop.leg.does)]


def figures(found: Whole) -> dict[str, Any]:
    """What the day figures count by: the unit whose promise it was."""
    case = found.case
    return {
        "unit_id": found.dossier.competent_unit_id,
        "category_id": None,
        "area_id": case.area_id,
        "channel": case.channel,
        "opened_at": (found.dossier.accepted_at or case.opened_at).isoformat(),
        "procedure": found.version.code,
    }


def pause(found: Whole, clocks: Clocks) -> None:
    """We wait for somebody outside; where it was is kept."""
    clocks.pause()
    Dossier.objects.filter(pk=found.case.id).update(state_before_pause=found.case.state)


def resume(found: Whole, clocks: Clocks) -> str:
    """What was left of each term is left now. Returns the state in which it goes on."""
    clocks.stop("supplement", start_next=False)
    clocks.resume()
    return found.dossier.state_before_pause or "processing"
