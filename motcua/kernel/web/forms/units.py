"""What an administrator may type about a unit: on its page, and for programs."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.queries import managed_units, may
from motcua.kernel.org import queries as org
from motcua.kernel.org.forms import UnitForm
from motcua.lib.errors import Refused


def may_manage(actor: Actor, path: str) -> bool:
    return may(actor, "org.manage", unit_path=path)


def require_unit(actor: Actor, path: str) -> None:
    if not may_manage(actor, path):
        raise Refused("not_found", _("Không tìm thấy, hoặc đơn vị này không thuộc phạm vi quản trị của bạn."))


def calendar_choices() -> list[tuple[int, str]]:
    return [(calendar.pk, calendar.name) for calendar in org.list_calendars()]


def change_form(actor: Actor, unit: Any, data: Mapping[str, Any] | None) -> UnitForm:
    """What may be changed of a unit; its place in the tree is for those who administer what is above."""
    below = set(org.tree().ids_under(unit.path))
    parents = [choice for choice in managed_units(actor) if choice[0] not in below]
    if unit.parent_id not in dict(parents):
        parents = []
    return UnitForm(data, parents=parents, calendars=calendar_choices(), initial=initial_of(unit))


def initial_of(unit: Any) -> dict[str, Any]:
    initial = {name: getattr(unit, name) for name in UnitForm.base_fields if hasattr(unit, name)}
    return initial | {"area": unit.area.code if unit.area else ""}
