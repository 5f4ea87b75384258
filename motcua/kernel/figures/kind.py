"""Which events count as what. Modules register a plan; the reader folds. Declarations only."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from motcua.kernel.identity.kind import Permission, Role, register_permissions

WATCHERS = frozenset({Role.LEADER, Role.OPERATOR, Role.ADMINISTRATOR})
register_permissions([Permission("wall.watch", WATCHERS, label=_("Xem màn hình điều hành của đơn vị mình"))])

# Upper edges, in hours, of the histogram from opening to closing; the last bucket has none. Fine where promises are
# short, coarse where they are long: the median read from it is within its bucket, and the board says so.
HOUR_EDGES = (0.5, 1, 2, 3, 4, 6, 8, 12, 18, 24, 36, 48, 60, 72, 96, 120, 144, 168, 240, 336, 504, 720, 1440)


@dataclass(frozen=True, slots=True)
class FigurePlan:
    """Names of a kind's events. Their data must hold ``unit_id``, ``category_id``, ``area_id``, ``channel``; those of
    ``closed`` also ``opened_at`` and ``on_time``; those of ``rated`` ``score`` and ``before`` (the earlier score).
    Those of ``opened`` may name a ``procedure`` (code): they are counted by it, too."""

    kind: str
    opened: frozenset[str]
    closed: frozenset[str]
    rejected: frozenset[str]
    reopened: frozenset[str]
    rated: frozenset[str]


PLANS: dict[str, FigurePlan] = {}


def register_figures(plan: FigurePlan) -> None:
    PLANS[plan.kind] = plan
