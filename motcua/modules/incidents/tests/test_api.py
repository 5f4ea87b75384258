"""Reports in the JSON API: what strangers, people of a report, officials and machines do with it."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from motcua.kernel.cases.models import Case, CaseFile, Category, Party
from motcua.kernel.cases.queries.people import party_token
from motcua.kernel.cases.queries.rules import forget_rules
from motcua.kernel.events.models import Event
from motcua.kernel.identity.actions import create_service_key
from motcua.kernel.identity.models import Access, Account, Person
from motcua.lib import moment
from motcua.modules.incidents.actions.receiving import accept_incident, take_incident
from motcua.modules.incidents.actions.submitting import NewIncident, submit_incident
from motcua.modules.incidents.actions.working import approve_incident, resolve_incident
from motcua.modules.incidents.kind import INCIDENT
from motcua.modules.incidents.models import Incident, Rating
from motcua.modules.incidents.rest.desk import MOVES
from motcua.testing.city import LAMP_AT, MONDAY, SEA_AT, WARD_TWO_AT, City

pytestmark = pytest.mark.django_db
API = "/api/v1"
LAMP: dict[str, Any] = {
    "text": "Đèn đường trước số 12 tắt. Gọi tôi 0905 123 456.",
    "category": "street-lighting",
    "lat": LAMP_AT[0],
    "lon": LAMP_AT[1],
    "name": "Nguyễn Thị An",
    "phone": "0905 123 456",
}


def lamp(city: City, **changes: Any) -> Case:
    return submit_incident(NewIncident(**{**LAMP, **changes}), actor=city.an).case


def link_of(case: Case) -> dict[str, str]:
    return {"X-Private-Link": party_token(Party.objects.filter(case=case).order_by("id")[0])}


def key(*grants: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {create_service_key('M', grants)}"}


def signed_in(login: str, *, checks: bool = False) -> Client:
    client = Client(enforce_csrf_checks=checks)
    client.force_login(Account.objects.get(login=login))
    return client


def post(client: Client, path: str, body: dict[str, Any] | None = None, /, **headers: Any) -> Any:
    return client.post(f"{API}{path}", body or {}, content_type="application/json", headers=headers)


def photo() -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (64, 48), "#888").save(out, "JPEG")
    return SimpleUploadedFile("anh.jpg", out.getvalue(), "image/jpeg")


def uploaded(client: Client) -> str:
    made = client.post(f"{API}/files", {"file": photo()})
    assert made.status_code == 201, made.content
    return str(made.json()["token"])


def refused(response: Any, status: int, code: str) -> dict[str, Any]:
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    problem: dict[str, Any] = response.json()
    assert (problem["status"], problem["code"]) == (status, code)
    return problem


# ── Everybody ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_report_through_the_api(client: Client, city: City) -> None:
    with moment.at(MONDAY):
        made = post(client, "/incidents", {**LAMP, "files": [uploaded(client)], "hides_name": False})
    assert made.status_code == 201
    case = Case.objects.get(code=made.json()["code"])
    assert (case.channel, case.unit_id) == ("api", city.office_one.id)
    assert CaseFile.objects.filter(case=case, role="before").count() == 1
    assert made.json()["private_url"].endswith(f"/p/{made.json()['token']}/")
    assert client.get(f"{API}/incidents/{case.code}").status_code == 404  # not published yet
    own = client.get(f"{API}/incidents/{case.code}", headers={"X-Private-Link": made.json()["token"]})
    assert own.json()["is_party"]
    assert "0905 123 456" in own.json()["text"]


def test_sent_twice_with_one_key_makes_one_report(client: Client, city: City) -> None:
    headers = {"Idempotency-Key": "6f1c"}
    first, second = (post(client, "/incidents", LAMP, **headers).json() for _ in range(2))
    assert (first["code"], first["token"]) == (second["code"], second["token"])
    assert (first["is_repeat"], second["is_repeat"]) == (False, True)
    guessed = post(client, "/incidents", {**LAMP, "text": "Rác chất đống"}, **headers).json()
    assert guessed["token"] != first["token"]
    assert Case.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "x" * 100_000}, "text"),
        ({"lat": None}, "place"),
        ({"lat": None, "lon": None}, "place"),
        ({"lat": SEA_AT[0], "lon": SEA_AT[1]}, "place"),
        ({"lat": 91}, "body.lat"),
        ({"lat": "NaN"}, "body.lat"),
        ({"category": "none"}, "category"),
        ({"category": "a b"}, "body.category"),
        ({"phone": "12"}, "phone"),
        ({"wants": "everything"}, "body.wants"),
        ({"files": ["x"] * 6}, "body.files"),
    ],
)
def test_a_report_that_cannot_be_taken(client: Client, city: City, changes: dict[str, Any], field: str) -> None:
    problem = refused(post(client, "/incidents", {**LAMP, **changes}), 422, "invalid")
    assert field in problem["errors"]
    assert not Case.objects.exists()
    assert not Event.objects.exists()
    assert not Person.objects.exists()


def test_a_file_that_is_gone(client: Client, city: City) -> None:
    refused(post(client, "/incidents", {**LAMP, "files": ["nothing"]}), 409, "file_gone")
    assert not Case.objects.exists()


def test_questions_are_checked(client: Client, city: City) -> None:
    question = {"code": "count", "order": 1, "datatype": "singlevaluelist", "required": True, "question": "Mấy đèn?",
                "values": [{"key": "one", "name": "Một"}]}  # fmt: skip
    Category.objects.filter(code="street-lighting").update(attributes=[question])
    forget_rules()
    assert "attributes.count" in refused(post(client, "/incidents", LAMP), 422, "invalid")["errors"]
    assert post(client, "/incidents", {**LAMP, "attributes": {"count": "one", "x": "y"}}).status_code == 201
    assert Incident.objects.get().attributes == {"count": "one"}


def test_the_list_shows_what_is_published_and_goes_on(client: Client, city: City) -> None:
    codes = [accept_incident(lamp(city).id, actor=city.lan).code for _ in range(3)]
    lamp(city)
    first = client.get(f"{API}/incidents", {"limit": 2}).json()
    second = client.get(f"{API}/incidents", {"limit": 2, "after": first["next"]}).json()
    assert [row["code"] for row in first["items"] + second["items"]] == codes[::-1]
    assert second["next"] is None
    row = first["items"][0]
    assert (row["category"], row["area"], row["unit"]) == ("street-lighting", "24778", city.office_one.code)
    assert row["state"] == {"name": "accepted", "label": "Đã tiếp nhận", "is_open": True}
    for query, number in (({"state": "done"}, 0), ({"unit": city.ward_one.code}, 3), ({"words": "den duong"}, 3)):
        assert len(client.get(f"{API}/incidents", query).json()["items"]) == number
    refused(client.get(f"{API}/incidents", {"unit": "none"}), 404, "not_found")
    box = {"west": 108, "south": 11, "east": 109, "north": 12}
    assert len(client.get(f"{API}/incidents/points", box).json()) == 3
    near = client.get(f"{API}/incidents/nearby?lat={LAMP_AT[0]}&lon={LAMP_AT[1]}").json()
    assert [bool(one["url"]) for one in near] == [True, True, True, False]  # the last one nobody has received


def test_no_identity_for_strangers(client: Client, city: City) -> None:
    case = accept_incident(lamp(city).id, actor=city.lan)
    for path in ("/incidents", f"/incidents/{case.code}", f"/incidents/{case.code}/timeline"):
        told = client.get(f"{API}{path}").content.decode()
        assert "0905123" not in told.replace(" ", "")
        assert "Nguyễn Thị An" not in told


def test_advice_keeps_nothing(client: Client, city: City) -> None:
    with moment.at(MONDAY):
        accept_incident(lamp(city).id, actor=city.lan)
        before = Event.objects.count()
        told = post(client, "/advice", {**LAMP, "text": "Đèn tắt"}).json()
    assert told["promise"]["unit"] == city.office_one.code
    assert datetime.fromisoformat(told["promise"]["due_at"]) == MONDAY + timedelta(days=3)
    assert len(told["nearby"]) == 1
    assert post(client, "/advice", {"lat": SEA_AT[0], "lon": SEA_AT[1]}).json()["is_outside"]
    assert (Event.objects.count(), Case.objects.count()) == (before, 1)


def test_join_and_still_there(client: Client, city: City) -> None:
    case = accept_incident(lamp(city).id, actor=city.lan)
    joined = post(client, f"/incidents/{case.code}/join", {"phone": "0912 000 111"})
    assert joined.status_code == 201
    page = client.get(f"{API}/incidents/{case.code}", headers={"X-Private-Link": joined.json()["token"]}).json()
    assert (page["is_party"], page["joined"]) == (True, 1)
    assert post(client, f"/incidents/{case.code}/still-there").json()["state"]["name"] == "accepted"
    assert Incident.objects.get().still_there == 1
    hidden = lamp(city)
    Incident.objects.filter(pk=hidden.pk).update(hidden_at=MONDAY)
    refused(post(client, f"/incidents/{hidden.code}/join"), 404, "not_found")
    assert Party.objects.filter(case=hidden).count() == 1


# ── People of a report ──────────────────────────────────────────────────────────────────────────────────────────────


def test_people_add_rate_and_reopen(client: Client, city: City) -> None:
    with moment.at(MONDAY):
        case = lamp(city)
        link = link_of(case)
        take_incident(case.id, actor=city.hoa)
        added = post(client, f"/incidents/{case.code}/info", {"text": "Vẫn tối", "files": [uploaded(client)]}, **link)
        assert added.status_code == 200
        resolve_incident(case.id, actor=city.hoa, result="Đã thay bóng")
        approve_incident(case.id, actor=city.minh)
        rated = client.put(
            f"{API}/incidents/{case.code}/rating", {"score": 2}, content_type="application/json", headers=link
        )
        assert rated.status_code == 200
        wants = client.put(
            f"{API}/incidents/{case.code}/wants", {"wants": "none"}, content_type="application/json", headers=link
        )
        assert (wants.status_code, Party.objects.get(case=case).wants) == (204, "none")
        again = post(client, f"/incidents/{case.code}/reopen", {"reason": "Lại tắt"}, **link).json()
    assert again["state"]["name"] == "dispatched"
    assert Rating.objects.get().score == 2


def test_words_that_are_too_long_are_refused_with_a_file_as_well(client: Client, city: City) -> None:
    case = accept_incident(lamp(city).id, actor=city.lan)
    link, sent = link_of(case), {"text": "x" * 5001, "files": [uploaded(client)]}
    before = Event.objects.count()
    answer = refused(post(client, f"/incidents/{case.code}/info", sent, **link), 422, "invalid")
    assert "5000" in str(answer["errors"]["text"])
    assert Event.objects.count() == before
    assert not case.additions.exists()


def test_a_stranger_does_none_of_it(client: Client, city: City) -> None:
    case = accept_incident(lamp(city).id, actor=city.lan)
    other = link_of(lamp(city))
    before = Event.objects.count()
    refused(post(client, f"/incidents/{case.code}/info", {"text": "x"}), 401, "sign_in")
    refused(
        post(client, f"/incidents/{case.code}/info", {"text": "x"}, **{"X-Private-Link": "1.forged"}), 401, "sign_in"
    )
    refused(post(client, f"/incidents/{case.code}/info", {"text": "x"}, **other), 404, "not_found")
    refused(post(client, f"/incidents/{case.code}/reopen", {"reason": "x"}, **other), 404, "not_found")
    assert Event.objects.count() == before


# ── Officials ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_official_works_a_case_through(city: City) -> None:
    with moment.at(MONDAY):
        case = lamp(city)
        hoa, minh = signed_in("hoa"), signed_in("minh")
        (row,) = hoa.get(f"{API}/inbox").json()["items"]
        assert (row["id"], row["clock"]["name"]) == (case.id, "accept")
        opened = hoa.get(f"{API}/cases/{case.id}")
        assert (opened["ETag"], opened["Cache-Control"]) == ('"1"', "no-store")
        assert {"accept", "take"} <= set(opened.json()["moves"])
        assert opened.json()["people"][0]["phone"] == "••• 456"
        taken = post(hoa, f"/cases/{case.id}/moves/take", **{"If-Match": opened["ETag"]})
        assert (taken.status_code, taken["ETag"], taken.json()["state"]["name"]) == (200, '"2"', "in_progress")
        assert (
            post(hoa, f"/cases/{case.id}/moves/visit", {"note": "Bóng cháy", "files": [uploaded(hoa)]}).status_code
            == 200
        )
        result = {"result": "Đã thay bóng", "files": [uploaded(hoa)], "caption": "Đèn sáng"}
        assert post(hoa, f"/cases/{case.id}/moves/resolve", result).json()["state"]["name"] == "resolved"
        refused(post(hoa, f"/cases/{case.id}/moves/approve"), 403, "not_allowed")
        assert post(minh, f"/cases/{case.id}/moves/approve").json()["state"]["name"] == "published"
    assert CaseFile.objects.filter(case=case, role="after", is_public=True).count() == 1


def test_what_strangers_see_is_chosen_by_what_the_api_said(client: Client, city: City) -> None:
    hoa, minh = signed_in("hoa"), signed_in("minh")
    for worker, name in ((minh, "accept"), (hoa, "take"), (minh, "assign"), (minh, "show")):
        report = {**LAMP, "files": [uploaded(client), uploaded(client)]}
        code = post(client, "/incidents", report, **{"Idempotency-Key": name}).json()["code"]
        case = Case.objects.get(code=code)
        if name == "show":  # accepted before, and nobody chose: the body may be left out
            bare = worker.post(f"{API}/cases/{case.id}/moves/accept", "", "application/json")
            assert bare.status_code == 200
        photos = worker.get(f"{API}/cases/{case.id}").json()["files"]
        body = {"public_text": "Đèn tắt", "public_file_ids": [photos[1]["id"]]} | (
            {"officer_id": city.hoa.id} if name == "assign" else {}
        )
        assert post(worker, f"/cases/{case.id}/moves/{name}", body).status_code == 200
        page = client.get(f"{API}/incidents/{code}").json()
        assert (page["text"], [one["url"] for one in page["before"]]) == ("Đèn tắt", [photos[1]["url"]])
        assert "id" not in page["before"][0]


BODIES: dict[str, dict[str, Any]] = {
    "assign": {"officer_id": 1},
    "dispatch": {"unit": "24781"},
    "return": {"reason": "Không thuộc địa bàn"},
    "classify": {"category": "waste"},
    "reject": {"reason": "Không thuộc phạm vi"},
    "merge": {"into_code": "PA-1"},
    "visit": {"note": "Bóng cháy"},
    "reply": {"text": "Sẽ thay"},
    "request_info": {"question": "Cột số mấy?"},
    "provide_info": {"text": "Cột 7"},
    "add_info": {"text": "Cột 7"},
    "extend": {"reason": "Chờ vật tư", "due_at": "2026-12-01T08:00:00+07:00"},
    "resolve": {"result": "Đã thay"},
    "revise": {"reason": "Thiếu ảnh"},
    "note": {"note": "Gọi lại"},
    "hide": {"reason": "Lộ mặt người"},
    "reopen": {"reason": "Lại tắt"},
}


def test_every_move_has_its_address() -> None:
    assert set(MOVES) == {move.name for move in INCIDENT.moves} - {"rate"}  # rating is the people's alone


@pytest.mark.parametrize("name", MOVES)
def test_no_move_without_leave(client: Client, city: City, name: str) -> None:
    """Strangers, another ward, and a machine without the grant; a wrong shape is told before anything else is."""
    case = lamp(city)
    path, body = f"/cases/{case.id}/moves/{name.replace('_', '-')}", BODIES.get(name, {})
    refused(post(client, path, body), 401, "sign_in")
    assert post(signed_in("tam"), path, body).status_code in (403, 404)
    refused(post(client, path, body, **key("incident.read")), 403, "not_allowed")
    case.refresh_from_db()
    assert (case.version, case.state) == (1, "dispatched")
    assert Event.objects.filter(case_id=case.id).count() == 2


@pytest.mark.parametrize(
    ("name", "body", "state"),
    [
        ("accept", {}, "accepted"),
        ("dispatch", {"unit": "24781"}, "dispatched"),
        ("return", BODIES["return"], "submitted"),
        ("classify", BODIES["classify"], "dispatched"),
        ("reject", BODIES["reject"], "rejected"),
        ("request_info", BODIES["request_info"], "info_requested"),
        ("note", BODIES["note"], "dispatched"),
        ("flag", {}, "dispatched"),
    ],
)
def test_moves_by_a_machine_that_may(client: Client, city: City, name: str, body: dict[str, Any], state: str) -> None:
    case = lamp(city)
    grants = key("incident.read", f"incident.{name}")
    moved = post(client, f"/cases/{case.id}/moves/{name.replace('_', '-')}", body, **grants)
    assert (moved.status_code, moved.json()["state"]["name"]) == (200, state)
    assert Event.objects.filter(case_id=case.id).order_by("-id")[0].actor.startswith("service:")


def test_a_machine_never_becomes_the_officer(client: Client, city: City) -> None:
    """Its number may be an official's number too."""
    case = lamp(city)
    grants = key("incident.read", "incident.take", "incident.accept", "incident.visit", "incident.resolve")
    refused(post(client, f"/cases/{case.id}/moves/take", **grants), 403, "not_allowed")
    for name in ("accept", "visit", "resolve"):
        assert post(client, f"/cases/{case.id}/moves/{name}", BODIES.get(name, {}), **grants).status_code == 200
    case.refresh_from_db()
    assert (case.state, case.officer_id) == ("resolved", None)


def test_the_inbox_of_a_machine_is_what_it_may_read(client: Client, city: City) -> None:
    case = lamp(city)
    assert client.get(f"{API}/inbox", {"whose": "mine"}, headers=key("desk.enter")).json()["items"] == []
    reader = {"Authorization": f"Bearer {create_service_key('R', ['desk.enter', 'incident.read'])}"}
    (row,) = client.get(f"{API}/inbox", {"whose": "mine"}, headers=reader).json()["items"]
    assert row["code"] == case.code


def test_who_was_quicker(city: City) -> None:
    case = lamp(city)
    hoa = signed_in("hoa")
    assert post(hoa, f"/cases/{case.id}/moves/accept", **{"If-Match": '"1"'}).status_code == 200
    refused(
        post(hoa, f"/cases/{case.id}/moves/note", BODIES["note"], **{"If-Match": '"1"'}), 412, "precondition_failed"
    )
    refused(post(hoa, f"/cases/{case.id}/moves/note", BODIES["note"], **{"If-Match": "x"}), 412, "precondition_failed")
    assert post(hoa, f"/cases/{case.id}/moves/note", BODIES["note"], **{"If-Match": "*"}).status_code == 200
    assert Event.objects.filter(case_id=case.id).count() == 4


def test_revealing_a_person_is_noted(city: City) -> None:
    case = lamp(city)
    person = Person.objects.get(cases=case)
    hoa, tam = signed_in("hoa"), signed_in("tam")
    refused(post(tam, f"/cases/{case.id}/people/{person.id}/reveal"), 404, "not_found")
    assert not Access.objects.filter(action="person.reveal").exists()
    shown = post(hoa, f"/cases/{case.id}/people/{person.id}/reveal").json()
    assert shown["phone"].replace(" ", "").endswith("905123456")
    assert Access.objects.filter(action="person.reveal", person=person).count() == 1


def test_a_cookie_needs_the_token_of_our_pages(city: City) -> None:
    case = lamp(city)
    hoa = signed_in("hoa", checks=True)
    refused(post(hoa, f"/cases/{case.id}/moves/accept"), 403, "not_allowed")
    case.refresh_from_db()
    assert case.state == "dispatched"
    hoa.get("/api/docs")  # hands out the cookie
    token = hoa.cookies[next(name for name in hoa.cookies if "csrf" in name)].value
    assert post(hoa, f"/cases/{case.id}/moves/accept", **{"X-CSRFToken": token}).status_code == 200


def test_others_need_no_such_token(city: City) -> None:
    client = Client(enforce_csrf_checks=True)
    assert post(client, "/incidents", LAMP).status_code == 201
    case = lamp(city)
    assert post(client, f"/cases/{case.id}/moves/accept", **key("incident.read", "incident.accept")).status_code == 200


def test_an_official_writes_down_a_call(city: City) -> None:
    made = post(signed_in("lan"), "/incidents", {**LAMP, "channel": "phone"})
    assert Case.objects.get(code=made.json()["code"]).channel == "phone"
    assert post(Client(), "/incidents", {**LAMP, "channel": "phone"}).status_code == 201
    assert sorted(Case.objects.values_list("channel", flat=True)) == ["api", "phone"]


# ── Many at once, and private links ─────────────────────────────────────────────────────────────────────────────────


def test_a_move_on_many_cases(city: City) -> None:
    mine, theirs = lamp(city), lamp(city, lat=WARD_TWO_AT[0], lon=WARD_TWO_AT[1])
    minh = signed_in("minh")
    told = post(minh, "/inbox/moves/accept", {"cases": [mine.id, theirs.id]}).json()
    assert told["done"] == [mine.id]
    assert [(one["id"], one["code"], one["error"]) for one in told["refused"]] == [(theirs.id, "", "not_found")]
    assert Case.objects.get(pk=theirs.id).state == "dispatched"
    again = post(minh, "/inbox/moves/accept", {"cases": [mine.id]}).json()
    assert (again["done"], again["refused"][0]["code"]) == ([], mine.code)
    assert post(minh, "/inbox/moves/assign", {"cases": [mine.id], "officer_id": city.hoa.id}).json()["done"] == [
        mine.id
    ]
    assert Case.objects.get(pk=mine.id).officer_id == city.hoa.id
    other = lamp(city)
    assert post(minh, "/inbox/moves/dispatch", {"cases": [other.id], "unit": "lights"}).json()["done"] == [other.id]
    assert Case.objects.get(pk=other.id).unit_id == city.lights.id


def test_a_machine_moves_what_its_key_may(city: City) -> None:
    case = lamp(city)
    reads = key("desk.enter", "incident.read")
    told = post(Client(), "/inbox/moves/accept", {"cases": [case.id]}, **reads).json()
    assert (told["done"], len(told["refused"])) == ([], 1)
    assert Case.objects.get(pk=case.id).state == "dispatched"


@pytest.mark.parametrize(
    ("login", "move", "extra", "status"),
    [
        ("tam", "accept", {}, 422),  # of another ward: nothing that may be read is chosen
        ("minh", "fly", {}, 404),
        ("minh", "resolve", {}, 404),  # not in bulk
        ("minh", "assign", {}, 422),
        ("minh", "dispatch", {"unit": "nowhere"}, 422),
        ("minh", "accept", {"cases": []}, 422),
        ("minh", "accept", {"cases": list(range(1, 102))}, 422),
        ("", "accept", {}, 401),
    ],
)
def test_what_cannot_be_done_with_many_changes_nothing(
    city: City, login: str, move: str, extra: dict[str, Any], status: int
) -> None:
    case = lamp(city)
    kept, events = Case.objects.values().get(), Event.objects.count()
    client = signed_in(login) if login else Client()
    assert post(client, f"/inbox/moves/{move}", {"cases": [case.id], **extra}).status_code == status
    assert (Case.objects.values().get(), Event.objects.count()) == (kept, events)
