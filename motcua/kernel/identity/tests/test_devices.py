"""Devices without a user: made, seen and revoked one by one."""

from datetime import timedelta

import pytest
from django.test import Client

from motcua.kernel.events.models import Event
from motcua.kernel.identity import kind
from motcua.kernel.identity.actions.devices import SEEN_EVERY, add_device, revoke_device, use_device
from motcua.kernel.identity.kind import DevicePurpose, DeviceTarget
from motcua.kernel.identity.models import Account, Device
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.testing.city import MONDAY, City

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _purposes(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    targets = [DeviceTarget(city.ward_one.pk, "", "1"), DeviceTarget(city.ward_two.pk, "", "1")]
    board = DevicePurpose("board", "Bảng", lambda: targets, lambda code, place: f"/board/{code}/")
    monkeypatch.setitem(kind.DEVICE_PURPOSES, "board", board)


def client_of(login: str) -> Client:
    client = Client()
    client.force_login(Account.objects.get(login=login))
    return client


def test_a_link_makes_one_browser_the_device(city: City) -> None:
    with moment.at(MONDAY):
        token = add_device("board", city.ward_one.pk, "1", "Ti vi  cửa chính", actor=city.quan)
    device = Device.objects.get()
    assert (device.name, device.used_at, token.encode() in bytes(device.digest)) == ("Ti vi cửa chính", None, False)
    browser = Client()
    answer = browser.get(f"/may/{token}/")
    assert answer.headers["Location"] == "/board/24778/"
    cookie = answer.cookies["mc_station"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/board/24778/", True, "Lax")
    with moment.at(MONDAY):
        assert use_device(token, "board", "24778", "1") == device
        for wrong in ((token, "board", "24781", "1"), (token, "board", "24778", "2"), (token, "kiosk", "24778", "1")):
            assert use_device(*wrong) is None
    with moment.at(MONDAY + SEEN_EVERY - timedelta(seconds=1)):
        use_device(token, "board", "24778", "1")
    device.refresh_from_db()
    assert device.used_at == MONDAY
    revoke_device(device.pk, actor=city.quan)
    revoke_device(device.pk, actor=city.quan)
    assert use_device(token, "board", "24778", "1") is None
    assert browser.get(f"/may/{token}/").status_code == 404
    assert list(Event.objects.filter(name__startswith="device.").order_by("id").values_list("name", flat=True)) == [
        "device.added", "device.revoked",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("purpose", "place", "name", "code"),
    [("board", "1", "  ", "invalid"), ("board", "9", "A", "invalid"), ("none", "1", "A", "invalid")],
)
def test_what_cannot_be_a_device(city: City, purpose: str, place: str, name: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        add_device(purpose, city.ward_one.pk, place, name, actor=city.quan)
    assert not Device.objects.exists()
    assert not Event.objects.filter(name__startswith="device.").exists()


def test_one_name_at_a_unit_and_only_those_who_lead_it(city: City) -> None:
    add_device("board", city.ward_one.pk, "1", "A", actor=city.quan)
    with pytest.raises(Refused, match="invalid"):
        add_device("board", city.ward_one.pk, "1", "A", actor=city.quan)
    add_device("board", city.ward_two.pk, "1", "A", actor=city.quan)
    theirs = Device.objects.get(unit=city.ward_two)
    for actor in (city.hoa, city.minh, city.an):
        with pytest.raises(Refused):
            add_device("board", city.ward_two.pk, "1", "B", actor=actor)
        with pytest.raises(Refused, match="not_found"):
            revoke_device(theirs.pk, actor=actor)
    assert Device.objects.filter(revoked_at=None).count() == 2
    add_device("board", city.ward_one.pk, "1", "B", actor=city.minh)


def test_the_page_shows_the_link_once(city: City) -> None:
    quan = client_of("quan")
    target = f"board:{city.ward_one.pk}:1"
    made = quan.post("/desk/quan-tri/may/", {"target": target, "name": "Ti vi"}).content.decode()
    assert "/may/" in made
    assert "data:image/svg+xml" in made
    page = quan.get("/desk/quan-tri/may/").content.decode()
    assert "Ti vi" in page
    assert "Chưa mở" in page
    assert "/may/" not in page.replace("/desk/quan-tri/may/", "")
    again = quan.post("/desk/quan-tri/may/", {"target": target, "name": "Ti vi"})
    assert again.status_code == 422
    assert client_of("hoa").get("/desk/quan-tri/may/").status_code == 403
    device = Device.objects.get()
    assert client_of("hoa").post(f"/desk/quan-tri/may/{device.pk}/thu-hoi/").status_code == 403
    quan.post(f"/desk/quan-tri/may/{device.pk}/thu-hoi/")
    assert "Đã thu hồi" in quan.get("/desk/quan-tri/may/").content.decode()
