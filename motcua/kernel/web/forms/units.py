"""What an administrator may type about a unit: on its page, and for programs."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from motcua.kernel.identity.kind import KINDS_INSIDE_A_BODY, Actor
from motcua.kernel.identity.queries import managed_units, may, unit_ids_within
from motcua.kernel.org import queries as org
from motcua.kernel.org.forms import UNIT_KINDS, UnitForm
from motcua.lib.errors import Refused


def may_manage(actor: Actor, path: str) -> bool:
    return may(actor, "org.manage", unit_path=path)


def require_unit(actor: Actor, path: str) -> None:
    if not may_manage(actor, path):
        raise Refused("not_found", _("Không tìm thấy, hoặc đơn vị này không thuộc phạm vi quản trị của bạn."))


def calendar_choices() -> list[tuple[int, str]]:
    return [(calendar.pk, calendar.name) for calendar in org.list_calendars()]


class PartForm(UnitForm):
    """For who administers a part of the tree. How far posts at a unit reach goes by its kind, and what is sent to it by
    its kind, place and code: of bodies these are not theirs to change, and what is inside theirs is called after it."""

    def __init__(self, *arguments: Any, unit: Any = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._unit = unit
        if unit is not None and unit.kind not in KINDS_INSIDE_A_BODY:
            for name in ("code", "kind", "area"):
                self.fields[name].disabled = True
        else:
            kinds = [choice for choice in UNIT_KINDS.items() if choice[0] in KINDS_INSIDE_A_BODY]
            self._choices("kind", kinds)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        parent = org.tree().find(cleaned.get("parent_id") or (self._unit and self._unit.parent_id))
        code = cleaned.get("code", "")
        is_kept = self._unit is not None and code == self._unit.code
        if code and parent is not None and not is_kept and not code.startswith(f"{parent.code}-"):
            self.add_error("code", _("Mã bắt đầu bằng {code}-, mã của đơn vị cấp trên.").format(code=parent.code))
        return cleaned


def _form(actor: Actor, data: Mapping[str, Any] | None, unit: Any = None, **options: Any) -> UnitForm:
    if unit_ids_within(actor, "org.manage") is None:
        return UnitForm(data, calendars=calendar_choices(), **options)
    return PartForm(data, unit=unit, calendars=calendar_choices(), **options)


def add_form(actor: Actor, data: Mapping[str, Any] | None, initial: Mapping[str, Any] | None = None) -> UnitForm:
    return _form(actor, data, parents=managed_units(actor), initial=initial)


def change_form(actor: Actor, unit: Any, data: Mapping[str, Any] | None) -> UnitForm:
    """What may be changed of a unit; its place in the tree is for those who administer what is above."""
    below = set(org.tree().ids_under(unit.path))
    parents = [choice for choice in managed_units(actor) if choice[0] not in below]
    if unit.parent_id not in dict(parents):
        parents = []
    return _form(actor, data, unit, parents=parents, initial=initial_of(unit))


def initial_of(unit: Any) -> dict[str, Any]:
    initial = {name: getattr(unit, name) for name in UnitForm.base_fields if hasattr(unit, name)}
    return initial | {"area": unit.area.code if unit.area else ""}
