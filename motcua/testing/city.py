"""A small invented city for tests: one province, two wards with an office each, a 1022 centre, its people.

Every test that needs government asks for the fixture ``city``: ``city.lan`` takes calls at 1022; ``city.minh``
leads Ward One, ``city.hoa`` works there; ``city.tam`` works in Ward Two and must not see Ward One's work; ``city.quan``
administers the province. ``city.an`` reports, ``city.binh`` is another person, who must see nothing of An's.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import F

from motcua.kernel.cases.models import Category, ClockRule, RoutingRule, RulesVersion
from motcua.kernel.cases.queries.rules import forget_rules
from motcua.kernel.identity.kind import ANONYMOUS, Actor, Link
from motcua.kernel.identity.models import Account, Post
from motcua.kernel.identity.queries import officer_actor
from motcua.kernel.org import queries as org
from motcua.kernel.org.models import Calendar, OrgVersion, Unit
from motcua.kernel.places import queries as places
from motcua.kernel.places.models import Area, AreaVersion
from motcua.lib.vietnamese import fold

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY = datetime(2026, 11, 16, 8, 0, tzinfo=ZONE)  # a working Monday without holidays around it
LONG_AGO = date(2020, 1, 1)
LAMP_AT = (11.945, 108.435)  # in Ward One
WARD_TWO_AT = (11.945, 108.465)
SEA_AT = (10.0, 112.0)
NEIGHBOUR_AT = (11.945, 108.525)  # in the province of ``add_neighbour``


@dataclass(frozen=True)
class City:
    province: Unit
    ward_one: Unit
    ward_two: Unit
    office_one: Unit
    office_two: Unit
    lights: Unit
    centre: Unit
    lan: Actor
    minh: Actor
    hoa: Actor
    tam: Actor
    quan: Actor
    an: Actor
    binh: Actor


def holding(party_id: int, case_id: int) -> Actor:
    """Somebody with a private link in hand."""
    return Actor(kind="person", party_id=party_id, case_id=case_id, links=(Link(party_id, case_id),))


def build_city() -> City:
    calendar = Calendar.objects.create(
        code="office",
        name="Giờ hành chính",
        sessions={str(weekday): [["07:00", "11:30"], ["13:30", "17:00"]] for weekday in range(5)},
    )
    region = _area("68", "Tỉnh Thử", Area.Level.PROVINCE, None, 108.40, 108.50)
    one = _area("24778", "Phường Một", Area.Level.COMMUNE, region, 108.40, 108.45)
    two = _area("24781", "Phường Hai", Area.Level.COMMUNE, region, 108.45, 108.50)
    AreaVersion.objects.update_or_create(pk=1, defaults={"number": AreaVersion.objects.count() + 1})
    province = add_unit("68", "Tỉnh Thử", Unit.Kind.PROVINCE, None, region, calendar)
    centre = add_unit("centre-1022", "Tổng đài 1022", Unit.Kind.CENTRE, province, region, calendar)
    lights = add_unit("lights", "Đội chiếu sáng", Unit.Kind.CENTRE, province, region, calendar)
    ward_one = add_unit("24778", "Phường Một", Unit.Kind.COMMUNE, province, one, calendar)
    ward_two = add_unit("24781", "Phường Hai", Unit.Kind.COMMUNE, province, two, calendar)
    office_one = add_unit("24778-kinh-te", "Phòng Kinh tế Một", Unit.Kind.OFFICE, ward_one, one, calendar)
    office_two = add_unit("24781-kinh-te", "Phòng Kinh tế Hai", Unit.Kind.OFFICE, ward_two, two, calendar)
    OrgVersion.objects.update_or_create(pk=1, defaults={"number": 1})
    _rules()
    org.forget()
    places.forget()
    forget_rules()
    return City(
        province, ward_one, ward_two, office_one, office_two, lights, centre,
        lan=add_officer("lan", "Trần Thị Lan", centre, "operator"),
        minh=add_officer("minh", "Lê Văn Minh", ward_one, "leader"),
        hoa=add_officer("hoa", "Phạm Thị Hoa", office_one, "specialist"),
        tam=add_officer("tam", "Vũ Thị Tâm", office_two, "specialist"),
        quan=add_officer("quan", "Đỗ Văn Quân", province, "administrator"),
        an=ANONYMOUS,
        binh=ANONYMOUS,
    )  # fmt: skip


def _area(code: str, name: str, level: str, parent: Area | None, west: float, east: float) -> Area:
    south, north = 11.90, 12.00
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return Area.objects.create(
        code=code, name=name, full_name=name, folded=fold(name), level=level, type="phuong", parent=parent,
        lat=(south + north) / 2, lon=(west + east) / 2, polygon={"type": "MultiPolygon", "coordinates": [[ring]]},
        valid_from=LONG_AGO,
    )  # fmt: skip


def add_neighbour() -> Area:
    """A commune of another province, known by its boundary, for which no unit here answers."""
    beside = _area("80", "Tỉnh Bên", Area.Level.PROVINCE, None, 108.50, 108.55)
    commune = _area("25459", "Phường Hai Bên", Area.Level.COMMUNE, beside, 108.50, 108.55)
    AreaVersion.objects.update(number=F("number") + 1)
    places.forget()
    return commune


def add_unit(code: str, name: str, kind: str, parent: Unit | None, area: Area, calendar: Calendar) -> Unit:
    unit = Unit.objects.create(
        code=code, name=name, short_name=name, folded=fold(name), kind=kind, parent=parent, path="", area=area,
        calendar=calendar, valid_from=LONG_AGO,
    )  # fmt: skip
    unit.path = f"{parent.path if parent else '.'}{unit.id}."
    unit.save(update_fields=["path"])
    return unit


def add_officer(login: str, name: str, unit: Unit, role: str) -> Actor:
    account = Account.objects.create(kind="officer", login=login, name=name, folded=fold(name), created_at=MONDAY)
    Post.objects.create(officer=account, unit=unit, role=role, valid_from=LONG_AGO)
    org.forget()
    return officer_actor(account.id)


def _rules() -> None:
    def category(code: str, name: str, position: int, *, is_public: bool = True) -> Category:
        return Category.objects.create(
            kind="incident", code=code, name=name, name_en=code.title(), folded=fold(name), icon="bulb",
            is_public=is_public, position=position, valid_from=LONG_AGO,
        )  # fmt: skip

    category("street-lighting", "Chiếu sáng", 1)
    category("waste", "Rác thải", 2)
    category("official-conduct", "Thái độ cán bộ", 3, is_public=False)
    routes = [
        (10, ["street-lighting"], "office:kinh-te", "Đèn đường: phòng Kinh tế của phường."),
        (20, ["waste"], "commune", "Rác: phường."),
        (90, [], "centre-1022", "Chưa có quy tắc riêng: tổng đài xem."),
    ]
    for position, categories, target, reason in routes:
        RoutingRule.objects.create(
            kind="incident", position=position, categories=categories, target=target, reason=reason
        )
    clocks = [
        (10, "accept", "8 giờ làm việc", "opened"),
        (20, "on_site", "2 giờ làm việc", "accept"),
        (30, "answer", "6 giờ làm việc", "on_site"),
        (40, "result", "3 ngày làm việc", "opened"),
    ]
    for position, clock, duration, after in clocks:
        ClockRule.objects.create(
            kind="incident", position=position, clock=clock, duration=duration, after=after,
            remind_before="1 giờ làm việc", escalate_to="leader",
        )  # fmt: skip
    RulesVersion.objects.update_or_create(pk=1, defaults={"number": 1})
