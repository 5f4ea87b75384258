"""Printed forms: what they say, for whom, and that they are PDFs."""

import os
from csv import DictReader
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from motcua.kernel.forms.queries.versions import newest
from motcua.kernel.identity.actions import Proof, create_person, new_person_account, prove_person
from motcua.kernel.identity.kind import SYSTEM, Level
from motcua.kernel.identity.models import Access
from motcua.kernel.identity.queries import person_actor
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.pdfpages import page_count
from motcua.modules.dossiers.actions.apologising import extend_dossier
from motcua.modules.dossiers.actions.filing import Applicant, NewDossier, file_dossier
from motcua.modules.dossiers.actions.reception import accept_dossier, refuse_dossier, request_supplement_dossier
from motcua.modules.dossiers.actions.working import NewResult, propose_dossier, revise_dossier
from motcua.modules.dossiers.kind import Slip
from motcua.modules.dossiers.models import Dossier, DossierPaper, SlipForm
from motcua.modules.dossiers.queries.printing import heading, letterhead, register, secret_on_paper, sheet
from motcua.modules.dossiers.tests.conftest import AN
from motcua.modules.dossiers.tests.test_actions import on
from motcua.modules.dossiers.tests.test_desk import signed_in
from motcua.testing.city import ZONE, City, add_officer
from motcua.testing.one_stop import OneStop

pytestmark = pytest.mark.django_db


def words(form: str, case: Any) -> str:
    called, found = sheet(form, case)
    return str((called, found.lines, found.table, found.after, found.signers))


def test_the_receipt_says_when_and_how_to_follow(one_stop: OneStop, accepted: Any, filed: Any) -> None:
    with pytest.raises(Refused) as refused:
        sheet("01", filed().case)
    assert refused.value.code == "wrong_state"
    case = accepted(on(16, 9))
    said = words("01", case)
    for part in (case.code, "Nguyễn Thị An", "09:00, thứ Hai 16/11", "09:00, thứ Năm 19/11", "Giấy chứng sinh",
                 "3 ngày làm việc", secret_on_paper(case)):  # fmt: skip
        assert part in said


HOME = {"area": "24778", "line": "12 đường Mẫu"}


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"applicant": replace(AN, address="Số 9 ngõ Quầy")}, "Số 9 ngõ Quầy"),
        ({"answers": {"home": HOME}}, "12 đường Mẫu, Phường Một"),
        ({"answers": {"home": HOME}, "applicant": replace(AN, address="Số 9 ngõ Quầy")}, "Số 9 ngõ Quầy"),
        ({}, "…"),  # written by hand
    ],
)
def test_the_receipt_says_where_the_applicant_lives(
    one_stop: OneStop, accepted: Any, values: dict[str, Any], says: str
) -> None:
    form = newest("khai-sinh-thu")
    assert form is not None
    lines = sheet("01", accepted(form_version_id=form.id, **values))[1].lines
    names = [line[0] for line in lines]
    assert names[:6] == ["Mã hồ sơ", "Người nộp", "Địa chỉ", "Điện thoại", "Thư điện tử", "Thủ tục"]
    assert dict(line for line in lines if len(line) == 2)["Địa chỉ"].startswith(says)


def test_an_address_that_an_account_has_proved(one_stop: OneStop, filed: Any) -> None:
    person = create_person("Nguyễn Thị Yên", "0905111222")
    account = new_person_account(person)
    proof = Proof("068190000101", "Nguyễn Thị Yên", address=HOME)
    prove_person(account.person_id or 0, proof, level=Level.COUNTER, actor=SYSTEM)
    new = NewDossier(one_stop.civil.id, "online", Applicant(person_id=person.pk), area_code="24778")
    case = accept_dossier(file_dossier(new, actor=person_actor(account.pk)).case.id, actor=one_stop.nga)
    assert ("Địa chỉ", "12 đường Mẫu, Phường Một, Tỉnh Thử") in sheet("01", case)[1].lines


def test_a_form_comes_out_as_a_pdf_and_is_noted(one_stop: OneStop, accepted: Any, city: City) -> None:
    case = accepted()
    answer = signed_in(one_stop.nga).get(f"/desk/ho-so/{case.id}/mau-01.pdf")
    assert answer.content.startswith(b"%PDF")
    assert len(answer.content) > 10_000
    assert Access.objects.filter(action="dossier.print", case_id=case.id).count() == 1
    assert signed_in(one_stop.nga).get(f"/desk/ho-so/{case.id}/mau-03.pdf").status_code == 409
    assert signed_in(one_stop.nga).get(f"/desk/ho-so/{case.id}/mau-99.pdf").status_code == 404
    assert signed_in(city.tam).get(f"/desk/ho-so/{case.id}/mau-01.pdf").status_code == 404


def test_who_reads_a_dossier_but_no_contacts_prints_nothing(one_stop: OneStop, accepted: Any) -> None:
    """The slips bear name and telephone, and the secret by which one acts as the applicant."""
    case = accepted()
    secretary = add_officer("thu", "Cao Thư", one_stop.reception_one, "secretary")
    client = signed_in(secretary)
    assert client.get(f"/desk/ho-so/{case.id}/").status_code == 200
    for form in ("01", "06"):
        answer = client.get(f"/desk/ho-so/{case.id}/mau-{form}.pdf")
        assert answer.status_code == 403
        assert not answer.content.startswith(b"%PDF")
    assert not Access.objects.filter(action="dossier.print").exists()


OLD, NEW = date(2018, 11, 23), date(2025, 9, 15)


@pytest.fixture
def form_sets() -> None:
    """Those of the pack."""
    with Path(settings.BASE_DIR, "packs/lam-dong/slips.csv").open(encoding="utf-8") as file:
        SlipForm.objects.bulk_create(SlipForm(**row) for row in DictReader(file))


@pytest.mark.parametrize(
    ("slip", "day", "number", "title"),
    [
        ("control", date(2025, 9, 14), "05", "Phiếu kiểm soát quá trình giải quyết hồ sơ"),
        ("control", date(2025, 9, 15), "06", "Phiếu kiểm soát quá trình giải quyết hồ sơ"),
        ("apology", date(2025, 9, 14), "04", "Phiếu xin lỗi và hẹn lại ngày trả kết quả"),
        ("apology", date(2026, 11, 16), "04", "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết"),
        ("register", date(2020, 1, 1), "06", "Sổ theo dõi hồ sơ"),
        ("stop", date(2020, 1, 1), "", "Thông báo dừng giải quyết hồ sơ"),  # no form of its own then
        ("receipt", date(2010, 1, 1), "01", "Giấy tiếp nhận hồ sơ và hẹn trả kết quả"),
    ],
)
def test_which_form_is_data_with_a_day(form_sets: None, slip: str, day: date, number: str, title: str) -> None:
    called = heading(Slip(slip), day)
    assert (called.number, called.title) == (number, title)
    assert ("01/2018" in called.basis) == (bool(number) and day < NEW)


def test_a_slip_keeps_the_form_of_its_day(form_sets: None, accepted: Any) -> None:
    case = accepted(on(16, 9))
    assert sheet("06", case)[0].number == "06"
    old = datetime(2025, 8, 4, 9, tzinfo=ZONE)
    Dossier.objects.filter(pk=case.id).update(accepted_at=old)
    called, found = sheet("06", case)
    assert (called.number, called.basis) == ("05", "Thông tư số 01/2018/TT-VPCP")
    assert letterhead(found.unit_id, found.made_at)["date"] == "ngày 04 tháng 8 năm 2025"


RESULTS = [NewResult("KQ.khai-sinh")]
LONG_NAME = "Công ty Trách nhiệm hữu hạn Một thành viên Xuất nhập khẩu Nông sản, Thuỷ sản và Vật tư Phương Nam – Đà Lạt"


def test_long_names_and_many_papers_break_pages_well(
    form_sets: None, city: City, one_stop: OneStop, processing: Any
) -> None:
    case = processing(on(16, 8), applicant=Applicant(name=LONG_NAME[:120], phone="0905123456"))
    DossierPaper.objects.bulk_create(
        DossierPaper(
            case_id=case.id, code=f"GT.{number}", source="upload", copies=1, originals=number % 2, created_at=on(16, 8),
            name=f"Bản sao giấy chứng nhận quyền sử dụng đất, quyền sở hữu tài sản gắn liền với đất {number}",
        )
        for number in range(45)
    )  # fmt: skip
    with moment.at(on(16, 9)):
        for turn in range(6):
            case = propose_dossier(case.id, actor=one_stop.oanh, results=RESULTS, note=LONG_NAME * 3)
            case = revise_dossier(case.id, actor=city.minh, reason=f"Lần {turn}: {LONG_NAME * 4}")
        extend_dossier(case.id, actor=city.minh, reason=LONG_NAME * 8, longer="2 ngày làm việc")
        items = [{"paper": "", "what": f"{number}. {LONG_NAME}", "how": LONG_NAME * 2} for number in range(12)]
        request_supplement_dossier(case.id, actor=one_stop.oanh, items=items, reason=LONG_NAME * 2, basis="Điều 17")
    client = signed_in(one_stop.nga)
    pages = {}
    for form in ("01", "02", "04", "06"):
        content = client.get(f"/desk/ho-so/{case.id}/mau-{form}.pdf").content
        pages[form] = page_count(content)
        if folder := os.environ.get("PICTURES"):
            Path(folder, f"mau-{form}.pdf").write_bytes(content)
    assert pages == {"01": 5, "02": 3, "04": 1, "06": 8}
    content = client.get("/desk/so-theo-doi/?tu=2026-11-16&den=2026-11-16&in=1").content
    if folder := os.environ.get("PICTURES"):
        Path(folder, "so.pdf").write_bytes(content)
    assert page_count(content) == 1


def test_supplement_refusal_apology_and_control_slip(
    city: City, one_stop: OneStop, processing: Any, filed: Any
) -> None:
    case = processing(on(16, 8))
    with moment.at(on(16, 9)):
        extend_dossier(case.id, actor=city.minh, reason="Chờ xác minh", until=on(25, 8))
        items = [{"paper": "", "what": "Thiếu chữ ký", "how": "Ký lại trang 2"}]
        case = request_supplement_dossier(case.id, actor=one_stop.oanh, items=items, reason="Chưa đủ")
    assert "Thiếu chữ ký" in words("02", case)
    assert "08:00, thứ Tư 25/11" in words("04", case)
    slip = words("06", case)
    assert "Trước hạn" in slip  # the reception handed over long before the evening
    assert "Đang làm" in slip
    refused = refuse_dossier(filed().case.id, actor=one_stop.nga, reason="Sai thẩm quyền")
    assert "Sai thẩm quyền" in words("03", refused)


def test_the_register_holds_what_its_reader_may_see(city: City, one_stop: OneStop, accepted: Any) -> None:
    case = accepted(on(16, 9))
    days = (date(2026, 11, 16), date(2026, 11, 16))
    assert [row[1] for row in register(*days, actor=one_stop.nga)[1:]] == [case.code]
    assert register(*days, actor=one_stop.dung)[1:] == []
    assert register(date(2026, 11, 17), date(2026, 11, 30), actor=one_stop.nga)[1:] == []
    answer = signed_in(one_stop.nga).get("/desk/so-theo-doi/?tu=2026-11-16&den=2026-11-16&in=1")
    assert answer.content.startswith(b"%PDF")
    assert signed_in(one_stop.oanh).get("/desk/so-theo-doi/").status_code == 403
