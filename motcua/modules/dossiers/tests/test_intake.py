"""The counter: read the card, three letters, take it in; and again for the same person."""

import re
from typing import Any

import pytest
from django.test import Client

from motcua.kernel.cases.models import Case
from motcua.kernel.identity.actions import Proof, prove_person
from motcua.kernel.identity.actions.persons import create_person
from motcua.kernel.identity.kind import SYSTEM, Level
from motcua.modules.dossiers.actions.reception import supply_dossier
from motcua.modules.dossiers.models import DossierPaper
from motcua.modules.dossiers.queries.reading import supplements
from motcua.modules.dossiers.tests.test_desk import signed_in
from motcua.testing.city import City
from motcua.testing.one_stop import OneStop

pytestmark = pytest.mark.django_db
CARD = "068195000001||Nguyễn Thị An|02031995|Nữ|12 Mẫu, Phường Một, Tỉnh Thử|01012022"


def fields(html: str) -> dict[str, Any]:
    """What the form holds, as a browser would send it."""
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", html):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name[1] != "csrfmiddlewaretoken":
            if 'type="checkbox"' in tag:
                if "checked" in tag:
                    found.setdefault(name[1], []).append(value[1] if value else "on")
            else:
                found[name[1]] = value[1] if value else ""
    for name, body in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', body)
        found[name] = chosen[1] if chosen else ""
    return found


def step(client: Client, html: str, **typed: Any) -> str:
    answer = client.post("/desk/tiep-nhan/", {**fields(html), **typed})
    assert answer.status_code == 200, answer.content.decode()[-800:]
    return answer.content.decode()


def test_enter_by_enter(one_stop: OneStop) -> None:
    client = signed_in(one_stop.nga)
    page = client.get("/desk/tiep-nhan/").content.decode()
    page = step(client, page, card=CARD)
    assert 'value="Nguyễn Thị An"' in page
    page = step(client, page, phone="0905123456", q="ks")
    assert "Đăng ký khai sinh (thử)" in page
    assert "Hẹn trả, nếu tiếp nhận lúc này" in page
    page = step(client, page, do="all")
    page = step(client, page, do="take_in")
    case = Case.objects.get(kind="dossier")
    assert (case.state, case.channel) == ("accepted", "counter")
    assert f"Đã tiếp nhận {case.code}" in page
    assert {paper.code: paper.source for paper in DossierPaper.objects.filter(case_id=case.id)} == {
        "GT.chung-sinh": "counter",
        "GT.cu-tru": "registry",
    }
    page = step(client, page, do="again")
    assert 'value="Nguyễn Thị An"' in page
    page = step(client, page, q="chung thuc")
    assert "checked" not in page
    page = step(client, page, do="all")
    page = step(client, page, do="take_in")
    assert Case.objects.filter(kind="dossier").count() == 2
    first, second = Case.objects.filter(kind="dossier").order_by("id")
    assert first.person_id == second.person_id  # known by the number now


def test_somebody_known_needs_only_the_number(one_stop: OneStop) -> None:
    known = create_person("Trần Văn Bình", "0905999888")
    prove_person(known.id, Proof("068090000123", "Trần Văn Bình"), level=Level.COUNTER, actor=SYSTEM)
    client = signed_in(one_stop.nga)
    page = step(client, client.get("/desk/tiep-nhan/").content.decode(), card="068 090 000 123")
    assert 'value="Trần Văn Bình"' in page
    assert "Đã có thông tin người này" in page
    page = step(client, page, q="ks")
    step(client, page, do="take_in", paper="GT.chung-sinh")
    assert Case.objects.get(kind="dossier").person_id == known.id


def test_two_presses_make_one_dossier(one_stop: OneStop) -> None:
    client = signed_in(one_stop.nga)
    page = step(client, client.get("/desk/tiep-nhan/").content.decode(), card=CARD)
    page = step(client, page, q="ks")
    sent = fields(page)
    for _turn in range(2):
        assert client.post("/desk/tiep-nhan/", {**sent, "paper": "GT.chung-sinh", "do": "take_in"}).status_code == 200
    assert Case.objects.filter(kind="dossier").count() == 1


def test_what_is_missing_is_said_and_nothing_is_lost(one_stop: OneStop) -> None:
    client = signed_in(one_stop.nga)
    page = client.get("/desk/tiep-nhan/").content.decode()
    unread = client.post("/desk/tiep-nhan/", {**fields(page), "card": "abc"}).content.decode()
    assert "Không đọc được thẻ" in unread
    answer = client.post("/desk/tiep-nhan/", {**fields(page), "national_id": "12", "name": "An", "do": "take_in"})
    assert answer.status_code == 422
    assert "Số định danh có 12 số" in answer.content.decode()
    assert 'value="An"' in answer.content.decode()
    assert not Case.objects.filter(kind="dossier").exists()


def test_what_did_not_come_is_asked_for_in_one_go(one_stop: OneStop) -> None:
    client = signed_in(one_stop.nga)
    page = step(client, client.get("/desk/tiep-nhan/").content.decode(), card=CARD, phone="0905123456")
    page = step(client, page, q="ks")
    refused = client.post("/desk/tiep-nhan/", {**fields(page), "do": "take_in"})
    assert refused.status_code == 422
    assert "Còn thiếu: Giấy chứng sinh" in refused.content.decode()
    assert not Case.objects.filter(kind="dossier").exists()
    page = step(client, page, do="supplement")
    case = Case.objects.get(kind="dossier")
    assert case.state == "supplement_requested"
    assert f"/desk/ho-so/{case.id}/mau-02.pdf" in page
    assert [item["paper"] for item in supplements(case.id)[0].items] == ["GT.chung-sinh"]
    supply_dossier(case.id, actor=one_stop.nga, counter_papers=["GT.chung-sinh"])
    case.refresh_from_db()
    assert case.state == "submitted"  # complete now: it waits to be accepted


@pytest.mark.parametrize("who", ["oanh", "kien"])
def test_only_clerks_receive(one_stop: OneStop, who: str) -> None:
    assert signed_in(getattr(one_stop, who)).get("/desk/tiep-nhan/").status_code == 403


def test_a_clerk_of_another_ward_receives_for_it(city: City, one_stop: OneStop) -> None:
    client = signed_in(one_stop.dung)
    page = step(client, client.get("/desk/tiep-nhan/").content.decode(), card=CARD)
    page = step(client, page, q="ks")
    page = step(client, page, q="ks", area="24778")
    assert "Nhận hộ cho Phường Một" in page
    step(client, page, do="take_in", paper="GT.chung-sinh")
    case = Case.objects.get(kind="dossier")
    assert (case.state, case.unit_id) == ("transferred", one_stop.reception_one.id)
