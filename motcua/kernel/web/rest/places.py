"""Areas and units for programs."""

from datetime import date
from typing import Any, Literal

from django.utils.translation import gettext as _
from ninja import Router, Schema, Status

from motcua.kernel.cases.rest import cleaned, unit_of
from motcua.kernel.identity.views import Request, public, requires
from motcua.kernel.org import actions
from motcua.kernel.org import queries as org
from motcua.kernel.org.forms import EndUnitForm
from motcua.kernel.places import queries as places
from motcua.kernel.web.forms.units import add_form, change_form, initial_of, require_unit
from motcua.lib.errors import Refused
from motcua.lib.wire import Code, Day, Latitude, Longitude, Words

router = Router(tags=["places and units"])


class AreaOut(Schema):
    code: str
    name: str
    full_name: str
    level: str
    type: str
    parent: str | None  # code
    lat: float
    lon: float
    is_approximate: bool  # its boundary was computed from the centres
    is_served: bool  # a commune for which somebody here answers
    valid_from: date
    valid_to: date | None

    @classmethod
    def of(cls, row: places.AreaRow) -> "AreaOut":
        return cls(
            code=row.code,
            name=row.name,
            full_name=row.full_name,
            level=row.level,
            type=row.type,
            parent=places.area(row.parent_id).code if row.parent_id else None,
            lat=row.lat,
            lon=row.lon,
            is_approximate=row.is_approximate,
            is_served=row.id in org.served(),
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )


class SuccessorOut(Schema):
    area: AreaOut
    kind: str  # whole | part


@router.get("/areas", response=list[AreaOut])
@public
def areas(
    request: Request,
    level: Literal["country", "province", "district", "commune"] = "commune",
    parent: Code | None = None,
) -> list[AreaOut]:
    """Areas in force, of one level."""
    return [AreaOut.of(row) for row in places.areas().in_force(level, parent)]


@router.get("/areas/at", response=AreaOut)
@public
def area_at(request: Request, lat: Latitude, lon: Longitude) -> AreaOut:
    """The commune that holds a point; 404 where nobody here answers."""
    row = org.served_commune_at(lat, lon)
    if row is None:
        raise Refused("not_found", _("Điểm này nằm ngoài địa bàn."))
    return AreaOut.of(row)


@router.get("/areas/{code}", response=AreaOut)
@public
def area(request: Request, code: Code) -> AreaOut:
    row = places.area_by_code(code)
    if row is None:
        raise Refused("not_found", _("Không có địa bàn này."))
    return AreaOut.of(row)


@router.get("/areas/{code}/successors", response=list[SuccessorOut])
@public
def area_successors(request: Request, code: Code) -> list[SuccessorOut]:
    """What became of an area that was dissolved; empty when nothing did. Several in part: one has to ask."""
    return [SuccessorOut(area=AreaOut.of(row), kind=kind) for row, kind in places.successors(code)]


class UnitOut(Schema):
    code: str
    name: str
    short_name: str
    name_en: str
    kind: str
    parent: str | None  # code
    area: str | None  # code
    phone: str
    email: str

    @classmethod
    def of(cls, row: org.UnitRow) -> "UnitOut":
        return cls(
            code=row.code,
            name=row.name,
            short_name=row.short_name,
            name_en=row.name_en,
            kind=row.kind,
            parent=org.tree().unit(row.parent_id).code if row.parent_id else None,
            area=places.area(row.area_id).code if row.area_id else None,
            phone=row.phone,
            email=row.email,
        )


@router.get("/units", response=list[UnitOut])
@public
def units(request: Request, parent: Code | None = None) -> list[UnitOut]:
    """Units in force, each after its parent; ``parent`` gives those directly below it."""
    tree = org.tree()
    if parent is None:
        return [UnitOut.of(row) for row in tree.in_force]
    above = tree.by_code(parent)
    return [UnitOut.of(row) for row in tree.children(above.id)] if above else []


@router.get("/units/{code}", response=UnitOut)
@public
def unit(request: Request, code: Code) -> UnitOut:
    row = org.tree().by_code(code)
    if row is None:
        raise Refused("not_found", _("Không có đơn vị này."))
    return UnitOut.of(row)


class UnitIn(Schema):
    """``kind``: province | department | commune | office | centre. ``calendar`` by its code."""

    code: Words = ""
    name: Words = ""
    short_name: Words = ""
    name_en: Words = ""
    kind: Words = ""
    parent: Code | None = None
    area: Words = ""
    calendar: Code | None = None
    phone: Words = ""
    email: Words = ""
    agency_code: Words = ""
    valid_from: Day | None = None
    legal_basis: Words = ""


def _typed(body: UnitIn) -> dict[str, Any]:
    """What was sent, by the names of the page's form."""
    values = body.model_dump(exclude_unset=True, exclude_none=True)
    if "parent" in values:
        values["parent_id"] = unit_of(values.pop("parent"))
    if "calendar" in values:
        code = values.pop("calendar")
        values["calendar_id"] = next((one.pk for one in org.list_calendars() if one.code == code), "")
    return values


def _managed(request: Request, code: str) -> Any:
    row = org.tree().by_code(code)
    if row is None:
        raise Refused("not_found", _("Không có đơn vị này."))
    require_unit(request.actor, row.path)
    return org.get_unit(row.id)


@router.post("/units", response={201: UnitOut})
@requires("org.manage")
def add_unit(request: Request, body: UnitIn) -> Status[UnitOut]:
    """A new unit below one that you administer."""
    values = cleaned(add_form(request.actor, _typed(body)))
    require_unit(request.actor, org.tree().path(values["parent_id"]))
    added = actions.add_unit(actor=request.actor, **values)
    return Status(201, UnitOut.of(org.tree().unit(added.pk)))


@router.patch("/units/{code}", response=UnitOut)
@requires("org.manage")
def change_unit(request: Request, code: Code, body: UnitIn) -> UnitOut:
    """What is left out stays. Its place in the tree is for those who administer what is above."""
    unit = _managed(request, code)
    typed, known = _typed(body), initial_of(unit)
    form = change_form(request.actor, unit, known | typed)
    kept = [name for name in known if name not in form.fields or form.fields[name].disabled]
    if any(typed.get(name, known[name]) != known[name] for name in kept):
        raise Refused("not_found", _("Không tìm thấy, hoặc đơn vị này không thuộc phạm vi quản trị của bạn."))
    actions.change_unit(unit.pk, actor=request.actor, **{"parent_id": unit.parent_id, **cleaned(form)})
    return UnitOut.of(org.tree().unit(unit.pk))


class EndIn(Schema):
    on: Day  # the last day
    legal_basis: Words = ""


@router.post("/units/{code}/end", response={204: None})
@requires("org.manage")
def end_unit(request: Request, code: Code, body: EndIn) -> Status[None]:
    """Units below must have ended by then."""
    unit = _managed(request, code)
    actions.end_unit(unit.pk, actor=request.actor, **cleaned(EndUnitForm(body.model_dump())))
    return Status(204, None)
