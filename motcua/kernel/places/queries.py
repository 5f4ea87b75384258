"""Where a point is, and what became of an old area. Areas are kept in memory: they change a few times a year."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from motcua.kernel.places.models import Area, AreaVersion, Landmark, Succession
from motcua.lib import moment
from motcua.lib.versioned import Versioned
from motcua.lib.vietnamese import fold, sort_key

if TYPE_CHECKING:
    from motcua.lib.geometry import AreaIndex

GAP_METRES = 150  # simplified borders leave gaps between communes, and quays reach out into the water
_TURNS_APART = 10_000_000  # more than there are days on which something changes


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

    def __init__(self, rows: Iterable[AreaRow], communes: AreaIndex[int], version: int) -> None:
        self.version = version
        self._by_id = {row.id: row for row in rows}
        self._by_code = {row.code: row for row in self._by_id.values() if row.is_in_force}
        self._communes = communes

    def area(self, area_id: int) -> AreaRow:
        """In force or former. Raises KeyError for an id that never was."""
        return self._by_id[area_id]

    def find(self, area_id: int) -> AreaRow | None:
        return self._by_id.get(area_id)

    def by_code(self, code: str) -> AreaRow | None:
        return self._by_code.get(code)

    def commune_at(self, lat: float, lon: float) -> AreaRow | None:
        found = self._communes.nearest(lat, lon, within_m=GAP_METRES)
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

    @cached_property
    def communes(self) -> tuple[AreaRow, ...]:
        """Those in force, by the alphabet of their names, whatever kind of commune they are."""
        return tuple(sorted(self.in_force(Area.Level.COMMUNE), key=lambda row: sort_key(row.name)))

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


def in_force_on(day: date) -> Q:
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
    polygons: dict[int, Any] = dict(
        Area.objects.filter(in_force_on(today), level=Area.Level.COMMUNE, polygon__isnull=False)
        .order_by("is_approximate", "code")  # where two meet, the first holds the point: an official one
        .values_list("id", "polygon")
    )
    return Areas(rows, AreaIndex(polygons), _version())


@lru_cache(maxsize=1)
def _turns(version: int) -> tuple[date, ...]:
    """The days on which others come into force; on the days between, nothing changes by itself."""
    dates = Area.objects.values_list("valid_from", "valid_to")
    ends = {last + timedelta(days=1) for _first, last in dates if last is not None}
    return tuple(sorted(ends | {first for first, _last in dates}))


def _state() -> int:
    """Grows with each change of the table, and on each day on which others come into force."""
    version = _version()
    return version * _TURNS_APART + bisect_right(_turns(version), local_today())


_areas = Versioned(_state, _load)
_maps: dict[tuple[str, str, int, str | None], str] = {}  # (level, parent, version, language) → GeoJSON


def forget() -> None:
    """Look again at the next question: after a change in this process, and between tests."""
    _turns.cache_clear()
    _areas.forget()
    _gazetteer.forget()
    _maps.clear()


def areas() -> Areas:
    return _areas.get()


def commune_at(lat: float, lon: float) -> AreaRow | None:
    """The commune in force that holds the point; None in the sea, abroad, or outside what is known. Not all that are
    known are served: ``org.queries.served_commune_at``."""
    return _areas.get().commune_at(lat, lon)


def area(area_id: int) -> AreaRow:
    return _areas.get().area(area_id)


def area_by_code(code: str) -> AreaRow | None:
    """The area in force that has this code."""
    return _areas.get().by_code(code)


def area_ids(codes: Iterable[str]) -> dict[str, int]:
    """Code → id of the latest area with that code, straight from the table: for loaders, within their transaction."""
    return dict(Area.objects.filter(code__in=set(codes)).order_by("valid_from").values_list("code", "id"))


TOLERANCE_METRES: dict[str, int] = {Area.Level.COMMUNE: 100, Area.Level.DISTRICT: 200}
MAP_DIGITS = 4  # of a degree: 11 metres; a province is then a hundred kilobytes, compressed


def areas_geojson(level: str, parent: str = "") -> tuple[str, int]:
    """Simplified boundaries for maps as GeoJSON text, and the version of the areas. Kept until something changes.

    ``approximate`` tells, of each area and of the whole, that it was computed from the centres.
    """
    found = areas()
    if parent and found.by_code(parent) is None:
        return '{"type":"FeatureCollection","approximate":false,"features":[]}', found.version
    key = level, parent, found.version, get_language()
    if key not in _maps:
        if any(version != found.version for _level, _parent, version, _language in _maps):
            _maps.clear()
        _maps[key] = _draw(found, level, parent)
    return _maps[key], found.version


def _draw(found: Areas, level: str, parent: str) -> str:
    from motcua.lib.geometry import simplified

    rows = {row.id: row for row in found.in_force(level, parent or None)}
    polygons: dict[int, Any] = dict(
        Area.objects.filter(pk__in=list(rows), polygon__isnull=False).values_list("id", "polygon")
    )
    drawn = simplified(polygons, TOLERANCE_METRES.get(level, 400), MAP_DIGITS)
    features = [
        {
            "type": "Feature",
            "id": rows[area_id].code,
            "properties": {
                "code": rows[area_id].code,
                "name": rows[area_id].name,
                "full_name": rows[area_id].full_name,
                "approximate": rows[area_id].is_approximate,
            },
            "geometry": geometry,
        }
        for area_id, geometry in drawn.items()
    ]
    collection: dict[str, object] = {"type": "FeatureCollection", "approximate": False, "features": features}
    if any(rows[area_id].is_approximate for area_id in drawn):
        collection |= {"approximate": True, "attribution": _("Ranh giới gần đúng")}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":"))


def successors(code: str) -> list[tuple[AreaRow, str]]:
    """What became of an old area: the new ones, each with ``whole`` or ``part``; several mean that one has to ask."""
    return _followed(Succession.objects.filter(old__code=code, old__valid_to__isnull=False))


def successors_of(area_id: int) -> list[tuple[AreaRow, str]]:
    return _followed(Succession.objects.filter(old_id=area_id))


def _followed(rows: QuerySet[Succession]) -> list[tuple[AreaRow, str]]:
    found = areas()
    return [(found.area(new_id), kind) for new_id, kind in rows.order_by("new__code").values_list("new_id", "kind")]


def predecessors(area_id: int) -> list[tuple[AreaRow, str]]:
    """Which old areas an area was made from."""
    found = areas()
    return [
        (found.area(succession.old_id), succession.kind)
        for succession in Succession.objects.filter(new_id=area_id).order_by("old__code")
    ]


def areas_above(area_id: int) -> list[AreaRow]:
    """From the country down to the parent."""
    found, above = areas(), []
    at = found.area(area_id).parent_id
    while at is not None:
        row = found.area(at)
        above.append(row)
        at = row.parent_id
    return list(reversed(above))


PAGE = 150


@dataclass(frozen=True, slots=True)
class AreaPage:
    rows: list[AreaRow]
    next_after: str  # code after which the next page begins; empty on the last one


def list_areas(*, words: str = "", with_former: bool = False, after: str = "") -> AreaPage:
    """Areas by code, for administration; with ``words`` those whose name or code has them."""
    rows = Area.objects.order_by("code", "valid_from")
    if not with_former:
        rows = rows.filter(in_force_on(local_today()))
    if words:
        rows = rows.filter(Q(folded__contains=fold(words)) | Q(code__istartswith=words.strip()))
    if after:
        rows = rows.filter(code__gt=after)
    ids = list(rows.values_list("id", "code")[: PAGE + 1])
    found = areas()
    return AreaPage(
        rows=[found.area(area_id) for area_id, _code in ids[:PAGE]],
        next_after=ids[PAGE - 1][1] if len(ids) > PAGE else "",
    )


def count_approximate() -> int:
    """Communes in force without an official boundary."""
    return sum(row.is_approximate for row in areas().in_force(Area.Level.COMMUNE))


# ── Where people say that something is ─────────────────────────────────────────────────────────────────────────────

MOST_SPOTS = 8
MOST_ADDRESS = 300  # letters
_HOUSE_NUMBER = re.compile(r"^(?:so )?\d+[a-z]?(?:[/.-]\d+[a-z]?)*\b\s*")


@dataclass(frozen=True, slots=True)
class Spot:
    """A street, a place or a commune by name. Its point is where one begins to look: ``is_approximate`` always is."""

    label: str
    within: str
    lat: float
    lon: float
    area: AreaRow
    names: tuple[str, ...]  # folded: what it is called
    is_commune: bool


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w/]+", " ", fold(text)).split())


def _load_spots() -> list[Spot]:
    found = areas()
    spots = [
        Spot(
            row.name,
            area.full_name,
            row.lat,
            row.lon,
            area,
            tuple(_plain(name) for name in (row.name, *row.aliases)),
            is_commune=False,
        )
        for row in Landmark.objects.order_by("name", "id")
        if (area := found.area(row.area_id)).is_in_force
    ]
    former: dict[int, list[AreaRow]] = {}
    for succession in Succession.objects.filter(kind=Succession.Kind.WHOLE):
        former.setdefault(succession.new_id, []).append(found.area(succession.old_id))
    for area in sorted(found.in_force(Area.Level.COMMUNE), key=lambda row: row.full_name):
        above = found.area(area.parent_id).full_name if area.parent_id else ""
        names = {
            _plain(name)
            for row in (area, *former.get(area.id, ()))
            for name in (row.full_name, row.full_name.partition(" – ")[0], row.name)
        }
        known = tuple(sorted(name for name in names if not name.isdecimal()))  # "2" was a ward's whole name
        spots.append(Spot(area.full_name, above, area.lat, area.lon, area, known, is_commune=True))
    return spots


_gazetteer = Versioned(_state, _load_spots)


def find_spots(words: str, among: Container[int], limit: int = MOST_SPOTS) -> list[Spot]:
    """What these words may mean in the communes ``among`` (ids), the likeliest first: "12 Nguyễn Du, phường Hai",
    "cho moi", "phuong 2"."""
    whole = _plain(words[:MOST_ADDRESS])
    texts = {text for text in (whole, _HOUSE_NUMBER.sub("", whole)) if len(text) > 1}  # "3/2" is a street as well
    ranked = []
    for place, spot in enumerate(_gazetteer.get()):
        if spot.area.id not in among:
            continue
        rank = min((_rank(name, text) for text in texts for name in spot.names), default=9)
        if rank < 9:
            is_told = not spot.is_commune and f" {_plain(spot.area.name.partition(' – ')[0])} " in f" {whole} "
            ranked.append((rank, not is_told, spot.is_commune, place, spot))
    ranked.sort(key=lambda one: one[:4])
    return [spot for *_order, spot in ranked[:limit]]


def _rank(name: str, text: str) -> int:
    if name == text:
        return 0
    if f" {name} " in f" {text} ":
        return 1
    if name.startswith(text):
        return 2
    said = name.split()
    return 3 if all(any(word.startswith(part) for word in said) for part in text.split()) else 9


def commune_in(address: str, among: Container[int]) -> AreaRow | None:
    """The one of the communes ``among`` (ids) that an address names, or in which the street or place lies that it
    names; None for several, and where it says the full name of one that is not among them."""
    text = f" {_plain(address[:MOST_ADDRESS])} "
    communes: set[int] = set()
    others: dict[int, set[int]] = {}  # length of the name that stands there → communes: the longest one is meant
    own = elsewhere = 0  # length of the longest name of a commune: "phường hai" stands in "phường hai bên" as well
    for spot in _gazetteer.get():
        if spot.area.id not in among:
            full = _plain(spot.area.full_name)
            elsewhere = max(elsewhere, len(full) if spot.is_commune and f" {full} " in text else 0)
            continue
        longest = max((len(name) for name in spot.names if f" {name} " in text), default=0)
        if longest and spot.is_commune:
            communes.add(spot.area.id)
            own = max(own, longest)
        elif longest:
            others.setdefault(longest, set()).add(spot.area.id)
    if elsewhere > own:
        return None
    meant = others[max(others)] if others else set()
    for chosen in (communes, communes & meant, set() if communes else meant):
        if len(chosen) == 1:
            return area(chosen.pop())
    return None
