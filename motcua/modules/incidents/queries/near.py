"""Reports that may be the same as one that is being written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from motcua.kernel.cases.queries.reading import cases_of
from motcua.modules.incidents.kind import UNRECEIVED
from motcua.modules.incidents.queries.public import PublicRow, public_cases, public_rows
from motcua.modules.incidents.queries.sight import veil

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from motcua.kernel.cases.models import Case

NEAR_METRES = 50
DEGREE_METRES = 111_320


@dataclass(frozen=True, slots=True)
class Near:
    """``is_veiled``: no official has seen it yet, so strangers are told its category, that it is near, and when."""

    row: PublicRow
    metres: int
    is_veiled: bool = False


def joinable_cases() -> QuerySet[Case]:
    """Open reports that a stranger may join: published ones, and those that wait to be received and then will be."""
    waiting = Q(
        published_at__isnull=True,
        state__in=UNRECEIVED,
        category__is_public=True,
        incident__hidden_at__isnull=True,
        incident__reopened=0,
    )
    return cases_of("incident").filter(Q(published_at__isnull=False) | waiting)


def similar_nearby(
    lat: float,
    lon: float,
    *,
    category_id: int | None = None,
    metres: int = NEAR_METRES,
    with_unseen: bool = False,
) -> list[Near]:
    """Open reports within ``metres``, the nearest first, at most five; of the category when it is given. Published
    ones, and ``with_unseen`` after them those that wait to be received."""
    from motcua.lib.geometry import distance_m  # brings numpy and shapely, a third of a second

    d = metres / DEGREE_METRES * 1.1
    rows = joinable_cases() if with_unseen else public_cases()
    if category_id is not None:
        rows = rows.filter(category_id=category_id)
    rows = rows.filter(closed_at__isnull=True, lon__isnull=False).extra(
        where=["point(cases_case.lon, cases_case.lat) <@ box(point(%s, %s), point(%s, %s))"],
        params=[lon - d, lat - d, lon + d, lat + d],
        select={"apart": "point(cases_case.lon, cases_case.lat) <-> point(%s, %s)"},
        select_params=[lon, lat],
        order_by=["apart"],
    )
    near = sorted(
        ((distance_m(lat, lon, case.lat or 0, case.lon or 0), case) for case in rows[:50]),
        key=lambda pair: (pair[1].published_at is None, pair[0]),
    )
    found = [(away, case) for away, case in near if away <= metres][:5]
    for _away, case in found:
        if case.published_at is None:
            veil(case)
    rows_of = public_rows([case for _away, case in found])
    return [
        Near(row, metres if case.published_at is None else round(away), case.published_at is None)
        for (away, case), row in zip(found, rows_of, strict=True)
    ]
