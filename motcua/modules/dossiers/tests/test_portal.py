"""Filing from a phone and following it, without JavaScript: every step over its real page."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from motcua.kernel.cases.models import Case, Party
from motcua.kernel.cases.queries.people import party_token
from motcua.kernel.forms.models import Draft
from motcua.kernel.identity.models import Account
from motcua.lib import moment
from motcua.modules.dossiers.actions.reception import request_supplement_dossier
from motcua.modules.dossiers.models import Dossier, DossierPaper, Sheet
from motcua.modules.dossiers.queries.reading import opened
from motcua.modules.dossiers.queries.tracking import secret_of
from motcua.testing.city import MONDAY, City
from motcua.testing.one_stop import OneStop

pytestmark = pytest.mark.django_db
START = "/thu-tuc/1.000001/nop/"
CONTACT = {
    "area": "24778", "name": "Nguyễn Thị An", "national_id": "068 195 000 001", "phone": "0905 123 456",
    "delivery": "online",
}  # fmt: skip


def photo(name: str = "giay-chung-sinh.jpg") -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (640, 480), "white").save(content, "JPEG")
    return SimpleUploadedFile(name, content.getvalue(), "image/jpeg")


def begun(client: Client) -> str:
    """The address of the dossier that is being written, without its last part."""
    answer = client.post(START)
    assert answer.status_code == 302
    return str(answer["Location"]).removesuffix("khai/0/")


def written(client: Client) -> str:
    base = begun(client)
    assert client.post(f"{base}khai/0/", {"filer": "Nguyễn Thị An"})["Location"].endswith("khai/1/")
    assert client.post(f"{base}khai/1/", {"child_name": "Nguyễn Bình Minh", "copies": "2"})["Location"].endswith(
        "giay-to/"
    )
    assert client.post(f"{base}giay-to/", {"next": "1", "paper-GT.chung-sinh": photo()})["Location"].endswith("nhan/")
    assert client.post(f"{base}nhan/", CONTACT)["Location"].endswith("gui/")
    return base


def test_filed_without_an_account_and_followed(one_stop: OneStop) -> None:
    client = Client()
    assert "3 ngày làm việc" in client.get(START).content.decode()
    base = written(client)
    look = client.get(f"{base}gui/").content.decode()
    assert "Nguyễn Bình Minh" in look
    assert "Phường Một" in look
    answer = client.post(f"{base}gui/")
    case = Case.objects.get(kind="dossier")
    assert answer["Location"] == f"/ho-so/{case.code}/da-nop/"
    assert (case.state, case.unit_id) == ("submitted", one_stop.reception_one.id)
    dossier = Dossier.objects.get(pk=case.id)
    assert opened(dossier.answers_sealed)["child_name"] == "Nguyễn Bình Minh"
    papers = {paper.code: paper.source for paper in DossierPaper.objects.filter(case_id=case.id)}
    assert papers == {"GT.chung-sinh": "upload", "GT.cu-tru": "registry"}
    assert not Sheet.objects.exists()
    assert not Draft.objects.exists()
    thanks = client.get(answer["Location"]).content.decode()
    secret = secret_of(Party.objects.get(case_id=case.id))
    assert secret in thanks
    assert client.get(f"/ho-so/{case.code}/").status_code == 200
    assert f"/ho-so/{case.code}/" in client.get("/ho-so/").content.decode()
    elsewhere = Client()
    assert elsewhere.get(f"/ho-so/{case.code}/").status_code == 404
    assert elsewhere.post("/ho-so/", {"code": case.code, "secret": "2222-2222"}).status_code == 422
    found = elsewhere.post("/ho-so/", {"code": case.code.lower(), "secret": secret.lower().replace("-", " ")})
    assert found["Location"] == f"/ho-so/{case.code}/"
    assert (
        "Đang ở" in elsewhere.get(found["Location"]).content.decode()
        or "trả lời trước" in elsewhere.get(found["Location"]).content.decode()
    )


def test_a_new_link_ends_the_code_on_the_paper_too(one_stop: OneStop) -> None:
    client = Client()
    client.post(f"{written(client)}gui/")
    case, party = Case.objects.get(kind="dossier"), Party.objects.get()
    secret = secret_of(party)
    assert client.post(f"/duong-dan/{case.code}/").status_code == 302
    assert client.get(f"/ho-so/{case.code}/").status_code == 200
    party.refresh_from_db()
    assert Client().post("/ho-so/", {"code": case.code, "secret": secret}).status_code == 422
    assert Client().post("/ho-so/", {"code": case.code, "secret": secret_of(party)}).status_code == 302


def test_the_review_says_how_to_reach_the_person_and_where_the_result_goes(one_stop: OneStop) -> None:
    client = Client()
    base = written(client)
    look = client.get(f"{base}gui/").content.decode()
    assert "0905 123 456" in look
    assert "Nhận bản điện tử" in look
    client.post(f"{base}nhan/", {**CONTACT, "delivery": "post", "delivery_to": "12 Đường Thử 1, Phường Một"})
    look = client.get(f"{base}gui/").content.decode()
    assert "Nhận qua bưu chính<br>12 Đường Thử 1, Phường Một" in look
    assert 'value="0905 123 456"' in client.get(f"{base}nhan/").content.decode(), "as people write it, not +84"
    assert "Nhận bản điện tử" not in look


def test_an_answer_that_did_not_come_is_not_promised_any_more(one_stop: OneStop, filed: Any) -> None:
    case = filed(MONDAY).case
    client = Client()
    client.get(f"/p/{party_token(Party.objects.get(case_id=case.id))}/")
    with moment.at(MONDAY):
        assert "trả lời trước" in client.get(f"/ho-so/{case.code}/").content.decode()
    with moment.at(MONDAY + timedelta(days=3)):
        page = client.get(f"/ho-so/{case.code}/").content.decode()
    assert "Chúng tôi xin lỗi" in page
    assert "mà chưa trả lời" in page
    assert "d-hero late" in page


def test_sent_twice_is_one_dossier(one_stop: OneStop) -> None:
    client = Client()
    base = written(client)
    first = client.post(f"{base}gui/")
    assert first.status_code == 302
    assert client.post(f"{base}gui/").status_code == 404  # the draft is gone with it
    assert Case.objects.filter(kind="dossier").count() == 1


def test_nothing_typed_is_lost(one_stop: OneStop) -> None:
    client = Client()
    base = begun(client)
    refused = client.post(f"{base}khai/0/", {"filer": ""})
    assert refused.status_code == 422
    client.post(f"{base}khai/0/", {"filer": "Nguyễn Thị An"})
    client.post(f"{base}khai/1/", {"child_name": "", "copies": "400"})
    again = client.get(f"{base}khai/1/").content.decode()
    assert 'value="400"' in again
    client.post(f"{base}khai/1/", {"child_name": "Minh", "copies": "1"})
    refused = client.post(f"{base}giay-to/", {"next": "1"})
    assert refused.status_code == 422
    assert "Thêm ảnh hoặc tệp" in refused.content.decode()
    client.post(f"{base}giay-to/", {"paper-GT.chung-sinh": photo()})
    assert "Bỏ tệp này" in client.get(f"{base}giay-to/").content.decode()
    refused = client.post(f"{base}nhan/", {**CONTACT, "national_id": "123"})
    assert refused.status_code == 422
    assert "Nguyễn Thị An" in client.get(f"{base}nhan/").content.decode()


def test_steps_cannot_be_jumped_over(one_stop: OneStop) -> None:
    client = Client()
    base = begun(client)
    assert "khai/0/?sua=1" in client.get(f"{base}gui/")["Location"]
    assert client.post(f"{base}gui/").status_code == 302
    assert not Case.objects.filter(kind="dossier").exists()


def test_a_disguised_file_is_refused_and_the_others_stay(one_stop: OneStop) -> None:
    client = Client()
    base = begun(client)
    client.post(f"{base}khai/0/", {"filer": "An"})
    client.post(f"{base}khai/1/", {"child_name": "Minh"})
    bad = SimpleUploadedFile("giay.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/jpeg")
    answer = client.post(f"{base}giay-to/", {"next": "1", "paper-GT.chung-sinh": [photo(), bad]})
    assert answer.status_code == 422
    assert answer.content.decode().count("giay.jpg") == 2  # in the summary and at the field, once in each
    kept = client.get(f"{base}giay-to/").content.decode()
    assert kept.count("Bỏ tệp này") == 1


def test_the_link_of_a_draft_opens_that_draft_alone(one_stop: OneStop) -> None:
    client = Client()
    base = begun(client)
    assert Client().get(base)["Location"] == f"{base}khai/0/"  # on another device
    token = re.search(r"/nop/(.+)/$", base)
    assert token is not None
    assert Client().get(f"/thu-tuc/1.000002/nop/{token[1]}/").status_code == 404  # not of that procedure
    assert Client().get(base.replace(token[1], token[1].swapcase())).status_code == 404


def test_a_supplement_is_sent_from_the_page(city: City, one_stop: OneStop, processing: Any) -> None:
    case = processing()
    items = [{"paper": "GT.chung-sinh", "what": "Ảnh mờ", "how": "Chụp lại"}]
    request_supplement_dossier(case.id, actor=one_stop.oanh, items=items, reason="Không đọc được")
    client = Client()
    client.get(f"/p/{party_token(Party.objects.get(case_id=case.id))}/")
    page = client.get(f"/ho-so/{case.code}/").content.decode()
    assert "Ảnh mờ" in page
    assert "Hồ sơ đang chờ bạn làm 1 việc" in page
    empty = client.post(f"/ho-so/{case.code}/bo-sung/", {})
    assert empty.status_code == 422
    assert Client().post(f"/ho-so/{case.code}/bo-sung/", {"note": "x"}).status_code == 404
    sent = client.post(f"/ho-so/{case.code}/bo-sung/", {"paper-GT.chung-sinh": photo(), "note": "Đã chụp lại"})
    assert sent.status_code == 302
    case.refresh_from_db()
    assert case.state == "processing"
    assert DossierPaper.objects.filter(case_id=case.id, code="GT.chung-sinh").count() == 2


def test_the_person_withdraws(one_stop: OneStop, filed: Any) -> None:
    mine = filed()
    client = Client()
    client.get(f"/p/{mine.token}/")
    stranger = Client()
    assert stranger.post(f"/ho-so/{mine.case.code}/rut/", {"reason": "Đổi ý"}).status_code == 404
    assert client.post(f"/ho-so/{mine.case.code}/rut/", {"reason": ""}).status_code == 422
    assert client.post(f"/ho-so/{mine.case.code}/rut/", {"reason": "Đổi ý"}).status_code == 302
    mine.case.refresh_from_db()
    assert mine.case.state == "withdrawn"


def test_officials_have_no_page_of_the_person(city: City, one_stop: OneStop, filed: Any) -> None:
    from motcua.modules.dossiers.tests.test_desk import signed_in

    mine = filed()
    assert signed_in(one_stop.nga).get(f"/ho-so/{mine.case.code}/").status_code == 404
    assert signed_in(city.tam).get(f"/ho-so/{mine.case.code}/").status_code == 404


def test_a_step_that_is_not_there(one_stop: OneStop) -> None:
    client = Client()
    base = begun(client)
    assert client.get(f"{base}khai/9/").status_code == 404
    assert client.post(f"{base}khai/9/", {"filer": "An"}).status_code == 404


def test_in_english_a_dossier_is_called_as_its_procedure_is(
    one_stop: OneStop,
) -> None:
    client = Client()
    client.post(f"{written(client)}gui/")
    case = Case.objects.get(kind="dossier")
    english = {"Accept-Language": "en"}
    for path in ("/ho-so/", f"/ho-so/{case.code}/"):
        assert "Đăng ký khai sinh (thử)" in client.get(path).content.decode()
        page = client.get(path, headers=english).content.decode()
        assert "Birth registration (test)" in page
        assert "Đăng ký khai sinh (thử)" not in page
    route = client.get(f"/ho-so/{case.code}/", headers=english).content.decode()
    for name, foreign in (
        ("Signing the certificate", "Ký giấy khai sinh"),
        ("Hospital certificate", "Giấy chứng sinh"),
    ):
        assert name in route
        assert foreign not in route
    clerk = Client()
    clerk.force_login(Account.objects.get(pk=one_stop.nga.id or 0))
    clerk.get("/desk/", headers=english)  # the names are kept in memory from here on
    with CaptureQueriesContext(connection) as held:
        inbox = clerk.get("/desk/", headers=english).content.decode()
    assert "Birth registration (test)" in inbox
    assert not [asked["sql"] for asked in held if "procedures_procedureversion" in asked["sql"]]
    Case.objects.filter(pk=case.pk).update(subject="Việc khác")  # not a procedure's name: as it was written
    assert "Việc khác" in client.get("/ho-so/", headers=english).content.decode()
