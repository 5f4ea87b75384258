"""Where a point is, and what became of an old area. Areas are kept in memory: they change a few times a year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from motcua.kernel.places.models import Area, AreaVersion, Succession
from motcua.lib import moment
from motcua.lib.versioned import Versioned

if TYPE_CHECKING:
    from motcua.lib.geometry import AreaIndex

_DAYS_APART = 10_000_000  # more than any date's ordinal, so that version and day make one number


@dataclass(frozen=True, slots=True)
class AreaRow:
    id: int
    code: str
    name: str
    full_name: str
    level: str
    type: str
    parent_id: int | None
    lat: float
    lon: float
    is_approximate: bool
    valid_from: date
    valid_to: date | None
    is_in_force: bool


class Areas:
    """All areas, former ones too; finding by code or point means one in force today."""

    def __init__(self, rows: Iterable[AreaRow], communes: AreaIndex, version: int) -> None:
        self.version = version
        self._by_id = {row.id: row for row in rows}
        self._by_code = {row.code: row for row in self._by_id.values() if row.is_in_force}
        self._communes = communes

    def area(self, area_id: int) -> AreaRow:
        """In force or former. Raises KeyError for an id that never was."""
        return self._by_id[area_id]

    def by_code(self, code: str) -> AreaRow | None:
        return self._by_code.get(code)

    def commune_at(self, lat: float, lon: float) -> AreaRow | None:
        found = self._communes.find(lat, lon)
        return self._by_id[found] if found is not None else None

    def codes_above(self, area_id: int) -> tuple[str, ...]:
        """The area's own code, then its parents', up to the country."""
        codes = []
        at: int | None = area_id
        while at is not None:
            row = self._by_id[at]
            codes.append(row.code)
            at = row.parent_id
        return tuple(codes)

    def in_force(self, level: str, parent_code: str | None = None) -> list[AreaRow]:
        parent = self._by_code.get(parent_code) if parent_code else None
        return [
            row
            for row in self._by_code.values()
            if row.level == level and (parent_code is None or (parent is not None and row.parent_id == parent.id))
        ]


def local_today() -> date:
    """The date on the country's clock."""
    return timezone.localtime(moment.now()).date()


def _in_force_on(day: date) -> Q:
    return Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))


def _version() -> int:
    return AreaVersion.objects.values_list("number", flat=True).first() or 0


def _load() -> Areas:
    from motcua.lib.geometry import AreaIndex

    today = local_today()
    rows = [
        AreaRow(
            *values,
            is_in_force=values[10] <= today and (values[11] is None or today <= values[11]),
        )
        for values in Area.objects.order_by("code").values_list(
            "id", "code", "name", "full_name", "level", "type", "parent_id", "lat", "lon", "is_approximate",
            "valid_from", "valid_to",
        )
    ]  # fmt: skip
    polygons = dict(
        Area.objects.filter(_in_force_on(today), level=Area.Level.COMMUNE, polygon__isnull=False).values_list(
            "id", "polygon"
        )
    )
    return Areas(rows, AreaIndex(polygons), _version())


_areas = Versioned(lambda: _version() * _DAYS_APART + local_today().toordinal(), _load)
_maps: dict[tuple[str, str, int], str] = {}  # (level, province, version) → GeoJSON


def forget() -> None:
    """Look again at the next question: after a change in this process, and between tests."""
    _areas.forget()
    _maps.clear()


def areas() -> Areas:
    return _areas.get()


def commune_at(lat: float, lon: float) -> AreaRow | None:
    """The commune in force that holds the point; None in the sea, abroad, or outside what this city knows."""
    return _areas.get().commune_at(lat, lon)


def area(area_id: int) -> AreaRow:
    return _areas.get().area(area_id)


def area_by_code(code: str) -> AreaRow | None:
    """The area in force that has this code."""
    return _areas.get().by_code(code)


def area_ids(codes: Iterable[str]) -> dict[str, int]:
    """Code → id of the latest area with that code, straight from the table: for loaders, within their transaction."""
    return dict(Area.objects.filter(code__in=set(codes)).order_by("valid_from").values_list("code", "id"))


def successors(code: str) -> list[tuple[AreaRow, str]]:
    """What became of an old area: the new ones, each with ``whole`` or ``part``; several mean that one has to ask."""
    found = areas()
    return [
        (found.area(succession.new_id), succession.kind)
        for succession in Succession.objects.filter(old__code=code, old__valid_to__isnull=False).order_by("new__code")
    ]


def predecessors(area_id: int) -> list[tuple[AreaRow, str]]:
    """Which old areas an area was made from."""
    found = areas()
    return [
        (found.area(succession.old_id), succession.kind)
        for succession in Succession.objects.filter(new_id=area_id).order_by("old__code")
    ]
