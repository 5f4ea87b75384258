"""The JSON API as a whole: its documentation, its refusals, its parts of the kernel, and odd input everywhere."""

import json
import re
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import Settings

from motcua.kernel.cases.models import Case, Category
from motcua.kernel.cases.queries.rules import forget_rules
from motcua.kernel.identity.actions import create_service_key
from motcua.kernel.identity.models import Account
from motcua.modules.incidents.actions.receiving import accept_incident
from motcua.modules.incidents.actions.submitting import NewIncident, submit_incident
from motcua.project.api import api
from motcua.testing.city import LAMP_AT, SEA_AT, City

if TYPE_CHECKING:
    from motcua.testing.browser import Axe, OpenPage

pytestmark = pytest.mark.django_db
API = "/api/v1"


def signed_in(login: str) -> Client:
    client = Client()
    client.force_login(Account.objects.get(login=login))
    return client


def lamp(city: City) -> Case:
    new = NewIncident(text="Đèn đường tắt", category="street-lighting", lat=LAMP_AT[0], lon=LAMP_AT[1])
    return accept_incident(submit_incident(new, actor=city.an).case.id, actor=city.lan)


# ── Refusals ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_wrong_method_is_told_as_a_problem(client: Client, language: str) -> None:
    for method, path in (("delete", "/board"), ("put", "/incidents"), ("patch", "/incidents/PA-1/rating")):
        answer = getattr(client, method)(f"{API}{path}", headers={"Accept-Language": language})
        assert answer.status_code == 405, path
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] == "method_not_allowed"
        assert answer.json()["title"] == "Method Not Allowed"
        assert ("Địa chỉ này" in answer.json()["detail"]) is (language == "vi")
        for allowed in answer["Allow"].split(", "):
            assert allowed in answer.json()["detail"]
    assert set(client.delete(f"{API}/incidents")["Allow"].split(", ")) == {"GET", "POST"}


# ── Documentation ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_openapi_describes_every_operation(client: Client) -> None:
    schema = client.get(f"{API}/openapi.json").json()
    assert schema["openapi"].startswith("3.")
    operations = [operation for path in schema["paths"].values() for operation in path.values()]
    assert len(operations) > 50
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    assert set(schema["components"]["securitySchemes"]) >= {"ServiceKey", "PrivateLink", "Session"}
    assert "/api/v1/cases/{case_id}/moves/resolve" in schema["paths"]


def test_openapi_is_made_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody may ask for it, and to make it takes a hundred times as long as a page."""
    first = client.get(f"{API}/openapi.json").content

    def made_again(**_where: object) -> None:
        pytest.fail("made a second time")

    monkeypatch.setattr("ninja.main.get_schema", made_again)
    assert client.get(f"{API}/openapi.json").content == first


def test_documentation_needs_nothing_from_elsewhere(client: Client) -> None:
    page = client.get("/api/docs").content.decode()
    assert "/api/v1/openapi.json" in page
    assert "//cdn" not in page
    assert "<script>" not in page


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_documentation_in_a_browser(open_page: "OpenPage", axe: "Axe", city: City) -> None:
    """Under our policy, without a word of complaint, for everybody, and it can be tried out."""
    page = open_page(width=1440)
    page.set_default_timeout(30_000)  # a megabyte and a half of script
    page.goto("/api/docs")
    page.locator("#operations-figures-board").wait_for()
    axe(page)
    page.locator("#operations-figures-board .opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    status = page.locator(".live-responses-table .response .response-col_status")
    assert status.first.inner_text().startswith("200")
    axe(page)


# ── Refusals ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_refusals_are_problems(client: Client, city: City) -> None:
    for response, status, code in (
        (client.get(f"{API}/inbox"), 401, "sign_in"),
        (client.get(f"{API}/inbox", headers={"Authorization": "Bearer wrong"}), 401, "bad_key"),
        (signed_in("hoa").get(f"{API}/officers"), 403, "not_allowed"),
        (client.get(f"{API}/incidents/PA-1"), 404, "not_found"),
        (client.get(f"{API}/nothing"), 404, "not_found"),
        (client.get(f"{API}/areas/at"), 422, "invalid"),
        (client.post(f"{API}/incidents", b"{", content_type="application/json"), 400, "bad_request"),
    ):
        assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
        assert (response.json()["code"], response.json()["status"]) == (code, status)
    assert set(client.get(f"{API}/areas/at").json()["errors"]) == {"lat", "lon"}


# ── Parts of the kernel ─────────────────────────────────────────────────────────────────────────────────────────────


def test_me(client: Client, city: City) -> None:
    assert client.get(f"{API}/me").json()["kind"] == "anonymous"
    hoa = signed_in("hoa").get(f"{API}/me").json()
    assert (hoa["kind"], hoa["roles"]) == ("officer", [{"role": "specialist", "unit": city.office_one.code}])
    assert "incident.take" in hoa["permissions"]
    assert "org.manage" not in hoa["permissions"]
    key = create_service_key("M", ["desk.enter"])
    machine = client.get(f"{API}/me", headers={"Authorization": f"Bearer {key}"}).json()
    assert (machine["kind"], "desk.enter" in machine["permissions"]) == ("service", True)


def test_places_and_units(client: Client, city: City) -> None:
    assert [area["code"] for area in client.get(f"{API}/areas").json()] == ["24778", "24781"]
    assert client.get(f"{API}/areas/at?lat={LAMP_AT[0]}&lon={LAMP_AT[1]}").json()["code"] == "24778"
    assert client.get(f"{API}/areas/at?lat={SEA_AT[0]}&lon={SEA_AT[1]}").status_code == 404
    assert client.get(f"{API}/areas/24778").json()["parent"] == "68"
    assert client.get(f"{API}/areas/24778/successors").json() == []
    units = client.get(f"{API}/units").json()
    assert (units[0]["code"], len(units)) == ("68", 7)
    assert [unit["code"] for unit in client.get(f"{API}/units", {"parent": "24778"}).json()] == ["24778-kinh-te"]
    assert client.get(f"{API}/units/24778").json()["area"] == "24778"


def test_categories(client: Client, city: City) -> None:
    Category.objects.filter(code="waste").update(keywords="rác|xà bần")
    forget_rules()
    found = {row["code"]: row for row in client.get(f"{API}/categories").json()}
    assert found["waste"]["keywords"] == ["rác", "xà bần"]
    assert not found["official-conduct"]["is_public"]
    assert client.get(f"{API}/categories", {"kind": "none"}).json() == []


def test_board_and_figures(client: Client, city: City) -> None:
    lamp(city)
    board = client.get(f"{API}/board", {"period": "7-ngay"}).json()
    assert (board["now"]["open"], board["rows"][0]["unit"]) == (1, "24778")
    assert client.get(f"{API}/board", {"unit": "24778"}).status_code == 200
    assert client.get(f"{API}/board", {"unit": "none"}).status_code == 404
    assert client.get(f"{API}/board", {"period": "ever"}).status_code == 422
    assert client.get(f"{API}/figures").json()["items"] == []
    assert client.get(f"{API}/late").json() == []


def test_administration_is_for_administrators(client: Client, city: City) -> None:
    quan = signed_in("quan")
    logins = {row["login"] for row in quan.get(f"{API}/officers").json()["items"]}
    assert {"lan", "hoa", "quan"} <= logins
    first = quan.get(f"{API}/officers", {"limit": 1}).json()
    second = quan.get(f"{API}/officers", {"limit": 1, "after": first["next"]}).json()
    assert first["items"][0]["login"] != second["items"][0]["login"]
    assert quan.get(f"{API}/rules/routing").json()[0]["target"] == "office:kinh-te"
    assert quan.get(f"{API}/rules/clocks").json()[0]["duration"] == "8 giờ làm việc"
    create_service_key("M", ["desk.enter"])
    (key,) = quan.get(f"{API}/service-keys").json()
    assert set(key) == {"id", "name", "grants", "created_at", "revoked_at"}
    assert {row["name"] for row in quan.get(f"{API}/readers").json()} >= {"messages", "figures"}
    for path in ("jobs", "outbox"):
        assert quan.get(f"{API}/{path}").status_code == 200
    for path in ("officers", "rules/routing", "rules/clocks", "service-keys", "readers", "jobs", "outbox"):
        assert signed_in("hoa").get(f"{API}/{path}").status_code == 403
        assert client.get(f"{API}/{path}").status_code == 401


def test_a_file_is_sent_ahead(client: Client, city: City) -> None:
    out = BytesIO()
    Image.new("RGB", (64, 48), "#888").save(out, "JPEG")
    sent = client.post(f"{API}/files", {"file": SimpleUploadedFile("a.jpg", out.getvalue(), "image/jpeg")})
    assert (sent.status_code, sent.json()["type"], sent.json()["width"]) == (201, "image/jpeg", 64)
    paper = {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.7\n%%EOF", "application/pdf"), "purpose": "document"}
    refusal = client.post(f"{API}/files", paper)
    assert (refusal.status_code, refusal.json()["code"]) == (415, "unsupported_type")
    paper["file"] = SimpleUploadedFile("a.pdf", b"%PDF-1.7\n%%EOF", "application/pdf")
    assert signed_in("hoa").post(f"{API}/files", paper).status_code == 201
    assert client.post(f"{API}/files", {"file": SimpleUploadedFile("a.jpg", b"", "image/jpeg")}).status_code == 422


# ── Odd input ───────────────────────────────────────────────────────────────────────────────────────────────────────

ODD: list[str | bytes] = [
    "", "9" * 40, "1e400", "nan", "\x00", "x\x00y", b"\xed\xa0\x80", "đ" * 3000, "[]", "0001-01-01", "../..", "1|2",
    "5:5",
]  # fmt: skip
BODIES = [
    b"", b"{", b"[]", b'{"text": 5}', b'{"text": "\\ud800\\u0000", "address": "x"}', b'{"lat": 1e999, "lon": 0}',
    b'{"files": {"a": 1}}', b'{"attributes": {"": []}}', b"[" * 100_000, '{"text": "\u0110"}'.encode("utf-16"),
]  # fmt: skip


def test_a_body_too_big(client: Client, db: None, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = client.post(f"{API}/incidents", {"text": "x" * 2000}, "application/json")
    assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")
    assert (answer.json()["code"], answer.json()["detail"]) == ("too_large", "Yêu cầu quá lớn.")
    assert not Case.objects.exists()


def _reads() -> Iterator[tuple[str, list[str]]]:
    """Each GET operation: its path, and the names of its parameters in the query."""
    for path, operations in api.get_openapi_schema()["paths"].items():
        if "get" in operations:
            parameters = operations["get"].get("parameters", [])
            yield path, [parameter["name"] for parameter in parameters if parameter["in"] == "query"]


def _address(path: str, **given: object) -> str:
    """The operation's path with what is given in its gaps; 1 in the others."""
    return re.sub(r"\{(\w+)\}", lambda gap: str(given.get(gap[1], 1)), path)


@pytest.mark.parametrize(("path", "names"), list(_reads()))
def test_no_odd_question_breaks_anything(city: City, path: str, names: list[str]) -> None:
    """Each parameter with each oddity, of somebody whom the doors let in."""
    lamp(city)
    client = signed_in("quan")
    for odd in ODD:
        text = quote(odd) or "-"
        address = _address(path, code=text, case_id=text)
        for query in [{name: odd} for name in names] or [{"unknown": odd}]:
            response = client.get(address, query)
            assert response.status_code < 500, (address, query, response.content[:300])


@pytest.mark.parametrize("body", BODIES)
def test_no_odd_body_breaks_anything(city: City, body: bytes) -> None:
    case = lamp(city)
    quan = signed_in("quan")
    for path, operations in api.get_openapi_schema()["paths"].items():
        for method in set(operations) & {"post", "put", "patch"}:
            address = _address(path, code=case.code, case_id=case.id)
            response = getattr(quan, method)(address, body, content_type="application/json")
            assert response.status_code < 500, (method, address, response.content[:300])
            assert response.status_code == 204 or json.loads(response.content) is not None


def test_sizes_that_no_list_has(client: Client, city: City) -> None:
    for limit in (-5, 0, 10**9):
        answer: Any = client.get(f"{API}/incidents", {"limit": limit})
        assert answer.status_code == 200
