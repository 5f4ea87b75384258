"""Open311 GeoReport v2: reading requests and what happened to them, in both formats, against the standard's rules."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from motcua.kernel.identity.actions import create_service_key
from motcua.lib import moment
from motcua.modules.incidents.actions.people import add_info_incident
from motcua.modules.incidents.actions.receiving import accept_incident, reject_incident, take_incident
from motcua.modules.incidents.actions.working import approve_incident, resolve_incident
from motcua.modules.incidents.tests.georeport import (
    ERRORS,
    EXTENDED_REQUESTS,
    REQUESTS,
    TOKEN,
    UPDATES,
)
from motcua.modules.incidents.tests.open311_client import BASE, GRANTS, asked, both, lamp, published, sent
from motcua.testing.city import LAMP_AT, MONDAY, WARD_TWO_AT, City, holding

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(city: City) -> str:
    return create_service_key("App", GRANTS)


# ── GET requests ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_request_tells_what_the_standard_asks(client: Client, city: City) -> None:
    with moment.at(MONDAY):
        case = published(city, address="Trước số 12, gọi 0905 123 456", place_code="012345678901")
        (row,) = both(client, f"requests/{case.code}", REQUESTS, "service_requests")
    assert row == {
        "service_request_id": case.code,
        "status": "open",
        "status_notes": "Đã tiếp nhận",
        "service_name": "Chiếu sáng",
        "service_code": "street-lighting",
        "description": "Đèn đường trước số 12 tắt.\nGọi tôi •••.",
        "agency_responsible": city.office_one.name,
        "service_notice": f"Đơn vị xử lý: {city.office_one.name}. Hẹn có kết quả trước 08:00, thứ Năm 19/11.",
        "requested_datetime": "2026-11-16T08:00:00+07:00",
        "updated_datetime": "2026-11-16T08:00:00+07:00",
        "expected_datetime": "2026-11-19T08:00:00+07:00",
        "address": "Trước số 12, gọi •••",
        "address_id": "012345678901",
        "zipcode": None,
        "lat": LAMP_AT[0],
        "long": LAMP_AT[1],
        "media_url": None,
    }


def test_a_closed_request_says_when_and_how(client: Client, city: City) -> None:
    with moment.at(MONDAY):
        case = lamp(city)
        take_incident(case.id, actor=city.hoa)
    with moment.at(MONDAY + timedelta(hours=2)):
        resolve_incident(case.id, actor=city.hoa, result="Đã thay bóng")
        approve_incident(case.id, actor=city.minh)
        (row,) = both(client, f"requests/{case.code}", REQUESTS, "service_requests")
    assert (row["status"], row["updated_datetime"]) == ("closed", "2026-11-16T10:00:00+07:00")
    assert row["status_notes"] == "Đã xử lý xong. Đã thay bóng"


def test_what_is_not_published_is_seen_by_its_sender_alone(client: Client, city: City, key: str) -> None:
    code = sent(client, key).json()[0]["service_request_id"]
    other = create_service_key("Other", GRANTS)
    for query, status in (({}, 404), ({"api_key": other}, 404), ({"api_key": "x"}, 403), ({"api_key": key}, 200)):
        for path in (f"requests/{code}", f"tokens/{code}"):
            assert client.get(f"{BASE}{path}.json", query).status_code == status
    assert asked(client, service_request_id=code) == []
    assert asked(client, service_request_id=code, api_key=key) == [code]
    assert asked(client, api_key=key) == []
    own = client.get(f"{BASE}requests/{code}.json", {"api_key": key}).content.decode()
    assert "0905123" not in own.replace(" ", "")
    assert "Nguyễn" not in own


def test_a_token_is_the_id_itself(client: Client, city: City) -> None:
    case = published(city)
    found = both(client, f"tokens/{case.code}", TOKEN, "service_requests")
    assert found == [{"service_request_id": case.code, "token": case.code}]


def test_ids_override_everything_else(client: Client, city: City) -> None:
    with moment.at(MONDAY - timedelta(days=200)):
        old = published(city)
    with moment.at(MONDAY):
        new = published(city)
        found = asked(
            client,
            service_request_id=f"{old.code}, {new.code.lower()},PA-NONE,",
            status="nonsense",
            start_date="nonsense",
            service_code="waste",
        )
    assert found == [new.code, old.code]


def test_ninety_days_are_the_span(client: Client, city: City) -> None:
    at = {}
    for days in (0, 89, 91, 179, 181):
        with moment.at(MONDAY - timedelta(days=days)):
            at[days] = published(city).code
    with moment.at(MONDAY):
        assert asked(client) == [at[0], at[89]]
        assert asked(client, start_date="", end_date="") == [at[0], at[89]]
        day = (MONDAY - timedelta(days=90)).isoformat()
        assert asked(client, start_date=day) == [at[0], at[89]]
        assert asked(client, end_date=day) == [at[91], at[179]]
        assert asked(client, end_date=day.replace("+", " ")) == [at[91], at[179]]
        since = (MONDAY - timedelta(days=180)).isoformat()
        assert asked(client, start_date=since, end_date=day) == [at[91], at[179]]
        assert asked(client, start_date=since) == [at[91], at[179]]
        both(client, "requests", ERRORS, "errors", 400, start_date=since, end_date=MONDAY.isoformat())
        both(client, "requests", ERRORS, "errors", 400, start_date=day, end_date=since)


@pytest.mark.parametrize(
    "query",
    [
        {"start_date": "2026-01-01"},
        {"start_date": "2026-01-01T00:00:00"},
        {"end_date": "yesterday"},
        {"end_date": "0001-01-01T00:00:00+14:00"},
        {"start_date": "9999-12-31T00:00:00Z"},
        {"status": "open,lost"},
        {"page": "0"},
        {"page": "x"},
        {"page_size": "-1"},
        {"page": "9" * 30},
        {"lat": "11.9"},
        {"lat": "11.9", "long": "108.4", "radius": "x"},
        {"q": "x" * 201},
        {"updated_after": "nan"},
    ],
)
def test_what_cannot_be_understood_is_400(client: Client, city: City, query: dict[str, str]) -> None:
    both(client, "requests", ERRORS, "errors", 400, **query)


def test_filters(client: Client, city: City) -> None:
    with moment.at(MONDAY):
        one = published(city).code
        two = published(city, category="waste", lat=WARD_TWO_AT[0], lon=WARD_TWO_AT[1], text="Rác chất đống").code
        three = lamp(city)
        accept_incident(three.id, actor=city.lan)
        reject_incident(three.id, actor=city.lan, reason="Không thuộc phạm vi")
        assert asked(client) == [three.code, two, one]
        assert asked(client, status="open") == [two, one]
        assert asked(client, status="closed") == [three.code]
        assert asked(client, status="open,closed") == asked(client, status="") == [three.code, two, one]
        assert asked(client, service_code="waste") == [two]
        assert asked(client, service_code="waste,street-lighting,none") == [three.code, two, one]
        assert (
            client.get(f"{BASE}requests.json?service_code=waste&service_code=none").json()[0]["service_code"] == "waste"
        )
        assert asked(client, service_code="none") == []
        assert asked(client, lat=WARD_TWO_AT[0], long=WARD_TWO_AT[1], radius=500) == [two]
        assert asked(client, lat=LAMP_AT[0], long=LAMP_AT[1], radius=5000) == [three.code, two, one]
        assert asked(client, q="rac chat") == [two]
        assert asked(client, page=2, page_size=1) == [two]
        assert asked(client, page=3, page_size=2) == []


def test_changed_since(client: Client, city: City) -> None:
    with moment.at(MONDAY - timedelta(days=120)):
        old, quiet = published(city), published(city)
    with moment.at(MONDAY):
        take_incident(old.id, actor=city.hoa)
        assert asked(client, updated_after=(MONDAY - timedelta(hours=1)).isoformat()) == [old.code]
        assert asked(client, updated_before=(MONDAY - timedelta(days=100)).isoformat()) == [quiet.code]


def test_extended_attributes_only_when_asked_for(client: Client, city: City) -> None:
    case = published(city)
    (row,) = both(client, f"requests/{case.code}", EXTENDED_REQUESTS, "service_requests", extensions="true")
    assert row["extended_attributes"]["state"] == "accepted"
    assert row["extended_attributes"]["url"].endswith(f"/phan-anh/{case.code}/")
    assert "extended_attributes" not in client.get(f"{BASE}requests.json").json()[0]


def test_a_thousand_rows_take_as_many_statements_as_one(
    client: Client, city: City, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        published(city)
    client.get(f"{BASE}requests.json")
    with django_assert_num_queries(2):  # requests with their details, files
        client.get(f"{BASE}requests.json")


# ── Updates ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_updates_tell_what_happened_in_order(client: Client, city: City) -> None:
    with moment.at(MONDAY):
        case = lamp(city)
        take_incident(case.id, actor=city.hoa)
        party = case.parties.get()
        add_info_incident(case.id, actor=holding(party.id, case.id), text="Vẫn tối. Gọi 0905 123 456.")
    with moment.at(MONDAY + timedelta(hours=2)):
        resolve_incident(case.id, actor=city.hoa, result="Đã thay bóng")
        approve_incident(case.id, actor=city.minh)
        found = both(client, "servicerequestupdates", UPDATES, "service_request_updates")
    assert [row["status"] for row in found] == ["open"] * 5 + ["closed"]
    assert [row["service_request_id"] for row in found] == [case.code] * 6
    told = " ".join(row["description"] for row in found)
    assert "Đã thay bóng" in found[-1]["description"]
    assert "Vẫn tối" in told
    assert "0905123" not in told.replace(" ", "")
    assert "Hoa" not in told
    with moment.at(MONDAY + timedelta(hours=3)):
        since = (MONDAY + timedelta(hours=1)).isoformat()
        later = both(client, "servicerequestupdates", UPDATES, "service_request_updates", updated_after=since)
        assert [row["update_id"] for row in later] == [row["update_id"] for row in found[-2:]]
        second = both(client, "servicerequestupdates", UPDATES, "service_request_updates", page=2, page_size=4)
        assert [row["update_id"] for row in second] == [row["update_id"] for row in found[4:]]


def test_updates_of_named_requests(client: Client, city: City) -> None:
    with moment.at(MONDAY - timedelta(days=200)):
        old = published(city)
    with moment.at(MONDAY):
        published(city)
        hidden = lamp(city)
        ids = f"{old.code},{hidden.code}"
        found = both(client, "servicerequestupdates", UPDATES, "service_request_updates", service_request_id=ids)
    assert {row["service_request_id"] for row in found} == {old.code}


@pytest.mark.parametrize(
    "odd", ["9" * 40, "nan", "\x00", "x\x00y", "đ" * 3000, "[]", "0001-01-01T00:00:00Z", "../..", "%"]
)
def test_no_odd_question_breaks_anything(client: Client, city: City, odd: str) -> None:
    published(city)
    names = ["service_request_id", "service_code", "start_date", "end_date", "updated_after", "updated_before"]
    names += ["status", "lat", "long", "radius", "q", "page", "page_size", "extensions", "jurisdiction_id", "api_key"]
    for path in ("requests", "servicerequestupdates", f"requests/{quote(odd)}", f"services/{quote(odd)}", quote(odd)):
        for query in ({}, *({name: odd} for name in names)):
            assert client.get(f"{BASE}{path}.xml", query).status_code < 500, (path, query)
