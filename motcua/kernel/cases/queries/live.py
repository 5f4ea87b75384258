"""Where the cases that events are about stand now, for the event streams."""

from collections.abc import Iterable
from dataclasses import dataclass

from motcua.kernel.cases.models import Case
from motcua.kernel.org import queries as org


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides who may hear of a case."""

    kind: str
    unit_path: str
    officer_id: int | None
    is_public: bool


def standings(case_ids: Iterable[int]) -> dict[int, Standing]:
    rows = Case.objects.filter(pk__in=set(case_ids)).values_list("id", "kind", "unit_id", "officer_id", "published_at")
    tree = org.tree()
    return {
        case_id: Standing(kind, tree.path(unit_id), officer_id, published_at is not None)
        for case_id, kind, unit_id, officer_id, published_at in rows
    }
