"""The states told apart (facts §1.5), and rules of time that nothing else proves (facts §1.6)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from motcua.kernel.cases.models import Case, Clock
from motcua.kernel.payments.actions.arrivals import record_cash
from motcua.kernel.payments.kind import Line
from motcua.kernel.payments.queries.obligations import obligations
from motcua.lib import moment
from motcua.modules.dossiers.actions.money import request_payment_dossier, settle_dossier
from motcua.modules.dossiers.actions.reception import (
    accept_dossier,
    refuse_dossier,
    request_supplement_dossier,
    supply_dossier,
)
from motcua.modules.dossiers.actions.results import approve_dossier, return_result_dossier, stop_dossier
from motcua.modules.dossiers.actions.working import NewResult, propose_dossier, suspend_dossier
from motcua.modules.dossiers.kind import PORTAL_STATES
from motcua.modules.dossiers.models import Dossier
from motcua.modules.dossiers.queries.printing import sheet
from motcua.modules.dossiers.queries.standing import PORTAL_NAMES, Standing, standings
from motcua.modules.dossiers.tests.test_actions import MISSING, clock, on
from motcua.modules.dossiers.tests.test_desk import page, signed_in
from motcua.testing.city import City
from motcua.testing.one_stop import OneStop

pytestmark = pytest.mark.django_db
Make = Callable[..., Case]


def stands(case: Case) -> Standing:
    return standings([Case.objects.select_related("dossier").get(pk=case.id)])[case.id]


def test_numbers_of_the_national_portal() -> None:
    assert PORTAL_STATES == {
        "submitted": 1, "accepted": 2, "transferred": 2, "refused": 3, "processing": 4, "approving": 4, "issuing": 4,
        "supplement_requested": 5, "payment_requested": 6, "withdrawn": 7, "stopped": 8, "suspended": 8,
        "result_ready": 9, "returned": 10,
    }  # fmt: skip
    assert set(PORTAL_NAMES) == set(range(1, 11))


def test_business_money_and_delivery_are_told_apart(city: City, one_stop: OneStop, processing: Make) -> None:
    with moment.at(on(16, 9)):
        case = processing(on(16, 9), delivery="counter")
        assert (stands(case).code, stands(case).money.tone, stands(case).delivery.tone) == (4, "neutral", "neutral")
        request_payment_dossier(case.id, actor=one_stop.oanh, lines=[Line("YC.phi", "Phí thẩm định", "phi", 50_000)])
        here = stands(case)
        assert (here.code, here.money.words, here.delivery.tone) == (6, "Chưa nộp 50.000 đ", "neutral")
        row = obligations([case.id])[case.id][0]
        record_cash(row.id, actor=one_stop.nga, amount=50_000)
        settle_dossier(case.id, actor=one_stop.oanh)
        here = stands(case)
        assert (here.code, here.money.words) == (4, "Đã nộp đủ 50.000 đ")
        propose_dossier(case.id, actor=one_stop.oanh, results=[NewResult("KQ.khai-sinh")])
        approve_dossier(case.id, actor=city.minh)
        here = stands(case)
        assert (here.code, here.delivery.words, here.is_late) == (
            9,
            "Chờ nhận tại Trung tâm Phục vụ hành chính công Một",
            False,
        )
        return_result_dossier(case.id, actor=one_stop.nga, delivery="counter", to="Căn cước của người nộp")
        here = stands(case)
        assert (here.code, here.delivery.words) == (10, "Đã nhận tại quầy ngày 16/11/2026")
    shown = page(one_stop.nga, case)
    assert "Cổng quốc gia: 10. Đã trả kết quả" in shown
    assert "Đã nộp đủ 50.000 đ" in shown


def test_late_is_computed_and_never_while_the_person_is_awaited(one_stop: OneStop, processing: Make) -> None:
    case, paused, stopped = processing(on(16, 8)), processing(on(16, 8)), processing(on(16, 8))
    with moment.at(on(17, 8)):
        request_supplement_dossier(paused.id, actor=one_stop.oanh, items=MISSING, reason="Mờ")
        stop_dossier(stopped.id, actor=one_stop.oanh, reason="Người nộp đề nghị dừng")
    with moment.at(on(19, 8)):
        assert not stands(case).is_late  # to the minute
    with moment.at(on(20, 8)):
        case.refresh_from_db()
        assert (stands(case).is_late, case.state) == (True, "processing")
        assert not stands(paused).is_late
        assert not stands(stopped).is_late
        assert "Trễ hẹn" in page(one_stop.oanh, case)


def test_suspended_stands_as_stopped_on_the_portal(one_stop: OneStop, processing: Make) -> None:
    case = processing()
    suspend_dossier(case.id, actor=one_stop.oanh, reason="Tòa án đang thụ lý")
    assert stands(case).code == 8
    assert stands(case).business.name == "suspended"


def test_what_came_from_outside_the_boundary_may_be_incomplete(one_stop: OneStop, filed: Callable[..., object]) -> None:
    """Ward Two took it in for Ward One, which asks for what is missing; its promise begins with its own acceptance."""
    with moment.at(on(16, 9)):
        case: Case = filed(reception_unit_id=one_stop.reception_two.id).case  # type: ignore[attr-defined]
        assert case.state == "transferred"
        request_supplement_dossier(case.id, actor=one_stop.nga, items=MISSING, reason="Mờ")
        assert not Clock.objects.filter(case_id=case.id, name="result").exists()
    with moment.at(on(17, 9)):
        case = supply_dossier(case.id, actor=one_stop.nga, counter_papers=["GT.chung-sinh"])
        assert case.state == "transferred"
    with moment.at(on(17, 14)):
        accept_dossier(case.id, actor=one_stop.nga)
        assert clock(case, "result").due_at == on(20, 14)


def test_filed_at_night_the_answer_is_due_a_working_day_after_opening(filed: Callable[..., object]) -> None:
    case: Case = filed(on(16, 21)).case  # type: ignore[attr-defined]
    assert clock(case, "receive").due_at == on(17, 17)  # Tuesday has eight working hours


def test_the_forms_of_ends_say_stage_money_and_basis(one_stop: OneStop, processing: Make, filed: Make) -> None:
    case = processing()
    stop_dossier(case.id, actor=one_stop.oanh, reason="Người nộp đề nghị dừng")
    case.refresh_from_db()
    lines = dict(line for line in sheet("05", case)[1].lines if len(line) == 2)
    assert (lines["Giai đoạn"], lines["Xử lý tài chính"]) == ("Thẩm tra", "Không có khoản phải nộp")
    refused = refuse_dossier(filed().case.id, actor=one_stop.nga, reason="Sai nơi nộp", basis="NĐ 118/2025 Điều 17")  # type: ignore[attr-defined]
    lines = dict(line for line in sheet("03", refused)[1].lines if len(line) == 2)
    assert lines["Căn cứ"] == "NĐ 118/2025 Điều 17"


def test_the_register_prints_the_states(one_stop: OneStop, processing: Make) -> None:
    from motcua.modules.dossiers.queries.printing import register

    case = processing(on(16, 8))
    with moment.at(on(20, 8)):
        row = register(on(16, 8).date(), on(16, 8).date(), actor=one_stop.nga)[1]
    assert row[1] == case.code
    assert row[10] == "4. Đang xử lý\nQuá hạn"
    assert row[11] == "Chưa có khoản phải nộp"
    assert signed_in(one_stop.nga).get("/desk/so-theo-doi/?tu=2026-11-16&den=2026-11-16&in=1").status_code == 200
    assert Dossier.objects.get(pk=case.id).ready_at is None
    assert timedelta(0) < on(20, 8) - clock(case, "result").due_at
