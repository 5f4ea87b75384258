"""The pack's areas and what became of the old ones."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.kernel.packs.kind import Change, Column, PackPart, Table, day, items, number, text, word
from motcua.kernel.packs.queries import Pack, Record, compare
from motcua.kernel.places.actions import draw_approximate_cells
from motcua.kernel.places.actions.versions import grow_version
from motcua.kernel.places.kind import EVER
from motcua.kernel.places.models import Area, Landmark, Succession
from motcua.kernel.places.queries import local_today
from motcua.lib.vietnamese import fold

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

LEVELS = (Area.Level.COUNTRY, Area.Level.PROVINCE, Area.Level.DISTRICT, Area.Level.COMMUNE)
TYPES = ("tinh", "thanh_pho", "thi_xa", "huyen", "quan", "xa", "phuong", "thi_tran", "dac_khu")
CODE = text(12, pattern=r"[A-Z0-9]+", hint=gettext_lazy("bằng chữ số hoặc chữ hoa, như 24781"))


def _columns(*, is_old: bool) -> tuple[Column, ...]:
    return (
        Column("code", CODE, required=True),
        Column("name", text(120), required=True),
        Column("full_name", text(160), required=True),
        Column("level", word(*LEVELS), required=True),
        Column("type", word(*TYPES)),
        Column("parent_code", CODE),
        Column("lat", number(6, 24), required=True, empty=None),
        Column("lon", number(102, 118), required=True, empty=None),
        Column("valid_from", day, empty=None),
        Column("valid_to", day, required=is_old, empty=None),
        Column("legal_basis", text(200)),
    )


AREAS = Table("areas.csv", ("code", "valid_from"), _columns(is_old=False))
OLD_AREAS = Table("areas_old.csv", ("code", "valid_to"), _columns(is_old=True), optional=True)
LANDMARKS = Table(
    "landmarks.csv",
    ("area_code", "name", "kind"),
    (
        Column("area_code", CODE, required=True),
        Column("name", text(120), required=True),
        Column("kind", word(*Landmark.Kind.values), required=True),
        Column("aliases", items, empty=()),
        Column("lat", number(6, 24), required=True, empty=None),
        Column("lon", number(102, 118), required=True, empty=None),
    ),
    optional=True,
)
SUCCESSIONS = Table(
    "successions.csv",
    ("old_code", "new_code"),
    (
        Column("old_code", CODE, required=True),
        Column("new_code", CODE, required=True),
        Column("kind", word(*Succession.Kind.values), required=True),
        Column("on", day, required=True, empty=None),
        Column("legal_basis", text(200)),
    ),
    optional=True,
)


def read(pack: Pack) -> None:
    new, old = pack.read_table(AREAS), pack.read_table(OLD_AREAS)
    new_codes, old_codes = pack.keys(AREAS.file), pack.keys(OLD_AREAS.file)
    for record in new:
        _check(record, {}, new_codes)
    for record in old:
        _check(record, old_codes, new_codes)
    _check_periods([*new, *old])
    _check_centres(new)
    for record in pack.read_table(SUCCESSIONS):
        record.check_reference("old_code", old_codes, OLD_AREAS.file)
        record.check_reference("new_code", new_codes, AREAS.file)
    _check_successions(pack.tables[SUCCESSIONS.file])
    for record in pack.read_table(LANDMARKS):
        record.check_reference("area_code", new_codes, AREAS.file)
    province = pack.setting("pack", "province")
    if province is not None and (province not in new_codes or new_codes[province]["level"] != Area.Level.PROVINCE):
        pack.setting_problem("pack", "province", _("areas.csv không có tỉnh mang mã “{code}”").format(code=province))
    for name, least, most in (("lat", 6, 24), ("lon", 102, 118), ("zoom", 5, 19)):
        value = pack.setting("map", name)
        if value is not None and not least <= value <= most:
            pack.setting_problem("map", name, _("phải từ {least} đến {most}").format(least=least, most=most))


def _check(record: Record, first: Mapping[str, Record], second: Mapping[str, Record]) -> None:
    record.check_dates()
    code = record["parent_code"]
    if not code:
        if record["level"] != Area.Level.COUNTRY:
            record.problem(_("chỉ quốc gia mới không có cấp trên; ghi mã cấp trên"), "parent_code")
        return
    parent = first.get(code) or second.get(code)
    if parent is None:
        record.check_reference("parent_code", (), record.file)
    elif not record.bad & {"level"} and not parent.bad & {"level"} and not _is_above(parent, record):
        # Which also says that no circle of parents can be.
        record.problem(
            _("“{parent}” ({level}) không phải cấp trên của một {own}").format(
                parent=code, level=parent["level"], own=record["level"]
            ),
            "parent_code",
        )


def _is_above(parent: Record, child: Record) -> bool:
    return LEVELS.index(parent["level"]) < LEVELS.index(child["level"])


def _check_periods(records: Sequence[Record]) -> None:
    by_code: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        if not record.bad & {"code", "valid_from", "valid_to"}:
            by_code[record["code"]].append(record)
    for same in by_code.values():
        same.sort(key=_first_day)
        for earlier, later in pairwise(same):
            if earlier["valid_to"] is None or earlier["valid_to"] >= _first_day(later):
                later.problem(
                    _("mã “{code}” đã có hiệu lực trong thời gian này ở {file}:{line}; sửa ngày").format(
                        code=later["code"], file=earlier.file, line=earlier.line
                    ),
                    "valid_from",
                )


def _check_centres(records: Sequence[Record]) -> None:
    """Cells are computed from the centres, so no two communes of one time may share theirs."""
    first: dict[tuple[float, float], Record] = {}
    for record in records:
        if record["level"] != Area.Level.COMMUNE or record["valid_to"] or record.bad & {"lat", "lon"}:
            continue
        same = first.setdefault((record["lat"], record["lon"]), record)
        if same is not record:
            record.problem(
                _("cùng một điểm với “{code}” ở dòng {line}; sửa toạ độ").format(code=same["code"], line=same.line),
                "lat",
            )


def _check_successions(records: Sequence[Record]) -> None:
    by_old: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        by_old[record["old_code"]].append(record)
    for same in by_old.values():
        kinds = {record["kind"] for record in same}
        if len(same) > 1 and Succession.Kind.WHOLE in kinds:
            same[-1].problem(
                _("“{code}” chia vào {count} nơi, nên mỗi dòng phải là part").format(
                    code=same[-1]["old_code"], count=len(same)
                ),
                "kind",
            )


def _first_day(record: Record) -> date:
    return record["valid_from"] or EVER


# ── Applying ────────────────────────────────────────────────────────────────────────────────────────────────────────

Key = tuple[str, date]  # code, first day
PLAIN = ("name", "full_name", "level", "type", "lat", "lon", "valid_to", "legal_basis")


def apply(pack: Pack, actor: "Actor") -> list[Change]:
    new, old = pack.keys(AREAS.file), pack.keys(OLD_AREAS.file)
    records = sorted((*new.values(), *old.values()), key=lambda record: LEVELS.index(record["level"]))
    wanted: dict[Key, dict[str, Any]] = {}
    for record in records:
        parent = (old if record.file == OLD_AREAS.file else {}).get(record["parent_code"]) or new.get(
            record["parent_code"]
        )
        wanted[_key(record)] = {name: record[name] for name in PLAIN} | {"parent": _key(parent) if parent else None}

    rows = {(area.code, area.valid_from): area for area in Area.objects.select_for_update().defer("polygon")}
    keys = {area.pk: key for key, area in rows.items()}
    found = {
        key: {name: getattr(area, name) for name in PLAIN}
        | {"parent": keys[area.parent_id] if area.parent_id else None}
        for key, area in rows.items()
        if key in wanted or area.valid_to is None
    }
    difference = compare(pack, "areas", wanted, found, as_text=lambda key: f"{key[0]} {key[1]}")
    for level in LEVELS:  # parents before children
        fresh = [key for key in difference.added if wanted[key]["level"] == level]
        made = Area.objects.bulk_create(
            Area(code=key[0], valid_from=key[1], **_values(wanted[key], rows)) for key in fresh
        )
        rows |= dict(zip(fresh, made, strict=True))
    for key in difference.changed:
        Area.objects.filter(pk=rows[key].pk).update(**_values(wanted[key], rows))
    yesterday = local_today() - timedelta(days=1)
    for key in difference.gone:
        Area.objects.filter(pk=rows[key].pk).update(valid_to=max(yesterday, key[1]))

    told = difference.changes(gone="ended")
    told += _apply_successions(
        pack,
        {code: rows[_key(record)] for code, record in old.items()},
        {code: rows[_key(record)] for code, record in new.items()},
    )
    told += _apply_landmarks(pack, {code: rows[_key(record)] for code, record in new.items()})
    if told:
        draw_approximate_cells()
        grow_version()
    return told


def _key(record: Record) -> Key:
    return record["code"], _first_day(record)


def _values(wanted: Mapping[str, Any], rows: Mapping[Key, Area]) -> dict[str, Any]:
    values = {name: wanted[name] for name in PLAIN}
    parent = rows[wanted["parent"]] if wanted["parent"] else None
    return values | {"parent": parent, "folded": fold(wanted["full_name"])}


def _apply_successions(pack: Pack, old: Mapping[str, Area], new: Mapping[str, Area]) -> list[Change]:
    wanted = {
        (old[record["old_code"]].pk, new[record["new_code"]].pk): {
            name: record[name] for name in ("kind", "on", "legal_basis")
        }
        for record in pack.tables[SUCCESSIONS.file]
    }
    names = {area.pk: area.code for area in (*old.values(), *new.values())}
    rows = {(row.old_id, row.new_id): row for row in Succession.objects.select_related("old", "new")}
    names |= {area.pk: area.code for row in rows.values() for area in (row.old, row.new)}
    difference = compare(
        pack,
        "successions",
        wanted,
        {key: {name: getattr(row, name) for name in ("kind", "on", "legal_basis")} for key, row in rows.items()},
        as_text=lambda key: f"{names[key[0]]} → {names[key[1]]}",
    )
    Succession.objects.bulk_create(Succession(old_id=key[0], new_id=key[1], **wanted[key]) for key in difference.added)
    for key in difference.changed:
        Succession.objects.filter(pk=rows[key].pk).update(**wanted[key])
    Succession.objects.filter(pk__in=[rows[key].pk for key in difference.gone]).delete()
    return difference.changes()


def _apply_landmarks(pack: Pack, areas: Mapping[str, Area]) -> list[Change]:
    wanted = {
        (areas[record["area_code"]].pk, record["name"], record["kind"]): {
            "aliases": list(record["aliases"]), "lat": record["lat"], "lon": record["lon"],
        }
        for record in pack.tables[LANDMARKS.file]
    }  # fmt: skip
    rows = {(row.area_id, row.name, row.kind): row for row in Landmark.objects.all()}
    found = {key: {name: getattr(row, name) for name in ("aliases", "lat", "lon")} for key, row in rows.items()}
    difference = compare(pack, "landmarks", wanted, found, as_text=lambda key: key[1])
    Landmark.objects.bulk_create(
        Landmark(area_id=key[0], name=key[1], kind=key[2], **wanted[key]) for key in difference.added
    )
    for key in difference.changed:
        Landmark.objects.filter(pk=rows[key].pk).update(**wanted[key])
    Landmark.objects.filter(pk__in=[rows[key].pk for key in difference.gone]).delete()
    return difference.changes()


PART = PackPart("places", (AREAS.file, OLD_AREAS.file, SUCCESSIONS.file, LANDMARKS.file), read, apply)
