"""The pack's categories, questions, routing and clocks. A module registers ``rules_part`` for its kind of case."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from motcua.kernel.cases.kind import KINDS
from motcua.kernel.cases.models import Category, ClockRule, RoutingRule
from motcua.kernel.cases.queries.rules import forget_rules
from motcua.kernel.identity.kind import Role
from motcua.kernel.org.queries import local_today
from motcua.kernel.packs.kind import Change, Column, PackPart, Table, flag, items, text, whole, word
from motcua.kernel.packs.queries import Pack, Record, compare
from motcua.lib.vietnamese import fold
from motcua.lib.worktime import Duration, Unit

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

URGENCIES = ("khan_cap", "khan", "binh_thuong", "phuc_tap")
LISTS = ("singlevaluelist", "multivaluelist")
CODE = text(
    60, pattern=r"[a-z0-9]+(-[a-z0-9]+)*", hint=gettext_lazy("bằng chữ thường không dấu và gạch nối, như road-damage")
)
ANY = "*"


def duration(cell: str) -> str:
    try:
        return str(Duration.parse(cell))
    except ValueError as error:
        if get_language() == "vi":
            raise
        raise ValueError(
            _("không đọc được thời hạn “{value}”; viết như 3 ngày làm việc").format(value=cell[:60])
        ) from error


def icon(cell: str) -> str:
    known = _icons(Path(settings.BUILD_DIR, "icons.json"))
    if known and cell not in known:
        raise ValueError(_("không có hình “{name}”; chọn một hình ở tabler.io/icons").format(name=cell))
    return cell


_read_icons: dict[Path, frozenset[str]] = {}


def _icons(path: Path) -> frozenset[str]:
    """Names of the icon set; empty before ``motcua assets`` has run, and then no name is questioned."""
    if path not in _read_icons and path.exists():
        _read_icons[path] = frozenset(json.loads(path.read_text(encoding="utf-8")))
    return _read_icons.get(path, frozenset())


def labels(cell: str) -> dict[str, str]:
    """``key:label|key:label``"""
    found: dict[str, str] = {}
    for part in items(cell):
        key, colon, label = part.partition(":")
        if not colon or not key.strip() or not label.strip():
            raise ValueError(_("“{part}” không đúng dạng; viết như yes:Có|no:Không").format(part=part))
        if key.strip() in found:
            raise ValueError(_("“{key}” có hai lần").format(key=key.strip()))
        found[key.strip()] = label.strip()
    return found


CATEGORIES = Table(
    "categories.csv",
    ("code",),
    (
        Column("code", CODE, required=True),
        Column("name", text(160), required=True),
        Column("name_en", text(160), required=True),
        Column("parent", CODE),
        Column("icon", icon, required=True),
        Column("urgency", word(*URGENCIES), required=True),
        Column("public", flag, required=True, empty=True),
        Column("guidance", text()),
        Column("guidance_en", text()),
        Column("examples", text(200)),
        Column("examples_en", text(200)),
        Column("photo_hint", text(200)),
        Column("photo_hint_en", text(200)),
        Column("open311_group", text(80)),
        Column("keywords", items, empty=()),
        Column("sort", whole(0, 1_000_000), required=True, empty=0),
    ),
)
ATTRIBUTES = Table(
    "attributes.csv",
    ("category", "code"),
    (
        Column("category", CODE, required=True),
        Column("code", text(60, pattern=r"[a-z0-9_-]+", hint=gettext_lazy("bằng chữ thường không dấu")), required=True),
        Column("order", whole(0, 1000), required=True, empty=0),
        Column("datatype", word("string", "number", "datetime", "text", *LISTS), required=True),
        Column("required", flag, required=True, empty=False),
        Column("question", text(300), required=True),
        Column("question_en", text(300), required=True),
        Column("values", labels, empty={}),
        Column("values_en", labels, empty={}),
    ),
    optional=True,
)
ROUTING = Table(
    "routing.csv",
    ("order",),
    (
        Column("order", whole(1, 1_000_000), required=True, empty=0),
        Column("category", text(60), required=True),
        Column("area", text(12), required=True),
        Column("hours", word(ANY, "working", "off"), required=True),
        Column("target", text(60), required=True),
        Column("reason", text(200), required=True),
    ),
)
CLOCKS = Table(
    "clocks.csv",
    ("clock", "category", "area", "urgency"),
    (
        Column("clock", text(20), required=True),
        Column("category", text(60), required=True),
        Column("area", text(12), required=True),
        Column("urgency", word(ANY, *URGENCIES), required=True),
        Column("duration", duration),
        Column("after", text(20)),
        Column("remind_before", duration),
        Column("escalate_to", word(*(role.value for role in Role))),
        Column("basis", text(200)),
    ),
)

# ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _read(kind: str, pack: Pack) -> None:
    records = pack.read_table(CATEGORIES)
    categories = pack.keys(CATEGORIES.file)
    for record in records:
        record.check_reference("parent", categories, CATEGORIES.file)
        parent = categories.get(record["parent"])
        if parent is not None and parent["parent"]:
            record.problem(_("“{code}” đã nằm trong một nhóm; chỉ có hai cấp").format(code=parent["code"]), "parent")
    _read_attributes(pack, categories)
    _read_routing(pack, categories)
    _read_clocks(kind, pack, categories)


def groups(pack: Pack) -> set[str]:
    """Categories that others name as their parent; they cannot be chosen."""
    return {record["parent"] for record in pack.tables[CATEGORIES.file] if record["parent"]}


def _read_attributes(pack: Pack, categories: Mapping[str, Record]) -> None:
    for record in pack.read_table(ATTRIBUTES):
        record.check_reference("category", categories, CATEGORIES.file)
        if record["category"] in groups(pack):
            record.problem(_("“{code}” là một nhóm; hỏi ở từng loại").format(code=record["category"]), "category")
        is_list = record["datatype"] in LISTS
        if is_list != bool(record["values"]):
            words = _("phải có các lựa chọn") if is_list else _("chỉ {lists} mới có lựa chọn; để trống")
            record.problem(words.format(lists=", ".join(LISTS)), "values")
        if record["values"].keys() != record["values_en"].keys() and "values" not in record.bad:
            record.problem(_("phải có cùng các mã như cột values"), "values_en")


def _check_scope(record: Record, pack: Pack, categories: Mapping[str, Record]) -> None:
    if record["category"] != ANY:
        record.check_reference("category", categories, CATEGORIES.file)
    if record["area"] != ANY:
        record.check_reference("area", pack.keys("areas.csv"), "areas.csv")


def _read_routing(pack: Pack, categories: Mapping[str, Record]) -> None:
    rules = pack.read_table(ROUTING)
    units = pack.keys("units.csv")
    communes = {code for code, unit in units.items() if unit["kind"] == "commune"}
    ordered = sorted(rules, key=lambda rule: rule["order"])
    for number, rule in enumerate(ordered):
        _check_scope(rule, pack, categories)
        target, _slash, suffix = rule["target"].partition("/")
        if target == "commune" and suffix:
            if not any(f"{commune}-{suffix}" in units for commune in communes):
                rule.problem(_("không xã, phường nào có đơn vị “…-{suffix}”").format(suffix=suffix), "target")
        elif target != "commune" or _slash:
            rule.check_reference("target", units, "units.csv")
        earlier = next((other for other in ordered[:number] if _covers(other, rule, pack, categories)), None)
        if earlier is not None:
            rule.problem(
                _("không bao giờ dùng đến: dòng {line} đã nhận hết; đổi thứ tự hoặc bỏ").format(line=earlier.line),
                "order",
            )
    if rules and not all(ordered[-1][column] == ANY for column in ("category", "area", "hours")):
        ordered[-1].problem(_("dòng cuối phải là *,*,* để việc nào cũng có nơi nhận"))


def _covers(earlier: Record, later: Record, pack: Pack, categories: Mapping[str, Record]) -> bool:
    areas = pack.keys("areas.csv")
    return (
        earlier["category"] in {ANY, later["category"], _above(categories, later["category"], "parent")}
        and earlier["area"] in {ANY, later["area"], _above(areas, later["area"], "parent_code")}
        and earlier["hours"] in {ANY, later["hours"]}
    )


def _above(records: Mapping[str, Record], code: str, column: str) -> str | None:
    return records[code][column] if code in records else None


def _read_clocks(kind: str, pack: Pack, categories: Mapping[str, Record]) -> None:
    rules = pack.read_table(CLOCKS)
    names = set(KINDS[kind].clock_labels)
    starts: dict[str, set[str]] = {}
    general = {rule["clock"] for rule in rules if all(rule[c] == ANY for c in ("category", "area", "urgency"))}
    for rule in rules:
        _check_scope(rule, pack, categories)
        rule.check_reference("clock", names, "kind.py")
        if rule["clock"] in names and rule["clock"] not in general:
            general.add(rule["clock"])
            rule.problem(_("thiếu dòng {clock},*,*,*").format(clock=rule["clock"]), "clock")
        if not rule["after"] and rule["duration"]:
            rule.problem(_("ghi opened, hoặc đồng hồ phải xong trước"), "after")
        elif rule["after"] not in {"", "opened", *names}:
            rule.check_reference("after", names, "kind.py")
        elif rule["after"] in names:
            starts.setdefault(rule["clock"], set()).add(rule["after"])
            if _is_circle(starts, rule["clock"]):
                starts[rule["clock"]].discard(rule["after"])
                rule.problem(_("các đồng hồ chờ nhau thành vòng"), "after")
        if rule["remind_before"] and rule["duration"] and _minutes(rule["remind_before"]) >= _minutes(rule["duration"]):
            rule.problem(_("phải ngắn hơn thời hạn {duration}").format(duration=rule["duration"]), "remind_before")


def _is_circle(starts: Mapping[str, set[str]], clock: str) -> bool:
    reached, waiting = set(), list(starts.get(clock, ()))
    while waiting:
        at = waiting.pop()
        if at == clock:
            return True
        if at not in reached:
            reached.add(at)
            waiting += starts.get(at, ())
    return False


_MINUTES = {Unit.WORKING_MINUTE: 1, Unit.WORKING_HOUR: 60, Unit.WORKING_DAY: 480, Unit.DAY: 480, Unit.MONTH: 480 * 22}


def _minutes(written: str) -> float:
    """Roughly, in working minutes: enough to see that one is shorter."""
    term = Duration.parse(written)
    return float(term.amount) * _MINUTES[term.unit]


# ── Applying ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _apply(kind: str, pack: Pack, actor: "Actor") -> list[Change]:
    told = [*_apply_categories(kind, pack), *_apply_routing(kind, pack), *_apply_clocks(kind, pack)]
    if told:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO cases_rulesversion (id, number) VALUES (1, 1)"
                " ON CONFLICT (id) DO UPDATE SET number = cases_rulesversion.number + 1"
            )
        forget_rules()
    return told


OPTIONS = ("examples", "examples_en", "photo_hint", "photo_hint_en", "open311_group")
COPIED = ("name", "name_en", "icon", "urgency", "guidance", "guidance_en")


def _apply_categories(kind: str, pack: Pack) -> list[Change]:
    records = pack.keys(CATEGORIES.file)
    questions = _questions(pack)
    wanted = {
        code: {
            **{name: record[name] for name in COPIED},
            "is_public": record["public"],
            "position": record["sort"],
            "keywords": "|".join(record["keywords"]),
            "attributes": questions.get(code, []),
            "options": {name: record[name] for name in OPTIONS if record[name]},
            "valid_to": None,
            "parent": record["parent"],
        }
        for code, record in records.items()
    }
    rows: dict[str, Category] = {}
    for row in (
        Category.objects.select_for_update(of=("self",))
        .select_related("parent")
        .filter(kind=kind)
        .order_by("valid_from")
    ):
        rows[row.code] = row  # the latest of each code
    found = {
        code: {name: getattr(row, name) for name in next(iter(wanted.values()), {})}
        | {"parent": row.parent.code if row.parent else ""}
        for code, row in rows.items()
        if code in wanted or row.valid_to is None
    }
    difference = compare(pack, "categories", wanted, found)
    start = pack.setting("pack", "valid_from")
    for is_child in (False, True):  # groups before what is in them
        fresh = [code for code in difference.added if bool(wanted[code]["parent"]) == is_child]
        made = Category.objects.bulk_create(
            Category(kind=kind, code=code, valid_from=start, **_columns(wanted[code], rows)) for code in fresh
        )
        rows |= dict(zip(fresh, made, strict=True))
    for code in difference.changed:
        Category.objects.filter(pk=rows[code].pk).update(**_columns(wanted[code], rows))
    for code in difference.gone:
        last = max(local_today() - timedelta(days=1), rows[code].valid_from)
        Category.objects.filter(pk=rows[code].pk).update(valid_to=last)
    return difference.changes(gone="ended")


def _columns(wanted: Mapping[str, Any], rows: Mapping[str, Category]) -> dict[str, Any]:
    return {
        **wanted,
        "parent": rows[wanted["parent"]] if wanted["parent"] else None,
        "folded": fold(f"{wanted['name']} {wanted['name_en']}")[:320],
    }


def _questions(pack: Pack) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for record in sorted(pack.tables[ATTRIBUTES.file], key=lambda record: record["order"]):
        found.setdefault(record["category"], []).append(
            {
                **{name: record[name] for name in ("code", "order", "datatype", "required", "question", "question_en")},
                "values": [
                    {"key": key, "name": label, "name_en": record["values_en"][key]}
                    for key, label in record["values"].items()
                ],
            }
        )
    return found


def _listed(cell: str) -> list[str]:
    return [] if cell == ANY else [cell]


def _apply_routing(kind: str, pack: Pack) -> list[Change]:
    columns = ("categories", "areas", "hours", "target", "reason")
    wanted = {
        record["order"]: {
            "categories": _listed(record["category"]),
            "areas": _listed(record["area"]),
            "hours": "" if record["hours"] == ANY else record["hours"],
            "target": record["target"].replace("commune/", "office:", 1),
            "reason": record["reason"],
        }
        for record in pack.tables[ROUTING.file]
    }
    rows = {row.position: row for row in RoutingRule.objects.select_for_update().filter(kind=kind)}
    difference = compare(
        pack, "routing", wanted, {key: {name: getattr(row, name) for name in columns} for key, row in rows.items()}
    )
    RoutingRule.objects.filter(kind=kind, position__in=difference.gone).delete()
    for position in difference.changed:
        RoutingRule.objects.filter(pk=rows[position].pk).update(**wanted[position])
    RoutingRule.objects.bulk_create(
        RoutingRule(kind=kind, position=position, **wanted[position]) for position in difference.added
    )
    return difference.changes()


ClockKey = tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]  # clock, categories, areas, urgencies


def _apply_clocks(kind: str, pack: Pack) -> list[Change]:
    columns = ("duration", "after", "remind_before", "escalate_to", "basis")
    wanted: dict[ClockKey, dict[str, Any]] = {}
    for record in pack.tables[CLOCKS.file]:
        scope = [tuple(_listed(record[name])) for name in ("category", "area", "urgency")]
        values = {name: record[name] for name in columns} | {"after": record["after"] or "opened"}
        wanted[record["clock"], scope[0], scope[1], scope[2]] = values
    rows = {_clock_key(row): row for row in ClockRule.objects.select_for_update().filter(kind=kind)}
    difference = compare(
        pack,
        "clocks",
        wanted,
        {key: {name: getattr(row, name) for name in columns} for key, row in rows.items()},
        as_text=lambda key: " ".join([key[0], *(",".join(part) or ANY for part in key[1:])]),
    )
    if told := difference.changes():
        # Positions follow from how narrow a rule is, so all are numbered anew; nothing points at these rows.
        kept = {key: row for key, row in rows.items() if key not in wanted and key not in difference.gone}
        final = [ClockRule(kind=kind, **_clock_columns(key), **values) for key, values in wanted.items()]
        for row in kept.values():
            row.pk = None
            final.append(row)
        ClockRule.objects.filter(kind=kind).delete()
        final.sort(key=partial(_width, groups(pack), _provinces(pack)))
        for number, row in enumerate(final, start=1):
            row.position = number * 10
        ClockRule.objects.bulk_create(final)
    return told


def _clock_key(row: ClockRule) -> ClockKey:
    return row.clock, tuple(row.categories), tuple(row.areas), tuple(row.urgencies)


def _clock_columns(key: ClockKey) -> dict[str, Any]:
    return {"clock": key[0], "categories": list(key[1]), "areas": list(key[2]), "urgencies": list(key[3])}


def _provinces(pack: Pack) -> set[str]:
    return {record["code"] for record in pack.tables["areas.csv"] if record["level"] != "commune"}


def _width(wide_categories: set[str], wide_areas: set[str], rule: ClockRule) -> tuple[object, ...]:
    """Narrow before wide: by category, then area, then urgency."""

    def width(codes: Sequence[str], wide: set[str]) -> int:
        return 2 if not codes else int(not wide.isdisjoint(codes))

    return (
        rule.clock,
        width(rule.categories, wide_categories),
        width(rule.areas, wide_areas),
        not rule.urgencies,
        rule.categories,
        rule.areas,
        rule.urgencies,
    )


def rules_part(kind: str) -> PackPart:
    """For the ``apps.py`` of the module whose cases these are."""
    files = (CATEGORIES.file, ATTRIBUTES.file, ROUTING.file, CLOCKS.file)
    return PackPart("cases", files, partial(_read, kind), partial(_apply, kind), after=("org", "places"))
