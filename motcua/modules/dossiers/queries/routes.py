"""Who does what for a dossier: the procedure's route laid over the units of a place, and the terms that follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from django.utils.translation import gettext as _

from motcua.kernel.cases.queries.routing import target_unit
from motcua.kernel.org import queries as org
from motcua.kernel.procedures.kind import Body, Leg, Way
from motcua.lib.errors import Refused
from motcua.lib.worktime import StartRule

RECEPTION = "hanh-chinh-cong"  # how the code of a unit ends that takes dossiers in (Trung tâm Phục vụ hành chính công)
HAND_OVER_CUTOFF = time(15, 0)  # NĐ 309/2026 Điều 9: later means the beginning of the next working day
ANSWER_TIME = "8 giờ làm việc"  # to a dossier filed online (facts §1.6.6)
HAND_OVER_TIME = "1 giờ làm việc"  # of the next working day, after the cut-off


@dataclass(frozen=True, slots=True)
class Stop:
    """One leg of the route with the unit that does it here. ``position`` counts from 1."""

    position: int
    leg: Leg
    unit: org.UnitRow


@dataclass(frozen=True, slots=True)
class Competence:
    """``unit``: the body whose result it is; ``reception``: where that body takes dossiers in."""

    unit: org.UnitRow
    reception: org.UnitRow


def competence(body: Body, area_id: int | None) -> Competence:
    """Who settles this procedure for a place. Refused("invalid") when the place is missing or has nobody."""
    tree = org.tree()
    root = tree.in_force[0]
    if body.level == "commune":
        commune = tree.commune_unit(area_id) if area_id else None
        if commune is None:
            words = _("Chọn xã, phường nơi giải quyết hồ sơ.")
            raise Refused("invalid", words, fields={"area": words})
        return Competence(commune, tree.by_code(f"{commune.code}-{RECEPTION}") or commune)
    reception = tree.by_code(f"{root.code}-{RECEPTION}") or root
    settling = next((leg for leg in body.legs if leg.does in ("process", "approve")), None)
    unit = _unit(settling.unit, area_id, reception) if settling else root
    return Competence(unit, reception)


def route(body: Body, *, area_id: int | None, reception: org.UnitRow) -> list[Stop]:
    """The stops of a dossier received at ``reception`` of the competent body."""
    return [Stop(position, leg, _unit(leg.unit, area_id, reception)) for position, leg in enumerate(body.legs, 1)]


def _unit(target: str, area_id: int | None, reception: org.UnitRow) -> org.UnitRow:
    tree = org.tree()
    if target == "reception":
        return reception
    root = tree.in_force[0]
    if target.startswith("province:"):
        suffix = target.removeprefix("province:")
        return tree.by_code(f"{root.code}-{suffix}") or tree.by_code(suffix) or root
    # A commune that has not set an office up does its work itself; what is for the province falls to its head.
    return target_unit(target, area_id) or (tree.commune_unit(area_id) if area_id else None) or root


def is_outside(taken_in_at: org.UnitRow, competent: Competence) -> bool:
    """It was handed in at a counter that is not the competent body's (reception regardless of boundaries)."""
    return taken_in_at.id != competent.reception.id and not competent.reception.path.startswith(taken_in_at.path)


@dataclass(frozen=True, slots=True)
class Term:
    """How a clock is to run: what Clocks takes."""

    duration: str
    start_rule: str


def result_term(body: Body, way: Way, unit_id: int, at: datetime) -> Term:
    """The promise of the result. After its cut-off a same-day procedure is promised for the next working day."""
    if not body.cutoff:
        return Term(way.time, way.start)
    calendar, _version = org.unit_calendar(unit_id)
    began = calendar.next_open(at)
    is_late = calendar.local(began).time() >= time.fromisoformat(body.cutoff)
    return Term(way.time, StartRule.NEXT_WORKING_DAY if is_late else StartRule.SAME_DAY)


def hand_over_term(unit_id: int, at: datetime) -> Term:
    """By when the reception hands a dossier over: the same working day, after 15:00 at the next one's beginning."""
    calendar, _version = org.unit_calendar(unit_id)
    began = calendar.next_open(at)
    if calendar.local(began).time() >= HAND_OVER_CUTOFF:
        return Term(HAND_OVER_TIME, StartRule.NEXT_WORKING_DAY)
    return Term("1 ngày làm việc", StartRule.SAME_DAY)


def way_of(body: Body, name: str) -> Way:
    """The way of filing. Refused("invalid") when the procedure does not offer it."""
    way = body.way(name)
    if way is None:
        words = _("Thủ tục này không nhận hồ sơ theo cách đó. Chọn cách nộp khác.")
        raise Refused("invalid", words, fields={"way": words})
    return way


def positions(stops: Sequence[Stop], does: str) -> list[int]:
    return [stop.position for stop in stops if stop.leg.does == does]
