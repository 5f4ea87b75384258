"""Adding, changing and ending units."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Q, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from motcua.kernel.events.actions import record
from motcua.kernel.org.actions.versions import grow_version
from motcua.kernel.org.models import Unit
from motcua.lib.errors import Refused
from motcua.lib.vietnamese import fold

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

_TREE_LOCK = 0x4D43_0002  # advisory: two moves of units at once could close a circle that neither sees
_PLAIN = (
    "code",
    "name",
    "short_name",
    "name_en",
    "kind",
    "area_id",
    "calendar_id",
    "phone",
    "email",
    "agency_code",
    "valid_from",
    "legal_basis",
)


def lock_tree() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TREE_LOCK])


@transaction.atomic
def add_unit(
    *,
    actor: "Actor",
    code: str,
    name: str,
    short_name: str,
    kind: str,
    parent_id: int | None,
    calendar_id: int,
    valid_from: date,
    area_id: int | None = None,
    phone: str = "",
    email: str = "",
    agency_code: str = "",
    legal_basis: str = "",
    name_en: str = "",
) -> Unit:
    lock_tree()
    if Unit.objects.filter(code=code).exists():
        raise Refused(
            "duplicate", _("Đã có đơn vị mang mã {code}.").format(code=code), fields={"code": _("Mã đã dùng")}
        )
    parent = _get_parent(parent_id, on=valid_from)
    unit = Unit(
        code=code,
        name=name,
        short_name=short_name,
        folded=fold(f"{name} {short_name}")[:160],
        kind=kind,
        parent=parent,
        calendar_id=calendar_id,
        valid_from=valid_from,
        area_id=area_id,
        phone=phone,
        email=email,
        agency_code=agency_code,
        legal_basis=legal_basis,
        name_en=name_en,
    )
    unit.save()
    unit.path = f"{parent.path if parent else '.'}{unit.pk}."
    unit.save(update_fields=["path"])
    grow_version()
    record("unit.added", actor=actor, data={"unit_id": unit.pk, "code": code, "name": name})
    return unit


@transaction.atomic
def change_unit(unit_id: int, *, actor: "Actor", parent_id: int | None, **values: Any) -> Unit:
    """Set the given columns and the parent. A unit that moves takes everything below it along."""
    lock_tree()
    unit = Unit.objects.select_for_update().filter(pk=unit_id).first()
    if unit is None:
        raise Refused("not_found", _("Không có đơn vị này."))
    if unknown := values.keys() - set(_PLAIN):
        raise TypeError(f"not columns that may be changed: {sorted(unknown)}")
    before = {name: getattr(unit, name) for name in (*values, "parent_id")}
    parent = _get_parent(parent_id, on=values.get("valid_from", unit.valid_from))
    if parent is not None and parent.path.startswith(unit.path):
        raise Refused(
            "cycle",
            _("{name} đang nằm dưới {unit}, nên không thể là cấp trên của đơn vị này.").format(
                name=parent.name, unit=unit.name
            ),
            fields={"parent": _("Chọn đơn vị khác")},
        )
    if "code" in values and Unit.objects.filter(code=values["code"]).exclude(pk=unit_id).exists():
        raise Refused(
            "duplicate",
            _("Đã có đơn vị mang mã {code}.").format(code=values["code"]),
            fields={"code": _("Mã đã dùng")},
        )
    for name, value in values.items():
        setattr(unit, name, value)
    if unit.valid_to is not None and unit.valid_to < unit.valid_from:
        raise Refused("dates_inverted", _("Ngày kết thúc phải sau ngày bắt đầu."))
    unit.parent = parent
    unit.folded = fold(f"{unit.name} {unit.short_name}")[:160]
    changed = {
        name: [_plain(old), _plain(getattr(unit, name))] for name, old in before.items() if old != getattr(unit, name)
    }
    if not changed:
        return unit
    if "parent_id" in changed:
        old_path, unit.path = unit.path, f"{parent.path if parent else '.'}{unit.pk}."
        Unit.objects.filter(path__startswith=old_path).exclude(pk=unit.pk).update(
            path=Concat(Value(unit.path), Substr("path", len(old_path) + 1))
        )
    unit.save()
    grow_version()
    record_change(unit, actor=actor, changed=changed, has_new_calendar="calendar_id" in changed)
    return unit


def record_change(unit: Unit, *, actor: "Actor", changed: dict[str, Any], has_new_calendar: bool) -> None:
    """``calendar_id`` is told when it is new: whoever keeps promises by it counts them again."""
    data = {"unit_id": unit.pk, "code": unit.code, "name": unit.name, "changed": changed}
    if has_new_calendar:
        data["calendar_id"] = unit.calendar_id
    record("unit.changed", actor=actor, data=data)


@transaction.atomic
def end_unit(unit_id: int, *, actor: "Actor", on: date, legal_basis: str = "") -> Unit:
    """``on`` is the last day. Units below must have ended by then: nobody may stand under nothing."""
    lock_tree()
    unit = Unit.objects.select_for_update().filter(pk=unit_id).first()
    if unit is None:
        raise Refused("not_found", _("Không có đơn vị này."))
    if on < unit.valid_from:
        raise Refused(
            "dates_inverted", _("Ngày kết thúc phải sau ngày bắt đầu."), fields={"valid_to": _("Chọn ngày sau")}
        )
    staying = (
        Unit.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on), path__startswith=unit.path)
        .exclude(pk=unit.pk)
        .first()
    )
    if staying is not None:
        raise Refused(
            "has_children",
            _("{name} vẫn thuộc đơn vị này. Hãy chuyển hoặc kết thúc đơn vị đó trước.").format(name=staying.name),
        )
    unit.valid_to = on
    if legal_basis:
        unit.legal_basis = legal_basis
    unit.save(update_fields=["valid_to", "legal_basis"])
    grow_version()
    record(
        "unit.ended",
        actor=actor,
        data={"unit_id": unit.pk, "code": unit.code, "name": unit.name, "on": f"{on:%d/%m/%Y}"},
    )
    return unit


def _get_parent(parent_id: int | None, *, on: date) -> Unit | None:
    if parent_id is None:
        return None
    parent = Unit.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), pk=parent_id).first()
    if parent is None:
        raise Refused("not_found", _("Không có đơn vị cấp trên này."), fields={"parent": _("Chọn đơn vị khác")})
    return parent


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
