"""Open311 GeoReport v2 as a client meets it, in both formats, against the rules of the standard."""

import json
from io import BytesIO
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries, Settings

from motcua.kernel.cases.models import Case, CaseFile, Category
from motcua.kernel.cases.queries.rules import forget_rules
from motcua.kernel.events.models import Event
from motcua.kernel.identity.actions import create_service_key
from motcua.kernel.identity.models import Person, ServiceKey
from motcua.lib import moment
from motcua.modules.incidents.actions.receiving import accept_incident
from motcua.modules.incidents.models import Incident
from motcua.modules.incidents.tests.georeport import (
    DEFINITION,
    DISCOVERY,
    ERRORS,
    MADE,
    REQUESTS,
    SERVICES,
    check,
    spark,
)
from motcua.modules.incidents.tests.open311_client import BASE, GRANTS, LAMP, both, sent
from motcua.testing.city import LAMP_AT, MONDAY, SEA_AT, City

pytestmark = pytest.mark.django_db
QUESTIONS = [
    {"code": "count", "order": 2, "datatype": "singlevaluelist", "required": True, "question": "Mấy đèn?",
     "question_en": "How many?",
     "values": [{"key": "one", "name": "Một", "name_en": "One"}, {"key": "few", "name": "Vài"}]},
    {"code": "risk", "order": 3, "datatype": "multivaluelist", "required": False, "question": "Đe doạ gì?",
     "values": [{"key": "road", "name": "Đường"}, {"key": "house", "name": "Nhà"}]},
    {"code": "height", "order": 1, "datatype": "number", "required": False, "question": "Cao mấy mét?", "values": []},
]  # fmt: skip


@pytest.fixture
def key(city: City) -> str:
    return create_service_key("App", GRANTS)


@pytest.fixture
def questions(city: City) -> None:
    Category.objects.filter(code="street-lighting").update(attributes=QUESTIONS, keywords="đèn|bóng")
    forget_rules()


def refused(response: HttpResponse, status: int) -> list[str]:
    """The descriptions of a refusal, which left nothing behind."""
    assert response.status_code == status
    data = json.loads(response.content)
    check(data, ERRORS)
    assert {error["code"] for error in data} == {status}
    assert not Case.objects.exists()
    assert not Event.objects.filter(case_id__isnull=False).exists()
    assert not Person.objects.exists()
    return [error["description"] for error in data]


@pytest.mark.parametrize("suffix", ["json", "xml"])
def test_while_the_database_is_away(client: Client, monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    def gone(*_args: object) -> None:
        raise OperationalError("password of a host")

    monkeypatch.setattr("motcua.modules.incidents.rest.open311.queries.services", gone)
    response = client.get(f"{BASE}services.{suffix}")
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert b"password" not in response.content
    assert (response.json()[0]["code"] == 503) if suffix == "json" else b"<code>503</code>" in response.content


# ── What there is ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_discovery(client: Client, city: City) -> None:
    data = both(client, "discovery", DISCOVERY, "discovery")
    assert data["endpoints"][0]["url"].endswith("/open311/v2")
    assert client.get("/open311/discovery.json").json() == data
    for root in ("/open311/v2/", "/open311/v2", "/open311/"):  # where somebody only knows the endpoint
        assert client.get(root).content == client.get(f"{BASE}discovery.xml").content


def test_services(client: Client, questions: None) -> None:
    found = {row["service_code"]: row for row in both(client, "services", SERVICES, "services")}
    assert set(found) == {"street-lighting", "waste", "official-conduct"}
    assert (found["street-lighting"]["metadata"], found["waste"]["metadata"]) == (True, False)
    assert found["street-lighting"]["keywords"] == "đèn, bóng"
    english = client.get(f"{BASE}services.json", headers={"Accept-Language": "en"}).json()
    assert "Street-Lighting" in [row["service_name"] for row in english]


def test_a_definition_asks_the_questions_in_their_order(client: Client, questions: None) -> None:
    data = both(client, "services/street-lighting", DEFINITION, "service_definition")
    assert [(one["code"], one["order"], one["required"]) for one in data["attributes"]] == [
        ("height", 1, False), ("count", 2, True), ("risk", 3, False),
    ]  # fmt: skip
    assert data["attributes"][1]["values"] == [{"key": "one", "name": "Một"}, {"key": "few", "name": "Vài"}]
    assert both(client, "services/waste", DEFINITION, "service_definition")["attributes"] == []


@pytest.mark.parametrize(
    ("changes", "vietnamese", "english"),
    [
        ({"options": {"examples_en": "Lamp out, dark alley"}}, "đèn, bóng", "Lamp out, dark alley"),
        ({"name_en": "Lamps and cables, poles"}, "đèn, bóng", "Lamps, cables, poles"),
        ({"name_en": ""}, "đèn, bóng", "đèn, bóng"),
        ({"keywords": ""}, None, "Street-Lighting"),
    ],
)
def test_keywords_are_in_the_language_that_is_asked_for(
    client: Client, questions: None, changes: dict[str, Any], vietnamese: str | None, english: str
) -> None:
    Category.objects.filter(code="street-lighting").update(**changes)
    forget_rules()
    for language, told in (("vi", vietnamese), ("en", english)):
        rows = client.get(f"{BASE}services.json", headers={"Accept-Language": language}).json()
        assert {row["service_code"]: row["keywords"] for row in rows}["street-lighting"] == told


@pytest.mark.parametrize("path", ["services/none", "requests/PA-1", "tokens/none", "nothing", "services/a/b", ""])
def test_what_is_not_there_is_404_with_a_list_of_errors(client: Client, city: City, path: str) -> None:
    for suffix in ("json", "xml"):
        response = client.get(f"{BASE}{path}.{suffix}")
        assert response.status_code == 404
        data = json.loads(response.content) if suffix == "json" else spark(response.content)
        assert data if suffix == "json" else data[0] == "errors"
    assert client.get(f"{BASE}requests").status_code == 404


def test_methods(client: Client, city: City) -> None:
    response = client.delete(f"{BASE}requests.json")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, POST, OPTIONS")
    check(response.json(), ERRORS)
    assert client.post(f"{BASE}services.xml").status_code == 405
    preflight = client.options(f"{BASE}requests.json")
    assert (preflight.status_code, preflight["Access-Control-Allow-Origin"]) == (204, "*")


def test_jurisdiction(client: Client, key: str, settings: Settings) -> None:
    settings.OPEN311_JURISDICTION = "lam-dong"
    for path in ("services", "services/waste", "requests", "servicerequestupdates", "discovery"):
        assert client.get(f"{BASE}{path}.json", {"jurisdiction_id": "lam-dong"}).status_code == 200
        assert client.get(f"{BASE}{path}.json", {"jurisdiction_id": ""}).status_code == 200
        both(client, path, ERRORS, "errors", 404, jurisdiction_id="city.gov")
    assert "city.gov" in refused(sent(client, key, jurisdiction_id="city.gov"), 404)[0]
    assert sent(client, key, jurisdiction_id="lam-dong").status_code == 200


# ── POST requests ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("suffix", ["json", "xml"])
def test_post_makes_a_report(client: Client, city: City, key: str, suffix: str) -> None:
    with moment.at(MONDAY):
        response = sent(client, key, suffix, account_id="u-7", device_id="d-1")
    assert response.status_code == 200
    if suffix == "json":
        made = response.json()[0]
        check([made], MADE)
    else:
        root, (made,) = spark(response.content)
        assert root == "service_requests"
    case = Case.objects.get(code=made["service_request_id"])
    assert (case.channel, case.unit_id, case.lat, case.lon) == ("open311", city.office_one.id, *LAMP_AT)
    assert made["account_id"] == "u-7"
    assert city.office_one.name in made["service_notice"]
    assert "19/11" in made["service_notice"]
    assert case.incident.service_key_id == ServiceKey.objects.get().id
    assert case.incident.hides_name
    assert Event.objects.filter(case_id=case.id).order_by("id").first().actor.startswith("service:")  # type: ignore[union-attr]
    assert Person.objects.count() == 1
    assert "d-1" not in json.dumps(list(Incident.objects.values()), default=str)


def test_post_takes_one_statement(
    client: Client, city: City, key: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """One, which is a transaction by itself."""
    sent(client, key)
    with django_assert_num_queries(1) as found:
        sent(client, key)
    assert found.captured_queries[0]["sql"].startswith("WITH")


def test_the_database_prepares_the_statement_once(client: Client, city: City, key: str) -> None:
    def prepared() -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM pg_prepared_statements WHERE statement LIKE 'WITH w0 AS (INSERT%'")
            return [name for (name,) in cursor.fetchall()]

    sent(client, key)
    held = prepared()
    sent(client, key, lat=LAMP["lat"] + 0.0001, description="Đèn đường tắt hai đêm nay", first_name="Thử")
    assert held
    assert prepared() == held


def test_an_address_is_a_place_too(client: Client, city: City, key: str) -> None:
    by_words = sent(client, key, lat=None, long=None, address_string="12 Phan Đình Phùng")
    by_id = sent(client, key, lat="", long="", address_id="012345678901")
    first, second = (Case.objects.get(code=one.json()[0]["service_request_id"]) for one in (by_words, by_id))
    assert (first.address, first.lat) == ("12 Phan Đình Phùng", None)
    assert (second.place_code, second.address) == ("012345678901", "Theo mã địa chỉ")


def test_service_code_and_place_are_enough(client: Client, city: City, key: str) -> None:
    """The standard asks for no more; what is unclear an official will ask."""
    values = dict.fromkeys(("description", "first_name", "last_name", "phone", "email"), "")
    assert sent(client, key, **values).status_code == 200
    assert Incident.objects.get().text == "Chiếu sáng"
    assert not Person.objects.exists()


def test_contacts_that_are_none_do_not_stop_a_report(client: Client, city: City, key: str) -> None:
    made = sent(client, key, phone="555-5555", email="nobody").json()[0]
    assert "phone" in made["service_notice"]
    assert "email" in made["service_notice"]
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "status", "told"),
    [
        ({"api_key": None}, 403, "api_key"),
        ({"api_key": ""}, 403, "api_key"),
        ({"api_key": "mc_wrong"}, 403, "Khoá"),
        ({"service_code": None}, 400, "service_code"),
        ({"service_code": ""}, 400, "service_code"),
        ({"service_code": "none"}, 404, "none"),
        ({"lat": None, "long": None}, 400, "lat"),
        ({"lat": ""}, 400, "lat"),
        ({"long": None}, 400, "long"),
        ({"lat": "north"}, 400, "lat"),
        ({"lat": "nan"}, 400, "lat"),
        ({"lat": "91"}, 400, "lat"),
        ({"lat": SEA_AT[0], "long": SEA_AT[1]}, 400, "lat"),
        ({"lat": None, "long": None, "address_id": "7"}, 400, "address_id"),
        ({"description": "x" * 4001}, 400, "description"),
        ({"media_url": "javascript:alert(1)"}, 400, "media_url"),
        ({"media_url": "file:///etc/passwd"}, 400, "media_url"),
        ({"address_string": "x" * 301}, 400, "address_string"),
    ],
)
def test_post_refuses(client: Client, key: str, changes: dict[str, Any], status: int, told: str) -> None:
    assert told in refused(sent(client, key, **changes), status)[0]
    assert spark(sent(client, key, "xml", **changes).content)[0] == "errors"


def test_every_fault_is_told_at_once(client: Client, key: str) -> None:
    faults = refused(sent(client, key, lat="x", long="y", description="x" * 5000, media_url="no"), 400)
    assert [fault.partition(":")[0] for fault in faults] == ["lat", "long", "media_url", "description"]
    faults = refused(sent(client, key, service_code="", lat="x", media_url="no"), 400)
    assert [fault.partition(":")[0] for fault in faults] == ["service_code", "lat", "media_url"]


def test_a_key_that_may_only_read_or_was_revoked(client: Client, city: City) -> None:
    reader = create_service_key("Reader", ["incident.read_public"])
    refused(sent(client, reader), 403)
    writer = create_service_key("Writer", GRANTS)
    call_command("open311", "key", "revoke", "Writer")
    refused(sent(client, writer), 403)


def test_the_key_may_stand_in_the_address_or_the_header(client: Client, key: str) -> None:
    assert client.post(f"{BASE}requests.json?api_key={key}", LAMP).status_code == 200
    assert client.post(f"{BASE}requests.json", LAMP, headers={"Authorization": f"Bearer {key}"}).status_code == 200


def test_answers_to_the_questions(client: Client, key: str, questions: None) -> None:
    faults = refused(sent(client, key), 400)
    assert faults[0].startswith("attribute[count]:")
    wrong: dict[str, Any] = {
        "attribute[count]": "many",
        "attribute[height]": "tall",
        "attribute[risk][]": ["road", "sky"],
    }
    assert {fault.partition(":")[0] for fault in refused(sent(client, key, **wrong), 400)} == {
        "attribute[count]", "attribute[height]", "attribute[risk]",
    }  # fmt: skip
    right: dict[str, Any] = {
        "attribute[count]": "few",
        "attribute[height]": "",
        "attribute[risk][]": ["road", "house"],
        "attribute[x]": "y",
    }
    assert sent(client, key, **right).status_code == 200
    assert Incident.objects.get().attributes == {"count": "few", "risk": ["road", "house"]}


def test_the_same_key_twice_makes_one_report(client: Client, key: str) -> None:
    headers = {"Idempotency-Key": "7d0b"}
    first, second = (sent(client, key, headers=headers, media=photo()) for _ in range(2))
    assert first.json()[0]["service_request_id"] == second.json()[0]["service_request_id"]
    other = create_service_key("Other", GRANTS)
    assert sent(client, other, headers=headers).json() != first.json()
    assert Case.objects.count() == 2
    assert CaseFile.objects.count() == 1


def photo(name: str = "anh.jpg") -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (64, 48), "#888").save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def test_photos_come_along(client: Client, city: City, key: str) -> None:
    code = sent(client, key, media=[photo(), photo()]).json()[0]["service_request_id"]
    case = Case.objects.get(code=code)
    photos = list(CaseFile.objects.filter(case=case, role="before").values_list("file_id", flat=True))
    assert len(photos) == 2
    accept_incident(case.id, actor=city.lan, public_file_ids=photos)
    (row,) = both(client, f"requests/{code}", REQUESTS, "service_requests")
    assert client.get(urlsplit(row["media_url"])._replace(scheme="", netloc="").geturl()).status_code == 200


def test_a_file_that_is_no_picture(client: Client, key: str) -> None:
    drawing = SimpleUploadedFile("anh.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/jpeg")
    assert "JPEG" in refused(sent(client, key, media=drawing), 400)[0]
    refused(sent(client, key, media=[photo() for _ in range(6)]), 400)


def test_a_link_is_kept_for_officials_and_shown_to_nobody_else(client: Client, city: City, key: str) -> None:
    link = "http://farm3.static.flickr.com/2002/2212426634_5ed477a060.jpg"
    code = sent(client, key, media_url=link).json()[0]["service_request_id"]
    case = Case.objects.get(code=code)
    assert case.incident.media_url == link
    accept_incident(case.id, actor=city.lan)
    for path in (f"{BASE}requests/{code}.json", f"{BASE}requests/{code}.xml", f"/phan-anh/{code}/"):
        assert link not in client.get(path).content.decode()


def test_a_body_that_nobody_can_read(client: Client, key: str, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    refused(sent_as_form(client, {"api_key": key, **LAMP, "description": "x" * 2000}), 413)
    broken = client.post(f"{BASE}requests.json", b"--x\r\nbroken", content_type="multipart/form-data; boundary=x")
    assert broken.status_code in (400, 403)


def sent_as_form(client: Client, data: dict[str, Any]) -> Any:
    return client.post(f"{BASE}requests.json", urlencode(data), content_type="application/x-www-form-urlencoded")


def test_control_characters_reach_neither_table_nor_xml(client: Client, city: City, key: str) -> None:
    made = sent_as_form(client, {"api_key": key, **LAMP, "description": "Đèn\x00 \x08tắt \ufffe <b>&amp;</b>"})
    code = made.json()[0]["service_request_id"]
    accept_incident(Case.objects.get(code=code).id, actor=city.lan)
    (row,) = both(client, f"requests/{code}", REQUESTS, "service_requests")
    assert "<b>" in row["description"]
    case = Case.objects.get(code=code)
    for kept in (case.subject, case.folded, case.incident.text, case.incident.public_text):
        assert kept.isprintable(), ascii(kept)


# ── Keys ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_key_command(client: Client, city: City, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("open311", "key", "add", "Ứng dụng 1022")
    key = capsys.readouterr().out.strip()
    assert sent(client, key).status_code == 200
    call_command("open311", "key", "list")
    assert capsys.readouterr().out.startswith("Ứng dụng 1022: từ ")
    call_command("open311", "key", "revoke", "Ứng dụng 1022")
    assert sent(client, key).status_code == 403
    with pytest.raises(CommandError):
        call_command("open311", "key", "revoke", "Ứng dụng 1022")
