"""Administration in the JSON API: it does what the pages do, for those whom the pages let in, and else nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from motcua.kernel.cases.models import Category, ClockRule, RoutingRule
from motcua.kernel.events.models import Cursor, Event
from motcua.kernel.identity import actions as identity
from motcua.kernel.identity.kind import SYSTEM, Role
from motcua.kernel.identity.models import Account, Post, ServiceKey
from motcua.kernel.org.models import Calendar, CalendarDay, CalendarYear, Unit
from motcua.lib import moment
from motcua.testing.city import City

pytestmark = pytest.mark.django_db
API = "/api/v1"
TET = f"{API}/calendars/office/days/2027-02-05"
YEAR = f"{API}/calendars/office/years/2027"
DAY = {"kind": "off", "name": "Tết Nguyên đán"}
HOURS = {"5": [["07:30", "11:30"]], "6": [["07:30", "11:30"], ["22:00", "24:00"]]}
CALENDAR = {"code": "cuoi-tuan", "name": "Trực cuối tuần", "sessions": HOURS}
KEY = {"name": "Đối tác", "grants": ["incident.read", "desk.enter"]}
UNIT = {"code": "24778-van-phong", "name": "Văn phòng phường Một", "short_name": "VP Một", "kind": "office",
        "parent": "24778", "area": "24778", "calendar": "office", "valid_from": "2026-01-01"}  # fmt: skip
OFFICER = {"login": "mot.moi", "name": "Người Mới", "email": "moi@example.vn", "unit": "24778-kinh-te",
           "role": "specialist"}  # fmt: skip
CATEGORY = {"code": "trees", "name": "Cây xanh", "valid_from": "2026-01-01"}
ROUTE = {"position": 5, "categories": ["waste"], "areas": ["24778"], "target": "lights", "reason": "Thử"}
CLOCK = {"position": 99, "clock": "result", "categories": ["waste"], "duration": "2 ngày làm việc"}


def signed_in(login: str) -> Client:
    client = Client()
    client.force_login(Account.objects.get(login=login))
    return client


@pytest.fixture
def quan(city: City) -> Client:
    return signed_in("quan")


@pytest.fixture
def ward_admin(city: City) -> Client:
    """Administers Ward One only."""
    account = identity.create_officer(login="one.admin", name="Quản Trị Một", actor=SYSTEM)
    identity.grant_post(account.pk, city.office_one.pk, Role.ADMINISTRATOR, actor=SYSTEM)
    return signed_in("one.admin")


def send(client: Client, method: str, path: str, body: Any = None) -> Any:
    address = path if path.startswith(API) else f"{API}{path}"
    return getattr(client, method)(address, body or {}, content_type="application/json")


def everything() -> list[Any]:
    tables = (Unit, Calendar, CalendarDay, CalendarYear, Post, ServiceKey, Category, RoutingRule, ClockRule, Cursor)
    rows: list[Any] = [list(model.objects.order_by("pk").values()) for model in tables]
    accounts = Account.objects.order_by("pk").values("login", "name", "email", "is_active")
    return [*rows, list(accounts), Event.objects.count()]


WRITES = [
    ("put", TET, DAY), ("delete", TET, {}), ("post", f"{YEAR}/propose", {}), ("post", f"{YEAR}/confirm", {}),
    ("post", "/calendars", CALENDAR), ("patch", "/calendars/office", {"name": "Khác"}), ("post", "/service-keys", KEY),
    ("post", "/readers/figures/retry", {}), ("post", "/units", UNIT), ("patch", "/units/24781", {"phone": "1"}),
    ("post", "/units/lights/end", {"on": "2026-12-31"}), ("post", "/officers", OFFICER),
    ("patch", "/officers/{tam}", {"name": "Khác"}), ("post", "/officers/{tam}/deactivate", {}),
    ("post", "/officers/{tam}/activate", {}), ("post", "/officers/{tam}/posts", {"unit": "24781", "role": "leader"}),
    ("post", "/officers/{tam}/posts/{post}/revoke", {}), ("post", "/service-keys/{key}/revoke", {}),
    ("post", "/categories", CATEGORY), ("patch", "/categories/incident/waste", {"name": "Khác"}),
    ("post", "/rules/routing", ROUTE), ("patch", "/rules/routing/{route}", {"reason": "Khác"}),
    ("delete", "/rules/routing/{route}", {}), ("post", "/rules/clocks", CLOCK),
    ("patch", "/rules/clocks/{clock}", {"duration": "9 ngày làm việc"}), ("delete", "/rules/clocks/{clock}", {}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_nobody_else_changes_anything(
    city: City, ward_admin: Client, method: str, path: str, body: dict[str, Any]
) -> None:
    """An official without the post, an administrator of another ward, a machine without the grant, a stranger."""
    text = identity.create_service_key("M", ["desk.enter", "incident.read"])
    Cursor.objects.create(reader="figures", retry_at=moment.now())
    path = path.format(
        tam=city.tam.id, post=Post.objects.get(officer_id=city.tam.id).pk, key=ServiceKey.objects.get().pk,
        route=RoutingRule.objects.order_by("pk")[0].pk, clock=ClockRule.objects.order_by("pk")[0].pk,
    )  # fmt: skip
    kept = everything()
    machine = Client(headers={"Authorization": f"Bearer {text}"})
    asks = [(signed_in("minh"), {403}), (machine, {403}), (Client(), {401})]
    if body not in (UNIT, OFFICER):  # both lie in Ward One, which is theirs
        asks.append((ward_admin, {403, 404, 422}))
    for client, allowed in asks:
        assert send(client, method, path, body).status_code in allowed
    assert everything() == kept


def test_calendars_their_days_and_their_years(quan: Client) -> None:
    (office,) = quan.get(f"{API}/calendars").json()
    assert (office["code"], office["sessions"]["0"][0], office["confirmed_years"]) == ("office", ["07:00", "11:30"], [])
    (day,) = send(quan, "put", TET, DAY).json()["days"]
    assert day == {"day": "2027-02-05", "legal_basis": "", **DAY}
    assert send(quan, "post", f"{YEAR}/confirm").json()["confirmed_by"] == "Đỗ Văn Quân"
    assert quan.get(YEAR).json()["confirmed_at"]
    assert quan.get(f"{API}/calendars").json()[0]["confirmed_years"] == [2027]
    assert send(quan, "put", TET, {**DAY, "kind": "work", "name": "Làm bù"}).json()["confirmed_at"] is None
    assert quan.delete(TET).json()["days"] == []
    assert len(send(quan, "post", f"{YEAR}/propose").json()["days"]) > 5


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("delete", TET, {}, 404),
        ("put", TET, {**DAY, "kind": "half"}, 422),
        ("put", TET.replace("office", "none"), DAY, 404),
        ("post", f"{YEAR}/confirm", {}, 409),  # without a single day
        ("get", f"{API}/calendars/office/years/1066", {}, 422),
        ("post", "/calendars", {**CALENDAR, "code": "office"}, 409),
        ("post", "/calendars", {**CALENDAR, "code": "a.b"}, 422),
        ("post", "/calendars", {**CALENDAR, "name": " "}, 422),
        ("post", "/calendars", {**CALENDAR, "zone": "Asia/Nowhere"}, 422),
        ("post", "/calendars", {"code": "moi", "name": "Mới"}, 422),  # without hours
        ("post", "/calendars", {**CALENDAR, "sessions": {}}, 422),
        ("post", "/calendars", {**CALENDAR, "sessions": {"7": HOURS["5"]}}, 422),
        ("post", "/calendars", {**CALENDAR, "sessions": {"0": [["7h", "11:30"]]}}, 422),
        ("post", "/calendars", {**CALENDAR, "sessions": {"0": [["07:00"]]}}, 422),
        ("patch", "/calendars/office", {"sessions": {"0": [["11:00", "07:00"]]}}, 422),
        ("patch", "/calendars/office", {"sessions": {"0": [["07:00", "11:00"], ["10:00", "17:00"]]}}, 422),
        ("patch", "/calendars/office", {"name": ""}, 422),
        ("patch", "/calendars/none", {"name": "Khác"}, 404),
        ("post", "/readers/nobody/retry", {}, 404),
        ("post", "/units", {**UNIT, "code": "24778"}, 409),
        ("post", "/units", {**UNIT, "code": "đ ư"}, 422),
        ("post", "/units", {}, 422),
        ("patch", "/units/none", {"phone": "1"}, 404),
        ("patch", "/units/24778", {"parent": "24778-kinh-te"}, 422),  # below itself
        ("post", "/units/24778/end", {"on": "2026-12-31"}, 409),  # its office would stand under nothing
        ("post", "/officers", {**OFFICER, "login": "hoa"}, 422),
        ("post", "/officers", {**OFFICER, "role": "king"}, 422),
        ("patch", "/officers/999999", {"name": "Khác"}, 404),
        ("post", "/categories", {**CATEGORY, "code": "waste"}, 422),
        ("post", "/categories", {**CATEGORY, "parent": "none"}, 422),
        ("patch", "/categories/incident/none", {"name": "Khác"}, 404),
        ("post", "/rules/routing", {**ROUTE, "target": "nowhere"}, 422),
        ("patch", "/rules/routing/999999", {"reason": "Khác"}, 404),
        ("delete", "/rules/routing/999999", {}, 404),
        ("post", "/rules/clocks", {**CLOCK, "duration": "ba ngày"}, 422),
        ("delete", "/rules/clocks/999999", {}, 404),
        ("post", "/service-keys/999999/revoke", {}, 404),
    ],
)
def test_what_is_wrong_is_told_and_changes_nothing(
    quan: Client, method: str, path: str, body: dict[str, Any], status: int
) -> None:
    kept = everything()
    answer = send(quan, method, path, body)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), answer.content.decode()
    assert everything() == kept


def test_a_calendar_is_made_and_its_hours_are_changed(quan: Client) -> None:
    made = send(quan, "post", "/calendars", CALENDAR)
    assert made.status_code == 201, made.content.decode()
    expected = {**CALENDAR, "zone": "Asia/Ho_Chi_Minh", "units": 0, "confirmed_years": []}
    assert made.json() == expected
    assert expected in quan.get(f"{API}/calendars").json()
    renamed = send(quan, "patch", "/calendars/cuoi-tuan", {"name": "Trực"}).json()
    assert renamed == expected | {"name": "Trực"}
    changed = send(quan, "patch", "/calendars/cuoi-tuan", {"sessions": {"0": HOURS["5"]}}).json()
    assert changed == renamed | {"sessions": {"0": HOURS["5"]}}
    events = Event.objects.order_by("id").values_list("name", "data__hours")
    assert list(events) == [("calendar.added", None), ("calendar.changed", False), ("calendar.changed", True)]


def test_a_reader_is_tried_again(quan: Client) -> None:
    Cursor.objects.create(reader="figures", retry_at=moment.now())
    assert quan.post(f"{API}/readers/figures/retry").status_code == 204
    assert Cursor.objects.get(reader="figures").retry_at is None
    assert Event.objects.get().name == "reader.retried"


def test_units_are_added_changed_and_ended(city: City, ward_admin: Client) -> None:
    added = send(ward_admin, "post", "/units", UNIT)
    assert (added.status_code, added.json()["parent"], added.json()["area"]) == (201, "24778", "24778")
    assert send(ward_admin, "patch", "/units/24778-van-phong", {"phone": "0263 1"}).json()["phone"] == "0263 1"
    unit = Unit.objects.get(code="24778-van-phong")
    assert (unit.name, unit.parent_id, unit.short_name) == (UNIT["name"], city.ward_one.pk, UNIT["short_name"])
    assert send(ward_admin, "post", "/units/24778-van-phong/end", {"on": "2026-12-31"}).status_code == 204
    unit.refresh_from_db()
    assert unit.valid_to is not None


def test_a_ward_moves_nothing_out_of_itself(city: City, ward_admin: Client) -> None:
    kept = everything()
    for path, body in (
        ("/units/24778-kinh-te", {"parent": "24781"}), ("/units/24778", {"parent": "24781"}),
        ("/units/24781", {"phone": "1"}),
    ):  # fmt: skip
        assert send(ward_admin, "patch", path, body).status_code in (404, 422)
    assert send(ward_admin, "post", "/units", {**UNIT, "parent": "24781"}).status_code == 422
    assert send(ward_admin, "post", "/officers", {**OFFICER, "unit": "24781"}).status_code == 422
    assert (
        send(ward_admin, "post", f"/officers/{city.hoa.id}/posts", {"unit": "24781", "role": "leader"}).status_code
        == 422
    )
    post = Post.objects.get(officer_id=city.tam.id)
    assert send(ward_admin, "post", f"/officers/{city.hoa.id}/posts/{post.pk}/revoke").status_code == 404
    assert everything() == kept


def test_a_ward_does_not_make_itself_larger(city: City, ward_admin: Client) -> None:
    """Posts inside a body reach over the body above: a ward that called itself an office would reach over the province.
    Cases go by kind, place and code: it would get those of its neighbour."""
    kept = everything()
    for body in ({"kind": "office"}, {"kind": "centre"}, {"area": "24781"}, {"code": "24778-moi"}):
        assert send(ward_admin, "patch", "/units/24778", body).status_code == 404
    assert send(ward_admin, "patch", "/units/24778-kinh-te", {"kind": "commune", "area": "24781"}).status_code == 422
    assert send(ward_admin, "patch", "/units/24778-kinh-te", {"code": "24781-van-phong"}).status_code == 422
    for body in ({"kind": "commune", "area": "24781"}, {"kind": "department"}, {"code": "24781-van-phong"}):
        assert send(ward_admin, "post", "/units", {**UNIT, **body}).status_code == 422
    assert everything() == kept
    assert send(ward_admin, "patch", "/units/24778", {"kind": "commune", "phone": "0263 1"}).status_code == 200
    assert send(ward_admin, "patch", "/units/24778-kinh-te", {"code": "24778-kt", "kind": "centre"}).status_code == 200


def test_officials_are_added_changed_and_closed(city: City, quan: Client) -> None:
    added = send(quan, "post", "/officers", OFFICER)
    assert (added.status_code, added.json()["posts"][0]["unit"]) == (201, "24778-kinh-te"), added.content.decode()
    path = f"/officers/{added.json()['id']}"
    changed = send(quan, "patch", path, {"phone": "0263 2"}).json()
    assert (changed["phone"], changed["name"], changed["email"]) == ("0263 2", "Người Mới", "moi@example.vn")
    posts = send(quan, "post", f"{path}/posts", {"unit": "24781", "role": "leader"}).json()["posts"]
    assert {post["unit"] for post in posts} == {"24778-kinh-te", "24781"}
    revoked = next(post["id"] for post in posts if post["unit"] == "24781")
    assert send(quan, "post", f"{path}/posts/{revoked}/revoke").status_code == 204
    assert not Post.objects.filter(pk=revoked).exists()  # it had begun today
    for verb, is_active in (("deactivate", False), ("activate", True)):
        assert send(quan, "post", f"{path}/{verb}").status_code == 204
        assert quan.get(f"{API}{path}").json()["is_active"] is is_active


@pytest.fixture
def proved(city: City) -> Client:
    """Quan, who has just given his password."""
    account = Account.objects.get(login="quan")
    account.set_password("mot-mat-khau-dai")
    account.save()
    client = Client()
    client.post(reverse("account_login"), {"login": "quan", "password": "mot-mat-khau-dai"})
    return client


def test_a_key_is_told_once_and_opens_what_it_was_made_for(proved: Client) -> None:
    made = send(proved, "post", "/service-keys", KEY)
    assert made.status_code == 201, made.content.decode()
    assert made["Cache-Control"] == "no-store"
    row = ServiceKey.objects.get()
    told = made.json()
    assert (told["id"], told["name"], told["grants"]) == (row.pk, KEY["name"], sorted(KEY["grants"]))
    machine = Client(headers={"Authorization": f"Bearer {told['key']}"})
    assert machine.get(f"{API}/inbox").status_code == 200
    assert machine.get(f"{API}/service-keys").status_code == 403
    kept = [*ServiceKey.objects.values(), *Event.objects.values("data"), proved.get(f"{API}/service-keys").content]
    assert told["key"] not in repr(kept)
    (event,) = Event.objects.filter(name="servicekey.created")
    assert (event.actor_name, event.data["grants"]) == ("Đỗ Văn Quân", sorted(KEY["grants"]))


@pytest.mark.parametrize(
    "change",
    [{"name": "Cũ"}, {"name": ""}, {"grants": []}, {"grants": ["incident.fly"]}, {"grants": ["service.manage"]}],
)
def test_a_key_that_the_page_would_not_make(proved: Client, change: dict[str, Any]) -> None:
    """A name that is taken, nothing to do, what there is not, and administration, which stays with people."""
    identity.create_service_key("Cũ", ["desk.enter"])
    kept = everything()
    answer = send(proved, "post", "/service-keys", KEY | change)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert set(answer.json()["errors"]) <= {"name", "grants", "body.grants"}
    assert everything() == kept


def test_a_key_is_made_by_people_who_have_just_given_their_password(proved: Client) -> None:
    """A session that somebody found open makes none, and neither does a machine."""
    text = identity.create_service_key("M", ["service.manage"])
    kept = everything()
    machine = Client(headers={"Authorization": f"Bearer {text}"})
    answers = [send(client, "post", "/service-keys", KEY) for client in (signed_in("quan"), machine)]
    with moment.at(moment.now() + timedelta(minutes=10)):
        answers.append(send(proved, "post", "/service-keys", KEY))
    for answer in answers:
        assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
        assert answer.json()["code"] == "reauthenticate"
        assert reverse("account_reauthenticate") in answer.json()["detail"]
    assert everything() == kept


def test_a_key_is_revoked(quan: Client) -> None:
    text = identity.create_service_key("M", ["desk.enter"])
    assert send(quan, "post", f"/service-keys/{ServiceKey.objects.get().pk}/revoke").status_code == 204
    assert Client().get(f"{API}/inbox", headers={"Authorization": f"Bearer {text}"}).status_code == 401


def test_categories_and_rules_are_added_changed_and_removed(quan: Client) -> None:
    made = send(quan, "post", "/categories", CATEGORY)
    assert (made.status_code, made.json()["is_public"], made.json()["parent"]) == (201, True, None)
    changed = send(quan, "patch", "/categories/incident/trees", {"keywords": "cây|cành", "is_public": False}).json()
    assert (changed["keywords"], changed["is_public"], changed["name"]) == (["cây", "cành"], False, "Cây xanh")
    for path, body, change in (
        ("/rules/routing", ROUTE, {"reason": "Khác"}), ("/rules/clocks", CLOCK, {"duration": "4 giờ làm việc"}),
    ):  # fmt: skip
        rule = send(quan, "post", path, body)
        assert rule.status_code == 201, rule.content.decode()
        assert rule.json().items() >= body.items()
        at = f"{path}/{rule.json()['id']}"
        assert send(quan, "patch", at, change).json() == rule.json() | change
        assert quan.delete(f"{API}{at}").status_code == 204
        assert rule.json()["id"] not in {row["id"] for row in quan.get(f"{API}{path}").json()}
