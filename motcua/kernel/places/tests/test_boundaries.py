"""Official boundaries come in whole or not at all; where there are none, cells around the centres, marked as such."""

import gzip
import json
import shlex
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from motcua.kernel.events.models import Event
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.places import queries as places
from motcua.kernel.places.actions import draw_approximate_cells, import_areas
from motcua.kernel.places.actions.versions import grow_version
from motcua.kernel.places.models import Area
from motcua.lib import moment
from motcua.lib.errors import Refused

pytestmark = pytest.mark.django_db

START = date(2025, 7, 1)
OFFICIAL = Path(settings.BASE_DIR).parent / "shared" / "data" / "areas"


@pytest.fixture(autouse=True)
def _no_memory() -> None:
    places.forget()


def add(code: str, level: str, parent: Area | None, lat: float, lon: float, start: date = START) -> Area:
    return Area.objects.create(
        code=code,
        name=code,
        full_name=code,
        folded=code,
        level=level,
        parent=parent,
        lat=lat,
        lon=lon,
        valid_from=start,
    )


@pytest.fixture
def province() -> Area:
    country = add("VN", Area.Level.COUNTRY, None, 16, 106)
    province = add("68", Area.Level.PROVINCE, country, 11.95, 108.45)
    add("24778", Area.Level.COMMUNE, province, 11.95, 108.42)
    add("24781", Area.Level.COMMUNE, province, 11.95, 108.48)
    draw_approximate_cells()
    grow_version()
    return province


def square(west: float, east: float) -> dict[str, Any]:
    ring = [[west, 11.90], [east, 11.90], [east, 12.00], [west, 12.00], [west, 11.90]]
    return {"type": "Polygon", "coordinates": [ring]}


def feature(code: str | None, geometry: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"code": code, "name": f"Xã {code}", **more}, "geometry": geometry}


TWO = [feature("24778", square(108.40, 108.46)), feature("24781", square(108.46, 108.50))]


def write(folder: Path, features: Any, name: str = "xa.geojson") -> Path:
    path = folder / name
    text = json.dumps({"type": "FeatureCollection", "features": features})
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


def code_at(lat: float, lon: float) -> str | None:
    found = places.commune_at(lat, lon)
    return found.code if found else None


def everything() -> list[object]:
    return [list(Area.objects.order_by("pk").values()), Event.objects.count(), places.areas().version]


@pytest.mark.parametrize("name", ["xa.geojson", "xa.geojson.gz"])
def test_import_areas(province: Area, tmp_path: Path, name: str) -> None:
    assert code_at(11.95, 108.455) == "24781"  # nearer to its centre
    assert import_areas(write(tmp_path, TWO, name), actor=SYSTEM) == 2
    found = places.commune_at(11.95, 108.455)
    assert found is not None
    assert (found.code, found.is_approximate) == ("24778", False)
    assert Event.objects.get(name="areas.imported").data == {"file": name, "count": 2, "added": 0, "level": "commune"}


def test_cells_are_approximate_until_then(province: Area) -> None:
    assert code_at(11.95, 108.43) == "24778"
    assert code_at(11.95, 108.47) == "24781"
    found = places.commune_at(11.95, 108.43)
    assert found is not None
    assert found.is_approximate


@pytest.mark.parametrize(
    ("lat", "lon"), [(10.0, 112.0), (48.85, 2.35), (91, 0), (float("nan"), 108.4), (-11.95, 108.42)]
)
def test_a_point_in_the_sea_or_abroad_is_in_no_commune(province: Area, lat: float, lon: float) -> None:
    assert code_at(lat, lon) is None


def test_an_official_border_wins_over_a_cell(province: Area, tmp_path: Path) -> None:
    import_areas(write(tmp_path, [feature("24778", square(108.40, 108.49))]), actor=SYSTEM)
    assert code_at(11.95, 108.48) == "24778"
    other = places.area_by_code("24781")
    assert other is not None
    assert other.is_approximate


def test_a_gap_between_simplified_borders_belongs_to_the_nearest(province: Area, tmp_path: Path) -> None:
    apart = [feature("24778", square(108.40, 108.4600)), feature("24781", square(108.4610, 108.50))]
    import_areas(write(tmp_path, apart), actor=SYSTEM)
    assert code_at(11.95, 108.4603) == "24778"
    assert code_at(11.95, 108.4608) == "24781"


BOW_TIE = {
    "type": "Polygon",
    "coordinates": [[[108.4, 11.9], [108.5, 12.0], [108.5, 11.9], [108.4, 12.0], [108.4, 11.9]]],
}
BROKEN: list[tuple[str, Any, str]] = [
    ("unknown code", [*TWO, feature("99999", square(108.5, 108.6))], "1 trong 3 địa bàn mang mã chưa có ở đây: 99999"),
    ("no code", [TWO[0], feature(None, square(108.46, 108.5))], "mục thứ 2: thiếu mã"),
    ("no properties", [{"type": "Feature", "geometry": square(108, 109)}], "mục thứ 1: thiếu mã"),
    ("twice", [TWO[0], TWO[0]], "mục thứ 2, mã 24778 (Xã 24778): mã này có hai lần"),
    ("crossing itself", [TWO[0], feature("24781", BOW_TIE)], "mã 24781 (Xã 24781): Đường bao"),
    ("a point", [feature("24778", {"type": "Point", "coordinates": [108, 11]})], "Polygon hoặc MultiPolygon"),
    ("no geometry", [{"type": "Feature", "properties": {"code": "24778"}, "geometry": None}], "mã 24778"),
    ("swapped",
     [feature("24778", {"type": "Polygon", "coordinates": [[[11.9, 108], [11.9, 109], [12, 109], [11.9, 108]]]})],
     "đổi chỗ"),
    ("not closed",
     [feature("24778", {"type": "Polygon", "coordinates": [[[108.4, 11.9], [108.5, 11.9], [108.5, 12], [108.4, 12]]]})],
     "không khép kín"),
    ("words", [feature("24778", {"type": "Polygon", "coordinates": [[["a", "b"]] * 4]})], "không phải"),
    ("empty", [], "không có địa bàn nào"),
    ("not a list", {"a": 1}, "FeatureCollection"),
    ("numbers", [1, 2], "mục thứ 1"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "features", "words"), BROKEN, ids=[b[0] for b in BROKEN])
def test_import_areas_names_what_is_wrong_and_changes_nothing(
    province: Area, tmp_path: Path, what: str, features: Any, words: str
) -> None:
    before = everything()
    with pytest.raises(Refused) as refusal:
        import_areas(write(tmp_path, features), actor=SYSTEM)
    assert words in refusal.value.message
    assert everything() == before


@pytest.mark.parametrize(
    ("name", "raw", "words"),
    [
        ("a.geojson", b"{", "không phải JSON"),
        ("a.geojson", b"[" * 100_000, "không phải JSON"),
        ("a.geojson", b"\xff\xfe", "không phải JSON"),
        ("a.geojson.gz", b"{}", "tệp nén bị hỏng"),
        ("a.geojson.gz", gzip.compress(b"{}" * 1000)[:30], "tệp nén bị hỏng"),
    ],
)
def test_import_areas_of_no_geojson(province: Area, tmp_path: Path, name: str, raw: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(raw)
    before = everything()
    with pytest.raises(Refused) as refusal:
        import_areas(tmp_path / name, actor=SYSTEM)
    assert words in refusal.value.message
    assert everything() == before


def test_import_areas_of_another_province(province: Area, tmp_path: Path) -> None:
    add("01", Area.Level.PROVINCE, province.parent, 21, 105.8)
    before = everything()
    with pytest.raises(Refused) as refusal:
        import_areas(write(tmp_path, TWO), actor=SYSTEM, province="01")
    assert "thuộc tỉnh khác" in refusal.value.message
    with pytest.raises(Refused) as refusal:
        import_areas(write(tmp_path, TWO), actor=SYSTEM, province="02")
    assert refusal.value.code == "not_found"
    assert everything() == before


def test_import_areas_may_add_unknown_ones(province: Area, tmp_path: Path) -> None:
    more = [*TWO, feature("24790", square(108.50, 108.60), fullName="Xã Tám")]
    import_areas(write(tmp_path, more), actor=SYSTEM, province="68", add_from=START)
    added = Area.objects.get(code="24790")
    assert (added.type, added.parent, added.level) == ("xa", province, "commune")
    assert code_at(11.95, 108.55) == "24790"


def typed_in(message: str) -> list[list[str]]:
    """The commands that a refusal says to run."""
    return [shlex.split(line)[3:] for line in message.splitlines() if line.startswith("  motcua areas import ")]


def refused_import(*arguments: str) -> str:
    before = everything()
    with pytest.raises(Refused) as refusal:
        call_command("areas", "import", *arguments)
    assert everything() == before
    assert "Chưa nạp gì." in refusal.value.message
    return refusal.value.message


def test_another_province_comes_in_by_typing_what_each_refusal_says(province: Area, tmp_path: Path) -> None:
    """Its communes are unknown, then its province is, then the boundary of the province says which one it is."""
    beside = [feature(f"254{number}", square(109 + number / 100, 109.01 + number / 100)) for number in range(80, 90)]
    communes = str(write(tmp_path, beside, "xã bên.geojson"))
    provinces = str(write(tmp_path, [feature("80", square(109.75, 109.95), fullName="Tỉnh Bên")], "tinh.geojson.gz"))

    message = refused_import(communes)
    assert "10 trong 10 địa bàn mang mã chưa có ở đây: 25480 (Xã 25480), 25481" in message
    assert message.count("(Xã ") == 5
    assert "Tỉnh đã có: 68 (68)." in message
    assert typed_in(message) == [
        [communes, "--level", "commune", "--province", "MÃ-TỈNH", "--add-from", "2025-07-01"],
        ["TỆP-RANH-GIỚI-TỈNH", "--level", "province", "--add-from", "2025-07-01"],
    ]
    message = refused_import(communes, "--province", "80", "--add-from", "2025-07-01")
    assert typed_in(message) == [["TỆP-RANH-GIỚI-TỈNH", "--level", "province", "--add-from", "2025-07-01"]]

    told = typed_in(refused_import(provinces))  # that these are provinces is told by their codes
    assert told == [[provinces, "--level", "province", "--add-from", "2025-07-01"]]
    call_command("areas", "import", *told[0])
    told = typed_in(refused_import(communes))
    assert told == [[communes, "--level", "commune", "--province", "80", "--add-from", "2025-07-01"]]
    assert typed_in(refused_import(communes, "--add-from", "2025-08-01"))[0][-3:] == ["80", "--add-from", "2025-08-01"]
    wrong = refused_import(communes, "--province", "68", "--add-from", "2025-07-01")
    assert "nằm trong tỉnh 80, không phải 68" in wrong
    call_command("areas", "import", *told[0])
    assert code_at(11.95, 109.855) == "25485"
    assert Area.objects.filter(parent__code="80").count() == 10


def test_without_a_country_the_pack_comes_first(tmp_path: Path) -> None:
    file = write(tmp_path, [feature("80", square(109.7, 109.9))])
    with pytest.raises(Refused, match="motcua pack apply"):
        import_areas(file, actor=SYSTEM, add_from=START)
    assert not Area.objects.exists()


def test_an_area_that_ended_holds_no_point(province: Area) -> None:
    Area.objects.filter(code="24781").update(valid_to=date(2026, 6, 30))
    draw_approximate_cells()
    grow_version()
    with moment.at(datetime(2026, 7, 2, tzinfo=UTC)):
        places.forget()
        assert code_at(11.95, 108.48) != "24781"


def test_where_is_asked_of_memory(province: Area, django_assert_num_queries: Any) -> None:
    places.commune_at(11.95, 108.42)
    with django_assert_num_queries(0):
        assert places.commune_at(11.95, 108.42)


def test_areas_geojson(province: Area, tmp_path: Path) -> None:
    text, version = places.areas_geojson("commune")
    drawn = json.loads(text)
    assert drawn["approximate"] is True
    assert {one["properties"]["code"] for one in drawn["features"]} == {"24778", "24781"}
    import_areas(write(tmp_path, TWO), actor=SYSTEM)
    text, later = places.areas_geojson("commune")
    assert later > version
    assert json.loads(text)["approximate"] is False
    assert json.loads(places.areas_geojson("commune", "99")[0])["features"] == []


def test_the_command(province: Area, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("areas", "where", "11.95", "108.42")
    call_command("areas", "where", "10.0", "112.0")
    call_command("areas", "import", str(write(tmp_path, TWO)))
    assert capsys.readouterr().out.splitlines() == [
        "24778  24778  (ranh giới gần đúng)",
        "Điểm này không nằm trong xã, phường nào.",
        "Đã nạp ranh giới 2 địa bàn.",
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "code", "count"),
    [
        ("wards_01_ha_noi", "01", 126),
        ("wards_48_da_nang", "48", 94),
        ("wards_68_lam_dong", "68", 124),
        ("wards_80_tay_ninh", "80", 96),
    ],
)
def test_official_boundaries_of_a_province(file: str, code: str, count: int) -> None:
    path = OFFICIAL / f"{file}.geojson.gz"
    if not path.exists():
        pytest.skip(f"{path} is not here")
    country = add("VN", Area.Level.COUNTRY, None, 16, 106)
    add(code, Area.Level.PROVINCE, country, 16, 106)
    assert import_areas(path, actor=SYSTEM, province=code, add_from=START) == count
    assert not Area.objects.filter(is_approximate=True).exists()
    for area in Area.objects.filter(level=Area.Level.COMMUNE).defer("polygon"):
        assert code_at(area.lat, area.lon) == area.code
