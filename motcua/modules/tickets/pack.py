"""The pack's lines and counters of receptions."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.kernel.org.queries import unit_ids
from motcua.kernel.packs.kind import Change, Column, PackPart, Table, items, text, whole
from motcua.kernel.packs.queries import Pack, compare
from motcua.modules.tickets.kind import RECEPTION
from motcua.modules.tickets.models import Counter, Line, ServicePoint

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

LINES = Table(
    "queue_lines.csv",
    ("unit_code", "letter"),
    (
        Column("unit_code", text(60), required=True),
        Column("letter", text(1, pattern="[A-Z]", hint=gettext_lazy("một chữ cái từ A đến Z")), required=True),
        Column("name", text(120), required=True),
        Column("name_en", text(120), required=True),
        Column("fields", items, empty=()),
        Column("most_a_day", whole(1, 999), empty=200),
        Column("slot_places", whole(0, 50), empty=2),
    ),
    optional=True,
)
COUNTERS = Table(
    "queue_counters.csv",
    ("unit_code", "number"),
    (
        Column("unit_code", text(60), required=True),
        Column("number", whole(1, 99), required=True),
        Column("letters", text(26, pattern="[A-Z]*", hint=gettext_lazy("các ký hiệu hàng viết liền, như AB"))),
    ),
    optional=True,
)
_LINE = ("name", "name_en", "fields", "most_a_day", "slot_places")


def read(pack: Pack) -> None:
    units, fields = pack.keys("units.csv"), pack.keys("fields.csv")
    letters: dict[str, set[str]] = {}
    for record in pack.read_table(LINES):
        if record.check_reference("unit_code", units, "units.csv") and not record["unit_code"].endswith(RECEPTION):
            record.problem(
                _("chỉ nơi tiếp nhận (mã kết thúc bằng {end}) có hàng chờ").format(end=RECEPTION), "unit_code"
            )
        for field in record["fields"]:
            if field not in fields:
                record.problem(_("fields.csv không có “{value}”").format(value=field), "fields")
        letters.setdefault(record["unit_code"], set()).add(record["letter"])
    for record in pack.read_table(COUNTERS):
        if record["unit_code"] not in letters:
            record.problem(_("{file} không có hàng nào của nơi này").format(file=LINES.file), "unit_code")
        elif unknown := set(record["letters"]) - letters[record["unit_code"]]:
            record.problem(_("không có hàng {letters} ở nơi này").format(letters=", ".join(sorted(unknown))), "letters")


def apply(pack: Pack, actor: "Actor") -> list[Change]:
    """What the pack no longer has is closed, not removed: numbers were taken there."""
    codes = {record["unit_code"] for record in (*pack.tables[LINES.file], *pack.tables[COUNTERS.file])}
    ids = unit_ids(codes)
    for code in sorted(codes):
        ServicePoint.objects.get_or_create(unit_id=ids[code])
    points = {
        point.unit.code: point for point in ServicePoint.objects.select_for_update(of=("self",)).select_related("unit")
    }
    return [*_apply_lines(pack, points), *_apply_counters(pack, points)]


def _said(key: tuple[str, Any]) -> str:
    return f"{key[0]} {key[1]}"


def _apply_lines(pack: Pack, points: dict[str, ServicePoint]) -> list[Change]:
    wanted: dict[tuple[str, str], dict[str, Any]] = {
        (record["unit_code"], record["letter"]): {name: record[name] for name in _LINE}
        | {"fields": list(record["fields"]), "is_open": True}
        for record in pack.tables[LINES.file]
    }
    rows = {(row.point.unit.code, row.letter): row for row in Line.objects.select_related("point__unit")}
    found = {key: {name: getattr(row, name) for name in (*_LINE, "is_open")} for key, row in rows.items()}
    found = {key: values for key, values in found.items() if key in wanted or values["is_open"]}
    difference = compare(pack, "queue_lines", wanted, found, _said)
    Line.objects.bulk_create(Line(point=points[key[0]], letter=key[1], **wanted[key]) for key in difference.added)
    for key in difference.changed:
        Line.objects.filter(pk=rows[key].pk).update(**wanted[key])
    Line.objects.filter(pk__in=[rows[key].pk for key in difference.gone]).update(is_open=False)
    return difference.changes("ended")


def _apply_counters(pack: Pack, points: dict[str, ServicePoint]) -> list[Change]:
    wanted = {
        (record["unit_code"], record["number"]): {"letters": record["letters"], "is_active": True}
        for record in pack.tables[COUNTERS.file]
    }
    rows = {(row.point.unit.code, row.number): row for row in Counter.objects.select_related("point__unit")}
    found = {
        key: {"letters": row.letters, "is_active": row.is_active}
        for key, row in rows.items()
        if key in wanted or row.is_active
    }
    difference = compare(pack, "queue_counters", wanted, found, _said)
    Counter.objects.bulk_create(Counter(point=points[key[0]], number=key[1], **wanted[key]) for key in difference.added)
    for key in difference.changed:
        Counter.objects.filter(pk=rows[key].pk).update(**wanted[key])
    Counter.objects.filter(pk__in=[rows[key].pk for key in difference.gone]).update(is_active=False, officer=None)
    return difference.changes("ended")


PART = PackPart("tickets", (LINES.file, COUNTERS.file), read, apply, after=("org", "procedures"))
