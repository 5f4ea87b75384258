"""The examples that issue 3 names, each from the person's phone to the result in their hands, on the house's own city.

A fault here is one that a citizen, a clerk, a specialist or a leader would meet.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache

from motcua.connectors.national_payment.tests.platform import Platform, platform
from motcua.kernel.cases.models import Case
from motcua.kernel.files.actions import keep_made
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.org import queries as org
from motcua.kernel.store.actions import NewEntry, put_entry
from motcua.kernel.store.kind import Signature, Validity
from motcua.lib import moment
from motcua.lib.tests.papers import paper
from motcua.project.tests.players import BANK_SECRET, Citizen, House, Wall, build_town, look, on, words
from motcua.testing.browser import OpenPage
from motcua.testing.keeping import once

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.fixtures import Settings
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
AN, BINH, CUC, MINH = "068190000101", "068085000102", "068158000103", "068092000111"


@pytest.fixture
def house(
    live_server: "LiveServer",
    open_page: OpenPage,
    sign_in: Callable[["Page", int], None],
    settings: "Settings",
    monkeypatch: pytest.MonkeyPatch,
) -> House:
    wall = Wall(on(16, 8))
    monkeypatch.setattr(moment, "_moved", wall)
    settings.DEMO = True
    settings.PUBLIC_URL = live_server.url
    settings.CONNECTORS = settings.CONNECTORS | {"bank": settings.CONNECTORS["bank"] | {"secret": BANK_SECRET}}
    cache.clear()
    once("the house's own city", build_town)
    return House(wall, open_page, sign_in)


@pytest.fixture
def nation(settings: "Settings") -> Iterator[Platform]:
    """The payment platform of the National Public Service Portal, with a page on which people pay."""
    with platform() as served:
        values = {"url": served.url, "secret": served.secret, "service": "DV01", "kind": "LP"}
        own = settings.CONNECTORS["national_payment"] | values
        settings.CONNECTORS = settings.CONNECTORS | {"national_payment": own}
        yield served


def test_a_motorbikes_fee_for_somebody_else(house: House, nation: Platform) -> None:
    """An declares and pays for Mrs Cúc, who authorised her, through the national platform."""
    cuc = house.citizen(CUC)
    cuc.page.goto("/uy-quyen/cho/")
    cuc.page.locator("#id_to").fill("0900 000 101")
    cuc.page.locator("#id_code").fill("1.007700")
    look(cuc.page, "give")
    cuc.page.locator("form.mc-card .pri").last.click()
    cuc.page.get_by_text("Bạn sắp ủy quyền").wait_for()
    cuc.page.locator("input[name=code]").fill(house.code_for(cuc.account))
    cuc.page.get_by_role("button", name="Ủy quyền").click()
    cuc.page.wait_for_url("**/uy-quyen/**")
    look(cuc.page, "given")

    an = house.citizen(AN)
    an.page.goto("/uy-quyen/")
    an.page.get_by_role("link", name=re.compile("Cúc")).first.click()
    an.page.get_by_role("button", name="Nhận ủy quyền").click()
    an.page.get_by_text("Mã xác nhận đã gửi").wait_for()
    an.page.locator("input[name=code]").fill(house.code_for(an.account))
    an.page.get_by_role("button", name="Nhận ủy quyền").click()
    an.page.get_by_text("Đang có hiệu lực").first.wait_for()

    house.at(on(16, 9))
    an.begin("1.007700", whose="Cúc")
    an.declare(
        {
            "requester": {"phone": "0900 000 103"}, "owner_kind": "ca-nhan", "asset": "motorbike", "brand": "MẪU",
            "model": "M110", "frame": "KHUNGTHU000009", "engine": "MAYTHU000009", "colour": "Đỏ", "year": 2026,
            "fuel": "petrol", "stage": "first", "zone": "city", "invoice_no": "0000123", "bought_on": "14/11/2026",
            "price": "18.500.000", "free": False, "truth": True,
        }
    )  # fmt: skip
    assert "2 giấy theo quy định, bạn chỉ cần gửi 1 giấy" in an.papers("GT.chuyen-quyen-xe")
    an.receive()
    said = an.review()
    assert "Lệ phí trước bạ 925.000 đ" in said  # 5% of 18,500,000 at the seat of the province
    assert "trước 09:00, thứ Ba 17/11" in said
    case = an.send()
    assert "Bạn nộp thay Lê Thị Mẫu Cúc" in an.follow(case)

    desk = house.desk().sign_in("tinh.hcc1")
    assert "Nộp theo ủy quyền trực tuyến" in desk.open(case)
    desk.do(case, "accept")
    assert "925000" in an.pay_nationally(case, nation)
    (asked,) = nation.requests.values()
    assert (asked["MaHoSo"], asked["PhiLePhi"][0]["SoTien"]) == (case.code, "925000")
    an.page.get_by_role("link", name=re.compile("Tải biên lai")).wait_for()
    desk.do(case, "hand_over")
    house.at(on(16, 10))
    desk.sign_in("thue1").do(case, "take")
    desk.do(case, "propose", document=True, number="1234/TB-CTLDO", note="Đúng bảng giá.")
    assert "Thuế tỉnh Lâm Đồng" in an.follow(case)
    house.at(on(16, 11))
    assert "1234/TB-CTLDO" in desk.sign_in("thue").decide(case)
    assert case.state == "returned"
    signed(an, case, "Đinh Văn Mẫu Quang", "Thuế tỉnh Lâm Đồng")
    assert "Thông báo nộp lệ phí trước bạ" in cuc.store()
    assert "Thông báo nộp lệ phí trước bạ" not in an.store()
    for person in (cuc, an):
        heads = told(house, person, case)
        assert [head for head in heads if "tiếp nhận, hẹn trả" in head], heads
        assert [head for head in heads if "đã có kết quả" in head], heads


def test_a_pension_moves_to_another_province(house: House) -> None:
    cuc = house.citizen(CUC)
    cuc.begin("1.001742")
    cuc.declare(
        {
            "for_whom": "ban-than", "number": "6800000003", "benefit": "huu", "direction": "di",
            "from_place": "Bưu cục Thử, phường Xuân Hương – Đà Lạt",
            "to_home": {"line": "3 đường Thử", "place": "Phường Mẫu, Khánh Hòa"}, "from_month": "01/01/2027",
            "pay_by": "tai-khoan", "bank": "Ngân hàng Mẫu", "account": "0123456789", "account_of": "nguoi-huong",
            "truth": True, "signed": "Lê Thị Mẫu Cúc",
        }
    )  # fmt: skip
    assert "3 giấy theo quy định, bạn chỉ cần gửi 0 giấy" in cuc.papers()
    cuc.receive()
    said = cuc.review()
    assert "Bảo hiểm xã hội tỉnh Lâm Đồng giải quyết" in said
    assert "trước 08:00, thứ Ba 17/11" in said
    assert "Nộp tiền" not in said
    case = cuc.send()
    assert "trả lời trước" in cuc.follow(case)
    desk = house.desk().sign_in("tinh.hcc1")
    desk.do(case, "accept")
    desk.do(case, "hand_over")
    house.at(on(16, 9))
    assert "Bảo hiểm xã hội tỉnh Lâm Đồng" in cuc.follow(case)
    shown = desk.sign_in("bhxh1").open(case)
    assert "3 đường Thử" in shown
    desk.do(case, "take")
    desk.page.locator(".o-papers form button", has_text="Sổ bảo hiểm").click()
    desk.page.locator("#move dl").wait_for()
    assert "6.350.000" in words(desk.page.locator("#move"))
    look(desk.page, "looked-up")
    desk.page.keyboard.press("Escape")
    desk.do(case, "propose", document=True, number="88/TB-BHXH", note="Chuyển hồ sơ sang BHXH tỉnh Khánh Hòa.")
    house.at(on(16, 10))
    desk.sign_in("bhxh").decide(case)
    assert case.state == "returned"
    signed(cuc, case, "Cao Ngọc Mẫu Thu", "Bảo hiểm xã hội tỉnh Lâm Đồng")
    assert "Thông báo về việc chi trả lương hưu" in cuc.store()
    heads = told(house, cuc, case)
    for part in ("Đã nhận hồ sơ", "đã tiếp nhận, hẹn trả", "đang ở Bảo hiểm xã hội tỉnh", "đã có kết quả"):
        assert [head for head in heads if part in head], (part, heads)
    cuc.page.goto("/tai-khoan/luot-xem/")  # who looked at my data
    assert "Phan Thử Nghĩa" in words(cuc.page.locator("main"))


def test_capital_of_a_company_changes_hands(house: House) -> None:
    """Filed by the director, whom the register of businesses bears out."""
    minh = house.citizen(MINH)
    minh.page.goto("/to-chuc/")
    look(minh.page, "organisations")
    minh.page.locator("#id_tax_code").fill("5899000022")
    minh.page.locator("#id_name").fill("Công ty TNHH Mẫu Cà Phê Bảo Lộc")
    minh.page.locator("#id_title").fill("Giám đốc")
    minh.page.locator("#id_evidence").fill("Giấy chứng nhận đăng ký doanh nghiệp 5899000022")
    minh.page.get_by_role("button", name="Gửi để được công nhận").click()
    minh.page.get_by_text("Đã gửi.").wait_for()
    house.work()  # the register of businesses names him
    minh.begin("2.002009", whose="Cà Phê Bảo Lộc")
    minh.declare(
        {
            "organisation": {"representative": "Ngô Văn Mẫu Minh"}, "what": "chuyen-nhuong",
            "capital_now": "5.000.000.000",
            "members": [
                {"name": "Ngô Văn Mẫu Minh", "number": MINH, "before": "3.000.000.000", "after": "3.500.000.000"},
                {"name": "Vũ Văn Mẫu Hải", "number": "068066000107", "before": "2.000.000.000",
                 "after": "1.500.000.000"},
            ],
            "price": "600.000.000", "signed_on": "12/11/2026", "foreign": False, "truth": True,
            "signed": "Ngô Văn Mẫu Minh",
        }
    )  # fmt: skip
    assert "3 giấy theo quy định, bạn chỉ cần gửi 2 giấy" in minh.papers(
        "GT.danh-sach-thanh-vien", "GT.hop-dong-chuyen-nhuong-von"
    )
    minh.receive()
    said = minh.review()
    assert "Phí công bố nội dung đăng ký doanh nghiệp 100.000 đ" in said
    assert "Lệ phí đăng ký doanh nghiệp 0 đ" in said  # free online
    case = minh.send()
    desk = house.desk().sign_in("tinh.hcc1")
    desk.do(case, "accept")
    assert "100.000 đ" in minh.pay(case)
    desk.do(case, "hand_over")
    house.at(on(16, 10))
    shown = desk.sign_in("taichinh1").open(case)
    assert "Công ty TNHH Mẫu Cà Phê Bảo Lộc" in shown
    desk.do(case, "take")
    desk.do(case, "propose", document=True, number="5899000022", note="Đủ điều kiện.")
    house.at(on(16, 11))
    desk.sign_in("taichinh").decide(case)
    assert case.state == "returned"
    signed(minh, case, "Lương Thử Thúy", "Sở Tài chính")
    assert "Công ty TNHH Mẫu Cà Phê Bảo Lộc" in minh.follow(case)
    assert "Giấy chứng nhận đăng ký doanh nghiệp" in minh.store()  # the company's, which its representative keeps


def test_a_birth_with_residence_and_health_insurance_in_one_go(house: House) -> None:
    an = house.citizen(AN)
    married(an)
    an.begin("2.000986")
    father = {"name": "Trần Văn Mẫu Bình", "national_id": BINH, "born_on": "20/11/1985"}
    home = {"line": "12 Đường Thử 1", "place": "Phường Lâm Viên"}
    an.declare(
        {
            "relation": "me", "child_name": "Trần Mẫu Bảo An", "born_on": "02/11/2026", "sex": "nam",
            "ethnicity": "Kinh", "nationality": "Việt Nam", "birthplace": "Bệnh viện Thử Đà Lạt",
            "home_town": "Lâm Đồng",
            "mother": {"name": "Nguyễn Thị Mẫu An", "national_id": AN, "born_on": "02/05/1990", "address": home},
            "married": True, "father": {**father, "address": home}, "live_with": "cha",
            "household_head": {"name": "Trần Văn Mẫu Bình", "national_id": BINH}, "residence_address": home,
            "parents_agree": True, "clinic": "Trạm y tế phường Thử", "card_delivery": "dien-tu", "copies": 2,
            "truth": True, "signed": "Nguyễn Thị Mẫu An",
        }
    )  # fmt: skip
    assert "4 giấy theo quy định, bạn chỉ cần gửi 1 giấy" in an.papers("GT.chung-sinh")
    an.receive(area="24781")
    said = an.review()
    assert "Phí bản sao giấy khai sinh 16.000 đ" in said
    case = an.send()
    desk = house.desk().sign_in("xuanhuong.hcc1")
    desk.do(case, "accept")
    an.pay(case)
    assert "trước 08:00, thứ Ba 1/12" in an.follow(case)  # ten working days, and 24/11 is a holiday
    desk.do(case, "hand_over")
    signers = (
        ("xuanhuong.vp1", "xuanhuong.ct", "KQ.khai-sinh", "Nguyễn Đức Mẫu Hùng", "phường Xuân Hương"),
        ("xuanhuong.ca1", "xuanhuong.ca", "KQ.cu-tru", "Vương Thử Quỳnh", "Công an phường Xuân Hương"),
        ("bhxh1", "bhxh", "KQ.the-bhyt", "Cao Ngọc Mẫu Thu", "Bảo hiểm xã hội tỉnh Lâm Đồng"),
    )
    for day, (worker, leader, code, _name, unit) in enumerate(signers, 17):
        house.at(on(day, 9))
        assert unit in an.follow(case) or code == "KQ.khai-sinh"
        desk.sign_in(worker).do(case, "take")
        desk.do(case, "propose", document=True, code=code, number=f"{day}/2026", note="Đủ điều kiện.")
        house.at(on(day, 10))
        desk.sign_in(leader).decide(case)
    assert case.state == "returned"
    for place, (_worker, _leader, _code, name, unit) in enumerate(signers):
        signed(an, case, name, unit, place)
    kept = an.store()
    for result in ("Giấy khai sinh", "Thông báo kết quả giải quyết về cư trú", "Thẻ bảo hiểm y tế"):
        assert result in kept


@pytest.mark.parametrize(
    ("at", "promised"), [(on(16, 14, 30), "17:00, thứ Hai 16/11"), (on(16, 15, 10), "17:00, thứ Ba 17/11")]
)
def test_a_copy_is_certified_the_same_day_until_three(house: House, at: datetime, promised: str) -> None:
    house.at(at)
    desk = house.desk().sign_in("xuanhuong.hcc1")
    page = desk.page
    page.goto("/desk/tiep-nhan/")
    page.locator("#id_card:focus").wait_for()
    page.keyboard.type(BINH)
    page.keyboard.press("Enter")
    page.get_by_text("Đã có thông tin người này").wait_for()
    page.locator("#id_q:focus").wait_for()
    page.keyboard.type("chung thuc ban sao")
    page.locator("#intake-found .is-first").wait_for()
    page.keyboard.press("Enter")
    page.locator("[name=paper]:focus").wait_for()
    page.wait_for_load_state("networkidle")  # a key that waited in the queue opens nothing
    look(page, "counter")
    page.keyboard.press("t")
    page.keyboard.press("s")
    page.keyboard.type("3")
    page.keyboard.press("Tab")
    page.keyboard.type("2")
    page.locator(".in-total").wait_for()
    counted = words(page.locator("aside.o-take-r"))
    assert "10.000 đ" in counted  # 2 × (2.000 + 2.000 + 1.000)
    assert promised in counted
    look(page, "counter-counted")
    page.keyboard.press("Control+Enter")
    page.locator(".in-done").wait_for()
    look(page, "counter-done")
    case = Case.objects.get(kind="dossier")
    receipt = page.request.get(f"/desk/ho-so/{case.pk}/mau-01.pdf")
    assert receipt.body().startswith(b"%PDF")
    if at.hour >= 15:
        return
    page.get_by_role("link", name=re.compile("Thu tiền")).click()
    page.get_by_role("button", name="Ghi đã thu").click()
    page.get_by_text("Đã ghi nhận tiền.").wait_for()
    house.work()
    desk.do(case, "hand_over")
    desk.do(case, "take")
    desk.do(case, "propose", document=True, number="0456", note="Đúng bản chính.")
    house.at(on(16, 16))
    desk.sign_in("xuanhuong.ct").decide(case)
    assert case.state == "result_ready"
    desk.sign_in("xuanhuong.hcc1").do(case, "return_result", delivery="counter", to="Căn cước của người nộp")
    assert case.state == "returned"
    binh = house.citizen(BINH)
    assert "Đã nhận tại quầy ngày 16/11/2026" in binh.follow(case)
    assert "Bản sao được chứng thực từ bản chính" in binh.store()
    assert [head for head in told(house, binh, case) if "đã có kết quả" in head]


def test_a_change_of_land_waits_for_its_tax(house: House) -> None:
    house.at(on(16, 9))
    binh = house.citizen(BINH)
    binh.begin("1.013831")
    binh.declare(
        {
            "side": "ben-nhan", "deal": "chuyen-nhuong", "certificate": "AA 00000106", "parcel": "24781/45/9",
            "place": {"line": "34 Đường Thử 2", "place": "Phường Xuân Hương"}, "whole": True, "with_house": True,
            "mortgaged": False, "measure": False,
            "givers": [{"name": "Lê Thị Mẫu Cúc", "national_id": CUC}],
            "receivers": [{"name": "Trần Văn Mẫu Bình", "national_id": BINH}], "kin": "khong",
            "contract_number": "12/2026", "price": "2.500.000.000", "only_home": False, "tax_payer": "ben-ban",
            "new_paper": True, "truth": True, "signed": "Trần Văn Mẫu Bình",
        }
    )  # fmt: skip
    assert "5 giấy theo quy định, bạn chỉ cần gửi 4 giấy" in binh.papers(
        "GT.so-do", "GT.hop-dong-chuyen-quyen", "GT.to-khai-truoc-ba", "GT.to-khai-thue-tncn"
    )
    binh.receive()
    assert "Lệ phí trước bạ nhà, đất 12.500.000 đ" in binh.review()  # 0,5 %
    case = binh.send()
    desk = house.desk().sign_in("tinh.hcc1")
    desk.do(case, "accept")
    assert "trước 09:00, thứ Sáu 27/11" in binh.follow(case)
    desk.do(case, "hand_over")
    house.at(on(17, 9))
    desk.sign_in("dangkydatdai1").do(case, "take")
    desk.do(case, "pass_on", note="Đã gửi phiếu chuyển thông tin sang thuế.")
    house.at(on(18, 9))
    desk.sign_in("thue1").do(case, "take")
    desk.do(case, "request_payment")  # what the procedure asks for is reckoned already
    assert case.state == "payment_requested"
    shown = binh.follow(case)
    assert "Nộp 12.500.000 đ" in shown
    house.at(on(23, 9))  # three working days later
    assert "12.500.000 đ" in binh.pay(case)
    case.refresh_from_db()
    assert case.state == "processing"
    assert "trước 09:00, thứ Tư 2/12" in binh.follow(case)  # they are not counted
    desk.sign_in("thue1").do(case, "pass_on", note="Đã nộp đủ lệ phí trước bạ.")
    desk.sign_in("dangkydatdai1").do(case, "take")
    desk.do(case, "propose", document=True, number="AA 00000201", note="Đã chỉnh lý.")
    desk.sign_in("dangkydatdai").decide(case)
    assert case.state == "returned"
    signed(binh, case, "Trịnh Mẫu Phương", "Văn phòng Đăng ký đất đai tỉnh")
    assert "Giấy chứng nhận quyền sử dụng đất" in binh.store()


def test_a_refusal_says_why_and_what_to_do(house: House) -> None:
    binh = house.citizen(BINH)
    case = house_number(binh)
    desk = house.desk().sign_in("xuanhuong.hcc1")
    reason = "Nhà ở phường Lâm Viên. Bạn nộp hồ sơ tại phường Lâm Viên, không phải nộp phí."
    desk.do(case, "refuse", reason=reason, basis="Luật 72/2025/QH15")
    assert case.state == "refused"
    shown = binh.follow(case)
    assert "Không tiếp nhận được" in shown
    assert reason in shown
    assert "Không có kết quả để trả" in shown
    assert desk.page.request.get(f"/desk/ho-so/{case.pk}/mau-03.pdf").body().startswith(b"%PDF")
    assert [text for text in house.told(binh.account) if reason in text]
    assert "số nhà" not in binh.store()


def test_a_late_one_is_apologised_for(house: House) -> None:
    """In advance and once, as the law asks; when the new promise is broken as well, everybody sees whose it was."""
    house.at(on(16, 9))
    binh = house.citizen(BINH)
    case = house_number(binh)
    desk = house.desk().sign_in("xuanhuong.hcc1")
    desk.do(case, "accept")
    assert "trước 09:00, thứ Năm 26/11" in binh.follow(case)
    desk.do(case, "hand_over")
    desk.sign_in("xuanhuong.kt1").do(case, "take")
    house.at(on(25, 8))  # the step's five days ended on 23/11
    reason = "Sơ đồ đánh số đường Thử 1 đang được lập lại."
    desk.sign_in("xuanhuong.kt1").do(case, "ask_extension", reason=reason, until="2026-11-30T09:00")
    desk.sign_in("xuanhuong.kt").decide(case)
    shown = binh.follow(case)
    assert "Hẹn trả kết quả trước 09:00, thứ Hai 30/11" in shown
    assert "Chúng tôi xin lỗi vì đã phải hẹn lại." in shown
    assert reason in shown
    assert [text for text in house.told(binh.account) if "Xin lỗi vì hồ sơ" in text and reason in text]
    assert desk.page.request.get(f"/desk/ho-so/{case.pk}/mau-04.pdf").body().startswith(b"%PDF")
    house.at(on(30, 10))
    shown = binh.follow(case)
    assert "Chúng tôi trễ hẹn với bạn" in shown
    assert "Chúng tôi xin lỗi vì chậm trễ. Hẹn là 09:00, thứ Hai 30/11" in shown
    desk.sign_in("xuanhuong.kt1").do(case, "propose", document=True, number="77/XN-SN", note="Đã xác minh.")
    assert "trễ" in re.search("Đối chiếu sơ đồ.*?Ký giấy", binh.follow(case))[0]  # type: ignore[index]
    desk.sign_in("xuanhuong.ct").decide(case)
    assert case.state == "returned"
    signed(binh, case, "Nguyễn Đức Mẫu Hùng", "phường Xuân Hương")


# ── What several of them do ─────────────────────────────────────────────────────────────────────────────────────────


def house_number(binh: Citizen) -> Case:
    binh.begin("9.000001.000.00.00.H36")
    binh.declare(
        {
            "need": "xac-nhan", "house_address": {"line": "12 Đường Thử 1", "place": "Phường Xuân Hương"},
            "old_number": "12", "truth": True, "signed": "Trần Văn Mẫu Bình",
        }
    )  # fmt: skip
    binh.receive(area="24781")
    return binh.send()


def married(an: Citizen) -> None:
    """The marriage certificate lies in her store, as a result of before."""
    file = keep_made(paper(), actor=SYSTEM, name="ket-hon.pdf")
    ward = org.tree().by_code("24778")
    assert ward is not None
    put_entry(
        NewEntry(
            code="KQ.ket-hon", name="Giấy chứng nhận kết hôn", name_en="Marriage certificate", number="45/2018",
            issued_on=on(1, 9).date(), person_id=an.account.person_id, national_id=AN, issuer_unit_id=ward.id,
            validity=Validity.FOREVER, file_id=file.pk, sha256=bytes(file.sha256), signature=Signature.NONE,
            procedure_code="1.000894",
        ),
        actor=SYSTEM,
    )  # fmt: skip


def told(house: House, person: Citizen, case: Case) -> list[str]:
    """Headings of what went to them about a dossier."""
    return [text.split("\n")[0] for text in house.told(person.account) if case.code in text]


def signed(person: Citizen, case: Case, name: str, unit: str, place: int = 0) -> None:
    """The result as they download it, held against the house's page for signatures, and against ``pdfsig``."""
    person.follow(case)
    link = person.page.locator(".d-result a", has_text="Tải về").nth(place).get_attribute("href")
    pdf = person.page.request.get(link or "").body()
    page = person.page
    page.goto("/kiem-tra-chu-ky/")
    page.set_input_files("input[name=tep]", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": pdf})
    page.locator("main button.pri").click()
    page.get_by_text("Chữ ký hợp lệ").first.wait_for()
    look(page, "signature")
    shown = words(page.locator("main"))
    assert name in shown
    assert unit in shown
    if tool := shutil.which("pdfsig"):
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(pdf)
            file.flush()
            said = subprocess.run([tool, file.name], capture_output=True, text=True, check=False).stdout
        assert said.count("Signature is Valid.") == 2, said
        assert "Total document signed" in said
