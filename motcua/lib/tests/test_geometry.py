import gzip
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, shape

from motcua.lib.geometry import (
    AreaIndex,
    approximate_cells,
    check_polygon,
    cluster,
    distance_m,
    simplified,
    to_geojson,
)

AREAS = Path(__file__).parents[4] / "shared" / "data" / "areas"


def square(west: float, south: float, size: float = 1.0) -> dict[str, Any]:
    east, north = west + size, south + size
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


def official(file: str) -> dict[str, dict[str, Any]]:
    path = AREAS / file
    if not path.exists():
        pytest.skip(f"no public data at {path}")
    with gzip.open(path, "rt") as lines:
        return {row["properties"]["code"]: row["geometry"] for row in json.load(lines)["features"]}


def test_distance() -> None:
    assert distance_m(11.9404, 108.4583, 11.9404, 108.4583) == 0
    assert distance_m(0, 0, 0, 180) == pytest.approx(math.pi * 6_371_008.8)
    # Đà Lạt market to the railway station, about 1.5 km
    assert distance_m(11.9427, 108.4366, 11.9414, 108.4545) == pytest.approx(1955, rel=0.01)


SQUARES = {"a": square(108, 11), "b": square(109, 11), "c": square(108.25, 12, 0.013), "d": square(108.5, 11.5)}
SQUARE_INDEX = AreaIndex(SQUARES)


@given(lat=st.floats(10.5, 13.5), lon=st.floats(107.5, 110.5))
def test_the_index_agrees_with_asking_every_polygon(lat: float, lon: float) -> None:
    holding = [key for key, area in SQUARES.items() if shape(area).intersects(Point(lon, lat))]
    assert SQUARE_INDEX.find(lat, lon) == (holding[0] if holding else None)


def test_a_point_on_a_border_has_one_area_and_a_point_elsewhere_none() -> None:
    index = AreaIndex({"west": square(108, 11), "east": square(109, 11)})
    assert index.find(11.5, 109) == "west"
    assert index.find(11.5, 109.0001) == "east"
    assert [index.find(*point) for point in ((11.5, 110.1), (108.5, 11.5), (math.nan, 108), (math.inf, 1))] == [
        None
    ] * 4
    assert len(index) == 2


def test_holes_are_not_inside() -> None:
    area = square(108, 11)
    area["coordinates"].append(square(108.4, 11.4, 0.2)["coordinates"][0])
    index = AreaIndex({"ring": area})
    assert index.find(11.5, 108.5) is None
    assert index.find(11.3, 108.5) == "ring"


def test_the_nearest_area_takes_in_what_falls_between() -> None:
    index = AreaIndex({"west": square(108, 11), "east": square(109.002, 11)})
    assert index.find(11.5, 109.0005) is None
    assert index.nearest(11.5, 109.0005, 200) == "west"
    assert index.nearest(11.5, 109.0005, 10) is None
    assert index.nearest(11.5, 108.5, 10) == "west"
    assert index.nearest(math.nan, 108.5, 10) is None
    assert AreaIndex({}).nearest(11, 108, 1000) is None


@pytest.mark.parametrize("file", ["wards_68_lam_dong.geojson.gz", "wards_80_tay_ninh.geojson.gz"])
def test_official_boundaries_are_accepted_and_found(file: str) -> None:
    areas = {code: check_polygon(area) for code, area in official(file).items()}
    index = AreaIndex(areas)
    rng = np.random.default_rng(68)
    tree = shapely.STRtree(list(areas.values()))
    codes = list(areas)
    for area in areas.values():
        inside = area.representative_point()
        lat, lon = inside.y + rng.normal(0, 0.01), inside.x + rng.normal(0, 0.01)
        holding = {codes[place] for place in tree.query(Point(lon, lat), predicate="intersects")}
        found = index.find(lat, lon)
        assert found in holding if holding else found is None


def test_cells_hold_what_is_nearest_to_their_centre() -> None:
    rng = np.random.default_rng(1)
    centres = {f"{number}": (float(rng.normal(11.9, 0.2)), float(rng.normal(108.4, 0.2))) for number in range(60)}
    cells = approximate_cells(centres)
    index = AreaIndex({key: check_polygon(cell) for key, cell in cells.items()})
    for key, centre in centres.items():
        assert index.find(*centre) == key
    misses = 0
    for _ in range(300):
        lat, lon = float(rng.normal(11.9, 0.15)), float(rng.normal(108.4, 0.15))
        nearest = min(centres, key=lambda key: distance_m(lat, lon, *centres[key]))
        misses += index.find(lat, lon) not in (nearest, None)
    assert misses <= 3  # the plane is not the earth: only within metres of a border


def test_cells_keep_to_the_boundary() -> None:
    boundary = square(108, 11)
    cells = approximate_cells({"a": (11.2, 108.2), "b": (11.8, 108.8)}, boundary)
    assert shapely.union_all([shape(cell) for cell in cells.values()]).symmetric_difference(shape(boundary)).area < 1e-4
    alone = approximate_cells({"a": (11.2, 108.2)}, boundary)
    assert shape(alone["a"]).symmetric_difference(shape(boundary)).area < 1e-4


def test_the_sea_between_an_island_and_the_coast_belongs_to_nobody() -> None:
    coast = {f"{step}": (11 + step / 10, 108.0) for step in range(10)}
    cells = approximate_cells({**coast, "island": (10.5, 109.0)})
    index = AreaIndex(cells)
    assert index.find(10.5, 109.0) == "island"
    assert index.find(10.75, 108.5) is None


def test_cells_of_nothing_and_of_one() -> None:
    assert approximate_cells({}) == {}
    (cell,) = approximate_cells({"a": (11.2, 108.2)}).values()
    assert shape(cell).contains(Point(108.2, 11.2))


def test_equal_centres_are_named() -> None:
    with pytest.raises(ValueError, match="a, c có cùng"):
        approximate_cells({"a": (11.2, 108.2), "b": (11.3, 108.2), "c": (11.2, 108.2)})


RING = square(108, 11)["coordinates"][0]


@pytest.mark.parametrize(
    ("geometry", "message"),
    [
        (None, "GeoJSON"),
        ([], "GeoJSON"),
        ({}, "không phải trống"),
        ({"type": "Feature", "geometry": None}, "GeoJSON"),
        ({"type": "Point", "coordinates": [108, 11]}, "không phải Point"),
        ({"type": "Polygon"}, "thiếu danh sách"),
        ({"type": "MultiPolygon", "coordinates": []}, "không có vùng"),
        ({"type": "Polygon", "coordinates": []}, "không có đường bao"),
        ({"type": "Polygon", "coordinates": [RING[:3]]}, "chỉ có 3 điểm"),
        ({"type": "Polygon", "coordinates": [RING[:4]]}, "không khép kín"),
        ({"type": "Polygon", "coordinates": [[["x", 1], *RING]]}, "cặp số"),
        ({"type": "Polygon", "coordinates": [[[108], *RING]]}, "cặp số"),
        ({"type": "Polygon", "coordinates": [[[math.nan, 11], *RING]]}, "không phải là số"),
        ({"type": "Polygon", "coordinates": [[[y, x] for x, y in RING]]}, "đổi chỗ"),
        (square(2, 48), "nằm ngoài"),
        (
            {"type": "Polygon", "coordinates": [[[108, 11], [109, 12], [109, 11], [108, 12], [108, 11]]]},
            r"tự cắt tại \(108.50000, 11.50000\)",
        ),
        ({"type": "Polygon", "coordinates": [RING, square(108.5, 11.9)["coordinates"][0]]}, "tự cắt|lỗ"),
        ({"type": "MultiPolygon", "coordinates": [[RING], [RING]]}, "tự cắt|lồng|trùng|chạm"),
        ({"type": "Polygon", "coordinates": [[[108, 11]] * 5]}, "quá ít điểm"),
    ],
)
def test_a_broken_polygon_is_named(geometry: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_polygon(geometry)


def test_features_collections_and_heights_are_understood() -> None:
    with_height = {"type": "Polygon", "coordinates": [[[*point, 1500] for point in RING]]}
    crumbs = {
        "type": "GeometryCollection",
        "geometries": [with_height, {"type": "LineString", "coordinates": [[108, 11], [109, 11]]}],
    }
    assert check_polygon({"type": "Feature", "geometry": crumbs}).area == 1
    assert check_polygon(square(2, 48), box=(0, 40, 10, 50)).area == 1


def test_simplified_areas_stay_neighbours() -> None:
    areas = official("wards_80_tay_ninh.geojson.gz")
    few = simplified(areas, 200)
    assert few.keys() == areas.keys()
    assert len(json.dumps(few)) < len(json.dumps(areas)) / 3
    before, after = (shapely.union_all([shape(area) for area in drawn.values()]).area for drawn in (areas, few))
    assert after == pytest.approx(before, rel=0.01)
    assert sum(shape(area).area for area in few.values()) == pytest.approx(after, rel=0.002)
    assert simplified({}, 100) == {}


def test_coordinates_are_rounded_and_the_polygon_stays_valid() -> None:
    drawn = to_geojson(Point(108.123456789, 11.5).buffer(0.001), digits=4)
    assert drawn["type"] == "MultiPolygon"
    assert all(round(value, 4) == value for point in drawn["coordinates"][0][0] for value in point)
    assert shape(drawn).is_valid


def test_points_gather_by_zoom() -> None:
    lats, lons = [11.94, 11.9401, 11.9402, 10.93], [108.44, 108.4401, 108.4402, 108.1]
    near, far = cluster(lats, lons, zoom=11)
    assert (near.count, near.first, far.count, far.first) == (3, 0, 1, 3)
    assert (near.lat, near.lon) == pytest.approx((11.9401, 108.4401))
    assert (far.lat, far.lon) == pytest.approx((10.93, 108.1))
    assert len(cluster(lats, lons, zoom=22)) == 4
    assert cluster([], [], zoom=5) == []


@given(
    points=st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), min_size=1, max_size=50),
    zoom=st.integers(0, 22),
)
def test_every_point_is_in_one_cluster(points: list[tuple[float, float]], zoom: int) -> None:
    clusters = cluster([lat for lat, _ in points], [lon for _, lon in points], zoom)
    assert sum(found.count for found in clusters) == len(points)
    assert [found.count for found in clusters] == sorted((found.count for found in clusters), reverse=True)
    assert len({found.first for found in clusters}) == len(clusters)
