"""An address without a pin finds the ward by the names that stand in it; a place that is not served is refused."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from motcua.kernel.cases.models import Case, Party
from motcua.kernel.events.models import Event
from motcua.kernel.identity.actions import create_service_key
from motcua.kernel.identity.models import Account, Person
from motcua.kernel.places import queries
from motcua.kernel.places.models import Area, Landmark
from motcua.modules.incidents.actions.submitting import NewIncident, submit_incident
from motcua.modules.incidents.models import Submission
from motcua.modules.incidents.tests.open311_client import GRANTS, sent
from motcua.testing.city import NEIGHBOUR_AT, City, add_neighbour

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "area"), [("trước 12 Phan Đình Phùng", "24778"), ("Phường Hai", "24781"), ("gần nhà tôi", None)]
)
def test_an_address_alone_finds_its_ward(city: City, address: str, area: str | None) -> None:
    ward = Area.objects.get(code="24778")
    Landmark.objects.create(area=ward, name="Phan Đình Phùng", kind="street", lat=ward.lat, lon=ward.lon)
    queries.forget()
    new = NewIncident(text="Đèn tắt ba đêm", category="street-lighting", address=address)
    case = submit_incident(new, actor=city.an).case
    assert (case.area.code if case.area else None, case.lat) == (area, None)
    assert (case.state == "dispatched") is (area is not None)


# ── Where this installation does not answer ─────────────────────────────────────────────────────────────────────────

OUTSIDE = "Điểm bạn chọn nằm ngoài địa bàn. Kéo ghim về đúng chỗ, hoặc bỏ ghim và ghi địa chỉ."
BESIDE: dict[str, Any] = {"lat": NEIGHBOUR_AT[0], "lon": NEIGHBOUR_AT[1]}
RUBBISH = {"text": "Rác đổ thành đống bên đường, bốc mùi", "category": "waste", **BESIDE}


@pytest.fixture
def neighbour(city: City) -> Area:
    return add_neighbour()


def portal(city: City) -> Any:
    return Client().post("/phan-anh/gui/", RUBBISH)


def desk(city: City) -> Any:
    client = Client()
    client.force_login(Account.objects.get(login="lan"))
    return client.post("/desk/phan-anh/moi/", {**RUBBISH, "channel": "phone", "key": "mot-cuoc-goi-so-0001"})


def api(city: City) -> Any:
    return Client().post("/api/v1/incidents", RUBBISH, "application/json", headers={"Idempotency-Key": "k"})


def open311(city: City) -> Any:
    key = create_service_key("App", GRANTS)
    return sent(Client(), key, service_code="waste", lat=NEIGHBOUR_AT[0], long=NEIGHBOUR_AT[1])


@pytest.mark.parametrize(("send", "status"), [(portal, 422), (desk, 422), (api, 422), (open311, 400)])
def test_a_report_from_a_place_that_is_not_served_is_refused_at_every_door(
    neighbour: Area, city: City, send: Callable[[City], Any], status: int
) -> None:
    answer = send(city)
    assert answer.status_code == status
    is_page = send in (portal, desk)
    said = answer.content.decode() if is_page else json.dumps(answer.json(), ensure_ascii=False)
    assert OUTSIDE in said
    assert not is_page or "Ghim nằm ngoài địa bàn" in said
    for kept in (Case, Party, Person, Submission):
        assert not kept.objects.exists()
    assert not Event.objects.filter(name__startswith="incident.").exists()


@pytest.mark.parametrize("name", ["report_hints", "incident_take_in_hints"])
def test_the_hints_say_so_while_it_is_written(neighbour: Area, city: City, name: str) -> None:
    client = Client()
    client.force_login(Account.objects.get(login="lan"))
    told = client.post(reverse(name), RUBBISH).content.decode()
    assert "Ghim nằm ngoài địa bàn" in told
    assert neighbour.full_name not in told


def test_programs_are_told_so(neighbour: Area, client: Client) -> None:
    advice = client.post("/api/v1/advice", RUBBISH, "application/json").json()
    assert (advice["area"], advice["is_outside"]) == (None, True)
    assert client.get("/api/v1/areas/at", BESIDE).status_code == 404
    known = {row["code"]: row["is_served"] for row in client.get("/api/v1/areas").json()}
    assert known == {"24778": True, "24781": True, "25459": False}
    assert client.get(reverse("where"), BESIDE).json() == {"found": False}


def test_the_dry_run_says_so(neighbour: Area, capsys: pytest.CaptureFixture[str]) -> None:
    where = ("--text", "Rác", "--lat", str(NEIGHBOUR_AT[0]), "--lon", str(NEIGHBOUR_AT[1]))
    call_command("route", *where, "--explain")
    told = capsys.readouterr().out
    assert "Ghim nằm ngoài địa bàn" in told
    assert "Phường Hai Bên (25459): không đơn vị nào ở đây phụ trách" in told
    assert "1022" not in told
    call_command("route", *where, "--json")
    assert json.loads(capsys.readouterr().out) == {"unit": None, "is_outside": True, "area": "25459"}
    call_command("areas", "where", *where[3::2])
    assert "ngoài địa bàn" in capsys.readouterr().out


def test_its_communes_are_offered_for_no_report(neighbour: Area, city: City) -> None:
    client = Client()
    for login, url in (("lan", "/desk/phan-anh/moi/"), ("lan", "/phan-anh/"), ("quan", reverse("routing"))):
        client.force_login(Account.objects.get(login=login))
        page = client.get(url).content.decode()
        assert "Phường Hai" in page
        assert neighbour.full_name not in page
    call = {"channel": "phone", "text": "Rác đổ thành đống", "address": "số 2", "area": "Phường Hai Bên"}
    client.force_login(Account.objects.get(login="lan"))
    refused = client.post("/desk/phan-anh/moi/", {**call, "key": "mot-cuoc-goi-so-0002"})
    assert "Trong địa bàn không có phường, xã nào tên như vậy." in refused.content.decode()
    assert not Case.objects.exists()


def test_a_commune_that_is_not_served_is_none_of_a_report_without_a_pin(neighbour: Area, city: City) -> None:
    for address, code in (("số 2, Phường Hai Bên", ""), ("số 2", "25459")):
        new = NewIncident(text="Rác đổ thành đống", category="waste", address=address, area_code=code)
        case = submit_incident(new, actor=city.an).case
        assert (case.area_id, case.unit_id) == (None, city.centre.id)  # where a human looks
