"""Pages of units, calendars and areas; maps and points."""

import json
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from motcua.kernel.events.models import Event
from motcua.kernel.identity import actions as identity
from motcua.kernel.identity.kind import SYSTEM, Actor, Role
from motcua.kernel.identity.models import Account
from motcua.kernel.identity.queries import officer_actor
from motcua.kernel.org import queries as org
from motcua.kernel.org.actions import seed_year
from motcua.kernel.org.models import Calendar, CalendarDay, Unit
from motcua.kernel.places.actions.versions import grow_version
from motcua.kernel.places.models import Area, Succession
from motcua.testing.city import City

pytestmark = pytest.mark.django_db


def signed_in(actor: Actor) -> Client:
    client = Client()
    assert actor.id is not None
    client.force_login(Account.objects.get(pk=actor.id))
    return client


@pytest.fixture
def quan(city: City) -> Client:
    return signed_in(city.quan)


@pytest.fixture
def ward_admin(city: City) -> Client:
    """Administers Ward One only."""
    account = identity.create_officer(login="one.admin", name="Quản Trị Một", actor=SYSTEM)
    identity.grant_post(account.pk, city.office_one.pk, Role.ADMINISTRATOR, actor=SYSTEM)
    return signed_in(officer_actor(account.pk))


def values(city: City, **changes: Any) -> dict[str, Any]:
    return {
        "code": "24778-van-phong",
        "name": "Văn phòng phường Một",
        "short_name": "VP Một",
        "kind": "office",
        "parent_id": city.ward_one.pk,
        "area": "24778",
        "calendar_id": city.ward_one.calendar_id,
        "phone": "",
        "email": "",
        "valid_from": "2026-01-01",
        "legal_basis": "",
        **changes,
    }


def everything() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (Unit, Calendar, CalendarDay)] + [
        Event.objects.count()
    ]


PAGES = ["units", "unit_add", "calendars", "calendar_add", "area_list"]


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_for_administrators(city: City, quan: Client, name: str) -> None:
    assert quan.get(reverse(name)).status_code == 200
    assert signed_in(city.hoa).get(reverse(name)).status_code in (403, 404)
    assert Client().get(reverse(name)).status_code == 302


def test_calendars_and_areas_are_for_the_administrators_of_the_whole(ward_admin: Client) -> None:
    assert ward_admin.get(reverse("units")).status_code == 200
    for name in ("calendars", "area_list"):
        assert ward_admin.get(reverse(name)).status_code in (403, 404)


# ── Units ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_tree_one_level_at_a_time(city: City, quan: Client) -> None:
    page = quan.get(reverse("units")).content.decode()
    assert "Phường Một" in page
    assert "Phòng Kinh tế Một" not in page
    page = quan.get(reverse("units"), {"duoi": city.ward_one.pk}).content.decode()
    assert "Phòng Kinh tế Một" in page


def test_finding_a_unit_without_tones(city: City, quan: Client, ward_admin: Client) -> None:
    page = quan.get(reverse("units"), {"q": "phong kinh te hai"}).content.decode()
    assert "Phòng Kinh tế Hai" in page
    page = ward_admin.get(reverse("units"), {"q": "phong kinh te"}).content.decode()
    assert "Phòng Kinh tế Một" in page
    assert "Phòng Kinh tế Hai" not in page


@pytest.mark.parametrize("under", ["x", "-1", "9" * 30, "99999"])
def test_a_strange_place_in_the_tree(quan: Client, under: str) -> None:
    assert quan.get(reverse("units"), {"duoi": under}).status_code in (200, 404)


def test_add_unit(city: City, quan: Client) -> None:
    answer = quan.post(reverse("unit_add"), values(city))
    unit = Unit.objects.get(code="24778-van-phong")
    assert answer.headers["Location"] == reverse("unit", args=[unit.pk])
    assert unit.path == f"{city.ward_one.path}{unit.pk}."
    assert unit.area == city.ward_one.area
    assert Event.objects.get(name="unit.added").actor == f"officer:{city.quan.id}"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "24778"}, "code"),
        ({"code": "có dấu"}, "code"),
        ({"area": "99999"}, "area"),
        ({"kind": "commune", "area": "68"}, "area"),
        ({"kind": "x"}, "kind"),
        ({"email": "x"}, "email"),
        ({"valid_from": "hôm nay"}, "valid_from"),
        ({"parent_id": "0"}, "parent_id"),
        ({"calendar_id": "0"}, "calendar_id"),
        ({"name": ""}, "name"),
    ],
)
def test_add_unit_refuses(city: City, quan: Client, changes: dict[str, str], field: str) -> None:
    before = everything()
    answer = quan.post(reverse("unit_add"), values(city, **changes))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert everything() == before


def test_change_unit(city: City, quan: Client) -> None:
    unit = city.office_one
    same = values(city, code=unit.code, name="Phòng Kinh tế, Hạ tầng", short_name="P. KT", valid_from="2020-01-01")
    assert quan.post(reverse("unit", args=[unit.pk]), same).status_code == 302
    unit.refresh_from_db()
    assert unit.name == "Phòng Kinh tế, Hạ tầng"
    assert "name" in Event.objects.get(name="unit.changed").data["changed"]


def test_change_unit_cannot_go_below_itself(city: City, quan: Client) -> None:
    unit = city.ward_one
    before = everything()
    wrong = values(city, code=unit.code, name=unit.name, kind="commune", parent_id=city.office_one.pk)
    assert quan.post(reverse("unit", args=[unit.pk]), wrong).status_code == 422
    assert everything() == before


def test_ward_administrators_keep_to_their_ward(city: City, ward_admin: Client) -> None:
    before = everything()
    other = city.office_two
    assert ward_admin.get(reverse("unit", args=[other.pk])).status_code == 404
    assert ward_admin.post(reverse("unit", args=[other.pk]), values(city, code=other.code)).status_code == 404
    assert ward_admin.post(reverse("unit_end", args=[other.pk]), {"on": "2026-12-31"}).status_code == 404
    below_other = values(city, code="24781-x", parent_id=city.ward_two.pk)
    assert ward_admin.post(reverse("unit_add"), below_other).status_code == 422
    assert everything() == before
    # Their own ward's place in the tree is not theirs to change, whatever they send.
    own = values(city, code=city.ward_one.code, name="Phường Một mới", kind="commune", parent_id=city.ward_two.pk)
    assert ward_admin.post(reverse("unit", args=[city.ward_one.pk]), own).status_code == 302
    assert Unit.objects.get(pk=city.ward_one.pk).parent_id == city.province.pk
    assert ward_admin.post(reverse("unit_add"), values(city)).status_code == 302


def test_ward_administrators_make_their_ward_no_larger(city: City, ward_admin: Client) -> None:
    """What a ward is, where and under which code is for the province: reach and routing go by it."""
    larger = values(city, code="24781-van-phong", name="Phường Một", kind="office", area="24781")
    assert ward_admin.post(reverse("unit", args=[city.ward_one.pk]), larger).status_code == 302
    unit = Unit.objects.get(pk=city.ward_one.pk)
    assert (unit.code, unit.kind, unit.area_id) == ("24778", "commune", city.ward_one.area_id)
    before = everything()
    for wrong in (values(city, kind="commune", area="24781"), values(city, code="24781-van-phong")):
        assert ward_admin.post(reverse("unit_add"), wrong).status_code == 422
        assert ward_admin.post(reverse("unit", args=[city.office_one.pk]), wrong).status_code == 422
    assert everything() == before


def test_end_unit(city: City, quan: Client) -> None:
    page = quan.post(reverse("unit_end", args=[city.ward_one.pk]), {"on": "2026-12-31"})
    assert page.status_code == 422  # its office still stands
    assert "Phòng Kinh tế Một" in page.content.decode()
    assert quan.post(reverse("unit_end", args=[city.office_one.pk]), {"on": "2026-12-31"}).status_code == 302
    assert Unit.objects.get(pk=city.office_one.pk).valid_to == date(2026, 12, 31)
    assert quan.get(reverse("unit", args=[city.office_one.pk])).status_code == 200


# ── Calendars ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def office(city: City) -> Calendar:
    return city.ward_one.calendar


def test_calendar_of_a_year(quan: Client, office: Calendar) -> None:
    seed_year(office.pk, 2026, actor=SYSTEM)
    page = quan.get(reverse("calendar", args=[office.pk]), {"nam": 2026}).content.decode()
    assert page.count("<table") == 12
    assert "Quốc khánh" in page
    assert "Thứ Hai – Thứ Sáu" in page


@pytest.mark.parametrize("year", ["x", "0", "99999", "-5", "2026.5"])
def test_a_strange_year_is_this_year(quan: Client, office: Calendar, year: str) -> None:
    assert quan.get(reverse("calendar", args=[office.pk]), {"nam": year}).status_code == 200


def test_set_and_remove_calendar_day(quan: Client, office: Calendar) -> None:
    day = {"day": "2026-11-24", "kind": "off", "name": "Ngày Văn hóa Việt Nam", "legal_basis": "NQ 28/2026/QH16"}
    answer = quan.post(reverse("calendar_day", args=[office.pk]), day)
    assert answer.headers["Location"].endswith("?nam=2026")
    assert not org.work_calendar(office.pk).is_working_day(date(2026, 11, 24))
    assert Event.objects.filter(name="calendar.changed").count() == 1
    quan.post(reverse("calendar_day_remove", args=[office.pk, "2026-11-24"]))
    assert org.work_calendar(office.pk).is_working_day(date(2026, 11, 24))


@pytest.mark.parametrize("day", ["2026-11-25", "2026-13-01", "x"])
def test_remove_calendar_day_that_is_none(quan: Client, office: Calendar, day: str) -> None:
    before = everything()
    assert quan.post(reverse("calendar_day_remove", args=[office.pk, day])).status_code == 404
    assert everything() == before


@pytest.mark.parametrize("changes", [{"day": "24/13"}, {"kind": "x"}, {"name": ""}])
def test_set_calendar_day_refuses(quan: Client, office: Calendar, changes: dict[str, str]) -> None:
    before = everything()
    day = {"day": "2026-11-24", "kind": "off", "name": "Nghỉ", **changes}
    assert quan.post(reverse("calendar_day", args=[office.pk]), day).status_code == 422
    assert everything() == before


def test_change_hours(quan: Client, office: Calendar) -> None:
    hours = {"name": office.name, "zone": office.zone, "day_0": "7:30–11:30; 13:00-17:00", "day_5": "08:00-11:00"}
    assert quan.post(reverse("calendar_hours", args=[office.pk]), hours).status_code == 302
    office.refresh_from_db()
    assert office.sessions == {"0": [["07:30", "11:30"], ["13:00", "17:00"]], "5": [["08:00", "11:00"]]}
    page = quan.get(reverse("calendar_hours", args=[office.pk])).content.decode()
    assert "07:30–11:30, 13:00–17:00" in page


@pytest.mark.parametrize(
    "changes",
    [{"day_0": "sáng"}, {"day_0": "11:00-07:00"}, {"day_0": ""}, {"zone": "Đà Lạt"}, {"zone": "../etc/passwd"}],
)
def test_change_hours_refuses(quan: Client, office: Calendar, changes: dict[str, str]) -> None:
    before = everything()
    hours = {"name": office.name, "zone": office.zone, "day_0": "07:00-11:30", **changes}
    assert quan.post(reverse("calendar_hours", args=[office.pk]), hours).status_code == 422
    assert everything() == before


def test_add_calendar(quan: Client) -> None:
    made = {"code": "hotline", "name": "Tổng đài", "zone": "Asia/Ho_Chi_Minh", "day_6": "07:00-21:00"}
    assert quan.post(reverse("calendar_add"), made).status_code == 302
    assert Calendar.objects.get(code="hotline").sessions == {"6": [["07:00", "21:00"]]}
    assert quan.post(reverse("calendar_add"), made).status_code == 422


def test_seed_and_confirm_a_year(quan: Client, office: Calendar) -> None:
    this_year = org.local_today().year
    warning = f"năm {this_year} chưa được xác nhận"
    assert warning in quan.get(reverse("units")).content.decode()
    quan.post(reverse("calendar_seed", args=[office.pk]), {"year": this_year})
    quan.post(reverse("calendar_confirm", args=[office.pk]), {"year": this_year})
    assert org.confirmed_years(office.pk) == {this_year}
    assert warning not in quan.get(reverse("units")).content.decode()


def test_confirm_year_refuses_an_empty_one(quan: Client, office: Calendar) -> None:
    before = everything()
    assert quan.post(reverse("calendar_confirm", args=[office.pk]), {"year": 2029}).status_code == 409
    assert everything() == before


def test_officials_are_not_warned_of_what_they_cannot_do(city: City) -> None:
    page = signed_in(city.minh).get(reverse("inbox")).content.decode()
    assert "chưa được xác nhận" not in page


def test_strange_calendars(quan: Client) -> None:
    assert quan.get(reverse("calendar", args=[99999])).status_code == 404
    assert quan.get(reverse("calendar_hours", args=[99999])).status_code == 404


# ── Areas ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_areas_and_their_history(city: City, quan: Client) -> None:
    old = Area.objects.create(
        code="24775", name="Năm", full_name="Phường 5", folded="phuong 5", level="commune", lat=11.9, lon=108.4,
        valid_from=date(1900, 1, 1), valid_to=date(2025, 6, 30),
    )  # fmt: skip
    assert city.ward_one.area is not None
    Succession.objects.create(old=old, new=city.ward_one.area, kind="part", on=date(2025, 7, 1))
    grow_version()
    page = quan.get(reverse("area_list")).content.decode()
    assert "Phường Một" in page
    assert "Phường 5" not in page
    assert "Phường 5" in quan.get(reverse("area_list"), {"cu": "1", "q": "phuong 5"}).content.decode()
    page = quan.get(reverse("area", args=[city.ward_one.area.pk])).content.decode()
    assert "Phường 5" in page
    assert "một phần" in page
    page = quan.get(reverse("area", args=[old.pk])).content.decode()
    assert "Trở thành" in page
    assert quan.get(reverse("area", args=[99999])).status_code == 404


def test_areas_start_with_an_empty_question(city: City) -> None:
    Area.objects.filter(code="24778").update(is_approximate=True)
    grow_version()
    client = Client()
    client.force_login(Account.objects.get(login="quan"))
    page = client.get(reverse("area_list")).content.decode()
    assert "1 xã, phường chưa có ranh giới chính thức" in page
    assert 'type="search" value=""' in page


def test_maps_areas(city: City) -> None:
    client = Client()
    answer = client.get(reverse("areas"))
    drawn = json.loads(answer.content)
    assert answer.headers["Content-Type"] == "application/geo+json"
    assert {one["properties"]["code"] for one in drawn["features"]} == {"24778", "24781"}
    assert client.get(reverse("areas"), headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    grow_version()
    assert client.get(reverse("areas"), headers={"If-None-Match": answer.headers["ETag"]}).status_code == 200
    assert json.loads(client.get(reverse("areas"), {"parent": "99"}).content)["features"] == []
    assert client.get(reverse("areas"), {"level": "street"}).status_code == 422


def test_maps_say_when_they_are_approximate(city: City) -> None:
    Area.objects.filter(code="24778").update(is_approximate=True)
    grow_version()
    drawn = json.loads(Client().get(reverse("areas")).content)
    assert (drawn["approximate"], drawn["attribution"]) == (True, "Ranh giới gần đúng")


def test_maps_where(city: City) -> None:
    told = Client().get(reverse("where"), {"lat": "11.945", "lon": "108.435"}).json()
    assert (told["found"], told["code"], told["unit"]) == (True, "24778", "Phường Một")
    assert Client().get(reverse("where"), {"lat": "10", "lon": "112"}).json() == {"found": False}
    assert Client().get(reverse("where"), {"lat": "nan", "lon": "112"}).json() == {"found": False}


@pytest.mark.parametrize("query", [{}, {"lat": "11"}, {"lat": "a", "lon": "b"}])
def test_maps_where_refuses_what_is_no_point(city: City, query: dict[str, str]) -> None:
    assert Client().get(reverse("where"), query).status_code == 422
