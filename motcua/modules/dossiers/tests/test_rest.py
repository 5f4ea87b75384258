"""Dossiers in the JSON API: what the pages do and refuse, in the same way."""

import json
import threading
from typing import Any

import pytest
from django.test import Client

from motcua.kernel.cases.models import Case, Party
from motcua.kernel.cases.queries.people import party_token
from motcua.kernel.events.models import Event
from motcua.kernel.forms.models import Draft
from motcua.kernel.identity.actions import create_service_key
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.models import Access
from motcua.modules.dossiers.actions.filing import filed_before
from motcua.modules.dossiers.actions.reception import accept_dossier, request_supplement_dossier
from motcua.modules.dossiers.actions.writing import begin_sheet
from motcua.modules.dossiers.models import Claim, Dossier, DossierPaper, Sheet
from motcua.modules.dossiers.queries.reading import opened
from motcua.modules.dossiers.rest import public
from motcua.modules.dossiers.tests.test_behalf import BAO_ID, YEN_ID, authorise, signed_in, somebody
from motcua.modules.dossiers.tests.test_portal import photo
from motcua.testing.at_once import at_once
from motcua.testing.one_stop import OneStop

pytestmark = pytest.mark.django_db
API = "/api/v1"
BODY: dict[str, Any] = {
    "procedure": "1.000001", "answers": {"filer": "Nguyễn Thị An", "child_name": "Minh", "copies": 2}, "area": "24778",
    "name": "Nguyễn Thị An", "national_id": "068195000001", "phone": "0905123456",
}  # fmt: skip


class Api:
    """A program: with a key, a private link, or the session of somebody."""

    def __init__(self, client: Client | None = None, **headers: str) -> None:
        self.client = client or Client(raise_request_exception=False)
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def get(self, path: str) -> Any:
        return self.client.get(f"{API}{path}", headers=self.headers)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(
            f"{API}{path}", json.dumps(body), content_type="application/json", headers={**self.headers, **more}
        )

    def file(self) -> str:
        answer = self.client.post(f"{API}/files", {"file": photo()}, headers=self.headers)
        assert answer.status_code == 201, answer.content
        return str(answer.json()["token"])


def of(actor: Actor) -> Api:
    return Api(signed_in(actor))


def key(*grants: str) -> Api:
    return Api(Authorization=f"Bearer {create_service_key('Ứng dụng', grants)}")


def test_filed_followed_supplemented_and_withdrawn_by_a_program(one_stop: OneStop) -> None:
    api = Api()
    made = api.post("/dossiers", {**BODY, "papers": {"GT.chung-sinh": [api.file()]}})
    assert made.status_code == 201, made.content
    case = Case.objects.get(kind="dossier")
    told = made.json()
    assert (told["code"], told["is_repeat"]) == (case.code, False)
    assert "no-store" in made["Cache-Control"]
    assert opened(Dossier.objects.get(pk=case.id).answers_sealed)["copies"] == 2
    assert not Draft.objects.exists()
    assert not Sheet.objects.exists()
    mine = Api(X_Private_Link=told["token"])
    page = mine.get(f"/dossiers/{case.code}")
    body = page.json()
    assert (body["state"]["name"], body["state"]["number"]) == ("submitted", 1)
    assert (body["delivery"]["words"], body["money"]["words"]) == ("Chưa có kết quả", "Chưa có khoản phải nộp")
    assert [paper["code"] for paper in body["papers"]] == ["GT.chung-sinh", "GT.cu-tru"]
    assert [row["code"] for row in mine.get("/dossiers").json()] == [case.code]
    accept_dossier(case.id, actor=one_stop.nga)
    items = [{"paper": "GT.chung-sinh", "what": "Ảnh mờ", "how": "Chụp lại"}]
    request_supplement_dossier(case.id, actor=one_stop.nga, items=items, reason="Ảnh mờ")
    asked = mine.get(f"/dossiers/{case.code}").json()["supplement"]
    assert (asked["papers"], asked["items"][0]["what"]) == (["GT.chung-sinh"], "Ảnh mờ")
    sent = {"papers": {"GT.chung-sinh": [api.file()]}}
    stale = mine.post(f"/dossiers/{case.code}/supplement", sent, If_Match='"1"')
    assert stale.status_code == 412
    assert DossierPaper.objects.filter(case=case, code="GT.chung-sinh").count() == 1
    done = mine.post(f"/dossiers/{case.code}/supplement", sent)
    assert (done.status_code, done.json()["state"]["name"]) == (200, "accepted")
    assert mine.post(f"/dossiers/{case.code}/withdraw", {"reason": " "}).status_code == 422
    gone = mine.post(f"/dossiers/{case.code}/withdraw", {"reason": "Thôi"})
    assert (gone.json()["state"]["name"], gone.json()["may_withdraw"]) == ("withdrawn", False)


@pytest.mark.parametrize("child", [
    "[" * 400 + "]" * 400, "NaN", "1e999", r'"\ud800"', r'{"\udfff": 1}',
])  # fmt: skip
def test_answers_that_cannot_be_kept_are_refused(one_stop: OneStop, child: str) -> None:
    """JSON allows more than can be written down again; what is no answer is told, and is no error of ours."""
    body = json.dumps(BODY).replace('"Minh"', child)
    for path, sent in (("dossiers", body), ("forms/khai-sinh-thu/check", body)):
        answer = Client(raise_request_exception=False).post(f"{API}/{path}", sent, content_type="application/json")
        assert answer.status_code == 422, (path, answer.status_code)
    assert not Draft.objects.exists()
    assert not Case.objects.filter(kind="dossier").exists()


def test_everything_that_is_wrong_is_told_at_once(one_stop: OneStop, fees: int) -> None:
    wrong = {
        **BODY, "answers": {"copies": 400}, "national_id": "12", "area": None, "papers": {"GT.la": ["x"]},
        "claims": {"LP.khai-sinh": {"exemption": "cao-tuoi"}, "LP.la": {"exemption": "x"}},
    }  # fmt: skip
    answer = Api().post("/dossiers", wrong)
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {
        "answers.filer", "answers.child_name", "answers.copies", "papers.GT.chung-sinh", "papers.GT.la", "national_id",
        "area", "claims.LP.khai-sinh", "claims.LP.la",
    }  # fmt: skip
    assert not Case.objects.filter(kind="dossier").exists()
    assert not Draft.objects.exists()
    assert not Event.objects.filter(name__startswith="dossier").exists()


def test_the_same_twice_makes_one(one_stop: OneStop) -> None:
    api = Api()
    body = {**BODY, "papers": {"GT.chung-sinh": [api.file()]}}
    first = api.post("/dossiers", body, Idempotency_Key="a").json()
    again = api.post("/dossiers", body, Idempotency_Key="a").json()
    assert (again["code"], again["token"], again["is_repeat"]) == (first["code"], first["token"], True)
    other = api.post("/dossiers", {**body, "name": "Kẻ Khác"}, Idempotency_Key="a")  # guessing the key gets nothing
    assert (other.status_code, other.json()["code"]) == (409, "file_gone")
    assert Case.objects.filter(kind="dossier").count() == 1


def test_one_that_was_taken_in_meanwhile_has_taken_the_papers(
    one_stop: OneStop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin is wholly done between the look at the key and the look at the papers."""
    api, twin = Api(), []
    body = {**BODY, "papers": {"GT.chung-sinh": [api.file()]}}

    def overtaken(*args: Any, **options: Any) -> Any:
        monkeypatch.setattr(public, "begin_sheet", begin_sheet)
        twin.append(api.post("/dossiers", body, Idempotency_Key="a").json())
        return begin_sheet(*args, **options)

    monkeypatch.setattr(public, "begin_sheet", overtaken)
    told = api.post("/dossiers", body, Idempotency_Key="a")
    assert told.status_code == 201, told.json()
    assert (told.json()["code"], told.json()["token"]) == (twin[0]["code"], twin[0]["token"])
    assert Case.objects.filter(kind="dossier").count() == 1
    assert not Sheet.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_make_one(one_stop: OneStop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each finds that nothing was sent before, and only then does either go on."""
    token, looked, ready = Api().file(), threading.local(), threading.Barrier(2)
    body = {**BODY, "papers": {"GT.chung-sinh": [token]}}

    def look(key: str) -> Any:
        found = filed_before(key)
        if not hasattr(looked, "once"):
            looked.once = True
            ready.wait(30)
        return found

    monkeypatch.setattr(public, "filed_before", look)

    def send() -> tuple[str, str]:
        answer = Api().post("/dossiers", body, Idempotency_Key="a")
        assert answer.status_code == 201, answer.json()
        return answer.json()["code"], answer.json()["token"]

    one, other = at_once(send, send)
    assert one == other
    assert Case.objects.filter(kind="dossier").count() == 1
    assert not Sheet.objects.exists()


def test_for_another_and_with_a_claim(one_stop: OneStop, fees: int) -> None:
    yen, bao = somebody("Nguyễn Thị Yên", "0905111222", YEN_ID), somebody("Lê Văn Bảo", "0905555666", BAO_ID)
    api = of(bao)
    body = {
        "procedure": "1.000001", "answers": {"filer": "Kẻ Khác", "child_name": "Bé", "copies": 1}, "area": "24778",
        "papers": {"GT.chung-sinh": [api.file()]}, "for": f"person:{yen.person_id}", "wants": "none",
        "claims": {"LP.khai-sinh": {"exemption": "khuyet-tat", "files": [api.file()]}},
    }  # fmt: skip
    assert api.post("/dossiers", body).status_code == 403
    given = authorise(yen, bao)
    made = api.post("/dossiers", body)
    assert made.status_code == 201, made.content
    case = Case.objects.get(kind="dossier")
    dossier = Dossier.objects.get(pk=case.id)
    assert (case.person_id, dossier.authorisation_id) == (yen.person_id, given.pk)
    assert opened(dossier.answers_sealed)["filer"] == "Nguyễn Thị Yên"  # proved: nobody writes it differently
    assert Claim.objects.get(case=case).code == "khuyet-tat"
    assert Party.objects.get(case=case, role="filer").wants == "none"
    assert of(bao).get(f"/dossiers/{case.code}").json()["acts_for"]["is_in_force"] is True


def test_a_service_files_for_people_and_says_which_it_is(one_stop: OneStop) -> None:
    api = key("dossier.file")
    made = api.post("/dossiers", {**BODY, "papers": {"GT.chung-sinh": [api.file()]}})
    assert made.status_code == 201, made.content
    case = Case.objects.get(kind="dossier")
    assert case.channel == "api"
    assert Dossier.objects.get(pk=case.id).service_key_id is not None
    assert api.get(f"/dossiers/{case.code}").status_code == 404  # filing is not reading
    assert api.get("/desk/dossiers").status_code == 403


def test_what_is_not_ones_own_is_not_there(one_stop: OneStop, filed: Any) -> None:
    mine, other = filed(), filed()
    api = Api(X_Private_Link=mine.token)
    kept = Event.objects.filter(case_id=other.case.id).count()
    for answer in (
        api.get(f"/dossiers/{other.case.code}"),
        api.post(f"/dossiers/{other.case.code}/withdraw", {"reason": "x"}),
        api.post(f"/dossiers/{other.case.code}/supplement", {"note": "x"}),
        Api().get(f"/dossiers/{other.case.code}"),
        of(one_stop.nga).get(f"/dossiers/{other.case.code}"),  # officials have their own address
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert Api().get("/dossiers").json() == []
    assert Event.objects.filter(case_id=other.case.id).count() == kept


def test_officials_list_read_and_move(one_stop: OneStop, filed: Any) -> None:
    case = filed().case
    api = of(one_stop.nga)
    rows = api.get("/desk/dossiers?state=open&procedure=1.000001&unit=24778").json()
    assert [row["code"] for row in rows["items"]] == [case.code]
    assert of(one_stop.dung).get("/desk/dossiers").json()["items"] == []
    page = api.get(f"/desk/dossiers/{case.id}")
    assert page["ETag"] == f'"{case.version}"'
    assert page.json()["answers"]["child_name"] == "Nguyễn Bình Minh"
    assert page.json()["people"][0]["name"] == "N. T. A."
    assert Access.objects.filter(action="dossier.open", case_id=case.id).count() == 1
    assert "accept" in page.json()["moves"]
    for wrong in (of(one_stop.dung), of(one_stop.kien)):
        assert wrong.get(f"/desk/dossiers/{case.id}").status_code == 404
        assert wrong.post(f"/desk/dossiers/{case.id}/moves/accept", {}).status_code in (403, 404)
    stale = api.post(f"/desk/dossiers/{case.id}/moves/accept", {}, If_Match='"99"')
    assert stale.status_code == 412
    moved = api.post(f"/desk/dossiers/{case.id}/moves/accept", {}, If_Match=page["ETag"]).json()
    assert (moved["state"]["name"], moved["version"]) == ("accepted", case.version + 1)
    again = api.post(f"/desk/dossiers/{case.id}/moves/accept", {})
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    note = api.post(f"/desk/dossiers/{case.id}/moves/note", {"note": "Ghi"})
    assert note.status_code == 200, note.content
    asked = {"items": [{"paper": "GT.chung-sinh", "what": "Mờ"}], "reason": "Mờ"}
    moved = api.post(f"/desk/dossiers/{case.id}/moves/request-supplement", asked).json()
    assert moved["state"]["name"] == "supplement_requested"


def test_a_machine_moves_what_its_key_was_granted(one_stop: OneStop, filed: Any) -> None:
    case = filed().case
    api = key("dossier.read", "dossier.accept")
    assert [row["id"] for row in api.get("/desk/dossiers").json()["items"]] == [case.id]
    assert api.post(f"/desk/dossiers/{case.id}/moves/refuse", {"reason": "x"}).status_code == 403
    assert api.post(f"/desk/dossiers/{case.id}/moves/accept", {}).json()["state"]["name"] == "accepted"
    holder = Api(X_Private_Link=party_token(Party.objects.get(case=case)))
    assert holder.get(f"/desk/dossiers/{case.id}").status_code in (403, 404)


def test_the_list_goes_on_where_it_ended(one_stop: OneStop, filed: Any) -> None:
    cases = [filed().case.id for _turn in range(3)]
    api = of(one_stop.nga)
    first = api.get("/desk/dossiers?limit=2").json()
    assert [row["id"] for row in first["items"]] == cases[:0:-1]
    rest = api.get(f"/desk/dossiers?limit=2&before={first['next']}").json()
    assert ([row["id"] for row in rest["items"]], rest["next"]) == (cases[:1], None)


def test_the_catalogue_gives_the_form_as_json_schema(one_stop: OneStop) -> None:
    body = Api().get("/procedures/1.000001").json()["body"]
    schema = Api().get(f"/forms/{body['form']}").json()["answers_schema"]
    assert set(schema["properties"]) >= {"filer", "child_name", "copies"}
    described = Api().get("/openapi.json").json()
    assert described["components"]["schemas"]["DossierIn"]["examples"][0]["procedure"]
