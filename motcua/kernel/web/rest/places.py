"""Areas and units for programs."""

from datetime import date
from typing import Literal

from django.utils.translation import gettext as _
from ninja import Router, Schema

from motcua.kernel.identity.views import Request, public
from motcua.kernel.org import queries as org
from motcua.kernel.places import queries as places
from motcua.lib.errors import Refused
from motcua.lib.wire import Code, Latitude, Longitude

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
    row = places.commune_at(lat, lon)
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
