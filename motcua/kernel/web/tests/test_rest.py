"""Administration in the JSON API: it does what the pages do, for those whom the pages let in, and else nothing."""

from typing import Any

import pytest
from django.test import Client

from motcua.kernel.cases.models import Category, ClockRule, RoutingRule
from motcua.kernel.events.models import Cursor, Event
from motcua.kernel.identity import actions as identity
from motcua.kernel.identity.kind import SYSTEM, Role
from motcua.kernel.identity.models import Account, Post, ServiceKey
from motcua.kernel.org.models import CalendarDay, CalendarYear, Unit
from motcua.lib import moment
from motcua.testing.city import City

pytestmark = pytest.mark.django_db
API = "/api/v1"
TET = f"{API}/calendars/office/days/2027-02-05"
YEAR = f"{API}/calendars/office/years/2027"
DAY = {"kind": "off", "name": "Tết Nguyên đán"}
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
    tables = (Unit, CalendarDay, CalendarYear, Post, ServiceKey, Category, RoutingRule, ClockRule, Cursor)
    rows: list[Any] = [list(model.objects.order_by("pk").values()) for model in tables]
    accounts = Account.objects.order_by("pk").values("login", "name", "email", "is_active")
    return [*rows, list(accounts), Event.objects.count()]


WRITES = [
    ("put", TET, DAY), ("delete", TET, {}), ("post", f"{YEAR}/propose", {}), ("post", f"{YEAR}/confirm", {}),
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
