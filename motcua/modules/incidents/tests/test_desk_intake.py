"""A report taken in by an official at the telephone or at a counter."""

import pytest
from django.test import Client

from motcua.kernel.cases.models import Case
from motcua.kernel.events.models import Event
from motcua.kernel.identity.models import Account
from motcua.modules.incidents.actions.submitting import NewIncident, submit_incident
from motcua.testing.city import LAMP_AT, WARD_TWO_AT, City

pytestmark = pytest.mark.django_db
PAGE = "/desk/phan-anh/moi/"
CALL = {
    "channel": "phone",
    "text": "Cụ bà báo đèn trước nhà tắt ba đêm, tối om, sợ ngã.",
    "category": "street-lighting",
    "address": "Trước số 12 đường Thử",
    "area": "phuong mot",
    "name": "Nguyễn Thị Ví Dụ",
    "phone": "0905 123 456",
    "hides_name": "on",
    "key": "mot-cuoc-goi-so-0001",
}


def signed_in(login: str) -> Client:
    client = Client()
    client.force_login(Account.objects.get(login=login))
    return client


def test_it_works(city: City) -> None:
    """Lan writes down a call; the lamp goes to the ward's office by the commune's name alone; she is ready again."""
    lan = signed_in("lan")
    answer = lan.post(PAGE, CALL)
    case = Case.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"{PAGE}?qua=phone&xong={case.code}"
    assert (case.unit_id, case.channel, case.area_id) == (city.office_one.id, "phone", city.ward_one.area_id)
    assert (case.lat, case.address) == (None, "Trước số 12 đường Thử")
    submitted = Event.objects.get(name="incident.submitted")
    assert (submitted.actor, submitted.actor_name) == (f"officer:{city.lan.id}", "Trần Thị Lan")
    assert case.person is not None
    assert b"0905123456" not in bytes(case.person.phone_sealed)
    page = lan.get(answer["Location"]).content.decode()
    assert case.code in page
    assert 'value="phone"' in page


def test_the_same_call_sent_twice_is_one_report(city: City) -> None:
    lan = signed_in("lan")
    first, second = lan.post(PAGE, CALL), lan.post(PAGE, CALL)
    assert first["Location"] == second["Location"]
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text": "Đèn"}, "Viết ít nhất 10"),
        ({"area": "phuong"}, "Có vài nơi khớp"),
        ({"area": "Huyện Không Có"}, "Trong địa bàn không có phường, xã nào"),
        ({"channel": "telepathy"}, "Đến qua:"),
        ({"address": "", "area": ""}, "Chọn chỗ trên bản đồ hoặc ghi địa chỉ"),
        ({"phone": "12"}, "Nhập số điện thoại"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(city: City, changes: dict[str, str], words: str) -> None:
    answer = signed_in("lan").post(PAGE, {**CALL, **changes})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert {**CALL, **changes}["text"] in page
    assert "Nguyễn Thị Ví Dụ" in page
    assert not Case.objects.exists()
    assert not Event.objects.filter(name="incident.submitted").exists()


def test_who_may_take_in(city: City) -> None:
    assert signed_in("minh").get(PAGE).status_code == 200
    for login in ("hoa", "quan"):
        client = signed_in(login)
        assert client.get(PAGE).status_code == 403
        assert client.post(PAGE, CALL).status_code == 403
        assert client.post(f"{PAGE}goi-y/", CALL).status_code == 403
    assert Client().post(PAGE, CALL).status_code == 401
    assert not Case.objects.exists()
    assert 'href="/desk/phan-anh/moi/"' in signed_in("lan").get("/desk/").content.decode()
    assert 'href="/desk/phan-anh/moi/"' not in signed_in("hoa").get("/desk/").content.decode()


def test_hints_tell_where_it_goes_and_what_is_alike(city: City) -> None:
    new = NewIncident(text="Đèn đường tắt", category="street-lighting", lat=LAMP_AT[0], lon=LAMP_AT[1])
    other = submit_incident(new, actor=city.an).case
    Case.objects.filter(pk=other.pk).update(published_at=other.opened_at)
    lan = signed_in("lan")
    by_name = lan.post(f"{PAGE}goi-y/", {"text": CALL["text"], "category": "street-lighting", "area": "Phường Hai"})
    assert "Phòng Kinh tế Hai" in by_name.content.decode()
    assert '"pin:look"' in by_name["HX-Trigger"]
    by_pin = lan.post(
        f"{PAGE}goi-y/",
        {"category": "street-lighting", "category_by": "person", "lat": LAMP_AT[0], "lon": LAMP_AT[1]},
    )
    words = by_pin.content.decode()
    assert "Phòng Kinh tế Một" in words
    assert other.code in words
    assert "HX-Trigger" not in by_pin
    assert Case.objects.count() == 1


def test_the_pin_counts_before_the_name(city: City) -> None:
    at = {"lat": WARD_TWO_AT[0], "lon": WARD_TWO_AT[1]}
    signed_in("lan").post(PAGE, {**CALL, **at})
    assert Case.objects.get().unit_id == city.office_two.id
