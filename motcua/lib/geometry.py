"""Areas and points on the map: which area holds a point, cells around centres, checks, simple shapes, clusters.

Coordinates are WGS 84 degrees. Functions take latitude before longitude, as people say it; GeoJSON turns them round.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import numpy as np
import shapely
from numpy.typing import ArrayLike
from shapely.geometry import MultiPoint, MultiPolygon, Polygon, mapping, shape
from shapely.geometry.base import BaseGeometry

K = TypeVar("K")
GeoJSON = Mapping[str, Any]

VIETNAM: Final = (102.0, 6.0, 118.0, 23.6)
"""West, south, east, north, with Hoàng Sa and Trường Sa."""

_EARTH_M: Final = 6_371_008.8
_METRES_PER_DEGREE: Final = _EARTH_M * math.pi / 180


def distance_m(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Metres along the surface, the earth being a ball (within 0.5 %)."""
    here, there = math.radians(lat), math.radians(other_lat)
    across = math.sin(math.radians(other_lon - lon) / 2) ** 2
    chord = math.sin((there - here) / 2) ** 2 + math.cos(here) * math.cos(there) * across
    return 2 * _EARTH_M * math.asin(math.sqrt(min(1.0, chord)))


class AreaIndex(Generic[K]):
    """Which of many areas holds a point, from memory, in a few microseconds.

    A grid says for each cell which areas it meets. Most cells lie in one area and answer at once; only near borders
    polygons are asked. (A tree of shapely alone takes seven times as long, to make a point and an array of results.)
    A point on a border belongs to the first of its areas in the order given.
    """

    def __init__(self, areas: Mapping[K, GeoJSON | BaseGeometry], cells_per_degree: int = 50) -> None:
        self._scale = cells_per_degree
        self._shapes = {key: _shape(area) for key, area in areas.items()}
        cells: dict[tuple[int, int], list[tuple[K, BaseGeometry | None]]] = {}
        for key, area in self._shapes.items():
            if area.is_empty:
                continue
            shapely.prepare(area)
            rows, columns = self._cells_of(area)
            west, south = columns / self._scale, rows / self._scale
            boxes = shapely.box(west, south, west + 1 / self._scale, south + 1 / self._scale)
            met = shapely.intersects(area, boxes)
            inside = shapely.contains_properly(area, boxes)
            for row, column, is_inside in zip(
                rows[met].tolist(), columns[met].tolist(), inside[met].tolist(), strict=True
            ):
                cells.setdefault((row, column), []).append((key, None if is_inside else area))
        self._cells = {cell: tuple(found) for cell, found in cells.items()}
        self._keys = list(self._shapes)
        self._tree = shapely.STRtree(list(self._shapes.values()))

    def __len__(self) -> int:
        return len(self._shapes)

    def find(self, lat: float, lon: float) -> K | None:
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):  # also not a number
            return None
        scale = self._scale
        for key, area in self._cells.get((math.floor(lat * scale), math.floor(lon * scale)), ()):
            if area is None or shapely.intersects_xy(area, lon, lat):
                return key
        return None

    def nearest(self, lat: float, lon: float, within_m: float) -> K | None:
        """The area that holds the point, or else the nearest: simplified borders leave gaps, and quays reach out."""
        if (found := self.find(lat, lon)) is not None or not (abs(lat) <= 90 and abs(lon) <= 180):
            return found
        if within_m < _METRES_PER_DEGREE / self._scale * math.cos(math.radians(lat)) and not self._is_near(lat, lon):
            return None
        # A degree of longitude is shorter than one of latitude, so this reaches a little less far east and west.
        near = self._tree.query_nearest(
            shapely.Point(lon, lat), max_distance=within_m / _METRES_PER_DEGREE, all_matches=False
        )
        return self._keys[int(near[0])] if len(near) else None

    def _is_near(self, lat: float, lon: float) -> bool:
        """Does any area meet the point's cell, or one beside it?"""
        row, column = math.floor(lat * self._scale), math.floor(lon * self._scale)
        return any((row + up, column + aside) in self._cells for up in (0, 1, -1) for aside in (0, 1, -1))

    def _cells_of(self, area: BaseGeometry) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        west, south, east, north = (math.floor(edge * self._scale) for edge in area.bounds)
        rows, columns = np.meshgrid(np.arange(south, north + 1), np.arange(west, east + 1))
        return rows.ravel(), columns.ravel()


def approximate_cells(
    centres: Mapping[K, tuple[float, float]], boundary: GeoJSON | BaseGeometry | None = None
) -> dict[K, dict[str, Any]]:
    """For each centre (lat, lon) the part of the land that is nearest to it, as a GeoJSON MultiPolygon.

    Within ``boundary``, or else within the hull of all centres and not farther from its own than three times the usual
    spacing, so that the sea between the coast and an island belongs to nobody. Raises ``ValueError`` for equal centres.
    """
    if not centres:
        return {}
    keys = list(centres)
    lats, lons = np.array([centres[key] for key in keys], dtype=float).T
    _, first, counts = np.unique(np.stack((lats, lons)), axis=1, return_index=True, return_counts=True)
    if (counts > 1).any():
        twice = centres[keys[first[np.argmax(counts)]]]
        same = [str(key) for key in keys if tuple(centres[key]) == tuple(twice)]
        raise ValueError(f"Các đơn vị {', '.join(same)} có cùng một tâm {twice}.")

    # In a plane on which a degree is equally long both ways, otherwise “nearest” would lean north and south.
    squeeze = math.cos(math.radians(float(lats.mean())))
    points = shapely.points(lons * squeeze, lats)
    spacing = _spacing(points)
    together = MultiPoint(list(points))
    land: BaseGeometry
    if boundary is None:
        land = together.convex_hull.buffer(spacing)
        reach = shapely.buffer(points, 3 * spacing)
    else:
        land = shapely.transform(_shape(boundary), lambda xy: xy * (squeeze, 1))
        reach = np.full(len(keys), land)
    if len(keys) == 1:
        parts = np.array([land])
    else:
        parts = shapely.get_parts(shapely.voronoi_polygons(together, extend_to=land.envelope, ordered=True))
    cells = shapely.intersection(shapely.intersection(parts, land), reach)
    unsqueezed = shapely.transform(cells, lambda xy: xy / (squeeze, 1))
    return {key: to_geojson(cell) for key, cell in zip(keys, unsqueezed, strict=True)}


def _spacing(points: np.ndarray[Any, Any]) -> float:
    """The usual distance from a point to its nearest neighbour, in degrees."""
    if len(points) == 1:
        return 0.05
    (_, _), distances = shapely.STRtree(points).query_nearest(points, exclusive=True, return_distance=True)
    return float(np.median(distances))


def check_polygon(geojson: object, box: tuple[float, float, float, float] = VIETNAM) -> MultiPolygon:
    """The polygons of a GeoJSON geometry or feature. Raises ``ValueError`` that names, in Vietnamese, what is wrong.

    Lines and points in a GeometryCollection are left out: simplifying a border leaves such crumbs.
    """
    polygons = [_polygon(rings, box) for rings in _rings(geojson)]
    if not polygons:
        raise ValueError("Ranh giới không có vùng nào.")
    area = MultiPolygon(polygons)
    if not area.is_valid:
        raise ValueError(_why_invalid(area))
    return area


def _rings(geojson: object) -> list[Any]:
    polygons: Any
    if not isinstance(geojson, Mapping):
        raise ValueError("Ranh giới phải là một đối tượng GeoJSON.")  # noqa: TRY004
    match geojson.get("type"):
        case "Feature":
            return _rings(geojson.get("geometry"))
        case "Polygon":
            polygons = [geojson.get("coordinates")]
        case "MultiPolygon":
            polygons = geojson.get("coordinates")
        case "GeometryCollection" if isinstance(geojson.get("geometries"), Sequence):
            return [rings for part in geojson["geometries"] for rings in _polygons_of(part)]
        case other:
            raise ValueError(f"Ranh giới phải là Polygon hoặc MultiPolygon, không phải {other or 'trống'}.")
    if not isinstance(polygons, Sequence) or not all(isinstance(rings, Sequence) for rings in polygons):
        raise ValueError("Ranh giới thiếu danh sách toạ độ (coordinates).")
    return list(polygons)


def _polygons_of(part: object) -> list[Any]:
    is_area = isinstance(part, Mapping) and part.get("type") in ("Polygon", "MultiPolygon", "GeometryCollection")
    return _rings(part) if is_area else []


def _polygon(rings: Sequence[Any], box: tuple[float, float, float, float]) -> Polygon:
    checked = [_ring(ring, box) for ring in rings]
    if not checked:
        raise ValueError("Một vùng của ranh giới không có đường bao.")
    return Polygon(checked[0], checked[1:])


def _ring(ring: Any, box: tuple[float, float, float, float]) -> np.ndarray[Any, Any]:
    try:
        points = np.array([position[:2] for position in ring], dtype=float).reshape(-1, 2)
    except (TypeError, ValueError, KeyError):
        raise ValueError("Ranh giới có toạ độ không phải là cặp số [kinh độ, vĩ độ].") from None
    if not np.isfinite(points).all():
        raise ValueError("Ranh giới có toạ độ không phải là số.")
    if len(points) < 4:
        raise ValueError(f"Một đường bao chỉ có {len(points)} điểm, cần ít nhất 4 (điểm cuối trùng điểm đầu).")
    if (points[0] != points[-1]).any():
        raise ValueError(f"Một đường bao không khép kín: đầu {_told(points[0])}, cuối {_told(points[-1])}.")
    west, south, east, north = box
    outside = (points < (west, south)).any(axis=1) | (points > (east, north)).any(axis=1)
    if outside.any():
        swapped = points[:, ::-1]
        if ((swapped >= (west, south)) & (swapped <= (east, north))).all():
            raise ValueError(f"Kinh độ và vĩ độ bị đổi chỗ: {_told(points[0])}. GeoJSON ghi kinh độ trước.")
        raise ValueError(f"Điểm {_told(points[outside][0])} nằm ngoài phạm vi {west}–{east}, {south}–{north}.")
    return points


def _told(point: np.ndarray[Any, Any]) -> str:
    return f"({point[0]:.5f}, {point[1]:.5f})"


_REASONS: Final = {
    "Self-intersection": "Đường bao tự cắt",
    "Ring Self-intersection": "Đường bao tự chạm",
    "Hole lies outside shell": "Một lỗ nằm ngoài vùng",
    "Holes are nested": "Hai lỗ lồng nhau",
    "Nested shells": "Hai vùng lồng nhau",
    "Duplicate Rings": "Hai đường bao trùng nhau",
    "Interior is disconnected": "Vùng bị các lỗ cắt rời",
    "Too few points in geometry component": "Một đường bao có quá ít điểm khác nhau",
}


def _why_invalid(area: BaseGeometry) -> str:
    reason = shapely.is_valid_reason(area)
    match = re.fullmatch(r"(.+?)\[(\S+) (\S+)\]", reason)
    if match is None:
        return f"Ranh giới không hợp lệ: {reason}."
    named = _REASONS.get(match[1], f"Ranh giới không hợp lệ ({match[1]})")
    return f"{named} tại ({float(match[2]):.5f}, {float(match[3]):.5f})."


def simplified(
    areas: Mapping[K, GeoJSON | BaseGeometry], tolerance_m: float, digits: int = 5
) -> dict[K, dict[str, Any]]:
    """The areas with fewer points, for display, as GeoJSON; neighbours keep the same border, so no gaps open."""
    if not areas:
        return {}
    shapes = np.array([_shape(area) for area in areas.values()])
    # The tolerance of a coverage is that of a triangle's area, by its square root: about the distance we mean.
    fewer = shapely.coverage_simplify(shapes, tolerance_m / _METRES_PER_DEGREE)
    return {key: to_geojson(area, digits) for key, area in zip(areas, fewer, strict=True)}


def to_geojson(area: BaseGeometry, digits: int = 5) -> dict[str, Any]:
    """A GeoJSON MultiPolygon of the polygons in ``area``, rounded (5 digits are a metre) and still valid."""
    rounded = shapely.set_precision(area, 10.0**-digits)
    drawn = mapping(MultiPolygon(_polygons_in(rounded)))["coordinates"]
    return {
        "type": "MultiPolygon",
        "coordinates": [
            [[[round(x, digits), round(y, digits)] for x, y in ring] for ring in polygon] for polygon in drawn
        ],
    }


def _shape(area: GeoJSON | BaseGeometry) -> BaseGeometry:
    found = area if isinstance(area, BaseGeometry) else shape(dict(area))
    return MultiPolygon(_polygons_in(found)) if found.geom_type == "GeometryCollection" else found


def _polygons_in(area: BaseGeometry) -> list[Polygon]:
    parts = shapely.get_parts(shapely.get_parts(area))  # twice: a collection may hold MultiPolygons
    return [part for part in parts if isinstance(part, Polygon) and not part.is_empty]


@dataclass(frozen=True, slots=True)
class Cluster:
    lat: float
    lon: float
    count: int
    first: int
    """Place, in the input, of one member: the point itself when ``count`` is 1."""


def cluster(lats: ArrayLike, lons: ArrayLike, zoom: float, cell_pixels: int = 64) -> list[Cluster]:
    """Points gathered by the cells of a web map at ``zoom``; each cluster stands in the middle of its points.

    The grid is fixed to the earth, so clusters stay when the map is moved. The largest come first.
    """
    latitudes, longitudes = np.asarray(lats, dtype=float), np.asarray(lons, dtype=float)
    if not len(latitudes):
        return []
    size = 256 * 2.0**zoom / cell_pixels  # cells around the earth
    north = np.log(np.tan(np.pi / 4 + np.radians(np.clip(latitudes, -85, 85)) / 2))
    columns = np.floor((longitudes + 180) / 360 * size).astype(np.int64)
    rows = np.floor((1 - north / np.pi) / 2 * size).astype(np.int64)
    _, first, cell, counts = np.unique(
        rows * (int(size) + 2) + columns, return_index=True, return_inverse=True, return_counts=True
    )
    middle_lats = np.bincount(cell, latitudes) / counts
    middle_lons = np.bincount(cell, longitudes) / counts
    order = np.lexsort((first, -counts))
    return [
        Cluster(*row)
        for row in zip(
            middle_lats[order].tolist(),
            middle_lons[order].tolist(),
            counts[order].tolist(),
            first[order].tolist(),
            strict=True,
        )
    ]
