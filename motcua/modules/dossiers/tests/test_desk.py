"""The desk's pages of a dossier, walked as its people walk them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from motcua.kernel.cases.models import Case
from motcua.kernel.events.models import Event
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.models import Access, Account
from motcua.kernel.payments.queries.obligations import obligations
from motcua.lib import moment
from motcua.modules.dossiers.models import Consultation, Dossier, Result
from motcua.testing.city import City
from motcua.testing.one_stop import OneStop

pytestmark = pytest.mark.django_db


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=actor.id or 0))
    return client


def act(actor: Actor, case: Case, slug: str, status: int = 302, kind: str = "ho-so", **values: Any) -> str:
    """Opens the move's page where it has a form, fills it in and sends it."""
    case.refresh_from_db()
    client = signed_in(actor)
    answer = client.post(f"/desk/{kind}/{case.id}/{slug}/", {"version": case.version, **values})
    assert answer.status_code == status, answer.content.decode()[-1500:]
    case.refresh_from_db()
    return answer.content.decode()


def page(actor: Actor, case: Case) -> str:
    answer = signed_in(actor).get(f"/desk/ho-so/{case.id}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_dossier_goes_its_whole_way_over_the_pages(city: City, one_stop: OneStop, filed: Any) -> None:
    case = filed().case
    inbox = signed_in(one_stop.nga).get("/desk/?xem=unit").content.decode()
    assert f"/desk/ho-so/{case.id}/" in inbox
    act(one_stop.nga, case, "accept")
    assert case.state == "accepted"
    act(one_stop.nga, case, "hand-over")
    act(one_stop.oanh, case, "take")
    shown = page(one_stop.oanh, case)
    assert "Việc tiếp theo" in shown
    assert "Chuyển đến Phòng Kinh tế Một: Thẩm tra" in shown
    act(one_stop.oanh, case, "propose", code="KQ.khai-sinh", number="15/2026")
    assert case.state == "approving"
    act(city.minh, case, "approve")
    assert case.state == "result_ready"
    Dossier.objects.filter(pk=case.id).update(delivery="post")  # as the person wished, not the first of the list
    form = signed_in(one_stop.nga).get(f"/desk/ho-so/{case.id}/return-result/").content.decode()
    assert '<option value="post" selected>' in form
    act(one_stop.nga, case, "return-result", status=422, delivery="counter")
    act(one_stop.nga, case, "return-result", delivery="counter", to="Căn cước của người nộp")
    assert case.state == "returned"
    assert "Đã trả kết quả" in page(one_stop.nga, case)


def test_a_person_who_chose_the_electronic_copy_gets_a_document(one_stop: OneStop, processing: Any) -> None:
    """Or another way is agreed with them: nothing goes on that nobody could hand over."""
    case = processing(delivery="online")
    act(one_stop.oanh, case, "take")
    events = Event.objects.count()
    typed: dict[str, Any] = {"code": "KQ.khai-sinh", "number": "15/2026", "note": "Đủ điều kiện"}
    back = act(one_stop.oanh, case, "propose", status=422, **typed, delivery="online")
    assert "đính kèm văn bản kết quả" in back
    assert "15/2026" in back
    assert "Đủ điều kiện" in back
    assert (case.state, Result.objects.count(), Event.objects.count()) == ("processing", 0, events)
    act(one_stop.oanh, case, "propose", **typed, delivery="counter")
    assert (case.state, Dossier.objects.get(pk=case.id).delivery) == ("approving", "counter")
    assert Event.objects.get(case_id=case.id, name="dossier.proposed").data["delivery"] == "counter"


def test_an_attached_document_is_the_electronic_copy(one_stop: OneStop, processing: Any) -> None:
    case = processing(delivery="online")
    act(one_stop.oanh, case, "take")
    document = SimpleUploadedFile("kq.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    act(one_stop.oanh, case, "propose", code="KQ.khai-sinh", documents=document, delivery="online")
    assert (case.state, Dossier.objects.get(pk=case.id).delivery) == ("approving", "online")


def test_whoever_fetches_the_result_is_not_asked_how(one_stop: OneStop, processing: Any) -> None:
    case = processing()
    form = signed_in(one_stop.oanh).get(f"/desk/ho-so/{case.id}/propose/").content.decode()
    assert 'name="number"' in form
    assert 'name="delivery"' not in form


@pytest.mark.parametrize(("who", "slug", "old"), [("oanh", "approve", 0), ("nga", "accept", 0), ("oanh", "take", 1)])
def test_a_refused_press_shows_the_case_and_why(
    one_stop: OneStop, processing: Any, who: str, slug: str, old: int
) -> None:
    """Not one's to do, done already, or changed by somebody else meanwhile: never the error page of strangers."""
    case = processing()
    client, address = signed_in(getattr(one_stop, who)), f"/desk/ho-so/{case.id}/"
    events = Event.objects.count()
    answer = client.post(f"{address}{slug}/?xem=unit", {"version": case.version - old}, follow=True)
    assert answer.redirect_chain == [(f"{address}?xem=unit", 302)]
    shown = answer.content.decode()
    assert case.code in shown
    assert 'data-k="bad" role="alert"' in shown
    assert "Đã làm" not in shown
    assert Event.objects.count() == events
    assert 'data-k="bad" role="alert"' not in client.get(address).content.decode()  # said once
    case.refresh_from_db()
    assert (case.state, case.officer_id) == ("processing", None)


def test_a_supplement_asked_over_the_page(one_stop: OneStop, processing: Any) -> None:
    case = processing()
    form = signed_in(one_stop.oanh).get(f"/desk/ho-so/{case.id}/request-supplement/").content.decode()
    assert "Giấy chứng sinh" in form
    back = act(one_stop.oanh, case, "request-supplement", status=422, reason="Ảnh mờ", what_2="Tên mẹ sai")
    assert "Tên mẹ sai" in back  # what was typed is still there
    act(
        one_stop.oanh, case, "request-supplement", reason="Ảnh mờ", paper_1="GT.chung-sinh", what_1="Ảnh mờ",
        how_1="Chụp lại", what_2="Tên mẹ sai",
    )  # fmt: skip
    assert case.state == "supplement_requested"
    shown = page(one_stop.oanh, case)
    assert "Đang chờ bổ sung lần 1" in shown
    assert "Tên mẹ sai" in shown
    act(one_stop.nga, case, "supply", counter_papers=["GT.chung-sinh"])
    assert case.state == "processing"


def test_each_promise_says_whose_it_is(one_stop: OneStop, processing: Any) -> None:
    """Several steps have the same words; the unit tells them apart, and lateness has an owner."""
    case = processing()
    promises = page(one_stop.oanh, case).partition("Các lời hẹn")[2].partition("</aside>")[0]
    legs = [part.partition("</li>")[0] for part in promises.split("<li>") if "Bước xử lý" in part]
    units = {leg.partition("<br>")[2].partition("</small>")[0] for leg in legs}
    assert len(units) == len(legs) > 0
    assert case.unit.short_name in units


def test_from_the_case_to_what_it_owes(one_stop: OneStop, processing: Any) -> None:
    """Money is taken on the page of the charge: the clerk does not look for it by its code."""
    case = processing()
    asked = {"version": case.version, "name": "Phí trích đo", "kind": "phi", "amount": "120.000"}
    assert signed_in(one_stop.oanh).post(f"/desk/ho-so/{case.id}/request-payment/", asked).status_code == 302
    owed = obligations([case.id])[case.id][0]
    path = f"/desk/thu-phi/khoan/{owed.pk}/"
    assert f'<a href="{path}">Phí trích đo</a>' in page(one_stop.nga, case)
    assert signed_in(one_stop.nga).get(path).status_code == 200


def test_another_unit_is_asked_and_answers(city: City, one_stop: OneStop, processing: Any) -> None:
    case = processing()
    act(
        one_stop.oanh,
        case,
        "consult",
        unit_id=one_stop.department.name,
        question="Số nhà này đúng không?",
        time="1 ngày làm việc",
    )
    asked = Consultation.objects.select_related("case").get(dossier=case)
    assert asked.case.unit_id == one_stop.department.id
    assert "Số nhà này đúng không?" in page(one_stop.kien, case)  # whoever is asked may read the dossier
    client = signed_in(one_stop.kien)
    assert client.get(f"/desk/xin-y-kien/{asked.pk}/").status_code == 200
    act(one_stop.kien, asked.case, "answer", kind="xin-y-kien", is_agreed="no", answer="Sai số nhà")
    asked.refresh_from_db()
    assert (asked.is_agreed, asked.case.closed_at is not None) == (False, True)
    assert "Sai số nhà" in page(one_stop.oanh, case)
    assert signed_in(city.tam).get(f"/desk/xin-y-kien/{asked.pk}/").status_code == 404


def test_who_opened_it_is_noted_for_the_person(one_stop: OneStop, processing: Any) -> None:
    case = processing()
    page(one_stop.oanh, case)
    signed_in(one_stop.oanh).get(f"/desk/ho-so/{case.id}/?part=case")  # the live refresh is no new look
    assert [(one.actor, one.person_id) for one in Access.objects.filter(action="dossier.open")] == [
        (one_stop.oanh.key, case.person_id)
    ]


def test_the_part_that_refreshes_itself_opens_nothing_unnoticed(one_stop: OneStop, processing: Any) -> None:
    """It has the whole declaration: whoever asks for it alone has looked."""
    case = processing()
    client = signed_in(one_stop.oanh)
    for _turn in range(2):
        assert client.get(f"/desk/ho-so/{case.id}/?part=case").status_code == 200
    looks = Access.objects.filter(action="dossier.open")
    assert [(one.actor, one.person_id) for one in looks] == [(one_stop.oanh.key, case.person_id)]
    with moment.at(moment.now() + timedelta(days=1)):
        signed_in(one_stop.oanh).get(f"/desk/ho-so/{case.id}/?part=case")
    assert looks.all().count() == 2


def test_contacts_are_masked_until_somebody_asks(one_stop: OneStop, processing: Any) -> None:
    case = processing()
    shown = page(one_stop.oanh, case)
    assert "0905 123 456" not in shown
    assert "Nguyễn Thị An" not in shown
    answer = signed_in(one_stop.oanh).post(f"/desk/ho-so/{case.id}/nguoi/{case.person_id}/")
    assert "Nguyễn Thị An" in answer.content.decode()


@pytest.mark.parametrize("who", ["tam", "lan", "quan"])
def test_others_find_nothing(city: City, one_stop: OneStop, processing: Any, who: str) -> None:
    case = processing()
    client = signed_in(getattr(city, who))
    for address in ("", "propose/", "note/"):
        assert client.get(f"/desk/ho-so/{case.id}/{address}").status_code == 404
    assert client.post(f"/desk/ho-so/{case.id}/take/", {"version": case.version}).status_code == 404
    assert f"/desk/ho-so/{case.id}/" not in client.get("/desk/?xem=unit").content.decode()
    assert Dossier.objects.get(pk=case.id).leg == 2


def test_the_page_asks_few_questions(one_stop: OneStop, processing: Any, django_assert_max_num_queries: Any) -> None:
    case = processing()
    client = signed_in(one_stop.oanh)
    client.get(f"/desk/ho-so/{case.id}/")
    with django_assert_max_num_queries(34):
        answer = client.get(f"/desk/ho-so/{case.id}/")
    assert len(re.findall("<h1", answer.content.decode())) == 1
