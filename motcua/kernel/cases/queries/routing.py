"""Where a case goes: the first rule that matches category, place and time, with the reason said aloud."""

from dataclasses import dataclass, field
from datetime import datetime

from motcua.kernel.cases.models import RoutingRule
from motcua.kernel.cases.queries.rules import rules
from motcua.kernel.org import queries as org
from motcua.kernel.places import queries as places
from motcua.lib import moment


@dataclass(frozen=True, slots=True)
class Route:
    unit_id: int
    position: int  # of the rule that decided; 0 when none did
    reason: str
    steps: tuple[str, ...] = field(default=())  # why each earlier rule did not match, for the dry run


def route(
    kind: str, *, category_id: int | None, area_id: int | None, at: datetime | None = None, explain: bool = False
) -> Route | None:
    """The unit for a new case, or None when no rule leads to a unit in force: a human decides then."""
    moment_at = at or moment.now()
    held, tree = rules(), org.tree()
    codes = held.category_codes(category_id)
    areas = frozenset(places.areas().codes_above(area_id)) if area_id else frozenset()
    steps: list[str] = []
    for rule in held.routing.get(kind, []):
        miss = _miss(rule, codes, areas, area_id, moment_at)
        if miss is None:
            unit = _target(tree, rule.target, area_id)
            if unit is not None:
                steps.append(f"#{rule.position}: {rule.reason} → {unit.name}")
                return Route(unit.id, rule.position, rule.reason, tuple(steps))
            miss = f"không có đơn vị {rule.target} tại nơi này"
        if explain:
            steps.append(f"#{rule.position} {rule.target}: {miss}")
    return None


def _miss(
    rule: RoutingRule, codes: frozenset[str], areas: frozenset[str], area_id: int | None, at: datetime
) -> str | None:
    if rule.categories and codes.isdisjoint(rule.categories):
        return "khác loại việc"
    if rule.areas and areas.isdisjoint(rule.areas):
        return "khác địa bàn"
    if rule.hours and (rule.hours == "working") != _is_working(area_id, at):
        return "khác khung giờ"
    return None


def _is_working(area_id: int | None, at: datetime) -> bool:
    tree = org.tree()
    unit = (tree.commune_unit(area_id) if area_id else None) or tree.in_force[0]
    calendar, _version = org.unit_calendar(unit.id)
    return calendar.is_open(at)


def target_unit(target: str, area_id: int | None) -> org.UnitRow | None:
    """The unit that ``target`` (see RoutingRule) means for a place; None where there is none in force."""
    return _target(org.tree(), target, area_id)


def _target(tree: org.Tree, target: str, area_id: int | None) -> org.UnitRow | None:
    if target == "commune":
        return tree.commune_unit(area_id) if area_id else None
    if target.startswith("office:"):
        commune = tree.commune_unit(area_id) if area_id else None
        if commune is None:
            return None
        # Where a commune has not set up that office yet, the commune itself receives.
        return tree.by_code(f"{commune.code}-{target.removeprefix('office:')}") or commune
    if target == "district" or target.startswith("district:"):
        # Where there are no districts (any more), their work is the commune's.
        suffix = target.partition(":")[2]
        found = tree.district_unit(area_id, suffix) if area_id else None
        return found or _target(tree, f"office:{suffix}" if suffix else "commune", area_id)
    return tree.by_code(target)
