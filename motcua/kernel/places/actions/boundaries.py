"""Polygons of areas: official ones from a file, approximate ones from the centres."""

import gzip
import json
import shlex
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from motcua.kernel.events.actions import record
from motcua.kernel.places.actions.versions import grow_version
from motcua.kernel.places.models import Area
from motcua.kernel.places.queries import in_force_on, local_today
from motcua.lib.errors import Refused
from motcua.lib.vietnamese import fold

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

DIGITS = 6  # of a degree: a tenth of a metre
MOST_BYTES = 512 * 2**20  # unpacked; the whole country's communes are a tenth of it
MOST_PROBLEMS = 50  # told at once
MOST_NAMED = 5  # of the areas that are not known: a file of another province has a hundred of them
_LEVELS = {2: Area.Level.PROVINCE, 3: Area.Level.DISTRICT}  # by the digits of a code (QĐ 19/2025); communes have five


@dataclass(frozen=True, slots=True)
class _Boundary:
    code: str
    name: str
    full_name: str
    polygon: dict[str, Any]
    lat: float
    lon: float


@transaction.atomic
def import_areas(
    file: Path,
    *,
    actor: "Actor",
    level: str = "",
    province: str = "",
    add_from: date | None = None,
    legal_basis: str = "",
) -> int:
    """Official boundaries take the place of what was there, by code; all of the file or nothing. Returns how many.

    ``level``: empty leaves it to the codes. ``province``: only areas of that province are expected. ``add_from``: areas
    with an unknown code are added, in force from that day, instead of refused.
    """
    boundaries = _read(file)
    level = level or _level_of(boundaries)
    parent = _get_parent(level, province)
    areas = {area.code: area for area in Area.objects.filter(in_force_on(local_today()), level=level).defer("polygon")}
    unknown = [boundary for boundary in boundaries if boundary.code not in areas]
    problems = [
        _("{code} ({name}): thuộc tỉnh khác, không phải {province}").format(
            code=boundary.code, name=boundary.name, province=province
        )
        for boundary in boundaries
        if parent and boundary.code in areas and areas[boundary.code].parent_id != parent.pk
    ]
    hint = ""
    if unknown and (add_from is None or parent is None):
        named = ", ".join(f"{boundary.code} ({boundary.name or '?'})" for boundary in unknown[:MOST_NAMED])
        problems.append(
            _("{count} trong {all} địa bàn mang mã chưa có ở đây: {named}").format(
                count=len(unknown), all=len(boundaries), named=f"{named}, …" if len(unknown) > MOST_NAMED else named
            )
        )
        hint = _how_to_add(file, unknown, level, province, add_from or _usual_start())
    elif unknown and level != Area.Level.PROVINCE and (around := _province_around(unknown)) not in ("", province):
        problems.append(
            _("các địa bàn này nằm trong tỉnh {around}, không phải {province}").format(around=around, province=province)
        )
    if problems:
        raise _refusal(file, problems, hint)
    for boundary in boundaries:
        if boundary.code in areas:
            area = areas[boundary.code]
            area.polygon, area.is_approximate = boundary.polygon, False
    Area.objects.bulk_update(
        [areas[boundary.code] for boundary in boundaries if boundary.code in areas],
        ["polygon", "is_approximate"],
        batch_size=200,
    )
    start = add_from or local_today()  # nothing is unknown where none may be added
    Area.objects.bulk_create(
        [
            Area(
                code=boundary.code,
                name=boundary.name,
                full_name=boundary.full_name,
                folded=fold(boundary.full_name),
                level=level,
                type=_type_of(boundary.full_name),
                parent=parent,
                lat=boundary.lat,
                lon=boundary.lon,
                polygon=boundary.polygon,
                valid_from=start,
                legal_basis=legal_basis,
            )
            for boundary in unknown
        ],
        batch_size=200,
    )
    draw_approximate_cells()
    grow_version()
    record(
        "areas.imported",
        actor=actor,
        data={"file": file.name, "count": len(boundaries), "added": len(unknown), "level": level},
    )
    return len(boundaries)


def _get_parent(level: str, province: str) -> Area | None:
    above = Area.Level.COUNTRY if level == Area.Level.PROVINCE else Area.Level.PROVINCE
    if not province and level != Area.Level.PROVINCE:
        return None
    found = Area.objects.filter(in_force_on(local_today()), level=above)
    parent = (found.filter(code=province) if province else found).first()
    if parent is None and level == Area.Level.PROVINCE:
        raise Refused("not_found", _("Ở đây chưa có quốc gia. Nạp bộ dữ liệu trước: motcua pack apply THƯ-MỤC"))
    if parent is None:
        words = _("Chưa có tỉnh mang mã “{code}”. Chưa nạp gì.\n{how}").format(
            code=province, how=_province_first(_usual_start())
        )
        raise Refused("not_found", words)
    return parent


def _level_of(boundaries: list[_Boundary]) -> str:
    digits = {len(boundary.code) if boundary.code.isdecimal() else 0 for boundary in boundaries}
    return _LEVELS.get(digits.pop(), Area.Level.COMMUNE) if len(digits) == 1 else Area.Level.COMMUNE


def _province_first(start: date) -> str:
    return _("Tỉnh chưa có thì nạp ranh giới tỉnh trước:\n  {command}").format(
        command=f"motcua areas import {_('TỆP-RANH-GIỚI-TỈNH')} --level province --add-from {start}"
    )


def _how_to_add(file: Path, unknown: list[_Boundary], level: str, province: str, start: date) -> str:
    """What to type so that the areas come in as new ones."""
    command = f"motcua areas import {shlex.quote(str(file))} --level {level}"
    around = ""
    if level != Area.Level.PROVINCE:
        around = _province_around(unknown)
        command += f" --province {around or province or _('MÃ-TỈNH')}"
    lines = [_("Muốn thêm chúng thì chạy:\n  {command}").format(command=f"{command} --add-from {start}")]
    if level != Area.Level.PROVINCE and not around:
        known = Area.objects.filter(in_force_on(local_today()), level=Area.Level.PROVINCE).order_by("code")
        names = ", ".join(f"{code} ({name})" for code, name in known.values_list("code", "name"))
        lines += [_("Tỉnh đã có: {names}.").format(names=names)] if names else []
        lines.append(_province_first(start))
    return "\n".join(lines)


def _province_around(boundaries: list[_Boundary]) -> str:
    """Code of the known province in which most of them lie; empty where no boundary of a province is known there."""
    from motcua.lib.geometry import AreaIndex

    provinces = Area.objects.filter(in_force_on(local_today()), level=Area.Level.PROVINCE, polygon__isnull=False)
    polygons: dict[str, Any] = dict(provinces.values_list("code", "polygon"))
    index = AreaIndex(polygons)
    found = Counter(index.find(boundary.lat, boundary.lon) for boundary in boundaries)
    return found.most_common(1)[0][0] or ""


def _usual_start() -> date:
    """The day from which most areas are in force."""
    days = Area.objects.filter(in_force_on(local_today())).values_list("valid_from", flat=True)
    return Counter(days).most_common(1)[0][0] if days else local_today()


_TYPES = {
    "xa": "xa",
    "phuong": "phuong",
    "thi tran": "thi_tran",
    "dac khu": "dac_khu",
    "tinh": "tinh",
    "thanh pho": "thanh_pho",
    "huyen": "huyen",
    "thi xa": "thi_xa",
    "quan": "quan",
}


def _type_of(full_name: str) -> str:
    """From the words that a full name begins with; empty when it begins otherwise."""
    folded = fold(full_name)
    return max((kind for words, kind in _TYPES.items() if folded.startswith(f"{words} ")), key=len, default="")


# ── The file ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _refusal(file: Path, problems: list[str], hint: str = "") -> Refused:
    told = problems[:MOST_PROBLEMS]
    if len(problems) > MOST_PROBLEMS:
        told.append(_("… và {count} lỗi nữa").format(count=len(problems) - MOST_PROBLEMS))
    lines = "\n".join(f"{file.name}: {problem}" for problem in told)
    told_all = "\n".join(filter(None, (lines, _("Chưa nạp gì."), hint)))
    return Refused("invalid_areas", told_all, problems=problems)


def _read(file: Path) -> list[_Boundary]:
    from motcua.lib.geometry import check_polygon, to_geojson  # brings numpy and shapely, a third of a second

    features = _features(file)
    found: dict[str, _Boundary] = {}
    problems: list[str] = []
    for number, feature in enumerate(features, start=1):
        properties = feature.get("properties") if isinstance(feature, Mapping) else None
        code = str(properties.get("code") or "").strip() if isinstance(properties, Mapping) else ""
        if not isinstance(properties, Mapping) or not code:
            problems.append(_("mục thứ {number}: thiếu mã (properties.code)").format(number=number))
            continue
        name = str(properties.get("name") or "").strip()
        where = _("mục thứ {number}, mã {code} ({name})").format(number=number, code=code, name=name or "?")
        if code in found:
            problems.append(_("{where}: mã này có hai lần").format(where=where))
            continue
        try:
            shape = check_polygon(feature)
        except ValueError as error:
            problems.append(f"{where}: {error}")
            continue
        centre = shape.representative_point()
        full_name = str(properties.get("fullName") or properties.get("full_name") or name).strip()
        found[code] = _Boundary(
            code, name[:120], full_name[:160], to_geojson(shape, DIGITS), round(centre.y, 6), round(centre.x, 6)
        )
    if not features:
        problems.append(_("không có địa bàn nào trong tệp"))
    if problems:
        raise _refusal(file, problems)
    return list(found.values())


def _features(file: Path) -> list[Any]:
    try:
        with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            raise _refusal(file, [_("tệp quá lớn")])
        collection = json.loads(raw)
    except FileNotFoundError:
        raise Refused("not_found", _("Không có tệp {file}.").format(file=file)) from None
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise _refusal(file, [_("tệp nén bị hỏng hoặc bị cắt")]) from None
    except (ValueError, RecursionError) as error:
        raise _refusal(file, [_("không phải JSON: {error}").format(error=error)]) from None
    features = collection.get("features") if isinstance(collection, Mapping) else None
    if not isinstance(features, list):
        raise _refusal(file, [_("không phải FeatureCollection của GeoJSON")])
    return features


# ── Approximate cells ───────────────────────────────────────────────────────────────────────────────────────────────


def draw_approximate_cells() -> int:
    """Give every commune without an official boundary the land that is nearest to its centre. Returns how many changed.

    The caller makes the version grow.
    """
    from motcua.lib.geometry import approximate_cells

    today = local_today()
    communes = list(
        Area.objects.select_for_update()
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today), level=Area.Level.COMMUNE)
        .order_by("code")
    )
    changed: list[Area] = []
    for day in sorted({today, *(area.valid_from for area in communes if area.valid_from > today)}):
        together = [
            area for area in communes if area.valid_from <= day and (area.valid_to is None or day <= area.valid_to)
        ]
        wanting = [
            area
            for area in together
            if (area.polygon is None or area.is_approximate) and (area.valid_from == day or day == today)
        ]
        if not wanting:
            continue
        try:
            cells = approximate_cells({area.pk: (area.lat, area.lon) for area in together})
        except ValueError as error:
            raise Refused("invalid_areas", str(error)) from error
        for area in wanting:
            if area.polygon != cells[area.pk]:
                area.polygon, area.is_approximate = cells[area.pk], True
                changed.append(area)
    Area.objects.bulk_update(changed, ["polygon", "is_approximate"], batch_size=200)
    return len(changed)
